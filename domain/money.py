"""Amounts, quantities and rates as exact decimals, kept as they were stated.

A decimal keeps the digits it was written with (`5200.00` stays `5200.00`). Rounding is half-up, as
EN 16931 §6.5 and the French tax administration expect, and happens only where a rule asks for it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal(0)

_MAX_DIGITS = 40


def parse_decimal(text: str) -> Decimal | None:
    """Read a plain decimal number; None when the text is anything else (NaN, infinity, words)."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS:
        return None
    return value


def plain(value: Decimal) -> str:
    """Write a decimal without exponent, every stated digit kept."""
    written = str(value)  # faster than formatting, and the same where there is no exponent
    return format(value, "f") if "E" in written else written


def round_to_cents(value: Decimal) -> Decimal:
    """Round half-up to two decimals."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
