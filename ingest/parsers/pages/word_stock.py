"""Words that many labels are made of: number, invoice, order, your, reference."""

from __future__ import annotations

from ingest.parsers.pages.wording import alternatives

NO = r"(?:n[°o]s?\.?|nr\.?|num(?:ero|\.)?|number|nummer|#|id\b)"
DOC_FR = alternatives(r"""
    facture(?: d'avoir| rectificative| d'acompte| de solde| de situation)?
    avoir
    note de credit
    note d'honoraires
""")
DOC_DE = alternatives(r"""
    [a-z]{0,16}rechnung
    gutschrift
    rechnungskorrektur
    factuur
    creditnota
    fattura
    factura
""")
DOC_EN = r"(?:tax |corrected |commercial |sales )?invoice|credit (?:note|memo)|bill"
DOC = rf"(?:{DOC_FR}|{DOC_EN}|{DOC_DE})"
OTHER_NOUN = alternatives(r"""
    (?:order|commande|bestell\w*|client|contrat|marche|contract|customer|kunde)\b
    (?:tva|vat|siret|bon|livraison|delivery|page|date)\b
    (?:for|sur|zu|of|and|et)\b
""")
YOUR = r"(?:votre |vos |v/ ?|v\. ?|your |ihre? |uw )"
REF = r"(?:ref(?:erence|\.)?s? )"
ORDER_FR = r"(?:bons? de commande|commande|bdc|b\.?c\.?|cde)"
ORDER_EN = r"(?:purchase order|customer order|order|p\.?o\.?)"
ORDER_DE = r"(?:bestellung|bestell|auftrags?|kundenbestell(?:ung)?)"
