"""From what pyHanko found of a CMS signature to what is kept and shown of it.

The conclusion follows EN 319 102-1 §5.3 and §5.5: integrity first, then what was added to the
document later (as a format failure, the way the European validator counts it), then the
certificate at the earliest instant that a trusted timestamp proves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import x509  # type: ignore[import-untyped]
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureStatus, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from domain.signature import (
    Indication,
    Revocation,
    SeenTimestamp,
    SignatureCheck,
    SignatureProblem,
    Signer,
    not_checked,
)
from ingest.signatures.trust import Carried, Roots, context, name_of

_DETAIL: Final = 500
_TRUST_PROBLEMS: Final = {
    AdESIndeterminate.REVOKED_NO_POE: SignatureProblem.REVOKED,
    AdESIndeterminate.TRY_LATER: SignatureProblem.REVOCATION_UNKNOWN,
    AdESIndeterminate.NO_POE: SignatureProblem.REVOCATION_UNKNOWN,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: SignatureProblem.EXPIRED,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: SignatureProblem.WEAK_ALGORITHM,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: SignatureProblem.WEAK_ALGORITHM,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a certificate is judged, and whether a trusted timestamp proves that instant."""

    judged: datetime
    is_proven: bool

    @classmethod
    def of(cls, proven: datetime | None, now: datetime) -> Moment:
        """The proven instant, else the one of the check."""
        return cls(proven or now, proven is not None)


def instant(at: datetime) -> str:
    """RFC 3339 in UTC; a time without a zone, which a signer may claim, is taken as UTC."""
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def signer_of(certificate: x509.Certificate) -> Signer:
    """What is shown of a certificate."""
    return Signer(
        subject=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        not_before=instant(certificate.not_valid_before),
        not_after=instant(certificate.not_valid_after),
        sha256=certificate.sha256.hex(),
    )


def seen_timestamp(status: TimestampSignatureStatus | None) -> SeenTimestamp | None:
    """What is shown of a timestamp."""
    if status is None:
        return None
    return SeenTimestamp(
        instant(status.timestamp),
        name_of(status.signing_cert.subject),
        intact=is_sound(status),
        trusted=is_sound(status) and bool(status.trusted),
    )


def is_sound(status: SignatureStatus) -> bool:
    """Whether digest and signature value hold."""
    return bool(status.intact and status.valid)


def proven_at(status: TimestampSignatureStatus | None) -> datetime | None:
    """The instant that a trusted timestamp proves."""
    if status is None or not (is_sound(status) and status.trusted):
        return None
    found: datetime = status.timestamp
    return found


def broken(status: SignatureStatus) -> tuple[AdESFailure, SignatureProblem] | None:
    """What is wrong with the cryptography of a signature, if anything."""
    if not status.intact:
        return AdESFailure.HASH_FAILURE, SignatureProblem.CONTENT_CHANGED
    if not status.valid:
        return AdESFailure.SIG_CRYPTO_FAILURE, SignatureProblem.FORGED
    return None


def revocation_of(trouble: Any, certificate: x509.Certificate) -> Revocation:
    """What is known of the revocation of a certificate, from what judging it came to."""
    if trouble is AdESIndeterminate.REVOKED_NO_POE:
        return Revocation.REVOKED
    if not (certificate.crl_distribution_points or certificate.ocsp_urls):
        return Revocation.NOT_DECLARED
    return Revocation.GOOD if trouble is None else Revocation.UNKNOWN


def trust_conclusion(
    trouble: Any, certificate: x509.Certificate, roots: Roots, at: Moment
) -> tuple[Indication, str | None, list[SignatureProblem]]:
    """Indication, sub-indication and problems of a signature whose cryptography holds."""
    if trouble is None:
        return Indication.PASSED, None, []
    name = str(trouble.standard_name)
    problems = list(_trust_problems(trouble, roots))
    outside = not certificate.not_valid_before <= at.judged <= certificate.not_valid_after
    if outside and SignatureProblem.EXPIRED not in problems:
        problems.append(SignatureProblem.EXPIRED)
    if outside and at.is_proven and trouble is AdESIndeterminate.OUT_OF_BOUNDS_NO_POE:
        early = at.judged < certificate.not_valid_before
        name = (AdESIndeterminate.NOT_YET_VALID if early else AdESIndeterminate.EXPIRED).name
    failed = isinstance(trouble, AdESFailure)
    return Indication.FAILED if failed else Indication.INDETERMINATE, name, problems


