"""Seller and buyer: labelled, or told apart by where letters put them.

A label (`Facturé à`, `Rechnungsempfänger`) settles a party. Without labels the buyer is the
address that bears no identifiers of the letterhead, and the seller is the block that carries the
document's own registration numbers, opens the page, or stands in its footer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.parsers.pages.blocks import Block, body_size, find_blocks, is_town
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.folding import fold_printed
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.party_headings import FoundParty, heading_above, labelled_party
from ingest.parsers.pages.party_ids import share_ids
from ingest.parsers.pages.party_names import (
    LEGAL_FORM,
    clean_name,
    is_public_body,
    mail_domains,
    name_score,
    owns_domain,
    pick_name,
)
from ingest.parsers.pages.printed_ids import IdKind, PrintedId
from ingest.parsers.pages.votes import Found

_FOOTER = 0.86
_LOWER_PART = 0.7
_UPPER_PART = 0.55
_LETTERHEAD = 0.12
_HEAD_PART = 0.35
_LIKELY = 0.5
_LONGEST_NAME = 60
_LARGE = 1.3
_SMALLER = 0.95
_RETURN_PARTS = re.compile(r"\s[-\u2013\u2022\u00b7|*]\s|, ")
_LETTERHEAD_ONLY = -0.1
"""Below this the only address of a page is rather the sender's own."""


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
    buyer = labelled_party(first, Concept.BUYER, blocks, mentions)
    seller = labelled_party(first, Concept.SELLER, blocks, mentions)
    if buyer is None:
        buyer = _unlabelled_buyer(first, blocks, mentions, own, seller)
    if seller is None:
        seller = _unlabelled_seller(first, blocks, mentions, own, buyer)
    seller_ids, buyer_ids = share_ids(first, ids, seller, buyer)
    return Parties(seller, buyer, seller_ids, buyer_ids)


def _unlabelled_buyer(
    page: LabelledPage,
    blocks: Sequence[Block],
    mentions: Sequence[str],
    ids: Sequence[PrintedId],
    seller: FoundParty | None,
) -> FoundParty:
    """The address block that is not the letterhead."""
    domains = mail_domains(" ".join(mentions))
    upper = _buyer_blocks(page, blocks)
    best: tuple[float, Block, str, Phrase] | None = None
    for block in upper:
        if _is_taken(seller, block) or _is_third_party(page, block):
            continue
        picked = pick_name(page, block, mentions)
        if picked is None:
            continue
        top = picked[1][0].top
        score = 0.5 - _letterhead_signs(page, block, top, ids)
        score -= 0.5 * owns_domain(picked[0], domains)
        score -= 0.8 * _is_letterhead(page, picked[0])
        score += 0.35 * is_public_body(picked[0])
        score -= 0.3 * (not block.has_address)
        score += 0.3 * (top > _LETTERHEAD * page.page.height)
        score += 0.5 * _is_in_window(block)
        if best is None or score > best[0]:
            best = (score, block, picked[0], picked[1][0])
    if best is None or best[0] < _LETTERHEAD_ONLY:
        return FoundParty()
    score, block, name, phrase = best
    confidence = 0.88 if len(upper) > 1 or score > _LIKELY or is_public_body(name) else 0.7
    return FoundParty(Found(name, phrase.box(), confidence), block)


def _is_in_window(block: Block) -> bool:
    """Whether the sender's own address stands in one small row over an address (DIN 5008)."""
    opening, *others = block.phrases
    parts = _RETURN_PARTS.split(opening.text)
    smaller = bool(others) and opening.size < _SMALLER * others[0].size
    return smaller and len(parts) > 2 and is_town(opening)  # noqa: PLR2004 (name, street, town)


def _is_letterhead(page: LabelledPage, name: str) -> bool:
    """Whether a name is also printed large, or in the foot of the page, as senders print theirs."""
    folded = fold_printed(name)
    usual = body_size(page.phrases)
    return any(
        phrase.folded.startswith(folded)
        and (phrase.size > _LARGE * usual or phrase.middle > _FOOTER * page.page.height)
        for phrase in page.phrases
    )


