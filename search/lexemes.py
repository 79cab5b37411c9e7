"""Cuts a query into signs, operators, fields, phrases and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.errors import BadQuery, Place


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query, and where it stands."""

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
_DECORATION = re.compile(r"[^\w*~]+")
_OTHER_OPERATORS = re.compile(r"(?P<and>&&)|(?P<or>\|\|)|(?P<not>[-!])(?=[^\W\d])")


def lexemes_of(text: str) -> list[Lexeme]:
    """Cut a query; the last lexeme is its end.

    Raises:
        BadQuery: a quotation mark is never closed, or a sign means nothing here.
    """
    out: list[Lexeme] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign.isspace():
            at += 1
        elif sign in "()":
            out.append(Lexeme("open" if sign == "(" else "close", sign, at, at + 1))
            at += 1
        elif sign in _QUOTES:
            out.append(_quoted(text, at))
            at = out[-1].end
            _nothing_glued(text, at, out[-1])
        elif (field := _FIELD.match(text, at)) and not _after_word(out, at):
            out.append(Lexeme("field", field[1], at, field.end()))
            at = field.end()
        else:
            word = _bare(text, at)
            at = word.end
            if not (word.kind == "word" and _is_decoration(word, out)):
                out.append(word)
    if text.strip() and not out:
        problem = "This holds nothing that can be searched."
        raise BadQuery(problem, text, Place(0, len(text)), "Write letters or digits.")
    out.append(Lexeme("end", "", len(text), len(text) + 1))
    return out


def _is_decoration(word: Lexeme, before: list[Lexeme]) -> bool:
    """Whether a word is punctuation alone, as `&` in «Dupont & fils», and may be passed over."""
    is_value = bool(before) and before[-1].kind == "field" and before[-1].end == word.start
    return not is_value and _DECORATION.fullmatch(word.text) is not None


def _after_word(out: list[Lexeme], at: int) -> bool:
    # Only a colon at the beginning names a field: `code:a:b` has the value `a:b`.
    return bool(out) and out[-1].kind == "field" and out[-1].end == at


def _bare(text: str, at: int) -> Lexeme:
    found = _BARE.match(text, at)
    if found is None:
        problem = "This quotation mark opens nothing."
        raise BadQuery(problem, text, Place(at, at + 1), 'Use "…" or «…» around a phrase.')
    word = found.group()
    if (other := _OTHER_OPERATORS.match(word)) and other.lastgroup:
        sign, meant = other.group(), other.lastgroup.upper()
        advice = f"Write {meant}, or put the words in quotes."
        raise BadQuery(f"«{sign}» is no operator here.", text, Place(at, other.end() + at), advice)
    return Lexeme(_OPERATORS.get(word, "word"), word, at, found.end())


def _quoted(text: str, at: int) -> Lexeme:
    end = text.find(_QUOTES[text[at]], at + 1)
    if end < 0:
        hint = "Add the missing quotation mark."
        raise BadQuery("These quotes are never closed.", text, Place(at, at + 1), hint)
    return Lexeme("phrase", text[at + 1 : end], at, end + 1)


def _nothing_glued(text: str, at: int, phrase: Lexeme) -> None:
    if at < len(text) and text[at] in "*~":
        problem = f"«{text[at]}» has no meaning after a phrase."
        raise BadQuery(
            problem, text, Place(at, at + 1), f"Remove it, or search {phrase.text} unquoted."
        )
