"""Straight-line maps between a page as it was scanned and the same page set upright."""

from __future__ import annotations

import math
from typing import NamedTuple

Box = tuple[float, float, float, float]


class Affine(NamedTuple):
    """x' = a·x + b·y + c and y' = d·x + e·y + f, in Pillow's order."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, after: Affine) -> Affine:
        """This map, then another."""
        return Affine(
            after.a * self.a + after.b * self.d,
            after.a * self.b + after.b * self.e,
            after.a * self.c + after.b * self.f + after.c,
            after.d * self.a + after.e * self.d,
            after.d * self.b + after.e * self.e,
            after.d * self.c + after.e * self.f + after.f,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point goes."""
        return self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The upright rectangle around where a rectangle goes."""
        corners = [self.point(x, y) for x in (left, right) for y in (top, bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)


SAME = Affine(1, 0, 0, 0, 1, 0)


def scaled(factor: float) -> Affine:
    """Everything larger by a factor."""
    return Affine(factor, 0, 0, 0, factor, 0)


def turning(quarters: int, width: float, height: float) -> Affine:
    """A page of this size turned clockwise by quarters, its corner again at the origin."""
    return (
        SAME,
        Affine(0, -1, height, 1, 0, 0),
        Affine(-1, 0, width, 0, -1, height),
        Affine(0, 1, 0, -1, 0, width),
    )[quarters % 4]


def unturning(quarters: int, width: float, height: float) -> Affine:
    """The way back from a page that was turned clockwise; width and height are those before."""
    return (
        SAME,
        Affine(0, 1, 0, -1, 0, height),
        Affine(-1, 0, width, 0, -1, height),
        Affine(0, -1, width, 1, 0, 0),
    )[quarters % 4]


def leaning(degrees: float, width: float, height: float) -> Affine:
    """A turn about the middle of a page, clockwise as it is seen."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    x, y = width / 2, height / 2
    return Affine(cosine, -sine, x - cosine * x + sine * y, sine, cosine, y - sine * x - cosine * y)
