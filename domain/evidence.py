"""Where a value was seen, so that every figure on a screen can be pointed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Origin = Literal["xml", "pdf_text", "ocr", "computed", "corrected"]


@dataclass(frozen=True, slots=True)
class PageBox:
    """A rectangle on a page: PDF points, origin top left, pages counted from 1."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class CorrectionMark:
    """The correction that a value comes from: which one, when it was made (RFC 3339), by whom."""

    correction_id: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place one value was read from, and how sure the reader is (0 to 1).

    `correction` is set on a value that a person corrected (`corrected`), and on one that the
    reader found because of a correction made on an earlier document of the same layout.
    """

    origin: Origin
    where: str | PageBox | None
    confidence: float = 1.0
    seen_at: PageBox | None = None
    """Where the visible page of a hybrid PDF shows the value that was read from its XML."""
    correction: CorrectionMark | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as its values: a long invoice has a quarter of a million of them."""
        return Evidence, (self.origin, self.where, self.confidence, self.seen_at, self.correction)
