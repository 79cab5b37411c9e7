"""Whole intake of a folder: archive, read, validate, match, ledger, index, durable.

    python benchmarks/bench_intake.py FOLDER… [--passes 3] [--peer "python peer_pipeline.py"]

Warm: one process whose readers stay warm, a fresh data folder a pass, the first pass not counted.
Cold: the command `meg ingest` on a fresh data folder, start and stylesheet compilation included.
The peer command, if given, is run on each folder in between and must print a JSON object with
`documents_per_s`. Prints medians, and the ratio to the peer.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from config.assembly import assemble, open_examiners
from config.settings import Settings


def main() -> None:
    """Measure each folder and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--peer")
    asked = parser.parse_args()
    for folder in asked.folders:
        files = [(p.name, p) for p in sorted(folder.rglob("*")) if p.is_file()]
        found: dict[str, Any] = {"folder": folder.name, "files": len(files)}
        found["warm_per_s"] = _rate(files, _warm(files, asked.passes))
        found["cold_per_s"] = _rate(files, [_cold(folder) for _ in range(asked.passes)])
        if asked.peer:
            found["peer_per_s"] = _peer(asked.peer, folder, asked.passes)
            found["warm_to_peer"] = round(found["warm_per_s"] / found["peer_per_s"], 2)
            found["cold_to_peer"] = round(found["cold_per_s"] / found["peer_per_s"], 2)
        print(json.dumps(found))


def _rate(files: list[tuple[str, Path]], times: list[float]) -> float:
    return round(len(files) / statistics.median(times), 1)


def _warm(files: list[tuple[str, Path]], passes: int) -> list[float]:
    times = []
    with open_examiners(Settings()) as examiners:
        for _ in range(passes + 1):
            with (
                tempfile.TemporaryDirectory(prefix="meg-bench-") as data,
                assemble(Settings(data=Path(data)), examiners) as application,
            ):
                start = time.perf_counter()
                taken = sum(1 for _ in application.ingest(files, "benchmark"))
                times.append(time.perf_counter() - start)
                if taken < len(files):
                    raise RuntimeError(f"{taken} of {len(files)} files were taken in")
    return times[1:]


def _cold(folder: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="meg-bench-") as data:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "api.cli", "ingest", str(folder), "--data", data, "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - start


def _peer(command: str, folder: Path, passes: int) -> float:
    rates = []
    for _ in range(passes):
        ran = subprocess.run(
            [*shlex.split(command), str(folder), "--passes", "1"],
            capture_output=True,
            check=True,
        )
        rates.append(float(json.loads(ran.stdout)["documents_per_s"]))
    return statistics.median(rates)


if __name__ == "__main__":
    main()
