"""The drop folder: waits until a file is whole, claims it, moves it away, loses none.

Life of a file:

1. It rests: size and time unchanged for a while, nobody has it open for writing, and its end looks
   like the end of its format (or patience has run out).
2. It is claimed by one rename into `.meg/claimed/<document id>/`. From then on the id belongs to
   this file, so that a claim found after a crash is taken up under the same id: exactly once.
3. When its outcome is known it is moved to `traites/<outcome>/`, with a readable note beside it
   unless it was approved. Its claim's folder goes once the move is on the disk (`tidy`).

Links are never followed: a symbolic or hard link, a device or a pipe is set aside with a note and
never opened; a folder that was swapped for a link is not entered. What the system refuses is a
`DropFolderError` where it concerns the folder, and said once where it concerns one file. Accepted
risk: a file put by hand under the very name of an outcome file, between our look and our rename,
would be replaced; names taken by then are stepped around.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archive.stores.durable import fsync_folder, make_durable_folder
from domain.errors import Error
from ingest.folder_files import (
    folder_inside,
    free_name,
    is_being_written,
    open_for_reading,
    write_note,
)

_LOG = logging.getLogger(__name__)

_TEMPORARY = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".download", ".swp")
_NOTE_SUFFIX = ".meg.txt"
_PRIVATE = ".meg"
_DONE = "traites"
_TAIL = 2048
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_ZIP_TAIL = _TAIL + _ZIP_END_BYTES + 0xFFFF  # the longest comment, and what mail gateways append
_OF_THE_FOLDER = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE})
_WENT_AWAY = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})

OUTCOME_FOLDERS = {
    "approved": "approuves",
    "in_review": "a-verifier",
    "blocked": "bloques",
    "duplicate": "doublons",
    "unreadable": "illisibles",
    "not_invoice": "autres",
    "failed": "en-echec",
    "received": "en-attente",
    "refused": "refuses",
}


class DropFolderError(Error):
    """The drop folder cannot be tended."""

    code = "ING-30"
    hint = "Check that the folder exists and that MEG may read, write and rename in it."


@dataclass(frozen=True, slots=True)
class DropOptions:
    """How long a file must rest, and how long one that looks cut off is waited for (seconds)."""

    settle: float = 2.0
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that is ours now, under the id its document will have."""

    document_id: str
    path: Path

    @property
    def name(self) -> str:
        """The name it was dropped under."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in the folder that is no file to be taken in, and why."""

    path: Path
    reason: str


@dataclass(slots=True)
class _Seen:
    size: int
    changed: int
    since: float
    first: float


