"""Signed documents for tests: an authority of their own, pyHanko and signxml as the signers.

Keys are drawn anew for every run; nothing a test asserts may depend on their bytes.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import cms, keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signxml.xades.xades import XAdESSigner

_PDF: Any = generic  # without types of its own
START = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2040, 1, 1, tzinfo=UTC)
NOW = datetime(2030, 6, 1, tzinfo=UTC)
ROOT = "Autorité d'essai"
CRL_URL = "http://crl.invalid/list.crl"


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def pyhanko_certificate(self) -> Any:
        return asn1.Certificate.load(self.der)

    @property
    def pyhanko_key(self) -> Any:
        der = self.key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return keys.PrivateKeyInfo.load(der)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def authority(common: str = ROOT) -> Identity:
    """A root, the same for a whole run."""
    return _authority(common)


@cache
def _authority(common: str) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(_name(common))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)


def identity(
    common: str = "Fournisseur Exemple",
    *,
    start: datetime = START,
    end: datetime = END,
    stamps: bool = False,
    crl: bool = False,
    issuer: str = ROOT,
) -> Identity:
    """A certificate of the authority; `crl` says where its revocation would be told."""
    return _identity(common, start, end, issuer, stamps=stamps, crl=crl)


@cache
def _identity(
    common: str, start: datetime, end: datetime, issuer: str, *, stamps: bool, crl: bool
) -> Identity:
    root = authority(issuer)
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = ec.generate_private_key(ec.SECP256R1())
    if stamps:
        key = rsa.generate_private_key(65537, 2048)  # pyHanko's authority for tests signs no other
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()),
            critical=False,
        )
    )
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    if crl:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL_URL)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return Identity(builder.sign(root.key, hashes.SHA256()), key)


def revocations(*revoked: Identity, at: datetime = datetime(2025, 1, 1, tzinfo=UTC)) -> bytes:
    """The authority's revocation list, naming these since then."""
    root = authority()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(datetime(2030, 5, 31, tzinfo=UTC))
        .next_update(datetime(2030, 7, 1, tzinfo=UTC))
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(one.certificate.serial_number)
            .revocation_date(at)
            .build()
        )
    return builder.sign(root.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def roots_in(folder: Path, *extra: tuple[str, bytes], root: Identity | None = None) -> Path:
    """A folder that holds the authority's root, and files beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "racine.pem").write_bytes((root or authority()).pem)
    for name, data in extra:
        (folder / name).write_bytes(data)
    return folder


def signer_for(who: Identity, issuer: str = ROOT) -> signers.SimpleSigner:
    """A pyHanko signer."""
    store = _store(issuer)
    return signers.SimpleSigner(who.pyhanko_certificate, who.pyhanko_key, store)


def _store(issuer: str) -> Any:
    make: Any = SimpleCertificateStore
    store = make()
    store.register(authority(issuer).pyhanko_certificate)
    return store


def stamper(at: datetime) -> DummyTimeStamper:
    """A timestamp authority whose clock stands at an instant."""
    tsa = identity("Horodatage d'essai", stamps=True)
    store = _store(ROOT)
    return DummyTimeStamper(tsa.pyhanko_certificate, tsa.pyhanko_key, store, fixed_dt=at)


def sign_pdf(
    data: bytes,
    who: Identity | None = None,
    *,
    field: str = "Signature1",
    stamped_at: datetime | None = None,
    certify: fields.MDPPerm | None = None,
    issuer: str = ROOT,
) -> bytes:
    """The PDF with one more signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certify is not None,
        docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS,
    )
    out = signers.sign_pdf(
        writer,
        meta,
        signer=signer_for(who or identity(), issuer),
        timestamper=None if stamped_at is None else stamper(stamped_at),
    )
    return bytes(out.getvalue())


def stamp_pdf(data: bytes, at: datetime) -> bytes:
    """The PDF with a document timestamp."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    out = signers.PdfTimeStamper(stamper(at)).timestamp_pdf(writer, "sha256")
    return bytes(out.getvalue())


def with_form(data: bytes, name: str = "Montant") -> bytes:
    """The PDF with an empty text field on its first page."""
    writer = _open(data)
    kids = writer.root["/Pages"].raw_get("/Kids").get_object()
    field = _dictionary(FT="/Tx", Type="/Annot", Subtype="/Widget")
    field["/T"], field["/V"] = _PDF.pdf_string(name), _PDF.pdf_string("")
    field["/Rect"] = _PDF.ArrayObject([_PDF.NumberObject(n) for n in (100, 100, 200, 120)])
    field["/P"] = kids.raw_get(0)
    reference = writer.add_object(field)
    page = kids[0]
    page["/Annots"] = _PDF.ArrayObject([reference])
    writer.update_container(page)
    form = _dictionary()
    form["/Fields"] = _PDF.ArrayObject([reference])
    writer.root["/AcroForm"] = writer.add_object(form)
    writer.update_root()
    return _written(writer)


def fill_form(data: bytes, value: str) -> bytes:
    """The PDF with its text field filled, as an incremental update."""
    writer = _open(data)
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = _PDF.pdf_string(value)
    writer.update_container(field)
    return _written(writer)


def replace_content(data: bytes, drawn: bytes = b"BT ET") -> bytes:
    """The PDF whose first page draws something else, as an incremental update."""
    writer = _open(data)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(_PDF.StreamObject(stream_data=drawn))
    writer.update_container(page)
    return _written(writer)


def _open(data: bytes) -> Any:
    return IncrementalPdfFileWriter(io.BytesIO(data))


def _dictionary(**names: str) -> Any:
    return _PDF.DictionaryObject({f"/{key}": _PDF.NameObject(name) for key, name in names.items()})


def _written(writer: Any) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sign_cms(content: bytes, *who: Identity, detached: bool = False) -> bytes:
    """A `.p7m` file around this content, signed by each of these."""
    made: Any = None
    for one in who or (identity(),):
        settings = PdfCMSSignedAttributes(signing_time=NOW)
        info = asyncio.run(
            signer_for(one).async_sign_general_data(
                content, "sha256", detached=detached, use_cades=True, signed_attr_settings=settings
            )
        )
        if made is None:
            made = info
        else:
            data = made["content"]
            data["signer_infos"] = cms.SignerInfos(
                [*data["signer_infos"], *info["content"]["signer_infos"]]
            )
            data["certificates"] = cms.CertificateSet(
                [*data["certificates"], *info["content"]["certificates"]]
            )
    return bytes(made.dump(force=True))


def sign_xml(data: bytes, who: Identity | None = None) -> bytes:
    """The XML with an enveloped XAdES signature as last child of its root."""
    one = who or identity()
    signed = XAdESSigner(signature_algorithm="ecdsa-sha256").sign(
        etree.fromstring(data), key=one.key, cert=[one.certificate]
    )
    return bytes(etree.tostring(signed, encoding="UTF-8", xml_declaration=True))
