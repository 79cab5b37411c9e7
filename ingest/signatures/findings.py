"""What checks of signatures mean for a document: a rule set's result and findings (CONTRACT §4).

A signature that does not hold is a fatal finding, so that matching raises INVALID_DOCUMENT and a
person looks: the code exists, says just that ("a fatal rule failed"), and asks for review, which is
what a document that is not what was signed needs. What is only not known (the signer, revocation)
is told and holds nothing back: most invoices bear no signature at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from domain.signature import SignatureCheck, SignatureProblem
from domain.validation import (
    Finding,
    FindingSeverity,
    RuleSetResult,
    RuleSetStatus,
    Validation,
)
from ingest.signatures.texts import TEXTS

RULE_SET: Final = "Electronic signatures"
_VERSION: Final = "ETSI EN 319 102-1"
_TOLD: Final = frozenset({SignatureProblem.SIGNER_UNKNOWN, SignatureProblem.NO_ROOTS})


def with_signatures(
    validation: Validation | None, checks: Sequence[SignatureCheck]
) -> Validation | None:
    """The validation of a document with what its signatures add; None as before without any.

    A document that no rule set was run on has a validation of its own when a signature fails.
    """
    fatal = any(check.is_fatal for check in checks)
    if not checks or (validation is None and not fatal):
        return validation
    base = validation or Validation(valid=True)
    result = RuleSetResult(RULE_SET, _VERSION, _status(checks), _why(checks))
    skipped = result.status is RuleSetStatus.SKIPPED
    valid = False if fatal or base.valid is False else None if skipped else base.valid
    return replace(
        base,
        valid=valid,
        rule_sets=(*base.rule_sets, result),
        # Ahead of the rules: what is not what was signed is what has to be known first.
        findings=(*(each for check in checks for each in _findings(check)), *base.findings),
    )


def _status(checks: Sequence[SignatureCheck]) -> RuleSetStatus:
    if any(check.is_fatal for check in checks):
        return RuleSetStatus.FAILED
    if any(SignatureProblem.NOT_CHECKED in check.problems for check in checks):
        return RuleSetStatus.SKIPPED
    return RuleSetStatus.PASSED


def _why(checks: Sequence[SignatureCheck]) -> str:
    return "; ".join(
        " ".join(filter(None, (check.name, check.indication.value, check.sub_indication)))
        for check in checks
    )


def _findings(check: SignatureCheck) -> Iterator[Finding]:
    for problem in check.problems:
        french, english = TEXTS[problem]
        severity = FindingSeverity.WARNING
        if problem.is_fatal:
            severity = FindingSeverity.FATAL
        elif problem in _TOLD:
            severity = FindingSeverity.INFORMATION
        yield Finding(
            problem.value,
            severity,
            f"{english} {check.detail}" if check.detail and problem.is_fatal else english,
            f"{check.format} {check.name}".strip(),
            RULE_SET,
            plain_fr=french,
            plain_en=english,
        )
