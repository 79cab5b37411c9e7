"""Invoice lines out of table rows: cells become values, arithmetic says which to believe.

Quantity times price (less the discount, per 1, 100 or 1000 pieces) is the amount. Where a table
has several price or amount columns, those are taken for which this holds most often.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, product

from domain.evidence import PageBox
from domain.invoice import AllowanceCharge, InvoiceLine
from ingest.parsers.pages.column_vocabulary import Holds
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.item_names import ItemText, read_item_text
from ingest.parsers.pages.lines import box_of, split_at_gaps
from ingest.parsers.pages.numbers import Mark, NumberSeen, find_numbers
from ingest.parsers.pages.table import ItemRows, Table
from ingest.parsers.pages.units import read_unit
from ingest.parsers.pages.words import Word

_BASES = (Decimal(1), Decimal(100), Decimal(1000), Decimal(10))
_HUNDRED = Decimal(100)
_CENT = Decimal("0.011")
_PROVEN = 0.97
_READ = 0.88
_DOUBTED = 0.75
_FOUR_PLACES = Decimal("0.0001")
_DISCOUNT = re.compile(r"(?:remise|rabais|ristourne|discount|rabatt|abschlag)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a cell."""

    value: Decimal
    box: PageBox


@dataclass(frozen=True, slots=True)
class ReadLine:
    """An invoice line with the places of its values."""

    line: InvoiceLine
    places: dict[str, tuple[PageBox, float]]
    proven: bool
    derived: frozenset[str] = frozenset()


def read_lines(table: Table, mark: Mark, amount: int | None = None) -> list[ReadLine]:
    """The lines of a table; `amount` names the column of amounts where sums have told it."""
    layout = choose_columns(table, mark)
    if amount is not None:
        layout = replace(layout, amount=amount, gross=False)
    texts = read_item_text(table)
    lines = [
        _read_line(item, layout, text, mark) for item, text in zip(table.items, texts, strict=True)
    ]
    return _numbered([read for read in lines if _says_something(read.line)])


def _numbered(lines: list[ReadLine]) -> list[ReadLine]:
    """Printed line numbers count where they rise from one upwards; else there are none."""
    printed = [read.line.id or "" for read in lines]
    numbers = [int(text) if text.isdecimal() else 0 for text in printed]
    rising = all(a < b for a, b in pairwise([0, *numbers]))
    if rising:
        return lines
    return [replace(read, line=replace(read.line, id=None)) for read in lines]