class DropFolder:
    """One folder, tended by one process."""

    def __init__(self, root: Path, options: DropOptions) -> None:
        self.root = root
        self._options = options
        self._claimed = root / _PRIVATE / "claimed"
        self._seen: dict[Path, _Seen] = {}
        self._told: set[Path] = set()
        self._moved_to: set[Path] = set()

    def open(self) -> None:
        """Make the folders that are needed.

        Raises:
            DropFolderError: it cannot be done here.
        """
        try:
            for folder in (self._claimed, self.root / _DONE):
                make_durable_folder(folder)
            probe = self._claimed / ".probe"
            probe.touch()
            probe.unlink()
        except OSError as problem:
            raise DropFolderError(f"{self.root}: {problem.strerror or problem}") from problem

    def left_over(self) -> list[Claim]:
        """Claims that an earlier run did not finish.

        Raises:
            DropFolderError: the folder cannot be read.
        """
        # An earlier run may have moved files there just before it died.
        self._moved_to.update(self.root / _DONE / name for name in OUTCOME_FOLDERS.values())
        self.tidy()
        claims: list[Claim] = []
        with _translated(self._claimed):
            for folder in sorted(self._claimed.iterdir()):
                if folder.is_symlink() or not folder.is_dir():
                    continue  # a crash between two steps, or a stranger, left it
                claims.extend(Claim(folder.name, path) for path in sorted(folder.iterdir()))
        return claims

    def ready(self, now: float) -> tuple[list[Path], list[Refusal]]:
        """Files that are whole, in order of name, and what must be set aside instead.

        Args:
            now: seconds of a clock that never goes back.
        """
        whole: list[Path] = []
        refused: list[Refusal] = []
        present: set[Path] = set()
        for path in self._walk(self.root):
            present.add(path)
            try:
                facts = path.lstat()
            except OSError:
                continue  # gone, or its folder is
            reason = _refusal(facts)
            if reason is not None:
                refused.append(Refusal(path, reason))
            elif self._rested(path, facts, now):
                whole.append(path)
        for gone in set(self._seen) - present:
            del self._seen[gone]
        return sorted(whole), refused

    def claim(self, path: Path, document_id: str) -> Claim | None:
        """Make a file ours under this id; None when it went away or is not ours to take.

        Raises:
            DropFolderError: nothing can be claimed here (disk full or read-only, folder gone).
        """
        folder = self._claimed / document_id
        with _translated(folder):
            # On the disk before a file is in it: the file has no other name then.
            folder.mkdir()
            fsync_folder(self._claimed)
        try:
            # Below the folder's handle: what was swapped for a link since is not gone through.
            with folder_inside(self.root, path.parent) as parent:
                os.rename(path.name, folder / path.name, src_dir_fd=parent)
        except OSError as problem:
            with suppress(OSError):
                folder.rmdir()
            if problem.errno in _OF_THE_FOLDER:
                raise DropFolderError(f"{path}: {problem.strerror}") from problem
            if problem.errno not in _WENT_AWAY:
                self._complain_once(path, problem)
            return None
        with _translated(folder):
            fsync_folder(folder)
        self._seen.pop(path, None)
        return Claim(document_id, folder / path.name)

    def claim_again(self, claim: Claim, document_id: str) -> None:
        """Give a claimed file another id: under its first one other bytes were received.

        Raises:
            DropFolderError: the claim cannot be moved.
        """
        with _translated(claim.path):
            claim.path.parent.rename(self._claimed / document_id)
            fsync_folder(self._claimed)

    def read(self, claim: Claim, most: int) -> bytes | Path:
        """The bytes of a claimed file, opened without following links; its path if it has `most`.

        Raises:
            OSError: it cannot be read (rights, a link put in its place).
        """
        with os.fdopen(open_for_reading(claim.path), "rb") as stream:
            data = stream.read(most)
        return data if len(data) < most else claim.path

    def finish(self, claim: Claim, status: str, note: str | None) -> Path:
        """Move a claimed file to the folder of its outcome, its note beside it.

        Raises:
            DropFolderError: it cannot be moved; it stays claimed.
        """
        target = self._move_to_outcome(claim.path, status, note)
        self._moved_to.add(target.parent)
        return target

    def tidy(self) -> None:
        """Take away the folders of claims whose files were moved, the moves made durable first.

        Raises:
            DropFolderError: what was moved cannot be put on the disk.
        """
        with _translated(self._claimed):
            for folder in self._moved_to:
                # Never made, taken away, or barred: then nothing was moved there either.
                with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                    fsync_folder(folder)
            self._moved_to.clear()
            for folder in self._claimed.iterdir():
                with suppress(OSError):  # a claim that is not finished, or no folder
                    folder.rmdir()

    def set_aside(self, refusal: Refusal) -> Path:
        """Move something that is not taken in out of the way, with a note.

        Raises:
            DropFolderError: it cannot be moved.
        """
        return self._move_to_outcome(refusal.path, "refused", refusal.reason)

    def _move_to_outcome(self, path: Path, status: str, note: str | None) -> Path:
        folder = self.root / _DONE / OUTCOME_FOLDERS[status]
        with _translated(folder):
            if not folder.is_dir():
                make_durable_folder(folder)
            target = _free(folder, path.name)
            beside = None if note is None else _free(folder, target.name, _NOTE_SUFFIX)
            # The note first: no file lies there without the word on it.
            if note is not None and beside is not None:
                write_note(beside, note)
            try:
                with folder_inside(self.root, path.parent) as parent:
                    os.rename(path.name, target, src_dir_fd=parent)
            except OSError:
                if beside is not None:
                    beside.unlink(missing_ok=True)
                raise
        return target

    def _walk(self, root: Path) -> Iterator[Path]:
        """Every file that may be one to take in, folder by folder, however deep they lie."""
        folders = [root]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as found:
                    entries = [(e.name, e.is_dir(follow_symlinks=False)) for e in found]
            except OSError as problem:
                if folder == root:
                    raise DropFolderError(f"{folder}: {problem.strerror or problem}") from problem
                continue
            for name, is_folder in entries:
                if name.startswith((".", "~$")) or (folder == root and name == _DONE):
                    continue
                if is_folder:
                    folders.append(folder / name)
                elif not name.lower().endswith((*_TEMPORARY, _NOTE_SUFFIX)):
                    yield folder / name

    def _rested(self, path: Path, facts: os.stat_result, now: float) -> bool:
        seen = self._seen.get(path)
        if seen is None or (seen.size, seen.changed) != (facts.st_size, facts.st_mtime_ns):
            first = now if seen is None else seen.first
            self._seen[path] = _Seen(facts.st_size, facts.st_mtime_ns, now, first)
            return False
        rest = now - seen.since
        if rest < self._options.settle:
            return False
        if rest >= self._options.patience:
            return not is_being_written(path)
        return not is_being_written(path) and _looks_whole(path, facts.st_size)

    def _complain_once(self, path: Path, problem: OSError) -> None:
        if path in self._told:
            return
        self._told.add(path)
        _LOG.error("drop folder: %s cannot be taken: %s", path, problem.strerror)
        with suppress(OSError, DropFolderError):
            write_note(_free(path.parent, path.name, _NOTE_SUFFIX), _complaint(problem))


