"""The web on the real application: the sample of `meg demo`, as pages and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import pytest

from api.order_book import OrderBook
from api.rest import schemas
from api.serve import ServeOptions, build
from config.application import Application
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from tests.web_fake import Client

_SAMPLE = Path(str(resources.files("api"))) / "sample"
_API = "/api/v1"
_PRICE = "03_voirie_TPC-2026-0771.xml"
_PAGE = "04_repas_septembre_MG-260930-14.pdf"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    data = tmp_path_factory.mktemp("sample") / "data"
    with open_application(Settings(data=data, limits=LimitSettings(readers=1))) as application:
        application.import_reference([_SAMPLE / "reference"], partial=False)
        inbox = ((path.name, path) for path in sorted((_SAMPLE / "inbox").iterdir()))
        assert len(list(application.ingest(inbox, "test"))) > 10
        yield application


@pytest.fixture(scope="module")
def client(sample: Application) -> Client:
    return Client(build(sample, sample, ServeOptions(), OrderBook(sample.database)))


@pytest.fixture(scope="module")
def ids(client: Client) -> dict[str, str]:
    """Document ids by file name."""
    listed = client.get(f"{_API}/documents?limit=100")
    page = schemas.DocumentsPage.model_validate_json(listed.content, strict=True)
    return {document.file_name: document.document_id for document in page.documents}


def test_every_document_has_its_page_and_its_json(client: Client, ids: dict[str, str]) -> None:
    for document_id in ids.values():
        page = client.get(f"/documents/{document_id}", headers={"accept": "text/html"})
        shown = client.get(f"{_API}/documents/{document_id}")

        assert page.status_code == 200, page.text
        schemas.ShownShape.model_validate_json(shown.content, strict=True)


def test_the_list_is_what_the_page_shows(client: Client, ids: dict[str, str]) -> None:
    page = client.get("/").text

    assert all(f"/documents/{document_id}" in page for document_id in ids.values())
    assert "Prix unitaire supérieur à la commande" in page


def test_a_difference_is_told_with_the_order_line_beside_it(
    client: Client, ids: dict[str, str]
) -> None:
    page = client.get(f"/documents/{ids[_PRICE]}").text

    assert "15,90\u00a0€" in page
    assert "16,90\u00a0€" in page
    assert "BC2026-0130" in page
    assert "reçu : 320\u00a0m²" in page


def test_a_duplicate_leads_to_the_invoice_received_before(
    client: Client, ids: dict[str, str]
) -> None:
    page = client.get(f"/documents/{ids['14_papeterie_FA26-0918.pdf']}").text
    link = re.search(r'href="(/search\?q=number[^"]+)"', page)
    assert link is not None

    found = client.get(link[1]).text

    assert ids["01_papeterie_FA-26-0918.xml"] in found


def test_the_original_is_what_was_received(client: Client, ids: dict[str, str]) -> None:
    answer = client.get(f"{_API}/documents/{ids[_PAGE]}/original")

    assert answer.content == (_SAMPLE / "inbox" / _PAGE).read_bytes()
    assert answer.headers["content-type"] == "application/pdf"
    assert f"filename*=UTF-8''{quote(_PAGE)}" in answer.headers["content-disposition"]


def test_pages_of_a_pdf_are_drawn(client: Client, ids: dict[str, str]) -> None:
    answer = client.get(f"{_API}/documents/{ids[_PAGE]}/pages/1.png")

    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")


def test_search_finds_narrows_and_points_at_mistakes(client: Client) -> None:
    found = client.get(f"{_API}/search", params={"q": "cormery"})
    assert schemas.Found.model_validate_json(found.content, strict=True).total >= 2

    narrowed = client.get(f"{_API}/search", params={"q": "cormery code:VAT_RATE_MISMATCH"}).json()
    assert [hit["number"] for hit in narrowed["hits"]] == ["TPC-2026-0802"]

    ranged = client.get(f"{_API}/search", params={"q": "cormery", "min": "5000"}).json()
    assert [hit["number"] for hit in ranged["hits"]] == ["TPC-2026-0771"]

    bad = client.get(f"{_API}/search", params={"q": 'cormery "papier'})
    assert bad.status_code == 400
    assert bad.json()["position"] == 8


def test_every_facet_of_the_search_page_leads_to_hits(client: Client) -> None:
    page = client.get("/search?q=papier", headers={"accept": "text/html"}).text
    links = [part.partition('"')[0] for part in page.split('href="/search?q=papier')[1:]]
    assert links

    for link in links:
        narrowed = client.get(f"/search?q=papier{link}")
        assert narrowed.status_code == 200, link
        assert 'class="hits"' in narrowed.text
        assert "Aucun document" not in narrowed.text, link


def test_reading_and_validating_store_nothing(client: Client, sample: Application) -> None:
    before = sample.counts()
    files = {"files": (_PRICE, (_SAMPLE / "inbox" / _PRICE).read_bytes())}

    read = client.post(f"{_API}/parse", files=files)
    validated = client.post(f"{_API}/validate", files=files)

    readings = schemas.Readings.model_validate_json(read.content, strict=True)
    assert readings.results[0].invoice is not None
    assert readings.results[0].invoice.number == "TPC-2026-0771"
    assert schemas.Validations.model_validate_json(validated.content, strict=True).results[0].valid
    assert sample.counts() == before


def test_an_upload_changes_the_token_and_is_a_duplicate(client: Client) -> None:
    token = client.get(f"{_API}/changes").json()["token"]
    files = {"files": (_PRICE, (_SAMPLE / "inbox" / _PRICE).read_bytes())}

    answer = client.post(f"{_API}/documents", files=files)

    ingested = schemas.Ingested.model_validate_json(answer.content, strict=True)
    assert ingested.documents[0].status == "duplicate"
    changed = client.get(f"{_API}/changes", params={"since": token, "wait": 0}).json()
    assert changed["changed"] is True


def test_a_decision_is_kept_in_the_history(client: Client, ids: dict[str, str]) -> None:
    path = f"/documents/{ids['07_maintenance_L26-1131.pdf']}"

    answer = client.post(f"{path}/resolve", data={"action": "refuse", "reason": "Fraude avérée."})

    assert answer.status_code == 303
    page = client.get(path).text
    assert "Refusée" in page
    assert "Fraude avérée." in page


def test_a_page_drawn_before_another_decision_does_not_override_it(
    client: Client, ids: dict[str, str]
) -> None:
    path = f"/documents/{ids['08_signalisation_TPC-2026-0802.xml']}"
    seen = re.search(r'name="seen" value="(\d+)"', client.get(path).text)
    assert seen is not None
    refusal = {"action": "refuse", "reason": "Prix contesté.", "seen": seen[1]}
    approval = {"action": "approve", "reason": "Bon pour moi.", "seen": seen[1]}

    assert client.post(f"{path}/resolve", data=refusal).status_code == 303
    late = client.post(f"{path}/resolve", data=approval)
    by_program = client.post(f"{_API}{path}/resolve", json=approval | {"seen": int(seen[1])})

    assert late.status_code == 409
    assert "entre-temps" in late.text
    assert "Bon pour moi." in late.text, "the reason need not be typed again"
    assert by_program.json()["code"] == "ING-57"
    assert client.get(f"{_API}{path}").json()["status"] == "refused"
    now = re.search(r'name="seen" value="(\d+)"', late.text)
    assert now is not None
    looked = client.post(f"{path}/resolve", data=approval | {"seen": now[1]})
    assert looked.status_code == 303


def test_what_was_not_judged_cannot_be_decided(client: Client, ids: dict[str, str]) -> None:
    path = f"{_API}/documents/{ids['15_courrier_tarifs.pdf']}/resolve"

    answer = client.post(path, json={"action": "approve", "reason": "x"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "ING-50"


def test_what_is_stored_verifies(client: Client, ids: dict[str, str]) -> None:
    one = client.get(f"{_API}/documents/{ids[_PRICE]}/verify")
    assert schemas.Verified.model_validate_json(one.content, strict=True).document_id == ids[_PRICE]

    assert one.json()["ok"] is True
    page = client.get(f"/documents/{ids[_PRICE]}?verify=1").text
    assert "Intact" in page
    assert "Le registre est celui qui a été signé <b>oui</b>" in page


def test_all_that_is_stored_verifies(client: Client, ids: dict[str, str]) -> None:
    lines = client.post(f"{_API}/verify", json={}).text.splitlines()

    documents = [schemas.Verified.model_validate_json(line, strict=True) for line in lines[:-1]]
    assert all(document.ok for document in documents)
    assert {document.document_id for document in documents} >= set(ids.values())
    summary = schemas.VerifiedAll.model_validate_json(lines[-1], strict=True)
    assert summary.ok
    assert summary.documents == len(documents)


def test_figures_are_those_of_the_journal(client: Client, sample: Application) -> None:
    figures = client.get("/metrics").text

    for status, count in sample.counts().items():
        assert f'meg_documents{{status="{status}"}} {count}' in figures
    assert client.get("/readyz").status_code == 200
