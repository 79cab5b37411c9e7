"""The JSON interface mirrors the commands."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.web_fake import Client, FakeApplication, client_for

_API = "/api/v1"


def _stocked(count: int) -> tuple[FakeApplication, Client]:
    application = FakeApplication()
    for _ in range(count):
        application.add()
    return application, client_for(application)


def test_paging_reaches_every_document_once() -> None:
    application, client = _stocked(7)
    seen: list[str] = []
    before = ""
    while True:
        page = client.get(f"{_API}/documents", params={"limit": 3, "before": before}).json()
        seen += [d["document_id"] for d in page["documents"]]
        if page["next"] is None:
            break
        before = page["next"]

    assert seen == [r["document_id"] for r in reversed(application.records)]
    assert page["counts"] == {"blocked": 7}


def test_a_last_page_that_is_full_has_no_next() -> None:
    _, client = _stocked(3)

    page = client.get(f"{_API}/documents", params={"limit": 3}).json()

    assert len(page["documents"]) == 3
    assert page["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "status=nice"])
def test_wrong_parameters_are_named(query: str) -> None:
    answer = client_for(FakeApplication()).get(f"{_API}/documents?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "API-04"
    assert query.partition("=")[0] in answer.json()["message"]


def test_ingest_gives_one_object_a_file() -> None:
    application = FakeApplication()

    answer = client_for(application).post(
        f"{_API}/documents",
        files=[("files", ("a.xml", b"<a/>")), ("files", ("../b.pdf", b"%PDF"))],
    )

    assert answer.status_code == 201
    assert [d["file"] for d in answer.json()["documents"]] == ["a.xml", "b.pdf"]
    assert application.records[1]["sha256"] == hashlib.sha256(b"%PDF").hexdigest()


def test_ingest_of_one_file_says_where_it_is() -> None:
    client = client_for(FakeApplication())

    answer = client.post(f"{_API}/documents", files={"files": ("a.xml", b"<a/>")})

    shown = client.get(answer.headers["location"])
    assert shown.json()["document_id"] == answer.json()["documents"][0]["document_id"]


@pytest.mark.parametrize("path", ["documents", "parse", "validate"])
def test_no_file_is_no_request(path: str) -> None:
    answer = client_for(FakeApplication()).post(f"{_API}/{path}")

    assert answer.status_code == 422
    assert answer.json()["code"] == "API-04"


@pytest.mark.parametrize("path", ["parse", "validate"])
def test_reading_stores_nothing(path: str) -> None:
    application = FakeApplication()

    answer = client_for(application).post(f"{_API}/{path}", files={"files": ("a.xml", b"<a/>")})

    assert answer.status_code == 200
    assert answer.json()["results"][0]["sha256"] == hashlib.sha256(b"<a/>").hexdigest()
    assert application.records == []


def test_search_passes_what_narrows_it_down() -> None:
    application = FakeApplication()

    answer = client_for(application).get(
        f"{_API}/search",
        params={"q": "gaz", "from": "2026-01-01", "max": "5000.00", "status": "blocked"},
    )

    assert answer.json() == application.found
    query, filters = application.searched[0]
    assert query == "gaz"
    assert {k: str(v) for k, v in filters.items()} == {
        "limit": "20",
        "date_from": "2026-01-01",
        "amount_max": "5000.00",
        "status": "blocked",
    }


def test_a_bad_query_says_where() -> None:
    answer = client_for(FakeApplication()).get(f"{_API}/search", params={"q": "supplier:(abc"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "SRC-01"
    assert answer.json()["position"] == 9


def test_a_decision_is_recorded() -> None:
    application, client = _stocked(1)
    document_id = application.records[0]["document_id"]

    answer = client.post(
        f"{_API}/documents/{document_id}/resolve", json={"action": "approve", "reason": "Vu."}
    )

    assert answer.json()["status"] == "approved"
    assert application.resolved == [(document_id, "approve", "Vu.", "api")]


@pytest.mark.parametrize(
    "body", [{"action": "approve", "reason": ""}, {"action": "burn", "reason": "x"}, {}]
)
def test_a_decision_needs_action_and_reason(body: dict[str, str]) -> None:
    application, client = _stocked(1)
    document_id = application.records[0]["document_id"]

    answer = client.post(f"{_API}/documents/{document_id}/resolve", json=body)

    assert answer.status_code == 422
    assert application.resolved == []


def test_verifying_many_gives_one_object_a_line() -> None:
    application, client = _stocked(3)

    answer = client.post(f"{_API}/verify", json={"ids": None})

    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["document_id"] for line in lines] == [
        r["document_id"] for r in application.records
    ]


def test_verifying_the_unknown_is_a_problem_not_a_broken_stream() -> None:
    answer = client_for(FakeApplication()).post(f"{_API}/verify", json={"ids": ["x"]})

    assert answer.status_code == 404
    assert answer.json()["code"] == "ING-01"


@pytest.mark.parametrize(
    "path", ["documents/x", "documents/x/original", "documents/x/pages/1.png", "documents/x/verify"]
)
def test_an_unknown_document_is_a_404_problem(path: str) -> None:
    answer = client_for(FakeApplication()).get(f"{_API}/{path}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "ING-01"
    assert answer.json()["instance"] == f"{_API}/{path}"


def test_a_method_that_is_not_there_keeps_its_status() -> None:
    answer = client_for(FakeApplication()).post(f"{_API}/search")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_a_bug_is_answered_without_its_words() -> None:
    class _Broken(FakeApplication):
        def counts(self, *, containers: bool = True) -> dict[str, int]:  # noqa: ARG002
            raise RuntimeError("FR7630006000011234567890189")

    answer = client_for(_Broken()).get(f"{_API}/documents")

    assert answer.status_code == 500
    assert answer.json()["code"] == "MEG-70"
    assert "FR76" not in answer.text


def test_health_readiness_and_figures() -> None:
    _, client = _stocked(2)

    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    figures = client.get("/metrics").text.splitlines()
    assert 'meg_documents{status="blocked"} 2' in figures
    assert 'meg_queue_length{step="seal"} 1' in figures
    assert "meg_ledger_events 5" in figures


def test_the_first_change_request_gives_the_token_at_once() -> None:
    _, client = _stocked(2)

    assert client.get(f"{_API}/changes").json() == {"token": "2", "changed": True}
    assert client.get(f"{_API}/changes?since=1").json() == {"token": "2", "changed": True}
    assert client.get(f"{_API}/changes?since=2&wait=0").json() == {"token": "2", "changed": False}


def test_an_evidence_package_is_given_out() -> None:
    application, client = _stocked(2)
    ids = [r["document_id"] for r in application.records]

    answer = client.post(f"{_API}/evidence", json={"ids": ids[:1]})
    everything = client.post(f"{_API}/evidence", json={"year": 2026})

    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == f"package by api: {ids[0]}".encode()
    assert answer.headers["meg-package-digest"] == "ab" * 32
    assert everything.content == f"package by api: {' '.join(ids)}".encode()
    assert client.post(f"{_API}/evidence", json={}).status_code == 422
    assert client.post(f"{_API}/evidence", json={"ids": ["no"]}).status_code == 404
    page = client.post(f"/documents/{ids[1]}/evidence")
    assert page.content == f"package by web: {ids[1]}".encode()
