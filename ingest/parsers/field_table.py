"""Fields of a record by the place where an XML document states them, and the walk that fills them.

A table has one line a field: the local names from the record's element down to the value, and how
the value is taken. Every element present is looked at once, in the order of the document, and told
by its local name alone, since the generations of a syntax number the same names in other
namespaces. Of repeated elements the first that says anything counts; of repeated groups the first,
unless `*` behind the name asks for all of them (and for all groups inside).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ingest.parsers.trace import Trace
from ingest.parsers.xml import Element

Make: TypeAlias = Callable[[Trace, str, Element], Any]
"""Makes a value or a record of an element; `str` is the path its evidence is kept under."""

_MOST_TAGS: Final = 500
_LONGEST_TAG: Final = 200


class Found(dict[str, Any]):
    """What was found for one record, by the name of its field."""

    __slots__ = ("entered",)

    def __init__(self) -> None:
        self.entered: list[Take] = []
        """Groups of which only the first counts, and that were met already."""

    def finished(self) -> Found:
        """The values as frozen records hold them: lists have become tuples."""
        for name, value in self.items():
            if type(value) is list:
                self[name] = tuple(value)
        return self


Take: TypeAlias = Callable[[Trace, str, Element, Found], None]
"""Takes what an element says; `str` is the path of the record it belongs to, with its dot."""


class Table(dict[str, "Take | None"]):
    """What is done with the elements inside a group: by full tag, learned from local names."""

    def __init__(self, fields: Mapping[str, Take]) -> None:
        super().__init__()
        self._named: dict[str, Take] = {}
        groups: dict[str, dict[str, Take]] = {}
        for path, take in fields.items():
            name, _, rest = path.partition("/")
            if rest:
                groups.setdefault(name, {})[rest] = take
            else:
                self._named[name] = take
        for name, inner in groups.items():
            self._named[name.rstrip("*")] = _group(inner, every=name.endswith("*"))

    def __missing__(self, tag: str) -> Take | None:
        take = self._named.get(tag.rpartition("}")[2])
        if len(self) < _MOST_TAGS and len(tag) < _LONGEST_TAG:  # made up by hostile documents
            self[tag] = take
        return take


def gather(trace: Trace, table: Table, path: str, element: Element) -> Found:
    """What the element of a record says; evidence of its fields is kept under its path."""
    found = Found()
    walk(trace, table, path and path + ".", element, found)
    return found


def walk(trace: Trace, table: Table, at: str, element: Element, found: Found) -> None:
    """Take what stands inside an element, for the record that has this path."""
    for child in element.getchildren():  # type: ignore[attr-defined]  # faster than iterating
        take = table[child.tag]
        if take is not None:
            take(trace, at, child, found)


def text(name: str) -> Take:
    """The words of an element."""

    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        if name not in found:  # as a record by Trace.text, in half the time
            stated = (element.text or "").strip()
            if stated:
                found[name] = stated
                trace.seen.append((at + name, element))

    return take


def number(name: str) -> Take:
    """An exact decimal."""
    return record(name, Trace.number)


def day(name: str) -> Take:
    """A calendar day, in the element itself or in the one inside it."""

    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        if name not in found:
            stated = trace.day(at + name, moment(element))
            if stated is not None:
                found[name] = stated

    return take


def identifier(name: str, scheme: str) -> Take:
    """The words of an element, and its attribute schemeID."""
    return _with_attribute(text(name), scheme, "schemeID")


def quantity(name: str, unit: str) -> Take:
    """An exact decimal, and its attribute unitCode."""
    return _with_attribute(number(name), unit, "unitCode")


def record(name: str, make: Make) -> Take:
    """What the maker makes of the first such element that gives anything."""

    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        if name not in found:
            made = make(trace, at + name, element)
            if made is not None:
                found[name] = made

    return take


def each(name: str, make: Make) -> Take:
    """What the maker makes of every such element that gives anything."""

    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        known = found.setdefault(name, [])
        made = make(trace, f"{at}{name}[{len(known)}]", element)
        if made is not None:
            known.append(made)

    return take


def texts(name: str) -> Take:
    """The words of every such element."""
    return each(name, Trace.text)


def kept(name: str) -> Take:
    """Every such element itself, for what only the finished walk can decide."""

    def take(_trace: Trace, _at: str, element: Element, found: Found) -> None:
        found.setdefault(name, []).append(element)

    return take


def moment(element: Element) -> Element:
    """The element that holds a date's text: `udt:DateTimeString`, or the date element itself."""
    return element[0] if len(element) else element


def _group(fields: Mapping[str, Take], *, every: bool) -> Take:
    table = Table({_every(path): take for path, take in fields.items()} if every else fields)

    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        if not every:
            if take in found.entered:
                return
            found.entered.append(take)
        walk(trace, table, at, element, found)

    return take


def _every(path: str) -> str:
    """The path with all of every group asked for."""
    *groups, last = path.split("/")
    return "/".join([*(name.rstrip("*") + "*" for name in groups), last])


def _with_attribute(value: Take, name: str, attribute: str) -> Take:
    def take(trace: Trace, at: str, element: Element, found: Found) -> None:
        value(trace, at, element, found)
        if name not in found:
            stated = trace.attribute(at + name, element, attribute)
            if stated is not None:
                found[name] = stated

    return take
