"""Where a value was seen, so that every figure on a screen can be pointed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Origin = Literal["xml", "pdf_text", "ocr", "computed"]


@dataclass(frozen=True, slots=True)
class PageBox:
    """A rectangle on a page: PDF points, origin top left, pages counted from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place one value was read from, and how sure the reader is (0 to 1)."""

    origin: Origin
    where: str | PageBox | None
    confidence: float = 1.0
    seen_at: PageBox | None = None
    """Where the visible page of a hybrid PDF shows the value that was read from its XML."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as its values: a long invoice has a quarter of a million of them."""
        return Evidence, (self.origin, self.where, self.confidence, self.seen_at)
