from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from db import outbox
from db.engine import Database
from db.metadata import METADATA

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def database() -> Database:
    database = Database("sqlite://")
    METADATA.create_all(database.engine, tables=[outbox.OUTBOX])
    return database


def test_asking_twice_asks_once(database: Database) -> None:
    with database.transaction() as connection:
        outbox.ask(connection, "index", ["a", "b"], NOW)
        outbox.ask(connection, "index", ["b", "c"], NOW)

        assert [t.key for t in outbox.pending(connection, "index", NOW, 10)] == ["a", "b", "c"]


def test_work_rolled_back_was_never_asked_for(database: Database) -> None:
    def ask_and_fail() -> None:
        with database.transaction() as connection:
            outbox.ask(connection, "index", ["a"], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_fail()

    with database.reading() as connection:
        assert outbox.pending(connection, "index", NOW, 10) == []


def test_a_failed_task_comes_back_ever_more_slowly(database: Database) -> None:
    waits = []
    with database.transaction() as connection:
        outbox.ask(connection, "process", ["a"], NOW)
        for _ in range(15):
            outbox.failed(connection, "process", "a", "why", NOW)
            due = NOW
            while not outbox.pending(connection, "process", due, 1):
                due += timedelta(seconds=5)
            waits.append(due - NOW)

    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits[-1] == timedelta(hours=1)


def test_struck_off_work_is_gone(database: Database) -> None:
    with database.transaction() as connection:
        outbox.ask(connection, "process", ["a", "b"], NOW)
        outbox.strike(connection, "process", "a")
        outbox.done(connection, outbox.pending(connection, "process", NOW, 10))

        assert outbox.pending(connection, "process", NOW, 10) == []
