"""How fast printed pages are read: words with boxes, and whole invoices off their pages.

    python benchmarks/bench_pdf_pages.py FOLDER [--rounds 5]

FOLDER is searched for .pdf files. Prints one JSON object: pages a second on one core, for each file
the best of all rounds, since other work on the machine only ever makes it slower. Beside our words
stand, on the same files in the same run, pdfplumber's words with boxes and the bare text by
pypdfium2, which has no words and no boxes.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import io

import pdfplumber
import pypdfium2

from ingest.parsers.pages.glyphs import Unopenable, read_words
from ingest.parsers.pdf_text import read_pages

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)


def plumbed(data: bytes) -> int:
    """The words with boxes that pdfplumber finds."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return sum(len(page.extract_words()) for page in document.pages)


def bare_text(data: bytes) -> int:
    """The text of all pages as pypdfium2 gives it, in one piece a page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return sum(len(page.get_textpage().get_text_bounded()) for page in document)
    finally:
        document.close()


def page_count(data: bytes) -> int:
    """Pages of a document; none when it cannot be opened."""
    try:
        return len(read_words(data).pages)
    except Unopenable:
        return 0


def best_seconds(work: Callable[[bytes], Any], files: list[bytes], rounds: int) -> float:
    """The sum of the shortest processor times each file took."""
    best = [float("inf")] * len(files)
    for _ in range(rounds):
        for position, data in enumerate(files):
            start = time.process_time()
            work(data)
            best[position] = min(best[position], time.process_time() - start)
    return sum(best)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    every = [path.read_bytes() for path in sorted(arguments.folder.rglob("*.pdf"))]
    files = [data for data in every if page_count(data)]
    pages = sum(page_count(data) for data in files)
    ours = best_seconds(read_words, files, arguments.rounds)
    whole = best_seconds(read_pages, files, arguments.rounds)
    bare = best_seconds(bare_text, files, arguments.rounds)
    peer = best_seconds(plumbed, files, 1)
    print(
        json.dumps(
            {
                "files": len(files),
                "pages": pages,
                "words_with_boxes_pages_per_s": round(pages / ours, 1),
                "pdfplumber_words_pages_per_s": round(pages / peer, 1),
                "times_pdfplumber": round(peer / ours, 1),
                "pypdfium2_bare_text_pages_per_s": round(pages / bare, 1),
                "whole_reading_pages_per_s": round(pages / whole, 1),
                "whole_reading_documents_per_s": round(len(files) / whole, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
