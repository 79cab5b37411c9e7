"""Open orders of a supplier by what stands on their lines: item numbers and prices.

An invoice that quotes no order is compared by content with few orders only; this table finds them
without reading the supplier's others. Keys are only ever added: one that no longer holds costs a
comparison, nothing else. Orders of databases made before are found among the newest, and by their
keys once they are imported again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    PrimaryKeyConstraint,
    String,
    Table,
    bindparam,
    cast,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.metadata import METADATA
from db.prepared import Prepared
from db.sets import among, texts
from domain.invoice import Invoice, InvoiceLine
from domain.money import plain
from domain.order import OrderStatus
from matching.lines import billable, item_key
from matching.measures import line_amount, paid_price, stated_price
from matching.reference import ORDER_LINES, ORDERS

ORDER_LINE_KEYS: Final = Table(
    "order_line_keys",
    METADATA,
    Column("supplier_id", String(255), nullable=False),
    Column("key", String(255), nullable=False),
    Column("order_id", String(255), nullable=False),
    PrimaryKeyConstraint("supplier_id", "key", "order_id"),
    sqlite_with_rowid=False,
)
"""Item numbers (`i…`) and prices (`p…`) on the lines of each supplier's orders."""

_LONGEST: Final = 255
_MOST_LINES: Final = 12  # the largest lines are enough to find an order by
_NEWEST_OF_A_KEY: Final = 200
_MOST_FOUND: Final = 12

_OPEN = Prepared(
    select(ORDERS.c.order_id).where(
        among(ORDERS.c.order_id, "wanted"),
        ORDERS.c.supplier_id == bindparam("supplier"),
        ORDERS.c.status == OrderStatus.OPEN.value,
    )
)
_SUPPLIERS = select(ORDERS.c.order_id, ORDERS.c.supplier_id).where(
    among(ORDERS.c.order_id, "wanted"), ORDERS.c.supplier_id.is_not(None)
)
_LINES = select(ORDER_LINES.c.order_id, ORDER_LINES.c.item_id, ORDER_LINES.c.unit_price).where(
    among(ORDER_LINES.c.order_id, "wanted")
)


def keys_of_orders(connection: Connection, order_ids: Collection[str]) -> list[dict[str, str]]:
    """The rows of these orders, from what is stored of them."""
    wanted = {"wanted": texts(sorted(set(order_ids)))}
    supplier_of = {row.order_id: row.supplier_id for row in connection.execute(_SUPPLIERS, wanted)}
    if not supplier_of:
        return []
    found = {
        (supplier_of[order_id], key, order_id)
        for order_id, item_id, price in connection.execute(_LINES, wanted)
        if order_id in supplier_of
        for key in _keys(item_id, price)
    }
    names = ("supplier_id", "key", "order_id")
    return [dict(zip(names, row, strict=True)) for row in sorted(found)]


def orders_like(connection: Connection, supplier_id: str, invoice: Invoice) -> tuple[str, ...]:
    """The supplier's open orders that share most lines with the invoice.

    None unless one shares half of the lines looked at; then all that share at least half as many
    as that one, so that no likely order goes unseen.
    """
    lines = _telling(invoice.lines)
    keys_of = [_keys_of_line(line) for line in lines]
    found = _newest_with(connection, supplier_id, sorted(set().union(*keys_of)))
    shared = Counter(
        order_id for keys in keys_of for order_id in set().union(*(found[key] for key in keys))
    )
    most = max(shared.values(), default=0)
    if most * 2 < max(1, len(lines)):
        return ()
    likely = [i for i, count in shared.items() if count * 2 >= most]
    values = {"supplier": supplier_id, "wanted": texts(likely)}
    is_open = (order_id for (order_id,) in _OPEN.rows(connection, values))
    newest_first = sorted(is_open, reverse=True)
    ranked = sorted(newest_first, key=lambda order_id: -shared[order_id])
    return tuple(ranked[:_MOST_FOUND])


def _newest_with(
    connection: Connection, supplier_id: str, keys: Sequence[str]
) -> defaultdict[str, list[str]]:
    """The supplier's newest orders under each of these keys."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    of_supplier = {"supplier": supplier_id}
    if connection.dialect.name == "postgresql":
        rows = _NEWEST.rows(connection, {**of_supplier, "keys": texts(keys)})
    elif keys:
        values = {f"key{number}": key for number, key in enumerate(keys)}
        rows = _newest_statement(len(keys)).rows(connection, {**of_supplier, **values})
    else:
        rows = []
    for key, order_id in rows:
        found[key].append(order_id)
    return found


def _newest_of_each() -> Prepared:
    """One look-up in the index a key, as PostgreSQL can be told to by one short statement."""
    array = cast(bindparam("keys", type_=String), JSONB)
    wanted = func.jsonb_array_elements_text(array).table_valued("key").render_derived("wanted")
    newest = (
        select(ORDER_LINE_KEYS.c.order_id)
        .where(
            ORDER_LINE_KEYS.c.supplier_id == bindparam("supplier"),
            ORDER_LINE_KEYS.c.key == wanted.c.key,
        )
        .order_by(ORDER_LINE_KEYS.c.order_id.desc())
        .limit(_NEWEST_OF_A_KEY)
        .lateral()
    )
    both = wanted.join(newest, true())
    return Prepared(select(wanted.c.key, newest.c.order_id).select_from(both))


_NEWEST: Final = _newest_of_each()


@lru_cache(maxsize=128)
def _newest_statement(keys: int) -> Prepared:
    """One look-up in the index a key, sent together; built once for each number of keys."""
    newest = (
        select(ORDER_LINE_KEYS.c.key, ORDER_LINE_KEYS.c.order_id)
        .where(
            ORDER_LINE_KEYS.c.supplier_id == bindparam("supplier"),
            ORDER_LINE_KEYS.c.key == bindparam(f"key{number}"),
        )
        .order_by(ORDER_LINE_KEYS.c.order_id.desc())
        .limit(_NEWEST_OF_A_KEY)
        .subquery()
        for number in range(keys)
    )
    return Prepared(union_all(*(select(rows) for rows in newest)))


def _telling(lines: Iterable[InvoiceLine]) -> Sequence[InvoiceLine]:
    billed = [line for line in lines if billable(line) and line_amount(line) > 0]
    return sorted(billed, key=line_amount, reverse=True)[:_MOST_LINES]


def _keys_of_line(line: InvoiceLine) -> set[str]:
    found: set[str] = set()
    for item in (line.seller_item_id, line.buyer_item_id, line.standard_item_id):
        found.update(_keys(item, None))
    for price in (paid_price(line), stated_price(line)):
        found.update(_keys(None, price))
    return found


def _keys(item_id: str | None, price: Decimal | None) -> Iterator[str]:
    if item_id and (item := item_key(item_id)):
        yield f"i{item}"[:_LONGEST]
    if price:
        yield f"p{plain(price.normalize())}"[:_LONGEST]
