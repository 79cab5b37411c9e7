"""Advances on contracts and deposits on orders: what an accountant asks before paying ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.contract import Contract
from domain.match import Verdict
from domain.order import Order
from domain.party import EntityKind
from matching.case import Case, EarlierDocument
from matching.engine import decide
from tests.matching_case import DAY, ENTITY, ORDER, case, codes, invoice, invoice_line, order

UNPROVEN = [("RECEIPT_MISSING", None)]
TOO_MUCH = [("CONTRACT_CEILING_EXCEEDED", None)]
SHORT = {"start_date": date(2026, 3, 1), "end_date": date(2026, 4, 30)}
YEAR = {"start_date": date(2026, 1, 1), "end_date": date(2026, 12, 31)}


def advance(asked: str, *, kind: EntityKind = EntityKind.LOCAL, **contract: Any) -> Case:
    """An advance asked on a contract of 100 000 € for a year."""
    values = {"amount_max": Decimal(100_000), **YEAR, **contract}
    line = invoice_line("1", None, "Avance", "1", "C62", asked)
    return case(
        invoice=invoice(
            (line,), type_code="386", order_reference=None, contract_reference="M250041"
        ),
        orders=(),
        commitments=(),
        entities=(replace(ENTITY, kind=kind),),
        contracts=(Contract("M250041", supplier_id="F1", **values),),
    )


@pytest.mark.parametrize(
    ("asked", "terms", "found"),
    [
        ("5000.00", {}, []),  # the legal minimum, due without a clause
        ("5000.06", {}, UNPROVEN),
        ("30000.00", {}, UNPROVEN),
        ("30000.06", {}, TOO_MUCH),  # the legal maximum
        ("20000.00", {"advance_rate": Decimal("0.2")}, []),
        ("20000.06", {"advance_rate": Decimal("0.2")}, TOO_MUCH),
        ("40000.00", {"advance_rate": Decimal("0.4")}, []),  # granted against a guarantee
        ("100.00", {"advance_rate": Decimal(0)}, TOO_MUCH),  # waived
        ("100.00", {"amount_max": Decimal(50_000)}, UNPROVEN),  # too small for one to be due
        ("100.00", SHORT, UNPROVEN),  # too short
        ("100.00", {"amount_max": None}, UNPROVEN),
        ("100.00", {"amount_max": None, "advance_rate": Decimal("0.2")}, UNPROVEN),
        ("100.00", {"kind": EntityKind.COMPANY}, UNPROVEN),
        # Of a contract of two years, the rate is of one: 2 500.
        ("2500.00", {"end_date": date(2027, 12, 31)}, []),
        ("2600.00", {"end_date": date(2027, 12, 31)}, UNPROVEN),
    ],
)
def test_an_advance_is_asked_for_what_grants_it(
    asked: str, terms: dict[str, Any], found: list[tuple[str, str | None]]
) -> None:
    assert codes(decide(advance(asked, **terms))) == found


def test_advances_count_together() -> None:
    first = EarlierDocument(
        "d0", "AV1", "386", net=Decimal(15_000), gross=Decimal(18_000), contract_id="M250041"
    )
    again = replace(advance("15000.00", advance_rate=Decimal("0.2")), earlier=(first,))

    (found,) = [d for d in decide(again).discrepancies if d.severity != "info"]

    assert (found.code, found.expected, found.found, found.delta) == (
        "CONTRACT_CEILING_EXCEEDED",
        "20000.00",
        "30000.00",
        "10000.00",
    )
    assert found.message.startswith("Avance au-delà")


def test_deposits_pass_an_order_only_together_with_what_it_is_worth() -> None:
    def deposit(price: str) -> Verdict:
        line = invoice_line("1", None, "Acompte", "1", "C62", price)
        return decide(case(invoice=invoice((line,), type_code="386")))

    assert codes(deposit("6664.00")) == []
    assert codes(deposit("6700.00")) == [("AMOUNT_ABOVE_ORDER", None)]


@pytest.mark.parametrize(
    ("ordered", "billed", "found"),
    [("EUR", "EUR", []), (None, "CHF", []), ("EUR", "CHF", [("UNIT_MISMATCH", None)])],
)
def test_another_currency_does_not_compare(
    ordered: str | None, billed: str, found: list[tuple[str, str | None]]
) -> None:
    orders: tuple[Order, ...] = (order(currency=ordered),)

    verdict = decide(case(orders=orders, invoice=invoice(currency=billed, issue_date=DAY)))

    assert codes(verdict) == found
    if found:
        assert f"Facture en CHF, commande {ORDER} en EUR" in verdict.discrepancies[0].message
