"""Labels of the number and the dates of a document (BT-1, BT-2, BT-9, BG-14)."""

from __future__ import annotations

from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.word_stock import DOC, DOC_FR, NO, OTHER_NOUN, REF

_IN_DAYS = (
    r"(?:virement|reglement|paiement|net)(?: par \w+)? a \d+ jours?"
    r"(?: (?:nets?|date de facture|fin de mois|par \w+(?: bancaire)?))*"
)

HEADER: tuple[tuple[Concept, float, str], ...] = (
    (
        Concept.NUMBER,  # BT-1
        1.0,
        rf"""
        {NO} ?(?:de |d'|du |of )?(?:la |l')?{DOC}
        {DOC}(?: ?[-/])? ?{NO}(?: ?\(\d+\))?
        {DOC}(?: ?\([^()]{{1,40}}\)){{1,2}} {NO}
        {DOC}(?: (?!{OTHER_NOUN})[a-z]+){{1,2}}(?: \(\d{{3}}\))? {NO}
        (?:rechnungs|beleg|gutschrifts?|factuur) ?-? ?(?:nummer|nr\.?)
        (?:re|rg|rechn)\.?-? ?nr\.?
        facture (?:de vente|de prestations?) {NO}
        fact\. ?{NO}
        inv(?:oice|\.) (?:no\.?|ref(?:erence|\.)?)
        rechnungs-?id
        memoire (?:d'honoraires )?{NO}
        facture client {NO}(?= ?\S{{1,20}} (?:du|en date du|le) \d)
        """,
    ),
    (
        Concept.NUMBER,
        0.9,
        rf"""
        {REF}(?:de |d')?(?:la |l')?(?:{DOC_FR})
        (?:{DOC_FR}) ref(?:erence|\.)?
        (?:order response|purchase order change|order change) ?(?:id|n°|no\.?)?
        receipt (?:# ?)?(?:no\.?|n°)
        """,
    ),
    (Concept.NUMBER, 0.8, DOC),
    (
        Concept.NUMBER,
        0.7,
        rf"""
        document (?:no\.?|number)
        dokument(?:en)?-?(?:nummer|nr\.?)
        {NO} (?:de |du )?(?:document|piece)
        piece {NO}
        """,
    ),
    (Concept.NUMBER, 0.55, r"^ref(?:erence|\.)?(?= ?: ?\S*\d)"),
    (Concept.NUMBER, 0.58, r"numero|n°|no\.?|nr\.?|number|nummer|#"),
    (
        Concept.ISSUE_DATE,  # BT-2
        1.0,
        rf"""
        date (?:de |d'|of |du )?(?:la |l'|the )?{DOC}
        date (?:de |d'|of |du )?(?:la |l'|the )?(?:facturation|emission|issue|document)
        date (?:de |d'|de la )?(?:etablissement|creation|piece|vente)
        date et heure d'emission
        (?:invoice|issue|bill|billing|document|credit (?:note|memo)) date
        date (?:issued|raised)
        (?:re|rg|rechn)\.?-? ?datum
        (?:rechnung|gutschrift|beleg)(?:s)? vom
        (?:rechnungs|beleg|ausstellungs|factuur) ?-?datum
        liefer- und rechnungsdatum
        emise? le
        facture(?:e|es)? (?:emise )?(?:le|du)
        issued(?: on)?
        etablie? le
        fait le
        date (?:d'edition|fact\.?)
        ^en date du
        ^(?:cree|editee?|creee) le
        """,
    ),
    (
        Concept.ISSUE_DATE,
        0.8,
        r"""
        (?:date ?/ ?)?tax (?:point|date)
        (?:erstellt|ausgestellt)(?: am)?
        ^(?:dated|created)(?: on)?
        """,
    ),
    (Concept.ISSUE_DATE, 0.6, r"date|datum"),
    (
        Concept.DUE_DATE,  # BT-9
        1.0,
        rf"""
        (?:date (?:d' ?|de |de l')?)?echeance(?: de (?:paiement|reglement))?(?: (?:le|au|du))?
        date limite (?:de |d')(?:paiement|reglement)(?: le)?
        date de (?:paiement|reglement)
        (?:a|facture a) (?:regler|payer)(?: (?:avant|pour|d'ici|au plus tard))?(?: le)?
        payable (?:avant|au plus tard|jusqu'au|le|au)(?: le)?
        (?:exigible|regler) le
        ech\.(?: le)?(?= ?:? ?\d)
        (?:date )?(?:d')?exigibilite
        (?:paiement|reglement) (?:attendu|du|exigible) (?:le|au|pour le)
        (?:payment |date )?due(?: date| on| by)?
        (?:please )?pay(?:able|ment)? (?:by|before)
        fallig(?:keit(?:sdatum)?| am| bis| zum)?
        zahlbar (?:bis|zum)(?: spatestens)?(?: zum)?
        (?:bitte |zu )?zahl(?:ung|en) bis(?: zum)?
        bis spatestens
        zahlungs(?:ziel|termin|frist)(?: bis)?
        vervaldatum
        date de prelevement
        prelevement (?:a partir du|le)
        sera preleve(?:e)? le
        (?:reglement|paiement)(?: du)? (?:au|le|avant le|pour le)
        {_IN_DAYS}(?: ?,? soit)?(?: le| au)?(?= ?:? ?\d)
        wird am(?= \d)
        """,
    ),
    (
        Concept.DUE_DATE,
        0.75,
        r"""
        au plus tard le(?= \d)
        soit (?:au|le)(?= \d)
        (?:no|not) later than
        spatestens (?:bis|am|zum)(?: zum)?(?= \d)
        """,
    ),
    (Concept.DUE_DATE, 0.8, r"netto bis|bis zum|zahlbar innerhalb \d+ tagen netto bis"),
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
