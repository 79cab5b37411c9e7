"""Allowances and charges at document level (BG-20, BG-21): under the table, or last in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from domain.invoice import AllowanceCharge
from ingest.parsers.pages.column_vocabulary import Holds
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.numbers import Mark, find_numbers
from ingest.parsers.pages.sums import PrintedSum
from ingest.parsers.pages.table import ItemRows, Table, amount_column
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.wording import words

_ANNOUNCED = re.compile(
    r"(?:^|\s)(?P<less>remise|rabais|ristourne|abschlag|allowance|discount)\s*:\s*(?P<why>.*)"
    r"|(?:^|\s)(?P<plus>charge|frais|majoration|zuschlag)\s*:\s*(?P<what>.*)"
)
_TOTAL = words(
    r"""
    total
    montant total
    gesamtbetrag
    summe
    allowances?(?: amount)?
    charges?(?: amount)?
    (?:ab|zu)schlage
    """
)
_HIGHEST_RATE = Decimal(28)


def split_deductions(table: Table, mark: Mark) -> tuple[Table, list[AllowanceCharge]]:
    """Rows of the table that announce an allowance or charge (`REMISE : …`) are no items."""
    items: list[ItemRows] = []
    deductions: list[AllowanceCharge] = []
    for item in table.items:
        found = _announced(table, item, mark)
        if found is None:
            items.append(item)
        else:
            deductions.append(found)
    return replace(table, items=tuple(items)), deductions


def _announced(table: Table, item: ItemRows, mark: Mark) -> AllowanceCharge | None:
    text = fold_printed(" ".join(w.text for cell in item.anchor.cells for w in cell))
    match = _ANNOUNCED.search(text)
    column = amount_column(table.head)
    if match is None or column is None:
        return None
    numbers = list(find_numbers(item.anchor.text(column), mark))
    if not numbers:
        return None
    rate = next(
        (
            n.value
            for c in table.head.of(Holds.VAT_RATE)
            for n in find_numbers(item.anchor.text(c), mark)
            if 0 <= n.value <= _HIGHEST_RATE
        ),
        None,
    )
    reason = (match.group("why") or match.group("what") or "").strip() or None
    return AllowanceCharge(
        is_charge=match.group("plus") is not None,
        amount=abs(numbers[-1].value),
        vat_rate=rate,
        reason=reason,
    )


def summed_deductions(sums: Sequence[PrintedSum]) -> list[AllowanceCharge]:
    """Allowances and charges listed among the totals (`Frais de port 18,50`)."""
    out: list[AllowanceCharge] = []
    for printed in sums:
        if printed.which not in (Sum.ALLOWANCES, Sum.CHARGES) or printed.below:
            continue
        if _TOTAL.match(printed.phrase.folded) or not printed.amounts[-1].value:
            continue
        out.append(
            AllowanceCharge(
                is_charge=printed.which is Sum.CHARGES,
                amount=abs(printed.amounts[-1].value),
                vat_rate=printed.rate,
                reason=printed.phrase.text.strip(" :"),
            )
        )
    return out
