"""Two logs from one beginning, a log cut off or written anew, backups that do not fit."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from archive import repository
from archive.checkpoint import Checkpoint
from archive.comparison import comparison_record
from archive.errors import LogForked
from archive.evidence.verify import is_extension
from archive.fsck import check_files
from archive.keys import load_or_create_signer
from archive.service import Archive
from domain.records import Record
from tests.archive_case import ORIGIN, ArchiveCase, open_case
from tests.support import PROJECT

_INVOICES = ("cii_every_field.xml", "ubl_every_field.xml")


@pytest.fixture
def case(tmp_path: Path) -> ArchiveCase:
    """A log of three events, signed."""
    found = open_case(tmp_path / "one")
    found.receive(found.incoming(3))
    found.seal()
    return found


def copied(case: ArchiveCase, name: str, *parts: str) -> Path:
    """A copy of the case's folder, or of these parts of it, as a backup makes one."""
    case.database.engine.dispose()
    target = case.folder.parent / name
    for part in parts or [path.name for path in case.folder.iterdir()]:
        source = case.folder / part
        if source.is_dir():
            shutil.copytree(source, target / part)
        elif source.exists():
            target.mkdir(exist_ok=True)
            shutil.copy(source, target / part)
    return target


def grown(case: ArchiveCase, count: int, text: str) -> ArchiveCase:
    """The case with so many events more, sealed."""
    case.receive(case.incoming(count, text))
    case.seal()
    return case


def kept_by_the_auditor(case: ArchiveCase) -> bytes:
    with case.database.reading() as connection:
        last = repository.last_checkpoint(connection)
    assert last is not None
    return last.note.encode()


def compared(case: ArchiveCase, note: bytes) -> Record:
    with case.database.reading() as connection:
        return comparison_record(case.archive, connection, note)


def codes(case: ArchiveCase, note: bytes) -> list[str]:
    record = compared(case, note)
    assert record["ok"] == (not record["problems"])
    return [problem["code"] for problem in record["problems"]]


def codes_alone(case: ArchiveCase, note: bytes) -> list[str]:
    """The same by the files alone."""
    *_, report = check_files(
        case.store, "main", case.signer.verifier.verifier_key, {"kept.txt": note}
    )
    return [finding.code for finding in report.problems if finding.key == "kept.txt"]


# --- What the auditor's checkpoint tells ----------


def test_a_log_that_only_grew_extends_every_checkpoint_kept_of_it(case: ArchiveCase) -> None:
    notes = []
    for count in (1, 252, 1, 300):
        notes.append(kept_by_the_auditor(case))
        case = grown(case, count, "invoice")
    notes.append(kept_by_the_auditor(case))

    for note in notes:
        record = compared(case, note)
        assert record["ok"], record["problems"]
        assert codes_alone(case, note) == []
        # The program that auditors run says the same from the record alone.
        size, root = record["checkpoint"]["size"], bytes.fromhex(record["checkpoint"]["root"])
        path = [base64.b64decode(line) for line in record["path"]]
        log = record["log"]
        assert is_extension(size, root, log["size"], bytes.fromhex(log["root"]), path)


@pytest.mark.parametrize(("here", "there"), [(2, 2), (5, 2), (600, 2), (3, 300)])
def test_a_second_log_from_the_same_beginning_is_told(
    case: ArchiveCase, here: int, there: int
) -> None:
    beginning = kept_by_the_auditor(case)
    other = open_case(copied(case, "two"))
    other.made = 1000
    case = grown(case, here, "shown here")
    other = grown(other, there, "shown there")

    assert other.problems() == case.problems() == []
    assert codes(case, beginning) == codes(other, beginning) == []
    shorter, longer = (case, other) if here <= there else (other, case)
    assert codes(longer, kept_by_the_auditor(shorter)) == ["SPLIT_VIEW"]
    expected = "SPLIT_VIEW" if here == there else "LOG_TRUNCATED"
    assert codes(shorter, kept_by_the_auditor(longer)) == [expected]
    assert codes_alone(longer, kept_by_the_auditor(shorter)) == ["SPLIT_VIEW"]
    assert codes_alone(shorter, kept_by_the_auditor(longer)) == [expected]
    assert codes_alone(case, beginning) == codes_alone(other, beginning) == []


