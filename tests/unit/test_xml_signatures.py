"""XML signatures: what holds, what is covered, what is not followed."""

from __future__ import annotations

import base64
import copy
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import tsp  # type: ignore[import-untyped]
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import SignatureReference, XMLSigner

from domain.invoice import DocumentKind
from domain.signature import Coverage, Indication, SignatureCheck
from domain.signature import SignatureProblem as Problem
from ingest.parsers.xml import XmlDocument, parse_xml
from ingest.parsers.xml_attachments import xml_files
from ingest.signatures.check import check_signatures
from ingest.signatures.marks import is_signed
from ingest.signatures.options import TrustOptions
from tests.signed_maker import NOW, identity, roots_in, sign_xml, stamper

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_EXTENSION = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{_UBL}" xmlns:ext="{_EXTENSION}">
  <!-- a comment is no part of what is signed -->
  <ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension></ext:UBLExtensions>
  <ID>F-2026-118</ID>
  <Total>100.00</Total>
</Invoice>""".encode()
_DS = "{http://www.w3.org/2000/09/xmldsig#}"


@pytest.fixture(name="trust")
def _trust(tmp_path: Path) -> TrustOptions:
    return TrustOptions(roots_in(tmp_path / "roots"))


def only(data: bytes, trust: TrustOptions) -> SignatureCheck:
    (check,) = check_signatures(data, trust, NOW)
    return check


def in_extensions(data: bytes) -> bytes:
    """The invoice signed where UBL has a place for it."""
    root = etree.fromstring(data)
    place = root.find(f".//{{{_EXTENSION}}}ExtensionContent")
    assert place is not None
    etree.SubElement(place, f"{_DS}Signature", Id="placeholder")
    one = identity()
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped, signature_algorithm="ecdsa-sha256"
    )
    signed = signer.sign(root, key=one.key, cert=[one.certificate])
    return bytes(etree.tostring(signed))


def sign_part(data: bytes, identifier: str) -> bytes:
    """The file with a signature over the element of this id alone."""
    one = identity()
    signer = XMLSigner(
        method=SignatureConstructionMethod.detached,
        signature_algorithm="ecdsa-sha256",
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    root = etree.fromstring(data)
    signature = signer.sign(
        root,
        key=one.key,
        cert=[one.certificate],
        reference_uri=[SignatureReference(URI=f"#{identifier}")],
    )
    root.append(signature)
    return bytes(etree.tostring(root))


def test_a_signed_invoice_passes_whole(trust: TrustOptions) -> None:
    check = only(sign_xml(INVOICE), trust)

    assert check.indication is Indication.PASSED
    assert check.coverage is Coverage.WHOLE
    assert check.covers == ("Invoice", "SignedProperties", "KeyInfo")
    assert check.claimed_at is not None
    assert check.signer is not None
    assert check.signer.subject == "Fournisseur Exemple"


def test_a_signature_in_the_extensions_of_ubl_passes(trust: TrustOptions) -> None:
    check = only(in_extensions(INVOICE), trust)

    assert check.indication is Indication.PASSED
    assert check.covers == ("Invoice",)


def test_a_changed_amount_is_found(trust: TrustOptions) -> None:
    check = only(sign_xml(INVOICE).replace(b"100.00", b"900.00"), trust)

    assert (check.indication, check.sub_indication) == (Indication.FAILED, "HASH_FAILURE")
    assert check.problems == (Problem.CONTENT_CHANGED,)


def test_white_space_is_part_of_what_was_signed(trust: TrustOptions) -> None:
    check = only(sign_xml(INVOICE).replace(b"\n  <ID>", b"\n<ID>"), trust)

    assert check.problems == (Problem.CONTENT_CHANGED,)


def test_a_comment_is_not(trust: TrustOptions) -> None:
    check = only(sign_xml(INVOICE).replace(b"a comment", b"another"), trust)

    assert check.indication is Indication.PASSED


def test_another_certificate_is_found(trust: TrustOptions) -> None:
    mine, other = identity(), identity("Usurpateur")
    signed = etree.fromstring(sign_xml(INVOICE, mine))
    for shown in signed.iter(f"{_DS}X509Certificate"):
        shown.text = base64.b64encode(other.der).decode()

    check = only(bytes(etree.tostring(signed)), trust)

    assert (check.indication, check.sub_indication) == (Indication.FAILED, "SIG_CRYPTO_FAILURE")
    assert check.problems == (Problem.FORGED,)


def test_a_signature_over_a_part_does_not_cover_the_invoice(trust: TrustOptions) -> None:
    part = INVOICE.replace(b"<Total>", b'<Total Id="total">')

    check = only(sign_part(part, "total"), trust)

    assert check.intact
    assert check.coverage is Coverage.PART
    assert check.covers == ("Total",)
    assert check.problems == (Problem.PART_ONLY,)
    assert check.is_fatal


def test_a_signed_invoice_wrapped_beside_a_forged_one_is_found(trust: TrustOptions) -> None:
    """Signature wrapping: the signed element is kept, another is read."""
    signed = INVOICE.replace(b"<Invoice ", b'<Invoice Id="signed" ')
    original = etree.fromstring(sign_part(signed, "signed"))
    signature = original.find(f"{_DS}Signature")
    assert signature is not None
    original.remove(signature)
    forged = etree.fromstring(INVOICE.replace(b"100.00", b"900.00"))
    content = forged.find(f".//{{{_EXTENSION}}}ExtensionContent")
    assert content is not None
    content.append(original)
    forged.append(signature)

    check = only(bytes(etree.tostring(forged)), trust)

    assert check.intact  # the forger kept what was signed
    assert check.coverage is Coverage.PART
    assert check.problems == (Problem.PART_ONLY,)
    assert check.indication is not Indication.PASSED


LETTER = b"<Letter><To>Mairie</To><Text>Bonne ann\xc3\xa9e</Text></Letter>"


def put_into_signature(signed: bytes, *parts: etree._Element) -> bytes:
    """The file with these in a `ds:Object` of its signature, where no digest reaches."""
    root = etree.fromstring(signed)
    signature = next(root.iter(f"{_DS}Signature"))
    etree.SubElement(signature, f"{_DS}Object").extend(parts)
    return bytes(etree.tostring(root))


def in_base64(data: bytes) -> etree._Element:
    content = etree.Element("BinaryContent")
    content.text = base64.b64encode(data).decode()
    return content


@pytest.mark.parametrize("forged", [etree.fromstring(INVOICE), in_base64(INVOICE)])
def test_an_invoice_put_into_a_signature_is_not_read(
    forged: etree._Element, trust: TrustOptions
) -> None:
    """An enveloped signature leaves itself out of what it signs, with all that lies in it."""
    data = put_into_signature(sign_xml(LETTER), copy.deepcopy(forged))

    document = parse_xml(data)
    check = only(data, trust)

    assert isinstance(document, XmlDocument)
    assert document.kind is DocumentKind.OTHER
    assert document.payload.tag == "Letter"
    assert check.indication is Indication.PASSED  # the letter is what was signed


def test_an_invoice_beside_one_put_into_the_signature_is_the_one_that_is_read(
    trust: TrustOptions,
) -> None:
    forged = etree.fromstring(INVOICE.replace(b"100.00", b"900.00"))
    envelope = b"<Envelope>" + etree.tostring(etree.fromstring(INVOICE)) + b"</Envelope>"
    data = put_into_signature(sign_xml(envelope), forged)

    document = parse_xml(data)
    check = only(data, trust)

    assert isinstance(document, XmlDocument)
    assert document.payload.findtext("{*}Total") == "100.00"
    assert check.indication is Indication.PASSED
    assert check.coverage is Coverage.WHOLE


def test_what_lies_in_a_signature_is_never_covered(trust: TrustOptions) -> None:
    """A signature as a whole file holds the invoice; another, inside, does not vouch for it."""
    inner = etree.fromstring(sign_xml(INVOICE.replace(b"<Invoice ", b'<Invoice Id="read" ')))
    outer = etree.Element(f"{_DS}Signature")
    etree.SubElement(outer, f"{_DS}Object").append(inner)

    document = parse_xml(etree.tostring(outer))
    checks = check_signatures(etree.tostring(outer), trust, NOW)

    assert isinstance(document, XmlDocument)
    assert document.kind is DocumentKind.INVOICE
    assert all(check.coverage is not Coverage.WHOLE for check in checks)
    assert all(check.indication is not Indication.PASSED for check in checks)


def test_an_envelope_too_large_to_be_searched_is_not_passed(trust: TrustOptions) -> None:
    real = etree.tostring(etree.fromstring(INVOICE))
    large = b"<Envelope>" + b"<p/>" * 10_000 + real + b"</Envelope>"

    check = only(sign_xml(large), trust)

    assert check.indication is Indication.INDETERMINATE
    assert check.coverage is Coverage.UNKNOWN
    assert check.problems == (Problem.NOT_CHECKED,)


def test_a_large_invoice_in_a_small_envelope_passes(trust: TrustOptions) -> None:
    large = etree.fromstring(INVOICE.replace(b"</Invoice>", b"<p/>" * 10_001 + b"</Invoice>"))

    check = only(sign_xml(b"<Envelope>" + etree.tostring(large) + b"</Envelope>"), trust)

    assert check.indication is Indication.PASSED
    assert check.coverage is Coverage.WHOLE


def test_a_file_put_into_a_signature_is_no_attachment(trust: TrustOptions) -> None:
    namespace = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    name = f"{{{namespace}}}EmbeddedDocumentBinaryObject"
    own, forged = (etree.Element(name, filename=f) for f in ("bon.pdf", "rib-nouveau.pdf"))
    own.text = forged.text = base64.b64encode(b"%PDF-1.4").decode()
    invoice = etree.fromstring(INVOICE)
    invoice.append(own)
    data = put_into_signature(sign_xml(etree.tostring(invoice)), forged)

    document = parse_xml(data)

    assert isinstance(document, XmlDocument)
    assert [file.name for file in xml_files(document)] == ["bon.pdf"]
    assert only(data, trust).indication is Indication.PASSED


def test_an_id_borne_twice_is_not_followed(trust: TrustOptions) -> None:
    part = INVOICE.replace(b"<Total>", b'<Total Id="total">')
    twice = sign_part(part, "total").replace(b"<ID>", b'<ID xml:id="total">')

    check = only(twice, trust)

    assert check.problems == (Problem.NOT_CHECKED,)


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
    ],
)
def test_transforms_that_could_sign_something_else_are_refused(
    algorithm: str, trust: TrustOptions
) -> None:
    signed = etree.fromstring(sign_xml(INVOICE))
    transforms = next(signed.iter(f"{_DS}Transforms"))
    etree.SubElement(transforms, f"{_DS}Transform", Algorithm=algorithm)

    check = only(bytes(etree.tostring(signed)), trust)

    assert check.problems == (Problem.NOT_CHECKED,)
    assert check.detail is not None
    assert algorithm in check.detail


@pytest.mark.parametrize("uri", ["http://example.invalid/x", "file:///etc/passwd", "#xpointer(/)"])
def test_nothing_outside_is_fetched(uri: str, trust: TrustOptions) -> None:
    signed = etree.fromstring(sign_xml(INVOICE))
    next(signed.iter(f"{_DS}Reference")).set("URI", uri)

    check = only(bytes(etree.tostring(signed)), trust)

    assert check.problems == (Problem.NOT_CHECKED,)


def test_a_signature_without_its_parts_is_malformed(trust: TrustOptions) -> None:
    bare = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue/></Signature>'
    empty = INVOICE.replace(b"</Invoice>", bare + b"</Invoice>")

    check = only(empty, trust)

    assert check.problems == (Problem.MALFORMED,)


def test_two_signatures_are_both_told(trust: TrustOptions) -> None:
    root = etree.fromstring(in_extensions(INVOICE))
    other = etree.fromstring(sign_xml(INVOICE)).find(f"{_DS}Signature")
    assert other is not None
    root.append(other)

    checks = check_signatures(bytes(etree.tostring(root)), trust, NOW)

    assert len(checks) == 2
    assert all(check.problems for check in checks)  # each was made over the file without the other


def stamped(signed: bytes, at: datetime, *, over: bytes | None = None) -> bytes:
    """The signed file with a timestamp over its signature value, or over these bytes."""
    xades = "{http://uri.etsi.org/01903/v1.3.2#}"
    root = etree.fromstring(signed)
    value = next(root.iter(f"{_DS}SignatureValue"))
    message = over or etree.tostring(value, method="c14n", with_tail=False)
    token = stamper(at).request_tsa_response(
        tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": hashlib.sha256(message).digest(),
                },
                "cert_req": True,
            }
        )
    )["time_stamp_token"]
    owner = next(root.iter(f"{xades}QualifyingProperties"))
    place = owner
    for name in ("UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
        place = etree.SubElement(place, f"{xades}{name}")
    shown = etree.SubElement(place, f"{xades}EncapsulatedTimeStamp")
    shown.text = base64.b64encode(token.dump()).decode()
    return bytes(etree.tostring(root))


def test_a_timestamp_proves_that_it_was_signed_in_time(trust: TrustOptions) -> None:
    expired = sign_xml(INVOICE, identity("Expiré", end=datetime(2025, 1, 1, tzinfo=UTC)))

    without = only(expired, trust)
    proven = only(stamped(expired, datetime(2024, 1, 1, tzinfo=UTC)), trust)
    other = only(stamped(expired, datetime(2024, 1, 1, tzinfo=UTC), over=b"other"), trust)

    assert without.sub_indication == "OUT_OF_BOUNDS_NO_POE"
    assert proven.indication is Indication.PASSED
    assert proven.judged_at == "2024-01-01T00:00:00Z"
    assert other.problems == (Problem.EXPIRED, Problem.BAD_TIMESTAMP)


def test_an_unsigned_file_is_told_by_its_bytes() -> None:
    assert not is_signed(INVOICE)
    declared = b'<Invoice xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
    assert not is_signed(INVOICE.replace(b"<Invoice ", declared))
    assert is_signed(sign_xml(INVOICE))
    assert is_signed(sign_xml(INVOICE).decode().replace("UTF-8", "UTF-16").encode("utf-16"))
