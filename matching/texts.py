"""What accountants read: one sentence per code, in French and English, from the values alone.

`message` builds the sentence from a discrepancy; nothing else about the invoice is needed, so a
stored discrepancy can be told in either language at any time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from domain.match import Code, Discrepancy
from matching.text_values import FRENCH, plural, shown, unit

LANGUAGES: Final = (FRENCH, "en")
_NUMERIC: Final = re.compile(r"totals\.|issue_date")
"""Fields of which a page and an XML state a sum or a date, not a name or a number of a thing."""
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

_MONEY: Final = frozenset(
    {
        Code.TOTALS_INCONSISTENT,
        Code.DUPLICATE_SUSPECTED,
        Code.LINE_NOT_ORDERED,
        Code.PRICE_ABOVE_ORDER,
        Code.PRICE_BELOW_ORDER,
        Code.AMOUNT_ABOVE_ORDER,
        Code.CONTRACT_CEILING_EXCEEDED,
        Code.CONTRACT_PRICE_MISMATCH,
        Code.COMMITMENT_EXCEEDED,
        Code.BUDGET_EXCEEDED,
        Code.CREDIT_ABOVE_INVOICE,
    }
)
"""Codes whose numbers are sums or prices; those of the others are quantities, rates and days."""

_STATES: Final = {"closed": "clôturée", "cancelled": "annulée"}
_RULES: Final = {
    "fr": ("une règle obligatoire", "des règles obligatoires"),
    "en": ("a mandatory rule", "mandatory rules"),
}
_INVOICES: Final = {"fr": ("la facture", "les factures"), "en": ("invoice", "invoices")}
_ACCOUNTS: Final = {
    "fr": ("compte validé", "comptes validés"),
    "en": ("validated account", "validated accounts"),
}

_FRENCH: Final[Mapping[Code, str]] = {
    Code.DUPLICATE_INVOICE: "Document déjà reçu : même fournisseur, même numéro ({found}), même "
    "année ; le premier porte le numéro {expected}{dated}.",
    Code.DUPLICATE_SUSPECTED: "Doublon possible : le document {expected}{dated}, du même "
    "fournisseur, semble facturer la même chose (celui-ci : {found} TTC).",
    Code.TOTALS_INCONSISTENT: "Les montants ne tombent pas juste ({field}) : {found} au lieu de "
    "{expected}.",
    Code.INVALID_DOCUMENT: "Le document enfreint {rules} ({field}) : {found}",
    Code.PDF_XML_DIFFER: "La page visible et le fichier XML ne disent pas la même chose "
    "({field}) : la page porte {found}, le XML {expected}.",
    Code.EXTRACTION_UNCERTAIN: "Lecture incertaine de la page, à vérifier : {field}.",
    Code.BUYER_MISMATCH: "Facture adressée à « {found} », qui n'est pas l'acheteur attendu "
    "(« {expected} »).",
    Code.SUPPLIER_UNKNOWN: "Fournisseur inconnu du fichier : {found}.",
    Code.SUPPLIER_NOT_ON_ORDER: "Le fournisseur {found} n'est ni titulaire de la commande {order} "
    "({expected}), ni cotraitant ou sous-traitant de son marché.",
    Code.IBAN_UNKNOWN: "Compte bancaire {found} non validé pour ce fournisseur ({accounts} : "
    "{expected}).",
    Code.ORDER_REFERENCE_MISSING: "Aucune référence de commande, et aucune commande ouverte ne "
    "correspond clairement.",
    Code.ORDER_REFERENCE_UNKNOWN: "Référence de commande {found} inconnue, et aucune commande "
    "ouverte ne correspond clairement.",
    Code.ORDER_CLOSED: "La commande {order} n'est plus ouverte (état : {found}).",
    Code.LINE_NOT_ORDERED: "Ligne {line} non commandée : « {found} », {delta} HT ({of_orders}).",
    Code.QUANTITY_ABOVE_ORDERED: "Ligne {line} : {found} facturé{found_s} au total pour "
    "{expected} commandé{expected_s} (commande {order}, poste {order_line}), soit {delta} de trop.",
    Code.QUANTITY_ABOVE_RECEIVED: "Ligne {line} : {found} facturé{found_s} au total pour "
    "{expected} reçu{expected_s} (commande {order}, poste {order_line}), soit {delta} de trop.",
    Code.RECEIPT_MISSING: "Ligne {line} : aucun service fait constaté (commande {order}, poste "
    "{order_line}) pour {found} facturé{found_s}.",
    Code.PRICE_ABOVE_ORDER: "Ligne {line} : prix unitaire {found} au lieu de {expected} commandé "
    "(commande {order}, poste {order_line}), soit {delta} de trop par unité.",
    Code.PRICE_BELOW_ORDER: "Ligne {line} : prix unitaire {found} inférieur au prix commandé "
    "{expected} (commande {order}, poste {order_line}).",
    Code.UNIT_MISMATCH: "Ligne {line} : facturée en {found}, commandée en {expected} (commande "
    "{order}, poste {order_line}) ; ces unités ne se convertissent pas.",
    Code.VAT_RATE_MISMATCH: "Ligne {line} : TVA à {found} % au lieu de {expected} % (commande "
    "{order}, poste {order_line}).",
    Code.AMOUNT_ABOVE_ORDER: "Montant non prévu {the_order} ({field}) : {found} pour {expected} "
    "prévu{expected_s}, soit {delta} de trop.",
    Code.CONTRACT_UNKNOWN: "Marché {found} cité mais inconnu, et aucune commande liée ne relève "
    "d'un marché.",
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
    Code.CREDIT_ABOVE_INVOICE: "Avoirs de {found} TTC au total sur {invoices} {field} de "
    "{expected}, soit {delta} de trop.",
    Code.PAYMENT_DEADLINE_NEAR: "Délai de paiement proche : échéance le {expected}, {in_days}.",
    Code.PAYMENT_OVERDUE: "Délai de paiement dépassé : échéance le {expected}.",
}

_ENGLISH: Final[Mapping[Code, str]] = {
    Code.DUPLICATE_INVOICE: "Received before: same supplier, same number ({found}), same year; "
    "the first one has number {expected}{dated}.",
    Code.DUPLICATE_SUSPECTED: "Possible duplicate: document {expected}{dated} from the same "
    "supplier seems to bill the same (this one: {found} with VAT).",
    Code.TOTALS_INCONSISTENT: "The amounts do not add up ({field}): {found} instead of {expected}.",
    Code.INVALID_DOCUMENT: "The document breaks {rules} ({field}): {found}",
    Code.PDF_XML_DIFFER: "The visible page and the XML do not say the same ({field}): the page "
    "shows {found}, the XML {expected}.",
    Code.EXTRACTION_UNCERTAIN: "The page could not be read surely, please check: {field}.",
    Code.BUYER_MISMATCH: "Addressed to “{found}”, who is not the expected buyer (“{expected}”).",
    Code.SUPPLIER_UNKNOWN: "The supplier is in no file: {found}.",
    Code.SUPPLIER_NOT_ON_ORDER: "Supplier {found} is neither the holder of order {order} "
    "({expected}) nor a co-supplier or subcontractor of its contract.",
    Code.IBAN_UNKNOWN: "Account {found} is not validated for this supplier ({accounts}: "
    "{expected}).",
    Code.ORDER_REFERENCE_MISSING: "No order reference, and no open order is clearly meant.",
    Code.ORDER_REFERENCE_UNKNOWN: "Order reference {found} is unknown, and no open order is "
    "clearly meant.",
    Code.ORDER_CLOSED: "Order {order} is no longer open (status: {found}).",
    Code.LINE_NOT_ORDERED: "Line {line} was not ordered: “{found}”, {delta} net ({of_orders}).",
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
    Code.AMOUNT_ABOVE_ORDER: "Amount not foreseen {the_order} ({field}): {found} where {expected} "
    "was foreseen, {delta} too much.",
    Code.CONTRACT_UNKNOWN: "Contract {found} is quoted but unknown, and no linked order is under a "
    "contract.",
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
    Code.CREDIT_ABOVE_INVOICE: "Credits of {found} in all on {invoices} {field} of {expected}: "
    "{delta} too much.",
    Code.PAYMENT_DEADLINE_NEAR: "Payment deadline near: due on {expected}, {in_days}.",
    Code.PAYMENT_OVERDUE: "Payment deadline passed: due on {expected}.",
}


_FRENCH_ALONE: Final[Mapping[Code, str]] = {
    Code.TOTALS_INCONSISTENT: "Les montants ne tombent pas juste ({field}) : {found}",
    Code.BUYER_MISMATCH: "Facture adressée à « {found} », dont nous ne tenons pas les comptes.",
    Code.IBAN_UNKNOWN: "Compte bancaire {found} : aucun compte n'est validé pour ce fournisseur.",
}
_ENGLISH_ALONE: Final[Mapping[Code, str]] = {
    Code.TOTALS_INCONSISTENT: "The amounts do not add up ({field}): {found}",
    Code.BUYER_MISMATCH: "Addressed to “{found}”, whose books are not kept here.",
    Code.IBAN_UNKNOWN: "Account {found}: no account is validated for this supplier.",
}
"""What is said where there is nothing that should have stood there."""

_FRENCH_UNSAID: Final[Mapping[Code, str]] = {
    Code.SUPPLIER_UNKNOWN: "Le document ne nomme pas son fournisseur.",
    Code.CREDITED_INVOICE_UNKNOWN: "L'avoir ne dit pas quelle facture il crédite : à demander au "
    "fournisseur, ou à rattacher à la main.",
}
_ENGLISH_UNSAID: Final[Mapping[Code, str]] = {
    Code.SUPPLIER_UNKNOWN: "The document does not name its supplier.",
    Code.CREDITED_INVOICE_UNKNOWN: "The credit note does not say which invoice it credits: ask the "
    "supplier, or link it by hand.",
}
"""What is said where the document says nothing."""


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
    return _text_of(discrepancy, language).format(**_values(discrepancy, language))


def message_of(record: Mapping[str, Any], language: str = FRENCH) -> str:
    """The sentence of a discrepancy as it is kept; of a code no longer known, the one kept."""
    if record["code"] not in Code.__members__:
        return str(record["message"])
    names = ("invoice_line", "order_id", "order_line", "field", "expected", "found", "delta")
    values = {name: record.get(name) for name in names}
    return message(Discrepancy(Code(record["code"]), record["message"], **values), language)


def _text_of(discrepancy: Discrepancy, language: str) -> str:
    """The sentence without its values."""
    code, french = discrepancy.code, language == FRENCH
    at_field = (_FRENCH_AT if french else _ENGLISH_AT).get((code, discrepancy.field or ""))
    if at_field is not None:
        return at_field
    text = (_FRENCH if french else _ENGLISH)[code]
    if discrepancy.found is None:
        text = (_FRENCH_UNSAID if french else _ENGLISH_UNSAID).get(code, text)
    if discrepancy.expected is None:
        text = (_FRENCH_ALONE if french else _ENGLISH_ALONE).get(code, text)
    return text


def _values(discrepancy: Discrepancy, language: str) -> dict[str, str]:
    """What the sentences take in; what is not known is said to be none."""
    d, french = discrepancy, language == FRENCH
    stated = {"expected": d.expected, "found": d.found}
    if d.code is Code.UNIT_MISMATCH:
        stated = {name: unit(value, language) for name, value in stated.items()}
    elif d.code is Code.ORDER_CLOSED and french:
        stated = {name: _STATES.get(value or "", value) for name, value in stated.items()}
    elif d.code is Code.PDF_XML_DIFFER and _NUMERIC.match(d.field or ""):
        stated = {name: shown(v, language, is_money=True) for name, v in stated.items()}
    elif d.code not in _NOT_NUMBERS:
        is_money = d.code in _MONEY or (d.code, d.field or "") in _FRENCH_AT
        stated = {name: shown(v, language, is_money=is_money) for name, v in stated.items()}
    if d.code is Code.DUPLICATE_SUSPECTED:
        stated["expected"] = d.expected  # the number of an invoice, whatever it looks like
    delta = shown(d.delta, language, is_money=d.code in _MONEY)
    values = {
        "line": d.invoice_line,
        "order": d.order_id,
        "order_line": d.order_line,
        "field": _named(d.field, language),
        "delta": delta,
        **stated,
    }
    nothing = "aucun" if french else "none"
    known = {name: nothing if value is None else value for name, value in values.items()}
    return known | _agreements(discrepancy, known, language)


def _agreements(d: Discrepancy, known: dict[str, str], language: str) -> dict[str, str]:
    """Words that agree with the values: plurals, and what is left out where nothing is known."""
    french = language == FRENCH
    several = ", " in (d.field or "")
    orders = ("commandes" if french else "orders") if ", " in known["expected"] else None
    dated = (f" du {known['delta']}" if french else f" of {known['delta']}") if d.delta else ""
    return {
        "expected_s": plural(d.expected),
        "found_s": plural(d.found),
        "dated": dated,
        "the_order": _the_order(d.order_id, language),
        "of_orders": f"{orders or ('commande' if french else 'order')} {known['expected']}",
        "rules": _RULES[language][several],
        "invoices": _INVOICES[language][several],
        "accounts": _ACCOUNTS[language][", " in known["expected"]],
        "in_days": _in_days(known["delta"], plural(d.delta), language),
    }


def _the_order(order_id: str | None, language: str) -> str:
    if language == FRENCH:
        return f"à la commande {order_id}" if order_id else "aux commandes liées"
    return f"by order {order_id}" if order_id else "by the orders linked"


def _in_days(days: str, s: str, language: str) -> str:
    if days == "0":
        return "aujourd'hui" if language == FRENCH else "today"
    if language == FRENCH:
        return f"dans {days} jour{s}"
    return f"in {days} day{s}"


def _named(fields: str | None, language: str) -> str | None:
    if fields is None:
        return None
    place = 0 if language == FRENCH else 1
    return ", ".join(_FIELDS[f][place] if f in _FIELDS else f for f in fields.split(", "))
