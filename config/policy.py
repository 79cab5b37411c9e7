"""Reads the matching policy (tolerances, severities) that the settings name."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.loader import ConfigurationError
from config.settings import Settings
from matching.policy_table import policy_from, rates_from
from matching.tolerances import Policy


def load_policy(settings: Settings) -> Policy:
    """The policy in force: the file that is named, `policy.toml` in the data folder, the defaults.

    Raises:
        ConfigurationError: the file is absent although it is named, or is no TOML.
        PolicyInvalid: it states something that does not exist.
    """
    return policy_from(_table(settings))


def load_rates(settings: Settings) -> dict[date, Decimal]:
    """The refinancing rates that late interest follows; raises as `load_policy` does."""
    return rates_from(_table(settings))


def read_policy(path: Path) -> Policy:
    """The policy that a file states; raises as `load_policy` does."""
    return policy_from(_read(path))


def _table(settings: Settings) -> dict[str, Any]:
    if settings.policy is not None:
        return _read(settings.policy)
    path = settings.data / "policy.toml"
    return _read(path) if path.exists() else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise ConfigurationError(f"policy: {path} does not exist") from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigurationError(f"policy: {path}: {problem}") from problem
