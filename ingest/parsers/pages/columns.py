"""The head of an item table: which columns it has and where they stand.

A head may take several rows (`Prix` / `Unitaire` / `Net`), and one printed phrase may hold two
heads (`QTE UN`). Words are cut into labels, labels that stand under one another are stacked, and
the stacked text says what the column holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.parsers.pages.column_vocabulary import Holds, classify, find_column_labels
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.lines import PageRows, Phrase, Row, parted
from ingest.parsers.pages.words import Word

_MONEY = re.compile(r"\d[.,]\d{2}(?!\d)")
_NAMES_ITEM = re.compile(r"articles?$|produits?$|artikel$|items?$|products?$")
_MOST_WORDS = 30
_LONGEST_LABEL = 6
_FLUSH = 1.5
_NOT_HEADING = re.compile(r"[^a-z0-9]+")
_BY_NAME = {
    "quantity": Holds.QUANTITY,
    "unit": Holds.UNIT,
    "net_price": Holds.PRICE,
    "net_amount": Holds.AMOUNT,
    "vat_rate": Holds.VAT_RATE,
    "name": Holds.NAME,
    "seller_item_id": Holds.CODE,
    "ignore": Holds.OTHER,
}
_NAMING = frozenset({Holds.NAME, Holds.CODE, Holds.POSITION})
_FEW_ROWS = 4
_NO_ITEM = re.compile(
    r"[\d ,.]*%|(?:taux|tva|t\.v\.a|total|sous|tax|vat|mwst|ust|base|summe)(?![a-z])"
)
_NUMBERS = frozenset({Holds.QUANTITY, Holds.PRICE, Holds.AMOUNT, Holds.GROSS})


@dataclass(frozen=True, slots=True)
class Column:
    """One column by its head."""

    holds: Holds
    left: float
    right: float
    text: str

    @property
    def centre(self) -> float:
        """Horizontal middle of the head."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class TableHead:
    """The head of a table on one page: its columns from left to right."""

    page: int
    top: float
    bottom: float
    columns: tuple[Column, ...]

    def of(self, holds: Holds) -> list[int]:
        """Positions of the columns that hold something."""
        return [i for i, c in enumerate(self.columns) if c.holds is holds]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A label inside a head row."""

    left: float
    right: float
    row: int
    text: str
    known: bool


def cut_labels(phrase: Phrase, row: int) -> list[_Chunk]:
    """Cut a phrase into column labels, at gaps that are wider than a space and between labels."""
    return [chunk for part in parted(phrase) for chunk in _cut_at_labels(part, row)]


def _cut_at_labels(phrase: Phrase, row: int) -> list[_Chunk]:
    """Cut a phrase into column labels; words between labels go with the label before them."""
    labels = find_column_labels(phrase.folded)
    if not labels:
        return [_Chunk(phrase.left, phrase.right, row, phrase.folded, known=False)]
    kinds = [classify(m.group()) for m in labels]
    cuts = [
        m.start()
        for i, m in enumerate(labels)
        if not _is_listed(phrase.folded, m.start())
        and not (i and kinds[i] is kinds[i - 1] is Holds.NAME)
    ] or [0]
    cuts[0] = 0
    out = []
    for start, end in zip(cuts, [*cuts[1:], len(phrase.folded)], strict=True):
        words = phrase.cut(start, len(phrase.folded[:end].rstrip()))
        text = phrase.folded[start:end].strip()
        out.append(_Chunk(words[0].left, words[-1].right, row, text, known=True))
    return out


def _is_listed(folded: str, start: int) -> bool:
    """After a comma or `&`, and in brackets, a label goes on naming the same column."""
    before = folded[:start]
    return before.rstrip()[-1:] in (",", "&", "/") or before.count("(") > before.count(")")


def find_heads(page: PageRows) -> list[TableHead]:
    """Every item table head of a page, from top to bottom."""
    heads: list[TableHead] = []
    index = 0
    rows = page.rows
    while index < len(rows):
        if not may_be_head(rows[index]):
            index += 1
            continue
        index = _fullest(rows, index)
        first, last = _band(rows, index)
        head = _head(page.number, rows[first : last + 1], page.taught, rows[last + 1 :])
        if head is not None:
            if heads and heads[-1].bottom > head.top:
                heads.pop()
            heads.append(head)
            index = last
        index += 1
    return heads


def _labels_in(row: Row) -> list[_Chunk]:
    return [c for p in row.phrases for c in cut_labels(p, 0) if c.known]


def may_be_head(row: Row) -> bool:
    """Whether a row holds two or more different column labels and no amounts."""
    if len(row.phrases) < 2 or _MONEY.search(row.text) or len(row.words) > _MOST_WORDS:  # noqa: PLR2004
        return False
    kinds = {classify(c.text) for c in _labels_in(row)}
    return len(kinds) >= 2 and bool(kinds & _NUMBERS)  # noqa: PLR2004


def _fullest(rows: Sequence[Row], index: int) -> int:
    """Of head rows close under one another the one with the most labels."""
    best = index
    for other in range(index + 1, min(index + 3, len(rows))):
        near = rows[other].top - rows[other - 1].bottom < rows[index].bottom - rows[index].top
        if not near or not may_be_head(rows[other]):
            break
        if len(rows[other].phrases) > len(rows[best].phrases):
            best = other
    return best


def _band(rows: Sequence[Row], seed: int) -> tuple[int, int]:
    """The rows above and below that belong to the same head."""
    first = last = seed
    while first > 0 and _joins(rows[first - 1], rows[first], rows[seed]):
        first -= 1
    while last + 1 < len(rows) and _joins(rows[last + 1], rows[last], rows[seed]):
        last += 1
    return first, last


def _joins(row: Row, neighbour: Row, seed: Row) -> bool:
    size = max(p.size for p in seed.phrases)
    gap = max(row.top - neighbour.bottom, neighbour.top - row.bottom)
    if gap > 0.35 * size or _MONEY.search(row.text) or any(map(_is_sentence, row.phrases)):
        return False
    if any(c.isdigit() for c in row.text):
        return False
    span_left, span_right = seed.phrases[0].left - 60, seed.phrases[-1].right + 110
    if any(p.left < span_left or p.right > span_right for p in row.phrases):
        return False
    known = sum(any(c.known for c in cut_labels(p, 0)) or _is_tail(p) for p in row.phrases)
    return known >= 0.5 * len(row.phrases)


def _is_sentence(phrase: Phrase) -> bool:
    known = any(c.known for c in cut_labels(phrase, 0))
    return len(phrase.words) > (_LONGEST_LABEL if known else 4)


def _is_tail(phrase: Phrase) -> bool:
    """Words that only end a head: `(EUR)`, `existe`, `net`."""
    return len(phrase.text) <= 12 and not any(c.isdigit() for c in phrase.text)  # noqa: PLR2004


def _head(
    page: int,
    rows: Sequence[Row],
    taught: Sequence[tuple[str, str]] = (),
    following: Sequence[Row] = (),
) -> TableHead | None:
    chunks = [c for i, r in enumerate(rows) for p in r.phrases for c in cut_labels(p, i)]
    columns = tuple(sorted((_column(s) for s in stack(chunks)), key=lambda c: c.left))
    columns = (*_unheaded_names(columns, following), *columns)
    for heading, name in taught:
        columns = _taught(columns, heading_key(heading), _BY_NAME[name])
    kinds = {c.holds for c in columns}
    if not kinds & {Holds.AMOUNT, Holds.PRICE, Holds.GROSS} or len(kinds - {Holds.OTHER}) < 2:  # noqa: PLR2004
        return None
    if not kinds & {Holds.NAME, Holds.CODE, Holds.QUANTITY, Holds.POSITION}:
        return None
    columns = _settle(_as_amounts(columns))
    top = min(r.top for r in rows)
    return TableHead(page, top, max(r.bottom for r in rows), columns)


def _unheaded_names(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Column, ...]:
    """What the items are called, where the head says nothing over it (`… | Qté | Prix`).

    Rows of VAT and totals are set likewise: what begins with such a word is no item.
    """
    if any(c.holds in _NAMING for c in columns):
        return ()
    money = [r for r in rows[:_FEW_ROWS] if _MONEY.search(r.text)]
    if not money or _NO_ITEM.match(money[0].phrases[0].folded):
        return ()
    opening = money[0].phrases[0]
    if opening.right > columns[0].left or not any(w.isalpha() for w in opening.folded.split()):
        return ()
    return (Column(Holds.NAME, opening.left, opening.right, ""),)


def _as_amounts(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """A lone price with neither quantity nor amount beside it is what the item costs in all."""
    kinds = [c.holds for c in columns]
    if kinds.count(Holds.PRICE) != 1 or {Holds.QUANTITY, Holds.AMOUNT, Holds.GROSS} & {*kinds}:
        return columns
    if Holds.OTHER in kinds:  # an unknown head may be that of the amounts
        return columns
    return tuple(replace(c, holds=Holds.AMOUNT) if c.holds is Holds.PRICE else c for c in columns)


def heading_key(text: str) -> str:
    """What two spellings of one heading have in common: letters and digits."""
    return _NOT_HEADING.sub(" ", fold_printed(text)).strip()


def _taught(columns: tuple[Column, ...], key: str, holds: Holds) -> tuple[Column, ...]:
    """Columns of which a person said that the one so headed holds this, and no other does."""
    if not any(heading_key(c.text) == key for c in columns):
        return columns
    return tuple(
        replace(c, holds=holds)
        if heading_key(c.text) == key
        else replace(c, holds=Holds.OTHER)
        if c.holds is holds
        else c
        for c in columns
    )


def _settle(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """A table has one name column: `Article` names the item unless `Désignation` stands by it."""
    names = [i for i, c in enumerate(columns) if c.holds is Holds.NAME]
    if len(names) > 1:
        return tuple(
            replace(c, holds=Holds.CODE) if i in names[:-1] else c for i, c in enumerate(columns)
        )
    if names:
        return columns
    for wanted in (Holds.CODE, Holds.OTHER):
        likeliest = sorted(enumerate(columns), key=lambda x: not _NAMES_ITEM.match(x[1].text))
        for i, c in likeliest:
            if c.holds is wanted:
                changed = replace(c, holds=Holds.NAME)
                return (*columns[:i], changed, *columns[i + 1 :])
    return columns


def stack(chunks: Sequence[_Chunk]) -> list[list[_Chunk]]:
    """Labels that stand under one another, as one column each.

    A label over two columns of the row below (`Tax` over `Rate` and `Amount`) heads both.
    """
    by_row: dict[int, list[_Chunk]] = {}
    for chunk in chunks:
        by_row.setdefault(chunk.row, []).append(chunk)
    widest = max(by_row, key=lambda r: len(by_row[r]))
    columns = [[c] for c in by_row[widest]]
    order = sorted((r for r in by_row if r != widest), key=lambda r: abs(r - widest))
    for row in order:
        for chunk in by_row[row]:
            homes = [c for c in columns if _overlaps(c, chunk)]
            if not homes:
                columns.append([chunk])
            elif len(homes) == 1 or row < widest:
                for home in homes:
                    home.append(chunk)
            else:
                max(homes, key=lambda c: _shared(c, chunk)).append(chunk)
    return _spread_group_heads(columns, widest)


def _spread_group_heads(columns: list[list[_Chunk]], widest: int) -> list[list[_Chunk]]:
    """A head between two of lower rows only (`Tax` above `Rate`, `Amount`) heads both."""
    columns = sorted(columns, key=lambda c: min(x.left for x in c))
    out = list(columns)
    for before, middle, after in zip(columns, columns[1:], columns[2:], strict=False):
        lower = all(x.row > widest for x in (*before, *after))
        if lower and len(middle) == 1 and middle[0].row == widest and middle in out:
            out.remove(middle)
            before.append(middle[0])
            after.append(middle[0])
    return out


def _shared(column: Sequence[_Chunk], chunk: _Chunk) -> float:
    left, right = min(c.left for c in column), max(c.right for c in column)
    return min(right, chunk.right) - max(left, chunk.left)


def _overlaps(column: Sequence[_Chunk], chunk: _Chunk) -> bool:
    whole = max(c.right for c in column) - min(c.left for c in column)
    width = min(whole, chunk.right - chunk.left)
    return _shared(column, chunk) > 0.3 * width


def _column(stacked: Sequence[_Chunk]) -> Column:
    ordered = sorted(stacked, key=lambda c: c.row)
    text = " ".join(c.text for c in ordered)
    own = [c for c in ordered if c.row == ordered[-1].row] or ordered
    own += [c for c in ordered if _overlaps(own, c)]
    return Column(classify(text), min(c.left for c in own), max(c.right for c in own), text)


def column_edges(head: TableHead, rows: Sequence[Sequence[Word]]) -> list[float]:
    """Where one column ends and the next begins: the white gap that the rows leave between heads.

    Between the middles of two heads, the place that fewest words cross; of several such places
    the widest.
    """
    edges: list[float] = []
    for before, after in pairwise(head.columns):
        low, high = _between(before, after, rows)
        spans = [
            (max(w.left, low), min(w.right, high))
            for row in rows
            for w in row
            if w.right > low and w.left < high
        ]
        for column in (before, after):
            left, right = max(column.left, low), min(column.right, high)
            if right > left:
                spans.append((left, right))
        edges.append(_widest_gap(spans, low, high))
    return edges


def left_edges(head: TableHead, rows: Sequence[Sequence[Word]]) -> list[float] | None:
    """Edges just before each head, where no word of the rows crosses them.

    So lie the columns of tables whose heads are flush left and whose numbers are flush right.
    """
    edges = [c.left - 1 for c in head.columns[1:]]
    if any(w.left < e < w.right for row in rows for w in row for e in edges):
        return None
    return edges


def _between(before: Column, after: Column, rows: Sequence[Sequence[Word]]) -> tuple[float, float]:
    """Where the edge between two columns may lie.

    Between the middles of their heads; where most rows have a word that begins flush with the
    second head, or one that ends flush with the first, the edge is not beyond it.
    """
    low, high = before.centre, after.centre
    if _mostly(rows, lambda w: abs(w.left - after.left) < _FLUSH):
        high = max(after.left, low + 1)
    if _mostly(rows, lambda w: abs(w.right - before.right) < _FLUSH):
        low = min(before.right, high - 1)
    return low, high


def _mostly(rows: Sequence[Sequence[Word]], flush: Callable[[Word], bool]) -> bool:
    return 2 * sum(any(map(flush, row)) for row in rows) > len(rows)


def _widest_gap(spans: Sequence[tuple[float, float]], low: float, high: float) -> float:
    points = sorted({low, high, *(x for s in spans for x in s)})
    best: tuple[int, float, float] | None = None
    for left, right in pairwise(points):
        if right - left < 0.4:  # noqa: PLR2004 (hairline)
            continue
        crossing = sum(s[0] < right - 0.1 and s[1] > left + 0.1 for s in spans)
        rank = (crossing, -(right - left), (left + right) / 2)
        if best is None or rank < best:
            best = rank
    return best[2] if best else (low + high) / 2


def share_words(words: Sequence[Word], edges: Sequence[float]) -> list[list[Word]]:
    """Words by column, each where its middle falls."""
    cells: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    for word in words:
        middle = (word.left + word.right) / 2
        cells[sum(e <= middle for e in edges)].append(word)
    return cells
