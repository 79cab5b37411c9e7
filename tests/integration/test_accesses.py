"""Accesses from reading to proof: recorded by themselves, sealed, checked, rebuilt."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from api.cli.access import access
from api.cli.evidence import evidence
from api.cli.search import search
from archive.access import Visitor, What
from archive.access_batches import sealed_batches
from archive.access_expiry import AccessExpiry
from archive.access_table import ACCESSES, AccessFilter
from archive.errors import AccessNotRecorded, StoreFailed
from archive.store import ObjectStore
from archive.stores.filesystem import FilesystemStore
from config.application import Application
from config.assembly import open_application
from config.doctor import Health, examine
from config.loader import load_settings
from config.rebuilding import rebuild_all
from config.settings import AccessSettings, Settings
from domain.records import Record

ALICE = Visitor("alice", "web", "192.0.2.7")
BOB = Visitor("bob", "api")


@pytest.fixture
def documents(application: Application) -> list[str]:
    files = [("one.txt", b"no invoice"), ("two.txt", b"no invoice either")]
    return [record["document_id"] for record in application.ingest(files, "tests")]


def accesses(
    application: Application, who: str | None = None, what: str | None = None
) -> list[Record]:
    """What is recorded, the oldest first, without having asked."""
    found = application.access_record.listed(AccessFilter(who=who, what=what), 1_000)
    return found[::-1]


def sealed(application: Application) -> str:
    """Seal; the id of the batch that was made last."""
    assert application.access_record.batches.seal_all()
    application._pipeline.settle()
    with application.database.reading() as connection:
        return list(sealed_batches(connection))[-1]


def problems(application: Application) -> list[tuple[str, str]]:
    *_, summary = application.verify(None)
    assert summary["ok"] == (not summary["problems"])
    return [(problem["code"], problem["key"]) for problem in summary["problems"]]


def object_path(settings: Settings, digest: str) -> Path:
    return settings.data / f"objects/main/o/sha256/{digest[:2]}/{digest[2:4]}/{digest}"


def test_reading_records_itself(application: Application, documents: list[str]) -> None:
    first, second = documents
    seen = application.seen_by(ALICE)

    seen.documents(status=None, limit=5, before=None)
    seen.show(first)
    seen.original(first)
    seen.saw_pages(first)
    hits = seen.search("invoice", limit=5)["total"]
    list(seen.verify([second]))
    seen.proofs(second)

    recorded = [(a["what"], a["document_id"]) for a in accesses(application, who="alice")]
    assert recorded == [
        ("listed", None),
        ("opened", first),
        ("downloaded", first),
        ("pages", first),
        ("searched", None),
        ("verified", second),
        ("proved", second),
    ]
    [searched] = accesses(application, what="searched")
    assert searched["detail"] == {"query": "invoice", "hits": hits}
    assert searched["client"] == "192.0.2.7"


def test_an_unknown_document_was_not_read(application: Application) -> None:
    seen = application.seen_by(ALICE)
    for read in (seen.show, seen.original, seen.proofs):
        with pytest.raises(Exception, match="nothing-of-the-kind"):
            read("nothing-of-the-kind")

    assert accesses(application, who="alice") == []


def test_a_download_that_cannot_be_recorded_is_not_given(
    application: Application, documents: list[str], settings: Settings, tmp_path: Path
) -> None:
    seen = application.seen_by(ALICE)
    (settings.data / "accesses").write_bytes(b"in the way")

    with pytest.raises(AccessNotRecorded):
        seen.original(documents[0])
    with (tmp_path / "package.zip").open("x+b") as file, pytest.raises(AccessNotRecorded):
        seen.write_evidence(documents, file, "alice")
    assert (tmp_path / "package.zip").read_bytes() == b""
    assert seen.show(documents[0])["document_id"] == documents[0]

    (settings.data / "accesses").unlink()
    seen.original(documents[0])
    [lost, _] = accesses(application)
    assert (lost["what"], lost["detail"]["count"]) == ("unrecorded", 1)
    checked = {check.name: check for check in examine(settings)}["accesses"]
    assert checked.health is Health.WARNING
    assert checked.found.startswith("1 went unrecorded within 7 days")


def test_sealed_accesses_are_under_the_signed_log_and_name_nobody_there(
    application: Application, documents: list[str], settings: Settings
) -> None:
    application.seen_by(ALICE).show(documents[0])
    application.seen_by(BOB).show(documents[1])

    batch = sealed(application)

    assert {a["batch"] for a in accesses(application)} == {batch}
    for path in (settings.data / "objects/main").rglob("*"):
        if path.is_file() and path.name != batch:
            assert b"alice" not in path.read_bytes(), path
    assert b"alice" in object_path(settings, batch).read_bytes()
    *_, summary = application.verify(None)
    assert summary["ok"]
    assert summary["documents"] == 2
    assert summary["accesses"] == {"batches": 1, "not_sealed": 0}
    with application.database.reading() as connection:
        [proof] = application._archive.prove(connection, batch)
    assert proof.size > proof.position


def test_many_or_old_accesses_are_sealed_by_themselves(settings: Settings) -> None:
    eager = replace(settings, access=AccessSettings(batch_records=3))
    with open_application(eager) as application:
        [record] = application.ingest([("one.txt", b"no invoice")], "tests")
        application.seen_by(ALICE).show(record["document_id"])
        assert application.access_record.batches.seal_if_due() == 0
        application.seen_by(BOB).show(record["document_id"])
        application.seen_by(BOB).original(record["document_id"])
        assert application.access_record.batches.seal_if_due() == 1
        assert application.access_record.batches.seal_if_due() == 0


def test_what_pages_wait_for_does_not_change_when_accesses_are_sealed(
    application: Application, documents: list[str]
) -> None:
    before = application.change_token()
    application.seen_by(ALICE).show(documents[0])
    sealed(application)

    assert application.change_token() == before


@pytest.fixture
def batch(application: Application, documents: list[str]) -> str:
    application.seen_by(ALICE).show(documents[0])
    application.seen_by(BOB).show(documents[0])
    application.seen_by(BOB).original(documents[1])
    return sealed(application)


def test_an_edited_row_is_named(application: Application, batch: str) -> None:
    with application.database.transaction() as connection:
        connection.execute(
            update(ACCESSES).where(ACCESSES.c.who == "alice").values(who="somebody else")
        )

    assert problems(application) == [("DATABASE_DIFFERS", f"accesses/{batch}/0")]


def test_a_missing_row_is_named(application: Application, batch: str) -> None:
    with application.database.transaction() as connection:
        connection.execute(delete(ACCESSES).where(ACCESSES.c.what == "downloaded"))

    assert problems(application) == [("DATABASE_DIFFERS", f"accesses/{batch}/2")]


def test_all_rows_missing_are_named(application: Application, batch: str) -> None:
    with application.database.transaction() as connection:
        connection.execute(delete(ACCESSES))

    assert problems(application) == [
        ("DATABASE_DIFFERS", f"accesses/{batch}/{place}") for place in range(3)
    ]


def test_a_row_slipped_in_is_named(application: Application, batch: str) -> None:
    application.access_record.journal.note(ALICE, What.OPENED, "later")
    application.access_record.batches.take_up()
    with application.database.transaction() as connection:
        connection.execute(
            update(ACCESSES).where(ACCESSES.c.document_id == "later").values(batch=batch, place=3)
        )

    assert problems(application) == [("DATABASE_DIFFERS", f"accesses/{batch}/3")]


@pytest.mark.usefixtures("batch")
def test_rows_of_a_batch_that_never_was_are_named(application: Application) -> None:
    with application.database.transaction() as connection:
        connection.execute(update(ACCESSES).values(batch="ab" * 32))

    assert ("DATABASE_DIFFERS", f"accesses/{'ab' * 32}") in problems(application)


def test_an_access_changed_in_the_archive_is_named(
    application: Application, batch: str, settings: Settings
) -> None:
    path = object_path(settings, batch)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"who":"alice"', b'"who":"carol"'))

    found = problems(application)

    key = f"main/o/sha256/{batch[:2]}/{batch[2:4]}/{batch}"
    assert found == [
        ("OBJECT_CHANGED", key),
        ("ACCESSES_CHANGED", key),
        ("ACCESSES_CHANGED", f"{key}#0"),
    ]


def test_a_batch_that_is_gone_is_named(
    application: Application, batch: str, settings: Settings
) -> None:
    object_path(settings, batch).unlink()

    key = f"main/o/sha256/{batch[:2]}/{batch[2:4]}/{batch}"
    assert problems(application) == [("OBJECT_MISSING", key)]


def test_one_batch_is_verified_by_its_id(application: Application, batch: str) -> None:
    [record] = application.verify([batch])
    assert record["ok"]

    with application.database.transaction() as connection:
        connection.execute(update(ACCESSES).values(who="nobody"))
    [record] = application.verify([batch])
    assert [p["code"] for p in record["problems"]] == ["DATABASE_DIFFERS"] * 3


def test_a_crash_while_taking_up_doubles_nothing(
    application: Application, documents: list[str], settings: Settings
) -> None:
    application.seen_by(ALICE).show(documents[0])
    journal = application.access_record.journal
    path = journal.taken()
    assert path is not None
    kept = path.read_bytes()
    application.access_record.batches.take_up()
    path.write_bytes(kept)

    application.access_record.batches.take_up()

    assert len(accesses(application, who="alice")) == 1
    assert not path.exists()
    assert sorted(p.name for p in (settings.data / "accesses").iterdir()) == ["journal.lock"]


def test_a_rebuild_brings_sealed_accesses_back(settings: Settings) -> None:
    with open_application(settings) as application:
        [record] = application.ingest([("one.txt", b"no invoice")], "tests")
        application.seen_by(ALICE).show(record["document_id"])
        application.seen_by(BOB).original(record["document_id"])
        sealed(application)
        before = accesses(application)

    rebuild_all(settings, lambda *_: None, replace=True)

    with open_application(settings) as application:
        # Numbers are places in the list; PostgreSQL leaves some out.
        assert [a | {"number": 0} for a in accesses(application)] == [
            a | {"number": 0} for a in before
        ]
        assert problems(application) == []


def test_the_command_lists_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with open_application(load_settings(data, {})) as application:
        [record] = application.ingest([("one.txt", b"no invoice")], "tests")
        application.seen_by(ALICE).show(record["document_id"])
        application.seen_by(BOB).original(record["document_id"])
    run = CliRunner()
    package = run.invoke(
        evidence, [record["document_id"], "-o", str(tmp_path / "e.zip"), "--data", str(data)]
    )
    assert package.exit_code == 0
    assert run.invoke(search, ["invo\x1b[2Jice", "--data", str(data)]).exit_code == 0

    of_document = run.invoke(
        access,
        ["list", "--document", record["document_id"], "--json", "--data", str(data)],
    )
    searched = run.invoke(access, ["list", "--what", "searched", "--data", str(data)])
    none = run.invoke(access, ["list", "--until", "2020-01-01", "--data", str(data)])
    wrong = run.invoke(access, ["list", "--since", "yesterday", "--data", str(data)])

    listed = [json.loads(line) for line in of_document.stdout.splitlines()]
    assert [a["what"] for a in listed] == ["evidence", "downloaded", "opened"]
    assert all(a["batch"] for a in listed)
    assert "query=invo\\x1b[2Jice" in searched.stdout
    assert "\x1b" not in searched.stdout
    assert (none.exit_code, none.stdout) == (0, "")
    assert wrong.exit_code == 2


def test_accesses_that_have_served_their_time_are_destroyed_and_that_is_proved(
    application: Application, batch: str, settings: Settings
) -> None:
    record = application.access_record
    expiry = expiring(application)
    assert record.expiry.run() == 0

    assert expiry.run() == 1
    assert expiry.run() == 0

    assert not object_path(settings, batch).exists()
    assert accesses(application) == []
    assert problems(application) == []
    with application.database.reading() as connection:
        past = application._archive.history(connection, batch)
    assert [p.event.type for p in past] == ["accesses", "purge_started", "purged"]


def test_an_expiry_that_was_interrupted_goes_on(
    application: Application, batch: str, settings: Settings
) -> None:
    store = application.access_record.expiry._store
    expiry = expiring(application, Interrupted(store))
    with pytest.raises(StoreFailed):
        expiry.run()
    assert problems(application) == []
    assert accesses(application)

    assert expiring(application).run() == 1
    assert problems(application) == []
    assert not object_path(settings, batch).exists()


def expiring(application: Application, store: ObjectStore | None = None) -> AccessExpiry:
    """What destroys batches, in two years' time."""
    ours = application.access_record.expiry
    database, archive = application.database, application._archive
    return AccessExpiry(database, archive, store or ours._store, "main", in_two_years, ours._claim)


def in_two_years() -> datetime:
    """When every access has served its time."""
    return datetime.now(UTC) + timedelta(days=800)


class Interrupted(FilesystemStore):
    """A store whose disk fails when something is to be destroyed."""

    def __init__(self, store: ObjectStore) -> None:
        self.__dict__.update(store.__dict__)

    def destroy(self, key: str) -> None:
        """Fail."""
        raise StoreFailed(f"{key}: unplugged")


@pytest.fixture
def hostile() -> list[str]:
    return ["\x00", "\udcff", "'; DROP TABLE accesses; --", "x" * 100_000, "\u202e"]


def test_hostile_words_are_kept_and_found(application: Application, hostile: list[str]) -> None:
    for number, text in enumerate(hostile):
        visitor = Visitor.named(text, "web", text)
        application.access_record.journal.note(visitor, What.SEARCHED, query=text, hits=number)
        application.accesses(AccessFilter(who=text, document_id=text, what=text), 5)

    sealed(application)

    assert len(accesses(application, what="searched")) == len(hostile)
    assert problems(application) == []