def _says_something(line: InvoiceLine) -> bool:
    """An amount with neither words nor quantity is no line but a sum set under the table."""
    return line.quantity is not None or bool(line.name) or line.seller_item_id is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a table is taken for what."""

    quantity: int | None
    price: int | None
    amount: int | None
    unit: int | None
    rate: int | None
    discount: int | None
    position: int | None
    gross: bool = False


def choose_columns(table: Table, mark: Mark) -> Layout:
    """Among columns of one kind, those whose numbers multiply to the amounts most often."""
    head = table.head
    quantities = _or_none(head.of(Holds.QUANTITY))
    prices = _or_none(head.of(Holds.PRICE))
    amounts = _or_none(head.of(Holds.AMOUNT) or head.of(Holds.GROSS))
    discounts = head.of(Holds.DISCOUNT)
    discount = discounts[0] if discounts else None
    best: tuple[tuple[int, int], tuple[int | None, int | None, int | None]] | None = None
    for order, (q, p, a) in enumerate(product(quantities, reversed(prices), reversed(amounts))):
        hits = sum(_multiplies(item, (q, p, a, discount), mark) for item in table.items)
        if best is None or (hits, -order) > best[0]:
            best = ((hits, -order), (q, p, a))
    quantity, price, amount = best[1] if best else (None, None, None)
    if quantity is None:
        quantity = _unnamed_quantity(table, (price, amount, discount), mark)
    elif price is None and amount is not None:
        price = _unnamed_price(table, (quantity, amount, discount), mark)
    units, rates, positions = (head.of(h) for h in (Holds.UNIT, Holds.VAT_RATE, Holds.POSITION))
    return Layout(
        quantity,
        price,
        amount,
        units[0] if units else None,
        next((column for column in rates if column != price), None),
        discount,
        positions[0] if positions else None,
        gross=not head.of(Holds.AMOUNT) and bool(head.of(Holds.GROSS)),
    )


def _unnamed_quantity(
    table: Table, known: tuple[int | None, int | None, int | None], mark: Mark
) -> int | None:
    """The column under an unknown head whose numbers times the price make every amount."""
    price, amount, discount = known
    if price is None or amount is None:
        return None
    for column in (*table.head.of(Holds.OTHER), *table.head.of(Holds.UNIT)):
        if all(_multiplies(i, (column, price, amount, discount), mark) for i in table.items):
            return column
    return None


def _unnamed_price(table: Table, known: tuple[int, int, int | None], mark: Mark) -> int | None:
    """The column under an unknown or vague head (`Taux`) that times the quantity is the amount."""
    quantity, amount, discount = known
    for column in (*table.head.of(Holds.OTHER), *table.head.of(Holds.VAT_RATE)):
        if all(_multiplies(i, (quantity, column, amount, discount), mark) for i in table.items):
            return column
    return None


def _or_none(columns: list[int]) -> list[int | None]:
    return [*columns] or [None]


def _multiplies(
    item: ItemRows, columns: tuple[int | None, int | None, int | None, int | None], mark: Mark
) -> bool:
    anchor = item.anchor
    quantity, price, amount, discount = (
        [] if c is None else _numbers(anchor.cells[c], anchor.page, mark) for c in columns
    )
    if not quantity or not price or not amount:
        return False
    off = discount[0].value if discount else None
    return any(base_of(quantity[0].value, p.value, amount[0].value, off) is not None for p in price)


def base_of(
    quantity: Decimal,
    price: Decimal,
    amount: Decimal,
    discount: Decimal | None,
    pieces: Decimal | None = None,
) -> Decimal | None:
    """The number of pieces the price is for, when quantity times price makes the amount."""
    tolerance = max(_CENT, abs(quantity) * Decimal("0.005") if abs(price) < 1 else _CENT)
    for base in (*_BASES, *([pieces] if pieces else [])):
        full = quantity * price / base
        values = [full]
        if discount is not None:
            values += [full * (1 - abs(discount) / _HUNDRED), full - abs(discount), full + discount]
        if any(abs(v - amount) <= tolerance for v in values):
            return base
    return None


def _number(words: Sequence[Word], page: int, mark: Mark, *, percentages: bool) -> Cell | None:
    for part in split_at_gaps(words) if words else ():
        text = " ".join(w.text for w in part)
        for number in find_numbers(text, mark):
            if number.is_percentage and not percentages:
                continue
            return Cell(number.value, box_of(page, _words_of(part, number)))
    return None


def _words_of(words: Sequence[Word], number: NumberSeen) -> list[Word]:
    out: list[Word] = []
    position = 0
    for word in words:
        if position < number.end and position + len(word.text) > number.start:
            out.append(word)
        position += len(word.text) + 1
    return out or list(words[:1])


def _near(
    item: ItemRows, column: int | None, mark: Mark, *, percentages: bool = False
) -> Cell | None:
    """The number of a column: in the row of the amount, else in the rows around it."""
    if column is None:
        return None
    for row in [item.anchor, *item.after[:2], *reversed(item.before[-2:])]:
        cell = _number(row.cells[column], row.page, mark, percentages=percentages)
        if cell is not None:
            return cell
    return None


def _read_line(item: ItemRows, layout: Layout, text: ItemText, mark: Mark) -> ReadLine:
    quantity = _own(item, layout.quantity, mark) or _beside(item, layout.quantity, mark)
    amount = _own(item, layout.amount, mark)
    discount = _own(item, layout.discount, mark, percentages=True) or _worded_discount(item, mark)
    price = _price(item, layout, mark, (quantity, amount, discount))
    rate = _near(item, layout.rate, mark, percentages=True)
    base = None
    if quantity and price and amount:
        off = discount.value if discount else None
        pieces = _pieces(item, layout, mark)
        base = base_of(quantity.value, price.value, amount.value, off, pieces)
    sure = _PROVEN if base is not None else _DOUBTED if quantity and price and amount else _READ
    places: dict[str, tuple[PageBox, float]] = {}
    for name, cell in (("quantity", quantity), ("net_price", price), ("net_amount", amount)):
        if cell is not None:
            places[name] = (cell.box, sure)
    if rate is not None and Decimal(0) <= rate.value <= Decimal(30):
        places["vat_rate"] = (rate.box, 0.93)
    else:
        rate = None
    if text.box is not None:
        places["name"] = (text.box, 0.9)
    line = InvoiceLine(
        id=_position(item, layout.position),
        name=text.name,
        description=text.description,
        seller_item_id=text.code,
        quantity=quantity.value if quantity else None,
        unit=_unit(item, layout),
        net_price=price.value if price and not layout.gross else None,
        price_base_quantity=base if base not in (None, Decimal(1)) else None,
        net_amount=amount.value if amount and not layout.gross else None,
        allowances_charges=_allowances(item, mark) if base is not None else (),
        vat_rate=rate.value if rate else None,
        order_line_reference=text.order_line,
        order_reference=text.order,
    )
    return _with_price(ReadLine(line, places, base is not None), layout)


def _with_price(read: ReadLine, layout: Layout) -> ReadLine:
    """Where no price is printed, the amount of one piece, if it comes out even."""
    line = read.line
    if layout.price is not None or not line.quantity or line.net_amount is None:
        return read
    price = line.net_amount / line.quantity
    if price != price.quantize(_FOUR_PLACES):
        return read
    places = {**read.places, "net_price": read.places["net_amount"]}
    line = replace(line, net_price=price)
    return replace(read, line=line, places=places, derived=frozenset({"net_price"}))


def _price(
    item: ItemRows,
    layout: Layout,
    mark: Mark,
    known: tuple[Cell | None, Cell | None, Cell | None],
) -> Cell | None:
    """The unit price: of several in the cell (gross, rebate, net) the one that multiplies."""
    first = next((c for c in _price_cells(item, layout, mark) if c.value), None)
    quantity, amount, discount = known
    if layout.price is None or quantity is None or amount is None:
        return first
    off = discount.value if discount else None
    cells = _price_cells(item, layout, mark)
    pieces = _pieces(item, layout, mark)
    for cell in cells:
        if base_of(quantity.value, cell.value, amount.value, off, pieces) is not None:
            return cell
    return first


def _price_cells(item: ItemRows, layout: Layout, mark: Mark) -> list[Cell]:
    if layout.price is None:
        return []
    return [
        cell
        for row in [item.anchor, *item.after, *item.before]
        for cell in _numbers(row.cells[layout.price], row.page, mark)
    ]


def _pieces(item: ItemRows, layout: Layout, mark: Mark) -> Decimal | None:
    """For how many pieces the price is, where the unit column says so (`3 PCE`)."""
    cell = _own(item, layout.unit, mark)
    return cell.value if cell is not None and cell.value > 0 else None


def _numbers(words: Sequence[Word], page: int, mark: Mark) -> list[Cell]:
    return [
        Cell(n.value, box_of(page, _words_of(part, n)))
        for part in (split_at_gaps(words) if words else ())
        for n in find_numbers(" ".join(w.text for w in part).replace("/", " "), mark)
        if not n.is_percentage
    ]


def _beside(item: ItemRows, column: int | None, mark: Mark) -> Cell | None:
    """A number set half a line above or below the amount of its item."""
    if column is None:
        return None
    size = item.anchor.bottom - item.anchor.top
    for row in [*item.before[-1:], *item.after[:1]]:
        cells = _numbers(row.cells[column], row.page, mark)
        if (
            len(cells) == 1
            and row.page == item.anchor.page
            and abs(row.top - item.anchor.top) < size
        ):
            return cells[0]
    return None


def amounts_of(item: ItemRows, column: int, mark: Mark) -> list[Decimal]:
    """The numbers, no percentages, in one column of an item's own row."""
    return [c.value for c in _numbers(item.anchor.cells[column], item.anchor.page, mark)]


