"""Confidences are shares of right values; what is likelier wrong is not given."""

from __future__ import annotations

from itertools import pairwise

import pytest

from domain.evidence import PageBox
from ingest.parsers.pages.assembly import Ledger
from ingest.parsers.pages.calibration import CURVES, GIVEN, calibrated, family_of
from ingest.parsers.pages.votes import Found

BOX = PageBox(1, 10, 10, 50, 20)


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("number", "number"),
        ("issue_date", "dates"),
        ("lines[3].net_amount", "lines"),
        ("totals.tax_inclusive", "totals"),
        ("seller.name", "names"),
        ("buyer.legal_id", "ids"),
        ("payee_iban", "ids"),
        ("order_reference", "references"),
        ("payment_terms", None),
    ],
)
def test_every_field_has_a_family(path: str, family: str | None) -> None:
    assert family_of(path) == family


def test_curves_rise_and_stay_between_nothing_and_certainty() -> None:
    for family, curve in CURVES.items():
        for (low, below), (high, above) in pairwise(curve):
            assert low < high, family
            assert below <= above, family
        assert 0 < curve[0][1] <= curve[-1][1] < 1, family


def test_between_two_measured_scores_the_confidence_is_between_theirs() -> None:
    (low, below), (high, above) = CURVES["names"][-2:]

    middle = calibrated("seller.name", (low + high) / 2)

    assert below < middle < above
    assert calibrated("seller.name", 0.1) == CURVES["names"][0][1]
    assert calibrated("seller.name", 0.999) == above


def test_a_value_that_is_likelier_wrong_is_not_given() -> None:
    ledger = Ledger()

    assert calibrated("seller.name", 0.7) < GIVEN
    assert ledger.note("seller.name", Found("Musterfirma", BOX, 0.7)) is None
    assert ledger.evidence == {}


def test_evidence_carries_the_calibrated_confidence() -> None:
    ledger = Ledger()

    assert ledger.note("issue_date", Found("2026-03-12", BOX, 0.7)) == "2026-03-12"
    assert ledger.evidence["issue_date"].confidence == round(calibrated("issue_date", 0.7), 2)
