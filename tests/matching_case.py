"""A small, clean case of matching that tests change one thing of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.commitment import BudgetLine, Commitment
from domain.invoice import Invoice, InvoiceLine, Totals, VatBreakdown
from domain.match import Severity, Verdict
from domain.money import ZERO
from domain.order import Order, OrderLine, Receipt
from domain.party import Entity, Party, Supplier
from matching.case import Case
from matching.tolerances import Policy

DAY = date(2026, 3, 20)
ORDER = "BC 04295/26"
IBAN = "FR7618206657534560916379291"
SUPPLIER = Supplier("F1", "Chlorure et Réactifs du Rhône", siren="789004645", ibans=(IBAN,))
ENTITY = Entity("E1", "Ville de Marsanne-le-Haut", siren="286953617")

ARTICLES = (
    ("COM-60", "Compteur d'eau volumétrique DN60", "12", "C62", "318.00"),
    ("VAN-80", "Vanne à opercule DN80 fonte", "9", "C62", "146.00"),
    ("CHL-GAZ", "Chlore gazeux bouteille consignée", "520", "KGM", "2.95"),
)


def order_line(
    line_id: str, item: str | None, text: str, quantity: str, unit: str, price: str, **more: Any
) -> OrderLine:
    """An order line at 20 % VAT."""
    return OrderLine(
        more.pop("order_id", ORDER),
        line_id,
        item,
        text,
        Decimal(quantity),
        unit,
        Decimal(price),
        Decimal(20),
        **more,
    )


def received(lines: tuple[OrderLine, ...]) -> tuple[Receipt, ...]:
    """Everything ordered was delivered."""
    return tuple(
        Receipt(f"R{i}", line.order_id, line.line_id, line.quantity or ZERO)
        for i, line in enumerate(lines)
    )


def order(lines: tuple[OrderLine, ...] | None = None, **more: Any) -> Order:
    """An open order of the supplier for the entity, wholly received."""
    if lines is None:
        lines = tuple(order_line(str(10 * i), *a) for i, a in enumerate(ARTICLES, 1))
    values: dict[str, Any] = {
        "order_id": ORDER,
        "entity_id": "E1",
        "supplier_id": "F1",
        "commitment_id": "ENG1",
        "order_date": date(2026, 2, 1),
        "lines": lines,
        "receipts": received(lines),
    }
    return Order(**{**values, **more})


def invoice_line(
    label: str,
    item: str | None,
    text: str,
    quantity: str,
    unit: str | None,
    price: str,
    **more: Any,
) -> InvoiceLine:
    """An invoice line at 20 % VAT whose amount is quantity times price."""
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    values: dict[str, Any] = {
        "id": label,
        "name": text,
        "seller_item_id": item,
        "quantity": Decimal(quantity),
        "unit": unit,
        "net_price": Decimal(price),
        "net_amount": amount,
        "vat_category": "S",
        "vat_rate": Decimal(20),
    }
    return InvoiceLine(**{**values, **more})


def invoice(lines: tuple[InvoiceLine, ...] | None = None, **more: Any) -> Invoice:
    """An invoice for the whole order; totals follow from its lines."""
    if lines is None:
        lines = tuple(invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1))
    net = sum((line.net_amount or ZERO for line in lines), ZERO)
    tax = (net / 5).quantize(Decimal("0.01"))
    values: dict[str, Any] = {
        "number": "FA-2026-100",
        "type_code": "380",
        "issue_date": DAY,
        "currency": "EUR",
        "order_reference": ORDER,
        "seller": Party(name=SUPPLIER.name, legal_id="789004645"),
        "buyer": Party(name=ENTITY.name, legal_id="286953617"),
        "payee_iban": IBAN,
        "totals": Totals(
            lines=net, tax_exclusive=net, tax=tax, tax_inclusive=net + tax, payable=net + tax
        ),
        "vat_breakdown": (VatBreakdown("S", Decimal(20), net, tax),),
        "lines": lines,
    }
    return Invoice(**{**values, **more})


def case(**changes: Any) -> Case:
    """The clean case, with these fields changed."""
    clean = Case(
        invoice=invoice(),
        policy=Policy(),
        today=DAY,
        received_on=DAY,
        entities=(ENTITY,),
        suppliers=(SUPPLIER,),
        orders=(order(),),
        commitments=(
            Commitment(
                "ENG1",
                "E1",
                2026,
                "B1",
                supplier_id="F1",
                amount_net=Decimal(90000),
                amount_gross=Decimal(108000),
            ),
        ),
        budget_lines=(BudgetLine("B1", "E1", 2026, credits_open=Decimal(900000)),),
    )
    return replace(clean, **changes)


def codes(verdict: Verdict) -> list[tuple[str, str | None]]:
    """What a verdict blocks or sends to review, with the invoice line."""
    return sorted(
        ((d.code.value, d.invoice_line) for d in verdict.discrepancies if d.severity != "info"),
        key=str,
    )


def infos(verdict: Verdict) -> list[str]:
    """The information codes of a verdict."""
    return [d.code.value for d in verdict.discrepancies if d.severity is Severity.INFO]
