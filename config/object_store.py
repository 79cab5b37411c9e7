"""Opens object stores: the archive's own, its replica, or any other place a person names."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import BadStoreAddress, LockNotEnforced
from archive.stores.filesystem import FilesystemStore
from archive.stores.s3_address import Credentials, LockMode, S3Address, S3Options
from config.encryption import sealed
from config.loader import ConfigurationError
from config.settings import Settings

if TYPE_CHECKING:
    # The S3 client costs more to load than most commands need.
    from archive.stores.lock_probe import LockReport
    from archive.stores.minio_store import MinioStore
    from archive.stores.sealed_store import SealedStore

ARCHIVE, REPLICA = "archive", "replica"

_LOG = logging.getLogger(__name__)
_REQUIRED, _PREFERRED, _OFF = "required", "preferred", "off"
_BELIEVED_FOR = timedelta(days=1)


@contextmanager
def open_store(settings: Settings) -> Iterator[FilesystemStore | MinioStore | SealedStore]:
    """The archive's own store, which was seen to keep its lock within the last day.

    Raises:
        LockNotEnforced: it does not, and `archive.object_lock` is `required`.
        ArchiveError, ConfigurationError: it cannot be used.
    """
    with open_place(settings, ARCHIVE) as store:
        yield store


@contextmanager
def open_place(
    settings: Settings, place: str, *, writing: bool = True
) -> Iterator[FilesystemStore | MinioStore | SealedStore]:
    """The store at a place: `archive`, `replica`, a folder or an address; deciphered if need be.

    Args:
        settings: say what the two words mean, and which account is used.
        place: what a person wrote.
        writing: whether its lock has to be known.
    """
    name = located(settings, place)
    with _bare(settings, name, writing=writing) as store, sealed(settings, store) as whole:
        yield whole


@contextmanager
def _bare(
    settings: Settings, name: str, *, writing: bool
) -> Iterator[FilesystemStore | MinioStore]:
    if not is_s3(name):
        if not writing and not Path(name).is_dir():
            raise BadStoreAddress(name, "there is no such folder")
        with closing(FilesystemStore(Path(name))) as folder:
            yield folder
        return
    from archive.stores.minio_store import MinioStore

    options = s3_options(settings, name)
    if writing and options.lock_mode is not None and not _is_lockable(settings, options):
        options = replace(options, lock_mode=None)
    with closing(MinioStore(options)) as store:
        yield store


def located(settings: Settings, place: str) -> str:
    """The folder or address that a word stands for.

    Raises:
        ConfigurationError: it stands for nothing.
    """
    if place == ARCHIVE:
        return settings.archive.store or str(settings.data / "objects")
    if place == REPLICA:
        if not settings.archive.replica:
            raise ConfigurationError("archive.replica is not set: there is no replica")
        return settings.archive.replica
    return place


def is_s3(name: str) -> bool:
    """Whether this is the address of an S3 store, and no folder."""
    return "://" in name


def s3_options(settings: Settings, name: str) -> S3Options:
    """How to use the store at this address.

    Raises:
        BadStoreAddress, ConfigurationError: address or settings do not do.
    """
    kept = settings.archive
    lock = _one_of("archive.object_lock", kept.object_lock, (_REQUIRED, _PREFERRED, _OFF))
    mode = _one_of("archive.lock_mode", kept.lock_mode, tuple(LockMode))
    account = Credentials(kept.access_key, kept.secret_key)
    if name == kept.replica and kept.replica_access_key:
        account = Credentials(kept.replica_access_key, kept.replica_secret_key)
    if not account.access_key or not account.secret_key:
        raise ConfigurationError(
            f"{S3Address.parse(name)} needs an account: MEG_ARCHIVE_ACCESS_KEY and "
            "MEG_ARCHIVE_SECRET_KEY"
        )
    return S3Options(
        S3Address.parse(name),
        account,
        kept.ca_file,
        kept.timeout_seconds,
        None if lock == _OFF else LockMode(mode),
        kept.retention_years,
    )


def probe(settings: Settings, options: S3Options) -> LockReport:
    """Try out the store's lock now, and keep what came of it in the data folder."""
    from archive.stores.lock_probe import probe_lock

    report = probe_lock(options, datetime.now(UTC))
    record = asdict(report) | {"at": report.at.isoformat(), "enforced": report.enforced}
    path = _record_path(settings)
    known = _known(path) | {_name(options): record}
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    aside.replace(path)
    return report


def _is_lockable(settings: Settings, options: S3Options) -> bool:
    """Whether objects can be put there with a lock; refuses what the settings do not allow."""
    record = _known(_record_path(settings)).get(_name(options))
    if record is not None and record["enforced"]:
        age = datetime.now(UTC) - datetime.fromisoformat(record["at"])
        if timedelta(0) <= age < _BELIEVED_FOR:
            return True
    report = probe(settings, options)
    if not report.enforced:
        text = f"{options.address} does not keep Object Lock: {report.broken}"
        if settings.archive.object_lock == _REQUIRED:
            raise LockNotEnforced(text)
        _LOG.warning("archive: %s", text)
    return report.takes_retention


def _record_path(settings: Settings) -> Path:
    return settings.data / "object-lock.json"


def _name(options: S3Options) -> str:
    return f"{options.address} {options.lock_mode}"


def _known(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _one_of(key: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigurationError(f"{key}: {value!r} is none of {', '.join(allowed)}")
    return value
