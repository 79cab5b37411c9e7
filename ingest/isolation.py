"""A pool of warm child processes that examine untrusted files within limits.

A crash, a hang or an excess of memory in a child becomes a finding on the document that caused it:
the child is replaced and the other jobs go on. A PDF that brings a child down is tried once more
without looking at its pages, so that an invoice is not lost for a damaged font. Children are plain
processes started from a command line: they carry none of the parent's threads or open files, and
they end when their connection closes, however the parent died.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from domain.invoice import DocumentKind, ReadFailure, Reading, ReadRemark
from domain.lesson import NOTHING_ASKED, Asked
from domain.signature import not_checked
from ingest.examine import Examination
from ingest.isolation_board import Board, kind_of
from ingest.isolation_wire import Answer, ConnectionLost, Job, receive_answer, send
from ingest.recognition.options import RecognitionOptions
from ingest.recognition.waiting import unrecognised, what_is_missing
from ingest.signatures.findings import with_signatures
from ingest.signatures.options import TrustOptions

_LOG = logging.getLogger(__name__)
_START_SECONDS: Final = 30
_HEAD_BYTES: Final = 1 << 20
_RECOGNITION_CPU_SECONDS: Final = 300
_RECOGNITION_SPARE: Final = 60
_TIME_SIGNALS: Final = frozenset({signal.SIGXCPU, signal.SIGALRM})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost."""

    memory_bytes: int = 1536 << 20
    cpu_seconds: int = 60
    wall_seconds: int = 90
    jobs_per_child: int = 2000


