"""XAdES and plain XML signatures in an invoice: digests and signature value checked by signxml.

signxml computes; what it is let compute over is decided here, before and by ourselves, since an XML
signature says itself what it is about:

- a reference is the whole document, or the one element that bears an id; two elements with one id,
  XPointers and addresses outside the document are refused;
- only the enveloped-signature transform and canonicalisations are let through: a stylesheet or a
  path expression could sign something else than what is read;
- the signature covers the invoice only if the element that is read, or one around it, is covered.
  A valid signature over another part ("signature wrapping") is a fatal finding;
- what lies inside a signature is never covered: the enveloped-signature transform leaves the whole
  `ds:Signature` out of the digest. Where the file was not searched to its end for what is read,
  nothing is said of the signature.

XAdES properties count only where the signature covers them (ETSI EN 319 132-1): the signing
certificate's digest must be that of the certificate, the signing time is shown as claimed. A
timestamp over the signature value proves when the certificate has to be judged.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]
from cryptography import x509 as pyca
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidDigest, InvalidInput, InvalidSignature, SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from domain.invoice import ReadFailure
from domain.signature import (
    Changes,
    Coverage,
    Indication,
    SignatureCheck,
    SignatureProblem,
    not_checked,
)
from ingest.parsers.xml import Element, exact_payload, parse_xml
from ingest.parsers.xml_envelope import SIGNATURE, is_in_signature, is_searched_whole
from ingest.signatures.judged import (
    Moment,
    anchor_of,
    failed,
    instant,
    proven_at,
    revocation_of,
    settled,
    signer_of,
    trust_conclusion,
    usage_of,
    with_times,
)
from ingest.signatures.trust import Carried, Roots, context
from ingest.signatures.xades_properties import (
    DS,
    claimed_time,
    covered_properties,
    ids_of,
    is_within,
    names_signer,
    stamp_of,
)

XADES: Final = "XAdES"
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_C14N_11: Final = "http://www.w3.org/2006/12/xml-c14n11"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_CANONICAL: Final = frozenset(
    {name + end for name in (_C14N, _C14N_11) for end in ("", "#WithComments")}
    | {_EXCLUSIVE, f"{_EXCLUSIVE}WithComments"}
)
_MOST_SIGNATURES: Final = 10
_MOST_REFERENCES: Final = 20
_MOST_CERTIFICATES: Final = 20
_WEAK: Final = "SHA1"


class _Refused(Exception):
    """A construction that is not followed; the text says which."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one signature says of itself, as far as it is followed."""

    name: str
    certificates: tuple[x509.Certificate, ...]
    covered: tuple[Element, ...]
    properties: Element | None
    algorithm: str


async def check_xml(data: bytes, roots: Roots, now: datetime) -> list[SignatureCheck]:
    """Check every signature of an XML, in the order of the document."""
    document = parse_xml(data)
    if isinstance(document, ReadFailure):
        return []  # what cannot be read as XML has a finding of its own
    root, payload = exact_payload(document, data)
    found = list(root.iter(SIGNATURE))
    if len(found) > _MOST_SIGNATURES:
        return [not_checked(XADES, "", f"{len(found)} signatures in one file")]
    if found and not is_searched_whole(root):
        return [not_checked(XADES, "", "an envelope too large to be searched for other invoices")]
    return [await _check(root, payload, signature, roots, now) for signature in found]


async def _check(
    root: Element, payload: Element, signature: Element, roots: Roots, now: datetime
) -> SignatureCheck:
    name = signature.get("Id") or ""
    try:
        seen = _seen(root, signature)
        location = _location(root, signature)
    except _Refused as refused:
        return not_checked(XADES, name, str(refused))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as problem:
        return _failed(name, SignatureProblem.MALFORMED, AdESFailure.FORMAT_FAILURE, problem)
    broken = _verify(root, location, seen)
    if broken is not None:
        return replace(broken, signer=signer_of(seen.certificates[0]), algorithm=seen.algorithm)
    return await _judged(payload, signature, seen, roots, now)


def _location(root: Element, signature: Element) -> str:
    """The path of the signature's parent, the way signxml wants it told."""
    parent = signature.getparent()
    if parent is None:
        raise _Refused("the file is a signature and holds its content")
    if next(parent.iterchildren(SIGNATURE)) is not signature:
        raise _Refused("a second signature beside another one")
    path = root.getroottree().getelementpath(parent)
    return "./" if path == "." else f"./{path}/"


def _seen(root: Element, signature: Element) -> _Seen:
    info = signature.find(f"{DS}SignedInfo")
    if info is None:
        raise ValueError("no SignedInfo")
    method = info.find(f"{DS}SignatureMethod")
    canonical = info.find(f"{DS}CanonicalizationMethod")
    if method is None or canonical is None or canonical.get("Algorithm") not in _CANONICAL:
        raise _Refused("a canonicalisation that is not known here")
    references = info.findall(f"{DS}Reference")
    if not 0 < len(references) <= _MOST_REFERENCES:
        raise _Refused(f"{len(references)} references")
    covered = tuple(_covered(root, reference) for reference in references)
    return _Seen(
        signature.get("Id") or "",
        _certificates(signature),
        covered,
        covered_properties(signature, covered),
        (method.get("Algorithm") or "").rpartition("#")[2],
    )


