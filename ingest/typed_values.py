"""What a person types for a field, read as they write it.

As CONTRACT writes values (`5200.00`, `2026-03-12`) or as a French page does (`5 200,00`,
`12/03/2026`); empty takes the value away.
"""

from __future__ import annotations

from domain.errors import Error
from domain.identifiers import compact
from ingest.fields import Form, Value, form_of
from ingest.reference.values import BadValue, read_date, read_decimal, read_text


class ValueRefused(Error):
    """A field cannot have this value."""

    code = "ING-72"
    hint = "Dates as 2026-03-12 or 12/03/2026, amounts as 5200.00 or 5 200,00; empty for none."


class NoAccount(ValueRefused):
    """What was typed for an account is none."""

    hint = "An IBAN: two letters, two check digits and up to 30 more, as printed on the invoice."


def read_typed(path: str, typed: str) -> Value | None:
    """The value that was typed for a field; None for none. Raises FieldUnknown, ValueRefused."""
    form = form_of(path)
    try:
        if form is Form.DATE:
            return read_date(typed)
        if form is Form.AMOUNT:
            return read_decimal(typed)
        text = read_text(typed)
    except BadValue as problem:
        raise ValueRefused(f"{path}: {typed!r} is not {problem}") from problem
    return compact(text) if text and form is Form.CODE else text
