"""Sums as they are printed: a label with its amounts beside, right of, or under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.evidence import PageBox
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase, parted
from ingest.parsers.pages.numbers import Mark, NumberSeen, find_numbers
from ingest.parsers.pages.totals_vocabulary import Sum, sum_label

_REACH_BELOW = 3.2
_SAME_ROW = 3.0
_CLOSE = Decimal("0.02")
_LOWEST_RATE = Decimal("0.019")
_HIGHEST_RATE = Decimal("0.28")
_MOST_WORDS = 12
_RATE = re.compile(r"\d[\d.,]* ?%")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount on a page."""

    value: Decimal
    box: PageBox
    sure: bool = True


@dataclass(frozen=True, slots=True)
class PrintedSum:
    """A sum label with the amounts that belong to it, and the rate it names."""

    which: Sum
    weight: float
    phrase: Phrase
    amounts: tuple[Amount, ...]
    rate: Decimal | None = None
    below: bool = False

    @property
    def amount(self) -> Amount:
        """The amount that ends the row; a foot-note sign or code behind it does not count."""
        return ([a for a in self.amounts if a.sure] or self.amounts)[-1]


def amounts_in(phrase: Phrase, mark: Mark, start: int = 0) -> list[Amount]:
    """The amounts of a phrase from a position on."""
    return [
        Amount(n.value, phrase.box(n.start, n.end), _is_sure(n))
        for n in find_numbers(phrase.text, mark)
        if n.start >= start and not n.is_percentage
    ]


def _is_sure(number: NumberSeen) -> bool:
    return number.looks_like_money or (
        number.grouped and number.value == number.value.to_integral()
    )


def rate_in(text: str, mark: Mark) -> Decimal | None:
    """The percentage a text names."""
    return next((n.value for n in find_numbers(text, mark) if n.is_percentage), None)


def printed_sums(
    page: LabelledPage, mark: Mark, items: frozenset[tuple[int, float]] = frozenset()
) -> Iterator[PrintedSum]:
    """Every sum label of a page that has amounts; rows of the item table are left out.

    Args:
        page: where to look.
        mark: the document's decimal mark.
        items: page and upper edge of the rows that hold items.
    """
    for phrase in _parts(page.phrases):
        if len(phrase.words) > _MOST_WORDS or _is_item(phrase, items):
            continue
        label = sum_label(phrase.folded)
        if label is None:
            continue
        which, weight, end = label
        beside = _beside(page, phrase, end, mark)
        rate = rate_in(phrase.text, mark)
        if beside:
            first, right_rate = beside
            yield PrintedSum(which, weight, phrase, first, right_rate if rate is None else rate)
        elif _is_only_label(phrase, end):
            under = _under(page, phrase, mark, items)
            if under is not None:
                yield PrintedSum(which, 0.85 * weight, phrase, (under,), rate, below=True)


def _parts(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """Phrases without numbers cut where heads set close to one another seem one."""
    for phrase in phrases:
        yield from [phrase] if any(c.isdigit() for c in phrase.text) else parted(phrase)


def _is_item(phrase: Phrase, items: frozenset[tuple[int, float]]) -> bool:
    return any(p == phrase.page and abs(top - phrase.top) < _SAME_ROW for p, top in items)


def _is_only_label(phrase: Phrase, end: int) -> bool:
    rest = _RATE.sub("", phrase.folded[end:]).strip(" :=()€.*eur")
    return len(rest) <= 3  # noqa: PLR2004 (a foot-note sign, a unit)


def _beside(
    page: LabelledPage, phrase: Phrase, end: int, mark: Mark
) -> tuple[tuple[Amount, ...], Decimal | None] | None:
    """Amounts after the label in its phrase, then in the phrases to its right."""
    amounts = amounts_in(phrase, mark, end)
    rate: Decimal | None = None
    right = page.right_of(phrase)
    while right is not None:
        if sum_label(right.folded) is not None and not amounts_in(right, mark):
            break
        found = amounts_in(right, mark)
        if rate is None:
            rate = rate_in(right.text, mark)
        if not found and len(right.words) > 3:  # noqa: PLR2004 (other text begins)
            break
        amounts.extend(found)
        right = page.right_of(right)
    if not any(a.sure for a in amounts):
        amounts = [a for a in amounts if a.value == 0 or _ends_row(page, phrase, a)]
    return (tuple(amounts), rate) if amounts else None


def _ends_row(page: LabelledPage, phrase: Phrase, amount: Amount) -> bool:
    """A whole number without currency counts only as the single value beside its label."""
    right = page.right_of(phrase)
    return right is not None and right.box() == amount.box and page.right_of(right) is None


def _under(
    page: LabelledPage, phrase: Phrase, mark: Mark, items: frozenset[tuple[int, float]]
) -> Amount | None:
    """The amount in the column under a label."""
    limit = phrase.bottom + _REACH_BELOW * phrase.size
    best: Amount | None = None
    for other in page.phrases:
        if not phrase.bottom - 1 <= other.middle <= limit or _is_item(other, items):
            continue
        for amount in amounts_in(other, mark):
            box = amount.box
            overlaps = box.right > phrase.left - 6 and box.left < phrase.right + 6
            if amount.sure and overlaps and (best is None or box.top < best.box.top):
                best = amount
    return best


@dataclass(frozen=True, slots=True)
class Triple:
    """Net, VAT and gross that stand in one row and add up."""

    net: Amount
    tax: Amount
    gross: Amount


def find_triples(
    page: LabelledPage, mark: Mark, items: frozenset[tuple[int, float]] = frozenset()
) -> list[Triple]:
    """The rows of a page that hold net, VAT and gross next to each other."""
    found = []
    for row in page.page.rows:
        if _is_item(row.phrases[0], items):
            continue
        amounts = [a for p in row.phrases for a in amounts_in(p, mark) if a.sure]
        for i in range(len(amounts) - 2):
            triple = Triple(*amounts[i : i + 3])
            if _is_taxed(triple):
                found.append(triple)
    return found


def _is_taxed(triple: Triple) -> bool:
    """Whether three amounts add up with a VAT that some rate could make of the net."""
    net, tax, gross = triple.net.value, triple.tax.value, triple.gross.value
    if not net or abs(net + tax - gross) > _CLOSE:
        return False
    share = tax / net
    return share == 0 or _LOWEST_RATE <= share <= _HIGHEST_RATE


def total_triple(triples: Sequence[Triple]) -> Triple | None:
    """The triple that is the sum of the others, or the only one there is."""
    distinct = list({(t.net.value, t.tax.value): t for t in triples}.values())
    if len(distinct) == 1:
        return distinct[0]
    for triple in distinct:
        others = [t for t in distinct if t is not triple]
        net = sum((t.net.value for t in others), Decimal(0))
        tax = sum((t.tax.value for t in others), Decimal(0))
        if abs(net - triple.net.value) <= _CLOSE and abs(tax - triple.tax.value) <= _CLOSE:
            return triple
    return None
