"""Orders, contracts, lots and credited invoices, found where suppliers write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from domain.commitment import Commitment
from domain.contract import Contract
from matching.candidates import lots_quoted, quoted_references
from matching.case import Case, EarlierDocument
from matching.engine import decide
from tests.matching_case import IBAN, case, codes, invoice, invoice_line, order, order_line
from tests.matching_case import ORDER as QUOTED

LOTS = tuple(
    Contract("M-2026-015", lot, "E1", supplier_id="F1", amount_max=Decimal(maximum))
    for lot, maximum in (("1", "50000"), ("2", "500"))
)


def on_contract(**said: object) -> Case:
    """An invoice without an order, of a supplier who holds both lots of a contract."""
    return case(
        invoice=replace(invoice(order_reference=None), **said),  # type: ignore[arg-type]
        orders=(),
        commitments=(),
        contracts=LOTS,
    )


@pytest.mark.parametrize(
    "note",
    [
        "V/Réf:BC-4295-26;livraison complète",
        "Commande=BC 4295/26",
        "(bon de commande n° 04295/26)",
    ],
)
def test_a_reference_glued_to_its_label_is_found(note: str) -> None:
    verdict = decide(case(invoice=invoice(order_reference=None, notes=(note,))))

    assert verdict.match is not None
    assert verdict.match.orders == (QUOTED,)
    assert verdict.match.score == 1.0


@pytest.mark.parametrize("written", ["BC1001/BC1002", "BC1001+BC1002", "BC1001 & BC1002"])
def test_two_orders_joined_in_one_field_are_both_found(written: str) -> None:
    whole = order()
    orders = tuple(
        replace(
            whole,
            order_id=order_id,
            lines=tuple(replace(line, order_id=order_id) for line in lines),
            receipts=tuple(replace(r, order_id=order_id) for r in receipts),
        )
        for order_id, lines, receipts in (
            ("BC1001", whole.lines[:1], whole.receipts[:1]),
            ("BC1002", whole.lines[1:], whole.receipts[1:]),
        )
    )

    verdict = decide(case(invoice=invoice(order_reference=written), orders=orders))

    assert codes(verdict) == []
    assert verdict.match is not None
    assert verdict.match.orders == ("BC1001", "BC1002")


@pytest.mark.parametrize(
    "written",
    ["M-2026-015 lot 2", "M-2026-015-02", "M-2026-015/L2", "M-2026-015 LOT 02", "M-2026-015lot2"],
)
def test_the_lot_quoted_with_the_contract_is_the_one(written: str) -> None:
    verdict = decide(on_contract(contract_reference=written))

    assert verdict.match is not None
    assert (verdict.match.contract, verdict.match.lot) == ("M-2026-015", "2")
    assert codes(verdict) == [("CONTRACT_CEILING_EXCEEDED", None)]


def test_the_lot_named_in_a_note_is_the_one() -> None:
    said = on_contract(contract_reference="M-2026-015", notes=("Lot n° 1 : robinetterie",))

    verdict = decide(said)

    assert verdict.match is not None
    assert verdict.match.lot == "1"
    assert codes(verdict) == []


def test_no_lot_is_guessed() -> None:
    verdict = decide(on_contract(contract_reference="M-2026-015", notes=("Lot de 6 vannes",)))

    assert verdict.match is not None
    assert (verdict.match.contract, verdict.match.lot) == ("M-2026-015", None)


@pytest.mark.parametrize("field", ["contract_reference", "order_reference"])
def test_the_contract_of_another_supplier_is_not_billed_on(field: str) -> None:
    said = on_contract(**{field: "M-2026-015"})
    others = tuple(replace(lot, supplier_id="F2") for lot in LOTS)

    verdict = decide(replace(said, contracts=others))

    assert codes(verdict) == [("SUPPLIER_NOT_ON_ORDER", None)]
    assert "M-2026-015" in verdict.discrepancies[0].message


def test_the_contract_of_another_supplier_matters_not_where_the_order_is_known() -> None:
    others = tuple(replace(lot, supplier_id="F2") for lot in LOTS)
    said = case(invoice=invoice(contract_reference="M-2026-015"), contracts=others)

    assert codes(decide(said)) == []


def first_invoice(number: str) -> EarlierDocument:
    """An invoice that came before, for the whole order."""
    return EarlierDocument(
        "d1",
        number,
        "380",
        date(2026, 3, 10),
        Decimal(6664),
        Decimal("7996.80"),
        ibans=(IBAN,),
        orders=(QUOTED,),
    )


@pytest.mark.parametrize(
    ("number", "note"),
    [
        ("FA-2026-118", "Avoir sur facture FA-2026-118 du 10/03/2026"),
        ("FA-2026-118", "Annule et remplace:FA 2026 118."),
        ("2600118", "Remboursement de votre facture n° 2600118"),
    ],
)
def test_a_credit_note_may_name_its_invoice_in_a_note(number: str, note: str) -> None:
    credit = invoice(number="AV-1", type_code="381", order_reference=None, notes=(note,))

    verdict = decide(case(invoice=credit, earlier=(first_invoice(number),)))

    assert codes(verdict) == []
    assert verdict.match is not None
    assert verdict.match.orders == (QUOTED,)


def test_a_credit_note_takes_contract_and_commitment_of_what_it_credits() -> None:
    first = replace(first_invoice("FA-1"), orders=(), contract_id="M-2026-015", lot="2")
    credit = on_contract(number="AV-1", type_code="381", notes=("Avoir sur facture FA-1-2026",))
    known = replace(first, number="FA-1-2026", commitment_id="ENG1")

    verdict = decide(
        replace(credit, earlier=(known,), commitments=(Commitment("ENG1", supplier_id="F1"),))
    )

    assert codes(verdict) == []
    assert verdict.match is not None
    assert (verdict.match.contract, verdict.match.lot) == ("M-2026-015", "2")
    assert verdict.match.commitment == "ENG1"
    assert [link.this for link in verdict.decision.chain] == [Decimal("-6664.00")]


@pytest.mark.parametrize("number", ["2026", "118", "F9"])
def test_a_year_or_a_short_number_in_a_note_names_no_invoice(number: str) -> None:
    note = "Avoir F9 du 10 mars 2026, colis 118"
    credit = invoice(number="AV-1", type_code="381", notes=(note,))

    verdict = decide(case(invoice=credit, earlier=(first_invoice(number),)))

    assert ("CREDITED_INVOICE_UNKNOWN", None) in codes(verdict)


@pytest.mark.parametrize(
    ("number", "note"),
    [
        ("12345", "Code client 12345"),
        ("75001", "75001 Paris, suite à notre facture du 10 mars"),
        ("03-2026", "Facture de la période 03/2026"),
        ("2026-0012", "Avoir pour votre commande 2026-0012"),
    ],
)
def test_a_number_in_a_note_is_no_credited_invoice(number: str, note: str) -> None:
    credit = invoice(number="AV-1", type_code="381", order_reference=None, notes=(note,))

    verdict = decide(case(invoice=credit, earlier=(first_invoice(number),)))

    assert ("CREDITED_INVOICE_UNKNOWN", None) in codes(verdict)


def test_an_order_that_is_quoted_goes_before_an_invoice_that_a_text_names() -> None:
    other = replace(first_invoice("FA-7"), orders=("BC-7",))
    mine = case()
    credit = replace(
        mine.invoice, number="AV-1", type_code="381", notes=("Avoir sur facture FA-7",)
    )
    orders = (*mine.orders, replace(order(lines=()), order_id="BC-7"))

    verdict = decide(replace(mine, invoice=credit, orders=orders, earlier=(other,)))

    assert verdict.match is not None
    assert verdict.match.orders == (QUOTED,)


def test_part_of_a_reference_is_no_order_of_another_supplier() -> None:
    mine = replace(order(), order_id="2026/1234")
    mine = replace(
        mine,
        lines=tuple(replace(line, order_id=mine.order_id) for line in mine.lines),
        receipts=tuple(replace(receipt, order_id=mine.order_id) for receipt in mine.receipts),
    )
    foreign = order(lines=(), order_id="1234", supplier_id="F2")
    said = case(invoice=invoice(order_reference="2026/1234"), orders=(mine, foreign))

    assert codes(decide(said)) == []
    alone = decide(replace(said, orders=(foreign,)))
    assert ("SUPPLIER_NOT_ON_ORDER", None) not in codes(alone)


def test_the_end_of_an_order_number_is_no_lot() -> None:
    lot = Contract("2026-12", "3", "E1", supplier_id="F1", amount_max=Decimal(1))
    numbered = replace(order(), order_id="2026-12-03")
    numbered = replace(
        numbered,
        lines=tuple(replace(line, order_id="2026-12-03") for line in numbered.lines),
        receipts=tuple(replace(r, order_id="2026-12-03") for r in numbered.receipts),
    )
    said = case(invoice=invoice(order_reference="2026-12-03"), orders=(numbered,), contracts=(lot,))

    assert codes(decide(said)) == []


@pytest.mark.parametrize("note", ["Lot à livrer avant vendredi", "Lot d'outils", "LOT A LIVRER"])
def test_a_word_after_lot_names_none(note: str) -> None:
    lettered = tuple(replace(lot, lot=name) for lot, name in zip(LOTS, "DA", strict=True))
    said = on_contract(contract_reference="M-2026-015", notes=(note,))

    verdict = decide(replace(said, contracts=lettered))

    assert verdict.match is not None
    assert verdict.match.lot is None


def test_a_long_field_is_not_searched_for_a_lot() -> None:
    long = "A1" + "_" * 100_000 + "B"

    assert lots_quoted(quoted_references(invoice(order_reference=long))) == frozenset()


FREIGHTS = [
    (("Transport standard", "100"), ("Transport express", "150"), ("Transport standard", "150")),
    (("Transport", "100"), ("Livraison", "20"), ("Livraison", "100")),
    (("Affranchissement", "1000"), ("Frais de port", "30"), ("Frais de port", "900")),
]


@pytest.mark.parametrize(("one", "other", "billed"), FREIGHTS)
def test_one_freight_is_not_taken_for_another(
    one: tuple[str, str], other: tuple[str, str], billed: tuple[str, str]
) -> None:
    lines = tuple(
        order_line(str(n), None, text, "1", "C62", price)
        for n, (text, price) in enumerate((one, other), 1)
    )
    line = invoice_line("1", None, billed[0], "1", "C62", billed[1])

    verdict = decide(case(invoice=invoice((line,)), orders=(order(lines),)))

    assert ("PRICE_ABOVE_ORDER", "1") in codes(verdict)


def test_the_one_freight_that_was_ordered_goes_by_any_name() -> None:
    lines = (
        order_line("1", None, "Vanne à opercule DN80", "9", "C62", "146.00"),
        order_line("2", None, "Frais de port", "1", "C62", "45.00"),
    )
    billed = (
        invoice_line("1", None, "Vanne à opercule DN80", "9", "C62", "146.00"),
        invoice_line("2", None, "Participation aux frais de transport", "1", "C62", "45.00"),
    )

    assert codes(decide(case(invoice=invoice(billed), orders=(order(lines),)))) == []
