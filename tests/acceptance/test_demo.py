"""`meg demo` tells of each document what the sample's README promises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sample_maker import SAMPLE

_EXPECTED = {
    "01_papeterie_FA-26-0918.xml": ("approved", []),
    "02_informatique_L26-1107.pdf": ("approved", []),
    "03_voirie_TPC-2026-0771.xml": ("blocked", ["CONTRACT_PRICE_MISMATCH", "PRICE_ABOVE_ORDER"]),
    "04_repas_septembre_MG-260930-14.pdf": ("blocked", ["QUANTITY_ABOVE_RECEIVED"]),
    "05_espaces_verts_2026-187.xml": ("blocked", ["CONTRACT_EXPIRED"]),
    "06_fournitures_scolaires_FA-26-0987.pdf": ("approved", []),
    "07_maintenance_L26-1131.pdf": ("blocked", ["IBAN_UNKNOWN"]),
    "08_signalisation_TPC-2026-0802.xml": ("blocked", ["VAT_RATE_MISMATCH"]),
    "09_repas_octobre.eml": ("not_invoice", []),
    "MG-261030-11.pdf": ("approved", []),
    "10_electricite.zip": ("not_invoice", []),
    "E26-09-4471.xml": ("approved", []),
    "E26-10-4603.xml": ("approved", []),
    "11_balais_RE-2026-10447.pdf": ("approved", []),
    "12_avoir_AV26-0043.xml": ("approved", []),
    "13_rappel_FA-26-0918.xml": ("duplicate", []),
    "14_papeterie_FA26-0918.pdf": ("blocked", ["DUPLICATE_INVOICE"]),
    "15_courrier_tarifs.pdf": ("not_invoice", []),
}


@pytest.mark.slow
def test_the_demo_does_what_its_readme_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "demo", "--data", tmp_path / "data", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    records = [json.loads(line) for line in done.stdout.splitlines()]
    found = {
        record["file"]: (
            record["status"],
            sorted(d["code"] for d in record["discrepancies"] if d["severity"] != "info"),
        )
        for record in records
    }
    assert (done.returncode, done.stdout == "") == (0, False), done.stderr
    assert found == _EXPECTED


def test_the_readme_speaks_of_every_document() -> None:
    spoken = set(
        re.findall(r"^\| (\d\d) \|", (SAMPLE / "README.md").read_text("utf-8"), re.MULTILINE)
    )

    assert spoken == {path.name[:2] for path in (SAMPLE / "inbox").iterdir()}
