"""The watcher goes on, whatever happens to one file, to the folder or to the program."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from archive.errors import DocumentTaken
from domain.identifiers import Digest
from domain.records import Record
from ingest.dropfolder import DropFolder, DropOptions
from ingest.notes import Aftermath
from ingest.pipeline import Incoming, Pipeline
from ingest.worker import DropFolderWatch

XML = b"<Invoice/>"


class _Pipeline:
    """Takes everything in and remembers what it took; stumbles where it is told to."""

    def __init__(self) -> None:
        self.taken: dict[str, str] = {}
        self.stumbles: list[Exception] = []
        self._ids = 0

    def new_id(self) -> str:
        self._ids += 1
        return f"id-{self._ids}"

    def take_in(self, files: Iterable[Incoming]) -> Iterator[Record]:
        for incoming in files:
            if self.stumbles:
                raise self.stumbles.pop(0)
            self.taken[incoming.document_id] = incoming.name
            yield {
                "document_id": incoming.document_id,
                "file": incoming.name,
                "status": "approved",
            }

    def aftermath(self, _record: Record) -> Aftermath:
        return Aftermath()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def pipeline() -> _Pipeline:
    return _Pipeline()


@pytest.fixture
def watching(inbox: Path, pipeline: _Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A watcher at work; it must still be alive at the end."""
    monkeypatch.setattr("ingest.worker._LONGEST_WAIT", 0.05)
    monkeypatch.setattr("ingest.worker.note_for", lambda record, *_: record["file"])
    folder = DropFolder(inbox, DropOptions(settle=0, patience=0))
    watch = DropFolderWatch(folder, cast("Pipeline", pipeline), poll=0.01)
    stop = threading.Event()
    thread = threading.Thread(target=watch.run, args=(stop,))
    thread.start()
    yield thread
    alive = thread.is_alive()
    stop.set()
    thread.join(10)
    assert alive


def _wait_for(thread: threading.Thread, condition: Any) -> None:
    for _ in range(500):
        if condition() or not thread.is_alive():
            break
        thread.join(0.01)
    assert condition()


def _drop(inbox: Path, name: str) -> None:
    inbox.mkdir(exist_ok=True)
    (inbox / f"{name}.part").write_bytes(XML)
    (inbox / f"{name}.part").rename(inbox / name)


def _done(inbox: Path) -> set[str]:
    return {p.name for p in (inbox / "traites").rglob("*.xml")}


def test_a_bug_in_the_pipeline_ends_neither_watcher_nor_intake(
    watching: threading.Thread, inbox: Path, pipeline: _Pipeline
) -> None:
    pipeline.stumbles.append(ZeroDivisionError())
    _wait_for(watching, inbox.is_dir)
    _drop(inbox, "a.xml")

    _wait_for(watching, lambda: _done(inbox) == {"a.xml"})


def test_a_folder_that_was_removed_is_tended_again(watching: threading.Thread, inbox: Path) -> None:
    _drop(inbox, "first.xml")
    _wait_for(watching, lambda: _done(inbox) == {"first.xml"})
    shutil.rmtree(inbox)
    _wait_for(watching, (inbox / "traites").is_dir)
    _drop(inbox, "a.xml")

    _wait_for(watching, lambda: _done(inbox) == {"a.xml"})


def test_an_outcome_folder_that_refuses_keeps_no_other_file_waiting(
    watching: threading.Thread, inbox: Path, pipeline: _Pipeline
) -> None:
    _wait_for(watching, (inbox / "traites").is_dir)
    (inbox / "traites" / "approuves").write_text("not a folder")
    for name in ("a.xml", "b.xml"):
        _drop(inbox, name)
    _wait_for(watching, lambda: set(pipeline.taken.values()) == {"a.xml", "b.xml"})
    (inbox / "traites" / "approuves").unlink()

    _wait_for(watching, lambda: _done(inbox) == {"a.xml", "b.xml"})
    assert len(pipeline.taken) == 2


def test_a_claim_that_was_changed_after_it_was_received_gets_an_id_of_its_own(
    watching: threading.Thread, inbox: Path, pipeline: _Pipeline
) -> None:
    digest = Digest.of(XML)
    pipeline.stumbles.append(DocumentTaken("id-1", digest, digest))
    _wait_for(watching, inbox.is_dir)
    _drop(inbox, "a.xml")

    _wait_for(watching, lambda: _done(inbox) == {"a.xml"})
    assert pipeline.taken == {"id-2": "a.xml"}
