"""The pages: what they show of which document, in which language, without JavaScript."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.rest import examples
from api.web.document_view import lines
from api.web.formats import Formats
from api.web.language import local_path
from tests.web_fake import FakeApplication, client_for


class _Seen(HTMLParser):
    """The text of a page and the tags it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(" ".join(data.split()))

    @property
    def words(self) -> str:
        return " ".join(self.text)


def _page(application: FakeApplication, path: str, **headers: str) -> _Seen:
    answer = client_for(application).get(path, headers={"accept": "text/html"} | headers)
    assert answer.status_code == 200, answer.text
    return _Seen(answer.text)


def _stocked(count: int) -> FakeApplication:
    application = FakeApplication()
    for _ in range(count):
        application.add()
    return application


def test_the_list_tells_the_verdict_in_words() -> None:
    application = FakeApplication()
    application.add()
    application.add(status="approved", discrepancies=[])

    words = _page(application, "/").words

    assert "Prix unitaire supérieur à la commande" in words
    assert "Conforme, bon à payer" in words
    assert "1 248,00 €" in words
    assert "12/03/2026" in words
    assert "Papeterie du Val" in words


def test_the_newest_document_comes_first() -> None:
    application = _stocked(3)

    rows = [a for tag, a in _page(application, "/").tags if tag == "tr" and "data-id" in a]

    assert [r["data-id"] for r in rows] == [r["document_id"] for r in reversed(application.records)]


def test_a_long_list_is_read_page_by_page() -> None:
    application = _stocked(120)
    seen: list[str | None] = []
    path: str | None = "/"
    while path:
        page = _page(application, path)
        seen += [a["data-id"] for tag, a in page.tags if tag == "tr" and "data-id" in a]
        path = next((a["href"] for _, a in page.tags if a.get("rel") == "next"), None)

    assert seen == [r["document_id"] for r in reversed(application.records)]


def test_filters_count_and_select() -> None:
    application = _stocked(2)
    application.add(status="unreadable", invoice=None, discrepancies=[], decision=None)

    page = _page(application, "/?status=unreadable")

    assert len([1 for tag, a in page.tags if tag == "tr" and "data-id" in a]) == 1
    assert "Illisible 1" in page.words
    assert "Bloquée 2" in page.words
    assert "à redemander au fournisseur" in page.words


def test_the_fragment_is_the_list_of_the_page() -> None:
    application = _stocked(2)
    client = client_for(application)

    page, fragment = client.get("/").text, client.get("/fragments/inbox").text

    assert fragment.strip() in page
    assert 'data-token="2"' in fragment
    assert "<html" not in fragment


def test_a_weightier_reason_is_told_first_and_the_others_are_counted() -> None:
    application = FakeApplication()
    items = [
        examples.DOCUMENT["discrepancies"][0] | {"code": code, "severity": severity}
        for code, severity in (
            ("PAYMENT_OVERDUE", "info"),
            ("RECEIPT_MISSING", "review"),
            ("IBAN_UNKNOWN", "block"),
        )
    ]
    application.add(discrepancies=items)

    words = _page(application, "/").words

    assert "Compte bancaire non validé +1 et 1 de plus" in words


def test_a_document_page_names_both_values_and_the_difference() -> None:
    application = FakeApplication()
    record = application.add()

    words = _page(application, f"/documents/{record['document_id']}").words

    assert "Commandé 4,90 € Facturé 5,20 € En trop, par unité 0,30 €" in words
    assert "Ligne 1 · commande BC-2026-0098, ligne 1" in words
    assert "Demander un avoir sur la différence" in words
    assert "PU_ERR" in words
    assert "Payable maintenant 0,00 €" in words
    assert "Retenu 1 248,00 €" in words
    assert "2026/E/0412" in words
    assert record["sha256"] in words


