"""Draws one page of an untrusted PDF; run as a program of its own, which may be killed.

Reads the PDF from standard input. Writes one line of JSON, `{"pages": [[width, height], …]}` in PDF
points, then the page asked for as PNG. Imports nothing of MEG: what breaks here breaks nothing
else. The limits on memory, processor time and files are set before the first byte is read.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

_MEMORY = 1 << 30
_CPU_SECONDS = 10
_MOST_PAGES_LISTED = 500
_DOTS_PER_POINT = 2.0
_LONGEST_SIDE = 2400
_MEGAPIXELS = 6_000_000


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _scale(width: float, height: float) -> float:
    """As sharp as a good screen needs, never more than a hostile page size can ask for."""
    longest = max(width, height, 1.0)
    area = max(width * height, 1.0)
    return float(min(_DOTS_PER_POINT, _LONGEST_SIDE / longest, (_MEGAPIXELS / area) ** 0.5))


def _draw(pdf: Any, number: int, out: Any) -> None:
    page = pdf[number - 1]
    image = page.render(scale=_scale(*page.get_size()), may_draw_forms=False).to_pil()
    # Most pages are black on white: without colour they travel three times lighter.
    if all(band == image.getchannel(0) for band in image.split()[1:]):
        image = image.convert("L")
    image.save(out, "PNG")


def main() -> None:
    """Answer one request: the number of the page is the only argument."""
    _limit()
    import pypdfium2  # type: ignore[import-untyped]

    pdf = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    count = min(len(pdf), _MOST_PAGES_LISTED)
    pages = [pdf.get_page_size(index) for index in range(count)]
    out = sys.stdout.buffer
    out.write(json.dumps({"pages": pages}).encode() + b"\n")
    number = int(sys.argv[1])
    if 1 <= number <= count:
        _draw(pdf, number, out)
    out.flush()


if __name__ == "__main__":
    main()
