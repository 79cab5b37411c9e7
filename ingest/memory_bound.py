"""How much memory reading one file may take, on top of what the process holds already.

Acts only in a guarded child, whose memory is limited for its whole life anyway: there the limit is
drawn closer while a file is read, so that a drawing that multiplies or an XML of millions of
elements ends at half a gigabyte, while the rule sets, which need more, keep the wider limit. In
any other process nothing is limited: running out of memory there would end more than one document.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

READING_BYTES: Final = 384 << 20
"""Reading takes at most this much; an XML invoice that carries a 40 MB file takes half of it."""


@contextmanager
def memory_bounded(more: int = READING_BYTES) -> Iterator[None]:
    """Bound what is allocated inside to `more` bytes beyond what is held now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY:
        yield
        return
    resource.setrlimit(resource.RLIMIT_DATA, (min(hard, _held() + more), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _held() -> int:
    """The private writable memory of this process, as RLIMIT_DATA counts it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return pages * os.sysconf("SC_PAGE_SIZE")
