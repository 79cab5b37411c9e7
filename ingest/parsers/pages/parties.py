"""Seller and buyer: labelled, or told apart by where letters put them.

A label (`Facturé à`, `Rechnungsempfänger`) settles a party. Without labels the buyer is the
address that bears no identifiers of the letterhead, and the seller is the block that carries the
document's own registration numbers, opens the page, or stands in its footer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.parsers.pages.blocks import Block, distance, find_blocks
from ingest.parsers.pages.columns import find_heads
from ingest.parsers.pages.labels import Label, LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.party_names import (
    clean_name,
    mail_domains,
    name_score,
    owns_domain,
    pick_name,
)
from ingest.parsers.pages.printed_ids import IdKind, PrintedId
from ingest.parsers.pages.vocabulary import Concept
from ingest.parsers.pages.votes import Found

_FOOTER = 0.86
_UPPER_PART = 0.55
_PARTY_REACH = 9.0
_LABEL_PART = 0.75
_RIGHT_REACH = 60.0
_SAME_EDGE = 3.0
_KEYED_GAP = 2.4
_HEADING_REACH = 26.0
_ORDINARY_LINE = 0.75
_KEYED_NAME = re.compile(r"^(?:name|nom|raison sociale|firma|company(?: name)?)\s*:?\s*")
_YOURS = re.compile(
    r"(?<![a-z])(?:your|votre|vos|ihre?|uw|client|buyer|acheteur|kunden?|customer)(?![a-z])"
)
_SELLERS = re.compile(
    r"(?<![a-z])(?:seller|vendeur|fournisseur|supplier|our|notre|nos|unsere)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class FoundParty:
    """A party's name and the phrases of its block."""

    name: Found[str] | None = None
    block: Block | None = None


@dataclass(frozen=True, slots=True)
class Parties:
    """Both sides of an invoice, with the identifiers told apart."""

    seller: FoundParty
    buyer: FoundParty
    seller_ids: tuple[PrintedId, ...] = ()
    buyer_ids: tuple[PrintedId, ...] = ()


def find_parties(pages: Sequence[LabelledPage], ids: Sequence[PrintedId]) -> Parties:
    """Read seller and buyer from the first page, footers from all."""
    if not pages:
        return Parties(FoundParty(), FoundParty())
    first = pages[0]
    blocks = find_blocks(first.phrases)
    mentions = [p.folded for page in pages for p in page.phrases]
    own = [i for i in ids if i.kind in (IdKind.VAT, IdKind.SIRET, IdKind.SIREN)]
    buyer = _labelled_party(first, Concept.BUYER, blocks, mentions)
    seller = _labelled_party(first, Concept.SELLER, blocks, mentions)
    if buyer is None:
        buyer = _unlabelled_buyer(first, blocks, mentions, own, seller)
    if seller is None:
        seller = _unlabelled_seller(first, blocks, mentions, own, buyer)
    seller_ids, buyer_ids = share_ids(first, ids, seller, buyer)
    return Parties(seller, buyer, seller_ids, buyer_ids)


def _party_labels(page: LabelledPage, concept: Concept) -> list[Label]:
    """Labels that stand as headings: alone in their phrase, or followed by a colon."""
    out = []
    for label in page.labels:
        if label.concept is not concept or label.start > 2:  # noqa: PLR2004 (a bullet)
            continue
        if _in_table_head(page, label.phrase):
            continue
        rest = label.phrase.text[label.end :].strip()
        if not rest or rest[0] in ":/" or rest in ("(s)", "-"):
            out.append(label)
    return out


def _in_table_head(page: LabelledPage, phrase: Phrase) -> bool:
    """Whether four or more phrases share the row: column heads, not headings."""
    row = next((r for r in page.page.rows if phrase in r.phrases), None)
    return row is not None and len(row.phrases) > 3  # noqa: PLR2004


