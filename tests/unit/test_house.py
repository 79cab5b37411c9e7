"""The house stands as its plan says: packages together, commands documented, wheel complete."""

from __future__ import annotations

import importlib
import subprocess
import sys
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from api.cli import cli
from config.settings import Settings
from tests.support import PROJECT

PACKAGES = ("domain", "db", "ingest", "matching", "archive", "search", "config", "api")


def test_all_packages_lie_side_by_side() -> None:
    parents = {Path(str(importlib.import_module(p).__file__)).parent.parent for p in PACKAGES}

    assert len(parents) == 1


def test_every_command_is_in_the_readme_and_has_help() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    context = cli.make_context("meg", [], resilient_parsing=True)

    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert command.help, name
        assert f"`meg {name}" in readme, name


def test_every_setting_is_documented() -> None:
    page = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys = set()
    for field in fields(Settings):
        group = getattr(Settings(), field.name)
        inner = fields(group) if is_dataclass(group) else ()
        keys |= {f"{field.name}.{f.name}" for f in inner} or {field.name}

    missing = {key for key in keys - {"data"} if f"| `{key}` |" not in page}

    assert len(keys) > 10
    assert missing == set()


@pytest.mark.slow
def test_the_wheel_carries_every_module_template_and_sample(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "uv", "build", "--wheel", "--out-dir", str(tmp_path)],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.splitlines()

    assert set(tracked) - packed == set()
