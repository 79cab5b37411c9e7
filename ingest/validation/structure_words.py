"""What a schema missed or met, in plain words: the element by its business term, and the breach."""

from __future__ import annotations

import re
from typing import Final

from domain.business_terms import NAMES
from domain.validation import Finding
from ingest.validation.elements import term_of_names
from ingest.validation.rule_families import Plain
from ingest.validation.texts import explanation
from ingest.validation.texts_english import english

_ELEMENT: Final = re.compile(r"Element '(?:\{[^}]*\})?([\w.-]+)'")
_VALUE: Final = re.compile(r"[:\]] '([^']*)' is not (?:a valid value|an element of the set)")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( ?(.*?) ?\)")
_LACKS: Final = re.compile(r"The attribute '(?:\{[^}]*\})?([\w.-]+)' is required but missing")
_LONGEST: Final = 60

_Told = tuple[tuple[str, ...], Plain]


def structure_in_words(finding: Finding) -> _Told:
    """The business term a breach of the schema is about, and a sentence."""
    named = _ELEMENT.search(finding.message)
    if named is None:
        return (), Plain(explanation("XSD") or "", english("XSD") or "")
    steps = [_local(step).partition("[")[0] for step in (finding.location or "").split("/") if step]
    if not steps or steps[-1] != named[1]:
        steps.append(named[1])
    term = term_of_names(steps)
    what = _called(term, named[1])
    terms = () if term is None else (term,)
    if wrong := _VALUE.search(finding.message):
        return terms, _wrong_value(what, wrong[1])
    if lacking := _LACKS.search(finding.message):
        return terms, Plain(
            f"{what.fr} : l'attribut « {lacking[1]} » manque.",
            f"{what.en}: the attribute “{lacking[1]}” is missing.",
        )
    if "Missing child element" in finding.message:
        return _missing(finding.message, steps, what, terms)
    return terms, _misplaced(what, expected=_expected(finding.message))


def _wrong_value(what: Plain, value: str) -> Plain:
    if not value:
        return Plain(f"{what.fr} : la valeur est vide.", f"{what.en}: the value is empty.")
    shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return Plain(
        f"{what.fr} : la valeur « {shown} » n'est pas permise à cet endroit.",
        f"{what.en}: the value “{shown}” is not allowed here.",
    )


def _missing(message: str, steps: list[str], what: Plain, terms: tuple[str, ...]) -> _Told:
    expected = _expected(message)
    if not expected:
        return terms, Plain(f"{what.fr} est incomplet.", f"{what.en} is incomplete.")
    inner = term_of_names([*steps, expected[0]])
    lacks = _called(inner, expected[0])
    return (terms if inner is None else (inner,)), Plain(
        f"{what.fr} est incomplet ; il manque : {lacks.fr}.",
        f"{what.en} is incomplete; missing: {lacks.en}.",
    )


def _misplaced(what: Plain, expected: list[str]) -> Plain:
    """An element out of place, with what the format awaits there."""
    awaited = ", ".join(f"« {name} »" for name in expected)
    return Plain(
        f"{what.fr} : le format n'admet pas cet élément à cet endroit"
        + (f" ; il attend {awaited}." if expected else "."),
        f"{what.en}: the format does not allow this element here"
        + (f"; it expects {', '.join(f'“{name}”' for name in expected)}." if expected else "."),
    )


def _expected(message: str) -> list[str]:
    """The local names of the elements that were expected, the first few."""
    found = _EXPECTED.search(message)
    return [] if found is None else [_local(name) for name in found[1].split(",")[:3]]


def _local(name: str) -> str:
    return name.strip().rpartition("}")[2].rpartition(":")[2]


def _called(term: str | None, element: str) -> Plain:
    if term is None:
        return Plain(f"L'élément « {element} »", f"The element “{element}”")
    name = NAMES[term]
    return Plain(f"{_capital(name.fr)} ({term})", f"{_capital(name.en)} ({term})")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
