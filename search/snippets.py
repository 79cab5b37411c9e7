"""Excerpts of a document around the words that were searched, with `<mark>` around each.

Places are found in two steps, so that a very long document costs little: a rough pattern finds
where a word may stand, and only the surroundings of those places are analysed as the index was.
Everything is bounded: places a word, excerpts a document, characters a search. Text is escaped;
`<mark>` is the only markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from search import analyser
from search.analyser import Token
from search.words import Marks

SECTION: Final = "\f"
"""Parts what is quoted into sections (pages, notes, references); no excerpt runs over it."""

EXCERPTS: Final = 3
WIDTH: Final = 180

_PLACES_A_WORD = 6
_MARGIN = 60
_SCANNED_FOR_FUZZY = 200_000
_MOST_WORDS = 24
_SHORTEST_SURE = 2
_CHANGED_BY_STEMMING = 2
_ROUGH_LETTERS = 8
_MOST_WINDOWS = 5
_HYPHENATION = re.compile(r"[-\u2010]\r?\n")
_ROOM_FOR_JOINTS = 3
_RUN = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
_PARTS = re.compile(r"oe|ae|ss|[^\W_]")
_BLANKS = re.compile(r"\s+")
_BLANK = re.compile(r"\s")
_BETWEEN = r"[\W_]{0,2}"

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
_LIGATURES = {"oe": "(?:o[eéèêë]|œ)", "ae": "(?:a[eéèêë]|æ)", "ss": "(?:ss|ß)"}


class _Span(NamedTuple):
    start: int
    end: int
    key: object  # which of the searched words it is


class SnippetMaker:
    """Cuts excerpts for the hits of one search, within one budget for all of them."""

    def __init__(self, marks: Marks, budget: int = 1_500_000) -> None:
        self._marks = marks
        self._matcher = _Matcher(marks)
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
        places = _places(text, self._marks)
        spans: dict[tuple[int, int], _Span] = {}
        for start, end in islice(_windows(text, places), _MOST_WINDOWS):
            for span in self._matcher.spans(text, start, end):
                spans.setdefault((span.start, span.end), span)
        return _without_nested(sorted(spans.values(), key=lambda s: (s.start, -s.end)))


def _without_nested(spans: list[_Span]) -> list[_Span]:
    kept: list[_Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _places(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Where a searched word may stand, and which one, in the order of the text."""
    lowered = _lowered(text)
    places = [
        (found.start(), word)
        for word, pattern in enumerate(_patterns(marks))
        for found in islice(pattern.finditer(lowered), _PLACES_A_WORD)
    ]
    for word, (form, distance) in enumerate(sorted(marks.near), start=_MOST_WORDS):
        near = _near_places(lowered[:_SCANNED_FOR_FUZZY], form, distance)
        places += [(place, word) for place in islice(near, _PLACES_A_WORD)]
    return sorted(places)


def _near_places(lowered: str, form: str, distance: int) -> Iterator[int]:
    edits = _edits()
    for found in _RUN.finditer(lowered):
        run = found.group()
        # Joints between parts make it longer than its form, ligatures shorter.
        if abs(len(run) - len(form)) <= distance + _ROOM_FOR_JOINTS:
            other = analyser.fold(run)
            if edits(form, other, score_cutoff=distance) <= distance:
                yield found.start()


def _edits() -> Callable[..., int]:
    # Only a fuzzy word pays for the import.
    from rapidfuzz.distance import OSA

    count: Callable[..., int] = OSA.distance
    return count


