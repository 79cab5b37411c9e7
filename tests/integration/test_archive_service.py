from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update

from archive import repository
from archive.checkpoint import read_checkpoint
from archive.errors import (
    DocumentTaken,
    DocumentUnknown,
    LogForked,
    NotSealed,
    ObjectChanged,
    ObjectMissing,
    SignerChanged,
    SourceChanged,
)
from archive.keys import load_or_create_signer
from archive.manifest import manifest_key, parse_manifest
from archive.merkle import is_consistent, leaf_hash, root_from_inclusion
from archive.service import Archive, Happening
from config.settings import Settings
from domain.identifiers import Digest
from tests.archive_case import ORIGIN, START, ArchiveCase, open_case


@pytest.fixture
def case(tmp_path: Path, settings: Settings) -> Iterator[ArchiveCase]:
    opened = open_case(tmp_path, settings.database)
    yield opened
    opened.database.close()


@pytest.fixture
def sqlite_case(tmp_path: Path) -> ArchiveCase:
    return open_case(tmp_path)


def test_a_received_file_is_kept_with_its_manifest(case: ArchiveCase) -> None:
    [stored] = case.archive.store_received(case.incoming(1))

    assert case.archive.read(stored.digest) == b"invoice 0"
    assert stored.size == 9
    assert case.store.read(stored.key) == b"invoice 0"
    manifest = parse_manifest(case.store.read(manifest_key("main", stored.document_id, 1)))
    assert manifest == stored.manifest
    payload = manifest.events[0].payload
    assert payload["name"] == "0.xml"
    assert payload["source"] == "tests"
    assert payload["object"]["key"] == stored.key


def test_a_file_is_taken_from_its_place_without_being_read_whole(
    case: ArchiveCase, tmp_path: Path
) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF" * 500_000)
    [incoming] = case.incoming(1)

    [stored] = case.archive.store_received([replace(incoming, content=path)])

    assert stored.size == 2_000_000
    assert case.archive.read(stored.digest) == path.read_bytes()


def test_the_same_bytes_twice_share_the_object(case: ArchiveCase) -> None:
    one, other = case.incoming(2)

    first, second = case.receive([one, replace(other, content=one.content)])

    assert first.key == second.key
    assert len(list(case.store.keys("main/o/"))) == 1
    assert len(list(case.store.keys("main/m/"))) == 2


def test_receiving_again_after_a_crash_takes_over_what_is_there(case: ArchiveCase) -> None:
    files = case.incoming(3)
    before = case.archive.store_received(files[:2])

    after = case.archive.store_received(
        [replace(f, received_at=datetime(2027, 1, 1, tzinfo=UTC)) for f in files]
    )

    assert [s.manifest for s in after[:2]] == [s.manifest for s in before]
    with case.database.transaction() as connection:
        assert case.archive.record_received(connection, after) == [0, 1, 2]
    case.seal()
    assert case.problems() == []


def test_a_document_id_keeps_its_first_content(case: ArchiveCase) -> None:
    [incoming] = case.incoming(1)
    [stored] = case.archive.store_received([incoming])

    with pytest.raises(DocumentTaken, match=incoming.document_id):
        case.archive.store_received([replace(incoming, content=b"something else")])

    assert case.archive.read(stored.digest) == b"invoice 0"


def test_a_file_that_vanishes_is_said_and_nothing_is_recorded(
    case: ArchiveCase, tmp_path: Path
) -> None:
    path = tmp_path / "gone.pdf"
    path.write_bytes(b"x")
    [incoming] = case.incoming(1)
    path.unlink()

    with pytest.raises(SourceChanged):
        case.archive.store_received([replace(incoming, content=path)])

    assert list(case.store.keys()) == []


def test_positions_have_no_gap_even_when_a_transaction_fails(case: ArchiveCase) -> None:
    stored = case.receive(case.incoming(2))

    def record_and_fail() -> None:
        with case.database.transaction() as connection:
            happening = Happening("parsed", START, "meg", {})
            assert case.archive.record(connection, stored[0].document_id, [happening]) == [2]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        record_and_fail()

    assert case.decide(stored) == [2, 3, 4, 5]


def test_nothing_is_recorded_for_a_document_that_was_never_received(case: ArchiveCase) -> None:
    def record() -> None:
        with case.database.transaction() as connection:
            happening = Happening("parsed", START, "meg", {})
            case.archive.record(connection, "unknown", [happening])

    with pytest.raises(DocumentUnknown):
        record()

    assert case.seal() == 0


