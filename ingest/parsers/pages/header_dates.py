"""Issue date, due date, delivery date and period of a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.dates import DateSeen, DayOrder, find_dates
from ingest.parsers.pages.labels import Label, LabelledPage, Relation
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.votes import Candidate, Found, elect

_NEAR = 16
_FARTHER = 24
_BARE = 0.6
_UPPER_PART = 0.5
_PLACE_AND_DATE = re.compile(r"fait a [a-z' -]{2,40},? le |[^\d,]{3,40}, ?(?:le|den|the) ?$")
_PLACE_ONLY = re.compile(r"[A-ZÀ-Þ][\w'-]+(?: [\w'-]+){0,4} le ")
_LONGEST_PLACE = 80
_CONNECTED = re.compile(
    r"[\s:.]*(?:[a-z]{1,4} )?(?:(?=\S*\d)\S+\s+){0,3}(?:du|vom|of|dated|from|le|en date du)\s*"
)
_UNDER_NUMBER = re.compile(r"(?:en date )?(?:du|le|vom|of|dated|date)?\s*:?\s*")
_TITLE_REACH = 40.0
_BELIEVED = 0.45
_FLUSH = 3.0
_OTHER_DATES = (
    Concept.DUE_DATE,
    Concept.DELIVERY_DATE,
    Concept.PERIOD,
    Concept.PERIOD_START,
    Concept.PERIOD_END,
)


@dataclass(frozen=True, slots=True)
class HeaderDates:
    """The dates of a document, each where it was found."""

    issue: Found[date] | None = None
    due: Found[date] | None = None
    delivery: Found[date] | None = None
    period_start: Found[date] | None = None
    period_end: Found[date] | None = None


def find_header_dates(pages: Sequence[LabelledPage], order: DayOrder) -> HeaderDates:
    """Read the dates by their labels; a due date before the issue date is not believed."""
    issue = elect(issue_candidates(pages, order))
    due = elect(labelled_dates(pages, Concept.DUE_DATE, order))
    if issue is not None and due is not None and due.value < issue.value:
        due = due.weakened(0.5)
        due = due if due.confidence >= _BELIEVED else None
    start, end = _period(pages, order)
    return HeaderDates(
        issue, due, elect(labelled_dates(pages, Concept.DELIVERY_DATE, order)), start, end
    )


def labelled_dates(
    pages: Sequence[LabelledPage], concept: Concept, order: DayOrder
) -> Iterator[Candidate[date]]:
    """Dates that stand where labels of one concept announce them."""
    for page in pages:
        for label in page.labels:
            if label.concept is not concept or _heads_items(page, label):
                continue
            if not _opens_longer(page, label):
                yield from _at_label(page, label, order)


def _heads_items(page: LabelledPage, label: Label) -> bool:
    """Whether a label stands in the head of the item table, over the days of the items."""
    return any(head.top - 1 <= label.phrase.top <= head.bottom for head in page.heads)


def _opens_longer(page: LabelledPage, label: Label) -> bool:
    """Whether a bare `Date` is only the first word of a longer label (`Date échéance`)."""
    if label.weight > _BARE:
        return False
    return any(
        x.start == label.end + 1 and x.weight > label.weight for x in page.labels_of(label.phrase)
    )


def _at_label(page: LabelledPage, label: Label, order: DayOrder) -> Iterator[Candidate[date]]:
    for spot in page.spots(label):
        if spot.relation is Relation.BELOW and page.begins_with_label(spot.phrase):
            continue
        seen = next(find_dates(spot.text), None)
        if seen is None or seen.start > (_FARTHER if label.weight == 1 else _NEAR):
            continue
        score = 0.98 * _label_weight(page, label) * spot.relation.value
        yield Candidate(seen.read(order), spot.box(seen.start, seen.end), _doubt(seen, score))
        return


def _doubt(seen: DateSeen, score: float) -> float:
    return score * (0.95 if seen.other is not None else 1.0)


def _label_weight(page: LabelledPage, label: Label) -> float:
    if label.weight > _BARE:
        return label.weight
    if label.start > 0 or page.page.number > 1:
        return 0.3
    return 0.8 if label.phrase.middle < _UPPER_PART * page.page.height else 0.35


def issue_candidates(pages: Sequence[LabelledPage], order: DayOrder) -> Iterator[Candidate[date]]:
    """Candidates for the date of the document (BT-2)."""
    yield from labelled_dates(pages, Concept.ISSUE_DATE, order)
    yield from _after_number(pages, order)
    if pages:
        yield from _unlabelled(pages[0], order)


def _after_number(pages: Sequence[LabelledPage], order: DayOrder) -> Iterator[Candidate[date]]:
    """`Facture n° 12 du 2 juillet 2026`, `Invoice 12 of 2 July 2026`."""
    for page in pages:
        for label in page.labels:
            if label.concept is not Concept.NUMBER or label.weight < 0.8:  # noqa: PLR2004
                continue
            for phrase in (label.phrase, page.right_of(label.phrase)):
                if phrase is None:
                    continue
                first = label.end if phrase is label.phrase else 0
                for seen in find_dates(phrase.text):
                    if seen.start >= first and _CONNECTED.fullmatch(
                        phrase.folded[first : seen.start]
                    ):
                        box = phrase.box(seen.start, seen.end)
                        yield Candidate(seen.read(order), box, _doubt(seen, 0.88))


def _unlabelled(page: LabelledPage, order: DayOrder) -> Iterator[Candidate[date]]:
    """A date standing alone near the head of the first page, or behind a place name."""
    items = min((head.top for head in page.heads), default=page.page.height)
    for phrase in page.phrases:
        if phrase.middle > min(_UPPER_PART * page.page.height, items):
            continue
        for seen in find_dates(phrase.text):
            if seen.compact:
                continue
            before = phrase.folded[: seen.start]
            if _PLACE_AND_DATE.fullmatch(before) or _follows_town(page, phrase, seen):
                yield Candidate(seen.read(order), phrase.box(seen.start, seen.end), 0.9)
            elif _UNDER_NUMBER.fullmatch(before) and _is_near_number(page, phrase):
                yield Candidate(seen.read(order), phrase.box(seen.start, seen.end), 0.8)
            elif _stands_alone(page, phrase, seen):
                box = phrase.box(seen.start, seen.end)
                yield Candidate(seen.read(order), box, _doubt(seen, 0.5))


def _follows_town(page: LabelledPage, phrase: Phrase, seen: DateSeen) -> bool:
    """`Perpignan le 07/06/2026`: nothing but a name before a date that ends the row."""
    whole = seen.end >= len(phrase.text) - 1 and not page.labels_of(phrase)
    if not whole or seen.start > _LONGEST_PLACE:
        return False
    return _PLACE_ONLY.fullmatch(phrase.text[: seen.start]) is not None


def _is_near_number(page: LabelledPage, phrase: Phrase) -> bool:
    """Whether the label of the document's number stands just above."""
    if id(phrase) in page.values or _is_other_date(page, phrase):
        return False
    return any(
        label.concept is Concept.NUMBER
        and (label.weight > _BARE or _is_close_under(label.phrase, phrase))
        and 0 < phrase.top - label.phrase.top < _TITLE_REACH
        and label.phrase.left < phrase.right
        and label.phrase.right > phrase.left
        for label in page.labels
    )


