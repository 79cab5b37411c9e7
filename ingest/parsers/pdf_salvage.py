"""Last resort for a PDF no library opens: XML invoices found by scanning for streams.

A file cut short keeps most of its objects whole. Streams are tried one after the other, each
inflated within bounds, and only those that begin as an invoice or order does are given back.
Nothing is looked for within a stream that was given back, and the bytes tried are counted: streams
without an end, each reaching to the end of the file, would make the scan quadratic.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from ingest.parsers.inflate import TooLarge, inflate
from ingest.parsers.opened import EmbeddedFile

_STREAM: Final = re.compile(rb"(?<!end)stream(?:\r\n|\r|\n)")
_END: Final = b"endstream"
_LIMIT: Final = 16 << 20
_PROBE: Final = 512
_MOST_STREAMS: Final = 5000
_MOST_TRIED: Final = 128 << 20
_OPENING: Final = re.compile(
    rb"<(?:[\w.-]+:)?(?:CrossIndustryInvoice|CrossIndustryDocument|SCRDMCCBDACIOMessageStructure"
    rb"|Invoice|CreditNote|Order)[\s>]"
)


SALVAGED_NAME: Final = "salvaged-invoice.xml"
_MOSTLY: Final = 0.98


def salvaged_files(data: bytes) -> list[EmbeddedFile]:
    """Business XML found in the streams of a damaged PDF."""
    return [EmbeddedFile(SALVAGED_NAME, None, xml) for xml in _xml_streams(data)]


def before_text_mode(data: bytes) -> Iterator[bytes]:
    """The bytes as they were before a program took them for text, where that can be undone.

    Two faults are met: every byte over 127 written as UTF-8, and every line feed sent as two
    characters. Neither happens to a sound PDF, whose streams are no text.
    """
    if not data.isascii():
        with suppress(UnicodeError):
            yield data.decode("utf-8").encode("latin-1")
    if data.count(b"\r\n") > _MOSTLY * data.count(b"\n") > 0:
        yield data.replace(b"\r\n", b"\n")


def _xml_streams(data: bytes) -> Iterator[bytes]:
    end = given = tried = 0
    for match in islice(_STREAM.finditer(data), _MOST_STREAMS):
        start = match.end()
        if start < given:
            continue
        if end < start:
            found = data.find(_END, start)
            end = len(data) if found < 0 else found
        deflated = _is_deflated(data[start : min(start + _PROBE, end)])
        if deflated is None:
            continue
        content = _content(data[start:end], deflated=deflated)
        tried += end - start + len(content)
        if tried > _MOST_TRIED:
            return
        if _OPENING.search(content[:4096]):
            given = end
            yield content


def _is_deflated(head: bytes) -> bool | None:
    """Whether a stream that begins like this is deflated XML or plain; None when it is neither."""
    if head[:3] == b"\xef\xbb\xbf" or head.lstrip()[:1] == b"<":
        return False
    try:
        inflated = zlib.decompressobj().decompress(head, _PROBE)
    except zlib.error:
        return None
    return True if b"<" in inflated[:64] else None


def _content(raw: bytes, *, deflated: bool) -> bytes:
    """The stream's content; nothing where it is too large for an invoice."""
    try:
        return inflate(raw, _LIMIT) if deflated else raw.rstrip()
    except TooLarge:
        return b""
