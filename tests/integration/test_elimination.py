"""Elimination: proposal, visa, purge, certificate, and what is left to prove afterwards."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from archive.access import Visitor
from archive.checkpoint import Verifier
from archive.errors import WasPurged
from archive.evidence.verify import verify as verify_package
from archive.manifest import manifest_key, object_key
from archive.repository import EVENTS, MANIFESTS
from config.application import Application
from config.archive_copies import check_place, copy_archive, open_repair
from config.assembly import open_application
from config.loader import load_settings
from config.rebuilding import rebuild_all
from config.retaining import open_retention
from config.settings import Settings
from db import outbox
from domain.identifiers import Digest
from domain.records import Record
from ingest.elimination.errors import EliminationRefused, EliminationUnknown, VisaDoubted
from ingest.elimination.papers import bordereau_csv, bordereau_page, certificate_files
from ingest.elimination.proposing import Visa
from ingest.elimination.tables import CONDEMNED, ELIMINATION_DOCUMENTS, ELIMINATIONS
from ingest.repository import DOCUMENTS
from ingest.retention import HoldRefused
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
from tests.integration.reference_texts import invoice_for, write_reference

SELLER = b"Papeterie des Halles"
VISITOR = Visitor("tests", "cli")


Taken = Callable[[int], list[str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, list[str]]]:
    """Data folders with so many invoices, which only to take in takes seconds."""
    made = {}
    for count in (1, 2, 3):
        data = tmp_path_factory.mktemp(f"life-{count}") / "data"
        made[count] = (data, invoices(load_settings(data, {"MEG_LIMITS_READERS": "1"}), count))
    return made


@pytest.fixture
def taken(lives: dict[int, tuple[Path, list[str]]], settings: Settings) -> Taken:
    """Fills the data folder with so many invoices; gives their ids."""

    def copy(count: int) -> list[str]:
        folder, ids = lives[count]
        shutil.copytree(folder, settings.data, dirs_exist_ok=True)
        return ids

    return copy


def told_anywhere(folder: Path, *words: bytes) -> set[bytes]:
    """Which of these words stand in any file, also inside what is kept compressed."""
    found: set[bytes] = set()
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if "/s/" in path.as_posix():
                data += zlib.decompress(data[64:])
            found |= {word for word in words if word in data}
    return found


def package_of(settings: Settings, document_id: str) -> bytes:
    file = io.BytesIO()
    with open_application(settings) as application:
        application.write_evidence([document_id], file, "tests")
    return file.getvalue()


def verdict_on(package: bytes) -> tuple[int, str]:
    said: list[str] = []
    code = verify_package(io.BytesIO(package), None, lambda text: said.append(str(text)))
    return code, "\n".join(said)


def problems(settings: Settings) -> set[str]:
    records = verified(settings)
    return {p["code"] for r in records for p in r["problems"]}


def of(records: list[Record], document_id: str) -> Record:
    (found,) = [r for r in records if r.get("document_id") == document_id]
    return found


def test_nothing_of_a_purged_document_is_told_anywhere(settings: Settings, taken: Taken) -> None:
    (document_id,) = taken(1)
    words = (b"facture-1.xml", SELLER, b"F-2026-00001", b"hors budget")
    before = told_anywhere(settings.data, *words)

    eliminate(settings, document_id)

    assert before == set(words)
    assert told_anywhere(settings.data, *words) == set()
    with open_application(settings) as application:
        assert application.indexed() == 0
        with pytest.raises(WasPurged):
            application.original(document_id)
        assert application.search("papeterie")["total"] == 0


def test_a_purged_document_verifies_and_is_no_missing_object(
    settings: Settings, taken: Taken
) -> None:
    ids = taken(2)

    eliminate(settings, ids[0])

    records = verified(settings)
    gone, kept = of(records, ids[0]), of(records, ids[1])
    checks = {c["check"]: c["status"] for c in gone["checks"]}
    assert checks == {
        "object": "purged",
        "manifests": "purged",
        "log": "passed",
        "journal": "passed",
    }
    assert kept["ok"]
    assert records[-1]["ok"]
    assert verified(settings, ids[0])[0]["ok"]
    record = shown(settings, ids[0])
    assert record["status"] == "purged"
    assert record["purged"]["visa"]["reference"] == AGREED.reference
    assert [e["payload"] for e in record["history"][:-2]] == [{}] * (len(record["history"]) - 2)


def test_the_package_proves_that_it_existed_and_was_lawfully_destroyed(
    settings: Settings,
    taken: Taken,
) -> None:
    ids = taken(1)
    eliminate(settings, ids[0])

    package = package_of(settings, ids[0])

    code, said = verdict_on(package)
    names = zipfile.ZipFile(io.BytesIO(package)).namelist()
    assert code == 0, said
    assert f"{ids[0]}: existed, lawfully destroyed" in said
    assert not [n for n in names if "original" in n or n.endswith("/v1.json")]
    assert f"documents/{ids[0]}/certificate.json" in names
    assert f"documents/{ids[0]}/proofs/v1-1.tlog-proof" in names
    with open_application(settings) as application:
        assert application.proofs(ids[0])[0]["event"] == "received"


@pytest.mark.parametrize(
    "part",
    [
        "certificate.json",
        "certificate.json.note",
        "v1-1.tlog-proof",
        "elimination/proposal.json",
        "elimination/visa.json",
    ],
)
def test_a_package_of_a_purged_document_that_was_changed_fails(
    settings: Settings, taken: Taken, part: str
) -> None:
    ids = taken(1)
    eliminate(settings, ids[0])
    package = bytearray(package_of(settings, ids[0]))
    with zipfile.ZipFile(io.BytesIO(bytes(package))) as opened:
        (info,) = [i for i in opened.infolist() if i.filename.endswith(part)]
    package[info.header_offset + 30 + len(info.filename) + info.file_size // 2] ^= 1

    code, _ = verdict_on(bytes(package))

    assert code == 1


def test_the_certificate_is_signed_and_readable(settings: Settings, taken: Taken) -> None:
    ids = taken(2)

    certificate = eliminate(settings)

    with later(settings) as eliminations:
        signer = eliminations.archive.signer
        zone = eliminations.proposing.zone
        files = certificate_files(certificate, signer, zone)
        listed = eliminations.proposing.load(1)
    data, note = files["certificat-000001-1.json"], files["certificat-000001-1.json.note"]
    assert {d["document_id"] for d in certificate["documents"]} == set(ids)
    assert json.loads(data)["visa"]["by"] == BRUNO
    assert Verifier(signer.name, signer.verifier.public).has_signed(note)
    assert hashlib.sha256(data).hexdigest().encode() in note
    assert ids[0].encode() in files["certificat-000001-1.html"]
    assert files["certificat-000001-1.pdf"].startswith(b"%PDF")
    assert listed["state"] == "purged"
    assert listed["certificates"] == [certificate]


def test_a_bordereau_names_documents_for_whoever_checks_it(
    settings: Settings, taken: Taken
) -> None:
    taken(1)
    with later(settings) as eliminations:
        record = eliminations.proposing.propose(ANNE)
        zone = eliminations.proposing.zone

    printed, listed = bordereau_page(record, zone).decode(), bordereau_csv(record).decode("utf-8")

    assert SELLER.decode() in printed
    assert SELLER.decode() in listed
    assert "L212-2 et R212-14" in printed
    assert record["sha256"] in printed
    # What is kept for ever names nobody but the two who decided.
    assert SELLER.decode() not in json.dumps(record["bordereau"])


def test_four_eyes_and_a_reference_are_asked_for(settings: Settings, taken: Taken) -> None:
    taken(1)
    with later(settings) as eliminations:
        proposing = eliminations.proposing
        proposing.propose(ANNE)
        with pytest.raises(EliminationRefused, match="another person"):
            proposing.say(1, ANNE, AGREED)
        with pytest.raises(EliminationRefused, match="reference"):
            proposing.say(1, BRUNO, Visa(granted=True))
        with pytest.raises(EliminationRefused, match="no visa"):
            eliminations.purge(1, BRUNO)
        with pytest.raises(EliminationUnknown):
            eliminations.purge(2, BRUNO)
        proposing.say(1, BRUNO, AGREED)
        with pytest.raises(EliminationRefused, match="already"):
            proposing.say(1, BRUNO, AGREED)


def test_a_visa_of_the_proposer_destroys_nothing_even_if_it_was_recorded(
    settings: Settings, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(1)
    monkeypatch.setattr("ingest.elimination.proposing._check", lambda *_: None)
    with later(settings) as eliminations:
        eliminations.proposing.propose(ANNE)
        eliminations.proposing.say(1, ANNE, AGREED)

        with pytest.raises(VisaDoubted):
            eliminations.purge(1, BRUNO)


def test_a_company_needs_no_reference(settings: Settings, taken: Taken, tmp_path: Path) -> None:
    taken(1)
    write_reference(tmp_path, "entities")
    with open_application(settings) as application:
        application.import_reference([tmp_path / "entities.csv"], partial=False)

    number = agreed(settings, visa=Visa(granted=True))

    with later(settings) as eliminations:
        assert eliminations.proposing.load(number)["regime"] == "private"


def test_a_refused_proposal_destroys_nothing_and_frees_its_documents(
    settings: Settings, taken: Taken
) -> None:
    ids = taken(1)
    with later(settings) as eliminations:
        eliminations.proposing.propose(ANNE)
        with pytest.raises(EliminationRefused):
            eliminations.proposing.propose(ANNE)
        eliminations.proposing.say(1, BRUNO, Visa(granted=False, reason="fonds historique"))
        with pytest.raises(EliminationRefused, match="refused"):
            eliminations.purge(1, BRUNO)
        again = eliminations.proposing.propose(ANNE)

    assert again["number"] == 2
    assert [d["document_id"] for d in again["documents"]] == ids


def test_what_is_struck_off_stays(settings: Settings, taken: Taken) -> None:
    ids = taken(2)
    number = agreed(settings, visa=replace(AGREED, struck={ids[1]: "échantillon historique"}))

    certificate = purge(settings, number)

    assert [d["document_id"] for d in certificate["documents"]] == [ids[0]]
    assert certificate["struck"] == [{"document_id": ids[1], "reason": "échantillon historique"}]
    assert shown(settings, ids[1])["status"] == "refused"
    assert verified(settings)[-1]["ok"]


def test_a_hold_laid_after_the_visa_keeps_the_document(settings: Settings, taken: Taken) -> None:
    ids = taken(2)
    number = agreed(settings)
    with open_retention(settings) as retaining:
        retaining.hold(ids[0], "contentieux", ANNE)

    first = purge(settings, number)
    with open_retention(settings) as retaining:
        retaining.release(ids[0], "jugé", ANNE)
        with pytest.raises(HoldRefused):
            retaining.hold(ids[1], "trop tard", ANNE)
    second = purge(settings, number)

    assert [(d["document_id"], d["code"]) for d in first["left"]] == [(ids[0], "HELD")]
    assert [d["document_id"] for d in first["documents"]] == [ids[1]]
    assert [d["document_id"] for d in second["documents"]] == [ids[0]]
    assert second["certificate"] == 2
    assert verified(settings)[-1]["ok"]


def test_what_is_open_young_or_being_worked_on_is_not_proposed(
    settings: Settings, taken: Taken
) -> None:
    ids = taken(2)
    with open_application(settings) as application:
        (waiting,) = application.ingest([("open.xml", invoice_for(9))], "tests")
        with application.database.transaction() as connection:
            outbox.ask(connection, "rejudge", [ids[0]], LATER)
    with later(settings) as eliminations:
        record = eliminations.proposing.propose(ANNE)
        with pytest.raises(EliminationRefused, match="OPEN"):
            eliminations.proposing.propose(ANNE, [waiting["document_id"]])
        with pytest.raises(EliminationRefused, match="BUSY"):
            eliminations.proposing.propose(ANNE, [ids[0]])

    assert waiting["status"] in {"in_review", "blocked"}
    assert [d["document_id"] for d in record["documents"]] == [ids[1]]


def test_the_last_document_of_an_order_keeps_the_others(settings: Settings, tmp_path: Path) -> None:
    write_reference(tmp_path, "entities", "suppliers", "orders", "order_lines", "receipts")
    with open_application(settings) as application:
        application.import_reference(sorted(tmp_path.glob("*.csv")), partial=False)
    ids = invoices(settings, 2)
    young = LATER.replace(year=2035)
    with open_application(settings) as application, application.database.transaction() as c:
        c.execute(
            update(DOCUMENTS).where(DOCUMENTS.c.document_id == ids[1]).values(received_at=young)
        )
    with later(settings) as eliminations, pytest.raises(EliminationRefused, match="TOGETHER"):
        eliminations.proposing.propose(ANNE, [ids[0]])
    alone = replace(settings, retention=replace(settings.retention, keep_with="document"))

    with later(alone) as eliminations:
        record = eliminations.proposing.propose(ANNE, [ids[0]])

    assert [d["document_id"] for d in record["documents"]] == [ids[0]]


def test_bytes_that_a_living_document_has_too_stay(settings: Settings) -> None:
    first, second = take_in(settings, ("a.xml", invoice_for(1)), ("b.xml", invoice_for(1)))

    certificate = eliminate(settings, first)

    assert certificate["documents"][0]["destroyed"] == []
    assert certificate["documents"][0]["shared"] == [shown(settings, second)["sha256"]]
    with open_application(settings) as application:
        assert application.original(second)[1] == invoice_for(1)
    assert verified(settings)[-1]["ok"]

    last = eliminate(settings, second)

    assert last["documents"][0]["shared"] == []
    assert not list((settings.data / "objects" / "main" / "o").rglob("?" * 64))
    assert verified(settings)[-1]["ok"]


def test_the_same_bytes_received_again_are_a_new_document(settings: Settings, taken: Taken) -> None:
    (first,) = taken(1)
    eliminate(settings, first)

    (again,) = take_in(settings, ("again.xml", invoice_for(1)))

    assert shown(settings, again)["duplicate_of"] is None
    with open_application(settings) as application:
        assert application.original(again)[1] == invoice_for(1)
    assert verified(settings)[-1]["ok"]


def test_bytes_received_while_they_are_being_destroyed_are_kept(
    settings: Settings, taken: Taken
) -> None:
    (first,) = taken(1)
    number = agreed(settings)
    received: list[str] = []

    def meanwhile(step: str) -> None:
        if step == "spared":
            received.extend(take_in(settings, ("again.xml", invoice_for(1))))

    certificate = purge(settings, number, meanwhile)

    assert certificate["documents"][0]["document_id"] == first
    assert certificate["documents"][0]["destroyed"] == []
    with open_application(settings) as application:
        assert application.original(received[0])[1] == invoice_for(1)
    assert verified(settings)[-1]["ok"]


def test_whoever_stored_bytes_before_their_destruction_stores_them_again(
    settings: Settings,
    taken: Taken,
) -> None:
    taken(1)
    eliminate(settings)
    with open_application(settings) as application:
        with application.database.reading() as connection:
            condemned = list(connection.execute(select(CONDEMNED.c.sha256)).scalars())
        take_in(settings, ("again.xml", invoice_for(1)))
        with application.database.reading() as connection:
            left = list(connection.execute(select(CONDEMNED.c.sha256)).scalars())

    assert condemned == [Digest.of(invoice_for(1)).hex]
    assert left == []


def test_a_rebuild_brings_back_what_was_purged_as_purged(settings: Settings, taken: Taken) -> None:
    ids = taken(3)
    number = agreed(settings, ids[0], ids[1], visa=replace(AGREED, struck={ids[1]: "témoin"}))
    purge(settings, number)
    with later(settings) as eliminations:
        eliminations.proposing.propose(ANNE)
    before = _tables(settings)

    rebuild_all(settings, lambda _what, _count: None, replace=True)

    assert _tables(settings) == before
    assert shown(settings, ids[0])["status"] == "purged"
    assert verified(settings)[-1]["ok"]
    with open_application(settings) as application:
        assert application.indexed() == 2


def _tables(settings: Settings) -> list[list[str]]:
    with open_application(settings) as application, application.database.reading() as connection:
        return [
            sorted(map(repr, connection.execute(select(table)).all()))
            for table in (EVENTS, MANIFESTS, ELIMINATIONS, ELIMINATION_DOCUMENTS, DOCUMENTS)
        ]


def test_bytes_that_are_missing_without_a_purge_are_lost(settings: Settings, taken: Taken) -> None:
    ids = taken(2)
    eliminate(settings, ids[0])
    (settings.data / "objects" / _object_of(settings, ids[1])).unlink()

    assert problems(settings) == {"OBJECT_MISSING"}


def _object_of(settings: Settings, document_id: str) -> str:
    return object_key("main", Digest(shown(settings, document_id)["sha256"]))


def _forge(application: Application, document_id: str) -> None:
    """Write a purge into the database and the store, as the real one would stand there."""
    model = shown(application.settings, document_id)
    names = (model["sha256"], len(model["history"]))
    body = json.dumps({"forged": names}).encode()
    key = application.settings.data / "objects" / manifest_key("main", document_id, 9)
    key.write_bytes(body)
    with application.database.transaction() as connection:
        for position, kind in ((900, "purge_started"), (901, "purged")):
            row = {
                "position": position,
                "document_id": document_id,
                "version": 9,
                "type": kind,
                "at": LATER,
                "entry": hashlib.sha256(body + kind.encode()).digest(),
            }
            connection.execute(insert(EVENTS), row)
        row = {"document_id": document_id, "version": 9, "written": True}
        connection.execute(insert(MANIFESTS), row | {"digest": hashlib.sha256(body).hexdigest()})
        connection.execute(
            update(DOCUMENTS).where(DOCUMENTS.c.document_id == document_id).values(status="purged")
        )


def test_a_purge_forged_in_the_database_is_found(settings: Settings, taken: Taken) -> None:
    (document_id,) = taken(1)
    key = _object_of(settings, document_id)
    with open_application(settings) as application:
        _forge(application, document_id)
    (settings.data / "objects" / key).unlink()

    found = problems(settings)

    assert "OBJECT_MISSING" in found
    assert "MANIFEST_UNREADABLE" in found


def test_a_status_forged_in_the_database_is_found(settings: Settings, taken: Taken) -> None:
    (document_id,) = taken(1)
    with open_application(settings) as application, application.database.transaction() as c:
        c.execute(update(DOCUMENTS).values(status="purged"))

    (record,) = verified(settings, document_id)

    assert not record["ok"]
    assert "the database says purged, the ledger refused" in record["problems"][0]["message"]


def test_a_visa_forged_in_the_database_is_no_visa(settings: Settings, taken: Taken) -> None:
    (document_id,) = taken(1)
    with later(settings) as eliminations:
        eliminations.proposing.propose(ANNE)
    with open_application(settings) as application, application.database.transaction() as c:
        c.execute(update(ELIMINATIONS).values(state="approved", visa_by=BRUNO, visa_at=LATER))

    with pytest.raises(EliminationRefused, match="no visa"):
        purge(settings, 1)
    assert problems(settings) == {"ING-60"}
    assert shown(settings, document_id)["status"] == "refused"


def test_an_event_that_is_not_in_the_log_destroys_nothing(settings: Settings, taken: Taken) -> None:
    taken(1)
    number = agreed(settings)
    with open_application(settings) as application, application.database.reading() as connection:
        last = max(connection.execute(select(EVENTS.c.position)).scalars())
    tile = settings.data / "objects" / "main" / "log" / "tile" / "0" / "000.p" / str(last + 1)
    data = bytearray(tile.read_bytes())
    data[-1] ^= 1
    tile.chmod(0o600)
    tile.write_bytes(bytes(data))

    with pytest.raises(VisaDoubted):
        purge(settings, number)


def test_what_should_be_gone_and_is_not_is_named(settings: Settings, taken: Taken) -> None:
    (document_id,) = taken(1)
    key = settings.data / "objects" / _object_of(settings, document_id)
    first = settings.data / "objects" / manifest_key("main", document_id, 1)
    kept = first.read_bytes()
    eliminate(settings, document_id)

    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_bytes(invoice_for(1))
    first.write_bytes(kept)

    assert problems(settings) == {"NOT_DESTROYED"}


def test_copies_in_the_outcome_folders_go_with_the_document(
    settings: Settings, taken: Taken
) -> None:
    (document_id,) = taken(1)
    done = settings.drop_folder / "traites" / "refuses"
    done.mkdir(parents=True)
    (done / "facture-1.xml").write_bytes(invoice_for(1))
    (done / "facture-1.xml.meg.txt").write_text("Papeterie des Halles", "utf-8")
    (done / "autre.xml").write_bytes(invoice_for(1).replace(b"F-2026-00001", b"F-2026-00009"))

    eliminate(settings, document_id)

    assert [p.name for p in done.iterdir()] == ["autre.xml"]


def test_a_purge_reaches_the_replica_with_the_next_copy(
    settings: Settings, taken: Taken, tmp_path: Path
) -> None:
    ids = taken(2)
    replica = tmp_path / "replica"
    copy_archive(settings, "archive", str(replica), VISITOR)
    number = agreed(settings, ids[0])
    key = _object_of(settings, ids[0])

    purge(settings, number)
    with open_repair(settings, str(replica)) as repair, pytest.raises(WasPurged):
        repair.restore(key)
    report = copy_archive(settings, "archive", str(replica), VISITOR)

    *_, check = check_place(settings, str(replica), None)
    assert report.destroyed > 0
    assert not (replica / key).exists()
    assert told_anywhere(replica, b"F-2026-00001") == set()
    assert check["ok"], check


def test_a_copy_destroys_nothing_because_the_archive_lost_it(
    settings: Settings, taken: Taken, tmp_path: Path
) -> None:
    ids = taken(2)
    eliminate(settings, ids[0])
    replica = tmp_path / "replica"
    copy_archive(settings, "archive", str(replica), VISITOR)
    for key in (_object_of(settings, ids[1]), manifest_key("main", ids[1], 1)):
        (settings.data / "objects" / key).unlink()

    report = copy_archive(settings, "archive", str(replica), VISITOR)

    assert report.destroyed == 0
    assert (replica / manifest_key("main", ids[1], 1)).exists()


def test_an_encrypted_archive_loses_the_keys_too(tmp_path: Path) -> None:
    environment = {"MEG_LIMITS_READERS": "1", "MEG_ARCHIVE_ENCRYPTED": "true"}
    settings = load_settings(tmp_path / "data", environment)
    (document_id,) = invoices(settings, 1)
    key = _object_of(settings, document_id)

    eliminate(settings, document_id)
    (again,) = take_in(settings, ("again.xml", invoice_for(1)))

    assert not (settings.data / "objects" / manifest_key("main", document_id, 1)).exists()
    assert _object_of(settings, again) == key
    with open_application(settings) as application:
        assert application.original(again)[1] == invoice_for(1)
    assert verified(settings)[-1]["ok"]
