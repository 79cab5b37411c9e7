"""Hardened reading of XML: nothing but this module and `xml_envelope` knows lxml.

Upholds: no entity is ever expanded, no DTD or schema is loaded, nothing is fetched, size and depth
are bounded (libxml2's own limits: 256 levels; long text is let through only where no document type
declaration stands, since embedded attachments pass 10 MB). Damage that changes no character of the
document is forgiven: byte order marks, white space before the declaration, NULs after the end, a
declaration of UTF-16 over UTF-8 bytes. Anything else that is not well-formed is a failure with the
parser's own words, never a repair: a repaired invoice is not the invoice that was sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Final, TypeAlias, cast

from lxml import etree

from domain.invoice import DocumentKind, ReadFailure, Syntax
from ingest.detect import SBDH_NAMESPACE, classify_root
from ingest.parsers.xml_envelope import enveloped, wrapped_texts

Element: TypeAlias = etree._Element  # noqa: SLF001  # lxml has no public name for its element type

MAX_BYTES: Final = 64 << 20
"""Larger files are refused unread; an invoice with a 40 MB attachment still passes."""

_SBDH: Final = f"{{{SBDH_NAMESPACE}}}"
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"
_DECLARED: Final = re.compile(rb"""^<\?xml[^>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_WIDE: Final = (b"utf-16", b"utf16", b"ucs-2", b"utf-32", b"ucs-4", b"unicode")
_SINGLE_BYTES: Final = (b"iso-8859-", b"latin", b"windows-125", b"cp125")
_LATIN_1: Final = frozenset({b"iso-8859-1", b"latin1", b"latin-1"})
_WINDOWS: Final = re.compile(rb"[\x80-\x9f]")
_WRONG_LABEL: Final = ("Invalid bytes in character encoding", "Unsupported encoding: ")
_NO_CHARACTERS: Final = frozenset({b"\x00", b"\x1a"})
_NO_MEMORY: Final = 2  # xmlParserErrors: XML_ERR_NO_MEMORY
_LONG_TEXT: Final = "XML_PARSE_HUGE"
_TOO_DEEP: Final = "Excessive depth"

_LONGEST_TAG: Final = 32 << 10
"""Longer start tags are refused: libxml2 compares every attribute with every other."""
_LONG_TAG: Final = re.compile(rb"<[^!?/<>][^<>]{%d}" % _LONGEST_TAG)

_CODE_LENGTH: Final = 3
_NO_WORDS: Final = frozenset({"urn:", "true", "fals"})
_LONGEST_WORD: Final = 400

_ASK_AGAIN: Final = (
    "Ask the supplier to correct the file in their invoicing software and to send it again."
)


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A parsed XML document; `payload` is the business document inside an SBDH envelope, if any."""

    root: Element
    payload: Element
    declares_at_root: bool = False
    """Whether every namespace of the document is known to be declared at its root."""
    forgiven: bool = False
    """Whether damage around the document (padding, a wrong encoding label) was passed over."""
    unwrapped: bool = False
    """Whether the document came as text inside another XML."""

    @property
    def kind(self) -> DocumentKind:
        """What document this is by its root element; an invoice's type code may still refine it."""
        known = classify_root(str(self.payload.tag))
        return DocumentKind.OTHER if known is None else known[0]

    @property
    def syntax(self) -> Syntax | None:
        """The invoice syntax, None for anything that is no invoice."""
        known = classify_root(str(self.payload.tag))
        return None if known is None else known[1]

    @property
    def is_known(self) -> bool:
        """Whether the root element belongs to a document standard known here."""
        return classify_root(str(self.payload.tag)) is not None

    def unknown_format(self) -> ReadFailure:
        """The failure of a well-formed document whose format is not known here."""
        return ReadFailure(
            "ING-XML-04",
            f"The XML is no invoice format known here; its root element is {self.payload.tag}.",
            "Ask the supplier for a Factur-X, UBL or CII invoice (EN 16931).",
        )

    def payload_bytes(self, original: bytes) -> bytes:
        """The business document alone, well-formed; the original bytes where these are both."""
        if self.payload is self.root and not (self.forgiven or self.unwrapped):
            return original
        return etree.tostring(self.payload, encoding="UTF-8", xml_declaration=True, with_tail=False)


def visible_text(document: XmlDocument) -> str:
    """All words of the document, one value a line, for full-text search.

    Codes (`EUR`, `C62`, `380`, URNs) and embedded files are left out: nobody searches for them and
    they would spoil every excerpt.
    """
    return "\n".join(
        [
            text
            for text in _all_text()(document.payload)
            if len(text) > _CODE_LENGTH
            and text[:4] not in _NO_WORDS
            and (len(text) < _LONGEST_WORD or " " in text[:_LONGEST_WORD])
        ]
    )


@cache
def _all_text() -> Callable[[Element], list[str]]:
    return cast("Callable[[Element], list[str]]", etree.XPath(".//text()", smart_strings=False))


def parse_xml(data: bytes) -> XmlDocument | ReadFailure:
    """Parse a document, or say why it cannot be parsed."""
    if len(data) > MAX_BYTES:
        return ReadFailure(
            "ING-XML-02",
            f"The XML file has {len(data)} bytes, more than the {MAX_BYTES} that are read.",
            "Ask the supplier to send large attachments apart from the invoice.",
        )
    if len(data) > _LONGEST_TAG and _LONG_TAG.search(data):
        return _unsafe(f"a tag of more than {_LONGEST_TAG} bytes")
    text = _trimmed(data)
    encoding = _override(text)
    try:
        root = _root(text, encoding)
    except etree.XMLSyntaxError as error:
        if not _is_mislabelled_utf_8(text, error):
            return _failure(error, data)
        encoding = "utf-8"
        try:
            root = _root(text, encoding)
        except etree.XMLSyntaxError:
            return _failure(error, data)
    declares_at_root = text.count(b"xmlns") == len(root.nsmap)
    forgiven = encoding is not None or _was_padded(data, text)
    return _entities_refused(root) or _unwrapped(
        XmlDocument(root, _payload(root), declares_at_root, forgiven)
    )


def exact_payload(document: XmlDocument, data: bytes) -> tuple[Element, Element]:
    """Root and business document of bytes that were parsed, with every blank and comment.

    A signature is about those too. A document that came as text inside another is its root here.
    """
    text = _trimmed(data)
    encoding = _override(text)
    try:
        root = _root(text, encoding, exact=True)
    except etree.XMLSyntaxError:
        root = _root(text, "utf-8", exact=True)  # as `parse_xml` read it, else it were no document
    if document.unwrapped:
        return root, root
    path = document.root.getroottree().getelementpath(document.payload)
    found = root if path == "." else root.find(path)
    return root, root if found is None else found


def _root(text: bytes, encoding: str | None, *, exact: bool = False) -> Element:
    try:
        return etree.fromstring(text, _parser(encoding, long_text=False, exact=exact))
    except etree.XMLSyntaxError as error:
        if _LONG_TEXT not in str(error) or _TOO_DEEP in str(error) or _may_have_doctype(text):
            raise
        return etree.fromstring(text, _parser(encoding, long_text=True, exact=exact))


def _is_mislabelled_utf_8(text: bytes, error: etree.XMLSyntaxError) -> bool:
    """Whether UTF-8 goes under a label that is unknown or ASCII.

    Bytes that are no UTF-8 under its label stay an error: what letters they were is a guess.
    """
    if not any(words in str(error) for words in _WRONG_LABEL) or text[:1] != b"<":
        return False
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _unwrapped(document: XmlDocument) -> XmlDocument | ReadFailure:
    """The business document in an envelope of any kind, where the envelope is none itself."""
    within = [document.payload] if document.is_known else enveloped(document.root)
    beside = document.payload.getparent()
    if beside is not None and document.is_known:
        within += [e for e in document.payload.itersiblings() if _is_document(e)]
    if len(within) > 1:
        return _several(len(within))
    if within and within[0] is document.payload:
        return document
    if within:
        return replace(document, payload=within[0])
    inside = [parse_xml(data) for data in islice(wrapped_texts(document.root), 2)]
    documents = [d for d in inside if isinstance(d, XmlDocument) and d.is_known]
    if len(documents) > 1:
        return _several(len(documents))
    return replace(documents[0], unwrapped=True) if documents else document


def _is_document(element: Element) -> bool:
    return classify_root(str(element.tag)) is not None


def _several(count: int) -> ReadFailure:
    return ReadFailure(
        "ING-XML-06",
        f"The XML is an envelope around {count} documents; which of them is meant is not said.",
        "Ask the sender for the documents one by one.",
    )


@cache
def _parser(encoding: str | None, *, long_text: bool, exact: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=long_text,
        remove_comments=not exact,
        remove_pis=not exact,
        remove_blank_text=not exact,
    )


def _trimmed(data: bytes) -> bytes:
    """The document without padding; UTF-16 keeps its NULs, which are half of its characters."""
    text = data
    while text.startswith(_UTF8_BOM):
        text = text[len(_UTF8_BOM) :]
    text = text.lstrip(_BLANKS)
    if text[:1] == b"<" and text[1:2] != b"\x00":
        return text.rstrip(b"\x00\x1a" + _BLANKS)
    return data


def _was_padded(data: bytes, text: bytes) -> bool:
    """Whether what was trimmed is more than the standard allows around a document."""
    bare = data.removeprefix(_UTF8_BOM)
    if bare.startswith(_UTF8_BOM) or (data.rstrip(_BLANKS)[-1:] in _NO_CHARACTERS and text != data):
        return True
    return text.startswith(b"<?xml") and not bare.startswith(b"<?xml")


def _override(text: bytes) -> str | None:
    """What the bytes are where the declaration says otherwise: common faults of exports."""
    declared = _DECLARED.match(text[:200])
    label = declared.group(1).lower() if declared else b""
    if label.startswith(_WIDE):
        return "utf-8"
    if not label.startswith(_SINGLE_BYTES) or text.isascii():
        return None
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252" if label in _LATIN_1 and _WINDOWS.search(text) else None
    return "utf-8"  # letters that are UTF-8 by chance in any other encoding do not happen


def _may_have_doctype(text: bytes) -> bool:
    """Whether a document type declaration may stand there; UTF-16 is not searched but suspected."""
    return b"<!DOCTYPE" in text or b"\x00" in text[:8]


def _entities_refused(root: Element) -> ReadFailure | None:
    declaration = root.getroottree().docinfo.internalDTD
    if declaration is None or not list(declaration.iterentities()):  # type: ignore[attr-defined]
        return None
    return ReadFailure(
        "ING-XML-03",
        "The XML file declares entities, which no invoice standard allows.",
        "Treat the file as hostile unless the supplier can explain it; ask for it without DOCTYPE.",
    )


def _failure(error: etree.XMLSyntaxError, data: bytes) -> ReadFailure:
    if error.code == _NO_MEMORY:  # type: ignore[attr-defined]
        raise MemoryError from error
    words = str(error).removesuffix(")").split(" (<string>")[0]
    if _TOO_DEEP in words or "amplification" in words or _LONG_TEXT in words:
        return _unsafe(words)
    if not data.strip(b"\x00" + _BLANKS + _UTF8_BOM):
        return ReadFailure("ING-XML-01", "The XML document is empty.", _ASK_AGAIN)
    return ReadFailure("ING-XML-01", f"The XML is not well-formed: {words}.", _ASK_AGAIN)


def _unsafe(excess: str) -> ReadFailure:
    return ReadFailure(
        "ING-XML-03",
        f"The XML file passes a safety limit: {excess}.",
        "Treat the file as hostile unless the supplier can explain it.",
    )


def _payload(root: Element) -> Element:
    """Step out of a Standard Business Document envelope (UN/CEFACT SBDH 1.3, Peppol)."""
    if not str(root.tag).startswith(_SBDH):
        return root
    for child in root:
        if not str(child.tag).startswith(_SBDH):
            return child
    return root
