"""What the web and the JSON interface need of the application: as narrow as they need it.

`config.assembly.Application` fulfils it; tests have a small one in memory. Records are plain
dictionaries in CONTRACT's form, so that what is stored, printed and served is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self

from archive.access import Visitor
from archive.access_table import AccessFilter
from db.engine import Database
from domain.evidence import PageBox
from domain.lesson import Piece
from ingest.repository import PersonLinks

Record = dict[str, Any]


class Application(Protocol):
    """Everything that a face of MEG can ask for."""

    def seen_by(self, visitor: Visitor) -> Self:
        """The same, with what is read through it recorded as this visitor's.

        Reading records itself; AccessNotRecorded where nothing is given without a record.
        """
        ...

    def saw_pages(self, document_id: str) -> None:
        """Record that images of a document's pages were seen."""
        ...

    def accesses(
        self, wanted: AccessFilter, limit: int, before: int | None = None
    ) -> Sequence[Record]:
        """Who read, searched or exported what, the newest first."""
        ...

    def accesses_to(self, document_id: str, limit: int) -> Sequence[Record]:
        """The last accesses to a document."""
        ...

    def documents(
        self, *, status: str | None, limit: int, before: str | None, containers: bool = True
    ) -> Sequence[Record]:
        """List documents, newest first, older than `before` where one is given.

        Without `containers`, archives and messages give way to what was taken out of them.
        """
        ...

    def counts(self, *, containers: bool = True) -> Mapping[str, int]:
        """Count the documents by status; see `documents`."""
        ...

    def show(self, document_id: str) -> Record:
        """Tell all that is known of one document (CONTRACT §5, with its history).

        Raises:
            DocumentUnknown: no document has this id.
        """
        ...

    def searchable_pdf(self, document_id: str) -> tuple[str, bytes]:
        """The PDF with recognised text that was made of a scan, and a name for it."""
        ...

    def signature_report(self, document_id: str) -> tuple[str, bytes]:
        """The report on a document's signatures, and a name for it; `NothingDerived` without."""
        ...

    def drawable(self, document_id: str) -> tuple[str, Callable[[], bytes]]:
        """The digest and the bytes that the pages of a document are drawn from."""
        ...

    def original(self, document_id: str) -> tuple[str, bytes]:
        """Give a document's file name and the bytes that were received, their hash checked."""
        ...

    def attachment(self, document_id: str, position: int) -> tuple[str, bytes]:
        """Give name and bytes of a file that came inside a document, counted from 1.

        Raises:
            DocumentUnknown, AttachmentUnknown: there is none.
        """
        ...

    def search(self, query: str, **filters: Any) -> Record:
        """Search (CONTRACT §6); a bad query raises an error that says where."""
        ...

    def ingest(self, files: Iterable[tuple[str, bytes | Path]], source: str) -> Iterator[Record]:
        """Take files in now; one object a file (CONTRACT §5)."""
        ...

    def resolve(
        self, document_id: str, action: str, reason: str, actor: str, seen: int | None = None
    ) -> Record:
        """Record an accountant's decision about a document, unless more happened than `seen`."""
        ...

    def correct(
        self,
        document_id: str,
        fields: Mapping[str, str],
        reason: str,
        actor: str,
        boxes: Mapping[str, PageBox] | None = None,
    ) -> Record:
        """Correct what was read on a document's pages; it is judged again at once."""
        ...

    def link(self, document_id: str, links: PersonLinks, reason: str, actor: str) -> Record:
        """Link a document to orders, a contract or a commitment; it is judged again at once."""
        ...

    def choices(self, document_id: str) -> Sequence[Record]:
        """Orders that a document may be linked to, the likeliest first."""
        ...

    def pieces(self, document_id: str) -> Sequence[Piece]:
        """What a person can point at on a document's pages, to correct what was read."""
        ...

    def corrections(self, *, forgotten: bool = False) -> Sequence[Record]:
        """What was learned from corrections, the newest first."""
        ...

    def forget(self, correction_id: str, reason: str, actor: str) -> Record:
        """Apply a correction no longer to documents read from now on."""
        ...

    def verify(self, ids: Sequence[str] | None) -> Iterator[Record]:
        """Check stored bytes, ledger and proofs of these documents, or of all."""
        ...

    def write_evidence(self, document_ids: Sequence[str], file: BinaryIO, actor: str) -> Record:
        """Write an evidence package of these documents, which becomes an event of each.

        Raises:
            DocumentUnknown, NothingToProve, PackageTooLarge: nothing was recorded.
        """
        ...

    def chosen(self, query: str | None, year: int | None) -> Sequence[str]:
        """The ids of the documents that a query finds, or of a year, in order of arrival."""
        ...

    def proofs(self, document_id: str) -> Sequence[Record]:
        """Where each event of a document stands in the signed log, with proof.

        Raises:
            DocumentUnknown, NotSealed: there is none, or not yet.
        """
        ...

    def consistency(self, first: int, second: int | None) -> Record:
        """What shows that the signed log extends the one of size `first`.

        Raises:
            NoSuchSize: the log was never signed at this size.
        """
        ...

    def compare(self, note: bytes) -> Record:
        """Whether the log only grew since a checkpoint that somebody kept elsewhere."""
        ...

    def checkpoint(self) -> Record:
        """The last signed checkpoint, to be kept elsewhere; raises NotSealed."""
        ...

    def keys(self) -> Sequence[Record]:
        """The keys of the log, oldest first."""
        ...

    def eliminations(self) -> Sequence[Record]:
        """Every elimination, the newest first, with how many documents stand where."""
        ...

    def elimination(self, number: int) -> Record:
        """One elimination with its proposal, visa, documents and certificates.

        Raises:
            EliminationUnknown: there is none.
        """
        ...

    def indexed(self) -> int:
        """How many documents the search index holds."""
        ...

    def log_sizes(self) -> tuple[int, int]:
        """How many events were recorded, and how many stand under a signed checkpoint."""
        ...

    def change_token(self) -> str:
        """A short text that changes whenever anything changed; cheap to ask for."""
        ...


class WithDatabase(Application, Protocol):
    """The application with the reference data that its documents were matched with."""

    @property
    def database(self) -> Database:
        """Where orders can be looked up."""
        ...


class Reader(Protocol):
    """Reads and validates a file without storing anything."""

    def parse(self, name: str, data: bytes) -> Record:
        """What is read in a file (CONTRACT §3)."""
        ...

    def validate(self, name: str, data: bytes) -> Record:
        """What the official rule sets say of a file (CONTRACT §4)."""
        ...
