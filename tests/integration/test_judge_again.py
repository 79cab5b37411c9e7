"""A document judged again: what it took before is replaced, what was said before is kept."""

from __future__ import annotations

import pytest

from config.application import Application
from domain.records import Record
from ingest import repository
from ingest.rejudge import Change, NotJudgedAgain, Occasion, judge_again
from matching.service import judge_alone
from tests.acceptance.invoices import cii_invoice

WHY = Occasion("order_changed", "meg", {"order": "BC-1"})


def _taken(application: Application, data: bytes) -> Record:
    (record,) = application.ingest([("f.xml", data)], "test")
    return record


def _again(application: Application, document_id: str) -> Change:
    with application.database.transaction() as connection:
        judge_alone(connection)
        change = judge_again(connection, application._pipeline._together, document_id, WHY)
    application._pipeline.settle()
    return change


def test_judged_again_on_the_same_facts_it_is_the_same_verdict(application: Application) -> None:
    first = _taken(application, cii_invoice(1))

    change = _again(application, first["document_id"])

    shown = application.show(first["document_id"])
    assert change == Change(first["status"], first["status"])
    assert shown["decision"] == first["decision"]
    assert [e["type"] for e in shown["history"]][-3:] == ["order_changed", "matched", "decided"]
    assert shown["history"][-3]["payload"] == {
        "order": "BC-1",
        "before": first["status"],
        "after": first["status"],
    }
    assert application.replay(first["document_id"])["same"]
    assert all(record.get("ok", True) for record in application.verify(None))


def test_what_the_first_run_made_of_it_is_kept(application: Application) -> None:
    first = _taken(application, cii_invoice(1))

    _again(application, first["document_id"])
    _again(application, first["document_id"])

    with application.database.reading() as connection:
        past = repository.past_results(connection, first["document_id"])
    assert [run["run"] for run in past] == [1, 2]
    assert past[0]["reading"]["invoice"] == first["invoice"]
    assert past[0]["reading"]["evidence"] == first["evidence"]
    assert past[0]["verdict"]["decision"] == first["decision"]


@pytest.mark.parametrize(
    ("action", "stands"), [("refuse", "refused"), ("hold", "on_hold"), ("dispute", "disputed")]
)
def test_a_refusal_or_a_hold_stands(application: Application, action: str, stands: str) -> None:
    document_id = _taken(application, cii_invoice(1))["document_id"]
    application.resolve(document_id, action, "à voir", "anne")

    change = _again(application, document_id)

    assert change == Change(stands, stands)
    assert application.show(document_id)["status"] == stands
    assert all(record.get("ok", True) for record in application.verify(None))


def test_an_approval_was_given_on_other_facts_and_falls(application: Application) -> None:
    first = _taken(application, cii_invoice(1))
    application.resolve(first["document_id"], "approve", "vu", "anne")

    change = _again(application, first["document_id"])

    assert change == Change("approved", first["status"])
    assert all(record.get("ok", True) for record in application.verify(None))


def test_what_was_never_judged_is_not_judged_again(application: Application) -> None:
    document_id = _taken(application, b"nothing")["document_id"]

    with pytest.raises(NotJudgedAgain):
        _again(application, document_id)
