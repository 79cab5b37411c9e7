"""The forgetting disk as a file system: `python -m tests.forgetting_fs FOLDER IMAGE` mounts it.

Apart from the disk itself, since libfuse must be there to import this.
"""

from __future__ import annotations

import errno
import os
import pickle
import stat
import sys
from pathlib import Path
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations  # type: ignore[import-untyped]

from tests.forgetting_disk import PAGE, ROOT, Disk, Inode


class ForgettingFilesystem(Operations):  # type: ignore[misc]
    """What the kernel asks, answered from a disk in memory; saved when unmounted."""

    use_ns = True

    def __init__(self, image: Path) -> None:
        """Mount the disk in the image, or an empty one."""
        self.image = image
        self.disk: Disk = pickle.loads(image.read_bytes()) if image.exists() else Disk()  # noqa: S301 - our own
        self.next = max(self.disk.inodes) + 1

    def destroy(self, path: str) -> None:
        """Keep the disk as it is, synced or not: the owner says whether the power went."""
        self.image.write_bytes(pickle.dumps(self.disk))

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        """Kind, size, and rights."""
        number = fh or self._find(path)
        inode = self.disk.inodes[number]
        return {
            "st_ino": number,
            "st_mode": inode.mode,
            "st_nlink": 2 if stat.S_ISDIR(inode.mode) else 1,
            "st_size": len(inode.data),
            "st_uid": os.getuid(),
            "st_gid": os.getgid(),
        }

    def readdir(self, path: str, fh: int) -> list[str]:
        """The names in a folder."""
        return [".", "..", *self.disk.inodes[self._find(path)].names]

    def mkdir(self, path: str, mode: int) -> int:
        """Make a folder."""
        self._make(path, stat.S_IFDIR | mode)
        return 0

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        """Make a file and open it."""
        return self._make(path, stat.S_IFREG | stat.S_IMODE(mode))

    def open(self, path: str, flags: int) -> int:
        """Open a file: its handle is its number, which outlives its name."""
        return self._find(path)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        """Bytes as last written."""
        return bytes(self.disk.inodes[fh].data[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        """Write in memory."""
        held = self.disk.inodes[fh].data
        if len(held) < offset:
            held.extend(bytes(offset - len(held)))
        held[offset : offset + len(data)] = data
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        """Cut or extend in memory."""
        held = self.disk.inodes[fh or self._find(path)].data
        del held[length:]
        held.extend(bytes(length - len(held)))
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        """Make a file's bytes durable."""
        self.disk.sync_file(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        """Make a folder's names durable."""
        self.disk.sync_folder(self._find(path))
        return 0

    def unlink(self, path: str) -> int:
        """Take a name away."""
        folder, name = self._place(path)
        self.disk.change((folder, name, None))
        return 0

    def rmdir(self, path: str) -> int:
        """Take an empty folder away."""
        if self.disk.inodes[self._find(path)].names:
            raise FuseOSError(errno.ENOTEMPTY)
        return self.unlink(path)

    def rename(self, old: str, new: str) -> int:
        """Give another name, in one step."""
        number = self._find(old)
        self.disk.change((*self._place(old), None), (*self._place(new), number))
        return 0

    def link(self, target: str, source: str) -> int:
        """Give one more name."""
        folder, name = self._place(target)
        if name in self.disk.inodes[folder].names:
            raise FuseOSError(errno.EEXIST)
        self.disk.change((folder, name, self._find(source)))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        """Set the rights, for good."""
        inode = self.disk.inodes[self._find(path)]
        inode.mode = stat.S_IFMT(inode.mode) | stat.S_IMODE(mode)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        """No times are kept."""
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        """Room enough."""
        return {"f_bsize": PAGE, "f_frsize": PAGE, "f_blocks": 1 << 20, "f_bavail": 1 << 20}

    def _find(self, path: str) -> int:
        number = ROOT
        for name in path.split("/"):
            if name:
                found = self.disk.inodes[number].names.get(name)
                if found is None:
                    raise FuseOSError(errno.ENOENT)
                number = found
        return number

    def _place(self, path: str) -> tuple[int, str]:
        folder, _, name = path.rpartition("/")
        return self._find(folder), name

    def _make(self, path: str, mode: int) -> int:
        folder, name = self._place(path)
        number, self.next = self.next, self.next + 1
        self.disk.inodes[number] = Inode(mode)
        self.disk.change((folder, name, number))
        return number


if __name__ == "__main__":
    FUSE(ForgettingFilesystem(Path(sys.argv[2])), sys.argv[1], foreground=True, nothreads=True)
