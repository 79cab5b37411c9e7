"""Write-once objects in a folder; the key is the path.

How an object comes to be, for one or for many at once:

1. Its bytes go to a temporary file in this process's own folder under `.tmp/`.
2. The files are fsynced, several at a time: the file system then shares one flush among them.
3. Each is linked to its final name, which fails when the name is taken: nothing is overwritten.
4. The folders that got a new name are fsynced likewise, and those above them that are new.
5. The temporary names are removed.

A crash before 3 leaves a temporary file, which a later start removes; the lock each process holds
on its temporary folder tells the dead from the living. A crash after 3 leaves a whole object that
nobody was told about. Objects are read-only files. The file system must know hard links.

Left undone: someone with the right to write the folder can replace a file or a folder by a link.
The store notices changed bytes only when they are read and hashed.
"""

# Paths are plain strings here: building pathlib objects costs more than the system calls.
# ruff: noqa: PTH100, PTH103, PTH104, PTH108, PTH113, PTH116, PTH118, PTH120, PTH123

from __future__ import annotations

import errno
import itertools
import os
import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import (
    BadKey,
    KeyTaken,
    ObjectMissing,
    SourceChanged,
    StoreFailed,
    StoreForbidden,
    StoreFull,
)
from archive.store import Put, Source
from archive.stores.durable import (
    OwnFolder,
    Parallel,
    copy_file,
    fsync_folder,
    make_durable_folder,
    same_bytes,
    start_writeback,
    sweep,
    write_all,
)
from domain.identifiers import Digest

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LONGEST_KEY = 512
_TEMPORARY = ".tmp"
_DAMAGED = ".damaged"
_READ_ONLY = 0o444
_FOLDERS_REMEMBERED = 100_000
_OPEN_AT_ONCE = 128
_SYNCS_AT_ONCE = 8
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True, slots=True)
class _Aside:
    """An object written under a temporary name, still open."""

    put: Put
    path: str
    handle: int


