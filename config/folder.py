"""The data folder: where the embedded engines keep their state, and who may tend it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.stores.durable import make_durable_folder
from domain.errors import Error


class DataFolderUnusable(Error):
    """The data folder cannot be made or written."""

    code = "CFG-02"
    hint = "Say another folder with --data DIR or MEG_DATA, or give MEG the right to write there."


class AlreadyRunning(Error):
    """Another MEG already tends this data folder."""

    code = "CFG-03"
    hint = "Stop the other one first, or give this one a data folder of its own with --data DIR."


def prepare_folder(folder: Path) -> None:
    """Make the data folder, for its owner alone.

    Raises:
        DataFolderUnusable: it cannot be made or written.
    """
    try:
        make_durable_folder(folder, 0o700)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise DataFolderUnusable(f"{folder}: no right to read and write here")
    except OSError as problem:
        raise DataFolderUnusable(f"{folder}: {problem.strerror or problem}") from problem


def is_tended(folder: Path) -> bool:
    """Whether a process tends this data folder now."""
    try:
        with tended(folder):
            return False
    except AlreadyRunning:
        return True


@contextmanager
def tended(folder: Path) -> Iterator[None]:
    """Hold the data folder as the one process that tends its drop folder and outbox.

    The lock goes with the process, however it ends.

    Raises:
        AlreadyRunning: another process holds it.
    """
    path = folder / "run.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o660)
    except OSError as problem:
        raise DataFolderUnusable(f"{path}: {problem.strerror or problem}") from problem
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            raise AlreadyRunning(f"{folder} is tended by process {holder}") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
