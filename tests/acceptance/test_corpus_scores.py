"""The developers' scorer over the corpus of real invoices: what was reached is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support import PROJECT, shared_folder


def _score(only: str) -> dict[str, Any]:
    shared = shared_folder()
    ran = subprocess.run(
        [
            sys.executable,
            str(shared / "tools" / "score_corpus.py"),
            str(shared / "corpus"),
            "--meg",
            f"{sys.executable} -m api.cli",
            "--only",
            only,
            "--json",
        ],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.shared
def test_structured_invoices_are_read_right() -> None:
    xml = _score("xml")["xml"]

    assert xml["documents_fully_right"] >= 0.995
    assert xml["crashed_batches"] == 0


@pytest.mark.shared
def test_odd_files_are_answered_and_none_becomes_an_invoice() -> None:
    odd = _score("odd")["odd"]

    assert odd["files"] > 0
    assert (odd["crashed_batches"], odd["no_answer"]) == (0, [])
    assert (odd["invented_invoice"], odd["no_reason"]) == ([], [])


@pytest.mark.shared
def test_official_rules_give_the_official_verdicts() -> None:
    found = _score("validate,rules")
    verdicts, rules = found["validate"], found["rules"]

    assert verdicts["right"] / verdicts["documents"] >= 0.995
    assert verdicts["fatal_rules_named"]["named"] / verdicts["fatal_rules_named"]["wanted"] >= 0.995
    assert rules.get("wrong", 0) == 0