def test_a_log_that_was_cut_off_is_told(case: ArchiveCase) -> None:
    before = copied(case, "before")
    kept = kept_by_the_auditor(grown(case, 2, "invoice"))
    cut = open_case(before)

    assert cut.problems() == []  # from inside nothing can be seen
    assert codes(cut, kept) == codes_alone(cut, kept) == ["LOG_TRUNCATED"]


def test_a_log_written_anew_by_who_holds_the_key_is_told(case: ArchiveCase) -> None:
    kept = kept_by_the_auditor(case)
    rewritten = open_case(copied(case, "rewritten", "keys"))
    rewritten.receive(rewritten.incoming(2))
    rewritten.receive(rewritten.incoming(1, "another invoice"))
    rewritten = grown(rewritten, 4, "more")

    assert rewritten.problems() == []  # signed, complete and false
    assert codes(rewritten, kept) == ["SPLIT_VIEW"]


def test_what_is_no_checkpoint_of_this_log_is_told_as_that(case: ArchiveCase) -> None:
    root = bytes(32)
    foreign = load_or_create_signer(case.folder / "keys/foreign.pem", "meg.local/other")
    forger = load_or_create_signer(case.folder / "keys/forger.pem", ORIGIN)
    kept = kept_by_the_auditor(case)

    assert codes(case, foreign.sign(Checkpoint("meg.local/other", 3, root))) == [
        "CHECKPOINT_FOREIGN"
    ]
    assert codes(case, forger.sign(Checkpoint(ORIGIN, 3, root))) == ["CHECKPOINT_NOT_SIGNED"]
    assert codes(case, kept.replace(b"\n3\n", b"\n2\n")) == ["CHECKPOINT_NOT_SIGNED"]
    for garbage in (b"", b"\xff\xfe", b"meg.local/main\n3\n", kept[:-20]):
        assert codes(case, garbage) == ["CHECKPOINT_UNREADABLE"], garbage


def test_nothing_to_compare_with_is_told(tmp_path: Path) -> None:
    empty = open_case(tmp_path / "empty")

    note = empty.signer.sign(Checkpoint(ORIGIN, 3, bytes(32)))

    assert codes(empty, note) == ["NOT_SEALED"]


@pytest.mark.parametrize("name", ["tile/0/000.p/4", "tile/0/000"])
def test_a_damaged_log_is_not_taken_for_a_split_one(case: ArchiveCase, name: str) -> None:
    kept = kept_by_the_auditor(case)
    case = grown(case, 1 if "/4" in name else 300, "invoice")
    path = case.folder / "objects/main/log" / name
    path.chmod(0o600)
    content = path.read_bytes()
    path.write_bytes(content[:64] + bytes([content[64] ^ 1]) + content[65:])

    assert codes(case, kept) == ["LOG_DAMAGED"]


# --- What the sealer refuses ----------


def refused(case: ArchiveCase, match: str) -> None:
    """Sealing is refused, and nothing is written anywhere in the store."""
    before = sorted(case.store.keys())
    with pytest.raises(LogForked, match=match):
        case.seal()
    assert sorted(case.store.keys()) == before


def test_a_new_database_cannot_seal_into_a_store_that_has_a_log(case: ArchiveCase) -> None:
    other = open_case(copied(case, "two", "keys"), store=case.store)
    stored = other.receive(other.incoming(5, "other"))
    other.decide(stored)

    refused(other, "the database knows nothing above 0")
    assert grown(case, 1, "goes on").problems() == []


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1), (2, 2), (300, 1), (1, 300)])
def test_of_two_databases_at_work_on_one_store_one_is_refused(
    case: ArchiveCase, first: int, second: int
) -> None:
    other = open_case(copied(case, "two"), store=case.store)
    other.made = 5000
    # Both have sealed before, so neither looks through all checkpoints again.
    case.seal()
    other.seal()
    other = grown(other, first, "other")
    case.receive(case.incoming(second, "this"))

    with pytest.raises(LogForked):
        case.seal()

    assert set(case.store.keys("main/log/checkpoint/")) == {
        "main/log/checkpoint/3",
        f"main/log/checkpoint/{3 + first}",
    }
    assert grown(other, 1, "goes on").seal() == 4 + first


