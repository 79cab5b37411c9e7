"""Evidence packages: which documents, and that each export is itself an event."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

from archive.errors import NothingToProve
from archive.evidence.contents import Contents, Request
from archive.service import Archive, Happening
from db.engine import Database
from domain.records import Record
from ingest import repository
from ingest.retention import Terms

_CHUNK = 1 << 20
_AT_ONCE = 256
_PAGE = 500


class EvidenceExport:
    """Writes packages and ledgers each, before anybody holds it."""

    def __init__(
        self,
        database: Database,
        archive: Archive,
        contents: Contents,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        terms: Terms,
    ) -> None:
        self._database = database
        self._archive = archive
        self._contents = contents
        self._zone = zone
        self._clock = clock
        self._terms = terms

    def write(self, document_ids: Sequence[str], file: BinaryIO, actor: str) -> Record:
        """Write the package of these documents; see `Application.write_evidence`."""
        chosen = list(dict.fromkeys(document_ids))
        if not chosen:
            raise NothingToProve("no document was asked for or found")
        now = self._clock()
        index = self._contents.write(
            chosen, file, Request(actor, now, self._zone, self._kept_until)
        )
        record: Record = {
            "documents": len(chosen),
            "index_sha256": index,
            "sha256": _digest(file),
            "size": file.tell(),
            "key": self._archive.signer.verifier.verifier_key,
        }
        payload = {"kind": "evidence", **{k: v for k, v in record.items() if k != "key"}}
        happening = Happening("exported", now, actor, payload)
        for start in range(0, len(chosen), _AT_ONCE):
            with self._database.transaction() as connection:
                for document_id in chosen[start : start + _AT_ONCE]:
                    self._archive.record(connection, document_id, [happening])
        return record

    def _kept_until(self, document_id: str) -> str:
        with self._database.reading() as connection:
            row = repository.load(connection, document_id)
        received = row["received_at"].astimezone(self._zone).date()
        return self._terms.keep_until(row["kind"], received).isoformat()


class Listing(Protocol):
    """What finding documents needs of the application."""

    def search(self, query: str, **filters: Any) -> Record:
        """Search as CONTRACT §6 says."""
        ...

    def documents(
        self, *, status: str | None, limit: int, before: str | None, containers: bool = True
    ) -> list[Record]:
        """List documents, newest first."""
        ...


def chosen_documents(listing: Listing, query: str | None, year: int | None) -> list[str]:
    """The documents that a query finds, of a year, or both, in order of arrival."""
    found = None if query is None else set(_found(listing, query))
    rows = _of_year(listing, year) if year is not None else None
    if rows is None:
        return sorted(found or ())
    return sorted(i for i in rows if found is None or i in found)


def _found(listing: Listing, query: str) -> Iterator[str]:
    offset = 0
    while hits := listing.search(query, limit=_PAGE, offset=offset)["hits"]:
        yield from (hit["document_id"] for hit in hits)
        offset += len(hits)


def _of_year(listing: Listing, year: int) -> Iterator[str]:
    """Documents issued in the year; those that state no date count when they came in."""
    before: str | None = None
    while rows := listing.documents(status=None, limit=_PAGE, before=before):
        for row in rows:
            if (row["issue_date"] or row["received_at"]).startswith(f"{year:04d}-"):
                yield row["document_id"]
        before = rows[-1]["document_id"]


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
