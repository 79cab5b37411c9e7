"""Proposals of elimination and the visa on them.

A proposal (bordereau d'élimination) lists documents whose term is over, with their dates and
digests and no name. Another person than the proposer grants the visa, strikes documents off, or
refuses; for public archives the visa is that of the archives départementales (Code du patrimoine,
L212-2 and R212-14), and its reference is asked for. Both are events of the log.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, update

from archive.manifest import instant
from archive.service import Archive, Happening
from db.engine import Database
from domain.party import EntityKind
from domain.records import Record, canonical
from ingest import repository
from ingest.elimination.case import GRANTED, PROPOSAL, REFUSED, VISA, Case, load_case
from ingest.elimination.eligibility import FAMILY, Eligibility
from ingest.elimination.errors import EliminationRefused
from ingest.elimination.families import torn
from ingest.elimination.tables import (
    APPROVED,
    ELIMINATION_DOCUMENTS,
    ELIMINATIONS,
    LOST,
    OPEN,
    PROPOSED,
    STRUCK,
    subject,
)
from ingest.elimination.tables import REFUSED as STATE_REFUSED
from ingest.repository import DOCUMENTS, GONE
from ingest.retention import Terms
from matching.reference import load_entities

SCHEMA: Final = "meg-elimination/1"
PUBLIC, PRIVATE = "public", "private"
BASIS: Final = {
    PUBLIC: (
        "Code du patrimoine, art. L212-2 et R212-14 : visa des archives départementales",
        "Durée d'utilité administrative légale des pièces comptables : dix ans",
        "RGPD, art. 5(1)(e)",
    ),
    PRIVATE: (
        "Code de commerce, art. L123-22 : pièces comptables, dix ans",
        "RGPD, art. 5(1)(e)",
    ),
}
MOST: Final = 10_000
PROPOSED_ALREADY: Final = "PROPOSED"
"""Why a document is left out that stands on a proposal still open."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Visa:
    """What the second person says."""

    granted: bool
    reference: str = ""
    reason: str = ""
    struck: Mapping[str, str] | None = None
    file: bytes | None = None


