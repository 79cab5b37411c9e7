"""A document is named by its id, by the beginning of it, or by its number where only one has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from api.cli import cli
from api.errors import exit_code
from config.assembly import open_application
from config.loader import load_settings
from ingest.naming import DocumentAmbiguous
from ingest.repository import DOCUMENTS
from tests.acceptance.invoices import cii_invoice


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two invoices."""
    folder = tmp_path_factory.mktemp("naming") / "data"
    with open_application(load_settings(folder, {})) as application:
        files = [(f"{n}.xml", cii_invoice(n)) for n in (1, 2)]
        list(application.ingest(files, "tests"))
    return folder


def meg(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--data", str(data)])


def facts(data: Path) -> list[tuple[str, str]]:
    """Id and number of each document."""
    with open_application(load_settings(data, {})) as application:
        rows = application.documents(status=None, limit=9, before=None)
    return [(row["document_id"], row["number"]) for row in rows]


def test_commands_take_the_beginning_of_an_id_or_a_number(data: Path, tmp_path: Path) -> None:
    for document_id, number in facts(data):
        for name in (document_id, document_id[:-1], document_id[:-1].upper(), number):
            shown = meg(data, "show", name, "--json")
            assert json.loads(shown.stdout)["document_id"] == document_id
    _, number = facts(data)[0]
    for command in (["verify", number], ["replay", number], ["proof", number]):
        assert meg(data, *command).exit_code == 0
    package = str(tmp_path / "e.zip")
    assert meg(data, "evidence", number, "-o", package).exit_code == 0
    resolved = meg(data, "resolve", number, "--action", "hold", "--reason", "à voir")
    assert resolved.exit_code == 0


def test_what_names_none_is_unknown(data: Path) -> None:
    document_id, _ = facts(data)[0]

    for name in (document_id[:7], document_id + "0", "%%%%%%%%", "________", "", "é" * 9, "\0"):
        assert getattr(meg(data, "show", name).exception, "code", None) == "ING-01"


def test_what_may_be_several_is_refused_with_their_names(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with open_application(load_settings(data, {})) as application:
        files = [(f"{n}.txt", f"letter {n}".encode()) for n in range(2)]
        one, two = (r["document_id"] for r in application.ingest(files, "tests"))
        with application.database.transaction() as connection:
            connection.execute(update(DOCUMENTS).values(number="F-1"))

    refused = meg(data, "show", "F-1")

    assert isinstance(refused.exception, DocumentAmbiguous)
    assert refused.exception.code == "ING-02"
    assert exit_code(refused.exception) == 1
    assert one in str(refused.exception)
    assert f"{two} (1.txt)" in str(refused.exception)
