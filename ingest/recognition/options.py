"""What recognition is asked for, and what comes of it beside the reading."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """In which languages is read, and what one document may cost."""

    languages: tuple[str, ...] = ("fra", "eng", "deu")
    pages: int = 40
    page_seconds: float = 180.0
    document_seconds: float = 540.0


@dataclass(frozen=True, slots=True)
class Derived:
    """A file made from a document, and which programs made it, by name and version."""

    data: bytes
    made_by: dict[str, str]
