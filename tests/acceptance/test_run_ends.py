"""`meg run` ends in order when it is told to, and does not stay up over a folder nobody tends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

_MEG = [sys.executable, "-m", "api.cli"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _run(data: Path, **settings: str) -> subprocess.Popen[str]:
    environment = os.environ | {"MEG_DATA": str(data), "MEG_WEB_PORT": str(_free_port())}
    return subprocess.Popen(
        [*_MEG, "run"], env=environment | settings, stderr=subprocess.PIPE, text=True
    )


def test_a_stop_lets_everything_end_in_order(tmp_path: Path) -> None:
    running = _run(tmp_path / "data")
    for _ in range(300):
        if (tmp_path / "data" / "inbox" / "traites").is_dir():
            break
        time.sleep(0.1)
    time.sleep(1)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=60)

    assert running.returncode == 0, said


def test_a_drop_folder_that_cannot_be_tended_ends_it_with_a_reason(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.write_text("not a folder")
    running = _run(tmp_path / "data", MEG_DROP_FOLDER=str(folder))
    _, said = running.communicate(timeout=60)

    assert running.returncode != 0
    assert "ING-30" in said


def test_an_address_that_is_taken_is_told_before_anything_is_promised(tmp_path: Path) -> None:
    inbox = tmp_path / "data" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "letter.txt").write_text("a letter")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        running = _run(tmp_path / "data", MEG_WEB_PORT=port, MEG_DROP_SETTLE_SECONDS="0")
        _, said = running.communicate(timeout=60)

    assert running.returncode == 3
    assert "API-09" in said
    assert "http://" not in said
    assert (inbox / "letter.txt").exists()