def _complaint(problem: OSError) -> str:
    if problem.errno == errno.EXDEV:
        return (
            "MEG ne peut pas prendre ce fichier : son dossier est sur un autre disque.\n"
            "Déposez-le directement dans le dossier de dépôt.\n"
        )
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return (
            "MEG ne peut pas prendre ce fichier : droits insuffisants.\n"
            "Donnez à MEG le droit de le lire et de le déplacer.\n"
        )
    return f"MEG ne peut pas prendre ce fichier : {problem.strerror}.\nDéposez-en une copie.\n"


@contextmanager
def _translated(what: Path) -> Iterator[None]:
    """Turn what the system says into an error of the drop folder."""
    try:
        yield
    except OSError as problem:
        raise DropFolderError(f"{what}: {problem.strerror or problem}") from problem


def _refusal(facts: os.stat_result) -> str | None:
    if stat.S_ISLNK(facts.st_mode):
        return "C'est un lien : MEG ne suit aucun lien. Déposez le fichier lui-même.\n"
    if not stat.S_ISREG(facts.st_mode):
        return "Ce n'est pas un fichier ordinaire. Déposez le fichier lui-même.\n"
    if facts.st_nlink > 1:
        return "C'est un lien physique vers un autre fichier. Déposez une copie.\n"
    return None


def _looks_whole(path: Path, size: int) -> bool:
    """Whether the file ends as its format ends; formats without an end always do."""
    if size == 0:
        return False
    try:
        handle = open_for_reading(path)
    except OSError:
        return True
    with os.fdopen(handle, "rb") as stream:
        head = stream.read(1024)
        stream.seek(max(0, size - _ZIP_TAIL))
        tail = stream.read(_ZIP_TAIL)
    # A file's first bytes come first: an archive may carry a PDF, uncompressed, right behind them.
    if head.startswith(b"PK\x03\x04"):
        return _zip_ends(tail)
    tail = tail[-_TAIL:]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return tail.rstrip(b"\x00 \t\r\n").endswith(b">")
    if b"%PDF-" in head:
        return b"%%EOF" in tail
    return True


def _zip_ends(tail: bytes) -> bool:
    """Whether a zip's end record, with the comment it announces, closes the file."""
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        comment = int.from_bytes(tail[at + _ZIP_END_BYTES - 2 : at + _ZIP_END_BYTES], "little")
        if 0 <= len(tail) - (at + _ZIP_END_BYTES + comment) < _TAIL:
            return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False


def _free(folder: Path, name: str, ending: str = "") -> Path:
    path = free_name(folder, name, ending)
    if path is None:
        raise DropFolderError(f"{folder}: a million files are called {name!r}")
    return path
