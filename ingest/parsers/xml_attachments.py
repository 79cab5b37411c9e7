"""Files carried inside an XML invoice as base64 (BG-24, BT-125).

What somebody put into a signature of the invoice is none of its files: see `xml_envelope`.
"""

from __future__ import annotations

import binascii
from typing import Final

from ingest.parsers.opened import EmbeddedFile, clean_name
from ingest.parsers.xml import XmlDocument
from ingest.parsers.xml_envelope import is_in_signature

_BINARY_OBJECTS: Final = ("{*}AttachmentBinaryObject", "{*}EmbeddedDocumentBinaryObject")


def xml_files(document: XmlDocument) -> tuple[EmbeddedFile, ...]:
    """The embedded files; one whose base64 is broken keeps its name, without content."""
    found: list[EmbeddedFile] = []
    for element in document.payload.iter(*_BINARY_OBJECTS):
        if not element.text or is_in_signature(element, document.payload):
            continue
        name = clean_name(element.get("filename") or "unnamed")
        try:
            data = binascii.a2b_base64(element.text)
        except (binascii.Error, ValueError):
            found.append(EmbeddedFile(name, None, None))
            continue
        found.append(EmbeddedFile(name, None, data))
    return tuple(found)
