"""The search service on the embedded index, as a person uses it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from search.backends.tantivy_index import TantivyIndex
from search.document import SearchDocument
from search.errors import BadQuery, IndexMissing
from search.index import Sort
from search.service import Filters, SearchService


def invoice(position: int, **changes: Any) -> SearchDocument:
    fields: dict[str, Any] = {
        "document_id": f"0199a000-{position:04x}-7000-8000-000000000000",
        "sha256": f"{position:064x}",
        "status": "approved",
        "file": f"facture-{position}.pdf",
        "kind": "invoice",
        "received_at": datetime(2026, 3, 1, tzinfo=UTC),
        "number": f"FAC-2026-{position:04}",
        "supplier": "Papeterie de l'Ouest",
        "issue_date": date(2026, 1 + position, 15),
        "gross": Decimal("1000.50") + position,
        "currency": "EUR",
        "text": "Taux d\u2019intérêt légal en cas. Ramettes <A4>, total 1 234,50 €.",
    }
    return SearchDocument(**{**fields, **changes})


@pytest.fixture
def service(tmp_path: Path) -> SearchService:
    made = SearchService(TantivyIndex(tmp_path / "index"))
    made.prepare(0)
    return made


def numbers(found: Mapping[str, Any]) -> list[str]:
    return [hit["number"] for hit in found["hits"]]


def test_search_answers_in_the_form_of_the_contract(service: SearchService) -> None:
    service.index_documents([invoice(1, codes=("PRICE_ABOVE_ORDER",))])

    found = service.search('"taux d\'interet legal"')

    hit = found["hits"][0]
    assert found["total"] == 1
    assert found["took_ms"] >= 0
    assert found["facets"] == {
        "supplier": [{"value": "Papeterie de l'Ouest", "count": 1}],
        "status": [{"value": "approved", "count": 1}],
        "year": [{"value": "2026", "count": 1}],
        "code": [{"value": "PRICE_ABOVE_ORDER", "count": 1}],
    }
    assert (hit["number"], hit["issue_date"], hit["gross"]) == (
        "FAC-2026-0001",
        "2026-02-15",
        "1001.50",
    )
    assert hit["snippets"] == [
        "<mark>Taux d\u2019intérêt légal</mark> en cas. Ramettes &lt;A4&gt;, total 1 234,50 €."
    ]


def test_document_indexed_twice_is_found_once_in_its_last_form(service: SearchService) -> None:
    service.index_documents([invoice(1)])
    service.index_documents([invoice(1, status="blocked")])

    found = service.search("ramette")

    assert [hit["status"] for hit in found["hits"]] == ["blocked"]
    assert service.count() == 1


def test_filters_narrow_a_search(service: SearchService) -> None:
    service.index_documents([invoice(n) for n in range(6)])

    found = service.search(
        "",
        Filters(
            date_from="2026-02",
            date_to=date(2026, 5, 31),
            supplier="ouest",
            status="approved",
            amount_min=Decimal("1002.5"),
            amount_max="1003,50",
        ),
        sort=Sort.NEWEST,
    )

    assert numbers(found) == ["FAC-2026-0003", "FAC-2026-0002"]


def test_newest_come_first_where_no_word_is_searched(service: SearchService) -> None:
    service.index_documents([invoice(n) for n in range(3)])

    assert numbers(service.search("status:approved"))[0] == "FAC-2026-0002"
    assert numbers(service.search(""))[0] == "FAC-2026-0002"


def test_excerpt_shows_why_a_document_was_found_by_its_file_name(service: SearchService) -> None:
    service.index_documents([invoice(1, file="chauffage école.pdf")])

    hits = service.search("chauffage")["hits"]

    assert hits[0]["snippets"] == ["<mark>chauffage</mark> école.pdf"]


def test_removed_document_is_no_longer_found(service: SearchService) -> None:
    service.index_documents([invoice(1), invoice(2)])

    service.remove_documents([invoice(1).document_id])

    assert numbers(service.search("ramette")) == ["FAC-2026-0002"]


def test_bad_filter_is_an_error_not_an_empty_result(service: SearchService) -> None:
    with pytest.raises(BadQuery, match="No status is called"):
        service.search("", Filters(status="aproved"))
    with pytest.raises(BadQuery, match="is after"):
        service.search("", Filters(date_from="2026-05", date_to="2026-01"))


def test_index_that_vanished_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    service = SearchService(TantivyIndex(tmp_path / "index"))

    with pytest.raises(IndexMissing):
        service.prepare(12)
