"""An archive on the filesystem with its database, for the tests of the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive import repository
from archive.access_table import ACCESSES
from archive.checkpoint import Signer
from archive.kept import KEPT_CHANGES
from archive.keys import load_or_create_signer
from archive.service import Archive, Happening, Received, Stored
from archive.stores.filesystem import FilesystemStore
from archive.stores.minio_store import MinioStore
from archive.verification import Verification
from db.engine import Database
from db.metadata import METADATA
from domain.identifiers import new_document_id
from domain.records import Record

ORIGIN = "meg.local/main"
START = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
TABLES = [
    repository.EVENTS,
    repository.MANIFESTS,
    repository.CHECKPOINTS,
    repository.LOG_HEAD,
    repository.KEY_ROTATIONS,
    KEPT_CHANGES,
    ACCESSES,
]


@dataclass(slots=True)
class ArchiveCase:
    """Everything an archive needs, under one folder."""

    folder: Path
    database: Database
    store: FilesystemStore | MinioStore
    signer: Signer
    archive: Archive
    made: int = 0

    def incoming(self, count: int, text: str = "invoice") -> list[Received]:
        """Files not received yet, each with bytes and an id of its own."""
        files = []
        for _ in range(count):
            at = START + timedelta(seconds=self.made)
            content = f"{text} {self.made}".encode()
            document_id = new_document_id(int(at.timestamp() * 1000))
            files.append(Received(document_id, content, f"{self.made}.xml", "tests", at))
            self.made += 1
        return files

    def receive(self, files: Sequence[Received]) -> list[Stored]:
        """Store and record."""
        stored = self.archive.store_received(files)
        self.record_stored(stored)
        return stored

    def record_stored(self, stored: Sequence[Stored]) -> None:
        """Record what was stored."""
        with self.database.transaction() as connection:
            self.archive.record_received(connection, stored)

    def decide(self, stored: Sequence[Stored], outcome: str = "approve") -> list[int]:
        """Record that these were read and decided, in one transaction."""
        positions: list[int] = []
        with self.database.transaction() as connection:
            for item in stored:
                happenings = [
                    Happening("parsed", START, "meg", {"number": item.digest.hex[:8]}),
                    Happening("decided", START, "meg", {"outcome": outcome}),
                ]
                positions += self.archive.record(connection, item.document_id, happenings)
        return positions

    def note(self, stored: Stored, count: int) -> list[int]:
        """Record many events of one document, in one manifest."""
        happenings = [Happening("noted", START, "meg", {"n": n}) for n in range(count)]
        with self.database.transaction() as connection:
            return self.archive.record(connection, stored.document_id, happenings)

    def seal(self) -> int:
        """Seal; gives the size of the signed log."""
        return self.archive.seal(self.database).size

    def verification(self) -> Verification:
        """The verifier over this archive."""
        return Verification(self.database, self.store, self.signer.verifier.verifier_key)

    def verify(self) -> tuple[list[Record], Record]:
        """The documents' records and the summary of a check of everything."""
        *documents, summary = self.verification().records(None)
        return documents, summary

    def problems(self) -> list[tuple[str, str]]:
        """Code and key of every problem there is."""
        documents, summary = self.verify()
        found = [p for record in [*documents, summary] for p in record["problems"]]
        return [(p["code"], p["key"]) for p in found]


def open_case(
    folder: Path, url: str = "", store: FilesystemStore | MinioStore | None = None
) -> ArchiveCase:
    """An archive under this folder, made at the first call and opened again later.

    Its database is in the folder too, unless a URL says otherwise, and so are its objects, unless a
    store is given.
    """
    folder.mkdir(exist_ok=True)
    database = Database(url or f"sqlite:///{folder / 'meg.db'}")
    METADATA.create_all(database.engine, tables=TABLES)
    store = store or FilesystemStore(folder / "objects")
    signer = load_or_create_signer(folder / "keys" / "log.pem", ORIGIN)
    return ArchiveCase(folder, database, store, signer, Archive(store, signer))
