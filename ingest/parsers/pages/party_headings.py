"""Parties that a heading names: `Facturé à`, `Vendeur`, `Rechnungsempfänger`, `Ship to`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.parsers.pages.blocks import Block
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.labels import Label, LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.party_names import clean_name, is_code, name_score, pick_name
from ingest.parsers.pages.votes import Found

_LABEL_PART = 0.75
_RIGHT_REACH = 60.0
_SAME_EDGE = 3.0
_KEYED_GAP = 2.4
_HEADING_REACH = 26.0
_ORDINARY_LINE = 0.75
_MOST_LINES = 14
_KEYED_NAME = re.compile(r"^(?:name|nom|raison sociale|firma|company(?: name)?)(?![a-z])\s*:?\s*")


@dataclass(frozen=True, slots=True)
class FoundParty:
    """A party's name and the phrases of its block."""

    name: Found[str] | None = None
    block: Block | None = None


def party_labels(page: LabelledPage, concept: Concept) -> list[Label]:
    """Labels that stand as headings: alone in their phrase, or followed by a colon."""
    out = []
    for label in page.labels:
        if label.concept is not concept or label.start > 2:  # noqa: PLR2004 (a bullet)
            continue
        if _in_table_head(page, label.phrase):
            continue
        rest = label.phrase.text[label.end :].strip()
        if not rest or rest[0] in ":/," or rest in ("(s)", "-"):
            out.append(label)
    return out


def _in_table_head(page: LabelledPage, phrase: Phrase) -> bool:
    """Whether four or more phrases share the row: column heads, not headings."""
    row = next((r for r in page.page.rows if phrase in r.phrases), None)
    return row is not None and len(row.phrases) > 3  # noqa: PLR2004


def labelled_party(
    page: LabelledPage, concept: Concept, blocks: Sequence[Block], mentions: Sequence[str]
) -> FoundParty | None:
    """The party that a heading names, beside it, right of it, or below."""
    for label in party_labels(page, concept):
        if label.phrase.middle > _LABEL_PART * page.page.height:
            continue
        party = (
            _beside_label(page, label, blocks)
            or _keyed(page, label)
            or _right_of_label(page, label, mentions)
            or _under_label(page, label, mentions)
        )
        if party is not None:
            return party
    return None


def _beside_label(page: LabelledPage, label: Label, blocks: Sequence[Block]) -> FoundParty | None:
    """`SELLER: DMBP Nantes`: the name follows its label."""
    rest = label.phrase.text[label.end :].lstrip(" :/")
    if not any(c.isalpha() for c in rest) or is_code(rest):
        return None
    name = clean_name(rest)
    start = label.phrase.text.find(rest)
    box = label.phrase.box(start, len(label.phrase.text))
    home = next((b for b in blocks if label.phrase in b.phrases), Block([label.phrase]))
    region = Block([label.phrase, *_column_below(page, label.phrase, home)])
    return FoundParty(Found(name, box, 0.9), region)


def _keyed(page: LabelledPage, label: Label) -> FoundParty | None:
    """`Name: …` under a heading; the name may take several rows beside its key."""
    lines = _column_below(page, label.phrase, None, _KEYED_GAP)
    for phrase in lines[:8]:
        match = _KEYED_NAME.match(phrase.folded)
        if match is None:
            continue
        rest = phrase.text[match.end() :].strip()
        if rest:
            start = phrase.text.find(rest, match.end())
            box = phrase.box(start, len(phrase.text))
            return FoundParty(Found(clean_name(rest), box, 0.93), Block(lines))
        value = page.right_of(phrase)
        if value is not None:
            rows = _rows_of_value(page, phrase, value)
            name = clean_name(" ".join(p.text for p in rows))
            return FoundParty(Found(name, rows[0].box(), 0.93), Block([*lines, *rows]))
    return None


