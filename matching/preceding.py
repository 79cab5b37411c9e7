"""The earlier invoices that a credit note or a corrected invoice names.

Named in BG-3; a credit note without it may say so in a note or a wording ("avoir sur facture
FA-2026-118"): then the number after such a word is meant, if the supplier sent an invoice of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from domain.invoice import Invoice, PrecedingInvoice
from matching.case import REPLACED, Case, EarlierDocument
from matching.numbers import number_key

_MOST: Final = 50
_NAMED: Final = re.compile(
    r"\b(?:factures?|fact|invoices?|rechnung(?:en)?|gutschrift\s+zu|(?:annule|corrige)\w*"
    r"|avoir\s+sur|remplace\w*)\b[\s.:,#]{0,3}"
    r"(?:(?:n\s?[\u00b0\u00bao]s?|num\w{0,5}|nr|no)[\s.:#]{0,3})?"
    r"(?=([^\s]{1,40}(?:\s\S{1,20}){0,2}))",
    re.IGNORECASE,
)
"""The word for an invoice, and up to three words after it, where its number begins."""
_EDGES: Final = ".,;:()[]\"'"


def credited_documents(case: Case) -> tuple[EarlierDocument, ...]:
    """The earlier invoices that a credit note says it credits."""
    if not case.invoice.is_credit_note:
        return ()
    return named_invoices(case.invoice, (e for e in case.earlier if e.standing != REPLACED))


def named_invoices(
    invoice: Invoice, earlier: Iterable[EarlierDocument]
) -> tuple[EarlierDocument, ...]:
    """Of these, oldest first, the invoices that it names: one a number, of its date or the last.

    Numbers come again every year.
    """
    known, found = tuple(earlier), dict[str, EarlierDocument]()
    for preceding in preceding_of(invoice):
        key = number_key(preceding.number)
        same = [
            e
            for e in known
            if e.same_supplier and not e.is_credit_note and number_key(e.number) == key
        ]
        dated = [e for e in same if preceding.issue_date in {None, e.issue_date}]
        for one in (dated or same)[-1:]:
            found[one.document_id] = one
    return tuple(found.values())


def preceding_of(invoice: Invoice) -> tuple[PrecedingInvoice, ...]:
    """What stands in BG-3, else what may be the number of an invoice in a credit note's texts."""
    if invoice.preceding_invoices or not invoice.is_credit_note:
        return invoice.preceding_invoices
    texts = [*invoice.notes, invoice.payment_terms]
    texts += [text for line in invoice.lines for text in (line.note, line.description, line.name)]
    found = {
        number_key(part): PrecedingInvoice(part)
        for text in texts
        if text
        for named in _NAMED.finditer(text)
        for part in _beginnings(named.group(1))
        if number_key(part)
    }
    return tuple(found.values())[:_MOST]


def _beginnings(words: str) -> Iterator[str]:
    """The first word, the first two and so on, where a digit stands in them."""
    parts = words.split()
    for end in range(1, len(parts) + 1):
        part = " ".join(parts[:end]).strip(_EDGES)
        if any(c.isdigit() for c in part):
            yield part