def test_history_tells_everything_in_order_sealed_or_not(case: ArchiveCase) -> None:
    [stored] = case.receive(case.incoming(1))
    case.decide([stored], "review")
    case.seal()
    with case.database.transaction() as connection:
        resolved = Happening("resolved", START, "a.martin", {"reason": "prix accepté"})
        case.archive.record(connection, stored.document_id, [resolved])

    with case.database.reading() as connection:
        past = case.archive.history(connection, stored.document_id)

    assert [(p.position, p.version, p.event.type) for p in past] == [
        (0, 1, "received"),
        (1, 2, "parsed"),
        (2, 2, "decided"),
        (3, 3, "resolved"),
    ]
    assert past[-1].event.payload == {"reason": "prix accepté"}
    assert past[-1].event.actor == "a.martin"


def test_what_is_no_text_is_recorded_all_the_same(case: ArchiveCase) -> None:
    [stored] = case.receive(case.incoming(1))
    payload = {"name": "fact\udce9.pdf", "lines": [{"\ud800": ("a\udfff", 1, None)}]}
    with case.database.transaction() as connection:
        happening = Happening("parsed", START, "meg", payload)
        case.archive.record(connection, stored.document_id, [happening])
    case.seal()

    with case.database.reading() as connection:
        past = case.archive.history(connection, stored.document_id)

    assert past[1].event.payload == {
        "name": "fact\\udce9.pdf",
        "lines": [{"\\ud800": ["a\\udfff", 1, None]}],
    }
    assert case.problems() == []


def test_history_of_an_unknown_document_is_refused(case: ArchiveCase) -> None:
    with case.database.reading() as connection, pytest.raises(DocumentUnknown):
        case.archive.history(connection, "unknown")


def test_every_event_is_proven_under_the_checkpoint(case: ArchiveCase) -> None:
    stored = case.receive(case.incoming(300))
    case.decide(stored[:100])
    case.seal()

    with case.database.reading() as connection:
        proofs = [p for s in stored[::17] for p in case.archive.prove(connection, s.document_id)]
        assert case.archive.prove_event(connection, 0) in proofs

    assert len(proofs) == len(stored[::17]) + 2 * len(stored[:100:17])
    for proof in proofs:
        checkpoint = read_checkpoint(proof.checkpoint.encode())
        assert case.signer.verifier.has_signed(proof.checkpoint.encode())
        leaf = leaf_hash(proof.entry)
        assert root_from_inclusion(proof.position, proof.size, leaf, proof.path) == checkpoint.root


def test_what_is_not_sealed_is_not_proven(case: ArchiveCase) -> None:
    [first] = case.receive(case.incoming(1))
    case.seal()
    [second] = case.receive(case.incoming(1))

    with case.database.reading() as connection:
        assert case.archive.prove(connection, first.document_id)
        with pytest.raises(NotSealed, match="event 1"):
            case.archive.prove(connection, second.document_id)
        with pytest.raises(NotSealed, match="event 7"):
            case.archive.prove_event(connection, 7)


def test_the_log_is_consistent_with_every_earlier_checkpoint(case: ArchiveCase) -> None:
    for count in (1, 5, 250, 1, 300):
        case.receive(case.incoming(count))
        case.seal()

    with case.database.reading() as connection:
        rows = list(repository.checkpoints(connection))

    assert [row.size for row in rows] == [1, 6, 256, 257, 557]
    for first in rows:
        for second in rows:
            if first.size <= second.size:
                path = case.archive.prove_consistency(first.size, second.size)
                roots = bytes.fromhex(first.root), bytes.fromhex(second.root)
                assert is_consistent(first.size, roots[0], second.size, roots[1], path)


def test_sealing_again_without_news_changes_nothing(case: ArchiveCase) -> None:
    case.receive(case.incoming(3))
    sealed = case.archive.seal(case.database)
    keys = sorted(case.store.keys())

    assert case.archive.seal(case.database) == sealed
    assert sorted(case.store.keys()) == keys


def test_an_empty_archive_seals_to_nothing(case: ArchiveCase) -> None:
    assert case.seal() == 0
    assert list(case.store.keys()) == []
    assert case.problems() == []


def test_sealing_writes_only_what_is_new(case: ArchiveCase) -> None:
    case.receive(case.incoming(600))
    case.seal()
    before = set(case.store.keys("main/log/"))
    case.receive(case.incoming(1))

    case.seal()

    assert set(case.store.keys("main/log/")) - before == {
        "main/log/checkpoint/601",
        "main/log/tile/0/002.p/89",
        "main/log/tile/entries/002.p/89",
    }


