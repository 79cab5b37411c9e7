"""Reads the matching policy (tolerances, severities) that the settings name."""

from __future__ import annotations

import tomllib
from pathlib import Path

from config.loader import ConfigurationError
from config.settings import Settings
from matching.policy_table import policy_from
from matching.tolerances import Policy


def load_policy(settings: Settings) -> Policy:
    """The policy in force: the file that is named, `policy.toml` in the data folder, the defaults.

    Raises:
        ConfigurationError: the file is absent although it is named, or is no TOML.
        PolicyInvalid: it states something that does not exist.
    """
    if settings.policy is not None:
        return read_policy(settings.policy)
    path = settings.data / "policy.toml"
    return read_policy(path) if path.exists() else Policy()


def read_policy(path: Path) -> Policy:
    """The policy that a file states.

    Raises:
        ConfigurationError: the file is absent, cannot be read, or is no TOML.
        PolicyInvalid: it states something that does not exist.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise ConfigurationError(f"policy: {path} does not exist") from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigurationError(f"policy: {path}: {problem}") from problem
    return policy_from(table)
