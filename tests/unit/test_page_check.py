from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.evidence import Evidence
from domain.invoice import DocumentKind, Invoice, PageDifference, Reading, Totals
from ingest.page_check import page_differences
from ingest.parsers.seen import SeenPage

INVOICE = Invoice(
    number="FA-2026-0815",
    issue_date=date(2026, 3, 5),
    payee_ibans=("FR7630006000011234567890189",),
    payee_iban="FR7630006000011234567890189",
    totals=Totals(tax_inclusive=Decimal("1224.00"), payable=Decimal("1224.00")),
)
PAGE = (
    "FACTURE n° FA-2026-0815 du 05/03/2026\nRoutes du Sud SARL\n"
    "Total TTC 1 224,00 €\nIBAN FR76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP"
)
OTHER_IBAN = "DE89370400440532013000"


def page_saying(confidence: float = 0.95, **totals: Decimal) -> Reading:
    paths = [f"totals.{name}" for name in totals]
    evidence = {path: Evidence("pdf_text", None, confidence) for path in paths}
    return Reading(
        DocumentKind.INVOICE, invoice=Invoice(totals=Totals(**totals)), evidence=evidence
    )


def shown(text: str) -> tuple[SeenPage, ...]:
    return (SeenPage(text, lambda _from, _to: None),)


def never() -> Reading:
    raise AssertionError("the page need not be read")


@pytest.mark.parametrize(
    "date_words",
    ["05/03/2026", "5.3.26", "2026-03-05", "5 mars 2026", "March 5th, 2026", "5. März 2026"],
)
@pytest.mark.parametrize("amount", ["1 224,00", "1.224,00", "1,224.00", "1224", "1\u00a0224,00"])
def test_a_page_that_agrees_in_any_spelling_differs_in_nothing(
    date_words: str, amount: str
) -> None:
    text = PAGE.replace("05/03/2026", date_words).replace("1 224,00", amount)

    assert page_differences(INVOICE, shown(text), never) == ()


def test_another_total_on_the_page_is_a_difference() -> None:
    page = page_saying(tax_inclusive=Decimal("1584.00"))

    found = page_differences(INVOICE, shown(PAGE.replace("1 224,00", "1 584,00")), lambda: page)

    assert found == (PageDifference("totals.tax_inclusive", "1584.00", "1224.00"),)


def test_an_unsure_reader_raises_no_alarm() -> None:
    page = page_saying(0.5, tax_inclusive=Decimal("1584.00"))

    assert (
        page_differences(INVOICE, shown(PAGE.replace("1 224,00", "1 584,00")), lambda: page) == ()
    )


def test_a_page_that_hides_a_value_differs_in_nothing() -> None:
    text = PAGE.replace("1 224,00", "voir annexe").replace("FA-2026-0815", "")

    assert page_differences(INVOICE, shown(text), lambda: Reading(DocumentKind.OTHER)) == ()


def test_another_account_on_the_page_is_a_difference() -> None:
    text = PAGE.replace("FR76 3000 6000 0112 3456 7890 189", OTHER_IBAN)

    found = page_differences(INVOICE, shown(text), never)

    assert found == (PageDifference("payee_iban", OTHER_IBAN, "FR7630006000011234567890189"),)


def test_a_second_account_beside_the_right_one_is_no_difference() -> None:
    assert page_differences(INVOICE, shown(f"{PAGE}\nIBAN {OTHER_IBAN}"), never) == ()


def test_a_misprinted_account_called_iban_is_a_difference() -> None:
    text = PAGE.replace("0112 3456", "0112 3457")

    found = page_differences(INVOICE, shown(text), never)

    assert [(d.field, d.page) for d in found] == [("payee_iban", "FR7630006000011234577890189")]


def test_signs_that_only_look_like_an_account_are_none() -> None:
    text = PAGE.replace(
        "IBAN FR76 3000 6000 0112 3456 7890 189", "Réf. FR7630006000011234577890189"
    )

    assert page_differences(INVOICE, shown(text), never) == ()


def test_a_credit_note_printed_with_a_minus_differs_in_nothing() -> None:
    credit = replace(INVOICE, totals=Totals(tax_inclusive=Decimal("-1224.00")))

    assert page_differences(credit, shown(PAGE), never) == ()


def test_a_picture_of_a_page_cannot_differ() -> None:
    assert page_differences(INVOICE, shown("FACTURE"), never) == ()
