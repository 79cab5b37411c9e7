"""One file's bytes → the checks of its signatures; never an exception on account of the file."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final

from domain.signature import SignatureCheck, not_checked
from ingest.detect import FileType, file_type
from ingest.memory_bound import memory_bounded
from ingest.signatures.cades import CADES, check_cms, content_of
from ingest.signatures.marks import cms_bytes, is_signed
from ingest.signatures.options import TrustOptions
from ingest.signatures.pades import check_pdf
from ingest.signatures.trust import Roots, load_roots
from ingest.signatures.xades import check_xml

_DEEPEST: Final = 3
_FORMATS = {FileType.PDF: "PAdES", FileType.XML: "XAdES", FileType.CMS: "CAdES"}


def check_signatures(
    data: bytes, trust: TrustOptions, now: datetime | None = None
) -> tuple[SignatureCheck, ...]:
    """Check every signature of a file, and of the file inside a CMS file.

    Args:
        data: the bytes of the file, not trusted.
        trust: where trusted certificates lie.
        now: the instant at which nothing earlier is proven; without, it is asked of the clock.
    """
    roots = load_roots(trust)
    with memory_bounded():
        try:
            found = asyncio.run(_check(data, roots, now or datetime.now(UTC)))
        except MemoryError:
            raise
        except Exception as problem:  # noqa: BLE001  # hostile files raise anything: said, not hidden
            form = _FORMATS.get(file_type(data), "")
            told = f"{type(problem).__name__}: {problem}"
            found = [not_checked(form, "", told[:500])]
    return tuple(found)


async def _check(data: bytes, roots: Roots, now: datetime, depth: int = 1) -> list[SignatureCheck]:
    kind = file_type(data)
    if kind is FileType.PDF:
        return await check_pdf(data, roots, now)
    if kind is FileType.XML:
        return await check_xml(data, roots, now)
    binary = cms_bytes(data) if kind is FileType.CMS else None
    if binary is None:
        return []
    checks = await check_cms(binary, roots, now)
    content = content_of(binary)
    if content is None or not is_signed(content):
        return checks
    if depth == _DEEPEST and file_type(content) is FileType.CMS:
        why = f"signed files inside one another: the outer {_DEEPEST} alone were checked"
        return [*checks, not_checked(CADES, "", why)]
    return checks + await _check(content, roots, now, depth + 1)
