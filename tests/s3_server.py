"""The S3 server of the tests: a Ceph gateway with Object Lock, as `.ci/ceph_s3 start` starts it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest
from minio import Minio

from archive.stores.minio_store import MinioStore
from archive.stores.s3_address import Credentials, LockMode, S3Address, S3Options

ARCHIVIST = Credentials("ARCHIVISTKEY", "archivist-secret")
AUDITOR = Credentials("AUDITORKEY", "auditor-secret")

_READ_ONLY = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"AWS": ["arn:aws:iam:::user/auditor"]},
 "Action": ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject", "s3:GetObjectVersion",
            "s3:GetBucketVersioning", "s3:GetBucketLocation"],
 "Resource": ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"]}]}"""


def _server(variable: str = "MEG_TEST_S3") -> str:
    """What a variable of the started server says; without it a test is skipped, in CI it fails."""
    found = os.environ.get(variable)
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{variable} is not set: CI needs an S3 server")
        pytest.skip(f"needs an S3 server in {variable}, see .ci/ceph_s3")
    return found


def tls_endpoint() -> tuple[str, Path]:
    """Where the server answers over TLS, and the authority of its certificate."""
    return _server("MEG_TEST_S3_TLS"), Path(_server("MEG_TEST_S3_CA"))


def admin() -> Minio:
    """A plain client of the archivist's, who owns the buckets."""
    return Minio(
        _server(),
        access_key=ARCHIVIST.access_key,
        secret_key=ARCHIVIST.secret_key,
        secure=False,
        region="us-east-1",
    )


def new_bucket(*, lock: bool = True) -> str:
    """A bucket of the archivist's own."""
    name = f"meg-{secrets.token_hex(8)}"
    admin().make_bucket(name, object_lock=lock)
    return name


def options(
    bucket: str,
    credentials: Credentials = ARCHIVIST,
    lock_mode: LockMode | None = LockMode.GOVERNANCE,
) -> S3Options:
    """How to reach a bucket."""
    address = S3Address(_server(), bucket, secure=False)
    return S3Options(address, credentials, lock_mode=lock_mode)


def new_store() -> MinioStore:
    """A store in a bucket of its own."""
    return MinioStore(options(new_bucket()))


def allow_reading(bucket: str) -> None:
    """Give the auditor the rights to read a bucket, and no others."""
    admin().set_bucket_policy(bucket, _READ_ONLY.replace("BUCKET", bucket))
