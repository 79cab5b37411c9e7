"""What holds for every invoice, whatever it says: bounded random cases."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.invoice import InvoiceLine, Totals
from domain.match import Outcome
from domain.money import ZERO
from domain.records import canonical, verdict_record
from matching.case import Balance, Case
from matching.case_record import case_bytes, case_from, inputs_digest
from matching.engine import decide, judge_case
from matching.measures import billed_quantity, line_amount
from matching.tolerances import Policy, Tolerances
from tests.matching_case import ORDER, case, codes, invoice, invoice_line, order, order_line

WORDS = st.sampled_from("vanne pompe joint compteur bride clapet fonte laiton DN60 DN80".split())
TEXTS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
ITEMS = st.none() | st.sampled_from(["A1", "A2", "B7", "C9"])
QUANTITIES = st.integers(1, 40).map(str)
PRICES = st.integers(1, 60_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
UNITS = st.sampled_from(["C62", "H87", "KGM", "GRM", "XBX"])
PROFILE = settings(max_examples=40, deadline=None)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """An order and an invoice that have something to do with each other, or not."""
    ordered = tuple(
        order_line(str(i), draw(ITEMS), draw(TEXTS), draw(QUANTITIES), draw(UNITS), draw(PRICES))
        for i in range(1, draw(st.integers(1, 5)) + 1)
    )
    billed = []
    for i in range(1, draw(st.integers(1, 6)) + 1):
        if draw(st.booleans()):
            like = draw(st.sampled_from(ordered))
            item, text, unit = like.item_id, like.description or "", like.unit
            price = str(like.unit_price)
        else:
            item, text, unit, price = draw(ITEMS), draw(TEXTS), draw(UNITS), draw(PRICES)
        sign = draw(st.sampled_from(["", "", "", "-"]))
        billed.append(invoice_line(str(i), item, text, sign + draw(QUANTITIES), unit, price))
    before = tuple(
        Balance("line", ORDER, line.line_id, Decimal(draw(st.integers(0, 30)))) for line in ordered
    )
    return case(invoice=invoice(tuple(billed)), orders=(order(ordered),), balances=before)


@PROFILE
@given(cases())
def test_what_is_billed_is_allocated_or_left_over(the_case: Case) -> None:
    pairing = judge_case(the_case).links.pairing
    lines = the_case.invoice.lines
    amounts: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for allocation in pairing.allocations:
        amounts[allocation.position] += allocation.net_amount

    assert sorted({*amounts, *pairing.left_over}) == list(range(len(lines)))
    assert not amounts.keys() & set(pairing.left_over)
    for position, amount in amounts.items():
        assert amount == line_amount(lines[position])
        parts = [a for a in pairing.allocations if a.position == position]
        if all(a.convertible and a.line.unit == lines[position].unit for a in parts):
            assert sum(a.quantity for a in parts) == billed_quantity(lines[position])


@PROFILE
@given(cases())
def test_what_is_consumed_adds_up_to_the_document(the_case: Case) -> None:
    judgement = judge_case(the_case)
    totals = the_case.invoice.totals

    for kind in ("order", "commitment", "budget"):
        taken = [b for b in judgement.consumed if b.kind == kind]
        assert sum((b.net for b in taken), ZERO) == totals.tax_exclusive
        assert sum((b.gross for b in taken), ZERO) == totals.tax_inclusive


@PROFILE
@given(cases(), st.sampled_from(["price_percent", "price_amount", "quantity", "line_arithmetic"]))
def test_raising_a_tolerance_never_adds_a_discrepancy(the_case: Case, name: str) -> None:
    wider = Tolerances()
    wider = replace(wider, **{name: getattr(wider, name) * 3 + 2})

    strict = codes(decide(the_case))
    lenient = codes(decide(replace(the_case, policy=Policy(wider))))

    for found in lenient:
        assert found in strict
        strict.remove(found)


@PROFILE
@given(cases())
def test_a_stored_case_gives_the_same_verdict_byte_for_byte(the_case: Case) -> None:
    first = decide(the_case)
    stored = case_bytes(the_case)

    again = decide(case_from(json.loads(stored)))

    assert first.inputs_digest == inputs_digest(stored)
    assert canonical(verdict_record(again)) == canonical(verdict_record(first))


@PROFILE
@given(st.permutations(range(5)))
def test_permuted_lines_give_the_same_discrepancies(places: list[int]) -> None:
    ordered = tuple(
        order_line(str(i), f"N{i}", f"Article {i}", "10", "C62", f"{10 + i}.00") for i in range(4)
    )
    lines = (
        invoice_line("a", "N0", "Article 0", "10", "C62", "10.00"),
        invoice_line("b", "N1", "Article 1", "11", "C62", "11.00"),
        invoice_line("c", "N2", "Article 2", "10", "C62", "13.00"),
        invoice_line("d", "N3", "Article 3", "10", "KGM", "13.00"),
        invoice_line("e", "N9", "Transport", "1", "C62", "40.00"),
    )
    straight = case(invoice=invoice(lines), orders=(order(ordered),))
    permuted = case(invoice=invoice(tuple(lines[i] for i in places)), orders=(order(ordered),))

    assert codes(decide(permuted)) == codes(decide(straight))
    assert len(codes(decide(straight))) == 5


def test_the_case_is_hashed_in_canonical_form() -> None:
    stored = case_bytes(case())

    assert canonical(json.loads(stored)) == stored


ODD_NUMBERS = st.none() | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=Decimal("-1E38"), max_value=Decimal("1E38")
)
ODD_TEXTS = st.none() | st.text(max_size=12)


@PROFILE
@given(
    st.lists(
        st.builds(
            InvoiceLine,
            id=ODD_TEXTS,
            name=ODD_TEXTS,
            seller_item_id=ODD_TEXTS,
            quantity=ODD_NUMBERS,
            unit=ODD_TEXTS,
            net_price=ODD_NUMBERS,
            price_base_quantity=ODD_NUMBERS,
            net_amount=ODD_NUMBERS,
            vat_rate=ODD_NUMBERS,
            order_line_reference=ODD_TEXTS,
        ),
        max_size=4,
    ),
    st.builds(Totals, tax_exclusive=ODD_NUMBERS, tax_inclusive=ODD_NUMBERS, prepaid=ODD_NUMBERS),
    st.sampled_from(["380", "381", "384", "386", None]),
)
def test_whatever_a_document_states_it_gets_a_verdict(
    lines: list[InvoiceLine], totals: Totals, type_code: str | None
) -> None:
    stated = replace(invoice(), lines=tuple(lines), totals=totals, type_code=type_code)
    the_case = case(invoice=stated)

    verdict = decide(the_case)

    assert verdict.decision.outcome in set(Outcome)
    again = decide(case_from(json.loads(case_bytes(the_case))))
    assert canonical(verdict_record(again)) == canonical(verdict_record(verdict))


@PROFILE
@given(cases(), st.sampled_from(["CHF", "USD", "XPF"]))
def test_no_verdict_depends_on_the_name_of_the_currency(the_case: Case, currency: str) -> None:
    renamed = replace(
        the_case,
        invoice=replace(the_case.invoice, currency=currency),
        orders=tuple(replace(o, currency=currency) for o in the_case.orders),
    )

    assert codes(decide(renamed)) == codes(decide(the_case))
