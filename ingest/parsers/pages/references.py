"""The invoice number and the references: tokens that stand where a label announces them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.identifiers import compact
from ingest.parsers.pages.blocks import is_town
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.dates import find_dates
from ingest.parsers.pages.labels import Label, LabelledPage, Relation, Spot, is_prefix
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.party_headings import heading_above
from ingest.parsers.pages.totals_vocabulary import sum_label
from ingest.parsers.pages.votes import Candidate, Found, elect

_TOKEN = re.compile(r"[^\s,;:()|]+(?:\([^\s()]*\))?")
_LEADING_NO = re.compile(
    r"(?:(?:n(?= +\d)|n[°ºo]s?\.?|nr\.?|no\.?|num[ée]ro|#|id|ref\.?|r[ée]f[ée]rence)\s*[:.]?\s*)+",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[-+]?[\d\s.,']*[.,]\d{2}\s?(?:€|%|eur)?", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\([^()]*\)\s*(?:(?:n[°o]|nr|no)\.?\s*)?", re.IGNORECASE)
_FURTHER_GROUPS = re.compile(
    r"(?: \d{3,6})+(?=\s*$|\s+(?:du|vom|of|dated|from|le|en date)\s)", re.IGNORECASE
)
_DIGIT_GROUPS = re.compile(r"\d{1,4}(?: \d{3,4}){2,}\s*")
_AMOUNT = re.compile(r"\s*[-+]?\d{1,3}(?:[ .,']\d{3})*[.,]\d{2}(?![\d\w/-])")
_EDGES = ".,;:·•|<>\"'*=!?-\u2013\u2014 "
_LONGEST = 40
_PREFIX_LENGTH = 6
_NEXT_ROW = 1.4
_NEXT_FIELD = 2.6
_SHORT = 2
_SAME_ROW = 3.0
_FEW = 4
_BARE = 0.58
_REFERENCE = 0.75
"""`Réf. : FA2601-0007` close under the title, as some software names the document's number."""
_ENOUGH = 0.5
_TITLE = 0.8
_TITLE_REACH = 70.0
_TITLE_ASIDE = 140.0
_UPPER_PART = 0.5
_PARTIES = (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY)


def reference_in(text: str, *, digits: bool = True) -> tuple[str, int, int] | None:
    """The reference a text opens with, as printed, and where it stands.

    A short capital prefix stays with the digits it precedes (`BC 05162/26`). With `digits` false
    a single code without digits is accepted too (`SERVEXEC`).
    """
    lead = _LEADING_NO.match(text)
    position = lead.end() if lead else 0
    aside = _ASIDE.match(text, position)
    position = aside.end() if aside else position
    groups = _DIGIT_GROUPS.fullmatch(text, position)
    if groups is not None:
        return groups.group().strip(), position, len(text.rstrip())
    tokens = list(_TOKEN.finditer(text, position))[:4]
    if not tokens or _AMOUNT.match(text, position):
        return None
    end = _reference_end(text, tokens)
    if end is None:
        if digits or not _is_code(tokens):
            return None
        end = 0
    start = tokens[0].start()
    rest = _FURTHER_GROUPS.match(text, tokens[end].end())
    raw = text[start : rest.end() if rest else tokens[end].end()]
    value = raw.strip(_EDGES)
    start += raw.find(value)
    if not value or len(value) > _LONGEST or _is_no_reference(value):
        return None
    if any(d.start <= start < d.end and not d.compact for d in find_dates(text)):
        return None
    return value, start, start + len(value)


def _reference_end(text: str, tokens: Sequence[re.Match[str]]) -> int | None:
    """The index of the token that completes the reference."""
    for index, token in enumerate(tokens):
        word = token.group().strip(_EDGES)
        if any(c.isdigit() for c in word):
            return index
        if text[token.end() :].lstrip()[:1] in (",", ";", ":", "(", ")"):
            return None
        if not word or (not (word.isupper() and len(word) <= _PREFIX_LENGTH)):
            return None
    return None


def _is_code(tokens: Sequence[re.Match[str]]) -> bool:
    word = tokens[0].group().strip(_EDGES)
    return len(tokens) == 1 and len(word) >= _SHORT and word.isupper()


