"""Whatever is changed or removed, in the store or the database, is named exactly."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, select, update

from archive import repository
from archive.checkpoint import Checkpoint
from archive.errors import DocumentUnknown
from archive.fsck import DocumentReport, LogCheck, LogReport, check_files
from archive.keys import load_or_create_signer
from archive.manifest import manifest_key
from archive.merkle import leaf_hash
from archive.verification import Verification
from domain.identifiers import Digest
from tests.archive_case import ORIGIN, START, ArchiveCase, open_case

# How many documents, and how many more events, before each of three seals: the log then has full
# and partial files of several widths.
SEALS = ((5, 0), (5, 280), (3, 0))
SIZE = 311


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "case"
    case = open_case(folder)
    for documents, events in SEALS:
        stored = case.receive(case.incoming(documents))
        case.decide(stored[:3])
        case.note(stored[-1], events)
        case.seal()
    case.store.close()
    case.database.close()
    return folder


@pytest.fixture
def case(original: Path, tmp_path: Path) -> Iterator[ArchiveCase]:
    shutil.copytree(original, tmp_path / "case")
    opened = open_case(tmp_path / "case")
    yield opened
    opened.database.close()


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x01
    path.chmod(0o600)
    path.write_bytes(bytes(data))


def log_files(case: ArchiveCase) -> list[str]:
    return sorted(case.store.keys("main/log/"))


def test_an_untouched_archive_is_fine(case: ArchiveCase) -> None:
    documents, summary = case.verify()

    assert len(documents) == 13
    assert all(d["ok"] and not d["problems"] for d in documents)
    assert summary["ok"]
    assert summary["log"]["size"] == SIZE
    assert summary["log"]["checkpoints"] == 3
    assert summary["information"] == []


@pytest.mark.parametrize("place", [0, 4, -1])
def test_a_flipped_byte_of_an_object_is_named(case: ArchiveCase, place: int) -> None:
    key = sorted(case.store.keys("main/o/"))[7]
    flip(case.folder / "objects" / key, place)

    assert case.problems() == [("OBJECT_CHANGED", key)]


def test_every_document_of_a_shared_object_is_marked(case: ArchiveCase) -> None:
    [first] = case.receive(case.incoming(1, "shared"))
    case.made -= 1
    [second] = case.receive(case.incoming(1, "shared"))
    assert first.key == second.key
    case.seal()
    flip(case.folder / "objects" / first.key, 0)

    documents, summary = case.verify()

    bad = {d["document_id"] for d in documents if not d["ok"]}
    assert bad == {first.document_id, second.document_id}
    assert summary["documents_with_problems"] == 2


@pytest.mark.parametrize("part", [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_flipped_byte_of_a_manifest_is_named(case: ArchiveCase, part: float) -> None:
    for key in sorted(case.store.keys("main/m/"))[:2]:
        path = case.folder / "objects" / key
        flip(path, int(part * path.stat().st_size))

        found = case.problems()

        assert {k for _, k in found} == {key}
        assert {code for code, _ in found} <= {"MANIFEST_CHANGED", "MANIFEST_UNREADABLE"}
        flip(path, int(part * path.stat().st_size))


CODE_BY_FOLDER = {"entries": "BUNDLE_CHANGED", "0": "TILE_CHANGED", "1": "TILE_CHANGED"}


def test_a_flipped_byte_of_any_file_of_the_log_is_named(case: ArchiveCase) -> None:
    for key in log_files(case):
        path = case.folder / "objects" / key
        folder = key.split("/")[3]
        for place in (0, 1, 17, path.stat().st_size // 2, -1):
            flip(path, place)

            codes = {code for code, k in case.problems() if k == key}
            keys = {k for _, k in case.problems()}

            assert keys == {key}, (key, place)
            if "checkpoint" in key:
                assert codes <= {"CHECKPOINT_CHANGED", "CHECKPOINT_NOT_SIGNED"}
            else:
                assert codes == {CODE_BY_FOLDER[folder]}
            flip(path, place)
    assert case.problems() == []


def test_a_removed_file_of_the_log_is_named(case: ArchiveCase) -> None:
    needed = {"checkpoint/11", "checkpoint/302", f"checkpoint/{SIZE}"}
    needed |= {"tile/0/000", "tile/entries/000", "tile/0/001.p/55", "tile/entries/001.p/55"}
    needed |= {"tile/1/000.p/1"}
    for key in log_files(case):
        path = case.folder / "objects" / key
        aside = path.read_bytes()
        path.unlink()

        found = case.problems()

        if key.removeprefix("main/log/") in needed:
            assert {k for _, k in found} == {key}
            assert all(code.endswith("_MISSING") for code, _ in found)
        else:  # a narrower tile, which the wider ones replace
            assert found == []
        path.write_bytes(aside)


def test_a_removed_object_or_manifest_is_named(case: ArchiveCase) -> None:
    objects = sorted(case.store.keys("main/o/"))
    manifests = sorted(case.store.keys("main/m/"))
    for key in (objects[3], manifests[0], manifests[-1]):
        path = case.folder / "objects" / key
        aside = path.read_bytes()
        path.unlink()

        found = case.problems()

        assert {k for _, k in found} == {key}
        assert {c for c, _ in found} == {
            "OBJECT_MISSING" if "/o/" in key else "MANIFEST_MISSING",
        }
        path.write_bytes(aside)


def test_a_bundle_and_its_tile_lost_together_are_named(case: ArchiveCase) -> None:
    for name in ("tile/0/000", "tile/entries/000"):
        (case.folder / "objects/main/log" / name).unlink()

    assert sorted(case.problems())[:2] == [
        ("BUNDLE_MISSING", "main/log/tile/entries/000"),
        ("EVENT_NOT_IN_LOG", "event 0"),
    ]
    assert ("TILE_MISSING", "main/log/tile/0/000") in case.problems()


def test_a_file_that_has_no_business_there_is_named(case: ArchiveCase) -> None:
    for key in ("main/log/notes.txt", "main/o/sha256/aa/bb/cc", "main/m/stray.json"):
        case.store.put_new(key, b"x")

    assert sorted(case.problems()) == [
        ("KEY_UNKNOWN", "main/log/notes.txt"),
        ("KEY_UNKNOWN", "main/m/stray.json"),
        ("KEY_UNKNOWN", "main/o/sha256/aa/bb/cc"),
    ]


def changed_row(case: ArchiveCase, table: Table, where: Any, **values: Any) -> None:
    with case.database.transaction() as connection:
        connection.execute(update(table).where(where).values(**values))


EVENTS, MANIFESTS, CHECKPOINTS = (
    repository.EVENTS,
    repository.MANIFESTS,
    repository.CHECKPOINTS,
)


@pytest.mark.parametrize(
    "values",
    [
        {"entry": b"\x00" * 32},
        {"type": "refused"},
        {"at": START.replace(year=2020)},
        {"version": 2},
        {"document_id": "019aa5b0-0000-7000-8000-000000000000"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_event_row_is_named(case: ArchiveCase, values: dict[str, Any]) -> None:
    with case.database.reading() as connection:
        row = repository.event_at(connection, 3)
    assert row is not None
    changed_row(case, EVENTS, EVENTS.c.position == 3, **values)

    found = case.problems()

    assert "DATABASE_DIFFERS" in {code for code, _ in found}
    accused = {
        manifest_key("main", row.document_id, 1),
        "main/log/tile/entries/000",
        "event 3",
        row.document_id,
        str(values.get("document_id")),
        manifest_key("main", str(values.get("document_id")), 1),
        manifest_key("main", row.document_id, 2),
    }
    assert {key for _, key in found} <= accused


def test_a_deleted_event_row_is_named(case: ArchiveCase) -> None:
    with case.database.transaction() as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.position == 3))

    documents, summary = case.verify()

    [problem] = summary["problems"]
    assert (problem["code"], problem["key"]) == ("DATABASE_DIFFERS", "main/log/tile/entries/000")
    assert "position 3" in problem["message"]
    assert sum(not d["ok"] for d in documents) == 1


def test_a_changed_manifest_row_is_told_from_a_changed_manifest(case: ArchiveCase) -> None:
    with case.database.reading() as connection:
        document_id = repository.documents_after(connection, "", 1)[0]
    changed_row(case, MANIFESTS, MANIFESTS.c.document_id == document_id, digest="00" * 32)

    assert case.problems() == [
        ("DATABASE_DIFFERS", manifest_key("main", document_id, version)) for version in (1, 2)
    ]


def test_a_deleted_manifest_row_is_named(case: ArchiveCase) -> None:
    with case.database.reading() as connection:
        document_id = repository.documents_after(connection, "", 1)[0]
    with case.database.transaction() as connection:
        connection.execute(delete(MANIFESTS).where(MANIFESTS.c.document_id == document_id))

    assert set(case.problems()) == {("DATABASE_DIFFERS", document_id)}


@pytest.mark.parametrize(
    "values", [{"root": "00" * 32}, {"note": "another\n"}], ids=["root", "note"]
)
def test_a_changed_checkpoint_row_is_named(case: ArchiveCase, values: dict[str, Any]) -> None:
    with case.database.reading() as connection:
        size = connection.execute(select(CHECKPOINTS.c.size)).scalars().first()
    changed_row(case, CHECKPOINTS, CHECKPOINTS.c.size == size, **values)

    assert case.problems() == [("DATABASE_DIFFERS", f"main/log/checkpoint/{size}")]


def test_a_journal_that_names_other_bytes_is_named(case: ArchiveCase) -> None:
    with case.database.reading() as connection:
        document_id = repository.documents_after(connection, "", 1)[0]
    wrong = Digest.of(b"other").hex
    verification = Verification(
        case.database,
        case.store,
        case.signer.verifier.verifier_key,
        digests=lambda _, ids: dict.fromkeys(ids, wrong),
    )

    [record] = verification.records([document_id])

    assert {p["code"] for p in record["problems"]} == {"DATABASE_DIFFERS"}
    assert {c["check"]: c["status"] for c in record["checks"]}["object"] == "failed"


def test_a_checkpoint_signed_by_another_key_is_not_believed(case: ArchiveCase) -> None:
    other = load_or_create_signer(case.folder / "other.pem", ORIGIN)
    [*_, head] = sorted(
        case.store.keys("main/log/checkpoint/"), key=lambda k: int(k.split("/")[-1])
    )
    size = int(head.split("/")[-1])
    path = case.folder / "objects" / head
    path.chmod(0o600)
    path.write_bytes(other.sign(Checkpoint(ORIGIN, size, b"\x01" * 32)))

    assert case.problems() == [("CHECKPOINT_NOT_SIGNED", head)]


def test_a_signed_root_that_the_entries_do_not_give_is_named(case: ArchiveCase) -> None:
    """The holder of the key signs two histories: the log shows it."""
    note = case.signer.sign(Checkpoint(ORIGIN, 7, b"\x01" * 32))
    case.store.put_new("main/log/checkpoint/7", note)

    assert case.problems() == [("ROOT_DIFFERS", "main/log/checkpoint/7")]


def test_a_past_rewritten_together_with_its_tiles_is_named(case: ArchiveCase) -> None:
    bundle = case.folder / "objects/main/log/tile/entries/000"
    tile = case.folder / "objects/main/log/tile/0/000"
    forged = b"\x55" * 32
    for path, data, width in ((bundle, b"\x00\x20" + forged, 34), (tile, leaf_hash(forged), 32)):
        old = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(old[: 50 * width] + data + old[51 * width :])

    found = case.problems()

    assert ("ROOT_DIFFERS", "main/log/checkpoint/311") in found
    assert ("DATABASE_DIFFERS", "main/log/tile/entries/000") in found


def test_the_log_is_judged_without_the_database_too(case: ArchiveCase) -> None:
    key = case.signer.verifier.verifier_key
    flip(case.folder / "objects/main/log/tile/entries/000", 100)

    report = LogCheck(case.store, "main/log", key).run()

    assert [(p.code, p.key) for p in report.problems] == [
        ("BUNDLE_CHANGED", "main/log/tile/entries/000")
    ]
    assert "entry 2 " in report.problems[0].message


def files_only(case: ArchiveCase) -> tuple[list[DocumentReport], LogReport]:
    """What an auditor finds who has the files and the public key, and nothing else."""
    found = list(check_files(case.store, "main", case.signer.verifier.verifier_key))
    log = found[-1]
    assert isinstance(log, LogReport)
    return [report for report in found if isinstance(report, DocumentReport)], log


def test_the_files_alone_show_that_all_is_well(case: ArchiveCase) -> None:
    documents, log = files_only(case)

    assert len(documents) == 13
    assert all(d.ok and set(d.checks.values()) == {"passed"} for d in documents)
    assert (log.size, log.problems, log.information) == (SIZE, [], [])


def test_the_files_alone_show_what_was_changed(case: ArchiveCase) -> None:
    key = min(case.store.keys("main/m/"))
    path = case.folder / "objects" / key
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"tests", b"tesst"))

    _, log = files_only(case)

    assert [(p.code, p.key) for p in log.problems] == [
        ("ENTRY_WITHOUT_EVENT", "event 0"),
        ("EVENT_NOT_IN_LOG", key.rpartition("/")[0] + "/"),
    ]


def test_the_files_alone_show_what_was_removed(case: ArchiveCase) -> None:
    manifests = sorted(case.store.keys("main/m/"))
    first = [key for key in manifests if key.startswith(manifests[0].rpartition("/")[0])]
    objects = sorted(case.store.keys("main/o/"))
    for key in (*first, objects[4]):
        (case.folder / "objects" / key).unlink()

    documents, log = files_only(case)

    assert [(p.code, p.key) for p in log.problems] == [
        ("ENTRY_WITHOUT_EVENT", f"event {position}") for position in (0, 5, 6)
    ]
    assert [(p.code, p.key) for d in documents for p in d.problems if p.key == objects[4]] == [
        ("OBJECT_MISSING", objects[4])
    ]


def test_the_files_alone_show_what_was_not_sealed_yet(case: ArchiveCase) -> None:
    [stored] = case.receive(case.incoming(1))

    documents, log = files_only(case)

    assert all(d.ok for d in documents)
    assert log.problems == []
    assert [(i.code, i.key) for i in log.information] == [
        ("NOT_SEALED", f"main/m/{stored.document_id}/")
    ]


def test_left_overs_of_a_crash_are_information_only(case: ArchiveCase) -> None:
    [orphan] = case.archive.store_received(case.incoming(1, "never acknowledged"))
    case.store.put_new("main/log/tile/0/001.p/90", b"\x00" * 90 * 32)

    documents, summary = case.verify()

    assert summary["ok"]
    assert all(d["ok"] for d in documents)
    assert {(i["code"], i["key"]) for i in summary["information"]} == {
        ("ORPHAN_MANIFEST", manifest_key("main", orphan.document_id, 1)),
        ("UNSIGNED_FILE", "main/log/tile/0/001.p/90"),
    }


def test_an_orphan_object_is_information_and_is_still_hashed(case: ArchiveCase) -> None:
    digest = Digest.of(b"orphan").hex
    key = f"main/o/sha256/{digest[:2]}/{digest[2:4]}/{digest}"
    case.store.put_new(key, b"orphan")

    _, summary = case.verify()
    assert [(i["code"], i["key"]) for i in summary["information"]] == [("ORPHAN_OBJECT", key)]

    flip(case.folder / "objects" / key, 0)
    assert case.problems() == [("OBJECT_CHANGED", key)]


def test_what_is_not_sealed_yet_is_pending_not_wrong(case: ArchiveCase) -> None:
    [stored] = case.receive(case.incoming(1))
    case.decide([stored])

    [record] = case.verification().records([stored.document_id])

    assert record["ok"]
    assert {c["check"]: c["status"] for c in record["checks"]} == {
        "object": "passed",
        "manifests": "pending",
        "log": "pending",
        "checkpoint": "passed",
    }
    _, summary = case.verify()
    assert summary["ok"]
    assert summary["log"]["pending_events"] == 3


def test_one_document_is_checked_by_itself(case: ArchiveCase) -> None:
    with case.database.reading() as connection:
        first, second, *_ = repository.documents_after(connection, "", 5)
    path = case.folder / "objects" / manifest_key("main", second, 1)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"tests", b"tesst"))

    good, bad = case.verification().records([first, second])

    assert good["ok"]
    assert all(c["status"] == "passed" for c in good["checks"])
    assert not bad["ok"]
    assert [p["key"] for p in bad["problems"]] == [manifest_key("main", second, 1)]
    assert json.dumps(bad)


def test_one_document_is_checked_up_to_the_signed_root(case: ArchiveCase) -> None:
    with case.database.reading() as connection:
        document_id = repository.documents_after(connection, "", 1)[0]
    for name in ("tile/0/000", "tile/entries/000", "tile/1/000.p/1", "checkpoint/311"):
        path = case.folder / "objects/main/log" / name
        flip(path, 10)

        [record] = case.verification().records([document_id])

        assert {p["key"] for p in record["problems"]} == {f"main/log/{name}"}, name
        flip(path, 10)


def test_one_document_is_not_believed_under_a_tile_changed_elsewhere(case: ArchiveCase) -> None:
    with case.database.reading() as connection:
        document_id = repository.documents_after(connection, "", 1)[0]
    flip(case.folder / "objects/main/log/tile/0/000", 200 * 32)

    [record] = case.verification().records([document_id])

    assert {(p["code"], p["key"]) for p in record["problems"]} == {
        ("TILE_CHANGED", "main/log/tile/0/000")
    }


@pytest.mark.parametrize("field", ["sha512", "size"])
def test_a_manifest_that_names_another_length_or_second_digest_is_noticed(
    case: ArchiveCase, field: str
) -> None:
    """As a collision of the first digest would look."""
    [stored] = case.archive.store_received(case.incoming(1))
    event = stored.manifest.events[0]
    wrong = {"sha512": "00" * 64, "size": 3}[field]
    payload = {**event.payload, "object": {**event.payload["object"], field: wrong}}
    forged = replace(stored.manifest, events=(replace(event, payload=payload),))
    path = case.folder / "objects" / manifest_key("main", stored.document_id, 1)
    path.chmod(0o600)
    path.write_bytes(forged.to_bytes())
    case.record_stored([replace(stored, manifest=forged)])

    [record] = case.verification().records([stored.document_id])

    assert [(p["code"], p["key"]) for p in record["problems"]] == [("OBJECT_CHANGED", stored.key)]


def test_an_unknown_document_is_refused_before_anything_is_checked(case: ArchiveCase) -> None:
    with pytest.raises(DocumentUnknown, match="unknown"):
        next(case.verification().records(["unknown"]))


@pytest.mark.parametrize("digest", ["no digest", "", "0" * 64, "../" * 21 + "x"])
def test_a_digest_changed_in_the_journal_is_told(case: ArchiveCase, digest: str) -> None:
    stored = case.receive(case.incoming(2))
    case.seal()
    changed = stored[0].document_id
    verifier = Verification(
        case.database,
        case.store,
        case.signer.verifier.verifier_key,
        digests=lambda _, ids: {i: digest for i in ids if i == changed},
    )

    *documents, summary = verifier.records(None)

    problems = {d["document_id"]: [p["code"] for p in d["problems"]] for d in documents}
    assert problems.pop(changed) == ["DATABASE_DIFFERS"]
    assert not any(problems.values())
    assert not summary["ok"]
