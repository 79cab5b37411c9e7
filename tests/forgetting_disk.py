"""A file system that forgets what was not fsynced: the power cut, as tests can have it.

    disk = ForgettingDisk(folder, image)
    with disk.mounted():
        ...             # any program may write there, and be killed
    disk.lose_power()   # what was not synced is gone, or part of it
    with disk.mounted():
        ...             # what a machine finds when it comes up again

It keeps to what POSIX promises and gives nothing more: an `fsync` of a file makes its bytes
durable and not its name; an `fsync` of a folder makes the names in it durable. A rename is one
step. Bytes lie in pages of 4 KiB, each old or new on its own. It needs FUSE, and the right to
mount.
"""

from __future__ import annotations

import pickle
import random
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from tests.support import PROJECT

PAGE: Final = 4096
ROOT: Final = 1
_LONGEST_MOUNT: Final = 20.0

Change = list[tuple[int, str, int | None]]
"""Names that come or go in one step: the folder, the name, what it names now."""


@dataclass(slots=True)
class Inode:
    """A file or folder: as it is, and as the disk has it."""

    mode: int
    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    names: dict[str, int] = field(default_factory=dict)
    synced_names: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Disk:
    """All inodes, and the changes of names that no fsync of their folder has made durable."""

    inodes: dict[int, Inode] = field(default_factory=lambda: {ROOT: Inode(stat.S_IFDIR | 0o755)})
    pending: list[Change] = field(default_factory=list)

    def change(self, *names: tuple[int, str, int | None]) -> None:
        """Change names, in memory only."""
        for folder, name, target in names:
            _set(self.inodes[folder].names, name, target)
        self.pending.append(list(names))

    def sync_file(self, number: int) -> None:
        """Make a file's bytes durable."""
        inode = self.inodes[number]
        inode.synced = bytes(inode.data)

    def sync_folder(self, number: int) -> None:
        """Make the names in a folder durable, and with them what shared a step with them."""
        left = []
        for change in self.pending:
            if any(folder == number for folder, _, _ in change):
                self._write(change)
            else:
                left.append(change)
        self.pending = left

    def after_power_cut(self, chance: random.Random | None) -> Disk:
        """What is found again: what was synced and, given a chance, part of what was not."""
        if chance is not None:
            for change in self.pending[: chance.randint(0, len(self.pending))]:
                self._write(change)
        found = Disk({})
        waiting = [ROOT]
        while waiting:
            number = waiting.pop()
            inode = self.inodes[number]
            data = inode.synced if chance is None else _torn(inode, chance)
            names = dict(inode.synced_names)
            found.inodes[number] = Inode(inode.mode, bytearray(data), data, dict(names), names)
            waiting += [n for n in names.values() if n not in found.inodes]
        return found

    def _write(self, change: Change) -> None:
        for folder, name, target in change:
            _set(self.inodes[folder].synced_names, name, target)


def _set(names: dict[str, int], name: str, target: int | None) -> None:
    if target is None:
        names.pop(name, None)
    else:
        names[name] = target


def _torn(inode: Inode, chance: random.Random) -> bytes:
    """Each page as it was synced or as it was last written."""
    new, old = bytes(inode.data), inode.synced
    if new == old:
        return old
    size = chance.choice((len(old), len(new)))
    pages = []
    for start in range(0, size, PAGE):
        page = chance.choice((old, new))[start : start + PAGE]
        pages.append(page.ljust(min(PAGE, size - start), b"\0"))
    return b"".join(pages)


@dataclass(frozen=True, slots=True)
class ForgettingDisk:
    """A disk that is mounted at `at`, and its image while it is not."""

    at: Path
    image: Path

    @contextmanager
    def mounted(self) -> Iterator[Self]:
        """The disk as it was left, until the end of the block."""
        self.at.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "tests.forgetting_fs", str(self.at), str(self.image)]
        server = subprocess.Popen(command, cwd=PROJECT)
        try:
            deadline = time.monotonic() + _LONGEST_MOUNT
            while not self.at.is_mount():
                assert server.poll() is None, "FUSE would not mount"
                assert time.monotonic() < deadline, "FUSE did not mount in time"
                time.sleep(0.01)
            yield self
        except BaseException:
            # What failed may hold files open still.
            subprocess.run(["umount", "--lazy", str(self.at)], check=False)
            server.kill()
            server.wait()
            raise
        # Killed programs take a moment to let their files go.
        deadline = time.monotonic() + _LONGEST_MOUNT
        while subprocess.run(["umount", str(self.at)], check=False, capture_output=True).returncode:
            assert time.monotonic() < deadline, "the disk is still in use"
            time.sleep(0.05)
        server.wait(timeout=_LONGEST_MOUNT)

    def lose_power(self, seed: int | None = None) -> None:
        """Forget all that was not synced, or, with a seed, part of it."""
        chance = None if seed is None else random.Random(seed)  # noqa: S311 - repeatable
        disk: Disk = pickle.loads(self.image.read_bytes())  # noqa: S301 - our own
        self.image.write_bytes(pickle.dumps(disk.after_power_cut(chance)))
