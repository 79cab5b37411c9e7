"""What is indexed of a document, and the entry that every engine is fed.

`SearchDocument` is in the words of the trade. `entry_of` turns it into an `Entry`: tokens joined
by blanks, exact terms, integers and facets. Engines only store and compare what an entry holds,
so that the same query gives the same hits on each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from domain.identifiers import compact
from domain.money import parse_decimal, plain
from search import analyser, fields, ranges
from search.snippets import SECTION
from search.words import FORMS, WHOLES

LONGEST_STORED_TEXT: Final = 300_000
"""Snippets quote this much of a document; all of it is searched."""

_TECHNICAL = frozenset(
    "guideline business_process act answer action purpose_code type_code currency tax_currency "
    "legal_id_scheme country category vat_category unit exemption_code".split()
)
_FIRST_ORDER = "order"
_LONGEST_NAME = 500
_UNMISTAKABLE = 12  # characters: too many to stand in another word by chance
_SIREN_DIGITS = 9
_SIRET_DIGITS = 14
_FRENCH_VAT_LENGTH = 13


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """Everything a document can be found by."""

    document_id: str
    sha256: str
    status: str
    file: str = ""
    kind: str | None = None
    received_at: datetime | None = None
    number: str | None = None
    supplier: str | None = None
    supplier_names: tuple[str, ...] = ()  # aliases, and the document's own words
    sirens: tuple[str, ...] = ()  # SIREN and SIRET of the supplier
    ibans: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    buyer: str | None = None
    issue_date: date | None = None
    gross: Decimal | None = None
    currency: str | None = None
    codes: tuple[str, ...] = ()
    text: str = ""
    notes: tuple[str, ...] = ()  # history: reasons and remarks of people


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as engines keep it."""

    document_id: str
    texts: Mapping[str, str]  # tokens joined by blanks
    terms: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    facets: Mapping[str, tuple[str, ...]]
    card: Mapping[str, Any]  # what a list of hits shows
    quotable: str  # what snippets are cut from


def from_records(
    document_id: str,
    sha256: str,
    file: str,
    status: str,
    received_at: datetime | None,
    reading: Mapping[str, Any] | None,
    verdict: Mapping[str, Any] | None = None,
    *,
    text: str = "",
    supplier: Mapping[str, Any] | None = None,
    history: Sequence[str] = (),
) -> SearchDocument:
    """Build what is indexed from CONTRACT's records of one document.

    Args:
        document_id: of the document.
        sha256: of its bytes.
        file: name under which it was received.
        status: as CONTRACT §5 names it.
        received_at: an aware instant.
        reading: CONTRACT §3's object; None while the document was not read.
        verdict: match and discrepancies of CONTRACT §5.
        text: everything a person sees in the document.
        supplier: the known supplier (`name`, `aliases`, `siren`, `siret`, `ibans`), if matched.
        history: reasons and remarks that people gave.
    """
    invoice = _said_by(reading or {})
    seller: Mapping[str, Any] = invoice.get("seller") or {}
    known: Mapping[str, Any] = supplier or {}
    names = [known.get("name"), seller.get("name"), *known.get("aliases", ())]
    names += [seller.get("trading_name"), invoice.get("payee_name")]
    listed = tuple(dict.fromkeys(name for name in names if name))
    found: Mapping[str, Any] = (verdict or {}).get("match") or {}
    return SearchDocument(
        document_id=document_id,
        sha256=sha256,
        status=status,
        file=file,
        kind=(reading or {}).get("kind"),
        received_at=received_at,
        number=invoice.get("number"),
        supplier=listed[0] if listed else None,
        supplier_names=listed[1:],
        sirens=tuple(_sirens(seller, known)),
        ibans=_ibans(invoice),
        orders=_distinct(
            [*found.get("orders", ()), invoice.get("order_reference")],
            (line.get("order_reference") for line in invoice.get("lines", ())),
        ),
        contracts=_distinct([found.get("contract"), invoice.get("contract_reference")]),
        commitments=_distinct([found.get("commitment"), invoice.get("buyer_reference")]),
        buyer=(invoice.get("buyer") or {}).get("name"),
        issue_date=_date(invoice.get("issue_date")),
        gross=_amount((invoice.get("totals") or {}).get("tax_inclusive")),
        currency=invoice.get("currency"),
        codes=_distinct(d["code"] for d in (verdict or {}).get("discrepancies", ())),
        text=_whole_text(text, invoice),
        notes=tuple(history),
    )


def _said_by(reading: Mapping[str, Any]) -> Mapping[str, Any]:
    """The invoice; for an order, an advice or a message what it says in an invoice's words."""
    if reading.get("invoice"):
        invoice: Mapping[str, Any] = reading["invoice"]
        return invoice
    if message := reading.get("status_message"):
        return {**message, "seller": message.get("issuer")}
    trade = reading.get("order") or reading.get("delivery") or {}
    act = trade.get("act")
    # A first order is found as an order as well: its number is the one that invoices quote.
    order = trade.get("number") if act == _FIRST_ORDER else trade.get("order_reference")
    return {**trade, "order_reference": order} if trade else {}


