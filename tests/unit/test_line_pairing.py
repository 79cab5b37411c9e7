from __future__ import annotations

from decimal import Decimal

from domain.invoice import InvoiceLine
from domain.money import ZERO
from domain.order import OrderLine
from matching.lines import OpenLine, Pairing, pair_lines
from tests.matching_case import invoice_line, order, order_line

SIZES = ("S", "M", "L", "XL", "XXL")


def pair(invoiced: tuple[InvoiceLine, ...], *ordered: OrderLine) -> Pairing:
    opened = [OpenLine(line, line.quantity or ZERO) for line in ordered]
    return pair_lines(invoiced, (order(ordered),), opened)


def answers(pairing: Pairing) -> dict[int, str]:
    return {a.position: a.line.line_id for a in pairing.allocations}


def test_sizes_of_one_article_are_told_apart() -> None:
    ordered = [
        order_line(str(i), None, f"Blouse polycoton blanche taille {size}", "9", "C62", f"2{i}.00")
        for i, size in enumerate(SIZES)
    ]
    invoiced = tuple(
        invoice_line(str(i), None, f"Blouse polycoton taille {SIZES[i]}", "9", "C62", f"2{i}.00")
        for i in (4, 2, 0, 3, 1)
    )

    assert answers(pair(invoiced, *ordered)) == {0: "4", 1: "2", 2: "0", 3: "3", 4: "1"}


def test_order_line_number_decides_when_wordings_say_nothing() -> None:
    ordered = (
        order_line("1", "SURL", "Surligneur jaune", "100", "C62", "0.55"),
        order_line("2", "STY", "Stylo bille bleu", "100", "C62", "0.57"),
    )
    invoiced = (
        invoice_line("1", None, "Suivant commande", "50", "C62", "0.57", order_line_reference="2"),
        invoice_line("2", None, "Suivant commande", "50", "C62", "0.55", order_line_reference="1"),
    )

    assert answers(pair(invoiced, *ordered)) == {0: "2", 1: "1"}


def test_an_article_of_another_number_is_left_over() -> None:
    ordered = (
        order_line("1", "ARNR2", "Yaourt banane", "50", "C62", "5.50"),
        order_line("2", "ARNR3", "Yaourt fraise", "50", "C62", "4.00"),
    )
    invoiced = (
        invoice_line("1", "ARNR2", "Yaourt banane", "50", "C62", "5.50"),
        invoice_line("2", "ARNR9", "Yaourt cerise", "50", "C62", "4.00"),
    )

    pairing = pair(invoiced, *ordered)

    assert answers(pairing) == {0: "1"}
    assert pairing.left_over == (1,)


def test_goods_taken_back_share_the_line_they_were_billed_on() -> None:
    ordered = (order_line("1", None, "Vanne DN80 fonte", "9", "C62", "146.00"),)
    invoiced = (
        invoice_line("1", None, "Vanne DN80 fonte", "9", "C62", "146.00"),
        invoice_line("2", None, "Vanne DN80 fonte", "-2", "C62", "146.00"),
    )

    pairing = pair(invoiced, *ordered)

    assert [a.quantity for a in pairing.allocations] == [Decimal(9), Decimal(-2)]


def test_one_line_is_split_over_two_order_lines_of_the_same_item() -> None:
    ordered = (
        order_line("1", "A1", "Sel de déneigement", "6", "TNE", "90.00"),
        order_line("2", "A1", "Sel de déneigement", "6", "TNE", "90.00"),
    )
    invoiced = (invoice_line("1", "A1", "Sel de déneigement", "10", "TNE", "90.00"),)

    pairing = pair(invoiced, *ordered)

    assert {a.line.line_id: a.quantity for a in pairing.allocations} == {"1": 6, "2": 4}
    assert sum(a.net_amount for a in pairing.allocations) == Decimal("900.00")


def test_title_lines_bill_nothing() -> None:
    ordered = (order_line("1", "A1", "Sel", "6", "TNE", "90.00"),)
    title = invoice_line("1", None, "Lot 1", "1", "C62", "0", subtype="GROUP")
    invoiced = (title, invoice_line("2", "A1", "Sel", "6", "TNE", "90.00"))

    pairing = pair(invoiced, *ordered)

    assert answers(pairing) == {1: "1"}
    assert pairing.left_over == ()
