from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.verify import verify
from archive.errors import DocumentUnknown
from config.assembly import open_application
from config.loader import load_settings
from domain.records import Record


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two documents taken in, which nobody can read."""
    return tmp_path_factory.mktemp("verify") / "data"


@pytest.fixture(scope="module")
def documents(data: Path) -> list[Record]:
    with open_application(load_settings(data, {})) as application:
        files = [("one.txt", b"no invoice"), ("two.txt", b"no invoice either")]
        return list(application.ingest(files, "tests"))


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(verify, [*arguments, "--data", str(data)])


def objects(result: Result) -> list[Record]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_everything_is_fine_and_said_in_a_summary(data: Path, documents: list[Record]) -> None:
    result = run(data, "--all", "--json")

    *found, summary = objects(result)
    assert result.exit_code == 0
    assert {d["document_id"] for d in found} == {d["document_id"] for d in documents}
    assert all(d["ok"] for d in found)
    assert summary["summary"]
    assert summary["documents"] == 2
    assert summary["log"]["pending_events"] == 0
    assert run(data, "--all").stdout.startswith("Everything is as it was recorded: 2 documents")


def test_one_document_is_checked(data: Path, documents: list[Record]) -> None:
    document_id = documents[0]["document_id"]

    result = run(data, document_id, "--json")

    [found] = objects(result)
    assert result.exit_code == 0
    assert found["document_id"] == document_id
    assert {c["check"] for c in found["checks"]} == {
        "object",
        "manifests",
        "log",
        "checkpoint",
        "journal",
    }
    assert {c["status"] for c in found["checks"]} == {"passed"}


def test_a_changed_object_is_named_and_leaves_exit_code_1(
    data: Path, documents: list[Record]
) -> None:
    path = data / "objects" / documents[1]["archive"]["key"]
    before = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(b"no invoice eithes")

    one, everything = run(data, documents[1]["document_id"], "--json"), run(data, "--all")
    path.write_bytes(before)

    assert one.exit_code == everything.exit_code == 1
    [problem] = objects(one)[0]["problems"]
    assert (problem["code"], problem["key"]) == (
        "OBJECT_CHANGED",
        documents[1]["archive"]["key"],
    )
    assert f"OBJECT_CHANGED {problem['key']}" in everything.stdout
    assert documents[0]["document_id"] not in everything.stdout


def test_an_unknown_document_is_an_error(data: Path, documents: list[Record]) -> None:
    assert documents

    result = run(data, "no-such-document")

    assert isinstance(result.exception, DocumentUnknown)
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [(), ("--all", "some-id")])
def test_documents_or_everything_must_be_asked_for(data: Path, arguments: tuple[str, ...]) -> None:
    assert run(data, *arguments).exit_code == 2
