"""Timestamps by a real authority: kept, chained, checked, carried in packages."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.authority import HttpAuthority
from archive.errors import TimestampRefused, TimestampUnavailable
from archive.evidence.verify import verify
from archive.stores.filesystem import FilesystemStore
from archive.timestamp import timestamp_message
from config.application import Application
from config.assembly import open_application
from config.doctor import Health, examine
from config.settings import LimitSettings, Settings, TimestampSettings
from config.timestamps import TimestampKeeper
from tests.support import PROJECT
from tests.timestamp_authority import make_authority, serving

pytestmark = pytest.mark.openssl


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampSettings]:
    """An authority that is up."""
    folder = tmp_path_factory.mktemp("authority") / "tsa"
    root = make_authority(folder)
    with serving(folder) as url:
        yield TimestampSettings(url=url, root=root)


@pytest.fixture
def settings(tmp_path: Path, authority: TimestampSettings) -> Settings:
    return Settings(data=tmp_path / "data", timestamp=authority, limits=LimitSettings(readers=1))


def _take_in(application: Application, name: str = "cii_every_field.xml") -> str:
    [record] = application.ingest([(name, PROJECT / "tests/data" / name)], "tests")
    return str(record["document_id"])


def _is_well(application: Application) -> bool:
    *_, summary = application.verify(None)
    return bool(summary["ok"])


def test_timestamps_are_chained_checked_and_carried(settings: Settings, tmp_path: Path) -> None:
    with open_application(settings) as application:
        document_id = _take_in(application)
        first = application.timestamps.stamp_now()
        assert application.timestamps.stamp_now() is None
        _take_in(application, "ubl_every_field.xml")
        second = application.timestamps.stamp_now()
        assert first is not None
        assert second is not None
        assert second.size > first.size
        assert _is_well(application)
        file = io.BytesIO()
        application.write_evidence([document_id], file, "tests")

    told: list[str] = []
    assert verify(io.BytesIO(file.getvalue()), None, told.append) == 0, told
    text = "\n".join(told)
    before = [line for part in told for line in part.splitlines() if "received before" in line]
    assert before
    assert all("NOT VERIFIED" in line and "claimed" in line for line in before)
    assert "openssl ts -verify" in text
    with zipfile.ZipFile(file) as package:
        package.extractall(tmp_path / "unpacked")
        previous = package.read(f"log/timestamps/{first.size}.tsr")
        note = package.read(f"log/timestamps/{second.size}.checkpoint")
        message = package.read(f"log/timestamps/{second.size}.txt")
    assert message == timestamp_message(note, (first.size, previous))


def test_openssl_accepts_what_a_package_tells_it_to(settings: Settings, tmp_path: Path) -> None:
    import subprocess

    with open_application(settings) as application:
        document_id = _take_in(application)
        application.timestamps.stamp_now()
        file = io.BytesIO()
        application.write_evidence([document_id], file, "tests")
    told: list[str] = []
    verify(file, None, told.append)
    line = next(item for item in told if "openssl ts" in item)
    command = line[line.rindex("openssl ts") :].replace("RACINE.pem", str(settings.timestamp.root))
    with zipfile.ZipFile(file) as package:
        package.extractall(tmp_path / "unpacked")

    done = subprocess.run(
        command.split(), cwd=tmp_path / "unpacked", capture_output=True, check=False
    )

    assert b"Verification: OK" in done.stdout, done


def test_a_changed_or_swapped_timestamp_is_found(settings: Settings) -> None:
    with open_application(settings) as application:
        _take_in(application)
        first = application.timestamps.stamp_now()
        _take_in(application, "ubl_every_field.xml")
        application.timestamps.stamp_now()
        assert first is not None
        path = settings.data / f"objects/main/log/tsr/{first.size}.tsr"
        path.chmod(0o600)
        whole = path.read_bytes()
        for place in (5, len(whole) // 2, len(whole) - 1):
            changed = bytearray(whole)
            changed[place] ^= 1
            path.write_bytes(changed)
            *_, summary = application.verify(None)
            assert "TIMESTAMP_CHANGED" in {p["code"] for p in summary["problems"]}, place
        path.unlink()

        *_, summary = application.verify(None)

        assert "TIMESTAMP_CHANGED" in {p["code"] for p in summary["problems"]}


def test_an_authority_that_is_not_believed_is_refused(settings: Settings, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other")
    with open_application(
        replace(settings, timestamp=replace(settings.timestamp, root=other))
    ) as application:
        _take_in(application)

        with pytest.raises(TimestampRefused):
            application.timestamps.stamp_now()

        assert not (settings.data / "objects/main/log/tsr").exists()


def test_an_answer_about_something_else_is_refused(authority: TimestampSettings) -> None:
    assert authority.root is not None
    asked = HttpAuthority(authority.url, authority.root.read_bytes())
    answer = asked.stamp(b"one thing")

    assert asked.time_of(answer, b"one thing") <= datetime.now(UTC) + timedelta(seconds=5)
    with pytest.raises(TimestampRefused):
        asked.time_of(answer, b"another")
    with pytest.raises(TimestampRefused):
        asked.time_of(b"nonsense", b"one thing")


def test_while_the_authority_is_away_it_is_asked_again(tmp_path: Path) -> None:
    folder = tmp_path / "tsa"
    root = make_authority(folder)
    settings = Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))
    with serving(folder) as url:
        settings = replace(settings, timestamp=TimestampSettings(url=url, root=root))
    with open_application(settings) as application:
        _take_in(application)
        with pytest.raises(TimestampUnavailable):
            application.timestamps.stamp_now()
        [warned] = [c for c in examine(settings) if c.name == "timestamps"]
        assert warned.health is Health.WARNING


def test_the_keeper_stamps_once_a_day(settings: Settings) -> None:
    days = 0
    stop = threading.Event()

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(days=days)

    with open_application(settings) as application:
        store = FilesystemStore(settings.data / "objects")
        keeper = TimestampKeeper(settings, application.database, store, clock)
        tsr = settings.data / "objects/main/log/tsr"
        _take_in(application)
        thread = threading.Thread(target=keeper.run, args=(stop, 0.02))
        thread.start()
        try:
            _until(lambda: tsr.exists() and len(list(tsr.iterdir())) == 1)
            _take_in(application, "ubl_every_field.xml")
            assert len(list(tsr.iterdir())) == 1
            days = 1
            _until(lambda: len(list(tsr.iterdir())) == 2)
        finally:
            stop.set()
            thread.join()
            store.close()
        assert _is_well(application)


def _until(true: object) -> None:
    assert callable(true)
    for _ in range(750):
        if true():
            return
        threading.Event().wait(0.02)
    pytest.fail("it never happened")
