"""Logo-like marks, drawn with a few shapes each."""

from __future__ import annotations

from collections.abc import Callable

from reportlab.lib.colors import Color, white  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

_Draw = Callable[[Canvas, float, float, float], None]


def draw_mark(canvas: Canvas, mark: str, colour: Color, x: float, y: float, size: float) -> None:
    """Draw a firm's mark in a square whose lower left corner is (x, y)."""
    canvas.saveState()
    canvas.setFillColor(colour)
    canvas.setStrokeColor(colour)
    canvas.roundRect(x, y, size, size, size / 6, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(2)
    _MARKS[mark](canvas, x, y, size)
    canvas.restoreState()


def _polygon(canvas: Canvas, x: float, y: float, size: float, *points: tuple[float, float]) -> None:
    path = canvas.beginPath()
    path.moveTo(x + points[0][0] * size, y + points[0][1] * size)
    for across, up in points[1:]:
        path.lineTo(x + across * size, y + up * size)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _sheets(canvas: Canvas, x: float, y: float, size: float) -> None:
    for at, filled in ((0.2, False), (0.33, False), (0.46, True)):
        canvas.rect(
            x + at * size, y + at * size, 0.34 * size, 0.34 * size, stroke=1, fill=int(filled)
        )


def _bolt(canvas: Canvas, x: float, y: float, size: float) -> None:
    points = ((0.55, 0.88), (0.25, 0.45), (0.47, 0.45), (0.42, 0.12), (0.75, 0.57), (0.52, 0.57))
    _polygon(canvas, x, y, size, *points)


def _road(canvas: Canvas, x: float, y: float, size: float) -> None:
    _polygon(canvas, x, y, size, (0.12, 0.1), (0.42, 0.88), (0.46, 0.88), (0.42, 0.1))
    _polygon(canvas, x, y, size, (0.58, 0.1), (0.54, 0.88), (0.58, 0.88), (0.88, 0.1))


def _leaf(canvas: Canvas, x: float, y: float, size: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x + 0.2 * size, y + 0.2 * size)
    path.curveTo(
        *(x + 0.1 * size, y + 0.7 * size),
        *(x + 0.5 * size, y + 0.9 * size),
        *(x + 0.85 * size, y + 0.85 * size),
    )
    path.curveTo(
        *(x + 0.9 * size, y + 0.4 * size),
        *(x + 0.6 * size, y + 0.12 * size),
        *(x + 0.2 * size, y + 0.2 * size),
    )
    canvas.drawPath(path, stroke=0, fill=1)


def _plate(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.circle(x + size / 2, y + size / 2, 0.34 * size, stroke=1, fill=0)
    canvas.circle(x + size / 2, y + size / 2, 0.2 * size, stroke=0, fill=1)


def _grid(canvas: Canvas, x: float, y: float, size: float) -> None:
    for column in range(3):
        for row in range(3):
            if (column + row) % 2 == 0:
                left, low = x + (0.17 + 0.24 * column) * size, y + (0.17 + 0.24 * row) * size
                canvas.rect(left, low, 0.18 * size, 0.18 * size, stroke=0, fill=1)


def _circle(canvas: Canvas, x: float, y: float, size: float) -> None:
    for radius in (0.36, 0.24, 0.12):
        canvas.circle(x + size / 2, y + size / 2, radius * size, stroke=1, fill=0)


_MARKS: dict[str, _Draw] = {
    "sheets": _sheets,
    "bolt": _bolt,
    "road": _road,
    "leaf": _leaf,
    "plate": _plate,
    "grid": _grid,
    "circle": _circle,
}
