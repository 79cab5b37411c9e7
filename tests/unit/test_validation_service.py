"""What the results of the rule sets add up to, with the engine replaced."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from domain.invoice import ReadFailure
from domain.validation import FindingSeverity, RuleSetStatus, Validation
from ingest.parsers.xml import Element, XmlDocument, parse_xml
from ingest.validation import validate, validate_document
from ingest.validation.artefacts import Sheet
from ingest.validation.exchange import Broken
from ingest.validation.saxon import Source, StylesheetFailed
from tests.support import PROJECT

DATA = PROJECT / "tests" / "data"
EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"


class FakeEngine:
    """Gives the reports it was told to give, and stops where it was told to stop."""

    def __init__(
        self,
        reports: Mapping[Sheet, list[Broken]] | None = None,
        failing: frozenset[Sheet] = frozenset(),
    ) -> None:
        self._reports = dict(reports or {})
        self._failing = failing
        self.runs: list[Sheet] = []

    def load(self, root: Element) -> Source:
        return Source(root)

    def run(self, sheet: Sheet, source: Source) -> list[Broken]:
        assert source.node is not None
        self.runs.append(sheet)
        if sheet in self._failing:
            raise StylesheetFailed("cannot convert '2400,00' to xs:decimal")
        return self._reports.get(sheet, [])


def _document(name: str, *changes: tuple[str, str]) -> XmlDocument:
    text = (DATA / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    document = parse_xml(text.encode())
    assert not isinstance(document, ReadFailure)
    return document


def _status(validation: Validation, name: str) -> RuleSetStatus:
    return next(r.status for r in validation.rule_sets if r.name == name)


def test_valid_when_every_rule_set_passes() -> None:
    validation = validate_document(_document("validation_cii.xml"), FakeEngine())

    assert validation.valid is True
    assert validation.findings == ()
    assert {r.status for r in validation.rule_sets} == {RuleSetStatus.PASSED}


def test_each_stylesheet_runs_once_a_document() -> None:
    engine = FakeEngine()

    validate_document(_document("validation_cii.xml"), engine)

    assert sorted(engine.runs) == sorted([Sheet.FACTURX_EN16931, Sheet.CTC_FR_CII, Sheet.BR_FR_CII])


def test_fatal_finding_of_a_deciding_rule_set_is_invalid() -> None:
    engine = FakeEngine({Sheet.EN16931_UBL: [Broken("BR-06", "fatal", "text", "/x")]})

    validation = validate_document(_document("validation_ubl.xml"), engine)

    assert validation.valid is False
    assert [(f.rule, f.severity) for f in validation.findings] == [("BR-06", FindingSeverity.FATAL)]
    assert _status(validation, "EN 16931 (UBL)") is RuleSetStatus.FAILED


def test_warning_leaves_the_document_valid() -> None:
    engine = FakeEngine({Sheet.EN16931_UBL: [Broken("UBL-CR-001", "warning", "text", None)]})

    validation = validate_document(_document("validation_ubl.xml"), engine)

    assert validation.valid is True
    assert validation.findings[0].severity is FindingSeverity.WARNING


@pytest.mark.parametrize("sheet", [Sheet.FACTURX_EN16931, Sheet.CTC_FR_CII, Sheet.BR_FR_CII])
def test_stylesheet_that_stops_leaves_the_verdict_open(sheet: Sheet) -> None:
    engine = FakeEngine(failing=frozenset({sheet}))

    validation = validate_document(_document("validation_cii.xml"), engine)

    skipped = [r for r in validation.rule_sets if r.status is RuleSetStatus.SKIPPED]
    assert validation.valid is None
    assert skipped
    assert all("2400,00" in (r.why or "") for r in skipped)


def test_broken_structure_is_invalid_even_when_a_stylesheet_stops() -> None:
    document = _document("validation_ubl.xml", ("<cbc:ID>R-310</cbc:ID>", ""))
    engine = FakeEngine(failing=frozenset({Sheet.EN16931_UBL}))

    validation = validate_document(document, engine)

    assert validation.valid is False
    assert _status(validation, "EN 16931 (UBL)") is RuleSetStatus.SKIPPED


def test_broken_structure_names_line_and_message_and_the_rules_still_run() -> None:
    document = _document("validation_cii.xml", ("<ram:TypeCode>380</ram:TypeCode>", "<ram:Oops/>"))
    engine = FakeEngine()

    validation = validate_document(document, engine)

    finding = validation.findings[0]
    assert validation.valid is False
    assert (finding.rule, finding.severity) == ("XSD", FindingSeverity.FATAL)
    assert finding.message.startswith("line 9: ")
    assert "Oops" in finding.message
    assert Sheet.FACTURX_EN16931 in engine.runs


def test_unflagged_assertion_of_a_profile_is_a_warning() -> None:
    engine = FakeEngine({Sheet.FACTURX_EXTENDED: [Broken("FX-SCH-A-000704", None, "text", None)]})
    document = _document("validation_cii.xml", ("urn:cen.eu:en16931:2017", EXTENDED))

    validation = validate_document(document, engine)

    assert validation.valid is True
    assert validation.findings[0].severity is FindingSeverity.WARNING


def test_core_rule_broken_by_a_profile_that_claims_it_is_fatal() -> None:
    engine = FakeEngine({Sheet.FACTURX_EN16931: [Broken("BR-61", None, "text", None)]})

    validation = validate_document(_document("validation_cii.xml"), engine)

    listed = {f.rule_set: f.severity for f in validation.findings if f.rule == "BR-61"}
    assert listed["EN 16931 (CII)"] is FindingSeverity.FATAL
    assert _status(validation, "EN 16931 (CII)") is RuleSetStatus.FAILED
    assert validation.valid is True  # the profile's own rule set decides


def test_core_rules_only_inform_where_they_are_not_claimed() -> None:
    engine = FakeEngine({Sheet.CTC_FR_CII: [Broken("BR-16", "fatal", "text", None)]})
    document = _document("validation_cii.xml", ("urn:cen.eu:en16931:2017", EXTENDED))

    validation = validate_document(document, engine)

    assert validation.valid is True
    assert [f.severity for f in validation.findings] == [FindingSeverity.INFORMATION]
    assert _status(validation, "EN 16931 (CII)") is RuleSetStatus.NOT_APPLICABLE


def test_rules_for_information_can_be_left_out() -> None:
    engine = FakeEngine()
    document = _document("validation_cii.xml", ("urn:cen.eu:en16931:2017", EXTENDED))

    validate_document(document, engine, for_information=False)

    assert engine.runs == [Sheet.FACTURX_EXTENDED, Sheet.BR_FR_CII]


def test_french_rules_warn_before_they_are_in_force() -> None:
    engine = FakeEngine({Sheet.BR_FR_CII: [Broken("BR-FR-05", "fatal", "text", None)]})
    document = _document("validation_cii.xml", ("20261005", "20260630"))

    validation = validate_document(document, engine)

    assert validation.valid is True
    assert validation.findings[0].severity is FindingSeverity.WARNING
    assert _status(validation, "BR-FR Flux 2 (CII)") is RuleSetStatus.FAILED


def test_french_rules_decide_once_in_force() -> None:
    engine = FakeEngine({Sheet.BR_FR_CII: [Broken("BR-FR-05", "fatal", "text", None)]})

    assert validate_document(_document("validation_cii.xml"), engine).valid is False


def test_unknown_guideline_is_never_valid() -> None:
    document = _document("validation_ubl.xml", ("urn:cen.eu:en16931:2017#", "urn:example:x#"))

    validation = validate_document(document, FakeEngine())

    assert validation.valid is None
    assert _status(validation, "rules of the guideline") is RuleSetStatus.SKIPPED


def test_document_without_official_rules_is_neither_valid_nor_invalid() -> None:
    validation = validate(b"<memo>pay soon</memo>")

    assert validation.valid is None
    assert [r.status for r in validation.rule_sets] == [RuleSetStatus.NOT_APPLICABLE]


def test_xml_that_is_not_well_formed_says_why() -> None:
    validation = validate(b"<Invoice><ID></Invoice>")

    assert validation.valid is None
    assert "well-formed" in (validation.rule_sets[0].why or "")


WIDENED = [
    (
        "CII-DT-018",
        "<ram:IssuerAssignedID>BC-17</ram:IssuerAssignedID>",
        "<ram:TypeCode>220</ram:TypeCode>",
    ),
    (
        "CII-DT-024",
        "<ram:IssuerAssignedID>BC-17</ram:IssuerAssignedID>",
        "<ram:ReferenceTypeCode>ON</ram:ReferenceTypeCode>",
    ),
    (
        "CII-DT-027",
        "<ram:IssuerAssignedID>BC-17</ram:IssuerAssignedID>",
        "<ram:FormattedIssueDateTime/>",
    ),
    (
        "BR-CL-07",
        "<ram:IssuerAssignedID>BC-17</ram:IssuerAssignedID>",
        "<ram:ReferenceTypeCode>NOCODE</ram:ReferenceTypeCode>",
    ),
    (
        "BR-CL-10",
        "<ram:Name>Papeterie du Lac</ram:Name>",
        '<ram:GlobalID schemeID="X">1</ram:GlobalID>',
    ),
    (
        "BR-CL-24",
        "<ram:IssuerAssignedID>BC-17</ram:IssuerAssignedID>",
        '<ram:AttachmentBinaryObject mimeCode="text/html"/>',
    ),
]


@pytest.mark.parametrize(("rule", "beside", "added"), WIDENED)
def test_core_rule_the_extension_widens_is_restated(rule: str, beside: str, added: str) -> None:
    document = _document("validation_cii.xml", (beside, beside + added))

    found = {f.rule: f for f in validate_document(document, FakeEngine()).findings}

    assert found[rule].rule_set == "EN 16931 (CII)"
    assert (found[rule].location or "").startswith("/rsm:CrossIndustryInvoice[1]/")


@pytest.mark.parametrize("code", ["30", "58"])
def test_credit_transfer_without_any_account_breaks_br_61(code: str) -> None:
    account = (
        "<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>FR7630006000011234567890189</ram:IBANID>"
        "</ram:PayeePartyCreditorFinancialAccount>"
    )
    document = _document(
        "validation_cii.xml",
        (account, ""),
        ("<ram:TypeCode>30</ram:TypeCode>", f"<ram:TypeCode>{code}</ram:TypeCode>"),
    )

    found = validate_document(document, FakeEngine()).findings

    assert [(f.rule, f.severity) for f in found] == [("BR-61", FindingSeverity.FATAL)]


def test_payment_by_card_needs_no_account() -> None:
    document = _document(
        "validation_cii.xml",
        ("<ram:TypeCode>30</ram:TypeCode>", "<ram:TypeCode>48</ram:TypeCode>"),
        ("<ram:IBANID>FR7630006000011234567890189</ram:IBANID>", ""),
    )

    found = validate_document(document, FakeEngine()).findings

    assert "BR-61" not in {f.rule for f in found}


@pytest.mark.parametrize("rule", [rule for rule, _, _ in WIDENED])
def test_core_rules_restated_hold_on_a_document_in_order(rule: str) -> None:
    validation = validate_document(_document("validation_cii.xml"), FakeEngine())

    assert rule not in {f.rule for f in validation.findings}
