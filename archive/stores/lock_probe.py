"""Tries out whether an S3 server keeps what Object Lock promises, on objects of its own.

The probe puts small objects under `meg-lock-probe/`, locked for some minutes, and does to them what
must be refused. Each rule is one check, with what the server answered:

1. The bucket keeps versions and was made with Object Lock.
2. A put takes its retention along, and the object shows it.
3. Deleting the version is refused; under compliance also with the right to bypass governance.
4. A shorter retention, and a weaker mode, are refused; a longer retention is taken.
5. An overwrite and a plain delete leave the first version as it was.
6. A legal hold keeps a version until it is lifted.

Two more answers break no rule: whether this account may delete what is not locked (if not, a
refusal does not show whose it was, the lock's or the account's), and whether it may bypass
governance. Objects of earlier probes are removed once their time is over.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.retention import Retention

from archive.stores.minio_client import connect, translated
from archive.stores.s3_address import LockMode, S3Options

_FOLDER = "meg-lock-probe"
_LOCKED_FOR = timedelta(minutes=5)
_OLD = timedelta(minutes=10)
_CONTENT = b"locked"
_KEPT = "kept"
_TAKEN_ALONG = "a put takes its retention along"


@dataclass(frozen=True, slots=True)
class LockCheck:
    """One rule of Object Lock, whether the server keeps it, and what it answered."""

    rule: str
    kept: bool
    answer: str


@dataclass(frozen=True, slots=True)
class LockReport:
    """What a probe of one store found."""

    store: str
    at: datetime
    mode: LockMode
    checks: tuple[LockCheck, ...]
    may_delete: bool
    may_bypass: bool

    @property
    def enforced(self) -> bool:
        """Whether every rule is kept."""
        return all(check.kept for check in self.checks)

    @property
    def takes_retention(self) -> bool:
        """Whether objects can be put with a retention at all."""
        return any(check.kept for check in self.checks if check.rule == _TAKEN_ALONG)

    @property
    def broken(self) -> str:
        """The rules that are not kept, with the server's answers."""
        return "; ".join(f"{check.rule}: {check.answer}" for check in self.checks if not check.kept)


def probe_lock(options: S3Options, now: datetime) -> LockReport:
    """Probe a store; what its answers mean is for the caller to judge.

    Raises:
        StoreUnreachable, AccessDenied, BucketMissing, TlsFailed, ClockSkewed: no probe can be made.
    """
    client, transport = connect(options)
    # The probe overwrites on purpose.
    transport.conditional = False
    mode = options.lock_mode or LockMode.GOVERNANCE
    try:
        probe = _Probe(client, options, mode, now)
        return probe.run()
    finally:
        transport.clear()


