"""The totals of a document: labels propose, arithmetic decides.

Net plus VAT is gross; gross less what was paid before is payable; net is lines less allowances
plus charges. A label that leaves no doubt is believed even where the sums do not add up, for a
document whose own arithmetic is wrong has to be read as it stands; a vague label (`Total`) is
believed only where arithmetic says what it is the total of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product

from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.numbers import Mark
from ingest.parsers.pages.sums import (
    PrintedSum,
    Triple,
    find_triples,
    printed_sums,
    total_triple,
)
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.votes import Candidate, Found

_CLOSE = Decimal("0.02")
_MOST = 5
_ENOUGH = 0.5
_SIDES = 3


@dataclass(frozen=True, slots=True)
class FoundTotals:
    """The totals that won, each where it was found."""

    values: dict[Sum, Found[Decimal]] = field(default_factory=dict)
    sums: tuple[PrintedSum, ...] = ()

    def get(self, which: Sum) -> Found[Decimal] | None:
        """One total."""
        return self.values.get(which)


Ballot = dict[Sum, list[Candidate[Decimal]]]


def find_totals(
    pages: Sequence[LabelledPage], mark: Mark, items: frozenset[tuple[int, float]] = frozenset()
) -> FoundTotals:
    """Read the totals of a document, outside the rows that hold items."""
    sums = tuple(s for page in pages for s in printed_sums(page, mark, items))
    triples = [t for page in pages for t in find_triples(page, mark, items)]
    ballot = _ballot(sums, pages, triples)
    chosen = _choose(ballot)
    values = _confidences(ballot, chosen)
    for which in (Sum.LINES, Sum.ALLOWANCES, Sum.CHARGES):
        found = _side_total(which, ballot, values)
        if found is not None:
            values[which] = found
    return FoundTotals(values, sums)


def _in_triple(printed: PrintedSum, triples: Sequence[Triple]) -> bool:
    """Whether the amounts beside a label are net, VAT and gross of one row."""
    boxes = {a.box for a in printed.amounts}
    return any({t.net.box, t.tax.box, t.gross.box} <= boxes for t in triples)


def _ballot(
    sums: Iterable[PrintedSum], pages: Sequence[LabelledPage], triples: Sequence[Triple]
) -> Ballot:
    ballot: Ballot = defaultdict(list)
    total = total_triple(triples)
    if total is not None:
        for which, seen in ((Sum.NET, total.net), (Sum.TAX, total.tax), (Sum.GROSS, total.gross)):
            ballot[which].append(Candidate(seen.value, seen.box, 0.88))
    taxes: dict[Decimal, Candidate[Decimal]] = {}
    rated: list[Candidate[Decimal]] = []
    last = pages[-1].page.number if pages else 1
    for printed in sums:
        weight = printed.weight * (1.0 if printed.phrase.page == last else 0.97)
        if not printed.below and _in_triple(printed, triples):
            continue
        amount = printed.amount
        certain = weight * (1.0 if amount.sure else 0.75)
        if len(printed.amounts) > 1 and printed.which is not Sum.TAX:
            certain *= 0.9
        candidate = Candidate(amount.value, amount.box, certain)
        if printed.which is Sum.TAX and printed.rate is not None:
            taxes.setdefault(printed.rate, candidate)
            rated.append(candidate)
        if printed.which is Sum.PLAIN:
            last_total = bool(ballot[Sum.NET] or ballot[Sum.LINES] or ballot[Sum.TAX])
            as_gross, as_net = (1.4, 0.5) if last_total else (1.0, 0.8)
            ballot[Sum.GROSS].append(replace(candidate, score=as_gross * certain))
            ballot[Sum.NET].append(replace(candidate, score=as_net * certain))
        elif printed.which is Sum.LINES:
            ballot[Sum.LINES].append(candidate)
            ballot[Sum.NET].append(Candidate(amount.value, amount.box, 0.75 * certain))
        else:
            ballot[printed.which].append(candidate)
    if len(taxes) > 1:
        first = next(iter(taxes.values()))
        ballot[Sum.TAX] = [c for c in ballot[Sum.TAX] if c not in rated]
        added = sum((c.value for c in taxes.values()), Decimal(0))
        ballot[Sum.TAX].append(Candidate(added, first.box, 0.93))
    return ballot


def _best(candidates: Sequence[Candidate[Decimal]]) -> list[Candidate[Decimal]]:
    """One candidate a value, the strongest first."""
    by_value: dict[Decimal, Candidate[Decimal]] = {}
    for c in candidates:
        known = by_value.get(c.value)
        if known is None or c.score > known.score:
            by_value[c.value] = c
    return sorted(by_value.values(), key=lambda c: -c.score)[:_MOST]


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to fill net, VAT, gross, prepaid and payable, with its score."""

    picks: dict[Sum, Candidate[Decimal]]
    adds_up: bool
    settles: bool
    score: float


