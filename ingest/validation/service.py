"""Runs the rule sets that apply to a document and says what came of each.

A document is valid when every rule set that decides ran and found nothing fatal, invalid when one
found something fatal, and neither when one could not run: skipped is never valid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol, assert_never

from domain.errors import Error
from domain.invoice import ReadFailure
from domain.validation import (
    Finding,
    FindingSeverity,
    RuleSetResult,
    RuleSetStatus,
    Validation,
)
from ingest.parsers.xml import Element, XmlDocument, parse_xml
from ingest.validation.applicability import (
    Absent,
    CiiCore,
    Components,
    Rules,
    Structure,
    Use,
    Weight,
    uses_for,
)
from ingest.validation.artefacts import ArtefactMissing, Label, Schema, Sheet
from ingest.validation.core_cii import core_assertions
from ingest.validation.exchange import Broken
from ingest.validation.facts import facts_of
from ingest.validation.plain import in_plain_words
from ingest.validation.saxon import EngineMissing, Source, StylesheetFailed, processor
from ingest.validation.schema import component_findings, structure_findings

_SEVERITIES: Final = {
    "fatal": FindingSeverity.FATAL,
    "error": FindingSeverity.FATAL,
    "warning": FindingSeverity.WARNING,
    "warn": FindingSeverity.WARNING,
    "information": FindingSeverity.INFORMATION,
    "info": FindingSeverity.INFORMATION,
}
_UNNAMED: Final = "unnamed"
_ORDER_SHEETS: Final = frozenset({Sheet.ORDERX_BASIC, Sheet.ORDERX_COMFORT, Sheet.ORDERX_EXTENDED})


class Engine(Protocol):
    """Runs stylesheets; `StylesheetFailed` when one stops before its end."""

    def load(self, root: Element) -> Source:
        """Take a document in, once for all stylesheets."""
        ...

    def run(self, sheet: Sheet, source: Source) -> list[Broken]:
        """The assertions of a stylesheet that the document breaks."""
        ...


def validate(xml: bytes, *, for_information: bool = True) -> Validation:
    """Run the official rule sets on an XML document; one that cannot be read is neither."""
    document = parse_xml(xml)
    if isinstance(document, ReadFailure):
        return unreadable(document.message)
    return validate_document(document, for_information=for_information)


def validate_document(
    document: XmlDocument, engine: Engine | None = None, *, for_information: bool = True
) -> Validation:
    """Run the official rule sets on a parsed document.

    Without `for_information`, rules that the document does not claim are left out: they cost time
    and never change the verdict.
    """
    examination = _Examination(document.payload, engine)
    results: list[RuleSetResult] = []
    findings: list[Finding] = []
    verdicts: list[bool | None] = []
    for use in uses_for(facts_of(document.payload)):
        if not for_information and _weight(use) is Weight.INFORMS:
            continue
        outcome = _outcome(use, examination)
        results.append(outcome.result)
        findings.extend(map(in_plain_words, outcome.findings))
        verdicts.append(outcome.verdict)
    return Validation(_together(verdicts, results), tuple(results), tuple(findings))


def unreadable(why: str) -> Validation:
    """The validation of something no rule can be run on."""
    result = RuleSetResult("official rules", "", RuleSetStatus.SKIPPED, why)
    return Validation(None, (result,))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one rule set gave; `verdict` is None where it leaves the document open."""

    result: RuleSetResult
    findings: tuple[Finding, ...] = ()
    verdict: bool | None = True


class _Examination:
    """One document, handed to the engine when the first stylesheet needs it, each run once."""

    def __init__(self, root: Element, engine: Engine | None) -> None:
        self.root = root
        self._given = engine
        self._reports: dict[Sheet, list[Broken] | Error] = {}

    @cached_property
    def _engine(self) -> Engine:
        return self._given or processor()

    @cached_property
    def _source(self) -> Source:
        return self._engine.load(self.root)

    def run(self, sheet: Sheet) -> list[Broken]:
        """The report of a stylesheet, from memory the second time."""
        report = self._reports.get(sheet)
        if report is None:
            try:
                report = self._engine.run(sheet, self._source)
            except _COULD_NOT_RUN as failed:
                report = failed
            self._reports[sheet] = report
        if isinstance(report, Error):
            raise report
        return report