class FilesystemStore:
    """An ObjectStore in a folder of a local file system."""

    def __init__(self, root: Path) -> None:
        """Open the store, making its folder where there is none, and sweep what a crash left.

        A store that is only read need not be writable.
        """
        self._root = os.path.abspath(root)
        self._temporary = f"{self._root}/{_TEMPORARY}"
        self._durable: set[str] = set()
        self._names = itertools.count()
        self._syncs = Parallel(_SYNCS_AT_ONCE)
        self._opening = threading.Lock()
        self._own: OwnFolder | None = None
        with _translated(self._root):
            make_durable_folder(self._root)
        with suppress(OSError):
            sweep(self._temporary)

    def put_new(self, key: str, source: Source, digest: Digest | None = None) -> None:
        """Store these bytes under a new key; durable on return."""
        self.put_many([Put(key, source, digest)])

    def put_many(self, puts: Sequence[Put]) -> None:
        """Store all of these; all are durable on return."""
        for put in puts:
            self._path(put.key)
        taken: list[str] = []
        for start in range(0, len(puts), _OPEN_AT_ONCE):
            taken += self._put_batch(puts[start : start + _OPEN_AT_ONCE])
        if taken:
            raise KeyTaken(taken[0])

    def _put_batch(self, puts: Sequence[Put]) -> list[str]:
        """Store these; give the keys that hold other bytes."""
        written: list[_Aside] = []
        try:
            # 1. Temporary files; the disk starts on each while the next is written.
            for put in puts:
                with _translated(put.key):
                    written.append(self._write_aside(put))
            # 2. On the disk.
            self._syncs.each(_sync_file, written)
            # 3. Final names.
            folders, taken = self._link_all(written)
            # 4. Names on the disk.
            self._syncs.each(_sync_folder, list(folders))
            self._remember(folders)
        finally:
            # 5. Temporary names.
            for aside in written:
                os.close(aside.handle)
                with suppress(OSError):
                    os.unlink(aside.path)
        return taken

    def read(self, key: str) -> bytes:
        """All bytes of an object."""
        with self.stream(key) as file:
            return file.read()

    def stream(self, key: str) -> BinaryIO:
        """An object opened for reading."""
        path = self._path(key)
        with _reading(key):
            return open(path, "rb", buffering=0)

    def exists(self, key: str) -> bool:
        """Whether an object is stored under this key."""
        return os.path.isfile(self._path(key))

    def size(self, key: str) -> int:
        """The number of bytes of an object."""
        path = self._path(key)
        with _reading(key):
            return os.stat(path).st_size

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key starting with the prefix."""
        folder, _, start = prefix.rpartition("/")
        if folder:
            self._path(folder)
        above = folder + "/" if folder else ""
        with _translated(prefix):
            for name in _walk(os.path.join(self._root, folder), start):
                yield above + name

    def set_aside(self, key: str, right: Digest) -> None:
        """Move a damaged object to `.damaged/`, under its key and a mark; an absent one is fine."""
        del right  # it would have been read before
        path = self._path(key)
        aside = f"{self._root}/{_DAMAGED}/{key}.{secrets.token_hex(4)}"
        with _translated(key), suppress(FileNotFoundError):
            make_durable_folder(os.path.dirname(aside))
            os.rename(path, aside)
            fsync_folder(os.path.dirname(aside))
            fsync_folder(os.path.dirname(path))

    def destroy(self, key: str) -> None:
        """Remove an object, and what repairs kept of it under `.damaged/`."""
        path = self._path(key)
        with _translated(key):
            _remove(path)
            folder, _, name = f"{self._root}/{_DAMAGED}/{key}".rpartition("/")
            for aside in list(_walk(folder, f"{name}.")):
                _remove(f"{folder}/{aside}")

    def close(self) -> None:
        """Give the temporary folder back; a later put would make another."""
        if self._own is not None:
            self._own.remove()
            self._own = None

    def _path(self, key: str) -> str:
        if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
            raise BadKey(key)
        return f"{self._root}/{key}"

    def _write_aside(self, put: Put) -> _Aside:
        # The process id keeps a forked child, which shares the counter's state, from our names.
        path = f"{self._own_folder()}/{os.getpid()}-{next(self._names)}"
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _READ_ONLY)
        try:
            if isinstance(put.source, Path):
                _copy_checked(put.source, put, handle)
            else:
                write_all(handle, put.source)
            start_writeback(handle)
        except BaseException:
            os.close(handle)
            os.unlink(path)
            raise
        return _Aside(put, path, handle)

    def _own_folder(self) -> str:
        with self._opening:
            if self._own is None:
                self._own = OwnFolder(self._temporary)
            return self._own.path

    def _link_all(self, written: Sequence[_Aside]) -> tuple[set[str], list[str]]:
        folders: set[str] = set()
        taken: list[str] = []
        for aside in written:
            path = self._path(aside.put.key)
            with _translated(aside.put.key):
                folders |= self._make_folders(os.path.dirname(path))
                try:
                    os.link(aside.path, path)
                except FileExistsError:
                    if not same_bytes(aside.path, path):
                        taken.append(aside.put.key)
        return folders, taken

    def _make_folders(self, folder: str) -> set[str]:
        """Make a folder and those above it; say which must be fsynced for it to be found again."""
        touched = {folder}
        while folder not in self._durable and folder != self._root:
            # A folder that is there may be another writer's, not on the disk yet.
            folder = os.path.dirname(folder)
            touched.add(folder)
        os.makedirs(max(touched, key=len), exist_ok=True)
        return touched

    def _remember(self, folders: set[str]) -> None:
        if len(self._durable) > _FOLDERS_REMEMBERED:
            self._durable.clear()
        self._durable |= folders


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn what the system says into the archive's own errors."""
    try:
        yield
    except OSError as problem:
        text = f"{name}: {problem.strerror or problem}"
        if problem.errno in _FULL:
            raise StoreFull(text) from problem
        if problem.errno in _FORBIDDEN:
            raise StoreForbidden(text) from problem
        raise StoreFailed(text) from problem


@contextmanager
def _reading(key: str) -> Iterator[None]:
    """The same for a read, where an absent file has a meaning of its own."""
    with _translated(key):
        try:
            yield
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as problem:
            raise ObjectMissing(key) from problem


def _remove(path: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        os.unlink(path)
        fsync_folder(os.path.dirname(path))


def _sync_file(aside: _Aside) -> None:
    with _translated(aside.put.key):
        os.fsync(aside.handle)


def _sync_folder(folder: str) -> None:
    with _translated(folder):
        fsync_folder(folder)


def _copy_checked(source: Path, put: Put, handle: int) -> None:
    try:
        found = copy_file(source, handle)
    except FileNotFoundError as problem:
        raise SourceChanged(str(source), "is gone") from problem
    if put.digest is not None and found != put.digest.hex:
        raise SourceChanged(str(source))


def _walk(folder: str, start: str) -> Iterator[str]:
    try:
        found = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with found:
        for entry in found:
            if entry.name.startswith(".") or not entry.name.startswith(start):
                continue
            if entry.is_dir(follow_symlinks=False):
                for name in _walk(entry.path, ""):
                    yield f"{entry.name}/{name}"
            else:
                yield entry.name
