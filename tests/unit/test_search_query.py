"""The auditors' language: what is understood, and how mistakes are shown."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rest.schemas import Status
from domain.invoice import DocumentKind
from ingest.resolution import ACTIONS
from search.conditions import (
    AllOf,
    AnyOf,
    Begins,
    Between,
    Condition,
    Everything,
    Follows,
    Near,
    NoneOf,
    Term,
)
from search.errors import BadQuery
from search.fields import KINDS, STATUSES
from search.plan import plan
from search.query import (
    And,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    parse,
)
from search.query import Everything as AnyDocument
from search.ranges import micros


def shape(node: Node) -> object:
    """A tree without places, short enough to compare."""
    match node:
        case AnyDocument():
            seen: object = "*"
        case Not(part):
            seen = ("not", shape(part))
        case And(parts):
            seen = ("and", *map(shape, parts))
        case Or(parts):
            seen = ("or", *map(shape, parts))
        case Word(text, field, _):
            seen = text if field is None else f"{field}={text}"
        case Phrase(text, field, _):
            seen = f'"{text}"' if field is None else f'{field}="{text}"'
        case Prefix(text, field, _):
            seen = f"{text}*" if field is None else f"{field}={text}*"
        case Fuzzy(text, distance, _, _):
            seen = f"{text}~{distance or ''}"
    return seen


def understood(text: str) -> object:
    return shape(parse(text).root)


def condition(text: str) -> Condition:
    return plan(parse(text)).condition


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", "*"),
        ("  ", "*"),
        ("*", "*"),
        ("gaz", "gaz"),
        ("gaz eau", ("and", "gaz", "eau")),
        ("gaz AND eau", ("and", "gaz", "eau")),
        ("gaz ET eau", ("and", "gaz", "eau")),
        ("gaz OR eau bois", ("or", "gaz", ("and", "eau", "bois"))),
        ("gaz OU eau", ("or", "gaz", "eau")),
        ("(gaz OR eau) bois", ("and", ("or", "gaz", "eau"), "bois")),
        ("NOT gaz", ("not", "gaz")),
        ("gaz NOT eau", ("and", "gaz", ("not", "eau"))),
        ("gaz SAUF eau", ("and", "gaz", ("not", "eau"))),
        ("gaz AND NOT eau", ("and", "gaz", ("not", "eau"))),
        ("NOT NOT gaz", ("not", ("not", "gaz"))),
        ("gaz or eau et bois", ("and", "gaz", "or", "eau", "et", "bois")),
        ('"taux d\'intérêt"', '"taux d\'intérêt"'),
        ("«taux légal» gaz", ("and", '"taux légal"', "gaz")),
        ("\u201ctaux légal\u201d", '"taux légal"'),
        ("fact*", "fact*"),
        ("dupond~ dupond~2", ("and", "dupond~", "dupond~2")),
        ("supplier:dupont", "supplier=dupont"),
        ('supplier:"Dupont & Fils"', 'supplier="Dupont & Fils"'),
        ("supplier:(dupont OR dur*)", ("or", "supplier=dupont", "supplier=dur*")),
        ("Dupont & Fils", ("and", "Dupont", "Fils")),
        ("12:30 http://x.fr", ("and", "12:30", "http://x.fr")),
        ("a,b;c", "a,b;c"),
    ],
)
def test_query_is_understood(text: str, tree: object) -> None:
    assert understood(text) == tree


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("(gaz", "("),
        ("gaz)", ")"),
        ("()", ")"),
        ("gaz AND", "AND"),
        ("OR gaz", "OR"),
        ("gaz AND OR eau", "AND"),
        ("NOT", "NOT"),
        ("(gaz OR )", "OR"),
        ('gaz "eau', '"'),
        ('""', '""'),
        ("eau»", "»"),
        ("*gaz", "*"),
        ("g*z", "*"),
        ("g~z", "~"),
        ("gaz~3", "gaz~3"),
        ('"gaz*"', "*"),
        ('"gaz eau"~2', "~"),
        ('"gaz eau"*', "*"),
        ("~", "~"),
        ("...", "..."),
        ("-gaz", "-"),
        ("gaz && eau", "&&"),
        ("gaz || eau", "||"),
        ("!gaz", "!"),
        ("d'", "d'"),
        ("foo:bar", "foo:"),
        ("gaz foo:(a b)", "foo:"),
        ("supplier:", "supplier:"),
        ("supplier: dupont", "supplier:"),
        ("supplier:(dupont number:3)", "number:"),
        ("amount:abc", "abc"),
        ("amount:1..x", "x"),
        ("amount:5..1", "5..1"),
        ("amount:..", ".."),
        ("amount:5*", "5*"),
        ("amount:1 000..5 000", "000..5"),
        ("date:2026-13", "2026-13"),
        ("date:2026-02-30", "2026-02-30"),
        ("date:2026-06..2026-01", "2026-06..2026-01"),
        ("date:yesterday", "yesterday"),
        ('date:"2026-99"', "2026-99"),
        ("status:aproved", "aproved"),
        ("code:PRICE_TOO_HIGH", "PRICE_TOO_HIGH"),
        ("code:PRIX*", "PRIX"),
        ("kind:facture", "facture"),
        ("siren:12345", "12345"),
        ("iban:FR76", "FR76"),
        ("currency:euro", "euro"),
        ("status:approved~", "approved~"),
        ("number:---", "---"),
        ("x" * 70 + "*", "x" * 70 + "*"),
    ],
)
def test_mistake_is_an_error_that_shows_its_place(text: str, wrong: str) -> None:
    with pytest.raises(BadQuery) as caught:
        condition(text)

    mistake = caught.value
    assert text[mistake.position : mistake.end] == wrong
    assert mistake.caret == f"{text}\n{' ' * mistake.position}{'^' * len(wrong)}"
    assert mistake.code == "SRC-01"
    assert mistake.hint
    assert mistake.message


@pytest.mark.parametrize(
    "text", ["gaz " * 300, "(" * 60 + "gaz" + ")" * 60, "NOT " * 60 + "gaz", "x" * 5000]
)
def test_query_beyond_reason_is_refused(text: str) -> None:
    with pytest.raises(BadQuery):
        condition(text)


@given(st.text(st.sampled_from("ab1 \"()*~:-.,&|ANDORT'éœ«»\u2019/é")) | st.text(max_size=40))
def test_any_text_is_understood_or_refused_with_a_place(text: str) -> None:
    mistakes: list[BadQuery] = []
    try:
        plan(parse(text))
    except BadQuery as mistake:
        mistakes.append(mistake)

    assert all(0 <= m.position < max(1, len(text)) for m in mistakes)
    assert all(m.end > m.position for m in mistakes)


def test_word_is_looked_for_as_stem_and_as_whole() -> None:
    assert condition("l'Intérêts") == AnyOf(
        (Term("body", "interet"), Term("body_wholes", "interets"))
    )


def test_reference_is_looked_for_in_parts_and_whole() -> None:
    assert condition("BC2026-05158") == AnyOf(
        (Follows("body", ("bc", "2026", "05158")), Term("body_wholes", "bc202605158"))
    )


def test_amount_is_looked_for_however_it_is_written() -> None:
    assert condition('"1 234,50"') == AnyOf(
        (Follows("body", ("1", "234", "50")), Term("body_wholes", "1234.5"))
    )


def test_fuzzy_word_also_finds_what_the_word_finds() -> None:
    assert condition("ramettes~") == AnyOf(
        (
            Term("body", "ramet"),
            Term("body_wholes", "ramettes"),
            Near("body_forms", "ramettes", 2),
            Near("body_wholes", "ramettes", 2),
        )
    )


def test_not_and_everything_reduce_to_plain_conditions() -> None:
    assert condition("* NOT status:blocked") == NoneOf(Term("status", "blocked"))
    assert condition("") == Everything()
    assert condition("bc2026-05*") == AnyOf(
        (Begins("body_forms", "bc202605"), Begins("body_wholes", "bc202605"))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("number:FAC-2026-001", Term("number", "=20261")),
        ("number:fac2026*", Begins("number", "fac2026")),
        ("commande:2026", Term("order", "=2026")),
        ("MARCHÉ:M12", Term("contract", "=m12")),
        ("siren:552100554", Term("siren", "552100554")),
        ('siret:"552 100 554 00012"', Term("siren", "55210055400012")),
        ('iban:"FR76 1820 6000 1234"', Term("iban", "fr76182060001234")),
        ("iban:01-4054-1", Term("iban", "0140541")),
        ("iban:FR76*", Begins("iban", "fr76")),
        ("status:In-Review", Term("status", "in_review")),
        ("statut:bloquée", Term("status", "blocked")),
        ("statut:APPROUVEE", Term("status", "approved")),
        ('statut:"à examiner"', Term("status", "in_review")),
        ('statut:"À vérifier"', Term("status", "in_review")),
        ('statut:"en attente"', Term("status", "on_hold")),
        ("statut:rempl*", Term("status", "replaced")),
        ("statut:doublon", Term("status", "duplicate")),
        ("code:price_above_order", Term("code", "price_above_order")),
        (
            "code:CONTRAT_TERM",
            AnyOf((Term("code", "contract_expired"), Term("code", "contract_not_started"))),
        ),
        ("code:PRICE*", Begins("code", "price")),
        ("currency:EUR", Term("currency", "eur")),
        ("kind:credit_note", Term("kind", "credit_note")),
    ],
)
def test_field_means_its_exact_terms(text: str, expected: Condition) -> None:
    assert condition(text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("amount:1000..5000", "1000", "5000"),
        ("amount:1000,5..", "1000.5", None),
        ("amount:..-20", None, "-20"),
        ("amount:5200.00", "5200", "5200"),
        ('amount:"1 234,56€"', "1234.56", "1234.56"),
        ("amount:1.234,56", "1234.56", "1234.56"),
        ("amount:1,234.56", "1234.56", "1234.56"),
        ("montant:12EUR", "12", "12"),
    ],
)
def test_amount_bounds_are_exact(text: str, low: str | None, high: str | None) -> None:
    assert condition(text) == Between(
        "gross",
        None if low is None else micros(Decimal(low)),
        None if high is None else micros(Decimal(high)),
    )


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("date:2026-01..2026-06", 20260101, 20260630),
        ("date:2026", 20260101, 20261231),
        ("date:2024-02", 20240201, 20240229),
        ("date:..2026", None, 20261231),
        ("date:15/01/2026..", 20260115, None),
        ("date:01/2026..06/2026", 20260101, 20260630),
        ("date:20260115", 20260115, 20260115),
    ],
)
def test_date_bounds_take_in_the_whole_period(text: str, low: int | None, high: int | None) -> None:
    assert condition(text) == Between("issued", low, high)


def test_every_status_and_kind_there_is_can_be_searched() -> None:
    assert set(get_args(Status)) == STATUSES
    assert set(ACTIONS.values()) <= STATUSES
    assert {kind.value for kind in DocumentKind} == KINDS


def test_marks_are_of_what_is_looked_for_not_of_what_is_excluded() -> None:
    marks = plan(parse("gaz NOT eau supplier:engie")).marks

    assert marks.stems == (("gaz",),)
    assert isinstance(condition("gaz NOT eau"), AllOf)


def test_a_status_that_does_not_exist_is_answered_in_both_languages() -> None:
    with pytest.raises(BadQuery) as refused:
        condition("statut:perdue")

    assert "blocked (bloquée)" in refused.value.hint
