"""The text of an item: its name put together from wrapped rows, apart from what describes it.

Whether a row continues the name is decided as a typesetter would: had the next word fitted on the
row above, the break was meant, and what follows is a description.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from domain.evidence import PageBox
from ingest.parsers.pages.column_vocabulary import Holds, classify
from ingest.parsers.pages.columns import TableHead
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.lines import box_of
from ingest.parsers.pages.table import ItemRows, Table
from ingest.parsers.pages.words import Word

_CODE_LINE = re.compile(
    r"^(?:ref(?:erence|\.)?|code(?: article)?|art(?:icle|\.)?(?: ?n[°ro]\.?)?|art\.?-?nr\.?"
    r"|sku|item)"
    r"\s*(?:[:.]\s*)?(?P<code>\S*[\d-]\S*)$"
)
_LINE_NUMBER = re.compile(r"[\d.]+")
_CODE_AT_END = re.compile(r"\((?P<code>(?=[^()]*[\d-])[A-Z0-9][A-Z0-9./_-]{2,24})\)$")
_ORDER_LINE = re.compile(
    r"(?:#? ?ligne (?:de )?(?:bc|commande|cde)|ligne|pos(?:ition)?\.?|order line|line|zeile"
    r"|bestellposition) ?(?:n°|no\.?)? ?:? ?(?P<line>\d{1,6})"
)
_ORDER = re.compile(
    r"(?:bon de commande|commande|cde|bc|order|bestell-?nr\.?(?:: referenz)?|bestellung)"
    r"\s*(?:n°|no\.?|nr\.?)?\s*:?\s*(?P<order>[a-z]{0,4}[ -]?\d[\w/-]{3,})"
)
_DETAIL = re.compile(
    r"^(?:[•*·>#:]|bruttopreis|preisbasis|description|beschreibung|notes?|gtin|ean|global|art-nr|periode"
    r"|du \d|vom \d|date|n° de serie|lot|bl n|bon de livraison|livraison|commande|ref\.? client"
    r"|[a-z][a-z .'-]{2,40} ?: ?\S)"
)
_DISCOUNT_ROW = re.compile(r"(?:remise|rabais|ristourne|discount|rabatt)\b.*\d")
_CODE = re.compile(r"[A-Z0-9][\w./-]{1,24}")
_CODE_ALONE = re.compile(r"(?=[A-Z0-9./_-]*\d|[A-Z]+$)[A-Z0-9][A-Z0-9./_-]{1,24}")
_LEADING_CODE = re.compile(
    r"(?P<bracket>\[)?(?P<code>(?=[A-Z0-9./_-]*[\d-])[A-Z0-9][A-Z0-9./_-]{2,24})(?(bracket)\])\s+(?=\S)"
)
_NAMES_BOTH = re.compile(
    r"(?<![a-z])(?:nom|name|article)(?: ?[&,/] ?| et | and )(?:designation|description)"
)
_SPACE = 0.28
_SEVERAL = 3
_MOSTLY = 0.6
_WORDIER = 2


@dataclass(frozen=True, slots=True)
class ItemText:
    """What the words of an item say."""

    name: str | None = None
    description: str | None = None
    code: str | None = None
    order: str | None = None
    order_line: str | None = None
    box: PageBox | None = None


@dataclass(frozen=True, slots=True)
class _TextRow:
    words: tuple[Word, ...]
    page: int

    @property
    def text(self) -> str:
        return " ".join(w.text for w in self.words)

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def size(self) -> float:
        return max(w.height for w in self.words)


def read_item_text(table: Table) -> list[ItemText]:
    """Name, description and references of every item of a table."""
    table = _with_name_column(table)
    head = table.head
    names = head.of(Holds.NAME)
    column = names[0] if names else None
    rows = [[] if column is None else _text_rows(item, column) for item in table.items]
    edge = _right_edge(table, column, rows)
    texts = [
        _item_text(item, text_rows, edge, head)
        for item, text_rows in zip(table.items, rows, strict=True)
    ]
    if column is not None and _NAMES_BOTH.search(head.columns[column].text):
        texts = [_name_and_description(t) for t in texts]
    return _without_leading_codes(texts)


def _with_name_column(table: Table) -> Table:
    """A table whose head names no items: the column with most letters holds what they are."""
    columns = table.head.columns
    taken = table.head.of(Holds.NAME)
    if not taken or classify(columns[taken[0]].text) is Holds.NAME:
        return table
    may = [i for i, c in enumerate(columns) if c.holds in (Holds.NAME, Holds.CODE, Holds.OTHER)]
    letters = {i: sum(c.isalpha() for x in table.items for c in x.anchor.text(i)) for i in may}
    best = max(may, key=letters.__getitem__)
    if letters[best] <= _WORDIER * letters[taken[0]]:
        return table
    changed = {best: Holds.NAME, taken[0]: Holds.CODE}
    named = tuple(replace(c, holds=changed.get(i, c.holds)) for i, c in enumerate(columns))
    return replace(table, head=replace(table.head, columns=named))


def _name_and_description(text: ItemText) -> ItemText:
    """Under `Nom & désignation` a dash parts the one from the other."""
    name, dash, description = (text.name or "").partition(" - ")
    if not dash or not name:
        return text
    further = " ".join(d for d in (description, text.description) if d)
    return replace(text, name=name, description=further)


def _right_edge(table: Table, column: int | None, rows: list[list[_TextRow]]) -> float:
    """Where the text column ends: its longest row, short of the next column's cells."""
    widest = max((r.right for item in rows for r in item), default=0.0)
    if column is None or column + 1 >= len(table.head.columns):
        return widest
    following = [w.left for i in table.items for w in i.anchor.cells[column + 1]]
    head = table.head.columns[column + 1].left
    return min([widest, head - 1, *(x - 1 for x in following)])


