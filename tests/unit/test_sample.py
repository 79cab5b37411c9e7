"""The sample of `meg demo`: made the same every time, right where it means to be."""

from __future__ import annotations

import io
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage

import pikepdf
import pytest
from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren, siret

from db.engine import Database
from db.metadata import METADATA
from ingest.reference.service import import_paths
from ingest.validation.service import validate
from tests.sample import story_mail
from tests.sample.cii import cii
from tests.sample.model import Bill
from tests.sample.numbers import french_iban
from tests.sample.story_parties import COMMUNE, SUPPLIERS
from tests.sample.ubl import ubl
from tests.sample_maker import SAMPLE, sample_files

_UBL_ONLY = ("POWER_SEPTEMBER", "POWER_OCTOBER", "DOCK_RETURNED")
_BILLS = {name: bill for name, bill in vars(story_mail).items() if isinstance(bill, Bill)}


def test_what_is_committed_is_what_the_maker_writes() -> None:
    committed = {
        path.relative_to(SAMPLE).as_posix(): path.read_bytes()
        for folder in ("reference", "inbox")
        for path in (SAMPLE / folder).iterdir()
    }

    made = sample_files()

    assert set(committed) == set(made)
    assert [name for name in made if made[name] != committed[name]] == []


def test_numbers_have_right_check_digits() -> None:
    for firm in (COMMUNE, *SUPPLIERS):
        assert vat.is_valid(firm.vat_id)
        if firm.country == "FR":
            assert siren.is_valid(firm.siren)
            assert siret.is_valid(firm.siret)
            assert firm.siret.startswith(firm.siren)
        if firm is not COMMUNE:
            assert iban.is_valid(firm.iban)


def test_the_rib_key_of_a_known_account_is_right() -> None:
    assert french_iban(30006, 1, 12345678901) == "FR7630006000011234567890189"


def test_no_account_belongs_to_a_bank_that_exists() -> None:
    french = [firm.iban for firm in SUPPLIERS if firm.country == "FR"]

    assert all(account[4:8] == "9999" for account in french)


@pytest.mark.parametrize("name", _BILLS)
def test_every_bill_passes_the_official_rules(name: str) -> None:
    bill = _BILLS[name]
    xml = ubl(bill) if name in _UBL_ONLY else cii(bill)

    validation = validate(xml)

    assert [(f.rule, f.message) for f in validation.findings if f.severity == "fatal"] == []
    assert validation.valid is True


def test_the_reference_data_import_without_a_word() -> None:
    database = Database("sqlite://")
    METADATA.create_all(database.engine)

    report = import_paths([SAMPLE / "reference"], database)
    database.close()

    assert report.complete
    assert report.warnings == ()
    assert [p.message for file in report.files for p in file.problems] == []
    assert len(report.files) == 10


def test_mail_zip_and_pdf_carry_what_they_should() -> None:
    inbox = SAMPLE / "inbox"
    message = message_from_bytes(
        (inbox / "09_repas_octobre.eml").read_bytes(), policy=policy.default
    )
    assert isinstance(message, EmailMessage)
    (attached,) = message.iter_attachments()
    with pikepdf.open(io.BytesIO(attached.get_content())) as pdf:
        assert list(pdf.attachments) == ["factur-x.xml"]
    with pikepdf.open(inbox / "11_balais_RE-2026-10447.pdf") as pdf:
        xml = pdf.attachments["zugferd-invoice.xml"].get_file().read_bytes()
    assert b"RE-2026-10447" in xml
    with zipfile.ZipFile(inbox / "10_electricite.zip") as archive:
        assert archive.namelist() == ["E26-09-4471.xml", "E26-10-4603.xml"]
