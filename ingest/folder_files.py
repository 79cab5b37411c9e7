"""Names, notes and handles in a folder that strangers may write to as well.

Upholds: nothing is written or read through a link, no name is longer than file systems take, and
looking at a file never disturbs whoever is writing it, nor lets them disturb us.
"""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LONGEST_NAME: Final = 255
_MOST_OF_ONE_NAME: Final = 1_000_000
_NOTE_RIGHTS: Final = 0o644


def free_name(folder: Path, name: str, ending: str = "") -> Path | None:
    """A name in the folder that is not taken, as close to this one as there is.

    Args:
        folder: where.
        name: the name wanted; what is too long of it is cut before its own ending.
        ending: what the name has to end with.
    """
    stem, dot, own = name.rpartition(".")
    if not stem or len(os.fsencode(own)) > len(".meg.txt"):
        stem, dot, own = name, "", ""
    for number in range(1, _MOST_OF_ONE_NAME):
        tail = ("" if number == 1 else f" ({number})") + dot + own + ending
        path = folder / (_cut(stem, _LONGEST_NAME - len(os.fsencode(tail))) + tail)
        if not os.path.lexists(path):
            return path
    return None


def write_note(path: Path, text: str) -> None:
    """Write a new file, durably; what is there, a link above all, is left alone.

    Raises:
        OSError: the name is taken, or nothing can be written here.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, _NOTE_RIGHTS), "wb") as stream:
        # A name that is no text stands in the note as far as it can be written.
        stream.write(text.encode("utf-8", "backslashreplace"))
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def folder_inside(root: Path, folder: Path) -> Iterator[int]:
    """A handle of a folder under the root, no link followed below the root.

    Raises:
        OSError: it is gone, or a link stands in its place.
    """
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folder.relative_to(root).parts:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle
    finally:
        os.close(handle)


def open_for_reading(path: Path) -> int:
    """A handle of a file: no link is followed, no pipe waited for."""
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)


def is_being_written(path: Path) -> bool:
    """Whether somebody on this machine has the file open for writing."""
    try:
        handle = open_for_reading(path)
    except OSError:
        return False
    try:
        # Linux grants a read lease only while nobody has the file open for writing. Whoever opens
        # it while we hold the lease makes the kernel send a signal; the default one, SIGIO, would
        # end this process, SIGURG is ignored by default.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        # Network folders and other people's files grant no lease: resting must do.
        return False
    finally:
        os.close(handle)
    return False


def _cut(stem: str, longest: int) -> str:
    """As much of a name as fits into so many bytes, no character cut in two."""
    while len(os.fsencode(stem)) > longest:
        stem = stem[:-1]
    return stem
