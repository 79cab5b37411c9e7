"""The log's key changes: each key for its span, and nothing that was signed is lost by a crash."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event

from api.cli import cli
from archive import repository
from archive.checkpoint import Verifier, read_checkpoint
from archive.errors import KeyFileUnreadable, KeysDiffer, LogForked, NoSuchSize, SignerChanged
from archive.evidence.verify import verify
from archive.fsck import LogCheck, LogReport, check_files
from archive.key_history import KeyHistory, rotation_statement, stored_statements
from archive.keys import load_key, load_log_signer, load_or_create_signer, load_verifier
from archive.manifest import KEYS_DOCUMENT
from archive.replica import Copying
from archive.rotation import (
    ARCHIVED,
    DESTROYED,
    KeyPlace,
    finish_rotation,
    load_key_records,
    rotate,
)
from archive.service import Archive, Rotation
from archive.stores.filesystem import FilesystemStore
from tests.archive_case import ORIGIN, START, ArchiveCase, open_case
from tests.support import PROJECT

_FILE_STEPS = {"open", "os.mkdir", "os.link", "os.remove", "os.rename"}


@pytest.fixture
def case(tmp_path: Path) -> ArchiveCase:
    """A log of three events, signed."""
    found = open_case(tmp_path / "case")
    found.receive(found.incoming(3))
    found.seal()
    return found


def place_of(case: ArchiveCase) -> KeyPlace:
    return KeyPlace(case.folder / "keys" / "log.pem", ORIGIN, case.database, case.store)


def rotated(
    case: ArchiveCase,
    old_key: str = ARCHIVED,
    compromised: str | None = None,
    void_from: int | None = None,
) -> ArchiveCase:
    """The case under its next key, sealed."""
    rotation = Rotation(START, "anne", old_key, compromised, void_from)
    rotate(place_of(case), case.archive, rotation)
    case = with_key(case)
    case.seal()
    return case


def with_key(case: ArchiveCase) -> ArchiveCase:
    """The case with the key that lies there now, as at the start of the program."""
    place = place_of(case)
    finish_rotation(place)
    case.signer = load_log_signer(place.path, ORIGIN, case.database, case.store)
    case.archive = Archive(case.store, case.signer)
    return case


def signers(case: ArchiveCase, verifiers: list[Verifier]) -> dict[int, list[int]]:
    """By size of each checkpoint, which of these keys signed it."""
    with case.database.reading() as connection:
        notes = [row.note.encode() for row in repository.checkpoints(connection)]
    return {
        read_checkpoint(note).size: [i for i, v in enumerate(verifiers) if v.has_signed(note)]
        for note in notes
    }


def check_alone(case: ArchiveCase, key: str) -> LogReport:
    """What an auditor finds with files and this key alone."""
    *_, report = check_files(case.store, "main", key)
    assert isinstance(report, LogReport)
    return report


def test_each_key_signs_its_span_and_all_of_it_verifies(case: ArchiveCase) -> None:
    keys = [case.signer.verifier]
    for _ in range(2):
        case = rotated(case)
        keys.append(case.signer.verifier)
        case.receive(case.incoming(2))
        case.seal()

    assert signers(case, keys) == {3: [0], 4: [1], 6: [1], 7: [2], 9: [2]}
    assert case.problems() == []
    with case.database.reading() as connection:
        history = case.archive.key_history(connection)
        rotation = case.archive.prove(connection, KEYS_DOCUMENT)
    assert [key.start for key in history.keys] == [0, 4, 7]
    assert [proof.position for proof in rotation] == [3, 6]
    for key in keys:
        report = check_alone(case, key.verifier_key)
        assert (report.size, report.checkpoints, report.problems) == (9, 5, [])


def test_the_rotation_is_an_event_that_says_who_and_what(case: ArchiveCase) -> None:
    case = rotated(case, DESTROYED)

    with case.database.reading() as connection:
        [past] = case.archive.history(connection, KEYS_DOCUMENT)
    assert (past.position, past.event.type, past.event.actor) == (3, "key_rotated", "anne")
    assert past.event.payload["old_key"] == DESTROYED
    assert stored_statements(case.store, "main") == [past.event.payload["statement"]]
    records = load_key_records(place_of(case), case.signer.verifier)
    assert [(r["status"], r["from"], r["to"]) for r in records] == [
        ("rotated", 0, 3),
        ("current", 4, None),
    ]
    assert [r["private_key"] for r in records] == [DESTROYED, "in use"]
    assert records[0]["rotated_by"] == "anne"


def test_the_old_private_key_is_kept_or_gone_as_was_chosen(case: ArchiveCase) -> None:
    place, first = place_of(case), case.signer.verifier
    pem = place.path.read_bytes()

    case = rotated(case, ARCHIVED)
    second = case.signer.verifier
    kept = place.kept(first)
    assert load_key(kept, ORIGIN).verifier == load_verifier(kept) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    gone = place.path.open("rb")  # what an undelete would find of the second key
    case = rotated(case, DESTROYED)

    assert gone.read().strip() == b""
    gone.close()
    assert load_verifier(place.kept(second)) == second
    assert not place.kept(second).exists()
    assert pem not in [p.read_bytes() for p in place.path.parent.iterdir() if p.is_file()]
    assert load_verifier(place.path) == case.signer.verifier
    assert not place.next.exists()


def test_the_former_key_signs_nothing_more(case: ArchiveCase) -> None:
    former = case.archive
    case = rotated(case)
    before = sorted(case.store.keys())
    case.receive(case.incoming(1))

    with pytest.raises(SignerChanged, match="another key signs from size 4 on"):
        former.seal(case.database)

    new = set(case.store.keys()) - set(before)
    assert not any("/log/" in key for key in new)
    assert case.seal() == 5


def test_the_former_key_put_back_is_refused_at_the_start(case: ArchiveCase) -> None:
    place, first = place_of(case), case.signer.verifier
    case = rotated(case)
    shutil.copy(place.kept(first), place.path)

    with pytest.raises(SignerChanged, match="is a former key"):
        with_key(case)


def test_keys_from_the_safe_are_taken_up_without_their_public_half(case: ArchiveCase) -> None:
    place = place_of(case)
    case = rotated(case)
    pem = place.path.read_bytes()
    shutil.rmtree(place.path.parent)
    with pytest.raises(SignerChanged, match="is missing"):
        with_key(case)
    place.path.parent.mkdir()
    place.path.write_bytes(pem)
    place.path.chmod(0o600)

    case = with_key(case)

    assert load_verifier(place.path) == case.signer.verifier
    assert case.problems() == []


def test_a_database_from_before_the_rotation_is_told_as_one(case: ArchiveCase) -> None:
    place = place_of(case)
    case.database.close()
    for path in case.folder.glob("meg.db*"):
        shutil.copy(path, path.with_name(f"kept-{path.name}"))
    case = rotated(open_case(case.folder))
    case.database.close()
    for path in case.folder.glob("meg.db*"):
        path.unlink()
    for path in case.folder.glob("kept-meg.db*"):
        path.rename(path.with_name(path.name.removeprefix("kept-")))
    old = open_case(case.folder)

    with pytest.raises(LogForked, match="rotated its key 1 times, the database knows of 0"):
        load_log_signer(place.path, ORIGIN, old.database, old.store)


def test_a_rotation_waits_for_a_log_in_order(case: ArchiveCase) -> None:
    place = place_of(case)
    case.receive(case.incoming(1))
    (case.folder / "objects/main/log/checkpoint/3").unlink()

    with pytest.raises(LogForked):
        rotate(place, case.archive, Rotation(START, "anne", DESTROYED))

    assert not place.next.exists()
    assert load_key(place.path, ORIGIN).verifier == case.signer.verifier


# --- A key that somebody else may hold ----------


def test_a_compromised_key_counts_no_more_from_the_size_said(case: ArchiveCase) -> None:
    first = case.signer.verifier
    case.receive(case.incoming(2))
    case.seal()

    case = rotated(case, DESTROYED, "poste volé\nle 3", 4)

    [old, new] = load_key_records(place_of(case), case.signer.verifier)
    assert (old["status"], old["void_from"], old["reason"]) == (
        "compromised",
        4,
        "poste volé\nle 3",
    )
    assert case.problems() == []
    report = check_alone(case, new["verifier_key"])
    assert report.problems == []
    assert [(f.code, f.key) for f in report.information] == [
        ("CHECKPOINT_VOID", "main/log/checkpoint/5")
    ]
    # Who only has the key that was compromised is told that it proves nothing.
    codes = [f.code for f in check_alone(case, first.verifier_key).problems]
    assert codes == ["KEY_COMPROMISED"]


def test_a_checkpoint_by_the_thief_is_found(case: ArchiveCase) -> None:
    thief = case.signer
    case = rotated(case, DESTROYED, "poste volé")
    case.receive(case.incoming(3))
    case.seal()
    root = bytes(32)
    from archive.checkpoint import Checkpoint

    case.store.put_new("main/log/checkpoint/6", thief.sign(Checkpoint(ORIGIN, 6, root)))

    assert ("CHECKPOINT_NOT_SIGNED", "main/log/checkpoint/6") in case.problems()


def test_by_default_all_that_was_signed_stays_good(case: ArchiveCase) -> None:
    case = rotated(case, DESTROYED, "poste volé")

    assert load_key_records(place_of(case), case.signer.verifier)[0]["void_from"] == 4
    assert check_alone(case, case.signer.verifier.verifier_key).information == []


@pytest.mark.parametrize("size", [5, 99])
def test_a_size_that_the_key_did_not_sign_is_refused(case: ArchiveCase, size: int) -> None:
    with pytest.raises(NoSuchSize, match="signs from size 1 to 3"):
        rotate(place_of(case), case.archive, Rotation(START, "anne", DESTROYED, "volé", size))

    assert not place_of(case).next.exists()


# --- Forged histories ----------


def test_a_rotation_that_only_the_new_key_signed_is_refused(case: ArchiveCase) -> None:
    other = load_or_create_signer(case.folder / "other" / "log.pem", ORIGIN)
    good = rotation_statement(case.signer, other, 4)
    text, _, lines = good.partition("\n\n")
    both = lines.splitlines(keepends=True)
    forged = [
        f"{text}\n\n{both[1]}",
        f"{text}\n\n{both[1]}{both[1]}",
        good.replace("from 4", "from 3"),
        good.replace("key rotation", "key"),
        "nothing",
    ]

    assert [k.start for k in KeyHistory.read([good], other.verifier).keys] == [0, 4]
    for statement in forged:
        with pytest.raises(SignerChanged):
            KeyHistory.read([statement], other.verifier)
    with pytest.raises(SignerChanged, match="does not follow"):
        KeyHistory.read([good, good], other.verifier)


def test_a_changed_history_is_found(case: ArchiveCase) -> None:
    case = rotated(case)
    path = case.folder / "objects/main/m" / KEYS_DOCUMENT / "v1.json"
    record = json.loads(path.read_bytes())
    payload = record["events"][0]["payload"]
    payload["statement"] = payload["statement"].replace("from 4", "from 2")
    path.chmod(0o600)
    path.write_bytes(
        json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )

    report = LogCheck(case.store, "main/log", case.signer.verifier.verifier_key).run()

    assert "KEY_HISTORY_CHANGED" in [f.code for f in report.problems]
    assert {code for code, _ in case.problems()} >= {"KEY_HISTORY_CHANGED", "DATABASE_DIFFERS"}


def test_rotations_taken_out_of_the_database_are_found(case: ArchiveCase) -> None:
    case = rotated(case)
    with case.database.transaction() as connection:
        connection.execute(repository.KEY_ROTATIONS.delete())

    assert case.problems() == [("DATABASE_DIFFERS", f"main/m/{KEYS_DOCUMENT}/")]


def test_keys_are_not_told_without_a_rotation_of_the_archive(case: ArchiveCase) -> None:
    case = rotated(case)
    with case.database.transaction() as connection:
        connection.execute(repository.KEY_ROTATIONS.delete())

    with case.database.reading() as connection, pytest.raises(KeysDiffer, match="0 rotations"):
        case.archive.key_history(connection)
    with pytest.raises(KeysDiffer):
        load_key_records(place_of(case), case.signer.verifier)
    with pytest.raises(KeysDiffer):
        rotated(case)


def test_a_rotation_not_yet_in_the_store_is_told(case: ArchiveCase) -> None:
    """A crash came between the event and its manifest; the database still has its bytes."""
    rotate(place_of(case), case.archive, Rotation(START, "anne", ARCHIVED))
    path = case.folder / "objects/main/m" / KEYS_DOCUMENT / "v1.json"
    path.unlink()

    records = load_key_records(place_of(case), load_verifier(place_of(case).path))

    assert [record["from"] for record in records] == [0, 4]


# --- Crashes ----------


def child(folder: Path, old_key: str, kill_at: int) -> None:
    """Rotate and seal, dying just before the n-th step."""
    case = open_case(folder)
    steps = 0

    def count(*_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if name in _FILE_STEPS and str(folder) in str(arguments[0]):
            count()

    for name in ("before_cursor_execute", "commit"):
        event.listen(case.database.engine, name, count)
    sys.addaudithook(audit)
    rotated(case, old_key)


def killed_at(folder: Path, old_key: str, step: int) -> bool:
    """Whether the child died there; it came to its end otherwise."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            child(folder, old_key, step)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.slow
