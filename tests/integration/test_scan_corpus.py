"""Printed invoices of the corpus, scanned: enough is read, little of it wrong, and what is sure is.

A small share of what `benchmarks/bench_scans.py` measures; the bounds leave room for another
version of Tesseract.
"""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.bench_scans import Measured, chosen, measured
from tests.support import shared_folder

pytestmark = [pytest.mark.shared, pytest.mark.tesseract]
DOCUMENTS = 4


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> list[Measured]:
    corpus, cache = shared_folder() / "corpus", tmp_path_factory.mktemp("scans")
    rows = [row for row in chosen(corpus) if row["pdf"]["pages"] == 1][:DOCUMENTS]
    conditions = ("bw300", "grey200")
    return [measured(corpus, cache, (row, name)) for row in rows for name in conditions]


def test_most_values_are_read_and_few_are_wrong(scans: list[Measured]) -> None:
    sums = sum((one.verdicts for one in scans), Counter[str]())

    assert sums["right"] >= 0.8 * sums.total(), [(x.path, x.condition, x.faults) for x in scans]
    assert sums["wrong"] + sums["invented"] <= 0.05 * sums.total()


def test_what_is_stated_as_sure_is_right(scans: list[Measured]) -> None:
    sure = [value for one in scans for value in one.values if value[1] >= 0.9]

    assert len(sure) >= 20
    assert sum(right for *_, right in sure) >= 0.95 * len(sure)
