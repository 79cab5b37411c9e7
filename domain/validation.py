"""What the official rule sets said about a document (CONTRACT §4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.evidence import PageBox


class RuleSetStatus(StrEnum):
    """What became of one rule set."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # it applies but could not run
    NOT_APPLICABLE = "not_applicable"


class FindingSeverity(StrEnum):
    """The weight the rule set itself gives a finding."""

    FATAL = "fatal"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class RuleSetResult:
    """One rule set, its version, and whether it ran."""

    name: str
    version: str
    status: RuleSetStatus
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that did not hold, in the rule set's own words and in plain ones."""

    rule: str
    severity: FindingSeverity
    message: str
    location: str | None
    rule_set: str
    plain_fr: str | None = None
    plain_en: str | None = None
    business_terms: tuple[str, ...] = ()
    seen_at: PageBox | None = None
    """Where the value it is about stands on the visible page, when it can be found."""


@dataclass(frozen=True, slots=True)
class Validation:
    """All rule sets together; `valid` is None when one that applies could not run."""

    valid: bool | None
    rule_sets: tuple[RuleSetResult, ...] = ()
    findings: tuple[Finding, ...] = ()
