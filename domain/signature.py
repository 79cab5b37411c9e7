"""What checking an electronic signature on a received document came to (ETSI EN 319 102-1).

The indications and sub-indications are the standard's own words. `SignatureProblem` says the same
in codes that are ours and permanent, finer where an accountant has to know more: what was changed,
what is not covered. Instants are RFC 3339 texts in UTC, as they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Indication(StrEnum):
    """The result of a check (EN 319 102-1 §5.1.3)."""

    PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    FAILED = "TOTAL-FAILED"


class Coverage(StrEnum):
    """How much of the received bytes a signature is about."""

    WHOLE = "whole"
    REVISION = "revision"  # all there was when it was made; something was added later
    PART = "part"
    UNKNOWN = "unknown"


class Changes(StrEnum):
    """What was added to a document after it was signed."""

    NONE = "none"
    SIGNATURES = "signatures"  # further signatures, timestamps, data to check them by
    FORM = "form_filling"
    ANNOTATIONS = "annotations"
    REFUSED = "refused"  # what no signer allows, or what this one forbade
    UNKNOWN = "unknown"


class Revocation(StrEnum):
    """What is known of the revocation of the signer's certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_DECLARED = "not_declared"  # the certificate names no place where it could be asked


SIGNATURE_CODES = "SIG-"
"""What the code of every problem of a signature begins with."""


class SignatureProblem(StrEnum):
    """What is wrong with a signature, or not known of it."""

    CONTENT_CHANGED = "SIG-01"
    FORGED = "SIG-02"
    CHANGED_LATER = "SIG-03"
    PART_ONLY = "SIG-04"
    MALFORMED = "SIG-05"
    REVOKED = "SIG-06"
    FILLED_UNASKED = "SIG-07"
    FILLED_LATER = "SIG-10"
    EXPIRED = "SIG-11"
    SIGNER_UNKNOWN = "SIG-12"
    NO_ROOTS = "SIG-13"
    REVOCATION_UNKNOWN = "SIG-14"
    WEAK_ALGORITHM = "SIG-15"
    NOT_CHECKED = "SIG-16"
    UNFIT_CERTIFICATE = "SIG-17"
    BAD_TIMESTAMP = "SIG-18"

    @property
    def is_fatal(self) -> bool:
        """Whether the document must not pass without a person having looked at it."""
        return self in _FATAL


_FATAL = frozenset(
    {
        SignatureProblem.CONTENT_CHANGED,
        SignatureProblem.FORGED,
        SignatureProblem.CHANGED_LATER,
        SignatureProblem.PART_ONLY,
        SignatureProblem.MALFORMED,
        SignatureProblem.REVOKED,
        SignatureProblem.FILLED_UNASKED,
    }
)


@dataclass(frozen=True, slots=True)
class Signer:
    """The certificate a signature was made with."""

    subject: str
    issuer: str
    serial: str
    not_before: str
    not_after: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SeenTimestamp:
    """A timestamp over a signature, and whether its authority is one that is trusted."""

    at: str
    authority: str
    intact: bool
    trusted: bool


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One signature or document timestamp, and what checking it came to."""

    format: str  # PAdES, XAdES, CAdES, ASiC
    name: str
    indication: Indication
    sub_indication: str | None = None
    is_timestamp: bool = False
    intact: bool | None = None
    coverage: Coverage = Coverage.UNKNOWN
    covers: tuple[str, ...] = ()
    changes: Changes = Changes.UNKNOWN
    signer: Signer | None = None
    trusted: bool = False
    anchor: str | None = None
    claimed_at: str | None = None
    timestamp: SeenTimestamp | None = None
    judged_at: str | None = None
    """The instant the certificate was judged at: the proven one, else that of the check."""
    revocation: Revocation = Revocation.UNKNOWN
    algorithm: str | None = None
    problems: tuple[SignatureProblem, ...] = ()
    detail: str | None = None

    @property
    def is_fatal(self) -> bool:
        """Whether the document must not pass without a person having looked at it."""
        return any(problem.is_fatal for problem in self.problems)


def not_checked(form: str, name: str, detail: str) -> SignatureCheck:
    """A signature that is there and could not be checked."""
    return SignatureCheck(
        form,
        name,
        Indication.INDETERMINATE,
        "GENERIC",
        problems=(SignatureProblem.NOT_CHECKED,),
        detail=detail,
    )
