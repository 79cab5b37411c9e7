"""Which line of an address block names the party."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.parsers.pages.blocks import Block, body_size, is_street, is_town
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.dates import find_dates
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.wording import alternatives, words

LEGAL_FORM = words(
    r"""
    sarl|s\.a\.r\.l\.?|sas|s\.a\.s\.?|sasu|eurl|sa|s\.a\.|sci|scop|snc|scea|scm|selarl
    gie|gip|ei|eirl
    g?gmbh|partg(?: mbb)?|ag|kg|ohg|ug|e\.?v\.?|e\.?k\.?|mbh|gbr
    ltd|limited|llc|inc|plc|corp(?:oration)?|company
    b\.?v\.?|n\.?v\.?|bvba|sprl|srl|spa|s\.p\.a\.|ab|oy|as|a/s
    """
)
_PUBLIC_BODY = words(
    r"""
    commune|communaute|ville|mairie|metropole|syndicat|departement|region|conseil|agglomeration
    centre hospitalier|chu|hopital|ehpad|sdis|ccas|office|caisse|etablissement|regie
    universite|lycee|college|ministere|prefecture
    association|cooperative|societe|ets|groupe
    stadt|gemeinde
    """
)
_CONTACT = words(
    r"""
    contact|dept?|attn|attention|z\. ?hd\.?|c/o|t\.a\.v\.?|ansprechpartner
    m\.|mme|mlle|monsieur|madame|herrn?|frau|mr|mrs|ms
    abteilung|buchhaltung|service comptab\w*|comptabilite
    accounts? payable|accounting|finance department|service (?:financier|facturier|achats?)
    """
)
_NO_NAME = re.compile(
    "^(?:"
    + alternatives(
        r"""
        facture|invoice|rechnung|avoir|credit note|gutschrift
        page|seite|blad|feuillet|logo$|original|kopie|duplicata
        date|tel|fax|www|http|email|e-mail
        siret|siren|tva|iban|bic|rcs|capital|gln|id\b|n°|no\.|nr\.
        deutschland|france|germany|belgique|suisse|country|pays
        vos |nos |votre |notre |ihre? |your |@
        """
    )
    + ")"
)
_PHONE = re.compile(r"(?<!\d)(?:0|\+\d\d ?)\d(?:[ .]?\d\d){4}(?!\d)")
_LOGO = re.compile(r"^logo\s+", re.IGNORECASE)
_KEY = re.compile(r"^(?:name|nom|raison sociale|company|firma|societe)\s*:\s*", re.IGNORECASE)
_DANGLING = re.compile(r"(?: (?:de|du|des|de la|d'|et|&|pour|und|f[uü]r|of|and|the)|[-,/&])$")
_MIN_LETTERS = 2
_LONGEST_NAME = 70
_PLAIN_LINE = 0.3
_SAME_SIZE = 0.5
_CODE_LENGTH = 4
_MOST_LINES = 14
_NAME_LINES = 5
_MOSTLY_DIGITS = 0.4
_BEGINS_WITH_NUMBER = re.compile(r"\d[\d.,/ ]*(?: |$)")
_ADDRESS_FOLLOWS = re.compile(
    r" (?:au capital|RCS|R\.C\.S\.?|SIRET|SIREN|TVA)\b|(?<=\w[\w.]),? [-\u2013•·|] |, ",
    re.IGNORECASE,
)
_DOCUMENT_WORD = re.compile(r"[ ,-]+(?:Invoice|Facture|Rechnung|FACTURE|INVOICE|RECHNUNG)$")
_DOMAIN = re.compile(r"(?:@|www\.|https?://)([a-z0-9-]{4,})")


def name_score(page: LabelledPage, phrase: Phrase, position: int) -> float:
    """How much a phrase reads like the name of a party; below zero it is none."""
    folded = phrase.folded
    if _cannot_be_name(page, phrase):
        return -1.0
    formed = LEGAL_FORM.search(folded) is not None
    if formed and LEGAL_FORM.fullmatch(fold_printed(clean_name(phrase.text))):
        return -1.0  # the form and the capital of a company named in another line
    score = 1.0 - 0.12 * position + 0.5 * formed
    score += 0.4 * (_PUBLIC_BODY.search(folded) is not None)
    score -= 0.8 * (is_street(phrase) and not formed)
    score -= 0.25 * any(c.isdigit() for c in folded)
    score -= 0.8 * (_CONTACT.search(folded) is not None)
    score -= 0.6 * (_goes_on_from_above(phrase.text) and not formed)
    return score - 0.8 * folded.endswith(":")


def is_public_body(name: str) -> bool:
    """Whether a name is that of an authority, hospital or school, without a company's form."""
    folded = fold_printed(name)
    return _PUBLIC_BODY.search(folded) is not None and LEGAL_FORM.search(folded) is None


def _goes_on_from_above(text: str) -> bool:
    """Whether a line is the rest of a sentence: a bracket it never opened, a small first letter."""
    return text.count(")") > text.count("(") or (text[:1].islower() and " " in text)


def _cannot_be_name(page: LabelledPage, phrase: Phrase) -> bool:
    folded = phrase.folded
    if sum(c.isalpha() for c in folded) < _MIN_LETTERS or len(folded) > _LONGEST_NAME:
        return True
    if (
        "@" in folded
        or "www." in folded
        or _PHONE.search(folded)
        or _NO_NAME.match(folded)
        or is_town(phrase)
    ):
        return True
    if (
        id(phrase) in page.label_parts
        or _BEGINS_WITH_NUMBER.match(folded)
        or _is_mostly_digits(folded)
        or id(phrase) in page.values
        or _opens_with_field(page, phrase)
    ):
        return True
    return any(seen.end - seen.start >= len(folded) - 2 for seen in find_dates(folded))


