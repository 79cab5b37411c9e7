"""The fields of the query language: their names, and what their values mean.

Names are accepted in French too. A value that can never be right (a SIREN of eight digits, a code
that does not exist) is refused with its place, since the empty result would mislead.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

from domain.identifiers import compact, fold, normalise_reference
from domain.match import Code
from search import analyser
from search.conditions import Begins, Condition, Term, any_of
from search.ranges import Misread

BODY: Final = "body"

TEXTS: Final = frozenset({"supplier", "buyer"})
REFERENCES: Final = frozenset({"number", "order", "contract", "commitment"})
AMOUNTS: Final = frozenset({"amount"})
DATES: Final = frozenset({"date", "received"})
EXACT: Final = frozenset({"siren", "iban", "status", "code", "kind", "currency", "sha256", "id"})
FIELDS: Final = TEXTS | REFERENCES | AMOUNTS | DATES | EXACT

_FRENCH: Final = {
    "fournisseur": "supplier",
    "acheteur": "buyer",
    "numero": "number",
    "commande": "order",
    "contrat": "contract",
    "marche": "contract",
    "engagement": "commitment",
    "statut": "status",
    "anomalie": "code",
    "montant": "amount",
    "devise": "currency",
    "recu": "received",
    "siret": "siren",
}

STATUSES: Final = frozenset(
    "received duplicate unreadable not_invoice approved in_review blocked failed "
    "refused disputed on_hold replaced".split()
)
_STATUSES_IN_FRENCH: Final = {
    "received": "en_cours",
    "duplicate": "doublon",
    "unreadable": "illisible",
    "not_invoice": "autre_document",
    "approved": "approuvée",
    "in_review": "à_examiner",
    "blocked": "bloquée",
    "failed": "échec",
    "refused": "refusée",
    "disputed": "en_litige",
    "on_hold": "en_attente",
    "replaced": "remplacée",
}
_ALSO_FRENCH: Final = {
    "a_verifier": "in_review",
    "deja_recue": "duplicate",
    "autre": "not_invoice",
    "litige": "disputed",
    "approuve": "approved",
    "bloque": "blocked",
    "refuse": "refused",
    "remplace": "replaced",
}
_STATUS_CALLED: Final = {fold(french): name for name, french in _STATUSES_IN_FRENCH.items()} | (
    _ALSO_FRENCH
)
KINDS: Final = frozenset(
    "invoice credit_note order despatch_advice receipt_advice status_message other".split()
)
_CODES = frozenset(code.value for code in Code)
_REASONS = {code.reason_code for code in Code if code.reason_code}

_SIREN_DIGITS = 9
_SIRET_DIGITS = 14
_IBAN_LENGTHS = range(15, 35)
_ACCOUNT_LENGTHS = range(4, 35)
_LIKE_IBAN = re.compile(r"[a-z]{2}\d{2}")
_SHA256_DIGITS = 64
_CURRENCY_LETTERS = 3
_NORMALISED = "="
_MOST_PARTS = 12  # of a reference; what is longer is text
_LONGEST_REFERENCE = 200


def field_called(name: str) -> str | None:
    """The field with this name, in English or French, whatever its case and accents."""
    folded = fold(name)
    folded = _FRENCH.get(folded, folded)
    return folded if folded in FIELDS else None


def reference_terms(reference: str) -> list[str]:
    """The terms a reference is indexed under: normalised, and compact for each beginning of a part.

    The normalised term answers a whole reference however it is written (CONTRACT §5); the others
    answer its beginning, with or without its prefix (`BC2026…`, `2026…`).
    """
    text = analyser.clean(reference)
    forms = [token.form for token in islice(analyser.tokens(text), _MOST_PARTS)]
    tails = ["".join(forms[first:]) for first in range(len(forms))]
    normalised = _normalised(text)
    return list(dict.fromkeys([normalised, *tails] if normalised else tails))


def _normalised(text: str) -> str:
    reference = normalise_reference(text)[:_LONGEST_REFERENCE]
    return _NORMALISED + reference if reference else ""


def reference_condition(field: str, value: str) -> Condition:
    """A document's number, order, contract or commitment is this reference."""
    text = analyser.clean(value)
    if normalised := _normalised(text):
        return Term(field, normalised)
    raise Misread(f"«{value}» is no reference.", "Write letters or digits.", 0, len(value))


