"""The labels of business documents, French first, German and English beside them.

Patterns are searched in folded text (`folding.fold_printed`). A weight says how far a label alone
settles what stands beside it: `date` is weaker than `date de facture`. Some concepts are only
known so that their values are not mistaken for others (customer numbers, telephone numbers).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache


class Concept(StrEnum):
    """What a label announces."""

    NUMBER = "number"
    ISSUE_DATE = "issue date"
    DUE_DATE = "due date"
    DELIVERY_DATE = "delivery date"
    PERIOD = "period"
    PERIOD_START = "period start"
    PERIOD_END = "period end"
    ORDER = "order"
    SALES_ORDER = "sales order"
    CONTRACT = "contract"
    BUYER_REFERENCE = "buyer reference"
    DESPATCH = "despatch advice"
    RECEIPT = "receiving advice"
    PRECEDING = "preceding invoice"
    PROJECT = "project"
    TENDER = "tender"
    CURRENCY = "currency"
    SELLER = "seller"
    BUYER = "buyer"
    OTHER_PARTY = "other party"
    IBAN = "iban"
    VAT_ID = "vat id"
    SIRET = "siret"
    SIREN = "siren"
    TAX_NUMBER = "tax number"
    NOISE = "noise"


_NO = r"(?:n[°o]s?\.?|nr\.?|num(?:ero|\.)?|number|nummer|#|id\b)"
_DOC_FR = (
    r"(?:facture(?: d'avoir| rectificative| d'acompte| de solde| de situation| proforma)?"
    r"|avoir|note de credit|note d'honoraires)"
)
_DOC_EN = r"(?:(?:tax |corrected |commercial |sales )?invoice|credit (?:note|memo)|bill)"
_DOC_DE = (
    r"(?:(?:handels|teil|schluss|abschlags|sammel|korrektur|storno|anzahlungs)?rechnung"
    r"|gutschrift|rechnungskorrektur|factuur|creditnota|fattura|factura)"
)
_DOC = rf"(?:{_DOC_FR}|{_DOC_EN}|{_DOC_DE})"
_YOUR = r"(?:votre |vos |v/ ?|v\. ?|your |ihre? |uw )"
_REF = r"(?:ref(?:erence|\.)?s? )"
_ORDER_FR = r"(?:bons? de commande|commande|bdc|b\.?c\.?|cde)"
_ORDER_EN = r"(?:purchase order|customer order|order|p\.?o\.?)"
_ORDER_DE = r"(?:bestellung|bestell|auftrags?|kundenbestell(?:ung)?)"

_PATTERNS: tuple[tuple[Concept, float, str], ...] = (
    # BT-1
    (Concept.NUMBER, 1.0, rf"{_NO} ?(?:de |d'|du |of )?(?:la |l')?{_DOC}"),
    (Concept.NUMBER, 1.0, rf"{_DOC}(?: ?[-/])? ?{_NO}(?: ?\(\d+\))?"),
    (Concept.NUMBER, 1.0, r"(?:rechnungs|beleg|gutschrift(?:s)?|factuur) ?-? ?(?:nummer|nr\.?)"),
    (Concept.NUMBER, 1.0, rf"{_DOC_DE} \(\d{{3}}\) nr\.?"),
    (Concept.NUMBER, 0.9, rf"{_REF}(?:de |d')?(?:la |l')?{_DOC_FR}|{_DOC_FR} ref(?:erence|\.)?"),
    (
        Concept.NUMBER,
        0.9,
        r"(?:order response|purchase order change|order change) ?(?:id|n°|no\.?)?",
    ),
    (Concept.NUMBER, 0.7, r"document (?:no\.?|number)|n° (?:de |du )?(?:document|piece)"),
    (Concept.NUMBER, 0.8, rf"{_DOC}"),
    (Concept.NUMBER, 0.5, r"numero|n°|no\.?|nr\.?|number|nummer|#"),
    # BT-2
    (
        Concept.ISSUE_DATE,
        1.0,
        rf"date (?:de |d'|of |du )?(?:la |l'|the )?(?:{_DOC}|facturation|emission|issue|etablissement"
        r"|document)|(?:invoice|issue|bill|billing|document|credit (?:note|memo)) date"
        r"|(?:rechnungs|beleg|ausstellungs|factuur) ?-?datum|liefer- und rechnungsdatum"
        r"|emise? le|facture(?:e|es)? (?:emise )?(?:le|du)|issued(?: on)?|etablie? le|fait le",
    ),
    (Concept.ISSUE_DATE, 0.6, r"date|datum"),
    # BT-9
    (
        Concept.DUE_DATE,
        1.0,
        r"(?:date d' ?)?echeance(?: de (?:paiement|reglement))?(?: (?:le|au|du))?"
        r"|date limite (?:de |d')(?:paiement|reglement)(?: le)?|date de (?:paiement|reglement)"
        r"|(?:a|facture a) (?:regler|payer)(?: (?:avant|pour|d'ici|au plus tard))?(?: le)?"
        r"|payable (?:avant|au plus tard|jusqu'au|le)(?: le)?|exigible le"
        r"|(?:payment )?due(?: date| on| by)?|pay(?:able|ment)? by|please pay by"
        r"|fallig(?:keit(?:sdatum)?| am| bis| zum)?|zahlbar bis|zahlungs(?:ziel|termin)|vervaldatum"
        r"|date de prelevement|prelevement (?:a partir du|le)|netto bis|bis zum",
    ),
    # BT-72 to BT-74
    (
        Concept.DELIVERY_DATE,
        1.0,
        r"date (?:de |d')(?:la )?(?:livraison|prestation|realisation|execution|intervention|service)"
        r"|livree?s? le|livraison (?:du|le)|prestation (?:du|realisee le)"
        r"|(?:delivery|service|supply) date|date of (?:delivery|supply|service)|delivered on"
        r"|(?:liefer|leistungs)datum|liefer- (?:und|bzw\.?|/) ?leistungsdatum",
    ),
    (
        Concept.PERIOD,
        1.0,
        r"periode(?: (?:de |d')?(?:facturation|prestation|facturee|concernee|du))?"
        r"|(?:service|billing|invoicing) period|(?:leistungs|abrechnungs|liefer)zeitraum",
    ),
    (
        Concept.PERIOD_START,
        1.0,
        r"date de debut(?: de (?:la )?(?:prestation|periode))?|debut de (?:la )?(?:periode|prestation)"
        r"|start of service|(?:period|service) start(?: date)?|leistungsbeginn",
    ),
    (
        Concept.PERIOD_END,
        1.0,
        r"date de fin(?: de (?:la )?(?:prestation|periode))?|fin de (?:la )?(?:periode|prestation)"
        r"|end of service|(?:period|service) end(?: date)?|leistungsende",
    ),
    # BT-13, BT-14
    (
        Concept.ORDER,
        1.0,
        rf"{_YOUR}?{_REF}?(?:{_NO} ?)?(?:de |d'|du |of )?{_YOUR}?{_ORDER_FR}(?: (?:client|acheteur))?"
        rf"(?: ?{_NO})?",
    ),
    (
        Concept.ORDER,
        1.0,
        rf"(?:{_NO} ?)?(?:de |d'|of )?engagement(?: juridique| comptable)?(?: ?{_NO})?|ej {_NO}",
    ),
    (Concept.ORDER, 1.0, rf"{_YOUR}?(?:{_ORDER_EN} ?(?:{_NO}|ref(?:erence|\.)?)|purchase order)"),
    (Concept.ORDER, 1.0, rf"{_YOUR}(?:{_ORDER_EN}|{_ORDER_DE})"),
    (Concept.ORDER, 1.0, rf"{_YOUR}?{_ORDER_DE}-? ?(?:nummer|nr\.?|referenz)(?: kunde)?"),
    (Concept.ORDER, 0.8, r"(?:gemas )?bestellung|bestelldatum|p\.?o\.?"),
    (
        Concept.SALES_ORDER,
        1.0,
        rf"(?:{_NO} ?)?(?:de )?bon de vente|(?:n(?:otre|/) ?)(?:{_REF})?(?:n° )?(?:de )?commande"
        r"|our order|sales order|unsere auftragsn(?:ummer|r\.?)",
    ),
    # BT-12
    (
        Concept.CONTRACT,
        1.0,
        rf"{_REF}?(?:{_NO} ?)?(?:de |d'|du |of )?(?:la |l'|votre )?(?:contrat|marche(?: public)?|accord-cadre|convention)"
        rf"(?: ?{_NO})?|contract(?: ?{_NO}| ref(?:erence|\.)?)?|(?:rahmen)?vertrags?-? ?(?:nummer|nr\.?)",
    ),
    # BT-10
    (
        Concept.BUYER_REFERENCE,
        1.0,
        r"(?:reference acheteur(?: ?/ ?service executant)?|(?:code (?:du )?)?service executant"
        r"|code ?-?service|n° (?:de )?service|leitweg-? ?id|buyer reference)",
    ),
    (
        Concept.BUYER_REFERENCE,
        0.8,
        rf"{_YOUR}(?:ref(?:erence|\.)?s?|referenz|zeichen)|(?:customer|client) ref(?:erence|\.)?"
        r"|ref(?:erence|\.)? client|kundenreferenz",
    ),
    # BT-15, BT-16
    (
        Concept.DESPATCH,
        1.0,
        rf"(?:{_NO} ?)?(?:de |du )?(?:bon de livraison|bordereau de livraison|bl)(?: ?{_NO})?"
        rf"|(?:delivery|despatch|dispatch) (?:note|advice)(?: ?{_NO})?|livraison ?: ?(?=bl)"
        r"|lieferschein(?:-? ?(?:nummer|nr\.?))?",
    ),
    (Concept.RECEIPT, 1.0, rf"(?:{_NO} ?)?(?:de )?bon de reception|receiving advice"),
    # BG-3
    (
        Concept.PRECEDING,
        1.0,
        rf"(?:{_NO} ?)?(?:de |d')?(?:la )?facture (?:d'origine|initiale|annulee|concernee|rectifiee"
        rf"|creditee|precedente|anterieure|de reference)(?: ?{_NO})?"
        rf"|(?:avoir )?(?:sur|annule(?: et remplace)?|rectifie|remplace|relati(?:f|ve) a|concerne|annulation de)"
        rf" ?:? ?(?:la |votre |notre )?facture(?: ?{_NO})?"
        rf"|(?:for|original|preceding|corrects?|credits?) invoice(?: ?{_NO})?"
        rf"|(?:zur|zu|urspr(?:u|ue)ngliche|original-?|ihre) ?rechnung(?:snummer)?(?: ?{_NO})?",
    ),
    # others that carry a number of their own
    (
        Concept.PROJECT,
        1.0,
        rf"{_REF}?(?:{_NO} )?(?:de )?(?:projet|chantier|dossier|affaire)(?: ?{_NO})?|project(?: ?{_NO})?",
    ),
    (Concept.TENDER, 1.0, rf"{_REF}?(?:{_NO} )?(?:d')?appel d'offres?|{_REF}?lot {_NO}"),
    (Concept.CURRENCY, 1.0, r"devise(?: de (?:la )?facture)?|currency|wahrung|betrage in|curr\.?"),
    (
        Concept.NOISE,
        1.0,
        rf"(?:{_NO} ?)?(?:de |du )?(?:compte )?(?:client|abonne|adherent|usager)(?: ?{_NO})?|id\.?client|code client"
        r"|(?:customer|client|account|acct)\.? ?(?:n°|no\.?|number|id|name)"
        r"|(?:kunden|debitoren|lieferanten|mandats)-? ?(?:nummer|nr\.?)|(?:customer|kunde|klant)"
        r"|tel(?:ephone|\.)?|fax|phone|mobil|portable|e-?mail|contact|www|page|seite|profil(?:e)?"
        r"|ref(?:erence|\.)? (?:de |d'avis de )?(?:paiement|virement)|reference avis de paiement|rum"
        r"|capital|code ape|naf|ape|bic|swift|blz|kto-?nr\.?|konto-?nr\.?|gln|gtin|duns|mandate?"
        r"|cadre de facturation|ref(?:erence|\.)? comptable|numero de ligne|salesperson"
        r"|date (?:de|du) (?:releve|commande|debut|fin|valeur|naissance)|order date|bestelldatum"
        r"|art(?:icle|ikel)?-? ?(?:n°|no\.?|nr\.?)|pos-? ?nr\.?|item code|payment terms?|zeit"
        r"|leasingnummer|fahrgestellnummer|aktenzeichen|vorgangsnummer|vs-nummer",
    ),
    # parties
    (
        Concept.SELLER,
        1.0,
        r"emetteur|vendeur|fournisseur|prestataire|titulaire|seller|supplier|vendor|from|sold by"
        r"|rechnungs(?:ersteller|steller|absender)|verkaufer|lieferant|issued by|emis par",
    ),
    (
        Concept.BUYER,
        1.0,
        r"factur(?:e|er|ation) a|factu(?:re|ree)s? (?:a|pour)|destinataire|acheteur|adresse (?:du client|de facturation)"
        r"|client(?: facture)?|doit|adressee? a|bill(?:ed)? to|invoice(?:d)? to|buyer|sold to|customer|to"
        r"|rechnungs(?:empfanger|adresse|anschrift)|kaufer(?:/leistungsempfanger)?|kunde|auftraggeber"
        r"|factuuradres|leistungsempfanger|a l'attention de|nom de l'abonne|invoice address",
    ),
    (
        Concept.OTHER_PARTY,
        1.0,
        r"livre(?:e)? a|adresse de (?:la )?livraison|lieu (?:de )?livraison|livraison|ship(?:ped)? to|deliver to"
        r"|delivery address|remit to|service address|lieferadresse|lieferanschrift|warenempfanger"
        r"|abweichender warenempfanger|beneficiaire|payee|afleveradres|adresse de l'installation"
        r"|invoicee|sous-traitant|comptable assignataire|zahlungsempfanger|tiers payeur",
    ),
    # identifiers
    (Concept.IBAN, 1.0, r"iban(?:-nr\.?)?"),
    (
        Concept.VAT_ID,
        1.0,
        rf"(?:{_NO} ?)?(?:de |d'identification )?(?:a la )?(?:tva|t\.v\.a\.?)(?: ?intra(?:communautaire|com|-communautaire|\.)?)?(?: ?{_NO})?"
        rf"|identifiant tva|(?:your )?vat(?: ?-?(?:reg(?:istration|\.)?))?(?: ?-?{_NO})"
        rf"|ust\.?-? ?(?:id(?:ent)?)?\.?-? ?(?:nr|nummer)?\.?|umsatzsteuer-?(?:id|identifikationsnummer)|ust-?idnr|btw(?: ?{_NO})",
    ),
    (Concept.SIRET, 1.0, rf"(?:{_NO} ?)?(?:de )?siret(?: ?{_NO})?"),
    (Concept.SIREN, 1.0, rf"(?:{_NO} ?)?(?:de )?siren(?: ?{_NO})?|r\.?c\.?s\.?"),
    (Concept.TAX_NUMBER, 1.0, r"steuer-? ?(?:nummer|nr\.?)|tax (?:number|no\.?|id(?:\(s\))?)"),
)


@cache
def compiled() -> tuple[tuple[Concept, float, re.Pattern[str]], ...]:
    """The patterns as whole words, compiled at first use."""
    return tuple(
        (concept, weight, re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])"))
        for concept, weight, pattern in _PATTERNS
    )
