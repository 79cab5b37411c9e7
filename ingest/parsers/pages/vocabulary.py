"""The labels of business documents, French first, German and English beside them.

Patterns are searched in folded text (`folding.fold_printed`), one alternative a line. A weight
says how far a label alone settles what stands beside it: `date` is weaker than `date de facture`.
Some concepts are only known so that their values are not mistaken for others (customer numbers,
telephone numbers).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from ingest.parsers.pages.wording import alternatives, whole_words


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
_DOC_FR = alternatives(r"""
    facture(?: d'avoir| rectificative| d'acompte| de solde| de situation)?
    avoir
    note de credit
    note d'honoraires
""")
_DOC_DE = alternatives(r"""
    (?:handels|teil|schluss|abschlags|sammel|korrektur|storno|anzahlungs)?rechnung
    gutschrift
    rechnungskorrektur
    factuur
    creditnota
    fattura
    factura
""")
_DOC_EN = r"(?:tax |corrected |commercial |sales )?invoice|credit (?:note|memo)|bill"
_DOC = rf"(?:{_DOC_FR}|{_DOC_EN}|{_DOC_DE})"
_OTHER_NOUN = alternatives(r"""
    (?:order|commande|bestell\w*|client|contrat|marche|contract|customer|kunde)\b
    (?:tva|vat|siret|bon|livraison|delivery|page|date)\b
    (?:for|sur|zu|of|and|et)\b
