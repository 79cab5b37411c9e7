"""Reading with what accountants corrected on earlier documents of the same layout.

A lesson says by which words a value is found and how it looks. It is a strong sign, not an order:
where its words are not on the page, or what stands there looks otherwise, nothing is learned; sums
that stop adding up, lines that stop multiplying and check digits that fail overrule it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from domain.evidence import Evidence, PageBox
from domain.invoice import Invoice
from domain.lesson import COLUMN, Anchor, Lesson, Stands
from ingest.consequences import (
    is_impossible,
    lines_that_multiply,
    sums_contradict,
    with_consequences,
)
from ingest.fields import Form, corrected, current, form_of, value_of
from ingest.parsers.pages.anchors import same_height
from ingest.parsers.pages.assembly import PageReading, read_invoice
from ingest.parsers.pages.columns import heading_key
from ingest.parsers.pages.habits import Habits
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.values_seen import Seen, masked, values_after_label
from ingest.parsers.pages.votes import Candidate, Found, elect

_SIGNS: Final = {Stands.AFTER: 0.93, Stands.RIGHT: 0.92, Stands.BELOW: 0.88, Stands.PLACE: 0.6}
_ACROSS: Final = 30.0
_DOWN: Final = 6.0
_FAR_LABEL: Final = 0.8
_SEPARATORS: Final = r"[\s:.=°|>-]*"
_ENOUGH: Final = 0.5
_TEACHABLE: Final = frozenset({"quantity", "unit", "net_price", "net_amount", "vat_rate", "name"})


def read_with_lessons(
    read: PageReading, pages: Sequence[LabelledPage], habits: Habits, lessons: Sequence[Lesson]
) -> PageReading:
    """The reading of these pages as the lessons change it."""
    columns = [x for x in lessons if x.heading is not None]
    if columns:
        read = _with_columns(read, pages, columns)
    if read.invoice is None:
        return read
    return _with_values(read, read.invoice, pages, habits, [x for x in lessons if x.anchors])


def _with_columns(
    read: PageReading, pages: Sequence[LabelledPage], lessons: Sequence[Lesson]
) -> PageReading:
    """The pages read again with columns called what they were said to be."""
    printed = {c.text for p in pages for head in p.heads for c in head.columns}
    keys = {heading_key(text) for text in printed}
    known = [x for x in lessons if heading_key(x.heading or "") in keys]
    if not known:
        return read
    taught = tuple((x.heading or "", x.field.removeprefix(COLUMN)) for x in known)
    again = read_invoice([LabelledPage(replace(p.page, taught=taught)) for p in pages])
    if again.invoice is None or (
        read.invoice is not None
        and lines_that_multiply(again.invoice) < lines_that_multiply(read.invoice)
    ):
        return read
    evidence = dict(again.evidence)
    for lesson in known:
        name = lesson.field.removeprefix(COLUMN)
        for index in range(len(again.invoice.lines)) if name in _TEACHABLE else ():
            path = f"lines[{index}].{name}"
            if path in evidence:
                evidence[path] = replace(evidence[path], correction=lesson.mark)
    return replace(again, evidence=evidence, layout=read.layout)


def _with_values(
    read: PageReading,
    invoice: Invoice,
    pages: Sequence[LabelledPage],
    habits: Habits,
    lessons: Sequence[Lesson],
) -> PageReading:
    plain = [x for x in lessons if not x.field.startswith("totals.")]
    sums = [x for x in lessons if x.field.startswith("totals.")]
    evidence = dict(read.evidence)
    for lesson in plain:
        after, seen = _applied(invoice, evidence, pages, habits, lesson)
        if not is_impossible(after, lesson.field):
            invoice, evidence = after, seen
    after, seen = invoice, evidence
    for lesson in sums:
        after, seen = _applied(after, seen, pages, habits, lesson)
    if not sums_contradict(after):
        computed = [path for path, e in seen.items() if e.origin == "computed"]
        invoice, evidence = with_consequences(invoice, after, computed), seen
    return replace(read, invoice=invoice, evidence=evidence)


def _applied(
    invoice: Invoice,
    evidence: dict[str, Evidence],
    pages: Sequence[LabelledPage],
    habits: Habits,
    lesson: Lesson,
) -> tuple[Invoice, dict[str, Evidence]]:
    """The invoice with a lesson's value where it was found; unchanged where it was not."""
    found = _find(pages, habits, lesson)
    if found is None:
        return invoice, evidence
    value = value_of(lesson.field, found.value)
    known = evidence.get(lesson.field)
    same = value == current(invoice, lesson.field)
    if same and known is not None and known.confidence >= round(found.confidence, 2):
        return invoice, evidence
    seen = replace(found.evidence(), correction=lesson.mark)
    return corrected(invoice, lesson.field, value), {**evidence, lesson.field: seen}