@pytest.mark.parametrize(("old_key", "step"), [(ARCHIVED, 1), (DESTROYED, 2)])
def test_a_kill_at_any_step_leaves_one_key_that_signs(
    tmp_path: Path, old_key: str, step: int
) -> None:
    base = open_case(tmp_path / "base")
    base.receive(base.incoming(3))
    base.seal()
    base.receive(base.incoming(1))
    first = base.signer.verifier
    base.database.close()
    counts = set()
    while True:
        folder = tmp_path / str(step)
        shutil.copytree(tmp_path / "base", folder)
        died = killed_at(folder, old_key, step)
        counts.add(_goes_on(folder, first, old_key))
        shutil.rmtree(folder)
        if not died:
            break
        step += 2  # the other half of the steps is the other case's
    assert step > 40
    assert counts == {1, 2}


def test_a_kill_around_the_swap_is_taken_up(tmp_path: Path) -> None:
    """The same at the steps that matter most, found by what is there when they are reached."""
    for old_key in (ARCHIVED, DESTROYED):
        for step in range(30, 80, 5):
            folder = tmp_path / f"{old_key}-{step}"
            case = open_case(folder)
            case.receive(case.incoming(2))
            case.seal()
            first = case.signer.verifier
            case.database.close()

            killed_at(folder, old_key, step)

            _goes_on(folder, first, old_key)


