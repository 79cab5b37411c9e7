"""Business documents inside XML envelopes: SBDH, Peppol, SOAP, a signature around, a plain batch.

The document may stand in the envelope as elements, as base64 (`BinaryContent`) or as text
(`TextContent`, a CDATA section). Only the tree is looked at; nothing of an envelope is believed.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import etree

from ingest.detect import classify_root

_MOST_ELEMENTS: Final = 10_000
_SHORTEST: Final = 64


def enveloped(root: etree._Element) -> list[etree._Element]:
    """The business documents that stand in an envelope as elements, none inside another."""
    found: list[etree._Element] = []
    for element in islice(root.iter(etree.Element), _MOST_ELEMENTS):
        if classify_root(str(element.tag)) is None:
            continue
        if not any(outer in found for outer in element.iterancestors()):
            found.append(element)
    return found


def wrapped_texts(root: etree._Element) -> Iterator[bytes]:
    """The texts of an envelope that are XML documents, in clear or in base64."""
    for element in islice(root.iter(etree.Element), _MOST_ELEMENTS):
        text = (element.text or "").strip()
        if len(text) < _SHORTEST or len(element):
            continue
        data = text.encode("utf-8", "ignore")
        if not data.startswith(b"<"):
            try:
                data = binascii.a2b_base64(data)
            except (binascii.Error, ValueError):
                continue
        if data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
            yield data
