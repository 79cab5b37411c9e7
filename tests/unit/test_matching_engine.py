from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.commitment import BudgetLine, Commitment
from domain.contract import Amendment, Contract, ContractPrice
from domain.invoice import (
    AllowanceCharge,
    PageDifference,
    PrecedingInvoice,
    Syntax,
    Totals,
    VatBreakdown,
)
from domain.match import Outcome
from domain.money import ZERO
from domain.order import OrderStatus, Receipt
from domain.party import Entity, EntityKind, Party, Supplier
from matching.case import (
    Allocated,
    Balance,
    Case,
    EarlierDocument,
    FatalFinding,
    ReadConfidence,
)
from matching.engine import decide, judge_case
from tests.matching_case import (
    ARTICLES,
    ENTITY,
    IBAN,
    ORDER,
    SUPPLIER,
    case,
    codes,
    infos,
    invoice,
    invoice_line,
    order,
    order_line,
    received,
)

GROSS = Decimal("7996.80")


def billed_lines(index: int, **changes: Any) -> Case:
    """The clean case with one invoice line changed; totals follow."""
    lines = [invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1)]
    lines[index] = replace(lines[index], **changes)
    return case(invoice=invoice(tuple(lines)))


def at_price(index: int, price: str) -> Case:
    """The clean case with one line at another price."""
    quantity = Decimal(ARTICLES[index][2])
    return billed_lines(index, net_price=Decimal(price), net_amount=quantity * Decimal(price))


def earlier(**changes: Any) -> EarlierDocument:
    """An invoice of another number that came before, for the same order."""
    values: dict[str, Any] = {
        "document_id": "d1",
        "number": "FA-2026-050",
        "type_code": "380",
        "issue_date": date(2026, 3, 1),
        "net": Decimal(100),
        "gross": Decimal(120),
        "orders": (ORDER,),
    }
    return EarlierDocument(**{**values, **changes})


def contract(**changes: Any) -> Contract:
    """A contract in force, with room."""
    values: dict[str, Any] = {
        "contract_id": "M1",
        "supplier_id": "F1",
        "amount_max": Decimal(90000),
        "start_date": date(2025, 1, 1),
        "end_date": date(2027, 12, 31),
    }
    return Contract(**{**values, **changes})


def under_contract(the_contract: Contract, **changes: Any) -> Case:
    """The clean case with its order under a contract."""
    return case(orders=(order(contract_id="M1"),), contracts=(the_contract,), **changes)


def credit_note(quantity: str = "2", **changes: Any) -> Case:
    """A credit note on invoice FA-2026-050."""
    text = "Compteur d'eau volumétrique DN60"
    line = invoice_line("1", "COM-60", text, quantity, "C62", "318.00")
    named = changes.pop("preceding", (PrecedingInvoice("FA-2026-050"),))
    credited = invoice((line,), type_code="381", preceding_invoices=named)
    known = earlier(net=Decimal("3816.00"), gross=Decimal("4579.20"))
    return case(invoice=credited, **{"earlier": (known,), **changes})


def test_a_clean_invoice_is_approved_and_wholly_explained() -> None:
    verdict = decide(case())

    assert codes(verdict) == []
    assert verdict.decision.outcome is Outcome.APPROVE
    assert verdict.decision.payable_now == GROSS
    assert verdict.match is not None
    assert verdict.match.orders == (ORDER,)
    assert verdict.match.commitment == "ENG1"
    assert [(m.invoice_line, m.order_line, m.quantity) for m in verdict.match.lines] == [
        ("1", "10", Decimal(12)),
        ("2", "20", Decimal(9)),
        ("3", "30", Decimal(520)),
    ]


@pytest.mark.parametrize(
    ("index", "price", "code"),
    [
        (0, "318.40", None),  # 4.80 on the line, 0.13 %
        (0, "318.50", "PRICE_ABOVE_ORDER"),  # 6.00 on the line
        (2, "2.96", "PRICE_ABOVE_ORDER"),  # 5.20 on the line
        (1, "146.50", None),
    ],
)
def test_both_price_limits_must_hold(index: int, price: str, code: str | None) -> None:
    verdict = decide(at_price(index, price))

    assert codes(verdict) == ([(code, str(index + 1))] if code else [])