def _trust_problems(trouble: Any, roots: Roots) -> Iterator[SignatureProblem]:
    if trouble is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        known = bool(roots.certificates)
        yield SignatureProblem.SIGNER_UNKNOWN if known else SignatureProblem.NO_ROOTS
    else:
        yield _TRUST_PROBLEMS.get(trouble, SignatureProblem.UNFIT_CERTIFICATE)


async def settled(
    trouble: Any, certificate: x509.Certificate, roots: Roots, carried: Carried, at: Moment
) -> Any:
    """The same trouble, or its own name where nothing but the revocation is not known.

    The library says of a path that lacks revocation data only that it failed.
    """
    if trouble is not AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE:
        return trouble
    lenient = context(roots, carried, at.judged, for_timestamps=True)
    usage = await usage_of(certificate, lenient)
    return trouble if usage.success_result is None else AdESIndeterminate.TRY_LATER


async def usage_of(certificate: x509.Certificate, using: ValidationContext) -> Any:
    """Whether a certificate is good for signing documents, by this context."""
    return await generic_cms.validate_cert_usage(
        certificate,
        using,
        key_usage_settings=SignatureStatus.default_usage_constraints(),
        paths=using.path_builder.async_build_paths_lazy(certificate),
    )


async def judged(
    form: str,
    name: str,
    status: Any,
    certificate: x509.Certificate,
    roots: Roots,
    carried: Carried,
    at: Moment,
) -> SignatureCheck:
    """The check of a CMS signature, from the status pyHanko gives it; coverage is told apart."""
    trouble = await settled(status.trust_problem_indic, certificate, roots, carried, at)
    if trouble is None and not status.trusted:
        trouble = AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND
    indication, sub_indication, problems = trust_conclusion(trouble, certificate, roots, at)
    check = SignatureCheck(
        form,
        name,
        indication,
        sub_indication,
        intact=is_sound(status),
        signer=signer_of(certificate),
        trusted=bool(status.trusted),
        anchor=anchor_of(status.validation_path) if status.trusted else None,
        judged_at=instant(at.judged),
        revocation=revocation_of(trouble, certificate),
        algorithm=f"{status.pkcs7_signature_mechanism}, {status.md_algorithm}",
        problems=tuple(problems),
    )
    wrong = broken(status)
    if wrong is None:
        return check
    # Whose certificate it is says nothing about a signature that does not hold.
    return failed(replace(check, problems=(), revocation=Revocation.UNKNOWN), *wrong)


def failed(check: SignatureCheck, why: AdESFailure, problem: SignatureProblem) -> SignatureCheck:
    """The same check, failed for a reason that comes before all others."""
    return replace(
        check,
        indication=Indication.FAILED,
        sub_indication=why.standard_name,
        problems=(problem, *(each for each in check.problems if each is not problem)),
    )


def with_times(
    check: SignatureCheck, claimed: datetime | None, stamp: TimestampSignatureStatus | None
) -> SignatureCheck:
    """The same check with the time its signer claims, and its timestamp."""
    problems = check.problems
    if stamp is not None and not is_sound(stamp):
        problems = (*problems, SignatureProblem.BAD_TIMESTAMP)
    return replace(
        check,
        problems=problems,
        claimed_at=None if claimed is None else instant(claimed),
        timestamp=seen_timestamp(stamp),
    )


def malformed(form: str, name: str, problem: Exception) -> SignatureCheck:
    """A signature that is none by the standards, so that nothing in it can be checked."""
    return failed(
        replace(not_checked(form, name, str(problem)[:_DETAIL]), problems=()),
        AdESFailure.FORMAT_FAILURE,
        SignatureProblem.MALFORMED,
    )


def refused(form: str, name: str, problem: SignatureValidationError) -> SignatureCheck:
    """A signature that pyHanko does not go on with."""
    indic = problem.ades_subindication
    if isinstance(indic, AdESFailure):
        return malformed(form, name, problem)
    check = not_checked(form, name, str(problem.failure_message)[:_DETAIL])
    return check if indic is None else replace(check, sub_indication=indic.standard_name)


def anchor_of(path: ValidationPath | None) -> str | None:
    """The root that a certificate was trusted from."""
    if path is None:
        return None
    return name_of(path.trust_anchor.authority.name)
