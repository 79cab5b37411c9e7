"""Setting the image of a page upright: quarter turns, and the few degrees a sheet lies askew.

Skew is told by the sums of the rows: only where lines of text lie level do dark and white rows
change sharply.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Final

from PIL import Image, ImageOps

from ingest.parsers.pages.placement import SAME, Affine, leaning, unturning

_WIDE: Final = 700
"""Skew is measured on an image this wide."""

_MOST_SKEW: Final = 5.0
_COARSE: Final = 0.5
_FINE: Final = 0.1
_WORTH_TURNING: Final = 0.15
_CLEARLY_BETTER: Final = 1.05
_WHITE: Final = 255

_TURNS: Final = {
    1: Image.Transpose.ROTATE_270,  # Pillow counts against the clock
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}


def turned(image: Image.Image, quarters: int) -> tuple[Image.Image, Affine]:
    """An image after clockwise quarter turns, and the way back for places on it."""
    if quarters % 4 == 0:
        return image, SAME
    back = unturning(quarters, image.width, image.height)
    return image.transpose(_TURNS[quarters % 4]), back


def levelled(image: Image.Image) -> tuple[Image.Image, Affine]:
    """An image with its lines level, and the way back for places on it."""
    degrees = skew(image)
    if abs(degrees) < _WORTH_TURNING:
        return image, SAME
    back = leaning(degrees, image.width, image.height)
    level = image.transform(
        image.size, Image.Transform.AFFINE, back, Image.Resampling.BICUBIC, fillcolor=_WHITE
    )
    return level, back


def skew(image: Image.Image) -> float:
    """By how many degrees the lines fall, clockwise as they are seen; 0 where nothing tells."""
    height = max(1, round(image.height * _WIDE / image.width))
    small = image.resize((_WIDE, height), Image.Resampling.BOX)
    ink = ImageOps.invert(ImageOps.autocontrast(small, cutoff=1))
    level = _sharpness(ink, 0.0)
    steps = round(_MOST_SKEW / _COARSE)
    coarse = max((n * _COARSE for n in range(-steps, steps + 1)), key=lambda a: _sharpness(ink, a))
    steps = round(_COARSE / _FINE)
    best = max(
        (coarse + n * _FINE for n in range(-steps, steps + 1)), key=lambda a: _sharpness(ink, a)
    )
    return best if _sharpness(ink, best) > _CLEARLY_BETTER * level else 0.0


def _sharpness(ink: Image.Image, degrees: float) -> float:
    """How sharply the rows change when the image is turned back by so much."""
    back = leaning(degrees, ink.width, ink.height)
    turned_back = ink.transform(ink.size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
    column = turned_back.convert("F").resize((1, ink.height), Image.Resampling.BOX)
    rows = struct.unpack(f"{ink.height}f", column.tobytes())
    return float(sum((b - a) ** 2 for a, b in pairwise(rows)))