def test_more_than_one_percent_is_above_however_little_money_it_is() -> None:
    lines = (order_line("1", "A", "Vis", "2", "C62", "1.00"),)
    billed = invoice((invoice_line("1", "A", "Vis", "2", "C62", "1.10"),))

    verdict = decide(case(orders=(order(lines),), invoice=billed))

    assert codes(verdict) == [("PRICE_ABOVE_ORDER", "1")]


def test_a_price_less_its_line_allowance_is_what_is_compared() -> None:
    rebate = AllowanceCharge(is_charge=False, amount=Decimal("62.00"))
    text = "Fournitures"
    billed = invoice_line("1", "A", text, "3", "C62", "30.00", net_amount=Decimal("28.00"))
    lines = (order_line("1", "A", text, "3", "C62", "9.333333"),)

    verdict = decide(
        case(
            orders=(order(lines),),
            invoice=invoice((replace(billed, allowances_charges=(rebate,)),)),
        )
    )

    assert codes(verdict) == []


def test_a_wrong_amount_on_a_line_with_an_allowance_is_said_once() -> None:
    rebate = AllowanceCharge(is_charge=False, amount=Decimal("62.00"))
    text = "Fournitures"
    billed = invoice_line("1", "A", text, "4", "C62", "30.00", net_amount=Decimal("68.00"))
    lines = (order_line("1", "A", text, "4", "C62", "14.50"),)

    verdict = decide(
        case(
            orders=(order(lines),),
            invoice=invoice((replace(billed, allowances_charges=(rebate,)),)),
        )
    )

    assert codes(verdict) == [("TOTALS_INCONSISTENT", "1")]


def test_a_lower_price_is_information() -> None:
    verdict = decide(at_price(0, "300.00"))

    assert codes(verdict) == []
    assert infos(verdict) == ["PRICE_BELOW_ORDER"]


def test_a_wrong_line_amount_is_said_once() -> None:
    verdict = decide(billed_lines(1, net_amount=Decimal("1354.00")))

    assert codes(verdict) == [("TOTALS_INCONSISTENT", "2")]


def test_wrong_sums_are_said_at_the_document() -> None:
    totals = replace(invoice().totals, tax_inclusive=Decimal("8021.80"))

    verdict = decide(case(invoice=replace(invoice(), totals=totals)))

    assert codes(verdict) == [("TOTALS_INCONSISTENT", None)]


def test_a_fatal_rule_about_sums_is_no_second_finding() -> None:
    sums = FatalFinding("BR-CO-15", "Invoice total with VAT")
    form = FatalFinding("BR-61", "IBAN missing")

    assert codes(decide(case(fatal=(sums,)))) == [("TOTALS_INCONSISTENT", None)]
    assert codes(decide(case(fatal=(form,)))) == [("INVALID_DOCUMENT", None)]


def test_quantities_count_what_was_billed_before() -> None:
    before = (Balance("line", ORDER, "10", Decimal(1)),)

    verdict = decide(case(balances=before))

    assert codes(verdict) == [("QUANTITY_ABOVE_ORDERED", "1"), ("QUANTITY_ABOVE_RECEIVED", "1")]


def test_a_return_on_the_same_invoice_makes_room() -> None:
    lines = tuple(invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1))
    back = invoice_line("4", *ARTICLES[0][:2], "-1", "C62", "318.00")

    verdict = decide(
        case(invoice=invoice((*lines, back)), balances=(Balance("line", ORDER, "10", Decimal(1)),))
    )

    assert codes(verdict) == []


def test_a_line_never_received_is_for_review_and_not_also_short() -> None:
    whole = order()
    receipts = tuple(r for r in whole.receipts if r.line_id != "20")

    verdict = decide(case(orders=(replace(whole, receipts=receipts),)))

    assert codes(verdict) == [("RECEIPT_MISSING", "2")]
    assert verdict.decision.outcome is Outcome.REVIEW
    assert verdict.decision.held == Decimal("1576.80")


def test_part_received_is_short() -> None:
    whole = order()
    receipts = (*whole.receipts[1:], Receipt("R9", ORDER, "10", Decimal(5)))

    verdict = decide(case(orders=(replace(whole, receipts=receipts),)))

    assert codes(verdict) == [("QUANTITY_ABOVE_RECEIVED", "1")]


