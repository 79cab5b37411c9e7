"""Files that come with a request: their names are made harmless, their bytes are left alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from fastapi import Request, UploadFile
from starlette.datastructures import UploadFile as StarletteUploadFile

_LONGEST_NAME = 200
_NAMELESS = "document"


def file_name(stated: str | None) -> str:
    """The last part of a stated name, without folders and characters that cannot be seen."""
    last = (stated or "").replace("\\", "/").rpartition("/")[2]
    # Cc, Cf: a right-to-left mark makes `fdp.exe` read `exe.pdf`; Cs cannot be written as UTF-8.
    shown = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return shown.strip(" .")[:_LONGEST_NAME] or _NAMELESS


async def of_form(request: Request) -> list[tuple[str, bytes]]:
    """The files of a page's form; a browser sends an empty name where none was chosen."""
    async with request.form() as form:
        files = [f for f in form.getlist("files") if isinstance(f, StarletteUploadFile)]
        return [(file_name(f.filename), await f.read()) for f in files]


def received(files: Sequence[UploadFile]) -> Iterator[tuple[str, bytes]]:
    """Each file's name and bytes; a form field left empty is no file."""
    for file in files:
        data = file.file.read()
        if data or file.filename:
            yield file_name(file.filename), data
