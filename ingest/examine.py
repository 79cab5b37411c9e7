"""Reading and validating one file: what is known of it before anything is matched."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from domain.identifiers import Digest
from domain.invoice import Attachment, DocumentKind, Reading
from domain.lesson import NOTHING_ASKED, Asked
from domain.validation import RuleSetResult, RuleSetStatus, Validation
from ingest.detect import CONTAINERS, FileType, file_type
from ingest.finding_places import with_places
from ingest.member import Member
from ingest.memory_bound import memory_bounded
from ingest.parsers.opened import OpenedDocument
from ingest.parsers.xml import XmlDocument
from ingest.reader import open_document, read_opened
from ingest.recognition.options import Derived, RecognitionOptions
from ingest.signatures.marks import cms_bytes, is_signed
from ingest.signatures.options import TrustOptions

if TYPE_CHECKING:
    from ingest.containers import Opened

_CMS_ENDING: Final = ".p7m"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examination:
    """What reading and validating made of one file; no validation without XML of a known kind.

    `derived` is the searchable PDF made of a scan.
    """

    reading: Reading
    validation: Validation | None = None
    derived: Derived | None = None
    container: Opened | None = None
    enclosed: tuple[Member, ...] = ()
    """The files carried inside a PDF or an XML, those that could be taken out."""
    parts: tuple[Member, ...] = ()
    """The invoices of a scan that holds several."""
    signed: bool = False
    """Whether the file carries what may be a signature."""


def examine_signatures(data: bytes, trust: TrustOptions) -> Examination:
    """Check the signatures of a file."""
    from ingest.signatures.check import check_signatures  # slow to load, needed by few files

    return Examination(Reading(DocumentKind.OTHER, signatures=check_signatures(data, trust)))


def examine_scan(
    data: bytes, options: RecognitionOptions, asked: Asked = NOTHING_ASKED
) -> Examination:
    """Recognise and read a file whose pages are pictures."""
    from ingest.recognition.scan import read_scan  # slow to load, not needed for other files

    kind = file_type(data)
    scan = read_scan(data, kind, options, asked)
    opened = open_document(data, "") if kind is FileType.PDF else OpenedDocument(kind)
    attachments = (*scan.reading.attachments, *opened.attachments)
    return Examination(
        replace(scan.reading, attachments=attachments),
        derived=scan.derived,
        enclosed=_enclosed(opened),
        parts=scan.parts,
    )


def examine(
    data: bytes,
    name: str,
    *,
    pages: bool = True,
    validate: bool = True,
    take_out: bool = False,
    values: bool = True,
    asked: Asked = NOTHING_ASKED,
) -> Examination:
    """Read and validate one file.

    Args:
        data: the bytes of the file.
        name: how its sender called it.
        pages: whether to look at the pages of a PDF; without, only its XML is read.
        validate: whether to run the official rule sets on its XML.
        take_out: whether to hand over the files inside it, too.
        values: whether an XML is read that is validated; without, only its kind is told.
        asked: what else is asked about the pages of an invoice that is only printed.
    """
    signed = is_signed(data)
    with memory_bounded():
        wrapped = _unwrapped(data, name)
        if wrapped is not None:
            data = wrapped.data
        opened = open_document(data, name)
        document = opened.document
        if document is not None and document.is_known and validate and not values:
            reading = Reading(document.kind, document.syntax)
        else:
            reading = read_opened(data, opened, pages=pages, asked=asked)
        if wrapped is not None:
            carried = Attachment(wrapped.name, Digest.of(data).hex, len(data))
            reading = replace(reading, attachments=(carried, *reading.attachments))
        examination = Examination(reading, signed=signed)
        if take_out:
            container = _container(opened.type, data)
            enclosed = (*((wrapped,) if wrapped else ()), *_enclosed(opened))
            examination = replace(examination, container=container, enclosed=enclosed)
    if not validate or document is None or not document.is_known:
        return examination
    validation = _validation(document)
    if validation.findings and opened.type is FileType.PDF and pages:
        if reading.invoice is None:
            with memory_bounded():
                reading = read_opened(data, opened, asked=asked)
        validation = with_places(validation, reading)
    return replace(examination, validation=validation)


def _unwrapped(data: bytes, name: str) -> Member | None:
    """The file inside a CMS file (`.p7m`), under its own name; None for any other file."""
    if file_type(data) is not FileType.CMS:
        return None
    from ingest.signatures.cades import content_of  # slow to load, needed by few files

    binary = cms_bytes(data)
    content = None if binary is None else content_of(binary)
    stem = name[: -len(_CMS_ENDING)] if name.lower().endswith(_CMS_ENDING) else name
    return None if content is None else Member(stem, content)


def _enclosed(opened: OpenedDocument) -> tuple[Member, ...]:
    return tuple(Member(f.name, f.data) for f in opened.files if f.data is not None)


def _container(kind: FileType, data: bytes) -> Opened | None:
    if kind not in CONTAINERS:
        return None
    from ingest.containers import open_container  # slow to load, not needed to read

    return open_container(kind, data)


def _validation(document: XmlDocument) -> Validation:
    from ingest.validation import validate_document  # slow to load, not needed to read

    try:
        return validate_document(document)
    except MemoryError:
        raise
    except Exception as problem:  # noqa: BLE001 - the rules did not run: said, and never taken for valid
        _LOG.exception("validation failed")
        why = f"{type(problem).__name__}: {problem}"
        skipped = RuleSetResult("all", "", RuleSetStatus.SKIPPED, why[:500])
        return Validation(None, (skipped,))