def test_a_line_that_was_not_ordered_is_blocked_and_freight_is_no_exception() -> None:
    lines = tuple(invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1))
    freight = invoice_line("4", None, "Frais de port", "1", "C62", "45.00")

    verdict = decide(case(invoice=invoice((*lines, freight))))

    assert codes(verdict) == [("LINE_NOT_ORDERED", "4")]
    assert verdict.decision.payable_now == GROSS


def test_a_free_or_negative_line_without_order_line_raises_nothing() -> None:
    lines = tuple(invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1))
    rebate = invoice_line("4", None, "Remise exceptionnelle", "1", "C62", "-45.00")
    gift = invoice_line("5", None, "Catalogue", "1", "C62", "0")

    assert codes(decide(case(invoice=invoice((*lines, rebate, gift))))) == []


def test_a_charge_that_was_not_ordered_is_above_the_order() -> None:
    charge = AllowanceCharge(is_charge=True, amount=Decimal("45.00"), reason="Transport")
    clean = invoice()
    net = Decimal("6709.00")
    totals = Totals(
        clean.totals.lines, None, Decimal(45), net, Decimal("1341.80"), Decimal("8050.80")
    )
    billed = replace(clean, allowances_charges=(charge,), totals=totals, vat_breakdown=())

    assert codes(decide(case(invoice=billed))) == [("AMOUNT_ABOVE_ORDER", None)]


def test_units_convert_or_are_said() -> None:
    grams = billed_lines(
        2, unit="GRM", quantity=Decimal(520000), net_price=Decimal("0.00295"), net_amount=None
    )
    litres = billed_lines(2, unit="LTR")

    converted = decide(grams)
    assert converted.match is not None
    assert converted.match.lines[2].quantity == Decimal(520)
    assert codes(decide(litres)) == [("UNIT_MISMATCH", "3")]