def _without_leading_codes(texts: list[ItemText]) -> list[ItemText]:
    """A code in front of every name (`[CHEM-320] Chemise …`) is no part of the name."""
    if any(t.code for t in texts):
        return texts
    matches = [_LEADING_CODE.match(t.name or "") for t in texts]
    bracketed = sum(m is not None and m.group("bracket") is not None for m in matches)
    if bracketed < len(texts) / 2 and (len(texts) < _SEVERAL or not all(matches)):
        return texts
    return [_without_code(t, m) for t, m in zip(texts, matches, strict=True)]


def _without_code(text: ItemText, match: re.Match[str] | None) -> ItemText:
    if match is None or text.name is None:
        return text
    return replace(text, code=match.group("code"), name=text.name[match.end() :].lstrip(" -:"))


def _text_rows(item: ItemRows, column: int) -> list[_TextRow]:
    return [_TextRow(tuple(r.cells[column]), r.page) for r in item.rows if r.cells[column]]


def _item_text(item: ItemRows, rows: list[_TextRow], edge: float, head: TableHead) -> ItemText:
    code = _code(item, head)
    over = len(rows) > 1 and item.before and not item.after
    if code is None and over and _CODE_ALONE.fullmatch(rows[-1].text):
        rows, code = rows[:-1], rows[-1].text
    details: list[str] = []
    name_rows: list[_TextRow] = []
    for row in rows:
        match = _CODE_LINE.match(fold_printed(row.text))
        if match and len(rows) > 1:
            start, end = match.span("code")
            code = code or row.text[start:end].strip("()")
        elif _is_detail(row, name_rows, details, edge):
            details.append(row.text)
        else:
            name_rows.append(row)
    name = join_wrapped([r.text for r in name_rows])
    at_end = _CODE_AT_END.search(name)
    if at_end:
        code = code or at_end.group("code")
        name = name[: at_end.start()].rstrip()
    every = fold_printed(" ".join(w.text for r in item.rows for cell in r.cells for w in cell))
    return ItemText(
        name=name or None,
        description=" ".join(details) or None,
        code=code,
        order=_order(every) or item.order,
        order_line=_order_line(every),
        box=box_of(name_rows[0].page, name_rows[0].words) if name_rows else None,
    )


def _is_detail(row: _TextRow, name_rows: list[_TextRow], details: list[str], edge: float) -> bool:
    if _DISCOUNT_ROW.match(fold_printed(row.text)):
        return True
    return bool(name_rows) and (bool(details) or _parts(name_rows[-1], row, edge))


def _parts(before: _TextRow, row: _TextRow, edge: float) -> bool:
    """Whether the break between two rows was meant: the next word would have fitted above."""
    if _DETAIL.match(fold_printed(row.text)) or abs(before.size - row.size) > 0.12 * before.size:
        return True
    first = row.words[0]
    if first.text[:1].islower() and before.right - before.words[0].left > _MOSTLY * (
        edge - before.words[0].left
    ):
        return False
    if before.text[-1:] in "-,/(":
        return False
    return before.right + _SPACE * before.size + (first.right - first.left) < edge - 1


def join_wrapped(lines: list[str]) -> str:
    """Rows of a wrapped text as one; a hyphen at a row's end joins when a letter precedes it."""
    if not lines:
        return ""
    out = lines[0]
    for before, line in pairwise(lines):
        if before.endswith("-") and before[-2:-1].isalpha() and line[:1].islower():
            out = out[:-1] + line
        else:
            out = f"{out} {line}"
    return out.strip()


def _code(item: ItemRows, head: TableHead) -> str | None:
    for column in (*head.of(Holds.CODE), *head.of(Holds.POSITION)):
        for row in item.rows:
            text = row.text(column).strip(" :,;")
            if head.columns[column].holds is Holds.POSITION and _LINE_NUMBER.fullmatch(text):
                continue
            if _CODE.fullmatch(text) and (any(c.isdigit() for c in text) or text.isupper()):
                return text
    return None


def _order_line(folded: str) -> str | None:
    match = _ORDER_LINE.search(folded)
    return match.group("line") if match else None


def _order(folded: str) -> str | None:
    match = _ORDER.search(folded)
    return match.group("order").strip().upper() if match else None
