"""A child that crashes, hangs or grows is a finding on its document, and nothing more."""

import io
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest

from ingest.examine import Examination
from ingest.isolation import ExaminerPool, Limits
from ingest.isolation_wire import ConnectionLost, receive_answer
from tests.pdf_maker import deflated_zeros, in_name_tree, with_raw_stream

DATA = Path(__file__).parent.parent / "data"
CII = (DATA / "cii_every_field.xml").read_bytes()
UBL = (DATA / "ubl_every_field.xml").read_bytes()
PATIENCE = 20.0


def children(parent: int) -> set[int]:
    """Living child processes of a process."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def eventually(condition: object) -> bool:
    assert callable(condition)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def one_child(limits: Limits | None = None) -> Iterator[tuple[ExaminerPool, set[int]]]:
    """A pool of one child, and the processes that were there before."""
    before = children(os.getpid())
    with ExaminerPool(1, limits, validate=False) as pool:
        yield pool, before


def error_code(pool: ExaminerPool, source: bytes | Path) -> str | None:
    error = pool.submit(source, "x").result(PATIENCE * 3).reading.error
    return None if error is None else error.code


def test_results_keep_their_order_and_the_child_stays_warm() -> None:
    pdf = in_name_tree("factur-x.xml", CII)
    files: list[tuple[bytes | Path, str]] = [(pdf, "a"), (UBL, "b"), (CII, "c")]

    with one_child() as (pool, before):
        results = list(pool.examine_all(files * 5, ahead=4))
        living = children(os.getpid()) - before

    sources = [r.reading.syntax.value if r.reading.syntax else None for r in results]
    assert sources == ["cii", "ubl", "cii"] * 5
    assert len(living) == 1


def test_a_path_is_read_by_the_child(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(CII)

    with one_child() as (pool, _):
        assert error_code(pool, file) is None
        assert error_code(pool, tmp_path / "absent") == "ING-FILE-11"


def test_containers_are_opened_in_the_child() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", UBL)
        archive.writestr("b.bin", bytes(3 << 20))

    with one_child() as (pool, _):
        opened = pool.submit(buffer.getvalue(), "x.zip").result(PATIENCE).container

    assert opened is not None
    assert [(m.name, m.data) for m in opened.members] == [("a.xml", UBL), ("b.bin", bytes(3 << 20))]


def test_a_crash_is_a_finding_and_the_next_job_is_done(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with one_child() as (pool, before):
        future = pool.submit(pipe, "x")
        assert eventually(future.running)
        # Nobody writes into the pipe: the child waits in it, and is brought down there.
        assert eventually(lambda: children(os.getpid()) - before)
        (child,) = children(os.getpid()) - before
        time.sleep(0.3)
        os.kill(child, signal.SIGSEGV)
        error = future.result(PATIENCE).reading.error
        after = error_code(pool, CII)

    assert error is not None
    assert error.code == "ING-ISO-01"
    assert "SIGSEGV" in error.message
    assert after is None


def test_a_hang_ends_at_the_limit(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with one_child(Limits(wall_seconds=1)) as (pool, _):
        assert error_code(pool, CII) is None
        assert error_code(pool, pipe) == "ING-ISO-02"
        assert error_code(pool, CII) is None


def test_memory_beyond_the_limit_is_a_finding() -> None:
    greedy = b"<a>" + b"<b/>" * 8_000_000 + b"</a>"

    with one_child(Limits(memory_bytes=256 << 20)) as (pool, _):
        assert error_code(pool, greedy) == "ING-ISO-03"
        assert error_code(pool, CII) is None


def test_endless_work_ends_at_the_limit() -> None:
    name = b"ram:IncludedSupplyChainTradeLineItem>"
    line = CII[CII.index(b"<" + name) : CII.index(b"</" + name) + len(b"</" + name)]
    slow = CII.replace(line, line * 12_000, 1)

    with one_child(Limits(cpu_seconds=0)) as (pool, _):
        assert error_code(pool, slow) == "ING-ISO-02"
        assert error_code(pool, CII) is None


def test_a_child_is_renewed_after_its_share_of_jobs() -> None:
    with one_child(Limits(jobs_per_child=1)) as (pool, _):
        assert [error_code(pool, CII) for _ in range(3)] == [None, None, None]


def test_closing_leaves_no_child_behind() -> None:
    with one_child() as (pool, before):
        assert error_code(pool, CII) is None

    assert children(os.getpid()) - before == set()
    with pytest.raises(RuntimeError):
        pool.submit(CII, "x")


def test_children_end_with_a_parent_that_is_killed() -> None:
    program = (
        "import sys, time\n"
        "from ingest.isolation import ExaminerPool\n"
        "pool = ExaminerPool(2, validate=False)\n"
        "waiting = [pool.submit(b'<a/>', 'x') for _ in range(40)]\n"
        "[future.result() for future in waiting]\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        orphans = children(parent.pid)
        parent.kill()

    assert len(orphans) == 2
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans))


class _Act:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


def test_an_answer_that_could_act_is_refused() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        body = pickle.dumps(_Act())
        theirs.sendall(len(body).to_bytes(8, "big") + body)

        with pytest.raises(ConnectionLost):
            receive_answer(ours, time.monotonic() + PATIENCE)


def test_an_invoice_whose_pages_exhaust_the_child_is_still_read() -> None:
    heavy = with_raw_stream(
        deflated_zeros(90 << 20), pikepdf.Name.FlateDecode, as_page=True, xml=CII
    )

    with one_child(Limits(memory_bytes=192 << 20)) as (pool, _):
        reading = pool.submit(heavy, "x.pdf").result(PATIENCE * 3).reading

    assert reading.invoice is not None
    assert [remark.code for remark in reading.remarks][-1:] == ["ING-ISO-01"]


def test_leaving_in_a_hurry_cancels_what_was_not_begun(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    waiting: list[Future[Examination]] = []

    def work_and_be_interrupted() -> None:
        with one_child(Limits(wall_seconds=1)) as (pool, _):
            assert error_code(pool, CII) is None
            first = pool.submit(pipe, "x")
            waiting.extend(pool.submit(CII, "x") for _ in range(3))
            assert eventually(first.running)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_and_be_interrupted()

    assert [future.cancelled() for future in waiting] == [True, True, True]
