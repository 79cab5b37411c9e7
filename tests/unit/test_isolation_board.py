from __future__ import annotations

import threading

import pytest

from ingest.isolation_board import WORTH_COMPILING, Board, kind_of


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>", b"EN 16931"),
        (b"%PDF-1.7 fx:ConformanceLevel='BASIC'", b"BASIC"),
        (b"%PDF-1.7 no metadata in clear", None),
        (b"<a><ram:ID>urn:cen.eu:en16931:2017</ram:ID></a>", b"urn:cen.eu:en16931:2017"),
        (b"<a/>", None),
        (b"", None),
    ],
)
def test_the_kind_is_what_the_file_claims_to_conform_to(data: bytes, kind: bytes | None) -> None:
    assert kind_of(data) == kind


def test_files_of_one_kind_go_to_one_worker() -> None:
    board: Board[str] = Board(2)
    for item, kind in (("a1", b"a"), ("b1", b"b"), ("a2", b"a"), ("b2", b"b")):
        board.put(item, kind)
    board.close()

    assert [board.take(0) for _ in range(3)] == ["a1", "a2", None]
    assert [board.take(1) for _ in range(3)] == ["b1", "b2", None]


def test_files_of_unknown_kind_go_to_whoever_is_free() -> None:
    board: Board[str] = Board(2)
    board.put("x", None)
    board.put("y", None)

    assert board.take(1) == "x"
    assert board.take(0) == "y"


def test_nothing_waits_for_ever_behind_a_stream_of_another_kind() -> None:
    board: Board[str] = Board(1)
    board.put("first", None)
    board.put("second", b"a")
    board.put("third", None)

    assert [board.take(0) for _ in range(3)] == ["first", "second", "third"]


def test_a_long_queue_is_shared_and_a_short_one_is_not() -> None:
    board: Board[int] = Board(2)
    for number in range(WORTH_COMPILING + 2):
        board.put(number, b"a")
    board.close()

    assert [board.take(1) for _ in range(3)] == [0, 1, None]
    assert board.take(0) == 2


def test_a_waiting_worker_is_woken() -> None:
    board: Board[str] = Board(1)
    taken: list[str | None] = []
    worker = threading.Thread(target=lambda: taken.append(board.take(0)))
    worker.start()
    board.put("x", b"a")
    worker.join(timeout=10)

    assert taken == ["x"]


def test_draining_leaves_nothing() -> None:
    board: Board[str] = Board(2)
    board.put("x", None)
    board.put("y", b"a")

    assert sorted(board.drain()) == ["x", "y"]
    board.close()
    assert board.take(0) is None
