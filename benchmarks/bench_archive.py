"""The archive's figures: durable intake, ledger, proofs, verification.

    python benchmarks/bench_archive.py [--rounds 8] [--entries 200000] [--folder DIR]

Prints one JSON object. The limit that intake is measured against is the plainest durable write
there is, on the same disk in the same round: 16 KiB written, fsynced, renamed, folder fsynced. A
document is two such writes (object and manifest) and its share of a database commit. Rounds
alternate between the kinds, and medians are given, since other work on the machine shifts disks.
Nothing is deleted before the end: ext4 looks long for new inodes where files were just deleted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import insert

from archive import repository
from archive.keys import load_or_create_signer
from archive.service import Archive, Received
from archive.stores.filesystem import FilesystemStore
from archive.verification import Verification
from db.engine import Database
from db.metadata import METADATA
from domain.identifiers import new_document_id

SIZE = 16 * 1024
PER_ROUND = 64
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TABLES = [
    repository.EVENTS,
    repository.MANIFESTS,
    repository.CHECKPOINTS,
    repository.LOG_HEAD,
    repository.KEY_ROTATIONS,
]


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class RawWrites:
    """Plain durable writes, one by one into one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._count = 0

    def rate(self, count: int) -> float:
        """Writes a second."""
        return count / seconds(lambda: self._write(count))

    def _write(self, count: int) -> None:
        directory = os.open(self._folder, os.O_RDONLY)
        data = os.urandom(SIZE)
        for _ in range(count):
            self._count += 1
            path = self._folder / f"{self._count}.tmp"
            handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o644)
            os.write(handle, data)
            os.fsync(handle)
            os.close(handle)
            path.rename(self._folder / str(self._count))
            os.fsync(directory)
        os.close(directory)


def open_archive(folder: Path) -> tuple[Archive, Database, FilesystemStore, str]:
    """A new archive under this folder."""
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'meg.db'}")
    METADATA.create_all(database.engine, tables=TABLES)
    store = FilesystemStore(folder / "objects")
    signer = load_or_create_signer(folder / "keys/log.pem", "meg.local/main")
    return Archive(store, signer), database, store, signer.verifier.verifier_key


def incoming(count: int) -> list[Received]:
    """Files of the size that raw writes have."""
    return [
        Received(
            new_document_id(time.time_ns() // 10**6), os.urandom(SIZE), f"{i}.xml", "bench", NOW
        )
        for i in range(count)
    ]


def intake(folder: Path, rounds: int) -> dict[str, Any]:
    """Documents a second, from bytes to committed row, received in batches."""
    raw = RawWrites(folder / "raw")
    archive, database, store, _ = open_archive(folder / "intake")
    rates: dict[str, list[float]] = {"raw_writes": []}
    for _ in range(rounds):
        rates["raw_writes"].append(raw.rate(PER_ROUND))
        for batch in (1, 16, 64):
            files = incoming(PER_ROUND)

            def receive(files: list[Received] = files, batch: int = batch) -> None:
                for start in range(0, PER_ROUND, batch):
                    stored = archive.store_received(files[start : start + batch])
                    with database.transaction() as connection:
                        archive.record_received(connection, stored)

            rates.setdefault(f"documents_by_{batch}", []).append(PER_ROUND / seconds(receive))
    archive.seal(database)
    store.close()
    database.close()
    medians = {name: round(statistics.median(found)) for name, found in rates.items()}
    against = {
        name: round(
            statistics.median(2 * d / r for d, r in zip(found, rates["raw_writes"], strict=True)), 2
        )
        for name, found in rates.items()
        if name != "raw_writes"
    }
    return {"per_s": medians, "writes_against_raw": against}


def ledger(folder: Path, count: int) -> dict[str, float]:
    """Entries a second appended and signed in one batch, then proofs at scattered places."""
    archive, database, store, _ = open_archive(folder)
    rows = [
        {
            "position": i,
            "document_id": f"d{i // 8}",
            "version": 1,
            "type": "parsed",
            "at": NOW,
            "entry": os.urandom(32),
        }
        for i in range(count)
    ]
    with database.transaction() as connection:
        connection.execute(insert(repository.EVENTS), rows)
        connection.execute(insert(repository.LOG_HEAD).values(id=1, next=count))
    sealing = seconds(lambda: archive.seal(database))
    times = []
    with database.reading() as connection:
        for i in range(500):
            place = i * 7919 % count
            times.append(seconds(lambda place=place: archive.prove_event(connection, place)))
    one_more = dict(rows[0], position=count)
    with database.transaction() as connection:
        connection.execute(insert(repository.EVENTS), [one_more])
        connection.execute(repository.LOG_HEAD.update().values(next=count + 1))
    single = seconds(lambda: archive.seal(database))
    store.close()
    database.close()
    return {
        "append_entries_per_s": round(count / sealing),
        "seal_one_more_ms": round(single * 1000, 2),
        "proof_ms_median": round(statistics.median(times) * 1000, 3),
        "proof_ms_p99": round(sorted(times)[int(len(times) * 0.99)] * 1000, 3),
    }


def verification(folder: Path, count: int) -> dict[str, float]:
    """Documents a second through a full check."""
    archive, database, store, key = open_archive(folder)
    stored = archive.store_received(incoming(count))
    with database.transaction() as connection:
        archive.record_received(connection, stored)
    archive.seal(database)
    verifier = Verification(database, store, key)
    taken = seconds(lambda: list(verifier.records(None)))
    store.close()
    database.close()
    return {"documents_per_s": round(count / taken)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="meg-bench-", dir=options.folder))
    try:
        result = {
            "load_average": os.getloadavg()[0],
            "intake": intake(work, options.rounds),
            "ledger": ledger(work / "ledger", options.entries),
            "verify": verification(work / "verify", 1000),
        }
    finally:
        shutil.rmtree(work)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
