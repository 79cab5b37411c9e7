"""Findings shown on the page: where they stand, and how the web page tells them."""

from __future__ import annotations

from typing import Any

import pytest

from api.web.findings_view import in_plain_words, rules_view
from api.web.texts import Texts
from api.web.texts_document import DOCUMENT_TEXTS
from domain.evidence import Evidence, PageBox
from domain.invoice import DocumentKind, PageDifference, Reading
from domain.records import validation_record
from domain.validation import (
    Finding,
    FindingSeverity,
    RuleSetResult,
    RuleSetStatus,
    Validation,
)
from ingest.finding_places import with_places

TOTAL = PageBox(1, 490.0, 300.0, 520.0, 310.0)
ITEM = PageBox(1, 50.0, 200.0, 140.0, 210.0)
NUMBER = PageBox(1, 100.0, 100.0, 150.0, 110.0)
READING = Reading(
    DocumentKind.INVOICE,
    evidence={
        "totals.tax_inclusive": Evidence("xml", "/x", 1.0, TOTAL),
        "lines[1].name": Evidence("xml", "/y", 1.0, ITEM),
        "number": Evidence("xml", "/z"),
    },
    page_differences=(PageDifference("number", "F-1", "F-2", NUMBER),),
)


def _finding(
    *terms: str,
    location: str | None = None,
    severity: FindingSeverity = FindingSeverity.FATAL,
    plain: str = "Le total est faux.",
) -> Finding:
    return Finding("BR-X", severity, "official", location, "rules", plain, "Wrong.", terms)


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (_finding("BT-112"), TOTAL),
        (_finding("BT-1"), NUMBER),
        (_finding("BT-131", location="/a/ram:IncludedSupplyChainTradeLineItem[2]/b"), ITEM),
        (_finding("BT-131", location="/a/ram:IncludedSupplyChainTradeLineItem[1]/b"), None),
        (_finding("BT-10"), None),
        (_finding(), None),
    ],
)
def test_a_finding_stands_where_the_page_shows_its_value(
    finding: Finding, place: PageBox | None
) -> None:
    placed = with_places(Validation(valid=False, findings=(finding,)), READING)

    assert placed.findings[0].seen_at == place


def _record(*findings: Finding, valid: bool | None) -> dict[str, Any]:
    sets = (RuleSetResult("BR-FR", "1", RuleSetStatus.SKIPPED, "no engine"),)
    validation = Validation(valid, sets if valid is None else (), findings)
    return {"validation": validation_record(validation)}


def test_a_breach_said_by_two_rule_sets_is_told_once_at_its_weight() -> None:
    record = _record(
        _finding("BT-112", severity=FindingSeverity.WARNING), _finding("BT-112"), valid=False
    )

    view = rules_view(Texts("fr", DOCUMENT_TEXTS), record)

    assert view is not None
    assert [(f.severity, f.times) for f in view.findings] == [("fatal", 1)]
    assert view.verdict.startswith("Non conforme : une règle obligatoire")


def test_a_rule_set_that_could_not_run_is_named() -> None:
    view = rules_view(Texts("en", DOCUMENT_TEXTS), _record(valid=None))

    assert view is not None
    assert view.verdict == "Not established; could not run: BR-FR"


def test_the_words_are_in_the_language_of_the_page() -> None:
    record = _record(_finding("BT-112"), valid=False)
    item = {"code": "INVALID_DOCUMENT", "found": "official"}

    assert (
        in_plain_words(Texts("fr", DOCUMENT_TEXTS), record, item)["found"] == "Le total est faux."
    )
    assert in_plain_words(Texts("en", DOCUMENT_TEXTS), record, item)["found"] == "Wrong."
