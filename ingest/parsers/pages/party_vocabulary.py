"""Labels of parties and of the identifiers that belong to them."""

from __future__ import annotations

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.word_stock import NO

_TVA = r"(?:tva|t\.v\.a\.?)(?: ?intra(?:-?communautaire|com|\.)?)?"

PARTIES: tuple[tuple[Concept, float, str], ...] = (
    (
        Concept.SELLER,  # BG-4
        1.0,
        r"""
        emetteur
        vendeur
        fournisseur
        prestataire
        titulaire(?: du marche|(?= ?:))
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
        facture(?:e|s)? par
        service provider
        prestataire de services?
        ^(?:von|de|societe|entreprise|notre societe|company|absender|expediteur)(?= ?:?$)
        ^(?:creancier|titulaire|auftragnehmer)(?= ?:?$)
        """,
    ),
    (
        Concept.BUYER,  # BG-7
        1.0,
        r"""
        factur(?:e|er|ation) a
        factu(?:re|ree)s? (?:a|pour)
        destinataire
        maitre d'ouvrage
        pouvoir adjudicateur
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
        (?:invoice|invoiced|billed) for(?= ?:?$)
        ^(?:an|rechnung (?:an|fur)|facture pour|pour|fur|for|a|adressiert an)(?= ?[:,]?$)
        ^(?:facturation|adresse facturation|tiers facture|debiteur|donneur d'ordre)(?= ?:?$)
        ^(?:acheteur public|attn|recipient|empfanger|charge to|customer details)(?= ?:?$)
        """,
    ),
    (
        Concept.OTHER_PARTY,
        1.0,
        r"""
        livre(?:e|r)? a
        expedi(?:e|er|ee) a
        adresse (?:de )?(?:la )?livraison
        adresse (?:du chantier|d'intervention|des travaux)
        lieu (?:d'|de |de la )(?:execution|intervention|consommation|prestation)
        ^(?:chantier|site|point de livraison|consignee|leistungsort)(?= ?:?$)
        (?:lieferung|versand) an
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

IDENTIFIERS: tuple[tuple[Concept, float, str], ...] = (
    (Concept.IBAN, 1.0, r"iban(?:-nr\.?)?|(?:domiciliation|coordonnees) bancaires?|rib"),
    (
        Concept.VAT_ID,
        1.0,
        rf"""
        (?:{NO} ?)?(?:de |d'identification )?(?:a la )?{_TVA}(?: ?{NO})?
        identifiant tva
        vat(?: in)?(?= ?:? ?[a-z]{{2}} ?\d)
        (?:your )?vat(?: ?-?(?:reg(?:istration|\.)?))?(?: ?-?{NO})
        ust\.?-? ?(?:id(?:ent)?)?\.?-? ?(?:nr|nummer)?\.?
        umsatzsteuer-?(?:id|identifikationsnummer)
        ust-?idnr
        btw(?: ?{NO})
        va(?=: ?[a-z]{{2}}\d)
        """,
    ),
    (Concept.SIRET, 1.0, rf"(?:{NO} ?)?(?:de )?siret(?: ?{NO})?|{NO} d'entreprise|code fiscal"),
    (Concept.SIREN, 1.0, rf"(?:{NO} ?)?(?:de )?siren(?: ?{NO})?|r\.?c\.?s\.?"),
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
