"""What an elimination leaves behind at first, and what asking again makes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.keys import keys as keys_command
from api.cli.retention import retention
from archive.access import Visitor
from archive.access_table import AccessFilter
from archive.errors import WasPurged
from archive.manifest import manifest_key, object_key
from config.archive_copies import check_place, copy_archive, open_repair
from config.assembly import open_application
from config.loader import load_settings
from config.rebuilding import rebuild_all
from config.settings import Settings
from domain.identifiers import Digest
from ingest.elimination.errors import PurgeUnfinished
from tests.elimination_case import agreed, invoices, later, purge, verified
from tests.integration.reference_texts import invoice_for

NUMBER = b"F-2026-00001"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})


@contextmanager
def reader(settings: Settings) -> Iterator[None]:
    """Somebody who goes on reading the database as it is now."""
    with closing(sqlite3.connect(settings.data / "meg.db", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM documents").fetchall()
        yield
        connection.execute("ROLLBACK")


def in_the_database(settings: Settings) -> bool:
    """Whether the number of the invoice is anywhere in the files of the database."""
    return any(NUMBER in path.read_bytes() for path in settings.data.glob("meg.db*"))


def test_what_a_reader_keeps_in_the_database_is_said_and_goes_when_asked_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoices(settings, 1)
    number = agreed(settings)
    monkeypatch.setattr("db.engine._BUSY_MILLISECONDS", 50)

    with reader(settings):
        with pytest.raises(PurgeUnfinished, match="1 documents are destroyed") as caught:
            purge(settings, number)
        assert in_the_database(settings)
    certificate = purge(settings, number)

    assert caught.value.code == "ING-99"
    assert len(certificate["documents"]) == 1
    assert not in_the_database(settings)
    assert codes(settings) == set()


def test_what_came_back_from_an_old_copy_is_named_and_a_repeated_purge_destroys_it(
    settings: Settings, tmp_path: Path
) -> None:
    ids = invoices(settings, 2)
    number = agreed(settings, ids[0])
    keys = [object_key("main", Digest.of(invoice_for(1))), manifest_key("main", ids[0], 1)]
    old = {key: (settings.data / "objects" / key).read_bytes() for key in keys}
    purge(settings, number)
    for key, content in old.items():
        (settings.data / "objects" / key).parent.mkdir(parents=True, exist_ok=True)
        (settings.data / "objects" / key).write_bytes(content)
    replica = str(tmp_path / "replica")
    copy_archive(settings, "archive", replica, Visitor("tests", "cli"))
    assert codes(settings) == {"NOT_DESTROYED"}

    certificate = purge(settings, number)
    copy_archive(settings, "archive", replica, Visitor("tests", "cli"))

    assert codes(settings) == set()
    assert [d["document_id"] for d in certificate["documents"]] == [ids[0]]
    *_, check = check_place(settings, replica, None)
    assert check["ok"], check
    assert not any((tmp_path / "replica" / key).exists() for key in keys)


def test_a_stale_replica_brings_nothing_back_even_after_a_rebuild(
    settings: Settings, tmp_path: Path
) -> None:
    ids = invoices(settings, 2)
    number = agreed(settings, ids[0])
    replica = str(tmp_path / "replica")
    copy_archive(settings, "archive", replica, Visitor("tests", "cli"))
    purge(settings, number)
    rebuild_all(settings, lambda *_: None, replace=True)
    living = settings.data / "objects" / object_key("main", Digest.of(invoice_for(2)))
    living.unlink()

    with open_repair(settings, replica) as repair:
        for key in (object_key("main", Digest.of(invoice_for(1))), manifest_key("main", ids[0], 1)):
            with pytest.raises(WasPurged):
                repair.restore(key)
        assert repair.restore(object_key("main", Digest.of(invoice_for(2))))

    assert codes(settings) == set()


def test_a_term_shorter_than_the_law_is_printed_and_a_look_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"MEG_LIMITS_READERS": "1", "MEG_RETENTION_VOUCHER_YEARS": "1"}
    settings = load_settings(tmp_path / "data", environment)
    invoices(settings, 1)
    with later(settings) as eliminations:
        basis = eliminations.proposing.propose("anne")["bordereau"]["basis"]
    monkeypatch.setenv("MEG_LIMITS_READERS", "1")
    data = ["--data", str(settings.data)]

    run = CliRunner().invoke
    assert run(retention, ["proposals", "1", "--json", *data]).exit_code == 0
    assert run(keys_command, ["copy", str(tmp_path / "safe"), *data]).exit_code == 0
    with open_application(settings) as application:
        application.elimination(1)
        accesses = application.access_record.listed(AccessFilter(), 3)

    assert ": 1 pour les pièces comptables" in basis[-1]
    assert "INFÉRIEURE" in basis[-1]
    assert [
        (a["what"], a["detail"].get("number"), a["detail"].get("source")) for a in accesses
    ] == [
        ("listed", 1, None),
        ("exported", None, "keys"),
        ("listed", 1, None),
    ]


def codes(settings: Settings) -> set[str]:
    """What a verification finds wrong."""
    return {problem["code"] for record in verified(settings) for problem in record["problems"]}
