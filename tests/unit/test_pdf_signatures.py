"""PAdES: what is intact, what was changed, who signed, and when it was judged."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from pyhanko.sign.fields import MDPPerm

from domain.signature import Changes, Coverage, Indication, Revocation, SignatureCheck
from domain.signature import SignatureProblem as Problem
from ingest.signatures.check import check_signatures
from ingest.signatures.marks import is_signed
from ingest.signatures.options import TrustOptions
from tests.page_maker import invoice_rows
from tests.pdf_maker import in_name_tree
from tests.printed_maker import drawn
from tests.signed_maker import (
    NOW,
    authority,
    fill_form,
    identity,
    replace_content,
    revocations,
    roots_in,
    sign_pdf,
    stamp_pdf,
    with_form,
)

EARLY = datetime(2024, 1, 1, tzinfo=UTC)
LATE = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRED = datetime(2025, 1, 1, tzinfo=UTC)


@cache
def invoice() -> bytes:
    return drawn(invoice_rows())


@pytest.fixture(name="trust")
def _trust(tmp_path: Path) -> TrustOptions:
    return TrustOptions(roots_in(tmp_path / "roots"))


def only(data: bytes, trust: TrustOptions) -> SignatureCheck:
    (check,) = check_signatures(data, trust, NOW)
    return check


def test_a_signed_invoice_passes_and_names_its_signer(trust: TrustOptions) -> None:
    check = only(sign_pdf(invoice()), trust)

    assert check.indication is Indication.PASSED
    assert check.problems == ()
    assert (check.coverage, check.changes) == (Coverage.WHOLE, Changes.NONE)
    assert check.signer is not None
    assert check.signer.subject == "Fournisseur Exemple"
    assert check.anchor == "Autorité d'essai"
    assert check.revocation is Revocation.NOT_DECLARED
    assert check.judged_at == "2030-06-01T00:00:00Z"


def test_without_roots_it_is_intact_and_the_signer_not_verified() -> None:
    check = only(sign_pdf(invoice()), TrustOptions())

    assert check.intact
    assert not check.trusted
    assert check.indication is Indication.INDETERMINATE
    assert check.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    assert check.problems == (Problem.NO_ROOTS,)
    assert not check.is_fatal


def test_a_signer_of_another_authority_is_not_trusted(trust: TrustOptions) -> None:
    stranger = identity("Étranger", issuer="Autre autorité")

    check = only(sign_pdf(invoice(), stranger, issuer="Autre autorité"), trust)

    assert check.problems == (Problem.SIGNER_UNKNOWN,)
    assert check.intact


def test_a_changed_byte_is_found(trust: TrustOptions) -> None:
    signed = bytearray(sign_pdf(invoice()))
    place = signed.index(b"stream") + 20
    signed[place] ^= 1

    check = only(bytes(signed), trust)

    assert (check.indication, check.sub_indication) == (Indication.FAILED, "HASH_FAILURE")
    assert check.problems == (Problem.CONTENT_CHANGED,)
    assert check.is_fatal


def test_another_signature_value_is_found(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice())
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    container = bytes.fromhex(signed[start : signed.index(b">", start)].decode())
    value = _signature_value(container)
    changed = container.replace(value, value[:-1] + bytes([value[-1] ^ 1]))
    forged = signed[:start] + changed.hex().encode() + signed[start + 2 * len(changed) :]

    check = only(forged, trust)

    assert (check.indication, check.sub_indication) == (Indication.FAILED, "SIG_CRYPTO_FAILURE")
    assert check.problems == (Problem.FORGED,)


def _signature_value(container: bytes) -> bytes:
    from asn1crypto import cms  # type: ignore[import-untyped]

    return bytes(cms.ContentInfo.load(container)["content"]["signer_infos"][0]["signature"].native)


def test_a_page_replaced_after_signing_is_found(trust: TrustOptions) -> None:
    check = only(replace_content(sign_pdf(invoice())), trust)

    assert check.intact  # the signed bytes are all there
    assert (check.indication, check.sub_indication) == (Indication.FAILED, "FORMAT_FAILURE")
    assert (check.coverage, check.changes) == (Coverage.REVISION, Changes.REFUSED)
    assert check.problems == (Problem.CHANGED_LATER,)
    assert check.detail


def test_a_form_filled_later_without_leave_is_fatal(trust: TrustOptions) -> None:
    check = only(fill_form(sign_pdf(with_form(invoice())), "99 999,00"), trust)

    assert check.changes is Changes.FORM
    assert check.problems == (Problem.FILLED_UNASKED,)
    assert check.is_fatal


def test_a_form_filled_later_as_the_author_allowed_is_told(trust: TrustOptions) -> None:
    signed = sign_pdf(with_form(invoice()), certify=MDPPerm.FILL_FORMS)

    check = only(fill_form(signed, "vu"), trust)

    assert check.indication is Indication.PASSED
    assert check.problems == (Problem.FILLED_LATER,)
    assert not check.is_fatal


def test_a_form_filled_later_where_the_author_forbade_it_is_fatal(trust: TrustOptions) -> None:
    signed = sign_pdf(with_form(invoice()), certify=MDPPerm.NO_CHANGES)

    check = only(fill_form(signed, "vu"), trust)

    assert check.indication is Indication.FAILED
    assert check.problems == (Problem.CHANGED_LATER,)


def test_a_second_signature_is_no_change_of_the_first(trust: TrustOptions) -> None:
    twice = sign_pdf(sign_pdf(invoice()), identity("Contresignataire"), field="Signature2")

    first, second = check_signatures(twice, trust, NOW)

    assert [first.name, second.name] == ["Signature1", "Signature2"]
    assert (first.coverage, first.changes) == (Coverage.REVISION, Changes.SIGNATURES)
    assert (second.coverage, second.changes) == (Coverage.WHOLE, Changes.NONE)
    assert {first.indication, second.indication} == {Indication.PASSED}
    assert first.problems == second.problems == ()


def test_a_change_after_two_signatures_breaks_both(trust: TrustOptions) -> None:
    twice = sign_pdf(sign_pdf(invoice()), identity("Contresignataire"), field="Signature2")

    checks = check_signatures(replace_content(twice), trust, NOW)

    assert [check.problems for check in checks] == [(Problem.CHANGED_LATER,)] * 2


def test_an_expired_certificate_without_timestamp_is_not_settled(trust: TrustOptions) -> None:
    check = only(sign_pdf(invoice(), identity("Expiré", end=EXPIRED)), trust)

    assert check.indication is Indication.INDETERMINATE
    assert check.sub_indication == "OUT_OF_BOUNDS_NO_POE"
    assert check.problems == (Problem.EXPIRED,)


def test_an_expired_certificate_is_fine_with_a_timestamp_in_its_time(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice(), identity("Expiré", end=EXPIRED), stamped_at=EARLY)

    check = only(signed, trust)

    assert check.indication is Indication.PASSED
    assert check.judged_at == "2024-01-01T00:00:00Z"
    assert check.timestamp is not None
    assert check.timestamp.trusted


def test_a_timestamp_after_the_end_does_not_help(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice(), identity("Expiré", end=EXPIRED), stamped_at=LATE)

    check = only(signed, trust)

    assert (check.indication, check.sub_indication) == (Indication.INDETERMINATE, "EXPIRED")
    assert check.problems == (Problem.EXPIRED,)


def test_a_document_timestamp_proves_when_the_signature_was_there(trust: TrustOptions) -> None:
    signed = stamp_pdf(sign_pdf(invoice(), identity("Expiré", end=EXPIRED)), EARLY)

    signature, stamp = check_signatures(signed, trust, NOW)

    assert signature.indication is Indication.PASSED
    assert signature.judged_at == "2024-01-01T00:00:00Z"
    assert stamp.is_timestamp
    assert stamp.indication is Indication.PASSED


def test_an_untrusted_timestamp_proves_nothing(tmp_path: Path) -> None:
    signed = sign_pdf(
        invoice(),
        identity("Expiré ailleurs", end=EXPIRED, issuer="Autre autorité"),
        stamped_at=EARLY,
        issuer="Autre autorité",
    )
    other = TrustOptions(roots_in(tmp_path / "other", root=authority("Autre autorité")))

    check = only(signed, other)

    assert check.indication is Indication.INDETERMINATE
    assert check.timestamp is not None
    assert not check.timestamp.trusted
    assert check.judged_at == "2030-06-01T00:00:00Z"


def test_revocation_must_be_known_where_the_certificate_says_where_to_ask(
    tmp_path: Path,
) -> None:
    listed = identity("Listé", crl=True)
    signed = sign_pdf(invoice(), listed)
    nothing = TrustOptions(roots_in(tmp_path / "none"))
    clear = TrustOptions(roots_in(tmp_path / "clear", ("liste.crl", revocations())))
    revoked = TrustOptions(roots_in(tmp_path / "revoked", ("liste.crl", revocations(listed))))

    unknown, good, bad = (only(signed, trust) for trust in (nothing, clear, revoked))

    assert (unknown.sub_indication, unknown.problems) == (
        "TRY_LATER",
        (Problem.REVOCATION_UNKNOWN,),
    )
    assert (good.indication, good.revocation) == (Indication.PASSED, Revocation.GOOD)
    assert (bad.sub_indication, bad.problems) == ("REVOKED_NO_POE", (Problem.REVOKED,))
    assert bad.is_fatal


def test_a_certificate_revoked_after_the_timestamp_was_good_then(tmp_path: Path) -> None:
    listed = identity("Listé", crl=True)
    revoked = TrustOptions(roots_in(tmp_path / "revoked", ("liste.crl", revocations(listed))))

    check = only(sign_pdf(invoice(), listed, stamped_at=EARLY), revoked)

    assert check.indication is Indication.PASSED


def test_a_signature_whose_field_was_taken_away_is_told(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice())
    hidden = signed.replace(b"/AcroForm", b"/AcroFarm")
    inside = in_name_tree("signed.pdf", signed, compress_streams=False)

    check, carried = only(hidden, trust), only(inside, trust)

    assert check.is_fatal  # the letter that was changed is one that was signed
    assert carried.problems == (Problem.NOT_CHECKED,)
    assert carried.detail is not None
    assert "no signature field" in carried.detail


@pytest.mark.parametrize(
    "name", [b"/ByteRang#65", b"/#42#79#74#65#52#61#6e#67#65", b"/ByteRa#6Ege"]
)
def test_a_signature_whose_name_is_escaped_is_seen(name: bytes, trust: TrustOptions) -> None:
    escaped = sign_pdf(invoice()).replace(b"/ByteRange", name)

    assert is_signed(escaped)
    assert Problem.CONTENT_CHANGED in only(escaped, trust).problems


def test_another_name_with_an_escape_is_no_signature() -> None:
    assert not is_signed(invoice() + b"/ByteRang#66 /Byte#20Range #42yteRange")


def test_a_container_that_is_no_cms_is_malformed(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice())
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    broken = signed[:start] + b"41" * 40 + signed[start + 80 :]

    check = only(broken, trust)

    assert check.is_fatal
    assert check.problems == (Problem.MALFORMED,)


def test_a_byte_range_that_leaves_something_out_is_fatal(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice())
    start = signed.index(b"/ByteRange [0 ") + len(b"/ByteRange [")
    shifted = signed[:start] + b"9" + signed[start + 1 :]

    check = only(shifted, trust)

    assert check.indication is Indication.FAILED
    assert check.is_fatal


def test_an_edited_file_whose_structure_broke_does_not_pass_for_unchecked(
    trust: TrustOptions,
) -> None:
    """A reader that repairs shows its amounts all the same."""
    signed = sign_pdf(invoice())
    cross_references = signed.rindex(b"startxref")
    edited = signed[: signed.index(b"stream") + 20] + b"9" + signed[signed.index(b"stream") + 21 :]
    broken = edited[:cross_references] + b"startxref\n99999999\n%%EOF\n"

    check = only(broken, trust)

    assert check.is_fatal
    assert check.sub_indication == "HASH_FAILURE"
    assert check.detail is not None


def test_bytes_put_in_before_the_signature_are_found(trust: TrustOptions) -> None:
    signed = sign_pdf(invoice())

    check = only(signed[:200] + b"     " + signed[200:], trust)

    assert check.is_fatal
    assert check.indication is Indication.FAILED


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_cut_file_is_told_not_raised(cut: float, trust: TrustOptions) -> None:
    signed = sign_pdf(invoice())

    checks = check_signatures(signed[: int(len(signed) * cut)], trust, NOW)

    assert not any(check.indication is Indication.PASSED for check in checks)
