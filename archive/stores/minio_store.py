"""Write-once objects in a bucket of any S3 with versioning and Object Lock.

S3 lets anyone put a further version under a key. What makes a key write-once here:

1. The versions of the key are listed. Is there one, nothing is sent: the same bytes are fine,
   others are KeyTaken.
2. The object is put, with its retention in the same request, on the condition that the key is free.
   Some servers ignore the condition.
3. The versions are listed again. The first in the server's order counts, for writers and readers
   alike: of two writers at once it is the same one for both. Who was second has left a version that
   nobody reads, and is told KeyTaken unless it holds the same bytes.
4. The first version is read back and hashed.
5. What was sent in several parts is looked at once more: Ceph 16 forgets the retention that came
   with such a put (of one in one part it does not), and it is set then.

A put that was interrupted anywhere is simply done again. Objects of more than a part are sent and
read in parts; the part that completes them is sent only when the whole has the digest wanted.

Retention can be lengthened and a legal hold set and lifted; both are asked of the first version.
Left undone: a server that orders versions otherwise than by their arrival could let a slow writer
come before one that was told "stored"; one that keeps to the condition in 2 could not.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.retention import Retention

from archive.errors import (
    AccessDenied,
    BucketMissing,
    KeyTaken,
    LockRefused,
    ObjectLocked,
    SourceChanged,
    StoreFailed,
    VersioningOff,
)
from archive.store import Put, Source
from archive.stores.durable import Parallel
from archive.stores.minio_client import translated
from archive.stores.minio_reader import MinioReader, Version, checked
from archive.stores.s3_address import LockMode, S3Options
from domain.identifiers import Digest

_PART = 8 << 20
_CHUNK = 1 << 20
_PUTS_AT_ONCE = 8
_MODES = {LockMode.GOVERNANCE: GOVERNANCE, LockMode.COMPLIANCE: COMPLIANCE}
_NO_LOCK = "InvalidRequest"
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
_CONDITION_UNKNOWN = {"NotImplemented", "MethodNotAllowed"}
_UNTIL = "x-amz-object-lock-retain-until-date"
_MODE = "x-amz-object-lock-mode"
_HOLD = "x-amz-object-lock-legal-hold"


class MinioStore(MinioReader):
    """An ObjectStore in a bucket."""

    def __init__(
        self, options: S3Options, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Prepare to read and write; the server is first asked when something is wanted."""
        super().__init__(options)
        self._now = now
        self._bucket_is_right = False
        self._puts = Parallel(_PUTS_AT_ONCE, "s3-put")

    def check_bucket(self) -> None:
        """See that the bucket is there and keeps versions.

        Raises:
            BucketMissing, VersioningOff: it does not do.
            StoreUnreachable, AccessDenied, TlsFailed, ClockSkewed: it cannot be asked.
        """
        with translated(self._address, self._bucket):
            if not self._client.bucket_exists(self._bucket):
                raise BucketMissing(f"{self._address}: there is no such bucket")
            status = self._client.get_bucket_versioning(self._bucket).status
        if status != "Enabled":
            raise VersioningOff(f"{self._address}: versioning is {status or 'off'}")
        self._bucket_is_right = True

    def put_new(self, key: str, source: Source, digest: Digest | None = None) -> None:
        """Store these bytes under a new key; durable on return."""
        self.put_many([Put(key, source, digest)])

    def put_many(self, puts: Sequence[Put]) -> None:
        """Store all of these; all are durable on return."""
        for put in puts:
            checked(put.key)
        if not self._bucket_is_right:
            self.check_bucket()
        taken: list[str] = []

        def store(put: Put) -> None:
            try:
                self._put(put)
            except KeyTaken:
                taken.append(put.key)

        for _, wave in groupby(puts, key=lambda put: put.wave):
            # The same key twice at once would race with itself.
            distinct: dict[str, Put] = {}
            again = [put for put in wave if distinct.setdefault(put.key, put) is not put]
            self._puts.each(store, list(distinct.values()))
            for put in again:
                store(put)
        if taken:
            raise KeyTaken(taken[0])

    def retention(self, key: str) -> tuple[LockMode, datetime] | None:
        """How and until when an object is locked; None when it is not."""
        headers = self._headers(self._found(key))
        if headers.get(_MODE) is None:
            return None
        # The client's own reader of dates fails on nanoseconds, which Ceph sends.
        return LockMode(headers[_MODE].lower()), _instant(headers[_UNTIL])

    def locked_until(self, key: str) -> datetime | None:
        """Until when an object is locked; None when it is not."""
        found = self.retention(key)
        return None if found is None else found[1]

    def lock_until(self, key: str, until: datetime) -> None:
        """Lock an object for longer; what is locked until then or later stays as it is."""
        mode = self.options.lock_mode
        known = None if mode is None else self.retention(key)
        if mode is None or until <= self._now() or (known is not None and known[1] >= until):
            return
        version = self._found(key)
        wanted = Retention(_MODES[known[0] if known else mode], until)
        with translated(self._address, key):
            self._client.set_object_retention(
                self._bucket, key, wanted, version_id=version.version_id
            )

    def hold(self, key: str) -> None:
        """Set a legal hold: the object stays, whatever its retention, until `release`."""
        with translated(self._address, key):
            self._client.enable_object_legal_hold(
                self._bucket, key, version_id=self._found(key).version_id
            )

    def release(self, key: str) -> None:
        """Lift the legal hold; the retention stays."""
        with translated(self._address, key):
            self._client.disable_object_legal_hold(
                self._bucket, key, version_id=self._found(key).version_id
            )

    def is_held(self, key: str) -> bool:
        """Whether a legal hold lies on an object."""
        return self._headers(self._found(key)).get(_HOLD) == "ON"

    def set_aside(self, key: str, right: Digest) -> None:
        """Make way for the right bytes under a key whose first version holds others.

        Versions with the right bytes stay. Only an account that may bypass governance can do this,
        and nobody while a wrong version is under compliance.

        Raises:
            AccessDenied: the server keeps a wrong version.
        """
        for version in reversed([v for v in self.versions(key) if not v.is_marker]):
            with self._open(version) as file:
                if _digest(file) == right:
                    return
            with translated(self._address, key):
                target = DeleteObject(key, version.version_id)
                for error in self._client.remove_objects(
                    self._bucket, [target], bypass_governance_mode=True
                ):
                    text = f"{key}: version {version.version_id} stays: {error.code}"
                    raise AccessDenied(text)

    def destroy(self, key: str) -> None:
        """Delete every version of an object and what lies over it; no lock is ever bypassed."""
        versions = self.versions(key)
        for version in versions:
            if not version.is_marker:
                self._refuse_locked(version)
        with translated(self._address, key):
            targets = [DeleteObject(key, version.version_id) for version in versions]
            for error in self._client.remove_objects(self._bucket, targets):
                raise ObjectLocked(key, f"version {error.version_id} stays: {error.code}")

    def _refuse_locked(self, version: Version) -> None:
        headers = self._headers(version)
        if headers.get(_HOLD) == "ON":
            raise ObjectLocked(version.key, "a legal hold lies on it")
        until = _instant(headers[_UNTIL]) if _MODE in headers else None
        if until is not None and until > self._now():
            raise ObjectLocked(version.key, f"it is locked until {until.date().isoformat()}")

    def _put(self, put: Put) -> None:
        # 1. What is there already.
        first = self._first(put.key)
        known = first is not None
        with _opened(put.source) as (file, size):
            source = _CheckedSource(file, size, put)
            if first is None:
                # 2. The object.
                self._upload(put, source)
                # 3. Who was first.
                first = self._first(put.key)
                if first is None:
                    raise StoreFailed(f"{put.key}: stored, but the server does not list it")
            source.read_rest()
        # 4. Whether it is what was wanted.
        if first.size != size:
            raise KeyTaken(put.key)
        with self._open(first) as stored:
            if _digest(stored) != source.digest:
                raise KeyTaken(put.key)
        # 5. Whether it is locked.
        if size > _PART or (known and put.retain_until is not None):
            self.lock_until(put.key, self._until(put))

    def _upload(self, put: Put, source: _CheckedSource) -> None:
        with translated(self._address, put.key):
            try:
                self._client.put_object(
                    self._bucket,
                    put.key,
                    cast("BinaryIO", source),
                    source.size,
                    part_size=_PART,
                    num_parallel_uploads=1,
                    retention=self._lock_of(put),
                )
            except S3Error as answer:
                if answer.code in _CONDITION_UNKNOWN and self._transport.conditional:
                    self._transport.conditional = False
                    source.rewind()
                    self._upload(put, source)
                elif self.options.lock_mode is not None and answer.code == _NO_LOCK:
                    raise LockRefused(f"{self._address} takes no retention") from answer
                elif answer.code not in _TAKEN:
                    raise

    def _lock_of(self, put: Put) -> Retention | None:
        mode, until = self.options.lock_mode, self._until(put)
        # Servers refuse a time that is over: what was kept as long as it had to needs no lock.
        return None if mode is None or until <= self._now() else Retention(_MODES[mode], until)

    def _until(self, put: Put) -> datetime:
        return put.retain_until or self.options.retained_until(put.since or self._now())

    def _headers(self, version: Version) -> dict[str, str]:
        with translated(self._address, version.key):
            found = self._client.stat_object(
                self._bucket, version.key, version_id=version.version_id
            )
        return {name.lower(): value for name, value in (found.metadata or {}).items()}


