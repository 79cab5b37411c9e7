"""Bytes of one file → what it is and what it says, with evidence; never an exception.

`open_document` finds the XML and the attachments, `read` makes the typed reading of it. Both take
untrusted bytes as they came; limits on memory and time are the business of `ingest.isolation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from domain.evidence import Evidence, PageBox
from domain.invoice import (
    Attachment,
    DocumentKind,
    PageDifference,
    ReadFailure,
    Reading,
    ReadRemark,
    Syntax,
)
from domain.lesson import NOTHING_ASKED, Asked
from ingest.detect import FileType, file_type
from ingest.parsers.cii import cii_kind, parse_cii
from ingest.parsers.opened import OpenedDocument
from ingest.parsers.trace import Trace
from ingest.parsers.ubl import parse_ubl, ubl_kind
from ingest.parsers.xml import XmlDocument, parse_xml, visible_text
from ingest.parsers.xml_attachments import xml_files

_NOT_READ: Final = {
    FileType.EMPTY: (
        "ING-FILE-01",
        "The file is empty.",
        "The transfer was probably cut; ask the supplier to send the invoice again.",
    ),
    FileType.HTML: (
        "ING-FILE-02",
        "The file is a web page.",
        "It may be a login page saved by mistake; download the invoice itself.",
    ),
    FileType.EMAIL: (
        "ING-FILE-03",
        "The file is an e-mail message.",
        "Take in the invoice attached to it, or drop the message into the drop folder.",
    ),
    FileType.ZIP: (
        "ING-FILE-04",
        "The file is a zip archive.",
        "Take in the invoices inside it, or drop the archive into the drop folder.",
    ),
    FileType.ARCHIVE: (
        "ING-FILE-09",
        "The file is an archive of a kind that is not opened here (7z, rar, tar, gzip).",
        "Ask the sender for a zip archive, or for the invoices one by one.",
    ),
    FileType.OUTLOOK: (
        "ING-FILE-10",
        "The file is a message saved by Outlook (.msg).",
        "Save it in the .eml format, or save its attachments into the drop folder.",
    ),
    FileType.OFFICE: (
        "ING-FILE-05",
        "The file is an office document.",
        "Ask the supplier for a Factur-X, UBL or CII invoice, or at least for a PDF.",
    ),
    FileType.CMS: (
        "ING-FILE-11",
        "The file is a signature and carries no document.",
        "Take in the invoice it belongs to.",
    ),
    FileType.IMAGE: (
        "ING-FILE-06",
        "The file is a picture.",
        "Scan the invoice to PDF, or ask the supplier for an electronic invoice.",
    ),
    FileType.TEXT: (
        "ING-FILE-07",
        "The file is plain text, no invoice format.",
        "Ask the supplier for a Factur-X, UBL or CII invoice.",
    ),
    FileType.UNKNOWN: (
        "ING-FILE-08",
        "The file is of no known type; it may be damaged or encrypted.",
        "Ask the supplier to send the invoice again as PDF or XML.",
    ),
}
_PAGES_NOT_READ: Final = ReadFailure(
    "ING-PDF-07",
    "The PDF carries no invoice XML, and its pages could not be read within the limits.",
    "Ask the supplier for a Factur-X invoice, or key the invoice by hand.",
)
_FORGIVEN: Final = ReadRemark(
    "ING-XML-05",
    "",
    "",
    "Padding around the XML or a wrong encoding label was passed over; the content is unaltered.",
)
_NOT_COMPARED: Final = ReadRemark(
    "ING-PAGE-10",
    "text",
    "",
    "The pages show too few words to be held against the XML: look at them before you pay.",
)
_TEXT_KEPT: Final = 1 << 20

__all__ = ["OpenedDocument", "open_document", "read", "read_opened", "read_xml"]


def open_document(data: bytes, name: str) -> OpenedDocument:
    """Find the business document in a file of any type."""
    kind = file_type(data)
    if kind is FileType.XML:
        return _open_xml(data, name)
    if kind is FileType.PDF:
        return _open_pdf(data)
    return OpenedDocument(kind, failure=ReadFailure(*_NOT_READ[kind]))


def read(data: bytes, name: str) -> Reading:
    """Read one file."""
    return read_opened(data, open_document(data, name))


def read_opened(
    data: bytes, opened: OpenedDocument, *, pages: bool = True, asked: Asked = NOTHING_ASKED
) -> Reading:
    """Read a file that was opened already.

    Args:
        data: the bytes of the file.
        opened: what `open_document` found in them.
        pages: whether to look at the pages of a PDF; without, only its XML is read.
        asked: what else is asked about the pages of an invoice that is only printed.
    """
    if opened.type is FileType.PDF:
        return _read_pdf(data, opened, asked, pages=pages)
    if opened.document is not None:
        return read_xml(opened.document, opened.attachments)
    return Reading(
        DocumentKind.OTHER,
        error=opened.failure,
        attachments=opened.attachments,
        text=_loose_text(data, opened.type),
        unread_pages=(1,) if opened.type is FileType.IMAGE else (),
    )


def read_xml(document: XmlDocument, attachments: tuple[Attachment, ...] = ()) -> Reading:
    """Read a parsed XML document: an invoice fully, anything else by kind and text."""
    syntax = document.syntax
    text = visible_text(document)
    if syntax is None:
        return _other_than_invoice(document, attachments, text)
    trace = Trace()
    if syntax is Syntax.UBL:
        invoice = parse_ubl(document.payload, trace)
        kind = ubl_kind(document.kind, invoice)
    else:
        invoice = parse_cii(document.payload, syntax, trace)
        kind = cii_kind(invoice)
    return Reading(
        kind,
        syntax,
        invoice,
        trace.evidence(document),
        attachments=attachments,
        text=text,
        remarks=(*trace.remarks, *((_FORGIVEN,) if document.forgiven else ())),
    )


def _other_than_invoice(
    document: XmlDocument, attachments: tuple[Attachment, ...], text: str
) -> Reading:
    """An order, an advice, a status message; anything else by kind and text."""
    from ingest.parsers.delivery_xml import parse_delivery  # an invoice need not wait for it
    from ingest.parsers.order_xml import parse_order
    from ingest.parsers.status_xml import parse_status

    error = None if document.is_known else document.unknown_format()
    trace, kind, payload = Trace(), document.kind, document.payload
    order = parse_order(payload, trace) if kind is DocumentKind.ORDER else None
    advices = {DocumentKind.DESPATCH_ADVICE, DocumentKind.RECEIPT_ADVICE}
    return Reading(
        kind,
        error=error,
        attachments=attachments,
        text=text,
        order=order,
        delivery=parse_delivery(payload, trace) if kind in advices else None,
        status_message=(
            parse_status(payload, trace) if kind is DocumentKind.STATUS_MESSAGE else None
        ),
        evidence=trace.evidence(document),
        remarks=tuple(trace.remarks),
    )


def _open_xml(data: bytes, name: str) -> OpenedDocument:
    document = parse_xml(data)
    if isinstance(document, ReadFailure):
        return OpenedDocument(FileType.XML, failure=document)
    return OpenedDocument(
        FileType.XML,
        xml=document.payload_bytes(data),
        xml_name=name,
        files=xml_files(document) if b"BinaryObject" in data else (),
        document=document,
    )


def _loose_text(data: bytes, kind: FileType) -> str:
    """The words of a file that could not be read, so that it can still be found."""
    if kind not in {FileType.TEXT, FileType.XML}:
        return ""
    return data[:_TEXT_KEPT].decode("utf-8", "replace").replace("\x00", "")


def _open_pdf(data: bytes) -> OpenedDocument:
    from ingest.parsers.facturx_pdf import open_pdf  # an XML need not wait for it

    return open_pdf(data)


def _read_pdf(data: bytes, opened: OpenedDocument, asked: Asked, *, pages: bool) -> Reading:
    pages = pages and opened.has_safe_pages
    if opened.document is not None:
        reading = read_xml(opened.document, opened.attachments)
        reading = replace(reading, remarks=reading.remarks + opened.remarks)
        return _beside_its_page(reading, data) if pages else reading
    if opened.failure is not None:
        return Reading(
            DocumentKind.OTHER,
            error=opened.failure,
            attachments=opened.attachments,
            text=_page_text(data) if pages else "",
            remarks=opened.remarks,
        )
    reading = (
        _read_pages(data, asked) if pages else Reading(DocumentKind.OTHER, error=_PAGES_NOT_READ)
    )
    return replace(
        reading,
        attachments=opened.attachments,
        remarks=reading.remarks + opened.remarks,
    )


def _beside_its_page(reading: Reading, data: bytes) -> Reading:
    """The reading of an embedded XML with the words of its page, and where the two differ."""
    from ingest.page_check import is_comparable, page_differences  # as above
    from ingest.page_values import PageIndex, places  # as above
    from ingest.parsers.pdf_page_text import seen_pages  # as above

    with seen_pages(data) as seen:
        read = replace(reading, text=_joined(seen.text, reading.text))
        if reading.invoice is None:
            return read
        if not is_comparable(seen.text):
            return replace(read, remarks=(*reading.remarks, _NOT_COMPARED))
        index = PageIndex(seen.pages)
        differences = page_differences(
            reading.invoice, seen.pages, lambda: _read_pages(data), index
        )
        found = dict(places(reading.invoice, index))
        return replace(
            read,
            page_differences=differences,
            evidence=_with_places(reading, found, differences),
        )


def _with_places(
    reading: Reading, found: Mapping[str, PageBox], differences: Sequence[PageDifference]
) -> Mapping[str, Evidence]:
    """The evidence of an XML with the places where the page shows its values."""
    differing = {d.field for d in differences}
    return {
        path: seen if path in differing or path not in found else replace(seen, seen_at=found[path])
        for path, seen in reading.evidence.items()
    }


def _joined(page: str, xml: str) -> str:
    """The words of the page, then those of the XML that the page does not show."""
    return "\n".join([page, *(value for value in xml.split("\n") if value not in page)]).strip()


def _page_text(data: bytes) -> str:
    from ingest.parsers.pdf_page_text import page_text  # as above

    return page_text(data)


def _read_pages(data: bytes, asked: Asked = NOTHING_ASKED) -> Reading:
    from ingest.parsers.pdf_text import read_pages  # as above

    try:
        return read_pages(data, asked=asked)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # hostile pages raise anything; the document is told
        return Reading(DocumentKind.OTHER, error=_PAGES_NOT_READ, text=_page_text(data))
