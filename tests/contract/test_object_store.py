"""What every object store promises. A new adapter adds one line to `STORES`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import BadKey, KeyTaken, ObjectMissing, SourceChanged
from archive.store import ObjectStore, Put
from archive.stores.filesystem import FilesystemStore
from archive.stores.keyring import Keyring, open_keyring
from archive.stores.sealed_store import SealedLockingStore, SealedStore
from domain.identifiers import Digest
from tests.s3_server import new_store

STORES: dict[str, Callable[[Path], ObjectStore]] = {
    "filesystem": lambda folder: FilesystemStore(folder / "objects"),
    "s3": lambda _: new_store(),
    "sealed": lambda folder: SealedStore(FilesystemStore(folder / "objects"), _ring(folder)),
    "sealed s3": lambda folder: SealedLockingStore(new_store(), _ring(folder)),
}


def _ring(folder: Path) -> Keyring:
    return open_keyring(f"sqlite:///{folder / 'ring.db'}", folder / "ring.key")


@pytest.fixture(
    params=[
        "filesystem",
        pytest.param("s3", marks=pytest.mark.s3),
        "sealed",
        pytest.param("sealed s3", marks=pytest.mark.s3),
    ]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return STORES[request.param](tmp_path)


def all_keys(store: ObjectStore) -> list[str]:
    return sorted(store.keys())


def test_gives_back_the_bytes_it_was_given(store: ObjectStore) -> None:
    store.put_new("main/o/a", b"first\x00\xff")

    assert store.read("main/o/a") == b"first\x00\xff"
    assert store.size("main/o/a") == 7
    assert store.exists("main/o/a")


def test_keeps_an_empty_object(store: ObjectStore) -> None:
    store.put_new("a", b"")

    assert store.read("a") == b""
    assert store.size("a") == 0


def test_refuses_other_bytes_under_a_taken_key(store: ObjectStore) -> None:
    store.put_new("a", b"first")

    with pytest.raises(KeyTaken):
        store.put_new("a", b"second")

    assert store.read("a") == b"first"


def test_refuses_bytes_of_the_same_length_under_a_taken_key(store: ObjectStore) -> None:
    store.put_new("a", b"first")

    with pytest.raises(KeyTaken, match="a: "):
        store.put_new("a", b"frist")


def test_takes_the_same_bytes_again(store: ObjectStore) -> None:
    store.put_new("a", b"first")

    store.put_new("a", b"first")

    assert store.read("a") == b"first"
    assert all_keys(store) == ["a"]


def test_takes_a_file_as_source(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "large.pdf"
    content = bytes(range(256)) * 8192  # 2 MiB, more than is copied at once
    source.write_bytes(content)

    store.put_new("a", source, Digest.of(content))

    assert store.read("a") == content
    assert source.read_bytes() == content


def test_refuses_a_file_that_is_not_the_one_hashed(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "changing.pdf"
    source.write_bytes(b"now something else")

    with pytest.raises(SourceChanged):
        store.put_new("a", source, Digest.of(b"what was hashed"))

    assert not store.exists("a")
    assert all_keys(store) == []


def test_says_when_the_file_to_store_is_gone(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(SourceChanged):
        store.put_new("a", tmp_path / "absent.pdf")


def test_says_what_is_missing(store: ObjectStore) -> None:
    assert not store.exists("a")
    for ask in (store.read, store.stream, store.size):
        with pytest.raises(ObjectMissing, match="a"):
            ask("a")


def test_a_folder_of_keys_is_no_object(store: ObjectStore) -> None:
    store.put_new("main/o/a", b"x")

    assert not store.exists("main/o")
    with pytest.raises(ObjectMissing):
        store.read("main/o")


NO_KEYS = [
    *("", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", ".hidden", "a/.tmp/b"),
    *("a\\b", "é", "a\n", "a\x00b", "x" * 600),
]


@pytest.mark.parametrize("key", NO_KEYS)
def test_refuses_keys_that_are_none(store: ObjectStore, key: str) -> None:
    for ask in (store.read, store.exists, store.size, store.stream):
        with pytest.raises(BadKey):
            ask(key)
    with pytest.raises(BadKey):
        store.put_new(key, b"x")

    assert all_keys(store) == []


def test_lists_the_keys_under_a_prefix(store: ObjectStore) -> None:
    wanted = ["main/m/1/v1.json", "main/m/1/v2.json", "main/m/12/v1.json"]
    store.put_many([Put(key, key.encode()) for key in [*wanted, "main/o/x", "other/m/1/v1.json"]])

    assert sorted(store.keys("main/m/")) == wanted
    assert sorted(store.keys("main/m/1")) == wanted
    assert sorted(store.keys("main/m/1/")) == wanted[:2]
    assert list(store.keys("main/none/")) == []
    assert len(all_keys(store)) == 5


def test_streams_a_large_object(store: ObjectStore) -> None:
    store.put_new("a", b"0123456789" * 1000)

    with store.stream("a") as file:
        assert file.read(10) == b"0123456789"
        assert len(file.read()) == 9990


def test_stores_many_at_once(store: ObjectStore) -> None:
    puts = [Put(f"main/{i % 7}/{i}", str(i).encode()) for i in range(300)]

    store.put_many(puts)

    assert {key: store.read(key) for key in all_keys(store)} == {p.key: p.source for p in puts}


def test_one_taken_key_among_many_does_not_keep_the_others_out(store: ObjectStore) -> None:
    store.put_new("b", b"first")

    with pytest.raises(KeyTaken, match="b: "):
        store.put_many([Put("a", b"1"), Put("b", b"second"), Put("c", b"3")])

    kept = {key: store.read(key) for key in all_keys(store)}
    assert kept == {"a": b"1", "b": b"first", "c": b"3"}


def test_the_same_object_twice_among_many_is_stored_once(store: ObjectStore) -> None:
    store.put_many([Put("a", b"1"), Put("a", b"1")])

    assert store.read("a") == b"1"


def test_nothing_is_stored_when_one_key_of_many_is_refused(store: ObjectStore) -> None:
    with pytest.raises(BadKey):
        store.put_many([Put("a", b"1"), Put("../b", b"2")])

    assert all_keys(store) == []


def test_takes_a_time_until_which_an_object_stays(store: ObjectStore) -> None:
    store.put_many([Put("a", b"1", retain_until=datetime(2040, 1, 1, tzinfo=UTC))])

    assert store.read("a") == b"1"


def test_stores_wave_after_wave(store: ObjectStore) -> None:
    store.put_many([Put("a", b"1"), Put("b", b"2"), Put("c", b"3", wave=1)])

    assert all_keys(store) == ["a", "b", "c"]


def test_keys_that_begin_alike_are_told_apart(store: ObjectStore) -> None:
    store.put_many([Put(key, key.encode()) for key in ("l/1", "l/10", "l/100", "l/x.p/1", "l/x")])

    assert [store.read(key) for key in ("l/1", "l/10", "l/x")] == [b"l/1", b"l/10", b"l/x"]
    assert not store.exists("l/1000")
    assert not store.exists("l")


def test_streams_what_is_larger_than_a_part(store: ObjectStore, tmp_path: Path) -> None:
    content = bytes(range(256)) * (20 << 12)  # 20 MiB
    source = tmp_path / "large.pdf"
    source.write_bytes(content)

    store.put_new("a", source, Digest.of(content))

    assert store.size("a") == len(content)
    with store.stream("a") as file:
        assert file.read(7) == content[:7]
    assert Digest.of(store.read("a")) == Digest.of(content)


def test_a_large_file_that_is_not_the_one_hashed_leaves_nothing(
    store: ObjectStore, tmp_path: Path
) -> None:
    source = tmp_path / "large.pdf"
    source.write_bytes(b"x" * (9 << 20))

    with pytest.raises(SourceChanged):
        store.put_new("a", source, Digest.of(b"y"))

    assert all_keys(store) == []
