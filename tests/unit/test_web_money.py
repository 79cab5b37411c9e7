"""What may be paid and what it is drawn on, as a document's page tells it after a decision."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.rest import examples
from api.web.formats import Formats
from api.web.money_view import Figures, chain, deadline, figures, waterfall
from api.web.texts import Texts
from api.web.texts_document import DOCUMENT_TEXTS
from tests.web_fake import FakeApplication, client_for

_TEXTS = Texts("fr", DOCUMENT_TEXTS)
_FORMATS = Formats("fr", ZoneInfo("Europe/Paris"))
_STANDING = {"as_of": "2026-03-14", "deadline": "2026-04-11", "days_left": 28}


def _record(status: str, *steps: tuple[str, str], held: str) -> dict[str, Any]:
    record = deepcopy(examples.SHOWN) | {"status": status, "payment_today": _STANDING}
    record["decision"] |= {
        "payable_now": steps[-1][1],
        "held": held,
        "waterfall": [{"step": step, "amount": value} for step, value in steps],
    }
    return record


def _proposed(status: str) -> dict[str, Any]:
    return _record(
        status, ("asked", "1248.00"), ("held", "-480.00"), ("payable", "768.00"), held="480.00"
    )


@pytest.mark.parametrize(("status", "payable"), [("approved", "1248.00"), ("on_hold", "0.00")])
def test_after_a_decision_the_waterfall_is_told_as_what_was_proposed(
    status: str, payable: str
) -> None:
    fall = waterfall(_TEXTS, _FORMATS, _proposed(status))

    assert fall is not None
    assert fall.title == "Ce que le contrôle proposait, avant la décision"
    shown = {step.text: step.amount for step in fall.steps}
    assert shown["Payable selon le contrôle"] == _FORMATS.money("768.00")
    assert shown["Payable maintenant, par décision"] == _FORMATS.money(payable)
    assert "Payable maintenant" not in shown


@pytest.mark.parametrize("status", ["blocked", "in_review", "disputed"])
def test_without_a_decision_on_it_the_waterfall_ends_in_what_is_payable(status: str) -> None:
    fall = waterfall(_TEXTS, _FORMATS, _proposed(status))

    assert fall is not None
    assert fall.title == "Du demandé au payable"
    assert fall.steps[-1][:2] == ("Payable maintenant", _FORMATS.money("768.00"))


def test_an_approval_does_not_pay_out_the_retention_of_the_contract() -> None:
    steps = (("asked", "1000.00"), ("retention", "-50.00"), ("payable", "950.00"))

    approved = _record("approved", *steps, held="50.00")

    assert figures(approved) == Figures("950.00", "50.00")
    fall = waterfall(_TEXTS, _FORMATS, approved)
    assert fall is not None
    assert fall.title == "Du demandé au payable"


@pytest.mark.parametrize("status", ["refused", "replaced"])
def test_what_was_refused_draws_on_nothing_and_is_due_on_no_day(status: str) -> None:
    record = _proposed(status)

    [draw] = chain(_TEXTS, _FORMATS, record)

    money = _FORMATS.money
    assert (draw.this, draw.left, draw.passed) == (money("0.00"), money("4800.00"), False)
    assert deadline(_TEXTS, _FORMATS, record) is None
    assert deadline(_TEXTS, _FORMATS, _proposed("on_hold")) is not None


@pytest.mark.parametrize(
    ("status", "button"),
    [
        ("refused", "Revenir sur le refus"),
        ("disputed", "Clore le litige"),
        ("on_hold", "Lever l’attente"),  # noqa: RUF001 - French is written so
    ],
)
def test_the_button_that_releases_says_what_it_takes_back(status: str, button: str) -> None:
    application = FakeApplication()
    record = application.add(status=status)

    page = client_for(application).get(
        f"/documents/{record['document_id']}", headers={"accept-language": "fr"}
    )

    releasing = page.text.split('value="release" class="release">')[1]
    assert releasing.startswith(button + "</button>")


@pytest.mark.parametrize(
    ("ceiling", "expected", "label"),
    [("6000.00", "6000.00", "Engagé TTC"), ("6000.00", "5000.00", "Engagé HT")],
)
def test_an_exceeded_commitment_says_net_or_gross(ceiling: str, expected: str, label: str) -> None:
    application = FakeApplication()
    decision = deepcopy(examples.SHOWN["decision"])
    decision["chain"][0]["ceiling"] = ceiling
    exceeded = examples.SHOWN["discrepancies"][0] | {
        "code": "COMMITMENT_EXCEEDED",
        "field": "ENG-2026-014",
        "expected": expected,
    }
    record = application.add(discrepancies=[exceeded], decision=decision)

    page = client_for(application).get(
        f"/documents/{record['document_id']}", headers={"accept-language": "fr"}
    )

    assert f"<dt>{label}</dt>" in page.text
    assert f"<dt>{label.replace('Engagé', 'Facturé en tout')}</dt>" in page.text