def _choose(ballot: Ballot) -> _Choice:
    options = [
        [None, *_best(ballot.get(which, []))]
        for which in (Sum.NET, Sum.TAX, Sum.GROSS, Sum.PREPAID, Sum.PAYABLE)
    ]
    best = _Choice({}, adds_up=False, settles=False, score=0.0)
    for net, tax, gross in product(*options[:3]):
        adds_up = _adds_up(net, tax, gross)
        base = _weight(net) + _weight(tax) + _weight(gross) + (1.2 if adds_up else 0.0)
        for prepaid, payable in product(*options[3:]):
            settles = _settles(gross, prepaid, payable)
            score = base + _weight(payable) + 0.5 * _weight(prepaid) + (0.6 if settles else 0.0)
            score -= _contradictions(net, tax, gross, prepaid, payable)
            if score > best.score:
                names = (Sum.NET, Sum.TAX, Sum.GROSS, Sum.PREPAID, Sum.PAYABLE)
                values = (net, tax, gross, prepaid, payable)
                picks = {n: v for n, v in zip(names, values, strict=True) if v is not None}
                best = _Choice(picks, adds_up, settles, score)
    return best


def _weight(candidate: Candidate[Decimal] | None) -> float:
    return candidate.score if candidate is not None else 0.0


def _adds_up(
    net: Candidate[Decimal] | None, tax: Candidate[Decimal] | None, gross: Candidate[Decimal] | None
) -> bool:
    if net is None or tax is None or gross is None:
        return False
    return abs(net.value + tax.value - gross.value) <= _CLOSE


def _settles(
    gross: Candidate[Decimal] | None,
    prepaid: Candidate[Decimal] | None,
    payable: Candidate[Decimal] | None,
) -> bool:
    if gross is None or payable is None:
        return False
    paid = abs(prepaid.value) if prepaid is not None else Decimal(0)
    return abs(abs(gross.value) - paid - abs(payable.value)) <= _CLOSE


def _contradictions(
    net: Candidate[Decimal] | None,
    tax: Candidate[Decimal] | None,
    gross: Candidate[Decimal] | None,
    prepaid: Candidate[Decimal] | None,
    payable: Candidate[Decimal] | None,
) -> float:
    """The cost of what cannot be: VAT above net, gross under net, two roles in one place."""
    cost = 0.0
    if net is not None and tax is not None and abs(tax.value) > abs(net.value):
        cost += 0.8
    if net is not None and gross is not None and abs(gross.value) + _CLOSE < abs(net.value):
        cost += 0.8
    if prepaid is not None and gross is not None and abs(prepaid.value) > abs(gross.value) + _CLOSE:
        cost += 0.8
    picked = (net, tax, gross, prepaid, payable)
    boxes = [c.box for c in picked if c is not None]
    cost += 0.7 * (len(boxes) - len(set(boxes)))
    return cost


def _confidences(ballot: Ballot, choice: _Choice) -> dict[Sum, Found[Decimal]]:
    """How sure each chosen total is: its label, the sums it takes part in, its rivals."""
    values: dict[Sum, Found[Decimal]] = {}
    for which, pick in choice.picks.items():
        rivals = [c.score for c in ballot[which] if c.value != pick.value]
        in_sum = choice.adds_up and which in (Sum.NET, Sum.TAX, Sum.GROSS)
        in_payment = choice.settles and which in (Sum.GROSS, Sum.PAYABLE, Sum.PREPAID)
        confidence = 0.93 * pick.score
        if in_sum:
            confidence = max(confidence, 0.97)
        elif in_payment:
            confidence = max(confidence, 0.92)
        elif rivals and max(rivals) >= pick.score - 0.05:
            confidence *= 0.5
        if confidence >= _ENOUGH:
            values[which] = Found(pick.value, pick.box, confidence)
    return values


def _side_total(
    which: Sum, ballot: Ballot, values: dict[Sum, Found[Decimal]]
) -> Found[Decimal] | None:
    """Lines, allowances or charges: the labelled value, surer where it leads to the net total."""
    ranked = _best(ballot.get(which, []))
    if not ranked:
        return None
    pick = ranked[0]
    confidence = 0.85 * pick.score
    if len(ranked) > 1 and ranked[1].score >= pick.score - 0.05:
        confidence *= 0.6
    net = values.get(Sum.NET)
    if which is Sum.LINES and net is not None and abs(net.value - pick.value) <= _CLOSE:
        confidence = max(confidence, 0.93)
    return Found(pick.value, pick.box, confidence) if confidence >= _ENOUGH else None