def _is_close_under(number: Phrase, phrase: Phrase) -> bool:
    """Whether a phrase is the next row under a bare `N° …`, flush with it."""
    flush = min(abs(number.left - phrase.left), abs(number.right - phrase.right)) < _FLUSH
    return flush and phrase.top - number.bottom < number.size


def _is_other_date(page: LabelledPage, phrase: Phrase) -> bool:
    """Whether a label of another date announces the phrase."""
    return any(
        spot.phrase is phrase
        for label in page.labels
        if label.concept in _OTHER_DATES
        for spot in page.spots(label)
    )


def _stands_alone(page: LabelledPage, phrase: Phrase, seen: DateSeen) -> bool:
    if phrase.folded[: seen.start].strip() not in ("", "le", "du", "den", "the"):
        return False
    if seen.end < len(phrase.text) - 1:
        return False
    for label in page.labels:
        if label.concept is Concept.NUMBER:
            continue
        if any(s.phrase is phrase for s in page.spots(label)):
            return False
    return True


def _period(
    pages: Sequence[LabelledPage], order: DayOrder
) -> tuple[Found[date] | None, Found[date] | None]:
    starts = list(labelled_dates(pages, Concept.PERIOD_START, order))
    ends = list(labelled_dates(pages, Concept.PERIOD_END, order))
    for page in pages:
        for label in page.labels:
            if label.concept is not Concept.PERIOD:
                continue
            for spot in page.spots(label):
                dates = list(find_dates(spot.text))[:2]
                if len(dates) == 2:  # noqa: PLR2004 (from and to)
                    for seen, bucket in zip(dates, (starts, ends), strict=True):
                        box = spot.box(seen.start, seen.end)
                        bucket.append(Candidate(seen.read(order), box, 0.85))
                    break
    return elect(starts), elect(ends)
