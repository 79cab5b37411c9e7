"""Business documents inside XML envelopes: SBDH, Peppol, SOAP, a signature around, a plain batch.

The document may stand in the envelope as elements, as base64 (`BinaryContent`) or as text
(`TextContent`, a CDATA section). Only the tree is looked at; nothing of an envelope is believed.

What stands inside a signature (`ds:Signature`) is no document of the envelope: an enveloped
signature is left out of what it signs, so that anybody can put something into it and it still
holds. A file that is a signature as a whole (an enveloping one) is searched all the same; its
signature is never taken to cover anything.
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

SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
"""The element of an XML signature."""


def enveloped(root: etree._Element) -> list[etree._Element]:
    """The business documents that stand in an envelope as elements, none inside another."""
    return [e for e in islice(_envelope(root), _MOST_ELEMENTS) if _is_document(e)]


def is_searched_whole(root: etree._Element) -> bool:
    """Whether the envelope is small enough for its documents to be looked for up to its end."""
    return next(islice(_envelope(root), _MOST_ELEMENTS, None), None) is None


def is_in_signature(element: etree._Element, top: etree._Element | None = None) -> bool:
    """Whether an element lies in a signature; with `top`, in one that lies in that element."""
    for outer in element.iterancestors():
        if outer is top:
            return False
        if outer.tag == SIGNATURE:
            return True
    return False


def _envelope(root: etree._Element) -> Iterator[etree._Element]:
    """The elements of an envelope; into documents and signatures inside it nobody steps."""
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if element.tag == SIGNATURE and element is not root:
            walk.skip_subtree()
            continue
        if _is_document(element):
            walk.skip_subtree()
        yield element


def _is_document(element: etree._Element) -> bool:
    return classify_root(str(element.tag)) is not None


def wrapped_texts(root: etree._Element) -> Iterator[bytes]:
    """The texts of an envelope that are XML documents, in clear or in base64."""
    for element in islice(_envelope(root), _MOST_ELEMENTS):
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
