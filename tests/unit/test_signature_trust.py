"""Whom signatures are trusted from: a folder, a trusted list; what cannot be used is named."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from domain.invoice import ReadFailure
from domain.records import reading_record
from domain.signature import Indication
from domain.signature import SignatureProblem as Problem
from domain.stored import reading_from
from domain.validation import RuleSetStatus, Validation
from ingest import isolation
from ingest.isolation import ExaminerPool
from ingest.isolation_wire import Answer, Job
from ingest.signatures.check import check_signatures
from ingest.signatures.findings import with_signatures
from ingest.signatures.options import TrustOptions
from ingest.signatures.trust import load_roots, root_names
from tests.signed_maker import NOW, authority, revocations, roots_in, sign_cms, sign_xml
from tests.support import PROJECT

UBL = (PROJECT / "tests" / "data" / "ubl_every_field.xml").read_bytes()
_SERVICES = "http://uri.etsi.org/TrstSvc/"


def trusted_list(status: str, kind: str = "Svctype/CA/QC") -> bytes:
    """A trusted list with one service, whose certificate is our authority's."""
    certificate = base64.b64encode(authority().der).decode()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><TrustServiceProviderList>
<TrustServiceProvider><TSPServices><TSPService><ServiceInformation>
<ServiceTypeIdentifier>{_SERVICES}{kind}</ServiceTypeIdentifier>
<ServiceDigitalIdentity><DigitalId><X509Certificate>{certificate}</X509Certificate></DigitalId>
</ServiceDigitalIdentity>
<ServiceStatus>{_SERVICES}TrustedList/Svcstatus/{status}</ServiceStatus>
</ServiceInformation></TSPService></TSPServices></TrustServiceProvider>
</TrustServiceProviderList></TrustServiceStatusList>""".encode()


@pytest.mark.parametrize(
    ("status", "kind", "indication"),
    [
        ("granted", "Svctype/CA/QC", Indication.PASSED),
        ("withdrawn", "Svctype/CA/QC", Indication.INDETERMINATE),
        ("granted", "Svctype/Archiv", Indication.INDETERMINATE),
    ],
)
def test_a_trusted_list_vouches_for_what_it_grants(
    status: str, kind: str, indication: Indication, tmp_path: Path
) -> None:
    listed = tmp_path / "FR-TL.xml"
    listed.write_bytes(trusted_list(status, kind))

    (check,) = check_signatures(sign_cms(UBL), TrustOptions(trusted_list=listed), NOW)

    assert check.indication is indication


def test_what_cannot_be_used_is_named_and_the_rest_holds(tmp_path: Path) -> None:
    folder = roots_in(
        tmp_path, ("bad.pem", b"no certificate"), ("liste.crl", revocations()), ("notes.txt", b"x")
    )

    roots = load_roots(TrustOptions(folder))

    assert root_names(roots) == ["Autorité d'essai"]
    assert len(roots.revocations) == 1
    (unusable,) = roots.unusable
    assert unusable.startswith("bad.pem: ")


def test_a_root_that_comes_later_is_seen(tmp_path: Path) -> None:
    options = TrustOptions(tmp_path)
    before = load_roots(options)

    roots_in(tmp_path)

    assert before.certificates == ()
    assert len(load_roots(options).certificates) == 1


def test_checks_are_kept_and_read_back(tmp_path: Path) -> None:
    options = TrustOptions(roots_in(tmp_path))
    with ExaminerPool(workers=1, validate=False, trust=options) as pool:
        reading = pool.submit(sign_xml(UBL), "facture.xml").result().reading

    assert len(reading.signatures) == 1
    assert reading_from(reading_record(reading)).signatures == reading.signatures


def test_what_brings_the_check_down_leaves_the_invoice_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = isolation._Child.ask

    def ask(child: isolation._Child, job: Job) -> Answer:
        if job.trust is None:
            return asked(child, job)
        child.end()
        return Answer(None, ReadFailure("ING-ISO-02", "It took too long.", ""), leaving=True)

    monkeypatch.setattr(isolation._Child, "ask", ask)
    with ExaminerPool(workers=1, trust=TrustOptions()) as pool:
        found = pool.submit(sign_xml(UBL), "facture.xml").result()
        after = pool.submit(UBL, "facture.xml").result()

    (check,) = found.reading.signatures
    assert found.reading.invoice is not None
    assert check.problems == (Problem.NOT_CHECKED,)
    assert check.detail == "It took too long."
    assert found.validation is not None
    assert found.validation.rule_sets[-1].status is RuleSetStatus.SKIPPED
    assert found.validation.valid is not True
    assert after.reading.signatures == ()


def test_a_signature_that_holds_leaves_the_rules_their_word(tmp_path: Path) -> None:
    options = TrustOptions(roots_in(tmp_path))
    sound = check_signatures(sign_cms(UBL), options, NOW)
    changed = check_signatures(sign_cms(UBL).replace(b"<cbc:ID>", b"<cbc:Id>", 1), options, NOW)

    assert with_signatures(None, sound) is None
    assert with_signatures(Validation(valid=True), ()) == Validation(valid=True)
    judged = [with_signatures(Validation(valid=v), sound) for v in (True, False, None)]
    assert [v.valid for v in judged if v is not None] == [True, False, None]
    for before in (None, Validation(valid=True), Validation(valid=None)):
        after = with_signatures(before, changed)
        assert after is not None
        assert after.valid is False
