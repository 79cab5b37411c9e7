"""A case as canonical JSON and back: what the inputs digest commits to and a replay starts from.

Values that are absent or at their default are left out, so that a field added later does not
change the digest of older cases.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

from domain.identifiers import Digest
from domain.money import plain
from matching.case import Case

Encode = Callable[[Any], str]
Decode = Callable[[Any], Any]


def case_from(record: dict[str, Any]) -> Case:
    """Rebuild the case that `case_record` wrote."""
    case: Case = _decoder(Case)(record)
    return case


def case_bytes(case: Case) -> bytes:
    """The canonical form that is hashed and kept, as `domain.records.canonical` writes it.

    Fields are written in the order of their names, so nothing is left to be sorted.
    """
    return _encoder_of(Case)(case).encode()


def inputs_digest(data: bytes) -> str:
    """The SHA-256 digest of a canonical case."""
    return Digest.of(data).hex


@lru_cache(maxsize=256)
def _encoder(hint: Any) -> Encode:
    """How values of a type are written."""
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _encoder(next(arg for arg in get_args(hint) if arg is not type(None)))
    if origin is tuple:
        item = _encoder(get_args(hint)[0])
        return lambda values: f"[{','.join(map(item, values))}]"
    if is_dataclass(hint):
        return _encoder_of(cast("Any", hint))
    if issubclass(hint, Enum):
        return lambda value: encode_basestring(value.value)
    return _SCALARS[hint]


def _decimal(value: Decimal) -> str:
    return f'"{plain(value)}"'


def _date(value: date) -> str:
    return f'"{value.isoformat()}"'


_SCALARS: Final[dict[type, Encode]] = {
    str: encode_basestring,
    Decimal: _decimal,
    date: _date,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: json.dumps,
}

_IN_PLACE: Final[dict[Encode, str]] = {
    _decimal: "\"{digits if 'E' not in (digits := str(item)) else plain(item)}\"",
    _date: '"{item.isoformat()}"',
}
"""What is written without a call, as its function does: a case has more than a hundred of these."""


@lru_cache(maxsize=64)
def _encoder_of(cls: Any) -> Encode:
    """A function written for one class, field by field, as dataclasses write theirs.

    A case has some six hundred fields, and each verdict hashes them all: a loop over the fields
    takes half as long again.
    """
    hints = get_type_hints(cls)
    known: dict[str, Any] = {"plain": plain}
    lines = ["def encode(value):", "    written = []"]
    for number, item in enumerate(sorted(fields(cls), key=lambda f: f.name)):
        known[f"encode{number}"] = encode = _encoder(hints[item.name])
        known[f"default{number}"] = default = _default_of(item)
        # A decimal equal to its default may be written otherwise (0.00): only the very default is
        # left out, so that every stated digit survives.
        kept = "" if default in {None, MISSING} else f" and item is not default{number}"
        written = _IN_PLACE.get(encode, f"{{encode{number}(item)}}")
        lines += [
            f"    item = value.{item.name}",
            f"    if item is not None{kept}:",
            f"        written.append(f'''\"{item.name}\":{written}''')",
        ]
    lines.append("    return '{' + ','.join(written) + '}'")
    exec("\n".join(lines), known)  # noqa: S102 - nothing but the names of our own fields
    made: Encode = known["encode"]
    return made


def _default_of(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return MISSING if field.default_factory is MISSING else field.default_factory()


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=256)
def _decoder(hint: Any) -> Decode:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _decoder(next(arg for arg in get_args(hint) if arg is not type(None)))
    if origin is tuple:
        item = _decoder(get_args(hint)[0])
        return lambda record: tuple(item(entry) for entry in record)
    if hint is date:
        return date.fromisoformat
    if hint is Decimal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return hint
    if not is_dataclass(hint):
        return _same
    decoders = {name: _decoder(part) for name, part in get_type_hints(hint).items()}
    make = cast("Callable[..., Any]", hint)
    return lambda record: make(**{name: decoders[name](part) for name, part in record.items()})
