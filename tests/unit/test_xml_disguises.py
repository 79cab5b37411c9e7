"""One good invoice in every encoding, envelope and spelling of XML: the same invoice, or a code."""

from __future__ import annotations

import base64
import codecs
import re
from pathlib import Path

import pytest

from domain.records import invoice_record
from ingest.reader import open_document, read

XML = (Path(__file__).parent.parent / "data" / "cii_every_field.xml").read_bytes()
TEXT = XML.decode()
BODY = TEXT.split("?>", 1)[1]
SECOND = BODY.replace("FA-2026-0815", "FA-2026-9999")
IN_BASE_64 = base64.b64encode(XML).decode()
PEPPOL = 'xmlns="http://peppol.eu/xsd/ticc/envelope/1.0" mimeType="application/xml"'
SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"


def _encoded(encoding: str, label: str | None = None, mark: bytes = b"") -> bytes:
    declared = f'<?xml version="1.0" encoding="{label or encoding}"?>{BODY}'
    return mark + declared.encode(encoding, "xmlcharrefreplace")


def _doctype(declaration: str) -> bytes:
    return TEXT.replace("?>", f"?><!DOCTYPE x {declaration}>", 1).encode()


def _header(payload: str) -> bytes:
    head = "<s:StandardBusinessDocumentHeader/>"
    inner = f"{head}{payload}"
    name = "s:StandardBusinessDocument"
    return f'<{name} xmlns:s="{SBDH}">{inner}</{name}>'.encode()


def _soap(payload: str) -> bytes:
    space = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<e:Envelope xmlns:e="{space}"><e:Body><d>{payload}</d></e:Body></e:Envelope>'.encode()


def _signed(payload: str) -> bytes:
    space = "http://www.w3.org/2000/09/xmldsig#"
    inner = f"<d:SignedInfo/><d:Object>{payload}</d:Object>"
    return f'<d:Signature xmlns:d="{space}">{inner}</d:Signature>'.encode()


SAME = {
    "UTF-8": _encoded("utf-8"),
    "UTF-8 with mark": _encoded("utf-8", mark=codecs.BOM_UTF8),
    "UTF-16 little-endian": _encoded("utf-16-le", "UTF-16", codecs.BOM_UTF16_LE),
    "UTF-16 big-endian": _encoded("utf-16-be", "UTF-16", codecs.BOM_UTF16_BE),
    "UTF-16 little-endian, no mark": _encoded("utf-16-le", "UTF-16"),
    "UTF-16 big-endian, no mark": _encoded("utf-16-be", "UTF-16"),
    "UTF-16 said to be UTF-8": _encoded("utf-16-le", "UTF-8", codecs.BOM_UTF16_LE),
    "ISO-8859-1": _encoded("iso-8859-1"),
    "ISO-8859-15": _encoded("iso-8859-15"),
    "Windows-1252": _encoded("windows-1252"),
    "Windows-1252 said to be ISO-8859-1": _encoded("windows-1252", "ISO-8859-1"),
    "UTF-8 said to be ISO-8859-1": _encoded("utf-8", "ISO-8859-1"),
    "UTF-8 said to be Windows-1252": _encoded("utf-8", "windows-1252"),
    "UTF-8 said to be ASCII": _encoded("utf-8", "US-ASCII"),
    "UTF-8 of an unknown label": _encoded("utf-8", "X-NOBODY"),
    "comments and instructions": re.sub(r">(\s*)<", "><!-- x --><?pi y?><", TEXT).encode(),
    "a comment in a value": TEXT.replace("FA-2026-0815", "FA-<!-- c -->2026-0815").encode(),
    "CDATA": TEXT.replace("FA-2026-0815", "<![CDATA[FA-2026-0815]]>").encode(),
    "a document type": _doctype(""),
    "a document type elsewhere": _doctype('SYSTEM "http://nowhere.invalid/x.dtd"'),
    "SBDH": _header(BODY),
    "SBDH with base64": _header(f"<BinaryContent {PEPPOL}>{IN_BASE_64}</BinaryContent>"),
    "SBDH with text": _header(f"<TextContent {PEPPOL}><![CDATA[{BODY}]]></TextContent>"),
    "SOAP": _soap(BODY),
    "SOAP with base64": _soap(f"<fichierFlux>{IN_BASE_64}</fichierFlux>"),
    "a signature around": _signed(BODY),
    "an envelope of nobody's": f"<lot><piece>{BODY}</piece></lot>".encode(),
}
REFUSED = {
    "EBCDIC": (_encoded("cp037", "IBM037"), "ING-XML-01"),
    "an entity": (_doctype('[<!ENTITY a "b">]'), "ING-XML-03"),
    "an outside entity": (
        _doctype('[<!ENTITY % p SYSTEM "file:///x"> %p;]'),
        "ING-XML-03",
    ),
    "Windows-1252 said to be UTF-8": (_encoded("windows-1252", "UTF-8"), "ING-XML-01"),
    "a NUL inside": (XML.replace(b"FA-2026", b"FA\x00-2026"), "ING-XML-01"),
    "too deep": (XML.replace(b"FA-2026-0815", b"<a>" * 500 + b"</a>" * 500), "ING-XML-03"),
    "two in one header": (_header(BODY + SECOND), "ING-XML-06"),
    "two in a batch": (f"<lot><p>{BODY}</p><p>{SECOND}</p></lot>".encode(), "ING-XML-06"),
    "two in base64": (_soap(f"<a>{IN_BASE_64}</a><a>{IN_BASE_64}</a>"), "ING-XML-06"),
}


@pytest.mark.parametrize("data", SAME.values(), ids=SAME)
def test_a_disguised_invoice_is_the_same_invoice(data: bytes) -> None:
    wanted = read(XML, "x.xml").invoice
    assert wanted is not None

    found = read(data, "x.xml").invoice
    opened = open_document(data, "x.xml")

    assert found is not None
    assert invoice_record(found) == invoice_record(wanted)
    assert opened.xml is not None
    assert read(opened.xml, "x.xml").invoice == found


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_taken_for_one_invoice_is_refused(data: bytes, code: str) -> None:
    reading = read(data, "x.xml")

    assert reading.error is not None
    assert reading.error.code == code
    assert reading.error.hint


def test_nothing_outside_is_included() -> None:
    include = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'

    reading = read(TEXT.replace("FA-2026-0815", include).encode(), "x.xml")

    assert reading.invoice is not None
    assert not reading.invoice.number