def test_pieces_for_boxes_are_read_by_their_price() -> None:
    lines = (order_line("1", "TUB", "Tubulure stérile, boîte de 10", "12", "XBX", "15.00"),)
    pieces = invoice((invoice_line("1", "TUB", "Tubulure stérile", "120", "C62", "1.50"),))
    boxes = invoice((invoice_line("1", "TUB", "Tubulure stérile", "12", "C62", "15.00"),))

    for billed in (pieces, boxes):
        verdict = decide(case(orders=(order(lines),), invoice=billed))
        assert codes(verdict) == []
        assert verdict.match is not None
        assert verdict.match.lines[0].quantity == 12


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"vat_rate": Decimal("5.5")}, [("VAT_RATE_MISMATCH", "1")]),
        ({"vat_rate": None, "vat_category": "E"}, [("VAT_RATE_MISMATCH", "1")]),
        ({"vat_rate": Decimal(0), "vat_category": "AE"}, []),
        ({"vat_rate": None, "vat_category": "K"}, []),
    ],
)
def test_vat_is_exact_but_reverse_charge_is_not_compared(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert codes(decide(billed_lines(0, **changes))) == expected


def test_an_account_nobody_validated_is_blocked() -> None:
    other = replace(invoice(), payee_iban="FR7630004668240267849135901")

    assert codes(decide(case(invoice=other))) == [("IBAN_UNKNOWN", None)]


def test_a_supplier_without_validated_account_has_no_known_one() -> None:
    verdict = decide(case(suppliers=(replace(SUPPLIER, ibans=()),)))

    assert codes(verdict) == [("IBAN_UNKNOWN", None)]


def test_an_unknown_seller_is_identified_first() -> None:
    stranger = Party(name="Nouvelle Société", legal_id="111111118")
    verdict = decide(case(invoice=replace(invoice(), seller=stranger)))

    assert codes(verdict) == [("SUPPLIER_UNKNOWN", None)]


def test_a_name_does_not_outweigh_another_number() -> None:
    impostor = Party(name=SUPPLIER.name, legal_id="111111118")

    assert ("SUPPLIER_UNKNOWN", None) in codes(
        decide(case(invoice=replace(invoice(), seller=impostor)))
    )


def test_another_establishment_is_the_same_supplier() -> None:
    site = Party(name="CRR agence sud", legal_id="78900464500999")

    assert codes(decide(case(invoice=replace(invoice(), seller=site)))) == []


def test_only_holder_and_partners_of_the_contract_may_bill() -> None:
    other = Supplier("F2", "Un autre", siren="222222226", ibans=(IBAN,))
    billed = replace(invoice(), seller=Party(name="Un autre", legal_id="222222226"))
    alone = case(invoice=billed, suppliers=(other,))
    partner = under_contract(contract(subcontractors=("F2",)), invoice=billed, suppliers=(other,))

    assert codes(decide(alone)) == [("SUPPLIER_NOT_ON_ORDER", None)]
    assert codes(decide(partner)) == []


def test_a_body_that_is_not_ours_is_no_buyer() -> None:
    elsewhere = replace(invoice(), buyer=Party(name="Commune de Loin", legal_id="333333334"))

    assert codes(decide(case(invoice=elsewhere))) == [("BUYER_MISMATCH", None)]


def test_the_order_of_another_body_of_ours_is_a_mismatch() -> None:
    bodies = (ENTITY, Entity("E2", "Syndicat", siren="444444442"))

    verdict = decide(case(entities=bodies, orders=(order(entity_id="E2"),)))

    assert codes(verdict) == [("BUYER_MISMATCH", None)]


def test_no_order_found() -> None:
    quoted = replace(invoice(), order_reference="BC 99999/26")
    silent = replace(invoice(), order_reference=None)

    assert codes(decide(case(orders=(), invoice=quoted))) == [("ORDER_REFERENCE_UNKNOWN", None)]
    assert codes(decide(case(orders=(), invoice=silent))) == [("ORDER_REFERENCE_MISSING", None)]


def test_the_one_clear_candidate_is_linked_and_twins_are_not() -> None:
    silent = replace(invoice(), order_reference=None)
    twin_lines = tuple(replace(line, order_id="BC 2") for line in order().lines)
    twin = order(twin_lines, order_id="BC 2")

    alone = decide(case(invoice=silent))
    twins = decide(case(invoice=silent, orders=(order(), twin)))

    assert alone.match is not None
    assert alone.match.orders == (ORDER,)
    assert codes(twins) == [("ORDER_REFERENCE_MISSING", None)]


def test_an_order_with_nothing_left_is_not_found_by_content() -> None:
    silent = replace(invoice(), order_reference=None)
    billed = tuple(
        Balance("line", line.order_id, line.line_id, line.quantity or ZERO)
        for line in order().lines
    )

    used = decide(case(invoice=silent, balances=billed))
    half_used = decide(case(invoice=silent, balances=billed[1:]))

    assert codes(used) == [("ORDER_REFERENCE_MISSING", None)]
    assert ("ORDER_REFERENCE_MISSING", None) in codes(half_used)


def test_an_unknown_reference_is_told_beside_the_order_found_otherwise() -> None:
    quoted = replace(invoice(), order_reference="CDE-2026-777")

    match = decide(case(invoice=quoted)).match

    assert match is not None
    assert match.orders == (ORDER,)
    assert "« CDE-2026-777 » inconnue" in (match.explanation_fr or "")
    assert "“CDE-2026-777” quoted is unknown" in (match.explanation_en or "")


def test_one_wrong_digit_is_forgiven() -> None:
    verdict = decide(case(invoice=replace(invoice(), order_reference="BC 04285/26")))

    assert codes(verdict) == []


def test_a_reference_counts_wherever_it_stands() -> None:
    bare = replace(invoice(), order_reference=None)
    places: tuple[dict[str, Any], ...] = (
        {"buyer_reference": "bc-4295-26"},
        {"contract_reference": ORDER},
        {"notes": (f"Votre commande {ORDER} du 1er février",)},
    )

    for place in places:
        verdict = decide(case(invoice=replace(bare, **place)))
        assert verdict.match is not None
        assert verdict.match.orders == (ORDER,)
        assert codes(verdict) == []


def test_a_commitment_quoted_leads_to_its_order() -> None:
    verdict = decide(case(invoice=replace(invoice(), order_reference="ENG1")))

    assert verdict.match is not None
    assert verdict.match.orders == (ORDER,)


@pytest.mark.parametrize("status", [OrderStatus.CLOSED, OrderStatus.CANCELLED])
def test_a_closed_order_is_blocked(status: OrderStatus) -> None:
    assert codes(decide(case(orders=(order(status=status),)))) == [("ORDER_CLOSED", None)]


def test_the_same_number_in_one_year_is_a_duplicate_and_takes_nothing() -> None:
    repeated = case(earlier=(earlier(number="fa 2026/100"),))

    judgement = judge_case(repeated)

    assert codes(judgement.verdict) == [("DUPLICATE_INVOICE", None)]
    assert judgement.consumed == ()
    assert judgement.is_duplicate


def test_a_duplicate_with_a_broken_signature_says_both() -> None:
    repeated = case(
        earlier=(earlier(number="fa 2026/100"),),
        fatal=(FatalFinding("SIG-01", "changed after it was signed"), FatalFinding("BR-07", "x")),
    )

    judgement = judge_case(repeated)

    assert codes(judgement.verdict) == [("DUPLICATE_INVOICE", None), ("INVALID_DOCUMENT", None)]
    assert judgement.verdict.discrepancies[1].field == "SIG-01"
    assert judgement.consumed == ()


def test_a_number_may_come_again_next_year() -> None:
    last_year = earlier(number="FA-2026-100", issue_date=date(2025, 3, 1))

    assert codes(decide(case(earlier=(last_year,)))) == []


@pytest.mark.parametrize(
    ("changes", "suspected"),
    [
        ({}, True),
        ({"issue_date": date(2026, 3, 9)}, False),
        ({"credited": GROSS}, False),
        ({"gross": GROSS + 1}, False),
        ({"same_supplier": False}, False),
    ],
)
def test_the_same_total_within_ten_days_is_suspect(
    changes: dict[str, Any], *, suspected: bool
) -> None:
    like = earlier(**{"gross": GROSS, "issue_date": date(2026, 3, 18), **changes})

    found = codes(decide(case(earlier=(like,))))

    assert found == ([("DUPLICATE_SUSPECTED", None)] if suspected else [])


def test_another_period_is_another_invoice() -> None:
    like = earlier(
        gross=GROSS,
        issue_date=date(2026, 3, 18),
        period_start=date(2026, 1, 1),
        period_end=date(2026, 1, 31),
    )
    billed = replace(invoice(), period_start=date(2026, 2, 1), period_end=date(2026, 2, 28))

    assert codes(decide(case(earlier=(like,), invoice=billed))) == []


def test_the_same_lines_beyond_what_was_ordered_are_suspect() -> None:
    lines = (("10", 12), ("20", 9), ("30", 520))
    like = earlier(
        issue_date=date(2026, 1, 2),
        allocations=tuple(Allocated(ORDER, line, Decimal(q)) for line, q in lines),
    )
    before = tuple(Balance("line", ORDER, line, Decimal(q)) for line, q in lines)

    found = codes(decide(case(earlier=(like,), balances=before)))

    assert ("DUPLICATE_SUSPECTED", None) in found
    assert ("QUANTITY_ABOVE_ORDERED", "1") in found


def test_a_contract_has_dates() -> None:
    late = contract(end_date=date(2026, 3, 1))
    renewed = replace(late, renewals="3x12")
    extended = replace(late, amendments=(Amendment("A1", new_end_date=date(2026, 6, 30)),))
    early = contract(start_date=date(2026, 4, 1))

    assert codes(decide(under_contract(late))) == [("CONTRACT_EXPIRED", None)]
    assert codes(decide(under_contract(renewed))) == []
    assert codes(decide(under_contract(extended))) == []
    assert codes(decide(under_contract(early))) == [("CONTRACT_NOT_STARTED", None)]


@pytest.mark.parametrize("written", ["2x12", "2 fois 12 mois", "2 x 1 an", "2 reconductions de 12"])
def test_renewals_are_read_as_people_write_them(written: str) -> None:
    two_years = contract(end_date=date(2024, 3, 20), renewals=written)
    over = contract(end_date=date(2024, 3, 19), renewals=written)

    assert codes(decide(under_contract(two_years))) == []
    assert codes(decide(under_contract(over))) == [("CONTRACT_EXPIRED", None)]


def test_work_done_in_time_may_be_billed_later() -> None:
    late = contract(end_date=date(2026, 3, 1))
    delivered = replace(invoice(), delivery_date=date(2026, 2, 27))

    assert codes(decide(under_contract(late, invoice=delivered))) == []


def test_ceilings_count_what_was_billed_and_what_amendments_added() -> None:
    full = (Balance("contract", "M1", "", net=Decimal(85000)),)
    raised = contract(amendments=(Amendment("A1", amount_delta=Decimal(5000)),))

    assert codes(decide(under_contract(contract(), balances=full))) == [
        ("CONTRACT_CEILING_EXCEEDED", None)
    ]
    assert codes(decide(under_contract(raised, balances=full))) == []


def test_the_price_schedule_is_judged_upwards_beside_the_order() -> None:
    prices = (ContractPrice("COM-60", "Compteur DN60", "C62", Decimal("290.00")),)

    verdict = decide(under_contract(contract(prices=prices)))

    assert codes(verdict) == [("CONTRACT_PRICE_MISMATCH", "1")]


def test_a_contract_quoted_in_vain_is_said() -> None:
    quoted = replace(invoice(), contract_reference="2019-ZZ-725")

    assert codes(decide(case(invoice=quoted))) == [("CONTRACT_UNKNOWN", None)]
    assert codes(decide(under_contract(contract(), invoice=quoted))) == []


def test_a_contract_without_orders_needs_none() -> None:
    quoted = replace(invoice(), order_reference=None, contract_reference="M1")

    verdict = decide(case(orders=(), contracts=(contract(),), invoice=quoted))

    assert codes(verdict) == []
    assert verdict.match is not None
    assert verdict.match.contract == "M1"


def test_commitment_and_budget_are_ceilings() -> None:
    small = Commitment("ENG1", "E1", 2026, "B1", amount_net=Decimal(6000))
    gross = Commitment("ENG1", "E1", 2026, "B1", amount_gross=Decimal(7990))
    budget = BudgetLine("B1", "E1", 2026, credits_open=Decimal(7990))

    assert codes(decide(case(commitments=(small,)))) == [("COMMITMENT_EXCEEDED", None)]
    assert codes(decide(case(commitments=(gross,)))) == [("COMMITMENT_EXCEEDED", None)]
    assert codes(decide(case(budget_lines=(budget,)))) == [("BUDGET_EXCEEDED", None)]


def test_only_a_public_body_must_commit() -> None:
    uncommitted = order(commitment_id=None)
    company = replace(ENTITY, kind=EntityKind.COMPANY)

    assert codes(decide(case(orders=(uncommitted,)))) == [("COMMITMENT_MISSING", None)]
    assert codes(decide(case(orders=(uncommitted,), entities=(company,)))) == []


def test_an_order_by_amount_is_worth_its_commitment() -> None:
    by_amount = order((), receipts=())
    before = (
        Balance("order", ORDER, "", net=Decimal(85000)),
        Balance("commitment", "ENG1", "", net=Decimal(85000)),
    )

    assert codes(decide(case(orders=(by_amount,)))) == []
    assert codes(decide(case(orders=(by_amount,), balances=before))) == [
        ("AMOUNT_ABOVE_ORDER", None),
        ("COMMITMENT_EXCEEDED", None),
    ]


def test_a_deposit_deducted_is_not_counted_twice() -> None:
    by_amount = order((), receipts=())
    deposit = earlier(type_code="386", net=Decimal(2000), gross=Decimal(2400))
    balances = (Balance("order", ORDER, "", net=Decimal(2000), gross=Decimal(2400)),)
    clean = invoice()
    totals = replace(clean.totals, prepaid=Decimal(2400), payable=GROSS - 2400)
    billed = replace(clean, totals=totals)
    exact = Commitment("ENG1", "E1", 2026, amount_net=Decimal(6664), amount_gross=GROSS)

    verdict = decide(
        case(
            orders=(by_amount,),
            invoice=billed,
            earlier=(deposit,),
            balances=balances,
            commitments=(exact,),
        )
    )

    assert codes(verdict) == []


def test_a_deposit_on_an_order_with_lines_is_not_a_line() -> None:
    asked = invoice_line("1", None, "Acompte de 30 %", "1", "C62", "2000.00")

    assert codes(decide(case(invoice=invoice((asked,), type_code="386")))) == []


def test_a_credit_note_takes_the_order_of_what_it_credits() -> None:
    noted = credit_note()
    bare = replace(noted, invoice=replace(noted.invoice, order_reference=None))

    judgement = judge_case(bare)

    assert codes(judgement.verdict) == []
    assert judgement.verdict.match is not None
    assert judgement.verdict.match.orders == (ORDER,)
    assert Balance("line", ORDER, "10", Decimal(-2), Decimal("-636.00")) in judgement.consumed


def test_a_credit_note_credits_something_and_no_more_than_that() -> None:
    unnamed = credit_note(preceding=())
    unknown = credit_note(preceding=(PrecedingInvoice("FA-1999"),))

    assert codes(decide(unnamed)) == [("CREDITED_INVOICE_UNKNOWN", None)]
    assert codes(decide(unknown)) == [("CREDITED_INVOICE_UNKNOWN", None)]
    assert codes(decide(credit_note("13"))) == [("CREDIT_ABOVE_INVOICE", None)]


def test_page_and_xml_must_agree() -> None:
    differs = (PageDifference("totals.tax_inclusive", "8356.80", "7996.80"),)

    assert codes(decide(case(page_differences=differs))) == [("PDF_XML_DIFFER", None)]


def test_a_page_must_be_read_surely() -> None:
    unsure = (ReadConfidence("number", 0.2),)
    blank = replace(invoice(), totals=Totals(tax_exclusive=Decimal(6664)), vat_breakdown=())

    assert codes(decide(case(syntax=Syntax.PDF_TEXT, confidences=unsure))) == [
        ("EXTRACTION_UNCERTAIN", None)
    ]
    assert codes(decide(case(syntax=Syntax.PDF_TEXT, invoice=blank))) == [
        ("EXTRACTION_UNCERTAIN", None)
    ]
    assert codes(decide(case(syntax=Syntax.CII, confidences=unsure))) == []


def test_two_orders_on_one_invoice_share_its_amount_to_the_cent() -> None:
    first = (order_line("1", "A1", "Sable", "7", "TNE", "33.33"),)
    second = (order_line("1", "B1", "Gravier", "3", "TNE", "44.44", order_id="BC 2"),)
    orders = (order(first), order(second, order_id="BC 2", receipts=received(second)))
    lines = (
        invoice_line("1", "A1", "Sable", "7", "TNE", "33.33", order_reference=ORDER),
        invoice_line("2", "B1", "Gravier", "3", "TNE", "44.44", order_reference="BC 2"),
    )

    judgement = judge_case(case(orders=orders, invoice=invoice(lines)))

    assert codes(judgement.verdict) == []
    shares = {b.id: b for b in judgement.consumed if b.kind == "order"}
    assert sum(b.net for b in shares.values()) == Decimal("366.63")
    assert shares[ORDER].net == Decimal("233.31")


def test_the_payment_clock_starts_when_work_and_invoice_are_there() -> None:
    later = replace(invoice(), delivery_date=date(2026, 3, 25))

    assert decide(case()).payment.deadline == date(2026, 4, 19)
    assert decide(case(invoice=later)).payment.deadline == date(2026, 4, 24)
    assert infos(decide(case(today=date(2026, 4, 17)))) == ["PAYMENT_DEADLINE_NEAR"]
    assert infos(decide(case(today=date(2026, 5, 17)))) == ["PAYMENT_OVERDUE"]


def test_the_guarantee_is_retained() -> None:
    verdict = decide(under_contract(contract(retention_rate=Decimal(5))))

    assert verdict.decision.held == Decimal("399.84")
    assert verdict.decision.payable_now == GROSS - Decimal("399.84")


def test_messages_are_whole_sentences_in_both_languages() -> None:
    french = decide(at_price(0, "350.00")).discrepancies[0].message
    policy = replace(case().policy, language="en")
    english = decide(replace(at_price(0, "350.00"), policy=policy)).discrepancies[0].message

    assert french.startswith("Ligne 1 : prix unitaire 350,00 au lieu de 318,00 commandé")
    assert english.startswith("Line 1: unit price 350.00 instead of 318.00 ordered")


def test_reverse_charge_adds_up_without_vat() -> None:
    clean = invoice()
    lines = tuple(replace(x, vat_category="AE", vat_rate=Decimal(0)) for x in clean.lines)
    net = Decimal("6664.00")
    totals = Totals(net, None, None, net, Decimal(0), net, payable=net)
    billed = replace(
        clean,
        lines=lines,
        totals=totals,
        vat_breakdown=(VatBreakdown("AE", Decimal(0), net, Decimal(0)),),
    )

    assert codes(decide(case(invoice=billed))) == []


def test_a_page_that_names_us_where_the_seller_was_read_is_addressed_to_us() -> None:
    swapped = replace(
        invoice(),
        seller=Party(name=ENTITY.name, vat_id="FR62789004645"),
        buyer=Party(name="Réf. TVX-REG"),
    )

    assert codes(decide(case(syntax=Syntax.PDF_TEXT, invoice=swapped))) == []
