"""Proofs as records: for the command line and the JSON interface."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import Connection

from archive import repository
from archive.errors import NoSuchSize
from archive.service import Archive
from domain.records import Record

_MOST_NAMED: Final = 10


def tlog_proof(position: int, path: Sequence[bytes], checkpoint: str) -> str:
    """An inclusion proof in the form of https://c2sp.org/tlog-proof."""
    hashes = "".join(line + "\n" for line in _base64(path))
    return f"c2sp.org/tlog-proof@v1\nindex {position}\n{hashes}\n{checkpoint}"


def proof_records(archive: Archive, connection: Connection, document_id: str) -> list[Record]:
    """Where each event of a document stands; see `Archive.prove` for what is raised."""
    proofs = archive.prove(connection, document_id)
    rows = {row.position: row for row in repository.events_of(connection, document_id)}
    return [
        {
            "document_id": document_id,
            "event": rows[proof.position].type,
            "version": rows[proof.position].version,
            "position": proof.position,
            "entry": proof.entry.hex(),
            "size": proof.size,
            "path": _base64(proof.path),
            "tlog_proof": tlog_proof(proof.position, proof.path, proof.checkpoint),
        }
        for proof in proofs
    ]


def consistency_record(
    archive: Archive, connection: Connection, first: int, second: int | None
) -> Record:
    """What shows that the log of one signed size extends that of another.

    Raises:
        NoSuchSize: one of them was never signed, or the second is the smaller.
    """
    signed = {row.size: row for row in repository.checkpoints(connection)}
    last = max(signed, default=0) if second is None else second
    for size in (first, last):
        if size not in signed:
            raise NoSuchSize(f"no checkpoint was signed at size {size}; {_signed(signed, size)}")
    if first > last:
        raise NoSuchSize(f"the log of size {last} cannot extend that of size {first}")
    return {
        "first": {"size": first, "checkpoint": signed[first].note},
        "second": {"size": last, "checkpoint": signed[last].note},
        "path": _base64(archive.prove_consistency(first, last)),
    }


def _signed(sizes: Collection[int], wanted: int) -> str:
    """The sizes that were signed; of many, those next to the one asked for."""
    if not sizes:
        return "none was signed yet"
    nearest = sorted(sorted(sizes, key=lambda size: abs(size - wanted))[:_MOST_NAMED])
    named = ", ".join(map(str, nearest))
    if len(nearest) == len(sizes):
        return f"signed were {named}"
    return f"the nearest of the {len(sizes)} that were signed are {named}"


def _base64(path: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(value).decode() for value in path]