def _is_no_reference(value: str) -> bool:
    if _MONEY.fullmatch(value) or "@" in value or "%" in value:
        return True
    if re.fullmatch(r"[1-9]\d? ?/ ?[1-9]\d?", value):
        return True
    dates = list(find_dates(value))
    return bool(dates) and dates[0].end - dates[0].start >= len(value) - 1 and not dates[0].compact


def number_candidates(pages: Sequence[LabelledPage]) -> Iterator[Candidate[str]]:
    """Candidates for the document's own number (BT-1)."""
    for page in pages:
        for label in page.labels:
            if label.concept is not Concept.NUMBER:
                continue
            weight = _number_weight(page, label)
            if weight <= 0:
                continue
            for spot in page.spots(label):
                if spot.relation is Relation.BELOW and not _may_look_below(page, label):
                    continue
                found = reference_in(spot.text)
                if found is None or _is_labelled(page, spot) or _is_address(spot):
                    continue
                value, start, end = found
                value = _with_next_row(page, spot, value)
                if value.endswith(("-", "/")):
                    continue
                score = weight * spot.relation.value * _plausible(value)
                yield Candidate(value, spot.box(start, end), score * _page_weight(page))
                break


def _with_next_row(page: LabelledPage, spot: Spot, value: str) -> str:
    """A code that a narrow column breaks at a hyphen goes on in the row below.

    Where it does not, the hyphen stays at its end and says that the code is not whole.
    """
    text = spot.phrase.text.rstrip()
    if not text.endswith(("-", "/")) or not text[:-1].rstrip().endswith(value):
        return value
    below = page.below(spot.phrase, spot.phrase.left, spot.phrase.right, _NEXT_ROW)
    rest = below.words[0].text if below is not None and _ends_code(below.folded) else ""
    return f"{value}{text[-1]}{rest}"


def _ends_code(folded: str) -> bool:
    """Whether a row is the rest of a code, alone or before the date that follows a number."""
    return re.fullmatch(r"\w+(?: (?:du|vom|of|dated|le) .*)?", folded.strip()) is not None


def _may_look_below(page: LabelledPage, label: Label) -> bool:
    """A full label may head a column; a title or a bare `N°` only in a row of labels."""
    if label.weight > _TITLE:
        return True
    if label.weight <= _BARE and not _is_beside_date(page, label):
        return False
    return page.in_row_of_labels(label)


def _is_beside_date(page: LabelledPage, label: Label) -> bool:
    """Whether the date of the document is named in the same row, or next under the same edge."""
    own = label.phrase
    return any(
        x.concept is Concept.ISSUE_DATE
        and x.phrase is not own
        and (
            abs(x.phrase.top - own.top) < _SAME_ROW
            or (abs(x.phrase.top - own.top) < _NEXT_FIELD * own.size and _flush(x.phrase, own))
        )
        for x in page.labels
    )


def _flush(one: Phrase, other: Phrase) -> bool:
    return abs(one.left - other.left) < _SAME_ROW or abs(one.right - other.right) < _SAME_ROW


def _page_weight(page: LabelledPage) -> float:
    return 0.96 if page.page.number == 1 else 0.9


def _is_labelled(page: LabelledPage, spot: Spot) -> bool:
    """A phrase below that opens with a label of its own is that label's value."""
    return spot.relation is Relation.BELOW and page.begins_with_label(spot.phrase)


def _is_address(spot: Spot) -> bool:
    """Whether the phrase beside a label is a town of the next column (`14750 Saint-Aubin`)."""
    return spot.relation is not Relation.BESIDE and is_town(spot.phrase)


def _is_whole_code(label: Label, spot: Spot) -> bool:
    """Whether a full label and one word in capitals under it are all that their rows say."""
    whole = label.start == 0 and label.end >= len(label.phrase.text.rstrip(" :"))
    flush = abs(label.phrase.left - spot.phrase.left) < _SAME_ROW
    return whole and flush and label.weight == 1 and label.concept is Concept.BUYER_REFERENCE


def _plausible(value: str) -> float:
    digits = sum(c.isdigit() for c in value)
    if digits <= _SHORT and len(value) <= _SHORT:
        return 0.75
    return 1.0


