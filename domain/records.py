"""CONTRACT's JSON form of the domain's values, both ways.

Amounts, quantities and rates become strings holding exact decimals; dates ISO 8601; absent is
null. The stored and the printed form are one, so a stored verdict can be replayed and compared
byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.business_terms import NAMES
from domain.evidence import Evidence, PageBox
from domain.invoice import (
    AllowanceCharge,
    Invoice,
    InvoiceLine,
    PrecedingInvoice,
    Reading,
    Totals,
    VatBreakdown,
)
from domain.match import ChainLink, Decision, Discrepancy, Match, Payment, Verdict
from domain.message import message_record
from domain.money import plain
from domain.party import Party
from domain.validation import Finding, Validation

Record = dict[str, Any]


def canonical(record: Mapping[str, Any]) -> bytes:
    """Write a record as canonical JSON: sorted keys, no spaces, UTF-8 (the form that is hashed)."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _to_decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _to_date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def party_record(party: Party) -> Record:
    """Seller or buyer as CONTRACT §3 writes it."""
    return {
        "name": party.name,
        "legal_id": party.legal_id,
        "legal_id_scheme": party.legal_id_scheme,
        "vat_id": party.vat_id,
        "tax_number": party.tax_number,
        "country": party.country,
        "trading_name": party.trading_name,
        "identifiers": list(party.identifiers),
        "electronic_address": party.electronic_address,
    }


def _allowance_record(item: AllowanceCharge) -> Record:
    return {
        "is_charge": item.is_charge,
        "amount": _decimal(item.amount),
        "base_amount": _decimal(item.base_amount),
        "percentage": _decimal(item.percentage),
        "vat_category": item.vat_category,
        "vat_rate": _decimal(item.vat_rate),
        "reason": item.reason,
        "reason_code": item.reason_code,
    }


def _line_record(line: InvoiceLine) -> Record:
    return {
        "id": line.id,
        "name": line.name,
        "description": line.description,
        "note": line.note,
        "seller_item_id": line.seller_item_id,
        "buyer_item_id": line.buyer_item_id,
        "standard_item_id": line.standard_item_id,
        "quantity": _decimal(line.quantity),
        "unit": line.unit,
        "net_price": _decimal(line.net_price),
        "price_base_quantity": _decimal(line.price_base_quantity),
        "net_amount": _decimal(line.net_amount),
        "vat_category": line.vat_category,
        "vat_rate": _decimal(line.vat_rate),
        "order_reference": line.order_reference,
        "order_line_reference": line.order_line_reference,
        "period_start": _date(line.period_start),
        "period_end": _date(line.period_end),
        "allowances_charges": [_allowance_record(a) for a in line.allowances_charges],
        "parent_id": line.parent_id,
        "subtype": line.subtype,
    }


def _totals_record(totals: Totals) -> Record:
    return {name: _decimal(getattr(totals, name)) for name in Totals.__slots__}


def _vat_record(vat: VatBreakdown) -> Record:
    return {
        "category": vat.category,
        "rate": _decimal(vat.rate),
        "taxable": _decimal(vat.taxable),
        "tax": _decimal(vat.tax),
        "exemption_code": vat.exemption_code,
        "exemption_reason": vat.exemption_reason,
    }


def invoice_record(invoice: Invoice) -> Record:
    """An invoice as CONTRACT §3 writes it."""
    return {
        "guideline": invoice.guideline,
        "business_process": invoice.business_process,
        "number": invoice.number,
        "type_code": invoice.type_code,
        "issue_date": _date(invoice.issue_date),
        "due_date": _date(invoice.due_date),
        "currency": invoice.currency,
        "tax_currency": invoice.tax_currency,
        "buyer_reference": invoice.buyer_reference,
        "project_reference": invoice.project_reference,
        "contract_reference": invoice.contract_reference,
        "order_reference": invoice.order_reference,
        "sales_order_reference": invoice.sales_order_reference,
        "receiving_advice_reference": invoice.receiving_advice_reference,
        "despatch_advice_reference": invoice.despatch_advice_reference,
        "tender_reference": invoice.tender_reference,
        "preceding_invoices": [
            {"number": p.number, "issue_date": _date(p.issue_date)}
            for p in invoice.preceding_invoices
        ],
        "notes": list(invoice.notes),
        "seller": party_record(invoice.seller),
        "buyer": party_record(invoice.buyer),
        "payee_name": invoice.payee_name,
        "payee_iban": invoice.payee_iban,
        "payee_ibans": list(invoice.payee_ibans),
        "payment_terms": invoice.payment_terms,
        "delivery_date": _date(invoice.delivery_date),
        "period_start": _date(invoice.period_start),
        "period_end": _date(invoice.period_end),
        "totals": _totals_record(invoice.totals),
        "vat_breakdown": [_vat_record(v) for v in invoice.vat_breakdown],
        "allowances_charges": [_allowance_record(a) for a in invoice.allowances_charges],
        "lines": [_line_record(line) for line in invoice.lines],
    }