def _find(pages: Sequence[LabelledPage], habits: Habits, lesson: Lesson) -> Found[str] | None:
    candidates = [
        candidate
        for page in pages
        for anchor in lesson.anchors
        for candidate in _candidates(page, habits, lesson, anchor)
    ]
    return elect(candidates, enough=_ENOUGH)


def _candidates(
    page: LabelledPage, habits: Habits, lesson: Lesson, anchor: Anchor
) -> Iterator[Candidate[str]]:
    form = form_of(lesson.field)
    if anchor.stands is Stands.PLACE:
        if page.page.number == 1:
            yield from _at(page, habits, lesson, form, anchor, (0.0, 0.0))
        return
    for phrase in page.phrases:
        weight = 1.0 if abs(phrase.left - anchor.left) < _ACROSS else _FAR_LABEL
        if anchor.stands is Stands.AFTER:
            end = _label_end(phrase, anchor.label)
            if end is None:
                continue
            text = phrase.text[end:]
            seen = _nearest(values_after_label(text, form, lesson.shape, habits), 0)
            if seen is not None:
                box = phrase.box(end + seen.start, end + seen.end)
                yield Candidate(seen.value, box, _SIGNS[anchor.stands] * weight * seen.weight)
        elif masked(phrase.text) == anchor.label:
            for found in _at(page, habits, lesson, form, anchor, (phrase.left, phrase.top), phrase):
                yield replace(found, score=found.score * weight)


def _label_end(phrase: Phrase, label: str) -> int | None:
    """Where the words of a label end in a phrase that opens with them."""
    pattern = re.escape(label).replace("0", r"\d+").replace(r"\ ", r"\s+")
    match = re.match(_SEPARATORS + pattern + _SEPARATORS, phrase.folded)
    return None if match is None else match.end()


def _at(
    page: LabelledPage,
    habits: Habits,
    lesson: Lesson,
    form: Form,
    anchor: Anchor,
    origin: tuple[float, float],
    label: Phrase | None = None,
) -> Iterator[Candidate[str]]:
    """The value nearest to where the anchor says, counted from its label."""
    near, far = origin[0] + anchor.near, origin[0] + anchor.far
    down = origin[1] + anchor.down
    best: tuple[float, Candidate[str]] | None = None
    for phrase in page.phrases:
        if phrase is label or not _at_height(phrase, anchor, label, down):
            continue
        for seen in values_after_label(phrase.text, form, lesson.shape, habits):
            box = phrase.box(seen.start, seen.end)
            off = _off(box, near, far)
            if off <= _ACROSS and (best is None or off < best[0]):
                score = _SIGNS[anchor.stands] * seen.weight
                best = (off, Candidate(seen.value, box, score))
    if best is not None:
        yield best[1]


def _at_height(phrase: Phrase, anchor: Anchor, label: Phrase | None, down: float) -> bool:
    if anchor.stands is Stands.RIGHT and label is not None:
        return same_height(phrase, label)
    return abs(phrase.top - down) <= _DOWN


def _off(box: PageBox, near: float, far: float) -> float:
    """How far a value is from its place: by its left edge or its right one, as it is set."""
    return min(abs(box.left - near), abs(box.right - far))


def _nearest(values: Iterator[Seen], start: int) -> Seen | None:
    return min(values, key=lambda seen: abs(seen.start - start), default=None)
