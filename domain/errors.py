"""The root of every error MEG raises on purpose.

Each package derives one root of its own. An error class carries a permanent code and a next step;
the message carries the offending values. Bad *documents* are findings, not exceptions.
"""

from __future__ import annotations

from typing import ClassVar


class Error(Exception):
    """Something went wrong that a person can act on."""

    code: ClassVar[str] = "MEG-00"
    hint: ClassVar[str] = ""

    @property
    def message(self) -> str:
        """The sentence shown to people, without code or hint."""
        return str(self)
