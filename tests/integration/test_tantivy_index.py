"""The embedded index on a real disk: damage, crashes, several processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.backends.tantivy_index import TantivyIndex, TantivyOptions
from search.document import SearchDocument
from search.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexNotWritten,
    IndexOutdated,
    IndexUnusable,
)
from search.reindex import Source, reindex
from search.service import SearchService
from tests.support import PROJECT


def document(number: int, text: str = "facture de gaz") -> SearchDocument:
    return SearchDocument(
        document_id=f"{number:08x}-0000-7000-8000-000000000000",
        sha256=f"{number:064x}",
        status="approved",
        number=f"F-{number}",
        text=f"{text} {number}",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    service = SearchService(TantivyIndex(tmp_path / "index"))
    service.prepare(0)
    service.index_documents([document(n) for n in range(30)])
    return tmp_path / "index"


def total(folder: Path, query: str = "gaz") -> int:
    found: int = SearchService(TantivyIndex(folder)).search(query)["total"]
    return found


def segments(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / "g000001").iterdir() if len(p.stem) == 32)


def damage(path: Path, content: bytes | None) -> None:
    """Put another file in the place of one; what a process has mapped stays as it was."""
    path.unlink()
    if content is not None:
        path.write_bytes(content)


def test_every_missing_or_cut_file_is_said(folder: Path) -> None:
    assert len(segments(folder)) >= 6
    for path in [*segments(folder), folder / "g000001" / "meta.json"]:
        whole = path.read_bytes()
        for content in (whole[: len(whole) // 2], b"", None):
            damage(path, content)
            with pytest.raises(IndexDamaged):
                total(folder, '"facture de gaz"')
        path.write_bytes(whole)

    assert total(folder) == 30


def test_flipped_byte_is_found_by_a_check(folder: Path) -> None:
    TantivyIndex(folder).check()
    for path in segments(folder):
        whole = path.read_bytes()
        damage(path, whole[:10] + bytes([whole[10] ^ 1]) + whole[11:])

        with pytest.raises(IndexDamaged, match=path.name):
            TantivyIndex(folder).check()

        damage(path, whole)


def test_state_of_another_version_is_outdated(folder: Path) -> None:
    state = folder / "g000001" / "state.json"
    state.write_text(json.dumps({**json.loads(state.read_text()), "analyser": 999}))

    with pytest.raises(IndexOutdated):
        total(folder)


def test_lost_state_is_said(folder: Path) -> None:
    (folder / "g000001" / "state.json").unlink()

    with pytest.raises(IndexDamaged):
        total(folder)


def test_lost_pointer_is_not_answered_by_a_new_empty_index(folder: Path) -> None:
    (folder / "CURRENT").unlink()

    with pytest.raises(IndexMissing):
        total(folder)
    with pytest.raises(IndexDamaged):
        TantivyIndex(folder).create()


def test_lost_generation_is_said(folder: Path) -> None:
    (folder / "CURRENT").write_text("g000007")

    with pytest.raises(IndexUnusable):
        total(folder)


def test_reindex_repairs_a_damaged_index(folder: Path) -> None:
    for path in segments(folder):
        damage(path, b"")

    held = reindex(TantivyIndex(folder), lambda: Source([document(1), document(2)], 2))

    assert held == 2
    assert total(folder) == 2
    assert [p.name for p in folder.glob("g*")] == ["g000002"]


def test_several_processes_build_the_same_index(folder: Path, tmp_path: Path) -> None:
    def source() -> Source:
        return Source((document(n, f"facture {n % 7} gaz") for n in range(2500)), 2500)

    ticks: list[int] = []
    held = [
        reindex(TantivyIndex(folder), source, processes=2, tick=ticks.append),
        reindex(TantivyIndex(tmp_path / "other"), source),
    ]

    assert held == [2500, 2500]
    assert sum(ticks) == 2500
    for query in ("gaz 3", '"facture 5"', "number:F-1234"):
        assert total(folder, query) == total(tmp_path / "other", query) > 0


def test_reader_that_was_open_sees_the_rebuilt_index(folder: Path) -> None:
    reader = SearchService(TantivyIndex(folder))
    assert reader.search("gaz")["total"] == 30

    reindex(TantivyIndex(folder), lambda: Source([document(99)], 1))

    assert [h["number"] for h in reader.search("gaz")["hits"]] == ["F-99"]


class ReadsTheOldNameOnce(TantivyIndex):
    """As if a rebuild took over right after the name of the index in use was read."""

    stale = ""

    def _current_name(self) -> str | None:
        name, self.stale = self.stale, ""
        return name or super()._current_name()


def test_search_that_meets_a_rebuild_is_answered_by_the_new_index(folder: Path) -> None:
    reader = ReadsTheOldNameOnce(folder)
    assert reader.count() == 30
    reindex(TantivyIndex(folder), lambda: Source([document(99)], 1))

    reader.stale = "g000001"

    assert reader.count() == 1
    fresh = ReadsTheOldNameOnce(folder)
    fresh.stale = "g000001"
    assert fresh.count() == 1


def test_reader_that_was_open_sees_what_another_writer_commits(folder: Path) -> None:
    reader = SearchService(TantivyIndex(folder))
    assert reader.search("gaz")["total"] == 30

    SearchService(TantivyIndex(folder)).index_documents([document(31)])

    assert reader.search("gaz")["total"] == 31


def test_second_writer_waits_then_says_who_writes(folder: Path) -> None:
    impatient = TantivyIndex(folder, TantivyOptions(patience_seconds=0.1))
    with TantivyIndex(folder).writing():
        with pytest.raises(IndexBusy, match=str(os.getpid())):
            SearchService(impatient).index_documents([document(50)])
        assert total(folder) == 30  # readers are not kept waiting

    SearchService(impatient).index_documents([document(50)])
    assert total(folder) == 31


def test_writers_take_turns(folder: Path) -> None:
    services = [SearchService(TantivyIndex(folder)) for _ in range(4)]
    threads = [
        threading.Thread(target=service.index_documents, args=([document(100 + n)],))
        for n, service in enumerate(services)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert total(folder) == 34


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(IndexNotWritten):
        TantivyIndex(tmp_path / "file" / "index").create()


_WRITER = """
import sys
from pathlib import Path
from search.backends.tantivy_index import TantivyIndex
from search.service import SearchService
from tests.integration.test_tantivy_index import document

service = SearchService(TantivyIndex(Path(sys.argv[1])))
for number in range(1000, 100_000):
    service.index_documents([document(number)], watermark=str(number))
    print(number, flush=True)
"""


@contextmanager
def writer_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(folder: Path) -> None:
    acknowledged = 999
    for commits in (1, 3, 2):
        with writer_process(folder) as process:
            assert process.stdout is not None
            for _ in range(commits):
                acknowledged = max(acknowledged, int(process.stdout.readline()))
            process.send_signal(signal.SIGKILL)

        watermark = TantivyIndex(folder).watermark()
        assert watermark is not None
        assert int(watermark) >= 1000
        assert total(folder, "gaz") >= 30 + acknowledged - 999
        SearchService(TantivyIndex(folder)).index_documents([document(1)])  # the lock is free

    TantivyIndex(folder).check()


def test_watermark_is_never_ahead_of_the_documents(folder: Path) -> None:
    with writer_process(folder) as process:
        assert process.stdout is not None
        process.stdout.readline()
        reader = TantivyIndex(folder)
        for _ in range(20):
            watermark = int(reader.watermark() or 0)
            assert reader.count() >= 30 + watermark - 999
