"""The child that examines untrusted files: limits itself, then works until its parent is gone.

Memory is bounded for the whole life of the process (RLIMIT_DATA: the validator's engine reserves
far more address space than it uses, so RLIMIT_AS cannot bound it). CPU time is bounded anew for
each job. An alarm ends a child whose parent died while it was waiting for something.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Final

from domain.invoice import DocumentKind, ReadFailure, Reading
from ingest.examine import Examination, examine, examine_scan, examine_signatures
from ingest.files import load_file
from ingest.isolation_wire import Answer, Job, receive_job, send

_GRACE_SECONDS: Final = 5
_LARGEST_FILE_WRITTEN: Final = 64 << 20
_RESTING_BYTES: Final = 1 << 30
"""A child that keeps more than this between jobs leaves; another takes its place."""

OUT_OF_MEMORY: Final = ReadFailure(
    "ING-ISO-03",
    "Reading the file needed more memory than a document may have.",
    "Treat the file as hostile unless the supplier can explain it; ask for a smaller one.",
)


def main(arguments: list[str]) -> None:
    """Work on jobs from the connection named on the command line, until it closes."""
    descriptor, memory, cpu, wall, most_jobs = (int(a) for a in arguments)
    connection = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    _limit(memory)
    for number in range(1, most_jobs + 1):
        job = receive_job(connection)
        if job is None:
            return
        _limit_time(cpu, wall)
        answer = _answer(job, last=number == most_jobs)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(connection, answer)
        if answer.leaving:
            return


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE_WRITTEN, _LARGEST_FILE_WRITTEN))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _limit_time(cpu: int, wall: int) -> None:
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + cpu + 1, hard))
    signal.setitimer(signal.ITIMER_REAL, wall + _GRACE_SECONDS)


def _answer(job: Job, *, last: bool) -> Answer:
    try:
        examination = _examine(job)
    except MemoryError:
        return Answer(None, OUT_OF_MEMORY, leaving=True)
    except Exception:  # noqa: BLE001 - the worker's edge: the document is told about it, the pool goes on
        trace = traceback.format_exc()
        return Answer(None, _bug(trace), leaving=True, trace=trace)
    return Answer(examination, leaving=last or _resident() > _RESTING_BYTES)


def _examine(job: Job) -> Examination:
    data = load_file(Path(job.source)) if isinstance(job.source, str) else job.source
    if isinstance(data, ReadFailure):
        return Examination(Reading(DocumentKind.OTHER, error=data))
    if job.trust is not None:
        return examine_signatures(data, job.trust)
    if job.recognition is not None:
        return examine_scan(data, job.recognition, job.asked)
    return examine(
        data,
        job.name,
        pages=job.pages,
        validate=job.validate,
        take_out=job.take_out,
        values=job.values,
        asked=job.asked,
    )


def _bug(trace: str) -> ReadFailure:
    return ReadFailure(
        "ING-ISO-04",
        f"MEG stumbled over this file: {trace.rstrip().rpartition(chr(10))[2][:300]}",
        "This is a bug in MEG: report it with the file. The file itself is kept.",
    )


def _resident() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(sys.argv[1:])
