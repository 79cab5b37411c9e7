"""The signatures of a PDF whose structure cannot be read: does each still cover its bytes?

A reader that repairs makes sense of a file that was edited by hand; pyHanko does not. What can be
said without the structure is said: whether the bytes a signature names are those it was made over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from asn1crypto import cms  # type: ignore[import-untyped]
from pyhanko.sign.ades.report import AdESFailure

from domain.signature import SignatureCheck, SignatureProblem, not_checked
from ingest.signatures.judged import failed, malformed
from ingest.signatures.marks import BYTE_RANGE

_MOST: Final = 50
_RANGE: Final = re.compile(
    BYTE_RANGE + rb"\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]"
)


def check_bytes(form: str, data: bytes, why: str) -> list[SignatureCheck]:
    """Check the bytes that each signature names; the rest stays not checked, for this reason."""
    checks = list(islice(_checks(form, data, why), _MOST))
    return checks or [not_checked(form, "", why)]


def _checks(form: str, data: bytes, why: str) -> Iterator[SignatureCheck]:
    for number, found in enumerate(_RANGE.finditer(data), start=1):
        start, length, again, rest = (int(group) for group in found.groups())
        try:
            algorithm, expected = _digest(_container(data[start + length : again].strip()))
        except (ValueError, TypeError, KeyError, IndexError) as problem:
            yield malformed(form, str(number), problem)
            continue
        covered = hashlib.new(algorithm, data[start : start + length])
        covered.update(data[again : again + rest])
        check = not_checked(form, str(number), why)
        if covered.digest() != expected:
            check = failed(check, AdESFailure.HASH_FAILURE, SignatureProblem.CONTENT_CHANGED)
        yield check


def _container(gap: bytes) -> bytes:
    if gap.startswith(b"<") and gap.endswith(b">"):
        return bytes.fromhex(gap[1:-1].decode("ascii"))
    raise ValueError("the bytes left out of the signature are not the signature")


def _digest(container: bytes) -> tuple[str, bytes]:
    """Algorithm and digest of the document that a signature or timestamp was made over."""
    signed: Any = cms.ContentInfo.load(container)["content"]
    content = signed["encap_content_info"]
    if content["content_type"].native == "tst_info":
        imprint = content["content"].parsed["message_imprint"]
        return imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
    signer = signed["signer_infos"][0]
    digests = [a for a in signer["signed_attrs"] if a["type"].native == "message_digest"]
    return signer["digest_algorithm"]["algorithm"].native, digests[0]["values"][0].native
