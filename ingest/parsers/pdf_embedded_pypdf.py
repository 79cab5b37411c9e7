"""Files embedded in a PDF, through pypdf: the second opinion, for what qpdf refuses to open.

pypdf bounds its own decompression (75 MB a stream).
"""

from __future__ import annotations

import io
import logging

import pypdf

from ingest.parsers.opened import EmbeddedFile, PdfContents, clean_name

# pypdf reports every repair on its logger; the caller learns what matters from the result.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def open_embedded(data: bytes) -> PdfContents:
    """Every file embedded in a PDF; raises whatever pypdf raises on what it cannot read."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    files = tuple(
        EmbeddedFile(clean_name(name), None, content)
        for name, contents in reader.attachments.items()
        for content in contents
    )
    return PdfContents(files, len(reader.pages), damaged=True)
