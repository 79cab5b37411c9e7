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
        return _refusal(path, path.stat()) or path.read_bytes()
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


def _refusal(path: Path, found: os.stat_result) -> ReadFailure | None:
    if stat.S_ISDIR(found.st_mode):
        return _failure("ING-FILE-12", f"{path} is a folder.", "Name the files inside it.")
    if stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode):
        return _failure("ING-FILE-14", f"{path} is a device.", "Name a file.")
    if found.st_size > MAX_FILE_BYTES:
        return _failure(
            "ING-FILE-15",
            f"{path} has {found.st_size} bytes, more than the {MAX_FILE_BYTES} that are read.",
            "Ask the supplier to send large attachments apart from the invoice.",
        )
    return None


def _failure(code: str, message: str, hint: str) -> ReadFailure:
    return ReadFailure(code, message, hint)
