"""Database and index are lost; both come back from the archive alone."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from api.cli.rebuild import rebuild as rebuild_command
from archive.errors import ArchiveIncomplete, KeptUnreadable, LogDamaged, LogForked, SignerChanged
from config.application import Application
from config.assembly import open_application
from config.rebuilding import rebuild_all
from config.settings import LimitSettings, Settings
from db.metadata import METADATA
from domain.errors import Error
from domain.records import Record
from ingest.kept import DOCUMENT_TABLES
from ingest.rebuild import DatabaseNotEmpty, Rebuilt
from ingest.repository import PersonLinks
from matching.reference import REFERENCE_TABLES
from tests.integration.reference_texts import ORDER, invoice_for, write_reference
from tests.support import PROJECT
from tests.trade_documents import advice, order_x, received

_SAMPLE = PROJECT / "api" / "sample"
_LOG_TABLES = (
    "events",
    "manifests",
    "checkpoints",
    "log_head",
    "origins",
    "kept_changes",
    "key_rotations",
)
_KEYS = ("reference_keys", "supplier_keys", "order_line_keys")


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which much has happened."""
    settings = Settings(
        data=tmp_path_factory.mktemp("life") / "data", limits=LimitSettings(readers=1)
    )
    with open_application(settings) as application:
        _live(application, settings.data.parent)
    return settings.data


def _live(application: Application, folder: Path) -> None:
    application.import_reference([_SAMPLE / "reference"], partial=False)
    inbox = sorted((_SAMPLE / "inbox").iterdir())
    records = list(application.ingest([(p.name, p) for p in inbox], "test"))
    by_status: dict[str, list[Record]] = {}
    for record in records:
        by_status.setdefault(record["status"], []).append(record)
    blocked = [r["document_id"] for r in by_status["blocked"]]
    application.resolve(blocked[0], "refuse", "déjà payée", "anne")
    application.resolve(blocked[1], "hold", "service fait attendu", "anne")
    (unknown,) = [
        r["document_id"]
        for r in records
        if any(d["code"] == "IBAN_UNKNOWN" for d in r["discrepancies"])
    ][:1]
    application.say_of_account(unknown, "vouch", "rappelé au standard", "anne")
    application.say_of_account(unknown, "vouch", "attestation reçue", "bruno")
    printed = next(r for r in records if r["source"] == "pdf_text" and r["invoice"])
    application.correct(
        printed["document_id"], {"buyer_reference": "SERVICE-7"}, "manquait", "claire"
    )
    write_reference(folder, "entities", "suppliers")
    names = ("entities.csv", "suppliers.csv")
    application.import_reference([folder / name for name in names], partial=False)
    waiting = list(application.ingest([("w.xml", invoice_for(4)), ("x.xml", invoice_for(6))], "t"))
    list(application.ingest([("o.xml", order_x(ORDER))], "t"))
    receipt = advice("ReceiptAdvice", "BL-7", ORDER, received("10"))
    list(application.ingest([("r.xml", receipt)], "t"))
    application.link(waiting[1]["document_id"], PersonLinks((ORDER,)), "vu avec eux", "claire")
    while application.judge_again():
        pass


@pytest.fixture
def lost(life: Path, tmp_path: Path) -> Settings:
    """A copy of that folder, to be hurt."""
    shutil.copytree(life, tmp_path / "data")
    return Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))


def _lose(settings: Settings) -> None:
    for path in settings.data.glob("meg.db*"):
        path.unlink()
    shutil.rmtree(settings.data / "index")


def _rebuild(settings: Settings, *, replace: bool = False) -> Rebuilt:
    return rebuild_all(settings, lambda _what, _count: None, replace=replace)


def _tables(application: Application) -> Record:
    names = [t.name for t in DOCUMENT_TABLES] + list(REFERENCE_TABLES)
    found: Record = {}
    with application.database.reading() as connection:
        for name in (*names, *_LOG_TABLES, *_KEYS):
            rows = connection.execute(select(METADATA.tables[name])).mappings()
            found[name] = sorted(map(repr, map(_telling, rows)))
        found["verdict_inputs"] = sorted(set(found["verdict_inputs"]))
        balances = connection.execute(select(METADATA.tables["balances"])).all()
        found["balances"] = sorted((*b[:3], *map(float, b[3:])) for b in balances if any(b[3:]))
    return found


_ONE_WORD = {"approve": "approved", "review": "in_review", "block": "blocked"}


def _telling(row: Mapping[Any, Any]) -> Record:
    """A row without what judging again leaves behind when nothing came out otherwise.

    That is another spelling of an open status, and inputs that no verdict names.
    """
    told = dict(row)
    if "supplier_key" in told:
        told["status"] = _ONE_WORD.get(told["status"], told["status"])
    return {"document_id": told["document_id"]} if "inputs" in told else told


def _said(application: Application) -> dict[str, Any]:
    ids = [d["document_id"] for d in application.documents(status=None, limit=500, before=None)]
    return {i: application.show(i) for i in ids}


@pytest.fixture
def before(lost: Settings) -> tuple[Record, Record]:
    with open_application(lost) as application:
        known = _tables(application), _said(application)
    _lose(lost)
    return known


