"""A purge believes neither a status nor an event that only the database vouches for."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from api.cli import cli
from archive.erasure import PURGE_STARTED
from archive.manifest import object_key
from archive.service import Happening
from config.assembly import open_application
from config.loader import load_settings
from config.retaining import open_eliminations, open_retention
from config.settings import Settings
from db.engine import Database
from domain.identifiers import Digest
from ingest.elimination.case import VISA
from ingest.elimination.errors import EliminationRefused, EliminationUnknown, VisaDoubted
from ingest.elimination.tables import ELIMINATION_DOCUMENTS, subject
from ingest.legal_holds import RELEASED
from ingest.repository import DOCUMENTS
from tests.elimination_case import (
    ANNE,
    BRUNO,
    CLAIRE,
    LATER,
    agreed,
    invoices,
    later,
    purge,
    shown,
    take_in,
    verified,
)
from tests.integration.reference_texts import invoice_for
from tests.support import PROJECT

TOO_EARLY = datetime.fromisoformat("2027-03-01T09:00:00+00:00")


_WAITS = """
import sys
from pathlib import Path
from config.loader import load_settings
from tests.elimination_case import purge

def step(name):
    if name == "looked":
        print("looked", flush=True)
        sys.stdin.readline()

left = purge(load_settings(Path(sys.argv[1]), {}), 1, step)["left"]
print(*sorted(d["code"] for d in left), flush=True)
"""


class PulledPlug(BaseException):
    """Ends a purge in the middle."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    data = tmp_path_factory.mktemp("judged") / "data"
    return data, invoices(load_settings(data, {"MEG_LIMITS_READERS": "1"}), 2)


@pytest.fixture
def ids(model: tuple[Path, list[str]]) -> list[str]:
    return model[1]


@pytest.fixture
def settings(model: tuple[Path, list[str]], tmp_path: Path) -> Settings:
    shutil.copytree(model[0], tmp_path / "data")
    return load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})


def by_hand(settings: Settings, statement: Any) -> None:
    """What somebody does who has the database and nothing else."""
    with open_application(settings) as application, application.database.transaction() as c:
        c.execute(statement)


def set_purging(settings: Settings, document_id: str) -> None:
    mine = DOCUMENTS.c.document_id == document_id
    by_hand(settings, update(DOCUMENTS).where(mine).values(status="purging"))


def forged(settings: Settings, about: str, kind: str, payload: dict[str, Any]) -> None:
    """Write an event into the database; another command signs it."""
    with later(settings) as eliminations, open_application(settings) as application:
        with application.database.transaction() as connection:
            happening = Happening(kind, LATER, BRUNO, payload)
            eliminations.archive.record_about(connection, about, [happening])
        eliminations.archive.seal(application.database)


def there(settings: Settings, number: int = 1) -> bool:
    key = object_key("main", Digest.of(invoice_for(number)))
    return (settings.data / "objects" / key).exists()


def interrupted(settings: Settings, number: int, at: str) -> None:
    def step(name: str) -> None:
        if name == at:
            raise PulledPlug

    with pytest.raises(PulledPlug):
        purge(settings, number, step)


def test_a_status_set_by_hand_destroys_nothing(settings: Settings, ids: list[str]) -> None:
    number = agreed(settings)
    with open_retention(settings) as retaining:
        retaining.hold(ids[0], "contentieux", ANNE)
    set_purging(settings, ids[0])

    certificate = purge(settings, number)

    assert "ING-60" in {p["code"] for r in verified(settings) for p in r["problems"]}
    (left,) = certificate["left"]
    assert (left["document_id"], left["code"]) == (ids[0], "CHANGED")
    assert "its events do not" in left["reason"]
    assert [d["document_id"] for d in certificate["documents"]] == [ids[1]]
    assert there(settings)


def test_a_start_of_a_purge_that_nobody_vouched_for_destroys_nothing(
    settings: Settings, ids: list[str]
) -> None:
    number = agreed(settings)
    named = {"elimination": number, "manifests": [], "objects": []}
    forged(settings, ids[0], PURGE_STARTED, named)
    set_purging(settings, ids[0])

    certificate = purge(settings, number)

    assert ["bears no signature" in d["reason"] for d in certificate["left"]] == [True]
    assert there(settings)


@pytest.mark.parametrize("at", ["started", "sealed", "manifest"])
def test_a_purge_that_goes_on_looks_at_the_term_again(
    settings: Settings, ids: list[str], at: str
) -> None:
    number = agreed(settings, ids[0])
    interrupted(settings, number, at)

    with open_eliminations(settings, lambda: TOO_EARLY) as eliminations:
        early = eliminations.purge(number, CLAIRE)
    in_time = purge(settings, number)

    assert [d["code"] for d in early["left"]] == ["TERM"]
    assert [d["document_id"] for d in in_time["documents"]] == [ids[0]]
    assert verified(settings)[-1]["ok"]


def test_a_purge_of_another_elimination_is_not_gone_on_with(
    settings: Settings, ids: list[str]
) -> None:
    first = agreed(settings, ids[0])
    second = agreed(settings, ids[1])
    interrupted(settings, first, "sealed")
    # The second visa is made to cover what the first one did, in the database.
    mine = ELIMINATION_DOCUMENTS.c.number == second
    by_hand(settings, update(ELIMINATION_DOCUMENTS).where(mine).values(document_id=ids[0]))
    set_purging(settings, ids[1])

    certificate = purge(settings, second)

    assert [(d["document_id"], d["code"]) for d in certificate["left"]] == [(ids[1], "CHANGED")]
    assert certificate["documents"] == []
    assert there(settings)
    assert there(settings, 2)


