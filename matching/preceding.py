"""The earlier invoices that a credit note or a corrected invoice names.

Named in BG-3; a credit note without it may say so in a note or a wording ("avoir sur facture
FA-2026-118"): then any number of an invoice of the same supplier that stands there is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from domain.invoice import Invoice, PrecedingInvoice
from matching.candidates import runs_of_words
from matching.case import REPLACED, Case, EarlierDocument
from matching.numbers import number_key

_SHORTEST: Final = 4
_SHORTEST_OF_DIGITS: Final = 5  # a year is no number of an invoice
_MOST: Final = 200
_LETTER: Final = re.compile(r"[a-z]")


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
        for part in runs_of_words(text)
        if _may_be_number(number_key(part))
    }
    return tuple(found.values())[:_MOST]


def _may_be_number(key: str) -> bool:
    return len(key) >= (_SHORTEST if _LETTER.search(key) else _SHORTEST_OF_DIGITS)