def _party(record: Record) -> Party:
    return Party(**{**record, "identifiers": tuple(record["identifiers"])})


def _allowance(record: Record) -> AllowanceCharge:
    amounts = ("amount", "base_amount", "percentage", "vat_rate")
    return AllowanceCharge(**{**record, **{k: _to_decimal(record[k]) for k in amounts}})


def _line(record: Record) -> InvoiceLine:
    amounts = ("quantity", "net_price", "price_base_quantity", "net_amount", "vat_rate")
    dates = ("period_start", "period_end")
    return InvoiceLine(
        **{
            **record,
            **{k: _to_decimal(record[k]) for k in amounts},
            **{k: _to_date(record[k]) for k in dates},
            "allowances_charges": tuple(_allowance(a) for a in record["allowances_charges"]),
        }
    )


def _vat(record: Record) -> VatBreakdown:
    amounts = ("rate", "taxable", "tax")
    return VatBreakdown(**{**record, **{k: _to_decimal(record[k]) for k in amounts}})


def invoice_from(record: Record) -> Invoice:
    """Rebuild an invoice from what `invoice_record` wrote."""
    dates = ("issue_date", "due_date", "delivery_date", "period_start", "period_end")
    return Invoice(
        **{
            **record,
            **{k: _to_date(record[k]) for k in dates},
            "preceding_invoices": tuple(
                PrecedingInvoice(p["number"], _to_date(p["issue_date"]))
                for p in record["preceding_invoices"]
            ),
            "notes": tuple(record["notes"]),
            "payee_ibans": tuple(record["payee_ibans"]),
            "seller": _party(record["seller"]),
            "buyer": _party(record["buyer"]),
            "totals": Totals(**{k: _to_decimal(v) for k, v in record["totals"].items()}),
            "vat_breakdown": tuple(_vat(v) for v in record["vat_breakdown"]),
            "allowances_charges": tuple(_allowance(a) for a in record["allowances_charges"]),
            "lines": tuple(_line(line) for line in record["lines"]),
        }
    )


def evidence_record(evidence: Mapping[str, Evidence]) -> Record:
    """Evidence by field path as CONTRACT §3 writes it."""
    out: Record = {}
    for path, seen in evidence.items():
        where: Any = seen.where
        if isinstance(where, PageBox):
            where = {
                "page": where.page,
                "bbox": [where.left, where.top, where.right, where.bottom],
            }
        out[path] = {"from": seen.origin, "where": where, "confidence": seen.confidence}
        if seen.seen_at is not None:
            out[path].update(_place_record(seen.seen_at))
        if seen.correction is not None:
            how = "corrected" if seen.origin == "corrected" else "learned"
            mark = seen.correction
            out[path][how] = {
                "correction_id": mark.correction_id,
                "at": mark.at,
                "by": mark.by,
            }
    return out


def reading_record(reading: Reading) -> Record:
    """A reading as CONTRACT §3 writes it, without file name and digest."""
    error = reading.error
    return {
        "kind": reading.kind.value,
        "readable": reading.readable,
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "hint": error.hint},
        "source": None if reading.syntax is None else reading.syntax.value,
        "invoice": None if reading.invoice is None else invoice_record(reading.invoice),
        "order": message_record(reading.order),
        "delivery": message_record(reading.delivery),
        "status_message": message_record(reading.status_message),
        "evidence": evidence_record(reading.evidence),
        "attachments": [
            {
                "name": a.name,
                "sha256": a.sha256,
                "size": a.size,
                "role": a.role,
                "archived": a.archived,
            }
            for a in reading.attachments
        ],
        "remarks": [
            {"code": r.code, "field": r.field, "stated": r.stated, "message": r.message}
            for r in reading.remarks
        ],
        "page_differences": [
            {
                "field": d.field,
                "page": d.page,
                "xml": d.xml,
                "where": None if d.seen_at is None else _place_record(d.seen_at),
            }
            for d in reading.page_differences
        ],
        "unread_pages": list(reading.unread_pages),
        **_signatures(reading),
    }


