from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ingest.dropfolder import DropFolder, DropFolderError, DropOptions

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture
def folder(tmp_path: Path) -> DropFolder:
    drop = DropFolder(tmp_path / "inbox", DropOptions(settle=2, patience=60))
    (tmp_path / "inbox").mkdir()
    drop.open()
    return drop


def _names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_a_file_is_taken_once_it_has_rested(folder: DropFolder) -> None:
    (folder.root / "f.pdf").write_bytes(PDF)

    assert folder.ready(0) == ([], [])
    assert folder.ready(1.9) == ([], [])
    assert _names(folder.ready(2.0)[0]) == ["f.pdf"]


def test_a_file_that_still_grows_is_waited_for(folder: DropFolder) -> None:
    path = folder.root / "f.pdf"
    path.write_bytes(PDF)
    folder.ready(0)
    path.write_bytes(PDF + PDF)

    assert folder.ready(2.0) == ([], [])
    assert _names(folder.ready(4.0)[0]) == ["f.pdf"]


def test_a_file_open_for_writing_is_waited_for(folder: DropFolder) -> None:
    path = folder.root / "f.pdf"
    with path.open("wb") as stream:
        stream.write(PDF)
        stream.flush()
        folder.ready(0)
        assert folder.ready(100.0) == ([], [])

    assert _names(folder.ready(200.0)[0]) == ["f.pdf"]


@pytest.mark.parametrize(
    "cut", [b"%PDF-1.7\n1 0 obj", b"<Invoice><cbc:ID>1", b"PK\x03\x04abc", b""]
)
def test_a_file_that_looks_cut_off_is_taken_when_patience_ends(
    folder: DropFolder, cut: bytes
) -> None:
    (folder.root / "f").write_bytes(cut)
    folder.ready(0)

    assert folder.ready(59) == ([], [])
    assert _names(folder.ready(60)[0]) == ["f"]


