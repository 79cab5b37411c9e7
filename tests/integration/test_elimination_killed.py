"""A purge that is killed after any of its steps goes on, and comes out as one that was not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.loader import load_settings
from config.rebuilding import rebuild_all
from config.settings import Settings
from domain.records import Record
from tests.elimination_case import agreed, invoices, purge, shown, verified
from tests.support import PROJECT

pytestmark = pytest.mark.slow

_ONCE = ("started", "sealed", "spared", "index", "purged", "certified")
_EACH = ("looked", "start", "object", "manifest", "end")  # twice: for the second document too
STEPS = [(step, 1) for step in (*_ONCE, *_EACH)] + [(step, 2) for step in _EACH]
_KILLED = """
import os, signal, sys
from pathlib import Path
from config.loader import load_settings
from tests.elimination_case import purge

def step(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

purge(load_settings(Path(sys.argv[1]), {}), 1, step)
"""


class PulledPlug(BaseException):
    """Ends a purge in the middle; no handler of the program's own catches it."""


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A data folder with two invoices whose elimination was agreed to."""
    settings = load_settings(tmp_path_factory.mktemp("approved") / "data", {})
    ids = invoices(settings, 2)
    agreed(settings)
    return settings.data, ids


@pytest.fixture
def settings(approved: tuple[Path, list[str]], tmp_path: Path) -> Settings:
    shutil.copytree(approved[0], tmp_path / "data")
    return load_settings(tmp_path / "data", {})


@pytest.fixture
def ids(approved: tuple[Path, list[str]]) -> list[str]:
    return approved[1]


def _interrupted(settings: Settings, at: str, times: int) -> None:
    seen = 0

    def step(name: str) -> None:
        nonlocal seen
        seen += name == at
        if seen == times:
            raise PulledPlug

    with pytest.raises(PulledPlug):
        purge(settings, 1, step)


def _all_gone(settings: Settings, ids: list[str], certificate: Record) -> None:
    assert {d["document_id"] for d in certificate["documents"]} == set(ids)
    assert certificate["left"] == []
    assert [shown(settings, i)["status"] for i in ids] == ["purged", "purged"]
    records = verified(settings)
    assert all(r["ok"] for r in records), records
    assert not list((settings.data / "objects" / "main" / "o").rglob("?" * 64))
    assert all(len(r["problems"]) == 0 for r in records)


@pytest.mark.parametrize(("at", "times"), STEPS)
def test_a_purge_goes_on_where_it_was(
    settings: Settings, ids: list[str], at: str, times: int
) -> None:
    _interrupted(settings, at, times)
    between = verified(settings)

    certificate = purge(settings, 1)

    assert all(r["ok"] for r in between), between
    _all_gone(settings, ids, certificate)


@pytest.mark.parametrize("at", ["sealed", "manifest", "end"])
def test_a_purge_goes_on_after_the_database_was_lost(
    settings: Settings, ids: list[str], at: str
) -> None:
    _interrupted(settings, at, 1)
    rebuild_all(settings, lambda _what, _count: None, replace=True)

    certificate = purge(settings, 1)

    _all_gone(settings, ids, certificate)


@pytest.mark.parametrize("at", ["started", "object", "index", "certified"])
def test_a_purge_survives_kill_9(settings: Settings, ids: list[str], at: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(settings.data), at],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        check=False,
    )

    certificate = purge(settings, 1)

    assert killed.returncode == -signal.SIGKILL
    _all_gone(settings, ids, certificate)