class _CheckedSource:
    """A source hashed as it is read, whose end is withheld when it is not the one wanted."""

    def __init__(self, file: BinaryIO, size: int, put: Put) -> None:
        self._file = file
        self._put = put
        self.size = size
        self.rewind()

    @property
    def digest(self) -> Digest:
        """Of what was read."""
        return Digest(self._hash.hexdigest())

    def rewind(self) -> None:
        """Begin again."""
        self._file.seek(0)
        self._left = self.size
        self._hash = hashlib.sha256()
        if not self.size:
            self._check()

    def read(self, size: int) -> bytes:
        """Read some bytes; raises SourceChanged at the end of what is not the one hashed."""
        data = self._file.read(min(size, self._left))
        if self._left and not data:
            raise SourceChanged(str(self._put.source))
        self._hash.update(data)
        self._left -= len(data)
        if not self._left:
            self._check()
        return data

    def read_rest(self) -> None:
        """Read what nobody asked for yet, to have the digest of all."""
        while self._left:
            self.read(_CHUNK)

    def _check(self) -> None:
        put = self._put
        if put.digest is not None and isinstance(put.source, Path) and self.digest != put.digest:
            raise SourceChanged(str(put.source))


@contextmanager
def _opened(source: Source) -> Iterator[tuple[BinaryIO, int]]:
    if not isinstance(source, Path):
        yield io.BytesIO(source), len(source)
        return
    try:
        file = source.open("rb")
    except OSError as problem:
        raise SourceChanged(str(source), problem.strerror or str(problem)) from problem
    with file:
        yield file, os.fstat(file.fileno()).st_size


def _digest(file: BinaryIO) -> Digest:
    found = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        found.update(chunk)
    return Digest(found.hexdigest())


def _instant(text: str) -> datetime:
    """An ISO date and time with any number of decimals."""
    whole, _, _ = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)