def test_a_release_written_into_the_database_and_signed_by_others_lifts_nothing(
    settings: Settings, ids: list[str]
) -> None:
    number = agreed(settings, ids[0])
    with open_retention(settings) as retaining:
        retaining.hold(ids[0], "contentieux", ANNE)
    forged(settings, ids[0], RELEASED, {"reason": "x", "set_by": ANNE, "set_for": "contentieux"})

    kept = purge(settings, number)["left"]
    with open_retention(settings) as retaining:
        retaining.release(ids[0], "jugé", ANNE)

    assert [(d["code"], "bears no signature" in d["reason"]) for d in kept] == [("HELD", True)]
    assert there(settings)


def test_a_visa_written_into_the_database_and_signed_by_others_is_none(
    settings: Settings,
) -> None:
    with later(settings) as eliminations:
        digest = eliminations.proposing.propose(ANNE)["sha256"]
    visa = {"elimination": 1, "decision": "granted", "reference": "X", "reason": None}
    forged(settings, subject(1), VISA, {**visa, "struck": [], "file": None, "proposal": digest})

    with pytest.raises(VisaDoubted, match="no command of MEG recorded it"):
        purge(settings, 1)
    told = [p["message"] for r in verified(settings) for p in r["problems"]]
    assert sum("(elimination_visa) bears no signature" in text for text in told) == 1

    assert there(settings)


def test_a_document_called_purged_by_hand_is_not_certified(
    settings: Settings, ids: list[str]
) -> None:
    number = agreed(settings)
    with open_retention(settings) as retaining:
        retaining.hold(ids[0], "contentieux", ANNE)
    mine = ELIMINATION_DOCUMENTS.c.document_id == ids[0]
    by_hand(settings, update(ELIMINATION_DOCUMENTS).where(mine).values(state="purged"))

    certificate = purge(settings, number)

    assert [d["document_id"] for d in certificate["documents"]] == [ids[1]]
    assert [d["document_id"] for d in certificate["left"]] == [ids[0]]


def test_a_hold_that_comes_while_a_family_is_judged_keeps_all_of_it(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("facture.xml", invoice_for(1))
    ids = take_in(settings, ("lot.zip", file.getvalue()))
    (member,) = [i for i in ids if shown(settings, i)["parent_id"] is not None]
    agreed(settings)

    with subprocess.Popen(
        [sys.executable, "-c", _WAITS, str(settings.data)],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "looked\n"
        with open_retention(settings) as retaining:
            retaining.hold(member, "contentieux", ANNE)
        said, _ = other.communicate("go on\n" * 9)

    assert said.splitlines()[-1] == "CHANGED FAMILY"
    assert there(settings)
    assert {shown(settings, i)["status"] for i in ids}.isdisjoint({"purging", "purged"})


def test_a_proposal_says_what_it_left_out_and_why(settings: Settings, ids: list[str]) -> None:
    with open_retention(settings) as retaining:
        retaining.hold(ids[0], "contentieux", ANNE)

    with (
        open_eliminations(settings, lambda: TOO_EARLY) as eliminations,
        pytest.raises(EliminationRefused, match="today: 2 TERM"),
    ):
        eliminations.proposing.propose(ANNE)
    with later(settings) as eliminations:
        record = eliminations.proposing.propose(ANNE)
        with pytest.raises(EliminationRefused, match="today: 1 HELD, 1 PROPOSED"):
            eliminations.proposing.propose(ANNE)
    with open_retention(settings) as retaining:
        retaining.release(ids[0], "jugé", ANNE)
    with later(settings) as eliminations:
        last = eliminations.proposing.propose(ANNE, most=1)

    assert (record["left_out"], record["most_reached"]) == ({"HELD": 1}, False)
    assert (last["counts"], last["most_reached"]) == ({"proposed": 1}, True)


def test_several_eliminations_are_purged_and_what_they_leave_is_written_anew_once(
    settings: Settings, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [agreed(settings, document_id) for document_id in ids]
    rewritten: list[str] = []
    compact = Database.compact

    def counted(database: Database) -> None:
        rewritten.append("database")
        compact(database)

    monkeypatch.setattr(Database, "compact", counted)
    with later(settings) as eliminations:
        certificates = eliminations.purge_all(numbers, CLAIRE)

    assert [[d["document_id"] for d in c["documents"]] for c in certificates] == [[i] for i in ids]
    assert rewritten == ["database"]
    assert not there(settings)
    assert not there(settings, 2)


def test_what_was_purged_before_one_that_is_refused_leaves_nothing_either(
    settings: Settings, ids: list[str]
) -> None:
    number = agreed(settings, ids[0])

    with later(settings) as eliminations, pytest.raises(EliminationUnknown):
        eliminations.purge_all([number, 99], CLAIRE)

    with open_application(settings) as application:
        assert application.indexed() == 1
    assert not any(b"F-2026-00001" in path.read_bytes() for path in settings.data.glob("meg.db*"))


def test_a_certificate_is_told_before_what_is_refused_after_it(
    settings: Settings, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = agreed(settings, ids[0])
    monkeypatch.setattr("config.retaining.open_eliminations", later)

    options = ["-o", str(tmp_path / "papers"), "--data", str(settings.data)]
    result = CliRunner().invoke(cli, ["retention", "purge", str(number), "99", *options])

    assert isinstance(result.exception, EliminationUnknown)
    assert f"elimination {number}: 1 documents destroyed" in result.stdout
    assert any((tmp_path / "papers").iterdir())
