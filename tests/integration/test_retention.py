"""How long documents are kept, and legal holds on them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli.retention import retention
from config.assembly import open_application
from config.loader import load_settings
from config.rebuilding import rebuild_all
from config.retaining import open_retention
from config.settings import Settings
from domain.records import Record
from ingest.repository import DocumentUnknown
from ingest.retention import HoldRefused, Terms
from tests.integration.reference_texts import invoice_for


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", {})


@pytest.fixture
def ids(settings: Settings) -> list[str]:
    with open_application(settings) as application:
        files = [("1.xml", invoice_for(1)), ("letter.txt", b"a letter")]
        return [r["document_id"] for r in application.ingest(files, "tests")]


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(retention, [*arguments, "--data", str(settings.data)])


def records(result: Result) -> list[Record]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("invoice", date(2036, 12, 31)),
        ("order", date(2036, 12, 31)),
        (None, date(2036, 12, 31)),
        ("other", date(2029, 12, 31)),
    ],
)
def test_terms_run_to_the_end_of_a_full_year(kind: str | None, until: date) -> None:
    assert Terms(10, 3).keep_until(kind, date(2026, 1, 1)) == until


def test_a_hold_is_listed_recorded_and_lifted(settings: Settings, ids: list[str]) -> None:
    held = run(settings, "hold", ids[0], "--reason", "contentieux 26-114", "--json")
    listed = records(run(settings, "list", "--held", "--json"))
    lifted = run(settings, "release", ids[0], "--reason", "jugement rendu", "--json")

    assert held.exit_code == lifted.exit_code == 0
    assert [r["document_id"] for r in listed] == [ids[0]]
    assert listed[0]["hold"]["reason"] == "contentieux 26-114"
    assert records(lifted)[0]["hold"] is None
    assert records(run(settings, "list", "--held", "--json")) == []
    with open_application(settings) as application:
        events = application.show(ids[0])["history"][-2:]
        assert [e["type"] for e in events] == ["held", "released"]
        assert events[1]["payload"]["set_for"] == "contentieux 26-114"
        assert all(r["ok"] for r in application.verify(None))


def test_what_is_held_is_never_due(settings: Settings, ids: list[str]) -> None:
    with open_retention(settings) as retaining:
        retaining.hold(ids[1], "enquête", "anne")

        due = [r["document_id"] for r in retaining.listed(due=date(2200, 1, 1))]
        last_day = date.fromisoformat(retaining.of(ids[0])["keep_until"])

        assert due == [ids[0]]
        assert list(retaining.listed(due=last_day)) == []


def test_what_makes_no_sense_is_refused(settings: Settings, ids: list[str]) -> None:
    with open_retention(settings) as retaining:
        retaining.hold(ids[0], "enquête", "anne")
        with pytest.raises(HoldRefused):
            retaining.hold(ids[0], "encore", "anne")
        with pytest.raises(HoldRefused):
            retaining.release(ids[1], "jamais tenu", "anne")
        with pytest.raises(HoldRefused):
            retaining.release(ids[0], "  ", "anne")
        with pytest.raises(DocumentUnknown):
            retaining.hold("nobody", "enquête", "anne")


def test_a_hold_comes_back_with_a_rebuild(settings: Settings, ids: list[str]) -> None:
    with open_retention(settings) as retaining:
        before = retaining.hold(ids[0], "enquête", "anne")

    rebuild_all(settings, lambda _what, _count: None, replace=True)

    with open_retention(settings) as retaining:
        assert list(retaining.listed(held=True)) == [before]