def _rows_of_value(page: LabelledPage, key: Phrase, value: Phrase) -> list[Phrase]:
    """The rows of a value that stands beside its key: those above and below with no key beside."""
    column = [p for p in page.phrases if abs(p.left - value.left) < _SAME_EDGE]
    column.sort(key=lambda p: p.top)
    keys = [p.middle for p in page.phrases if p is not key and abs(p.left - key.left) < _SAME_EDGE]
    index = column.index(value)
    first = last = index
    while first > 0 and _is_row_of_value(column[first - 1], column[first], keys):
        first -= 1
    while last + 1 < len(column) and _is_row_of_value(column[last + 1], column[last], keys):
        last += 1
    above, below = column[first : index + 1], column[index : last + 1]
    centred = abs((above[0].top + below[-1].bottom) / 2 - key.middle) < key.size
    return column[first : last + 1] if centred else [value]


def _is_row_of_value(row: Phrase, neighbour: Phrase, keys: Sequence[float]) -> bool:
    gap = max(row.top - neighbour.bottom, neighbour.top - row.bottom)
    return gap < 0.3 * row.size and all(abs(k - row.middle) > 0.4 * row.size for k in keys)


def _right_of_label(page: LabelledPage, label: Label, mentions: Sequence[str]) -> FoundParty | None:
    """`TO:` with the address in a column to its right."""
    if label.phrase.text[label.end :].strip(" :"):
        return None
    right = page.right_of(label.phrase)
    if right is None or right.left - label.phrase.right > _RIGHT_REACH:
        return None
    if page.begins_with_label(right) or name_score(page, right, 0) < 0:
        return None
    region = Block([right, *_column_below(page, right, Block([right]))])
    picked = pick_name(page, region, mentions)
    if picked is None:
        return None
    name, phrases, _ = picked
    return FoundParty(Found(name, phrases[0].box(), 0.88), region)


def _under_label(page: LabelledPage, label: Label, mentions: Sequence[str]) -> FoundParty | None:
    """The lines under a heading: the first that reads like a name."""
    lines = _column_below(page, label.phrase, None)
    if not lines:
        return None
    region = Block(lines)
    picked = pick_name(page, region, mentions)
    if picked is None:
        return None
    name, phrases, score = picked
    confidence = 0.93 if score >= _ORDINARY_LINE else 0.8
    return FoundParty(Found(name, phrases[0].box(), confidence), region)


def _column_below(
    page: LabelledPage, heading: Phrase, home: Block | None, gap: float = 1.6
) -> list[Phrase]:
    """The lines under a heading in its column, to the next gap or heading of a party."""
    out: list[Phrase] = []
    bottom = heading.bottom
    parties = (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY)
    beside = page.right_of(heading)
    edge = min(heading.right + 90, beside.left - _SAME_EDGE if beside else page.page.width)
    for phrase in page.phrases:
        if phrase.middle <= heading.bottom or phrase.left > edge:
            continue
        if phrase.right < heading.left - 6 or phrase.left < heading.left - 40:
            continue
        if (
            phrase.top - bottom > max(gap, 0 if out else 2.2) * heading.size
            or len(out) > _MOST_LINES
        ):
            break
        stops = [x for x in page.labels_of(phrase) if x.start == 0 and x.concept in parties]
        if stops and len(phrase.text) - stops[0].end <= 2 and home is None:  # noqa: PLR2004
            break
        out.append(phrase)
        bottom = max(bottom, phrase.bottom)
    return out


def heading_above(page: LabelledPage, phrase: Phrase) -> Concept | None:
    """The nearest party heading above, in the column of a phrase or at its left margin.

    Of headings side by side the one over the phrase counts.
    """
    nearest: Label | None = None
    for concept in (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY):
        for label in party_labels(page, concept):
            above = label.phrase.top <= phrase.top + 1
            near = phrase.top - label.phrase.bottom < _HEADING_REACH * label.phrase.size
            in_column = label.phrase.left < phrase.right and label.phrase.right > phrase.left - 150
            if (
                above
                and near
                and in_column
                and (nearest is None or _stands_nearer(label.phrase, nearest.phrase, phrase))
            ):
                nearest = label
    return nearest.concept if nearest is not None else None


def _stands_nearer(heading: Phrase, other: Phrase, phrase: Phrase) -> bool:
    """Whether a heading is lower than another, or beside it and more nearly over a phrase."""
    if abs(heading.middle - other.middle) < _SAME_EDGE:
        return abs(heading.left - phrase.left) < abs(other.left - phrase.left)
    return heading.middle > other.middle
