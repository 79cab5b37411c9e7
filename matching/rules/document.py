"""INVALID_DOCUMENT, PDF_XML_DIFFER, EXTRACTION_UNCERTAIN: can the document be relied on?

Each is said once for the document. Sums that fail an official rule are TOTALS_INCONSISTENT alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.match import Code, Discrepancy
from matching.case import FatalFinding
from matching.rules.arithmetic import is_about_sums
from matching.rules.facts import Facts, finding

_SIGNATURE_RULE: Final = "SIG-"


def invalid_document(facts: Facts) -> Iterator[Discrepancy]:
    """A fatal rule failed that is not about sums."""
    yield from _broken([f for f in facts.case.fatal if not is_about_sums(f.rule)])


def broken_signature(facts: Facts) -> Iterator[Discrepancy]:
    """A signature does not hold: of a duplicate, too, whoever refuses it must know."""
    yield from _broken([f for f in facts.case.fatal if f.rule.startswith(_SIGNATURE_RULE)])


def _broken(rules: Sequence[FatalFinding]) -> Iterator[Discrepancy]:
    if rules:
        yield finding(
            Code.INVALID_DOCUMENT,
            field=", ".join(dict.fromkeys(f.rule for f in rules)),
            found=rules[0].message,
        )


def page_differs_from_xml(facts: Facts) -> Iterator[Discrepancy]:
    """The visible page and the XML state different values: a sign of fraud."""
    if differences := facts.case.page_differences:
        first = differences[0]
        yield finding(
            Code.PDF_XML_DIFFER,
            field=", ".join(dict.fromkeys(d.field for d in differences)),
            expected=first.xml,
            found=first.page,
        )


def extraction_uncertain(facts: Facts) -> Iterator[Discrepancy]:
    """A value that is needed was not found on the page, or not surely enough."""
    if not facts.case.is_page:
        return
    missing = list(_missing(facts))
    unsure = [c.field for c in facts.case.confidences if c.confidence < facts.limits.confidence]
    if missing or unsure:
        yield finding(
            Code.EXTRACTION_UNCERTAIN,
            field=", ".join(dict.fromkeys((*missing, *unsure))),
            expected=facts.limits.confidence,
            found=", ".join(missing) or None,
        )


NEEDED_FIELDS = (
    "number",
    "issue_date",
    "seller.name",
    "totals.tax_exclusive",
    "totals.tax",
    "totals.tax_inclusive",
)
"""What CONTRACT §5.1 needs of a page, besides the lines where the order has lines."""


def _missing(facts: Facts) -> Iterator[str]:
    invoice, totals = facts.invoice, facts.invoice.totals
    values = (
        invoice.number,
        invoice.issue_date,
        invoice.seller.name or invoice.seller.legal_id or invoice.seller.vat_id,
        totals.tax_exclusive,
        totals.tax,
        totals.tax_inclusive,
    )
    for name, value in zip(NEEDED_FIELDS, values, strict=True):
        if value is None:
            yield name
    if not invoice.lines and any(order.lines for order in facts.links.orders):
        yield "lines"
