"""The S3 client as the archive uses it: its timeouts, its one retry, its errors in our words.

What the client of minio leaves open is closed here, in the transport under it:

- Over plain HTTP it sends no Content-MD5, which servers want with a retention. It is added.
- It has no conditional put. `If-None-Match: *` is added to the put of an object; a server that
  knows it then refuses a second version; with one that does not, `MinioStore` does without.

Neither header is part of the signature, which S3 allows. Nothing is logged: a URL or a header could
hold what grants access.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError
from urllib3.util import Retry, Timeout

from archive.errors import (
    AccessDenied,
    ArchiveError,
    BadStoreAddress,
    BucketMissing,
    ClockSkewed,
    LockRefused,
    ServiceFailed,
    StoreFull,
    StoreUnreachable,
    TlsFailed,
)
from archive.stores.s3_address import S3Address, S3Options

_CONNECT_SECONDS = 5.0
_RETRIES = 1
_CONNECTIONS = 16
_FAULTS = [500, 502, 503, 504]

_ERRORS: dict[str, type[ArchiveError]] = {
    "AccessDenied": AccessDenied,
    "AllAccessDisabled": AccessDenied,
    "ExpiredToken": AccessDenied,
    "InvalidAccessKeyId": AccessDenied,
    "InvalidToken": AccessDenied,
    "SignatureDoesNotMatch": AccessDenied,
    "NoSuchBucket": BucketMissing,
    "RequestTimeTooSkewed": ClockSkewed,
    "InvalidBucketState": LockRefused,
    "ObjectLockConfigurationNotFoundError": LockRefused,
    "QuotaExceeded": StoreFull,
    "EntityTooLarge": StoreFull,
    "XMinioStorageFull": StoreFull,
    "InsufficientStorage": StoreFull,
    "InvalidBucketName": BadStoreAddress,
}


class Transport(urllib3.PoolManager):
    """Connections to one S3 server."""

    def __init__(self, options: S3Options) -> None:
        super().__init__(
            maxsize=_CONNECTIONS,
            timeout=Timeout(
                connect=min(_CONNECT_SECONDS, options.timeout_seconds),
                read=options.timeout_seconds,
            ),
            cert_reqs="CERT_REQUIRED",
            ca_certs=str(options.ca_file) if options.ca_file else None,
            retries=Retry(
                total=_RETRIES,
                backoff_factor=0.2,
                status_forcelist=_FAULTS,
                raise_on_status=False,
                redirect=False,
            ),
        )
        self.conditional = True

    def urlopen(  # type: ignore[override]  # the base class leaves its arguments untyped
        self, method: str, url: str, **rest: Any
    ) -> urllib3.BaseHTTPResponse:
        """Send a request, with the headers that the client above leaves out."""
        body, headers = rest.get("body"), rest.get("headers")
        if method == "PUT" and headers is not None:
            if body and "Content-MD5" not in headers:
                digest = hashlib.md5(body, usedforsecurity=False).digest()
                headers["Content-MD5"] = base64.b64encode(digest).decode()
            if self.conditional and "?" not in url:
                headers["If-None-Match"] = "*"
        return super().urlopen(method, url, **rest)


def connect(options: S3Options) -> tuple[Minio, Transport]:
    """A client of this store; nothing is sent yet.

    Raises:
        BadStoreAddress: no client can be made for it.
        TlsFailed: the file of authorities is none.
    """
    address = options.address
    try:
        transport = Transport(options)
        client = Minio(
            address.endpoint,
            access_key=options.credentials.access_key,
            secret_key=options.credentials.secret_key,
            secure=address.secure,
            region=address.region,
            http_client=transport,
        )
    except (ValueError, TypeError) as problem:
        raise BadStoreAddress(str(address), str(problem)) from problem
    if options.ca_file is not None and not options.ca_file.is_file():
        raise TlsFailed(f"{options.ca_file}: there is no such file of authorities")
    return client, transport


@contextmanager
def translated(address: S3Address, what: str) -> Iterator[None]:
    """Turn what the client raises into the archive's own errors."""
    try:
        yield
    except S3Error as problem:
        kind = _ERRORS.get(problem.code or "", ServiceFailed)
        text = f"{what}: the server answered {problem.code}: {problem.message}"
        if kind is BadStoreAddress:
            raise BadStoreAddress(str(address), text) from problem
        raise kind(text) from problem
    except (InvalidResponseError, ParseError, ValueError) as problem:
        # Not S3's XML: a proxy, a login page, another service at this address.
        raise ServiceFailed(f"{what}: {address.endpoint} did not answer as S3 does") from problem
    except (HTTPError, MinioException) as problem:
        raise _unreached(address, problem) from problem


def _unreached(address: S3Address, problem: Exception) -> ArchiveError:
    cause: BaseException | None = problem
    if isinstance(problem, MaxRetryError):
        cause = problem.reason
    if isinstance(cause, SSLError):
        return TlsFailed(f"{address.endpoint}: {cause}")
    return StoreUnreachable(f"{address.endpoint}: {cause or problem}")
