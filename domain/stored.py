"""The domain's values rebuilt from their JSON form: what `domain.records` wrote, read back.

Only what is judged again needs it: a reading and its validation as they were kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.evidence import Evidence, PageBox
from domain.invoice import (
    Attachment,
    DocumentKind,
    PageDifference,
    ReadFailure,
    Reading,
    ReadRemark,
    Syntax,
)
from domain.records import Record, invoice_from
from domain.validation import Finding, FindingSeverity, RuleSetResult, RuleSetStatus, Validation


def evidence_from(record: Mapping[str, Record]) -> dict[str, Evidence]:
    """Rebuild evidence from what `evidence_record` wrote."""
    return {path: _evidence(seen) for path, seen in record.items()}


def _evidence(seen: Record) -> Evidence:
    where = seen["where"]
    if isinstance(where, dict):
        where = PageBox(where["page"], *where["bbox"])
    return Evidence(seen["from"], where, seen["confidence"])


def reading_from(record: Record, text: str = "") -> Reading:
    """Rebuild a reading from what `reading_record` wrote; its text is kept apart."""
    error, source, invoice = record["error"], record["source"], record["invoice"]
    return Reading(
        kind=DocumentKind(record["kind"]),
        syntax=None if source is None else Syntax(source),
        invoice=None if invoice is None else invoice_from(invoice),
        evidence=evidence_from(record["evidence"]),
        error=None if error is None else ReadFailure(**error),
        attachments=tuple(Attachment(**a) for a in record["attachments"]),
        text=text,
        remarks=tuple(ReadRemark(**r) for r in record["remarks"]),
        page_differences=tuple(PageDifference(**d) for d in record["page_differences"]),
    )


def validation_from(record: Record) -> Validation:
    """Rebuild a validation from what `validation_record` wrote."""
    return Validation(
        record["valid"],
        tuple(
            RuleSetResult(**{**result, "status": RuleSetStatus(result["status"])})
            for result in record["rule_sets"]
        ),
        tuple(
            Finding(**{**finding, "severity": FindingSeverity(finding["severity"])})
            for finding in record["findings"]
        ),
    )