def _allowances(item: ItemRows, mark: Mark) -> tuple[AllowanceCharge, ...]:
    """The discount on the line that a row under it states in money (BG-27)."""
    discount = _worded_discount(item, mark)
    if discount is None:
        return ()
    return (AllowanceCharge(is_charge=False, amount=abs(discount.value)),)


def _worded_discount(item: ItemRows, mark: Mark) -> Cell | None:
    """A discount in a row of its own under the item (`Remise 10 % : -50,00`)."""
    for row in item.after:
        words = [w for cell in row.cells for w in cell]
        if _DISCOUNT.match(fold_printed(" ".join(w.text for w in words))):
            cells = _numbers(words, row.page, mark)
            return cells[-1] if cells else None
    return None


def _own(
    item: ItemRows, column: int | None, mark: Mark, *, percentages: bool = False
) -> Cell | None:
    if column is None:
        return None
    return _number(item.anchor.cells[column], item.anchor.page, mark, percentages=percentages)


def _position(item: ItemRows, column: int | None) -> str | None:
    """The number printed in front of a line."""
    if column is None:
        return None
    for row in item.rows:
        match = re.fullmatch(r"\W*([0-9][\w.\-]{0,11})\W*", row.text(column))
        if match:
            return match.group(1).rstrip(".")
    return None


def _unit(item: ItemRows, layout: Layout) -> str | None:
    """The unit from its column, or from behind the quantity (`7 U`, `3 mois`)."""
    if layout.unit is not None:
        unit = read_unit(item.anchor.text(layout.unit))
        if unit is not None:
            return unit
    if layout.quantity is not None:
        return read_unit(item.anchor.text(layout.quantity))
    return None