_Run = Structure | Components | Rules | CiiCore
_COULD_NOT_RUN: Final = (StylesheetFailed, ArtefactMissing, EngineMissing)


def _weight(use: Use) -> Weight | None:
    return use.weight if isinstance(use, Rules | CiiCore) else None


def _outcome(use: Use, examination: _Examination) -> _Outcome:
    match use:
        case Absent():
            status = RuleSetStatus.SKIPPED if use.applies else RuleSetStatus.NOT_APPLICABLE
            verdict = None if use.applies else True
            return _Outcome(_result(use.label, status, use.why), verdict=verdict)
        case Structure() | Components() | Rules() | CiiCore():
            try:
                findings = tuple(_broken(use, examination))
            except _COULD_NOT_RUN as failed:
                return _could_not_run(use, failed)
            return _weighed(use, findings)
        case _:
            assert_never(use)


def _broken(use: _Run, examination: _Examination) -> Iterator[Finding]:
    if isinstance(use, Structure):
        yield from structure_findings(examination.root, use.schema)
        return
    if isinstance(use, Components):
        yield from component_findings(examination.root, Schema.UBL_COMPONENTS)
        return
    if isinstance(use, CiiCore):
        for item in core_assertions(examination.root, examination.run):
            yield _finding(item, use.label.name, FindingSeverity.WARNING)
        return
    # Factur-X flags nothing fatal and its published examples break unflagged rules; in Order-X
    # nothing is flagged at all, so that a failed assertion means what it means in Schematron.
    unflagged = FindingSeverity.FATAL if use.sheet in _ORDER_SHEETS else FindingSeverity.WARNING
    for item in examination.run(use.sheet):
        yield _finding(item, use.label.name, unflagged)


def _finding(item: Broken, rule_set: str, unflagged: FindingSeverity) -> Finding:
    severity = _SEVERITIES.get((item.flag or "").lower(), unflagged)
    return Finding(item.rule or _UNNAMED, severity, item.text, item.location, rule_set)


def _could_not_run(use: _Run, failed: Error) -> _Outcome:
    if _weight(use) is Weight.INFORMS:
        why = f"not run, and not needed for the verdict: {failed.message}"
        return _Outcome(_result(use.label, RuleSetStatus.NOT_APPLICABLE, why))
    return _Outcome(_result(use.label, RuleSetStatus.SKIPPED, failed.message), verdict=None)


def _weighed(use: _Run, findings: tuple[Finding, ...]) -> _Outcome:
    fatal = any(f.severity is FindingSeverity.FATAL for f in findings)
    status = RuleSetStatus.FAILED if fatal else RuleSetStatus.PASSED
    if isinstance(use, Structure | Components):
        return _Outcome(_result(use.label, status, None), findings, not fatal)
    match use.weight:
        case Weight.DECIDES:
            return _Outcome(_result(use.label, status, use.why), findings, not fatal)
        case Weight.LISTED:
            return _Outcome(_result(use.label, status, use.why), findings)
        case Weight.WARNS:
            lowered = tuple(_at_most(f, FindingSeverity.WARNING) for f in findings)
            return _Outcome(_result(use.label, status, use.why), lowered)
        case Weight.INFORMS:
            lowered = tuple(_at_most(f, FindingSeverity.INFORMATION) for f in findings)
            status = RuleSetStatus.NOT_APPLICABLE
            return _Outcome(_result(use.label, status, use.why), lowered)
        case _:
            assert_never(use.weight)


def _at_most(finding: Finding, severity: FindingSeverity) -> Finding:
    ranks = list(FindingSeverity)  # from the heaviest to the lightest
    lowered = max(ranks.index(finding.severity), ranks.index(severity))
    return replace(finding, severity=ranks[lowered])


def _result(label: Label, status: RuleSetStatus, why: str | None) -> RuleSetResult:
    return RuleSetResult(label.name, label.version, status, why)


def _together(verdicts: list[bool | None], results: list[RuleSetResult]) -> bool | None:
    if False in verdicts:
        return False
    judged = any(r.status in {RuleSetStatus.PASSED, RuleSetStatus.FAILED} for r in results)
    return True if judged and None not in verdicts else None
