"""Invoices as pages: letterhead, parties, references, table, totals, account, small print."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import reportlab  # type: ignore[import-untyped]
from reportlab.lib.colors import Color, HexColor, white  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.sample.marks import draw_mark
from tests.sample.model import Bill, Firm
from tests.sample.notes import DISCOUNT, LATE_FEE, LATE_RATE
from tests.sample.numbers import spaced, spaced_siren
from tests.sample.story_parties import COMMUNE
from tests.sample.words import WORDS, Words

_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT = 50.0, _WIDTH - 50
_DASH = " \u2013 "
_GREY = HexColor("#5f6368")
_RULE = HexColor("#c9ccd1")
_FONT, _BOLD = "Vera", "VeraBd"
_UNITS = {"C62": "u", "XCT": "carton", "XBX": "boîte", "MTK": "m²", "MTR": "ml", "HUR": "h"}
_GERMAN_UNITS = {"C62": "Stk"}


@dataclass(frozen=True)
class _Column:
    """One column of the table: title, where its text is anchored, and how."""

    title: str
    at: float
    right: bool


def register_fonts() -> None:
    """Make the fonts that reportlab brings along known; they are embedded in the page."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))


def page(bill: Bill) -> bytes:
    """Draw a bill on one A4 page."""
    register_fonts()
    words = WORDS[bill.language]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle(f"{words.title(bill)} {bill.number}")
    canvas.setAuthor(bill.seller.name)
    _letterhead(canvas, bill.seller)
    _heading(canvas, bill, words)
    _buyer(canvas, words, words.buyer)
    _references(canvas, bill, words)
    y = _table(canvas, bill, words)
    y = _totals(canvas, bill, words, y)
    _payment(canvas, bill, words, y)
    _foot(canvas, bill, words)
    canvas.save()
    return buffer.getvalue()


def _text(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 9,
    bold: bool = False,
    right: bool = False,
    colour: Color | None = None,
) -> None:
    canvas.setFont(_BOLD if bold else _FONT, size)
    canvas.setFillColor(colour or HexColor("#202124"))
    (canvas.drawRightString if right else canvas.drawString)(x, y, text)


def _letterhead(canvas: Canvas, firm: Firm) -> None:
    colour = HexColor(firm.colour)
    canvas.setFillColor(colour)
    canvas.rect(0, _HEIGHT - 10, _WIDTH, 10, stroke=0, fill=1)
    draw_mark(canvas, firm.mark, colour, _LEFT, _HEIGHT - 88, 44)
    _text(canvas, _LEFT + 56, _HEIGHT - 56, firm.name, size=13, bold=True, colour=colour)
    _text(canvas, _LEFT + 56, _HEIGHT - 70, firm.street, size=8, colour=_GREY)
    _text(canvas, _LEFT + 56, _HEIGHT - 81, f"{firm.postcode} {firm.town}", size=8, colour=_GREY)
    _text(canvas, _LEFT + 56, _HEIGHT - 92, f"{firm.phone}  {firm.email}", size=8, colour=_GREY)


def _heading(canvas: Canvas, bill: Bill, words: Words) -> None:
    y = _HEIGHT - 140
    _text(canvas, _LEFT, y, words.title(bill), size=18, bold=True)
    rows = [(words.number, bill.number), (words.issued, words.day(bill.issued))]
    if not bill.is_credit:
        rows.append((words.due, words.day(bill.due)))
    for label, value in rows:
        y -= 15
        _text(canvas, _LEFT, y, label, colour=_GREY)
        _text(canvas, _LEFT + 118, y, value, bold=True)


def _buyer(canvas: Canvas, words: Words, label: str) -> None:
    x, y = 320.0, _HEIGHT - 122
    canvas.setStrokeColor(_RULE)
    canvas.roundRect(x - 12, y - 82, _RIGHT - x + 12, 92, 4, stroke=1, fill=0)
    _text(canvas, x, y - 4, label, size=7.5, colour=_GREY)
    _text(canvas, x, y - 20, COMMUNE.name, size=10, bold=True)
    _text(canvas, x, y - 33, COMMUNE.street)
    _text(canvas, x, y - 45, f"{COMMUNE.postcode} {COMMUNE.town}")
    _text(canvas, x, y - 60, f"SIRET {spaced_siren(COMMUNE.siret)}", size=8, colour=_GREY)
    _text(canvas, x, y - 71, f"{words.vat_id} {COMMUNE.vat_id}", size=8, colour=_GREY)


def _references(canvas: Canvas, bill: Bill, words: Words) -> None:
    facts = [
        (words.order, bill.order),
        (words.contract, bill.contract),
        (words.service, bill.service),
        (words.delivered, words.day(bill.delivered) if bill.delivered else ""),
    ]
    if bill.credits:
        facts.append((words.credited, f"{bill.credits[0]} ({words.day(bill.credits[1])})"))
    y = _HEIGHT - 236
    x = _LEFT
    for label, value in facts:
        if not value:
            continue
        _text(canvas, x, y, label, size=7.5, colour=_GREY)
        _text(canvas, x, y - 12, value, size=9, bold=True)
        x += 126


