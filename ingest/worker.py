"""The loops of a running MEG: one tends the drop folder, one does the work left in the outbox.

Both survive every error that concerns a document or passes (disk full, database away), a bug of
ours included: they say so, wait a little longer each time, and go on. What was claimed or
acknowledged stays so. One file that cannot be moved away keeps no other from being taken in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import DocumentTaken
from domain.errors import Error
from domain.records import Record
from ingest.dropfolder import Claim, DropFolder, DropFolderError, Refusal
from ingest.notes import Told, note_for
from ingest.pipeline import HELD_IN_MEMORY, Incoming, Pipeline

_LOG = logging.getLogger(__name__)
_LONGEST_WAIT = 60.0
_AT_ONCE = 64  # a stop does not wait for more than this
_DROPPED = "drop folder"
_UNREADABLE = (
    "MEG n'a pas pu lire ce fichier : {problem}.\n"
    "Vérifiez ses droits, puis déposez-le de nouveau.\n"
)


@dataclass(slots=True)
class _Backoff:
    """Waits that double while something is wrong."""

    shortest: float
    wait: float = 0.0

    def good(self) -> None:
        self.wait = 0.0

    def bad(self) -> float:
        self.wait = min(max(self.wait * 2, self.shortest), _LONGEST_WAIT)
        return self.wait


class DropFolderWatch:
    """Takes in what is dropped, until told to stop."""

    def __init__(
        self, folder: DropFolder, pipeline: Pipeline, poll: float, told: Told = str
    ) -> None:
        self._told = told
        self._folder = folder
        self._pipeline = pipeline
        self._poll = poll
        self._stuck: DropFolderError | None = None

    def run(self, stop: threading.Event) -> None:
        """Tend the folder until `stop` is set.

        Raises:
            DropFolderError: it cannot be tended at the start.
        """
        self._folder.open()
        backoff = _Backoff(1.0)
        waiting: list[Claim] | None = None
        while not stop.is_set():
            try:
                if waiting is None:
                    self._folder.open()  # it may have been away meanwhile
                    waiting = self._folder.left_over()
                taken = self.once(waiting)
                waiting = []
                backoff.good()
                stop.wait(0 if taken else self._poll)
            except Exception as problem:  # noqa: BLE001 - a loop's edge: the folder goes on being tended
                waiting = None
                _wait(stop, backoff, "drop folder", problem)

    def once(self, waiting: Iterable[Claim] = ()) -> int:
        """Take in what is whole now, some files at a time; returns how many were claimed.

        Raises:
            DropFolderError: something could not be moved; everything else was seen to.
        """
        self._stuck = None
        paths, refusals = self._folder.ready(time.monotonic())
        for refusal in refusals:
            self._set_aside(refusal)
        claims = list(waiting)
        for path in paths[:_AT_ONCE]:
            claim = self._folder.claim(path, self._pipeline.new_id())
            if claim is not None:
                claims.append(claim)
        by_id = {claim.document_id: claim for claim in claims}
        try:
            for claim, record in self._taken_in(claims, by_id):
                self._finish(claim, record)
        except DocumentTaken as taken:
            # A writer changed it after it was received, before a crash: a document of its own.
            changed = by_id.get(taken.document_id)
            if changed is not None:
                self._folder.claim_again(changed, self._pipeline.new_id())
            raise
        self._folder.tidy()
        if self._stuck is not None:
            raise self._stuck
        return len(claims)

    def _taken_in(
        self, claims: Iterable[Claim], by_id: Mapping[str, Claim]
    ) -> Iterator[tuple[Claim, Record]]:
        """Each claim with its record, once what is inside it, which follows it, is known too."""
        last: tuple[Claim, Record] | None = None
        for record in self._pipeline.take_in(self._readable(claims)):
            claim = by_id.get(record["document_id"])
            if claim is not None:
                if last is not None:
                    yield last
                last = (claim, record)
        if last is not None:
            yield last

    def _readable(self, claims: Iterable[Claim]) -> Iterable[Incoming]:
        for claim in claims:
            try:
                content = self._folder.read(claim, HELD_IN_MEMORY)
            except OSError as problem:
                _LOG.warning("drop folder: %s cannot be read: %s", claim.name, problem)
                self._move(claim, "refused", _UNREADABLE.format(problem=problem.strerror))
                continue
            yield Incoming(claim.document_id, claim.name, _DROPPED, content)

    def _finish(self, claim: Claim, record: Record) -> None:
        note = note_for(record, self._told, self._pipeline.aftermath(record))
        target = self._move(claim, record["status"], note)
        if target is not None:
            _LOG.info("%s: %s (%s)", claim.name, record["status"], target.parent.name)

    def _move(self, claim: Claim, status: str, note: str | None) -> Path | None:
        try:
            return self._folder.finish(claim, status, note)
        except DropFolderError as error:
            self._stuck = error  # the claim stays; it is found left over at the next try
            return None

    def _set_aside(self, refusal: Refusal) -> None:
        try:
            target = self._folder.set_aside(refusal)
        except DropFolderError as error:
            self._stuck = error
        else:
            _LOG.warning("%s: not taken in, see the note beside %s", refusal.path.name, target)


class OutboxWorker:
    """Does the work that an earlier run, another process or an outage left undone."""

    def __init__(self, pipeline: Pipeline, poll: float) -> None:
        self._pipeline = pipeline
        self._poll = poll

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        backoff = _Backoff(1.0)
        while not stop.is_set():
            try:
                busy = self._pipeline.process_pending()
                self._pipeline.settle()
                backoff.good()
                stop.wait(0 if busy else self._poll)
            except Exception as problem:  # noqa: BLE001 - a loop's edge: the work stays in the outbox
                _wait(stop, backoff, "worker", problem)


def _wait(stop: threading.Event, backoff: _Backoff, who: str, problem: Exception) -> None:
    """Say what went wrong, then wait a little longer than the last time."""
    wait = backoff.bad()
    if isinstance(problem, Error):
        _LOG.error("%s: %s %s; next try in %.0f s", who, problem.code, problem.message, wait)
    else:
        _LOG.error("%s: a bug in MEG; next try in %.0f s", who, wait, exc_info=problem)
    stop.wait(wait)
