"""The key of the log: kept from others, and never made anew for a log that was signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import KeyFileUnreadable, SignerChanged
from config.assembly import open_application, open_archive
from config.settings import LimitSettings, Settings
from tests.support import PROJECT


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder with one sealed document."""
    found = Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))
    with open_application(found) as application:
        name = "cii_every_field.xml"
        list(application.ingest([(name, PROJECT / "tests/data" / name)], "tests"))
    return found


def _start(settings: Settings) -> None:
    with open_application(settings):
        pass


def test_a_missing_key_is_refused_at_the_start(settings: Settings) -> None:
    key = settings.data / "keys/log.key"
    key.unlink()

    with pytest.raises(SignerChanged, match="is missing"):
        _start(settings)
    with pytest.raises(SignerChanged, match="is missing"), open_archive(settings):
        pass

    assert not key.exists()


def test_a_missing_key_is_refused_though_the_database_is_new(settings: Settings) -> None:
    (settings.data / "keys/log.key").unlink()
    for path in settings.data.glob("meg.db*"):
        path.unlink()

    with pytest.raises(SignerChanged, match="is missing"):
        _start(settings)


def test_another_key_is_refused_at_the_start(settings: Settings, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "other")
    _start(other)
    (settings.data / "keys/log.key").write_bytes((other.data / "keys/log.key").read_bytes())

    with pytest.raises(SignerChanged, match="is not the key"):
        _start(settings)


@pytest.mark.parametrize("mode", [0o644, 0o606, 0o620, 0o601])
def test_a_key_that_others_may_use_is_refused(settings: Settings, mode: int) -> None:
    (settings.data / "keys/log.key").chmod(mode)

    with pytest.raises(KeyFileUnreadable, match="chmod 600"):
        _start(settings)


def test_a_key_that_the_group_may_read_does(settings: Settings) -> None:
    (settings.data / "keys/log.key").chmod(0o640)

    _start(settings)
