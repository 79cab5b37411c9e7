"""What accountants read: one sentence per code, in French and English, from the values alone.

`message` builds the sentence from a discrepancy; nothing else about the invoice is needed, so a
stored discrepancy can be told in either language at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from domain.match import Code, Discrepancy

FRENCH: Final = "fr"
LANGUAGES: Final = (FRENCH, "en")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_NUMBERS: Final = frozenset(
    {
        Code.DUPLICATE_INVOICE,
        Code.ORDER_REFERENCE_UNKNOWN,
        Code.CONTRACT_UNKNOWN,
        Code.CREDITED_INVOICE_UNKNOWN,
        Code.IBAN_UNKNOWN,
        Code.SUPPLIER_UNKNOWN,
        Code.SUPPLIER_NOT_ON_ORDER,
        Code.BUYER_MISMATCH,
        Code.PDF_XML_DIFFER,
        Code.ORDER_CLOSED,
        Code.UNIT_MISMATCH,
        Code.LINE_NOT_ORDERED,
    }
)
"""Codes whose expected and found values are names or numbers of things, not amounts."""

_FRENCH: Final[Mapping[Code, str]] = {
    Code.DUPLICATE_INVOICE: "Facture déjà reçue : même fournisseur, numéro {found}, même année "
    "(première réception sous le numéro {expected} du {delta}).",
    Code.DUPLICATE_SUSPECTED: "Doublon possible : la facture {expected} du {delta} du même "
    "fournisseur porte le même contenu ({found} TTC).",
    Code.TOTALS_INCONSISTENT: "Les montants ne tombent pas juste ({field}) : {found} au lieu de "
    "{expected}.",
    Code.INVALID_DOCUMENT: "Le document enfreint une règle obligatoire ({field}) : {found}",
    Code.PDF_XML_DIFFER: "La page visible et le fichier XML ne disent pas la même chose "
    "({field}) : la page porte {found}, le XML {expected}.",
    Code.EXTRACTION_UNCERTAIN: "Lecture incertaine de la page, à vérifier : {field}.",
    Code.BUYER_MISMATCH: "Facture adressée à {found}, qui n'est pas l'acheteur attendu "
    "({expected}).",
    Code.SUPPLIER_UNKNOWN: "Fournisseur inconnu du fichier : {found}.",
    Code.SUPPLIER_NOT_ON_ORDER: "Le fournisseur {found} n'est ni titulaire de la commande {order} "
    "({expected}), ni cotraitant ou sous-traitant de son marché.",
    Code.IBAN_UNKNOWN: "Compte bancaire {found} non validé pour ce fournisseur (comptes validés : "
    "{expected}).",
    Code.ORDER_REFERENCE_MISSING: "Aucune référence de commande, et aucune commande ouverte ne "
    "correspond clairement.",
    Code.ORDER_REFERENCE_UNKNOWN: "Référence de commande {found} inconnue, et aucune commande "
    "ouverte ne correspond clairement.",
    Code.ORDER_CLOSED: "La commande {order} n'est plus ouverte (état : {found}).",
    Code.LINE_NOT_ORDERED: "Ligne {line} non commandée : « {found} », {delta} HT (commande "
    "{expected}).",
    Code.QUANTITY_ABOVE_ORDERED: "Ligne {line} : {found} facturés au total pour {expected} "
    "commandés (commande {order}, poste {order_line}), soit {delta} de trop.",
    Code.QUANTITY_ABOVE_RECEIVED: "Ligne {line} : {found} facturés au total pour {expected} reçus "
    "(commande {order}, poste {order_line}), soit {delta} de trop.",
    Code.RECEIPT_MISSING: "Ligne {line} : aucun service fait constaté (commande {order}, poste "
    "{order_line}) pour {found} facturés.",
    Code.PRICE_ABOVE_ORDER: "Ligne {line} : prix unitaire {found} au lieu de {expected} commandé "
    "(commande {order}, poste {order_line}), soit {delta} de trop par unité.",
    Code.PRICE_BELOW_ORDER: "Ligne {line} : prix unitaire {found} inférieur au prix commandé "
    "{expected} (commande {order}, poste {order_line}).",
    Code.UNIT_MISMATCH: "Ligne {line} : facturée en {found}, commandée en {expected} (commande "
    "{order}, poste {order_line}) ; ces unités ne se convertissent pas.",
    Code.VAT_RATE_MISMATCH: "Ligne {line} : TVA à {found} % au lieu de {expected} % (commande "
    "{order}, poste {order_line}).",
    Code.AMOUNT_ABOVE_ORDER: "Montant non prévu à la commande {order} ({field}) : {found} pour "
    "{expected} prévus, soit {delta} de trop.",
    Code.CONTRACT_UNKNOWN: "Marché {found} cité mais inconnu, et la commande n'en a pas.",
    Code.CONTRACT_NOT_STARTED: "Prestation du {found} avant le début du marché {field} "
    "({expected}).",
    Code.CONTRACT_EXPIRED: "Prestation du {found} après la fin du marché {field} ({expected}).",
    Code.CONTRACT_CEILING_EXCEEDED: "Plafond du marché {field} dépassé : {found} HT facturés au "
    "total pour {expected}, soit {delta} de trop.",
    Code.CONTRACT_PRICE_MISMATCH: "Ligne {line} : prix unitaire {found} au-dessus du bordereau "
    "({field}) : {expected}.",
    Code.COMMITMENT_MISSING: "La commande {order} n'a pas d'engagement.",
    Code.COMMITMENT_EXCEEDED: "Engagement {field} dépassé : {found} facturés au total pour "
    "{expected} engagés, soit {delta} de trop.",
    Code.BUDGET_EXCEEDED: "Crédits de la ligne {field} dépassés : {found} TTC facturés au total "
    "pour {expected} ouverts, soit {delta} de trop.",
    Code.CREDITED_INVOICE_UNKNOWN: "La facture d'origine n'a jamais été reçue ({found}).",
    Code.CREDIT_ABOVE_INVOICE: "Avoirs de {found} TTC au total sur la facture {field} de "
    "{expected}, soit {delta} de trop.",
    Code.PAYMENT_DEADLINE_NEAR: "Délai de paiement proche : échéance le {expected}, dans {delta} "
    "jour(s).",
    Code.PAYMENT_OVERDUE: "Délai de paiement dépassé : échéance le {expected}.",
}

_ENGLISH: Final[Mapping[Code, str]] = {
    Code.DUPLICATE_INVOICE: "Invoice received before: same supplier, number {found}, same year "
    "(first as {expected} of {delta}).",
    Code.DUPLICATE_SUSPECTED: "Possible duplicate: invoice {expected} of {delta} from the same "
    "supplier has the same content ({found} with VAT).",
    Code.TOTALS_INCONSISTENT: "The amounts do not add up ({field}): {found} instead of {expected}.",
    Code.INVALID_DOCUMENT: "The document breaks a mandatory rule ({field}): {found}",
    Code.PDF_XML_DIFFER: "The visible page and the XML do not say the same ({field}): the page "
    "shows {found}, the XML {expected}.",
    Code.EXTRACTION_UNCERTAIN: "The page could not be read surely, please check: {field}.",
    Code.BUYER_MISMATCH: "Addressed to {found}, who is not the expected buyer ({expected}).",
    Code.SUPPLIER_UNKNOWN: "The supplier is in no file: {found}.",
    Code.SUPPLIER_NOT_ON_ORDER: "Supplier {found} is neither the holder of order {order} "
    "({expected}) nor a co-supplier or subcontractor of its contract.",
    Code.IBAN_UNKNOWN: "Account {found} is not validated for this supplier (validated: "
    "{expected}).",
    Code.ORDER_REFERENCE_MISSING: "No order reference, and no open order is clearly meant.",
    Code.ORDER_REFERENCE_UNKNOWN: "Order reference {found} is unknown, and no open order is "
    "clearly meant.",
    Code.ORDER_CLOSED: "Order {order} is no longer open (status: {found}).",
    Code.LINE_NOT_ORDERED: "Line {line} was not ordered: “{found}”, {delta} net (order "
    "{expected}).",
    Code.QUANTITY_ABOVE_ORDERED: "Line {line}: {found} billed in all, {expected} ordered (order "
    "{order}, line {order_line}): {delta} too many.",
    Code.QUANTITY_ABOVE_RECEIVED: "Line {line}: {found} billed in all, {expected} received (order "
    "{order}, line {order_line}): {delta} too many.",
    Code.RECEIPT_MISSING: "Line {line}: no receipt at all (order {order}, line {order_line}) for "
    "{found} billed.",
    Code.PRICE_ABOVE_ORDER: "Line {line}: unit price {found} instead of {expected} ordered (order "
    "{order}, line {order_line}): {delta} too much a unit.",
    Code.PRICE_BELOW_ORDER: "Line {line}: unit price {found} is below the {expected} ordered "
    "(order {order}, line {order_line}).",
    Code.UNIT_MISMATCH: "Line {line}: billed in {found}, ordered in {expected} (order {order}, "
    "line {order_line}); these units do not convert.",
    Code.VAT_RATE_MISMATCH: "Line {line}: VAT at {found} % instead of {expected} % (order {order}, "
    "line {order_line}).",
    Code.AMOUNT_ABOVE_ORDER: "Amount not foreseen by order {order} ({field}): {found} where "
    "{expected} was foreseen, {delta} too much.",
    Code.CONTRACT_UNKNOWN: "Contract {found} is quoted but unknown, and the order has none.",
    Code.CONTRACT_NOT_STARTED: "Performed on {found}, before contract {field} starts ({expected}).",
    Code.CONTRACT_EXPIRED: "Performed on {found}, after contract {field} ended ({expected}).",
    Code.CONTRACT_CEILING_EXCEEDED: "Ceiling of contract {field} exceeded: {found} net billed in "
    "all, ceiling {expected}, {delta} too much.",
    Code.CONTRACT_PRICE_MISMATCH: "Line {line}: unit price {found} is above the price schedule "
    "({field}): {expected}.",
    Code.COMMITMENT_MISSING: "Order {order} has no commitment.",
    Code.COMMITMENT_EXCEEDED: "Commitment {field} exceeded: {found} billed in all, {expected} "
    "committed, {delta} too much.",
    Code.BUDGET_EXCEEDED: "Credits of budget line {field} exceeded: {found} billed in all with "
    "VAT, {expected} open, {delta} too much.",
    Code.CREDITED_INVOICE_UNKNOWN: "The invoice that it refers to never came ({found}).",
    Code.CREDIT_ABOVE_INVOICE: "Credits of {found} in all on invoice {field} of {expected}: "
    "{delta} too much.",
    Code.PAYMENT_DEADLINE_NEAR: "Payment deadline near: due on {expected}, in {delta} day(s).",
    Code.PAYMENT_OVERDUE: "Payment deadline passed: due on {expected}.",
}


_FRENCH_ALONE: Final[Mapping[Code, str]] = {
    Code.TOTALS_INCONSISTENT: "Les montants ne tombent pas juste ({field}) : {found}",
    Code.BUYER_MISMATCH: "Facture adressée à {found}, dont nous ne tenons pas les comptes.",
    Code.IBAN_UNKNOWN: "Compte bancaire {found} : aucun compte n'est validé pour ce fournisseur.",
}
_ENGLISH_ALONE: Final[Mapping[Code, str]] = {
    Code.TOTALS_INCONSISTENT: "The amounts do not add up ({field}): {found}",
    Code.BUYER_MISMATCH: "Addressed to {found}, whose books are not kept here.",
    Code.IBAN_UNKNOWN: "Account {found}: no account is validated for this supplier.",
}
"""What is said where there is nothing that should have stood there."""


_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "issue_date": ("date de facture", "issue date"),
    "lines": ("lignes", "lines"),
    "net_amount": ("montant de la ligne", "line amount"),
    "number": ("numéro de facture", "invoice number"),
    "payee_iban": ("compte bancaire", "account"),
    "seller": ("fournisseur", "seller"),
    "seller.name": ("fournisseur", "seller"),
    "seller.vat_id": ("numéro de TVA du fournisseur", "seller's VAT number"),
    "seller.legal_id": ("SIREN du fournisseur", "seller's registration"),
    "totals.charges": ("frais", "charges"),
    "totals.lines": ("somme des lignes", "sum of lines"),
    "totals.payable": ("net à payer", "amount due"),
    "totals.tax": ("TVA", "VAT"),
    "totals.tax_exclusive": ("total HT", "total without VAT"),
    "totals.tax_inclusive": ("total TTC", "total with VAT"),
    "vat_breakdown.tax": ("TVA d'un taux", "VAT of one rate"),
}
"""Field paths of CONTRACT §3 in an accountant's words."""