def entry_of(document: SearchDocument) -> Entry:
    """Analyse a document into what engines are fed."""
    supplier = [n for n in (document.supplier, *document.supplier_names) if n]
    visible = list(_visible(document, supplier))
    quotable = analyser.clean(SECTION.join(visible))
    texts = {
        **_text(fields.BODY, visible),
        **_text("supplier", supplier),
        **_text("buyer", [document.buyer] if document.buyer else []),
    }
    numbers = {
        "gross": None if document.gross is None else ranges.micros(document.gross),
        "issued": None if document.issue_date is None else ranges.day_number(document.issue_date),
        "received": _received(document.received_at),
    }
    return Entry(
        document_id=document.document_id,
        texts=texts,
        terms={name: terms for name, terms in _exact_terms(document).items() if terms},
        numbers={name: number for name, number in numbers.items() if number is not None},
        facets=_facets(document),
        card=_card(document),
        quotable=quotable[:LONGEST_STORED_TEXT],
    )


def _visible(document: SearchDocument, supplier: Sequence[str]) -> Iterator[str]:
    # What a list of hits shows of a document must find it, whatever its own text says.
    yield document.text
    yield from document.notes
    said = _Said(document.text)
    for shown in (document.number, *supplier, document.buyer, document.file):
        if shown and shown not in said:
            yield shown
    for reference in (*document.orders, *document.contracts, *document.commitments):
        if reference not in said:
            yield reference


class _Said:
    """Whether a text says something as words of its own, not inside another word or number."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._runs = frozenset(text.split())

    def __contains__(self, value: str) -> bool:
        return value in self._runs or (len(value) >= _UNMISTAKABLE and value in self._text)


def _text(name: str, parts: Iterable[str]) -> dict[str, str]:
    stems: list[str] = []
    forms: set[str] = set()
    wholes: set[str] = set()
    for part in parts:
        found = analyser.terms(part)
        if found.stems:
            stems += [analyser.SEPARATOR, *found.stems]
            forms |= found.forms
            wholes |= found.wholes
    fields_of_it = {
        name: " ".join(stems[1:]),
        name + FORMS: " ".join(sorted(forms)),
        name + WHOLES: " ".join(sorted(wholes)),
    }
    return {field: tokens for field, tokens in fields_of_it.items() if tokens}


def _exact_terms(document: SearchDocument) -> dict[str, tuple[str, ...]]:
    return {
        "id": (document.document_id.lower(),),
        "sha256": (document.sha256,),
        "number": _references([document.number] if document.number else []),
        "order": _references(document.orders),
        "contract": _references(document.contracts),
        "commitment": _references(document.commitments),
        "siren": document.sirens,
        "iban": _distinct(compact(iban).lower() for iban in document.ibans),
        "status": (document.status.lower(),),
        "kind": (document.kind.lower(),) if document.kind else (),
        "currency": (_name(document.currency).lower(),) if document.currency else (),
        "code": _distinct(code.lower() for code in document.codes),
        "supplier_name": (_name(document.supplier),) if document.supplier else (),
    }


def _facets(document: SearchDocument) -> dict[str, tuple[str, ...]]:
    facets = {
        "supplier": (_name(document.supplier),) if document.supplier else (),
        "status": (document.status,),
        "year": (f"{document.issue_date.year:04}",) if document.issue_date else (),
        "code": _distinct(document.codes),
    }
    return {name: values for name, values in facets.items() if values}


def _card(document: SearchDocument) -> dict[str, Any]:
    day = document.issue_date
    return {
        "document_id": document.document_id,
        "number": _shown(document.number),
        "supplier": _shown(document.supplier),
        "issue_date": None if day is None else day.isoformat(),
        "gross": None if document.gross is None else plain(document.gross),
        "currency": _shown(document.currency),
        "kind": document.kind,
        "file": _shown(document.file),
        "status": document.status,
        "sha256": document.sha256,
    }


def _name(text: str) -> str:
    return analyser.clean(text)[:_LONGEST_NAME]


def _shown(text: str | None) -> str | None:
    return None if text is None else _name(text)


def _references(references: Iterable[str]) -> tuple[str, ...]:
    return _distinct(t for reference in references for t in fields.reference_terms(reference))


def _received(instant: datetime | None) -> int | None:
    return None if instant is None else ranges.day_number(instant.astimezone(UTC).date())


def _distinct(*groups: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group if value))


def _sirens(seller: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    candidates = [known.get("siren"), known.get("siret"), seller.get("legal_id")]
    candidates += seller.get("identifiers") or ()
    found: dict[str, None] = {}
    for candidate in candidates:
        digits = "".join(c for c in candidate or "" if not c.isspace())
        if digits.isdecimal() and len(digits) in {_SIREN_DIGITS, _SIRET_DIGITS}:
            found |= {digits[:_SIREN_DIGITS]: None, digits: None}
    vat = compact(seller.get("vat_id") or "")
    if vat.startswith("FR") and len(vat) == _FRENCH_VAT_LENGTH and vat[4:].isdecimal():
        found[vat[4:]] = None
    yield from found


def _ibans(invoice: Mapping[str, Any]) -> tuple[str, ...]:
    return _distinct([invoice.get("payee_iban")], invoice.get("payee_ibans") or ())


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else parse_decimal(value)


def _whole_text(text: str, invoice: Mapping[str, Any]) -> str:
    """The visible text, and below it what the structured data says beyond it."""
    said = _Said(text)
    beyond = [value for value in dict.fromkeys(_strings(invoice)) if value not in said]
    return "\n".join([text, *beyond]) if text else "\n".join(beyond)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _TECHNICAL:
                yield from _strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _strings(inner)
