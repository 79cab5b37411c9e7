"""Units of measure: UN/ECE Recommendation 20 and 21 codes and the words people write instead.

C62, H87, EA and PCE are one unit; Rec 21 package codes compare with or without their leading X.
Mass, length, area, volume, time, energy, power, data and counts convert. A day of work has no
fixed number of hours, nor a month a fixed number of days: they do not convert into each other
unless the order line says so ("journée de 7 h"). What a package holds is taken from the order line
only ("boîte de 10", "sac de 25 kg"), never assumed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from domain.identifiers import fold

ONE: Final = Decimal(1)
PIECE: Final = "C62"

_SCALES: Final = {
    "count": "C62 1 H87 1 EA 1 PCE 1 PP 1 NAR 1 NMP 1 PR 2 NPR 2 DZN 12 DPC 12 CEN 100 HD 100 "
    "GRO 144 MIL 1000 T3 1000",
    "mass": "MGM 0.000001 GRM 0.001 HGM 0.1 KGM 1 DTN 100 TNE 1000 KTN 1000000 "
    "ONZ 0.028349523125 LBR 0.45359237",
    "length": "MMT 0.001 CMT 0.01 DMT 0.1 MTR 1 HMT 100 KMT 1000 KTM 1000 "
    "INH 0.0254 FOT 0.3048 YRD 0.9144 SMI 1609.344",
    "area": "MMK 0.000001 CMK 0.0001 DMK 0.01 MTK 1 ARE 100 HAR 10000 KMK 1000000 FTK 0.09290304",
    "volume": "MMQ 0.000001 MLT 0.001 CLT 0.01 DLT 0.1 LTR 1 DMQ 1 HLT 100 MTQ 1000 CMQ 0.001 "
    "K6 1000 GLL 3.785411784 GLI 4.54609",
    "time": "SEC 1 MIN 60 HUR 3600 LH 3600",
    "days": "DAY 1 E49 1 WEE 7",
    "months": "MON 1 QAN 3 SAN 6 ANN 12",
    "power": "WTT 1 KWT 1000 MAW 1000000",
    "data": "AD 1 2P 1000 4L 1000000 E34 1000000000 E35 1000000000000",
    "energy": "WHR 0.001 KWH 1 MWH 1000 GWH 1000000 JOU 0.0000002777777777777777777777777778 "
    "KJO 0.0002777777777777777777777777778 3B 0.2777777777777777777777777778 "
    "GV 277.7777777777777777777777778",
}

_WORDS: Final = {
    "C62": "u un une unite unites unit units piece pieces pce pces pc pcs pièce article articles "
    "ens ensemble nb each ea stk stuck",
    "BX": "boite boites bte btes box boxes",
    "PK": "paquet paquets pqt pack packs colis paquetage",
    "CT": "carton cartons ctn",
    "BG": "sac sacs sachet sachets bag",
    "BO": "bouteille bouteilles flacon flacons bouteilles",
    "PX": "palette palettes pal",
    "RO": "rouleau rouleaux rlx roll",
    "RM": "ramette ramettes rame",
    "SET": "lot lots kit kits jeu set",
    "PR": "paire paires pair",
    "DZN": "douzaine douzaines dz",
    "CEN": "cent centaine",
    "MIL": "mille millier milliers",
    "MGM": "mg",
    "GRM": "g gr gramme grammes",
    "KGM": "kg kilo kilos kilogramme kilogrammes kilograms",
    "TNE": "t tonne tonnes to",
    "MMT": "mm",
    "CMT": "cm",
    "MTR": "m ml metre metres mètre lineaire",
    "KMT": "km kilometre kilometres",
    "MTK": "m2 m² mc",
    "MTQ": "m3 m³",
    "HAR": "ha hectare hectares",
    "LTR": "l litre litres liter",
    "HLT": "hl hectolitre",
    "SEC": "s sec seconde",
    "MIN": "mn minute minutes",
    "HUR": "h hr heure heures hour hours std stunde stunden",
    "DAY": "j jr jour jours journee journees day days tag tage",
    "WEE": "sem semaine semaines",
    "MON": "mois month months monat",
    "QAN": "trim trimestre trimestres",
    "ANN": "an ans annee annees year",
    "WHR": "wh",
    "KWH": "kwh",
    "MWH": "mwh",
    "LS": "ff forfait forfaits fft forf pauschal",
}

_SCALE: Final = {
    code: (dimension, Decimal(factor))
    for dimension, text in _SCALES.items()
    for code, factor in zip(text.split()[::2], text.split()[1::2], strict=True)
}
_WORD: Final = {fold(word): code for code, words in _WORDS.items() for word in words.split()}
_PACKAGES: Final = frozenset(
    "AE AM BA BC BE BG BI BJ BK BL BN BO BQ BS BX CA CH CN CR CS CT CX CY DR EN FO HA HR IN JC JG "
    "JR JY KG NE OA PA PC PF PG PK PL PX PZ RL RO RM SA SC SH SK SW TB TN TR TU VI SET".split()
)
_REC_21: Final = re.compile(r"X[A-Z][A-Z0-9]")
_PACK_OF: Final = re.compile(
    r"\b(?:boites?|btes?|paquets?|lots?|cartons?|sachets?|sacs?|packs?|colis|ramettes?|rouleaux?|"
    r"etuis?|plaquettes?|palettes?|jeux?|kits?|box|pack|pk|bx)\s+(?:de|of|a|x)\s*(\d{1,6})\b"
    r"(?!\s*(?:mm|cm|m|kg|g|gr|l|ml|cl|litres?)\b)"
)
_PACK_SHORT: Final = re.compile(r"\b(?:par|x|pqt|bte|ct)\s*(\d{2,6})\b(?!\s*[x,.])")


_MEASURED: Final = re.compile(
    r"\b(?:sacs?|sachets?|bidons?|futs?|bouteilles?|flacons?|rouleaux?|boites?|seaux?|pots?|cubis?|"
    r"bobines?|couronnes?|cartouches?|bombes?|palettes?|big[- ]?bags?|barils?|jerricans?|packs?)"
    r"\s+(?:de|of|a)\s*(\d{1,5}(?:[.,]\d{1,3})?)\s*(mm|cm|m|mg|kg|g|gr|t|ml|cl|l|litres?|m2|m3)\b"
)
_WORKING_DAY: Final = re.compile(
    r"\b(?:jours?|journees?)\s+(?:de|=|a)\s*(\d{1,2}(?:[.,]\d{1,2})?)\s*h(?:eures?)?\b"
    r"|\b(\d{1,2}(?:[.,]\d{1,2})?)\s*h(?:eures?)?\s*(?:/|par)\s*(?:j|jours?|journees?)\b"
)
_LUMP_SUM: Final = "ls"  # no litres
_PAIRS: Final = frozenset({"PR", "NPR"})
_WHOLE: Final = frozenset("LS E48 E51 ACT ZZ".split())
"""Lump sum, service, job, activity, "as agreed": one of them is billed as one piece."""


@lru_cache(maxsize=4096)
def canonical_unit(unit: str | None) -> str | None:
    """One code for one unit, however it is written; None when nothing is stated."""
    if unit is None or not unit.strip():
        return None
    code = unit.strip().upper()
    is_package_code = _REC_21.fullmatch(code) is not None
    if is_package_code:
        code = code[1:]
    if code in _SCALE:
        return PIECE if _SCALE[code] == ("count", ONE) else code
    # `kg` is a kilogram before it is the keg of Rec 21: words go before codes without their X.
    word = fold(unit).strip(" .()")
    plural = word if word == _LUMP_SUM else word.rstrip("s")
    known = None if is_package_code else _WORD.get(word) or _WORD.get(plural)
    return known or code


@lru_cache(maxsize=4096)
def factor_between(billed: str | None, ordered: str | None) -> Decimal | None:
    """How many ordered units one billed unit is; None when they do not convert.

    A unit that is not stated is taken as the ordered one.
    """
    first, second = canonical_unit(billed), canonical_unit(ordered)
    if first is None or second is None or first == second:
        return ONE
    if first not in _SCALE or second not in _SCALE:
        return None
    (one_dimension, one_scale), (other_dimension, other_scale) = _SCALE[first], _SCALE[second]
    return one_scale / other_scale if one_dimension == other_dimension else None


def is_package(unit: str | None) -> bool:
    """Whether the unit is a box, packet or other package."""
    return canonical_unit(unit) in _PACKAGES


def is_whole(unit: str | None) -> bool:
    """Whether the unit is a piece of work or supply as a whole, or one piece."""
    return canonical_unit(unit) in _WHOLE or canonical_unit(unit) == PIECE


def is_count(unit: str | None) -> bool:
    """Whether the unit counts pieces."""
    code = canonical_unit(unit)
    return code is not None and _SCALE.get(code, ("", ONE))[0] == "count"


@lru_cache(maxsize=4096)
def pack_content(text: str | None) -> Decimal | None:
    """How many pieces a wording says a package holds ("boîte de 10")."""
    if not text:
        return None
    folded = fold(text)
    found = _PACK_OF.search(folded) or _PACK_SHORT.search(folded)
    count = Decimal(found.group(1)) if found else None
    return count if count and count > 1 else None


@lru_cache(maxsize=4096)
def measured_content(text: str | None) -> tuple[Decimal, str] | None:
    """What a wording says one package measures ("sac de 25 kg")."""
    found = _MEASURED.search(fold(text)) if text else None
    if found is None:
        return None
    amount = Decimal(found.group(1).replace(",", "."))
    return (amount, found.group(2)) if amount else None


@lru_cache(maxsize=4096)
def working_day(text: str | None) -> Decimal | None:
    """How many hours a wording says a day of work has ("journée de 7 h", "7 h/jour")."""
    found = _WORKING_DAY.search(fold(text)) if text else None
    if found is None:
        return None
    hours = Decimal((found.group(1) or found.group(2)).replace(",", "."))
    return hours or None


def factor_by_content(
    billed: str | None, ordered: str | None, content: tuple[Decimal, str]
) -> Decimal | None:
    """How many ordered units one billed unit is, where one package or day holds this much."""
    amount, unit = content
    measure = factor_between(billed, unit)
    if measure is not None and canonical_unit(billed) != canonical_unit(ordered):
        return measure / amount if factor_between(unit, ordered) is None else None
    measure = factor_between(unit, ordered)
    return None if measure is None else amount * measure


def possible_factors(
    billed: str | None, ordered: str | None, content: Decimal | None
) -> tuple[Decimal, ...]:
    """Every way to turn the billed unit into the ordered one, the plain one first.

    With a package on one side and pieces on the other, only the order line's own words open a
    way. Where they do, suppliers also bill whole packages as pieces, as they do with pairs: both
    readings are given, and the price tells which is meant.
    """
    plain = factor_between(billed, ordered)
    if plain is not None and _PAIRS.intersection(map(canonical_unit, (billed, ordered))):
        return (plain,) if plain == ONE else (plain, ONE)
    if content is None:
        return () if plain is None else (plain,)
    if is_package(ordered) and is_count(billed):
        per_piece = (factor_between(billed, PIECE) or ONE) / content
        return (per_piece, ONE)
    if is_count(ordered) and is_package(billed):
        return (content / (factor_between(ordered, PIECE) or ONE), ONE)
    return () if plain is None else (plain,)
