"""Official stylesheets run for real on documents with one fault each."""

from __future__ import annotations

import threading

import pytest

from domain.invoice import ReadFailure
from domain.validation import FindingSeverity, RuleSetStatus, Validation
from ingest.parsers.xml import XmlDocument, parse_xml
from ingest.validation import validate
from ingest.validation.artefacts import Sheet
from ingest.validation.saxon import Processor, StylesheetFailed, processor
from tests.support import PROJECT

DATA = PROJECT / "tests" / "data"


def _xml(name: str, *changes: tuple[str, str]) -> bytes:
    text = (DATA / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def _document(xml: bytes) -> XmlDocument:
    document = parse_xml(xml)
    assert not isinstance(document, ReadFailure)
    return document


def _fatal(validation: Validation) -> set[str]:
    return {f.rule for f in validation.findings if f.severity is FindingSeverity.FATAL}


@pytest.fixture(scope="module")
def as_shipped() -> Processor:
    """The stylesheets with their walks as published."""
    return Processor(as_shipped=True)


@pytest.mark.parametrize("name", ["validation_cii.xml", "validation_ubl.xml"])
def test_document_in_order_is_valid(name: str) -> None:
    validation = validate(_xml(name))

    assert validation.valid is True
    assert validation.findings == ()


def test_credit_transfer_without_account_breaks_br_61() -> None:
    account = "<ram:IBANID>FR7630006000011234567890189</ram:IBANID>"

    validation = validate(_xml("validation_cii.xml", (account, "")))

    assert "BR-61" in _fatal(validation)


def test_exemption_without_reason_breaks_br_e_10() -> None:
    validation = validate(
        _xml(
            "validation_ubl.xml",
            ("<cbc:ID>S</cbc:ID><cbc:Percent>19<", "<cbc:ID>E</cbc:ID><cbc:Percent>0<"),
        )
    )

    assert validation.valid is False
    assert "BR-E-10" in _fatal(validation)


def test_wrong_total_breaks_br_co_15_in_official_words_at_its_place() -> None:
    validation = validate(_xml("validation_ubl.xml", (">59.50</cbc:TaxInc", ">60.50</cbc:TaxInc")))

    finding = next(f for f in validation.findings if f.rule == "BR-CO-15")
    assert finding.message.startswith("[BR-CO-15]-Invoice total amount with VAT (BT-112) =")
    assert finding.location == "/ubl:Invoice[1]"
    assert finding.rule_set == "EN 16931 (UBL)"


def test_missing_legal_notes_break_a_french_rule() -> None:
    validation = validate(_xml("validation_cii.xml", (">PMT<", ">AAI<")))

    assert validation.valid is False
    assert _fatal(validation) == {"BR-FR-05_BT-22_PMT"}


def test_amount_that_is_no_number_stops_the_rules_and_fails_the_structure() -> None:
    validation = validate(
        _xml("validation_cii.xml", (">90.00</ram:LineTotal", ">90,00</ram:LineTotal"))
    )

    skipped = [r for r in validation.rule_sets if r.status is RuleSetStatus.SKIPPED]
    assert validation.valid is False
    assert skipped
    assert all("90,00" in (r.why or "") for r in skipped)


def test_processor_raises_when_a_stylesheet_stops() -> None:
    engine = processor()
    source = engine.load(_document(_xml("validation_cii.xml", (">20.00<", ">twenty<"))).payload)

    with pytest.raises(StylesheetFailed, match="twenty"):
        engine.run(Sheet.FACTURX_EN16931, source)


def test_accents_reach_the_rules_unharmed() -> None:
    engine = processor()

    source = engine.load(_document(_xml("validation_cii.xml")).payload)

    assert "Indemnité forfaitaire" in source.node.string_value


def test_processor_serves_other_threads() -> None:
    given: list[Validation] = []
    xml = _xml("validation_ubl.xml")

    threads = [threading.Thread(target=lambda: given.append(validate(xml))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [v.valid for v in given] == [True] * 4


FAULTS = [
    (),
    ((">PMT<", ">PMT</ram:SubjectCode><ram:SubjectCode>PMT<"),),
    (('unitCode="C62"', 'unitCode="KITS"'),),
    ((">S</ram:CategoryCode>", ">E</ram:CategoryCode>"),),
    (("<ram:Name>Papeterie du Lac</ram:Name>", "<ram:Name/>"),),
    (("<ram:LineID>1</ram:LineID>", ""), ("<ram:CountryID>FR</ram:CountryID>", "")),
    ((">90.00</ram:BasisAmount>", ">80.005</ram:BasisAmount>"),),
]


@pytest.mark.slow
@pytest.mark.parametrize("sheet", [s for s in Sheet if "CII" in s.name or "FACTURX" in s.name])
def test_shorter_walk_finds_the_same(sheet: Sheet, as_shipped: Processor) -> None:
    found = 0
    for changes in FAULTS:
        root = _document(_xml("validation_cii.xml", *changes)).payload

        ours = processor().run(sheet, processor().load(root))
        official = as_shipped.run(sheet, as_shipped.load(root))

        assert ours == official
        found += len(official)
    assert found > 0


@pytest.mark.slow
@pytest.mark.parametrize("sheet", [s for s in Sheet if "UBL" in s.name])
def test_shorter_walk_finds_the_same_in_ubl(sheet: Sheet, as_shipped: Processor) -> None:
    change = ("<cbc:BuyerReference>", "<cbc:AccountingCost/><cbc:BuyerReference>")
    root = _document(_xml("validation_ubl.xml", change, (">S</cbc:ID>", ">Q</cbc:ID>"))).payload

    ours = processor().run(sheet, processor().load(root))

    assert ours
    assert ours == as_shipped.run(sheet, as_shipped.load(root))