def _goes_on(folder: Path, first: Verifier, old_key: str) -> int:
    """Start again after a crash: everything verifies, and goes on; gives the number of keys."""
    case = open_case_as_it_is(folder)
    place = place_of(case)
    case.seal()
    assert case.problems() == []
    records = load_key_records(place, case.signer.verifier)
    keys = [record["verifier_key"] for record in records]
    assert keys[0] == first.verifier_key
    assert load_verifier(place.path) == case.signer.verifier
    if len(keys) == 2:
        assert not place.next.exists()
        assert place.kept(first).exists() == (old_key == ARCHIVED)
        for key in keys:
            assert check_alone(case, key).problems == []
    else:
        case = rotated(case, old_key)  # a key left over from the crash does not stand in the way
        assert case.problems() == []
    case.receive(case.incoming(1))
    case.seal()
    assert case.problems() == []
    case.database.close()
    return len(keys)


def open_case_as_it_is(folder: Path) -> ArchiveCase:
    """Open the folder as the program does: what is under way is taken up first."""
    from db.engine import Database

    database = Database(f"sqlite:///{folder / 'meg.db'}")
    store = FilesystemStore(folder / "objects")
    finish_rotation(KeyPlace(folder / "keys" / "log.pem", ORIGIN, database, store))
    database.close()
    case = with_key(open_case(folder))
    case.made = 1000
    return case