def _table(canvas: Canvas, bill: Bill, words: Words) -> float:
    columns = [
        _Column(words.item, _LEFT + 6, right=False),
        _Column(words.name, _LEFT + 70, right=False),
        _Column(words.quantity, _LEFT + 318, right=True),
        _Column(words.unit, _LEFT + 325, right=False),
        _Column(words.price, _LEFT + 400, right=True),
        _Column(words.rate, _LEFT + 428, right=True),
        _Column(words.net, _RIGHT - 6, right=True),
    ]
    y: float = _HEIGHT - 286
    canvas.setFillColor(HexColor(bill.seller.colour))
    canvas.rect(_LEFT, y - 6, _RIGHT - _LEFT, 20, stroke=0, fill=1)
    for column in columns:
        _text(
            canvas, column.at, y, column.title, size=8, bold=True, right=column.right, colour=white
        )
    units = _GERMAN_UNITS if bill.language == "de" else _UNITS
    for line in bill.lines:
        y -= 22
        cells: Sequence[str] = (
            line.item,
            line.name,
            words.number_of(line.quantity),
            units.get(line.unit, line.unit),
            words.number_of(line.price),
            f"{words.number_of(line.rate.normalize())} %" if line.rate else "0 %",
            words.amount(line.net),
        )
        for column, cell in zip(columns, cells, strict=True):
            _text(canvas, column.at, y, cell, size=8, right=column.right)
        canvas.setStrokeColor(_RULE)
        canvas.line(_LEFT, y - 7, _RIGHT, y - 7)
    return y - 30


def _totals(canvas: Canvas, bill: Bill, words: Words, top: float) -> float:
    y = top
    label, value = 340.0, _RIGHT - 6
    rows = [(words.total_net, bill.net)]
    rows += [(words.vat_at(part.rate, part.base), part.tax) for part in bill.breakdown if part.rate]
    for text, amount in rows:
        _text(canvas, label, y, text)
        _text(canvas, value, y, words.amount(amount), right=True)
        y -= 16
    y -= 6
    canvas.setFillColor(HexColor(bill.seller.colour))
    canvas.rect(label - 8, y - 7, _RIGHT - label + 8, 21, stroke=0, fill=1)
    _text(canvas, label, y, words.total_gross(bill), size=10, bold=True, colour=white)
    amount_due = f"{words.amount(bill.gross)} €"
    _text(canvas, value, y, amount_due, size=10, bold=True, right=True, colour=white)
    return y - 46


def _payment(canvas: Canvas, bill: Bill, words: Words, y: float) -> None:
    _text(canvas, _LEFT, y, words.payment, size=9, bold=True)
    rows = [
        (words.terms, words.terms_text),
        ("IBAN", spaced(bill.account)),
        (words.holder, bill.seller.name),
    ]
    for label, value in rows:
        y -= 14
        _text(canvas, _LEFT, y, label, size=8, colour=_GREY)
        _text(canvas, _LEFT + 90, y, value, size=8.5)
    if bill.note:
        _text(canvas, _LEFT, y - 22, bill.note, size=8.5)


def _foot(canvas: Canvas, bill: Bill, words: Words) -> None:
    firm = bill.seller
    canvas.setStrokeColor(_RULE)
    canvas.line(_LEFT, 92, _RIGHT, 92)
    lines = [f"{firm.name}{_DASH}{firm.legal}"]
    if firm.siren:
        lines.append(
            f"SIREN {spaced_siren(firm.siren)}{_DASH}SIRET {spaced_siren(firm.siret)}{_DASH}"
            f"TVA {firm.vat_id}"
        )
        lines += [LATE_FEE, f"{LATE_RATE} {DISCOUNT}"]
    else:
        lines.append(f"{words.vat_id} {firm.vat_id}")
    for number, text in enumerate(lines):
        _text(canvas, _LEFT, 78 - 11 * number, text, size=7, colour=_GREY)
    _text(canvas, _RIGHT, 28, words.page, size=7, right=True, colour=_GREY)


def letter(firm: Firm, subject: str, dated: date, paragraphs: Sequence[str]) -> bytes:
    """Draw a letter on one A4 page."""
    register_fonts()
    words = WORDS["fr"]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle(subject)
    _letterhead(canvas, firm)
    _buyer(canvas, words, "À l'attention du service comptable")
    y = _HEIGHT - 240
    _text(canvas, _LEFT, y, f"{firm.town}, le {words.day(dated)}")
    _text(canvas, _LEFT, y - 28, f"Objet : {subject}", bold=True)
    y -= 64
    for paragraph in paragraphs:
        for text in _wrapped(paragraph):
            _text(canvas, _LEFT, y, text, size=9.5)
            y -= 14
        y -= 8
    canvas.save()
    return buffer.getvalue()


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pdfmetrics.stringWidth(longer, _FONT, 9.5) > _RIGHT - _LEFT:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
