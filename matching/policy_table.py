"""The policy as people write it: a table of tolerances, overrides and severities.

    language = "fr"

    [tolerances]
    price_percent = "1"

    [[overrides]]
    contract = "M250041"        # or supplier, entity, kind (of entity), family
    price_percent = "3"

    [severities]
    PRICE_BELOW_ORDER = "review"

    [refinancing_rates]         # of the ECB, for late interest; they change no verdict
    2026-07-01 = "2.15"

Limits are written as whole numbers or as text ("2.5"): a float is not exact, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.errors import Error
from domain.match import Code, Severity
from domain.money import parse_decimal
from matching.lateness import REFINANCING_RATES
from matching.texts import LANGUAGES
from matching.tolerances import (
    SCOPES,
    TOLERANCE_NAMES,
    Override,
    Policy,
    SeverityOverride,
    Tolerances,
)

_MOST_DAYS: Final = 3650
_NEVER_PASSED: Final = frozenset(
    {Code.IBAN_UNKNOWN, Code.DUPLICATE_INVOICE, Code.SUPPLIER_NOT_ON_ORDER}
)
"""What guards against fraud is never turned into mere information."""
_HALF_YEARS: Final = ((1, 1), (7, 1))
_PARTS: Final = ("language", "overrides", "refinancing_rates", "severities", "tolerances")


class PolicyInvalid(Error):
    """The policy says something that does not exist."""

    code = "MAT-02"

    def __init__(self, key: str, found: object, allowed: str) -> None:
        super().__init__(f"{key}: {found!r}; allowed: {allowed}")


def policy_from(table: Mapping[str, Any]) -> Policy:
    """The policy that a table states; what it leaves out stays at the default.

    Raises:
        PolicyInvalid: a key or a value is none of those allowed.
    """
    rates_from(table)
    for key in table:
        if key not in _PARTS:
            raise PolicyInvalid("policy", key, ", ".join(_PARTS))
    language = table.get("language", LANGUAGES[0])
    if language not in LANGUAGES:
        raise PolicyInvalid("policy.language", language, ", ".join(LANGUAGES))
    stated = dict(_limits("policy.tolerances", table.get("tolerances", {})))
    return Policy(
        replace(Tolerances(), **stated),
        tuple(_overrides(table.get("overrides", ()))),
        tuple(_severities(table.get("severities", {}))),
        language,
    )


def rates_from(table: Mapping[str, Any]) -> dict[date, Decimal]:
    """The ECB's main refinancing rates by first day of half-year, known and stated.

    Raises:
        PolicyInvalid: a day is none, or a rate is no decimal.
    """
    where, rates = "policy.refinancing_rates", dict(REFINANCING_RATES)
    for written, rate in table.get("refinancing_rates", {}).items():
        value = parse_decimal(rate) if isinstance(rate, str) else None
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise PolicyInvalid(where, written, "a day such as 2026-07-01") from None
        if value is None or value < 0 or (day.month, day.day) not in _HALF_YEARS:
            raise PolicyInvalid(
                f"{where}.{written}", rate, 'a rate such as "2.15" on 1 January or 1 July'
            )
        rates[day] = value
    return rates


def _limits(where: str, table: Any) -> Iterator[tuple[str, Decimal]]:
    if not isinstance(table, Mapping):
        raise PolicyInvalid(where, table, "a table of limits")
    for name, written in table.items():
        if name not in TOLERANCE_NAMES:
            raise PolicyInvalid(where, name, ", ".join(TOLERANCE_NAMES))
        value = None
        if isinstance(written, int | str) and not isinstance(written, bool):
            value = parse_decimal(str(written))
        if value is None or value < 0:
            allowed = 'a limit such as "2.5", not negative'
            if isinstance(written, float):
                allowed = f'the same between quotes: {name} = "{written}"'
            raise PolicyInvalid(f"{where}.{name}", written, allowed)
        if name.endswith("_days") and value > _MOST_DAYS:  # dates end with the calendar
            raise PolicyInvalid(f"{where}.{name}", written, f"at most {_MOST_DAYS} days")
        yield name, value


def _overrides(tables: Any) -> Iterator[Override]:
    for number, table in enumerate(tables, 1):
        where = f"policy.overrides[{number}]"
        scopes = [key for key in table if key in SCOPES]
        if len(scopes) != 1:
            raise PolicyInvalid(where, ", ".join(table), f"exactly one of {', '.join(SCOPES)}")
        limits = {key: value for key, value in table.items() if key not in SCOPES}
        for name, value in _limits(where, limits):
            yield Override(scopes[0], str(table[scopes[0]]), name, value)


def _severities(table: Mapping[str, Any]) -> Iterator[SeverityOverride]:
    for name, written in table.items():
        if name not in Code.__members__:
            raise PolicyInvalid("policy.severities", name, "a discrepancy code")
        if written not in set(Severity):
            raise PolicyInvalid(f"policy.severities.{name}", written, ", ".join(Severity))
        if Code(name) in _NEVER_PASSED and written == Severity.INFO:
            raise PolicyInvalid(f"policy.severities.{name}", written, "block, review")
        yield SeverityOverride(Code(name), Severity(written))
