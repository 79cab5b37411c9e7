"""`meg import`: what it prints and the code it leaves with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def _meg_import(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", "import", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "commandes.csv"
    path.write_text("n° de commande;date\nBC1;18/03/2026\n", "utf-8")
    return path


def test_a_good_file_leaves_with_0(orders: Path, tmp_path: Path) -> None:
    done = _meg_import(orders, "--data", tmp_path / "data")

    assert done.returncode == 0
    assert "1 new" in done.stdout
    assert done.stderr == ""


def test_refused_rows_leave_with_1_and_are_told(orders: Path, tmp_path: Path) -> None:
    orders.write_text("n° de commande;date\nBC1;hier\nBC2;18/03/2026\n", "utf-8")

    refused = _meg_import(orders, "--data", tmp_path / "data")
    partial = _meg_import(orders, "--data", tmp_path / "data", "--partial")

    assert (refused.returncode, partial.returncode) == (1, 1)
    assert "row 2, column date" in refused.stderr
    assert "2026-03-18 or 18/03/2026" in refused.stderr
    assert "--partial" in refused.stderr
    assert "1 new" in partial.stdout


def test_json_is_one_object_a_file_and_the_totals(orders: Path, tmp_path: Path) -> None:
    done = _meg_import(orders, "--data", tmp_path / "data", "--json")

    file, totals = (json.loads(line) for line in done.stdout.splitlines())
    assert file["tables"][0]["inserted"] == 1
    assert totals == {
        "complete": True,
        "rows": 1,
        "refused": 0,
        "inserted": 1,
        "changed": 0,
        "unchanged": 0,
        "warnings": [],
    }


def test_wrong_usage_leaves_with_2(tmp_path: Path) -> None:
    assert _meg_import("--data", tmp_path / "data").returncode == 2
    assert _meg_import(tmp_path / "absent.csv", "--data", tmp_path / "data").returncode == 2


def test_a_folder_without_any_table_is_not_called_done(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    (folder / "2026").mkdir(parents=True)

    done = _meg_import(folder, "--data", tmp_path / "data")

    assert done.returncode == 1
    assert f"{folder}: nothing to import was found" in done.stderr
