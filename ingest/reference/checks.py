"""Doubts about good rows: check digits and contradictions. They warn; they refuse nothing.

Calling a good number bad is the worse mistake, so a number is only doubted where its country's
rule is sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SIREN_LENGTH = 9


def doubts(table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Column and sentence for each thing that looks wrong in a row."""
    if table in {"suppliers", "entities"}:
        yield from _identifier_doubts(row)
    elif table == "contracts":
        yield from _order_doubts(
            row, "start_date", "end_date", "the contract ends before it starts"
        )
        yield from _order_doubts(
            row, "amount_min", "amount_max", "the maximum is below the minimum"
        )
    elif table == "commitments":
        yield from _order_doubts(row, "amount_net", "amount_gross", "the gross is below the net")


def _order_doubts(
    row: Mapping[str, Any], low: str, high: str, sentence: str
) -> Iterator[tuple[str, str]]:
    first, second = row.get(low), row.get(high)
    if first is not None and second is not None and second < first:
        yield high, sentence


def _identifier_doubts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    # Loaded here: a megabyte of modules that only these two tables need.
    from stdnum import iban
    from stdnum.eu import vat
    from stdnum.fr import siren, siret

    number, site, tax = (row.get(name) or "" for name in ("siren", "siret", "vat_id"))
    if number and not siren.is_valid(number):
        yield "siren", f"{number} is no SIREN: nine digits with a right check digit"
    if site and not siret.is_valid(site):
        yield "siret", f"{site} is no SIRET: fourteen digits with a right check digit"
    if number and site and site[:_SIREN_LENGTH] != number:
        yield "siret", f"the SIRET {site} does not begin with the SIREN {number}"
    # Only numbers of the Union have a check of their own.
    if tax and tax[:2].lower() in vat.MEMBER_STATES and not vat.is_valid(tax):
        yield "vat_id", f"{tax} is no valid VAT number of {tax[:2]}"
    for account in row.get("ibans") or ():
        if not iban.is_valid(account, check_country=False):
            yield "ibans", f"{account} is no IBAN: its check digits are wrong"
