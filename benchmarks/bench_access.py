"""What an access costs: noting it, taking it up, sealing it, looking for it.

    python benchmarks/bench_access.py [--accesses 20000] [--folder DIR]

Prints one JSON object. Microseconds of processor time (user and system) per access, which other
work on the machine hardly shifts; a download waits for its disk, so its wall time is given too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive import access_table, repository
from archive.access import Visitor, What
from archive.access_batches import AccessBatches, BatchOptions, read_batch, sealed_batches
from archive.access_journal import AccessJournal
from archive.access_table import ACCESSES, AccessFilter
from archive.stores.filesystem import FilesystemStore
from db.engine import Database
from db.metadata import METADATA

TABLES = [
    ACCESSES,
    repository.EVENTS,
    repository.MANIFESTS,
    repository.CHECKPOINTS,
    repository.LOG_HEAD,
]
VISITOR = Visitor("alice", "web", "192.0.2.7")
DOCUMENTS = 500


class Clock:
    """A time of day that moves on by itself, so that nothing counts as the same look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self) -> datetime:
        """A millisecond later than the last time."""
        self.now += timedelta(milliseconds=1)
        return self.now


def processor_seconds(work: Callable[[], Any]) -> float:
    """User and system time of this process for some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accesses", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="meg-access-", dir=options.folder))
    try:
        print(json.dumps(measure(folder, options.accesses), indent=2))
    finally:
        shutil.rmtree(folder)


def measure(folder: Path, count: int) -> dict[str, Any]:
    """Every step once over this many accesses."""
    database = Database(f"sqlite:///{folder / 'meg.db'}")
    METADATA.create_all(database.engine, tables=TABLES)
    store = FilesystemStore(folder / "objects")
    clock = Clock()
    journal = AccessJournal(folder / "accesses", clock)
    batches = AccessBatches(database, store, journal, "main", BatchOptions(), clock)

    def each(cost: float, number: int = count) -> float:
        return round(cost / number * 1e6, 1)

    noting = processor_seconds(lambda: note_many(journal, count))
    again = processor_seconds(lambda: note_same(journal, count))
    downloads = min(count, 500)
    start = time.perf_counter()
    guarded = processor_seconds(lambda: download(journal, downloads))
    waited = time.perf_counter() - start
    taking = processor_seconds(batches.take_up)
    sealing = processor_seconds(batches.seal_all)
    with database.reading() as connection:
        sealed = list(sealed_batches(connection))
        size = sum(store.size(f"main/o/sha256/{b[:2]}/{b[2:4]}/{b}") for b in sealed)
        wanted = AccessFilter(document_id="document-7")
        looking = processor_seconds(lambda: list(access_table.listed(connection, wanted, 10)))
    batch = read_batch(store, "main", sealed[0])
    extract = processor_seconds(lambda: batch.paths(range(5)))
    journal.close()
    database.close()
    total = count + downloads
    return {
        "accesses": total,
        "load": os.getloadavg()[0],
        "processor_microseconds": {
            "noted": each(noting),
            "the same again within a minute": each(again),
            "a download, on disk before it goes out": each(guarded, downloads),
            "taken up into the database": each(taking, total),
            "sealed": each(sealing, total),
        },
        "a download waits, milliseconds": round(waited / downloads * 1e3, 2),
        "bytes per access in the archive": round(size / total),
        "batches": len(sealed),
        "the last ten of a document, milliseconds": round(looking * 1e3, 2),
        "paths of five accesses in a batch, milliseconds": round(extract * 1e3, 2),
    }


def note_many(journal: AccessJournal, count: int) -> None:
    """Documents opened, one after the other."""
    for number in range(count):
        journal.note(VISITOR, What.OPENED, f"document-{number % DOCUMENTS}", look=number)


def note_same(journal: AccessJournal, count: int) -> None:
    """The pages of one document, again and again."""
    for _ in range(count):
        journal.note(VISITOR, What.PAGES, "document-1")


def download(journal: AccessJournal, count: int) -> None:
    """Originals, each recorded durably first."""
    for number in range(count):
        journal.note(VISITOR, What.DOWNLOADED, f"document-{number % DOCUMENTS}", file="a.pdf")


if __name__ == "__main__":
    main()