def test_all_comes_back_as_it_was(lost: Settings, before: tuple[Record, Record]) -> None:
    rebuilt = _rebuild(lost)

    tables, said = before
    assert rebuilt.anew == 0
    assert rebuilt.log.unsigned == 0
    with open_application(lost) as application:
        again = _tables(application)
        assert {n for n in tables if tables[n] != again[n]} == set()
        assert _said(application) == said
        assert application.indexed() == rebuilt.documents == len(said)
        assert application.search("claire OR voirie OR papier")["total"] > 0
        assert all(r["ok"] for r in application.verify(None))
        judged = [i for i, record in said.items() if record["decision"]]
        assert all(application.replay(i)["same"] for i in judged)
        assert application.judge_again() == 0
    assert all(len(tables[t.name]) for t in DOCUMENT_TABLES if t.name not in _NOT_LIVED)
    assert _tables_after_reopening(lost) == again


_NOT_LIVED = {
    "announced",
    "told",
    "replacements",
    "credits",
    "legal_holds",
    "correction_uses",
    "correction_keys",
}


def _tables_after_reopening(settings: Settings) -> Record:
    with open_application(settings) as application:
        return _tables(application)


def test_life_goes_on_after_a_rebuild(lost: Settings) -> None:
    _lose(lost)
    _rebuild(lost)

    with open_application(lost) as application:
        write_reference(lost.data, "receipts")
        application.import_reference([lost.data / "receipts.csv"], partial=False)
        (record,) = application.ingest([("new.xml", invoice_for(1))], "test")
        size, signed = application.log_sizes()
        before = _tables(application)

        assert size == signed
        assert record["match"]["orders"] == [ORDER]
        assert all(r["ok"] for r in application.verify(None))
    _lose(lost)
    _rebuild(lost)
    with open_application(lost) as application:
        again = _tables(application)
    assert {n for n in before if before[n] != again[n]} == set()


def test_a_database_with_something_in_it_is_not_thrown_away_unasked(lost: Settings) -> None:
    with pytest.raises(DatabaseNotEmpty):
        _rebuild(lost)

    assert _rebuild(lost, replace=True).anew == 0


def test_what_was_received_and_not_processed_is_processed(lost: Settings) -> None:
    with open_application(lost) as application:
        pipeline = application._pipeline
        incoming = _incoming(pipeline.new_id())
        pipeline.receive([incoming])
    _lose(lost)

    rebuilt = _rebuild(lost)

    assert rebuilt.log.unsigned == 1
    with open_application(lost) as application:
        assert application.show(incoming.document_id)["status"] == "received"
        list(application.ingest([], "test"))
        assert application.show(incoming.document_id)["decision"]
        assert all(r["ok"] for r in application.verify(None))


def _incoming(document_id: str) -> Any:
    from ingest.pipeline import Incoming

    return Incoming(document_id, "late.xml", "test", invoice_for(2))


def test_a_document_without_kept_rows_is_processed_anew(lost: Settings) -> None:
    states = lost.data / "objects" / "main" / "s" / "d"
    first = min(states.iterdir())
    shutil.rmtree(first)
    _lose(lost)

    assert _rebuild(lost).anew == 1
    with open_application(lost) as application:
        list(application.ingest([], "test"))
        assert application.show(first.name)["status"] != "received"
        assert application.verify(None) is not None


def _of(settings: Settings, folder: str) -> Path:
    files = (p for p in (settings.data / "objects" / "main" / folder).rglob("*") if p.is_file())
    return min(files)


def _change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def _remove_manifest(settings: Settings) -> None:
    _of(settings, "m").unlink()


def _change_state(settings: Settings) -> None:
    # The newest of a document is the one that is read.
    for folder in (settings.data / "objects" / "main" / "s" / "d").iterdir():
        _change(max(folder.iterdir(), key=lambda p: int(p.name[1:])))


def _change_entries(settings: Settings) -> None:
    for path in (settings.data / "objects" / "main" / "log" / "tile" / "entries").rglob("*"):
        if path.is_file():
            _change(path)


def _change_signature(settings: Settings) -> None:
    path = _of(settings, "log/checkpoint")
    text, mark, signature = path.read_text().rpartition(" ")
    changed = bytearray(base64.b64decode(signature))
    changed[-1] ^= 1
    path.chmod(0o600)
    path.write_text(text + mark + base64.b64encode(changed).decode() + "\n")


def _cut_signature(settings: Settings) -> None:
    path = _of(settings, "log/checkpoint")
    path.chmod(0o600)
    path.write_text(path.read_text()[:-9])


@pytest.mark.parametrize(
    ("hurt", "error"),
    [
        (_remove_manifest, ArchiveIncomplete),
        (_change_state, KeptUnreadable),
        (_change_entries, LogDamaged),
        (_change_signature, SignerChanged),
        (_cut_signature, LogDamaged),
    ],
)
def test_a_damaged_archive_is_not_taken_for_whole(
    lost: Settings, hurt: Any, error: type[Error]
) -> None:
    _lose(lost)
    hurt(lost)

    with pytest.raises(error):
        _rebuild(lost)


def _run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(rebuild_command, [*arguments, "--data", str(data)])


def test_the_command_says_what_came_back(lost: Settings) -> None:
    _lose(lost)

    result = _run(lost.data)

    assert result.exit_code == 0
    assert "documents, a log of" in result.stdout
    assert "meg verify --all" in result.stdout


def test_every_table_is_rebuilt_or_known_not_to_be() -> None:
    rebuilt = {*_LOG_TABLES, *_KEYS, "balances", "scrubs", "accesses"}
    rebuilt |= {"eliminations", "elimination_documents", "condemned"}
    rebuilt |= {t.name for t in DOCUMENT_TABLES} | set(REFERENCE_TABLES)

    assert set(METADATA.tables) - rebuilt == {"outbox"}


def test_a_database_that_was_lost_is_not_begun_anew(lost: Settings) -> None:
    _lose(lost)

    with pytest.raises(LogForked, match="no log at all"), open_application(lost):
        pass