def _labelled_party(
    page: LabelledPage, concept: Concept, blocks: Sequence[Block], mentions: Sequence[str]
) -> FoundParty | None:
    for label in _party_labels(page, concept):
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
    if not rest or not any(c.isalpha() for c in rest):
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
    for phrase in page.phrases:
        if phrase.middle <= heading.bottom or phrase.left > heading.right + 90:
            continue
        if phrase.right < heading.left - 6 or phrase.left < heading.left - 40:
            continue
        if phrase.top - bottom > max(gap, 0 if out else 2.2) * heading.size or len(out) > 14:
            break
        stops = [x for x in page.labels_of(phrase) if x.start == 0 and x.concept in parties]
        if stops and len(phrase.text) - stops[0].end <= 2 and home is None:  # noqa: PLR2004
            break
        out.append(phrase)
        bottom = max(bottom, phrase.bottom)
    return out


def _unlabelled_buyer(
    page: LabelledPage,
    blocks: Sequence[Block],
    mentions: Sequence[str],
    ids: Sequence[PrintedId],
    seller: FoundParty | None,
) -> FoundParty:
    """The address block that is not the letterhead."""
    best: tuple[float, Block] | None = None
    domains = mail_domains(" ".join(mentions))
    heads = find_heads(page.page)
    limit = min([h.top for h in heads] + [_UPPER_PART * page.page.height])
    upper = [b for b in blocks if b.top < limit and b.has_address]
    for block in upper:
        if seller is not None and seller.block is not None and _overlap(seller.block, block):
            continue
        if len(block.phrases) < 2:  # noqa: PLR2004 (a return address in one line)
            continue
        if _is_third_party(page, block):
            continue
        score = 0.5 - _letterhead_signs(page, block, ids)
        picked = pick_name(page, block, mentions)
        if picked is None:
            continue
        if owns_domain(picked[0], domains):
            score -= 0.5
        if block.top > 0.12 * page.page.height:
            score += 0.3
        if best is None or score > best[0]:
            best = (score, block)
    if best is None:
        return FoundParty()
    picked = pick_name(page, best[1], mentions)
    if picked is None:
        return FoundParty(None, best[1])
    name, phrases, _ = picked
    confidence = 0.88 if len(upper) > 1 or best[0] > 0.5 else 0.7  # noqa: PLR2004
    return FoundParty(Found(name, phrases[0].box(), confidence), best[1])


def _is_third_party(page: LabelledPage, block: Block) -> bool:
    """Whether a block is headed as a delivery address, a payee and the like."""
    opening = page.labels_of(block.phrases[0])
    if opening and opening[0].concept is Concept.OTHER_PARTY and opening[0].start == 0:
        return True
    return _heading_above(page, block.phrases[0]) is Concept.OTHER_PARTY


def _overlap(one: Block, other: Block) -> bool:
    return any(p in other.phrases for p in one.phrases)


def _letterhead_signs(page: LabelledPage, block: Block, ids: Sequence[PrintedId]) -> float:
    """What in a block speaks for the sender: its VAT number, telephone, web site, top place."""
    signs = 0.0
    if any(i.phrase in block.phrases and i.kind is IdKind.VAT for i in ids):
        signs += 0.35
    if re.search(
        r"(?<![a-z])(?:tel|fax|www|https?|phone|mobil|capital|rcs|iban)(?![a-z])|@", block.text
    ):
        signs += 0.5
    if block.top < 0.1 * page.page.height:
        signs += 0.3
    if block.left < 0.2 * page.page.width and block.top < 0.2 * page.page.height:
        signs += 0.15
    return signs


def _unlabelled_seller(
    page: LabelledPage,
    blocks: Sequence[Block],
    mentions: Sequence[str],
    ids: Sequence[PrintedId],
    buyer: FoundParty,
) -> FoundParty:
    """The letterhead: the highest block with a name that is not the buyer's."""
    best: tuple[float, Block, str, Phrase] | None = None
    domains = mail_domains(" ".join(mentions))
    for block in blocks:
        if buyer.block is not None and _overlap(buyer.block, block):
            continue
        in_footer = block.top > _FOOTER * page.page.height
        if block.top > 0.35 * page.page.height and not in_footer:
            continue
        picked = pick_name(page, block, mentions)
        if picked is None:
            continue
        name, phrases, score = picked
        if buyer.name is not None and _first_word(name) == _first_word(buyer.name.value):
            continue
        score = 0.5 * score + _seller_signs(page, block, ids)
        if owns_domain(name, domains):
            score += 0.5
        if best is None or score > best[0]:
            best = (score, block, name, phrases[0])
    if best is None:
        return FoundParty()
    score, block, name, phrase = best
    confidence = min(0.92, 0.45 + 0.35 * score)
    return FoundParty(Found(name, phrase.box(), confidence), block)


