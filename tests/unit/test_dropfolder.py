from __future__ import annotations

import os
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


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("not a folder")

    with pytest.raises(DropFolderError) as caught:
        DropFolder(tmp_path / "inbox", DropOptions()).open()

    assert caught.value.code == "ING-30"
    assert caught.value.hint
