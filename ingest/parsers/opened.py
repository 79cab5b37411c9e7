"""What a file holds before anything in it is understood."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from domain.invoice import Attachment, ReadFailure, ReadRemark
from ingest.detect import FileType
from ingest.parsers.xml import XmlDocument

MAX_EMBEDDED: Final = 64 << 20
"""No embedded file is inflated beyond this."""


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file carried inside a PDF or an XML; `data` is None where it is too large."""

    name: str
    role: str | None
    data: bytes | None

    def attachment(self) -> Attachment:
        """Its name, digest and size; a file not taken out has neither."""
        if self.data is None:
            return Attachment(self.name, "", 0, self.role)
        digest = hashlib.sha256(self.data).hexdigest()
        return Attachment(self.name, digest, len(self.data), self.role)


@dataclass(frozen=True, slots=True)
class PdfContents:
    """What a PDF library found in a PDF."""

    files: tuple[EmbeddedFile, ...]
    pages: int
    hostile: bool = False
    """Whether it must not be given to any library that inflates without a bound."""
    damaged: bool = False
    """Whether it had to be repaired, so that something may be missing."""


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """What a file holds: its type, its XML document if any, its attachments, or a failure."""

    type: FileType
    xml: bytes | None = None
    xml_name: str | None = None
    files: tuple[EmbeddedFile, ...] = ()
    failure: ReadFailure | None = None
    document: XmlDocument | None = None
    remarks: tuple[ReadRemark, ...] = ()
    has_safe_pages: bool = True
    """Whether the pages may be opened at all."""

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files inside, as the reading lists them."""
        return tuple(file.attachment() for file in self.files)


def clean_name(stated: object) -> str:
    """An embedded file's name without folders, NULs and control characters; a label, no path."""
    text = "".join(c for c in str(stated) if c.isprintable()).strip()
    return text.replace("\\", "/").rstrip("/").rpartition("/")[2][:200] or "unnamed"
