"""From found values to an invoice with evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from domain.evidence import Evidence, PageBox
from domain.invoice import DocumentKind, Invoice, InvoiceLine, PrecedingInvoice, Totals
from domain.party import Party
from ingest.parsers.pages.country import country_of
from ingest.parsers.pages.currency import find_currency
from ingest.parsers.pages.dates import DayOrder, vote_order
from ingest.parsers.pages.header_dates import HeaderDates, find_header_dates
from ingest.parsers.pages.items import read_lines
from ingest.parsers.pages.kind import Title, find_titles, main_title, mentions_invoice
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.numbers import Mark, vote_mark
from ingest.parsers.pages.parties import FoundParty, find_parties
from ingest.parsers.pages.printed_ids import IdKind, PrintedId, find_ids
from ingest.parsers.pages.references import find_number, find_reference, reference_candidates
from ingest.parsers.pages.table import find_tables
from ingest.parsers.pages.totals import FoundTotals, find_totals
from ingest.parsers.pages.totals_vocabulary import Sum
from ingest.parsers.pages.vocabulary import Concept
from ingest.parsers.pages.votes import Found, elect

T = TypeVar("T")


@dataclass(slots=True)
class Ledger:
    """Evidence gathered field by field while the invoice is put together."""

    evidence: dict[str, Evidence] = field(default_factory=dict)

    def note(self, path: str, found: Found[T] | None) -> T | None:
        """Record where a value was found; gives the value."""
        if found is None:
            return None
        self.evidence[path] = found.evidence()
        return found.value

    def place(self, path: str, box: PageBox, confidence: float) -> None:
        """Record a place."""
        self.evidence[path] = Evidence("pdf_text", box, round(confidence, 2))


@dataclass(frozen=True, slots=True)
class Habits:
    """How a document writes numbers and dates, and in which language."""

    mark: Mark
    order: DayOrder
    language: str


@dataclass(frozen=True, slots=True)
class PageReading:
    """What the pages turned out to be."""

    kind: DocumentKind
    invoice: Invoice | None
    evidence: dict[str, Evidence]


def find_habits(pages: Sequence[LabelledPage]) -> Habits:
    """Vote on language, decimal mark and order of dates."""
    texts = [p.text for page in pages for p in page.phrases]
    language = guess_language(" ".join(p.folded for page in pages for p in page.phrases))
    mark = vote_mark(texts, Mark.POINT if language == "en" else Mark.COMMA)
    dollars = any("$" in t or "USD" in t for t in texts)
    default = DayOrder.MONTH_FIRST if language == "en" and dollars else DayOrder.DAY_FIRST
    return Habits(mark, vote_order(texts, default), language)


_LANGUAGES = {
    "fr": "facture le la les de du des tva montant date client echeance total paiement ht ttc et pour par",
    "en": "invoice the of and date due to amount total payment bill tax vat description quantity for",
    "de": "rechnung der die das und von betrag mwst ust datum menge bezeichnung zahlbar netto brutto",
}


def guess_language(folded: str) -> str:
    """French, English or German, by common words; French where nothing tells."""
    words = re.findall(r"[a-z]+", folded)
    counts = {
        name: sum(words.count(w) for w in set(vocabulary.split()))
        for name, vocabulary in _LANGUAGES.items()
    }
    return max(counts, key=lambda name: (counts[name], name == "fr"))


def read_invoice(pages: Sequence[LabelledPage]) -> PageReading:
    """Judge what the pages are and read the invoice they show."""
    habits = find_habits(pages)
    ledger = Ledger()
    number = find_number(pages)
    dates = find_header_dates(pages, habits.order)
    totals = find_totals(pages, habits.mark)
    kind, type_code = judge_kind(pages, number, dates, totals)
    if kind is DocumentKind.OTHER:
        return PageReading(kind, None, {})
    ids = find_ids(pages)
    parties = find_parties(pages, ids)
    invoice = Invoice(
        number=ledger.note("number", number),
        type_code=type_code,
        issue_date=ledger.note("issue_date", dates.issue),
        due_date=ledger.note("due_date", dates.due),
        delivery_date=ledger.note("delivery_date", dates.delivery),
        period_start=ledger.note("period_start", dates.period_start),
        period_end=ledger.note("period_end", dates.period_end),
        currency=ledger.note("currency", find_currency(pages)),
        seller=_party(ledger, "seller", parties.seller, parties.seller_ids),
        buyer=_party(ledger, "buyer", parties.buyer, parties.buyer_ids),
        totals=_totals(ledger, totals),
        preceding_invoices=_preceding(pages, number),
        lines=_lines(ledger, pages, habits.mark),
        **_references(ledger, pages),
        **_accounts(ledger, ids),
    )
    return PageReading(kind, invoice, ledger.evidence)


def judge_kind(
    pages: Sequence[LabelledPage],
    number: Found[str] | None,
    dates: HeaderDates,
    totals: FoundTotals,
) -> tuple[DocumentKind, str | None]:
    """Invoice, credit note, order or something else, with the UNTDID 1001 code."""
    title = main_title(pages)
    titles = {t.title for t in find_titles(pages)}
    shown = (
        (number is not None) + (dates.issue is not None) + 2 * (totals.get(Sum.GROSS) is not None)
    )
    shown += totals.get(Sum.NET) is not None
    if title is None:
        if shown >= 4 and mentions_invoice(pages):  # noqa: PLR2004 (number, date and totals)
            return DocumentKind.INVOICE, "380"
        return DocumentKind.OTHER, None
    if title.title is Title.OTHER or shown < 1:
        return DocumentKind.OTHER, None
    if title.title is Title.ORDER:
        return DocumentKind.ORDER, None
    if title.title is Title.CREDIT_NOTE:
        return DocumentKind.CREDIT_NOTE, "381"
    if Title.CORRECTED in titles:
        return DocumentKind.INVOICE, "384"
    if Title.DEPOSIT in titles:
        return DocumentKind.INVOICE, "386"
    return (DocumentKind.INVOICE, "380") if shown > 1 else (DocumentKind.OTHER, None)


def _references(ledger: Ledger, pages: Sequence[LabelledPage]) -> dict[str, str | None]:
    fields = {
        "order_reference": Concept.ORDER,
        "sales_order_reference": Concept.SALES_ORDER,
        "contract_reference": Concept.CONTRACT,
        "buyer_reference": Concept.BUYER_REFERENCE,
        "despatch_advice_reference": Concept.DESPATCH,
        "receiving_advice_reference": Concept.RECEIPT,
        "project_reference": Concept.PROJECT,
        "tender_reference": Concept.TENDER,
    }
    return {
        name: ledger.note(name, find_reference(pages, concept)) for name, concept in fields.items()
    }


def _preceding(
    pages: Sequence[LabelledPage], number: Found[str] | None
) -> tuple[PrecedingInvoice, ...]:
    values = dict.fromkeys(c.value for c in reference_candidates(pages, Concept.PRECEDING))
    own = number.value if number is not None else None
    return tuple(PrecedingInvoice(v) for v in values if v != own)


def _accounts(ledger: Ledger, ids: Sequence[PrintedId]) -> dict[str, object]:
    """The accounts to pay to; one that the seller debits is not among them."""
    accounts = [
        i
        for i in ids
        if i.kind is IdKind.IBAN
        and not re.search(
            r"(?:ihrem konto|votre compte|your account|compte debite)", i.phrase.folded
        )
    ]
    accounts.sort(key=lambda i: not i.checked)
    if accounts:
        ledger.place("payee_iban", accounts[0].box, accounts[0].confidence)
    values = tuple(dict.fromkeys(i.value for i in accounts))
    return {"payee_iban": values[0] if values else None, "payee_ibans": values}


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


def _lines(
    ledger: Ledger, pages: Sequence[LabelledPage], mark: Mark
) -> tuple[InvoiceLine, ...]:
    """The lines of the item table: of several tables the one that multiplies best."""
    tables = [read_lines(table, mark) for table in find_tables(pages, mark)]
    if not tables:
        return ()
    lines = max(tables, key=lambda t: (sum(x.proven for x in t), len(t)))
    for index, read in enumerate(lines):
        for name, (box, confidence) in read.places.items():
            ledger.place(f"lines[{index}].{name}", box, confidence)
    return tuple(read.line for read in lines)


def _scheme(printed: PrintedId) -> str:
    """ISO 6523: 0002 for a SIREN, 0009 for a SIRET."""
    return "0002" if printed.kind is IdKind.SIREN else "0009"


def _first(ids: Sequence[PrintedId], kind: IdKind) -> PrintedId | None:
    of_kind = [i for i in ids if i.kind is kind]
    return max(of_kind, key=lambda i: i.confidence, default=None)


def _totals(ledger: Ledger, found: FoundTotals) -> Totals:
    values: dict[str, Decimal | None] = {}
    for which in Sum:
        if which is not Sum.PLAIN:
            values[which.value] = ledger.note(f"totals.{which.value}", found.get(which))
    return Totals(**values)


__all__ = ["PageReading", "date", "elect", "read_invoice"]
