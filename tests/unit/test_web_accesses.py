"""Who read what, on the pages and as JSON, and that no way of reading goes unrecorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.rest import examples
from archive.access import Visitor
from archive.access_table import AccessFilter
from config.application import Application
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from domain.records import Record
from tests.support import PROJECT
from tests.web_fake import Client, FakeApplication, client_for

_EVIL = "\"'><script>alert(1)</script>{{7*7}}"


def with_accesses(count: int) -> tuple[FakeApplication, str]:
    """A document with so many accesses, the newest first."""
    application = FakeApplication()
    document_id = application.add()["document_id"]
    application.accessed = [
        examples.ACCESS | {"number": n, "document_id": document_id, "who": f"person {n}"}
        for n in range(count, 0, -1)
    ]
    return application, document_id


def test_the_page_of_a_document_tells_its_last_accesses() -> None:
    application, document_id = with_accesses(12)

    page = client_for(application).get(
        f"/documents/{document_id}", headers={"accept-language": "fr"}
    )

    assert "Consultations de ce document" in page.text
    assert "Fichier téléchargé" in page.text
    assert "person 12" in page.text
    assert "person 2<" not in page.text
    assert f'href="/accesses?document={document_id}"' in page.text


def test_auditors_filter_and_turn_pages() -> None:
    application, document_id = with_accesses(150)
    client = client_for(application)

    first = client.get("/accesses", params={"document": document_id})
    older = client.get("/accesses", params={"document": document_id, "before": 51})
    one = client.get("/accesses", params={"who": "person 7"})

    assert "person 150<" in first.text
    assert f"document={document_id}&amp;before=51" in first.text
    assert "person 50<" in older.text
    assert "person 51<" not in older.text
    assert one.text.count("<bdi>person ") == 1


@pytest.mark.parametrize("day", ["yesterday", "2026-13-40", "9999-12-31", "0001-01-01", "%00"])
def test_what_is_no_day_filters_nothing_and_is_said(day: str) -> None:
    application, _ = with_accesses(2)

    page = client_for(application).get(
        "/accesses",
        params={"since": "x", "until": day, "what": day, "who": "person 1"},
        headers={"accept-language": "fr"},
    )

    assert page.status_code == 200
    assert "person 1<" in page.text
    assert "person 2<" not in page.text
    assert "<code>WEB-20</code>" in page.text
    assert f"Quoi : {day}" in page.text
    assert "Du : x" in page.text


def test_what_was_asked_and_listed_is_told_in_french() -> None:
    application, _ = with_accesses(2)
    application.accessed[0]["detail"] = {"query": "papier", "filters": {"status": "blocked"}}
    application.accessed[1]["detail"] = {"list": "eliminations"}

    page = client_for(application).get(
        "/accesses", params={"since": "2020-01-01"}, headers={"accept-language": "fr"}
    )

    assert "papier · état : Bloquée" in page.text
    assert "éliminations" in page.text
    assert "WEB-20" not in page.text


def test_strangers_words_never_become_markup() -> None:
    application, document_id = with_accesses(1)
    application.accessed[0] |= {
        "who": _EVIL,
        "client": _EVIL,
        "channel": _EVIL,
        "what": _EVIL,
        "detail": {"query": _EVIL, "hits": _EVIL, "filters": {_EVIL: _EVIL}},
    }
    client = client_for(application)

    for path in ("/accesses", f"/documents/{document_id}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "{{7*7}}" in text


def test_accesses_come_as_json_a_page_at_a_time() -> None:
    application, _ = with_accesses(3)

    first = client_for(application).get("/api/v1/accesses", params={"limit": 2}).json()
    second = (
        client_for(application).get("/api/v1/accesses", params={"before": first["next"]}).json()
    )

    assert [a["number"] for a in first["accesses"]] == [3, 2]
    assert [a["number"] for a in second["accesses"]] == [1]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("path", "headers", "channel"),
    [
        ("/", {}, "web"),
        ("/api/v1/documents", {}, "api"),
        ("/api/v1/documents", {"sec-fetch-site": "same-origin"}, "web"),
    ],
)
def test_a_page_and_what_it_fetches_are_its_readers_doing(
    path: str, headers: dict[str, str], channel: str
) -> None:
    application = FakeApplication()

    client_for(application).get(path, headers=headers)

    assert application.visitors == [Visitor(channel, channel, "127.0.0.1")]


def recorded(application: Application) -> list[Record]:
    """What was recorded, the oldest first."""
    return application.access_record.listed(AccessFilter(), 1_000)[::-1]


def test_every_way_of_reading_is_recorded(tmp_path: Path) -> None:
    from api.serve import ServeOptions, build

    settings = Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))
    sample = PROJECT / "tests/data/cii_every_field.xml"
    with open_application(settings) as application:
        [document] = application.ingest([("one.xml", sample)], "tests")
        client = Client(build(application, application, ServeOptions()))
        document_id = document["document_id"]
        described = client.get("/api/v1/openapi.json").json()["paths"]
        pages = [f"/documents/{document_id}", f"/documents/{document_id}/correct"]
        pages += [f"/documents/{document_id}/link", "/", "/search", "/corrections", "/accesses"]
        paths = [path for path, methods in described.items() if "get" in methods] + pages
        size = application.log_sizes()[1]
        silent = []
        for path in paths:
            before = len(recorded(application))
            address = path.replace("{document_id}", document_id).replace("{number}", "1")
            answer = client.get(address, params={"q": "x", "first": size})
            # What came before within a minute counts once: the next is a visitor of its own.
            application.access_record.journal._seen.clear()
            if answer.status_code == 200 and len(recorded(application)) == before:
                silent.append(path)

    # These, and the log itself, tell nothing of any document.
    about_documents = [path for path in silent if not path.startswith("/api/v1/log/")]
    assert sorted(about_documents) == ["/api/v1/changes", "/healthz", "/metrics", "/readyz"]
