"""Values of an XML document, and where each of them stands.

A walk asks the trace for text, numbers and dates; the trace keeps the element of every value it
gave. XPaths are written only when somebody looks at them: a document is walked in less time than
its paths would take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from domain.evidence import Evidence
from domain.invoice import ReadRemark
from domain.money import parse_decimal
from ingest.parsers.xml import Element, XmlDocument
from ingest.parsers.xpaths import xpaths

_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})?(?:Z|[+-]\d\d:?\d\d)?")
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ][\d:.,]+)?\s*(?:Z|[+-]\d\d:?\d\d)?")
_MOST_NAMES: Final = 5000
_SHORT: Final = 32
_REMEMBERED: Final = 2000
_PLAIN_NUMBER: Final = frozenset("0123456789.+-eE")


class _LocalNames(dict[str, str]):
    """Local names by full tag, remembered: a document repeats a hundred tags a thousand times."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        if len(self) < _MOST_NAMES:  # a hostile document may make up as many as it likes
            self[tag] = name
        return name


_LOCAL: Final = _LocalNames()


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return _LOCAL[element.tag]


def children(element: Element | None) -> dict[str, Element]:
    """The first child of each name, by local name; empty where there is no element."""
    if element is None:
        return {}
    return {_LOCAL[c.tag]: c for c in reversed(element.getchildren())}  # type: ignore[attr-defined]


def only(element: Element | None, name: str) -> Element | None:
    """The first child of one name, for elements of which nothing else is wanted."""
    if element is None:
        return None
    return next(element.iterchildren("{*}" + name), None)


def groups(element: Element | None) -> dict[str, list[Element]]:
    """All children of each name, in document order, by local name."""
    found: dict[str, list[Element]] = {}
    if element is not None:
        for child in element.getchildren():  # type: ignore[attr-defined]  # faster than iterating
            name = _LOCAL[child.tag]
            if name in found:
                found[name].append(child)
            else:
                found[name] = [child]
    return found


def content(element: Element | None) -> str | None:
    """The text of an element without the space around it; None when there is none."""
    if element is None:
        return None
    text = element.text
    return (text.strip() or None) if text else None


def parse_day(text: str) -> date | None:
    """Read a calendar day as it is stated, whatever time or zone follows it.

    `2026-01-31+01:00`, `20260131`, `2026-01-31T23:30:00-05:00` are all 31 January 2026: a suffix
    never shifts the day. None for anything else, 30 February included.
    """
    match = _ISO_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _plain_number(text: str) -> Decimal | None:
    return parse_decimal(text) if _PLAIN_NUMBER.issuperset(text) else None


_short_number = lru_cache(_REMEMBERED)(_plain_number)
"""Remembers: an invoice repeats its quantities, rates and amounts, a year its days."""
_short_day = lru_cache(_REMEMBERED)(parse_day)


class Trace:
    """Gives values out of elements and remembers where each stood."""

    __slots__ = ("remarks", "seen")

    def __init__(self) -> None:
        self.seen: list[tuple[str, Element]] = []
        self.remarks: list[ReadRemark] = []

    def text(self, path: str, element: Element | None) -> str | None:
        """The text of an element, recorded under this field path."""
        if element is None:
            return None
        text = element.text
        if not text:
            return None
        text = text.strip()
        if not text:
            return None
        self.seen.append((path, element))
        return text

    def number(self, path: str, element: Element | None) -> Decimal | None:
        """The exact decimal of an element; a remark where the text is no number."""
        if element is None:
            return None
        text = element.text
        if not text:
            return None
        text = text.strip()
        if not text:
            return None
        value = _short_number(text) if len(text) < _SHORT else _plain_number(text)
        if value is None:
            self._doubt("ING-VALUE-02", path, text, "This is not a decimal number.")
            return None
        self.seen.append((path, element))
        return value

    def day(self, path: str, element: Element | None) -> date | None:
        """The calendar day of an element; a remark where there is no such day."""
        text = content(element)
        if text is None or element is None:
            return None
        value = _short_day(text) if len(text) < _SHORT else parse_day(text)
        if value is None:
            self._doubt("ING-VALUE-01", path, text, "This is not a date of the calendar.")
            return None
        self.seen.append((path, element))
        return value

    def attribute(self, path: str, element: Element | None, name: str) -> str | None:
        """An attribute of an element; the evidence is the element that carries it."""
        if element is None:
            return None
        text = (element.get(name) or "").strip()
        if not text:
            return None
        self.seen.append((path, element))
        return text

    def mark(self, path: str, element: Element) -> None:
        """Record where a value stood that was worked out from more than one element's text."""
        self.seen.append((path, element))

    def evidence(self, document: XmlDocument) -> XmlEvidence:
        """Everything recorded so far, as evidence in this document."""
        return XmlEvidence(document, self.seen)

    def _doubt(self, code: str, path: str, stated: str, message: str) -> None:
        self.remarks.append(ReadRemark(code, path, stated[:80], message))


class XmlEvidence(Mapping[str, Evidence]):
    """Evidence by field path whose XPaths are written when first asked for."""

    __slots__ = ("_document", "_done", "_seen")

    def __init__(self, document: XmlDocument, seen: list[tuple[str, Element]]) -> None:
        self._document: XmlDocument | None = document
        self._seen = seen
        self._done: dict[str, Evidence] = {}

    def __getitem__(self, path: str) -> Evidence:
        return self._all()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, XmlEvidence) else other)

    __hash__ = None  # type: ignore[assignment]  # as any mapping

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes as a plain dictionary: elements cannot leave theirs."""
        return dict, (self._all(),)

    def _all(self) -> dict[str, Evidence]:
        document = self._document
        if document is not None:
            write = xpaths(document, [element for _, element in self._seen])
            paths = zip(self._seen, write, strict=True)
            self._done = {field: Evidence("xml", xpath) for (field, _), xpath in paths}
            self._document = None
            self._seen = []
        return self._done
