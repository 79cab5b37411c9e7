"""Files that survive a power cut, and a lock that goes with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.errors import IndexBusy, IndexNotWritten

_LOOK_EVERY_SECONDS = 0.05


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file at one stroke, durably."""
    aside = path.with_name(f"{path.name}.new")
    with aside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)
    sync(path.parent)


@contextmanager
def exclusive_lock(path: Path, patience_seconds: float) -> Iterator[None]:
    """Hold a lock file among all processes and threads; it is freed however the process ends.

    Raises:
        IndexBusy: somebody else holds it for longer than the patience lasts.
        IndexNotWritten: the lock file cannot be made.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    except OSError as problem:
        raise IndexNotWritten(f"{path}: {problem.strerror}") from problem
    try:
        give_up = time.monotonic() + patience_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= give_up:
                    holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
                    message = f"{path} is held by process {holder or 'unknown'}"
                    raise IndexBusy(message) from None
                time.sleep(_LOOK_EVERY_SECONDS)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
