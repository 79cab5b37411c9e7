"""Last resort for a PDF no library opens: XML invoices found by scanning for streams.

A file cut short keeps most of its objects whole. Streams are tried one after the other, each
inflated within bounds, and only those that begin as an invoice or order does are given back.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from ingest.parsers.inflate import TooLarge, inflate
from ingest.parsers.opened import EmbeddedFile

_STREAM: Final = re.compile(rb"stream\r?\n")
_LIMIT: Final = 16 << 20
_PROBE: Final = 512
_MOST_STREAMS: Final = 5000
_OPENING: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:CrossIndustryInvoice|CrossIndustryDocument|SCRDMCCBDACIOMessageStructure"
    rb"|Invoice|CreditNote|Order)[\s>]"
)


def salvaged_files(data: bytes) -> list[EmbeddedFile]:
    """Business XML found in the streams of a damaged PDF."""
    return [EmbeddedFile("salvaged-invoice.xml", None, xml) for xml in _xml_streams(data)]


def _xml_streams(data: bytes) -> Iterator[bytes]:
    for number, match in enumerate(_STREAM.finditer(data)):
        if number >= _MOST_STREAMS:
            return
        end = data.find(b"endstream", match.end())
        raw = data[match.end() : len(data) if end < 0 else end]
        content = _content(raw)
        if content is not None and _OPENING.search(content[:4096]):
            yield content


def _content(raw: bytes) -> bytes | None:
    """The stream's content if it looks like XML, deflated or plain."""
    if raw[:3] == b"\xef\xbb\xbf" or raw.lstrip()[:1] == b"<":
        return raw.rstrip()
    try:
        head = zlib.decompressobj().decompress(raw[:_PROBE], _PROBE)
        return inflate(raw, _LIMIT) if b"<" in head[:64] else None
    except (TooLarge, zlib.error):
        return None
