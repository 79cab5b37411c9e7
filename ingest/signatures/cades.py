"""CAdES: CMS files (`.p7m`) that hold an invoice, opened and checked.

A file may bear several signatures beside one another; each is checked by itself over the content.
A signature of a signature is its signer's business and is left alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from asn1crypto import cms, core  # type: ignore[import-untyped]
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import StandardCMSSignatureStatus, TimestampSignatureStatus

from domain.signature import Changes, Coverage, SignatureCheck, not_checked
from ingest.signatures.judged import Moment, judged, malformed, proven_at, refused, with_times
from ingest.signatures.trust import Carried, Roots, context

CADES: Final = "CAdES"
_MOST_SIGNERS: Final = 50


def signed_data(data: bytes) -> cms.SignedData | None:
    """The signed data of a CMS file; None for what is not one."""
    try:
        info = cms.ContentInfo.load(data)
        if info["content_type"].native != "signed_data":
            return None
        found: cms.SignedData = info["content"]
        _ = found["signer_infos"], found["encap_content_info"]["content_type"].native
    except (ValueError, TypeError, KeyError):
        return None
    return found


def content_of(data: bytes) -> bytes | None:
    """The file inside a CMS file; None where there is none (a detached signature)."""
    found = signed_data(data)
    if found is None:
        return None
    try:
        content = found["encap_content_info"]["content"]
        return None if isinstance(content, core.Void) else bytes(content)
    except (ValueError, TypeError, KeyError):
        return None


async def check_cms(data: bytes, roots: Roots, now: datetime) -> list[SignatureCheck]:
    """Check every signature over the content of a CMS file."""
    found = signed_data(data)
    if found is None:
        return [malformed(CADES, "", ValueError("not CMS signed data"))]
    if content_of(data) is None:
        return [not_checked(CADES, "", "a detached signature, without what it is about")]
    signers = list(found["signer_infos"])
    if not 0 < len(signers) <= _MOST_SIGNERS:
        return [not_checked(CADES, "", f"{len(signers)} signers")]
    checks = []
    for number, signer in enumerate(signers, start=1):
        alone = found.copy()
        alone["signer_infos"] = cms.SignerInfos([signer])
        try:
            checks.append(await _check(alone, str(number), roots, now))
        except SignatureValidationError as problem:
            checks.append(refused(CADES, str(number), problem))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as problem:
            checks.append(malformed(CADES, str(number), problem))
    return checks


async def _check(found: cms.SignedData, name: str, roots: Roots, now: datetime) -> SignatureCheck:
    certificates = generic_cms.extract_certs_for_validation(found)
    carried = Carried(tuple(certificates.other_certs))
    timing = await generic_cms.collect_timing_info(
        extract_signer_info(found),
        context(roots, carried, now, for_timestamps=True),
        raw_digest=_no_digest,
    )
    stamp: TimestampSignatureStatus | None = timing.get("timestamp_validity")
    at = Moment.of(proven_at(stamp), now)
    status = await generic_cms.async_validate_cms_signature(
        found,
        status_cls=StandardCMSSignatureStatus,
        validation_context=context(roots, carried, at.judged),
        status_kwargs=timing,
    )
    check = await judged(CADES, name, status, certificates.signer_cert, roots, carried, at)
    check = replace(check, coverage=Coverage.WHOLE, changes=Changes.NONE)
    return with_times(check, status.signer_reported_dt, stamp)


def _no_digest(_: str) -> bytes:
    """Timestamps over the content alone are not followed."""
    return b""
