"""A case as canonical JSON and back: what the inputs digest commits to and a replay starts from.

Values that are absent or at their default are left out, so that a field added later does not
change the digest of older cases.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from json import JSONEncoder
from operator import attrgetter
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

from domain.identifiers import Digest
from domain.money import plain
from matching.case import Case

Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]

_JSON: Final = JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def case_record(case: Case) -> dict[str, Any]:
    """Write a case with JSON's own types."""
    record: dict[str, Any] = _encode_case()(case)
    return record


@lru_cache(maxsize=1)
def _encode_case() -> Encode:
    return _encoder_of(Case)


def case_from(record: dict[str, Any]) -> Case:
    """Rebuild the case that `case_record` wrote."""
    case: Case = _decoder(Case)(record)
    return case


def case_bytes(case: Case) -> bytes:
    """The canonical form that is hashed and kept: `domain.records.canonical` of the record.

    Fields are encoded in the order of their names, so nothing is left to be sorted.
    """
    return _JSON.encode(_encode_case()(case)).encode()


def inputs_digest(data: bytes) -> str:
    """The SHA-256 digest of a canonical case."""
    return Digest.of(data).hex


@lru_cache(maxsize=256)
def _encoder(hint: Any) -> Encode | None:
    """How values of a type are written; None for what JSON writes as it is."""
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _encoder(next(arg for arg in get_args(hint) if arg is not type(None)))
    if origin is tuple:
        item = _encoder(get_args(hint)[0])
        return list if item is None else lambda values: [item(value) for value in values]
    if hint is date:
        return date.isoformat
    if hint is Decimal:
        return plain
    if issubclass(hint, Enum):
        return lambda value: value.value
    return _encoder_of(hint) if is_dataclass(hint) else None


def _encoder_of(cls: Any) -> Encode:
    hints = get_type_hints(cls)
    ordered = sorted(fields(cls), key=lambda f: f.name)
    names = tuple(f.name for f in ordered)
    defaults = tuple(_default_of(f) for f in ordered)
    encoders = tuple(_encoder(hints[name]) for name in names)
    # One call fetches every field: a case has some six hundred, and each verdict hashes them all.
    values_of = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

    def encode(value: Any) -> dict[str, Any]:
        # A decimal equal to its default may be written otherwise (0.00): only the very default is
        # left out, so that every stated digit survives.
        return {
            name: item if encoder is None else encoder(item)
            for name, default, encoder, item in zip(
                names, defaults, encoders, values_of(value), strict=True
            )
            if item is not None and item is not default
        }

    return encode


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
