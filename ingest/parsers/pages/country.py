"""The country of a party: as its VAT number, its registration or its address says."""

from __future__ import annotations

import re

from domain.evidence import PageBox
from ingest.parsers.pages.blocks import Block
from ingest.parsers.pages.votes import Found

_NAMES = {
    "france": "FR", "deutschland": "DE", "germany": "DE", "allemagne": "DE", "belgique": "BE",
    "belgium": "BE", "belgie": "BE", "suisse": "CH", "schweiz": "CH", "switzerland": "CH",
    "luxembourg": "LU", "nederland": "NL", "netherlands": "NL", "pays-bas": "NL", "italie": "IT",
    "italy": "IT", "italia": "IT", "espagne": "ES", "spain": "ES", "espana": "ES", "portugal": "PT",
    "osterreich": "AT", "austria": "AT", "autriche": "AT", "united kingdom": "GB",
    "royaume-uni": "GB", "ireland": "IE", "irlande": "IE", "hong kong": "HK", "usa": "US",
    "united states": "US",
}  # fmt: skip
_CODES = frozenset(_NAMES.values())
_CODE = re.compile(
    r"(?:^|, ?)(fr|de|be|ch|lu|nl|it|es|pt|at|gb|ie|us)$|^(fr|de|be|ch|at|nl) \d{4,5} "
)


def country_of(block: Block | None, vat_id: str | None, french_id: bool) -> Found[str] | None:  # noqa: FBT001
    """ISO 3166 code of a party's country."""
    if block is not None:
        for phrase in block.phrases:
            code = _NAMES.get(phrase.folded.strip(" .,"))
            match = _CODE.search(phrase.folded)
            if code is None and match:
                code = (match.group(1) or match.group(2)).upper()
            if code is not None:
                return Found(code, phrase.box(), 0.95)
    prefix = "GR" if vat_id and vat_id.startswith("EL") else (vat_id or "")[:2]
    box = block.phrases[0].box() if block is not None else PageBox(1, 0, 0, 0, 0)
    if prefix in _CODES:
        return Found(prefix, box, 0.9, "computed")
    if french_id:
        return Found("FR", box, 0.9, "computed")
    return None
