"""What was recognised is believed as far as checks and clear reading bear it out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.evidence import Evidence, PageBox
from domain.invoice import DocumentKind, Invoice, InvoiceLine, Totals
from domain.party import Party
from ingest.parsers.pages.assembly import PageReading
from ingest.parsers.pages.words import Word
from ingest.recognition.doubt import doubted
from ingest.recognition.pages import RecognisedPages

BOX = PageBox(1, 10, 10, 60, 20)


def _doubted(invoice: Invoice, path: str, sure: float) -> tuple[Invoice, dict[str, Evidence]]:
    seen = RecognisedPages(confidences={1: {Word("x", 10, 10, 60, 20): sure}})
    found = PageReading(DocumentKind.INVOICE, invoice, {path: Evidence("pdf_text", BOX, 0.95)})
    doubted_invoice, evidence = doubted(found, seen)
    assert doubted_invoice is not None
    return doubted_invoice, evidence


def _totals(net: str, tax: str, gross: str) -> Totals:
    return Totals(tax_exclusive=Decimal(net), tax=Decimal(tax), tax_inclusive=Decimal(gross))


def test_totals_that_add_up_stand() -> None:
    invoice = Invoice(totals=_totals("100.00", "20.00", "120.00"))

    read, evidence = _doubted(invoice, "totals.tax_inclusive", 0.6)

    assert read.totals.tax_inclusive == Decimal("120.00")
    assert evidence["totals.tax_inclusive"] == Evidence("ocr", BOX, 0.57)


@pytest.mark.parametrize(("sure", "kept"), [(0.6, None), (0.96, Decimal("128.00"))])
def test_a_total_that_nothing_bears_out_is_left_out_or_doubted(
    sure: float, kept: Decimal | None
) -> None:
    invoice = Invoice(totals=_totals("100.00", "20.00", "128.00"))

    read, evidence = _doubted(invoice, "totals.tax_inclusive", sure)

    assert read.totals.tax_inclusive == kept
    assert [item.confidence for item in evidence.values()] == ([] if kept is None else [0.5])


def test_an_account_whose_check_digits_fail_is_left_out() -> None:
    read, evidence = _doubted(
        Invoice(
            payee_iban="FR1420041010050500013M02607", payee_ibans=("FR1420041010050500013M02607",)
        ),
        "payee_iban",
        0.99,
    )

    assert read.payee_iban is None
    assert evidence == {}


@pytest.mark.parametrize(("sure", "kept"), [(0.5, None), (0.9, "FR32812345678")])
def test_a_number_that_fails_its_check_is_kept_only_where_it_was_clear(
    sure: float, kept: str | None
) -> None:
    read, _ = _doubted(Invoice(seller=Party(vat_id="FR32812345678")), "seller.vat_id", sure)

    assert read.seller.vat_id == kept


@pytest.mark.parametrize(("amount", "kept"), [("30.00", Decimal(3)), ("90.00", None)])
def test_a_quantity_that_its_price_disproves_is_left_out(amount: str, kept: Decimal | None) -> None:
    line = InvoiceLine(quantity=Decimal(3), net_price=Decimal(10), net_amount=Decimal(amount))

    read, evidence = _doubted(Invoice(lines=(line,)), "lines[0].quantity", 0.99)

    assert read.lines[0].quantity == kept
    assert read.lines[0].net_amount == Decimal(amount)
    assert bool(evidence) is (kept is not None)


@pytest.mark.parametrize(("price", "kept"), [("90.00", Decimal(90)), ("1.00", None)])
def test_a_price_without_a_quantity_is_the_amount_or_left_out(
    price: str, kept: Decimal | None
) -> None:
    line = InvoiceLine(net_price=Decimal(price), net_amount=Decimal(90))

    read, _ = _doubted(Invoice(lines=(line,)), "lines[0].net_price", 0.99)

    assert read.lines[0].net_price == kept


@pytest.mark.parametrize(("sure", "kept"), [(0.5, None), (0.99, Decimal(6))])
def test_a_rate_that_no_breakdown_has_is_kept_only_where_it_was_clear(
    sure: float, kept: Decimal | None
) -> None:
    line = InvoiceLine(vat_rate=Decimal(6))

    read, _ = _doubted(Invoice(lines=(line,)), "lines[0].vat_rate", sure)

    assert read.lines[0].vat_rate == kept
