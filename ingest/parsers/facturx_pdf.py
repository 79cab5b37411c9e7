"""The invoice XML inside a Factur-X, ZUGFeRD or Order-X PDF, under whatever name it hides.

Steps, each tried only when the one before could not open the file: (1) qpdf through pikepdf, which
repairs cross-reference tables and is the fastest; (2) pypdf; (3) a scan of the raw streams, also
where a damaged file was opened and held no invoice; (4) the same over the bytes as they were before
a program took them for text, where that can be undone. What counts is the content: a file under a
wrong name is found, a file under the right name that is no invoice is a finding. A PDF that carries
no invoice XML is no failure here: its pages will be read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from domain.invoice import ReadFailure, ReadRemark
from ingest.detect import FileType, file_type, pdf_start
from ingest.parsers.opened import EmbeddedFile, OpenedDocument, PdfContents
from ingest.parsers.pdf_bombs import is_hostile
from ingest.parsers.pdf_salvage import SALVAGED_NAME, before_text_mode, salvaged_files
from ingest.parsers.xml import XmlDocument, parse_xml
from ingest.parsers.xml_attachments import xml_files

_HOSTILE: Final = "ING-PDF-04"
_EXHAUSTING: Final = ReadFailure(
    _HOSTILE,
    "Reading the PDF would take more memory or time than any invoice does.",
    "Treat the file as hostile unless the supplier can explain it.",
)
_MOST_CANDIDATES: Final = 20
_NO_DOCUMENT: Final = 3
_KNOWN_STEMS: Final = (
    "factur-x",
    "facturx",
    "zugferd",
    "xrechnung",
    "order-x",
    "facture",
    "invoice",
    "rechnung",
    "cii",
    "ubl",
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An embedded file that looks like XML, with what parsing made of it."""

    file: EmbeddedFile
    outcome: XmlDocument | ReadFailure

    @property
    def rank(self) -> int:
        """Invoices before other business documents before what only has the name of one."""
        if isinstance(self.outcome, ReadFailure) or not self.outcome.is_known:
            return _NO_DOCUMENT
        if self.outcome.syntax is None:
            return 2
        return 0 if _has_known_name(self.file) else 1


_FOUND_BY_SCANNING: Final = ReadRemark(
    "ING-PDF-06",
    "text",
    "",
    "The PDF is damaged; its XML was recovered, its pages and other attachments may be missing.",
)


def open_pdf(data: bytes) -> OpenedDocument:
    """Find the invoice XML and list every embedded file."""
    opened = _opened(data)
    if opened.document is None:
        for sent in before_text_mode(data):
            mended = _opened(sent)
            if mended.document is not None:
                remarks = (*mended.remarks, _FOUND_BY_SCANNING)
                return replace(mended, remarks=remarks, has_safe_pages=False)
    return opened


def _opened(data: bytes) -> OpenedDocument:
    contents = _contents(data)
    if isinstance(contents, ReadFailure):
        return OpenedDocument(
            FileType.PDF, failure=contents, has_safe_pages=contents.code != _HOSTILE
        )
    opened = OpenedDocument(
        FileType.PDF,
        files=contents.files,
        remarks=_remarks(contents),
        has_safe_pages=not contents.hostile,
    )
    candidates = _candidates(contents)
    if contents.damaged and all(c.rank == _NO_DOCUMENT for c in candidates):
        candidates += _candidates(PdfContents(tuple(salvaged_files(data)), 0))
    candidates.sort(key=lambda c: c.rank)
    if not candidates:
        return _without_candidate(opened, contents)
    best = candidates[0]
    if isinstance(best.outcome, XmlDocument) and best.outcome.is_known:
        return _with_document(opened, best, candidates)
    named = [c for c in candidates if _has_known_name(c.file)]
    if named and contents.damaged:
        return replace(opened, failure=_damaged("The PDF is damaged, the invoice XML in it too."))
    return _with_failure(opened, named[0]) if named else opened


