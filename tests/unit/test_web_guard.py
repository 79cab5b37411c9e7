"""What the guard refuses, and what every answer carries."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from api.errors import AddressTaken, ListeningRefused
from api.serve import ServeOptions, server
from tests.web_fake import FakeApplication, client_for

_HOSTS = ["evil.example", "127.0.0.1.evil.example", "localhost.evil:8642", "", "127.0.0.2"]


@pytest.mark.parametrize("host", _HOSTS)
def test_a_name_that_is_not_ours_gets_nothing(host: str) -> None:
    answer = client_for(FakeApplication()).get("/api/v1/documents", headers={"host": host})

    assert answer.status_code == 421
    assert answer.json()["code"] == "API-01"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8642", "LOCALHOST:80", "[::1]:8642"])
def test_our_own_names_are_answered_on_any_port(host: str) -> None:
    answer = client_for(FakeApplication()).get("/healthz", headers={"host": host})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"origin": "http://[::1"},
    ],
)
@pytest.mark.parametrize("path", ["/upload", "/api/v1/documents", "/language"])
def test_another_site_can_change_nothing(path: str, headers: dict[str, str]) -> None:
    application = FakeApplication()

    answer = client_for(application).post(
        path, files={"files": ("a.xml", b"<a/>")}, data={"language": "en"}, headers=headers
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "API-02"
    assert application.records == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "http://127.0.0.1:8642"},
    ],
)
def test_our_own_page_and_scripts_may(headers: dict[str, str]) -> None:
    answer = client_for(FakeApplication()).post(
        "/api/v1/documents", files={"files": ("a.xml", b"<a/>")}, headers=headers
    )

    assert answer.status_code == 201


def test_an_announced_body_above_the_limit_is_refused_unread() -> None:
    application = FakeApplication()

    answer = client_for(application, upload_bytes=1000).post(
        "/api/v1/documents", files={"files": ("a.pdf", b"x" * 2000)}
    )

    assert answer.status_code == 413
    assert answer.json()["code"] == "API-03"
    assert answer.json()["hint"]
    assert application.records == []


def test_an_unannounced_body_above_the_limit_is_refused_on_the_way() -> None:
    application = FakeApplication()
    head = b'--b\r\ncontent-disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'

    async def chunks() -> AsyncIterator[bytes]:
        yield head
        for _ in range(100):
            yield b"x" * 100
        yield b"\r\n--b--\r\n"

    answer = client_for(application, upload_bytes=1000).post(
        "/api/v1/documents",
        content=chunks(),
        headers={"content-type": "multipart/form-data; boundary=b"},
    )

    assert answer.status_code == 413
    assert answer.json()["code"] == "API-03"
    assert application.records == []


def test_people_are_told_on_a_page() -> None:
    answer = client_for(FakeApplication(), upload_bytes=1000).post(
        "/upload", files={"files": ("a.pdf", b"x" * 2000)}, headers={"accept": "text/html"}
    )

    assert answer.status_code == 413
    assert "trop volumineux" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/", "/api/v1/documents", "/nowhere", "/static/meg.css"])
def test_every_answer_forbids_inline_code_framing_and_sniffing(path: str) -> None:
    headers = client_for(FakeApplication()).get(path).headers

    assert "unsafe" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "meg.mairie.example"])  # noqa: S104
def test_other_machines_are_not_listened_to_unasked(host: str) -> None:
    application = FakeApplication()

    with pytest.raises(ListeningRefused, match="other machines"):
        server(application, application, ServeOptions(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.8"])
def test_this_machine_is_listened_to(host: str) -> None:
    assert ServeOptions(host=host).remote is False


def test_a_page_that_others_can_reach_says_that_nobody_logs_in() -> None:
    options = {"host": "192.168.1.4", "allowed_hosts": ("127.0.0.1",)}

    reachable = client_for(FakeApplication(), **options).get("/").text
    local = client_for(FakeApplication()).get("/").text

    assert "Aucune authentification" in reachable
    assert "Aucune authentification" not in local


def test_a_port_in_use_is_said() -> None:
    application = FakeApplication()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(AddressTaken, match=str(port)):
            server(application, application, ServeOptions(port=port)).run()
