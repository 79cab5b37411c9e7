"""The power is cut and what was not fsynced is gone: nothing acknowledged is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

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