def _first_word(name: str) -> str:
    words = [w for w in name.casefold().split() if len(w) > 3]  # noqa: PLR2004 (no articles)
    return words[0] if words else name.casefold()


def _seller_signs(page: LabelledPage, block: Block, ids: Sequence[PrintedId]) -> float:
    signs = 0.0
    if any(i.phrase in block.phrases for i in ids):
        signs += 0.4
    if block.top < 0.12 * page.page.height:
        signs += 0.35
    if block.has_address:
        signs += 0.2
    if block.left < 0.35 * page.page.width:
        signs += 0.1
    if name_score(page, block.phrases[0], 0) < 0:
        signs -= 0.2
    return signs


def share_ids(
    page: LabelledPage, ids: Sequence[PrintedId], seller: FoundParty, buyer: FoundParty
) -> tuple[tuple[PrintedId, ...], tuple[PrintedId, ...]]:
    """Give each identifier to the side it stands by."""
    sellers: list[PrintedId] = []
    buyers: list[PrintedId] = []
    for printed in ids:
        if printed.kind is IdKind.IBAN:
            continue
        side = _side(page, printed, seller, buyer)
        if side is not None:
            (buyers if side else sellers).append(printed)
    return tuple(sellers), tuple(buyers)


def _side(
    page: LabelledPage, printed: PrintedId, seller: FoundParty, buyer: FoundParty
) -> bool | None:
    """True for the buyer, False for the seller, None when it stands by a third party."""
    phrase = printed.phrase
    key, label = _key_of(page, printed)
    if _YOURS.search(label):
        return True
    if _SELLERS.search(label):
        return False
    if phrase.middle > _FOOTER * page.page.height or phrase.page > 1:
        return False
    heading = _heading_above(page, key)
    if heading is not None:
        return None if heading is Concept.OTHER_PARTY else heading is Concept.BUYER
    to_buyer = distance(buyer.block, phrase) if buyer.block else 1e6
    to_seller = distance(seller.block, phrase) if seller.block else 1e6
    if to_buyer < to_seller and to_buyer < _PARTY_REACH * phrase.size:
        return True
    return False if to_seller < 1e6 or to_buyer > _PARTY_REACH * phrase.size else None  # noqa: PLR2004


def _key_of(page: LabelledPage, printed: PrintedId) -> tuple[Phrase, str]:
    """What names the identifier: its phrase or the one to its left, with the words before it."""
    before = printed.phrase.folded[: printed.start]
    if before.strip():
        return printed.phrase, before[-40:]
    left = [
        p
        for p in page.phrases
        if p.right <= printed.phrase.left + 1 and abs(p.middle - printed.phrase.middle) < 4  # noqa: PLR2004
    ]
    if not left:
        return printed.phrase, ""
    nearest = max(left, key=lambda p: p.right)
    named = page.labels_of(nearest)
    return (nearest, nearest.folded) if named else (printed.phrase, "")


def _heading_above(page: LabelledPage, phrase: Phrase) -> Concept | None:
    """The nearest party heading above, in the column of a phrase or at its left margin."""
    nearest: Label | None = None
    for concept in (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY):
        for label in _party_labels(page, concept):
            above = label.phrase.top <= phrase.top + 1
            near = phrase.top - label.phrase.bottom < _HEADING_REACH * label.phrase.size
            in_column = label.phrase.left < phrase.right and label.phrase.right > phrase.left - 150
            below_last = nearest is None or label.phrase.middle > nearest.phrase.middle
            if above and near and in_column and below_last:
                nearest = label
    return nearest.concept if nearest is not None else None
