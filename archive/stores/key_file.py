"""Files that hold a key: made once, durably, for their owner's eyes."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from archive.errors import KeyFileUnreadable
from archive.stores.durable import fsync_folder, make_durable_folder

# Rights that nobody but the owner may have; the owner's group may read, as secret stores set it.
_TOO_OPEN = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


def read_private(path: Path) -> bytes:
    """The bytes of a file that nobody else may read; raises KeyFileUnreadable, OSError."""
    if path.stat().st_mode & _TOO_OPEN:
        raise KeyFileUnreadable(f"{path}: others may read or change it; say `chmod 600 {path}`")
    return path.read_bytes()


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file durably unless it is there already."""
    make_durable_folder(path.parent, 0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            os.link(aside, path)
        fsync_folder(path.parent)
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()
