"""Which side of an invoice an identifier belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.parsers.pages.blocks import distance
from ingest.parsers.pages.concepts import Concept
from ingest.parsers.pages.labels import LabelledPage, Relation
from ingest.parsers.pages.lines import Phrase
from ingest.parsers.pages.party_headings import FoundParty, heading_above
from ingest.parsers.pages.printed_ids import IdKind, PrintedId
from ingest.parsers.pages.wording import words

_FOOTER = 0.86
_PARTY_REACH = 9.0
_NAMES_ID = frozenset({Concept.VAT_ID, Concept.SIRET, Concept.SIREN})
_YOURS = words(r"your|votre|vos|ihre?|uw|client|buyer|acheteur|kunden?|customer")
_SELLERS = words(r"seller|vendeur|fournisseur|supplier|our|notre|nos|unsere")


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
    in_foot = phrase.middle > _FOOTER * page.page.height or phrase.page > 1
    if in_foot or _is_under_table(page, phrase, buyer):
        return False
    heading = heading_above(page, key)
    if heading is not None:
        return None if heading is Concept.OTHER_PARTY else heading is Concept.BUYER
    to_buyer = distance(buyer.block, phrase) if buyer.block else 1e6
    to_seller = distance(seller.block, phrase) if seller.block else 1e6
    if to_buyer < to_seller and to_buyer < _PARTY_REACH * phrase.size:
        return True
    return False if to_seller < 1e6 or to_buyer > _PARTY_REACH * phrase.size else None  # noqa: PLR2004


def _is_under_table(page: LabelledPage, phrase: Phrase, buyer: FoundParty) -> bool:
    """Whether the item table parts an identifier from the address of the buyer above it."""
    if buyer.block is None:
        return False
    tops = [h.top for h in page.heads]
    return any(buyer.block.top < top < phrase.top for top in tops)


def _key_of(page: LabelledPage, printed: PrintedId) -> tuple[Phrase, str]:
    """What names the identifier: its phrase or the one to its left, with the words before it."""
    head = _head_of(page, printed)
    if head is not None:
        return head, head.folded
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


def _head_of(page: LabelledPage, printed: PrintedId) -> Phrase | None:
    """The head of the cell an identifier stands in (`N° TVA client` over the number)."""
    for label in page.labels:
        if label.concept not in _NAMES_ID or not page.in_row_of_labels(label):
            continue
        for spot in page.spots(label):
            below = spot.relation is Relation.BELOW and spot.phrase is printed.phrase
            if below and spot.start <= printed.start < spot.end:
                return label.phrase
    return None