def _covered(root: Element, reference: Element) -> Element:
    """The element a reference is about; raises for whatever is not simply one."""
    for transform in reference.iter(f"{DS}Transform"):
        algorithm = transform.get("Algorithm") or ""
        if algorithm != _ENVELOPED and algorithm not in _CANONICAL:
            raise _Refused(f"the transform {algorithm[:100]}, which could sign something else")
    uri = reference.get("URI")
    if uri == "":
        return root
    if uri is None or not uri.startswith("#") or "(" in uri:
        raise _Refused(f"a reference to {str(uri)[:100]}")
    named = [element for element in root.iter("*") if uri[1:] in ids_of(element)]
    if len(named) != 1:
        raise _Refused(f"{len(named)} elements bear the id {uri[1:100]}")
    return named[0]


def _certificates(signature: Element) -> tuple[x509.Certificate, ...]:
    """The signer's certificate, then the others that came with it."""
    path = f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate"
    texts = [element.text or "" for element in signature.findall(path)]
    if not 0 < len(texts) <= _MOST_CERTIFICATES:
        raise _Refused(f"{len(texts)} certificates in the signature")
    read = [x509.Certificate.load(base64.b64decode(text)) for text in texts]
    for certificate in read:
        signer_of(certificate)  # reads it to its end: asn1crypto reads only what is asked for
    issuers = {certificate.issuer.hashable for certificate in read}
    signer = next((c for c in read if c.subject.hashable not in issuers), read[0])
    return (signer, *(c for c in read if c is not signer))


def _verify(root: Element, location: str, seen: _Seen) -> SignatureCheck | None:
    """Digests and signature value; None where they hold."""
    certificate = pyca.load_der_x509_certificate(seen.certificates[0].dump())
    config = SignatureConfiguration(
        location=location,
        expect_references=len(seen.covered),
        signature_methods=frozenset(m for m in SignatureMethod if not m.name.startswith("HMAC")),
        digest_algorithms=frozenset(DigestAlgorithm),
        ignore_ambiguous_key_info=False,
        # Whether it was valid, and who vouches for it, is judged apart.
        verification_time=certificate.not_valid_before_utc + timedelta(seconds=1),
    )
    try:
        XMLVerifier().verify(
            root, x509_cert=certificate, expect_config=config, validate_schema=False
        )
    except InvalidDigest as problem:
        return _failed(
            seen.name, SignatureProblem.CONTENT_CHANGED, AdESFailure.HASH_FAILURE, problem
        )
    except (InvalidInput, NotImplementedError, UnsupportedAlgorithm) as problem:
        return not_checked(XADES, seen.name, str(problem)[:500])
    except InvalidSignature as problem:
        return _failed(seen.name, SignatureProblem.FORGED, AdESFailure.SIG_CRYPTO_FAILURE, problem)
    except (SignXMLException, ValueError, TypeError, KeyError, AttributeError) as problem:
        return _failed(seen.name, SignatureProblem.MALFORMED, AdESFailure.FORMAT_FAILURE, problem)
    except Exception as problem:  # noqa: BLE001  # cryptography raises its own InvalidSignature
        return _failed(seen.name, SignatureProblem.FORGED, AdESFailure.SIG_CRYPTO_FAILURE, problem)
    return None


async def _judged(
    payload: Element, signature: Element, seen: _Seen, roots: Roots, now: datetime
) -> SignatureCheck:
    """A signature whose cryptography holds: who made it, when, and over what."""
    certificate = seen.certificates[0]
    carried = Carried(seen.certificates[1:])
    stamp = await stamp_of(signature, context(roots, carried, now, for_timestamps=True))
    at = Moment.of(proven_at(stamp), now)
    usage = await usage_of(certificate, context(roots, carried, at.judged))
    path = usage.success_result
    trouble = await settled(usage.error_subindic, certificate, roots, carried, at)
    indication, sub_indication, problems = trust_conclusion(trouble, certificate, roots, at)
    whole = not is_in_signature(payload) and any(is_within(payload, e) for e in seen.covered)
    own = list(_own_problems(seen, whole=whole))
    if own and indication is Indication.PASSED:
        indication = Indication.INDETERMINATE
        sub_indication = AdESIndeterminate.SIG_CONSTRAINTS_FAILURE.name
    check = SignatureCheck(
        XADES,
        seen.name,
        indication,
        sub_indication,
        intact=True,
        coverage=Coverage.WHOLE if whole else Coverage.PART,
        covers=tuple(etree.QName(each).localname for each in seen.covered),
        changes=Changes.NONE,
        signer=signer_of(certificate),
        trusted=path is not None,
        anchor=anchor_of(path),
        judged_at=instant(at.judged),
        revocation=revocation_of(trouble, certificate),
        algorithm=seen.algorithm,
        problems=tuple(dict.fromkeys((*own, *problems))),
    )
    return with_times(check, claimed_time(seen.properties), stamp)


def _own_problems(seen: _Seen, *, whole: bool) -> Iterator[SignatureProblem]:
    if not whole:
        yield SignatureProblem.PART_ONLY
    if _WEAK in seen.algorithm.upper():
        yield SignatureProblem.WEAK_ALGORITHM
    if seen.properties is not None and not names_signer(seen.properties, seen.certificates[0]):
        yield SignatureProblem.UNFIT_CERTIFICATE


def _failed(
    name: str, problem: SignatureProblem, why: AdESFailure, told: Exception
) -> SignatureCheck:
    return failed(replace(not_checked(XADES, name, str(told)[:500]), problems=()), why, problem)
