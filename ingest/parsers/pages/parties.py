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
from ingest.parsers.pages.labels import Label, LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.party_names import clean_name, name_score, pick_name
from ingest.parsers.pages.printed_ids import IdKind, PrintedId
from ingest.parsers.pages.vocabulary import Concept
from ingest.parsers.pages.votes import Found

_FOOTER = 0.86
_UPPER_PART = 0.55
_PARTY_REACH = 9.0
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
        rest = label.phrase.text[label.end :].strip()
        if not rest or rest[0] in ":/" or rest in ("(s)", "-"):
            out.append(label)
    return out


def _labelled_party(
    page: LabelledPage, concept: Concept, blocks: Sequence[Block], mentions: Sequence[str]
) -> FoundParty | None:
    for label in _party_labels(page, concept):
        if label.phrase.middle > 0.75 * page.page.height:
            continue
        party = _beside_label(page, label, blocks) or _under_label(page, label, mentions)
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


def _under_label(page: LabelledPage, label: Label, mentions: Sequence[str]) -> FoundParty | None:
    """The lines under a heading: a keyed name (`Name: …`), else the first that reads like one."""
    lines = _column_below(page, label.phrase, None)
    if not lines:
        return None
    region = Block(lines)
    for phrase in lines[:6]:
        match = _KEYED_NAME.match(phrase.folded)
        if match is None:
            continue
        rest = phrase.text[match.end() :].strip()
        value = phrase if rest else page.right_of(phrase)
        if value is not None and (rest or value is not phrase):
            text = rest or value.text
            return FoundParty(Found(clean_name(text), value.box(), 0.93), region)
    picked = pick_name(page, region, mentions)
    if picked is None:
        return None
    name, phrases, score = picked
    confidence = 0.93 if score >= 0.75 else 0.8  # noqa: PLR2004 (an ordinary first line)
    return FoundParty(Found(name, phrases[0].box(), confidence), region)


def _column_below(page: LabelledPage, heading: Phrase, home: Block | None) -> list[Phrase]:
    """The lines under a heading in its column, to the next gap or heading of a party."""
    out: list[Phrase] = []
    bottom = heading.bottom
    parties = (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY)
    for phrase in page.phrases:
        if phrase.middle <= heading.bottom or phrase.left > heading.right + 90:
            continue
        if phrase.right < heading.left - 6 or phrase.left < heading.left - 40:
            continue
        if phrase.top - bottom > (2.2 if not out else 1.6) * heading.size or len(out) > 14:
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
    upper = [b for b in blocks if b.top < _UPPER_PART * page.page.height and b.has_address]
    for block in upper:
        if seller is not None and seller.block is not None and _overlap(seller.block, block):
            continue
        if len(block.phrases) < 2:  # noqa: PLR2004 (a return address in one line)
            continue
        score = 0.5 - _letterhead_signs(page, block, ids)
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
        if buyer.name is not None and name.casefold() == buyer.name.value.casefold():
            continue
        score = 0.5 * score + _seller_signs(page, block, ids)
        if best is None or score > best[0]:
            best = (score, block, name, phrases[0])
    if best is None:
        return FoundParty()
    score, block, name, phrase = best
    confidence = min(0.92, 0.45 + 0.35 * score)
    return FoundParty(Found(name, phrase.box(), confidence), block)


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
    label = _label_text(page, printed)
    if _YOURS.search(label):
        return True
    if _SELLERS.search(label):
        return False
    if phrase.middle > _FOOTER * page.page.height or phrase.page > 1:
        return False
    if _belongs_to_other(page, phrase):
        return None
    to_buyer = distance(buyer.block, phrase) if buyer.block else 1e6
    to_seller = distance(seller.block, phrase) if seller.block else 1e6
    if to_buyer < to_seller and to_buyer < _PARTY_REACH * phrase.size:
        return True
    return False if to_seller < 1e6 or to_buyer > _PARTY_REACH * phrase.size else None  # noqa: PLR2004


def _label_text(page: LabelledPage, printed: PrintedId) -> str:
    """The words before the identifier: in its phrase, or those of the phrase to its left."""
    before = printed.phrase.folded[: printed.start]
    if before.strip():
        return before[-40:]
    left = [
        p
        for p in page.phrases
        if p.right <= printed.phrase.left + 1 and abs(p.middle - printed.phrase.middle) < 4  # noqa: PLR2004
    ]
    return max(left, key=lambda p: p.right).folded if left else ""


def _belongs_to_other(page: LabelledPage, phrase: Phrase) -> bool:
    """Whether the nearest party heading above names a third party (payee, delivery address)."""
    parties = (Concept.SELLER, Concept.BUYER, Concept.OTHER_PARTY)
    nearest: Label | None = None
    for concept in parties:
        for label in _party_labels(page, concept):
            above = label.phrase.middle <= phrase.middle
            in_column = label.phrase.left < phrase.right and label.phrase.right > phrase.left - 60
            if above and in_column:
                if nearest is None or label.phrase.middle > nearest.phrase.middle:
                    nearest = label
    return nearest is not None and nearest.concept is Concept.OTHER_PARTY
