"""Whether the seller of the visible page is the seller of the XML.

Registrations decide: where the page shows one of the XML's, the seller is the same. Where it shows
others that carry their own proof and belong to nobody in the XML, or does not show the XML's name
at all, the page is read, and contradicts only by what its reader is sure of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn
from stdnum.eu import vat as eu_vat

from domain.evidence import PageBox
from domain.identifiers import compact
from domain.invoice import Invoice, PageDifference, Reading
from domain.party import Party
from ingest.page_values import PageIndex, confident_value, folded

_VAT: Final = re.compile(r"(?<![a-z0-9])[a-z]{2}[ .]?[0-9a-z]{2}(?:[ .]?[0-9]){6,11}(?![0-9])")
_SIREN: Final = 9
_SIRET: Final = 14
_WORD: Final = re.compile(r"[0-9a-z]{3,}")
_COMMON: Final = frozenset(
    "sarl sas sasu eurl sci gmbh ltd inc llc corp bvba societe company group groupe france the les "
    "des und and fils cie".split()
)


def is_seller_doubtful(invoice: Invoice, pages: PageIndex) -> bool:
    """Whether the page must be read to know its seller."""
    seller = invoice.seller
    if seller.name is None or any(_shows(number, pages) for number in _numbers(seller)):
        return False
    if not _shows_name(seller, pages):
        return True
    return bool(_numbers(seller)) and bool(_foreign_numbers(invoice, pages))


def seller_differences(
    invoice: Invoice, pages: PageIndex, page: Reading, confidence: float
) -> Iterator[PageDifference]:
    """What the page surely says of another seller: a registration, else a name; one is enough."""
    seller = invoice.seller
    known = set().union(*(_numbers(p) for p in (seller, invoice.buyer)))
    for name in ("vat_id", "legal_id"):
        stated: str | None = getattr(seller, name)
        shown = confident_value(page, f"seller.{name}", confidence)
        if stated is None or shown is None or not _is_proven(shown):
            continue
        if _core(shown) not in known:
            yield _difference(page, f"seller.{name}", shown, stated)
            return
    shown = confident_value(page, "seller.name", confidence)
    if seller.name is None or shown is None or _shows_name(seller, pages):
        return
    names = " ".join(n for n in (seller.name, seller.trading_name) if n)
    others = " ".join(n for n in (invoice.buyer.name, invoice.payee_name) if n)
    if not _words(shown) & (_words(names) | _words(others)):
        yield _difference(page, "seller.name", shown, seller.name)


def _difference(page: Reading, field: str, shown: str, stated: str) -> PageDifference:
    where = page.evidence[field].where
    return PageDifference(field, shown, stated, where if isinstance(where, PageBox) else None)


def _numbers(party: Party) -> set[str]:
    """The registrations of a party, each cut down to what identifies the company."""
    stated = (party.vat_id, party.legal_id, party.tax_number, *party.identifiers)
    return {_core(number) for number in stated if number and len(compact(number)) >= _SIREN - 1}


def _core(number: str) -> str:
    """The SIREN in a French number, else the number itself."""
    bare = compact(number).upper()
    if bare.startswith("FR") and bare[-_SIREN:].isdigit():
        return bare[-_SIREN:]
    return bare[:_SIREN] if len(bare) == _SIRET and bare.isdigit() else bare


def _shows(number: str, pages: PageIndex) -> bool:
    if number.isdigit() and len(number) == _SIREN:  # alone, or inside a SIRET or a VAT number
        return any(number in re.sub(r"\D", "", text) for text in pages.texts)
    return bool(pages.code(number))


def _foreign_numbers(invoice: Invoice, pages: PageIndex) -> list[str]:
    """VAT numbers on the page whose check digits hold and that no party of the XML has."""
    known = set().union(*(_numbers(p) for p in (invoice.seller, invoice.buyer)))
    return [
        number
        for text in pages.texts
        for found in _VAT.findall(text)
        if _is_proven(number := compact(found).upper()) and _core(number) not in known
    ]


def _is_proven(number: str) -> bool:
    """Whether a registration carries check digits that hold."""
    bare = compact(number).upper()
    if bare.isdigit():
        return len(bare) in {_SIREN, _SIRET} and bool(luhn.is_valid(bare))
    return bool(eu_vat.is_valid(bare))


def _shows_name(seller: Party, pages: PageIndex) -> bool:
    """Whether the page shows the seller's name, or at least a word that is its own."""
    for name in filter(None, (seller.name, seller.trading_name)):
        if pages.code(name):
            return True
        own = _words(name)
        if own and any(own & set(_WORD.findall(text)) for text in pages.texts):
            return True
    return False


def _words(name: str) -> set[str]:
    return set(_WORD.findall(folded(name))) - _COMMON
