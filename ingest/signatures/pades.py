"""PAdES: the signatures and document timestamps of a PDF, checked by pyHanko.

The newest comes first: a trusted document timestamp proves that all before it existed then, so
each certificate is judged at the earliest instant proven so far, or by the signature's own
timestamp. What was appended after a signature is compared object by object (pyHanko's rules for
ISO 32000-2 §12.8): further signatures, what checks them, and what the signer allowed, pass.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from asn1crypto import crl, ocsp  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel, SuspiciousModification
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
    generic_cms,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import (
    ModificationInfo,
    SignatureCoverageLevel,
    TimestampSignatureStatus,
)

from domain.signature import (
    Changes,
    Coverage,
    Indication,
    SignatureCheck,
    SignatureProblem,
    not_checked,
)
from ingest.signatures.byte_range import check_bytes
from ingest.signatures.judged import (
    Moment,
    failed,
    judged,
    malformed,
    proven_at,
    refused,
    seen_timestamp,
    with_times,
)
from ingest.signatures.trust import Carried, Roots, context

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it finds is in what it returns
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

PADES: Final = "PAdES"
_MOST_SIGNATURES: Final = 50
_TIMESTAMP: Final = "/DocTimeStamp"
_COVERAGE: Final = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.WHOLE,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.REVISION,
    SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START: Coverage.PART,
}
_CHANGES: Final = {
    ModificationLevel.NONE: Changes.NONE,
    ModificationLevel.LTA_UPDATES: Changes.SIGNATURES,
    ModificationLevel.FORM_FILLING: Changes.FORM,
    ModificationLevel.ANNOTATIONS: Changes.ANNOTATIONS,
}
_SHOWN_LATER: Final = frozenset({Changes.FORM, Changes.ANNOTATIONS})


@dataclass(frozen=True, slots=True)
class _Judging:
    """What the signatures of one file are judged by."""

    roots: Roots
    carried: Carried
    now: datetime
    signatures: frozenset[str]
    """The names of the fields that are signed."""


async def check_pdf(data: bytes, roots: Roots, now: datetime) -> list[SignatureCheck]:
    """Check every signature of a PDF, in the order they were made."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted:
            reader.decrypt("")
        found = list(reader.embedded_signatures)
    except MemoryError:
        raise
    except Exception as problem:  # noqa: BLE001  # a file that is damaged, or whose signature is
        return check_bytes(PADES, data, f"{type(problem).__name__}: {problem}"[:500])
    if not found:
        told = "a signature stands in the file; no signature field of the document leads to it"
        # It may be that of a file inside this one, whose byte range means nothing here.
        mine = [
            c
            for c in check_bytes(PADES, data, told)
            if SignatureProblem.MALFORMED not in c.problems
        ]
        return mine or [not_checked(PADES, "", told)]
    if len(found) > _MOST_SIGNATURES:
        return [not_checked(PADES, "", f"{len(found)} signatures in one file")]
    names = frozenset(str(embedded.field_name or "") for embedded in found)
    judging = _Judging(roots, _carried(reader, found), now, names)
    checks: list[SignatureCheck] = []
    proven: datetime | None = None
    for embedded in reversed(found):
        name = str(embedded.field_name or "")
        try:
            if embedded.sig_object_type == _TIMESTAMP:
                check, at = await _timestamp(embedded, name, judging, proven)
                proven = at or proven
            else:
                check = await _signature(embedded, name, judging, proven)
        except SignatureValidationError as problem:
            check = refused(PADES, name, problem)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as problem:
            # asn1crypto reads late: what is malformed raises where it is looked at.
            check = malformed(PADES, name, problem)
        checks.append(check)
    return checks[::-1]


async def _timestamp(
    embedded: EmbeddedPdfSignature, name: str, judging: _Judging, proven: datetime | None
) -> tuple[SignatureCheck, datetime | None]:
    at = Moment.of(proven, judging.now)
    using = context(judging.roots, judging.carried, at.judged, for_timestamps=True)
    status = await async_validate_pdf_timestamp(embedded, using)
    check = await _concluded(embedded, name, status, judging, at)
    check = replace(check, is_timestamp=True, timestamp=seen_timestamp(status))
    return check, None if check.is_fatal else proven_at(status)