_FRENCH_AT: Final[Mapping[tuple[Code, str], str]] = {
    (
        Code.SUPPLIER_NOT_ON_ORDER,
        "seller.contract",
    ): "Le fournisseur {found} n'est ni titulaire, "
    "ni cotraitant ou sous-traitant du marché {expected}.",
    (Code.CONTRACT_CEILING_EXCEEDED, "advance"): "Avance au-delà de ce que le marché permet : "
    "{found} HT demandés en tout pour {expected}, soit {delta} de trop.",
    (Code.RECEIPT_MISSING, "advance"): "Avance de {found} HT sans service fait : le fichier des "
    "marchés ne dit pas qu'elle est accordée (taux d'avance).",
    (Code.AMOUNT_ABOVE_ORDER, "prepayment"): "Acomptes au-delà de la commande {order} : {found} HT "
    "en tout pour {expected}, soit {delta} de trop.",
    (Code.UNIT_MISMATCH, "currency"): "Facture en {found}, commande {order} en {expected} : les "
    "montants ne se comparent pas.",
    (Code.DUPLICATE_SUSPECTED, "preceding_invoices.settled"): "Doublon possible : la facture "
    "{expected} du {delta}, que celle-ci rectifie ({found} TTC), est déjà approuvée, remplacée ou "
    "créditée en partie.",
    (Code.DUPLICATE_SUSPECTED, "preceding_invoices.corrected_before"): "Doublon possible : la "
    "facture rectificative {expected} du {delta}, reçue avant, remplace déjà celle-ci ({found} "
    "TTC).",
}
_ENGLISH_AT: Final[Mapping[tuple[Code, str], str]] = {
    (Code.SUPPLIER_NOT_ON_ORDER, "seller.contract"): "Supplier {found} is neither the holder of "
    "contract {expected} nor a co-supplier or subcontractor of it.",
    (Code.CONTRACT_CEILING_EXCEEDED, "advance"): "Advance above what the contract allows: {found} "
    "net asked in all, {expected} allowed, {delta} too much.",
    (Code.RECEIPT_MISSING, "advance"): "Advance of {found} net without any receipt: the contract "
    "file does not say that one is granted (advance rate).",
    (Code.AMOUNT_ABOVE_ORDER, "prepayment"): "Deposits above order {order}: {found} net in all, "
    "{expected} ordered, {delta} too much.",
    (Code.UNIT_MISMATCH, "currency"): "Billed in {found}, order {order} is in {expected}: the "
    "amounts do not compare.",
    (Code.DUPLICATE_SUSPECTED, "preceding_invoices.settled"): "Possible duplicate: invoice "
    "{expected} of {delta}, which this one corrects ({found} with VAT), is approved, replaced or "
    "credited in part already.",
    (Code.DUPLICATE_SUSPECTED, "preceding_invoices.corrected_before"): "Possible duplicate: "
    "corrected invoice {expected} of {delta}, received before, replaces this one ({found} with "
    "VAT).",
}
"""What is said of a code where its field makes it another matter."""


