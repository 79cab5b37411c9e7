"""What the official rules said, as a page tells it: the verdict first, then each breach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.web.texts import Texts
from domain.match import Code
from domain.validation import FindingSeverity, RuleSetStatus

Record = Mapping[str, Any]

_WEIGHTS = {severity.value: place for place, severity in enumerate(FindingSeverity)}


@dataclass(frozen=True, slots=True)
class FindingView:
    """One breach: what it means, the official words, and where it stands."""

    severity: str
    weight: str
    rule: str
    text: str
    official: str | None
    terms: Sequence[tuple[str, str]]
    where: str | None
    box: str | None
    page: int | None
    times: int


@dataclass(frozen=True, slots=True)
class RulesView:
    """The verdict in one line, the breaches that matter, and how many are for information only."""

    tone: str
    verdict: str
    findings: Sequence[FindingView]
    minor: Sequence[FindingView]


def anchor_of_finding(place: int) -> str:
    """The HTML id of the box of a finding, by its place in the record."""
    return f"rule-{place}"


def rules_view(texts: Texts, record: Record) -> RulesView | None:
    """The validation of a document; None where there is none."""
    validation = record.get("validation")
    if not validation:
        return None
    told = _findings(texts, validation["findings"])
    heavy = [f for f in told if f.severity != FindingSeverity.INFORMATION.value]
    minor = [f for f in told if f.severity == FindingSeverity.INFORMATION.value]
    tone, verdict = _verdict(texts, validation, heavy)
    return RulesView(tone, verdict, heavy, minor)


def in_plain_words(texts: Texts, record: Record, item: Record) -> Record:
    """A discrepancy that quotes a broken rule, with the plain words in place of the official."""
    if item["code"] != Code.INVALID_DOCUMENT:
        return item
    for finding in (record.get("validation") or {}).get("findings") or ():
        if finding["message"] == item["found"] and finding.get("plain"):
            return {**item, "found": finding["plain"][texts.language]}
    return item


def _verdict(texts: Texts, validation: Record, heavy: Sequence[FindingView]) -> tuple[str, str]:
    """Good, bad or open, in words with the number of what must be mended."""
    fatal = sum(f.times for f in heavy if f.severity == FindingSeverity.FATAL.value)
    warnings = sum(f.times for f in heavy) - fatal
    if validation["valid"] is None:
        skipped = [
            s["name"] for s in validation["rule_sets"] if s["status"] == RuleSetStatus.SKIPPED.value
        ]
        names = ", ".join(skipped)
        return "bad", texts("rules.open", names=names) if names else texts("rules.unknown")
    if validation["valid"] is False:
        return "bad", texts("rules.broken" if fatal != 1 else "rules.broken_one", count=fatal)
    if fatal:
        return "good", texts("rules.valid_but", count=fatal)
    if warnings:
        return "good", texts("rules.valid_warned", count=warnings)
    return "good", texts("rules.valid")


def _findings(texts: Texts, findings: Sequence[Record]) -> list[FindingView]:
    """Each breach once, the weightiest first, however many rule sets and places repeat it."""
    told = [_finding(texts, item, place) for place, item in enumerate(findings)]
    told.sort(key=lambda view: _WEIGHTS.get(view.severity, len(_WEIGHTS)))
    first: dict[str, FindingView] = {}
    seen: dict[str, set[str | None]] = {}
    for view in told:
        known = first.setdefault(view.text, view)
        seen.setdefault(view.text, set()).add(view.where)
        if known.box is None and view.box is not None:
            first[view.text] = replace(known, box=view.box, page=view.page)
    return [replace(view, times=len(seen[text])) for text, view in first.items()]


def _finding(texts: Texts, finding: Record, place: int) -> FindingView:
    plain = (finding.get("plain") or {}).get(texts.language)
    message = finding["message"]
    box = anchor_of_finding(place) if finding.get("bbox") else None
    return FindingView(
        finding["severity"],
        texts.get(f"rules.{finding['severity']}", finding["severity"]),
        finding["rule"],
        plain or message,
        message if plain and plain != message else None,
        [(term["id"], term[texts.language]) for term in finding.get("business_terms") or ()],
        finding["location"],
        box,
        finding.get("page"),
        1,
    )
