"""What an S3 store promises beyond the contract of all stores: versions, locks, races, errors."""

from __future__ import annotations

import hashlib
import io
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from minio.deleteobjects import DeleteObject
from minio.error import S3Error

from archive.errors import (
    AccessDenied,
    BucketMissing,
    ClockSkewed,
    KeyTaken,
    LockRefused,
    ObjectMissing,
    StoreFailed,
    StoreUnreachable,
    TlsFailed,
    VersioningOff,
)
from archive.store import Put
from archive.stores.lock_probe import probe_lock
from archive.stores.minio_reader import MinioReader
from archive.stores.minio_store import MinioStore
from archive.stores.s3_address import Credentials, LockMode, S3Address
from domain.identifiers import Digest
from tests.s3_server import (
    ARCHIVIST,
    AUDITOR,
    admin,
    allow_reading,
    new_bucket,
    new_store,
    options,
    tls_endpoint,
)

pytestmark = pytest.mark.s3

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[MinioStore]:
    opened = new_store()
    yield opened
    opened.close()


def cover(store: MinioStore, key: str, content: bytes) -> None:
    """Put another version over an object, as somebody with the account could."""
    admin().put_object(store.options.address.bucket, key, io.BytesIO(content), len(content))


def lay_marker(store: MinioStore, key: str) -> None:
    admin().remove_object(store.options.address.bucket, key)


def test_a_version_laid_over_an_object_does_not_count_and_is_told(store: MinioStore) -> None:
    store.put_new("main/a", b"first")
    cover(store, "main/a", b"second")

    assert store.read("main/a") == b"first"
    assert store.size("main/a") == 5
    [(key, what, harmless)] = store.overlays("main/")
    assert (key, harmless) == ("main/a", False)
    assert "another version of 6 bytes" in what
    with pytest.raises(KeyTaken):
        store.put_new("main/a", b"second")
    store.put_new("main/a", b"first")


def test_the_same_bytes_laid_over_an_object_are_harmless(store: MinioStore) -> None:
    store.put_new("main/a", b"first")
    cover(store, "main/a", b"first")

    assert [(key, harmless) for key, _, harmless in store.overlays("")] == [("main/a", True)]


def test_a_delete_marker_hides_nothing_and_is_told(store: MinioStore) -> None:
    store.put_new("main/a", b"first")
    lay_marker(store, "main/a")

    assert store.read("main/a") == b"first"
    assert list(store.keys()) == ["main/a"]
    [(key, what, harmless)] = store.overlays("main/a")
    assert (key, harmless) == ("main/a", False)
    assert "delete marker" in what


def test_a_marker_without_an_object_leaves_the_key_free(store: MinioStore) -> None:
    lay_marker(store, "a")
    assert not store.exists("a")
    assert list(store.keys()) == []

    store.put_new("a", b"first")

    assert store.read("a") == b"first"


class _Together(MinioStore):
    """A store whose puts all look before any of them sends."""

    barrier: threading.Barrier

    def _upload(self, put: Put, source: Any) -> None:
        self.barrier.wait(10)
        super()._upload(put, source)