class Proposing:
    """Makes proposals and records visas."""

    def __init__(
        self,
        database: Database,
        archive: Archive,
        tenant: str,
        eligibility: Eligibility,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._archive = archive
        self._tenant = tenant
        self._eligibility = eligibility
        self._clock = clock

    @property
    def zone(self) -> ZoneInfo:
        """Where days are counted."""
        return self._eligibility.timezone

    @property
    def terms(self) -> Terms:
        """How long documents are kept."""
        return self._eligibility.terms

    def propose(self, actor: str, document_ids: Collection[str] = (), most: int = MOST) -> Record:
        """Propose these documents, or all that may go; gives the elimination.

        Beside it stands how many documents were left out for which reason, and whether `most`
        ended the search before every document was looked at.

        Raises:
            EliminationRefused: nothing may go, or one of the documents named may not.
            DocumentUnknown: one of them is not known.
        """
        now = self._clock()
        left_out: Counter[str] = Counter()
        chosen = self._named(document_ids) if document_ids else self._due(most, left_out)
        with self._database.transaction() as connection:
            taken = self._on_open_proposals(connection, [row["document_id"] for row in chosen])
            rows = [row for row in chosen if row["document_id"] not in taken]
            # Once more, now that no other proposal can take one of a family away.
            alone = torn(connection, [row["document_id"] for row in rows])
            rows = [row for row in rows if row["document_id"] not in alone]
            left_out += Counter({PROPOSED_ALREADY: len(taken), FAMILY: len(alone)})
            if not rows:
                counted = ", ".join(f"{count} {code}" for code, count in sorted(left_out.items()))
                why = f": {counted}" if counted else ""
                raise EliminationRefused(f"no document may be eliminated today{why}")
            last = connection.execute(select(func.max(ELIMINATIONS.c.number))).scalar() or 0
            bordereau = self._bordereau(connection, last + 1, rows, actor, now)
            digest = hashlib.sha256(canonical(bordereau)).hexdigest()
            add_proposal(connection, bordereau, digest)
            payload = {"bordereau": bordereau, "sha256": digest}
            happening = Happening(PROPOSAL, now, actor, payload, vouched=True)
            self._archive.record_about(connection, subject(last + 1), [happening])
        self._archive.seal(self._database)
        most_reached = not document_ids and len(chosen) >= most
        return {
            **self.load(last + 1),
            "left_out": dict(sorted(left_out.items())),
            "most_reached": most_reached,
        }

    def say(self, number: int, actor: str, visa: Visa) -> Record:
        """Record the visa of the second person, or a refusal; gives the elimination.

        Raises:
            EliminationUnknown: there is no such proposal.
            EliminationRefused: it had its visa already, the proposer may not grant it, a reference
                or a reason is missing, or a document that is struck off is not on it.
        """
        now = self._clock()
        with self._database.reading() as connection:
            case = load_case(connection, self._archive, number)
        _check(case, actor, visa)
        file = None
        if visa.file is not None:
            digest = self._archive.store_enclosed([visa.file])[0]
            file = {"sha256": digest.hex, "size": len(visa.file)}
        payload = {
            "elimination": number,
            "decision": GRANTED if visa.granted else REFUSED,
            "reference": visa.reference.strip() or None,
            "reason": visa.reason.strip() or None,
            "struck": [
                {"document_id": i, "reason": why} for i, why in sorted((visa.struck or {}).items())
            ],
            "file": file,
            "proposal": case.digest,
        }
        with self._database.transaction() as connection:
            happening = Happening(VISA, now, actor, payload, vouched=True)
            self._archive.record_about(connection, subject(number), [happening])
            if not add_visa(connection, number, payload, actor, now):
                raise EliminationRefused(f"elimination {number} has its visa already")
        self._archive.seal(self._database)
        return self.load(number)

    def listed(self) -> list[Record]:
        """Every elimination, the newest first, with how many documents stand where."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(ELIMINATIONS).order_by(ELIMINATIONS.c.number.desc())
            ).mappings()
            return [_summary(connection, row) for row in rows]

    def load(self, number: int) -> Record:
        """One elimination with its bordereau and what became of each document.

        What the journal still knows of a document (supplier, number, file) comes beside it; it is
        not part of what is kept. Raises EliminationUnknown.
        """
        with self._database.reading() as connection:
            case = load_case(connection, self._archive, number)
            row = connection.execute(
                select(ELIMINATIONS).where(ELIMINATIONS.c.number == number)
            ).mappings()
            summary = _summary(connection, row.one())
            documents = _documents(connection, number, case)
        return {
            **summary,
            "bordereau": case.proposal,
            "visa": case.visa,
            "certificates": list(case.certificates),
            "documents": documents,
        }

    def _named(self, document_ids: Collection[str]) -> list[Mapping[str, Any]]:
        today = self._today()
        with self._database.reading() as connection:
            rows = [repository.load(connection, i) for i in dict.fromkeys(document_ids)]
            taken = self._on_open_proposals(connection, [row["document_id"] for row in rows])
            for row in rows:
                why = self._eligibility.obstacle(connection, row, today)
                name = row["document_id"]
                if row["status"] in GONE or name in taken:
                    raise EliminationRefused(f"document {name} is being eliminated or was")
                if why is not None:
                    raise EliminationRefused(f"document {name}: {why.code}, {why.reason}")
            for name, other in torn(connection, [row["document_id"] for row in rows]).items():
                text = f"document {name}: {FAMILY}, it came with document {other}: name both"
                raise EliminationRefused(text)
        return sorted(rows, key=lambda row: row["ledger_index"])

    def _due(self, most: int, left_out: Counter[str]) -> list[Mapping[str, Any]]:
        today, after = self._today(), -1
        found: list[Mapping[str, Any]] = []
        while len(found) < most:
            with self._database.reading() as connection:
                page = [
                    dict(row)
                    for row in connection.execute(
                        select(DOCUMENTS)
                        .where(DOCUMENTS.c.ledger_index > after, DOCUMENTS.c.status.not_in(GONE))
                        .order_by(DOCUMENTS.c.ledger_index)
                        .limit(_AT_ONCE)
                    ).mappings()
                ]
                taken = self._on_open_proposals(connection, [row["document_id"] for row in page])
                for row in page:
                    if len(found) == most:
                        break
                    if row["document_id"] in taken:
                        left_out[PROPOSED_ALREADY] += 1
                    elif (why := self._eligibility.obstacle(connection, row, today)) is not None:
                        left_out[why.code] += 1
                    else:
                        found.append(row)
            if not page:
                break
            after = page[-1]["ledger_index"]
        return found

    def _today(self) -> Any:
        return self._clock().astimezone(self._eligibility.timezone).date()

    @staticmethod
    def _on_open_proposals(connection: Connection, document_ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(document_ids), _AT_ONCE):
            query = (
                select(ELIMINATION_DOCUMENTS.c.document_id)
                .join(ELIMINATIONS, ELIMINATIONS.c.number == ELIMINATION_DOCUMENTS.c.number)
                .where(
                    ELIMINATION_DOCUMENTS.c.document_id.in_(document_ids[start : start + _AT_ONCE]),
                    ELIMINATIONS.c.state.in_(OPEN),
                    ELIMINATION_DOCUMENTS.c.state != STRUCK,
                )
            )
            found |= set(connection.execute(query).scalars())
        return found

    def _bordereau(
        self,
        connection: Connection,
        number: int,
        rows: Sequence[Mapping[str, Any]],
        actor: str,
        now: datetime,
    ) -> Record:
        kinds = {entity.kind for entity in load_entities(connection).values()}
        # Where nobody said whose books these are, they are taken for public ones.
        regime = PRIVATE if kinds == {EntityKind.COMPANY} else PUBLIC
        zone = self._eligibility.timezone
        documents = [
            {
                "document_id": row["document_id"],
                "kind": row["kind"],
                "received_on": row["received_at"].astimezone(zone).date().isoformat(),
                "keep_until": self._eligibility.keep_until(row).isoformat(),
                "size": row["size"],
                "sha256": row["sha256"],
            }
            for row in rows
        ]
        return {
            "schema": SCHEMA,
            "number": number,
            "tenant": self._tenant,
            "regime": regime,
            "basis": [*BASIS[regime], _applied(self._eligibility.terms)],
            "terms": {**asdict(self._eligibility.terms), "keep_with": self._eligibility.keep_with},
            "proposed_at": instant(now),
            "proposed_by": actor,
            "count": len(documents),
            "bytes": sum(row["size"] for row in rows),
            "first_received_on": min(d["received_on"] for d in documents),
            "last_received_on": max(d["received_on"] for d in documents),
            "documents": documents,
        }


def _applied(terms: Terms) -> str:
    """The terms that the settings say, and that vouchers are kept shorter than the law wants."""
    text = (
        f"Durée appliquée, en années pleines après celle de réception : {terms.voucher_years} pour"
        f" les pièces comptables, {terms.other_years} pour les autres documents"
    )
    return f"{text} (INFÉRIEURE À LA DURÉE LÉGALE DE DIX ANS)" if terms.too_short else text


def add_proposal(connection: Connection, bordereau: Record, digest: str) -> None:
    """Keep a proposal in the tables."""
    row = {
        "number": bordereau["number"],
        "state": PROPOSED,
        "regime": bordereau["regime"],
        "digest": digest,
        "proposed_at": datetime.fromisoformat(bordereau["proposed_at"]),
        "proposed_by": bordereau["proposed_by"],
    }
    connection.execute(insert(ELIMINATIONS), row)
    documents = [
        {"number": row["number"], "document_id": d["document_id"], "state": PROPOSED}
        for d in bordereau["documents"]
    ]
    connection.execute(insert(ELIMINATION_DOCUMENTS), documents)


def add_visa(
    connection: Connection, number: int, payload: Mapping[str, Any], actor: str, at: datetime
) -> bool:
    """Keep a visa in the tables; false when there was one."""
    granted = payload["decision"] == GRANTED
    changed = connection.execute(
        update(ELIMINATIONS)
        .where(ELIMINATIONS.c.number == number, ELIMINATIONS.c.state == PROPOSED)
        .values(
            state=APPROVED if granted else STATE_REFUSED,
            visa_at=at,
            visa_by=actor,
            visa_reference=payload["reference"],
            visa_file=(payload["file"] or {}).get("sha256"),
            reason=payload["reason"],
        )
    )
    for item in payload["struck"]:
        connection.execute(
            update(ELIMINATION_DOCUMENTS)
            .where(
                ELIMINATION_DOCUMENTS.c.number == number,
                ELIMINATION_DOCUMENTS.c.document_id == item["document_id"],
            )
            .values(state=STRUCK, reason=item["reason"])
        )
    return bool(changed.rowcount)


def _check(case: Case, actor: str, visa: Visa) -> None:
    """Refuse a visa that would be none."""
    proposer = case.proposal["proposed_by"]
    if case.visa is not None:
        raise EliminationRefused(f"elimination {case.number} has its visa already")
    if not visa.granted:
        if not visa.reason.strip():
            raise EliminationRefused("a refusal needs a reason")
        return
    if actor == proposer:
        text = f"{actor} proposed elimination {case.number}: the visa is another person's"
        raise EliminationRefused(text)
    if case.proposal["regime"] == PUBLIC and not visa.reference.strip():
        text = "public archives: say the reference of the visa of the archives départementales"
        raise EliminationRefused(text)
    listed = {d["document_id"] for d in case.proposal["documents"]}
    for document_id, reason in (visa.struck or {}).items():
        if document_id not in listed:
            raise EliminationRefused(f"document {document_id} is not on the proposal")
        if not reason.strip():
            raise EliminationRefused(f"striking off document {document_id} needs a reason")


def _summary(connection: Connection, row: Mapping[Any, Any]) -> Record:
    counted = connection.execute(
        select(ELIMINATION_DOCUMENTS.c.state, func.count())
        .where(ELIMINATION_DOCUMENTS.c.number == row["number"])
        .group_by(ELIMINATION_DOCUMENTS.c.state)
    )
    return {
        "number": row["number"],
        "state": row["state"],
        "regime": row["regime"],
        "sha256": row["digest"],
        "proposed_at": instant(row["proposed_at"]),
        "proposed_by": row["proposed_by"],
        "visa_at": None if row["visa_at"] is None else instant(row["visa_at"]),
        "visa_by": row["visa_by"],
        "visa_reference": row["visa_reference"],
        "reason": row["reason"],
        "counts": {state: int(count) for state, count in counted},
    }


def _documents(connection: Connection, number: int, case: Case) -> list[Record]:
    """The documents of a proposal: what is kept of them, and what the journal still knows."""
    states: dict[str, Mapping[Any, Any]] = {
        row["document_id"]: dict(row)
        for row in connection.execute(
            select(ELIMINATION_DOCUMENTS).where(ELIMINATION_DOCUMENTS.c.number == number)
        ).mappings()
    }
    ids = sorted(states)
    known: dict[str, Record] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = DOCUMENTS.c.document_id.in_(ids[start : start + _AT_ONCE])
        for found in connection.execute(select(DOCUMENTS).where(some)).mappings():
            known[found["document_id"]] = dict(found)
    told = []
    for item in case.proposal["documents"]:
        state = states.get(item["document_id"], LOST)
        row = known.get(item["document_id"], {})
        there = row.get("status") not in GONE
        told.append(
            {
                **item,
                "state": state["state"],
                "code": state["code"],
                "reason": state["reason"],
                "file": row.get("file_name") if there else None,
                "supplier": row.get("supplier"),
                "invoice_number": row.get("number"),
            }
        )
    return told
