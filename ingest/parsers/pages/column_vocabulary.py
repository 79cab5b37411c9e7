"""What the columns of item tables are called."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache

from ingest.parsers.pages.wording import alternatives


class Holds(StrEnum):
    """What a column holds."""

    POSITION = "position"
    CODE = "code"
    NAME = "name"
    QUANTITY = "quantity"
    UNIT = "unit"
    PRICE = "price"
    AMOUNT = "amount"
    VAT_RATE = "vat rate"
    VAT_AMOUNT = "vat amount"
    GROSS = "gross"
    DISCOUNT = "discount"
    DATE = "date"
    OTHER = "other"


_EXCL = r"exc?l?\.?(?: (?:vat|tax|btw))?"
_HT = rf"(?:h\.?t\.?|hors taxes?|net(?:to)?(?: ht)?|{_EXCL}|ohne(?: mwst\.?)?)"
_OF_LINE = r"(?: (?:total|net|de la ligne|ligne))"
_CURRENCY = r"(?: (?:eur|€|\(eur\)))?"

LABELS: tuple[tuple[Holds, str], ...] = (
    (
        Holds.VAT_AMOUNT,
        r"""
        (?:montant|mt)\.? (?:de )?(?:la )?t\.?v\.?a\.?
        t\.?v\.?a\.? (?:montant|eur|€)
        (?:vat|tax) amount
        (?:mwst|ust)\.?-?betrag
        steuerbetrag
        """,
    ),
    (
        Holds.GROSS,
        r"""
        (?:total|montant|prix)(?: total)? (?:t\.?t\.?c\.?)
        t\.?t\.?c\.?
        brutto(?:betrag|preis)?
        (?:total|amount|total price) (?:incl\.?|with)(?: vat| tax)?
        montant eur ttc
        """,
    ),
    (
        Holds.DISCOUNT,
        r"""
        (?:%|taux)? ?(?:de )?remises?(?: ?%)?
        (?:%|taux)? ?rem\.?(?: ?%)?
        rabais
        discount
        rabatt(?: ?%)?
        adjust(?:ment)?
        korting
        escompte
        reduc(?:tion|\.)?
        disc\.?(?: ?%)?
        rab\.?(?: ?%)?
        r ?%
        """,
    ),
    (
        Holds.AMOUNT,
        rf"""
        total price(?: without (?:vat|tax))?
        (?:montant|mt\.?|(?:prix |sous-?)?total|valeur){_OF_LINE}*(?: {_HT})?{_CURRENCY}{_OF_LINE}?
        (?:line|net|total|extended|item)? ?(?:amount|total|net)(?: {_HT})?
        sub-? ?total
        (?:somme|honoraires|cout total|prix net h\.?t\.? total){_OF_LINE}*(?: {_HT})?
        (?:gesamt|positions)wert
        preis gesamt
        value
        (?:zeilen|netto|gesamt|positions|einzel)?betrag
        gesamt(?:preis|/€|netto)?(?: {_HT})?
        ges\.?-?preis
        summe
        bedrag
        totaal
        g-?preis
        gp
        extension
        entgelt
        importe?
        """,
    ),
    (
        Holds.PRICE,
        rf"""
        p(?:rix)?\.? ?u(?:nit(?:aire)?)?\.?(?: (?:net|brut|de base))?(?: {_HT})?
        prix(?: (?:net|de base|de vente))?(?: {_HT})?
        tarif(?: horaire| journalier)?(?: {_HT})?
        p\.? ?v\.?(?: {_HT})?
        (?:puht|puv|tjm)
        px\.? ?u(?:nit(?:aire)?)?\.?(?: {_HT})?
        taux horaire(?: {_HT})?
        unitaire(?: {_HT})?
        unit amount
        each
        (?:stunden|tages|einheits)?satz
        vk(?: netto)?
        cout (?:unitaire|journalier|horaire)(?: {_HT})?
        (?:unit|net|item|list) ?(?:price|cost|rate)(?: {_HT})?
        rate/price
        price(?: {_HT})?
        rate
        (?:einzel|stuck|netto|vk-?|e-?)?preis(?:/ ?einheit)?(?: {_HT})?
        einzelpr\.?(?: netto)?
        ep
        cost(?: each)?
        price (?:each|per (?:unit|one))
        unit (?:price|cost|rate) \(?excl?\.?\)?
        einzel(?:/€)?
        prijs
        precio
        """,
    ),
    (
        Holds.VAT_RATE,
        r"""
        (?:taux|tx|%|code)?\.? ?(?:de )?(?:la )?t\.?v\.?a\.?(?: ?%)?(?: ligne)?
        (?:vat|gst|tax)(?: ?(?:%|rate))?
        (?:mwst|ust)\.?(?:-?satz)?\.?(?: ?%)?
        steuer(?:satz)?
        btw(?: ?%)?
        taux
        tx\.?
        taxes?
        % ?(?:tva|vat)?
        """,
    ),
    (
        Holds.QUANTITY,
        r"""
        q(?:uan)?ti?tes?\.?
        qt(?:e|s|ty)?\.?
        quantites?
        quantity
        qty
        menge
        anz(?:ahl|\.)?
        stuckzahl
        no\. of (?:units|hours|days)
        hrs/qty
        nombre
        nb(?:re)?\.?
        hoeveelheid
        aantal
        (?:hours|days|hrs)\.?
        (?:heures|jours)
        volumes?
        temps(?: passe)?
        consommations?
        duree
        n(?:om)?bre? (?:de |d')?(?:jours|heures|jrs|h|j|unites)
        quant\.
        stunden|std\.|stuck|tage|dauer|mng\.?
        cantidad
        """,
    ),
    (
        Holds.UNIT,
        r"""
        unites?(?: de mesure| (?:pour|for) p\.?u\.?)?
        unit for p\.?u\.?
        un\.?
        u\.?m\.?
        u\.?v\.?
        conditionnement|cond\.|cdt\.?
        units?
        uom
        u ?/ ?m
        (?:meng\.?-? ?)?einh(?:eit|\.)
        me
        eenheid
        u\.
        """,
    ),
    (Holds.DATE, r"date|datum|von|bis|periode|period|shipment date"),
    (
        Holds.CODE,
        r"""
        (?:n° |code |ref(?:erence|\.)? )?(?:article|produit)(?= |,|$)
        ref(?:erence|\.)?s?
        code(?: article| produit)?
        art(?:ikel)?\.? ?-?(?:nr|nummer|no)\.?
        (?:item|product) (?:code|no\.?|id|number)
        part (?:no\.?|number)
        best\.?-? ?(?:nr|nummer)\.?
        sku
        ean
        gtin
        referenzen
        """,
    ),
    (
        Holds.NAME,
        r"""
        designations?
        (?:articles?|produits?|products?|items?) ?/ ?(?:services?|prestations?)
        libelle
        phases?|postes?|lots?|taches?|ouvrages?|travaux|fournitures?
        descriptions?
        article(?: et)?(?: designation)?
        produits?
        prestations?
        intitule
        nature
        details?
        objet
        (?:artikel|leistungs)?bezeichnung
        (?:artikel|leistungs)?beschreibung
        leistung(?:en)?
        diligences
        particulars
        operations?|pieces?(?: detachees?)?
        elements?(?: de mission)?|missions?|rubriques?|denomination|consistance
        line item
        (?:work|activity)(?: done)?
        produkte?|tatigkeit(?:en)?
        ware(?:nbezeichnung)?
        texte?
        services?
        items?
        products?
        omschrijving
        artikel
        descripcion
        """,
    ),
    (Holds.POSITION, r"pos(?:ition)?\.?|#|n°|no\.?|nr\.?|ligne|line(?: no\.?)?|lfd\.?(?: ?nr\.?)?"),
)


_REMEMBERED = 2048
_ONLY_ALONE = frozenset({"%", "me", "u.", "n°"})
"""Labels that say something only when nothing stands beside them (`% avancement` is no VAT)."""


_ALONE = {"ht": Holds.AMOUNT, "h.t": Holds.AMOUNT, "u": Holds.UNIT, "netto": Holds.AMOUNT}
"""What says something only as the whole head, and nothing as a part of one."""


@cache
def _classifiers() -> tuple[tuple[Holds, re.Pattern[str]], ...]:
    return tuple(
        (holds, re.compile(rf"(?<![a-z0-9])(?:{alternatives(lines)})(?![a-z0-9])"))
        for holds, lines in LABELS
    )


@lru_cache(_REMEMBERED)
def classify(text: str) -> Holds:
    """What a column with this head holds (folded text): the whole label, else its first words."""
    alone = _ALONE.get(text.strip(" :.*()€"))
    if alone is not None:
        return alone
    for holds, pattern in _classifiers():
        if pattern.fullmatch(text.strip(" :.*()")):
            return holds
    found = [
        (match.start(), -match.end(), holds)
        for holds, pattern in _classifiers()
        if (match := pattern.search(text)) and match.group().strip() not in _ONLY_ALONE
    ]
    return min(found, key=lambda x: x[:2])[2] if found else Holds.OTHER


@lru_cache(_REMEMBERED)
def find_column_labels(folded: str) -> tuple[re.Match[str], ...]:
    """The labels of a phrase, the longest at each place, none inside another."""
    out: list[re.Match[str]] = []
    position = 0
    patterns = [p for _, p in _classifiers()]
    while position < len(folded):
        found = [m for p in patterns if (m := p.search(folded, position)) and m.end() > m.start()]
        if not found:
            break
        best = min(found, key=lambda m: (m.start(), -m.end()))
        out.append(best)
        position = best.end()
    return tuple(out)
