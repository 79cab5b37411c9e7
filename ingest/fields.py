"""The fields of an invoice that a person may correct, by their path in CONTRACT §3.

Values in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

from domain.errors import Error
from domain.invoice import Invoice, InvoiceLine, Totals
from domain.money import plain
from domain.party import Party

Value = str | date | Decimal
T = TypeVar("T", Invoice, InvoiceLine, Party, Totals)


class FieldUnknown(Error):
    """This is no field that can be corrected."""

    code = "ING-71"
    hint = (
        "Name it as `meg show --json` does: number, issue_date, totals.tax_exclusive, "
        "seller.vat_id, lines[0].quantity; or a column: column:quantity."
    )


class Form(StrEnum):
    """What sort of value a field holds."""

    TEXT = "text"
    CODE = "code"  # an identifier: read without blanks
    DATE = "date"
    AMOUNT = "amount"


_HEADER: Final = {
    **dict.fromkeys(("number", "payment_terms", "payee_name"), Form.TEXT),
    **dict.fromkeys(
        (
            "buyer_reference",
            "project_reference",
            "contract_reference",
            "order_reference",
            "sales_order_reference",
            "receiving_advice_reference",
            "despatch_advice_reference",
            "tender_reference",
        ),
        Form.TEXT,
    ),
    **dict.fromkeys(("currency", "payee_iban"), Form.CODE),
    **dict.fromkeys(
        ("issue_date", "due_date", "delivery_date", "period_start", "period_end"), Form.DATE
    ),
}
_PARTY: Final = {
    "name": Form.TEXT,
    "legal_id": Form.CODE,
    "vat_id": Form.CODE,
    "tax_number": Form.TEXT,
    "country": Form.CODE,
}
_TOTALS: Final = dict.fromkeys(
    (
        "lines",
        "allowances",
        "charges",
        "tax_exclusive",
        "tax",
        "tax_inclusive",
        "prepaid",
        "rounding",
        "payable",
    ),
    Form.AMOUNT,
)
_LINE: Final = {
    **dict.fromkeys(
        (
            "id",
            "name",
            "description",
            "seller_item_id",
            "buyer_item_id",
            "order_reference",
            "order_line_reference",
        ),
        Form.TEXT,
    ),
    "unit": Form.CODE,
    **dict.fromkeys(
        ("quantity", "net_price", "price_base_quantity", "net_amount", "vat_rate"), Form.AMOUNT
    ),
}
_OF_LINE = re.compile(r"lines\[(\d{1,4})\]\.(\w+)")

FIELDS: Final[Mapping[str, Form]] = {
    **_HEADER,
    **{f"{side}.{name}": form for side in ("seller", "buyer") for name, form in _PARTY.items()},
    **{f"totals.{name}": form for name, form in _TOTALS.items()},
}
"""Every field that stands once in an invoice."""

LINE_FIELDS: Final[Mapping[str, Form]] = _LINE
"""The fields of `lines[0].`, `lines[1].`, …"""

COLUMNS: Final = (
    "quantity",
    "unit",
    "net_price",
    "net_amount",
    "vat_rate",
    "name",
    "seller_item_id",
    "ignore",
)
"""What a column of the item table can be said to hold."""

_REGISTERS: Final = {9: "0002", 14: "0009"}  # ISO 6523: SIREN, SIRET


def form_of(path: str) -> Form:
    """What sort of value a field holds; raises FieldUnknown."""
    if path in FIELDS:
        return FIELDS[path]
    found = _OF_LINE.fullmatch(path)
    if found and found[2] in _LINE:
        return _LINE[found[2]]
    raise FieldUnknown(f"{path!r} is no field that can be corrected")


def value_of(path: str, written: str) -> Value | None:
    """A field's value as CONTRACT writes it, read back; raises FieldUnknown."""
    form = form_of(path)
    if form is Form.DATE:
        return date.fromisoformat(written)
    if form is Form.AMOUNT:
        return Decimal(written)
    return written


def written(value: Value | None) -> str | None:
    """A value as CONTRACT writes it."""
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else plain(value)


def current(invoice: Invoice, path: str) -> Value | None:
    """What an invoice has in a field; raises FieldUnknown."""
    form_of(path)
    if found := _OF_LINE.fullmatch(path):
        line = _line(invoice, int(found[1]))
        value: Value | None = getattr(line, found[2])
        return value
    holder: Any = invoice
    for name in path.split("."):
        holder = getattr(holder, name)
    result: Value | None = holder
    return result


def corrected(invoice: Invoice, path: str, value: Value | None) -> Invoice:
    """The invoice with one field changed; raises FieldUnknown."""
    form_of(path)
    if found := _OF_LINE.fullmatch(path):
        index, name = int(found[1]), found[2]
        line = _with(_line(invoice, index), name, value)
        return replace(invoice, lines=(*invoice.lines[:index], line, *invoice.lines[index + 1 :]))
    group, _, name = path.rpartition(".")
    if group in {"seller", "buyer"}:
        return _with(invoice, group, _party(getattr(invoice, group), name, value))
    if group == "totals":
        return _with(invoice, group, _with(invoice.totals, name, value))
    invoice = _with(invoice, name, value)
    if name == "payee_iban":
        others = tuple(i for i in invoice.payee_ibans[1:] if i != value)
        return replace(invoice, payee_ibans=(str(value), *others) if value else others)
    return invoice


def _party(party: Party, name: str, value: Value | None) -> Party:
    party = _with(party, name, value)
    if name == "legal_id":
        scheme = _REGISTERS.get(len(str(value))) if value else None
        return replace(party, legal_id_scheme=scheme)
    return party


def _with(holder: T, name: str, value: object) -> T:
    changes: Any = {name: value}
    return replace(holder, **changes)


def _line(invoice: Invoice, index: int) -> InvoiceLine:
    if index >= len(invoice.lines):
        raise FieldUnknown(f"the invoice has {len(invoice.lines)} lines, none is lines[{index}]")
    return invoice.lines[index]
