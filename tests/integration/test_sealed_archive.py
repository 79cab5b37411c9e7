"""An archive whose objects are encrypted, each under a key of its own."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.keys import keys as keys_command
from archive.access import Visitor
from archive.errors import ArchiveIncomplete, KeyFileUnreadable, ObjectKeyDestroyed, ObjectKeyLost
from archive.stores.filesystem import FilesystemStore
from archive.stores.keyring import Keyring, open_keyring
from archive.stores.sealed_store import SealedStore
from archive.stores.sealing import MAGIC
from config.archive_copies import check_place, copy_archive, open_repair
from config.assembly import open_application
from config.rebuilding import rebuild_all
from config.settings import ArchiveSettings, Settings
from db.engine import DatabaseStillRead
from tests.acceptance.invoices import cii_invoice

VISITOR = Visitor.named("tests", "cli", "")
AT = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = [f"main/o/{number}" for number in range(3)]


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return _ring(tmp_path)


def _ring(folder: Path) -> Keyring:
    return open_keyring(f"sqlite:///{folder / 'objects.db'}", folder / "objects.key")


def test_a_key_stays_the_same_and_is_kept_wrapped(ring: Keyring, tmp_path: Path) -> None:
    keys = ring.ensure(NAMES)

    assert len(set(keys.values())) == len(NAMES)
    assert _ring(tmp_path).ensure(NAMES) == keys
    assert ring.key(NAMES[0]) == keys[NAMES[0]]
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert not any(key in kept for key in keys.values())


def test_two_that_make_the_same_key_get_the_same(tmp_path: Path) -> None:
    rings = [_ring(tmp_path) for _ in range(4)]
    names = [f"main/o/{number}" for number in range(40)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda ring: ring.ensure(names), rings))

    assert all(keys == found[0] for keys in found)


def test_a_destroyed_key_is_gone_from_the_disk(ring: Keyring, tmp_path: Path) -> None:
    ring.ensure(NAMES)
    with closing(sqlite3.connect(tmp_path / "objects.db")) as connection:
        query = "SELECT wrapped FROM object_keys WHERE name = ?"
        (wrapped,) = connection.execute(query, (NAMES[1],)).fetchone()

    ring.destroy(NAMES[1], AT)
    ring.destroy(NAMES[1], AT)

    with pytest.raises(ObjectKeyDestroyed, match="22/11/2026"):
        ring.key(NAMES[1])
    assert not any(wrapped in p.read_bytes() for p in tmp_path.iterdir())
    assert ring.key(NAMES[2])


def test_a_key_that_a_reader_keeps_in_the_file_is_not_said_to_be_destroyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine._BUSY_MILLISECONDS", 50)
    ring = _ring(tmp_path)  # opened after the wait was cut short
    ring.ensure(NAMES)
    with closing(sqlite3.connect(tmp_path / "objects.db", isolation_level=None)) as connection:
        query = "SELECT wrapped FROM object_keys WHERE name = ?"
        connection.execute("BEGIN")
        (wrapped,) = connection.execute(query, (NAMES[1],)).fetchone()
        with pytest.raises(DatabaseStillRead):
            ring.destroy(NAMES[1], AT)
        connection.execute("ROLLBACK")

    ring.destroy(NAMES[1], AT)

    assert not any(wrapped in p.read_bytes() for p in tmp_path.iterdir())


def test_what_comes_again_after_its_destruction_gets_another_key(
    ring: Keyring, tmp_path: Path
) -> None:
    bare = FilesystemStore(tmp_path / "store")
    store = SealedStore(bare, ring)
    store.put_new("main/o/a", b"first")
    old = bare.read("main/o/a")

    store.destroy("main/o/a")
    assert not store.exists("main/o/a")
    store.put_new("main/o/a", b"first")

    assert store.read("main/o/a") == b"first"
    assert bare.read("main/o/a") != old


def test_a_key_that_never_was_is_lost_and_not_destroyed(ring: Keyring) -> None:
    with pytest.raises(ObjectKeyLost):
        ring.key("main/o/never")


def test_a_master_key_is_not_made_anew_for_an_old_ring(ring: Keyring, tmp_path: Path) -> None:
    ring.ensure(NAMES)
    ring.close()
    master = tmp_path / "objects.key"
    master.unlink()

    with pytest.raises(KeyFileUnreadable, match="is gone"):
        _ring(tmp_path)

    master.write_text("00" * 32)
    master.chmod(0o600)
    with pytest.raises(KeyFileUnreadable, match="not the one"):
        _ring(tmp_path).key(NAMES[0])


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "é" * 64])
def test_a_file_that_is_no_master_key_is_refused(tmp_path: Path, content: str) -> None:
    master = tmp_path / "objects.key"
    master.write_text(content)
    master.chmod(0o600)

    with pytest.raises(KeyFileUnreadable):
        _ring(tmp_path)


def test_what_was_stored_before_is_read_as_it_is(ring: Keyring, tmp_path: Path) -> None:
    bare = FilesystemStore(tmp_path / "store")
    bare.put_new("main/o/old", b"plain")
    store = SealedStore(bare, ring)
    store.put_new("main/o/new", b"secret")
    store.put_new("main/log/checkpoint/1", b"signed")

    assert store.read("main/o/old") == b"plain"
    assert store.size("main/o/old") == 5
    assert store.read("main/o/new") == b"secret"
    assert b"secret" not in bare.read("main/o/new")
    assert bare.read("main/log/checkpoint/1") == b"signed"
    later = SealedStore(bare, ring, sealing=False)
    later.put_new("main/o/later", b"plain again")
    assert bare.read("main/o/later") == b"plain again"
    assert later.read("main/o/new") == b"secret"


def _settings(data: Path, replica: Path) -> Settings:
    return Settings(data=data, archive=ArchiveSettings(encrypted=True, replica=str(replica)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = _settings(tmp_path / "data", tmp_path / "replica")
    files = [(f"{number}.xml", cii_invoice(number)) for number in range(3)]
    with open_application(settings) as application:
        taken = list(application.ingest(files, "test"))
        assert all(record["status"] != "failed" for record in taken)
    return settings


def _kept(folder: Path) -> bytes:
    files = (p for p in folder.rglob("*") if p.is_file() and "/log/" not in str(p))
    return b"".join(p.read_bytes() for p in files)


def test_nothing_that_an_invoice_says_lies_in_the_store(settings: Settings) -> None:
    assert b"CrossIndustryInvoice" in cii_invoice(0)
    assert b"CrossIndustryInvoice" not in _kept(settings.data / "objects")
    with open_application(settings) as application:
        *documents, summary = application.verify(None)
        assert len(documents) == 3
        assert summary["ok"], summary["problems"]
        _, content = application.original(documents[0]["document_id"])
        assert b"CrossIndustryInvoice" in content


def test_it_is_copied_checked_and_rebuilt(settings: Settings, tmp_path: Path) -> None:
    report = copy_archive(settings, "archive", "replica", VISITOR)
    assert report.copied > 9
    assert copy_archive(settings, "archive", "replica", VISITOR).copied == 0
    assert b"CrossIndustryInvoice" not in _kept(tmp_path / "replica")
    *_, summary = check_place(settings, "replica", None)
    assert summary["ok"], summary["problems"]

    for path in settings.data.glob("meg.db*"):
        path.unlink()
    rebuild_all(settings, lambda _what, _count: None, replace=False)

    with open_application(settings) as application:
        *_, summary = application.verify(None)
        assert summary["ok"], summary["problems"]


def _change_an_original(settings: Settings) -> str:
    path = next(p for p in (settings.data / "objects/main/o").rglob("*") if p.is_file())
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    return str(path.relative_to(settings.data / "objects"))


def test_a_changed_object_is_taken_back_from_the_replica(settings: Settings) -> None:
    copy_archive(settings, "archive", "replica", VISITOR)
    key = _change_an_original(settings)

    with open_repair(settings, "replica") as repair:
        assert repair.restore(key)
        assert not repair.restore(key)

    with open_application(settings) as application:
        *_, summary = application.verify(None)
        assert summary["ok"], summary["problems"]


def test_a_copy_passes_over_what_cannot_be_read(settings: Settings) -> None:
    changed = _change_an_original(settings)
    store = settings.data / "objects"
    gone = next(
        str(p.relative_to(store))
        for p in (store / "main/o").rglob("*")
        if p.is_file() and p != store / changed
    )
    _ring(settings.data / "keys").destroy(gone, AT)

    report = copy_archive(settings, "archive", "replica", VISITOR)

    assert report.passed_over == 1
    assert [(f.code, f.key) for f in report.damaged] == [("UNREADABLE", changed)]


def test_files_without_a_log_are_no_archive_to_rebuild(settings: Settings) -> None:
    for path in settings.data.glob("meg.db*"):
        path.unlink()
    for folder in ("m", "log"):
        shutil.rmtree(settings.data / "objects/main" / folder)

    with pytest.raises(ArchiveIncomplete):
        rebuild_all(settings, lambda _what, _count: None, replace=False)


def test_a_changed_object_is_named(settings: Settings) -> None:
    _change_an_original(settings)

    with open_application(settings) as application:
        *documents, summary = application.verify(None)

    problems = [p for d in documents for p in d["problems"]]
    assert [p["code"] for p in problems] == ["UNREADABLE"]
    assert "deciphered" in problems[0]["message"]
    assert summary["documents_with_problems"] == 1


def test_the_keys_are_copied_whole(settings: Settings, tmp_path: Path) -> None:
    safe = tmp_path / "safe"
    result = CliRunner().invoke(keys_command, ["copy", str(safe), "--data", str(settings.data)])
    assert result.exit_code == 0, result.output
    assert {p.name for p in safe.iterdir()} == {"log.key", "log.vkey", "objects.db", "objects.key"}
    assert (safe / "log.key").stat().st_mode & 0o777 == 0o600
    again = CliRunner().invoke(keys_command, ["copy", str(safe), "--data", str(settings.data)])
    assert again.exit_code == 2

    keys = settings.data / "keys"
    for path in keys.iterdir():
        path.unlink()
    for path in safe.iterdir():
        path.rename(keys / path.name)
    with open_application(settings) as application:
        *_, summary = application.verify(None)
        assert summary["ok"], summary["problems"]


def test_a_lost_ring_is_not_taken_for_damage(settings: Settings) -> None:
    for path in (settings.data / "keys").glob("objects.db*"):
        path.unlink()
    off = replace(settings, archive=replace(settings.archive, encrypted=False))

    with open_application(off) as application:
        *documents, _ = application.verify(None)

    problems = [p for d in documents for p in d["problems"]]
    assert {p["code"] for p in problems} == {"UNREADABLE"}
    assert all("not on the keyring" in p["message"] for p in problems)


@pytest.mark.parametrize("first", [True, False])
def test_the_same_bytes_come_again_after_encryption_was_switched(
    tmp_path: Path, *, first: bool
) -> None:
    settings = _settings(tmp_path / "data", tmp_path / "replica")
    kept = settings.archive
    for encrypted, name in ((first, "one.xml"), (not first, "again.xml")):
        now = replace(settings, archive=replace(kept, encrypted=encrypted))
        with open_application(now) as application:
            taken = list(application.ingest([(name, cii_invoice(0))], "test"))
            *_, summary = application.verify(None)
            assert summary["ok"], summary["problems"]
    assert taken[0]["status"] == "duplicate"


def test_a_file_that_begins_like_a_sealed_object_stays_readable(
    ring: Keyring, tmp_path: Path
) -> None:
    data = MAGIC + b"from outside" * 20
    hex_ = hashlib.sha256(data).hexdigest()
    key = f"main/o/sha256/{hex_[:2]}/{hex_[2:4]}/{hex_}"
    bare = FilesystemStore(tmp_path / "store")
    bare.put_new(key, data)
    store = SealedStore(bare, ring)

    store.put_new(key, data)

    assert store.read(key) == data
    assert store.size(key) == len(data)


def test_what_is_sealed_under_a_lost_key_is_not_stored_again(ring: Keyring, tmp_path: Path) -> None:
    bare = FilesystemStore(tmp_path / "store")
    SealedStore(bare, ring).put_new("main/o/a", b"secret")
    (tmp_path / "other").mkdir()

    with pytest.raises(ObjectKeyLost):
        SealedStore(bare, _ring(tmp_path / "other")).put_new("main/o/a", b"secret")
