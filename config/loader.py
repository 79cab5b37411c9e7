"""Reads settings once, from a TOML file and the environment; later ones win.

Order: built-in defaults, `meg.toml` (in the data folder, or where MEG_CONFIG says), then variables
such as MEG_DATA, MEG_DATABASE, MEG_WEB_PORT, MEG_LIMITS_READERS, then the command line's `--data`.
A key that does not exist or a value of the wrong kind is refused, with the key's name and what is
allowed.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.settings import Settings
from domain.errors import Error

CONFIG_VARIABLE = "MEG_CONFIG"
_LOG = logging.getLogger(__name__)
_OTHER_VARIABLES = {CONFIG_VARIABLE, "MEG_SHARED"}
_FALSE = {"0", "false", "no", "off"}
_LAST_PORT = 65_535
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TRUE = {"1", "true", "yes", "on"}


class ConfigurationError(Error):
    """A setting cannot be used as it stands."""

    code = "CFG-01"
    hint = "See docs/configuration.md for every setting, its default and its allowed values."


def load_settings(
    data: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read the settings in force.

    Raises:
        ConfigurationError: a key is unknown, or its value is not allowed.
    """
    folder = data or Path(environment.get("MEG_DATA", "var"))
    table = _read_toml(environment.get(CONFIG_VARIABLE), folder / "meg.toml")
    _merge(table, _from_environment(environment))
    table["data"] = folder
    settings: Settings = _build(Settings, table, "")
    _refuse_what_cannot_be(settings)
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ConfigurationError(f"timezone: {settings.timezone!r} is no known zone") from problem
    return settings


def _refuse_what_cannot_be(settings: Settings) -> None:
    port, tenant = settings.web.port, settings.tenant
    if not 1 <= port <= _LAST_PORT:
        raise ConfigurationError(f"web.port: {port} is no port; allowed: 1 to {_LAST_PORT}")
    if not _TENANT.fullmatch(tenant):
        # It becomes part of object keys.
        allowed = "1 to 64 letters, digits, '.', '_' and '-', a letter or digit first"
        raise ConfigurationError(f"tenant: {tenant!r} cannot be used; allowed: {allowed}")
    access = settings.access
    for name, value, most in (
        ("keep_months", access.keep_months, 120),
        ("batch_records", access.batch_records, 100_000),
        ("batch_minutes", access.batch_minutes, 1_440),
    ):
        if not 1 <= value <= most:
            raise ConfigurationError(f"access.{name}: {value}; allowed: 1 to {most}")


def _read_toml(named: str | None, default: Path) -> dict[str, Any]:
    path = Path(named) if named else default
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as problem:
        if named:
            raise ConfigurationError(f"{CONFIG_VARIABLE}: {path} does not exist") from problem
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigurationError(f"{path}: {problem}") from problem


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    hints = get_type_hints(Settings)
    for variable, value in environment.items():
        if not variable.startswith("MEG_") or variable in _OTHER_VARIABLES:
            continue
        name = variable.removeprefix("MEG_").lower()
        group, _, rest = name.partition("_")
        if dataclasses.is_dataclass(hints.get(group)):
            table.setdefault(group, {})[rest] = value
        elif name in hints:
            table[name] = value
        else:
            # Other programs may have variables of this prefix: said, not refused.
            _LOG.warning("environment: %s is no setting of MEG and is ignored", variable)
    return table


def _merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _build(cls: Any, table: Mapping[str, Any], prefix: str) -> Any:
    hints = get_type_hints(cls)
    unknown = sorted(set(table) - set(hints))
    if unknown:
        allowed = ", ".join(sorted(hints))
        raise ConfigurationError(f"{prefix}{unknown[0]} is no setting; known here: {allowed}")
    return cls(**{k: _value(hints[k], v, prefix + k) for k, v in table.items()})


def _value(kind: Any, value: Any, name: str) -> Any:
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{name} is a group of settings, not {value!r}")
        return _build(kind, value, f"{name}.")
    if Path in (kind, *get_args(kind)):
        return Path(value)
    if kind is bool:
        return _boolean(value, name)
    if kind in (int, float):
        return _number(kind, value, name)
    if kind is str:
        return str(value)
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts)


def _boolean(value: Any, name: str) -> bool:
    word = str(value).lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ConfigurationError(f"{name}: {value!r} is neither true nor false")


def _number(kind: type[int | float], value: Any, name: str) -> int | float:
    try:
        number = kind(value)
    except (TypeError, ValueError) as problem:
        raise ConfigurationError(f"{name}: {value!r} is no number") from problem
    if number < 0:
        raise ConfigurationError(f"{name}: {value!r} is below 0")
    return number
