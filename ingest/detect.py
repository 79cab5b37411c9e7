"""What a file is, told from its bytes alone; names and extensions are never believed.

`file_type` looks at the container (PDF, XML, zip, …), `classify_root` at the root element of an XML
document. Neither parses anything, so neither can be made to hang or to grow.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from domain.invoice import DocumentKind, Syntax

_PDF_WINDOW: Final = 1 << 20
"""Junk passed over before `%PDF-`; readers in the field accept 1 KiB, mail gateways put more."""

_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\xfe\xff")
_WIDE_XML: Final = (b"<\x00", b"\x00<", b"<\x00\x00\x00", b"\x00\x00\x00<", b"\x4c\x6f\xa7\x94")
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE_MEMBERS: Final = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF: Final = b"{\\rtf"
_IMAGES: Final = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
)
_MAIL_HEADER: Final = re.compile(
    rb"(?:from|to|subject|date|received|return-path|mime-version|message-id|content-type"
    rb"|delivered-to|dkim-signature|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_HEADER_LINE: Final = re.compile(rb"[!-9;-~]{1,76}[ \t]*:|[ \t]")
_MAIL_HEADERS_NEEDED: Final = 2
_HTML: Final = (b"<!doctype html", b"<head", b"<title", b"<meta", b"<body", b"<div", b"<table")
_CONTROL: Final = frozenset(range(32)) - {8, 9, 10, 12, 13, 27}


_ARCHIVES: Final = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF\x00",
)
_TAR_MARK: Final = b"ustar"
_TAR_MARK_AT: Final = 257
_SIGNED_DATA: Final = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"  # 1.2.840.113549.1.7.2
_SIGNED_DATA_BY: Final = 32
# The same, as base64 spells it behind a header of two, four or five bytes.
_BASE64_CMS: Final = re.compile(
    rb"\s*(?:-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----"
    rb"|MI[A-Za-z0-9+/]{1,8}?(?:YJKoZIhvcNAQcC|GCSqGSIb3DQEHAq))"
)
_OUTLOOK: Final = "__nameid_version1.0".encode("utf-16-le")


class FileType(StrEnum):
    """The container a file turned out to be."""

    EMPTY = "empty"
    PDF = "pdf"
    XML = "xml"
    HTML = "html"
    EMAIL = "email"
    ZIP = "zip"
    ARCHIVE = "archive"
    OUTLOOK = "outlook"
    OFFICE = "office"
    CMS = "cms"
    IMAGE = "image"
    TEXT = "text"
    UNKNOWN = "unknown"


CONTAINERS: Final = frozenset({FileType.ZIP, FileType.EMAIL})
"""What is opened, so that each file inside becomes a document of its own."""


_MARKS: Final = (
    (_ARCHIVES, FileType.ARCHIVE),
    ((_OLE, _RTF), FileType.OFFICE),
    (_IMAGES, FileType.IMAGE),
    (_WIDE_XML, FileType.XML),
)


def file_type(data: bytes) -> FileType:
    """Tell the container from the first bytes."""
    if data.startswith(b"<?xml"):
        return FileType.XML
    head = data[:4096]
    if not head.strip(b"\x00\t\n\r\x0b\x0c \x1a") and not data.strip(b"\x00\t\n\r\x0b\x0c \x1a"):
        return FileType.EMPTY
    if head.startswith(b"%PDF-"):
        return FileType.PDF
    marked = FileType.CMS if is_cms(head) else _marked_type(head)
    if marked is not None:
        return _looked_into(marked, data)
    if pdf_start(data) >= 0 or _headless_pdf(data):
        return FileType.PDF
    return FileType.TEXT if _is_text(head) else FileType.UNKNOWN


def is_cms(head: bytes) -> bool:
    """Whether this begins as CMS signed data (RFC 5652), binary or base64: a `.p7m` file."""
    if head.startswith(b"\x30"):
        return _SIGNED_DATA in head[:_SIGNED_DATA_BY]
    return _BASE64_CMS.match(head) is not None


def _looked_into(marked: FileType, data: bytes) -> FileType:
    """What a file that begins like this turns out to be further on."""
    if marked is FileType.HTML and pdf_start(data) > 0 and _ends_as_pdf(data):
        return FileType.PDF  # a page of the portal it came from stands before it
    if marked is FileType.OFFICE and data.startswith(_OLE) and _OUTLOOK in data:
        return FileType.OUTLOOK
    return marked


def pdf_start(data: bytes) -> int:
    """Where the header of a PDF stands, behind junk perhaps; -1 where there is none.

    Far into a file the five letters are no proof by themselves: objects must follow.
    """
    start = data.find(b"%PDF-", 0, _PDF_WINDOW)
    if start < 0:
        start = data.find(b"%PDF-", _PDF_WINDOW)
        if start >= 0 and data.find(b"endobj", start) < 0:
            return -1
    return start


def _marked_type(head: bytes) -> FileType | None:
    """Types told by how the file begins."""
    if head.startswith(_ZIP):
        office = any(member in head for member in _OFFICE_MEMBERS)
        return FileType.OFFICE if office else FileType.ZIP
    told = next((kind for marks, kind in _MARKS if head.startswith(marks)), None)
    if told is not None:
        return told
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.IMAGE
    if head[_TAR_MARK_AT:].startswith(_TAR_MARK):
        return FileType.ARCHIVE
    text = _without_bom(head).lstrip(b"\x00\t\n\r ")
    if text.startswith((b"<", b"\x00<")):
        return _markup_type(text)
    return FileType.EMAIL if _is_mail(text) else None


def _without_bom(head: bytes) -> bytes:
    for bom in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :]
    return head


def _markup_type(text: bytes) -> FileType:
    folded = text[:512].replace(b"\x00", b"").lower()
    if folded.startswith(b"<?xml"):
        return FileType.XML
    return FileType.HTML if folded.startswith(_HTML) or b"<html" in folded else FileType.XML


def _is_mail(text: bytes) -> bool:
    """RFC 5322: a block of `Name: value` lines, at least two of them with names that mail uses."""
    known = 0
    for line in text.splitlines()[:40]:
        if not line:
            break
        if line.startswith(b"From ") and known == 0:  # mbox separator
            continue
        if not _HEADER_LINE.match(line):
            return False
        known += _MAIL_HEADER.match(line) is not None
    return known >= _MAIL_HEADERS_NEEDED


def _headless_pdf(data: bytes) -> bool:
    """Whether only the header of a PDF is missing: its objects and its end are there."""
    return b"endobj" in data[:_PDF_WINDOW] and _ends_as_pdf(data)


def _ends_as_pdf(data: bytes) -> bool:
    return b"startxref" in data[-4096:]


def _is_text(head: bytes) -> bool:
    return not any(byte in _CONTROL for byte in head)


CII_NAMESPACE: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
ZUGFERD1_NAMESPACE: Final = "urn:ferd:CrossIndustryDocument:invoice:1p0"
SBDH_NAMESPACE: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"

_REMEMBERED: Final = 100

_CII_ROOTS: Final = {
    "CrossIndustryInvoice": (DocumentKind.INVOICE, Syntax.CII),
    "CrossIndustryDocument": (DocumentKind.INVOICE, Syntax.ZUGFERD1),
    "SCRDMCCBDACIOMessageStructure": (DocumentKind.ORDER, None),
    "SCRDMCCBDACIDDAMessageStructure": (DocumentKind.DESPATCH_ADVICE, None),
    "CrossDomainAcknowledgementAndResponse": (DocumentKind.STATUS_MESSAGE, None),
}
_UBL_ROOTS: Final = {
    "Invoice": (DocumentKind.INVOICE, Syntax.UBL),
    "CreditNote": (DocumentKind.CREDIT_NOTE, Syntax.UBL),
    "Order": (DocumentKind.ORDER, None),
    "OrderChange": (DocumentKind.ORDER, None),
    "OrderResponse": (DocumentKind.ORDER, None),
    "OrderResponseSimple": (DocumentKind.ORDER, None),
    "OrderCancellation": (DocumentKind.ORDER, None),
    "DespatchAdvice": (DocumentKind.DESPATCH_ADVICE, None),
    "ReceiptAdvice": (DocumentKind.RECEIPT_ADVICE, None),
    "ApplicationResponse": (DocumentKind.STATUS_MESSAGE, None),
}


@lru_cache(_REMEMBERED)
def classify_root(tag: str) -> tuple[DocumentKind, Syntax | None] | None:
    """What document an XML root element (`{namespace}name`) opens; None when it is none of ours.

    CII roots are told by name within any UN/CEFACT or FeRD namespace, as versions number them.
    """
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    if namespace.startswith(_UBL):
        if namespace != f"{_UBL}{name}-2":
            return None
        return _UBL_ROOTS.get(name, (DocumentKind.OTHER, None))
    if namespace.startswith(("urn:un:unece:uncefact:", "urn:ferd:")):
        return _CII_ROOTS.get(name)
    return None