def _lowered(text: str) -> str:
    """Lower case, every character at its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=64)
def _patterns(marks: Marks) -> tuple[re.Pattern[str], ...]:
    sure = [_sure_part(max(stems, key=len)) for stems in marks.stems]
    # What begins like a stem is found with it.
    forms = [f for f in sorted(marks.wholes) if not f.startswith(tuple(sure))]
    needles = dict.fromkeys([*sure, *forms, *sorted(marks.beginnings)])
    return tuple(re.compile(_rough_pattern(needle)) for needle in list(needles)[:_MOST_WORDS])


def _sure_part(stem: str) -> str:
    """What words with this stem begin with; the longest word of a phrase is the rarest."""
    if stem[0].isdecimal():
        return stem
    return stem[: max(_SHORTEST_SURE, len(stem) - _CHANGED_BY_STEMMING)]


def _rough_pattern(form: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", form):
        return rf"(?<!\d){form[:4]}"  # the day may be written in any order
    letters = [_LIGATURES.get(part) or _letter(part) for part in _PARTS.findall(form)]
    before = r"(?<!\d)" if form[0].isdecimal() else r"(?<![^\W\d_])"
    return before + _BETWEEN.join(letters[:_ROUGH_LETTERS])


def _letter(letter: str) -> str:
    return f"[{_VARIANTS[letter]}]" if letter in _VARIANTS else re.escape(letter)


def _windows(text: str, places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Surroundings of the places, those of most words first, cut at blanks, without overlap."""
    ranked = []
    for first, (place, _) in enumerate(places):
        words = {word for at, word in places[first : first + _MOST_WORDS] if at < place + WIDTH}
        ranked.append((-len(words), place))
    taken: list[tuple[int, int]] = []
    for _, place in sorted(ranked):
        if any(start <= place < end - _MARGIN // 2 for start, end in taken):
            continue
        window = _widened(text, place - _MARGIN, place + WIDTH + _MARGIN)
        taken.append(window)
        yield window


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends outwards to a blank, or as far as a word can reasonably be long."""
    start, end = max(0, start), min(len(text), end)
    lowest = max(0, start - _MARGIN)
    while start > lowest and not text[start - 1].isspace():
        start -= 1
    found = _BLANK.search(text, end, end + _MARGIN)
    return start, found.start() if found else min(len(text), end + _MARGIN)


class _Matcher:
    """Says which tokens and wholes of a text are searched words."""

    def __init__(self, marks: Marks) -> None:
        self._phrases = marks.stems
        self._first_stems = frozenset(stems[0] for stems in marks.stems)
        self._wholes = marks.wholes
        self._beginnings = tuple(sorted(marks.beginnings))
        self._near = tuple(sorted(marks.near))
        self._edits = _edits() if marks.near else None
        searched = (*marks.wholes, *marks.beginnings, *(form for form, _ in marks.near))
        self._has_numbers = any(c.isdecimal() for form in searched for c in form)

    def spans(self, text: str, start: int, end: int) -> Iterator[_Span]:
        """The searched words in a part of a text."""
        window = text[start:end]
        tokens, wholes = analyser.tokens_and_wholes(window)
        if self._has_numbers or _HYPHENATION.search(window):
            wholes += analyser.wholes_across_words(window)
        for first, token in enumerate(tokens):
            if token.stem in self._first_stems:
                for run, stems in self._runs(tokens, first):
                    yield _Span(start + token.start, start + run[-1].end, stems)
        for form, first_at, last_at in wholes:
            if (key := self._key(form)) is not None:
                yield _Span(start + first_at, start + last_at, key)
        if self._beginnings or self._near:
            for token in tokens:
                if (key := self._key(token.form)) is not None:
                    yield _Span(start + token.start, start + token.end, key)

    def _runs(
        self, tokens: list[Token], first: int
    ) -> Iterator[tuple[list[Token], tuple[str, ...]]]:
        for stems in self._phrases:
            run = tokens[first : first + len(stems)]
            if tuple([t.stem for t in run]) == stems:
                yield run, stems

    def _key(self, form: str) -> object | None:
        if form in self._wholes:
            return form
        if self._beginnings and form.startswith(self._beginnings):
            return next(b for b in self._beginnings if form.startswith(b))
        for word, distance in self._near:
            if self._edits and self._edits(word, form, score_cutoff=distance) <= distance:
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
    first = group[0].start
    section_start = text.rfind(SECTION, 0, first) + 1
    section_end = text.find(SECTION, group[0].end)
    section_end = len(text) if section_end < 0 else section_end
    last = min(max(s.end for s in group if s.start < section_end), first + 2 * WIDTH)
    room = max(0, WIDTH - (last - first))
    start = max(section_start, _forward_to_blank(text, first - room // 2, first))
    end = min(section_end, _back_to_blank(text, last + room - room // 2, last))
    out = ["…" if start > section_start else ""]
    at = start
    for span in group:
        if span.end > end:
            break
        out += (_shown(text[at : span.start]), "<mark>", _shown(text[span.start : span.end]))
        out.append("</mark>")
        at = span.end
    out += (_shown(text[at:end]), "…" if end < section_end else "")
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
