"""An elimination as the signed log tells it: what was proposed, and who agreed to what.

The tables are for lists. What may be destroyed is read from the events, and each must stand in the
signed log: a visa written into the database by hand is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from archive import repository as ledger
from archive.errors import DocumentUnknown
from archive.fsck import Inclusion
from archive.manifest import instant
from archive.service import Archive, PastEvent
from archive.store import ObjectStore
from archive.vouching import is_vouched
from db.engine import Database
from domain.records import Record, canonical
from ingest.elimination.errors import (
    EliminationRefused,
    EliminationUnknown,
    VisaDoubted,
    VisaNotSealed,
)
from ingest.elimination.tables import subject

PROPOSAL: Final = "elimination_proposed"
VISA: Final = "elimination_visa"
CERTIFIED: Final = "elimination_certified"
GRANTED, REFUSED = "granted", "refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose archive documents are eliminated from, and where."""

    database: Database
    archive: Archive
    store: ObjectStore
    tenant: str


@dataclass(frozen=True, slots=True)
class Case:
    """One elimination: its proposal, its visa if there is one, its certificates."""

    number: int
    proposal: Record
    digest: str
    visa: Record | None
    certificates: tuple[Record, ...]
    position: int
    """The place of the proposal in the log."""
    proposer: str
    """Who recorded the proposal."""

    @property
    def documents(self) -> list[Record]:
        """What the visa covers: all that was proposed and not struck off; nothing without one."""
        if self.visa is None or self.visa["decision"] != GRANTED:
            return []
        struck = {item["document_id"] for item in self.visa["struck"]}
        return [d for d in self.proposal["documents"] if d["document_id"] not in struck]

    def proposed(self) -> Record:
        """The proposal as purges and certificates quote it."""
        return {
            "at": self.proposal["proposed_at"],
            "by": self.proposal["proposed_by"],
            "position": self.position,
            "sha256": self.digest,
        }

    def agreed(self) -> Record:
        """The visa as purges and certificates quote it."""
        visa: Mapping[str, Any] = self.visa or {}
        return {name: visa.get(name) for name in ("at", "by", "position", "reference", "file")}


def load_case(connection: Connection, archive: Archive, number: int) -> Case:
    """An elimination by its events; raises EliminationUnknown."""
    try:
        past = archive.history(connection, subject(number))
    except DocumentUnknown as problem:
        raise EliminationUnknown(f"no elimination has the number {number}") from problem
    found = {item.event.type: item for item in reversed(past)}  # the first of each kind
    visa = found.get(VISA)
    certified = [dict(item.event.payload) for item in past if item.event.type == CERTIFIED]
    proposed = found[PROPOSAL]
    bordereau, digest = proposed.event.payload["bordereau"], proposed.event.payload["sha256"]
    said, place, proposer = _said(visa), proposed.position, proposed.event.actor
    return Case(number, bordereau, digest, said, tuple(certified), place, proposer)


def signed_log(connection: Connection, place: Place) -> Inclusion:
    """The log as it was signed last: what was written into the database since is not in it."""
    last = ledger.last_checkpoint(connection)
    key = place.archive.signer.verifier.verifier_key
    size = 0 if last is None else last.size
    return Inclusion(place.store, f"{place.tenant}/log", key, size)


def visaed(connection: Connection, archive: Archive, log: Inclusion, number: int) -> Case:
    """An elimination whose visa was granted, its events found in the signed log.

    Raises:
        EliminationUnknown: there is none.
        EliminationRefused: it has no visa, or was refused.
        VisaNotSealed: nobody signed its proposal or its visa yet.
        VisaDoubted: one person did both, the visa is another proposal's, or an event of it does
            not stand in the signed log or was not recorded with its key.
    """
    case = load_case(connection, archive, number)
    if case.visa is None:
        raise EliminationRefused(f"elimination {number} has no visa yet")
    rows = ledger.events_of(connection, subject(number))
    decided = [row for row in rows if row.type in {PROPOSAL, VISA}]
    for row in rows:
        # A certificate that a crash left unsigned destroys nothing.
        if row.position >= log.size and row in decided:
            raise VisaNotSealed(f"elimination {number}: event {row.position} is not signed yet")
        if log.problems or (row.position < log.size and log.find(row.position, row.entry)):
            raise VisaDoubted(f"elimination {number}: event {row.position} is not in the log")
    if [row.type for row in decided] != [PROPOSAL, VISA]:
        raise VisaDoubted(f"elimination {number} was proposed or decided more than once")
    _check_visa(case, case.visa)
    keys = archive.key_history(connection)
    for item in archive.history(connection, subject(number)):
        if item.event.type in {PROPOSAL, VISA} and not is_vouched(item.event, item.position, keys):
            text = f"elimination {number}: event {item.position} bears no signature"
            raise VisaDoubted(f"{text}: no command of MEG recorded it")
    return case


def _check_visa(case: Case, visa: Mapping[str, Any]) -> None:
    """Four eyes, and eyes that saw this very proposal."""
    number, proposal = case.number, case.proposal
    if visa["decision"] != GRANTED:
        raise EliminationRefused(f"elimination {number} was refused")
    if visa["by"] in {proposal["proposed_by"], case.proposer}:
        raise VisaDoubted(f"elimination {number}: {visa['by']} proposed it and granted it")
    digest = hashlib.sha256(canonical(proposal)).hexdigest()
    if {digest, case.digest} != {visa["proposal"]}:
        raise VisaDoubted(f"elimination {number}: the visa was given on another proposal")
    if {proposal["number"], visa["elimination"]} != {number}:
        raise VisaDoubted(f"elimination {number}: proposal or visa is of another elimination")


def _said(item: PastEvent | None) -> Record | None:
    if item is None:
        return None
    at, who = instant(item.event.at), item.event.actor
    return {**item.event.payload, "at": at, "by": who, "position": item.position}