def _zip(members: dict[str, bytes], comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.comment = comment
    return written.getvalue()


@pytest.mark.parametrize("comment", [b"", b"PK\x05\x06 " * 9_000])
@pytest.mark.parametrize("first", [PDF, b"<Invoice/>"])
def test_a_whole_zip_is_taken_at_once_whatever_lies_in_it(
    folder: DropFolder, first: bytes, comment: bytes
) -> None:
    (folder.root / "lot.zip").write_bytes(_zip({"1": first, "2": b"a" * 5_000}, comment))
    folder.ready(0)

    assert _names(folder.ready(2)[0]) == ["lot.zip"]


@pytest.mark.parametrize("missing", [1, 5_000])
def test_a_zip_that_is_cut_off_is_waited_for(folder: DropFolder, missing: int) -> None:
    data = _zip({"1": PDF, "2": b"a" * 9_000}, b"the end")
    (folder.root / "lot.zip").write_bytes(data[:-missing])
    folder.ready(0)

    assert folder.ready(59) == ([], [])


def test_temporary_and_hidden_names_are_left_alone(folder: DropFolder) -> None:
    for name in ("a.tmp", "b.PART", "c.crdownload", ".hidden", "~$office.pdf", "d.pdf.meg.txt"):
        (folder.root / name).write_bytes(PDF)
    folder.ready(0)

    assert folder.ready(100) == ([], [])


def test_subfolders_are_tended_too(folder: DropFolder) -> None:
    (folder.root / "lundi").mkdir()
    (folder.root / "lundi" / "f.pdf").write_bytes(PDF)
    folder.ready(0)

    assert _names(folder.ready(5)[0]) == ["f.pdf"]


def test_links_and_devices_are_set_aside_with_a_note(folder: DropFolder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (folder.root / "symbolic.pdf").symlink_to(secret)
    os.link(secret, folder.root / "hard.pdf")
    os.mkfifo(folder.root / "pipe.pdf")

    whole, refused = folder.ready(0)
    moved = [folder.set_aside(refusal) for refusal in refused]

    assert whole == []
    assert sorted(_names(moved)) == ["hard.pdf", "pipe.pdf", "symbolic.pdf"]
    assert all(path.with_name(path.name + ".meg.txt").exists() for path in moved)
    assert secret.read_bytes() == b"secret"


def test_a_linked_folder_is_not_entered(folder: DropFolder, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "f.pdf").write_bytes(PDF)
    (folder.root / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    folder.ready(0)

    assert folder.ready(100)[0] == []
    assert (tmp_path / "elsewhere" / "f.pdf").exists()


def test_a_claim_is_found_again_after_a_crash_under_its_id(folder: DropFolder) -> None:
    path = folder.root / "f.pdf"
    path.write_bytes(PDF)
    claim = folder.claim(path, "the-id")
    assert claim is not None

    again = DropFolder(folder.root, DropOptions())
    again.open()

    assert again.left_over() == [claim]
    assert again.read(claim, 1000) == PDF
    assert again.read(claim, len(PDF)) == claim.path
    assert not path.exists()


def test_a_claim_put_in_place_of_which_stands_a_link_is_not_read(
    folder: DropFolder, tmp_path: Path
) -> None:
    path = folder.root / "f.pdf"
    path.write_bytes(PDF)
    claim = folder.claim(path, "the-id")
    assert claim is not None
    claim.path.unlink()
    claim.path.symlink_to(tmp_path / "secret")

    with pytest.raises(OSError, match="symbolic links"):
        folder.read(claim, 1000)


def test_outcomes_never_replace_each_other(folder: DropFolder) -> None:
    targets = []
    for number in range(3):
        path = folder.root / "f.pdf"
        path.write_bytes(PDF + bytes([number]))
        claim = folder.claim(path, f"id-{number}")
        assert claim is not None
        targets.append(folder.finish(claim, "blocked", "Pourquoi\n"))

    assert _names(targets) == ["f.pdf", "f (2).pdf", "f (3).pdf"]
    assert len({path.read_bytes() for path in targets}) == 3
    assert all(
        path.with_name(path.name + ".meg.txt").read_text() == "Pourquoi\n" for path in targets
    )


def test_a_very_long_name_keeps_its_note(folder: DropFolder) -> None:
    path = folder.root / ("x" * 250 + ".pdf")
    path.write_bytes(PDF)
    claim = folder.claim(path, "id")
    assert claim is not None

    target = folder.finish(claim, "unreadable", "Note\n")

    assert target.name == path.name
    assert len(list(target.parent.glob("*.meg.txt"))) == 1


def test_what_was_moved_away_is_not_taken_again(folder: DropFolder) -> None:
    path = folder.root / "f.pdf"
    path.write_bytes(PDF)
    claim = folder.claim(path, "id")
    assert claim is not None
    folder.finish(claim, "approved", None)
    folder.ready(0)

    assert folder.ready(100) == ([], [])


@pytest.mark.parametrize("name", ["é" * 125 + "a.xml", "x" * 255, "\udcff" * 255, "a." + "é" * 120])
def test_any_name_the_system_takes_is_claimed_and_finished(folder: DropFolder, name: str) -> None:
    for number in range(2):
        path = folder.root / name
        path.write_bytes(PDF)
        claim = folder.claim(path, f"id-{number}")
        assert claim is not None

        target = folder.finish(claim, "blocked", f"Note {number}: {name}\n")

        assert target.read_bytes() == PDF
    assert len(list(target.parent.glob("*.meg.txt"))) == 2


def test_a_note_is_never_written_through_a_link(folder: DropFolder, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("precious")
    outcome = folder.root / "traites" / "bloques"
    outcome.mkdir(parents=True)
    (outcome / "f.pdf.meg.txt").symlink_to(key)
    (folder.root / "f.pdf").write_bytes(PDF)
    claim = folder.claim(folder.root / "f.pdf", "id")
    assert claim is not None

    folder.finish(claim, "blocked", "Pourquoi\n")

    assert key.read_text() == "precious"
    notes = [p.read_text() for p in outcome.glob("*.meg.txt") if not p.is_symlink()]
    assert notes == ["Pourquoi\n"]


def test_a_folder_swapped_for_a_link_is_not_gone_through(
    folder: DropFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "f.pdf").write_bytes(PDF)
    (folder.root / "lundi").mkdir()
    (folder.root / "lundi" / "f.pdf").write_bytes(PDF)
    folder.ready(0)
    [path], _ = folder.ready(5)
    (folder.root / "lundi").rename(tmp_path / "away")
    (folder.root / "lundi").symlink_to(elsewhere, target_is_directory=True)

    assert folder.claim(path, "id") is None
    assert (elsewhere / "f.pdf").exists()


def test_folders_a_thousand_deep_are_tended(folder: DropFolder) -> None:
    deepest = folder.root
    for _ in range(1200):
        deepest = deepest / "d"
        deepest.mkdir()
    (deepest / "f.pdf").write_bytes(PDF)
    folder.ready(0)

    found = _names(folder.ready(5)[0])

    (deepest / "f.pdf").unlink()
    while deepest != folder.root:  # tools that remove trees give up at this depth
        deepest.rmdir()
        deepest = deepest.parent
    assert found == ["f.pdf"]


def test_what_a_stranger_left_among_the_claims_is_passed_over(folder: DropFolder) -> None:
    (folder.root / "f.pdf").write_bytes(PDF)
    claim = folder.claim(folder.root / "f.pdf", "id")
    (folder.root / ".meg" / "claimed" / ".probe").touch()

    assert folder.left_over() == [claim]


def test_a_folder_that_went_away_is_an_error_with_a_code(folder: DropFolder) -> None:
    path = folder.root / "f.pdf"
    path.write_bytes(PDF)
    shutil.rmtree(folder.root / ".meg")

    with pytest.raises(DropFolderError):
        folder.claim(path, "id")
    with pytest.raises(DropFolderError):
        folder.left_over()


def test_looking_at_a_file_survives_whoever_opens_it_for_writing(tmp_path: Path) -> None:
    # In a process of its own: the signal that ends a careless one would end the tests.
    script = f"""
import os, threading
from pathlib import Path
from ingest.folder_files import is_being_written
path = Path({str(tmp_path / "f")!r})
path.write_bytes(b"x")
stop = threading.Event()
def open_again_and_again():
    while not stop.is_set():
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass
writer = os.fork()
if writer == 0:
    open_again_and_again()
try:
    for _ in range(20000):
        is_being_written(path)
finally:
    os.kill(writer, 9)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)

    assert done.returncode == 0


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("not a folder")

    with pytest.raises(DropFolderError) as caught:
        DropFolder(tmp_path / "inbox", DropOptions()).open()

    assert caught.value.code == "ING-30"
    assert caught.value.hint
