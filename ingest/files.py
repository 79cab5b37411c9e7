"""Taking the bytes of a file a person named; what goes wrong is a failure on that file alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from domain.invoice import ReadFailure

MAX_FILE_BYTES: Final = 256 << 20


def load_file(path: Path) -> bytes | ReadFailure:
    """The bytes of a file, or why they cannot be had."""
    try:
        return _refusal(path, path.stat()) or _bounded(path)
    except FileNotFoundError:
        return _failure("ING-FILE-11", f"{path} does not exist.", "Check the name and the folder.")
    except PermissionError:
        return _failure(
            "ING-FILE-13", f"{path} may not be read.", "Ask for read access, or copy the file."
        )
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the name
        return _failure(
            "ING-FILE-14", f"{path} cannot be read: {problem}.", "Check the disk and the name."
        )


def _bounded(path: Path) -> bytes | ReadFailure:
    # A pipe has no size of its own: what comes out of it is counted.
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    return data if len(data) <= MAX_FILE_BYTES else _too_large(path, "more")


def _refusal(path: Path, found: os.stat_result) -> ReadFailure | None:
    if stat.S_ISDIR(found.st_mode):
        return _failure("ING-FILE-12", f"{path} is a folder.", "Name the files inside it.")
    if stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode):
        return _failure("ING-FILE-14", f"{path} is a device.", "Name a file.")
    if found.st_size > MAX_FILE_BYTES:
        return _too_large(path, f"{found.st_size} bytes, more")
    return None


def _too_large(path: Path, size: str) -> ReadFailure:
    return _failure(
        "ING-FILE-15",
        f"{path} has {size} than the {MAX_FILE_BYTES} bytes that are read.",
        "Ask the supplier to send large attachments apart from the invoice.",
    )


def _failure(code: str, message: str, hint: str) -> ReadFailure:
    return ReadFailure(code, message, hint)
