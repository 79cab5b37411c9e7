"""Amount, quantity and price of an invoice line, in its own unit and in the order's.

The price that is compared is what is paid for one unit: line amount over quantity, after line
allowances and charges; BT-146 over BT-149 where a line has no amount.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.invoice import InvoiceLine
from domain.money import ZERO
from domain.order import OrderLine
from matching.units import (
    ONE,
    canonical_unit,
    factor_by_content,
    is_count,
    is_package,
    is_whole,
    measured_content,
    pack_content,
    possible_factors,
    working_day,
)

DAY: Final = "DAY"
HOUR: Final = "HUR"
_NEAR_PRICE: Final = Decimal("1.5")


def stated_price(line: InvoiceLine) -> Decimal | None:
    """BT-146 over BT-149: the net price of one unit as the line states it."""
    if line.net_price is None:
        return None
    base = line.price_base_quantity
    return line.net_price / base if base and base != ONE else line.net_price


def billed_quantity(line: InvoiceLine) -> Decimal:
    """The quantity billed; what amount and price make of it when none is stated."""
    if line.quantity is not None:
        return line.quantity
    price = stated_price(line)
    if price and line.net_amount is not None:
        return round(line.net_amount / price, 6).normalize()
    return ONE if line.net_amount is None or line.net_amount >= 0 else -ONE


def line_amount(line: InvoiceLine) -> Decimal:
    """The net amount of the line; quantity times price when none is stated."""
    if line.net_amount is not None:
        return line.net_amount
    price = stated_price(line)
    return ZERO if price is None else price * billed_quantity(line)


def paid_price(line: InvoiceLine) -> Decimal | None:
    """What is paid for one billed unit."""
    if line.net_amount is not None and line.quantity:
        return line.net_amount / line.quantity
    return stated_price(line)


def computed_price(line: InvoiceLine) -> Decimal | None:
    """What price, allowances and charges make for one unit, whatever amount the line states."""
    price = stated_price(line)
    if price is None or not line.quantity:
        return price
    for item in line.allowances_charges:
        share = (item.amount or ZERO) / line.quantity
        price += share if item.is_charge else -share
    return price


def converted(line: InvoiceLine, ordered: OrderLine) -> Decimal | None:
    """How many ordered units one billed unit is; None when the units do not convert."""
    content = ordered.pack_quantity
    if content is None and line.unit == ordered.unit:
        return ONE
    if content is None and line.unit and ordered.unit:
        content = pack_content(ordered.unit) or pack_content(ordered.description)
    factors = possible_factors(line.unit, ordered.unit, content)
    if not factors:
        if is_whole(line.unit) and is_whole(ordered.unit):
            return ONE if _agrees(line, ordered, ONE) else None
        if content and is_package(line.unit) and is_package(ordered.unit):
            # A carton of twelve bottles, billed by the bottle.
            return ONE / content if _agrees(line, ordered, ONE / content) else None
        return _by_content(line, ordered)
    return factors[0] if len(factors) == 1 else _by_price(factors, line, ordered)


def _by_content(line: InvoiceLine, ordered: OrderLine) -> Decimal | None:
    """The factor where the order line says how much a package or a day of work holds.

    Of packages only if the price agrees: a unit that was merely confused must be said.
    """
    if DAY in {canonical_unit(line.unit), canonical_unit(ordered.unit)}:
        hours = ordered.pack_quantity or working_day(ordered.description)
        return hours and factor_by_content(line.unit, ordered.unit, (hours, HOUR))
    content = measured_content(ordered.unit) or measured_content(ordered.description)
    packed = is_package(line.unit) or is_package(ordered.unit)
    if content is None or not (packed or is_count(line.unit) or is_count(ordered.unit)):
        return None
    factor = factor_by_content(line.unit, ordered.unit, content)
    return factor if factor is not None and _agrees(line, ordered, factor) else None


def _agrees(line: InvoiceLine, ordered: OrderLine, factor: Decimal) -> bool:
    """Whether the price is about the order's if one billed unit is so many ordered ones."""
    price = paid_price(line)
    if not price or not ordered.unit_price:
        return False
    return 1 / _NEAR_PRICE <= abs(price / factor / ordered.unit_price) <= _NEAR_PRICE


def _by_price(factors: tuple[Decimal, ...], line: InvoiceLine, ordered: OrderLine) -> Decimal:
    """Of several readings the one whose price is nearest to the order's."""
    price = paid_price(line)
    if not price or not ordered.unit_price:
        return factors[0]
    agreed = ordered.unit_price

    def distance(factor: Decimal) -> Decimal:
        ratio = abs(price / factor / agreed)
        return max(ratio, 1 / ratio)

    return min(factors, key=distance)
