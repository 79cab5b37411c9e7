"""The words of correcting, linking and of what was learned, in French and English."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

CORRECTING_TEXTS: dict[str, tuple[str, str]] = {
    "nav.learned": ("Corrections apprises", "Learned corrections"),
    "done.learned": (
        "Corrigé, appris : le prochain document de cette présentation sera lu de même.",
        "Corrected, learned: the next document of this layout will be read so.",
    ),
    "done.correct": ("Corrigé, jugé de nouveau.", "Corrected, judged again."),
    "done.link": ("Lié, jugé de nouveau.", "Linked, judged again."),
    "correct.go": ("Corriger ce qui a été lu", "Correct what was read"),
    "correct.title": ("Corriger ce qui a été lu", "Correct what was read"),
    "correct.back": ("Retour au document", "Back to the document"),
    "correct.field": ("Donnée", "Item"),
    "correct.choose": ("Choisir", "Choose"),
    "correct.value": ("Valeur juste", "Right value"),
    "correct.value_hint": (
        "Cliquez sur la page ou saisissez. Vide : la donnée n’existe pas.",
        "Click on the page, or type. Empty: there is no such value.",
    ),
    "correct.read": ("{name}, lu : {value}", "{name}, read: {value}"),
    "correct.read_nothing": ("{name} : rien n’a été lu.", "{name}: nothing was read."),
    "correct.heading_hint": (
        "Recopiez l’intitulé imprimé au-dessus de la colonne.",
        "Write the heading as printed over the column.",
    ),
    "correct.reason": ("Pourquoi ?", "Why?"),
    "correct.send": ("Corriger et juger de nouveau", "Correct and judge again"),
    "correct.kept": (
        "La première lecture et son verdict sont conservés.",
        "The first reading and its verdict are kept.",
    ),
    "correct.learned_column": (
        "Cet intitulé dira cette colonne au prochain document de cette présentation.",
        "This heading will tell this column in the next document of this layout.",
    ),
    "correct.learned_field": (
        (
            "Si la valeur se trouve sur la page, elle sera cherchée de même au prochain document "
            "de cette présentation ; sinon, la correction ne vaut que pour ce document."
        ),
        (
            "If the value stands on the page, it will be looked for in the same way in the next "
            "document of this layout; else the correction holds for this document alone."
        ),
    ),
    "correct.learned_not": (
        (
            "La correction ne vaut que pour ce document. Pour les suivants, dire ce que porte la "
            "colonne."
        ),
        (
            "The correction holds for this document alone. For the next ones, say what the column "
            "holds."
        ),
    ),
    "correct.column": ("Colonne : {name}", "Column: {name}"),
    "correct.line": ("Ligne {line} : {name}", "Line {line}: {name}"),
    "correct.pick": ("Prendre « {text} »", "Take “{text}”"),
    "link.go": ("Lier à une autre commande", "Link to another order"),
    "link.title": ("Lier à une commande", "Link to an order"),
    "link.order": ("Commande", "Order"),
    "link.no_order": ("Aucune commande de ce fournisseur.", "No order of this supplier."),
    "link.other": ("Autre commande, marché ou engagement", "Another order, contract, commitment"),
    "link.other_id": ("Identifiant", "Id"),
    "link.kind.order": ("Commande", "Order"),
    "link.kind.contract": ("Marché", "Contract"),
    "link.kind.commitment": ("Engagement", "Commitment"),
    "link.likely": ("explique {percent} du contenu", "explains {percent} of the content"),
    "link.quoted": ("citée par la facture", "quoted by the invoice"),
    "link.send": ("Lier et juger de nouveau", "Link and judge again"),
    "link.date": ("du {day}", "of {day}"),
    "learned.title": ("Corrections apprises", "Learned corrections"),
    "learned.none": (
        "Rien n’a encore été appris. Corrigez une lecture sur la page d’un document.",
        "Nothing was learned yet. Correct a reading on a document’s page.",
    ),
    "learned.supplier": ("Fournisseur", "Supplier"),
    "learned.field": ("Donnée", "Item"),
    "learned.label": ("Reconnue à", "Found by"),
    "learned.applied": ("Documents", "Documents"),
    "learned.made": ("Corrigé", "Corrected"),
    "learned.made_by": ("{day} par {who}", "{day} by {who}"),
    "learned.document": ("document d’origine", "first document"),
    "learned.forget": ("Oublier", "Forget"),
    "learned.forgotten": ("Oubliée le {day} par {who}", "Forgotten {day} by {who}"),
    "learned.place": ("sa place sur la page", "its place on the page"),
    "history.learned": ("Lu avec des corrections apprises", "Read with learned corrections"),
    "history.forgotten": ("Correction oubliée", "Correction forgotten"),
    "values.corrected": ("corrigé par {who}", "corrected by {who}"),
    "values.learned": ("appris, correction de {who}", "learned, corrected by {who}"),
    "field.number": ("Numéro", "Number"),
    "field.issue_date": ("Date de facture", "Issue date"),
    "field.due_date": ("Échéance", "Due date"),
    "field.delivery_date": ("Date de livraison", "Delivery date"),
    "field.order_reference": ("Référence de commande", "Order reference"),
    "field.contract_reference": ("Référence de marché", "Contract reference"),
    "field.buyer_reference": ("Référence de l’acheteur", "Buyer reference"),
    "field.despatch_advice_reference": ("Bon de livraison", "Despatch advice"),
    "field.currency": ("Devise", "Currency"),
    "field.payee_iban": ("Compte bancaire", "Account"),
    "field.payment_terms": ("Conditions de paiement", "Payment terms"),
    "field.seller.name": ("Fournisseur", "Seller"),
    "field.seller.legal_id": ("SIREN ou SIRET du fournisseur", "Legal id of the seller"),
    "field.seller.vat_id": ("TVA du fournisseur", "VAT id of the seller"),
    "field.buyer.name": ("Acheteur", "Buyer"),
    "field.buyer.legal_id": ("SIREN ou SIRET de l’acheteur", "Legal id of the buyer"),
    "field.totals.lines": ("Somme des lignes", "Sum of lines"),
    "field.totals.allowances": ("Remises", "Allowances"),
    "field.totals.charges": ("Frais", "Charges"),
    "field.totals.tax_exclusive": ("Total HT", "Net total"),
    "field.totals.tax": ("TVA", "VAT"),
    "field.totals.tax_inclusive": ("Total TTC", "Gross total"),
    "field.totals.prepaid": ("Déjà payé", "Prepaid"),
    "field.totals.payable": ("Net à payer", "Amount due"),
    "field.line.name": ("désignation", "name"),
    "field.line.quantity": ("quantité", "quantity"),
    "field.line.unit": ("unité", "unit"),
    "field.line.net_price": ("prix unitaire HT", "net price"),
    "field.line.net_amount": ("montant HT", "net amount"),
    "field.line.vat_rate": ("taux de TVA", "VAT rate"),
    "field.line.seller_item_id": ("référence d’article", "item number"),
    "field.line.ignore": ("à ignorer", "to be ignored"),
}
"""`field.` and a path, or `field.line.` and what a cell or a column holds."""

OFFERED: tuple[str, ...] = tuple(
    key.removeprefix("field.")
    for key in CORRECTING_TEXTS
    if key.startswith("field.") and not key.startswith("field.line.")
)
"""The fields offered for correction, in the order of an invoice."""
