"""Real printed invoices, scored with the corpus's own scorer, and the PDFs of the scenarios."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from domain.invoice import DocumentKind, Reading
from domain.records import reading_record
from ingest.parsers.pdf_text import read_pages
from tests.corpus_scorer import Scored, load_scorer
from tests.support import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    return load_scorer()


def rows_of(kinds: set[str]) -> list[dict[str, Any]]:
    manifest = shared_folder() / "corpus" / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    return [r for r in rows if r["kind"] in kinds]


def read_row(row: dict[str, Any]) -> Reading:
    return read_pages((shared_folder() / "corpus" / row["path"]).read_bytes())


@pytest.fixture(scope="module")
def scored() -> Scored:
    rows = [r for r in rows_of({"plain_pdf", "plain_pdf_stripped"}) if r.get("gt")]
    return [(row, reading_record(read_row(row))) for row in rows]


def test_fields_are_right_nearly_always_and_wrong_hardly_ever(
    scorer: ModuleType, scored: Scored
) -> None:
    report = scorer.report_fields("pages", scored, True, 0)  # noqa: FBT003  # the scorer's own form

    values = report["values"]
    assert report["field_accuracy_macro"] >= 0.96
    assert values["wrong"] / sum(values.values()) <= 0.015


def test_french_invoices_are_right_nearly_always(scorer: ModuleType, scored: Scored) -> None:
    french = [(row, got) for row, got in scored if row["lang"] == "fr"]

    report = scorer.report_fields("pages", french, True, 0)  # noqa: FBT003  # the scorer's own form

    assert report["field_accuracy_macro"] >= 0.97


def test_of_values_at_nine_tenths_nine_in_ten_are_right(scorer: ModuleType, scored: Scored) -> None:
    right: Counter[float] = Counter()
    seen: Counter[float] = Counter()
    for row, got in scored:
        for field, path in scorer.FIELDS.items():
            want, have = row["gt"].get(field), scorer.get(got["invoice"] or {}, path)
            if not row["visible"].get(field) or want in (None, "") or have in (None, ""):
                continue
            evidence = got["evidence"].get(path)
            if evidence is not None:
                band = int(evidence["confidence"] * 10) / 10
                seen[band] += 1
                right[band] += scorer.same(field, want, have, loose=True)

    for band in (0.7, 0.8, 0.9):
        assert right[band] >= band * seen[band], (band, right[band], seen[band])


def test_what_is_no_invoice_gives_none() -> None:
    for row in rows_of({"not_invoice_pdf", "odd_pdf"}):
        reading = read_row(row)
        assert reading.kind is DocumentKind.OTHER, row["path"]
        assert reading.invoice is None, row["path"]
        assert reading.readable or (reading.error is not None and reading.error.code)


def scenario_pages() -> list[tuple[str, dict[str, Any], Reading]]:
    found = []
    for expected in sorted((shared_folder() / "scenarios").glob("B*/expected.json")):
        documents = json.loads(expected.read_text("utf-8"))["documents"]
        for document in documents:
            path = expected.parent / "inbox" / document["file"]
            data = path.read_bytes()
            if path.suffix == ".pdf" and b"EmbeddedFile" not in data:
                found.append((f"{expected.parent.name}/{path.name}", document, read_pages(data)))
    return found


def test_the_scenarios_pages_are_read_exactly() -> None:
    pages = scenario_pages()

    assert len(pages) > 20
    for name, document, reading in pages:
        assert reading.kind.value == document.get("kind", "other"), name
        if reading.invoice is None:
            continue
        lines = reading.invoice.lines
        for allotted in document.get("lines") or []:
            line = lines[int(allotted["invoice_line"]) - 1]
            if "quantity" in allotted and line.quantity is not None:
                assert line.quantity == Decimal(allotted["quantity"]), (name, allotted)
            assert line.net_amount is not None, name
            assert line.net_price is not None, name
        net = reading.invoice.totals.tax_exclusive
        assert net == sum((x.net_amount or Decimal(0) for x in lines), Decimal(0)), name
