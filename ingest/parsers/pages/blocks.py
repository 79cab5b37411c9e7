"""Blocks of a page: phrases set under one another, as addresses are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.parsers.pages.lines import Phrase

_ALIGNED = 7.0
_LINE_GAP = 0.75
_SIZE_RATIO = 1.9
_FLUSH = 1.5
_BLANK = 1.9

_POSTCODE = re.compile(
    r"(?:^|[,•·|] ?| - )(?:f-|d-|b-|be-|ch-|l-|a-|nl-|at |de |fr |gb )?\d{4,5} +[a-z][a-z' .-]+"
    r"|(?<![a-z])[a-z][a-z .]+,? [a-z]{2},? \d{5}(?!\d)|\d{4} ?[a-z]{2} [a-z]{3,}"
    r"|[a-z]{1,2}\d[\da-z]? \d[a-z]{2}(?![a-z])"
)
_COUNTRIES = frozenset(
    {"france", "deutschland", "germany", "belgique", "hong kong", "suisse", "schweiz", "luxembourg"}
)
_STREET = re.compile(
    r"(?<![a-z])(?:rue|avenue|av\.?|place|boulevard|bd|chemin|route|allees?|impasse|quai|cours|square|zi|za|zac|z\.i\.|z\.a\.|bp|cs|cedex"
    r"|street|(?<=[a-z] )st(?=\.?(?:,|$))|road|rd|drive|lane|suite|floor|highway|ave|way"
    r"|adresse|address|line \d|ligne \d"
    r"|platz|weg|gasse|allee|ring|postfach|hausnummer)(?![a-z])"
    r"|(?:strase|strasse|str\.|weg|allee|platz|gasse|damm)(?![a-z])"
)


@dataclass(slots=True)
class Block:
    """Phrases that belong together, from top to bottom."""

    phrases: list[Phrase] = field(default_factory=list)

    @property
    def page(self) -> int:
        """The page it stands on."""
        return self.phrases[0].page

    @property
    def left(self) -> float:
        """Left edge."""
        return min(p.left for p in self.phrases)

    @property
    def right(self) -> float:
        """Right edge."""
        return max(p.right for p in self.phrases)

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.phrases[0].top

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.phrases[-1].bottom

    @property
    def text(self) -> str:
        """Its text, folded, one phrase a line."""
        return "\n".join(p.folded for p in self.phrases)

    @property
    def has_address(self) -> bool:
        """Whether a line holds a postal code with a town."""
        return any(is_town(p) for p in self.phrases)


def is_town(phrase: Phrase) -> bool:
    """Whether a phrase holds a postal code with a town, or a country alone."""
    return _POSTCODE.search(phrase.folded) is not None or phrase.folded in _COUNTRIES


def is_street(phrase: Phrase) -> bool:
    """Whether a phrase reads like the street line of an address."""
    return _STREET.search(phrase.folded) is not None


def find_blocks(phrases: Iterable[Phrase]) -> list[Block]:
    """Group phrases that stand under one another, aligned left, right or centred."""
    blocks: list[Block] = []
    for phrase in phrases:
        home = next((b for b in reversed(blocks) if _continues(b, phrase)), None)
        if home is None:
            blocks.append(Block([phrase]))
        else:
            home.phrases.append(phrase)
    return _with_names_above(blocks)


def _with_names_above(blocks: list[Block]) -> list[Block]:
    """An address that begins with its street takes the lone row flush above it, over a blank."""
    lone = {b.phrases[0] for b in blocks if len(b.phrases) == 1}
    taken: set[Phrase] = set()
    for block in blocks:
        opening = block.phrases[0]
        if len(block.phrases) == 1 or not block.has_address or not is_street(opening):
            continue
        above = [p for p in lone if _is_over_blank(p, opening)]
        if above:
            taken.add(above[0])
            block.phrases.insert(0, above[0])
    return [b for b in blocks if len(b.phrases) > 1 or b.phrases[0] not in taken]


def _is_over_blank(phrase: Phrase, opening: Phrase) -> bool:
    gap = opening.top - phrase.bottom
    flush = abs(phrase.left - opening.left) < _FLUSH and abs(phrase.size - opening.size) < 1
    return flush and 0 < gap < _BLANK * opening.size and not is_street(phrase)


def _continues(block: Block, phrase: Phrase) -> bool:
    last = block.phrases[-1]
    gap = phrase.top - last.bottom
    if gap > _LINE_GAP * max(last.size, phrase.size):
        return False
    small, large = sorted((last.size, phrase.size))
    if gap < -0.6 * small or large > _SIZE_RATIO * small:
        return False
    return (
        abs(phrase.left - last.left) < _ALIGNED
        or abs(phrase.right - last.right) < _ALIGNED
        or abs(phrase.left + phrase.right - last.left - last.right) < 2 * _ALIGNED
    )


def distance(block: Block, phrase: Phrase) -> float:
    """How far a phrase is from a block; sideways counts double."""
    if block.page != phrase.page:
        return 1e6
    dx = max(block.left - phrase.right, phrase.left - block.right, 0.0)
    dy = max(block.top - phrase.bottom, phrase.top - block.bottom, 0.0)
    return 2 * dx + dy


def body_size(phrases: Sequence[Phrase]) -> float:
    """The usual type size of a page: the median line height."""
    sizes = sorted(p.size for p in phrases)
    return sizes[len(sizes) // 2] if sizes else 10.0
