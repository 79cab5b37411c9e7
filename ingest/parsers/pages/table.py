"""The rows of an item table: words under heads, wrapped lines put back to their item.

A table runs from its head to the first total, over as many pages as repeat the head. An item is
a row with an amount; rows without one belong to the item whose text they continue, before or
after it, as the white space between rows says. Totals carried over to the next page are no items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from ingest.parsers.pages.column_vocabulary import Holds
from ingest.parsers.pages.columns import (
    TableHead,
    column_edges,
    left_edges,
    may_be_head,
    share_words,
)
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase, Row
from ingest.parsers.pages.numbers import Mark, find_numbers
from ingest.parsers.pages.totals_vocabulary import Sum, sum_label
from ingest.parsers.pages.wording import words as any_of
from ingest.parsers.pages.words import Word

_CARRIED = any_of(
    r"""
    report
    (?:total )?a reporter
    sous-total (?:a reporter|page)
    reporte
    carried (?:over|forward)
    brought forward
    ubertrag
    zwischensumme ubertrag
    total page
    """
)
_BREAKDOWN = any_of(
    r"""
    (?:umsatz)?steueraufschlusselung
    (?:detail|recapitulatif|ventilation) (?:de la |des )?(?:tva|taxes)
    (?:tax|vat) (?:breakdown|summary|details)
    """
)
_SUBTOTAL = re.compile(
    r"(?:sous-? ?total|sub-? ?total|zwischensumme"
    r"|total (?:du |de la )?(?:lot|chapitre|poste|carte|vehicule|site|titre|tranche|groupe))"
    r" (?!h\.?t|hors|net|excl|[\d€:=(])"
)
_RULE = re.compile("^[\\s_=.\u2013\u2014*-]{3,}$")
_ORDER_HEADING = re.compile(
    r"(?:votre |v/ ?|your )?(?:bon de commande|commande|cde|purchase order|order|bestellung)"
    r"(?: client)? ?(?:n°|no\.?|nr\.?|:)? ?:? ?(?P<order>(?:bc ?)?\S*\d\S*)"
)
_ENDING_SUMS = frozenset({Sum.NET, Sum.GROSS, Sum.PAYABLE, Sum.TAX, Sum.LINES, Sum.PLAIN})
_FAR = 40.0
_LOOK_AHEAD = 5
_TELLING = 3
_ASIDE = 60.0


@dataclass(slots=True)
class TableRow:
    """A row of a table: its words by column."""

    page: int
    top: float
    bottom: float
    cells: list[list[Word]]

    def text(self, column: int) -> str:
        """The words of one cell."""
        return " ".join(w.text for w in self.cells[column])


@dataclass(slots=True)
class ItemRows:
    """The row that bears an item's amount, with the rows before and after that belong to it."""

    anchor: TableRow
    before: list[TableRow] = field(default_factory=list)
    after: list[TableRow] = field(default_factory=list)
    order: str | None = None

    @property
    def rows(self) -> list[TableRow]:
        """All rows from top to bottom."""
        return [*self.before, self.anchor, *self.after]


@dataclass(frozen=True, slots=True)
class Table:
    """An item table: its head and its items over all pages."""

    head: TableHead
    items: tuple[ItemRows, ...]


def find_tables(pages: Sequence[LabelledPage], mark: Mark) -> list[Table]:
    """Every item table of a document, each over as many pages as it takes.

    A table that no total has closed goes on on the next page, under its head printed again or
    without.
    """
    tables: list[Table] = []
    still_open: TableHead | None = None
    for page in pages:
        heads = page.heads
        if still_open is not None:
            limit = heads[0].top if heads else page.page.height
            rows = [r for r in page.page.rows if r.middle < limit]
            more, closed = _read(still_open, rows, mark, began=False)
            _add(tables, still_open, more)
            still_open = None if closed or heads else still_open
        for head, rows in _stretches(page, heads):
            items, closed = _read(head, rows, mark)
            _add(tables, head, items)
            still_open = None if closed else head
    return tables


def _add(tables: list[Table], head: TableHead, items: tuple[ItemRows, ...]) -> None:
    if not items:
        return
    last = tables[-1] if tables else None
    if last is not None and (last.head is head or _continues(last.head, head)):
        tables[-1] = Table(last.head, (*last.items, *items))
    else:
        tables.append(Table(head, items))


def _continues(first: TableHead, head: TableHead) -> bool:
    """Whether a head is that of the same table, repeated on another page."""
    kinds = [c.holds for c in first.columns]
    return head.page != first.page and kinds == [c.holds for c in head.columns]


def _stretches(
    page: LabelledPage, heads: Sequence[TableHead]
) -> Iterator[tuple[TableHead, list[Row]]]:
    """Each head with the rows below it, to the next head or the foot of the page."""
    for head, following in zip_longest(heads, heads[1:]):
        limit = following.top if following else page.page.height
        rows = [
            r
            for r in page.page.rows
            if r.middle > head.bottom and r.middle < limit and not _is_outside(head, r)
        ]
        yield head, rows


