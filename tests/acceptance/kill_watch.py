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
from contextlib import closing
from pathlib import Path

from archive.stores.durable import fsync_folder, make_durable_folder
from tests.acceptance.invoices import cii_invoice
from tests.forgetting_disk import ForgettingDisk

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
    environment = _environment(data)
    dropped: dict[str, str] = {}
    dropper = threading.Thread(target=_drop_all, args=(inbox, files, dropped))
    dropper.start()
    for _ in range(kills):
        _run_and_kill(environment, chance)
    dropper.join()
    problems = _finish(data, environment, dropped)
    return {"files": files, "kills": kills, "seed": seed, "problems": problems}


def power_cuts(folder: Path, files: int, cuts: int, seed: int, *, torn: bool) -> list[str]:
    """The same with the power cut each time: what was not fsynced is gone, or torn."""
    chance = random.Random(seed)  # noqa: S311 - repeatable moments, not secrets
    disk = ForgettingDisk(folder / "disk", folder / "image")
    data, inbox = disk.at / "data", disk.at / "data" / "inbox"
    environment = _environment(data)
    dropped: dict[str, str] = {}
    for cut in range(cuts):
        with disk.mounted():
            make_durable_folder(inbox, 0o700)
            for number in range(cut * files // cuts, (cut + 1) * files // cuts):
                _drop(inbox, number, dropped)
            fsync_folder(inbox)
            _run_and_kill(environment, chance)
        disk.lose_power(chance.randrange(1 << 30) if torn else None)
    with disk.mounted():
        return _finish(data, environment, dropped)


def _environment(data: Path) -> dict[str, str]:
    return os.environ | {"MEG_DATA": str(data), "MEG_DROP_SETTLE_SECONDS": "0.05"}


def _run_and_kill(environment: dict[str, str], chance: random.Random) -> None:
    watcher = _start(environment)
    time.sleep(chance.uniform(0.3, 3.0))
    _kill(watcher)


def _finish(data: Path, environment: dict[str, str], dropped: dict[str, str]) -> list[str]:
    watcher = _start(environment)
    try:
        quiet = _wait_until_quiet(data / "inbox")
        watcher.send_signal(signal.SIGTERM)
        watcher.wait(timeout=60)
    finally:
        watcher.kill()
    problems = [] if quiet else ["files were still waiting at the end"]
    return problems + _check(data, environment, dropped)


def _drop_all(inbox: Path, files: int, dropped: dict[str, str]) -> None:
    for number in range(files):
        _drop(inbox, number, dropped)
        time.sleep(0.02)


def _drop(inbox: Path, number: int, dropped: dict[str, str]) -> None:
    content = cii_invoice(number)
    name = f"facture-{number:04d}.xml"
    part = inbox / f"{name}.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(inbox / name)
    dropped[hashlib.sha256(content).hexdigest()] = name


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

    with closing(sqlite3.connect(data / "meg.db")) as connection:
        return list(connection.execute("SELECT sha256, status FROM documents"))


if __name__ == "__main__":
    sys.exit(main())
