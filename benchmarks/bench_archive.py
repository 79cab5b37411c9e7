"""The archive's figures: durable intake, ledger, proofs, verification.

    python -m benchmarks.bench_archive [--rounds 8] [--entries 1000000] [--megabytes 2048]
        [--object-kilobytes 256] [--only intake|ledger|verify] [--folder DIR]

Prints one JSON object; processor seconds stand beside what took long, since other work on the
machine shifts them less than the clock.

The limit that intake is measured against is the plainest durable write there is, on the same disk
in the same round: 16 KiB written, fsynced, renamed, folder fsynced. A document is two such writes
(object and manifest) and its share of a database commit. Rounds alternate between the kinds, and
medians are given, since other work on the machine shifts disks. Nothing is deleted before the end:
ext4 looks long for new inodes where files were just deleted.

Verification reads an archive of `--megabytes` that is not in the page cache, and is measured beside
`cat` to nowhere and `sha256sum` over the same files, not cached either.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import Connection, insert

from archive import repository
from archive.keys import load_or_create_signer
from archive.service import Archive, Received
from archive.stores.filesystem import FilesystemStore
from archive.verification import Verification
from db.engine import Database
from db.migrate import migrate
from domain.identifiers import new_document_id

SIZE = 16 * 1024
PER_ROUND = 64
PROOFS = 500
NOW = datetime(2026, 11, 21, tzinfo=UTC)


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
    migrate(database, folder)
    store = FilesystemStore(folder / "objects")
    signer = load_or_create_signer(folder / "keys/log.pem", "meg.local/main")
    return Archive(store, signer), database, store, signer.verifier.verifier_key


def incoming(count: int, size: int = SIZE) -> list[Received]:
    """Files of the size that raw writes have, or of another."""
    return [
        Received(
            new_document_id(time.time_ns() // 10**6), os.urandom(size), f"{i}.xml", "bench", NOW
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
    del rows[1:]
    cpu = time.process_time()
    sealing = seconds(lambda: archive.seal(database))
    cpu = time.process_time() - cpu
    times = []
    proving = time.process_time()
    with database.reading() as connection:
        for i in range(PROOFS):
            place = i * 7919 % count
            times.append(seconds(lambda place=place: archive.prove_event(connection, place)))
    proving = time.process_time() - proving
    one_more = dict(rows[0], position=count)
    with database.transaction() as connection:
        connection.execute(insert(repository.EVENTS), [one_more])
        connection.execute(repository.LOG_HEAD.update().values(next=count + 1))
    single = seconds(lambda: archive.seal(database))
    store.close()
    database.close()
    return {
        "entries": count,
        "append_entries_per_s": round(count / sealing),
        "append_entries_per_cpu_s": round(count / cpu),
        "seal_one_more_ms": round(single * 1000, 2),
        "proof_cpu_ms_mean": round(proving / PROOFS * 1000, 3),
        "proof_ms_median": round(statistics.median(times) * 1000, 3),
        "proof_ms_p99": round(sorted(times)[int(len(times) * 0.99)] * 1000, 3),
    }


def verification(folder: Path, megabytes: int, object_kilobytes: int) -> dict[str, float]:
    """Megabytes a second through a full check, beside programs that only read or hash once."""
    archive, database, store, key = open_archive(folder)
    count = megabytes * 1024 // object_kilobytes
    digests: dict[str, str] = {}
    for start in range(0, count, PER_ROUND):
        files = incoming(min(PER_ROUND, count - start), object_kilobytes * 1024)
        stored = archive.store_received(files)
        with database.transaction() as connection:
            archive.record_received(connection, stored)
        digests |= {s.document_id: s.digest.hex for s in stored}
    archive.seal(database)

    def known(_connection: Connection, ids: Sequence[str]) -> dict[str, str]:
        """What the journal of documents says."""
        return {i: digests[i] for i in ids}

    verifier = Verification(database, store, key, digests=known)
    objects = sorted(path for path in (folder / "objects/main/o").rglob("*") if path.is_file())
    listing = "\0".join(map(str, objects)).encode()
    found: dict[str, float] = {"documents": count, "megabytes": megabytes}
    works: dict[str, Callable[[], Any]] = {
        "cat": lambda: _over(listing, "cat"),
        "sha256sum": lambda: _over(listing, "sha256sum"),
        "verify_all": lambda: _check_all(verifier),
    }
    for name, work in works.items():
        uncache(folder / "objects")
        before = os.times()
        taken = seconds(work)
        after = os.times()
        cpu = sum(after[:4]) - sum(before[:4])
        found[f"{name}_mb_per_s"] = round(megabytes / taken)
        found[f"{name}_cpu_s"] = round(cpu, 2)
    store.close()
    database.close()
    return found


def _over(listing: bytes, program: str) -> None:
    command = ["xargs", "-0", program]
    subprocess.run(command, input=listing, stdout=subprocess.DEVNULL, check=True)


def _check_all(verifier: Verification) -> None:
    *_, summary = verifier.records(None)
    assert summary["ok"], summary


def uncache(folder: Path) -> None:
    """Have the system forget the contents of all files under a folder."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--object-kilobytes", type=int, default=256)
    parser.add_argument("--only", choices=("intake", "ledger", "verify"), default=None)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="meg-bench-", dir=options.folder))
    try:
        parts: dict[str, Callable[[], Any]] = {
            "intake": lambda: intake(work, options.rounds),
            "ledger": lambda: ledger(work / "ledger", options.entries),
            "verify": lambda: verification(
                work / "verify", options.megabytes, options.object_kilobytes
            ),
        }
        result: dict[str, Any] = {"load_average": os.getloadavg()[0]}
        for name, part in parts.items():
            if options.only in {None, name}:
                result[name] = part()
    finally:
        shutil.rmtree(work)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
