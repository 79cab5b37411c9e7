"""A verdict made again beside the one that was kept: the same, the same in substance, or not.

Releases reword sentences and add fields; what was concluded must not change with them. Everything
that the kept verdict says counts, but for prose; what a later release says besides does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from domain.records import Record

_PROSE: Final = frozenset({"message", "explanation", "explanations"})


def differences(kept: Record, again: Record) -> list[str]:
    """The paths at which a verdict made again says otherwise than the kept one."""
    return list(_differing(kept, again, ""))


def _differing(kept: Any, again: Any, path: str) -> Iterator[str]:
    if isinstance(kept, dict) and isinstance(again, dict):
        for name, value in kept.items():
            if name not in _PROSE:
                yield from _differing(value, again.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(kept, list) and isinstance(again, list) and len(kept) == len(again):
        for position, (one, other) in enumerate(zip(kept, again, strict=True)):
            yield from _differing(one, other, f"{path}[{position}]")
    elif kept != again:
        yield path
