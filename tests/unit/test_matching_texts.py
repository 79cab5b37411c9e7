from __future__ import annotations

from decimal import Decimal

import pytest

from domain.match import Code, Discrepancy
from matching.text_values import amount, money, quantity
from matching.texts import message


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_has_a_sentence_even_without_values(code: Code, language: str) -> None:
    sentence = message(Discrepancy(code, ""), language)

    assert sentence.endswith((".", "none", "aucun"))
    assert "{" not in sentence


def test_names_are_not_written_as_numbers() -> None:
    unknown = Discrepancy(Code.ORDER_REFERENCE_UNKNOWN, "", found="4500002512")

    assert "4500002512" in message(unknown)


def test_amounts_are_written_as_the_language_does() -> None:
    assert amount(Decimal("1234567.50")) == "1\u202f234\u202f567,50"
    assert amount(Decimal("1234567.50"), "en") == "1,234,567.50"


def test_sums_have_cents_and_quantities_no_idle_zeros() -> None:
    assert money(Decimal(900)) == "900,00"
    assert money(Decimal("0.0435")) == "0,0435"
    assert money(Decimal("1E+3"), "en") == "1,000.00"
    assert quantity(Decimal("5.50")) == "5,5"
    assert quantity(Decimal(200)) == "200"
    assert money(Decimal("9" * 40 + ".125")).endswith("999,125")


@pytest.mark.parametrize(
    ("field", "on_page", "in_xml", "said"),
    [
        (
            "totals.tax_inclusive, totals.payable",
            "8548.20",
            "8484.2",
            "(total TTC, net à payer) : la page porte 8\u202f548,20, le XML 8\u202f484,20.",
        ),
        ("issue_date", "2026-03-12", "2026-03-21", "la page porte 12/03/2026, le XML 21/03/2026."),
        ("number", "0012", "0021", "la page porte 0012, le XML 0021."),
    ],
)
def test_page_and_xml_are_compared_as_their_values_are_read(
    field: str, on_page: str, in_xml: str, said: str
) -> None:
    differ = Discrepancy(Code.PDF_XML_DIFFER, "", field=field, expected=in_xml, found=on_page)

    assert message(differ).endswith(said)


@pytest.mark.parametrize(
    ("found", "ordered", "said"),
    [
        ("1", "0", "1 facturé au total pour 0 commandé"),
        ("12", "9", "12 facturés au total pour 9 c"),
    ],
)
def test_words_agree_with_their_number(found: str, ordered: str, said: str) -> None:
    above = Discrepancy(Code.QUANTITY_ABOVE_ORDERED, "", expected=ordered, found=found, delta="1")

    assert said in message(above)


@pytest.mark.parametrize(
    ("days", "said"), [("0", "aujourd'hui."), ("1", "dans 1 jour."), ("5", "dans 5 jours.")]
)
def test_a_deadline_is_told_as_people_say_it(days: str, said: str) -> None:
    near = Discrepancy(Code.PAYMENT_DEADLINE_NEAR, "", expected="2026-05-07", delta=days)

    assert message(near).endswith(f"échéance le 07/05/2026, {said}")


def test_states_and_units_are_said_in_words() -> None:
    closed = Discrepancy(Code.ORDER_CLOSED, "", order_id="B1", expected="open", found="cancelled")
    units = Discrepancy(Code.UNIT_MISMATCH, "", expected="LTR", found="KGM")

    assert "(état : annulée)" in message(closed)
    assert "(status: cancelled)" in message(closed, "en")
    assert "facturée en kilogramme (KGM), commandée en litre (LTR)" in message(units)


def test_what_the_document_does_not_say_is_not_called_none() -> None:
    credit = Discrepancy(Code.CREDITED_INVOICE_UNKNOWN, "", field="preceding_invoices")
    charges = Discrepancy(Code.AMOUNT_ABOVE_ORDER, "", expected="0", found="25", delta="25")

    assert "ne dit pas quelle facture il crédite" in message(credit)
    assert "aux commandes liées" in message(charges)


def test_several_are_said_in_the_plural() -> None:
    billed = Discrepancy(Code.LINE_NOT_ORDERED, "", expected="B1, B2", found="Port", delta="15")
    credit = Discrepancy(Code.CREDIT_ABOVE_INVOICE, "", field="F1, F2", expected="10", found="12")

    assert "15,00 HT (commandes B1, B2)" in message(billed)
    assert "sur les factures F1, F2 de 10,00" in message(credit)


@pytest.mark.parametrize("number", ["2026-02-31", "2026-02-01", "2600118", "-3.50"])
def test_the_number_of_an_earlier_invoice_stands_as_it_is(number: str) -> None:
    found = Discrepancy(
        Code.DUPLICATE_SUSPECTED, "", expected=number, found="120", delta="2026-02-30"
    )

    assert f"le document {number} du 2026-02-30, " in message(found)
    assert "120,00 TTC" in message(found)
