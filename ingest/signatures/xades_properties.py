"""What an XML signature says of itself in XAdES' words (ETSI EN 319 132-1), and its timestamp."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from asn1crypto import cms, x509  # type: ignore[import-untyped]
from lxml import etree
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from ingest.parsers.xml import Element

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_NAMESPACES: Final = (
    "{http://uri.etsi.org/01903/v1.3.2#}",
    "{http://uri.etsi.org/01903/v1.2.2#}",
)
_DIGESTS: Final = {
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"


def ids_of(element: Element) -> list[str]:
    """The values of an element's id attributes, in whatever namespace and case they are written."""
    return [
        str(value) for name, value in element.items() if etree.QName(name).localname.lower() == "id"
    ]


def is_within(element: Element, around: Element) -> bool:
    """Whether an element is this one or lies inside it."""
    return element is around or any(each is around for each in element.iterancestors())


def covered_properties(signature: Element, covered: Iterable[Element]) -> Element | None:
    """The XAdES properties of this very signature, where it covers them by a reference."""
    tags = {f"{namespace}SignedProperties" for namespace in _NAMESPACES}
    for each in covered:
        if each.tag in tags and next(each.iterancestors(f"{DS}Signature"), None) is signature:
            return each
    return None


def claimed_time(properties: Element | None) -> datetime | None:
    """The time of signing as the signer claims it."""
    found = None if properties is None else _first(properties, "SigningTime")
    try:
        return None if found is None else datetime.fromisoformat((found.text or "").strip())
    except ValueError:
        return None


def names_signer(properties: Element, certificate: x509.Certificate) -> bool:
    """Whether the properties name the certificate by its digest, as XAdES asks."""
    for name in ("SigningCertificate", "SigningCertificateV2"):
        if (named := _first(properties, name)) is not None:
            method, value = named.find(f".//{DS}DigestMethod"), named.find(f".//{DS}DigestValue")
            if method is None or value is None:
                return False
            digest = _DIGESTS.get(method.get("Algorithm") or "")
            try:
                stated = base64.b64decode(value.text or "")
            except (binascii.Error, ValueError):
                return False
            return digest is not None and stated == hashlib.new(digest, certificate.dump()).digest()
    return False


async def stamp_of(signature: Element, using: ValidationContext) -> TimestampSignatureStatus | None:
    """The timestamp over the signature value, checked; None where there is none to be read."""
    stamp = _first(signature, "SignatureTimeStamp")
    value = signature.find(f"{DS}SignatureValue")
    if stamp is None or value is None:
        return None
    token = _first(stamp, "EncapsulatedTimeStamp")
    method = stamp.find(f"{DS}CanonicalizationMethod")
    algorithm = _C14N if method is None else method.get("Algorithm")
    if token is None or algorithm not in {_C14N, _EXCLUSIVE}:
        return None
    stamped = etree.tostring(
        value, method="c14n", exclusive=algorithm == _EXCLUSIVE, with_tail=False
    )
    try:
        content = cms.ContentInfo.load(base64.b64decode(token.text or ""))["content"]
        status = await generic_cms.validate_tst_signed_data(
            content, using, lambda digest: hashlib.new(digest, stamped).digest()
        )
    except (SignatureValidationError, ValueError, TypeError, KeyError, binascii.Error):
        return None
    return TimestampSignatureStatus(**status)


def _first(element: Element, name: str) -> Element | None:
    for namespace in _NAMESPACES:
        if (found := element.find(f".//{namespace}{name}")) is not None:
            return found
    return None
