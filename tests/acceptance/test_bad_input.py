"""Bad input to each command: a clear error with a code and a next step, and nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.invoices import cii_invoice

MEG = [sys.executable, "-m", "api.cli"]


def _meg(*arguments: str | Path, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"MEG_DATA": str(data)} if data else {})
    return subprocess.run(
        [*MEG, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _objects(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


@contextmanager
def _small_disk(folder: Path, size: str, *options: str) -> Iterator[None]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", ",".join((f"size={size}", *options)), "tmpfs"]
    if subprocess.run([*mount, str(folder)], capture_output=True, check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("a small disk could not be mounted: CI needs that right")
        pytest.skip("needs the right to mount a small disk (root)")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("command", ["parse", "validate", "ingest"])
def test_a_missing_file_is_said_and_the_others_go_on(command: str, tmp_path: Path) -> None:
    good = tmp_path / "f.xml"
    good.write_bytes(cii_invoice(1))

    ran = _meg(command, tmp_path / "none.xml", good, "--json", data=tmp_path / "data")

    assert ran.returncode == 1
    assert any(o["file"].endswith("f.xml") and o["sha256"] for o in _objects(ran))
    assert "none.xml" in ran.stdout + ran.stderr
    assert "ING-" in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.pdf", b""),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
        ("cut.xml", cii_invoice(1)[:900]),
        ("noise.bin", bytes(range(256)) * 40),
        ("cut.zip", b"PK\x03\x04" + bytes(40)),
    ],
)
def test_what_cannot_be_read_is_kept_with_code_and_next_step(
    name: str, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    ran = _meg("ingest", tmp_path / name, "--json", data=tmp_path / "data")
    (record,) = _objects(ran)
    verified = _meg("verify", record["document_id"], data=tmp_path / "data")

    assert ran.returncode == 0
    assert record["status"] == "unreadable"
    assert record["error"]["code"]
    assert record["error"]["hint"]
    assert verified.returncode == 0


@pytest.mark.slow
def test_a_huge_file_is_archived_but_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as stream:
        stream.write(b"%PDF-1.7\n")
        stream.truncate(200 << 20)

    ran = _meg("ingest", huge, "--json", data=tmp_path / "data")
    (record,) = _objects(ran)

    assert ran.returncode == 0
    assert record["error"]["code"] == "ING-24"
    assert record["archive"]["size"] == 200 << 20
    assert _meg("verify", "--all", data=tmp_path / "data").returncode == 0


@pytest.mark.slow
def test_a_full_disk_is_said_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(40):
        padding = b"<!--" + os.urandom(150_000).hex().encode() + b"-->"
        (inbox / f"{number:02}.xml").write_bytes(cii_invoice(number) + padding)
    with _small_disk(tmp_path / "disk", "6m"):
        data = tmp_path / "disk" / "data"
        ran = _meg("ingest", inbox, "--json", data=data)
        acknowledged = {o["document_id"] for o in _objects(ran)}
        verified = _meg("verify", "--all", "--json", data=data)

        assert ran.returncode == 4
        assert "ARC-05" in ran.stderr or "DB-01" in ran.stderr
        assert verified.returncode == 0
        assert acknowledged <= {o.get("document_id") for o in _objects(verified)}


@pytest.mark.slow
def test_a_data_folder_without_rights_is_said(tmp_path: Path) -> None:
    (tmp_path / "f.xml").write_bytes(cii_invoice(1))
    with _small_disk(tmp_path / "disk", "1m", "ro"):
        ran = _meg("ingest", tmp_path / "f.xml", data=tmp_path / "disk" / "data")

        assert ran.returncode == 3
        assert "CFG-02" in ran.stderr
        assert "--data" in ran.stderr


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")

    ran = _meg("ingest", tmp_path / "data", data=tmp_path / "data")

    assert ran.returncode == 3
    assert "CFG-02" in ran.stderr


def test_wrong_columns_are_named_with_file_and_column(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("couleur;montant\n1;abc\n", encoding="utf-8")

    ran = _meg("import", tmp_path / "orders.csv", data=tmp_path / "data")

    assert ran.returncode == 1
    assert "orders.csv" in ran.stderr
    assert "order_id" in ran.stderr
    assert "IMP-" in ran.stderr


def test_a_bad_query_shows_its_place(tmp_path: Path) -> None:
    _meg("ingest", tmp_path, data=tmp_path / "data")

    ran = _meg("search", 'supplier:"Mai', data=tmp_path / "data")

    assert ran.returncode == 2
    assert "^" in ran.stderr


@pytest.mark.parametrize("command", ["show", "verify", "resolve"])
def test_an_unknown_document_is_said(command: str, tmp_path: Path) -> None:
    more = ("--action", "approve", "--reason", "x") if command == "resolve" else ()

    ran = _meg(command, "01a00000-0000-7000-8000-000000000000", *more, data=tmp_path / "data")

    assert ran.returncode == 1
    assert "meg: " in ran.stderr


def test_wrong_settings_are_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meg.toml").write_text("[web]\nprot = 1\n")

    ran = _meg("show", "x", data=tmp_path / "data")

    assert ran.returncode == 3
    assert "web.prot" in ran.stderr


def test_the_sample_is_not_mixed_with_other_books(tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text("entity_id;name\nE1;Commune\n", encoding="utf-8")
    imported = _meg("import", tmp_path / "entities.csv", data=tmp_path / "data")

    refused = _meg("demo", data=tmp_path / "data")
    left_alone = _meg("demo", "--if-empty", data=tmp_path / "data")

    assert imported.returncode == 0
    assert refused.returncode == 3
    assert "CFG-04" in refused.stderr
    assert left_alone.returncode == 0


@pytest.mark.slow
def test_a_second_run_on_one_data_folder_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    watch = [*MEG, "watch", "--data", str(data)]
    with subprocess.Popen(watch, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        first.stderr.readline()  # it tends the folder now
        second = _meg("watch", data=data)
        first.send_signal(signal.SIGTERM)

    assert first.returncode == 0
    assert second.returncode == 3
    assert "CFG-03" in second.stderr


@pytest.mark.slow
def test_a_stop_is_clean_and_quick(tmp_path: Path) -> None:
    inbox = tmp_path / "data" / "inbox"
    inbox.mkdir(parents=True)
    for number in range(30):
        (inbox / f"{number}.xml").write_bytes(cii_invoice(number))
    running = subprocess.Popen([*MEG, "watch", "--data", str(tmp_path / "data")])
    time.sleep(4)
    running.send_signal(signal.SIGTERM)

    assert running.wait(timeout=60) == 0
    assert _meg("verify", "--all", data=tmp_path / "data").returncode == 0