def test_the_database_lost_after_the_swap_comes_back_from_the_archive(case: ArchiveCase) -> None:
    """The archive holds the rotation before the old key is gone, though nothing was sealed."""
    place = place_of(case)
    rotate(place, case.archive, Rotation(START, "anne", DESTROYED))

    history = KeyHistory.read(stored_statements(case.store, "main"), load_verifier(place.path))

    assert [key.start for key in history.keys] == [0, 4]
    report = check_alone(case, history.current.verifier.verifier_key)
    assert (report.size, report.problems) == (3, [])


# --- The commands ----------


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one document, sealed."""
    data = tmp_path_factory.mktemp("sealed") / "data"
    name = PROJECT / "tests/data/cii_every_field.xml"
    assert meg(data, "ingest", str(name)).exit_code == 0
    return data


@pytest.fixture
def data(sealed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(sealed, tmp_path / "data")
    return tmp_path / "data"


def meg(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--data", str(data)])


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def only_document(data: Path) -> str:
    [found] = [p.name for p in (data / "objects/main/m").iterdir() if p.name != KEYS_DOCUMENT]
    return found


def test_keys_rotate_and_list_and_all_else_goes_on(data: Path, tmp_path: Path) -> None:
    first = (data / "keys/log.vkey").read_text(encoding="utf-8").strip()

    [old, new] = lines(meg(data, "keys", "rotate", "--old-key", "destroy", "--json"))

    assert old["verifier_key"] == first
    assert new["verifier_key"] == (data / "keys/log.vkey").read_text(encoding="utf-8").strip()
    assert lines(meg(data, "keys", "list", "--json")) == [old, new]
    told = meg(data, "keys", "list").stdout
    assert first in told
    assert new["fingerprint"] in told
    assert meg(data, "verify", "--all").exit_code == 0
    assert "1 documents, 0 with problems" in meg(data, "verify", "--all").stdout
    assert meg(data, "verify", KEYS_DOCUMENT).exit_code == 0
    assert meg(data, "proof", KEYS_DOCUMENT).stdout.startswith("c2sp.org/tlog-proof@v1")
    assert meg(data, "scrub", "--full").exit_code == 0
    copied = meg(data, "archive", "copy", "archive", str(tmp_path / "copy"))
    assert copied.exit_code == 0, copied.output
    kept = next((data / "objects/main/s/d").rglob("v*"))
    key = str(kept.relative_to(data / "objects"))
    kept.chmod(0o600)
    kept.write_bytes(b"damaged")
    repaired = meg(data, "archive", "repair", key, "--from", str(tmp_path / "copy"))
    assert repaired.exit_code == 0, repaired.output
    invoice = PROJECT / "tests/data/ubl_every_field.xml"
    assert meg(data, "ingest", str(invoice)).exit_code == 0
    assert meg(data, "verify", "--all").exit_code == 0


def test_a_rebuild_brings_the_key_history_back(data: Path) -> None:
    before = lines(meg(data, "keys", "rotate", "--old-key", "archive", "--json"))
    before = lines(meg(data, "keys", "rotate", "--old-key", "destroy", "--json"))
    for path in data.glob("meg.db*"):
        path.unlink()

    rebuilt = meg(data, "rebuild")

    assert rebuilt.exit_code == 0, rebuilt.output
    assert lines(meg(data, "keys", "list", "--json")) == before
    assert meg(data, "verify", "--all").exit_code == 0
    assert meg(data, "keys", "rotate", "--old-key", "archive").exit_code == 0


@pytest.mark.parametrize("compromised", [None, "poste volé"])
def test_a_package_tells_each_key_and_who_may_be_believed(
    data: Path, tmp_path: Path, compromised: str | None
) -> None:
    words = ["--old-key", "archive", *(["--compromised", compromised] if compromised else [])]
    [old, new] = lines(meg(data, "keys", "rotate", *words, "--json"))
    target = tmp_path / "one.zip"
    assert meg(data, "evidence", only_document(data), "-o", str(target)).exit_code == 0

    told = {key["verifier_key"]: check_package(target, key["verifier_key"]) for key in (old, new)}

    assert [code for code, _ in told.values()] == [0, 0]
    assert "The key is the one you gave" in told[new["verifier_key"]][1]
    by_old = told[old["verifier_key"]][1]
    assert ("The key is the one you gave" in by_old) == (compromised is None)
    assert ("compromised since" in by_old) == (compromised is not None)
    assert ("poste volé" in by_old) == (compromised is not None)
    assert check_package(target, "0" * 64)[0] == 1


def test_a_package_without_a_rotation_is_not_made(data: Path, tmp_path: Path) -> None:
    words = ["--old-key", "destroy", "--compromised", "poste volé"]
    assert meg(data, "keys", "rotate", *words).exit_code == 0
    with closing(sqlite3.connect(data / "meg.db")) as database:
        database.execute("DELETE FROM key_rotations")
        database.commit()

    result = meg(data, "evidence", only_document(data), "-o", str(tmp_path / "one.zip"))

    assert getattr(result.exception, "code", None) == "ARC-18"
    assert not (tmp_path / "one.zip").exists()


def test_a_reason_is_shown_not_obeyed(data: Path, tmp_path: Path) -> None:
    reason = "volé\n  OK           faux\x1b[2K"
    told = meg(data, "keys", "rotate", "--old-key", "destroy", "--compromised", reason).stdout
    target = tmp_path / "one.zip"
    assert meg(data, "evidence", only_document(data), "-o", str(target)).exit_code == 0
    key = (data / "keys/log.vkey").read_text(encoding="utf-8").strip()

    listed = meg(data, "keys", "list").stdout
    _, checked = check_package(target, key)

    for text in (told, listed, checked):
        assert "volé\\n  OK           faux\\x1b[2K" in text
        assert "\x1b" not in text


def check_package(package: Path, key: str) -> tuple[int, str]:
    told: list[str] = []
    code = verify(io.BytesIO(package.read_bytes()), key, told.append)
    return code, "\n".join(told)


def test_rotating_asks_for_what_it_needs(data: Path) -> None:
    assert meg(data, "keys", "rotate").exit_code == 2
    for words in (["--from", "3"], ["--compromised", " "]):
        assert meg(data, "keys", "rotate", "--old-key", "archive", *words).exit_code == 2
    assert len(lines(meg(data, "keys", "list", "--json"))) == 1


def test_rotating_is_refused_while_meg_runs(data: Path) -> None:
    from config.folder import tended

    with tended(data):
        result = meg(data, "keys", "rotate", "--old-key", "archive")

    assert getattr(result.exception, "code", None) == "CFG-03"
    assert len(lines(meg(data, "keys", "list", "--json"))) == 1


def test_a_lost_key_is_refused_with_the_next_step(data: Path) -> None:
    shutil.rmtree(data / "keys")

    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "verify", "--all", "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 1
    assert "ARC-13" in done.stderr
    assert "safe copy" in done.stderr
    assert not (data / "keys/log.key").exists()


def test_the_next_key_must_be_as_private_as_the_present_one(case: ArchiveCase) -> None:
    place = place_of(case)
    rotation = Rotation(START, "anne", ARCHIVED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.rotation._install", lambda *_: None)
        rotate(place, case.archive, rotation)
    place.next.chmod(0o644)

    with pytest.raises(KeyFileUnreadable, match="chmod 600"):
        finish_rotation(place)

    place.next.chmod(0o600)
    assert with_key(case).seal() == 4


def test_a_copy_taken_before_the_rotation_is_brought_up_to_date(
    case: ArchiveCase, tmp_path: Path
) -> None:
    copy = FilesystemStore(tmp_path / "copy")
    Copying(case.store, copy, "main").run()
    case = rotated(case)

    Copying(case.store, copy, "main").run()

    *_, report = check_files(copy, "main", case.signer.verifier.verifier_key)
    assert isinstance(report, LogReport)
    assert (report.size, report.problems) == (4, [])
