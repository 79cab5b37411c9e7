"""Reading and validating one file: what is known of it before anything is matched."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from domain.invoice import Reading
from domain.validation import RuleSetResult, RuleSetStatus, Validation
from ingest.detect import FileType, file_type
from ingest.memory_bound import memory_bounded
from ingest.parsers.xml import XmlDocument
from ingest.reader import open_document, read_opened
from ingest.recognition.options import Derived, RecognitionOptions

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examination:
    """What reading and validating made of one file; no validation without XML of a known kind.

    `derived` is the searchable PDF made of a scan.
    """

    reading: Reading
    validation: Validation | None = None
    derived: Derived | None = None


def examine_scan(data: bytes, options: RecognitionOptions) -> Examination:
    """Recognise and read a file whose pages are pictures."""
    from ingest.recognition.scan import read_scan  # slow to load, not needed for other files

    kind = file_type(data)
    scan = read_scan(data, kind, options)
    attachments = open_document(data, "").attachments if kind is FileType.PDF else ()
    return Examination(replace(scan.reading, attachments=attachments), derived=scan.derived)


def examine(data: bytes, name: str, *, pages: bool = True, validate: bool = True) -> Examination:
    """Read and validate one file.

    Args:
        data: the bytes of the file.
        name: how its sender called it.
        pages: whether to look at the pages of a PDF; without, only its XML is read.
        validate: whether to run the official rule sets on its XML.
    """
    with memory_bounded():
        opened = open_document(data, name)
        reading = read_opened(data, opened, pages=pages)
    if not validate or opened.document is None or not opened.document.is_known:
        return Examination(reading)
    return Examination(reading, _validation(opened.document))


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
