from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from archive.errors import KeyTaken, StoreFailed, StoreForbidden
from archive.stores.filesystem import FilesystemStore
from tests.support import PROJECT


def run_child(code: str, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def temporary_files(root: Path) -> list[str]:
    return [p.name for p in (root / ".tmp").rglob("*") if p.is_file()]


def test_objects_are_read_only_files(tmp_path: Path) -> None:
    FilesystemStore(tmp_path / "objects").put_new("main/a", b"x")

    mode = stat.S_IMODE((tmp_path / "objects/main/a").stat().st_mode)

    assert mode & 0o222 == 0
    assert mode & 0o400


def test_leaves_no_temporary_file_behind(tmp_path: Path) -> None:
    store = FilesystemStore(tmp_path)

    store.put_new("a", b"first")
    with pytest.raises(KeyTaken):
        store.put_new("a", b"other")

    assert temporary_files(tmp_path) == []


def test_sweeps_what_a_killed_process_left(tmp_path: Path) -> None:
    # The audit hook kills the child when it is about to give the written object its name.
    code = """
        import os, signal, sys
        from pathlib import Path
        from archive.stores.filesystem import FilesystemStore
        store = FilesystemStore(Path(sys.argv[1]))
        kill = lambda event, _: event == "os.link" and os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(kill)
        store.put_new("a", b"half done")
    """
    died = run_child(code, tmp_path)
    assert died.returncode == -signal.SIGKILL
    assert len(temporary_files(tmp_path)) == 1

    store = FilesystemStore(tmp_path)

    assert temporary_files(tmp_path) == []
    assert list(store.keys()) == []
    store.put_new("a", b"half done")
    assert store.read("a") == b"half done"


def test_a_second_store_leaves_the_first_ones_work_alone(tmp_path: Path) -> None:
    first = FilesystemStore(tmp_path)
    first.put_new("a", b"x")
    folders = set((tmp_path / ".tmp").iterdir())

    second = FilesystemStore(tmp_path)
    second.put_new("b", b"y")

    assert folders < set((tmp_path / ".tmp").iterdir())
    first.put_new("c", b"z")
    assert second.read("c") == b"z"


def test_a_store_that_is_only_read_writes_nothing(tmp_path: Path) -> None:
    FilesystemStore(tmp_path / "objects").put_new("a", b"x")
    shutil.copytree(tmp_path / "objects", tmp_path / "copy", ignore=lambda *_: [".tmp"])
    before = sorted(p.name for p in (tmp_path / "copy").rglob("*"))

    copy = FilesystemStore(tmp_path / "copy")

    assert copy.read("a") == b"x"
    assert list(copy.keys()) == ["a"]
    assert sorted(p.name for p in (tmp_path / "copy").rglob("*")) == before


def test_a_closed_store_takes_its_temporary_folder_with_it(tmp_path: Path) -> None:
    store = FilesystemStore(tmp_path)
    store.put_new("a", b"x")

    store.close()

    assert list((tmp_path / ".tmp").iterdir()) == []


def test_a_full_disk_leaves_nothing_under_the_key(tmp_path: Path) -> None:
    # A limit on file sizes stands in for the full disk: the write fails half way just the same.
    code = """
        import resource, sys
        from pathlib import Path
        from archive.errors import StoreFull
        from archive.stores.filesystem import FilesystemStore
        store = FilesystemStore(Path(sys.argv[1]))
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            store.put_new("a", b"x" * 10000)
        except StoreFull as full:
            print(full.code, list(store.keys()), store.exists("a"))
    """
    done = run_child(code, tmp_path)

    assert done.stdout.strip() == "ARC-05 [] False", done.stderr
    assert temporary_files(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="uses /sys, where nobody may make files")
def test_says_when_it_may_not_write() -> None:
    with pytest.raises(StoreForbidden, match="/sys"):
        FilesystemStore(Path("/sys/meg-objects"))


def test_says_when_a_file_stands_where_a_folder_must_be(tmp_path: Path) -> None:
    store = FilesystemStore(tmp_path)
    store.put_new("a", b"x")

    with pytest.raises(StoreFailed, match="a/b"):
        store.put_new("a/b", b"y")

    assert store.read("a") == b"x"


def test_does_not_follow_a_link_placed_under_a_key(tmp_path: Path) -> None:
    store = FilesystemStore(tmp_path / "objects")
    target = tmp_path / "elsewhere"
    target.write_bytes(b"untouched")
    (tmp_path / "objects/a").symlink_to(target)

    with pytest.raises(KeyTaken):
        store.put_new("a", b"x")

    assert target.read_bytes() == b"untouched"


def test_a_forked_child_and_its_parent_do_not_mix_up_their_files(tmp_path: Path) -> None:
    store = FilesystemStore(tmp_path)
    child = os.fork()
    if child == 0:
        try:
            for i in range(50):
                store.put_new(f"child/{i}", f"child {i}".encode())
        finally:
            os._exit(0)

    for i in range(50):
        store.put_new(f"parent/{i}", f"parent {i}".encode())
    os.waitpid(child, 0)

    assert len(list(store.keys())) == 100
    for who in ("child", "parent"):
        assert all(store.read(f"{who}/{i}") == f"{who} {i}".encode() for i in range(50))