def test_a_database_from_an_old_backup_is_refused_before_anything_is_written(
    case: ArchiveCase,
) -> None:
    backup = copied(case, "backup", "meg.db", "meg.db-wal", "keys")
    [stored, *_] = case.receive(case.incoming(2))
    case.decide([stored])
    case.seal()
    old = open_case(backup, store=case.store)
    old.made = 1000
    old.decide(old.receive(old.incoming(2, "another future")))

    refused(old, "the store has main/log/checkpoint/7")


def test_a_store_from_an_old_backup_is_refused(case: ArchiveCase) -> None:
    backup = copied(case, "backup", "objects")
    case = grown(case, 2, "lost")
    case.database.engine.dispose()
    shutil.rmtree(case.folder / "objects")
    (backup / "objects").rename(case.folder / "objects")
    old = open_case(case.folder)
    old.made = 1000
    old.decide(old.receive(old.incoming(1, "after")))

    refused(old, "the store lacks main/log/checkpoint/5")
    assert ("CHECKPOINT_MISSING", "main/log/checkpoint/5") in old.problems()


def test_what_a_crash_of_ours_left_is_gone_on_with(case: ArchiveCase) -> None:
    """Files beyond the checkpoint that hold this database's events are its own."""
    case.receive(case.incoming(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.ledger.Ledger._sign", _killed)
        with pytest.raises(RuntimeError):
            case.seal()
    case.receive(case.incoming(1))

    again = Archive(case.store, case.signer)

    assert again.seal(case.database).size == 6
    assert case.problems() == []


def _killed(*_: object) -> None:
    raise RuntimeError("killed")


# --- The commands ----------


def meg(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one document, sealed."""
    assert _ingest(tmp_path / "data", _INVOICES[0]).exit_code == 0
    return tmp_path / "data"


def _ingest(data: Path, name: str) -> Result:
    return meg(data, "ingest", str(PROJECT / "tests/data" / name))


def test_verify_compares_with_a_checkpoint_that_was_kept(data: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(meg(data, "proof", "--checkpoint").stdout, encoding="utf-8")
    before = tmp_path / "before"
    shutil.copytree(data, before)
    assert _ingest(data, _INVOICES[1]).exit_code == 0
    later = tmp_path / "later.txt"
    later.write_text(meg(data, "proof", "--checkpoint").stdout, encoding="utf-8")

    fine = meg(data, "verify", "--checkpoint", str(kept), "--checkpoint", str(later))
    cut = meg(before, "verify", "--checkpoint", str(later), "--json")
    whole = meg(data, "verify", "--all", "--checkpoint", str(kept), "--json")

    assert fine.exit_code == 0, fine.output
    assert fine.stdout.count("ok   ") == 2
    assert cut.exit_code == 1
    assert json.loads(cut.stdout)["problems"][0]["code"] == "LOG_TRUNCATED"
    records = [json.loads(line) for line in whole.stdout.splitlines()]
    assert whole.exit_code == 0
    assert records[0]["ok"]
    assert records[0]["path"]
    assert records[-1]["summary"]
    assert meg(data, "verify").exit_code == 2


def test_another_view_of_the_log_is_told_by_its_name(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(data, other)
    assert _ingest(data, _INVOICES[1]).exit_code == 0
    assert _ingest(other, "zugferd1_text_line.xml").exit_code == 0
    kept = tmp_path / "kept.txt"
    kept.write_text(meg(other, "proof", "--checkpoint").stdout, encoding="utf-8")

    result = meg(data, "verify", "--checkpoint", str(kept))

    assert result.exit_code == 1
    assert "BAD" in result.stdout
    assert "SPLIT_VIEW" in result.stdout or "LOG_TRUNCATED" in result.stdout


def test_a_backup_of_the_database_alone_is_refused_with_its_code(
    data: Path, tmp_path: Path
) -> None:
    for path in data.glob("meg.db*"):
        shutil.copy(path, tmp_path / path.name)
    assert _ingest(data, _INVOICES[1]).exit_code == 0
    for path in data.glob("meg.db*"):
        path.unlink()
    for path in tmp_path.glob("meg.db*"):
        shutil.copy(path, data / path.name)

    result = _ingest(data, "zugferd1_text_line.xml")

    assert getattr(result.exception, "code", None) == "ARC-11"
    checked = meg(data, "verify", "--all")
    assert checked.exit_code == 1
    assert "DATABASE_DIFFERS" in checked.stdout