def _number_weight(page: LabelledPage, label: Label) -> float:
    """What the label is worth where it stands."""
    before = label.phrase.folded[: label.start].strip(_EDGES)
    if label.weight == _TITLE:
        return _title_weight(label, before)
    if label.weight > _BARE:
        return label.weight if not before else 0.8 * label.weight
    return _bare_weight(page, label, before)


def _title_weight(label: Label, before: str) -> float:
    """`Facture F-12`: a title with its number, not a word in a sentence."""
    if len(before.split()) > _SHORT or sum_label(label.phrase.folded) is not None:
        return 0.0
    rest = label.phrase.text[label.end :].split()
    return _TITLE if len(rest) <= _FEW or not before else 0.0


def _bare_weight(page: LabelledPage, label: Label, before: str) -> float:
    """`N° F-12` near the head of the first page, best under the title."""
    if 0 < len(before.split()) <= _SHORT and len(page.labels_of(label.phrase)) == 1:
        return _TITLE if _under_title(page, label) else 0.0
    low = label.phrase.middle > _UPPER_PART * page.page.height
    if before or low or page.page.number > 1:
        return 0.0
    if label.weight < _BARE:
        return _REFERENCE if _under_title(page, label) else 0.0
    if _is_beside_date(page, label):
        return _TITLE
    title = _under_title(page, label)
    is_flush = title is not None and _flush(title, label.phrase)
    if not is_flush and heading_above(page, label.phrase) in _PARTIES:
        return 0.0
    return _BARE if title is None else 0.85


def _under_title(page: LabelledPage, label: Label) -> Phrase | None:
    """The document's title, where it stands just above at the same side of the page."""
    for other in page.labels:
        if other.concept is not Concept.NUMBER or other.weight < _TITLE:
            continue
        words = other.phrase.folded.split()
        distance = label.phrase.top - other.phrase.bottom
        if len(words) > 3 or not -label.phrase.size < distance < _TITLE_REACH:  # noqa: PLR2004
            continue
        if (
            other.phrase.left < label.phrase.right + _TITLE_ASIDE
            and other.phrase.right > label.phrase.left - _TITLE_ASIDE
        ):
            return other.phrase
    return None


def find_number(pages: Sequence[LabelledPage]) -> Found[str] | None:
    """The document's own number (BT-1)."""
    preceding = {c.value for c in reference_candidates(pages, Concept.PRECEDING)}
    candidates = list(number_candidates(pages))
    own = [c for c in candidates if c.value not in preceding]
    return elect(own or candidates, key=compact, enough=_ENOUGH)


def reference_candidates(
    pages: Sequence[LabelledPage], concept: Concept
) -> Iterator[Candidate[str]]:
    """Candidates for one kind of reference."""
    codes = concept in (Concept.BUYER_REFERENCE, Concept.CONTRACT)
    for page in pages:
        for label in page.labels:
            if label.concept is not concept:
                continue
            before = label.phrase.folded[: label.start].strip(_EDGES + "#")
            weight = label.weight * (1.0 if not before else 0.7)
            for spot in page.spots(label):
                if _is_labelled(page, spot) or _is_address(spot):
                    continue
                below = spot.relation is Relation.BELOW
                worded = codes and (
                    not below or page.in_row_of_labels(label) or _is_whole_code(label, spot)
                )
                found = reference_in(spot.text, digits=not worded)
                if found is None:
                    continue
                value, start, end = found
                if spot.relation is Relation.BESIDE and is_prefix(label):
                    value = f"{label.phrase.text[label.start : label.end]} {value}"
                value = _with_next_row(page, spot, value)
                if value.endswith(("-", "/")):
                    continue
                if spot.relation is Relation.BELOW and end - start < len(spot.text.strip()) - 2:
                    continue
                score = 0.97 * weight * spot.relation.value * _plausible(value)
                yield Candidate(value, spot.box(start, end), score)
                break


def find_reference(pages: Sequence[LabelledPage], concept: Concept) -> Found[str] | None:
    """The value of one kind of reference."""
    return elect(reference_candidates(pages, concept), key=compact)
