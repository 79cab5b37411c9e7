"""The local journal of accesses: what is one access, what is refused, what survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.access import Access, Visitor, What
from archive.access_journal import AccessJournal, read_lines
from archive.errors import AccessNotRecorded

ALICE = Visitor("alice", "web", "192.0.2.7")
BOB = Visitor("bob", "web")


class Clock:
    """A time of day that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[AccessJournal]:
    opened = AccessJournal(tmp_path / "accesses", clock)
    yield opened
    opened.close()


def taken(journal: AccessJournal) -> list[Access]:
    """Everything written so far, which is then forgotten."""
    path = journal.taken()
    if path is None:
        return []
    found, torn = read_lines(path)
    assert torn == 0
    journal.forget()
    return found


def test_ten_pages_of_a_document_in_a_minute_are_one_access(
    journal: AccessJournal, clock: Clock
) -> None:
    for _ in range(10):
        journal.note(ALICE, What.PAGES, "one")
        clock.now += timedelta(seconds=5)

    assert [a.document_id for a in taken(journal)] == ["one"]


def test_others_other_documents_and_later_looks_are_accesses_of_their_own(
    journal: AccessJournal, clock: Clock
) -> None:
    journal.note(ALICE, What.PAGES, "one")
    journal.note(BOB, What.PAGES, "one")
    journal.note(ALICE, What.PAGES, "two")
    journal.note(ALICE, What.OPENED, "one")
    journal.note(ALICE, What.SEARCHED, query="eau", hits=3)
    journal.note(ALICE, What.SEARCHED, query="gaz", hits=3)
    clock.now += timedelta(minutes=1)
    journal.note(ALICE, What.PAGES, "one")

    assert len(taken(journal)) == 7


def test_every_download_is_an_access(journal: AccessJournal) -> None:
    journal.note(ALICE, What.DOWNLOADED, "one", file="a.pdf")
    journal.note(ALICE, What.DOWNLOADED, "one", file="a.pdf")

    assert [a.what for a in taken(journal)] == [What.DOWNLOADED, What.DOWNLOADED]


def test_a_clock_set_back_hides_nothing(journal: AccessJournal, clock: Clock) -> None:
    journal.note(ALICE, What.OPENED, "one")
    clock.now -= timedelta(days=1)
    journal.note(ALICE, What.OPENED, "one")

    assert len(taken(journal)) == 2


def test_many_different_looks_take_bounded_memory(journal: AccessJournal) -> None:
    for number in range(10_500):
        journal.note(ALICE, What.SEARCHED, query=str(number))

    assert len(journal._seen) <= 10_000
    assert len(taken(journal)) == 10_500


def test_what_was_taken_stays_until_it_is_forgotten(journal: AccessJournal) -> None:
    journal.note(ALICE, What.OPENED, "one")
    first = journal.taken()
    journal.note(ALICE, What.OPENED, "two")

    assert first is not None
    assert journal.taken() == first
    assert [a.document_id for a in taken(journal)] == ["one"]
    assert [a.document_id for a in taken(journal)] == ["two"]
    assert taken(journal) == []


def test_no_download_without_a_record(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "accesses").write_bytes(b"a file where the folder should be")
    journal = AccessJournal(tmp_path / "accesses", clock)

    for what in (What.DOWNLOADED, What.EVIDENCE, What.EXPORTED):
        with pytest.raises(AccessNotRecorded, match="accesses"):
            journal.note(ALICE, what, "one")


def test_looks_that_went_unrecorded_are_counted_once_writing_works_again(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "accesses"
    folder.write_bytes(b"a file where the folder should be")
    journal = AccessJournal(folder, clock)
    since = clock.now
    for number in range(3):
        journal.note(ALICE, What.OPENED, str(number))
    folder.unlink()
    clock.now += timedelta(minutes=2)

    journal.note(ALICE, What.OPENED, "after")

    lost, after = taken(journal)
    journal.close()
    assert (lost.what, lost.detail) == (What.UNRECORDED, {"count": 3, "since": str(since)})
    assert after.document_id == "after"
    assert len(caplog.records) == 1


def test_a_full_disk_leaves_no_half_line(
    journal: AccessJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.note(ALICE, What.DOWNLOADED, "before")
    write = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda handle, data: write(handle, data[:20]))
        with pytest.raises(AccessNotRecorded, match="No space left"):
            journal.note(ALICE, What.DOWNLOADED, "refused")
    journal.note(ALICE, What.DOWNLOADED, "after")

    assert [a.document_id for a in taken(journal)] == ["before", "after"]


def test_lines_torn_by_a_power_cut_are_counted(journal: AccessJournal) -> None:
    journal.note(ALICE, What.DOWNLOADED, "one")
    journal.note(ALICE, What.DOWNLOADED, "two")
    path = journal.taken()
    assert path is not None
    path.write_bytes(path.read_bytes()[:-30] + b"\0" * 30)

    found, torn = read_lines(path)

    assert [a.document_id for a in found] == ["one"]
    assert torn == 1


_NOTING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archive.access import Visitor, What
from archive.access_journal import AccessJournal

journal = AccessJournal(Path(sys.argv[1]), lambda: datetime.now(UTC))
number = 0
while True:
    journal.note(Visitor("alice", "web"), What.OPENED, str(number))
    print(number, flush=True)
    number += 1
"""


def test_a_killed_process_loses_nothing_that_it_noted(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "accesses"
    process = subprocess.Popen(
        [sys.executable, "-c", _NOTING, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(200):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    noted = 200 + len([line for line in process.communicate()[0].split("\n") if line])

    found = [a.document_id for a in taken(AccessJournal(folder, clock))]

    # The one being noted when the signal came may be there too.
    assert found[:noted] == [str(number) for number in range(noted)]
    assert len(found) - noted in {0, 1}


def test_several_writers_lose_nothing_to_one_another(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "accesses"
    writing = [AccessJournal(folder, clock) for _ in range(3)]
    for number in range(100):
        for journal in writing:
            journal.note(ALICE, What.OPENED, str(number))
        if number == 50:
            first = taken(writing[0])
    rest = taken(writing[0])
    for journal in writing:
        journal.close()

    assert len(first) + len(rest) == 300
    assert not (folder / "taken.jsonl").exists()