def race(contents: list[bytes]) -> tuple[MinioStore, list[str]]:
    """Several writers put under one key at once; gives what became of each."""
    bucket, barrier = new_bucket(), threading.Barrier(len(contents))
    outcomes = [""] * len(contents)

    def write(place: int) -> None:
        store = _Together(options(bucket))
        store.barrier = barrier
        try:
            store.put_new("main/a", contents[place])
            outcomes[place] = "stored"
        except KeyTaken:
            outcomes[place] = "taken"

    threads = [threading.Thread(target=write, args=(place,)) for place in range(len(contents))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return MinioStore(options(bucket)), outcomes


def test_of_writers_at_once_with_other_bytes_exactly_one_wins() -> None:
    contents = [f"writer {n}".encode() for n in range(4)]

    store, outcomes = race(contents)

    assert sorted(outcomes) == ["stored", "taken", "taken", "taken"]
    assert store.read("main/a") == contents[outcomes.index("stored")]


def test_writers_at_once_with_the_same_bytes_all_succeed() -> None:
    store, outcomes = race([b"the same"] * 4)

    assert outcomes == ["stored"] * 4
    assert store.read("main/a") == b"the same"
    assert all(harmless for _, _, harmless in store.overlays(""))


def test_an_object_is_locked_by_the_put_itself(store: MinioStore) -> None:
    store.put_many([Put("a", b"1"), Put("b", b"2", retain_until=NOW + timedelta(days=400))])

    mode, until = store.retention("a") or (None, NOW)
    assert mode is LockMode.GOVERNANCE
    assert until == store.options.retained_until(datetime.now(UTC))
    assert store.retention("b") == (LockMode.GOVERNANCE, NOW + timedelta(days=400))
    [version] = store.versions("a")
    with pytest.raises(S3Error, match="AccessDenied"):
        admin().remove_object(store.options.address.bucket, "a", version_id=version.version_id)


def test_what_was_kept_long_enough_is_put_without_a_lock(store: MinioStore) -> None:
    over = datetime(2020, 1, 1, tzinfo=UTC)

    store.put_many([Put("a", b"1", retain_until=over)])
    store.put_many([Put("a", b"1", retain_until=over)])

    assert store.read("a") == b"1"
    assert store.locked_until("a") is None


def test_a_probe_removes_what_earlier_ones_left() -> None:
    bucket, now = new_bucket(), datetime.now(UTC)
    probe_lock(options(bucket), now)
    reader = MinioReader(options(bucket))
    left = set(reader.keys("meg-lock-probe/"))
    assert left

    probe_lock(options(bucket), now + timedelta(hours=1))

    assert left & set(reader.keys("meg-lock-probe/")) == set()


def test_an_account_that_may_delete_nothing_is_told_from_a_lock() -> None:
    bucket = new_bucket()
    admin().set_bucket_policy(bucket, _ALL_BUT_DELETING.replace("BUCKET", bucket))

    report = probe_lock(options(bucket, AUDITOR), datetime.now(UTC))

    assert report.enforced, report.broken
    assert not report.may_delete
    assert not report.may_bypass


_ALL_BUT_DELETING = """{"Version": "2012-10-17", "Statement": [
 {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/auditor"]}, "Action": ["s3:*"],
  "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]},
 {"Effect": "Deny", "Principal": {"AWS": ["arn:aws:iam:::user/auditor"]},
  "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
  "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]}]}"""


def test_a_large_object_is_locked_too(store: MinioStore, tmp_path: Path) -> None:
    source = tmp_path / "large.pdf"
    source.write_bytes(b"x" * (9 << 20))

    store.put_new("a", source)

    assert store.retention("a") is not None


def test_a_retention_is_lengthened_and_never_shortened(store: MinioStore) -> None:
    store.put_many([Put("a", b"1", retain_until=NOW + timedelta(days=10))])

    store.lock_until("a", NOW + timedelta(days=5))
    assert store.retention("a") == (LockMode.GOVERNANCE, NOW + timedelta(days=10))
    store.put_many([Put("a", b"1", retain_until=NOW + timedelta(days=20))])
    assert store.retention("a") == (LockMode.GOVERNANCE, NOW + timedelta(days=20))


def test_a_legal_hold_is_set_and_lifted_apart_from_the_retention() -> None:
    store = MinioStore(options(new_bucket(), lock_mode=None))
    store.put_new("a", b"1")
    [version] = store.versions("a")
    store.hold("a")

    assert store.is_held("a")
    assert store.retention("a") is None
    with pytest.raises(S3Error, match="AccessDenied"):
        admin().remove_object(store.options.address.bucket, "a", version_id=version.version_id)
    store.release("a")
    assert not store.is_held("a")


def test_set_aside_makes_way_for_the_right_bytes(store: MinioStore) -> None:
    cover(store, "a", b"wrong")
    cover(store, "a", b"right")
    assert store.read("a") == b"wrong"

    store.set_aside("a", Digest.of(b"right"))

    assert store.read("a") == b"right"


def test_what_is_under_compliance_cannot_be_set_aside() -> None:
    bucket = new_bucket()
    store = MinioStore(options(bucket, lock_mode=LockMode.COMPLIANCE))
    store.put_many([Put("a", b"wrong", retain_until=datetime.now(UTC) + timedelta(minutes=2))])

    with pytest.raises(AccessDenied, match="stays"):
        store.set_aside("a", Digest.of(b"right"))


@pytest.mark.parametrize("mode", list(LockMode))
def test_the_probe_finds_every_rule_kept(mode: LockMode) -> None:
    report = probe_lock(options(new_bucket(), lock_mode=mode), datetime.now(UTC))

    assert [check for check in report.checks if not check.kept] == []
    assert len(report.checks) == {LockMode.GOVERNANCE: 12, LockMode.COMPLIANCE: 14}[mode]
    assert report.enforced
    assert report.may_delete
    assert report.may_bypass is (mode is LockMode.GOVERNANCE)


def test_the_probe_finds_a_bucket_without_lock() -> None:
    report = probe_lock(options(new_bucket(lock=False)), datetime.now(UTC))

    assert not report.enforced
    assert not any(check.kept for check in report.checks)


def test_an_account_without_rights_is_refused() -> None:
    store = MinioStore(options(new_bucket(), AUDITOR))

    with pytest.raises(AccessDenied):
        store.put_new("a", b"1")
    with pytest.raises(AccessDenied):
        list(store.keys())


def test_an_account_that_may_only_read_reads_and_writes_nothing(store: MinioStore) -> None:
    store.put_new("a", b"1")
    bucket = store.options.address.bucket
    allow_reading(bucket)

    auditor = MinioReader(options(bucket, AUDITOR))

    assert list(auditor.keys()) == ["a"]
    assert auditor.read("a") == b"1"
    with pytest.raises(AccessDenied):
        MinioStore(options(bucket, AUDITOR)).put_new("b", b"2")


def test_wrong_secrets_are_refused_and_never_told() -> None:
    wrong = Credentials(ARCHIVIST.access_key, "not-the-secret")

    with pytest.raises(AccessDenied) as caught:
        MinioStore(options(new_bucket(), wrong)).put_new("a", b"1")

    assert "not-the-secret" not in f"{caught.value!r} {caught.value} {wrong!r}"


def test_a_bucket_that_is_missing_is_told() -> None:
    store = MinioStore(options("meg-none-such"))

    for ask in (lambda: store.put_new("a", b"1"), lambda: store.read("a")):
        with pytest.raises(BucketMissing):
            ask()


def test_a_bucket_without_versions_takes_nothing() -> None:
    with pytest.raises(VersioningOff):
        MinioStore(options(new_bucket(lock=False))).put_new("a", b"1")


def test_a_bucket_without_lock_takes_nothing_that_is_to_be_locked() -> None:
    from minio.commonconfig import ENABLED
    from minio.versioningconfig import VersioningConfig

    bucket = new_bucket(lock=False)
    admin().set_bucket_versioning(bucket, VersioningConfig(ENABLED))

    with pytest.raises(LockRefused):
        MinioStore(options(bucket)).put_new("a", b"1")
    MinioStore(options(bucket, lock_mode=None)).put_new("a", b"1")


def test_a_clock_that_is_wrong_is_told(store: MinioStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minio.time.utcnow", lambda: datetime.now(UTC) - timedelta(hours=3))

    with pytest.raises(ClockSkewed):
        store.put_new("a", b"1")


def test_nobody_at_the_address_is_told() -> None:
    nobody = S3Address("127.0.0.1:1", "bucket", secure=False)
    store = MinioStore(replace(options("bucket"), address=nobody))

    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1:1"):
        store.read("a")


def test_tls_is_used_and_an_unknown_authority_refused(store: MinioStore) -> None:
    store.put_new("a", b"1")
    endpoint, authority = tls_endpoint()
    secure = replace(store.options, address=S3Address(endpoint, store.options.address.bucket))

    with pytest.raises(TlsFailed):
        MinioReader(secure).read("a")
    trusted = MinioStore(replace(secure, ca_file=authority))
    assert trusted.read("a") == b"1"
    trusted.put_new("b", b"2")
    assert store.read("b") == b"2"


def test_something_else_at_the_address_is_told(store: MinioStore) -> None:
    endpoint, _ = tls_endpoint()
    plain = S3Address(endpoint, "bucket", secure=False)

    with pytest.raises((StoreFailed, StoreUnreachable)):
        MinioReader(replace(store.options, address=plain)).read("a")


def test_an_object_removed_for_good_is_missing(store: MinioStore) -> None:
    store.put_new("a", b"1")
    [version] = store.versions("a")
    bucket = store.options.address.bucket
    target = DeleteObject("a", version.version_id)
    assert list(admin().remove_objects(bucket, [target], bypass_governance_mode=True)) == []

    with pytest.raises(ObjectMissing):
        store.read("a")


def test_a_stream_is_closed_without_being_read(store: MinioStore) -> None:
    store.put_new("a", b"x" * (3 << 20))

    for _ in range(40):
        with store.stream("a") as file:
            assert file.read(1) == b"x"


def test_a_large_object_passes_with_little_memory(store: MinioStore, tmp_path: Path) -> None:
    source = tmp_path / "large.pdf"
    with source.open("wb") as file:
        file.truncate(96 << 20)
    digest = hashlib.sha256()
    tracemalloc.start()

    try:
        store.put_new("a", source)
        with store.stream("a") as stored:
            while chunk := stored.read(1 << 20):
                digest.update(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert digest.digest() == hashlib.sha256(bytes(96 << 20)).digest()
    assert peak < 40 << 20
