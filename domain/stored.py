"""The domain's values rebuilt from their JSON form: what `domain.records` wrote, read back.

Only what is judged again needs it: a reading and its validation as they were kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from domain.evidence import CorrectionMark, Evidence, PageBox
from domain.invoice import (
    Attachment,
    DocumentKind,
    PageDifference,
    ReadFailure,
    Reading,
    ReadRemark,
    Syntax,
)
from domain.message import delivery_from, order_from, status_message_from
from domain.records import Record, invoice_from
from domain.signature import (
    Changes,
    Coverage,
    Indication,
    Revocation,
    SeenTimestamp,
    SignatureCheck,
    SignatureProblem,
    Signer,
)
from domain.validation import Finding, FindingSeverity, RuleSetResult, RuleSetStatus, Validation


def evidence_from(record: Mapping[str, Record]) -> dict[str, Evidence]:
    """Rebuild evidence from what `evidence_record` wrote."""
    return {path: _evidence(seen) for path, seen in record.items()}


def _evidence(seen: Record) -> Evidence:
    where = seen["where"]
    if isinstance(where, dict):
        where = PageBox(where["page"], *where["bbox"])
    mark = seen.get("corrected") or seen.get("learned")
    correction = None if mark is None else CorrectionMark(**mark)
    return Evidence(seen["from"], where, seen["confidence"], _box(seen), correction)


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
        page_differences=tuple(map(_difference, record["page_differences"])),
        # Readings kept by the first release have none of these.
        unread_pages=tuple(record.get("unread_pages", ())),
        order=order_from(record.get("order")),
        delivery=delivery_from(record.get("delivery")),
        status_message=status_message_from(record.get("status_message")),
        signatures=tuple(map(signature_from, record.get("signatures", ()))),
    )


def signature_from(record: Record) -> SignatureCheck:
    """Rebuild the check of a signature from what `reading_record` wrote."""
    signer, stamp = record["signer"], record["timestamp"]
    return SignatureCheck(
        **{
            **record,
            "indication": Indication(record["indication"]),
            "coverage": Coverage(record["coverage"]),
            "covers": tuple(record["covers"]),
            "changes": Changes(record["changes"]),
            "signer": None if signer is None else Signer(**signer),
            "timestamp": None if stamp is None else SeenTimestamp(**stamp),
            "revocation": Revocation(record["revocation"]),
            "problems": tuple(map(SignatureProblem, record["problems"])),
        }
    )


def _difference(record: Record) -> PageDifference:
    where = record.get("where")
    seen_at = None if where is None else PageBox(where["page"], *where["bbox"])
    return PageDifference(record["field"], record["page"], record["xml"], seen_at)


def validation_from(record: Record) -> Validation:
    """Rebuild a validation from what `validation_record` wrote."""
    return Validation(
        record["valid"],
        tuple(
            RuleSetResult(**{**result, "status": RuleSetStatus(result["status"])})
            for result in record["rule_sets"]
        ),
        tuple(map(_finding, record["findings"])),
    )


def _finding(record: Record) -> Finding:
    """A finding as kept, by any release: the first knew no plain words and no places."""
    plain = record.get("plain") or {}
    return Finding(
        record["rule"],
        FindingSeverity(record["severity"]),
        record["message"],
        record["location"],
        record["rule_set"],
        plain.get("fr"),
        plain.get("en"),
        tuple(term["id"] for term in record.get("business_terms") or ()),
        _box(record),
    )


def _box(record: Record) -> PageBox | None:
    """The place on a page that stands beside another place, where there is one."""
    return PageBox(record["page"], *record["bbox"]) if record.get("bbox") else None
