"""Puts the encrypted store together: whether objects are sealed, and where their keys are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.stores.filesystem import FilesystemStore
from config.settings import Settings

if TYPE_CHECKING:
    # What deciphers costs more to load than most commands need.
    from archive.stores.minio_store import MinioStore
    from archive.stores.sealed_store import SealedStore

RING_FILE, MASTER_FILE = "objects.db", "objects.key"


class KeyringElsewhere(ArchiveError):
    """The keyring is in a database server, which has its own way of copying."""

    code = "ARC-83"
    hint = "Dump the table object_keys of the database in `archive.keyring`, and keep it apart."


@contextmanager
def sealed(
    settings: Settings, store: FilesystemStore | MinioStore
) -> Iterator[FilesystemStore | MinioStore | SealedStore]:
    """The store as the settings say: encrypted, or as it is where there never was a keyring."""
    if not is_in_use(settings):
        yield store
        return
    from archive.stores.keyring import open_keyring
    from archive.stores.sealed_store import SealedLockingStore, SealedStore

    with closing(open_keyring(ring_url(settings), _folder(settings) / MASTER_FILE)) as ring:
        if isinstance(store, FilesystemStore):
            yield SealedStore(store, ring, sealing=settings.archive.encrypted)
        else:
            yield SealedLockingStore(store, ring, sealing=settings.archive.encrypted)


def is_in_use(settings: Settings) -> bool:
    """Whether objects are encrypted, or ever were."""
    kept = settings.archive
    files = (_folder(settings) / name for name in (RING_FILE, MASTER_FILE))
    return bool(kept.encrypted or kept.keyring or any(file.exists() for file in files))


def ring_url(settings: Settings) -> str:
    """The database with the keys of objects."""
    return settings.archive.keyring or f"sqlite:///{_folder(settings) / RING_FILE}"


def copy_keys(settings: Settings, target: Path) -> list[Path]:
    """Copy every key into a new folder, whole even while MEG works; gives the files.

    Raises:
        FileExistsError: the folder is there already.
        KeyringElsewhere: the keyring is no file; nothing was copied.
    """
    from archive.stores.keyring import copy_ring

    if settings.archive.keyring and not settings.archive.keyring.startswith("sqlite"):
        raise KeyringElsewhere(settings.archive.keyring.partition("@")[2] or "archive.keyring")
    target.mkdir(mode=0o700, parents=True)
    copied = []
    for path in sorted(_folder(settings).rglob("*")):
        if path.is_file() and path.suffix in {".key", ".vkey"}:
            copy = target / path.relative_to(_folder(settings))
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy.touch(mode=path.stat().st_mode & 0o777)
            copy.write_bytes(path.read_bytes())
            copied.append(copy)
    if is_in_use(settings):
        copied.append(copy_ring(ring_url(settings), target / RING_FILE))
    return copied


def _folder(settings: Settings) -> Path:
    return settings.data / "keys"
