"""Damaged reference files are refused or imported; none stops the program."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from db.engine import Database
from db.metadata import METADATA
from ingest.reference.report import FileStatus
from ingest.reference.service import import_paths

_CSV = (
    "n° de commande;ligne;désignation;quantité;PU HT\r\n"
    'BC1;1;"Écran 27""";4;214,50\r\nBC1;2;Souris;1 200;9,90\r\n'
)
_SEEDS = (
    ("order_lines.csv", _CSV.encode("cp1252")),
    ("order_lines.csv", _CSV.encode("utf-8-sig")),
    ("order_lines.csv", _CSV.encode("utf-16")),
    (
        "all.json",
        json.dumps(
            {"orders": [{"order_id": "A", "order_date": "2026-01-01"}], "suppliers": []}
        ).encode(),
    ),
)
_PIECES = st.one_of(
    st.binary(max_size=4), st.sampled_from([b'"', b";", b"\n", b"\x00", b"\r", b"|"])
)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.sampled_from(_SEEDS),
    changes=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 6), _PIECES), min_size=1, max_size=5
    ),
    partial=st.booleans(),
)
def test_damaged_files_never_stop_the_import(
    seed: tuple[str, bytes], changes: list[tuple[float, int, bytes]], *, partial: bool
) -> None:
    name, data = seed
    for where, length, piece in changes:
        at = int(where * len(data))
        data = data[:at] + piece + data[at + length :]
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)

        report = import_paths([path], database, partial=partial).files[0]

    database.close()
    errors = [problem for problem in report.problems if problem.is_error]
    assert (report.status is FileStatus.IMPORTED) == (not errors)
    json.dumps(report.record())
