"""Families of rules that say the same of another field or VAT category, told by one sentence each.

The rules of a VAT category (BR-S-08, BR-E-08…), of decimals (BR-DEC), of elements that are too many
or not expected (UBL-CR, CII-SR…) and those that Factur-X repeats under identifiers of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.business_terms import NAMES, TermName


class Plain(NamedTuple):
    """A sentence for the accountant, in French and English."""

    fr: str
    en: str


_CATEGORIES: Final = {
    "S": ("soumise à TVA (S)", "standard rated (S)"),
    "Z": ("à taux zéro (Z)", "zero rated (Z)"),
    "E": ("exonérée (E)", "exempt (E)"),
    "AE": ("en autoliquidation (AE)", "reverse charge (AE)"),
    "IC": ("intracommunautaire (K)", "intra-community (K)"),
    "G": ("à l'export (G)", "export (G)"),
    "O": ("hors champ de la TVA (O)", "not subject to VAT (O)"),
    "AF": ("soumise à l'IGIC (L)", "IGIC (L)"),
    "AG": ("soumise à l'IPSI (M)", "IPSI (M)"),
}
_TAXED: Final = frozenset({"S", "AF", "AG"})
_NO_REASON: Final = frozenset({"S", "Z", "AF", "AG"})
_WHERE: Final = (
    ("Une ligne {0}", "A line that is {1}"),
    ("Une remise {0}", "An allowance that is {1}"),
    ("Des frais pour une opération {0}", "A charge that is {1}"),
)
_MIXED: Final = Plain(
    "La facture mêle des opérations hors champ de la TVA (O) avec d'autres catégories.",
    "The invoice mixes items not subject to VAT (O) with other categories.",
)
_SPECIAL: Final = {
    "IC-11": Plain(
        "Livraison intracommunautaire : la date de livraison ou la période manque (BT-72, BG-14).",
        "Intra-community supply: delivery date or period is missing (BT-72, BG-14).",
    ),
    "IC-12": Plain(
        "Livraison intracommunautaire : le pays de livraison manque (BT-80).",
        "Intra-community supply: the deliver-to country is missing (BT-80).",
    ),
    **dict.fromkeys(("O-11", "O-12", "O-13", "O-14"), _MIXED),
}
_VAT_RULE: Final = re.compile(r"BR-(S|Z|E|AE|IC|G|O|AF|AG)-(\d\d)")
_EXTENDED: Final = re.compile(r"BR-(?:FXEXT|FREXT)-(?:BR-)?(.+?)(?:ini|rev|b)?")
_REPEATED: Final = re.compile(r"\[(BR-[A-Z0-9-]+?\d|PEPPOL-EN16931-R\d+)(?:rev|ini|b)?\]")


def base_rule(rule: str, message: str) -> str:
    """The European rule behind a rule that repeats it or widens it under its own identifier."""
    if rule.startswith(("FX-SCH", "unnamed")):
        repeated = _REPEATED.match(message.strip())
        return base_rule(repeated[1], "") if repeated else rule
    extended = _EXTENDED.fullmatch(rule)
    if extended is None:
        return rule
    name = re.sub(r"^([A-Z]+)(\d\d)$", r"\1-\2", extended[1])
    return name if name.startswith("CII-") else f"BR-{name}"


def by_category(rule: str) -> Plain | None:
    """What a rule of a VAT category asks."""
    found = _VAT_RULE.fullmatch(rule)
    if found is None:
        return None
    category, number = found[1], int(found[2])
    special = _SPECIAL.get(f"{category}-{found[2]}")
    if special is not None:
        return special
    fr, en = _CATEGORIES[category]
    if number == 1:
        return Plain(
            f"Une opération {fr} ne se retrouve pas dans la ventilation de TVA, ou l'inverse "
            "(BG-23).",
            f"An item that is {en} is not in the VAT breakdown, or the other way round (BG-23).",
        )
    if 2 <= number <= 4:  # noqa: PLR2004 - the numbers of the standard
        return _numbers(category, Plain(*(t.format(fr, en) for t in _WHERE[number - 2])))
    if 5 <= number <= 7:  # noqa: PLR2004
        return _rates(category, Plain(*(t.format(fr, en) for t in _WHERE[number - 5])))
    return _breakdown(category, number, fr, en)


def _numbers(category: str, what: Plain) -> Plain:
    if category == "O":
        return Plain(
            f"{what.fr} ne doit pas s'accompagner de numéros de TVA (BT-31, BT-48, BT-63).",
            f"{what.en} must not come with VAT numbers (BT-31, BT-48, BT-63).",
        )
    if category in {"AE", "IC"}:
        return Plain(
            f"{what.fr} : le numéro de TVA du vendeur ou celui de l'acheteur manque "
            "(BT-31, BT-48).",
            f"{what.en}: the VAT number of the seller or of the buyer is missing (BT-31, BT-48).",
        )
    return Plain(
        f"{what.fr}, mais le vendeur ne donne pas son numéro de TVA (BT-31).",
        f"{what.en}, but the seller gives no VAT number (BT-31).",
    )


def _rates(category: str, what: Plain) -> Plain:
    if category == "S":
        return Plain(f"{what.fr} a un taux nul.", f"{what.en} has a rate of zero.")
    if category in _TAXED:
        return Plain(f"{what.fr} a un taux négatif.", f"{what.en} has a negative rate.")
    if category == "O":
        return Plain(f"{what.fr} ne doit pas avoir de taux.", f"{what.en} must have no rate.")
    return Plain(f"{what.fr} doit avoir un taux nul.", f"{what.en} must have a rate of zero.")


def _breakdown(category: str, number: int, fr: str, en: str) -> Plain | None:
    if number == 8:  # noqa: PLR2004
        return Plain(
            f"La base {fr} n'est pas la somme des lignes, remises et frais de cette catégorie "
            "(BT-116).",
            f"The taxable amount that is {en} is not the sum of the lines, allowances and charges "
            "of that category (BT-116).",
        )
    if number == 9 and category in _TAXED:  # noqa: PLR2004
        return Plain(
            f"La TVA d'une base {fr} n'est pas la base multipliée par le taux (BT-117).",
            f"The tax on an amount that is {en} is not the amount times the rate (BT-117).",
        )
    if number == 9:  # noqa: PLR2004
        return Plain(
            f"La TVA d'une base {fr} doit être nulle (BT-117).",
            f"The tax on an amount that is {en} must be zero (BT-117).",
        )
    if category in _NO_REASON:
        return Plain(
            f"Un motif d'exonération accompagne une base {fr} (BT-120, BT-121).",
            f"An exemption reason is given for an amount that is {en} (BT-120, BT-121).",
        )
    return Plain(
        f"Le motif d'exonération manque pour une base {fr} (BT-120 ou BT-121).",
        f"The exemption reason is missing for an amount that is {en} (BT-120 or BT-121).",
    )


_SHAPES: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (
        re.compile(r"should not include (?:the |a |an )?(.+)"),
        "{what} ne devrait pas figurer dans la facture ; le paiement n'en dépend pas.",
        "{what} should not be in the invoice; payment does not depend on it.",
    ),
    (
        re.compile(r"(.+?) (?:should|shall|must) not be present"),
        "{what} ne devrait pas figurer à cet endroit.",
        "{what} should not be present in this place.",
    ),
    (
        re.compile(r"Attribute '?@?(\w+)'?.* marked as not used"),
        "{what} : un attribut ne devrait pas figurer à cet endroit.",
        "{what}: an attribute should not be present in this place.",
    ),
    (
        re.compile(r"Element '(?:\w+:)?(\w+)' (?:must|may) occur (?:exactly|at maximum|at least)"),
        "{what} manque ou figure trop souvent.",
        "{what} is missing or given too often.",
    ),
    (
        re.compile(r"Element '(?:\w+:)?(\w+)' is marked as not used"),
        "{what} ne devrait pas figurer à cet endroit.",
        "{what} should not be present in this place.",
    ),
    (
        re.compile(r"Only one (.+?) (?:should|shall|is|element)|shall occur maximum once"),
        "{what} est donné plusieurs fois : une seule fois est permise.",
        "{what} is given several times: only once is allowed.",
    ),
    (
        re.compile(r"Value of '[^']+' is not allowed"),
        "{what} : la valeur n'est pas dans la liste admise.",
        "{what}: the value is not in the allowed list.",
    ),
    (
        re.compile(r"format attribute 102 shall be YYYYMMDD"),
        "{what} : la date n'est pas écrite AAAAMMJJ.",
        "{what}: the date is not written YYYYMMDD.",
    ),
    (
        re.compile(r"decimal up to two fraction|maximum number of decimals"),
        "{what} a trop de décimales.",
        "{what} has too many decimals.",
    ),
)


def by_shape(rule: str, message: str, terms: Sequence[str]) -> Plain | None:
    """What a rule about the presence or form of an element asks, by how its text is built."""
    if rule.startswith("BR-DEC"):
        what = _named(terms, None)
        return Plain(f"{what.fr} a plus de deux décimales.", f"{what.en} has over two decimals.")
    for pattern, fr, en in _SHAPES:
        if found := pattern.search(re.sub(r"^\[[^\]]*\]\s*-?\s*", "", message)):
            what = _named(terms, found[1] if found.groups() and found[1] else None)
            return Plain(fr.format(what=what.fr), en.format(what=what.en))
    return None


def _named(terms: Sequence[str], element: str | None) -> TermName:
    """What a sentence is about: a business term by its name, else the element by its own."""
    if terms:
        fr, en = NAMES[terms[-1]]
        return TermName(
            f"{fr[:1].upper()}{fr[1:]} ({terms[-1]})", f"{en[:1].upper()}{en[1:]} ({terms[-1]})"
        )
    if element is not None:
        return TermName(f"L'élément « {element} »", f"The element “{element}”")
    return TermName("Un élément", "An element")