def _signatures(reading: Reading) -> Record:
    """The checks of a document's signatures, where there were any to be checked."""
    if not reading.signatures:
        return {}
    return {"signatures": [message_record(check) for check in reading.signatures]}


def validation_record(validation: Validation) -> Record:
    """A validation as CONTRACT §4 writes it, without file name and digest."""
    return {
        "valid": validation.valid,
        "rule_sets": [
            {"name": r.name, "version": r.version, "status": r.status.value, "why": r.why}
            for r in validation.rule_sets
        ],
        "findings": [_finding_record(f) for f in validation.findings],
    }


def _finding_record(finding: Finding) -> Record:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "location": finding.location,
        "rule_set": finding.rule_set,
        "plain": None
        if finding.plain_fr is None
        else {"fr": finding.plain_fr, "en": finding.plain_en},
        "business_terms": [
            {"id": term, **NAMES[term]._asdict()} for term in finding.business_terms
        ],
        **_place_record(finding.seen_at),
    }


def _place_record(box: PageBox | None) -> Record:
    """A place on a page, beside another place or none."""
    if box is None:
        return {"page": None, "bbox": None}
    return {"page": box.page, "bbox": [box.left, box.top, box.right, box.bottom]}


def match_record(match: Match) -> Record:
    """A match as CONTRACT §5 writes it."""
    return {
        "orders": list(match.orders),
        "contract": match.contract,
        "lot": match.lot,
        "commitment": match.commitment,
        "score": match.score,
        "explanation": match.explanation,
        "explanations": {"fr": match.explanation_fr, "en": match.explanation_en},
        "lines": [
            {
                "invoice_line": m.invoice_line,
                "order_id": m.order_id,
                "order_line": m.order_line,
                "quantity": plain(m.quantity),
                "net_amount": plain(m.net_amount),
                "score": m.score,
            }
            for m in match.lines
        ],
    }


def discrepancy_record(item: Discrepancy) -> Record:
    """A discrepancy as CONTRACT §5 writes it."""
    return {
        "code": item.code.value,
        "severity": item.severity.value,
        "invoice_line": item.invoice_line,
        "order_id": item.order_id,
        "order_line": item.order_line,
        "field": item.field,
        "expected": item.expected,
        "found": item.found,
        "delta": item.delta,
        "tolerance": item.tolerance,
        "message": item.message,
        "reason_code": item.code.reason_code,
    }


def _decision_record(decision: Decision) -> Record:
    return {
        "outcome": decision.outcome.value,
        "payable_now": _decimal(decision.payable_now),
        "held": _decimal(decision.held),
        "policy_version": decision.policy_version,
        "explanation": decision.explanation,
        "explanations": {"fr": decision.explanation_fr, "en": decision.explanation_en},
        "waterfall": [
            {"step": w.step.value, "amount": plain(w.amount)} for w in decision.waterfall
        ],
        "chain": [_chain_record(link) for link in decision.chain],
    }


def _chain_record(link: ChainLink) -> Record:
    return {
        "kind": link.kind.value,
        "id": link.id,
        "lot": link.lot,
        "basis": link.basis,
        "ceiling": plain(link.ceiling),
        "before": plain(link.before),
        "this": plain(link.this),
        "left": plain(link.left),
    }


def _payment_record(payment: Payment) -> Record:
    return {
        "clock_starts": _date(payment.clock_starts),
        "deadline": _date(payment.deadline),
        "days_left": payment.days_left,
        "buyer_kind": None if payment.buyer_kind is None else payment.buyer_kind.value,
    }


def verdict_record(verdict: Verdict) -> Record:
    """Match, discrepancies, decision and payment as CONTRACT §5 writes them."""
    return {
        "match": None if verdict.match is None else match_record(verdict.match),
        "discrepancies": [discrepancy_record(d) for d in verdict.discrepancies],
        "decision": _decision_record(verdict.decision),
        "payment": _payment_record(verdict.payment),
        "inputs_digest": verdict.inputs_digest,
    }
