"""`meg validate` (CONTRACT §4)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli.validate import validate
from tests.support import PROJECT

DATA = PROJECT / "tests" / "data"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """An invoice whose total with VAT is wrong."""
    text = (DATA / "validation_ubl.xml").read_text(encoding="utf-8")
    path = tmp_path / "broken.xml"
    path.write_text(text.replace(">59.50</cbc:TaxInc", ">60.50</cbc:TaxInc"), encoding="utf-8")
    return path


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(validate, [str(a) for a in arguments], catch_exceptions=False)


def _objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_valid_invoice_leaves_with_zero() -> None:
    path = DATA / "validation_ubl.xml"

    result = _run("--json", path)

    (given,) = _objects(result)
    assert result.exit_code == 0
    assert given["file"] == str(path)
    assert given["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert given["valid"] is True
    assert given["findings"] == []
    assert {"name", "version", "status", "why"} == set(given["rule_sets"][0])


def test_invalid_invoice_leaves_with_one_and_explains(broken: Path) -> None:
    result = _run("--json", broken)

    (given,) = _objects(result)
    finding = next(f for f in given["findings"] if f["rule"] == "BR-CO-15")
    assert result.exit_code == 1
    assert given["valid"] is False
    assert finding["severity"] == "fatal"
    assert finding["explanation"] == "Le total TTC n'est pas le total HT plus la TVA (BT-112)."


def test_files_come_in_their_order_and_one_bad_file_stops_nothing(
    broken: Path, tmp_path: Path
) -> None:
    absent, text, plain = tmp_path / "absent.xml", tmp_path / "a.txt", tmp_path / "memo.xml"
    text.write_text("pay soon", encoding="utf-8")
    plain.write_text("<memo>pay soon</memo>", encoding="utf-8")
    files = [absent, broken, text, plain, DATA / "validation_ubl.xml"]

    result = _run("--json", *files)

    given = _objects(result)
    assert result.exit_code == 1
    assert [g["file"] for g in given] == [str(f) for f in files]
    assert [g["valid"] for g in given] == [None, False, None, None, True]
    assert given[0]["error"]["code"] == "ING-FILE-11"
    assert given[2]["error"]["code"].startswith("ING-FILE")
    assert all(g["rule_sets"] for g in given)


def test_person_reads_verdict_and_french(broken: Path) -> None:
    result = _run(broken)

    assert f"{broken}: NOT VALID" in result.stdout
    assert "fatal BR-CO-15: Le total TTC" in result.stdout
