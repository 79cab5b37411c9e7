"""Reports as PDF, by reportlab; the same input gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from archive.evidence.story import Block, Grid, Heading, Paragraph

_MARGIN = 42
_FIRST_COLUMN_OF_TWO = 120
_CELL = 7.5
_AIR = 14  # the padding of a cell on both sides, and a little
_MUCH_TEXT = 60


def pdf(title: str, blocks: Iterable[Block]) -> bytes:
    """The report of one document."""
    from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
    from reportlab.platypus import SimpleDocTemplate  # type: ignore[import-untyped]

    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=title,
        author="MEG",
        lang="fr",
        invariant=1,
    )
    document.build(list(_flowables(title, blocks, document.width)), onLaterPages=_number)
    return file.getvalue()


def _flowables(title: str, blocks: Iterable[Block], width: float) -> Iterator[Any]:
    from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
    from reportlab.platypus import Paragraph as Text

    styles = getSampleStyleSheet()
    styles["Normal"].fontSize = 8.5
    yield Text(_printable(title), styles["Title"])
    for block in blocks:
        if isinstance(block, Heading):
            yield Text(_printable(block.text), styles["Heading2"])
        elif isinstance(block, Paragraph):
            yield Text(_printable(block.text), styles["Normal"])
        elif block.rows or any(block.heads):  # reportlab knows no table without rows
            yield _table(block, styles["Normal"], width)


def _table(grid: Grid, style: Any, width: float) -> Any:
    from reportlab.lib import colors  # type: ignore[import-untyped]
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, TableStyle
    from reportlab.platypus import Paragraph as Text

    cell = ParagraphStyle("cell", parent=style, fontSize=_CELL, leading=9, splitLongWords=1)
    has_heads = any(grid.heads)
    rows = [grid.heads, *grid.rows] if has_heads else list(grid.rows)
    widths = _widths(grid, width)
    if not has_heads:
        widths = [_FIRST_COLUMN_OF_TWO, width - _FIRST_COLUMN_OF_TWO]
    table = LongTable(
        [[Text(_printable(text), cell) for text in row] for row in rows],
        colWidths=widths,
        repeatRows=int(has_heads),
        spaceBefore=4,
        spaceAfter=6,
        splitInRow=1,
    )
    look: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    if has_heads:
        look.append(("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke))
    table.setStyle(TableStyle(look))
    return table


def _widths(grid: Grid, width: float) -> list[float]:
    """Every column takes the longest word of its heading; the rest goes to those with much text."""
    from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]

    least = [
        max((stringWidth(word, "Helvetica", _CELL) for word in head.split()), default=0.0) + _AIR
        for head in grid.heads
    ]
    texts = [
        min(max((len(row[column]) for row in grid.rows), default=0), _MUCH_TEXT) + 1
        for column in range(len(grid.heads))
    ]
    spare = max(0.0, width - sum(least))
    return [own + spare * text / sum(texts) for own, text in zip(least, texts, strict=True)]


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 7)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 24, f"Page {document.page}")


def _printable(text: str) -> str:
    """The built-in fonts have the letters of Windows-1252; others are named by their number."""
    shown = "".join(c if _has_glyph(c) else f"[U+{ord(c):04X}]" for c in text)
    return escape(shown)


def _has_glyph(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return letter.isprintable()
