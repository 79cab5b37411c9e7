"""PRICE_ABOVE_ORDER, PRICE_BELOW_ORDER and CONTRACT_PRICE_MISMATCH.

Compared is what is paid for one unit (line amount over quantity). Where the line's own arithmetic
does not hold, that is said already, and what its price, allowances and charges make is compared
instead. A price is above when it passes the percentage or, for the line, the amount: both limits
must hold. The contract's schedule is judged upwards only, for items that stand on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from domain.contract import Contract, ContractPrice
from domain.invoice import InvoiceLine
from domain.match import Code, Discrepancy
from domain.order import OrderLine
from matching.lines import item_key
from matching.measures import billed_quantity, computed_price, converted, line_amount, paid_price
from matching.rules.arithmetic import line_difference
from matching.rules.facts import Facts, finding
from matching.wording import likeness, words_of

_ON_SCHEDULE = 0.86  # how alike wordings must be to be the same item of a schedule


def order_prices(facts: Facts) -> Iterator[Discrepancy]:
    """Each line's price against the price ordered."""
    if not facts.is_charge:
        return
    seen = set()
    for allocation in facts.allocations:
        if allocation.position in seen or allocation.quantity <= 0 or not allocation.convertible:
            continue
        seen.add(allocation.position)
        yield from _compare(facts, allocation.position, allocation.line)


def _compare(facts: Facts, position: int, ordered: OrderLine) -> Iterator[Discrepancy]:
    line, agreed = facts.line(position), ordered.unit_price
    price = price_in_unit(line, ordered, facts)
    if agreed is None or price is None or price == agreed:
        return
    code = Code.PRICE_ABOVE_ORDER if price > agreed else Code.PRICE_BELOW_ORDER
    if passes(line, price, agreed, ordered, facts):
        yield finding(
            code,
            field="net_price",
            expected=agreed,
            found=_shown(price),
            delta=_shown(price - agreed),
            tolerance=facts.limits.price_limits(above=price > agreed)[0],
            invoice_line=facts.label(position),
            order_id=ordered.order_id,
            order_line=ordered.line_id,
        )


def price_in_unit(line: InvoiceLine, ordered: OrderLine, facts: Facts) -> Decimal | None:
    """What is paid for one ordered unit; None when units or values do not allow to say."""
    factor = converted(line, ordered)
    off = abs(line_difference(line)) > facts.limits.line_arithmetic
    price = computed_price(line) if off else paid_price(line)
    return None if factor is None or price is None else price / factor


def passes(
    line: InvoiceLine, price: Decimal, agreed: Decimal, ordered: OrderLine, facts: Facts
) -> bool:
    """Whether a price differs by more than the tolerances allow."""
    factor = converted(line, ordered) or Decimal(1)
    difference = abs(price - agreed)
    on_line = abs(difference * billed_quantity(line) * factor)
    percent, amount = facts.limits.price_limits(above=price > agreed)
    by_percent = difference * 100 > percent * abs(agreed)
    if by_percent and on_line <= facts.limits.line_arithmetic:
        # Cents of rounding say nothing about a price: what is stated must be off as well.
        stated = computed_price(line)
        off = abs(stated / factor - agreed) if stated is not None else difference
        by_percent = off * 100 > percent * abs(agreed)
    return by_percent or on_line > amount


def schedule_prices(facts: Facts) -> Iterator[Discrepancy]:
    """Each line's price against the price schedule of the contract."""
    if not facts.is_charge:
        return
    items = {a.position: a.line.item_id for a in facts.allocations if a.line.item_id}
    for contract in facts.links.contracts:
        if not contract.prices:
            continue
        for position, line in enumerate(facts.invoice.lines):
            if line_amount(line) <= 0:
                continue
            on_schedule = _scheduled(line, items.get(position), contract.prices)
            if on_schedule is not None:
                yield from _against_schedule(facts, position, on_schedule, contract)


def _against_schedule(
    facts: Facts, position: int, scheduled: ContractPrice, contract: Contract
) -> Iterator[Discrepancy]:
    line, agreed = facts.line(position), scheduled.unit_price
    as_ordered = OrderLine(
        "",
        scheduled.item_id,
        description=scheduled.description,
        unit=scheduled.unit,
        unit_price=agreed,
    )
    price = price_in_unit(line, as_ordered, facts)
    if agreed is None or price is None or price <= agreed:
        return
    if passes(line, price, agreed, as_ordered, facts):
        yield finding(
            Code.CONTRACT_PRICE_MISMATCH,
            field=f"{contract.contract_id} {scheduled.item_id}",
            expected=agreed,
            found=_shown(price),
            delta=_shown(price - agreed),
            tolerance=facts.limits.price_percent,
            invoice_line=facts.label(position),
        )


def _scheduled(
    line: InvoiceLine, ordered_item: str | None, prices: Iterable[ContractPrice]
) -> ContractPrice | None:
    """The item of the schedule that the line bills: by number, else by wording."""
    numbers = {item_key(n) for n in (line.seller_item_id, line.buyer_item_id, ordered_item) if n}
    scored = []
    for price in prices:
        if price.item_id and item_key(price.item_id) in numbers:
            return price
        alike = max(
            (
                likeness(words_of(text), words_of(price.description or ""))
                for text in (line.name, line.description)
                if text
            ),
            default=0.0,
        )
        scored.append((alike, price))
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is None or best[0] < _ON_SCHEDULE:
        return None
    return best[1] if sum(1 for alike, _ in scored if alike == best[0]) == 1 else None


def _shown(price: Decimal) -> Decimal:
    """At most six decimals, as BT-146 allows, and no more zeros than cents have."""
    rounded = round(price, 6)
    cents = round(price, 2)
    return cents if rounded == cents else rounded.normalize()
