"""The drill of docs/recovery.md: copy, lose everything, restore, verify."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.reference_texts import ORDER, invoice_for, write_reference
from tests.support import PROJECT


def _meg(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | {"MEG_DATA": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with books, two invoices, and what a person decided."""
    books = tmp_path / "books"
    books.mkdir()
    write_reference(books, "entities", "suppliers", "orders", "order_lines", "receipts")
    for number in (1, 2):
        (tmp_path / f"{number}.xml").write_bytes(invoice_for(number))
    data = tmp_path / "data"
    _meg("import", books, "--data", data)
    _meg("ingest", tmp_path / "1.xml", tmp_path / "2.xml", "--data", data)
    return data


def test_everything_is_lost_and_comes_back(data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    found = json.loads(_meg("search", ORDER, "--json", "--data", data))
    shown = [
        json.loads(_meg("show", h["document_id"], "--json", "--data", data)) for h in found["hits"]
    ]
    # 1. Every day: the archive to another place; once: the keys to a safe one.
    _meg("archive", "copy", "archive", backup, "--data", data)
    shutil.copytree(data / "keys", tmp_path / "safe")
    # 2. The machine is gone.
    shutil.rmtree(data)
    # 3. Keys, archive, database and index come back, in this order.
    data.mkdir()
    shutil.copytree(tmp_path / "safe", data / "keys")
    _meg("archive", "copy", backup, "archive", "--data", data)
    rebuilt = json.loads(_meg("rebuild", "--json", "--data", data))
    # 4. And are what they were.
    _meg("verify", "--all", "--data", data)
    again = json.loads(_meg("search", ORDER, "--json", "--data", data))

    assert len(shown) == 2
    assert rebuilt["documents"] == 2
    assert rebuilt["processed_anew"] == 0
    assert {h["document_id"] for h in again["hits"]} == {h["document_id"] for h in found["hits"]}
    for record in shown:
        assert json.loads(_meg("show", record["document_id"], "--json", "--data", data)) == record
