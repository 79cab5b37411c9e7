"""Where on the visible page stands the value that a finding is about.

A finding names business terms and an element; the reading knows where the page shows the values of
the XML. A value that is missing stands nowhere, and its finding has no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from domain.evidence import PageBox
from domain.invoice import Reading
from domain.validation import Finding, Validation

_FIELDS: Final = {
    "BT-1": "number",
    "BT-2": "issue_date",
    "BT-9": "due_date",
    "BT-10": "buyer_reference",
    "BT-12": "contract_reference",
    "BT-13": "order_reference",
    "BT-27": "seller.name",
    "BG-4": "seller.name",
    "BT-30": "seller.legal_id",
    "BT-31": "seller.vat_id",
    "BT-44": "buyer.name",
    "BG-7": "buyer.name",
    "BT-47": "buyer.legal_id",
    "BT-48": "buyer.vat_id",
    "BT-84": "payee_iban",
    "BT-106": "totals.lines",
    "BT-109": "totals.tax_exclusive",
    "BT-110": "totals.tax",
    "BT-112": "totals.tax_inclusive",
    "BT-113": "totals.prepaid",
    "BT-115": "totals.payable",
}
_LINE_FIELDS: Final = {"BT-131": "net_amount"}
_LINE: Final = re.compile(
    r"(?:IncludedSupplyChainTradeLineItem|InvoiceLine|CreditNoteLine)(?:\[(\d+)\])?"
)


def with_places(validation: Validation, reading: Reading) -> Validation:
    """The findings with their places on the page, where the page shows what they are about."""
    shown = {path: e.seen_at for path, e in reading.evidence.items() if e.seen_at is not None}
    # What the page states otherwise is the value to look at, too.
    shown |= {d.field: d.seen_at for d in reading.page_differences if d.seen_at is not None}
    if not shown:
        return validation
    found = (replace(f, seen_at=_place(f, shown)) for f in validation.findings)
    return replace(validation, findings=tuple(found))


def _place(finding: Finding, shown: Mapping[str, PageBox]) -> PageBox | None:
    return next((shown[field] for field in _fields(finding) if field in shown), None)


def _fields(finding: Finding) -> Iterator[str]:
    """The fields a finding may be about, the nearest first; a line stands for what is on it."""
    line = _LINE.search(finding.location or "")
    if line is not None:
        path = f"lines[{int(line[1] or 1) - 1}]"
        for term in finding.business_terms:
            if term in _LINE_FIELDS:
                yield f"{path}.{_LINE_FIELDS[term]}"
        yield f"{path}.name"
        return
    for term in finding.business_terms:
        if term in _FIELDS:
            yield _FIELDS[term]
