"""PDFs that are only printed, drawn for tests with the tricks that real ones play."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.page_maker import Cell

_TOP = 802.0
_LEADING = 14.0


def drawn(*pages: list[list[Cell]], backwards: bool = False, bold: bool = False) -> bytes:
    """A PDF of pages set in rows, as `page_maker.set_page` takes them.

    Args:
        pages: rows of places and texts.
        backwards: whether everything is drawn from the last piece to the first.
        bold: whether everything is drawn twice, half a point apart.
    """
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    for rows in pages:
        pieces = [
            (left, _TOP - index * _LEADING, text)
            for index, row in enumerate(rows)
            for left, text in row
        ]
        for left, height, text in reversed(pieces) if backwards else pieces:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(left, height, text)
            if bold:
                canvas.drawString(left + 0.4, height, text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def turned(rows: list[list[Cell]]) -> bytes:
    """The same on a landscape page that is turned by a quarter for reading."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(842, 595))
    canvas.setPageRotation(90)
    canvas.translate(842, 0)
    canvas.rotate(90)
    canvas.setFont("Helvetica", 9)
    for index, row in enumerate(rows):
        for left, text in row:
            canvas.drawString(left, _TOP - index * _LEADING, text)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def locked(rows: list[list[Cell]]) -> bytes:
    """The same behind a password."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, encrypt="secret")
    for index, row in enumerate(rows):
        for left, text in row:
            canvas.drawString(left, _TOP - index * _LEADING, text)
    canvas.save()
    return target.getvalue()


def empty(pages: int = 1) -> bytes:
    """Pages without any text, as a scanner makes them."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    for _ in range(pages):
        canvas.rect(100, 100, 300, 300)
        canvas.showPage()
    canvas.save()
    return target.getvalue()
