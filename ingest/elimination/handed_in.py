"""Copies in the outcome folders of the drop folder: they go with the document.

A file that was dropped in is moved to `traites/…` when it is done, with a note beside it. Whoever
purges a document means these copies too. A file is one when it has the digest that was destroyed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_DONE: Final = "traites"
_NOTE: Final = ".meg.txt"
_CHUNK: Final = 1 << 20


def remove_copies(drop_folder: Path, destroyed: Mapping[str, int]) -> int:
    """Remove files with these digests, each with its size, and their notes; how many there were."""
    sizes = set(destroyed.values())
    removed = 0
    for folder, _, names in os.walk(drop_folder / _DONE, followlinks=False):
        for name in names:
            path = Path(folder) / name
            with suppress(OSError):
                found = path.lstat()
                if not stat.S_ISREG(found.st_mode) or found.st_size not in sizes:
                    continue
                if _digest(path) in destroyed:
                    path.unlink()
                    path.with_name(name + _NOTE).unlink(missing_ok=True)
                    removed += 1
    return removed


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
