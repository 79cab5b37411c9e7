"""Kill -9 at every step: nothing acknowledged is lost, nothing is doubled, all verifies after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.killed_archive import check_after, killed_at
from tests.s3_server import new_bucket


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps the whole work has."""
    told = killed_at(tmp_path_factory.mktemp("whole") / "case", 0)
    return int(told[-1][1])


def test_a_kill_at_some_steps_loses_and_doubles_nothing(steps: int, tmp_path: Path) -> None:
    assert steps > 100
    for step in range(1, steps + 1, 17):
        folder = tmp_path / str(step)
        check_after(folder, killed_at(folder, step))


@pytest.mark.slow
def test_a_kill_at_any_step_loses_and_doubles_nothing(steps: int, tmp_path: Path) -> None:
    for step in range(1, steps + 1):
        folder = tmp_path / str(step)
        check_after(folder, killed_at(folder, step))


@pytest.mark.s3
def test_a_kill_at_some_steps_over_s3_loses_and_doubles_nothing(tmp_path: Path) -> None:
    told = killed_at(tmp_path / "whole", 0, new_bucket())
    steps = int(told[-1][1])
    assert steps > 200

    for step in range(1, steps + 1, 23):
        folder = tmp_path / str(step)
        check_after(folder, killed_at(folder, step, new_bucket()))
