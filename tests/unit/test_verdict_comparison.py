from __future__ import annotations

from matching.comparison import differences

KEPT = {
    "discrepancies": [{"code": "PRICE_ABOVE_ORDER", "found": "5.20", "message": "Prix trop haut"}],
    "decision": {"outcome": "block", "explanation": "Bloquée"},
}


def test_other_words_and_more_fields_are_the_same_verdict() -> None:
    again = {
        "discrepancies": [
            {"code": "PRICE_ABOVE_ORDER", "found": "5.20", "message": "Trop cher", "unit": "C62"}
        ],
        "decision": {"outcome": "block", "explanation": "Bloquée.", "waterfall": []},
    }

    assert differences(KEPT, again) == []


def test_another_value_is_named_by_its_path() -> None:
    again = {
        "discrepancies": [{"code": "PRICE_ABOVE_ORDER", "found": "5.30", "message": "x"}],
        "decision": {"outcome": "approve", "explanation": ""},
    }

    assert differences(KEPT, again) == ["discrepancies[0].found", "decision.outcome"]


def test_a_discrepancy_more_is_a_difference() -> None:
    assert differences(KEPT, KEPT | {"discrepancies": []}) == ["discrepancies"]


def test_what_is_said_no_more_is_a_difference() -> None:
    assert differences(KEPT, {"discrepancies": KEPT["discrepancies"]}) == ["decision"]
