"""An account that an invoice brings is paid after four eyes only."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import cli
from config.application import Application
from domain.records import Record
from ingest.resolution import AccountInQuarantine
from matching.accounts import AccountRefused, SecondPersonNeeded
from tests.acceptance.invoices import cii_invoice

IBAN = "FR7630006000011234567890189"
_TERMS = b"<ram:SpecifiedTradePaymentTerms>"
_MEANS = (
    b"<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode>"
    b"<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>%s</ram:IBANID>"
    b"</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
)
_TAX = b"<ram:ApplicableTradeTax><ram:CalculatedAmount>"


def taken(application: Application, number: int, iban: str = IBAN) -> Record:
    data = cii_invoice(number).replace(_TAX, _MEANS % iban.encode() + _TAX)
    (record,) = application.ingest([(f"{number}.xml", data)], "test")
    return record


def codes(record: Record) -> list[str]:
    return [item["code"] for item in record["discrepancies"]]


@pytest.fixture(autouse=True)
def _supplier(application: Application, tmp_path: Path) -> None:
    suppliers = tmp_path / "suppliers.csv"
    suppliers.write_text("supplier_id,name,vat_id\nF1,Papeterie des Halles,FR83404833048\n")
    application.import_reference([suppliers], partial=False)


def test_two_people_vouch_and_open_invoices_are_judged_again(application: Application) -> None:
    first, second = taken(application, 1), taken(application, 2)
    document_id = first["document_id"]

    one = application.say_of_account(document_id, "vouch", "rappelé au standard", "anne")
    between = application.show(second["document_id"])
    two = application.say_of_account(document_id, "vouch", "attestation reçue", "bruno")

    assert "IBAN_UNKNOWN" in codes(first)
    assert (one["state"], two["state"]) == ("proposed", "validated")
    assert "IBAN_UNKNOWN" in codes(between)
    for record in (first, second):
        after = application.show(record["document_id"])
        assert "IBAN_UNKNOWN" not in codes(after)
        assert after["history"][-3]["payload"]["cause"]["kind"] == "account"
    assert all(record.get("ok", True) for record in application.verify(None))


def test_an_account_that_nobody_spoke_of_is_listed_with_its_document(
    application: Application,
) -> None:
    first, second = (taken(application, n)["document_id"] for n in (1, 2))
    waiting = application.accounts()

    application.say_of_account(second, "vouch", "rappelé au standard", "anne")

    assert [(a["state"], a["document_id"]) for a in waiting] == [("waiting", first)]
    assert [a["state"] for a in application.accounts()] == ["proposed"]
    for document_id in (first, second):
        account = application.show(document_id)["account"]
        assert (account["proposed_by"], account["reason"]) == ("anne", "rappelé au standard")


@pytest.mark.parametrize(("language", "told"), [("fr", "première"), ("en", "first person")])
def test_the_list_speaks_the_language_of_the_policy(
    application: Application, language: str, told: str
) -> None:
    taken(application, 1)
    settings = application.settings
    (settings.data / "policy.toml").write_text(f'language = "{language}"\n')
    environment = {"MEG_DATABASE": settings.database}

    result = CliRunner(env=environment).invoke(
        cli, ["account", "list", "--data", str(settings.data)]
    )

    assert result.exit_code == 0
    assert told in result.stdout


def test_a_held_document_is_judged_with_the_account_that_the_supplier_file_brought(
    application: Application, tmp_path: Path
) -> None:
    document_id = taken(application, 1)["document_id"]
    application.resolve(document_id, "hold", "À vérifier", "anne")
    suppliers = tmp_path / "suppliers.csv"
    suppliers.write_text(
        f"supplier_id,name,vat_id,ibans\nF1,Papeterie des Halles,FR83404833048,{IBAN}\n"
    )
    application.import_reference([suppliers], partial=False)

    shown = application.show(document_id)
    assert (shown["status"], shown["account"]) == ("on_hold", None)
    assert "IBAN_UNKNOWN" not in codes(shown)
    assert application.accounts() == []


def test_one_person_is_not_two(application: Application) -> None:
    document_id = taken(application, 1)["document_id"]
    application.say_of_account(document_id, "vouch", "rappelé", "anne")

    with pytest.raises(SecondPersonNeeded):
        application.say_of_account(document_id, "vouch", "encore rappelé", "anne")


def test_nobody_approves_past_the_quarantine(application: Application) -> None:
    document_id = taken(application, 1)["document_id"]

    with pytest.raises(AccountInQuarantine):
        application.resolve(document_id, "approve", "je le connais", "anne")


def test_a_rejected_account_stays_rejected(application: Application) -> None:
    document_id = taken(application, 1)["document_id"]

    record = application.say_of_account(document_id, "reject", "le fournisseur dément", "anne")

    assert record["state"] == "rejected"
    with pytest.raises(AccountRefused):
        application.say_of_account(document_id, "vouch", "si", "bruno")
    assert "IBAN_UNKNOWN" in codes(taken(application, 2))
    assert [a["iban"] for a in application.accounts()] == [IBAN]


def test_wrong_check_digits_are_never_validated(application: Application) -> None:
    document_id = taken(application, 1, IBAN[:-1] + "8")["document_id"]

    with pytest.raises(AccountRefused, match="check digits"):
        application.say_of_account(document_id, "vouch", "rappelé", "anne")


def test_a_validated_account_sets_free_what_was_held(application: Application) -> None:
    held, released, other = (taken(application, n)["document_id"] for n in (2, 3, 4))
    for document_id in (held, released):
        application.resolve(document_id, "hold", "À vérifier", "anne")
    application.resolve(released, "release", "Vérifié", "anne")
    application.say_of_account(other, "vouch", "rappelé au standard", "anne")
    with pytest.raises(AccountInQuarantine):
        application.resolve(held, "approve", "Vérifié", "anne")

    application.say_of_account(other, "vouch", "attestation reçue", "bruno")
    approved = application.resolve(held, "approve", "Vérifié", "anne")

    assert approved["status"] == "approved"
    assert "IBAN_UNKNOWN" not in codes(application.show(released))