def _contents(data: bytes) -> PdfContents | ReadFailure:
    """Open the PDF by the first means that can."""
    from ingest.parsers import pdf_embedded  # slow to load, not needed for XML

    if is_hostile(data):
        files = salvaged_files(data)
        return PdfContents(tuple(files), 0, hostile=True) if files else _EXHAUSTING
    start = pdf_start(data)
    whole = data[start:] if start > 0 else data
    found: PdfContents | None = None
    try:
        found = pdf_embedded.open_embedded(whole)
    except MemoryError:
        raise  # the reading process is at its limit: another means would fare no better
    except pdf_embedded.PasswordNeeded:
        return ReadFailure(
            "ING-PDF-03",
            "The PDF opens with a password only.",
            "Ask the supplier for the invoice without password protection.",
        )
    except Exception:  # noqa: BLE001  # hostile bytes raise anything; the next means is tried
        found = _by_pypdf(whole)
    if found is None or (not found.files and not found.pages):
        found = PdfContents(tuple(salvaged_files(whole)), 0, damaged=True)
    if not found.files and not found.pages:
        return _damaged(
            f"The PDF is damaged beyond repair ({len(data)} bytes, no page could be found)."
        )
    return found


def _by_pypdf(data: bytes) -> PdfContents | None:
    from ingest.parsers import pdf_embedded_pypdf  # slow to load, rarely needed

    try:
        return pdf_embedded_pypdf.open_embedded(data)
    except Exception:  # noqa: BLE001  # as above
        return None


def _has_known_name(file: EmbeddedFile) -> bool:
    name = file.name.casefold()
    return name.endswith(".xml") and any(stem in name for stem in _KNOWN_STEMS)


def _candidates(contents: PdfContents) -> list[_Candidate]:
    """Embedded files that are XML by content or claim to be the invoice by name."""
    found = [
        file
        for file in contents.files
        if file.data is not None and (file_type(file.data) is FileType.XML or _has_known_name(file))
    ]
    found.sort(key=lambda file: not _has_known_name(file))
    return [_Candidate(f, parse_xml(f.data or b"")) for f in found[:_MOST_CANDIDATES]]


def _remarks(contents: PdfContents) -> tuple[ReadRemark, ...]:
    hostile = ReadRemark(
        _HOSTILE, "text", "", "The PDF takes too much memory or time; its pages were not opened."
    )
    return tuple(
        ReadRemark(_HOSTILE, "attachments", file.name, "This embedded file is too large.")
        for file in contents.files
        if file.data is None
    ) + ((hostile,) if contents.hostile else ())


def _with_document(
    opened: OpenedDocument, best: _Candidate, candidates: list[_Candidate]
) -> OpenedDocument:
    assert isinstance(best.outcome, XmlDocument)  # noqa: S101  # the caller looked
    data = best.file.data or b""
    rivals = [c for c in candidates if c.rank <= 1 and c.file.data != data]
    remarks = tuple(
        ReadRemark(
            "ING-PDF-05", "attachments", c.file.name, "A second, different invoice is embedded."
        )
        for c in rivals
    )
    return replace(
        opened,
        xml=best.outcome.payload_bytes(data),
        xml_name=best.file.name,
        document=best.outcome,
        files=opened.files + xml_files(best.outcome),
        remarks=opened.remarks + remarks + _salvage_remark(opened, best),
    )


def _salvage_remark(opened: OpenedDocument, best: _Candidate) -> tuple[ReadRemark, ...]:
    scanned = best.file.name == SALVAGED_NAME and opened.has_safe_pages
    return (_FOUND_BY_SCANNING,) if scanned else ()


def _with_failure(opened: OpenedDocument, candidate: _Candidate) -> OpenedDocument:
    """The file that claims to be the invoice is none: said, with the XML parser's reason."""
    outcome = candidate.outcome
    if isinstance(outcome, XmlDocument):
        outcome = outcome.unknown_format()
    failure = ReadFailure(
        outcome.code, f"Embedded file {candidate.file.name}: {outcome.message}", outcome.hint
    )
    return replace(opened, xml_name=candidate.file.name, failure=failure)


def _without_candidate(opened: OpenedDocument, contents: PdfContents) -> OpenedDocument:
    """No XML could be taken out; a file that claims to be the invoice but is too large is said."""
    claimed = [f for f in contents.files if f.data is None and _has_known_name(f)]
    if not claimed:
        return opened
    return replace(opened, failure=_too_large(f"Embedded file {claimed[0].name}"))


def _damaged(message: str) -> ReadFailure:
    return ReadFailure(
        "ING-PDF-02",
        message,
        "The transfer was probably cut; ask the supplier to send the invoice again.",
    )


def _too_large(what: str) -> ReadFailure:
    return ReadFailure(
        _HOSTILE,
        f"{what} of the PDF inflates beyond every reasonable size.",
        "Treat the file as hostile unless the supplier can explain it.",
    )