def message(discrepancy: Discrepancy, language: str = FRENCH) -> str:
    """The sentence that says a discrepancy to an accountant."""
    code = discrepancy.code
    text = (_FRENCH if language == FRENCH else _ENGLISH)[code]
    at_field = _FRENCH_AT if language == FRENCH else _ENGLISH_AT
    if (code, discrepancy.field or "") in at_field:
        text = at_field[code, discrepancy.field or ""]
    elif discrepancy.expected is None:
        alone = _FRENCH_ALONE if language == FRENCH else _ENGLISH_ALONE
        text = alone.get(code, text)
    as_stated = discrepancy.code in _NOT_NUMBERS
    nothing = "aucun" if language == FRENCH else "none"
    values = {
        "line": discrepancy.invoice_line,
        "order": discrepancy.order_id,
        "order_line": discrepancy.order_line,
        "field": _named(discrepancy.field, language),
        "delta": _shown(discrepancy.delta, language),
        "expected": discrepancy.expected if as_stated else _shown(discrepancy.expected, language),
        "found": discrepancy.found if as_stated else _shown(discrepancy.found, language),
    }
    return text.format(**{name: nothing if v is None else v for name, v in values.items()})


def amount(value: Decimal, language: str = FRENCH) -> str:
    """A number as the language writes it: `1 234,56` or `1,234.56`."""
    text = f"{value:,f}"
    if language != FRENCH:
        return text
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


def day(value: date, language: str = FRENCH) -> str:
    """A date as the language writes it."""
    return value.strftime("%d/%m/%Y") if language == FRENCH else value.isoformat()


def _named(fields: str | None, language: str) -> str | None:
    if fields is None:
        return None
    place = 0 if language == FRENCH else 1
    return ", ".join(_FIELDS[f][place] if f in _FIELDS else f for f in fields.split(", "))


def _shown(value: str | None, language: str) -> str | None:
    if value is None:
        return None
    if _NUMBER.fullmatch(value):
        return amount(Decimal(value), language)
    return day(date.fromisoformat(value), language) if _DATE.fullmatch(value) else value
