"""From found values to an invoice with evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from domain.evidence import Evidence, Origin, PageBox
from domain.invoice import (
    DocumentKind,
    Invoice,
    PrecedingInvoice,
    Totals,
    VatBreakdown,
)
from domain.lesson import Located, Piece
from domain.party import Party
from ingest.parsers.pages.body import read_body
from ingest.parsers.pages.breakdown import BreakdownRow
from ingest.parsers.pages.calibration import GIVEN, calibrated
from ingest.parsers.pages.completion import complete_totals
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.country import country_of
from ingest.parsers.pages.currency import find_currency
from ingest.parsers.pages.deductions import summed_deductions
from ingest.parsers.pages.habits import find_habits
from ingest.parsers.pages.header_dates import find_header_dates
from ingest.parsers.pages.items import ReadLine
from ingest.parsers.pages.judgement import judge_kind
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.parties import find_parties
from ingest.parsers.pages.party_headings import FoundParty
from ingest.parsers.pages.printed_ids import IdKind, PrintedId, find_ids
from ingest.parsers.pages.references import find_number, find_reference, reference_candidates
from ingest.parsers.pages.remarks import find_notes, find_payment_terms
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.votes import Found

T = TypeVar("T")

_DEBITED = re.compile(r"(?:ihrem konto|votre compte|your account|compte debite)")
_OPENING = 12


@dataclass(slots=True)
class Ledger:
    """Evidence gathered field by field while the invoice is put together."""

    evidence: dict[str, Evidence] = field(default_factory=dict)

    def note(self, path: str, found: Found[T] | None) -> T | None:
        """Record where a value was found; gives the value, unless it is likelier wrong."""
        if found is None or calibrated(path, found.confidence) < GIVEN:
            return None
        self.place(path, found.box, found.confidence, found.origin)
        return found.value

    def place(
        self, path: str, box: PageBox, confidence: float, origin: Origin = "pdf_text"
    ) -> None:
        """Record a place."""
        self.evidence[path] = Evidence(origin, box, round(calibrated(path, confidence), 2))


@dataclass(frozen=True, slots=True)
class PageReading:
    """What the pages turned out to be."""

    kind: DocumentKind
    invoice: Invoice | None
    evidence: dict[str, Evidence]
    layout: tuple[str, ...] = ()
    located: tuple[Located, ...] = ()
    pieces: tuple[Piece, ...] = ()


def read_invoice(pages: Sequence[LabelledPage]) -> PageReading:
    """Judge what the pages are and read the invoice they show."""
    habits = find_habits(pages)
    number = find_number(pages)
    dates = find_header_dates(pages, habits.order)
    body = read_body(pages, habits.mark)
    kind, type_code = judge_kind(pages, number, dates.issue, body.totals)
    if kind is DocumentKind.OTHER:
        return PageReading(kind, None, {})
    if kind is DocumentKind.ORDER and number is None:
        number = find_reference(pages, Concept.ORDER)
    ledger = Ledger()
    ids = find_ids(pages)
    parties = find_parties(pages, ids)
    deductions = (*body.deductions, *summed_deductions(body.totals.sums))
    lines = tuple(read.line for read in body.lines)
    _place_lines(ledger, body.lines)
    totals = complete_totals(body.totals, lines, deductions)
    references = {name: _reference(ledger, pages, name) for name in _REFERENCES}
    accounts = _accounts(ledger, ids)
    invoice = Invoice(
        number=ledger.note("number", number),
        type_code=type_code,
        issue_date=ledger.note("issue_date", dates.issue),
        due_date=ledger.note("due_date", dates.due),
        delivery_date=ledger.note("delivery_date", dates.delivery),
        period_start=ledger.note("period_start", dates.period_start),
        period_end=ledger.note("period_end", dates.period_end),
        currency=ledger.note("currency", find_currency(pages)),
        buyer_reference=references["buyer_reference"],
        project_reference=references["project_reference"],
        contract_reference=references["contract_reference"],
        order_reference=references["order_reference"],
        sales_order_reference=references["sales_order_reference"],
        receiving_advice_reference=references["receiving_advice_reference"],
        despatch_advice_reference=references["despatch_advice_reference"],
        tender_reference=references["tender_reference"],
        preceding_invoices=_preceding(pages, number),
        notes=find_notes(pages),
        seller=_party(ledger, "seller", parties.seller, parties.seller_ids),
        buyer=_party(ledger, "buyer", parties.buyer, parties.buyer_ids),
        payee_iban=accounts[0] if accounts else None,
        payee_ibans=accounts,
        payment_terms=ledger.note("payment_terms", find_payment_terms(pages)),
        totals=_totals(ledger, totals),
        vat_breakdown=_breakdown(ledger, body.breakdown),
        allowances_charges=deductions,
        lines=lines,
    )
    return PageReading(kind, invoice, ledger.evidence)


_REFERENCES = {
    "order_reference": Concept.ORDER,
    "sales_order_reference": Concept.SALES_ORDER,
    "contract_reference": Concept.CONTRACT,
    "buyer_reference": Concept.BUYER_REFERENCE,
    "despatch_advice_reference": Concept.DESPATCH,
    "receiving_advice_reference": Concept.RECEIPT,
    "project_reference": Concept.PROJECT,
    "tender_reference": Concept.TENDER,
}


def _reference(ledger: Ledger, pages: Sequence[LabelledPage], name: str) -> str | None:
    return ledger.note(name, find_reference(pages, _REFERENCES[name]))


def _preceding(
    pages: Sequence[LabelledPage], number: Found[str] | None
) -> tuple[PrecedingInvoice, ...]:
    values = dict.fromkeys(c.value for c in reference_candidates(pages, Concept.PRECEDING))
    own = number.value if number is not None else None
    return tuple(PrecedingInvoice(v) for v in values if v != own)


def _accounts(ledger: Ledger, ids: Sequence[PrintedId]) -> tuple[str, ...]:
    """The accounts to pay to; one that the seller debits is not among them."""
    accounts = [i for i in ids if i.kind is IdKind.IBAN and not _DEBITED.search(i.phrase.folded)]
    accounts.sort(key=lambda i: (not i.checked, i.start > _OPENING))
    if accounts:
        ledger.place("payee_iban", accounts[0].box, accounts[0].confidence)
    return tuple(dict.fromkeys(i.value for i in accounts))


def _party(ledger: Ledger, side: str, found: FoundParty, ids: Sequence[PrintedId]) -> Party:
    best = {kind: _first(ids, kind) for kind in IdKind}
    legal = best[IdKind.SIREN] or best[IdKind.SIRET]
    vat, tax_number = best[IdKind.VAT], best[IdKind.TAX_NUMBER]
    for path, printed in (("legal_id", legal), ("vat_id", vat), ("tax_number", tax_number)):
        if printed is not None:
            ledger.place(f"{side}.{path}", printed.box, printed.confidence)
    name = ledger.note(f"{side}.name", found.name)
    siret = best[IdKind.SIRET]
    country = country_of(found.block, vat.value if vat else None, legal is not None)
    if country is not None:
        ledger.note(f"{side}.country", country)
    return Party(
        name=name,
        legal_id=legal.value if legal else None,
        legal_id_scheme=None if legal is None else _scheme(legal),
        vat_id=vat.value if vat else None,
        tax_number=tax_number.value if tax_number else None,
        country=country.value if country else None,
        identifiers=(siret.value,) if siret and siret is not legal else (),
    )


def _place_lines(ledger: Ledger, lines: Sequence[ReadLine]) -> None:
    for index, read in enumerate(lines):
        for name, (box, confidence) in read.places.items():
            origin: Origin = "computed" if name in read.derived else "pdf_text"
            ledger.place(f"lines[{index}].{name}", box, confidence, origin)


def _breakdown(ledger: Ledger, rows: Sequence[BreakdownRow]) -> tuple[VatBreakdown, ...]:
    for index, row in enumerate(rows):
        ledger.place(f"vat_breakdown[{index}]", row.box, row.confidence)
    return tuple(row.vat for row in rows)


def _scheme(printed: PrintedId) -> str:
    """ISO 6523: 0002 for a SIREN, 0009 for a SIRET."""
    return "0002" if printed.kind is IdKind.SIREN else "0009"


def _first(ids: Sequence[PrintedId], kind: IdKind) -> PrintedId | None:
    of_kind = [i for i in ids if i.kind is kind]
    return max(of_kind, key=lambda i: i.confidence, default=None)


def _totals(ledger: Ledger, values: dict[Sum, Found[Decimal]]) -> Totals:
    stated = {
        which.value: ledger.note(f"totals.{which.value}", values.get(which))
        for which in Sum
        if which is not Sum.PLAIN
    }
    return Totals(**stated)
