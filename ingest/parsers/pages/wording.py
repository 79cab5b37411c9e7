"""Patterns for folded text, written one alternative a line so that they can be read and grown."""

from __future__ import annotations

import re


def alternatives(lines: str) -> str:
    """A pattern out of alternatives that stand one a line."""
    return "|".join(line.strip() for line in lines.strip().splitlines())


def whole_words(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that may not begin or end inside a word, a code or an address."""
    return re.compile(rf"(?<![a-z0-9_@.])(?:{pattern})(?![a-z0-9_@]|-\d)")


def words(lines: str) -> re.Pattern[str]:
    """Compile alternatives that may not begin or end inside a word."""
    return re.compile(rf"(?<![a-z])(?:{alternatives(lines)})(?![a-z])")
