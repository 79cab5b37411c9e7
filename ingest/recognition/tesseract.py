"""Tesseract, the program that recognises characters, one page at a time.

It is run as a program of its own, on an image that was drawn here and never on a stranger's file,
inside the bounds of the child process that calls it. One thread a page: a second one halves the
time and doubles the work.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

from ingest.recognition.hocr import SeenWord, seen_words
from ingest.recognition.waiting import PROGRAM

_SURE_OF_TURN: Final = 1.0


class RecognitionFailed(Exception):
    """Tesseract gave no answer for a page, or took too long."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What Tesseract saw on one image, and the same as a PDF page of invisible text."""

    words: tuple[SeenWord, ...]
    text_layer: bytes


class Layout(Enum):
    """What Tesseract takes the image for (its page segmentation modes)."""

    BLOCK = "6"
    """Lines from edge to edge: digits that stand alone are read, columns may be mixed up."""

    SCATTERED = "11"
    """Words anywhere: columns and boxes are read, digits that stand alone are taken for dirt."""


def recognise(
    image: Image.Image,
    dots_per_inch: int,
    languages: tuple[str, ...],
    seconds: float,
    layout: Layout = Layout.SCATTERED,
) -> Recognised:
    """Read one image whose lines run from left to right.

    Raises:
        RecognitionFailed: it could not, or not in time.
    """
    with TemporaryDirectory(prefix="meg-ocr-") as folder:
        run(
            image,
            Path(folder),
            _options(languages, dots_per_inch, layout),
            seconds,
        )
        try:
            answer = (Path(folder) / "page.hocr").read_text(encoding="utf-8", errors="replace")
            layer = (Path(folder) / "page.pdf").read_bytes()
        except OSError as problem:
            raise RecognitionFailed(str(problem)) from problem
    return Recognised(tuple(seen_words(answer)), layer)


def _options(languages: tuple[str, ...], dots_per_inch: int, layout: Layout) -> list[str]:
    reading = ["-l", "+".join(languages), "--psm", layout.value, "--dpi", str(dots_per_inch)]
    return [*reading, "-c", "textonly_pdf=1", "hocr", "pdf"]


def quarters_to_upright(image: Image.Image, dots_per_inch: int, seconds: float) -> int:
    """How many clockwise quarter turns set an image upright; 0 where Tesseract cannot tell."""
    with TemporaryDirectory(prefix="meg-ocr-") as folder:
        try:
            run(image, Path(folder), ["--psm", "0", "--dpi", str(dots_per_inch)], seconds)
            told = (Path(folder) / "page.osd").read_text(encoding="utf-8", errors="replace")
        except (RecognitionFailed, OSError):
            return 0  # too few letters
    facts = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    try:
        degrees = int(facts.get("Rotate", "0"))
        sure = float(facts.get("Orientation confidence", "0"))
    except ValueError:
        return 0
    return degrees // 90 % 4 if sure >= _SURE_OF_TURN else 0


def run(image: Image.Image, folder: Path, options: list[str], seconds: float) -> None:
    """Let Tesseract look at an image and leave its answers in a folder, as files `page.*`.

    Raises:
        RecognitionFailed: it could not, or not in time.
    """
    source = folder / "page.pnm"
    image.save(source)
    command = [PROGRAM, str(source), str(folder / "page"), *options]
    try:
        done = subprocess.run(  # noqa: S603 - the program, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise RecognitionFailed(str(problem)) from problem
    if done.returncode != 0:
        raise RecognitionFailed(done.stderr.decode("utf-8", "replace").strip()[-300:])
