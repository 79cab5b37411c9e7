"""Sentences of other rooms are told in French: none that a reader can meet is left in English."""

from __future__ import annotations

import pytest

from api.errors import ApiError
from api.web.french import _patterns, in_french
from domain.errors import Error
from ingest.corrections import ChangedMeanwhile, NotCorrectable
from ingest.enclosures import AttachmentUnknown
from ingest.fields import FieldUnknown
from ingest.learning.correcting import HeadingUnknown
from ingest.learning.repository import CorrectionUnknown
from ingest.linking import LinkUnknown
from ingest.reader import read
from ingest.rejudge import NotJudgedAgain
from ingest.resolution import AccountInQuarantine, ActionRefused, ReasonMissing
from ingest.typed_values import ValueRefused, read_typed
from matching.accounts import AccountRefused, SecondPersonNeeded
from search.plan import plan
from search.query import BadQuery, parse

_BAD_QUERIES = [
    "a)", "(a", "(", "AND", "a AND", "NOT", "OR a", "()", "a OR OR b", "code:", "code:(a",
    "supplier:(number:a)", 'say ""', '"open', "”", '"fac*ture"', '"a b"*', "fa*cture", "fa~cture",
    "a~9", "-a", "!a", "*~", "&", "nosuch:1", "status:nice", "code:NICE", "kind:x", "1..2",
    "amount:x", "amount:..", "amount:5..1", "date:x", "date:2026-06..2026-01", "date:2026*",
    "date:2026~", "siren:12", "iban:1", "currency:E", "sha256:xyz", "order:---", "a" * 5000,
    "x " * 300, "(" * 60 + "a" + ")" * 60, "w" * 400 + "*",
]  # fmt: skip
_UNREADABLE = [
    b"",
    b"<html><body>login</body></html>",
    b"\x89PNG\r\n\x1a\n",
    b"hello",
    b"\x00\x01\x02",
    b"PK\x03\x04",
    b"<?xml version='1.0'?><a>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    b"<?xml version='1.0'?>",
    b"%PDF-1.7\n" + b"\xff" * 200,
]


@pytest.mark.parametrize("query", _BAD_QUERIES)
def test_a_mistake_in_a_query_is_told_in_french(query: str) -> None:
    with pytest.raises(BadQuery) as raised:
        plan(parse(query))

    mistake = raised.value
    assert in_french(mistake.message) != mistake.message
    assert in_french(mistake.hint) != mistake.hint


@pytest.mark.parametrize("data", _UNREADABLE)
def test_why_a_file_is_unreadable_is_told_in_french(data: bytes) -> None:
    error = read(data, "x").error

    assert error is not None
    assert in_french(error.message) != error.message
    assert in_french(error.hint) != error.hint


@pytest.mark.parametrize("kind", [k for k in ApiError.__subclasses__() if k.hint])
def test_the_next_step_of_an_error_on_a_page_is_told_in_french(kind: type[ApiError]) -> None:
    met_on_pages = {"API-02", "API-03", "API-04", "API-05", "API-08"}
    if kind.code in met_on_pages:
        assert in_french(kind.hint) != kind.hint


def test_values_stay_in_their_places() -> None:
    assert in_french("«2026-13» is no date.") == "« 2026-13 » n’est pas une date."  # noqa: RUF001
    assert in_french("document x is duplicate").endswith("(état : duplicate).")


def test_a_file_inside_another_is_told_with_its_own_failure() -> None:
    told = in_french("Embedded file factur-x.xml: The XML document is empty.")

    assert told == "Fichier joint factur-x.xml : Le document XML est vide."


def test_an_unknown_sentence_is_left_as_it_is() -> None:
    assert in_french("No such sentence {0} {x}.") == "No such sentence {0} {x}."
    assert in_french("x" * 5000) == "x" * 5000


def test_every_french_sentence_takes_the_values_of_its_english_one() -> None:
    for pattern, french in _patterns():
        assert french.format(*("v" * pattern.groups))


def _codes_and_hints() -> list[tuple[str, str]]:
    kinds: list[type[Error]] = [
        AccountInQuarantine,
        AccountRefused,
        ActionRefused,
        AttachmentUnknown,
        ChangedMeanwhile,
        CorrectionUnknown,
        FieldUnknown,
        HeadingUnknown,
        LinkUnknown,
        NotCorrectable,
        NotJudgedAgain,
        ReasonMissing,
        SecondPersonNeeded,
        ValueRefused,
    ]
    return [(kind.__name__, kind.hint) for kind in kinds]


@pytest.mark.parametrize(("name", "hint"), _codes_and_hints())
def test_what_to_do_about_a_refused_form_is_told_in_french(name: str, hint: str) -> None:
    assert in_french(hint) != hint, name


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("issue_date", "demain"),
        ("issue_date", "2026-02-31"),
        ("issue_date", "0001-01-01"),
        ("totals.tax", "vingt"),
        ("totals.tax", "1" * 60),
        ("number", "a\x00"),
        ("colour", "x"),
    ],
)
def test_a_value_that_is_refused_is_told_in_french(path: str, typed: str) -> None:
    with pytest.raises((FieldUnknown, ValueRefused)) as raised:
        read_typed(path, typed)

    assert in_french(raised.value.message) != raised.value.message


def test_what_verifying_finds_is_told_in_french() -> None:
    damaged = in_french("main/o/ab: recorded sha256:12, found sha256:34")

    assert damaged.startswith("main/o/ab : les octets conservés ne sont plus ceux")
    assert "empreinte inscrite sha256:12, trouvée sha256:34" in damaged