def _is_outside(head: TableHead, row: Row) -> bool:
    """Text left or right of the table (sidebars) is not in it."""
    left, right = head.columns[0].left - 45, head.columns[-1].right + 60
    return row.phrases[-1].right < left or row.phrases[0].left > right


def _inside(head: TableHead, row: Row) -> list[Word]:
    left, right = head.columns[0].left - 45, head.columns[-1].right + 60
    return [w for p in row.phrases if p.right >= left and p.left <= right for w in p.words]


def _read(
    head: TableHead, rows: Sequence[Row], mark: Mark, *, began: bool = True
) -> tuple[tuple[ItemRows, ...], bool]:
    """The items under a head, and whether the table was closed.

    Args:
        head: the columns.
        rows: what stands below, or on the next page.
        mark: the document's decimal mark.
        began: false on a page that does not repeat the head; there only full rows are items.
    """
    body: list[tuple[Row, list[Word]]] = []
    last_bottom = head.bottom if began else 0.0
    closed = False
    for index, row in enumerate(rows):
        words = _inside(head, row)
        if not words or _RULE.match("".join(w.text for w in words)):
            continue
        far = row.top - last_bottom > _FAR and body and not _money_follows(rows[index:], mark)
        closed = far or _opens_another(row) or _ends_table(head, row, words, mark)
        if closed:
            break
        folded = " ".join(p.folded for p in row.phrases)
        if _CARRIED.search(folded) or _SUBTOTAL.match(folded):
            continue
        body.append((row, words))
        last_bottom = row.bottom
    telling = [w for r, w in body if _has_money(w, mark) or len(r.phrases) >= _TELLING]
    edges = column_edges(head, telling or [w for _, w in body])
    table_rows = _shared(body, edges)
    if _leaves_empty(head, table_rows, mark) and (flush := left_edges(head, telling)) is not None:
        other_rows = _shared(body, flush)
        table_rows = table_rows if _leaves_empty(head, other_rows, mark) else other_rows
    items = tuple(group_items(head, table_rows, mark))
    if not began:
        items = tuple(i for i in items if _is_full(head, i.anchor, mark))
    return items, closed


def _shared(body: Sequence[tuple[Row, list[Word]]], edges: Sequence[float]) -> list[TableRow]:
    return [TableRow(r.page, r.top, r.bottom, share_words(w, edges)) for r, w in body]


def _leaves_empty(head: TableHead, rows: Sequence[TableRow], mark: Mark) -> bool:
    """Whether no row has a number under a head that says quantity, price or amount."""
    columns = [i for h in (Holds.QUANTITY, Holds.PRICE, Holds.AMOUNT) for i in head.of(h)]
    return any(
        all(next(find_numbers(r.text(i), mark), None) is None for r in rows) for i in columns
    )


def _is_full(head: TableHead, row: TableRow, mark: Mark) -> bool:
    """Whether a row has numbers in two or more of quantity, price and amount."""
    columns = [i for h in (Holds.QUANTITY, Holds.PRICE, Holds.AMOUNT) for i in head.of(h)]
    return sum(next(find_numbers(row.text(i), mark), None) is not None for i in columns) > 1


def _opens_another(row: Row) -> bool:
    """Another table begins: its head, or the heading of the VAT breakdown."""
    return may_be_head(row) or _BREAKDOWN.match(row.phrases[0].folded) is not None


def _money_follows(rows: Sequence[Row], mark: Mark) -> bool:
    """Whether an amount comes soon: after a wide gap the table goes on only then."""
    return any(_has_money(row.words, mark) for row in rows[:_LOOK_AHEAD])


def _has_money(words: Sequence[Word], mark: Mark) -> bool:
    return any(n.looks_like_money for n in find_numbers(" ".join(w.text for w in words), mark))


def _ends_table(head: TableHead, row: Row, words: Sequence[Word], mark: Mark) -> bool:
    """A total ends the table; an item that is called like one (`Remise`, `Port`) does not."""
    if sum(_states_sum(phrase, mark) for phrase in row.phrases) > 1:
        return True
    for phrase in row.phrases:
        label = sum_label(phrase.folded)
        if label is None or phrase.words[0] not in words:
            continue
        which, _, end = label
        rest = phrase.folded[end:].strip(" :=€.")
        numbers = [n for p in row.phrases for n in find_numbers(p.text, mark)]
        aside = len(numbers) == 1 and _stands_aside(head, phrase)
        if which not in _ENDING_SUMS and not aside:
            continue
        if rest and not aside and not re.match(r"[\d(%€$£+-]|eur|sur|a |au ", rest):
            continue
        if which is Sum.TAX and not any(n.looks_like_money for n in numbers):
            continue
        if len(numbers) <= 2 or phrase is row.phrases[0]:  # noqa: PLR2004 (rate and amount)
            return not _is_item_row(head, row, mark)
    return False


def _states_sum(phrase: Phrase, mark: Mark) -> bool:
    """Whether a phrase is a label of a sum with its amount (`Total HT : 1 234,56`)."""
    return sum_label(phrase.folded) is not None and _has_money(phrase.words, mark)


