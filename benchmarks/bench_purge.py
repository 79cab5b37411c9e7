"""What eliminating some documents costs as the archive around them grows.

    python -m benchmarks.bench_purge [--documents 20000 100000] [--purged 20 200] [--folder DIR]

One invoice is taken in for good; the others are copies of what the archive, the journal and the
index then hold of it, under ids of their own. For each size of archive so many documents are
proposed, agreed to and purged; given is processor time, children's included, for the whole purge
and for the parts that write index and database anew. What is stored is not synced while the archive
is filled: only the purge is measured.

Prints one JSON object a purge.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, insert, select

from archive.service import Archive, Happening, Received
from config.assembly import open_application, open_archive
from config.database import open_database
from config.loader import load_settings
from config.retaining import open_eliminations
from config.searching import rebuild_search
from config.settings import Settings
from db.engine import Database
from domain.identifiers import new_document_id
from ingest.elimination.proposing import Visa
from ingest.repository import DOCUMENTS, RESULTS
from tests.integration.reference_texts import invoice_for

RECEIVED = datetime(2026, 11, 21, tzinfo=UTC)
LATER = datetime(2040, 3, 1, tzinfo=UTC)
_AT_ONCE = 500
_CONTENT_BYTES = 4096


def processor_seconds() -> float:
    """Used by this process and its children that ended."""
    return sum(os.times()[:4])


def measured(work: Callable[[], Any], into: dict[str, float], name: str) -> Any:
    """Do it, and add what it cost."""
    before = processor_seconds()
    done = work()
    into[name] = round(into.get(name, 0.0) + processor_seconds() - before, 3)
    return done


@dataclass(frozen=True, slots=True)
class Model:
    """The document that the others are copies of: its rows, and what happened to it."""

    row: dict[str, Any]
    result: dict[str, Any]
    told: list[Happening]


def model(settings: Settings) -> Model:
    """Take in the invoice that the others are copies of."""
    with open_application(settings) as application:
        (record,) = application.ingest([("facture.xml", invoice_for(1))], "bench")
        document_id = record["document_id"]
        application.resolve(document_id, "refuse", "hors budget", "bench")
    with (
        open_archive(settings) as archive,
        open_database(settings) as database,
        database.reading() as connection,
    ):
        row, result = (
            dict(
                connection.execute(select(t).where(t.c.document_id == document_id)).mappings().one()
            )
            for t in (DOCUMENTS, RESULTS)
        )
        past = archive.history(connection, document_id)[1:]
    events = [p.event for p in past]
    return Model(row, result, [Happening(e.type, RECEIVED, e.actor, e.payload) for e in events])


def fill(settings: Settings, document: Model, count: int) -> None:
    """Copy a document as often as it takes for the archive to hold `count`."""
    with open_archive(settings) as archive, open_database(settings) as database:
        with database.reading() as connection:
            held = connection.execute(select(func.count()).select_from(DOCUMENTS)).scalar_one()
        while held < count:
            some = min(_AT_ONCE, count - held)
            _copy(archive, database, document, some)
            held += some
            archive.seal(database)


def _copy(archive: Archive, database: Database, document: Model, count: int) -> None:
    files = [
        Received(new_document_id(0), os.urandom(_CONTENT_BYTES), "facture.xml", "bench", RECEIVED)
        for _ in range(count)
    ]
    stored = archive.store_received(files)
    with database.transaction() as connection:
        places = archive.record_received(connection, stored)
        for one in stored:
            archive.record(connection, one.document_id, document.told)
        connection.execute(
            insert(DOCUMENTS),
            [
                {
                    **document.row,
                    "document_id": one.document_id,
                    "ledger_index": place,
                    "received_at": RECEIVED,
                    "sha256": one.digest.hex,
                    "size": one.size,
                    "object_key": one.key,
                }
                for one, place in zip(stored, places, strict=True)
            ],
        )
        connection.execute(
            insert(RESULTS),
            [{**document.result, "document_id": one.document_id} for one in stored],
        )


@contextmanager
def unsynced() -> Iterator[None]:
    """Do not wait for the disk."""
    with mock.patch("os.fsync"), mock.patch("os.fdatasync"):
        yield


def purge(settings: Settings, count: int) -> dict[str, Any]:
    """Eliminate so many documents; what each part cost."""
    cost: dict[str, float] = {}
    with open_eliminations(settings, lambda: LATER) as eliminations:
        proposing = eliminations.proposing
        proposed = measured(lambda: proposing.propose("anne", most=count), cost, "propose")
        number = proposed["number"]
        proposing.say(number, "bruno", Visa(granted=True, reference="AD69-2040-117"))
        rewrite, compact = eliminations._rewrite_index, eliminations._database.compact  # noqa: SLF001
        parts: dict[str, float] = {}

        def index() -> None:
            measured(rewrite, parts, "index")

        def file() -> None:
            measured(compact, parts, "database")

        with (
            mock.patch.object(eliminations, "_rewrite_index", index),
            mock.patch.object(eliminations._database, "compact", file),  # noqa: SLF001
        ):
            certificate = measured(lambda: eliminations.purge(number, "claire"), cost, "purge")
    gone = len(certificate["documents"])
    return {
        "purged": gone,
        "load": os.getloadavg()[0],
        **cost,
        **{f"of_which_{name}": value for name, value in parts.items()},
        "ms_per_document": round(1000 * (cost["purge"] - sum(parts.values())) / gone, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--purged", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="meg-bench-", dir=options.folder))
    try:
        settings = load_settings(work / "data", {"MEG_LIMITS_READERS": "1"})
        document = model(settings)
        for count in options.documents:
            with unsynced():
                fill(settings, document, count)
                rebuild_search(settings)
            size = (settings.data / "meg.db").stat().st_size
            for purged in options.purged:
                told = purge(settings, purged)
                print(json.dumps({"documents": count, "megabytes": size >> 20, **told}), flush=True)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
