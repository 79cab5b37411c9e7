"""Correcting, linking and forgetting on the pages and through JSON, without any script."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.order_book import OrderBook
from api.rest import schemas
from api.serve import ServeOptions, build
from config.application import Application
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from ingest.corrections import Corrections
from matching.reference_upsert import upsert
from tests.acceptance.invoices import cii_invoice
from tests.odd_layout import SELLER, SIREN, odd_invoice
from tests.web_fake import Client

_API = "/api/v1"
_FRENCH = {"accept-language": "fr"}


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    settings = Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))
    with open_application(settings) as opened:
        with opened.database.transaction() as connection:
            upsert(
                connection,
                "suppliers",
                [{"supplier_id": "F1", "name": SELLER, "siren": SIREN}],
            )
            upsert(
                connection,
                "orders",
                [{"order_id": "BC 2026-32", "supplier_id": "F1", "status": "open"}],
            )
        yield opened


@pytest.fixture
def client(application: Application) -> Client:
    return Client(build(application, application, ServeOptions(), OrderBook(application.database)))


def take(application: Application, data: bytes, name: str = "a.pdf") -> str:
    (record,) = application.ingest([(name, data)], "test")
    return str(record["document_id"])


def test_a_word_on_the_page_is_a_link_that_fills_the_form_in(
    application: Application, client: Client
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    page = client.get(f"/documents/{document_id}", headers=_FRENCH).text
    assert f'href="/documents/{document_id}/correct"' in page

    form = client.get(f"/documents/{document_id}/correct?field=number", headers=_FRENCH).text
    (link,) = re.findall(r'<a href="([^"]*VY%2F26%2F0117[^"]*)"', form)
    filled = client.get(html.unescape(link).partition("#")[0], headers=_FRENCH).text

    assert 'name="value" value="VY/26/0117"' in filled
    (at,) = re.findall(r'name="at" value="([^"]+)"', filled)
    sent = {"field": "number", "value": "VY/26/0117", "at": at, "reason": "lu sur la page"}
    answer = client.post(f"/documents/{document_id}/correct", data=sent)
    assert answer.status_code == 303
    shown = client.get(f"/documents/{document_id}", headers=_FRENCH).text
    assert "corrigé par web" in shown
    assert "lu sur la page" in shown
    inbox = client.get("/", headers=_FRENCH).text
    assert "VY/26/0117" in inbox

    other = take(application, odd_invoice("VY/26/0932"), "b.pdf")
    assert "appris, correction de web" in client.get(f"/documents/{other}", headers=_FRENCH).text
    assert (
        "learned, corrected by web"
        in client.get(f"/documents/{other}", headers={"accept-language": "en"}).text
    )


def test_what_was_learned_is_listed_and_forgotten(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    sent = {"field": "column:quantity", "value": "Sortis", "reason": "bon de livraison"}
    assert client.post(f"/documents/{document_id}/correct", data=sent).status_code == 303

    page = client.get("/corrections", headers=_FRENCH).text
    assert "Sortis" in page
    assert "Colonne : quantité" in page
    (address,) = re.findall(r'action="(/corrections/[^"]+/forget)"', page)
    assert client.post(address).status_code == 303

    assert "Oubliée le" in client.get("/corrections", headers=_FRENCH).text
    assert client.post("/corrections/nothing/forget").status_code == 404


def test_an_order_is_chosen_or_typed(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    form = client.get(f"/documents/{document_id}/link", headers=_FRENCH).text
    assert 'value="BC 2026-32"' in form

    sent = {"order": "BC 2026-32", "reason": "vu avec le service"}
    assert client.post(f"/documents/{document_id}/link", data=sent).status_code == 303

    assert application.show(document_id)["match"]["orders"] == ["BC 2026-32"]
    typed = {"kind": "contract", "other": "NOWHERE", "reason": "essai"}
    assert client.post(f"/documents/{document_id}/link", data=typed).status_code == 422


def test_a_form_of_another_site_changes_nothing(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    sent = {"field": "number", "value": "X-1", "reason": "essai"}

    answer = client.post(
        f"/documents/{document_id}/correct", data=sent, headers={"origin": "http://evil.example"}
    )

    assert answer.status_code == 403
    assert application.show(document_id)["invoice"]["number"] is None


@pytest.mark.parametrize(
    "sent",
    [
        {"field": "number", "value": "X", "at": "1,2", "reason": "essai"},
        {"field": "colour", "value": "X", "reason": "essai"},
        {"field": "number", "value": "X", "reason": ""},
    ],
)
def test_a_wrong_form_is_told(
    application: Application, client: Client, sent: dict[str, str]
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))

    assert client.post(f"/documents/{document_id}/correct", data=sent).status_code == 422


def test_a_refused_form_comes_back_filled_in(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    sent = {"field": "issue_date", "value": "demain", "reason": "vu au tampon"}

    wrong = client.post(f"/documents/{document_id}/correct", data=sent, headers=_FRENCH)
    typed = {"other": "NOWHERE", "kind": "contract", "reason": "essai"}
    unknown = client.post(f"/documents/{document_id}/link", data=typed, headers=_FRENCH)

    shown = html.unescape(wrong.text)
    assert wrong.status_code == unknown.status_code == 422
    assert "Date de facture : 'demain' n’est pas une date" in shown  # noqa: RUF001
    assert 'name="value" value="demain"' in shown
    assert 'name="reason" value="vu au tampon"' in shown
    assert "Introuvable : NOWHERE." in unknown.text
    assert 'name="other" value="NOWHERE"' in unknown.text
    assert '<option value="contract" selected>' in unknown.text


def test_what_is_no_account_is_told_in_french_with_the_form_filled_in(
    application: Application, client: Client
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    address = f"/documents/{document_id}/correct"
    good = {"field": "payee_iban", "value": "FR7630006000011234567890189", "reason": "lu"}
    assert client.post(address, data=good).status_code == 303

    typed = client.post(address, data=good | {"value": "FR76 0000"}, headers=_FRENCH)
    other = client.post(address, data=good | {"value": "DE89370400440532013000"}, headers=_FRENCH)

    shown = html.unescape(typed.text)
    assert typed.status_code == 422
    assert "Compte bancaire : 'FR760000' n’est pas un compte bancaire (IBAN)" in shown  # noqa: RUF001
    assert 'name="value" value="FR76 0000"' in shown
    assert other.status_code == 409
    assert "une personne seule ne le change pas" in html.unescape(other.text)
    assert 'name="value" value="DE89370400440532013000"' in other.text


@pytest.mark.parametrize(
    ("field", "promised"),
    [
        ("number", "Si la valeur se trouve sur la page"),
        ("column:quantity", "Cet intitulé dira cette colonne"),
        ("lines[0].quantity", "La correction ne vaut que pour ce document."),
    ],
)
def test_the_form_promises_what_the_field_can_teach(
    application: Application, client: Client, field: str, promised: str
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    address = f"/documents/{document_id}/correct"

    form = client.get(address, params={"field": field}, headers=_FRENCH).text

    assert promised in form


def test_a_refused_decision_keeps_the_reason(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    sent = {"action": "shred", "reason": "vu avec le service"}

    answer = client.post(f"/documents/{document_id}/resolve", data=sent, headers=_FRENCH)

    assert answer.status_code == 409
    assert "n’est pas une décision" in html.unescape(answer.text)  # noqa: RUF001
    assert 'name="reason" value="vu avec le service"' in answer.text


def test_the_words_of_a_page_are_looked_for_once(
    application: Application, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    first = application.pieces(document_id)
    monkeypatch.setattr(Corrections, "_examine", None)

    assert first
    assert application.pieces(document_id) == first
    assert client.get(f"/documents/{document_id}/correct").status_code == 200


def test_the_field_chosen_is_the_field_corrected(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    address = f"/documents/{document_id}/correct"
    drawn = {"drawn": "number", "was": "", "reason": "vu"}

    typed = client.post(address, data=drawn | {"field": "buyer_reference", "value": "SVC-9"})
    untouched = client.post(address, data=drawn | {"field": "contract_reference", "value": ""})

    buttons = re.findall(r"<button[^>]*>", untouched.text.partition(f'action="{address}"')[2])
    assert "choose" not in buttons[0]  # the one that the Enter key presses
    assert typed.headers["location"].endswith("?done=correct")
    assert "Corrigé" in client.get(typed.headers["location"], headers=_FRENCH).text
    invoice = application.show(document_id)["invoice"]
    assert (invoice["number"], invoice["buyer_reference"]) == (None, "SVC-9")
    assert untouched.status_code == 200
    assert '<option value="contract_reference" selected>' in untouched.text


def test_xml_has_no_form_of_correction(application: Application, client: Client) -> None:
    document_id = take(application, cii_invoice(1), "f.xml")

    assert f"/documents/{document_id}/correct" not in client.get(f"/documents/{document_id}").text
    assert client.get(f"/documents/{document_id}/correct").status_code == 409


def test_json_corrects_links_lists_and_forgets(application: Application, client: Client) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))
    resolve = f"{_API}/documents/{document_id}/resolve"

    body = {"action": "correct", "reason": "lu", "fields": {"number": "VY/26/0117"}}
    corrected = client.post(resolve, json=body)
    assert corrected.json()["invoice"]["number"] == "VY/26/0117"
    linked = client.post(resolve, json={"action": "link", "reason": "vu", "orders": ["BC 2026-32"]})
    assert linked.json()["match"]["orders"] == ["BC 2026-32"]
    choices = client.get(f"{_API}/documents/{document_id}/choices")
    schemas.ChoicesList.model_validate_json(choices.content, strict=True)
    listed = schemas.CorrectionsList.model_validate_json(
        client.get(f"{_API}/corrections").content, strict=True
    )
    (learned,) = listed.corrections
    address = f"{_API}/corrections/{learned.correction_id}/forget"
    forgotten = client.post(address, json={"reason": "fini"})
    assert forgotten.json()["forgotten_by"] == "api"
    refused = client.post(resolve, json={**body, "fields": {"colour": "blue"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "ING-71")
