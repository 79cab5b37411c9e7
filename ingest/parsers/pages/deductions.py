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
_DISCOUNT = words(
    r"""
    (?:abzgl\.?|abzuglich)
    remise|rabais|ristourne
    discount|rebate
    \w*(?:rabatt|nachlass)
    """
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
    for index, item in enumerate(table.items):
        found = _announced(table, item, mark) or _bare_discount(table, item, mark)
        if found is None:
            items.append(item)
        elif items and found.reason is None and index + 1 < len(table.items):
            items[-1].after.extend(item.rows)
        else:
            deductions.append(found)
    return replace(table, items=tuple(items)), deductions


def _text_of(item: ItemRows) -> str:
    return fold_printed(" ".join(w.text for cell in item.anchor.cells for w in cell))


def _bare_discount(table: Table, item: ItemRows, mark: Mark) -> AllowanceCharge | None:
    """`abzgl. 16,7 % Rabatt -2,00`: a discount on the item above, or on all when it comes last."""
    if not _DISCOUNT.match(_text_of(item)):
        return None
    columns = [*table.head.of(Holds.QUANTITY), *table.head.of(Holds.PRICE)]
    numbers = [n for c in columns for n in find_numbers(item.anchor.text(c), mark)]
    column = amount_column(table.head)
    if column is None or any(not n.is_percentage for n in numbers):
        return None
    amounts = list(find_numbers(item.anchor.text(column), mark))
    if not amounts:
        return None
    return AllowanceCharge(is_charge=False, amount=abs(amounts[-1].value))


def _announced(table: Table, item: ItemRows, mark: Mark) -> AllowanceCharge | None:
    match = _ANNOUNCED.search(_text_of(item))
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
    reason = (match.group("why") or match.group("what") or match.group()).strip()
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
        if _TOTAL.match(printed.phrase.folded) or not printed.amount.value:
            continue
        out.append(
            AllowanceCharge(
                is_charge=printed.which is Sum.CHARGES,
                amount=abs(printed.amount.value),
                vat_rate=printed.rate,
                reason=printed.phrase.text.strip(" :"),
            )
        )
    return out
