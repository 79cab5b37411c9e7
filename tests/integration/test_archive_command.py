"""`meg archive` as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from archive.errors import BadStoreAddress, ReplicaDamaged
from config.assembly import open_application
from config.loader import ConfigurationError
from config.settings import LimitSettings, Settings
from tests.support import PROJECT


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two documents."""
    folder = tmp_path_factory.mktemp("original") / "data"
    with open_application(Settings(data=folder, limits=LimitSettings(readers=1))) as application:
        names = ("cii_every_field.xml", "ubl_every_field.xml")
        list(application.ingest([(n, PROJECT / "tests/data" / n) for n in names], "tests"))
    return folder


def meg(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["archive", *words, "--data", str(data)])


def told(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_files_alone_are_compared_with_a_checkpoint_kept_elsewhere(
    original: Path, tmp_path: Path
) -> None:
    last = max((original / "objects/main/log/checkpoint").iterdir(), key=lambda p: int(p.name))
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_bytes(last.read_bytes())
    bad.write_text("not a checkpoint")

    fine = meg(original, "check", "--checkpoint", str(good))
    both = meg(original, "check", "--checkpoint", str(good), "--checkpoint", str(bad))

    assert fine.exit_code == 0, fine.output
    assert both.exit_code == 1
    assert f"CHECKPOINT_UNREADABLE {bad}" in both.stdout


def test_a_copy_is_made_and_checked(original: Path, tmp_path: Path) -> None:
    result = meg(original, "copy", "archive", str(tmp_path / "copy"), "--json")

    [record] = told(result)
    assert result.exit_code == 0
    assert record["ok"]
    assert record["present"] == 0
    assert record["check"]["documents"] == 2
    again = meg(original, "copy", "archive", str(tmp_path / "copy"))
    assert again.exit_code == 0
    assert f"0 files copied, 0 KB; {record['copied']} were there" in again.stdout
    assert "Everything is as it was signed: 2 documents" in again.stdout


def test_a_damaged_copy_is_named_and_repaired_from_where_it_came(
    original: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    meg(original, "copy", "archive", str(copy))
    damaged = min(path for path in (copy / "main/o").rglob("*") if path.is_file())
    key = str(damaged.relative_to(copy))
    damaged.chmod(0o600)
    damaged.write_bytes(b"damaged")

    check = meg(original, "check", str(copy))
    lines = told(meg(original, "check", str(copy), "--json"))

    assert check.exit_code == 1
    assert f"OBJECT_CHANGED {key}" in check.stdout
    assert [line["ok"] for line in lines] == [False, False]
    repaired = meg(original, "repair", key, "--from", str(copy))
    assert isinstance(repaired.exception, ReplicaDamaged)


def test_a_damaged_archive_is_repaired(original: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    meg(original, "copy", "archive", str(copy))
    damaged = min((original / "objects/main/m").rglob("v1.json"))
    key = str(damaged.relative_to(original / "objects"))
    damaged.chmod(0o600)
    damaged.write_bytes(b"damaged")
    assert meg(original, "check").exit_code == 1

    result = meg(original, "repair", key, "--from", str(copy), "--json")

    assert told(result) == [{"key": key, "restored": True}]
    assert meg(original, "check", "archive").exit_code == 0


def test_a_public_key_from_elsewhere_is_believed(original: Path, tmp_path: Path) -> None:
    key = tmp_path / "log.vkey"
    key.write_bytes((original / "keys/log.vkey").read_bytes())

    result = meg(tmp_path / "nothing", "check", str(original / "objects"), "--key", str(key))

    assert result.exit_code == 0, result.output
    assert not (tmp_path / "nothing").exists()


def test_a_place_that_is_none_is_told(original: Path, tmp_path: Path) -> None:
    absent = meg(original, "check", str(tmp_path / "absent"))
    unset = meg(original, "copy", "archive", "replica")

    assert isinstance(absent.exception, BadStoreAddress)
    assert not (tmp_path / "absent").exists()
    assert isinstance(unset.exception, ConfigurationError)
