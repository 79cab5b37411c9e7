"""RFC 3161 over HTTP, by rfc3161-client; what it does not know, the openssl program may.

An answer counts when it was granted, is about our message, bears our nonce, and, where roots are
given, its signature leads to one of them. Proxies are taken from the environment, as usual.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.errors import TimestampRefused, TimestampUnavailable

_MOST_BYTES = 1 << 20
_OPENSSL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class HttpAuthority:
    """An authority at an address."""

    url: str
    roots: bytes = b""
    """Certificates in PEM form that are believed; none: signatures are not checked."""
    timeout: float = 30.0

    def stamp(self, message: bytes) -> bytes:
        """Its answer about this message; see `archive.timestamp.Authority`."""
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

        builder = TimestampRequestBuilder(data=message, hash_algorithm=HashAlgorithm.SHA256)
        request = builder.build()
        answer = self._ask(request.as_bytes())
        self._check(answer, message, request.nonce)
        return answer

    def time_of(self, answer: bytes, message: bytes) -> datetime:
        """When it says this message existed; raises TimestampRefused."""
        return self._check(answer, message, None)

    def _ask(self, query: bytes) -> bytes:
        if not self.url.startswith(("http://", "https://")):
            raise TimestampUnavailable(f"timestamp.url: {self.url!r} is no web address")
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            self.url, query, {"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:  # noqa: S310
                answer: bytes = reply.read(_MOST_BYTES)
        except (urllib.error.URLError, OSError, ValueError) as problem:
            raise TimestampUnavailable(f"{self.url}: {problem}") from problem
        return answer

    def _check(self, answer: bytes, message: bytes, nonce: int | None) -> datetime:
        token = _token(answer)
        if token["imprint"] != hashlib.new(token["hash"], message).digest():
            raise TimestampRefused("it is about something else")
        if nonce is not None and token["nonce"] != nonce:
            raise TimestampRefused("it answers another request")
        at: datetime = token["at"]
        if self.roots:
            _check_signature(answer, message, self.roots, at)
        return at


def certificates(answer: bytes) -> bytes:
    """The certificates that came with an answer, in PEM form."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate

    found = _token(answer)["certificates"]
    return b"".join(load_der_x509_certificate(d).public_bytes(Encoding.PEM) for d in found)


def _token(answer: bytes) -> dict[str, Any]:
    """What an answer says, read leniently: many authorities do not sort their certificates."""
    from asn1crypto import tsp  # type: ignore[import-untyped]

    try:
        response = tsp.TimeStampResp.load(answer, strict=True)
        status = response["status"]["status"].native
        if status != "granted":
            raise TimestampRefused(f"the authority answered {status}")
        content = response["time_stamp_token"]["content"]
        info = content["encap_content_info"]["content"].parsed
        return {
            "hash": info["message_imprint"]["hash_algorithm"]["algorithm"].native,
            "imprint": info["message_imprint"]["hashed_message"].native,
            "nonce": info["nonce"].native,
            "at": info["gen_time"].native,
            "certificates": [item.dump() for item in content["certificates"]],
        }
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise TimestampRefused(f"not a timestamp: {problem}") from problem


def _check_signature(answer: bytes, message: bytes, roots: bytes, at: datetime) -> None:
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        trusted = VerifierBuilder(roots=load_pem_x509_certificates(roots)).build()
        trusted.verify_message(decode_timestamp_response(answer), message)
    except (VerificationError, ValueError) as problem:
        if not _verified_by_openssl(answer, message, roots, at):
            raise TimestampRefused(f"its signature: {problem}") from problem


def _verified_by_openssl(answer: bytes, message: bytes, roots: bytes, at: datetime) -> bool:
    """Whether the openssl program, where there is one, finds the signature good at that time."""
    program = shutil.which("openssl")
    if program is None:
        return False
    with tempfile.TemporaryDirectory(prefix="meg-tsr-") as name:
        words = ["-attime", str(int(at.timestamp()))]
        for option, data in {"in": answer, "data": message, "CAfile": roots}.items():
            path = Path(name) / option
            path.write_bytes(data)
            words += [f"-{option}", str(path)]
        done = subprocess.run(  # noqa: S603 - our own files are the only arguments
            [program, "ts", "-verify", *words],
            capture_output=True,
            check=False,
            timeout=_OPENSSL_SECONDS,
        )
    return done.returncode == 0
