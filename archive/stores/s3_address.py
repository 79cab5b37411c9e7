"""Where an S3 store is and how it is to be used, as values; nothing is asked of it here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from archive.errors import BadStoreAddress

_SCHEMES = {"s3+https": True, "s3+http": False}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class LockMode(StrEnum):
    """Who may lift a retention before its time: a privileged account, or nobody at all."""

    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


@dataclass(frozen=True, slots=True)
class S3Address:
    """An endpoint and a bucket there."""

    endpoint: str
    bucket: str
    secure: bool = True
    region: str | None = None

    @classmethod
    def parse(cls, url: str) -> S3Address:
        """Read `s3+https://host[:port]/bucket[?region=…]`; raises BadStoreAddress."""
        try:
            parts = urlsplit(url)
            query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
            host, port = parts.hostname, parts.port
        except ValueError as problem:
            raise BadStoreAddress(_shown(url), str(problem)) from problem
        bucket = parts.path.strip("/")
        if parts.scheme not in _SCHEMES or not host or parts.fragment:
            raise BadStoreAddress(_shown(url), "this is not s3+https://host/bucket")
        if parts.username is not None or parts.password is not None:
            raise BadStoreAddress(_shown(url), "credentials do not belong in an address")
        if not _BUCKET.fullmatch(bucket):
            raise BadStoreAddress(_shown(url), f"{bucket!r} is no name of a bucket")
        if unknown := set(query) - {"region"}:
            raise BadStoreAddress(_shown(url), f"{min(unknown)!r} is unknown, region is not")
        name = f"[{host}]" if ":" in host else host
        endpoint = name if port is None else f"{name}:{port}"
        return cls(endpoint, bucket, _SCHEMES[parts.scheme], query.get("region") or None)

    def __str__(self) -> str:
        scheme = "s3+https" if self.secure else "s3+http"
        return f"{scheme}://{self.endpoint}/{self.bucket}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account's key; the secret half never shows."""

    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class S3Options:
    """How to reach a store, and how what is put there is locked."""

    address: S3Address
    credentials: Credentials
    ca_file: Path | None = None  # None: the system's authorities
    timeout_seconds: float = 30.0
    lock_mode: LockMode | None = LockMode.GOVERNANCE  # None: nothing is locked
    retention_years: int = 10

    def retained_until(self, now: datetime) -> datetime:
        """How long an object put now stays when nobody says otherwise: to the end of a year."""
        return datetime(now.year + self.retention_years + 1, 1, 1, tzinfo=UTC)


def _shown(url: str) -> str:
    """An address as it may be told, without what stands before an @."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else scheme.rpartition("@")[2]
