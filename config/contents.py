"""The bytes of documents: what was received, what came inside it, what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from archive.errors import WasPurged
from archive.manifest import DERIVED, SEARCHABLE_PDF
from archive.service import Archive
from db.engine import Database
from domain.errors import Error
from domain.identifiers import Digest
from domain.records import Record
from ingest import repository
from ingest.detect import FileType, file_type
from ingest.enclosures import AttachmentUnknown, attachment
from ingest.pipeline import Pipeline
from ingest.signatures.report import SIGNATURE_REPORT


class NothingDerived(Error):
    """No other file was made of this document."""

    code = "ING-03"
    hint = "Only scans have a searchable PDF, only signed files a report on their signatures."


class Content(NamedTuple):
    """A file of a document: a name for it, its digest, its bytes, hashed again."""

    name: str
    digest: Digest
    data: bytes


class Contents:
    """Reads the files of documents.

    All of it raises DocumentUnknown where no document has the id, WasPurged for an eliminated one.
    """

    def __init__(self, database: Database, archive: Archive, pipeline: Pipeline) -> None:
        self._database = database
        self._archive = archive
        self._pipeline = pipeline

    def original(self, document_id: str) -> Content:
        """What was received."""
        row = self._kept(document_id)
        return self._content(row["file_name"], Digest(row["sha256"]))

    def attachment(self, document_id: str, position: int) -> Content:
        """What came inside, counted from 1; raises AttachmentUnknown."""
        return self._content(*attachment(self._pipeline.record(document_id), position))

    def searchable_pdf(self, document_id: str) -> Content:
        """The PDF with recognised text that was made of a scan; raises NothingDerived."""
        return self._derived(document_id, SEARCHABLE_PDF, ".ocr.pdf")

    def signature_report(self, document_id: str) -> Content:
        """The report on a document's signatures; raises NothingDerived."""
        return self._derived(document_id, SIGNATURE_REPORT, ".signatures.json")

    def drawable(self, document_id: str) -> tuple[str, Callable[[], bytes]]:
        """The digest and the bytes that a document's pages are drawn from.

        They are the original's; an image file is drawn from the PDF that was made of it, a signed
        envelope from the file inside.
        """
        row = self._kept(document_id)
        made = self._made_of(row, SEARCHABLE_PDF)

        def load() -> bytes:
            data = self._archive.read(Digest(row["sha256"]))
            if file_type(data) is FileType.CMS:
                with suppress(AttachmentUnknown):
                    return self.attachment(document_id, 1).data
            if made is None or file_type(data) is FileType.PDF:
                return data
            return self._archive.read(Digest(made["sha256"]))

        return (row if made is None else made)["sha256"], load

    def _content(self, name: str, digest: Digest) -> Content:
        return Content(name, digest, self._archive.read(digest))

    def _derived(self, document_id: str, role: str, suffix: str) -> Content:
        row = self._kept(document_id)
        made = self._made_of(row, role)
        if made is None:
            raise NothingDerived(f"document {document_id} has no {role.replace('_', ' ')}")
        return self._content(f"{Path(row['file_name']).stem}{suffix}", Digest(made["sha256"]))

    def _kept(self, document_id: str) -> Mapping[str, Any]:
        """The row of a document whose bytes are kept."""
        with self._database.reading() as connection:
            row = repository.load(connection, document_id)
        if row["status"] in repository.GONE:
            raise WasPurged(f"document {document_id} is {row['status']}")
        return row

    def _made_of(self, row: Mapping[str, Any], role: str) -> Record | None:
        """The last object of this role made of a document or of its first copy."""
        first = row["duplicate_of"] or row["document_id"]
        with self._database.reading() as connection:
            past = self._archive.history(connection, first, DERIVED)
        made = [p.event.payload for p in past if p.event.payload.get("role") == role]
        return made[-1]["object"] if made else None
