from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.errors import BadStoreAddress
from archive.stores.s3_address import Credentials, S3Address, S3Options


@pytest.mark.parametrize(
    ("url", "endpoint", "bucket", "secure", "region"),
    [
        ("s3+https://s3.example.org/invoices", "s3.example.org", "invoices", True, None),
        ("s3+http://127.0.0.1:7480/b-1/", "127.0.0.1:7480", "b-1", False, None),
        ("s3+https://[::1]:9000/abc?region=eu-west-3", "[::1]:9000", "abc", True, "eu-west-3"),
    ],
)
def test_reads_an_address(
    url: str, endpoint: str, bucket: str, *, secure: bool, region: str | None
) -> None:
    assert S3Address.parse(url) == S3Address(endpoint, bucket, secure, region)


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.example.org/invoices",
        "s3+https:///invoices",
        "s3+https://s3.example.org/",
        "s3+https://s3.example.org/Invoices",
        "s3+https://s3.example.org/invoices/more",
        "s3+https://s3.example.org:port/invoices",
        "s3+https://s3.example.org/invoices?secret=1",
        "s3+https://s3.example.org/invoices?region",
        "s3+https://s3.example.org/invoices#part",
    ],
)
def test_refuses_what_is_no_address(url: str) -> None:
    with pytest.raises(BadStoreAddress):
        S3Address.parse(url)


def test_refuses_credentials_in_an_address_without_repeating_them() -> None:
    with pytest.raises(BadStoreAddress, match="credentials") as caught:
        S3Address.parse("s3+https://key:secret@s3.example.org/invoices")

    assert "secret" not in caught.value.message


def test_a_secret_never_shows() -> None:
    credentials = Credentials("KEY", "very-secret")
    options = S3Options(S3Address("host", "bucket"), credentials)

    assert "very-secret" not in f"{credentials} {options!r}"


def test_an_object_is_retained_to_the_end_of_the_last_year() -> None:
    options = S3Options(S3Address("host", "bucket"), Credentials("a", "b"), retention_years=10)

    until = options.retained_until(datetime(2026, 2, 28, tzinfo=UTC))

    assert until == datetime(2037, 1, 1, tzinfo=UTC)
