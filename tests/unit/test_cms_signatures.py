"""CMS files (`.p7m`): opened, read as what is inside, their signatures checked."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from domain.signature import Indication
from domain.signature import SignatureProblem as Problem
from ingest.detect import FileType, file_type
from ingest.examine import examine
from ingest.signatures.check import check_signatures
from ingest.signatures.options import TrustOptions
from tests.page_maker import invoice_rows
from tests.printed_maker import drawn
from tests.signed_maker import NOW, identity, roots_in, sign_cms, sign_pdf
from tests.support import PROJECT

INVOICE = (PROJECT / "tests" / "data" / "ubl_every_field.xml").read_bytes()


@pytest.fixture(name="trust")
def _trust(tmp_path: Path) -> TrustOptions:
    return TrustOptions(roots_in(tmp_path / "roots"))


def test_a_signed_file_passes(trust: TrustOptions) -> None:
    (check,) = check_signatures(sign_cms(INVOICE), trust, NOW)

    assert check.format == "CAdES"
    assert check.indication is Indication.PASSED
    assert check.claimed_at == "2030-06-01T00:00:00Z"


def test_each_signer_is_told(trust: TrustOptions) -> None:
    stranger = identity("Étranger", issuer="Autre autorité")

    checks = check_signatures(sign_cms(INVOICE, identity(), stranger), trust, NOW)

    found = {check.signer.subject: check.problems for check in checks if check.signer}
    assert found == {"Fournisseur Exemple": (), "Étranger": (Problem.SIGNER_UNKNOWN,)}


def test_a_changed_content_is_found(trust: TrustOptions) -> None:
    changed = sign_cms(INVOICE).replace(b"<cbc:ID>", b"<cbc:Id>", 1)

    (check,) = check_signatures(changed, trust, NOW)

    assert (check.indication, check.sub_indication) == (Indication.FAILED, "HASH_FAILURE")
    assert check.is_fatal


def test_a_signed_pdf_inside_is_checked_too(trust: TrustOptions) -> None:
    inner = sign_pdf(drawn(invoice_rows()))

    checks = check_signatures(sign_cms(inner), trust, NOW)

    assert [check.format for check in checks] == ["CAdES", "PAdES"]
    assert {check.indication for check in checks} == {Indication.PASSED}


def test_each_of_a_few_signed_files_inside_one_another_is_checked(trust: TrustOptions) -> None:
    changed = sign_cms(INVOICE).replace(b"<cbc:ID>", b"<cbc:Id>", 1)

    outer, inner = check_signatures(sign_cms(changed), trust, NOW)

    assert outer.indication is Indication.PASSED
    assert (inner.indication, inner.sub_indication) == (Indication.FAILED, "HASH_FAILURE")


def test_what_is_signed_too_deep_inside_is_said_not_to_be_checked(trust: TrustOptions) -> None:
    data = INVOICE
    for _ in range(5):
        data = sign_cms(data)

    *outer, last = check_signatures(data, trust, NOW)

    assert [check.indication for check in outer] == [Indication.PASSED] * 3
    assert last.problems == (Problem.NOT_CHECKED,)


@pytest.mark.parametrize("spelling", ["binary", "base64", "pem"])
def test_the_invoice_inside_is_read_and_carried(spelling: str) -> None:
    binary = sign_cms(INVOICE)
    text = base64.encodebytes(binary)
    data = {
        "binary": binary,
        "base64": text,
        "pem": b"-----BEGIN PKCS7-----\n" + text + b"-----END PKCS7-----\n",
    }[spelling]

    found = examine(data, "facture.xml.p7m", validate=False, take_out=True)

    assert file_type(data) is FileType.CMS
    assert found.signed
    assert found.reading.invoice is not None
    assert found.reading.invoice == examine(INVOICE, "facture.xml").reading.invoice
    assert found.reading.attachments[0].name == "facture.xml"
    assert found.enclosed[0].data == INVOICE


def test_a_detached_signature_says_that_it_is_one(trust: TrustOptions) -> None:
    data = sign_cms(INVOICE, detached=True)

    found = examine(data, "facture.p7s", validate=False)

    assert found.reading.error is not None
    assert found.reading.error.code == "ING-FILE-11"
    (check,) = check_signatures(data, trust, NOW)
    assert check.problems == (Problem.NOT_CHECKED,)


@pytest.mark.parametrize("length", [20, 40, 200, 1000])
def test_a_cut_file_is_told_not_raised(length: int, trust: TrustOptions) -> None:
    data = sign_cms(INVOICE)[:length]

    checks = check_signatures(data, trust, NOW)
    found = examine(data, "facture.xml.p7m", validate=False)

    assert not any(check.indication is Indication.PASSED for check in checks)
    assert found.reading.invoice is None
