"""Which of our suppliers sent a document, and which of our entities it is addressed to.

Numbers decide before names: SIREN (also inside SIRET, VAT number or electronic address), VAT
number, then name or alias. A name never outweighs a number that says otherwise; a SIRET of another
establishment is the same supplier, the same entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar

from rapidfuzz.distance import Levenshtein

from domain.identifiers import compact, fold
from domain.invoice import Invoice
from domain.party import Entity, Party, Supplier

_SIREN: Final = 9
_SIRET: Final = 14
_FRENCH_VAT: Final = re.compile(r"FR[0-9A-Z]{2}(\d{9})")
_ADDRESS: Final = re.compile(r"(?:\d{4}:)?(\d{9})(?:_.*)?")
_WORD_GAPS: Final = re.compile(r"[^0-9a-z]+")
_LEGAL_FORMS: Final = frozenset("sa sas sasu sarl eurl sci snc scop gmbh ag kg ltd bv nv".split())
_CLOSE_NAMES: Final = 0.88

_Known = TypeVar("_Known", Supplier, Entity)


def supplier_of(
    invoice: Invoice, suppliers: Iterable[Supplier], *, read_from_page: bool = False
) -> Supplier | None:
    """The supplier that the seller is; an account of its own tells only what nothing else does."""
    known = list(suppliers)
    found = _recognised(invoice.seller, known)
    if found is not None or not read_from_page or identifiers(invoice.seller):
        return found
    stated = {compact(iban) for iban in accounts(invoice)}
    owners = [s for s in known if stated & {compact(iban) for iban in s.ibans}]
    return owners[0] if len(owners) == 1 else None


def entity_of(
    invoice: Invoice, entities: Iterable[Entity], *, read_from_page: bool = False
) -> Entity | None:
    """The entity of ours that the invoice is addressed to.

    On a page the two parties are easily taken for each other: one of ours that was read as the
    seller is the buyer.
    """
    known = list(entities)
    found = _recognised(invoice.buyer, known)
    if found is None and read_from_page:
        named = Party(name=invoice.seller.name, trading_name=invoice.seller.trading_name)
        return _recognised(invoice.seller, known) or _recognised(named, known)
    return found


def accounts(invoice: Invoice) -> tuple[str, ...]:
    """The accounts that the invoice asks to pay to."""
    if invoice.payee_ibans:
        return invoice.payee_ibans
    return (invoice.payee_iban,) if invoice.payee_iban else ()


def supplier_keys(invoice: Invoice) -> frozenset[str]:
    """Every value under which the seller may stand in the supplier file."""
    return seller_keys(invoice) | account_keys(invoice)


def seller_keys(invoice: Invoice) -> frozenset[str]:
    """The numbers and names of the seller, as the supplier file writes them."""
    numbers = identifiers(invoice.seller)
    stated = [n for n in (invoice.seller.name, invoice.seller.trading_name) if n]
    names = {name_key(n) for n in stated}
    folded = {" ".join(fold(n).split()) for n in stated}
    return frozenset(numbers | names | folded)


def account_keys(invoice: Invoice) -> frozenset[str]:
    """The accounts to be paid to; a factor's stands under many suppliers."""
    return frozenset(compact(iban) for iban in accounts(invoice))


@lru_cache(maxsize=4096)
def identifiers(party: Party) -> frozenset[str]:
    """The numbers a party states, with the SIREN that stands inside them."""
    stated = [party.legal_id, party.vat_id, party.tax_number, *party.identifiers]
    numbers = {compact(number) for number in stated if number}
    if party.electronic_address and (found := _ADDRESS.fullmatch(party.electronic_address)):
        numbers.add(found.group(1))
    return frozenset(numbers | {s for number in numbers if (s := _siren(number))}) - {""}


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A name without capitals, accents, punctuation and legal form."""
    words = [word for word in _WORD_GAPS.split(fold(name)) if word]
    return " ".join(word for word in words if word not in _LEGAL_FORMS) or " ".join(words)


def _siren(number: str) -> str | None:
    if number.isdigit() and len(number) in {_SIREN, _SIRET}:
        return number[:_SIREN]
    found = _FRENCH_VAT.fullmatch(number)
    return found.group(1) if found else None


def _numbers_of(known: Supplier | Entity) -> frozenset[str]:
    vat = known.vat_id if isinstance(known, Supplier) else None
    return identifiers(Party(legal_id=known.siren, vat_id=vat, identifiers=(known.siret or "",)))


def _names_of(known: Supplier | Entity) -> set[str]:
    aliases = known.aliases if isinstance(known, Supplier) else ()
    return {name_key(name) for name in (known.name, *aliases) if name}


def _recognised(party: Party, known: list[_Known]) -> _Known | None:
    numbers = identifiers(party)
    if numbers:
        ranked = [(len(numbers & _numbers_of(k)), k) for k in known]
        best = max(ranked, key=lambda pair: pair[0], default=None)
        if best is not None and best[0]:
            return best[1]
    names = {name_key(name) for name in (party.name, party.trading_name) if name}
    for candidate in known:
        if not _numbers_differ(numbers, _numbers_of(candidate)) and names & _names_of(candidate):
            return candidate
    if numbers:
        return None
    close = [k for k in known if any(_close(n, m) for n in names for m in _names_of(k))]
    return close[0] if len(close) == 1 else None


def _numbers_differ(stated: frozenset[str], kept: frozenset[str]) -> bool:
    """Whether both sides give numbers of one sort (SIREN, VAT) and none is common."""
    return any(
        {n for n in stated if sort(n)} and {n for n in kept if sort(n)}
        for sort in (_siren, _is_vat)
    )


def _is_vat(number: str) -> bool:
    return number[:2].isalpha() and number[2:3].isalnum() and not number.isalpha()


@lru_cache(maxsize=4096)
def _close(one: str, other: str) -> bool:
    return Levenshtein.normalized_similarity(one, other, score_cutoff=_CLOSE_NAMES) > 0
