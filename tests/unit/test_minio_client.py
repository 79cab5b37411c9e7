"""The S3 client against a server that answers what each test says: faults, retries, conditions."""

from __future__ import annotations

import hashlib
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from archive.errors import KeyTaken, LockRefused, StoreFailed, StoreFull, StoreUnreachable
from archive.stores.minio_reader import MinioReader
from archive.stores.minio_store import MinioStore
from archive.stores.s3_address import Credentials, S3Address, S3Options

XML = "application/xml"
VERSIONED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    kind: str = XML
    promised: int | None = None  # how many bytes the headers speak of


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Scripted:
    """A server: its answers in order, and the requests it got."""

    endpoint: str
    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def options(self, seconds: float = 5) -> S3Options:
        address = S3Address(self.endpoint, "bucket", secure=False, region="us-east-1")
        return S3Options(address, Credentials("key", "secret"), timeout_seconds=seconds)

    def puts(self) -> list[Request]:
        return [request for request in self.requests if request.method == "PUT"]


@pytest.fixture
def server() -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.requests.append(Request(self.command, self.path, headers, body))
            if not script.answers:
                ended.wait(5)  # a server that says nothing more
                self.close_connection = True
                return
            answer = script.answers.pop(0)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            length = len(answer.body) if answer.promised is None else answer.promised
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            self.close_connection = answer.promised is not None

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing is printed."""

    ended = threading.Event()
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Scripted(f"127.0.0.1:{running.server_port}")
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield script
    ended.set()
    running.shutdown()
    thread.join()
    running.server_close()


def listing(*versions: tuple[str, int]) -> Answer:
    """The versions of the key `a`, newest first: id and size."""
    rows = "".join(
        f"<Version><Key>a</Key><VersionId>{version}</VersionId><Size>{size}</Size><ETag>e</ETag>"
        "<LastModified>2026-11-22T00:00:00.000Z</LastModified></Version>"
        for version, size in versions
    )
    head = "<Name>bucket</Name><IsTruncated>false</IsTruncated>"
    return Answer(200, f"<ListVersionsResult>{head}{rows}</ListVersionsResult>".encode())


def refusal(status: int, code: str) -> Answer:
    return Answer(status, f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode())


def content(data: bytes) -> Answer:
    return Answer(200, data, "application/octet-stream")


BUCKET = [Answer(200), Answer(200, VERSIONED.encode())]


def test_a_put_is_conditional_locked_and_carries_its_md5(server: Scripted) -> None:
    server.answers = [*BUCKET, listing(), Answer(200), listing(("v1", 4)), content(b"data")]

    MinioStore(server.options()).put_new("a", b"data")

    [put] = server.puts()
    assert put.body == b"data"
    assert put.headers["if-none-match"] == "*"
    md5 = hashlib.md5(b"data", usedforsecurity=False).digest()
    assert put.headers["content-md5"] == b64encode(md5).decode()
    assert put.headers["x-amz-object-lock-mode"] == "GOVERNANCE"
    assert put.headers["x-amz-object-lock-retain-until-date"].endswith("-01-01T00:00:00.000Z")
    assert "secret" not in str(server.requests)


@pytest.mark.parametrize(
    ("code", "status"), [("PreconditionFailed", 412), ("ConditionalRequestConflict", 409)]
)
def test_a_server_that_knows_the_condition_decides_the_race(
    server: Scripted, code: str, status: int
) -> None:
    script = [listing(), refusal(status, code), listing(("other", 4))]
    store = MinioStore(server.options())
    server.answers = [*BUCKET, *script, content(b"same")]
    store.put_new("a", b"same")

    server.answers = [*script, content(b"sane")]
    with pytest.raises(KeyTaken):
        store.put_new("a", b"same")


def test_a_server_that_refuses_conditions_gets_none(server: Scripted) -> None:
    server.answers = [*BUCKET, listing(), refusal(501, "NotImplemented"), Answer(200)]
    server.answers += [listing(("v1", 4)), content(b"data")]

    MinioStore(server.options()).put_new("a", b"data")

    conditions = [request.headers.get("if-none-match") for request in server.puts()]
    assert conditions == ["*", None]


def test_other_bytes_read_back_are_not_taken_for_ours(server: Scripted) -> None:
    server.answers = [*BUCKET, listing(), Answer(200), listing(("v1", 4)), content(b"dada")]

    with pytest.raises(KeyTaken):
        MinioStore(server.options()).put_new("a", b"data")


def test_what_the_server_forgets_at_once_is_not_stored(server: Scripted) -> None:
    server.answers = [*BUCKET, listing(), Answer(200), listing()]

    with pytest.raises(StoreFailed, match="does not list it"):
        MinioStore(server.options()).put_new("a", b"data")


@pytest.mark.parametrize(
    ("code", "kind"), [("InvalidRequest", LockRefused), ("QuotaExceeded", StoreFull)]
)
def test_a_refused_put_is_told_in_our_words(
    server: Scripted, code: str, kind: type[Exception]
) -> None:
    server.answers = [*BUCKET, listing(), refusal(400, code)]

    with pytest.raises(kind):
        MinioStore(server.options()).put_new("a", b"data")


def test_a_fault_of_the_server_is_tried_once_more(server: Scripted) -> None:
    server.answers = [refusal(503, "SlowDown"), listing(("v1", 4))]

    assert MinioReader(server.options()).size("a") == 4


def test_a_fault_that_stays_is_told_after_the_second_try(server: Scripted) -> None:
    server.answers = [refusal(503, "SlowDown")] * 3

    with pytest.raises(StoreFailed, match="SlowDown"):
        MinioReader(server.options()).size("a")

    assert len(server.requests) == 2


def test_a_silent_server_is_not_waited_for_for_ever(server: Scripted) -> None:
    with pytest.raises(StoreUnreachable):
        MinioReader(server.options(seconds=0.2)).size("a")

    assert len(server.requests) == 2


def test_a_page_of_something_else_is_no_answer(server: Scripted) -> None:
    server.answers = [Answer(404, b"<html>not here</html>", "text/html")]

    with pytest.raises(StoreFailed, match="did not answer as S3 does") as refused:
        MinioReader(server.options()).size("a")

    assert refused.value.code == "ARC-07"
    assert "archive.store" in refused.value.hint
    assert "disk" not in refused.value.hint


def test_a_listing_that_is_no_xml_is_no_answer(server: Scripted) -> None:
    server.answers = [Answer(200, b"welcome", "text/html")]

    with pytest.raises(StoreFailed):
        MinioReader(server.options()).size("a")


def test_a_body_that_breaks_off_is_told(server: Scripted) -> None:
    cut = Answer(200, b"da", "application/octet-stream", promised=4)
    server.answers = [listing(("v1", 4)), cut]

    with pytest.raises(StoreUnreachable):
        MinioReader(server.options()).read("a")
