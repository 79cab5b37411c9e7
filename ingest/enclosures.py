"""Files carried inside a document are archived as objects of their own, beside the document.

The document holds them too; apart they can be opened by whoever cannot take a PDF to pieces, and
their digests stand in the `parsed` event. They are stored before the reading that names them is
kept: what a manifest calls archived is.
"""

from __future__ import annotations

from dataclasses import replace

from archive.service import Archive
from domain.errors import Error
from domain.identifiers import Digest
from domain.invoice import Reading
from domain.records import Record
from ingest.examine import Examination


class AttachmentUnknown(Error):
    """The document carries no such file, or none that was kept apart."""

    code = "ING-52"
    hint = "The attachments of a document are listed by `meg show`; the original holds them all."


def archived(archive: Archive, examination: Examination) -> Reading:
    """Store what a document carries; gives its reading, saying which files were archived."""
    reading = examination.reading
    if not examination.enclosed:
        return reading
    stored = archive.store_enclosed([member.data for member in examination.enclosed])
    kept = {digest.hex for digest in stored}
    attachments = tuple(replace(a, archived=a.sha256 in kept) for a in reading.attachments)
    return replace(reading, attachments=attachments)


def attachment(record: Record, position: int) -> tuple[str, Digest]:
    """Name and digest of the archived attachment at this position, from 1; raises when unknown."""
    carried = record["attachments"]
    if not 1 <= position <= len(carried) or not carried[position - 1].get("archived"):
        raise AttachmentUnknown(f"document {record['document_id']} has no attachment {position}")
    found = carried[position - 1]
    return found["name"], Digest(found["sha256"])
