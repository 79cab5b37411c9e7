"""Killed again and again, nothing is lost or doubled (the long form: `kill_watch.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.kill_watch import experiment, power_cuts


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_file_is_archived_exactly_once_however_often_it_is_killed(
    tmp_path: Path, seed: int
) -> None:
    found = experiment(tmp_path, files=40, kills=12, seed=seed)

    assert found["problems"] == []


@pytest.mark.fuse
@pytest.mark.parametrize("torn", [False, True])
def test_every_file_is_archived_exactly_once_however_often_the_power_goes(
    tmp_path: Path, *, torn: bool
) -> None:
    assert power_cuts(tmp_path, files=30, cuts=10, seed=3, torn=torn) == []
