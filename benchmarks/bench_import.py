"""How fast reference data comes in: order lines a second and peak memory, first and second time.

    python benchmarks/bench_import.py [--rows 1000000] [--database URL]

Writes a CSV of order lines as French spreadsheets save them (Windows-1252, `;`, decimal comma),
imports it twice into an SQLite file and prints what it took.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from db.engine import Database
from db.metadata import METADATA
from ingest.reference.service import import_paths

_LINES_AN_ORDER = 10


def main() -> None:
    """Make the file, import it twice, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="a database URL instead of an SQLite file")
    arguments = parser.parse_args()
    rows = arguments.rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "order_lines.csv"
        _write(path, rows)
        database = Database(arguments.database or f"sqlite:///{folder / 'meg.db'}")
        METADATA.create_all(database.engine)
        print(f"{rows} rows, {path.stat().st_size / 1e6:.0f} MB of CSV")
        for label in ("first import", "same file again"):
            start = time.perf_counter()
            report = import_paths([path], database)
            seconds = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            totals = report.totals()
            print(
                f"{label}: {seconds:.1f} s, {rows / seconds:,.0f} rows/s, peak {peak:.0f} MB, "
                f"{totals.inserted} new, {totals.changed} changed, {totals.unchanged} unchanged"
            )
        database.close()


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="cp1252") as file:
        file.write("n° de commande;ligne;article;désignation;quantité;unité;PU HT;taux TVA\n")
        for number in range(rows):
            order, line = divmod(number, _LINES_AN_ORDER)
            file.write(
                f"BC2026-{order:06};{line + 1};ART-{number % 997:04};"
                f"Papier recyclé A4 80 g qualité {number % 13};{number % 90 + 1};C62;"
                f"{number % 400},{number % 100:02};20\n"
            )


if __name__ == "__main__":
    main()
