"""Invented invoices printed by a browser in layouts of their own: read as if never seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Page

from domain.records import reading_record
from ingest.parsers.pdf_text import read_pages
from tests.browser import chromium
from tests.corpus_scorer import Scored, load_scorer
from tests.invoice_samples import sample
from tests.invoice_sheets import sheet_of

pytestmark = [pytest.mark.shared, pytest.mark.browser, pytest.mark.slow]

SHEETS = 30
KEYS = ("number", "issue_date", "grand_total")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


@pytest.fixture(scope="module")
def scored(page: Page) -> Scored:
    rows: Scored = []
    for language in ("fr", "de", "en"):
        for seed in range(200, 200 + SHEETS):
            html, gt = sheet_of(sample(language, seed), seed)
            page.set_content(html)
            reading = read_pages(page.pdf(prefer_css_page_size=True))
            lines = gt["lines"]
            assert isinstance(lines, list)
            visible = dict.fromkeys(gt, True) | {"lines": [dict.fromkeys(x, True) for x in lines]}
            row = {"path": f"{language}{seed}", "layout": f"{language}{seed}", "gt": gt}
            record = json.loads(json.dumps(reading_record(reading), default=str))
            rows.append((row | {"visible": visible, "lang": language}, record))
    return rows


def test_layouts_never_seen_are_read_nearly_always(scored: Scored) -> None:
    report = load_scorer().report_fields("sheets", scored, True, 0)  # noqa: FBT003

    values = report["values"]
    assert report["field_accuracy_macro"] >= 0.96
    assert values.get("wrong", 0) / sum(values.values()) <= 0.015


def test_number_date_and_total_are_all_right(scored: Scored) -> None:
    score = partial(load_scorer().score_fields, loose=True)

    right = sum(
        all(verdict == "right" for field, verdict in score(*row) if field in KEYS) for row in scored
    )

    assert right >= 0.93 * len(scored)
