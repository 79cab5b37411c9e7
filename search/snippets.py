"""Excerpts of a document around the words that were searched, with `<mark>` around each.

Places are found in two steps, so that a very long document costs little: a rough pattern finds
where a word may stand, and only the surroundings of those places are analysed as the index was.
Everything is bounded: places a word, excerpts a document, characters a search. Text is escaped;
`<mark>` is the only markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from search import analyser
from search.words import Marks

EXCERPTS: Final = 3
WIDTH: Final = 180

_PLACES_A_WORD = 12
_MARGIN = 130
_SCANNED_FOR_FUZZY = 20_000
_MOST_WORDS = 24
_SAME_AS_STEM = 2
_BLANKS = re.compile(r"\s+")
_BLANK = re.compile(r"\s")
_BETWEEN = r"[\W_]{0,2}"
_WHOLE_LETTERS = 4

_VARIANTS = {
    "a": "aàâäáãå",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîïíì",
    "n": "nñ",
    "o": "oôöóòõø",
    "u": "uùûüú",
    "y": "yÿý",
}


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    key: object  # which of the searched words it is


class SnippetMaker:
    """Cuts excerpts for the hits of one search, within one budget for all of them."""

    def __init__(self, marks: Marks, budget: int = 4_000_000) -> None:
        self._marks = marks
        self._budget = budget

    def snippets(self, text: str) -> list[str]:
        """The best excerpts of a text, best first; none where no searched word stands."""
        if not self._marks or self._budget <= 0:
            return []
        text = text[: self._budget]
        self._budget -= len(text)
        spans = self._spans(text)
        return [_excerpt(text, cluster) for cluster in _clusters(spans)]

    def _spans(self, text: str) -> list[_Span]:
        spans: dict[tuple[int, int], _Span] = {}
        for start, end in _windows(text, _places(text, self._marks)):
            for span in _exact_spans(text, start, end, self._marks):
                spans.setdefault((span.start, span.end), span)
        return _without_nested(sorted(spans.values(), key=lambda s: (s.start, -s.end)))


def _without_nested(spans: list[_Span]) -> list[_Span]:
    kept: list[_Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _places(text: str, marks: Marks) -> Iterator[int]:
    """Where a searched word may stand."""
    for pattern in _patterns(marks):
        for count, found in enumerate(pattern.finditer(text)):
            if count == _PLACES_A_WORD:
                break
            yield found.start()
    if marks.near:
        yield from range(0, min(len(text), _SCANNED_FOR_FUZZY), _MARGIN)


@lru_cache(maxsize=64)
def _patterns(marks: Marks) -> tuple[re.Pattern[str], ...]:
    needles = dict.fromkeys(_stem_pattern(stems) for stems in marks.stems)
    needles |= dict.fromkeys(_whole_pattern(form) for form in sorted(marks.wholes))
    needles |= dict.fromkeys(_whole_pattern(form) for form in sorted(marks.beginnings))
    return tuple(re.compile(n, re.IGNORECASE) for n in list(needles)[:_MOST_WORDS])


def _stem_pattern(stems: tuple[str, ...]) -> str:
    # The longest word of a phrase is the rarest; a stem may differ in its last letters.
    longest = max(stems, key=len)
    if longest[0].isdecimal():
        return rf"(?<!\d){re.escape(longest)}"
    sure = longest[: max(_SAME_AS_STEM, len(longest) - _SAME_AS_STEM)]
    return rf"(?<![^\W\d_]){_letters(sure)}"


def _whole_pattern(form: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", form):
        return rf"(?<!\d){form[:4]}"  # the day may be written in any order
    signs = [c for c in form if c.isalnum()][:_WHOLE_LETTERS]
    return r"(?<![^\W_])" + _BETWEEN.join(_letters(c) for c in signs)


def _letters(folded: str) -> str:
    pattern = "".join(f"[{_VARIANTS[c]}]" if c in _VARIANTS else re.escape(c) for c in folded)
    oe = f"[{_VARIANTS['o']}][{_VARIANTS['e']}]"
    ae = f"[{_VARIANTS['a']}][{_VARIANTS['e']}]"
    return pattern.replace(oe, f"(?:{oe}|œ)").replace(ae, f"(?:{ae}|æ)")


def _windows(text: str, places: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Surroundings of the places, cut at blanks, overlapping ones joined."""
    at: tuple[int, int] | None = None
    for place in sorted(places):
        start, end = _widened(text, place - _MARGIN, place + _MARGIN)
        if at is None:
            at = start, end
        elif start <= at[1]:
            at = at[0], max(at[1], end)
        else:
            yield at
            at = start, end
    if at is not None:
        yield at


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends outwards to a blank, or as far as a word can reasonably be long."""
    start, end = max(0, start), min(len(text), end)
    while start > 0 and not text[start - 1].isspace() and end - start < 4 * _MARGIN:
        start -= 1
    if found := _BLANK.search(text, end, end + _MARGIN):
        end = found.start()
    else:
        end = min(len(text), end + _MARGIN)
    return start, end


def _exact_spans(text: str, start: int, end: int, marks: Marks) -> Iterator[_Span]:
    window = text[start:end]
    tokens = list(analyser.tokens(window))
    for stems in marks.stems:
        length = len(stems)
        for first in range(len(tokens) - length + 1):
            run = tokens[first : first + length]
            if all(t.stem == stem for t, stem in zip(run, stems, strict=True)):
                yield _Span(start + run[0].start, start + run[-1].end, stems)
    forms = [(t.form, t.start, t.end) for t in tokens]
    forms += [(w.form, w.start, w.end) for w in analyser.wholes(window)]
    for form, first_char, last_char in forms:
        if (key := _form_key(form, marks)) is not None:
            yield _Span(start + first_char, start + last_char, key)


def _form_key(form: str, marks: Marks) -> object | None:
    if form in marks.wholes:
        return form
    for beginning in marks.beginnings:
        if form.startswith(beginning):
            return beginning
    for word, distance in marks.near:
        if OSA.distance(word, form, score_cutoff=distance) <= distance:
            return word
    return None


def _clusters(spans: list[_Span]) -> list[list[_Span]]:
    """The groups of spans that show most of the searched words, without overlap."""
    groups = []
    for first, span in enumerate(spans):
        group = [s for s in spans[first : first + _MOST_WORDS] if s.end - span.start <= WIDTH]
        groups.append(group or [span])
    groups.sort(key=lambda group: (-len({s.key for s in group}), -len(group), group[0].start))
    chosen: list[list[_Span]] = []
    shown: set[object] = set()
    for group in groups:
        if len(chosen) == EXCERPTS:
            break
        apart = all(
            group[-1].end + WIDTH < other[0].start or group[0].start > other[-1].end + WIDTH
            for other in chosen
        )
        if apart and (not chosen or not shown.issuperset(s.key for s in group)):
            chosen.append(group)
            shown.update(s.key for s in group)
    return chosen


def _excerpt(text: str, group: list[_Span]) -> str:
    first, last = group[0].start, group[-1].end
    last = min(last, first + 2 * WIDTH)
    room = max(0, WIDTH - (last - first))
    start = _forward_to_blank(text, first - room // 2, first)
    end = _back_to_blank(text, last + room - room // 2, last)
    out = ["…" if start > 0 else ""]
    at = start
    for span in group:
        if span.end > end:
            break
        out += (_shown(text[at : span.start]), "<mark>", _shown(text[span.start : span.end]))
        out.append("</mark>")
        at = span.end
    out += (_shown(text[at:end]), "…" if end < len(text) else "")
    return "".join(out).strip()


def _forward_to_blank(text: str, start: int, limit: int) -> int:
    if start <= 0:
        return 0
    found = _BLANK.search(text, start, limit)
    return found.end() if found else start


def _back_to_blank(text: str, end: int, limit: int) -> int:
    if end >= len(text):
        return len(text)
    at = end
    while at > limit and not text[at].isspace():
        at -= 1
    return at if at > limit else end


def _shown(text: str) -> str:
    return html.escape(_BLANKS.sub(" ", text), quote=False)
