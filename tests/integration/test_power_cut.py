"""The power is cut and what was not fsynced is gone: nothing acknowledged is lost or doubled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from archive.stores.durable import fsync_folder
from ingest.dropfolder import DropFolder, DropOptions
from tests.forgetting_disk import ForgettingDisk
from tests.killed_archive import check_after, killed_at

pytestmark = pytest.mark.fuse

_APART = 23


def cut_at(folder: Path, step: int, seed: int | None = None) -> int:
    """Work to a step, lose power, look; returns how many things had been acknowledged."""
    folder.mkdir()
    disk = ForgettingDisk(folder / "disk", folder / "image")
    with disk.mounted():
        told = killed_at(disk.at, step, notes=folder / "told")
    disk.lose_power(seed)
    with disk.mounted():
        check_after(disk.at, [line for line in told if line[0] != "steps"])
    return len(told)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps the whole work has."""
    told = killed_at(tmp_path_factory.mktemp("whole") / "case", 0)
    return int(told[-1][1])


@pytest.mark.parametrize("seed", [None, 1])
def test_a_power_cut_at_some_steps_loses_nothing_acknowledged(
    steps: int, tmp_path: Path, seed: int | None
) -> None:
    told = [cut_at(tmp_path / str(step), step, seed) for step in range(1, steps + 1, _APART)]

    assert told[-1] > 2


def test_what_was_acknowledged_at_the_end_is_there_after_a_power_cut(tmp_path: Path) -> None:
    assert cut_at(tmp_path / "end", 0) > 2


FILES = ["a.xml", "b.xml", "c.xml"]
OUTCOMES = ["approved", "blocked", "approved"]


def drop_and_sort(root: Path, told: int, _count: Any) -> None:
    """Take files in as a watcher does: what an earlier one left, then two at a time."""
    folder = DropFolder(root, DropOptions(settle=0, patience=0))
    folder.open()
    left = folder.left_over()
    for names in (FILES[:2], FILES[2:]):
        paths = [root / name for name in names if (root / name).exists()]
        claims = [folder.claim(path, f"id-{path.stem}") for path in paths]
        for claim in [*left, *filter(None, claims)]:
            status = OUTCOMES[FILES.index(claim.name)]
            folder.finish(claim, status, None if status == "approved" else "Pourquoi\n")
        left = []
        folder.tidy()
        os.write(told, f"tidied {names}\n".encode())


def lying_in(root: Path) -> list[str]:
    """The files in a drop folder, wherever they got to."""
    return sorted(path.name for path in root.rglob("*.xml"))


@pytest.mark.parametrize(("seed", "apart"), [(None, 1), (1, 5)])
def test_a_dropped_file_is_in_one_place_at_whatever_step_the_power_goes(
    tmp_path: Path, seed: int | None, apart: int
) -> None:
    step, done = 1, False
    while not done:
        folder = tmp_path / str(step)
        folder.mkdir()
        disk = ForgettingDisk(folder / "disk", folder / "image")
        with disk.mounted():
            for name in FILES:
                (disk.at / name).write_bytes(b"<Invoice/>")
            fsync_folder(disk.at)
            told = killed_at(disk.at, step, notes=folder / "told", does=drop_and_sort)
        disk.lose_power(seed)
        with disk.mounted():
            assert lying_in(disk.at) == FILES, step
            killed_at(disk.at, 0, notes=folder / "told", does=drop_and_sort)
            assert lying_in(disk.at / "traites") == FILES, step
            assert list((disk.at / ".meg" / "claimed").iterdir()) == []
        step, done = step + apart, bool(told) and told[-1][0] == "steps"
