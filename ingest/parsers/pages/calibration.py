"""Calibrated confidence: of values given at nine tenths, nine in ten are right.

The reader's own scores rank values well but promise too much on layouts it has never met. Each
family of fields has a curve from score to share of right values, measured by
`benchmarks/calibrate_pages.py` on real invoices and on sheets with wordings that no label was
written for, in equal parts; `docs/reading.md` shows how well it holds on the half left out.
A value that is clearly more often wrong than right is not given; one that is about as often wrong
as right is given with that confidence, for whoever wants to set a higher one for matching.
"""

from __future__ import annotations

from bisect import bisect_right

GIVEN = 0.4
"""Below this a value would be wrong more often than right, even where few values tell."""

_FAMILIES = (
    ("lines[", "lines"),
    ("totals.", "totals"),
    ("vat_breakdown[", "totals"),
    ("number", "number"),
    ("currency", "currency"),
    ("payee_iban", "ids"),
)
_ENDS = (
    ("_date", "dates"),
    ("period_start", "dates"),
    ("period_end", "dates"),
    (".name", "names"),
    (".country", "names"),
    ("_id", "ids"),
    (".tax_number", "ids"),
    ("_reference", "references"),
)

CURVES: dict[str, tuple[tuple[float, float], ...]] = {
    "currency": ((0.625, 0.91), (0.675, 0.97), (0.975, 0.98)),
    "dates": ((0.525, 0.62), (0.675, 0.67), (0.725, 0.87), (0.825, 0.94), (0.875, 0.99)),
    "ids": ((0.525, 0.87), (0.875, 0.98), (0.975, 0.99)),
    "lines": ((0.925, 0.89), (0.975, 0.99)),
    "names": ((0.725, 0.11), (0.775, 0.4), (0.825, 0.4), (0.875, 0.88), (0.925, 0.92)),
    "number": ((0.625, 0.88), (0.675, 0.93), (0.875, 0.93), (0.925, 0.95), (0.975, 0.98)),
    "references": ((0.575, 0.75), (0.675, 0.94), (0.825, 0.96), (0.925, 0.99)),
    "totals": ((0.625, 0.8), (0.725, 0.88), (0.875, 0.94), (0.925, 0.96), (0.975, 0.99)),
}
"""From the reader's own score to the share of right values; level beyond both ends."""


def family_of(path: str) -> str | None:
    """The family of fields that a field path belongs to."""
    for start, family in _FAMILIES:
        if path.startswith(start):
            return family
    return next((family for end, family in _ENDS if path.endswith(end)), None)


def calibrated(path: str, score: float) -> float:
    """The share of values with this score, in this family of fields, that are right."""
    curve = CURVES.get(family_of(path) or "")
    if not curve:
        return score
    position = bisect_right(curve, (score, 1.0))
    if position == 0:
        return curve[0][1]
    if position == len(curve):
        return curve[-1][1]
    (low, below), (high, above) = curve[position - 1], curve[position]
    return below + (above - below) * (score - low) / (high - low)
