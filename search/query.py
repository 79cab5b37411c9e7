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

from search.errors import BadQuery, Place
from search.lexemes import Lexeme, lexemes_of

__all__ = [
    "And",
    "BadQuery",
    "Everything",
    "Fuzzy",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Place",
    "Prefix",
    "Query",
    "Word",
    "parse",
]

LONGEST_QUERY: Final = 4000
MOST_ATOMS: Final = 200
DEEPEST_NESTING: Final = 40


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


_FUZZY = re.compile(r"(.*)~(\d*)")
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
        self._lexemes = list(lexemes_of(text))
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

    def _peek(self) -> Lexeme:
        return self._lexemes[self._next]

    def _take(self) -> Lexeme:
        lexeme = self._lexemes[self._next]
        self._next += 1
        return lexeme

    def _bad(self, at: Lexeme, problem: str, hint: str = "") -> BadQuery:
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

    def _expect_operand(self, operator: Lexeme) -> None:
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

    def _deeper(self, at: Lexeme) -> None:
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

    def _group(self, opening: Lexeme, field: str | None) -> Node:
        self._deeper(opening)
        if self._peek().kind == "end":
            raise self._bad(opening, "This parenthesis is never closed.", "Add the missing «)».")
        node = self._or(field)
        if self._peek().kind != "close":
            raise self._bad(opening, "This parenthesis is never closed.", "Add the missing «)».")
        self._take()
        self._depth -= 1
        return node

    def _field(self, lexeme: Lexeme, outer: str | None) -> Node:
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

    def _phrase(self, lexeme: Lexeme, field: str | None, place: Place) -> Node:
        if not lexeme.text.strip():
            raise self._bad(lexeme, "These quotes hold nothing.", "Write the phrase between them.")
        if found := re.search(r"(?<=\w)[*~]", lexeme.text):
            at = lexeme.start + 1 + found.start()
            problem = f"«{found.group()}» has no meaning inside quotes."
            hint = "Take the word out of the quotes, or remove the sign."
            raise BadQuery(problem, self._text, Place(at, at + 1), hint)
        return Phrase(lexeme.text, field, place)

    def _word(self, lexeme: Lexeme, field: str | None, place: Place) -> Node:
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

    def _fuzzy(self, lexeme: Lexeme, found: re.Match[str], field: str | None, place: Place) -> Node:
        text, distance = found[1], found[2]
        self._no_wildcards(lexeme, text)
        self._something(lexeme, text)
        if distance and not 1 <= int(distance[:3]) <= _FURTHEST:
            hint = "Write ~, ~1 or ~2."
            raise self._bad(lexeme, "A fuzzy word may differ by 1 or 2 letters.", hint)
        return Fuzzy(text, int(distance) if distance else None, field, place)

    def _no_wildcards(self, lexeme: Lexeme, text: str) -> None:
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

    def _something(self, lexeme: Lexeme, text: str) -> None:
        if not _LETTER_OR_DIGIT.search(text):
            hint = "Write letters or digits."
            raise self._bad(lexeme, f"«{text}» holds nothing that can be searched.", hint)
