"""Kills `meg watch` with SIGKILL at random moments and shows that nothing is lost or doubled.

    python tests/acceptance/kill_watch.py [--files 200] [--kills 100] [--seed 1]

Invoices of our own making are dropped while the watcher is killed and started again. Afterwards
every file must be archived exactly once, `meg verify --all` must be clean, and the search index
must hold every document. Exit code 0 when all of it holds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.acceptance.invoices import cii_invoice

MEG = [sys.executable, "-m", "api.cli"]
_LONGEST_WAIT = 600.0


def main() -> int:
    """Run the experiment and print what was found as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="meg-kill-") as folder:
        found = experiment(Path(folder), asked.files, asked.kills, asked.seed)
    print(json.dumps(found, indent=1))  # noqa: T201 - a script's result
    return 0 if found["problems"] == [] else 1


def experiment(folder: Path, files: int, kills: int, seed: int) -> dict[str, object]:
    """Drop, kill, restart, wait until all is quiet; returns what was counted and what was wrong."""
    chance = random.Random(seed)  # noqa: S311 - repeatable moments, not secrets
    data, inbox = folder / "data", folder / "data" / "inbox"
    inbox.mkdir(parents=True)
    environment = os.environ | {"MEG_DATA": str(data), "MEG_DROP_SETTLE_SECONDS": "0.05"}
    dropped: dict[str, str] = {}
    dropper = threading.Thread(target=_drop_all, args=(inbox, files, dropped))
    dropper.start()
    killed = 0
    while killed < kills:
        watcher = _start(environment)
        time.sleep(chance.uniform(0.3, 3.0))
        _kill(watcher)
        killed += 1
    dropper.join()
    watcher = _start(environment)
    try:
        quiet = _wait_until_quiet(inbox)
        watcher.send_signal(signal.SIGTERM)
        watcher.wait(timeout=60)
    finally:
        watcher.kill()
    problems = [] if quiet else ["files were still waiting at the end"]
    problems += _check(data, environment, dropped)
    return {"files": files, "kills": killed, "seed": seed, "problems": problems}


def _drop_all(inbox: Path, files: int, dropped: dict[str, str]) -> None:
    for number in range(files):
        content = cii_invoice(number)
        name = f"facture-{number:04d}.xml"
        part = inbox / f"{name}.part"
        part.write_bytes(content)
        part.rename(inbox / name)
        dropped[hashlib.sha256(content).hexdigest()] = name
        time.sleep(0.02)


def _start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*MEG, "watch"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    # The whole session: its reading children die with it, as in a power cut.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until_quiet(inbox: Path) -> bool:
    deadline = time.monotonic() + _LONGEST_WAIT
    while time.monotonic() < deadline:
        waiting = [p for p in inbox.iterdir() if p.is_file()]
        if not waiting and not any((inbox / ".meg" / "claimed").iterdir()):
            time.sleep(2)
            return True
        time.sleep(0.2)
    return False


def _check(data: Path, environment: dict[str, str], dropped: dict[str, str]) -> list[str]:
    problems = []
    documents = _journal(data)
    by_digest: dict[str, list[str]] = {}
    for sha256, status in documents:
        by_digest.setdefault(sha256, []).append(status)
    for sha256, name in dropped.items():
        statuses = by_digest.pop(sha256, [])
        if len(statuses) != 1:
            problems.append(f"{name}: archived {len(statuses)} times {statuses}")
        elif statuses[0] in {"received", "failed", "duplicate"}:
            problems.append(f"{name}: left {statuses[0]}")
    problems += [f"{sha256}: never dropped" for sha256 in by_digest]
    moved = [p for p in (data / "inbox" / "traites").rglob("*.xml") if p.is_file()]
    if len(moved) != len(dropped):
        problems.append(f"{len(moved)} files were moved to outcome folders, not {len(dropped)}")
    verified = subprocess.run(
        [*MEG, "verify", "--all", "--json"], env=environment, capture_output=True, check=False
    )
    if verified.returncode != 0:
        problems.append(f"meg verify --all: exit {verified.returncode}: {verified.stdout[-500:]!r}")
    found = subprocess.run(
        [*MEG, "search", "facture", "--json"], env=environment, capture_output=True, check=False
    )
    total = json.loads(found.stdout)["total"] if found.returncode == 0 else None
    if total != len(dropped):
        problems.append(f"the index finds {total} of {len(dropped)}: {found.stderr[-300:]!r}")
    return problems


def _journal(data: Path) -> list[tuple[str, str]]:
    import sqlite3

    with sqlite3.connect(data / "meg.db") as connection:
        return list(connection.execute("SELECT sha256, status FROM documents"))


if __name__ == "__main__":
    sys.exit(main())
