"""Labels of references, and those whose values must not be mistaken for others."""

from __future__ import annotations

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.word_stock import NO, ORDER_DE, ORDER_EN, ORDER_FR, REF, YOUR

_OF = r"(?:de |d'|du |of )"
_CONTRACT_FR = r"(?:contrat|marche(?: public)?|accord-cadre|convention)"
_CONTRACT_WORDS = r"(?:marche|contrat) (?:public )?(?:de |d')[a-z' ]{3,40}"
_EARLIER = (
    r"(?:d'origine|origine|initiale|associee|annulee|concernee|rectifiee|creditee|precedente"
    r"|anterieure|de reference)"
)
_CANCELS = (
    r"(?:sur|annule(?: et remplace)?|rectifie|remplace|relati(?:f|ve) a|concerne"
    r"|(?:annulation|correction|rectification) de)"
)

REFERENCES: tuple[tuple[Concept, float, str], ...] = (
    (
        Concept.ORDER,  # BT-13
        1.0,
        rf"""
        {YOUR}?{REF}?(?:{NO} ?)?{_OF}?{YOUR}?{ORDER_FR}(?: (?:client|acheteur|d'achat))?(?: ?{NO})?
        (?:{NO} ?)?(?:de |d'|of |l')?engagement(?: juridique| comptable)?(?: ?{NO})?
        {YOUR}{REF}{_OF}?{ORDER_FR}
        ej {NO}
        (?:{NO} ?)(?:d')?ej
        {YOUR}?(?:{ORDER_EN} ?(?:{NO}|ref(?:erence|\.)?)|purchase order)(?: ?id)?
        (?:customer|client|buyer)(?:'s)? (?:{ORDER_EN})(?: ?{NO})?
        auftrag ?/ ?bestellung
        {YOUR}?{ORDER_DE}\.?-? ?(?:nummer|nr\.?|referenz)(?: kunde)?
        {YOUR}(?:{ORDER_EN}|{ORDER_DE})
        {YOUR}best\.?-? ?(?:nummer|nr\.?)
        """,
    ),
    (Concept.ORDER, 0.8, r"(?:gemas )?bestellung|p\.?o\.?"),
    (
        Concept.SALES_ORDER,  # BT-14
        1.0,
        rf"""
        (?:{NO} ?)?(?:de )?bon de vente
        (?:n(?:otre|/) ?)(?:{REF})?(?:n° )?(?:de )?commande
        our order
        sales order
        unsere auftragsn(?:ummer|r\.?)
        """,
    ),
    (
        Concept.CONTRACT,  # BT-12
        1.0,
        rf"""
        {_CONTRACT_WORDS} {NO}
        {REF}?(?:{NO} ?)?(?:de |d'|du |of )?(?:la |l'|votre )?{_CONTRACT_FR}(?: ?{NO})?
        contract(?: ?{NO}| ref(?:erence|\.)?)?
        (?:rahmen)?vertrags?-? ?(?:nummer|nr\.?)
        (?:rahmen)?vertrag(?= ?:|$)
        """,
    ),
    (
        Concept.BUYER_REFERENCE,  # BT-10
        1.0,
        r"""
        reference acheteur(?: ?/ ?service executant)?
        (?:code (?:du )?)?service executant
        code du service
        code ?-?service(?: (?:chorus(?: pro)?|executant|destinataire))?
        service (?:chorus(?: pro)?|facturation)
        n° (?:de )?service
        service(?= ?:)
        service (?:destinataire|demandeur|gestionnaire)
        leitweg(?:-? ?id)?
        buyer reference
        """,
    ),
    (
        Concept.BUYER_REFERENCE,
        0.8,
        rf"""
        {YOUR}(?:ref(?:erence|\.)?s?|referenz|zeichen)
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
        (?:{NO} ?)?(?:de |du )?(?:bon (?:de )?livraison|bordereau de livraison)(?: ?{NO})?
        (?:{NO} ?)?(?:de |du )?b\.? ?l\.?(?: ?{NO})?
        (?:delivery|despatch|dispatch) (?:note|advice)(?: ?{NO})?
        livraison(?= ?: ?bl)
        livraison n°
        (?:notre |n/ ?)bl
        lieferschein(?:-? ?(?:nummer|nr\.?))?
        """,
    ),
    (Concept.RECEIPT, 1.0, rf"(?:{NO} ?)?(?:de )?bon de reception|receiving advice"),  # BT-15
    (
        Concept.PRECEDING,  # BG-3
        1.0,
        rf"""
        (?:{NO} ?)?(?:de |d')?(?:la )?facture {_EARLIER}(?: ?{NO})?
        (?:avoir )?{_CANCELS} ?:? ?(?:la |votre |notre )?facture(?: ?{NO})?
        (?:for|original|preceding|corrects?|credits?) invoice(?: ?{NO})?
        (?:correction|cancellation|replacement) (?:of|for|to) (?:the )?invoice(?: ?{NO})?
        (?:credit|relating|refers?|against|in respect) (?:for |to |against |of )?invoice(?: ?{NO})?
        (?:zur|zu|ursprungliche|original-?|ihre) ?rechnung(?:snummer)?(?: ?{NO})?
        (?:korrektur|storno) (?:der |zur |zu )?rechnung(?: ?{NO})?
        """,
    ),
    (
        Concept.PROJECT,  # BT-11
        1.0,
        rf"""
        {REF}?(?:{NO} )?(?:de )?(?:projet|chantier|dossier|affaire)(?: ?{NO})?
        project(?: ?{NO})?
        """,
    ),
    (Concept.TENDER, 1.0, rf"{REF}?(?:{NO} )?(?:d')?appel d'offres?|{REF}?lot {NO}"),  # BT-17
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
        (?:{NO} ?)?(?:de |du )?(?:compte )?(?:client|abonne|adherent|usager)(?: ?{NO})?
        id\.?client
        code client
        (?:customer|client|account|acct)\.? ?(?:n°|no\.?|number|id)
        (?:kunden|kd\.?|debitoren|deb\.?|lieferanten|lief\.?)-? ?(?:nummer|nr\.?)
        (?:mandats|vorgangs|objekt|steuer)-? ?(?:nummer|nr\.?)
        (?:account|customer|client|member|subscription)(?: ?id)
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
