"""What somebody who can write into the database cannot have destroyed."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from archive.evidence.verify import verify as verify_package
from archive.repository import EVENTS, MANIFESTS
from archive.service import Happening
from archive.tiles import WIDTH
from config.assembly import open_application
from config.loader import load_settings
from config.retaining import open_retention
from config.settings import Settings
from domain.records import Record, canonical
from ingest.elimination.case import PROPOSAL, VISA
from ingest.elimination.errors import EliminationRefused, VisaDoubted, VisaNotSealed
from ingest.elimination.papers import certificate_files
from ingest.elimination.tables import subject
from ingest.legal_holds import LEGAL_HOLDS, RELEASED
from tests.elimination_case import (
    AGREED,
    ANNE,
    BRUNO,
    LATER,
    agreed,
    eliminate,
    invoices,
    later,
    purge,
    shown,
    take_in,
    verified,
)
from tests.integration.reference_texts import invoice_for


@dataclass(frozen=True)
class Life:
    """A data folder with two invoices, the first of them held or not."""

    settings: Settings
    ids: list[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    data = tmp_path_factory.mktemp("model") / "data"
    return data, invoices(load_settings(data, {"MEG_LIMITS_READERS": "1"}), 2)


@pytest.fixture
def life(model: tuple[Path, list[str]], tmp_path: Path) -> Life:
    folder, ids = model
    settings = load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})
    shutil.copytree(folder, settings.data, dirs_exist_ok=True)
    return Life(settings, ids)


def hold(life: Life) -> None:
    with open_retention(life.settings) as retaining:
        retaining.hold(life.ids[0], "contentieux", ANNE)


def unhold(life: Life) -> None:
    """Lift the hold as somebody would who has the database and nothing else."""
    with open_application(life.settings) as application, application.database.transaction() as c:
        c.execute(delete(LEGAL_HOLDS))


def messages(settings: Settings) -> list[str]:
    return [p["message"] for r in verified(settings) for p in r["problems"]]


def insert_event(
    settings: Settings,
    about: str,
    kind: str,
    payload: Mapping[str, Any],
    times: int = 1,
    *,
    vouched: bool = False,
) -> None:
    """Write an event into the database as MEG would, and leave its signing to the next seal."""
    with later(settings) as eliminations, open_application(settings) as application:
        happening = Happening(kind, LATER, BRUNO, payload, vouched)
        with application.database.transaction() as connection:
            eliminations.archive.record_about(connection, about, [happening] * times)


def seal(settings: Settings) -> None:
    with later(settings) as eliminations, open_application(settings) as application:
        eliminations.archive.seal(application.database)


def visa_on(number: int, digest: str) -> Record:
    return {
        "elimination": number,
        "decision": "granted",
        "reference": "X",
        "reason": None,
        "struck": [],
        "file": None,
        "proposal": digest,
    }


def test_a_hold_deleted_from_the_table_still_holds(life: Life) -> None:
    hold(life)
    unhold(life)

    found = messages(life.settings)
    with later(life.settings) as eliminations:
        with pytest.raises(EliminationRefused, match="HELD"):
            eliminations.proposing.propose(ANNE, [life.ids[0]])
        record = eliminations.proposing.propose(ANNE)

    assert found == ["by the ledger anne holds it, the database knows of no hold"]
    assert [d["document_id"] for d in record["documents"]] == [life.ids[1]]


def test_a_hold_deleted_between_visa_and_purge_still_holds(life: Life) -> None:
    number = agreed(life.settings)
    hold(life)
    unhold(life)

    certificate = purge(life.settings, number)

    assert [(d["document_id"], d["code"]) for d in certificate["left"]] == [(life.ids[0], "HELD")]
    assert [d["document_id"] for d in certificate["documents"]] == [life.ids[1]]


def test_a_hold_deleted_with_its_event_still_holds(life: Life) -> None:
    hold(life)
    unhold(life)
    # The seal compares the last bundle of the log with the database; this hold stands before it.
    insert_event(life.settings, "filler", "happened", {}, WIDTH)
    seal(life.settings)
    with open_application(life.settings) as application, application.database.transaction() as c:
        last = select(func.max(EVENTS.c.version)).where(EVENTS.c.document_id == life.ids[0])
        version = c.execute(last).scalar_one()
        for table in (EVENTS, MANIFESTS):
            mine = (table.c.document_id == life.ids[0], table.c.version == version)
            c.execute(delete(table).where(*mine))
    number = agreed(life.settings)

    certificate = purge(life.settings, number)

    assert [d["code"] for d in certificate["left"]] == ["CHANGED"]
    assert shown(life.settings, life.ids[0])["status"] == "refused"


def test_a_release_that_nobody_signed_lifts_nothing(life: Life) -> None:
    number = agreed(life.settings)
    hold(life)
    unhold(life)
    insert_event(life.settings, life.ids[0], RELEASED, {"reason": "x"})

    certificate = purge(life.settings, number)

    assert [d["code"] for d in certificate["left"]] == ["NOT_SEALED"]


def test_a_hold_told_otherwise_or_made_up_in_the_table_is_found(life: Life) -> None:
    hold(life)
    with open_application(life.settings) as application, application.database.transaction() as c:
        c.execute(update(LEGAL_HOLDS).values(reason="rien"))
        row = {"document_id": life.ids[1], "set_at": LATER, "set_by": ANNE, "reason": "x"}
        c.execute(insert(LEGAL_HOLDS), row)

    assert sorted(messages(life.settings)) == [
        "the database says that it is held, the ledger that it is not",
        "the hold's reason is rien in the database, contentieux in the ledger",
    ]


def test_a_visa_written_as_an_event_is_not_signed_by_the_purge(life: Life) -> None:
    with later(life.settings) as eliminations:
        digest = eliminations.proposing.propose(ANNE)["sha256"]
    insert_event(life.settings, subject(1), VISA, visa_on(1, digest))

    for _ in range(2):
        with pytest.raises(VisaNotSealed):
            purge(life.settings, 1)

    assert [shown(life.settings, i)["status"] for i in life.ids] == ["refused"] * 2


def test_a_visa_on_another_proposal_is_none(life: Life) -> None:
    with later(life.settings) as eliminations:
        eliminations.proposing.propose(ANNE)
    insert_event(life.settings, subject(1), VISA, visa_on(1, "0" * 64))
    seal(life.settings)

    with pytest.raises(VisaDoubted, match="another proposal"):
        purge(life.settings, 1)


def test_a_second_proposal_under_the_number_is_none(life: Life) -> None:
    with later(life.settings) as eliminations:
        proposal = eliminations.proposing.propose(ANNE, [life.ids[0]])
        eliminations.proposing.propose(ANNE, [life.ids[1]])
    other = {**proposal["bordereau"], "proposed_by": "personne"}
    digest = hashlib.sha256(canonical(other)).hexdigest()
    payload = {"bordereau": other, "sha256": digest}
    insert_event(life.settings, subject(1), PROPOSAL, payload)
    insert_event(life.settings, subject(1), VISA, visa_on(1, digest))
    seal(life.settings)

    with pytest.raises(VisaDoubted, match="more than once"):
        purge(life.settings, 1)


def test_an_interrupted_visa_counts_once_it_is_signed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    with later(life.settings) as eliminations:
        eliminations.proposing.propose(ANNE)
    with monkeypatch.context() as patched:
        patched.setattr("archive.service.Archive.seal", lambda *_: None)
        with later(life.settings) as eliminations:
            eliminations.proposing.say(1, BRUNO, AGREED)
    with pytest.raises(VisaNotSealed):
        purge(life.settings, 1)
    seal(life.settings)

    assert len(purge(life.settings, 1)["documents"]) == 2


def test_a_package_says_whose_the_bytes_are_that_were_kept(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})
    first, second = take_in(settings, ("a.xml", invoice_for(1)), ("b.xml", invoice_for(1)))
    certificate = eliminate(settings, first)
    file, said = io.BytesIO(), []

    with open_application(settings) as application:
        application.write_evidence([first], file, "tests")

    assert verify_package(file, None, lambda text: said.append(str(text))) == 0, said
    told = f"bytes kept because they belong to document {second}"
    assert any(told in text for text in said)
    assert not any("lawfully destroyed" in text for text in said)
    with later(settings) as eliminations:
        signer, zone = eliminations.archive.signer, eliminations.proposing.zone
    page = certificate_files(certificate, signer, zone)["certificat-000001-1.html"].decode()
    assert f"conservés : document {second}" in page


@pytest.fixture
def packed(tmp_path: Path) -> Life:
    """A zip and the invoice that was taken out of it."""
    settings = load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("facture.xml", invoice_for(1))
    ids = take_in(settings, ("lot.zip", file.getvalue()))
    inside = {i: shown(settings, i)["parent_id"] for i in ids}
    ((member, container),) = [(i, parent) for i, parent in inside.items() if parent is not None]
    return Life(settings, [container, member])


def test_container_and_member_are_proposed_together_or_not_at_all(packed: Life) -> None:
    with later(packed.settings) as eliminations:
        for one in packed.ids:
            with pytest.raises(EliminationRefused, match="FAMILY"):
                eliminations.proposing.propose(ANNE, [one])
        record = eliminations.proposing.propose(ANNE)
        eliminations.proposing.say(1, BRUNO, AGREED)

    certificate = purge(packed.settings, 1)

    assert {d["document_id"] for d in record["documents"]} == set(packed.ids)
    assert {d["document_id"] for d in certificate["documents"]} == set(packed.ids)
    assert verified(packed.settings)[-1]["ok"]


@pytest.mark.parametrize("held", [0, 1])
def test_what_keeps_one_keeps_what_it_came_with(packed: Life, held: int) -> None:
    number = agreed(packed.settings)
    with open_retention(packed.settings) as retaining:
        retaining.hold(packed.ids[held], "contentieux", ANNE)

    first = purge(packed.settings, number)
    with later(packed.settings) as eliminations, pytest.raises(EliminationRefused):
        eliminations.proposing.propose(ANNE)
    with open_retention(packed.settings) as retaining:
        retaining.release(packed.ids[held], "jugé", ANNE)
    second = purge(packed.settings, number)

    codes = {d["document_id"]: d["code"] for d in first["left"]}
    assert codes == {packed.ids[held]: "HELD", packed.ids[1 - held]: "FAMILY"}
    assert len(second["documents"]) == 2


def test_a_package_shows_that_the_visa_was_on_another_proposal(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.elimination.case._check_visa", lambda *_: None)
    with later(life.settings) as eliminations:
        eliminations.proposing.propose(ANNE)
    insert_event(life.settings, subject(1), VISA, visa_on(1, "0" * 64), vouched=True)
    seal(life.settings)
    purge(life.settings, 1)
    file, said = io.BytesIO(), []

    with open_application(life.settings) as application:
        application.write_evidence([life.ids[0]], file, "tests")

    assert verify_package(file, None, lambda text: said.append(str(text))) == 1
    assert any("the visa does not cover this destruction" in text for text in said)
