"""How alike two wordings are: words in common, weighted by how much they tell apart.

A word that stands on every line of an order ("taille") says little, one that stands on a single
line ("XL") says much. Abbreviations, plurals and one wrong letter count as the same word; numbers
must be equal.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import fsum
from typing import Final

from rapidfuzz.distance import Levenshtein

from domain.identifiers import fold

_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+")
_ELIDED: Final = re.compile(r"\b(?:[cdjlmnst]|qu)['\u2019]")
# Single letters are kept: they tell sizes and models apart.
_STOP: Final = frozenset(
    "de du des la le les un une et en au aux pour par sur avec sans the of and der die das und "
    "fur mit von".split()
)
_FREIGHT: Final = frozenset(
    "port ports transport transports livraison expedition acheminement affranchissement fret envoi "
    "freight shipping shipment delivery carriage postage versand versandkosten fracht "
    "frachtkosten".split()
)
_OF_FREIGHT: Final = _FREIGHT | frozenset(
    "frais participation forfait forfaitaire emballage cout couts cost costs charge charges fee "
    "fees handling".split()
)
FREIGHT: Final = frozenset({"frais", "port"})
"""The words of freight by whatever name, where only one thing can be meant by it."""
_ABBREVIATION: Final = 3
_LONG_WORD: Final = 5
_CONTAINED_SHARE: Final = 0.7
_NEAR: Final = 0.95  # an abbreviation is a little less than the word itself


@lru_cache(maxsize=16384)
def words_of(text: str) -> frozenset[str]:
    """The words and numbers of a wording, without accents, capitals and little words."""
    found = frozenset(_number(word) for word in _WORD.findall(_ELIDED.sub("", fold(text))))
    return found - _STOP or found


def is_freight(words: frozenset[str]) -> bool:
    """Whether a wording says freight, which has many names, and nothing else."""
    return words <= _OF_FREIGHT and not words.isdisjoint(_FREIGHT)


def _number(word: str) -> str:
    if not word[0].isdigit():
        return word
    whole = word.replace(",", ".")
    return whole.rstrip("0").rstrip(".") if "." in whole else whole


def rarity(wordings: Iterable[frozenset[str]]) -> dict[str, float]:
    """The weight of each word: one over the number of wordings it stands in."""
    return {word: 1 / count for word, count in Counter(w for ws in wordings for w in ws).items()}


def likeness(
    one: frozenset[str], other: frozenset[str], weights: Mapping[str, float] | None = None
) -> float:
    """From 0 (nothing in common) to 1 (the same words)."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    weights = weights or {}
    common = one & other
    shared = _weight(common, weights)
    left, right = one - common, other - common
    if left and right:
        shared += _near_words(left, right, weights)
    return _share(shared, _weight(one, weights), _weight(other, weights))


def _weight(words: Iterable[str], weights: Mapping[str, float]) -> float:
    weigh = weights.get
    # The sum of fsum does not depend on the order of a set, which differs from run to run.
    return fsum([weigh(word, 1.0) for word in words])


def _share(shared: float, of_one: float, of_other: float) -> float:
    """The likeness of two wordings by the weight of what they share and of each whole."""
    contained = min(1.0, shared / min(of_one, of_other))
    overlap = min(1.0, shared / max(of_one, of_other))
    return _CONTAINED_SHARE * contained + (1 - _CONTAINED_SHARE) * overlap


def _near_words(left: frozenset[str], right: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weight of words that are not equal but mean the same."""
    initials = {word[0] for word in right}
    words = [word for word in left if word[0] in initials and not word[0].isdigit()]
    if not words:
        return 0.0
    shared = 0.0
    remaining = sorted(right)
    for word in sorted(words):
        twin = next((other for other in remaining if same_word(word, other)), None)
        if twin is not None:
            remaining.remove(twin)
            shared += _NEAR * (weights.get(word, 1.0) + weights.get(twin, 1.0)) / 2
    return shared


@lru_cache(maxsize=65536)
def same_word(one: str, other: str) -> bool:
    """Whether one word is the other, its abbreviation, its plural, or one letter away."""
    if one[0].isdigit() or other[0].isdigit() or one[0] != other[0]:
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= _ABBREVIATION and longer.startswith(shorter):
        return True
    return len(shorter) >= _LONG_WORD and Levenshtein.distance(one, other, score_cutoff=1) <= 1


class WordingIndex:
    """Wordings to compare others with: `alike` sees only those that share a word with them."""

    def __init__(self, wordings: Sequence[frozenset[str]]) -> None:
        self.weights = rarity(wordings)
        self._wordings = wordings
        self._totals = [_weight(words, self.weights) for words in wordings]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(wordings):
            for word in words:
                self._places[word].append(place)
        self._by_initial: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._places:
            self._by_initial[word[0]].append(word)
        self._twins: dict[str, list[int]] = {}

    def places(self, word: str) -> Sequence[int]:
        """Where this very word stands."""
        return self._places.get(word, ())

    def alike(self, words: frozenset[str]) -> dict[int, float]:
        """The likeness, as `likeness` tells it, of every wording that is not wholly unlike."""
        weigh, places = self.weights.get, self._places
        common: defaultdict[int, list[float]] = defaultdict(list)
        near: set[int] = set()
        for word in words:
            near.update(self._near(word))
            if word in places:
                weight = weigh(word, 1.0)
                for place in places[word]:
                    common[place].append(weight)
        total = _weight(words, self.weights)
        found = {}
        for place in near.union(common):
            other = self._wordings[place]
            shared = fsum(common[place])
            if place in near:
                shared += _near_words(words - other, other - words, self.weights)
            if other == words:
                found[place] = 1.0
            elif shared:
                found[place] = _share(shared, total, self._totals[place])
        return found

    def _near(self, word: str) -> list[int]:
        """Where a word stands that is not this one but means the same."""
        found = self._twins.get(word)
        if found is None:
            twins = [
                other
                for other in self._by_initial.get(word[0], ())
                if other != word and same_word(word, other)
            ]
            found = self._twins[word] = [place for twin in twins for place in self._places[twin]]
        return found
