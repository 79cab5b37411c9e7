"""The labels of sums: what stands in front of, or over, the totals of a document."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from ingest.parsers.pages.wording import alternatives


class Sum(StrEnum):
    """Which total a label announces (BG-22)."""

    LINES = "lines"  # BT-106
    ALLOWANCES = "allowances"  # BT-107
    CHARGES = "charges"  # BT-108
    NET = "tax_exclusive"  # BT-109
    TAX = "tax"  # BT-110
    GROSS = "tax_inclusive"  # BT-112
    PREPAID = "prepaid"  # BT-113
    PAYABLE = "payable"  # BT-115
    PLAIN = "total"  # a total that does not say of what


_HT = r"(?:h\.?t\.?|hors[ -]taxes?|hors tva|net(?:te)? h\.?t\.?)"
_TTC = r"(?:t\.?t\.?c\.?|toutes? taxes? comprises?|tva comprise|tva incluse)"
_CURRENCY = r"(?: ?(?:en |in )?(?:€|eur(?:os?)?|usd|\$|chf|gbp|£))?"
_VAT_DE = r"(?:mwst\.?|mehrwertsteuer|ust\.?|umsatzsteuer|steuern?)"
_VAT_EN = r"(?:vat|tax|gst|sales tax)"
_EXCL = r"(?:excl(?:uding|usive|\.)?|exc\.?|without|before|ex\.?|ohne|exkl\.?|zzgl\.?) ?(?:of )?"
_INCL = r"(?:incl(?:uding|usive|\.)?|inc\.?|with|inkl\.?|einschl(?:ieslich|\.)?) ?(?:of )?"
_TOTAL_EN = (
    r"(?:(?:invoice |grand |order |sub-? ?)?total(?: amount| value| price| due)?|(?:net )?amount)"
)
_TOTAL_OF = r"(?:general|facture|de la facture|a facturer|amount|of invoice)"
_TOTAL = rf"(?:(?:cout )?total(?: {_TOTAL_OF})?|montant(?: total)?|somme|amount)"
_EXCL_DE = rf"(?: \({_EXCL} ?{_VAT_DE}\))"
_SUM_DE = r"(?:rechnungssumme|summe|gesamt(?:betrag|summe)?|endbetrag|total)"

_PATTERNS: tuple[tuple[Sum, float, str], ...] = (
    (
        Sum.NET,
        1.0,
        rf"""
        (?:sous-? ?total |{_TOTAL} ?(?:net |en )?(?:€ |eur(?:os)? )?|base |net ?)?{_HT}
        untaxed amount
        (?:(?:invoice )?total|net amount|(?:total )?amount|subtotal)(?: €| eur)? {_EXCL}{_VAT_EN}
        {_TOTAL_EN} ?(?:€ |eur )?\(?{_EXCL}{_VAT_EN}\)?
        total (?:amount )?without (?:vat|tax)
        net (?:amount|value|sum|price|invoice value)
        {_TOTAL}? ?(?:net )?\({_HT}\)
        {_TOTAL} {_HT} (?:net|apres remises?|remise)
        net commercial
        (?:base|montant) (?:h\.?t\.? )?(?:imposable|taxable|soumise? a (?:la )?tva)
        net total
        (?:total|invoice) net(?: amount)?
        taxable amount
        (?:{_SUM_DE}|zwischensumme|betrag)? ?\(?netto(?:betrag|summe)?\)?{_EXCL_DE}?
        {_SUM_DE} \(?{_EXCL}{_VAT_DE}\)?
        (?:gesamtpreis|rechnungsbetrag|gesamtwert) netto
        netto-?(?:gesamt)?(?:betrag|summe)
        warenwert netto
        totaal excl\.? btw
        """,
    ),
    (
        Sum.LINES,
        0.9,
        r"""
        (?:total|somme|montant)(?: h\.?t\.?)? (?:des )?lignes(?: h\.?t\.?)?
        (?:total|montant) brut(?: h\.?t\.?)?
        total h\.?t\.? (?:brut|avant remises?)
        positionssumme
        summe (?:der )?positionen
        (?:sum|total amount) of (?:the )?(?:invoice )?lines?(?: net amount)?
        lines? total
        """,
    ),
    (
        Sum.LINES,
        0.7,
        r"""
        sous-? ?total
        sub-? ?total(?: amount)?
        zwischensumme
        subtotaal
        total (?:des |du )?(?!general|facture)[a-z]{5,14} h\.?t\.?
        total (?:des )?postes
        total (?:articles|marchandises|prestations|goods|services)
        (?:goods|services|net goods) (?:total|value)
        warenwert
        """,
    ),
    (
        Sum.ALLOWANCES,
        0.9,
        r"""
        (?:total |montant )?(?:des |de la |de )?(?:remises?|rabais)(?: h\.?t\.?)?
        remises? (?:globales?|commerciales?|totales?|generales?|pied)(?: h\.?t\.?)?
        total (?:des )?(?:allowances|deductions)
        (?:total )?allowances?(?: amount)?
        discounts?(?: amount| total)?
        (?:gesamtbetrag der |summe )?abschlage
        (?:gesamt)?rabatt
        ristournes?
        reductions?
        rebate
        (?:trade|volume|customer|special|less) discounts?
        nachlass
        (?:abzgl\.?|abzuglich) (?:\d+(?:[.,]\d+)? ?% )?\w*(?:nachlass|rabatt)
        """,
    ),
    (
        Sum.CHARGES,
        0.9,
        r"""
        (?:total |montant )?(?:des |de )?(?:frais|charges|majorations?)(?: h\.?t\.?)?
        frais de port(?: et (?:d')?emballage)?(?: h\.?t\.?)?
        frais (?:de livraison|de transport|d'expedition)(?: h\.?t\.?)?
        frais (?:annexes|supplementaires)(?: h\.?t\.?)?
        port(?: et emballage)?(?: h\.?t\.?)?
        participation (?:au |aux frais de )?(?:transport|port)
        frais de deplacement
        transport(?: h\.?t\.?)?
        shipping (?:and|&) handling
        p&p
        porto(?: und verpackung)?
        versand und verpackung
        lieferkosten
        carriage
        postage(?: (?:and|&) packing)?
        delivery (?:charge|cost)s?
        (?:total )?charges?(?: amount)?
        (?:freight|shipping)(?: (?:costs?|charges?))?
        (?:gesamtbetrag der |summe )?zuschlage
        (?:zzgl\.? |zuzuglich )?versandkosten
        fracht(?:kosten)?
        """,
    ),
    (
        Sum.TAX,
        1.0,
        rf"""
        (?:total |montant |dont )?(?:de (?:la )?|des |total )?(?:tva|t\.v\.a\.?)
        (?:tva|t\.v\.a\.?) (?:totale|au taux de|a taux|taux|a|de|sur)
        total taxes
        vat @
        (?:montant )?(?:des |de )?taxes?
        mt\.? tva
        output vat
        (?:summe|gesamt) (?:der )?{_VAT_DE}
        (?:total |plus |estimated )?{_VAT_EN}(?: (?:total|amount))?(?: due)?
        total (?:vat|tax)(?: amount)?
        \d+(?:[.,]\d+)? ?% (?:vat|{_VAT_DE}|tva)
        (?:zuzuglich |zzgl\.? |gesamt|\+ ?)?(?:\d+(?:[.,]\d+)? ?% )?{_VAT_DE}(?:betrag)?
        steuerbetrag(?: in eur)?
        versicherungs?steuer
        gesamtsteuer(?:betrag)?
        btw(?: bedrag)?
        """,
    ),
    (
        Sum.GROSS,
        1.0,
        rf"""
        (?:{_TOTAL} ?(?:net |en )?(?:€ |eur(?:os)? )?|net ?)?{_TTC}
        (?:invoice |grand )?(?:total|amount)(?: amount)?(?: €| eur| usd| \$)? {_INCL}{_VAT_EN}
        {_TOTAL_EN} ?(?:€ |eur |usd |\$ )?\(?{_INCL}{_VAT_EN}\)?
        {_TOTAL}? ?\({_TTC}\)
        grand total
        gross (?:total|amount|value|sum)
        invoice total
        total gross
        (?:{_SUM_DE}|rechnungsbetrag)? ?\(?brutto(?:betrag|summe)?\)?(?: \({_INCL} ?{_VAT_DE}\))?
        (?:{_SUM_DE}|rechnungsbetrag) \(?{_INCL}{_VAT_DE}\)?
        gesamtpreis brutto
        totaal incl\.? btw
        """,
    ),
    (
        Sum.GROSS,
        0.8,
        r"""
        rechnungs(?:end)?(?:betrag|summe)
        endbetrag
        gesamt(?:betrag|summe|rechnungsbetrag)?
        rechnungsbeitrag
        endsumme
        factuur totaal
        totaal
        (?:montant|total) final
        summe gesamt
        total general
        total facture
        total amount
        montant total
        montant (?:de la )?facture
        """,
    ),
    (
        Sum.PREPAID,
        1.0,
        r"""
        (?:montants? |total )?(?:des )?(?:acomptes?|avances?)(?: ttc)?
        (?:acomptes?|avances?) (?:deja )?(?:verses?|recus?|payes?|regles?|factures?)(?: ttc)?
        (?:acomptes?|avances?) (?:deduits?|a deduire)(?: ttc)?
        (?:montants? )?deja (?:regle|paye|verse|facture)s?(?: ttc)?
        (?:amount |already |total )?(?:pre)?-?paid(?: amount)?
        less (?:deposit|prepayment|payments?(?: received)?)
        payments? (?:received|made|on account)
        deposit
        provisions? (?:deja )?(?:versees?|recues?|payees?)
        prepayments?
        (?:erhaltene |abzuglich |abzgl\.? |geleistete )*(?:anzahlung|vorauszahlung)(?:en)?
        (?:erhaltene |abzuglich |abzgl\.? |geleistete )*abschlagszahlung(?:en)?
        bereits (?:ge|be)zahlt
        (?:moins|deduction(?: d'| de l')?|a deduire) ?:? ?(?:acomptes?|avances?)
        (?:total )?(?:deja )?(?:paye|regle|verse)e?s?
        versements?(?: (?:recus?|effectues?))?
        arrhes(?: versees)?
        paiements? recus?
        payments
        (?:be|ge)zahlt
        teilzahlung(?:en)?
        total prepaid
        reglements? (?:recus?|deja effectues?)
        """,
    ),
    (
        Sum.PAYABLE,
        1.0,
        r"""
        (?:net|montant(?: net| total)?|total(?: net)?) ?(?:restant )?a (?:payer|regler)(?: ttc)?
        (?:reste|somme|solde) ?(?:restant )?a (?:payer|regler)(?: ttc)?
        (?:reste|total|somme) due?
        montant (?:a prelever|preleve)
        reste a percevoir
        a regler(?: ttc)?
        balance(?: outstanding)?
        please pay
        outstanding(?: balance| amount)?
        now due
        restzahlung
        rest(?:forderung|saldo)
        saldo
        bitte uberweisen(?: sie)?
        zahlungsbetrag
        zu uberweisender betrag
        verbleibender betrag
        (?:reste )?a votre charge
        a payer(?: ttc)?
        montant du
        solde(?: du)?
        net a (?:deduire|rembourser|(?:votre )?credit)
        a rembourser
        montant (?:a )?(?:credite|rembourse)r?
        (?:total |amount |balance |net )?(?:amount )?(?:due|payable)(?: amount| for payment)?
        balance due
        (?:amount |total )?to pay
        zahlbetrag
        zu zahlen(?:der betrag)?
        (?:noch )?(?:zu )?zahlen(?:der betrag)?
        (?:offener|falliger) betrag
        (?:auszahlungs|uberweisungs|gutschrifts|rest)betrag
        te betalen
        """,
    ),
    (Sum.PLAIN, 0.55, r"totale?|totaux|summe|gesamt|sum"),
)

_LEAD = r"^[\s+=•*\d.,%:)(-]{0,8}"


@cache
def _compiled() -> tuple[tuple[Sum, float, re.Pattern[str]], ...]:
    """Every alternative by itself, so that the longest can be told."""
    return tuple(
        (which, weight, _anchored(line))
        for which, weight, lines in _PATTERNS
        for line in lines.strip().splitlines()
    )


@cache
def _any_sum() -> re.Pattern[str]:
    return _anchored("|".join(alternatives(lines) for _, _, lines in _PATTERNS))


def _anchored(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_LEAD}(?P<label>(?:{pattern.strip()}){_CURRENCY})(?![a-z]|-[a-z])")


def sum_label(folded: str) -> tuple[Sum, float, int] | None:
    """Which sum a phrase announces, its weight, and where the label ends; the longest match."""
    if not _any_sum().match(folded):
        return None
    best: tuple[Sum, float, int] | None = None
    for which, weight, pattern in _compiled():
        match = pattern.match(folded)
        if match is None:
            continue
        length = match.end("label")
        if best is None or (length, weight) > (best[2], best[1]):
            best = (which, weight, length)
    return best