""")
_YOUR = r"(?:votre |vos |v/ ?|v\. ?|your |ihre? |uw )"
_REF = r"(?:ref(?:erence|\.)?s? )"
_ORDER_FR = r"(?:bons? de commande|commande|bdc|b\.?c\.?|cde)"
_ORDER_EN = r"(?:purchase order|customer order|order|p\.?o\.?)"
_ORDER_DE = r"(?:bestellung|bestell|auftrags?|kundenbestell(?:ung)?)"

_HEADER: tuple[tuple[Concept, float, str], ...] = (
    (
        Concept.NUMBER,  # BT-1
        1.0,
        rf"""
        {_NO} ?(?:de |d'|du |of )?(?:la |l')?{_DOC}
        {_DOC}(?: ?[-/])? ?{_NO}(?: ?\(\d+\))?
        {_DOC} \([^()]{{1,40}}\) {_NO}
        {_DOC}(?: (?!{_OTHER_NOUN})[a-z]+){{1,2}}(?: \(\d{{3}}\))? {_NO}
        (?:rechnungs|beleg|gutschrifts?|factuur) ?-? ?(?:nummer|nr\.?)
        """,
    ),
    (
        Concept.NUMBER,
        0.9,
        rf"""
        {_REF}(?:de |d')?(?:la |l')?(?:{_DOC_FR})
        (?:{_DOC_FR}) ref(?:erence|\.)?
        (?:order response|purchase order change|order change) ?(?:id|n°|no\.?)?
        receipt (?:# ?)?(?:no\.?|n°)
        """,
    ),
    (Concept.NUMBER, 0.8, _DOC),
    (
        Concept.NUMBER,
        0.7,
        r"""
        document (?:no\.?|number)
        n° (?:de |du )?(?:document|piece)
        """,
    ),
    (Concept.NUMBER, 0.5, r"numero|n°|no\.?|nr\.?|number|nummer|#"),
    (
        Concept.ISSUE_DATE,  # BT-2
        1.0,
        rf"""
        date (?:de |d'|of |du )?(?:la |l'|the )?{_DOC}
        date (?:de |d'|of |du )?(?:la |l'|the )?(?:facturation|emission|issue|etablissement|document)
        (?:invoice|issue|bill|billing|document|credit (?:note|memo)) date
        (?:rechnungs|beleg|ausstellungs|factuur) ?-?datum
        liefer- und rechnungsdatum
        emise? le
        facture(?:e|es)? (?:emise )?(?:le|du)
        issued(?: on)?
        etablie? le
        fait le
        """,
    ),
    (Concept.ISSUE_DATE, 0.6, r"date|datum"),
    (
        Concept.DUE_DATE,  # BT-9
        1.0,
        r"""
        (?:date d' ?)?echeance(?: de (?:paiement|reglement))?(?: (?:le|au|du))?
        date limite (?:de |d')(?:paiement|reglement)(?: le)?
        date de (?:paiement|reglement)
        (?:a|facture a) (?:regler|payer)(?: (?:avant|pour|d'ici|au plus tard))?(?: le)?
        payable (?:avant|au plus tard|jusqu'au|le)(?: le)?
        (?:exigible|regler) le
        (?:payment )?due(?: date| on| by)?
        (?:please )?pay(?:able|ment)? by
        fallig(?:keit(?:sdatum)?| am| bis| zum)?
        zahlbar bis
        zahlungs(?:ziel|termin)
        vervaldatum
        date de prelevement
        prelevement (?:a partir du|le)
        sera preleve(?:e)? le
        netto bis
        bis zum
        wird am(?= \d)
        """,
    ),
    (
        Concept.DELIVERY_DATE,  # BT-72
        1.0,
        r"""
        date (?:de |d')(?:la )?(?:livraison|prestation|realisation|execution|intervention|service)
        livree?s? le
        date (?:de|du) releve
        livraison (?:du|le)
        prestation (?:du|realisee le)
        (?:delivery|service|supply) date
        date of (?:delivery|supply|service)
        delivered on
        (?:liefer|leistungs)datum
        liefer- (?:und|bzw\.?|/) ?leistungsdatum
        """,
    ),
    (
        Concept.PERIOD,  # BG-14
        1.0,
        r"""
        periode(?: (?:de |d')?(?:facturation|prestation|facturee|concernee|du))?
        (?:service|billing|invoicing) period
        (?:leistungs|abrechnungs|liefer-?/?(?:leistungs)?)zeitraum
        """,
    ),
    (
        Concept.PERIOD_START,  # BT-73
        1.0,
        r"""
        date de debut(?: de (?:la )?(?:prestation|periode))?
        debut de (?:la )?(?:periode|prestation)
        start of service
        (?:period|service) start(?: date)?
        leistungsbeginn
        """,
    ),
    (
        Concept.PERIOD_END,  # BT-74
        1.0,
        r"""
        date de fin(?: de (?:la )?(?:prestation|periode))?
        fin de (?:la )?(?:periode|prestation)
        end of service
        (?:period|service) end(?: date)?
        leistungsende
        """,
    ),
)

_REFERENCES: tuple[tuple[Concept, float, str], ...] = (
    (
        Concept.ORDER,  # BT-13
        1.0,
        rf"""
        {_YOUR}?{_REF}?(?:{_NO} ?)?(?:de |d'|du |of )?{_YOUR}?{_ORDER_FR}(?: (?:client|acheteur))?(?: ?{_NO})?
        (?:{_NO} ?)?(?:de |d'|of )?engagement(?: juridique| comptable)?(?: ?{_NO})?
        ej {_NO}
        {_YOUR}?(?:{_ORDER_EN} ?(?:{_NO}|ref(?:erence|\.)?)|purchase order)(?: ?id)?
        {_YOUR}(?:{_ORDER_EN}|{_ORDER_DE})
        {_YOUR}?{_ORDER_DE}-? ?(?:nummer|nr\.?|referenz)(?: kunde)?
        """,
    ),
    (Concept.ORDER, 0.8, r"(?:gemas )?bestellung|p\.?o\.?"),
    (
        Concept.SALES_ORDER,  # BT-14
        1.0,
        rf"""
        (?:{_NO} ?)?(?:de )?bon de vente
        (?:n(?:otre|/) ?)(?:{_REF})?(?:n° )?(?:de )?commande
        our order
        sales order
        unsere auftragsn(?:ummer|r\.?)
        """,
    ),
    (
        Concept.CONTRACT,  # BT-12
        1.0,
        rf"""
        {_REF}?(?:{_NO} ?)?(?:de |d'|du |of )?(?:la |l'|votre )?(?:contrat|marche(?: public)?|accord-cadre|convention)(?: ?{_NO})?
        contract(?: ?{_NO}| ref(?:erence|\.)?)?
        (?:rahmen)?vertrags?-? ?(?:nummer|nr\.?)
        """,
    ),
    (
        Concept.BUYER_REFERENCE,  # BT-10
        1.0,
        r"""
        reference acheteur(?: ?/ ?service executant)?
        (?:code (?:du )?)?service executant
        code ?-?service
        n° (?:de )?service
        service(?= ?:)
        leitweg-? ?id
        buyer reference
        """,
    ),
    (
        Concept.BUYER_REFERENCE,
        0.8,
        rf"""
        {_YOUR}(?:ref(?:erence|\.)?s?|referenz|zeichen)
        (?:customer|client) ref(?:erence|\.)?
        ref(?:erence|\.)? client
        kundenreferenz
        kaufer-?referenz
        referenz des kaufers
        """,
    ),
    (
        Concept.DESPATCH,  # BT-16
        1.0,
        rf"""
        (?:{_NO} ?)?(?:de |du )?(?:bon de livraison|bordereau de livraison|bl)(?: ?{_NO})?
        (?:delivery|despatch|dispatch) (?:note|advice)(?: ?{_NO})?
        livraison ?: ?(?=bl)
        lieferschein(?:-? ?(?:nummer|nr\.?))?
        """,
    ),
    (Concept.RECEIPT, 1.0, rf"(?:{_NO} ?)?(?:de )?bon de reception|receiving advice"),  # BT-15
    (
        Concept.PRECEDING,  # BG-3
        1.0,
        rf"""
        (?:{_NO} ?)?(?:de |d')?(?:la )?facture (?:d'origine|origine|initiale|associee|annulee|concernee)(?: ?{_NO})?
        (?:{_NO} ?)?(?:de |d')?(?:la )?facture (?:rectifiee|creditee|precedente|anterieure|de reference)(?: ?{_NO})?
        (?:avoir )?(?:sur|annule(?: et remplace)?|rectifie|remplace|relati(?:f|ve) a|concerne|annulation de) ?:? ?(?:la |votre |notre )?facture(?: ?{_NO})?
        (?:for|original|preceding|corrects?|credits?) invoice(?: ?{_NO})?
        (?:zur|zu|ursprungliche|original-?|ihre) ?rechnung(?:snummer)?(?: ?{_NO})?
        """,
    ),
    (
        Concept.PROJECT,  # BT-11
        1.0,
        rf"""
        {_REF}?(?:{_NO} )?(?:de )?(?:projet|chantier|dossier|affaire)(?: ?{_NO})?
        project(?: ?{_NO})?
        """,
    ),
    (Concept.TENDER, 1.0, rf"{_REF}?(?:{_NO} )?(?:d')?appel d'offres?|{_REF}?lot {_NO}"),  # BT-17
    (
        Concept.CURRENCY,  # BT-5
        1.0,
        r"""
        devise(?: de (?:la )?facture)?
        (?:invoice )?currency
        (?:rechnungs)?wahrung
        betrage in
        curr\.?
        """,
    ),
    (
        Concept.NOISE,
        1.0,
        rf"""
        (?:{_NO} ?)?(?:de |du )?(?:compte )?(?:client|abonne|adherent|usager)(?: ?{_NO})?
        id\.?client
        code client
        (?:customer|client|account|acct)\.? ?(?:n°|no\.?|number|id)
        (?:kunden|debitoren|lieferanten|mandats)-? ?(?:nummer|nr\.?)
        customer
        kunde
        klant
        tel(?:ephone|\.)?
        fax
        phone
        mobil
        portable
        e-?mail
        contact
        www
        page
        seite
        profile?
        ref(?:erence|\.)? (?:de |d'avis de )?(?:paiement|virement)
        reference avis de paiement
        rum
        capital
        code ape
        naf
        ape
        bic
        swift
        blz
        kto-?nr\.?
        konto-?nr\.?
        gln
        gtin
        duns
        mandate?
        cadre de facturation
        ref(?:erence|\.)? comptable
        numero de ligne
        salesperson
        date (?:de|du) (?:commande|debut|fin|valeur|naissance|contrat|marche|bon de commande)
        date (?:de |d')(?:la )?facture (?:associee|d'origine|initiale|anterieure|precedente)
        order date
        bestelldatum
        training date
        (?:# ?)?(?:n° )?(?:de )?ligne (?:de )?(?:bc|commande|cde)
        order line
        po_ln
        art(?:icle|ikel)?-? ?(?:n°|no\.?|nr\.?)
        pos-? ?nr\.?
        item code
        payment terms?
        zeit
        leasingnummer
        fahrgestellnummer
        aktenzeichen
        vorgangsnummer
        globale nummer
        weitere referenz
        zahlungsreferenz
        """,
    ),
)

_PARTIES: tuple[tuple[Concept, float, str], ...] = (
    (
        Concept.SELLER,  # BG-4
        1.0,
        r"""
        emetteur
        vendeur
        fournisseur
        prestataire
        titulaire
        seller
        supplier
        vendor
        from
        sold by
        rechnungs(?:ersteller|steller|absender)
        verkaufer
        lieferant
        issued by
        emis par
        """,
    ),
    (
        Concept.BUYER,  # BG-7
        1.0,
        r"""
        factur(?:e|er|ation) a
        factu(?:re|ree)s? (?:a|pour)
        destinataire
        acheteur
        adresse (?:du client|de facturation)
        client(?: facture)?
        doit
        adressee? a
        bill(?:ed)? to
        invoice(?:d)? to
        buyer
        sold to
        customer(?: name)?
        to
        rechnungs(?:empfanger|adresse|anschrift)
        kaufer(?:/leistungsempfanger)?
        kunde
        auftraggeber
        nom du client
        vos identifiants
        factuuradres
        leistungsempfanger
        a l'attention de
        nom de l'abonne
        invoice address
        """,
    ),
    (
        Concept.OTHER_PARTY,
        1.0,
        r"""
        livre(?:e)? a
        adresse de (?:la )?livraison
        lieu (?:de )?livraison
        livraison
        ship(?:ped)? to
        deliver to
        delivery address
        remit to
        service address
        lieferadresse
        lieferanschrift
        (?:abweichender )?(?:warenempfanger|zahlungsempfanger)
        steuerbevollmachtigter(?: des verkaufers)?
        representant fiscal
        tax representative
        beneficiaire
        payee
        afleveradres
        adresse de l'installation
        invoicee
        sous-traitant
        comptable assignataire
        tiers payeur
        """,
    ),
)

_IDENTIFIERS: tuple[tuple[Concept, float, str], ...] = (
    (Concept.IBAN, 1.0, r"iban(?:-nr\.?)?"),
    (
        Concept.VAT_ID,
        1.0,
        rf"""
        (?:{_NO} ?)?(?:de |d'identification )?(?:a la )?(?:tva|t\.v\.a\.?)(?: ?intra(?:communautaire|com|-communautaire|\.)?)?(?: ?{_NO})?
        identifiant tva
        (?:your )?vat(?: ?-?(?:reg(?:istration|\.)?))?(?: ?-?{_NO})
        ust\.?-? ?(?:id(?:ent)?)?\.?-? ?(?:nr|nummer)?\.?
        umsatzsteuer-?(?:id|identifikationsnummer)
        ust-?idnr
        btw(?: ?{_NO})
        va(?=: ?[a-z]{{2}}\d)
        """,
    ),
    (Concept.SIRET, 1.0, rf"(?:{_NO} ?)?(?:de )?siret(?: ?{_NO})?"),
    (Concept.SIREN, 1.0, rf"(?:{_NO} ?)?(?:de )?siren(?: ?{_NO})?|r\.?c\.?s\.?"),
    (
        Concept.TAX_NUMBER,
        1.0,
        r"""
        steuer-? ?(?:nummer|nr\.?)
        tax (?:number|no\.?|id(?:\(s\))?)
        fc(?=: ?\d)
        """,
    ),
)


@cache
def compiled() -> tuple[tuple[Concept, float, re.Pattern[str]], ...]:
    """The patterns as whole words, compiled at first use."""
    return tuple(
        (concept, weight, whole_words(alternatives(lines)))
        for concept, weight, lines in (*_HEADER, *_REFERENCES, *_PARTIES, *_IDENTIFIERS)
    )
