"""Values of an XML document, and where each of them stands.

A walk asks the trace for text, numbers and dates; the trace keeps the element of every value it
gave. XPaths are written only when somebody looks at them: a document is walked in less time than
its paths would take. A step uses the prefix its namespace has at the root of the document, and
`local-name()` where there is none, so that a path can be evaluated with the root's own prefixes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.evidence import Evidence
from domain.invoice import ReadRemark
from domain.money import parse_decimal
from ingest.parsers.xml import Element

_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})?(?:Z|[+-]\d\d:?\d\d)?")
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ][\d:.,]+)?\s*(?:Z|[+-]\d\d:?\d\d)?")
_PLAIN_NUMBER: Final = frozenset("0123456789.+-eE")


def children(element: Element | None) -> dict[str, Element]:
    """The first child of each name, by local name; empty where there is no element."""
    if element is None:
        return {}
    return {c.tag.rpartition("}")[2]: c for c in element.iterchildren(reversed=True)}


def groups(element: Element | None) -> dict[str, list[Element]]:
    """All children of each name, in document order, by local name."""
    found: dict[str, list[Element]] = {}
    if element is not None:
        for child in element:
            found.setdefault(child.tag.rpartition("}")[2], []).append(child)
    return found


def first(found: Mapping[str, list[Element]], name: str) -> Element | None:
    """The first child of that name."""
    elements = found.get(name)
    return elements[0] if elements else None


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
        text = content(element)
        if text is None or element is None:
            return None
        value = parse_decimal(text) if _PLAIN_NUMBER.issuperset(text) else None
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
        value = parse_day(text)
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

    def evidence(self, root: Element) -> XmlEvidence:
        """Everything recorded so far, as evidence in the document under this root."""
        return XmlEvidence(root, self.seen)

    def _doubt(self, code: str, path: str, stated: str, message: str) -> None:
        self.remarks.append(ReadRemark(code, path, stated[:80], message))


class XmlEvidence(Mapping[str, Evidence]):
    """Evidence by field path whose XPaths are written when first asked for."""

    __slots__ = ("_done", "_root", "_seen")

    def __init__(self, root: Element, seen: list[tuple[str, Element]]) -> None:
        self._root: Element | None = root
        self._seen = seen
        self._done: dict[str, Evidence] | None = None

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
        if self._done is None:
            root = self._root
            assert root is not None  # noqa: S101  # set until _done is
            paths = _Paths(root)
            self._done = {path: Evidence("xml", paths.of(element)) for path, element in self._seen}
            self._root = None
            self._seen = []
        return self._done


class _Paths:
    """XPaths of elements, each parent's children counted once."""

    def __init__(self, root: Element) -> None:
        self._prefixes = {uri: prefix for prefix, uri in root.nsmap.items() if prefix is not None}
        self._known: dict[Element, str] = {root: "/" + self._step(root)}

    def of(self, element: Element) -> str:
        path = self._known.get(element)
        if path is None:
            parent = element.getparent()
            assert parent is not None  # noqa: S101  # the root is known
            self._count(parent, self.of(parent))
            path = self._known[element]
        return path

    def _step(self, element: Element) -> str:
        namespace, _, name = str(element.tag).removeprefix("{").rpartition("}")
        if not namespace:
            return name
        prefix = self._prefixes.get(namespace)
        return f"{prefix}:{name}" if prefix else f"*[local-name()='{name}']"

    def _count(self, parent: Element, base: str) -> None:
        """Write the steps of all children; a step by local name counts every namespace's."""
        steps = [(child, self._step(child), _local(child)) for child in parent]
        by_step = Counter(step for _, step, _ in steps)
        by_name = Counter(f"*[local-name()='{name}']" for _, _, name in steps)
        totals = {step: max(by_step[step], by_name[step]) for _, step, _ in steps}
        passed: Counter[str] = Counter()
        for child, step, name in steps:
            passed.update({step, f"*[local-name()='{name}']"})
            position = "" if totals[step] == 1 else f"[{passed[step]}]"
            self._known[child] = f"{base}/{step}{position}"


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