async def _signature(
    embedded: EmbeddedPdfSignature, name: str, judging: _Judging, proven: datetime | None
) -> SignatureCheck:
    stamping = context(judging.roots, judging.carried, proven or judging.now, for_timestamps=True)
    timing = await generic_cms.collect_timing_info(
        embedded.signer_info, stamping, raw_digest=embedded.compute_digest
    )
    stamp: TimestampSignatureStatus | None = timing.get("timestamp_validity")
    at = Moment.of(proven_at(stamp) or proven, judging.now)
    status = await async_validate_pdf_signature(
        embedded,
        signer_validation_context=context(judging.roots, judging.carried, at.judged),
        ts_validation_context=stamping,
    )
    check = await _concluded(embedded, name, status, judging, at)
    return with_times(check, status.signer_reported_dt, stamp)


async def _concluded(
    embedded: EmbeddedPdfSignature, name: str, status: Any, judging: _Judging, at: Moment
) -> SignatureCheck:
    check = await judged(
        PADES, name, status, embedded.signer_cert, judging.roots, judging.carried, at
    )
    changes = _changes(status, judging.signatures)
    check = replace(
        check,
        coverage=_COVERAGE.get(status.coverage, Coverage.UNKNOWN),
        changes=changes,
    )
    if check.indication is Indication.FAILED:
        return check
    if (status.coverage or SignatureCoverageLevel.UNCLEAR) < SignatureCoverageLevel.ENTIRE_REVISION:
        return failed(check, AdESFailure.FORMAT_FAILURE, SignatureProblem.PART_ONLY)
    if changes is Changes.REFUSED:
        refusal = status.diff_result if isinstance(status.diff_result, Exception) else None
        check = replace(check, detail=None if refusal is None else str(refusal)[:500])
        return failed(check, AdESFailure.FORMAT_FAILURE, SignatureProblem.CHANGED_LATER)
    if changes in _SHOWN_LATER:
        # The standard lets anybody fill in forms of a signed document. What an invoice shows
        # may change that way ("shadow attacks"): only an author's own leave is taken for one.
        allowed = embedded.docmdp_level is not None
        later = SignatureProblem.FILLED_LATER if allowed else SignatureProblem.FILLED_UNASKED
        return replace(check, problems=(*check.problems, later))
    return check


def _changes(status: ModificationInfo, signatures: frozenset[str]) -> Changes:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return Changes.NONE
    found = status.diff_result
    if isinstance(found, SuspiciousModification) or status.docmdp_ok is False:
        return Changes.REFUSED
    if not isinstance(found, DiffResult):
        return Changes.UNKNOWN
    level = _CHANGES.get(found.modification_level, Changes.REFUSED)
    # To sign once more is to fill in a form too; it changes nothing that is read.
    only_signed = level is Changes.FORM and found.changed_form_fields <= signatures
    return Changes.SIGNATURES if only_signed else level


def _carried(reader: PdfFileReader, found: list[EmbeddedPdfSignature]) -> Carried:
    """Certificates and revocation data in the file: its security store, and in the signatures."""
    certificates = [cert for embedded in found for cert in embedded.other_embedded_certs]
    revocations = [item for embedded in found for item in _archived(embedded, "crl")]
    answers = [item for embedded in found for item in _archived(embedded, "ocsp")]
    try:
        store = DocumentSecurityStore.read_dss(reader)
        certificates += list(store.load_certs())
        revocations += [crl.CertificateList.load(each.get_object().data) for each in store.crls]
        answers += [ocsp.OCSPResponse.load(each.get_object().data) for each in store.ocsps]
    except NoDSSFoundError:
        pass
    except (ValueError, TypeError, KeyError, AttributeError):
        pass  # a store that cannot be read proves nothing; the signatures stand without it
    return Carried(tuple(certificates), tuple(revocations), tuple(answers))


def _archived(embedded: EmbeddedPdfSignature, kind: str) -> Iterator[Any]:
    """Revocation data among the signed attributes, the way Adobe's programs put it there."""
    attributes = embedded.signer_info["signed_attrs"]
    try:
        yield from find_unique_cms_attribute(attributes, "adobe_revocation_info_archival")[kind]
    except (ValueError, TypeError, KeyError):
        return
