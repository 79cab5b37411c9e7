"""Which certificates signatures are trusted from: a folder, a trusted list, both given as files.

The folder holds root certificates (PEM or DER) and, if wanted, revocation lists (`.crl`). The
trusted list is one of the national lists of the European Union (ETSI TS 119 612), downloaded by
whoever runs MEG: its services for qualified certificates and timestamps that are granted today are
taken. Nothing is ever fetched: whoever sends a document must not choose what this machine connects
to. The list's own signature is not checked here; it is a file of this machine, as the folder is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from asn1crypto import crl, ocsp, x509  # type: ignore[import-untyped]
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from domain.invoice import ReadFailure
from ingest.parsers.xml import Element, parse_xml
from ingest.signatures.options import TrustOptions

_LIST: Final = "{http://uri.etsi.org/02231/v2#}"
_GRANTED: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
_TAKEN: Final = frozenset(
    {
        "http://uri.etsi.org/TrstSvc/Svctype/CA/QC",
        "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST",
    }
)
_CERTIFICATES: Final = frozenset({".pem", ".crt", ".cer", ".der"})
_NAMED: Final = ("common_name", "organization_name", "country_name")
_REMEMBERED: Final = 4

_SIGNERS: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CHECK_IF_DECLARED,
        intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED,
    ),
    retroactive_revinfo=True,
)
_AUTHORITIES: Final = CertRevTrustPolicy(
    RevocationCheckingPolicy.from_legacy("soft-fail"), retroactive_revinfo=True
)


@dataclass(frozen=True, slots=True)
class Roots:
    """What is trusted, and files that could not be used."""

    certificates: tuple[x509.Certificate, ...] = ()
    revocations: tuple[crl.CertificateList, ...] = ()
    unusable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """Certificates and revocation data that came with a signature."""

    certificates: tuple[x509.Certificate, ...] = ()
    revocations: tuple[crl.CertificateList, ...] = ()
    answers: tuple[ocsp.OCSPResponse, ...] = ()


def load_roots(options: TrustOptions) -> Roots:
    """The roots these options name; read again only when a file has changed."""
    return _load(options, tuple(_stamps(options)))


def _stamps(options: TrustOptions) -> Iterator[tuple[str, int, int]]:
    for path in _files(options):
        try:
            stat = path.stat()
        except OSError:
            continue
        yield str(path), stat.st_mtime_ns, stat.st_size


def _files(options: TrustOptions) -> list[Path]:
    found: list[Path] = []
    if options.roots is not None and options.roots.is_dir():
        found += sorted(path for path in options.roots.iterdir() if path.is_file())
    return found + ([options.trusted_list] if options.trusted_list else [])


@lru_cache(_REMEMBERED)
def _load(options: TrustOptions, _: tuple[tuple[str, int, int], ...]) -> Roots:
    certificates: list[x509.Certificate] = []
    revocations: list[crl.CertificateList] = []
    unusable: list[str] = []
    for path in _files(options):
        try:
            data = path.read_bytes()
            if path == options.trusted_list:
                certificates += _listed(data)
            elif path.suffix.lower() == ".crl":
                revocations.append(_revocations(data))
            elif path.suffix.lower() in _CERTIFICATES:
                certificates += _usable(load_certs_from_pemder_data(data))
        except (OSError, ValueError, TypeError) as problem:
            unusable.append(f"{path.name}: {problem}")
    return Roots(tuple(certificates), tuple(revocations), tuple(unusable))


def _usable(found: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Certificates that can be read to their end; asn1crypto reads only what is asked for."""
    certificates = list(found)
    if not certificates:
        raise ValueError("no certificate in it")
    for certificate in certificates:
        _ = certificate.subject.human_friendly, certificate.public_key.algorithm
    return certificates


def _revocations(data: bytes) -> crl.CertificateList:
    read = crl.CertificateList.load(data)
    _ = read["tbs_cert_list"]["this_update"].native
    return read


def _listed(data: bytes) -> Iterator[x509.Certificate]:
    """The certificates of the services that a trusted list grants."""
    document = parse_xml(data)
    if isinstance(document, ReadFailure):
        raise ValueError(document.message)  # noqa: TRY004  # what is wrong is the file's content
    for service in document.root.iter(f"{_LIST}ServiceInformation"):
        kind = _text(service, "ServiceTypeIdentifier")
        if kind in _TAKEN and _text(service, "ServiceStatus") == _GRANTED:
            for found in service.iter(f"{_LIST}X509Certificate"):
                try:
                    yield from _usable([x509.Certificate.load(base64.b64decode(found.text or ""))])
                except (ValueError, TypeError, binascii.Error):
                    continue  # one service that is misspelt does not take the others away


def _text(service: Element, name: str) -> str:
    return (service.findtext(f"{_LIST}{name}") or "").strip()


def context(
    roots: Roots, carried: Carried, moment: datetime, *, for_timestamps: bool = False
) -> ValidationContext:
    """What certificates are judged by at a moment: offline, with what is at hand.

    A signer whose certificate says where its revocation is told must be shown not to be revoked.
    Of a timestamp authority a known revocation counts, and none need be known.
    """
    return ValidationContext(
        trust_roots=list(roots.certificates),
        other_certs=list(carried.certificates),
        crls=[*roots.revocations, *carried.revocations],
        ocsps=list(carried.answers),
        allow_fetching=False,
        moment=moment,
        best_signature_time=moment,
        revinfo_policy=_AUTHORITIES if for_timestamps else _SIGNERS,
    )


def name_of(name: x509.Name) -> str:
    """A name as people write it: who, of what, where."""
    stated = name.native
    parts = [stated[key] for key in _NAMED if key in stated]
    flat = [each for part in parts for each in (part if isinstance(part, list) else [part])]
    return ", ".join(map(str, flat)) or str(name.human_friendly)


def root_names(roots: Roots) -> list[str]:
    """How the trusted certificates are called."""
    return [name_of(certificate.subject) for certificate in roots.certificates]
