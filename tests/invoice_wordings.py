"""Further wordings for the sheets, for which no label had been written when they were collected.

The confidences were calibrated on sheets with these wordings (`benchmarks/calibrate_pages.py`), as
on layouts that nobody had looked at. Many have become labels since, from other software.
"""

from __future__ import annotations

HELD_OUT: dict[str, dict[str, tuple[str, ...]]] = {
    "fr": {
        "title": ("Facture définitive", "FACTURE N°", "Facture de prestations", "Votre facture"),
        "number": ("Facture numéro", "N° doc.", "Identifiant facture", "Fact. n°", "Num. facture"),
        "issued": ("Facturé le", "En date du", "Date d'édition", "Édité le", "Date du document"),
        "due": ("Règlement avant le", "Exigible le", "Date exigibilité", "Paiement attendu le"),
        "order": ("Commande réf.", "Votre BC", "Cde client", "Suivant commande", "N° cde"),
        "service": ("Code du service", "Service destinataire"),
        "billed": ("Facture destinée à", "Tiers facturé", "Pour le compte de", "Acheteur public"),
        "seller": ("Titulaire", "Prestataire", "Entreprise"),
        "name": ("Détail", "Intitulé", "Objet de la prestation", "Libellé de l'article"),
        "quantity": ("Volume", "Quant.", "Qtés", "Nbre"),
        "price": ("Prix HT", "Unitaire HT", "P. Unit.", "Coût unitaire HT"),
        "amount": ("Somme HT", "Montant net HT", "Total ligne", "Valeur HT"),
        "net": ("Somme HT", "Total hors taxe", "Montant net HT", "Total général HT"),
        "tax": ("Taxe (TVA)", "Dont TVA", "TVA collectée", "Mt TVA"),
        "gross": ("Somme TTC", "Total général TTC", "À payer TTC", "Montant facturé TTC"),
        "payable": ("Montant à régler", "Net à régler", "Reste dû", "Solde à payer"),
        "prepaid": ("Avance versée", "Acompte déduit", "Versement reçu"),
    },
    "de": {
        "title": ("Rechnung", "Dienstleistungsrechnung", "Warenrechnung"),
        "number": ("Rechnung-Nr", "Dokumentnummer", "Rechnungs-ID", "Vorgang"),
        "issued": ("vom", "Ausgestellt am", "Rechnungs-Datum", "Erstellungsdatum"),
        "due": ("Zahlung bis", "Zahlbar zum", "Fälligkeitstermin", "Bitte zahlen bis"),
        "order": ("Auftragsnummer", "Ihre Best.-Nr.", "Bestellreferenz", "Ihr Auftrag"),
        "billed": ("Empfänger", "Auftraggeber", "Rechnung für"),
        "seller": ("Absender", "Rechnungsabsender"),
        "name": ("Position", "Ware / Leistung", "Produktbezeichnung", "Leistungsbeschreibung"),
        "quantity": ("Mng.", "Stückzahl", "Anzahl/Menge"),
        "price": ("Einzel netto", "Preis pro Einheit", "Nettopreis", "VK netto"),
        "amount": ("Gesamt netto", "Positionswert", "Netto", "Gesamtbetrag"),
        "net": ("Nettowert", "Warenwert", "Total netto", "Zwischensumme"),
        "tax": ("enthaltene MwSt.", "Steuer", "plus MwSt.", "Umsatzsteuerbetrag"),
        "gross": ("Total", "Summe brutto", "Gesamt (brutto)", "Rechnungstotal"),
        "payable": ("Bitte überweisen", "Fälliger Betrag", "Noch zu zahlen"),
        "prepaid": ("Vorauszahlung", "Teilzahlung", "Gezahlt"),
    },
    "en": {
        "title": ("Sales Invoice", "INVOICE", "Service Invoice", "Commercial Invoice"),
        "number": ("Inv. No.", "Invoice ref", "Document no.", "Bill no."),
        "issued": ("Dated", "Billing date", "Invoice dt.", "Document date"),
        "due": ("Pay before", "Payment date", "Payable by", "Terms: due"),
        "order": ("Order ref.", "PO ref", "Cust. order no.", "Your PO"),
        "billed": ("Client", "Attention", "Charge to", "Recipient"),
        "seller": ("Issued by", "Vendor"),
        "name": ("Particulars", "Goods / services", "Work done", "Line item"),
        "quantity": ("No.", "Qnty", "Number", "Count"),
        "price": ("Each", "Net price", "Unit amount", "Price/unit"),
        "amount": ("Value", "Total net", "Line amount", "Extended price"),
        "net": ("Total before tax", "Net value", "Goods total", "Total ex VAT"),
        "tax": ("VAT charged", "Output VAT", "Tax total", "VAT payable"),
        "gross": ("Total including VAT", "Invoice amount", "Total to pay", "Gross"),
        "payable": ("Please pay", "Outstanding", "Left to pay", "Now due"),
        "prepaid": ("Received to date", "Already paid", "Advance"),
    },
}
