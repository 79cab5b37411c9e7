"""An evidence package as an answer: written to a file nobody else sees, then streamed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from fastapi.responses import StreamingResponse

from api.application import Application

_CHUNK = 1 << 18


def evidence_download(
    application: Application, document_ids: Sequence[str], actor: str
) -> StreamingResponse:
    """Make the package of these documents, and give it out."""
    file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed once it is streamed
    try:
        record = application.write_evidence(document_ids, file, actor)
    except BaseException:
        file.close()
        raise
    name = f"dossier-de-preuve-{record['index_sha256'][:12]}.zip"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-length": str(record["size"]),
        "meg-package-digest": record["index_sha256"],
    }
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
