"""Files embedded in a PDF, through pikepdf (qpdf), which repairs what it can.

Looked for, in this order: the name tree of embedded files with its nested kids, associated files
(/AF) of the document and of its pages, file attachment annotations; and only when none of these
holds anything, every file specification and every embedded stream of the file. Streams are taken
raw and inflated within bounds.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from ingest.parsers.inflate import TooLarge
from ingest.parsers.opened import MAX_EMBEDDED, EmbeddedFile, PdfContents, clean_name
from ingest.parsers.pdf_filters import FLATE, UNDONE_HERE, unfiltered

_MOST_NODES: Final = 20_000
_MOST_FILES: Final = 200
_MOST_XML: Final = 400
_MOST_PAGES: Final = 500
_MOST_OBJECTS: Final = 200_000
_INFLATE_FACTOR: Final = 1032
"""Deflate cannot make more of a byte than this."""

_NO_DICTIONARY: Final = (AttributeError, TypeError, ValueError, pikepdf.PdfError)
_STREAM_KEYS: Final = ("/UF", "/F", "/Unix", "/Mac", "/DOS")


class PasswordNeeded(Exception):  # turned into a finding by the caller
    """The PDF opens with a password only."""


def open_embedded(data: bytes) -> PdfContents:
    """Every file embedded in a PDF, and how many pages it has.

    Raises:
        PasswordNeeded: the file is encrypted with a user password.
        pikepdf.PdfError: there is no PDF in it that qpdf could repair.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise PasswordNeeded from error
    with pdf:
        found = _Found()
        for specification, fallback in _specifications(pdf):
            found.add(specification, fallback)
        if not found.files:
            for specification, fallback in _unlisted(pdf):
                found.add(specification, fallback)
        return PdfContents(tuple(found.files), _page_count(pdf), damaged=bool(pdf.get_warnings()))


def _page_count(pdf: pikepdf.Pdf) -> int:
    try:
        return len(pdf.pages)
    except (ValueError, pikepdf.PdfError):
        return 0  # a page tree that is none does not cost the invoice beside it


class _Found:
    """Embedded files, each stream once."""

    def __init__(self) -> None:
        self.files: list[EmbeddedFile] = []
        self._seen: set[tuple[int, int]] = set()

    def add(self, specification: Any, fallback: str | None) -> None:
        stream = _stream_of(specification)
        if stream is None or (stream.is_indirect and stream.objgen in self._seen):
            return
        self._seen.add(stream.objgen)
        name = _text(specification, "/UF") or _text(specification, "/F") or fallback or "unnamed"
        # An invoice is not to be hidden behind any number of other files.
        if len(self.files) >= (_MOST_XML if name.lower().endswith(".xml") else _MOST_FILES):
            return
        relationship = _get(specification, "/AFRelationship")
        role = None if relationship is None else str(relationship).lstrip("/")
        self.files.append(EmbeddedFile(clean_name(name), role, _content(stream)))


def _get(holder: Any, key: str) -> Any:
    """An entry of a dictionary or stream; None of anything else."""
    try:
        return holder.get(key)
    except _NO_DICTIONARY:
        return None


def _array(holder: Any, key: str) -> list[Any]:
    """The items of an array entry; a lone value counts as an array of one."""
    value = _get(holder, key)
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _text(holder: Any, key: str) -> str | None:
    value = _get(holder, key)
    return str(value) if isinstance(value, pikepdf.String) else None


def _stream_of(specification: Any) -> Any:
    """The embedded stream of a file specification, or the stream itself where one is named."""
    if isinstance(specification, pikepdf.Stream):
        return specification
    embedded = _get(specification, "/EF")
    for key in _STREAM_KEYS:
        stream = _get(embedded, key)
        if isinstance(stream, pikepdf.Stream):
            return stream
    return None


def _content(stream: Any) -> bytes | None:
    """The decoded content within bounds; None when it is too large."""
    filters = [str(f) for f in _array(stream, "/Filter")]
    raw = bytes(stream.read_raw_bytes())
    if set(filters) <= UNDONE_HERE and not _has_predictor(stream):
        try:
            return unfiltered(raw, filters, MAX_EMBEDDED)
        except TooLarge:
            return None
    deflated = sum(f in FLATE for f in filters)
    if deflated > 1 or len(raw) * _INFLATE_FACTOR > MAX_EMBEDDED * 2:
        return None
    return bytes(stream.read_bytes())


def _has_predictor(stream: Any) -> bool:
    return any(_get(p, "/Predictor") not in (None, 1) for p in _array(stream, "/DecodeParms"))


def _specifications(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, str | None]]:
    """File specifications where the standard puts them, with the name the tree gives each."""
    root = pdf.Root
    yield from _name_tree(_get(_get(root, "/Names"), "/EmbeddedFiles"))
    for item in _array(root, "/AF"):
        yield item, None
    for number, page in enumerate(pdf.pages):
        if number >= _MOST_PAGES:
            return
        for item in _array(page.obj, "/AF"):
            yield item, None
        for annotation in _array(page.obj, "/Annots"):
            if _get(annotation, "/FS") is not None:
                yield _get(annotation, "/FS"), _text(annotation, "/Contents")


def _name_tree(top: Any) -> Iterator[tuple[Any, str | None]]:
    """Leaves of a name tree (ISO 32000-1 §7.9.6), loops and endless trees cut."""
    pending = deque(() if top is None else (top,))
    seen: set[tuple[int, int]] = set()
    for _ in range(_MOST_NODES):
        if not pending:
            return
        node = pending.popleft()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        if node.is_indirect:
            if node.objgen in seen:
                continue
            seen.add(node.objgen)
        names = _array(node, "/Names")
        for key, value in zip(names[::2], names[1::2], strict=False):
            yield value, str(key)
        pending.extendleft(reversed(_array(node, "/Kids")[:_MOST_NODES]))


def _unlisted(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, str | None]]:
    """File specifications and embedded streams that nothing points to."""
    loose: list[Any] = []
    for number, item in enumerate(pdf.objects):
        if number >= _MOST_OBJECTS:
            break
        if isinstance(item, pikepdf.Dictionary) and _get(item, "/EF") is not None:
            yield item, None
        elif isinstance(item, pikepdf.Stream) and _get(item, "/Type") == "/EmbeddedFile":
            loose.append(item)
    for item in loose:
        yield item, None
