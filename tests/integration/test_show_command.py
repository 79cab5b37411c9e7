"""`meg show` and `meg resolve`: what a person decided, and what came with what."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.reindex import reindex
from api.cli.resolve import resolve
from api.cli.show import show
from config.assembly import open_application
from config.loader import load_settings
from domain.records import Record
from ingest.payment import PaymentDelays
from tests.acceptance.invoices import cii_invoice
from tests.integration.reference_texts import invoice_for, write_reference


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("show") / "data"


@pytest.fixture(scope="module")
def documents(data: Path) -> dict[str, Record]:
    """An archive with an invoice in it, taken in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("un.xml", cii_invoice(1))
    with open_application(load_settings(data, {})) as application:
        files = [("lot.zip", buffer.getvalue())]
        return {record["file"]: record for record in application.ingest(files, "tests")}


def test_a_container_and_its_files_name_each_other(
    data: Path, documents: dict[str, Record]
) -> None:
    outer, inner = documents["lot.zip"]["document_id"], documents["un.xml"]["document_id"]

    of_outer = CliRunner().invoke(show, [outer, "--data", str(data)])
    of_inner = CliRunner().invoke(show, [inner, "--data", str(data)])

    assert f"Contient, chacun à part :\n  {inner}\n" in of_outer.stdout
    assert f"Arrivé dans {outer}\n" in of_inner.stdout


def test_a_decision_is_shown_with_its_reason(data: Path, documents: dict[str, Record]) -> None:
    record = documents["un.xml"]
    decided = [record["document_id"], "--action", "approve", "--reason", "Vu avec le maire"]

    result = CliRunner().invoke(resolve, [*decided, "--data", str(data)])
    shown = CliRunner().invoke(show, [record["document_id"], "--data", str(data)])

    assert result.exit_code == 0
    assert f"approuver, {record['status']} → approved : Vu avec le maire" in shown.stdout
    assert "Historique\n" in shown.stdout


def test_a_decision_is_found_by_its_reason(data: Path, documents: dict[str, Record]) -> None:
    document_id = documents["un.xml"]["document_id"]
    with open_application(load_settings(data, {})) as application:
        application.resolve(document_id, "hold", "Attente du géomètre", "tests")
        found = application.search("géomètre")["hits"]
    CliRunner().invoke(reindex, ["--data", str(data)])
    with open_application(load_settings(data, {})) as application:
        after = application.search('"du geometre"')["hits"]

    assert [hit["document_id"] for hit in found] == [document_id]
    assert [hit["document_id"] for hit in after] == [document_id]
    assert "<mark>" in after[0]["snippets"][0]


@pytest.mark.parametrize(
    ("language", "expected", "others"),
    [
        ("fr", "à cause de l'import de", ("Archived as", " line ", "  review ", "History")),
        ("en", "because of import ", ("Archivé sous", " ligne ", "  à voir ", "Historique")),
    ],
)
def test_the_cause_of_a_new_verdict_is_told_in_the_policys_language(
    tmp_path: Path, language: str, expected: str, others: tuple[str, ...]
) -> None:
    data, reference = tmp_path / "data", tmp_path / "reference"
    data.mkdir()
    reference.mkdir()
    (data / "policy.toml").write_text(f'language = "{language}"\n')
    with open_application(load_settings(data, {})) as application:
        write_reference(reference, "entities", "suppliers")
        application.import_reference([reference], partial=False)
        (record,) = application.ingest([("f.xml", invoice_for(4))], "tests")
        write_reference(reference, "orders", "order_lines")
        application.import_reference([reference], partial=False)

    shown = CliRunner().invoke(show, [record["document_id"], "--data", str(data)])

    page = shown.stdout.partition("\n\n")[2]  # below the line of status and codes
    assert expected in page
    assert "RECEIPT_MISSING" in page
    assert [words for words in others if words in page] == []


_TODAY = {
    "as_of": "2026-11-22",
    "deadline": "2026-12-01",
    "days_left": 9,
    "interruption": None,
    "late_interest": [],
    "indemnity": None,
    "owed_for_lateness": "0",
}
_LATE = {"deadline": "2026-11-20", "days_left": -2, "indemnity": "40"}


def test_what_was_refused_has_no_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PaymentDelays, "standing_of", lambda *_: _TODAY)
    place = ["--data", str(tmp_path)]
    with open_application(load_settings(tmp_path, {})) as application:
        [taken] = application.ingest([("un.xml", cii_invoice(1))], "tests")

    before = CliRunner().invoke(show, [taken["document_id"], *place])
    decided = [taken["document_id"], "--action", "refuse", "--reason", "non"]
    assert CliRunner().invoke(resolve, [*decided, *place]).exit_code == 0
    after = CliRunner().invoke(show, [taken["document_id"], *place])

    assert "À payer avant" in before.stdout
    assert "À payer avant" not in after.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, ["À payer avant le 2026-12-01 (jours restants : 9)"]),
        (
            _LATE | {"owed_for_lateness": "41.20"},
            [
                "À payer avant le 2026-11-20 (jours de retard : 2)",
                "Dus pour retard : 41.20 €, dont 40 € d'indemnité",
            ],
        ),
        (
            _LATE | {"owed_for_lateness": None},
            ["Dus pour retard : 40 € d'indemnité, et des intérêts", "refinancing_rates"],
        ),
        (
            {"deadline": None, "interruption": {"notified_on": "2026-11-02"}},
            ["Délai de paiement interrompu le 2026-11-02"],
        ),
    ],
)
def test_the_deadline_is_shown_as_it_stands(
    data: Path,
    documents: dict[str, Record],
    monkeypatch: pytest.MonkeyPatch,
    change: Record,
    told: list[str],
) -> None:
    monkeypatch.setattr(PaymentDelays, "standing_of", lambda *_: _TODAY | change)

    shown = CliRunner().invoke(show, [documents["un.xml"]["document_id"], "--data", str(data)])

    for line in told:
        assert line in shown.stdout
