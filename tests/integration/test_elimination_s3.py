"""Elimination on S3: locks are respected, every version goes, one locked object stops its own."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio.commonconfig import GOVERNANCE
from minio.retention import Retention

from archive.errors import ObjectLocked
from archive.manifest import object_key
from archive.stores.minio_store import MinioStore
from config.object_store import open_store
from config.settings import ArchiveSettings, LimitSettings, Settings
from domain.identifiers import Digest
from tests.elimination_case import agreed, invoices, purge, shown, verified
from tests.integration.reference_texts import invoice_for
from tests.s3_server import ARCHIVIST, admin, new_bucket, new_store, options

pytestmark = pytest.mark.s3


def on_s3(folder: Path, lock: str) -> tuple[Settings, str]:
    bucket = new_bucket()
    kept = ArchiveSettings(
        store=str(options(bucket).address),
        access_key=ARCHIVIST.access_key,
        secret_key=ARCHIVIST.secret_key,
        object_lock=lock,
    )
    return Settings(data=folder / "data", archive=kept, limits=LimitSettings(readers=1)), bucket


def lock(settings: Settings, bucket: str, document_id: str) -> str:
    """Lock a document's original beyond 2040, as somebody beside MEG might."""
    key = object_key("main", Digest(shown(settings, document_id)["sha256"]))
    until = datetime.now(UTC) + timedelta(days=365 * 30)
    admin().set_object_retention(bucket, key, Retention(GOVERNANCE, until))
    return key


def test_one_locked_object_keeps_its_document_and_no_other(tmp_path: Path) -> None:
    settings, bucket = on_s3(tmp_path, "off")
    ids = invoices(settings, 2)
    number = agreed(settings)
    key = lock(settings, bucket, ids[0])

    certificate = purge(settings, number)

    assert [d["document_id"] for d in certificate["documents"]] == [ids[1]]
    (left,) = certificate["left"]
    assert (left["document_id"], left["code"]) == (ids[0], "LOCKED")
    assert key in left["reason"]
    assert shown(settings, ids[0])["status"] == "refused"
    assert shown(settings, ids[1])["status"] == "purged"
    records = verified(settings)
    assert all(r["ok"] for r in records), records


def test_no_lock_is_ever_bypassed(tmp_path: Path) -> None:
    settings, _ = on_s3(tmp_path, "required")
    (document_id,) = invoices(settings, 1)
    number = agreed(settings)

    # MEG believes that it is 2040; the server knows that its locks run for ten more years.
    certificate = purge(settings, number)

    assert certificate["documents"] == []
    assert [(d["document_id"], d["code"]) for d in certificate["left"]] == [(document_id, "LOCKED")]
    with open_store(settings) as store:
        key = object_key("main", Digest(shown(settings, document_id)["sha256"]))
        assert store.read(key) == invoice_for(1)
    records = verified(settings)
    assert all(r["ok"] for r in records), records


def test_every_version_is_destroyed() -> None:
    store = MinioStore(options(new_bucket(), lock_mode=None))
    key, bucket = "main/o/sha256/aa/bb/cc", store.options.address.bucket
    for content in (b"one", b"two"):
        admin().put_object(bucket, key, io.BytesIO(content), len(content))
    admin().remove_object(bucket, key)

    store.destroy(key)
    store.destroy(key)

    assert store.versions(key) == []


@pytest.mark.parametrize("by", ["lock", "hold"])
def test_what_is_locked_is_not_destroyed(by: str) -> None:
    store = new_store()
    store.put_new("main/o/a", b"bytes")
    if by == "hold":
        store = MinioStore(options(store.options.address.bucket, lock_mode=None))
        store.put_new("main/o/b", b"bytes")
        store.hold("main/o/b")
    key = "main/o/b" if by == "hold" else "main/o/a"

    with pytest.raises(ObjectLocked, match="legal hold" if by == "hold" else "locked until"):
        store.destroy(key)

    assert store.read(key) == b"bytes"
