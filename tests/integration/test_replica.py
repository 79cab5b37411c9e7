"""Copies of an archive, and repairs from them, between folders and over S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from archive import repository
from archive.errors import ObjectMissing, ReplicaDamaged, StoreFull
from archive.replica import Copying, CopyReport, Repair, check_copy
from archive.store import Put
from archive.stores.filesystem import FilesystemStore
from archive.stores.minio_store import MinioStore
from domain.records import Record
from tests.archive_case import ArchiveCase, open_case
from tests.s3_server import new_store

Store = FilesystemStore | MinioStore


@pytest.fixture
def case(tmp_path: Path) -> Iterator[ArchiveCase]:
    opened = open_case(tmp_path / "case")
    for events in (0, 300):
        stored = opened.receive(opened.incoming(4))
        opened.decide(stored)
        opened.note(stored[-1], events)
        opened.seal()
    [file] = opened.incoming(1)
    large = opened.receive([replace(file, content=b"0123456789abcdef" * (10 << 16))])
    opened.decide(large)
    opened.seal()
    yield opened
    opened.store.close()
    opened.database.close()


@pytest.fixture(params=["filesystem", pytest.param("s3", marks=pytest.mark.s3)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    makers: dict[str, Callable[[], Store]] = {
        "filesystem": lambda: FilesystemStore(tmp_path / "copy"),
        "s3": new_store,
    }
    return makers[request.param]()


def copied(case: ArchiveCase, target: Store) -> CopyReport:
    return Copying(case.store, target, "main").run()


def checked(case: ArchiveCase, store: Store) -> Record:
    *_, summary = check_copy(store, "main", case.signer.verifier.verifier_key)
    return summary


def test_a_copy_holds_everything_and_verifies_by_itself(case: ArchiveCase, target: Store) -> None:
    keys = sorted(case.store.keys())

    report = copied(case, target)

    assert (report.copied, report.present, report.damaged) == (len(keys), 0, [])
    assert sorted(target.keys()) == keys
    assert all(target.read(key) == case.store.read(key) for key in keys)
    summary = checked(case, target)
    assert summary["ok"], summary
    assert summary["documents"] == 9
    assert summary["log"]["size"] == case.seal()


def test_a_copy_of_a_copy_comes_back_the_same(case: ArchiveCase, target: Store) -> None:
    copied(case, target)
    back = FilesystemStore(case.folder / "back")

    Copying(target, back, "main").run()

    assert sorted(back.keys()) == sorted(case.store.keys())
    assert checked(case, back)["ok"]


def test_a_copy_again_brings_only_what_is_new(case: ArchiveCase, target: Store) -> None:
    before = copied(case, target)
    case.receive(case.incoming(2))
    case.seal()

    report = copied(case, target)

    assert report.present == before.copied
    assert report.copied >= 2 * 2 + 3
    assert checked(case, target)["log"]["size"] == case.seal()


class _Interrupted(FilesystemStore):
    """A store that is full after some puts."""

    left = 12

    def put_many(self, puts: Sequence[Put]) -> None:
        for put in puts:
            self.left -= 1
            if self.left < 0:
                raise StoreFull("no room")
            super().put_many([put])


def test_an_interrupted_copy_goes_on(case: ArchiveCase, tmp_path: Path) -> None:
    with pytest.raises(StoreFull):
        Copying(case.store, _Interrupted(tmp_path / "copy"), "main").run()
    target = FilesystemStore(tmp_path / "copy")

    report = copied(case, target)

    assert report.present == 12
    assert checked(case, target)["ok"]


def test_a_copy_made_while_documents_come_in_is_whole(case: ArchiveCase, tmp_path: Path) -> None:
    class Growing(FilesystemStore):
        def exists(self, key: str) -> bool:
            if "/m/" in key:
                case.receive(case.incoming(1))
                case.seal()
            return super().exists(key)

    Copying(case.store, Growing(tmp_path / "copy"), "main").run()

    summary = checked(case, FilesystemStore(tmp_path / "copy"))
    assert summary["ok"], summary["problems"]


def test_a_damaged_object_is_named_and_not_copied(case: ArchiveCase, target: Store) -> None:
    key = damage(case, "main/o/")

    report = copied(case, target)

    assert [(f.code, f.key) for f in report.damaged] == [("OBJECT_CHANGED", key)]
    assert not target.exists(key)
    assert not checked(case, target)["ok"]


def test_a_place_with_nothing_is_no_copy(case: ArchiveCase, target: Store) -> None:
    assert not checked(case, target)["ok"]


def damage(case: ArchiveCase, prefix: str) -> str:
    key = min(case.store.keys(prefix))
    path = case.folder / "objects" / key
    path.chmod(0o600)
    path.write_bytes(b"damaged")
    return key


def repair(case: ArchiveCase, replica: Store) -> Repair:
    def recorded(document_id: str, version: int) -> str | None:
        with case.database.reading() as connection:
            rows = repository.manifests_of(connection, document_id)
        return next((row.digest for row in rows if row.version == version), None)

    key = case.signer.verifier.verifier_key
    return Repair(case.store, replica, "main", key, recorded)


PREFIXES = [
    "main/o/",
    "main/m/",
    "main/log/tile/0/",
    "main/log/tile/entries/",
    "main/log/checkpoint/",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_damaged_file_is_taken_back(case: ArchiveCase, target: Store, prefix: str) -> None:
    copied(case, target)
    key = damage(case, prefix)
    assert case.problems()

    assert repair(case, target).restore(key)

    assert case.store.read(key) == target.read(key)
    assert case.problems() == []
    [kept] = (case.folder / "objects/.damaged").rglob(f"{Path(key).name}.*")
    assert kept.read_bytes() == b"damaged"


def test_a_missing_file_is_taken_back_and_a_whole_one_left(
    case: ArchiveCase, target: Store
) -> None:
    copied(case, target)
    missing, whole = sorted(case.store.keys("main/o/"))[:2]
    (case.folder / "objects" / missing).unlink()

    assert repair(case, target).restore(missing)
    assert not repair(case, target).restore(whole)

    assert case.problems() == []


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_damaged_replica_repairs_nothing(case: ArchiveCase, tmp_path: Path, prefix: str) -> None:
    replica = FilesystemStore(tmp_path / "copy")
    copied(case, replica)
    key = damage(case, prefix)
    path = tmp_path / "copy" / key
    path.chmod(0o600)
    path.write_bytes(b"damaged otherwise")

    with pytest.raises(ReplicaDamaged):
        repair(case, replica).restore(key)

    assert case.store.read(key) == b"damaged"


def test_what_the_replica_does_not_have_is_missing(case: ArchiveCase, tmp_path: Path) -> None:
    key = damage(case, "main/o/")

    with pytest.raises(ObjectMissing):
        repair(case, FilesystemStore(tmp_path / "copy")).restore(key)


def test_a_key_that_is_none_of_the_archive_is_not_taken(case: ArchiveCase, tmp_path: Path) -> None:
    replica = FilesystemStore(tmp_path / "copy")
    replica.put_many([Put("main/x/y", b"1"), Put("main/m/unknown/v1.json", b"{}")])

    for key in ("main/x/y", "main/m/unknown/v1.json"):
        with pytest.raises(ReplicaDamaged):
            repair(case, replica).restore(key)
