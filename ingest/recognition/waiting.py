"""Whether characters can be recognised on this machine, and what becomes of a scan if not.

A scan without its program is neither unreadable nor uncertain: it waits, and says for what. A
document whose own text shows a whole invoice does not wait for a picture behind it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from domain.invoice import DocumentKind, ReadFailure, Reading, ReadRemark

PROGRAM: Final = "tesseract"
NOT_INSTALLED: Final = "ING-OCR-01"
LANGUAGE_MISSING: Final = "ING-OCR-02"
WAITING: Final = frozenset({NOT_INSTALLED, LANGUAGE_MISSING})
"""Failures that end by themselves once somebody installs what is missing."""

_LIST_SECONDS: Final = 20
_ORIENTATION: Final = "osd"


def what_is_missing(languages: tuple[str, ...]) -> ReadFailure | None:
    """Why nothing can be recognised on this machine now; None where everything is here."""
    installed = _installed_languages()
    if installed is None:
        return ReadFailure(
            NOT_INSTALLED,
            "The pages are pictures, and no program to recognise characters (OCR) is installed.",
            f"Install it: sudo apt-get install {_packages(languages)}. What waits is then read.",
        )
    missing = tuple(name for name in (*languages, _ORIENTATION) if name not in installed)
    if not missing:
        return None
    return ReadFailure(
        LANGUAGE_MISSING,
        f"The pages are pictures, and Tesseract lacks the language data {', '.join(missing)}.",
        f"Install it: sudo apt-get install {_packages(missing)}. What waits is then read. "
        "If there is no such package, the name in `recognition.languages` is none of Tesseract's.",
    )


def _packages(languages: tuple[str, ...]) -> str:
    extra = (
        f"tesseract-ocr-{name.replace('_', '-').lower()}"
        for name in languages
        if name not in {"eng", _ORIENTATION}
    )
    return " ".join(("tesseract-ocr", *extra))


def _installed_languages() -> frozenset[str] | None:
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        listed = subprocess.run(  # noqa: S603 - the program, no shell
            [program, "--list-langs"],
            capture_output=True,
            text=True,
            timeout=_LIST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return frozenset(line.strip() for line in listed.stdout.splitlines()[1:])


def version() -> str:
    """The version of Tesseract, as it tells it."""
    try:
        told = subprocess.run(  # noqa: S603 - the program, no shell
            [PROGRAM, "--version"],
            capture_output=True,
            text=True,
            timeout=_LIST_SECONDS,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return told.partition("\n")[0].removeprefix("tesseract ").strip() or "unknown"


def is_whole(reading: Reading) -> bool:
    """Whether a reading shows all that an invoice needs, so that nothing has to be added."""
    invoice = reading.invoice
    if invoice is None or not reading.readable:
        return False
    totals = invoice.totals
    amounts = (totals.tax_exclusive, totals.tax_inclusive)
    return None not in (invoice.number, invoice.issue_date, *amounts)


def unrecognised(reading: Reading, failure: ReadFailure) -> Reading:
    """The reading of a document whose pictures could not be recognised: whole as it is, or none."""
    if is_whole(reading):
        return replace(
            reading, remarks=(*reading.remarks, left_unread(reading.unread_pages, failure))
        )
    return replace(reading, kind=DocumentKind.OTHER, invoice=None, evidence={}, error=failure)


def left_unread(pages: Sequence[int], why: ReadFailure) -> ReadRemark:
    """The remark on pages that nobody read."""
    named = ", ".join(str(page) for page in pages)
    message = f"Page {named} was not recognised ({why.message.rstrip('.')}): look at it."
    return ReadRemark(why.code, "text", named, message)
