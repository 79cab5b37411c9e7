"""Every error has an answer: a status, problem details, an exit code."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import archive
import config
import db
import domain
import ingest
import matching
import search
from api import errors
from api.errors import Answer, answer, exit_code, problem_details
from domain.errors import Error


def _every_error(root: type[Error] = Error) -> Iterator[type[Error]]:
    for child in root.__subclasses__():
        yield child
        yield from _every_error(child)


def _import_all() -> None:
    for package in (archive, config, db, domain, ingest, matching, search):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".versions" not in module.name and not module.name.endswith(".env"):
                importlib.import_module(module.name)


class _Located(Error):
    code = "SRC-01"
    position = 4


class _Child(errors.BodyTooLarge):
    """Carries no code of its own."""


def test_no_error_of_ours_is_answered_as_a_bug() -> None:
    _import_all()
    ours = {e for e in _every_error() if not e.__module__.startswith("tests.")}
    ours = {e for e in ours if e.code != Error.code}

    as_bugs = [e.__name__ for e in ours if answer(e.__new__(e)).exit_code == errors.EXIT_BUG]

    assert len(ours) > 20
    assert as_bugs == []


def test_a_class_without_code_is_answered_as_its_parent() -> None:
    assert answer(_Child(5)) == Answer(413, 1)


@pytest.mark.parametrize(
    ("code", "status", "leaves_with"),
    [
        ("CFG-01", 500, 3),
        ("DB-01", 503, 4),
        ("ING-01", 404, 1),
        ("ING-50", 409, 1),
        ("SRC-01", 400, 2),
        ("SRC-10", 503, 4),
        ("XYZ-01", 500, 70),
    ],
)
def test_codes_keep_their_status_and_exit_code(code: str, status: int, leaves_with: int) -> None:
    kind = type("Made", (Error,), {"code": code})

    assert answer(kind("x")) == Answer(status, leaves_with)
    assert exit_code(kind("x")) == leaves_with


def test_problem_details_carry_code_message_hint_and_place() -> None:
    details = problem_details(_Located("no closing bracket"), "/api/v1/search")

    assert details["status"] == 400
    assert details["type"] == "urn:meg:problem:SRC-01"
    assert details["message"] == details["detail"] == "no closing bracket"
    assert details["instance"] == "/api/v1/search"
    assert details["position"] == 4


def test_an_unforeseen_error_keeps_its_words_to_itself() -> None:
    details = problem_details(RuntimeError("FR7630006000011234567890189"))

    assert details["code"] == "MEG-70"
    assert details["status"] == 500
    assert "FR76" not in str(details)