def _opens_with_field(page: LabelledPage, phrase: Phrase) -> bool:
    """Whether the phrase is a labelled field (`Date : …`) rather than a name."""
    parties = (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY)
    labels = [x for x in page.labels_of(phrase) if x.start == 0]
    if not labels:
        return False
    if labels[0].concept in parties and labels[0].end >= len(phrase.text.rstrip(" :")):
        return True
    if all(x.concept in parties or x.concept is Concept.NOISE for x in labels):
        rest = phrase.text[max(x.end for x in labels) :].strip()
        return rest[:1] in (":", "") or is_code(rest)
    following = phrase.text[labels[0].end :].split()
    if labels[0].concept not in (*parties, Concept.NOISE, Concept.NUMBER) and len(following) <= 1:
        return True
    return phrase.text[labels[0].end :].lstrip()[:1] in (":", "") or any(
        c.isdigit() for c in phrase.text
    )


def _is_mostly_digits(folded: str) -> bool:
    """Whether a phrase is one code, as references and identifiers are."""
    digits = sum(c.isdigit() for c in folded)
    return " " not in folded and digits >= max(3, _MOSTLY_DIGITS * len(folded))


def is_code(rest: str) -> bool:
    """Whether what follows a label is a code (`C04724`), not a part of a name (`CLIENT 1`)."""
    return " " not in rest and len(rest) >= _CODE_LENGTH and any(c.isdigit() for c in rest)


def pick_name(
    page: LabelledPage, block: Block, mentions: Sequence[str]
) -> tuple[str, list[Phrase], float] | None:
    """The name in a block: the likeliest line, with what it continues on in the same large type.

    Args:
        page: where the block stands.
        block: the address block.
        mentions: folded texts elsewhere in the document; a name that comes again is likelier.
    """
    best: tuple[float, int] | None = None
    position = 0
    for index, phrase in enumerate(block.phrases[:_MOST_LINES]):
        score = name_score(page, phrase, position)
        position += score >= 0 or not _opens_with_field(page, phrase)
        if position > _NAME_LINES:
            break
        if score < 0:
            continue
        name = phrase.folded
        if any(name in m and m != name for m in mentions):
            score += 0.35
        if best is None or score > best[0]:
            best = (score, index)
    if best is None or best[0] < _PLAIN_LINE:
        return None
    middle = block.phrases[best[1]]
    above = _same_large_type(page, block.phrases[: best[1]][::-1], middle)
    lines = [*above[::-1], middle, *_same_large_type(page, block.phrases[best[1] + 1 :], middle)]
    lines = _with_broken_rows(page, block, lines)
    text = " ".join(p.text for p in lines)
    return clean_name(text), lines, best[0]


def _same_large_type(
    page: LabelledPage, following: Sequence[Phrase], first: Phrase
) -> list[Phrase]:
    usual = body_size(page.phrases)
    if first.size < 1.15 * usual:
        return []
    out: list[Phrase] = []
    for phrase in following:
        if (
            page.begins_with_label(phrase)
            or abs(phrase.size - first.size) > _SAME_SIZE
            or name_score(page, phrase, 0) < _PLAIN_LINE
        ):
            break
        out.append(phrase)
    return out


def _with_broken_rows(page: LabelledPage, block: Block, lines: list[Phrase]) -> list[Phrase]:
    """The rows of a name that a narrow column broke: after `du`, or before a small letter."""
    phrases = block.phrases
    first, last = phrases.index(lines[0]), phrases.index(lines[-1])
    if first and _breaks_off(page, phrases[first - 1], lines[0]):
        lines = [phrases[first - 1], *lines]
    if last + 1 < len(phrases) and _breaks_off(page, lines[-1], phrases[last + 1]):
        lines = [*lines, phrases[last + 1]]
    return lines


def _breaks_off(page: LabelledPage, row: Phrase, following: Phrase) -> bool:
    """Whether a name goes on from one row to the next."""
    if abs(row.size - following.size) > _SAME_SIZE or following.middle <= row.middle:
        return False
    rows = (row, following)
    if any(_cannot_be_name(page, p) or is_street(p) or _CONTACT.search(p.folded) for p in rows):
        return False
    dangles = _DANGLING.search(row.folded) is not None
    return dangles or (following.text[0].islower() and len(row.words) > 1)


def mail_domains(folded: str) -> frozenset[str]:
    """The names behind @ and www in a text: senders print their own."""
    return frozenset(_DOMAIN.findall(folded))


def owns_domain(name: str, domains: frozenset[str]) -> bool:
    """Whether a word of a name is that of a mail or web address of the document."""
    words = [w for w in re.findall(r"[a-z0-9]+", fold_printed(name)) if len(w) > 3]  # noqa: PLR2004
    return any(w in d for w in words for d in domains)


def clean_name(text: str) -> str:
    """A name without the marks around it."""
    text = _KEY.sub("", _LOGO.sub("", text.strip()))
    if any(c.isdigit() for c in text):
        text = _ADDRESS_FOLLOWS.split(text, maxsplit=1)[0]
    text = _DOCUMENT_WORD.sub("", text)
    return text.strip(" :·•|,;-\u2013")
