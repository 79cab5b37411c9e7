"""System calls behind durable files: what must be on the disk, and who owns what is half done."""

# Paths are plain strings here: building pathlib objects costs more than the system calls.
# ruff: noqa: PTH102, PTH103, PTH112, PTH123

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

_CHUNK = 1 << 20
_T = TypeVar("_T")


class Parallel:
    """Does one thing to many items, several at a time, in threads made when first needed."""

    def __init__(self, workers: int, name: str = "fsync") -> None:
        self._workers = workers
        self._name = name
        self._pool: ThreadPoolExecutor | None = None
        self._process = 0

    def each(self, work: Callable[[_T], None], items: Sequence[_T]) -> None:
        """Do it to every item; raises what the first that failed raised."""
        if len(items) == 1:
            work(items[0])
        elif items:
            for _ in self._workers_of_this_process().map(work, items):
                pass

    def _workers_of_this_process(self) -> ThreadPoolExecutor:
        # Threads do not survive a fork.
        if self._pool is None or self._process != os.getpid():
            self._process = os.getpid()
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix=self._name)
        return self._pool


def write_all(handle: int, data: bytes) -> None:
    """Write all of these bytes."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def copy_file(source: Path, handle: int) -> str:
    """Copy a file's bytes without holding them all; give their SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with open(source, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            write_all(handle, chunk)
    return digest.hexdigest()


def start_writeback(handle: int) -> None:
    """Ask the disk to begin; promises nothing."""
    # Linux begins to write the file's pages at this call: the fsyncs of a batch then find most of
    # the work done, and share one journal commit. Elsewhere it does no harm.
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def same_bytes(one: str, other: str) -> bool:
    """Whether two files hold the same bytes."""
    with open(one, "rb", buffering=0) as a, open(other, "rb", buffering=0) as b:
        if os.fstat(a.fileno()).st_size != os.fstat(b.fileno()).st_size:
            return False
        while chunk := a.read(_CHUNK):
            if chunk != b.read(len(chunk)):
                return False
    return True


def fsync_folder(folder: str | os.PathLike[str]) -> None:
    """Put the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_durable_folder(folder: str | os.PathLike[str], mode: int = 0o777) -> None:
    """Make a folder, and those above it, so that a power cut does not take them back."""
    above = Path(folder).absolute().parent
    if os.path.isdir(folder):
        # Whoever made it may have been killed before this.
        with suppress(OSError):
            fsync_folder(above)
        return
    make_durable_folder(above, mode)
    with suppress(FileExistsError):
        os.mkdir(folder, mode)
    fsync_folder(above)


class OwnFolder:
    """A process's temporary folder, locked for as long as the process lives."""

    def __init__(self, temporary: str) -> None:
        """Make it under the folder of all temporary folders, and sweep there."""
        os.makedirs(temporary, exist_ok=True)
        self.path = f"{temporary}/{os.getpid()}-{secrets.token_hex(8)}"
        with _alone_in(temporary):
            _sweep(temporary)
            os.mkdir(self.path, 0o700)
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Remove it, and whatever is still in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep(temporary: str) -> None:
    """Remove the temporary folders of processes that are gone, if there are any."""
    if os.path.isdir(temporary):
        with _alone_in(temporary):
            _sweep(temporary)


@contextmanager
def _alone_in(temporary: str) -> Iterator[None]:
    # One at a time, or a sweep could take a folder in the moment before its owner locks it.
    handle = os.open(temporary, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(temporary: str) -> None:
    with os.scandir(temporary) as found:
        folders = [entry.path for entry in found if entry.is_dir(follow_symlinks=False)]
    for folder in folders:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