def _stands_aside(head: TableHead, phrase: Phrase) -> bool:
    """Whether a label stands right of where items begin, as the block of totals does."""
    names = [head.columns[i].left for i in head.of(Holds.NAME)]
    return phrase.left > max([head.columns[0].right, *names]) + _ASIDE


def _is_item_row(head: TableHead, row: Row, mark: Mark) -> bool:
    """Whether quantity, price and amount all stand in the row."""
    numbers = [n for p in row.phrases for n in find_numbers(p.text, mark) if not n.is_percentage]
    starts_left = row.phrases[0].left < head.columns[0].right + 5
    return starts_left and len(numbers) >= 3 and _has_quantity(head, row)  # noqa: PLR2004


def _has_quantity(head: TableHead, row: Row) -> bool:
    """Whether digits stand in the column of quantities, which rows of totals leave empty."""
    columns = head.columns
    return any(
        any(c.isdigit() for c in p.text)
        and (i == 0 or p.left + p.right > 2 * columns[i - 1].centre)
        and (i + 1 == len(columns) or p.left + p.right < 2 * columns[i + 1].centre)
        for i in head.of(Holds.QUANTITY)
        for p in row.phrases
    )


def amount_column(head: TableHead) -> int | None:
    """The column that shows that a row is an item: amount, else gross amount, else price."""
    for holds in (Holds.AMOUNT, Holds.GROSS, Holds.PRICE):
        columns = head.of(holds)
        if columns:
            return columns[-1]
    return None


def group_items(head: TableHead, rows: Sequence[TableRow], mark: Mark) -> Iterator[ItemRows]:
    """Rows with an amount, each with the rows that continue it."""
    column = amount_column(head)
    if column is None:
        return
    others = [i for i, c in enumerate(head.columns) if c.holds in (Holds.QUANTITY, Holds.PRICE)]
    anchors = [i for i, r in enumerate(rows) if _is_anchor(r, column, others, mark)]
    items = [ItemRows(rows[i]) for i in anchors]
    leads = _names_lead(head, rows, anchors)
    for number, (start, end) in enumerate(zip([-1, *anchors], [*anchors, len(rows)], strict=True)):
        between = list(range(start + 1, end))
        if not between:
            continue
        cut = start + 1 if leads else _cut(rows, start, end)
        if number > 0:
            items[number - 1].after.extend(rows[i] for i in between if i < cut)
        if number < len(items):
            items[number].before.extend(rows[i] for i in between if i >= cut)
    order: str | None = None
    for item in items:
        order = next((o for r in item.before if (o := order_heading(r))), order)
        item.order = order
        _drop_far_rows(item)
        item.before = [r for r in item.before if not order_heading(r)]
        yield item


def _names_lead(head: TableHead, rows: Sequence[TableRow], anchors: Sequence[int]) -> bool:
    """Whether every item is named in a row over its numbers, where at most a code stands."""
    if not anchors or anchors[0] == 0 or anchors[-1] != len(rows) - 1:
        return False
    if any(after - before < 2 for before, after in pairwise(anchors)):  # noqa: PLR2004 (a row)
        return False
    return all(" " not in rows[i].text(c) for i in anchors for c in head.of(Holds.NAME))


def _is_anchor(row: TableRow, column: int, others: Sequence[int], mark: Mark) -> bool:
    text = row.text(column)
    numbers = [n for n in find_numbers(text, mark) if not n.is_percentage]
    if not numbers:
        return False
    if numbers[0].looks_like_money or numbers[0].grouped:
        return True
    return any(next(find_numbers(row.text(i), mark), None) is not None for i in others)


def order_heading(row: TableRow) -> str | None:
    """The order that a row between items names for those below it (`Commande n° BC 42-26`)."""
    text = " ".join(w.text for cell in row.cells for w in cell)
    match = _ORDER_HEADING.match(fold_printed(text))
    return text[match.start("order") : match.end("order")] if match else None


def _cut(rows: Sequence[TableRow], start: int, end: int) -> int:
    """The index from which rows between two items belong to the second.

    They continue the first unless a gap wider than the others parts them from it.
    """
    if start < 0:
        return 0
    last = min(end, len(rows) - 1)
    gaps = {i: rows[i].top - rows[i - 1].bottom for i in range(start + 1, last + 1)}
    if rows[start + 1].page != rows[start].page:
        return start + 1
    heading = next((i for i in range(start + 1, end) if order_heading(rows[i])), None)
    if heading is not None:
        return heading
    if end == len(rows):
        return end
    return max(gaps, key=lambda i: (round(gaps[i], 0), i))


def _drop_far_rows(item: ItemRows) -> None:
    """Rows too far from the item to be part of it are notes beside the table."""
    size = max(item.anchor.bottom - item.anchor.top, 6.0)
    kept: list[TableRow] = []
    edge = item.anchor.top
    for row in reversed(item.before):
        if row.page != item.anchor.page or edge - row.bottom > 0.9 * size:
            break
        kept.append(row)
        edge = row.top
    item.before = kept[::-1]
    kept = []
    edge = item.anchor.bottom
    for row in item.after:
        if row.page == item.anchor.page and row.top - edge > 1.1 * size:
            break
        kept.append(row)
        edge = row.bottom
    item.after = kept
