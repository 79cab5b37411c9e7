"""A finding in plain words: what is wrong for the accountant, and the business terms it is about.

The official text stays beside it as published. Every finding gets a sentence in French and one in
English: written for the rule, for its family, for the shape of its text, or at least naming the
business term.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from domain.business_terms import NAMES, terms_in
from domain.validation import Finding, FindingSeverity
from ingest.validation.elements import term_of
from ingest.validation.rule_families import Plain, base_rule, by_category, by_shape
from ingest.validation.structure_words import structure_in_words
from ingest.validation.texts import explanation
from ingest.validation.texts_english import english

_XSD: Final = "XSD"
_MOST_TERMS: Final = 6
_PREFIX: Final = re.compile(r"^\s*\[?BR-FR[^:\]]*\]?\s*:\s*")


def in_plain_words(finding: Finding) -> Finding:
    """The finding with its sentences and its business terms."""
    if finding.rule == _XSD:
        terms, plain = structure_in_words(finding)
    else:
        terms, plain = _rule(finding)
    return replace(finding, plain_fr=plain.fr, plain_en=plain.en, business_terms=terms)


def _rule(finding: Finding) -> tuple[tuple[str, ...], Plain]:
    rule = base_rule(finding.rule, finding.message)
    here = term_of(finding.location or "")
    cited = terms_in(f"{finding.rule.replace('_', ' ')} {finding.message}")[:_MOST_TERMS]
    plain = _written(rule) or by_category(rule)
    if plain is not None:
        told = terms_in(plain.fr)
        return (told or cited or _only(here)), plain
    terms = cited or _only(here)
    return terms, by_shape(rule, finding.message, terms) or _otherwise(finding, terms)


def _only(term: str | None) -> tuple[str, ...]:
    return () if term is None else (term,)


def _written(rule: str) -> Plain | None:
    fr, en = explanation(rule), english(rule)
    return None if fr is None or en is None else Plain(fr, en)


def _otherwise(finding: Finding, terms: tuple[str, ...]) -> Plain:
    """The least that can be said: the field, and what the breach weighs; French rules say more."""
    fr, en = ("Le document", "The document")
    if terms:
        name = NAMES[terms[0]]
        fr = f"{name.fr[:1].upper()}{name.fr[1:]} ({terms[0]})"
        en = f"{name.en[:1].upper()}{name.en[1:]} ({terms[0]})"
    heavy = finding.severity is FindingSeverity.FATAL
    official = _PREFIX.sub("", finding.message).strip()
    in_french = finding.rule.startswith("BR-FR") and official
    return Plain(
        official if in_french else f"{fr} : {_FATAL.fr if heavy else _LIGHT.fr}",
        f"{en}: {_FATAL.en if heavy else _LIGHT.en}",
    )


_FATAL: Final = Plain(
    "une règle obligatoire n'est pas respectée ; le texte officiel dit laquelle.",
    "a mandatory rule does not hold; the official text says which.",
)
_LIGHT: Final = Plain(
    "la forme recommandée n'est pas respectée, sans effet sur le paiement.",
    "the recommended form is not followed; payment does not depend on it.",
)
