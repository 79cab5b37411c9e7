"""The tables and columns of CONTRACT §1, and the French names that spreadsheets give them.

They are listed in `columns.toml`; this module reads it and says how two names are compared.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from domain.identifiers import fold


class Form(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    DECIMAL = "decimal"
    RATE = "rate"
    INTEGER = "integer"
    DATE = "date"
    CODE = "code"  # compared without blanks or punctuation: SIREN, VAT number
    LIST = "list"
    CODES = "codes"
    KIND = "kind"
    SECTION = "section"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class TableForm:
    """One of CONTRACT §1's files: its key, its columns, and what each may be called."""

    name: str
    keys: tuple[str, ...]
    columns: Mapping[str, Form]
    aliases: Mapping[str, tuple[str, ...]]
    file_names: tuple[str, ...]
    required: tuple[str, ...]  # may be neither missing nor empty; of the key, only a lot may


_SMALL_WORDS = frozenset("de du des d la le les l et en the of".split())
_NUMBER_WORDS = {"no": "n", "num": "n", "numero": "n", "nr": "n", "nbr": "nombre", "nb": "nombre"}
_SHORTEST_PLURAL = 4
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"\d+")


@cache
def fold_name(text: str) -> str:
    """Reduce a column or table name to the words that two spellings share."""
    words = _WORD.findall(fold(_HUMP.sub(" ", text).replace("°", "o ")))
    kept = [_NUMBER_WORDS.get(word, word) for word in words if word not in _SMALL_WORDS]
    return " ".join(word.rstrip("s") if len(word) >= _SHORTEST_PLURAL else word for word in kept)


def _form(name: str, spelled: Mapping[str, Any], shared: Mapping[str, list[str]]) -> TableForm:
    forms = {}
    for word in spelled["columns"]:
        column, _, form = word.partition(":")
        forms[column] = Form(form or "text")
    before, after = spelled.get("before", {}), spelled.get("after", {})
    return TableForm(
        name=name,
        keys=tuple(spelled["key"]),
        columns=forms,
        aliases={
            column: _folded(
                column, *before.get(column, ()), *shared.get(column, ()), *after.get(column, ())
            )
            for column in {**forms, **before}
        },
        file_names=_folded(name, *spelled["named"]),
        required=(
            *(key for key in spelled["key"] if key != "lot"),
            *spelled.get("needed", ()),
        ),
    )


def _folded(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded for name in names if (folded := fold_name(name))))


@cache
def table_forms() -> Mapping[str, TableForm]:
    """The ten tables by name, in the order in which they refer to each other."""
    text = resources.files("ingest.reference").joinpath("columns.toml").read_text("utf-8")
    spelled = tomllib.loads(text)
    shared = spelled.pop("aliases")
    return {name: _form(name, table, shared) for name, table in spelled.items()}


@cache
def known_names() -> frozenset[str]:
    """Every folded column name of any table."""
    return frozenset(
        name for form in table_forms().values() for names in form.aliases.values() for name in names
    )


def table_named(text: str) -> str | None:
    """The table that a file, sheet or list is named after: the name of most words found in it."""
    words = f" {fold_name(_DIGITS.sub(' ', text))} "
    found = {
        form.name: max((len(n.split()) for n in form.file_names if f" {n} " in words), default=0)
        for form in table_forms().values()
    }
    best = max(found.values())
    winners = [name for name, count in found.items() if count == best]
    return winners[0] if best and len(winners) == 1 else None
