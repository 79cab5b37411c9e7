"""Work done by a child that kills itself at its n-th step, and what must be left of an archive.

The archive's work: a child receives, records and seals. A step is any opening, naming or removing
of a file under its folder, any sending to an S3 server, any statement to the database, and any
commit, each just before it happens. What the child was told to be durable it writes down before
going on. The parent then takes the work up again, as the program does after a crash.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event

from archive import repository
from archive.service import Received
from archive.stores.minio_store import MinioStore
from tests.archive_case import ArchiveCase, open_case
from tests.s3_server import options

_FILE_STEPS = {"open", "os.mkdir", "os.link", "os.remove", "os.rename", "os.rmdir"}
_SENDING = "http.client.send"
_ROUNDS, _FILES = 2, 3
_EVENTS_EACH = 3


def files_of(case: ArchiveCase, number: int) -> list[Received]:
    """The files of one round, under ids that stay the same when they are sent again."""
    case.made = number * _FILES
    files = case.incoming(_FILES)
    return [replace(f, document_id=f"document-{f.name.removesuffix('.xml')}") for f in files]


Work = Callable[[Path, int, Any], None]


def work(folder: Path, told: int, count: Any) -> None:
    """What a child does to an archive, saying what is durable as soon as it knows."""
    case = reopened(folder)
    for name in ("before_cursor_execute", "commit"):
        event.listen(case.database.engine, name, count)
    for number in range(_ROUNDS):
        stored = case.receive(files_of(case, number))
        os.write(told, b"".join(f"received {s.document_id}\n".encode() for s in stored))
        case.decide(stored)
        os.write(told, b"".join(f"decided {s.document_id}\n".encode() for s in stored))
        os.write(told, f"sealed {case.seal()}\n".encode())


def child(does: Work, folder: Path, kill_at: int, told: int) -> None:
    """Work until the step to die at."""
    steps = 0

    def count(*_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if name == _SENDING or (name in _FILE_STEPS and str(folder) in str(arguments[:2])):
            count()

    sys.addaudithook(audit)
    does(folder, told, count)
    os.write(told, f"steps {steps}\n".encode())


def reopened(folder: Path) -> ArchiveCase:
    """The case in a folder: its objects are there, or in the bucket named there."""
    named = folder / "bucket"
    if named.exists():
        return open_case(folder, store=MinioStore(options(named.read_text())))
    return open_case(folder)


def killed_at(
    folder: Path,
    step: int,
    bucket: str | None = None,
    notes: Path | None = None,
    does: Work = work,
) -> list[list[str]]:
    """Run the child to this step; what it had been told by then, noted beside the folder."""
    folder.mkdir(exist_ok=True)
    if bucket is not None:
        (folder / "bucket").write_text(bucket)
    notes = notes or folder.with_suffix(".told")
    told = os.open(notes, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    process = os.fork()
    if process == 0:
        status = 1
        try:
            child(does, folder, step, told)
            status = 0
        finally:
            os._exit(status)
    os.close(told)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return [line.split() for line in notes.read_text().splitlines()]


def check_after(folder: Path, told: list[list[str]]) -> None:
    """Open what is left; compare it with what was told; go on; verify everything."""
    case = reopened(folder)
    with case.database.reading() as connection:
        known = {d: len(repository.events_of(connection, d)) for d in ids(connection)}
        last = repository.last_checkpoint(connection)
    for word, what in told:
        if word == "sealed":
            assert last is not None
            assert last.size >= int(what)
        elif word in {"received", "decided"}:
            assert known[what] >= (1 if word == "received" else _EVENTS_EACH)
    documents, summary = case.verify()
    assert summary["ok"], summary["problems"]
    assert all(d["ok"] for d in documents), documents

    for number in range(_ROUNDS):
        files = files_of(case, number)
        stored = case.archive.store_received(files)
        with case.database.transaction() as connection:
            new = [s for s in stored if s.document_id not in known]
            case.archive.record_received(connection, new)
        case.decide([s for s in stored if known.get(s.document_id, 1) == 1])
    case.seal()

    documents, summary = case.verify()
    assert summary["ok"], summary["problems"]
    assert all(d["ok"] for d in documents)
    assert all(c["status"] == "passed" for d in documents for c in d["checks"])
    assert len(documents) == _ROUNDS * _FILES
    assert summary["log"]["size"] == _ROUNDS * _FILES * _EVENTS_EACH
    assert {i["code"] for i in summary["information"]} <= {"UNSIGNED_FILE"}
    assert list((folder / "objects/.tmp").glob("*/*")) == []
    case.store.close()
    case.database.close()


def ids(connection: Any) -> list[str]:
    return repository.documents_after(connection, "", 100)