class _Probe:
    """One run over one bucket."""

    def __init__(self, client: Minio, options: S3Options, mode: LockMode, now: datetime) -> None:
        self._client = client
        self._options = options
        self._bucket = options.address.bucket
        self._mode = mode
        self._now = now
        self._folder = f"{_FOLDER}/{secrets.token_hex(8)}"
        self._until = now.replace(microsecond=0) + _LOCKED_FOR
        self._checks: list[LockCheck] = []

    def run(self) -> LockReport:
        """Do everything, in order."""
        with translated(self._options.address, self._bucket):
            status = self._client.get_bucket_versioning(self._bucket).status
            self._add("the bucket keeps versions", kept=status == "Enabled", answer=status or "off")
            self._accepted("the bucket was made with Object Lock", self._lock_of_bucket)
            version = self._put_locked()
            if version is not None:
                self._try_to_delete(version)
                self._try_to_change(version)
                self._try_to_cover(version)
            may_delete = version is not None and self._try_hold()
            may_bypass = version is not None and self._try_to_bypass(version)
            self._sweep()
        store = str(self._options.address)
        return LockReport(store, self._now, self._mode, tuple(self._checks), may_delete, may_bypass)

    def _lock_of_bucket(self) -> str:
        self._client.get_object_lock_config(self._bucket)
        return "Enabled"

    def _put_locked(self) -> str | None:
        key = f"{self._folder}/locked"
        made: list[str] = []

        def put() -> str:
            result = self._client.put_object(
                self._bucket,
                key,
                io.BytesIO(_CONTENT),
                len(_CONTENT),
                retention=Retention(self._s3_mode, self._until),
            )
            made.append(result.version_id or "")
            return f"version {result.version_id}"

        self._accepted(_TAKEN_ALONG, put)
        if not made or not made[0]:
            return None
        found = self._client.stat_object(self._bucket, key, version_id=made[0]).metadata or {}
        shown = str(found.get("x-amz-object-lock-mode"))
        self._add("the object shows its lock", kept=shown.lower() == self._mode, answer=shown)
        return made[0]

    def _try_to_delete(self, version: str) -> None:
        key = f"{self._folder}/locked"
        self._refused(
            "deleting a locked version",
            lambda: self._client.remove_object(self._bucket, key, version_id=version),
        )
        if self._mode is LockMode.COMPLIANCE:
            self._refused(
                "deleting a version under compliance with the right to bypass governance",
                lambda: self._bypass(key, version),
            )

    def _try_to_change(self, version: str) -> None:
        self._refused(
            "shortening a retention",
            lambda: self._retain(version, self._s3_mode, self._until - _LOCKED_FOR / 2),
        )
        if self._mode is LockMode.COMPLIANCE:
            self._refused(
                "weakening compliance to governance",
                lambda: self._retain(version, GOVERNANCE, self._until),
            )
        self._accepted(
            "a retention can be lengthened",
            lambda: self._retain(version, self._s3_mode, self._until + timedelta(minutes=1)),
        )

    def _try_to_cover(self, version: str) -> None:
        key = f"{self._folder}/locked"
        self._client.put_object(self._bucket, key, io.BytesIO(b"other"), 5)
        self._unchanged("an overwrite leaves the first version", key, version)
        # Where a policy refuses even that, all the better.
        with suppress(S3Error):
            self._client.remove_object(self._bucket, key)
        self._unchanged("a plain delete leaves the first version", key, version)

    def _try_hold(self) -> bool:
        """Try a legal hold; whether this account may remove what nothing holds any more."""
        key = f"{self._folder}/held"
        made: list[str | None] = []

        def put() -> str:
            size = len(_CONTENT)
            made.append(
                self._client.put_object(
                    self._bucket, key, io.BytesIO(_CONTENT), size, legal_hold=True
                ).version_id
            )
            return f"version {made[0]}"

        def remove() -> None:
            self._client.remove_object(self._bucket, key, version_id=made[0])

        self._accepted("a put takes a legal hold along", put)
        if not made:
            return False
        self._refused("deleting a version under legal hold", remove)
        self._accepted(
            "a legal hold can be lifted",
            lambda: self._client.disable_object_legal_hold(self._bucket, key, version_id=made[0]),
        )
        try:
            remove()
        except S3Error:
            return False
        return True

    def _try_to_bypass(self, version: str) -> bool:
        """Whether this account can lift governance itself; last, for it removes the object."""
        if self._mode is LockMode.COMPLIANCE:
            return False
        try:
            self._bypass(f"{self._folder}/locked", version)
        except S3Error:
            return False
        return True

    def _sweep(self) -> None:
        listed = self._client.list_objects(
            self._bucket, prefix=f"{_FOLDER}/", recursive=True, include_version=True
        )
        old = [
            DeleteObject(item.object_name or "", item.version_id)
            for item in listed
            if item.last_modified is not None and item.last_modified < self._now - _OLD
        ]
        # What is still locked, or may not be removed by this account, is left for another time.
        for _ in self._client.remove_objects(self._bucket, old) if old else ():
            pass

    @property
    def _s3_mode(self) -> str:
        return COMPLIANCE if self._mode is LockMode.COMPLIANCE else GOVERNANCE

    def _retain(self, version: str, mode: str, until: datetime) -> None:
        self._client.set_object_retention(
            self._bucket,
            f"{self._folder}/locked",
            Retention(mode, until.astimezone(UTC)),
            version_id=version,
        )

    def _bypass(self, key: str, version: str) -> None:
        for error in self._client.remove_objects(
            self._bucket, [DeleteObject(key, version)], bypass_governance_mode=True
        ):
            raise S3Error(None, error.code, error.message, key, None, None)  # type: ignore[arg-type]

    def _unchanged(self, rule: str, key: str, version: str) -> None:
        def read() -> str:
            with self._client.get_object(self._bucket, key, version_id=version) as response:
                found = response.read()
            return _KEPT if found == _CONTENT else f"{len(found)} other bytes"

        self._accepted(rule, read, wanted=_KEPT)

    def _refused(self, what: str, attempt: Callable[[], object]) -> None:
        try:
            attempt()
        except S3Error as answer:
            self._add(f"{what} is refused", kept=True, answer=str(answer.code))
        else:
            self._add(f"{what} is refused", kept=False, answer="it was done")

    def _accepted(
        self, rule: str, attempt: Callable[[], object], wanted: str | None = None
    ) -> None:
        try:
            found = str(attempt() or "done")
        except S3Error as answer:
            self._add(rule, kept=False, answer=f"{answer.code} {answer.message or ''}".strip())
        else:
            self._add(rule, kept=wanted in (None, found), answer=found)

    def _add(self, rule: str, *, kept: bool, answer: str) -> None:
        self._checks.append(LockCheck(rule, kept, answer))
