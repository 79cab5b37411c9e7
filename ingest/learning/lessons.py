"""The lessons that a document is read with: those of its supplier, made on its layout."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.invoice import Reading, Syntax
from domain.lesson import Lesson
from ingest.learning import repository
from ingest.learning.likeness import are_alike

PAGES = frozenset({Syntax.PDF_TEXT, Syntax.PDF_OCR})


def lessons_for(connection: Connection, reading: Reading) -> tuple[Lesson, ...]:
    """What was learned of documents like this one; of two lessons on one field the newer.

    Only for what was read off pages: the XML of an invoice is what its sender wrote.
    """
    if reading.syntax not in PAGES or reading.invoice is None:
        return ()
    found = repository.find(connection, repository.seller_keys(reading.invoice))
    newest = {lesson.field: lesson for layout, lesson in found if are_alike(layout, reading.layout)}
    return tuple(newest.values())


def used(reading: Reading) -> dict[str, str]:
    """The values that were read because of a correction: field path to correction."""
    return {
        path: seen.correction.correction_id
        for path, seen in reading.evidence.items()
        if seen.correction is not None and seen.origin != "corrected"
    }
