"""The log compared with a checkpoint that somebody kept elsewhere: whether it only grew since.

What cannot be seen from inside is seen here: a log that was cut off, written anew and signed again
by whoever holds the key, or shown to others in another version. Codes:

- `SPLIT_VIEW`: the kept checkpoint is good and of another history: the log was rewritten since, or
  two were grown from one beginning.
- `LOG_TRUNCATED`: the kept checkpoint is good and of a longer log.
- `CHECKPOINT_NOT_SIGNED`, `CHECKPOINT_FOREIGN`, `CHECKPOINT_UNREADABLE`: the kept file says nothing
  about this log.
- `LOG_DAMAGED`: the stored log does not give its own signed root; `meg verify --all` says where.
- `NOT_SEALED`: nothing was signed here yet.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from sqlalchemy import Connection

from archive import repository
from archive.checkpoint import Checkpoint, read_checkpoint
from archive.errors import LogDamaged, NoteUnreadable
from archive.merkle import is_consistent
from archive.repository import CheckpointRow
from archive.service import Archive
from domain.records import Record


@dataclass(frozen=True, slots=True)
class _Difference:
    code: str
    message: str


def comparison_record(archive: Archive, connection: Connection, note: bytes) -> Record:
    """What became of the log since this checkpoint, with the consistency proof (RFC 6962)."""
    head = repository.last_checkpoint(connection)
    kept: Checkpoint | None = None
    path: list[bytes] = []
    try:
        kept = read_checkpoint(note)
        found = _signature(archive, connection, kept, note)
        if found is None and head is None:
            found = _Difference("NOT_SEALED", "nothing was signed here yet")
        if found is None and head is not None:
            found, path = _growth(archive, kept, head)
    except NoteUnreadable as problem:
        found = _Difference("CHECKPOINT_UNREADABLE", problem.message)
    except LogDamaged as problem:
        found = _Difference("LOG_DAMAGED", problem.message)
    return {
        "checkpoint": None if kept is None else {"size": kept.size, "root": kept.root.hex()},
        "log": None if head is None else {"size": head.size, "root": head.root, "note": head.note},
        "ok": found is None,
        "path": [base64.b64encode(value).decode() for value in path],
        "problems": []
        if found is None
        else [{"code": found.code, "key": "checkpoint", "message": found.message}],
    }


def _signature(
    archive: Archive, connection: Connection, kept: Checkpoint, note: bytes
) -> _Difference | None:
    if kept.origin != archive.signer.name:
        text = f"is of the log {kept.origin}, not of {archive.signer.name}"
        return _Difference("CHECKPOINT_FOREIGN", text)
    history = archive.key_history(connection)
    if history.signed(note, kept.size):
        return None
    if any(verifier.has_signed(note) for verifier in history.verifiers):
        text = f"is signed by a key of this log that does not sign size {kept.size}"
    else:
        text = "is not signed by a key of this log"
    return _Difference("CHECKPOINT_NOT_SIGNED", text)


def _growth(
    archive: Archive, kept: Checkpoint, head: CheckpointRow
) -> tuple[_Difference | None, list[bytes]]:
    root = bytes.fromhex(head.root)
    if kept.size > head.size:
        text = f"the log ends at size {head.size}, {kept.size} events were signed: it was cut off"
        return _Difference("LOG_TRUNCATED", text), []
    path = archive.prove_consistency(kept.size, head.size) if kept.size else []
    then = archive.root_at(kept.size, head.size)
    if kept.size and not is_consistent(kept.size, then, head.size, root, path):
        text = "the stored log does not give the root that is signed at its end"
        return _Difference("LOG_DAMAGED", text), []
    if then != kept.root:
        text = (
            f"the first {kept.size} events of this log have the root {then.hex()}, signed was "
            f"{kept.root.hex()}: it was rewritten since, or others were shown another version"
        )
        return _Difference("SPLIT_VIEW", text), []
    return None, path
