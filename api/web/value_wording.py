"""What the values of a discrepancy are called, and of what kind they are.

"Expected" and "found" are a programmer's words. An accountant reads "ordered" and "billed",
"committed" and "billed in all", "validated" and "on the invoice".
"""

from __future__ import annotations

from typing import NamedTuple

from api.web.formats import Kind, Language

_Pair = tuple[str, str]


class Label(NamedTuple):
    """What one value is called, and how it is written."""

    words: _Pair
    kind: Kind = "text"


class Labels(NamedTuple):
    """The three values of a discrepancy."""

    expected: Label
    found: Label
    delta: Label


_EXPECTED = ("Attendu", "Expected")
_FOUND = ("Trouvé", "Found")
_DIFFERENCE = ("Différence", "Difference")
_TOO_MUCH = ("En trop", "Too much")
_ORDERED = ("Commandé", "Ordered")
_BILLED = ("Facturé", "Billed")
_IN_ALL = ("Facturé en tout", "Billed in all")
_IN_ALL_NET = ("Facturé en tout HT", "Billed in all, net")
_IN_ALL_GROSS = ("Facturé en tout TTC", "Billed in all, gross")
_ON_INVOICE = ("Sur la facture", "On the invoice")
_IN_XML = ("Dans le XML", "In the XML")
_ON_PAGE = ("Sur la page", "On the page")
_A_UNIT = ("En trop, par unité", "Too much, a unit")
_DATED = ("Du", "Dated")
_PERFORMED = ("Prestation", "Performed")
_DUE = ("Échéance", "Due")

_UNKNOWN = Labels(Label(_EXPECTED), Label(_FOUND), Label(_DIFFERENCE))


def _of(kind: Kind, expected: _Pair, found: _Pair, delta: _Pair = _TOO_MUCH) -> Labels:
    return Labels(Label(expected, kind), Label(found, kind), Label(delta, kind))


_LABELS: dict[str, Labels] = {
    "DUPLICATE_INVOICE": _of(
        "text", ("Déjà reçue sous", "Received before as"), ("Celle-ci", "This one"), _DATED
    ),
    "DUPLICATE_SUSPECTED": Labels(
        Label(("Autre facture", "Other invoice")),
        Label(("Même montant TTC", "Same gross amount"), "money"),
        Label(_DATED),
    ),
    "TOTALS_INCONSISTENT": _of(
        "money", ("Calculé", "Computed"), ("Écrit", "Stated"), _DIFFERENCE
    ),
    "PDF_XML_DIFFER": _of("text", _IN_XML, _ON_PAGE),
    "PDF_XML_DIFFER.totals": _of("money", _IN_XML, _ON_PAGE),
    "PDF_XML_DIFFER.issue_date": _of("date", _IN_XML, _ON_PAGE),
    "PDF_XML_DIFFER.payee_iban": _of("iban", _IN_XML, _ON_PAGE),
    "BUYER_MISMATCH": _of(
        "text", ("Acheteur attendu", "Expected buyer"), ("Adressée à", "Addressed to")
    ),
    "SUPPLIER_UNKNOWN": _of("text", _EXPECTED, _ON_INVOICE),
    "SUPPLIER_NOT_ON_ORDER": _of(
        "text", ("Titulaire", "Holder"), _ON_INVOICE
    ),
    "IBAN_UNKNOWN": _of("iban", ("Validés", "Validated"), _ON_INVOICE),
    "ORDER_REFERENCE_UNKNOWN": _of("text", _EXPECTED, ("Référence citée", "Reference given")),
    "ORDER_CLOSED": _of("text", _EXPECTED, ("État", "State")),
    "LINE_NOT_ORDERED": Labels(
        Label(("Commande", "Order")),
        Label(_BILLED),
        Label(("Montant HT", "Net amount"), "money"),
    ),
    "QUANTITY_ABOVE_ORDERED": _of("quantity", _ORDERED, _IN_ALL),
    "QUANTITY_ABOVE_RECEIVED": _of("quantity", ("Reçu", "Received"), _IN_ALL),
    "RECEIPT_MISSING": _of("quantity", ("Reçu", "Received"), _BILLED),
    "PRICE_ABOVE_ORDER": _of("money", _ORDERED, _BILLED, _A_UNIT),
    "PRICE_BELOW_ORDER": _of("money", _ORDERED, _BILLED, ("Par unité", "A unit")),
    "UNIT_MISMATCH": _of("unit", _ORDERED, _BILLED),
    "VAT_RATE_MISMATCH": _of("percent", _ORDERED, _BILLED, _DIFFERENCE),
    "AMOUNT_ABOVE_ORDER": _of("money", ("Prévu", "Foreseen"), _BILLED),
    "CONTRACT_UNKNOWN": _of("text", _EXPECTED, ("Marché cité", "Contract given")),
    "CONTRACT_NOT_STARTED": Labels(
        Label(("Début du marché", "Contract starts"), "date"),
        Label(_PERFORMED, "date"),
        Label(("Trop tôt de", "Early by"), "days"),
    ),
    "CONTRACT_EXPIRED": Labels(
        Label(("Fin du marché", "Contract ended"), "date"),
        Label(_PERFORMED, "date"),
        Label(("Trop tard de", "Late by"), "days"),
    ),
    "CONTRACT_CEILING_EXCEEDED": _of("money", ("Maximum HT", "Net ceiling"), _IN_ALL_NET),
    "CONTRACT_PRICE_MISMATCH": _of(
        "money", ("Bordereau", "Schedule"), _BILLED, _A_UNIT
    ),
    "COMMITMENT_EXCEEDED": _of("money", ("Engagé", "Committed"), _IN_ALL),
    "COMMITMENT_EXCEEDED.net": _of("money", ("Engagé HT", "Committed, net"), _IN_ALL_NET),
    "COMMITMENT_EXCEEDED.gross": _of("money", ("Engagé TTC", "Committed, gross"), _IN_ALL_GROSS),
    "BUDGET_EXCEEDED": _of("money", ("Crédits ouverts TTC", "Credits open, gross"), _IN_ALL_GROSS),
    "CREDITED_INVOICE_UNKNOWN": _of("text", _EXPECTED, ("Facture citée", "Invoice given")),
    "CREDIT_ABOVE_INVOICE": _of(
        "money", ("Facture TTC", "Invoice, gross"), ("Avoirs en tout TTC", "Credits in all, gross")
    ),
    "PAYMENT_DEADLINE_NEAR": Labels(
        Label(_DUE, "date"), Label(_FOUND, "date"), Label(("Dans", "In"), "days")
    ),
    "PAYMENT_OVERDUE": Labels(
        Label(_DUE, "date"), Label(_FOUND, "date"), Label(("Retard", "Late by"), "days")
    ),
}  # fmt: skip

_PLACE: dict[Language, int] = {"fr": 0, "en": 1}


def labels_of(code: str, about: str | None = None) -> Labels:
    """The names and kinds of a discrepancy's values, for codes that are about several things."""
    return _LABELS.get(f"{code}.{about}") or _LABELS.get(code, _UNKNOWN)


def label_text(label: Label, language: Language) -> str:
    """What a value is called in one language."""
    return label.words[_PLACE[language]]