def test_a_document_page_shows_the_invoice_laid_out() -> None:
    application = FakeApplication()
    record = application.add()

    words = _page(application, f"/documents/{record['document_id']}").words

    assert "Ramette papier A4 80 g" in words
    assert "200 u" in words
    assert "FR76 3000 6000 0112 3456 7890 189" in words
    assert "Commune de Saint-Aubin" in words


def test_english_is_a_header_or_a_cookie_away() -> None:
    application = FakeApplication()
    record = application.add()
    path = f"/documents/{record['document_id']}"

    by_header = _page(application, path, **{"accept-language": "en"})
    by_cookie = _page(application, path, cookie="meg_language=en")

    for page in (by_header, by_cookie):
        assert page.tags[0] == ("html", {"lang": "en"})
        assert "Unit price above the order" in page.words
        assert "Ordered €4.90 Billed €5.20" in page.words


def test_the_language_switch_remembers_and_returns() -> None:
    answer = client_for(FakeApplication()).post(
        "/language", data={"language": "en", "back": "/search?q=a"}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/search?q=a"
    assert "meg_language=en" in answer.headers["set-cookie"]
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=strict" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nx: y"]
)
def test_the_language_switch_leads_nowhere_else(address: str) -> None:
    assert local_path(address) == "/"


def test_a_decision_is_recorded_and_shown() -> None:
    application = FakeApplication()
    record = application.add()
    path = f"/documents/{record['document_id']}"

    answer = client_for(application).post(
        f"{path}/resolve", data={"action": "refuse", "reason": "Prix non convenu."}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == path
    assert application.resolved == [
        (record["document_id"], "refuse", "Prix non convenu.", "web"),
    ]
    assert "Refusée" in _page(application, path).words


def _resolved(**payload: str) -> dict[str, Any]:
    at = "2026-03-14T08:00:00Z"
    return {"type": "resolved", "at": at, "actor": "web", "position": 50, "payload": payload}


@pytest.mark.parametrize(
    ("status", "action", "told"),
    [
        ("approved", "approve", "Payable maintenant 1 248,00 € Retenu 0,00 €"),
        ("refused", "refuse", "Payable maintenant 0,00 € Retenu 1 248,00 €"),
        ("on_hold", "hold", "Payable maintenant 0,00 € Retenu 1 248,00 €"),
    ],
)
def test_a_person_s_decision_is_told_before_the_verdict(
    status: str, action: str, told: str
) -> None:
    application = FakeApplication()
    happened = _resolved(action=action, before="blocked", after=status, reason="Accord <du> maire")
    record = application.add(status=status, history=[*examples.SHOWN["history"], happened])

    words = _page(application, f"/documents/{record['document_id']}").words

    assert told in words
    assert "par web, le 14 mars 2026, 09:00 : Accord <du> maire" in words
    assert words.index("Accord <du> maire") < words.index("Prix unitaire supérieur")


def test_a_decision_given_back_is_only_history() -> None:
    application = FakeApplication()
    history = [
        _resolved(action="approve", before="blocked", after="approved", reason="Vu"),
        _resolved(action="release", before="approved", after="blocked", reason="Erreur"),
    ]
    record = application.add(history=history)

    page = _page(application, f"/documents/{record['document_id']}")

    assert "Payable maintenant 0,00 €" in page.words
    assert "Décision · Retour au contrôle" in page.words
    assert not [a for _, a in page.tags if (a.get("class") or "").startswith("taken")]


def test_an_approved_credit_note_is_not_called_payable() -> None:
    application = FakeApplication()
    application.add(status="approved", kind="credit_note", discrepancies=[])

    words = _page(application, "/").words

    assert "Conforme, à déduire" in words
    assert "bon à payer" not in words


def test_the_row_of_an_order_line_adds_up() -> None:
    formats = Formats("fr", ZoneInfo("Europe/Paris"))
    answered = {
        "order_id": "BC-2026-0098",
        "line_id": "1",
        "quantity": "200",
        "unit_price": "4.90",
    }

    [row, *_] = lines(formats, examples.DOCUMENT, (), [answered])

    assert [a.amount for a in row.allocations] == [formats.money("980.00")]


def test_only_what_was_judged_can_be_decided() -> None:
    application = FakeApplication()
    judged = application.add()
    unread = application.add(status="unreadable", decision=None, match=None, invoice=None)

    def forms(record: dict[str, str]) -> list[str | None]:
        page = _page(application, f"/documents/{record['document_id']}")
        return [a["action"] for tag, a in page.tags if tag == "form"]

    assert f"/documents/{judged['document_id']}/resolve" in forms(judged)
    assert f"/documents/{unread['document_id']}/resolve" not in forms(unread)


@pytest.mark.parametrize("status", ["received", "unreadable", "not_invoice", "failed"])
def test_a_document_without_invoice_has_a_page_too(status: str) -> None:
    application = FakeApplication()
    nothing: dict[str, Any] = {"invoice": None, "validation": None, "match": None, "decision": None}
    record = application.add(
        status=status, discrepancies=[], payment=None, evidence=None, kind=None, **nothing
    )

    words = _page(application, f"/documents/{record['document_id']}").words

    assert "FA-2026-0417.xml" in words
    assert "ne peut pas être affiché" in words


def test_a_duplicate_leads_to_the_first() -> None:
    application = FakeApplication()
    first = application.add()
    second = application.add(
        status="duplicate", duplicate_of=first["document_id"], decision=None, discrepancies=[]
    )

    page = _page(application, f"/documents/{second['document_id']}")

    assert f"/documents/{first['document_id']}" in [a.get("href") for _, a in page.tags]


@pytest.mark.parametrize(
    ("attachments", "named"),
    [
        ([{"name": "Facture n° 12.pdf"}, {"name": "lot.zip"}], "Facture n° 12.pdf , lot.zip"),
        ([{"name": "lot.zip"}], "document 1 , document 2"),
    ],
    ids=["by their names", "by their places"],
)
def test_a_message_leads_to_what_it_brought(attachments: list[Any], named: str) -> None:
    application = FakeApplication()
    children = [application.add()["document_id"], application.add()["document_id"]]
    nothing: dict[str, Any] = {"invoice": None, "validation": None, "match": None, "decision": None}
    record = application.add(
        status="not_invoice",
        discrepancies=[],
        contains=children,
        attachments=attachments,
        **nothing,
    )

    page = _page(application, f"/documents/{record['document_id']}")

    assert f"Contient {named}" in page.words
    hrefs = [a.get("href") for _, a in page.tags]
    assert all(f"/documents/{child}" in hrefs for child in children)


def test_an_unknown_document_is_told_in_words() -> None:
    answer = client_for(FakeApplication()).get("/documents/x", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert "Aucun document ne porte cet identifiant" in answer.text
    assert "ING-01" in answer.text


def test_search_shows_hits_marks_and_facets() -> None:
    application = FakeApplication()

    page = _page(application, "/search?q=ramette")

    assert application.searched[0][0] == "ramette"
    assert "Un document trouvé" in page.words
    assert ("mark", {}) in page.tags
    links = [a.get("href") or "" for tag, a in page.tags if tag == "a"]
    assert "/search?q=ramette+code%3APRICE_ABOVE_ORDER" in links
    assert "/search?q=ramette+supplier%3A%22Papeterie+du+Val%22" in links


def test_narrowing_keeps_alternatives_together() -> None:
    page = _page(FakeApplication(), "/search?q=gaz+OR+fioul")

    links = [a.get("href") or "" for tag, a in page.tags if tag == "a"]
    assert "/search?q=%28gaz+OR+fioul%29+status%3Ablocked" in links


def test_a_bad_query_shows_its_place() -> None:
    answer = client_for(FakeApplication()).get(
        "/search", params={"q": "supplier:(abc"}, headers={"accept": "text/html"}
    )

    assert answer.status_code == 400
    assert re.search(r"supplier:<mark>\(</mark>abc", answer.text)
    assert "Erreur au caractère 10" in answer.text


def test_no_query_is_no_search() -> None:
    application = FakeApplication()

    words = _page(application, "/search").words

    assert application.searched == []
    assert "Comment chercher" in words


def test_one_uploaded_file_leads_to_its_page() -> None:
    application = FakeApplication()

    answer = client_for(application).post("/upload", files={"files": ("f.xml", b"<Invoice/>")})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/documents/{application.records[0]['document_id']}"
    assert application.originals[application.records[0]["document_id"]] == ("f.xml", b"<Invoice/>")


def test_many_uploaded_files_are_listed() -> None:
    application = FakeApplication()

    answer = client_for(application).post(
        "/upload",
        files=[("files", ("a.xml", b"<a/>")), ("files", ("b.pdf", b"%PDF-1.7"))],
        headers={"accept-language": "fr"},
    )

    assert answer.status_code == 200
    assert "Prix unitaire supérieur à la commande" in answer.text  # why it is blocked
    assert "a.xml" in answer.text
    assert "b.pdf" in answer.text
    assert len(application.records) == 2


@pytest.mark.parametrize("files", [None, {"files": ("", b"")}])
def test_an_empty_upload_is_told(files: dict[str, tuple[str, bytes]] | None) -> None:
    application = FakeApplication()

    answer = client_for(application).post("/upload", files=files)

    assert answer.status_code == 422
    assert "Choisissez au moins un fichier" in answer.text
    assert application.records == []


def test_pages_run_no_inline_code_and_load_nothing_from_elsewhere() -> None:
    application = FakeApplication()
    record = application.add()
    paths = ("/", f"/documents/{record['document_id']}", "/search?q=a", "/upload")
    for path in paths:
        for tag, attributes in _page(application, path).tags:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            if tag in {"script", "img"}:
                assert (attributes["src"] or "").startswith("/")
            if tag == "link":
                assert (attributes["href"] or "").startswith("/")


def test_static_files_may_be_kept_by_their_version() -> None:
    client = client_for(FakeApplication())
    match = re.search(r"/static/meg\.css\?\w+", client.get("/").text)
    assert match is not None

    versioned, bare = client.get(match[0]), client.get("/static/meg.css")

    assert "immutable" in versioned.headers["cache-control"]
    assert bare.headers["cache-control"] == "no-store"


_UNKNOWN_ACCOUNT = examples.DOCUMENT["discrepancies"][0] | {
    "code": "IBAN_UNKNOWN",
    "expected": "FR7699996001010003131313112",
    "found": "FR7699998004040006660000191",
}
_PROPOSED = {
    "supplier_id": "F1",
    "iban": "FR7699998004040006660000191",
    "state": "proposed",
    "document_id": "x",
    "proposed_by": "anne",
    "proposed_at": "2026-03-13T07:12:04+00:00",
    "reason": "Rappelé au standard.",
    "decided_by": None,
    "decided_at": None,
    "decided_reason": None,
}


def _actions_on(page: _Seen) -> list[str | None]:
    return [a["value"] for tag, a in page.tags if tag == "button" and a.get("name") == "action"]


def test_an_unknown_account_says_who_vouched_and_what_to_run() -> None:
    application = FakeApplication()
    record = application.add(discrepancies=[_UNKNOWN_ACCOUNT], account=_PROPOSED)

    page = _page(application, f"/documents/{record['document_id']}")

    assert "anne en répond depuis le 13 mars 2026" in page.words
    assert "Rappelé au standard." in page.words
    assert f'meg account vouch {record["document_id"]} --reason "…"' in page.words
    assert "approve" not in _actions_on(page)


@pytest.mark.parametrize(
    ("status", "senseless"),
    [("approved", "approve"), ("refused", "refuse"), ("disputed", "dispute"), ("on_hold", "hold")],
)
def test_a_decision_that_changes_nothing_is_not_offered(status: str, senseless: str) -> None:
    application = FakeApplication()
    record = application.add(status=status)

    offered = _actions_on(_page(application, f"/documents/{record['document_id']}"))

    assert senseless not in offered
    assert len(offered) == (3 if status == "approved" else 4)


def test_an_order_to_link_to_is_one_label_with_its_checkbox() -> None:
    application = FakeApplication()
    record = application.add()

    tags = _page(application, f"/documents/{record['document_id']}/link").tags

    at = next(n for n, (tag, a) in enumerate(tags) if a.get("type") == "checkbox")
    assert [tag for tag, _ in tags[at - 2 : at + 3]] == ["li", "label", "input", "bdi", "small"]


def test_an_uncertain_reading_says_which_value_how_sure_and_what_is_asked() -> None:
    application = FakeApplication()
    uncertain = examples.DOCUMENT["discrepancies"][0] | {
        "code": "EXTRACTION_UNCERTAIN",
        "field": "number, issue_date",
        "expected": "0.4",
        "found": "number",
        "delta": None,
    }
    where = {"page": 1, "bbox": [50, 40, 130, 55]}
    seen = {"issue_date": {"from": "pdf_ocr", "where": where, "confidence": 0.31}}
    record = application.add(discrepancies=[uncertain], evidence=seen)

    words = _page(application, f"/documents/{record['document_id']}").words

    assert "Numéro non lu Date de facture 31 % sûr" in words.replace("\xa0", " ").replace(
        "\u202f", " "
    )
    assert "au moins est demandée" in words
    assert "Trouvé" not in words
    assert "12/03/2026 douteux" in words


def test_eliminations_are_listed_and_the_page_says_what_comes_next() -> None:
    application = _stocked(1)

    listed, one = _page(application, "/eliminations"), _page(application, "/eliminations/1")

    assert "AD69-2037-117" in one.words
    assert "meg retention purge 1 -o certificats" in one.words
    assert "ligne de commande" in listed.words
    assert any(a.get("href") == "/eliminations/1" for tag, a in listed.tags if tag == "a")


def test_a_purged_document_still_has_its_page() -> None:
    application = FakeApplication()
    record = application.add(
        status="purged", invoice=None, match=None, decision=None, discrepancies=[], error=None
    )

    words = _page(application, f"/documents/{record['document_id']}").words

    assert "régulièrement éliminé" in words


def test_page_and_xml_that_differ_are_told_with_names_and_amounts() -> None:
    application = FakeApplication()
    differ = examples.SHOWN["discrepancies"][0] | {
        "code": "PDF_XML_DIFFER",
        "field": "totals.tax_inclusive, totals.payable",
        "expected": "8484.20",
        "found": "8548.20",
        "delta": None,
        "invoice_line": None,
        "order_id": None,
    }
    record = application.add(discrepancies=[differ])

    words = _page(application, f"/documents/{record['document_id']}").words

    assert "Total TTC, Net à payer" in words
    assert "Sur la page 8 548,20 €" in " ".join(words.split())
    assert "totals." not in words


def test_a_correction_that_does_not_add_up_is_offered_again() -> None:
    application = FakeApplication()
    wrong = examples.SHOWN["discrepancies"][0] | {"code": "TOTALS_INCONSISTENT"}
    mark = {"correction_id": "c1", "at": "2026-03-14T08:00:00+00:00", "by": "web"}
    seen = {"from": "corrected", "where": None, "confidence": 1, "corrected": mark}
    evidence = {"lines[0].quantity": seen}
    corrected = application.add(discrepancies=[wrong], evidence=evidence)
    read = application.add(discrepancies=[wrong], evidence={})

    told = _page(application, f"/documents/{corrected['document_id']}")
    plain = _page(application, f"/documents/{read['document_id']}").words

    assert "La correction faite à la main ne tombe pas juste" in told.words
    assert "facture rectificative" not in told.words
    links = [a.get("href") or "" for tag, a in told.tags if tag == "a"]
    assert any(link.endswith("/correct?field=lines%5B0%5D.quantity") for link in links)
    assert "Demander au fournisseur une facture rectificative." in plain
