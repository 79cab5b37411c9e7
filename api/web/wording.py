"""Discrepancies in the words of an accountant, in French and English.

For each code: a short title for lists and cards, and the one action that most likely settles it. A
code that is not known here is shown by its name.
"""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

from typing import NamedTuple

from api.web.formats import Language

_Pair = tuple[str, str]


class Words(NamedTuple):
    """How one discrepancy code is told."""

    title: _Pair
    advice: _Pair


_LOOK: _Pair = (
    "Comparer avec la commande, puis importer ce qui fait foi.",
    "Compare with the order, then import what holds.",
)
SIGNATURE_BROKEN = "INVALID_DOCUMENT.signature"
"""Words for INVALID_DOCUMENT where the first broken rule is about a signature."""

_WORDS: dict[str, Words] = {
    "DUPLICATE_INVOICE": Words(
        ("Facture déjà reçue sous ce numéro", "Invoice already received under this number"),
        (
            "Comparer avec la première, puis refuser celle-ci (doublon).",
            "Compare with the first one, then refuse this one (duplicate).",
        ),
    ),
    "DUPLICATE_SUSPECTED": Words(
        ("Peut-être déjà facturé", "Perhaps billed already"),
        (
            "Comparer avec l’autre facture : mêmes lignes ou même total à dates proches.",
            "Compare with the other invoice: same lines or same total at near dates.",
        ),
    ),
    "TOTALS_INCONSISTENT": Words(
        ("Les calculs de la facture ne tombent pas juste", "The invoice does not add up"),
        (
            "Demander au fournisseur une facture rectificative.",
            "Ask the supplier for a corrected invoice.",
        ),
    ),
    "INVALID_DOCUMENT": Words(
        ("Une règle officielle n’est pas respectée", "An official rule does not hold"),
        (
            "Lire le constat plus bas ; le fournisseur doit corriger son logiciel.",
            "Read the finding below; the supplier must correct their software.",
        ),
    ),
    SIGNATURE_BROKEN: Words(
        (
            "Le document n’est pas ce qui a été signé",
            "The document is not what was signed",
        ),
        (
            "Ne pas payer sur ce fichier : redemander l’original par un canal connu.",
            "Do not pay on this file: ask the supplier for the original through a known channel.",
        ),
    ),
    "PDF_XML_DIFFER": Words(
        ("La page visible et le XML se contredisent", "The visible page and the XML disagree"),
        (
            "Signal de fraude possible : vérifier auprès du fournisseur par un canal connu.",
            "Possible fraud: check with the supplier through a channel you know.",
        ),
    ),
    "EXTRACTION_UNCERTAIN": Words(
        ("Une donnée nécessaire n’a pas été lue avec certitude", "A needed value is uncertain"),
        (
            "Regarder la page et confirmer ou corriger la valeur.",
            "Look at the page and confirm or correct the value.",
        ),
    ),
    "BUYER_MISMATCH": Words(
        ("Adressée à un autre destinataire", "Addressed to somebody else"),
        ("Refuser : erreur de destinataire.", "Refuse: wrong recipient."),
    ),
    "SUPPLIER_UNKNOWN": Words(
        ("Fournisseur inconnu", "Unknown supplier"),
        (
            "Créer le fournisseur après contrôle de son SIREN et de ses coordonnées bancaires.",
            "Create the supplier after checking their registration and bank details.",
        ),
    ),
    "SUPPLIER_NOT_ON_ORDER": Words(
        ("Ce fournisseur n’est pas celui de la commande", "Not the supplier of the order"),
        (
            "Vérifier le titulaire, les cotraitants et les sous-traitants acceptés.",
            "Check the holder, the co-suppliers and the accepted subcontractors.",
        ),
    ),
    "IBAN_UNKNOWN": Words(
        ("Compte bancaire non validé", "Bank account not validated"),
        (
            "Rappeler le fournisseur à un numéro déjà connu : deux personnes répondent du compte.",
            "Call the supplier back on a number known before: two people vouch for the account.",
        ),
    ),
    "ORDER_REFERENCE_MISSING": Words(
        ("Aucune commande citée ni trouvée", "No order given or found"),
        (
            "Rattacher la facture à sa commande, ou demander la référence.",
            "Link the invoice to its order, or ask for the reference.",
        ),
    ),
    "ORDER_REFERENCE_UNKNOWN": Words(
        ("La commande citée n’existe pas", "The order given does not exist"),
        (
            "Rattacher la facture à la bonne commande, ou demander la référence.",
            "Link the invoice to the right order, or ask for the reference.",
        ),
    ),
    "ORDER_CLOSED": Words(
        ("La commande est close", "The order is closed"),
        (
            "Vérifier avec le service si la commande doit être rouverte ; sinon refuser.",
            "Ask the service whether the order must be reopened; refuse otherwise.",
        ),
    ),
    "LINE_NOT_ORDERED": Words(
        ("Ligne non commandée", "Line not ordered"),
        (
            "Demander un avoir, ou une commande complémentaire au service.",
            "Ask for a credit note, or for a further order from the service.",
        ),
    ),
    "QUANTITY_ABOVE_ORDERED": Words(
        ("Quantité supérieure à la commande", "Quantity above the order"),
        (
            "Vérifier ce qui a déjà été facturé sur la ligne ; demander un avoir.",
            "Check what was billed before on the line; ask for a credit note.",
        ),
    ),
    "QUANTITY_ABOVE_RECEIVED": Words(
        ("Quantité supérieure à la livraison", "Quantity above what was received"),
        (
            "Attendre le reste de la livraison ou faire constater le service fait.",
            "Wait for the rest of the delivery, or have the receipt certified.",
        ),
    ),
    "RECEIPT_MISSING": Words(
        ("Service fait non constaté", "Receipt not certified"),
        (
            "Demander au service de constater le service fait.",
            "Ask the service to certify the receipt.",
        ),
    ),
    "PRICE_ABOVE_ORDER": Words(
        ("Prix unitaire supérieur à la commande", "Unit price above the order"),
        (
            "Demander un avoir sur la différence, ou la preuve d’un accord sur le prix.",
            "Ask for a credit note for the difference, or proof of an agreed price.",
        ),
    ),
    "PRICE_BELOW_ORDER": Words(
        ("Prix unitaire inférieur à la commande", "Unit price below the order"),
        ("Rien à faire.", "Nothing to do."),
    ),
    "UNIT_MISMATCH": Words(
        ("Unité différente de la commande", "Unit differs from the order"),
        (
            "Convertir à la main ou demander une facture dans l’unité commandée.",
            "Convert by hand, or ask for an invoice in the unit ordered.",
        ),
    ),
    "VAT_RATE_MISMATCH": Words(
        ("Taux de TVA différent de la commande", "VAT rate differs from the order"),
        (
            "Vérifier le taux applicable ; demander une facture rectificative.",
            "Check the rate that applies; ask for a corrected invoice.",
        ),
    ),
    "AMOUNT_ABOVE_ORDER": Words(
        ("Montant supérieur à la commande", "Amount above the order"),
        (
            "Vérifier les frais et les factures antérieures de la commande.",
            "Check the charges and the earlier invoices of the order.",
        ),
    ),
    "CONTRACT_UNKNOWN": Words(
        ("Marché cité inconnu", "The contract given is unknown"),
        (
            "Rattacher au bon marché, ou demander la référence au fournisseur.",
            "Link to the right contract, or ask the supplier for the reference.",
        ),
    ),
    "CONTRACT_NOT_STARTED": Words(
        ("Marché pas encore en vigueur", "Contract not in force yet"),
        (
            "Vérifier la date de notification et la date de la prestation.",
            "Check the date of notification and the date of the service.",
        ),
    ),
    "CONTRACT_EXPIRED": Words(
        ("Marché expiré", "Contract expired"),
        (
            "Vérifier reconductions et avenants ; sinon refuser.",
            "Check renewals and amendments; refuse otherwise.",
        ),
    ),
    "CONTRACT_CEILING_EXCEEDED": Words(
        ("Maximum du marché dépassé", "Contract ceiling exceeded"),
        (
            "Au-delà du maximum, le marché n’a plus d’effet : avenant ou nouveau marché.",
            "Beyond its maximum the contract has no effect: amendment or new contract.",
        ),
    ),
    "CONTRACT_PRICE_MISMATCH": Words(
        ("Prix différent du bordereau", "Price differs from the price schedule"),
        (
            "Demander un avoir, ou vérifier la formule de révision.",
            "Ask for a credit note, or check the revision formula.",
        ),
    ),
    "COMMITMENT_MISSING": Words(
        ("Aucun engagement", "No commitment"),
        (
            "Faire engager la dépense avant le mandatement.",
            "Have the expense committed before payment is ordered.",
        ),
    ),
    "COMMITMENT_EXCEEDED": Words(
        ("Engagement dépassé", "Commitment exceeded"),
        (
            "Demander un engagement complémentaire au service.",
            "Ask the service for a further commitment.",
        ),
    ),
    "BUDGET_EXCEEDED": Words(
        ("Crédits insuffisants", "Not enough credits"),
        (
            "Demander un virement de crédits ou une décision modificative.",
            "Ask for a transfer of credits or a budget amendment.",
        ),
    ),
    "CREDITED_INVOICE_UNKNOWN": Words(
        ("L’avoir ne se rattache à aucune facture", "The credit note names no known invoice"),
        (
            "Demander au fournisseur quelle facture il corrige.",
            "Ask the supplier which invoice it corrects.",
        ),
    ),
    "CREDIT_ABOVE_INVOICE": Words(
        ("L’avoir dépasse la facture", "The credit note exceeds the invoice"),
        ("Demander un avoir corrigé.", "Ask for a corrected credit note."),
    ),
    "PAYMENT_DEADLINE_NEAR": Words(
        ("Échéance de paiement proche", "Payment deadline near"),
        ("Traiter en priorité.", "Deal with it first."),
    ),
    "PAYMENT_OVERDUE": Words(
        ("Délai de paiement dépassé", "Payment overdue"),
        (
            "Payer au plus vite : les intérêts moratoires courent de plein droit.",
            "Pay as soon as possible: late interest runs by law.",
        ),
    ),
    **{
        code: Words(title, _LOOK)
        for code, title in {
            "DOCUMENT_NUMBER_MISSING": ("Document sans numéro", "Document without a number"),
            "ORDER_BUYER_UNKNOWN": ("Acheteur inconnu", "Buyer not known"),
            "ORDER_SELLER_UNKNOWN": ("Fournisseur inconnu", "Seller not known"),
            "ORDER_LINE_REPEATED": ("Numéro de ligne en double", "Line number given twice"),
            "ORDER_UNKNOWN": ("Commande inconnue", "Order not known"),
            "ORDER_OTHER_PARTIES": ("Autres parties que la commande", "Not the order’s parties"),
            "ORDER_BOOKS_DIFFER": ("Contredit les données importées", "Differs from the books"),
            "ORDER_ALREADY_KNOWN": ("Commande déjà reçue autrement", "Order received otherwise"),
            "ORDER_LINE_UNKNOWN": ("Ligne de commande inconnue", "Order line not known"),
            "RECEIPT_QUANTITY_MISSING": ("Quantité reçue absente", "No quantity received"),
            "RECEIPT_UNIT_DIFFERS": ("Unité non convertible", "Unit does not convert"),
            "RECEIPT_BOOKS_DIFFER": ("Contredit la réception importée", "Differs from the books"),
            "RECEIPT_BEYOND_ORDER": ("Réception peut-être en double", "Perhaps received twice"),
            "DOCUMENT_NOT_READ": ("Format non lu", "Format not read"),
        }.items()
    },
}

_PLACE: dict[Language, int] = {"fr": 0, "en": 1}


def title_of(code: str, language: Language) -> str:
    """The short title of a discrepancy."""
    words = _WORDS.get(code)
    return code if words is None else words.title[_PLACE[language]]


def advice_for(code: str, language: Language) -> str:
    """The one action that most likely settles a discrepancy."""
    words = _WORDS.get(code)
    return "" if words is None else words.advice[_PLACE[language]]
