"""What the official rule sets said about a document (CONTRACT §4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    """One rule that did not hold, in the rule set's own words."""

    rule: str
    severity: FindingSeverity
    message: str
    location: str | None
    rule_set: str


@dataclass(frozen=True, slots=True)
class Validation:
    """All rule sets together; `valid` is None when one that applies could not run."""

    valid: bool | None
    rule_sets: tuple[RuleSetResult, ...] = ()
    findings: tuple[Finding, ...] = ()
