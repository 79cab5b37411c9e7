"""How far a value that was recognised can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from domain.evidence import Evidence, PageBox
from domain.invoice import Invoice
from ingest.parsers.pages.assembly import PageReading
from ingest.parsers.pages.words import Word
from ingest.recognition.pages import RecognisedPages


def doubted(
    found: PageReading, recognised: RecognisedPages
) -> tuple[Invoice | None, dict[str, Evidence]]:
    """The invoice with what cannot be believed left out, and evidence believed as it deserves."""
    evidence = {
        path: _weighed(item, recognised.confidences) for path, item in found.evidence.items()
    }
    return found.invoice, evidence


def _weighed(item: Evidence, seen: Mapping[int, Mapping[Word, float]]) -> Evidence:
    where = item.where
    if not isinstance(where, PageBox) or where.page not in seen:
        return item
    sure = _sureness(where, seen[where.page])
    origin = "ocr" if item.origin == "pdf_text" else item.origin
    return replace(item, origin=origin, confidence=round(item.confidence * sure, 2))


def _sureness(box: PageBox, words: Mapping[Word, float]) -> float:
    """How sure the least sure word in a box is."""
    inside = [
        sure
        for word, sure in words.items()
        if box.left <= (word.left + word.right) / 2 <= box.right
        and box.top <= word.middle <= box.bottom
    ]
    return min(inside, default=0.5)
