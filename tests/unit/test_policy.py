from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.cli.policy import explain
from config.database import open_database
from config.settings import Settings
from domain.match import Outcome
from matching.engine import decide
from matching.policy_explanation import limits_explained
from matching.policy_table import PolicyInvalid, policy_from
from matching.tolerances import Policy
from tests.matching_case import ARTICLES, case, codes, invoice, invoice_line, order

WRITTEN = """
language = "en"
[tolerances]
price_percent = "2"
price_amount = 50
[[overrides]]
supplier = "F1"
price_percent = "12"
price_amount = "9999"
[[overrides]]
contract = "M1"
price_percent = "0"
[severities]
PRICE_ABOVE_ORDER = "review"
"""


def dearer() -> dict[str, Any]:
    """The first line 10 % above the order."""
    lines = [invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1)]
    lines[0] = invoice_line("1", *ARTICLES[0][:4], "349.80")
    return {"invoice": invoice(tuple(lines))}


def test_the_narrowest_override_wins() -> None:
    policy = policy_from(tomllib.loads(WRITTEN))

    general = policy.tolerances_for(supplier="F2")
    supplier = policy.tolerances_for(supplier="F1")
    contract = policy.tolerances_for(supplier="F1", contract="M1")

    assert general.price_percent == Decimal(2)
    assert supplier.price_percent == Decimal(12)
    assert contract.price_percent == Decimal(0)
    assert contract.price_amount == Decimal(9999)


def test_an_override_reaches_the_verdict() -> None:
    strict = decide(case(**dearer()))
    lenient = decide(case(policy=policy_from(tomllib.loads(WRITTEN)), **dearer()))

    assert codes(strict) == [("PRICE_ABOVE_ORDER", "1")]
    assert codes(lenient) == []
    assert strict.decision.policy_version != lenient.decision.policy_version


def test_a_severity_of_ours_decides() -> None:
    policy = policy_from({"severities": {"PRICE_ABOVE_ORDER": "review"}})

    assert decide(case(policy=policy, **dearer())).decision.outcome is Outcome.REVIEW


def test_the_same_policy_has_the_same_version() -> None:
    assert policy_from({}).version == Policy().version
    assert policy_from({"tolerances": {"quantity": 1}}).version != Policy().version


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"tolerance": {}}, "policy"),
        ({"tolerances": {"prices": "1"}}, "policy.tolerances"),
        ({"tolerances": {"price_percent": 1.5}}, "policy.tolerances.price_percent"),
        ({"tolerances": {"price_percent": "-1"}}, "policy.tolerances.price_percent"),
        ({"tolerances": {"duplicate_days": "999999999999"}}, "policy.tolerances.duplicate_days"),
        ({"tolerances": []}, "policy.tolerances"),
        ({"overrides": [{"price_percent": "1"}]}, "policy.overrides[1]"),
        ({"severities": {"NO_SUCH": "block"}}, "policy.severities"),
        ({"severities": {"IBAN_UNKNOWN": "never"}}, "policy.severities.IBAN_UNKNOWN"),
        ({"language": "de"}, "policy.language"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(table: dict[str, Any], key: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        policy_from(table)

    assert refused.value.message.startswith(f"{key}:")


def test_a_person_may_link_an_order() -> None:
    other = order(order_id="BC 1", lines=(), receipts=())

    verdict = decide(case(orders=(order(), other), linked_orders=("BC 1",)))

    assert verdict.match is not None
    assert verdict.match.orders == ("BC 1",)


def test_a_price_below_has_limits_of_its_own_once_they_are_stated() -> None:
    lines = [invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1)]
    lines[0] = invoice_line("1", *ARTICLES[0][:4], "286.20")
    cheaper = {"invoice": invoice(tuple(lines))}
    table = {"price_below_percent": 50, "price_below_amount": 500}

    usual = decide(case(**cheaper))
    wide = decide(case(policy=policy_from({"tolerances": table}), **cheaper))

    assert [d.code.value for d in usual.discrepancies] == ["PRICE_BELOW_ORDER"]
    assert wide.discrepancies == ()


@pytest.mark.parametrize(
    ("percent", "found"),
    [(4, ["QUANTITY_ABOVE_ORDERED", "QUANTITY_ABOVE_RECEIVED"]), (5, [])],
)
def test_a_quantity_may_pass_by_a_share_of_what_was_ordered(percent: int, found: list[str]) -> None:
    lines = [invoice_line(str(i), *a) for i, a in enumerate(ARTICLES, 1)]
    lines[2] = invoice_line("3", *ARTICLES[2][:2], "546", *ARTICLES[2][3:])
    policy = policy_from({"tolerances": {"quantity_percent": percent}})

    verdict = decide(case(invoice=invoice(tuple(lines)), policy=policy))

    above = [d.code.value for d in verdict.discrepancies if d.code.value.startswith("QUANTITY")]
    assert above == found


def test_limits_say_in_whose_name_they_hold() -> None:
    policy = policy_from(tomllib.loads(WRITTEN))

    told = {n.tolerance: n for n in limits_explained(policy, {"supplier": "F1", "contract": "M1"})}

    assert (told["price_percent"].value, told["price_percent"].said_by) == (
        Decimal(0),
        "contract M1",
    )
    assert (told["price_amount"].value, told["price_amount"].said_by) == (
        Decimal(9999),
        "supplier F1",
    )
    assert told["price_below_percent"].said_by == "contract M1"
    assert told["quantity"].said_by == "default"


def test_a_limit_added_later_leaves_the_version_of_older_policies_alone() -> None:
    assert Policy().version == "ac541cc4b674b4e8"
    assert policy_from({"tolerances": {"quantity_percent": 1}}).version != Policy().version


def test_a_limit_without_quotes_is_answered_with_the_quotes_it_needs() -> None:
    with pytest.raises(PolicyInvalid, match=r'price_percent = "1\.5"'):
        policy_from({"tolerances": {"price_percent": 1.5}})


@pytest.mark.parametrize("code", ["IBAN_UNKNOWN", "DUPLICATE_INVOICE", "SUPPLIER_NOT_ON_ORDER"])
def test_what_guards_against_fraud_is_never_mere_information(code: str) -> None:
    with pytest.raises(PolicyInvalid, match=code):
        policy_from({"severities": {code: "info"}})

    assert policy_from({"severities": {code: "review"}}).severities


def test_a_contract_that_the_database_does_not_know_is_said_to_be_unknown(tmp_path: Path) -> None:
    asked = ["--contract", "NOPE", "--data", str(tmp_path)]

    before = CliRunner().invoke(explain, asked)
    with open_database(Settings(data=tmp_path)):
        pass
    after = CliRunner().invoke(explain, asked)

    assert "no contract" not in before.output
    assert "no contract NOPE is known" in after.output
