"""The signatures of a document as its page shows them: what holds, who, when, why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.formats import Formats
from api.web.texts import Texts
from domain.signature import Indication, SignatureProblem
from ingest.signatures.texts import TEXTS

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One signature: the verdict in a word, the standard's words, what is to be known of it."""

    tone: str
    verdict: str
    indication: str
    problems: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]
    detail: str | None


def signature_views(texts: Texts, formats: Formats, record: Record) -> list[SignatureView]:
    """The signatures of a document, in the order they were made."""
    return [_view(texts, formats, check) for check in record.get("signatures") or ()]


def _view(texts: Texts, formats: Formats, check: Record) -> SignatureView:
    problems = [SignatureProblem(code) for code in check["problems"]]
    fatal = any(problem.is_fatal for problem in problems)
    passed = check["indication"] == Indication.PASSED.value
    verdict = "bad" if fatal else "good" if passed else "open"
    place = texts.language != "fr"
    return SignatureView(
        "bad" if fatal else "good" if passed else "plain",
        texts(f"signature.{verdict}"),
        " / ".join(filter(None, (check["indication"], check["sub_indication"]))),
        [(problem.value, TEXTS[problem][place]) for problem in problems],
        list(_facts(texts, formats, check)),
        check["detail"],
    )


def _facts(texts: Texts, formats: Formats, check: Record) -> Iterator[tuple[str, str]]:
    signer, stamp = check["signer"], check["timestamp"]
    kind = "signature.timestamp" if check["is_timestamp"] else "signature.signature"
    name = f"{texts(kind)} {check['format']}".strip()
    yield texts("signature.what"), f"{name} {check['name']}".strip()
    if signer is not None:
        trusted = texts("signature.trusted", anchor=check["anchor"] or "")
        known = trusted if check["trusted"] else texts("signature.not_trusted")
        yield texts("signature.signer"), f"{signer['subject']} ({known})"
        dates = [formats.day(signer[key][:10]) for key in ("not_before", "not_after")]
        yield (
            texts("signature.certificate"),
            texts("signature.issued", issuer=signer["issuer"], start=dates[0], end=dates[1]),
        )
        yield texts("signature.revocation"), texts(f"signature.revocation.{check['revocation']}")
    covers = ", ".join(check["covers"])
    covered = texts(f"signature.coverage.{check['coverage']}")
    yield texts("signature.coverage"), f"{covered} ({covers})" if covers else covered
    yield texts("signature.changes"), texts(f"signature.changes.{check['changes']}")
    if check["claimed_at"]:
        yield texts("signature.claimed"), formats.moment(check["claimed_at"])
    if stamp is not None:
        trusted = texts("signature.stamp_trusted" if stamp["trusted"] else "signature.stamp_not")
        yield (
            texts("signature.stamped"),
            (f"{formats.moment(stamp['at'])}, {stamp['authority']} ({trusted})"),
        )
    if check["algorithm"]:
        yield texts("signature.algorithm"), check["algorithm"]
