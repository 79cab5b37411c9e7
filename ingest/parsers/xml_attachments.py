"""Files carried inside an XML invoice as base64 (BG-24, BT-125)."""

from __future__ import annotations

import binascii
import hashlib
from typing import Final

from domain.invoice import Attachment
from ingest.parsers.opened import clean_name
from ingest.parsers.xml import XmlDocument

_BINARY_OBJECTS: Final = ("{*}AttachmentBinaryObject", "{*}EmbeddedDocumentBinaryObject")


def xml_attachments(document: XmlDocument) -> tuple[Attachment, ...]:
    """The embedded files; one whose base64 is broken keeps its name, without digest."""
    found: list[Attachment] = []
    for element in document.payload.iter(*_BINARY_OBJECTS):
        if not element.text:
            continue
        name = clean_name(element.get("filename") or "unnamed")
        try:
            data = binascii.a2b_base64(element.text)
        except (binascii.Error, ValueError):
            found.append(Attachment(name, "", 0))
            continue
        found.append(Attachment(name, hashlib.sha256(data).hexdigest(), len(data)))
    return tuple(found)
