"""What an elimination leaves behind at first, and what asking again makes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from config.loader import load_settings
from config.settings import Settings
from ingest.elimination.errors import PurgeUnfinished
from tests.elimination_case import agreed, invoices, purge, verified

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
    assert not [problem for record in verified(settings) for problem in record["problems"]]
