"""Objects that were damaged or lost are found, said, and shown by the doctor."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.scrub import scrub
from archive.scrub import ScrubOptions, last
from config.assembly import open_application
from config.database import open_database
from config.doctor import Health, examine
from config.loader import load_settings
from config.rebuilding import rebuild_all
from config.scrubbing import open_scrubbing, scrub_if_due
from config.settings import Settings
from domain.records import Record


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a data folder with five documents."""
    settings = load_settings(tmp_path / "data", {})
    with open_application(settings) as application:
        files = [(f"{n}.txt", f"no invoice {n}".encode()) for n in range(5)]
        list(application.ingest(files, "tests"))
    return settings


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(scrub, [*arguments, "--data", str(settings.data)])


def report(settings: Settings, *arguments: str) -> Record:
    found: Record = json.loads(run(settings, "--json", *arguments).stdout)
    return found


def an_object(settings: Settings) -> Path:
    return min(p for p in (settings.data / "objects" / "main" / "o").rglob("*") if p.is_file())


def fixity(settings: Settings) -> tuple[Health, str]:
    return next((c.health, c.found) for c in examine(settings) if c.name == "fixity")


def test_whole_objects_are_counted(settings: Settings) -> None:
    found = report(settings, "--full")

    assert found["ok"]
    assert found["full"]
    assert found["objects"] == 5
    assert fixity(settings)[0] is Health.GOOD


def test_a_sample_is_no_larger_than_asked(settings: Settings) -> None:
    found = report(settings, "--objects", "2")

    assert 1 <= found["objects"] <= 2
    assert not found["full"]


@pytest.mark.parametrize("arguments", [("--full",), ("--objects", "1000")])
def test_a_changed_and_a_lost_object_are_named_with_the_way_to_repair(
    settings: Settings, arguments: tuple[str, ...]
) -> None:
    changed = an_object(settings)
    changed.chmod(0o600)
    changed.write_bytes(b"something else")
    one = run(settings, *arguments)
    changed.unlink()

    two = run(settings, *arguments)

    assert (one.exit_code, two.exit_code) == (1, 1)
    assert "OBJECT_CHANGED" in one.stdout
    assert "OBJECT_MISSING" in two.stdout
    assert f"meg archive repair main/o/sha256/{changed.parent.parent.name}" in two.stdout
    health, said = fixity(settings)
    assert health is Health.BAD
    assert "1 damaged" in said


def test_the_rate_is_kept_by_waiting(settings: Settings) -> None:
    waited: list[float] = []

    with open_scrubbing(settings) as scrubbing:
        scrubbing.run(ScrubOptions(None, 1e-6), wait=waited.append)

    assert max(waited) > 10


def test_one_that_was_stopped_is_not_kept(settings: Settings) -> None:
    with open_scrubbing(settings) as scrubbing:
        scrubbing.run(ScrubOptions(), stopped=lambda: True)

    assert fixity(settings) == (Health.WARNING, "never scrubbed")


def test_it_is_done_once_a_day(settings: Settings) -> None:
    stop = threading.Event()
    done = []
    for _ in range(2):
        scrub_if_due(settings, stop)
        with open_database(settings) as database, database.reading() as connection:
            done.append(last(connection))

    assert done[0] is not None
    assert done[0].objects == 5
    assert done[0] == done[1]


def test_results_come_back_with_a_rebuild(settings: Settings) -> None:
    report(settings, "--full")
    for path in settings.data.glob("meg.db*"):
        path.unlink()
    shutil.rmtree(settings.data / "index")

    rebuild_all(settings, lambda _what, _count: None, replace=False)

    health, said = fixity(settings)
    assert health is Health.GOOD
    assert "5 objects" in said
