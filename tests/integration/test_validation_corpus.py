"""Verdicts and findings on third-party documents, against what the published artefacts say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domain.invoice import ReadFailure
from domain.validation import Validation
from ingest.parsers.xml import Element
from ingest.reader import open_document
from ingest.validation import validate_document
from ingest.validation.applicability import CiiCore, Rules, uses_for
from ingest.validation.artefacts import Sheet
from ingest.validation.core_cii import SHEETS
from ingest.validation.facts import facts_of
from ingest.validation.saxon import Processor, StylesheetFailed, processor
from tests.support import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.slow]

KINDS = {"cii_xml", "ubl_invoice", "ubl_creditnote", "zugferd1_xml", "facturx_pdf", "zugferd1_pdf"}
IMPOSSIBLE_DATE = "files/facturx_pdf/5b29cd5f0a9cae9d.pdf"
"""30 February: BR-FR-03 is in force for it, which the oracle's verdict leaves out."""

Row = dict[str, Any]


def _rows(kinds: set[str]) -> Iterator[tuple[Row, Path]]:
    corpus = shared_folder() / "corpus"
    for line in (corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] in kinds:
            yield row, corpus / row["path"]


def _root(path: Path) -> Element | None:
    opened = open_document(path.read_bytes(), path.name)
    document = opened.document
    assert not isinstance(document, ReadFailure)
    return None if document is None else document.payload


@cache
def _validations() -> list[tuple[Row, Validation]]:
    given = []
    for row, path in _rows(KINDS):
        if (row.get("oracle") or {}).get("verdict") not in {"accept", "reject"}:
            continue
        document = open_document(path.read_bytes(), path.name).document
        assert document is not None
        given.append((row, validate_document(document)))
    return given


def test_verdicts_are_those_of_the_published_artefacts() -> None:
    differing = [
        row["path"]
        for row, validation in _validations()
        if validation.valid is not (row["oracle"]["verdict"] == "accept")
    ]

    assert differing == [IMPOSSIBLE_DATE]


def test_every_fatal_rule_of_the_core_is_named() -> None:
    missed = {}
    for row, validation in _validations():
        rules = (row["oracle"].get("en16931") or {}).items()
        fatal = {rule for rule, flags in rules if "fatal" in flags}
        if left := fatal - {f.rule for f in validation.findings}:
            missed[row["path"]] = left

    assert not missed


def test_french_rules_find_what_the_published_ones_find() -> None:
    compared = 0
    for row, validation in _validations():
        official = row["oracle"].get("brfr")
        ours = {f.rule for f in validation.findings if f.rule_set.startswith("BR-FR")}
        ran = any(
            r.name.startswith("BR-FR") and r.status != "not_applicable"
            for r in validation.rule_sets
        )
        if ran and official is not None:
            assert ours == set(official), row["path"]
            compared += 1

    assert compared > 50


def test_single_rule_cases_are_right() -> None:
    corpus = shared_folder() / "corpus"
    wrong = []
    for line in (corpus / "rules" / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["family"] != "en16931":
            continue
        document = open_document((corpus / case["path"]).read_bytes(), case["path"]).document
        assert document is not None
        found = {f.rule for f in validate_document(document).findings}
        wrong += [
            (case["path"], expected["rule"])
            for expected in case["expect"]
            if (expected["rule"] in found) != (expected["outcome"] in {"error", "warning"})
        ]

    assert not wrong


def test_shorter_walks_find_the_same_in_every_document() -> None:
    as_shipped = Processor(as_shipped=True)
    compared = 0
    for row, path in _rows({*KINDS, "orderx_xml", "orderx_pdf"}):
        root = _root(path)
        if root is None:
            continue
        ours, official = processor().load(root), as_shipped.load(root)
        for sheet in _sheets(root):
            expected = _report(as_shipped, sheet, official)
            assert _report(processor(), sheet, ours) == expected, (row["path"], sheet)
            compared += 1

    assert compared > 1000


def _sheets(root: Element) -> set[Sheet]:
    """The stylesheets that could be run on a document, whatever the parties' country."""
    sheets: set[Sheet] = set()
    for use in uses_for(facts_of(root)):
        if isinstance(use, Rules):
            sheets.add(use.sheet)
        if isinstance(use, CiiCore):
            sheets.update((*SHEETS, Sheet.BR_FR_CII))
    return sheets


def _report(engine: Processor, sheet: Sheet, source: Any) -> object:
    try:
        return engine.run(sheet, source)
    except StylesheetFailed:
        return "stopped"
