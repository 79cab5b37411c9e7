"""The auditors' query language (CONTRACT §6): text to a tree of conditions.

    query    = or
    or       = and { OR and }                    also OU
    and      = not { [AND] not }                 also ET; blanks mean AND
    not      = [NOT] atom                        also SAUF
    atom     = ( or ) | field:value | field:( or ) | "phrase" | pref* | fuzzy~ | word

Operators are upper-case; in any other case they are words. An empty query and `*` mean every
document. What cannot be understood raises `BadQuery`, which shows the place: a mistake never
passes for "nothing found". Fields and the forms of their values are in `search.fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from domain.errors import Error

LONGEST_QUERY: Final = 4000
MOST_ATOMS: Final = 200
DEEPEST_NESTING: Final = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands in the query."""

    start: int
    end: int


class SearchError(Error):
    """Searching could not be done."""

    code = "SRC-00"


class BadQuery(SearchError):
    """The query cannot be understood; says where, why and what to write instead."""

    code = "SRC-01"
    hint = 'Words, "phrases", pref*, fuzzy~, AND OR NOT ( ), field:value; quote what is literal.'

    def __init__(self, problem: str, query: str, place: Place, advice: str = "") -> None:
        super().__init__(problem)
        self.query = query
        self.position = place.start
        self.end = max(place.end, place.start + 1)
        if advice:
            # The next step depends on the mistake; the class only has the general one.
            self.__dict__["hint"] = advice

    @property
    def caret(self) -> str:
        """The query, and below it a line of carets under the place that is wrong."""
        shown = "".join(c if c.isprintable() else " " for c in self.query)
        return f"{shown}\n{' ' * self.position}{'^' * (self.end - self.position)}"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every document."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or what is written like one (a reference, an amount); None is the whole text."""

    text: str
    field: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another."""

    text: str
    field: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word give or take a typing error; `distance` is None when the query does not say."""

    text: str
    distance: int | None
    field: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of these at least."""

    parts: tuple[Node, ...]


Node = Everything | Word | Phrase | Prefix | Fuzzy | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was typed, and as it was understood."""

    text: str
    root: Node


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: str  # open, close, field, phrase, word, and, or, not, end
    text: str
    start: int
    end: int


_OPERATORS = {
    "AND": "and",
    "ET": "and",
    "OR": "or",
    "OU": "or",
    "NOT": "not",
    "SAUF": "not",
}
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201c", "«": "»"}
_FIELD = re.compile(r"([^\W\d][\w-]*):(?!//)")
_BARE = re.compile(r'[^\s()"\u201c\u201d\u201e«»]+')
_WILD_INSIDE = re.compile(r"[*?]")
_FUZZY = re.compile(r"(.*)~(\d*)")
_DECORATION = re.compile(r"[^\w*~]+")
_OTHER_OPERATORS = re.compile(r"(?P<and>&&)|(?P<or>\|\|)|(?P<not>[-!])(?=[^\W\d])")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_FURTHEST = 2