class ExaminerPool:
    """Examines files in child processes; usable from any thread."""

    def __init__(
        self,
        workers: int | None = None,
        limits: Limits | None = None,
        *,
        validate: bool = True,
        recognition: RecognitionOptions | None = None,
        take_out: bool = True,
        values: bool = True,
        trust: TrustOptions | None = None,
    ) -> None:
        """Start the pool; with `trust`, signatures of files that bear some are checked too."""
        self._trust = trust
        self._limits = limits or Limits()
        self._recognition = recognition or RecognitionOptions()
        self._validate = validate
        self._take_out = take_out
        self._values = values
        count = workers or os.cpu_count() or 1
        self._board: Board[tuple[Job, Future[Examination]]] = Board(count)
        self._closed = False
        self._lock = threading.Lock()
        self._workers = [
            threading.Thread(target=self._work, args=(n,), name=f"examiner-{n}", daemon=True)
            for n in range(count)
        ]
        for worker in self._workers:
            worker.start()

    def submit(
        self, data: bytes | Path, name: str, asked: Asked = NOTHING_ASKED
    ) -> Future[Examination]:
        """Examine a file, given as bytes or as a path the children can read."""
        source = str(data) if isinstance(data, Path) else data
        future: Future[Examination] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            kind = None if isinstance(source, str) else kind_of(source)
            job = Job(
                source,
                name,
                validate=self._validate,
                take_out=self._take_out,
                values=self._values,
                asked=asked,
            )
            self._board.put((job, future), kind)
        return future

    def examine_all(
        self, files: Iterable[tuple[bytes | Path, str]], ahead: int = 16
    ) -> Iterator[Examination]:
        """Examine files, in their order, with at most `ahead` of them in hand."""
        pending: list[Future[Examination]] = []
        for data, name in files:
            pending.append(self.submit(data, name))
            if len(pending) >= ahead:
                yield pending.pop(0).result()
        for future in pending:
            yield future.result()

    def close(self) -> None:
        """Finish the jobs in hand, then end the children."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._board.close()
        for worker in self._workers:
            worker.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._cancel_waiting()
        self.close()

    def _cancel_waiting(self) -> None:
        """Forget the jobs nobody has begun: whoever wanted them is leaving."""
        for _, future in self._board.drain():
            future.cancel()

    def _work(self, number: int) -> None:
        """One thread, one child at a time; the first is started when there is something to do."""
        child: _Child | None = None
        while (item := self._board.take(number)) is not None:
            job, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                child = child or _Child(self._limits)
                examination, child = self._examine(job, child)
            except Exception as error:  # noqa: BLE001 - the worker's edge: whoever waits is told
                _LOG.exception("examining failed")
                future.set_exception(error)
                child = None
            else:
                future.set_result(examination)
        if child is not None:
            child.end()

    def _examine(self, job: Job, child: _Child) -> tuple[Examination, _Child | None]:
        """The examination of a file, and the child if it lives on."""
        examination, survivor = self._read(job, child)
        if self._trust is None or not examination.signed:
            return examination, survivor
        checking = survivor or _Child(self._limits)
        answer = checking.ask(replace(job, trust=self._trust))
        if answer.trace is not None:
            _LOG.error("checking signatures of %s: %s", job.name, answer.trace)
        checked = _examination(answer).reading
        if checked.error is None:
            checks = checked.signatures
        else:  # what brought the check down says nothing about the invoice that was read
            checks = (not_checked("", "", checked.error.message),)
        return (
            replace(
                examination,
                reading=replace(examination.reading, signatures=checks),
                validation=with_signatures(examination.validation, checks),
            ),
            None if answer.leaving else checking,
        )

    def _read(self, job: Job, child: _Child) -> tuple[Examination, _Child | None]:
        answer = child.ask(job)
        survivor = None if answer.leaving else child
        if answer.trace is not None:
            _LOG.error("reader stumbled over %s: %s", job.name, answer.trace)
        if answer.examination is not None and answer.examination.reading.unread_pages:
            return self._recognise(job, answer.examination), survivor
        if answer.failure is None or not _is_pdf(job.source):
            return _examination(answer), survivor
        # Once more without the pages: what failed was most often the drawing library.
        careful = _Child(self._limits)
        second = careful.ask(replace(job, pages=False))
        if second.examination is None or second.examination.reading.invoice is None:
            return _examination(answer), None if second.leaving else careful
        failure = answer.failure
        remark = ReadRemark(failure.code, "text", job.name, failure.message)
        reading = second.examination.reading
        reading = replace(reading, remarks=(*reading.remarks, remark))
        examination = replace(second.examination, reading=reading)
        return examination, None if second.leaving else careful

    def _recognise(self, job: Job, first: Examination) -> Examination:
        """Read the pictures of a document, in a child of its own with bounds of its own."""
        failure = what_is_missing(self._recognition.languages)
        if failure is None:
            bounds = replace(
                self._limits,
                cpu_seconds=_RECOGNITION_CPU_SECONDS,
                wall_seconds=round(self._recognition.document_seconds) + _RECOGNITION_SPARE,
                jobs_per_child=1,
            )
            answer = _Child(bounds).ask(replace(job, recognition=self._recognition))
            if answer.trace is not None:
                _LOG.error("recognition stumbled over %s: %s", job.name, answer.trace)
            if answer.examination is not None:
                return replace(answer.examination, signed=first.signed)
            failure = _examination(answer).reading.error or _too_slow()
        return replace(first, reading=unrecognised(first.reading, failure))


class _Child:
    """One child process and the connection to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._fresh = True
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [
                    sys.executable,
                    "-P",  # a folder called `ingest` where the user stands is not ours
                    "-m",
                    "ingest.isolation_child",
                    *map(
                        str,
                        (
                            theirs.fileno(),
                            limits.memory_bytes,
                            limits.cpu_seconds,
                            limits.wall_seconds,
                            limits.jobs_per_child,
                        ),
                    ),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # so that the programs it runs end with it
            )
        self._connection = ours

    def ask(self, job: Job) -> Answer:
        """The child's answer, or the failure that its end means; a dead child is cleared away."""
        wait = self._limits.wall_seconds + (_START_SECONDS if self._fresh else 0)
        self._fresh = False
        deadline = time.monotonic() + wait
        try:
            send(self._connection, job, deadline)
            answer = receive_answer(self._connection, deadline)
        except TimeoutError:
            self._kill()
            return Answer(None, _too_slow(), leaving=True)
        except (ConnectionLost, OSError):
            return Answer(None, self._post_mortem(), leaving=True)
        if answer.leaving:
            self.end()
        return answer

    def end(self) -> None:
        """Let the child finish and wait for it."""
        self._connection.close()
        try:
            self._process.wait(timeout=_START_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()

    def _kill(self) -> None:
        self._connection.close()
        self._kill_group()
        self._process.wait()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _post_mortem(self) -> ReadFailure:
        """Why a child ended without an answer."""
        self._connection.close()
        try:
            status = self._process.wait(timeout=_START_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
            return _too_slow()
        self._kill_group()
        if -status in _TIME_SIGNALS:
            return _too_slow()
        return ReadFailure(
            "ING-ISO-01",
            f"Reading the file brought the reader down ({_cause(status)}).",
            "The file is damaged or hostile; ask the supplier to produce it anew.",
        )


def _is_pdf(source: bytes | str) -> bool:
    """Whether a job is about a PDF, told without waiting for anything but a disk."""
    if isinstance(source, str):
        path = Path(source)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            source = file.read(_HEAD_BYTES)
    return b"%PDF-" in source[:_HEAD_BYTES]


def _cause(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _too_slow() -> ReadFailure:
    return ReadFailure(
        "ING-ISO-02",
        "Reading the file took longer than a document may take.",
        "The file is damaged or hostile; ask the supplier to produce it anew.",
    )


def _examination(answer: Answer) -> Examination:
    if answer.examination is not None:
        return answer.examination
    return Examination(Reading(DocumentKind.OTHER, error=answer.failure))
