"""The doctor calls nothing well that was not looked at, or that is known to be broken."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from archive.scrub import ScrubReport, add
from config.assembly import open_application
from config.database import open_database
from config.doctor import Check, Health, examine
from config.folder import tended
from config.loader import load_settings
from config.settings import Settings
from config.verified import last_verified


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty data folder, its page on a port that is free and stays so.

    Bound and not listened to, the port is given to nobody who asks for any; who asks for this very
    one gets it.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield load_settings(tmp_path / "data", {"MEG_WEB_PORT": str(kept.getsockname()[1])})


def meg(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--data", str(settings.data)])


def check(settings: Settings, name: str) -> Check:
    [found] = [check for check in examine(settings) if check.name == name]
    return found


def take_in(settings: Settings, count: int = 3) -> list[Path]:
    """Take letters in; where their bytes are kept."""
    with open_application(settings) as application:
        list(application.ingest([(f"{n}.txt", f"letter {n}".encode()) for n in range(count)], "t"))
    return sorted(p for p in (settings.data / "objects/main/o").rglob("*") if p.is_file())


def damage(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(b"something else")


@pytest.mark.parametrize(
    ("megabytes", "health"), [(0, Health.BAD), (199, Health.BAD), (201, Health.WARNING)]
)
def test_a_disk_without_room_for_intake_is_a_failure(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, megabytes: int, health: Health
) -> None:
    usage = _Usage(1 << 40, 0, megabytes << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

    found = check(settings, "disk space")
    result = meg(settings, "doctor", "--json")

    assert found.health is health
    assert "Make room" in found.advice
    assert (result.exit_code == 1) == (health is Health.BAD)
    assert (
        f"{megabytes} MB free"
        in {json.loads(x)["check"]: x for x in result.stdout.splitlines()}["disk space"]
    )


def test_the_fullest_disk_counts(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = tmp_path / "elsewhere"
    dropped.mkdir()
    there = load_settings(settings.data, {"MEG_DROP_FOLDER": str(dropped)})
    monkeypatch.setattr(
        shutil, "disk_usage", lambda f: _Usage(1 << 40, 0, 0 if f == dropped else 1 << 39)
    )

    found = check(there, "disk space")

    assert found.health is Health.BAD
    assert str(dropped) in found.advice


def test_of_nothing_it_is_not_said_that_it_is_whole(settings: Settings) -> None:
    meg(settings, "scrub")
    assert "whole" not in check(settings, "fixity").found

    take_in(settings)

    found = check(settings, "fixity")
    assert (found.health, found.found) == (Health.WARNING, "never scrubbed")
    assert "meg scrub" in found.advice


def test_a_scrub_of_nothing_that_was_kept_says_nothing_of_what_came_later(
    settings: Settings,
) -> None:
    take_in(settings)
    with open_database(settings) as database, database.transaction() as connection:
        at = datetime.now(UTC)
        add(connection, ScrubReport(at, full=False, finished_at=at))

    assert check(settings, "fixity").found == "never scrubbed"


def test_damage_is_not_forgotten_when_a_later_sample_misses_it(settings: Settings) -> None:
    objects = take_in(settings)
    whole = objects[0].read_bytes()
    damage(objects[0])
    meg(settings, "scrub", "--full")
    with open_database(settings) as database, database.transaction() as connection:
        at = datetime.now(UTC)
        add(connection, ScrubReport(at, full=False, finished_at=at, objects=2))

    damaged = check(settings, "fixity")
    objects[0].write_bytes(whole)
    repaired = check(settings, "fixity")

    assert damaged.health is Health.BAD
    assert "1 damaged" in damaged.found
    assert "meg archive repair main/o/sha256/" in damaged.advice
    assert repaired.health is Health.GOOD


def test_what_verify_found_stays_in_sight_until_everything_is_well(settings: Settings) -> None:
    objects = take_in(settings)
    meg(settings, "scrub", "--full")
    assert check(settings, "verification").found == "none yet"
    whole = objects[0].read_bytes()
    damage(objects[0])

    assert meg(settings, "verify", "--all").exit_code == 1
    found = check(settings, "verification")
    doctor = meg(settings, "doctor")
    objects[0].write_bytes(whole)
    [well, *_] = ids(settings)
    assert meg(settings, "verify", well).exit_code == 0
    still = check(settings, "verification")
    assert meg(settings, "verify", "--all").exit_code == 0

    assert found.health is Health.BAD
    assert "OBJECT_CHANGED" in found.found
    assert doctor.exit_code == 1
    assert still.health is Health.BAD
    assert check(settings, "verification").health is Health.GOOD


def test_what_verify_found_of_one_document_is_kept_too(settings: Settings) -> None:
    for path in take_in(settings, 1):
        damage(path)

    assert meg(settings, "verify", *ids(settings)).exit_code == 1

    outcome = last_verified(settings.data)
    assert outcome is not None
    assert outcome.problems == 1


def ids(settings: Settings) -> list[str]:
    with open_application(settings) as application:
        rows = application.documents(status=None, limit=9, before=None)
    return [str(row["document_id"]) for row in rows]


def test_a_port_that_another_program_holds_is_a_warning(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", settings.web.port)):
        taken = check(settings, "web page")

    assert taken.health is Health.WARNING
    assert "API-09" in taken.advice
    assert check(settings, "web page").health is Health.GOOD


@pytest.mark.parametrize(
    ("answer", "runs", "health"),
    [
        (b"ok\n", True, Health.GOOD),
        (b"ok\n", False, Health.WARNING),
        (b"<html>", True, Health.WARNING),
    ],
)
def test_a_port_that_meg_itself_holds_is_well(
    settings: Settings, answer: bytes, *, runs: bool, health: Health
) -> None:
    check(settings, "data folder")
    with answering(settings.web.port, answer):
        if runs:
            with tended(settings.data):
                found = check(settings, "web page")
        else:
            found = check(settings, "web page")

    assert found.health is health


@contextmanager
def answering(port: int, answer: bytes) -> Iterator[None]:
    """A server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