def _buyer_blocks(page: LabelledPage, blocks: Sequence[Block]) -> list[Block]:
    """Blocks of several lines above the item table: with a town, or opening with a whole name."""
    heads = page.heads
    limit = min([h.top for h in heads] + [_UPPER_PART * page.page.height])
    return [
        b
        for b in blocks
        if b.top < limit and len(b.phrases) > 1 and (b.has_address or _opens_named(b))
    ]


def _opens_named(block: Block) -> bool:
    """Whether the first line is that of a company with its legal form, or of a public body."""
    opening = block.phrases[0]
    formed = LEGAL_FORM.search(opening.folded) is not None
    short = len(opening.text) <= _LONGEST_NAME and ":" not in opening.text
    return short and (formed or is_public_body(opening.text))


def _is_taken(party: FoundParty | None, block: Block) -> bool:
    return party is not None and party.block is not None and _overlap(party.block, block)


def _is_third_party(page: LabelledPage, block: Block) -> bool:
    """Whether a block is headed as a delivery address, a payee and the like."""
    opening = page.labels_of(block.phrases[0])
    if opening and opening[0].concept is Concept.OTHER_PARTY and opening[0].start == 0:
        return True
    return heading_above(page, block.phrases[0]) is Concept.OTHER_PARTY


def _overlap(one: Block, other: Block) -> bool:
    return any(p in other.phrases for p in one.phrases)


def _letterhead_signs(
    page: LabelledPage, block: Block, top: float, ids: Sequence[PrintedId]
) -> float:
    """What in a block speaks for the sender: its VAT number, telephone, web site, top place.

    The place is that of the name: fields may stand in the same block above it.
    """
    signs = 0.0
    if any(i.phrase in block.phrases and i.kind is IdKind.VAT for i in ids):
        signs += -0.35 if _has_vat_in_foot(page, ids) else 0.35
    if re.search(
        r"(?<![a-z])(?:tel(?:ephone)?|fax|www|https?|phone|mobil|capital|rcs|iban)(?![a-z])|@",
        block.text,
    ):
        signs += 0.5
    if top < 0.1 * page.page.height:
        signs += 0.3
    if block.left < 0.2 * page.page.width and top < 0.2 * page.page.height:
        signs += 0.15
    return signs


def _has_vat_in_foot(page: LabelledPage, ids: Sequence[PrintedId]) -> bool:
    """Whether the foot of the page bears a VAT number: that one is the sender's."""
    foot = _FOOTER * page.page.height
    return any(i.kind is IdKind.VAT and i.checked and i.phrase.middle > foot for i in ids)


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
    limit = min([h.top for h in page.heads] + [_HEAD_PART * page.page.height])
    for block in blocks:
        if _is_taken(buyer, block) or _is_third_party(page, block):
            continue
        in_footer = block.top > _FOOTER * page.page.height
        if block.top >= limit and not in_footer:
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
        return _footer_party(page)
    score, block, name, phrase = best
    confidence = min(0.92, 0.45 + 0.35 * score)
    return FoundParty(Found(name, phrase.box(), confidence), block)


def _footer_party(page: LabelledPage) -> FoundParty:
    """The company that a row in head or foot names with its form (`Saveurs SAS - 3 avenue …`)."""
    for phrase in page.phrases:
        if _LETTERHEAD < phrase.middle / page.page.height < _LOWER_PART:
            continue
        name = clean_name(phrase.text)
        if LEGAL_FORM.search(fold_printed(name)) and len(name) <= _LONGEST_NAME:
            again = sum(fold_printed(name) in p.folded for p in page.phrases) > 1
            found = Found(name, phrase.box(0, len(name)), 0.88 if again else 0.75)
            return FoundParty(found, Block([phrase]))
    return FoundParty()


def _first_word(name: str) -> str:
    words = [w for w in name.casefold().split() if len(w) > 3]  # noqa: PLR2004 (no articles)
    return words[0] if words else name.casefold()


def _seller_signs(page: LabelledPage, block: Block, ids: Sequence[PrintedId]) -> float:
    signs = 0.0
    if any(i.phrase in block.phrases for i in ids):
        signs += 0.4
    if block.top < _LETTERHEAD * page.page.height:
        signs += 0.35
    if block.has_address:
        signs += 0.2
    if block.left < 0.35 * page.page.width:
        signs += 0.1
    if name_score(page, block.phrases[0], 0) < 0:
        signs -= 0.2
    return signs