def test_sealers_at_once_write_one_log(case: ArchiveCase) -> None:
    case.receive(case.incoming(50))
    failures: list[BaseException] = []

    def seal_often() -> None:
        archive = Archive(case.store, case.signer)
        try:
            for _ in range(5):
                archive.seal(case.database)
        except BaseException as problem:  # noqa: BLE001 - told to the test
            failures.append(problem)

    threads = [threading.Thread(target=seal_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        case.receive(case.incoming(7))
    for thread in threads:
        thread.join()

    assert failures == []
    assert case.seal() == 120
    assert case.problems() == []


def test_writers_and_sealers_at_once_leave_no_gap(case: ArchiveCase) -> None:
    failures: list[BaseException] = []

    def write(number: int) -> None:
        own = replace(case, archive=Archive(case.store, case.signer), made=number * 100)
        try:
            for _ in range(4):
                stored = own.receive(own.incoming(3))
                own.decide(stored)
                own.seal()
        except BaseException as problem:  # noqa: BLE001 - told to the test
            failures.append(problem)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert case.seal() == 4 * 4 * 3 * 3
    assert case.problems() == []


def test_reading_damaged_bytes_is_refused(case: ArchiveCase) -> None:
    [stored] = case.receive(case.incoming(1))
    path = case.folder / "objects" / stored.key
    path.chmod(0o600)
    path.write_bytes(b"invoice !")

    with pytest.raises(ObjectChanged, match=stored.key):
        case.archive.read(stored.digest)
    with pytest.raises(ObjectMissing):
        case.archive.read(Digest.of(b"never received"))


def test_history_from_a_damaged_manifest_is_refused(case: ArchiveCase) -> None:
    [stored] = case.receive(case.incoming(1))
    path = case.folder / "objects" / manifest_key("main", stored.document_id, 1)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"0.xml", b"9.xml"))

    with case.database.reading() as connection, pytest.raises(ObjectChanged):
        case.archive.history(connection, stored.document_id)


def test_refuses_to_sign_when_the_database_is_older_than_the_store(
    sqlite_case: ArchiveCase,
) -> None:
    case = sqlite_case
    case.receive(case.incoming(3))
    case.seal()
    backup = (case.folder / "meg.db").read_bytes()
    wal = (case.folder / "meg.db-wal").read_bytes()
    case.receive(case.incoming(2))
    case.seal()
    case.database.close()
    (case.folder / "meg.db").write_bytes(backup)
    (case.folder / "meg.db-wal").write_bytes(wal)
    (case.folder / "meg.db-shm").unlink(missing_ok=True)
    restored = open_case(case.folder)
    restored.made = 100
    restored.receive(restored.incoming(1, "another future"))

    with pytest.raises(LogForked, match="checkpoint/5"):
        restored.seal()

    assert sorted(restored.store.keys("main/log/checkpoint/")) == [
        "main/log/checkpoint/3",
        "main/log/checkpoint/5",
    ]


def test_refuses_to_sign_when_the_store_is_older_than_the_database(case: ArchiveCase) -> None:
    case.receive(case.incoming(3))
    case.seal()
    (case.folder / "objects/main/log/checkpoint/3").unlink()
    case.receive(case.incoming(1))

    with pytest.raises(LogForked, match="checkpoint/3"):
        case.seal()


def test_refuses_to_sign_over_changed_tiles(case: ArchiveCase) -> None:
    case.receive(case.incoming(3))
    case.seal()
    for name in ("tile/0/000.p/3", "tile/entries/000.p/3"):
        (case.folder / "objects/main/log" / name).unlink()
    with case.database.reading() as connection:
        entries = repository.entries_between(connection, 0, 3)[::-1]
    # Someone rewrites bundle and tile together, so that they agree with each other.
    case.store.put_new("main/log/tile/0/000.p/3", b"".join(leaf_hash(e) for e in entries))
    case.store.put_new("main/log/tile/entries/000.p/3", b"".join(b"\0 " + e for e in entries))
    case.receive(case.incoming(1))

    with pytest.raises(LogForked, match="do not give the signed root"):
        case.seal()


def test_refuses_to_sign_over_events_changed_in_the_database(case: ArchiveCase) -> None:
    case.receive(case.incoming(3))
    case.seal()
    with case.database.transaction() as connection:
        connection.execute(
            update(repository.EVENTS)
            .where(repository.EVENTS.c.position == 1)
            .values(entry=b"\x00" * 32)
        )
    case.receive(case.incoming(1))

    with pytest.raises(LogForked, match="events from 0"):
        case.seal()


def test_refuses_to_sign_when_events_were_deleted(case: ArchiveCase) -> None:
    case.receive(case.incoming(3))
    case.seal()
    with case.database.transaction() as connection:
        connection.execute(delete(repository.LOG_HEAD))
        connection.execute(insert(repository.LOG_HEAD).values(id=1, next=2))

    with pytest.raises(LogForked, match="3 events are signed"):
        case.seal()


def test_refuses_to_sign_with_another_key(case: ArchiveCase) -> None:
    case.receive(case.incoming(1))
    case.seal()
    other = load_or_create_signer(case.folder / "keys" / "other.pem", ORIGIN)
    case.receive(case.incoming(1))

    with pytest.raises(SignerChanged):
        Archive(case.store, other).seal(case.database)

    assert case.seal() == 2
