"""Every word of a document is hostile: none of it may become markup, a path or a header."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from api.rest import examples
from api.uploads import file_name
from api.web.searching import pieces
from tests.web_fake import FakeApplication, client_for

_EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}</title></textarea>"
_NAMES = [
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\x\\facture.pdf", "facture.pdf"),
    ("a\r\nSet-Cookie: x=y.pdf", "aSet-Cookie: x=y.pdf"),
    ("facture\u202efdp.exe", "facturefdp.exe"),
    ("\x00\x01", "document"),
    ("", "document"),
    (None, "document"),
    ("...", "document"),
    ("é" * 300, "é" * 200),
]


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, [name for name, _ in attrs]))


def _poisoned(value: Any) -> Any:
    """The same record with every text that a document can choose made hostile."""
    if isinstance(value, dict):
        return {k: _poisoned(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_poisoned(v) for v in value]
    return _EVIL if isinstance(value, str) else value


def _hostile_application() -> tuple[FakeApplication, str]:
    application = FakeApplication()
    invoice = _poisoned(examples.INVOICE) | {"notes": [_EVIL]}
    words = ("message", "expected", "found", "delta", "invoice_line", "order_id", "field")
    difference = examples.DOCUMENT["discrepancies"][0] | dict.fromkeys(words, _EVIL)
    record = application.add(
        file=_EVIL,
        invoice=invoice,
        match=_poisoned(examples.DOCUMENT["match"]),
        discrepancies=[difference, difference | {"code": _EVIL, "reason_code": _EVIL}],
        validation={
            "valid": False,
            "rule_sets": [{"name": _EVIL, "version": _EVIL, "status": "skipped", "why": _EVIL}],
            "findings": [_poisoned({"rule": "", "message": "", "severity": "", "location": ""})],
        },
        error={"code": _EVIL, "message": _EVIL, "hint": _EVIL},
        evidence={_EVIL: {"from": "xml", "where": _EVIL, "confidence": 1.0}},
        history=[{"type": _EVIL, "at": _EVIL, "actor": _EVIL, "payload": {_EVIL: _EVIL}}],
    )
    return application, record["document_id"]


@pytest.mark.parametrize("path", ["/", "/documents/{id}", "/search?q={evil}", "/nowhere/{evil}"])
def test_hostile_values_stay_text(path: str) -> None:
    application, document_id = _hostile_application()
    application.found["hits"][0] |= {"number": _EVIL, "supplier": _EVIL, "snippets": [_EVIL]}
    application.found["facets"]["supplier"][0]["value"] = _EVIL
    address = path.replace("{id}", document_id).replace("{evil}", _EVIL.replace("%", "%25"))

    answer = client_for(application).get(address, headers={"accept": "text/html"})

    assert answer.status_code in {200, 404}
    tags = _Tags(answer.text).seen
    scripts = [attributes for tag, attributes in tags if tag == "script"]
    assert all(attributes == ["type", "src"] for attributes in scripts)
    assert not [tag for tag, attributes in tags if "onerror" in attributes]
    assert "49" not in answer.text.partition("{{7*7}}")[0][-40:]


def test_a_hostile_page_box_is_a_number_or_a_failure() -> None:
    application = FakeApplication()
    box = {"page": 1, "bbox": ['1"/><script>', 1, 2, 2]}
    record = application.add(evidence={"number": {"from": "ocr", "where": box, "confidence": 1}})

    answer = client_for(application).get(f"/documents/{record['document_id']}")

    assert "<script>" not in answer.text


@pytest.mark.parametrize(("stated", "kept"), _NAMES)
def test_a_file_name_keeps_no_folder_and_nothing_unseen(stated: str | None, kept: str) -> None:
    assert file_name(stated) == kept


def test_an_original_is_a_download_that_may_do_nothing() -> None:
    application = FakeApplication()
    record = application.add(b"<html><script>alert(1)</script>", file='a"\r\nx: y;é.html')

    answer = client_for(application).get(f"/api/v1/documents/{record['document_id']}/original")

    assert answer.content == b"<html><script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="a_')
    assert "x" not in answer.headers
    assert "%C3%A9.html" in disposition


def test_snippets_keep_their_marks_and_nothing_else() -> None:
    snippet = "&lt;b&gt; <mark>gaz</mark> <b>x</b> <mark>un</mark>closed <mark>"

    assert pieces(snippet) == [
        (False, "<b> "),
        (True, "gaz"),
        (False, " <b>x</b> "),
        (True, "un"),
        (False, "closed <mark>"),
    ]
