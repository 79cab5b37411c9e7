"""From the tree of a query to the conditions an engine is asked, and what snippets highlight."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from search import analyser, fields, query, ranges, words
from search.conditions import Between, Condition, Everything, NoneOf, all_of, any_of
from search.errors import BadQuery, Place
from search.query import And, Fuzzy, Node, Not, Or, Phrase, Prefix, Query, Word
from search.words import Marks

_LOOKS_LIKE_A_RANGE = re.compile(r"\d\.\.\d")

Atom = Word | Phrase | Prefix | Fuzzy


@dataclass(frozen=True, slots=True)
class Plan:
    """The conditions of a query, and the words its snippets highlight."""

    condition: Condition
    marks: Marks


def plan(asked: Query) -> Plan:
    """Reduce a query to conditions.

    Raises:
        BadQuery: a field does not exist, or its value can never be right.
    """
    return _Planner(asked.text).plan(asked.root)


class _Planner:
    def __init__(self, text: str) -> None:
        self._text = text

    def plan(self, node: Node) -> Plan:
        match node:
            case query.Everything():
                return Plan(Everything(), Marks())
            case And(parts):
                return self._joined([self.plan(p) for p in parts], all_of)
            case Or(parts):
                return self._joined([self.plan(p) for p in parts], any_of)
            case Not(part):
                return Plan(NoneOf(self.plan(part).condition), Marks())
            case Word() | Phrase() | Prefix() | Fuzzy():
                return self._atom(node)
        assert_never(node)

    @staticmethod
    def _joined(parts: list[Plan], join: Callable[[list[Condition]], Condition]) -> Plan:
        marks = Marks()
        for part in parts:
            marks |= part.marks
        return Plan(join([part.condition for part in parts]), marks)

    def _atom(self, atom: Atom) -> Plan:
        if atom.field is None:
            return self._text_atom(fields.BODY, atom)
        name = fields.field_called(atom.field)
        if name is None:
            raise self._unknown_field(atom)
        if name in fields.TEXTS:
            return replace(self._text_atom(name, atom), marks=Marks())
        try:
            return Plan(self._field_condition(name, atom), Marks())
        except ranges.Misread as misread:
            start = atom.place.start + (1 if isinstance(atom, Phrase) else 0)
            place = Place(start + misread.start, start + misread.end)
            raise BadQuery(misread.problem, self._text, place, misread.advice) from None

    def _text_atom(self, field: str, atom: Atom) -> Plan:
        if not words.is_searchable(atom.text):
            problem = f"«{atom.text}» holds nothing that can be searched."
            raise BadQuery(problem, self._text, atom.place, "Write a whole word, or remove it.")
        if isinstance(atom, Prefix | Fuzzy) and len(atom.text) > analyser.LONGEST_TERM:
            problem = f"No word is longer than {analyser.LONGEST_TERM} characters."
            raise BadQuery(problem, self._text, atom.place, "Shorten it.")
        match atom:
            case Word():
                if _LOOKS_LIKE_A_RANGE.search(atom.text):
                    advice = "Write amount:1000..5000 or date:2026-01..2026-06, without blanks."
                    raise BadQuery("A range needs a field.", self._text, atom.place, advice)
                return Plan(*words.words_condition(field, atom.text))
            case Phrase():
                return Plan(*words.words_condition(field, atom.text))
            case Prefix():
                return Plan(*words.beginning_condition(field, atom.text))
            case Fuzzy():
                return Plan(*words.near_condition(field, atom.text, atom.distance))
        assert_never(atom)

    def _field_condition(self, name: str, atom: Atom) -> Condition:
        if isinstance(atom, Fuzzy):
            problem = f"{name}: takes no fuzzy word."
            raise BadQuery(problem, self._text, atom.place, "Write the value, or its beginning*.")
        if isinstance(atom, Prefix):
            if name in fields.AMOUNTS | fields.DATES:
                problem = f"{name}: takes no «*»."
                raise BadQuery(problem, self._text, atom.place, "Write a range: from..to.")
            return fields.beginning_condition(name, atom.text)
        if name in fields.AMOUNTS:
            return Between("gross", *ranges.amount_bounds(atom.text))
        if name in fields.DATES:
            return Between(_DATE_FIELDS[name], *ranges.date_bounds(atom.text))
        if name in fields.REFERENCES:
            return fields.reference_condition(name, atom.text)
        return fields.exact_condition(name, atom.text)

    def _unknown_field(self, atom: Atom) -> BadQuery:
        name = atom.field or ""
        # The name stands before its value, or before the parenthesis around several.
        start = self._text.rfind(f"{name}:", 0, atom.place.start)
        advice = f'Known: {", ".join(sorted(fields.FIELDS))}. As plain text: "{name}:{atom.text}".'
        place = Place(start, start + len(name) + 1)
        return BadQuery(f"There is no field «{name}:».", self._text, place, advice)


_DATE_FIELDS = {"date": "issued", "received": "received"}
