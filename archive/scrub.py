"""The fixity scrub: stored objects read and hashed anew, a random sample a day or all of them.

An object's name is its digest, so it checks itself; objects that the journal names and the store
lacks are found because the journal is drawn from too. A sample of 3,000 objects finds damage to
0.1 % of them with a probability of 95 %. Each result is kept in the database and, signed with the
key of the log, in the archive, where a rebuild finds it again.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, Table, insert, select

from archive import kept
from archive.checkpoint import Signer, Verifier
from archive.errors import ArchiveError, KeyTaken, ObjectMissing
from archive.manifest import instant
from archive.store import ObjectStore
from db.engine import Database
from db.metadata import METADATA, Instant, Json
from domain.records import Record, canonical

SCRUBS: Final = Table(
    "scrubs",
    METADATA,
    Column("started_at", Instant, primary_key=True),
    Column("finished_at", Instant, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("objects", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("problems", Json, nullable=False),
)
"""Every scrub that came to its end, with what it found."""

_CHUNK: Final = 1 << 20
_MISSING: Final = "OBJECT_MISSING"
_MOST_PROBLEMS: Final = 1_000
_OBJECT: Final = re.compile(r"[^/]+/o/sha256/../../([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class ScrubOptions:
    """How much is read, and how fast."""

    objects: int | None = 3_000  # None: all of them
    megabytes_per_second: float = 20.0  # 0: as fast as the disk gives


@dataclass(slots=True)
class ScrubReport:
    """What a scrub found."""

    started_at: datetime
    full: bool
    finished_at: datetime | None = None
    objects: int = 0
    bytes: int = 0
    problems: list[Record] = field(default_factory=list)

    def record(self) -> Record:
        """The report as JSON."""
        return {
            "started_at": instant(self.started_at),
            "finished_at": None if self.finished_at is None else instant(self.finished_at),
            "full": self.full,
            "objects": self.objects,
            "bytes": self.bytes,
            "ok": not self.problems,
            "problems": self.problems,
        }


Keys = Callable[[], Iterable[str]]
Tick = Callable[[int], None]


class Scrubbing:
    """Scrubs one tenant's objects."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        signer: Signer,
        tenant: str,
        named: Keys,
        clock: Callable[[], datetime],
    ) -> None:
        """Scrub this store.

        Args:
            database: where results are kept.
            store: what is read.
            signer: signs the results.
            tenant: whose objects.
            named: gives the keys of the objects that the journal names.
            clock: the time of day.
        """
        self._database = database
        self._store = store
        self._signer = signer
        self._tenant = tenant
        self._named = named
        self._clock = clock

    def run(
        self,
        options: ScrubOptions,
        tick: Tick = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
        wait: Callable[[float], object] = time.sleep,
    ) -> ScrubReport:
        """Read and hash objects; one that was stopped before its end is not kept.

        Args:
            options: how many, and how fast.
            tick: told the bytes of each object read.
            stopped: whether to leave off.
            wait: lets seconds pass, to keep to the rate.
        """
        report = ScrubReport(self._clock(), options.objects is None)
        started = time.monotonic()
        for key in self._chosen(options.objects):
            if stopped():
                return report
            self._look(key, report, tick)
            if options.megabytes_per_second > 0:
                due = report.bytes / (options.megabytes_per_second * (1 << 20))
                wait(max(0.0, due - (time.monotonic() - started)))
        report.finished_at = self._clock()
        if report.objects:  # of nothing, nothing is said
            self._keep(report)
        return report

    def still_damaged(self, found: Iterable[Record]) -> list[Record]:
        """Those of earlier findings that hold, their objects read and hashed once more."""
        again = ScrubReport(self._clock(), full=False)
        for key in dict.fromkeys(problem["key"] for problem in found):
            self._look(key, again, lambda _: None)
        missing = {p["key"] for p in again.problems if p["code"] == _MISSING}
        # What was lawfully destroyed since is named no more, and not missed.
        missed = missing.intersection(self._named()) if missing else missing
        return [p for p in again.problems if p["code"] != _MISSING or p["key"] in missed]

    def _chosen(self, count: int | None) -> Iterable[str]:
        """All keys in the store and all that the journal names, or a random sample of these."""
        keys = chain(self._store.keys(f"{self._tenant}/o/"), self._named())
        return self._missing_too() if count is None else _sample(keys, count)

    def _missing_too(self) -> Iterator[str]:
        yield from self._store.keys(f"{self._tenant}/o/")
        yield from (key for key in self._named() if not self._store.exists(key))

    def _look(self, key: str, report: ScrubReport, tick: Tick) -> None:
        digest, size = hashlib.sha256(), 0
        try:
            with self._store.stream(key) as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except ObjectMissing:
            self._problem(report, _MISSING, key, "is not in the store")
        except (ArchiveError, OSError) as problem:
            self._problem(report, "UNREADABLE", key, str(problem))
        else:
            match = _OBJECT.fullmatch(key)
            if match is None or match[1] != digest.hexdigest():
                text = f"has the SHA-256 {digest.hexdigest()}"
                self._problem(report, "OBJECT_CHANGED", key, text)
        report.objects += 1
        report.bytes += size
        tick(size)

    def _problem(self, report: ScrubReport, code: str, key: str, message: str) -> None:
        if len(report.problems) < _MOST_PROBLEMS:
            report.problems.append({"code": code, "key": key, "message": message})

    def _keep(self, report: ScrubReport) -> None:
        key = f"{self._tenant}/s/f/{report.started_at:%Y%m%dT%H%M%S%fZ}"
        try:
            self._store.put_new(key, kept.pack(self._signer, key, canonical(report.record())))
        except KeyTaken:
            return  # another process scrubbed at the very same microsecond
        with self._database.transaction() as connection:
            add(connection, report)


def add(connection: Connection, report: ScrubReport) -> None:
    """Keep a report in the database."""
    names = ("started_at", "finished_at", "full", "objects", "bytes", "problems")
    connection.execute(insert(SCRUBS), {name: getattr(report, name) for name in names})


def last(connection: Connection) -> ScrubReport | None:
    """The newest scrub that came to its end."""
    query = select(SCRUBS).order_by(SCRUBS.c.started_at.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else ScrubReport(**row)


def found_damaged(connection: Connection) -> list[Record]:
    """The problems of every scrub there was, the newest first, with the time of each."""
    query = select(SCRUBS.c.started_at, SCRUBS.c.problems).order_by(SCRUBS.c.started_at.desc())
    return [
        problem | {"found_at": row.started_at}
        for row in connection.execute(query)
        for problem in row.problems
    ]


def kept_reports(
    store: ObjectStore, verifiers: Sequence[Verifier], tenant: str
) -> Iterator[ScrubReport]:
    """The reports that were kept in the archive; raises KeptUnreadable."""
    for key in store.keys(f"{tenant}/s/f/"):
        record = json.loads(kept.unpack(verifiers, key, store.read(key)))
        yield ScrubReport(
            started_at=datetime.fromisoformat(record["started_at"]),
            full=record["full"],
            finished_at=datetime.fromisoformat(record["finished_at"]),
            objects=record["objects"],
            bytes=record["bytes"],
            problems=record["problems"],
        )


def _sample(keys: Iterable[str], count: int) -> list[str]:
    """A random sample in one pass, in bounded memory, each key once (Vitter's algorithm R)."""
    chosen: list[str] = []
    draw = random.SystemRandom()
    for place, key in enumerate(keys):
        if len(chosen) < count:
            chosen.append(key)
        elif (other := draw.randrange(place + 1)) < count:
            chosen[other] = key
    return sorted(set(chosen))
