"""What the database knows beyond the events, kept in the archive so that it can be rebuilt.

Of a document: its rows as they stood when the newest of its manifests was written. Of the reference
data: every change, in its order. Both are compressed and signed with the key of the log, for the
place where they lie; they are a means to rebuild, no evidence: what they say is compared with the
events afterwards (`meg verify --all`).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    Table,
    false,
    func,
    insert,
    select,
    update,
)

from archive.checkpoint import Signer, Verifier
from archive.errors import KeptUnreadable
from db.metadata import METADATA

KEPT_CHANGES: Final = Table(
    "kept_changes",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary),  # until the store has it
    Column("written", Boolean, nullable=False),
)
"""Changes of the reference data, in their order."""
Index(
    "ix_kept_changes_pending",
    KEPT_CHANGES.c.number,
    sqlite_where=KEPT_CHANGES.c.written == false(),
    postgresql_where=KEPT_CHANGES.c.written == false(),
)

RowsOf = Callable[[Connection, Sequence[str]], Mapping[str, bytes]]
"""Gives the rows of each of these documents, as JSON."""

_SIGNATURE: Final = 64
_COMPRESSION: Final = 1
_MOST_BYTES: Final = 1 << 30


def state_key(tenant: str, document_id: str, version: int) -> str:
    """Where the rows of a document are kept as they stood with this version of its manifest."""
    return f"{tenant}/s/d/{document_id}/v{version}"


def change_key(tenant: str, number: int) -> str:
    """Where this change of the reference data is kept; keys sort by number."""
    return f"{tenant}/s/c/{number:012d}"


def pack(signer: Signer, key: str, body: bytes) -> bytes:
    """Compress a body and sign it for its key."""
    packed = zlib.compress(body, _COMPRESSION)
    return signer.key.sign(_signed(key, packed)) + packed


def unpack(verifiers: Sequence[Verifier], key: str, data: bytes) -> bytes:
    """The body again; raises KeptUnreadable where none of these keys signed it for this place."""
    signature, packed = data[:_SIGNATURE], data[_SIGNATURE:]
    if not any(v.has_signed_bytes(_signed(key, packed), signature) for v in verifiers):
        raise KeptUnreadable(f"{key}: was not signed with a key of this log")
    unzip = zlib.decompressobj()
    body = unzip.decompress(packed, _MOST_BYTES)
    if not unzip.eof:
        raise KeptUnreadable(f"{key}: is cut off, or unpacks to more than 1 GB")
    return body


def add_change(connection: Connection, body: bytes) -> None:
    """Note a change of the reference data, inside the transaction that makes it, nobody beside."""
    last = connection.execute(select(func.max(KEPT_CHANGES.c.number))).scalar()
    packed = zlib.compress(body, _COMPRESSION)
    number = 0 if last is None else last + 1
    connection.execute(insert(KEPT_CHANGES).values(number=number, body=packed, written=False))


def add_written(connection: Connection, number: int) -> None:
    """Note a change that the store has already."""
    connection.execute(insert(KEPT_CHANGES).values(number=number, body=None, written=True))


def pending_changes(connection: Connection, limit: int) -> list[tuple[int, bytes]]:
    """The oldest changes that the store does not have yet."""
    rows = connection.execute(
        select(KEPT_CHANGES.c.number, KEPT_CHANGES.c.body)
        .where(KEPT_CHANGES.c.written == false())
        .order_by(KEPT_CHANGES.c.number)
        .limit(limit)
    )
    return [(number, zlib.decompress(body)) for number, body in rows]


def mark_written(connection: Connection, numbers: Sequence[int]) -> None:
    """The store has these changes."""
    connection.execute(
        update(KEPT_CHANGES)
        .where(KEPT_CHANGES.c.number.in_(numbers))
        .values(body=None, written=True)
    )


def _signed(key: str, packed: bytes) -> bytes:
    return b"meg-kept/1\n" + key.encode() + b"\n" + packed