def parse(text: str) -> Query:
    """Understand a query.

    Raises:
        BadQuery: with the place, the reason and what to write instead.
    """
    if len(text) > LONGEST_QUERY:
        problem = f"The query is longer than {LONGEST_QUERY} characters."
        raise BadQuery(problem, text[:80], Place(79, 80), "Shorten it.")
    return Query(text, _Parser(text).parse())


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lexemes = list(_lexemes(text))
        self._next = 0
        self._depth = 0
        self._atoms = 0

    def parse(self) -> Node:
        if self._peek().kind == "end":
            return Everything()
        node = self._or(None)
        left = self._peek()
        if left.kind != "end":
            raise self._bad(left, "This closing parenthesis was never opened.", "Remove it.")
        return node

    def _peek(self) -> _Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> _Lexeme:
        lexeme = self._lexemes[self._next]
        self._next += 1
        return lexeme

    def _bad(self, at: _Lexeme, problem: str, hint: str = "") -> BadQuery:
        return BadQuery(problem, self._text, Place(at.start, at.end), hint)

    def _or(self, field: str | None) -> Node:
        parts = [self._and(field)]
        while self._peek().kind == "or":
            operator = self._take()
            self._expect_operand(operator)
            parts.append(self._and(field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self, field: str | None) -> Node:
        parts = [self._not(field)]
        while (kind := self._peek().kind) not in {"or", "close", "end"}:
            if kind == "and":
                self._expect_operand(self._take())
            parts.append(self._not(field))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _expect_operand(self, operator: _Lexeme) -> None:
        if self._peek().kind in {"and", "or", "close", "end"}:
            raise self._bad(
                operator,
                f"Nothing to search stands after {operator.text}.",
                f'Add a word, or write "{operator.text.lower()}" in quotes to search it as a word.',
            )

    def _not(self, field: str | None) -> Node:
        if self._peek().kind != "not":
            return self._atom(field)
        operator = self._take()
        self._expect_operand(operator)
        self._deeper(operator)
        node = Not(self._not(field))
        self._depth -= 1
        return node

    def _deeper(self, at: _Lexeme) -> None:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise self._bad(at, "The query is nested too deep.", "Simplify it.")

    def _atom(self, field: str | None) -> Node:
        lexeme = self._take()
        if lexeme.kind in {"and", "or"}:
            hint = f'Write "{lexeme.text.lower()}" in quotes to search it as a word.'
            raise self._bad(lexeme, f"Nothing to search stands before {lexeme.text}.", hint)
        if lexeme.kind == "open":
            return self._group(lexeme, field)
        if lexeme.kind == "field":
            return self._field(lexeme, field)
        if lexeme.kind == "close":
            hint = "Put something to search between the parentheses, or remove them."
            raise self._bad(lexeme, "Nothing to search stands before this parenthesis.", hint)
        self._atoms += 1
        if self._atoms > MOST_ATOMS:
            raise self._bad(lexeme, f"The query has more than {MOST_ATOMS} words.", "Shorten it.")
        place = Place(lexeme.start, lexeme.end)
        if lexeme.kind == "phrase":
            return self._phrase(lexeme, field, place)
        return self._word(lexeme, field, place)

    def _group(self, opening: _Lexeme, field: str | None) -> Node:
        self._deeper(opening)
        if self._peek().kind == "end":
            raise self._bad(opening, "This parenthesis is never closed.", "Add the missing «)».")
        node = self._or(field)
        if self._peek().kind != "close":
            raise self._bad(opening, "This parenthesis is never closed.", "Add the missing «)».")
        self._take()
        self._depth -= 1
        return node

    def _field(self, lexeme: _Lexeme, outer: str | None) -> Node:
        name = lexeme.text
        if outer is not None:
            hint = f"Close the parenthesis of {outer}: first."
            raise self._bad(lexeme, f"{name}: cannot stand inside {outer}:( ).", hint)
        value = self._peek()
        if value.kind == "open":
            return self._group(self._take(), name)
        if value.kind not in {"word", "phrase"} or value.start != lexeme.end:
            hint = f'Write the value right after the colon, as in {name}:value or {name}:"a value".'
            raise self._bad(lexeme, f"{name}: has no value.", hint)
        return self._atom(name)

    def _phrase(self, lexeme: _Lexeme, field: str | None, place: Place) -> Node:
        if not lexeme.text.strip():
            raise self._bad(lexeme, "These quotes hold nothing.", "Write the phrase between them.")
        if found := re.search(r"(?<=\w)[*~]", lexeme.text):
            at = lexeme.start + 1 + found.start()
            problem = f"«{found.group()}» has no meaning inside quotes."
            hint = "Take the word out of the quotes, or remove the sign."
            raise BadQuery(problem, self._text, Place(at, at + 1), hint)
        return Phrase(lexeme.text, field, place)

    def _word(self, lexeme: _Lexeme, field: str | None, place: Place) -> Node:
        text = lexeme.text
        if text == "*" and field is None:
            return Everything()
        if fuzzy := _FUZZY.fullmatch(text):
            return self._fuzzy(lexeme, fuzzy, field, place)
        if text.endswith("*"):
            self._no_wildcards(lexeme, text[:-1])
            self._something(lexeme, text)
            return Prefix(text[:-1], field, place)
        self._no_wildcards(lexeme, text)
        self._something(lexeme, text)
        return Word(text, field, place)

    def _fuzzy(
        self, lexeme: _Lexeme, found: re.Match[str], field: str | None, place: Place
    ) -> Node:
        text, distance = found[1], found[2]
        self._no_wildcards(lexeme, text)
        self._something(lexeme, text)
        if distance and not 1 <= int(distance[:3]) <= _FURTHEST:
            hint = "Write ~, ~1 or ~2."
            raise self._bad(lexeme, "A fuzzy word may differ by 1 or 2 letters.", hint)
        return Fuzzy(text, int(distance) if distance else None, field, place)

    def _no_wildcards(self, lexeme: _Lexeme, text: str) -> None:
        if "*" in text:
            at = lexeme.start + text.index("*")
            problem = "«*» may only stand at the end of a word."
            hint = "Write the beginning of the word, as in factur*."
            raise BadQuery(problem, self._text, Place(at, at + 1), hint)
        if "~" in text:
            at = lexeme.start + text.index("~")
            hint = "Write it as the last sign, as in dupont~."
            raise BadQuery(
                "«~» may only stand at the end of a word.", self._text, Place(at, at + 1), hint
            )

    def _something(self, lexeme: _Lexeme, text: str) -> None:
        if not _LETTER_OR_DIGIT.search(text):
            hint = "Write letters or digits."
            raise self._bad(lexeme, f"«{text}» holds nothing that can be searched.", hint)


def _lexemes(text: str) -> list[_Lexeme]:
    out: list[_Lexeme] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign.isspace():
            at += 1
        elif sign in "()":
            out.append(_Lexeme("open" if sign == "(" else "close", sign, at, at + 1))
            at += 1
        elif sign in _QUOTES:
            out.append(_quoted(text, at))
            at = out[-1].end
            _nothing_glued(text, at, out[-1])
        elif (field := _FIELD.match(text, at)) and not _after_word(out, at):
            out.append(_Lexeme("field", field[1], at, field.end()))
            at = field.end()
        else:
            word = _bare(text, at)
            at = word.end
            if not (word.kind == "word" and _is_decoration(word, out)):
                out.append(word)
    if text.strip() and not out:
        problem = "This holds nothing that can be searched."
        raise BadQuery(problem, text, Place(0, len(text)), "Write letters or digits.")
    out.append(_Lexeme("end", "", len(text), len(text) + 1))
    return out


def _is_decoration(word: _Lexeme, before: list[_Lexeme]) -> bool:
    """Whether a word is punctuation alone, as `&` in «Dupont & fils», and may be passed over."""
    is_value = bool(before) and before[-1].kind == "field" and before[-1].end == word.start
    return not is_value and _DECORATION.fullmatch(word.text) is not None


def _after_word(out: list[_Lexeme], at: int) -> bool:
    # Only a colon at the beginning names a field: `code:a:b` has the value `a:b`.
    return bool(out) and out[-1].kind == "field" and out[-1].end == at


def _bare(text: str, at: int) -> _Lexeme:
    found = _BARE.match(text, at)
    if found is None:
        problem = "This quotation mark opens nothing."
        raise BadQuery(problem, text, Place(at, at + 1), 'Use "…" or «…» around a phrase.')
    word = found.group()
    if (other := _OTHER_OPERATORS.match(word)) and other.lastgroup:
        sign, meant = other.group(), other.lastgroup.upper()
        advice = f"Write {meant}, or put the words in quotes."
        raise BadQuery(f"«{sign}» is no operator here.", text, Place(at, other.end() + at), advice)
    return _Lexeme(_OPERATORS.get(word, "word"), word, at, found.end())


def _quoted(text: str, at: int) -> _Lexeme:
    end = text.find(_QUOTES[text[at]], at + 1)
    if end < 0:
        hint = "Add the missing quotation mark."
        raise BadQuery("These quotes are never closed.", text, Place(at, at + 1), hint)
    return _Lexeme("phrase", text[at + 1 : end], at, end + 1)


def _nothing_glued(text: str, at: int, phrase: _Lexeme) -> None:
    if at < len(text) and text[at] in "*~":
        problem = f"«{text[at]}» has no meaning after a phrase."
        raise BadQuery(
            problem, text, Place(at, at + 1), f"Remove it, or search {phrase.text} unquoted."
        )