def exact_condition(field: str, value: str) -> Condition:
    """A field that is either equal or not."""
    condition: Condition = _EXACT[field](value)
    return condition


def beginning_condition(field: str, value: str) -> Condition:
    """A field of one term begins so."""
    if field in REFERENCES or field in {"iban", "siren", "sha256", "id"}:
        start = analyser.fold(analyser.clean(value)) if field != "id" else value.strip().lower()
        return Begins(field, start)
    start = _name(value)
    if field == "status":
        return _beginning_of_status(value, start)
    known = {"kind": KINDS, "code": {c.lower() for c in _CODES}}.get(field)
    if known is not None and not any(name.startswith(start) for name in known):
        raise _unknown(field, value, known)
    return Begins(field, start)


def _beginning_of_status(value: str, start: str) -> Condition:
    called = {name: name for name in STATUSES} | _STATUS_CALLED
    found = sorted({status for name, status in called.items() if name.startswith(start)})
    if not found:
        raise _unknown_status(value)
    return any_of([Term("status", status) for status in found])


def _siren(value: str) -> Condition:
    digits = re.sub(r"[\s.]", "", value)
    if not digits.isdecimal() or len(digits) not in {_SIREN_DIGITS, _SIRET_DIGITS}:
        advice = "Write 9 digits (SIREN) or 14 (SIRET), or its beginning with *."
        raise Misread(f"«{value}» is no SIREN.", advice, 0, len(value))
    return Term("siren", digits)


def _iban(value: str) -> Condition:
    account = compact(value).lower()
    # Other accounts than IBANs are printed as well; only what begins like an IBAN must be whole.
    lengths = _IBAN_LENGTHS if _LIKE_IBAN.match(account) else _ACCOUNT_LENGTHS
    if len(account) not in lengths:
        advice = "Write the whole IBAN, quoted if it holds blanks, or its beginning with *."
        raise Misread(f"«{value}» is no IBAN.", advice, 0, len(value))
    return Term("iban", account)


def _status(value: str) -> Condition:
    name = _name(value)
    name = _STATUS_CALLED.get(name, name)
    if name not in STATUSES:
        raise _unknown_status(value)
    return Term("status", name)


def _kind(value: str) -> Condition:
    return _one_of("kind", value, KINDS)


def _code(value: str) -> Condition:
    name = _name(value).upper()
    if name in _REASONS:
        codes = sorted(code.value for code in Code if code.reason_code == name)
        return any_of([Term("code", code.lower()) for code in codes])
    return _one_of("code", value, {code.lower() for code in _CODES})


def _currency(value: str) -> Condition:
    if len(value) != _CURRENCY_LETTERS or not value.isalpha():
        raise Misread(f"«{value}» is no currency.", "Write three letters: EUR.", 0, len(value))
    return Term("currency", value.lower())


def _sha256(value: str) -> Condition:
    digest = value.lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        advice = f"Write its {_SHA256_DIGITS} hexadecimal digits, or its beginning with *."
        raise Misread(f"«{value}» is no SHA-256.", advice, 0, len(value))
    return Term("sha256", digest)


def _id(value: str) -> Condition:
    return Term("id", value.strip().lower())


_EXACT: Final = {
    "siren": _siren,
    "iban": _iban,
    "status": _status,
    "kind": _kind,
    "code": _code,
    "currency": _currency,
    "sha256": _sha256,
    "id": _id,
}


def _name(value: str) -> str:
    return re.sub(r"[\s-]+", "_", fold(value.strip()))


def _one_of(field: str, value: str, known: AbstractSet[str]) -> Condition:
    name = _name(value)
    if name not in known:
        raise _unknown(field, value, known)
    return Term(field, name)


def _unknown_status(value: str) -> Misread:
    known = (f"{name} ({_STATUSES_IN_FRENCH[name]})" for name in sorted(STATUSES))
    return Misread(f"No status is called «{value}».", f"Known: {', '.join(known)}.", 0, len(value))


def _unknown(field: str, value: str, known: AbstractSet[str]) -> Misread:
    written = (name.upper() if field == "code" else name for name in sorted(known))
    return Misread(
        f"No {field} is called «{value}».", f"Known: {', '.join(written)}.", 0, len(value)
    )
