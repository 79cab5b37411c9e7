from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.invoice import DocumentKind, Invoice, PrecedingInvoice, Reading, Syntax
from domain.money import plain
from domain.records import invoice_from, reading_record
from ingest.parsers.trace import parse_day
from ingest.reader import read
from tests.evidence_check import faults

DATA = Path(__file__).parent.parent / "data"
CII = (DATA / "cii_every_field.xml").read_bytes()
UBL = (DATA / "ubl_every_field.xml").read_bytes()
ZUGFERD = (DATA / "zugferd1_text_line.xml").read_bytes()
PLACEHOLDER = b'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'


def invoice_of(reading: Reading) -> Invoice:
    assert reading.invoice is not None
    return reading.invoice


@pytest.mark.parametrize("data", [CII, UBL, ZUGFERD], ids=["cii", "ubl", "zugferd1"])
def test_every_value_stands_where_its_evidence_says(data: bytes) -> None:
    assert faults(data, read(data, "x.xml")) == []


@pytest.mark.parametrize("data", [CII, UBL, ZUGFERD], ids=["cii", "ubl", "zugferd1"])
def test_a_reading_survives_its_record(data: bytes) -> None:
    reading = read(data, "x.xml")

    assert invoice_from(reading_record(reading)["invoice"]) == reading.invoice


def test_cii_header_is_read() -> None:
    reading = read(CII, "x.xml")
    invoice = invoice_of(reading)

    assert (reading.kind, reading.syntax) == (DocumentKind.INVOICE, Syntax.CII)
    assert invoice.number == "FA-2026-0815"
    assert invoice.issue_date == date(2026, 3, 15)
    assert invoice.due_date == date(2026, 4, 14)
    assert invoice.notes == ("Marché à bons de commande", "Indemnité forfaitaire : 40 €")
    assert invoice.tender_reference == "LOT-2"
    assert invoice.preceding_invoices == (PrecedingInvoice("FA-2026-0007", date(2026, 1, 5)),)
    assert invoice.seller.vat_id == "FR39123456782"
    assert invoice.seller.tax_number == "12/345"
    assert invoice.totals.tax == Decimal("204.00")
    assert [charge.reason for charge in invoice.allowances_charges] == [
        "Frais de dossier",
        "Transport",
    ]


def test_cii_account_is_its_iban_and_nothing_beside_it() -> None:
    invoice = invoice_of(read(CII, "x.xml"))

    assert invoice.payee_ibans == ("FR7630006000011234567890189", "LOCAL-2")
    assert invoice.payee_iban == "FR7630006000011234567890189"


def test_cii_line_is_read() -> None:
    (line,) = invoice_of(read(CII, "x.xml")).lines

    assert (line.id, line.parent_id, line.subtype) == ("10", "1", "DETAIL")
    assert (line.order_reference, line.order_line_reference) == ("BC-2026-0042", "3")
    assert plain(line.quantity or Decimal(0)) == "12.500"
    assert line.price_base_quantity == 1
    assert [a.is_charge for a in line.allowances_charges] == [False]


def test_ubl_credit_note_is_read() -> None:
    reading = read(UBL, "x.xml")
    invoice = invoice_of(reading)

    assert (reading.kind, reading.syntax) == (DocumentKind.CREDIT_NOTE, Syntax.UBL)
    assert invoice.issue_date == date(2026, 3, 31)
    assert invoice.due_date == date(2026, 4, 30)
    assert invoice.seller.name == "Primeurs du Rhône SAS"
    assert invoice.seller.trading_name == "Primeurs"
    assert [p.number for p in invoice.preceding_invoices] == ["FA-1", "AV-1"]
    assert invoice.totals.tax == Decimal("2.48")
    assert [v.taxable for v in invoice.vat_breakdown] == [Decimal("45.00")]


def test_ubl_sub_lines_are_not_billed_twice() -> None:
    (line,) = invoice_of(read(UBL, "x.xml")).lines

    assert (line.id, line.unit, line.order_line_reference) == ("1", "KGM", "4")
    assert line.price_base_quantity == 10


def test_zugferd1_line_of_words_becomes_a_note() -> None:
    reading = read(ZUGFERD, "x.xml")
    invoice = invoice_of(reading)

    assert reading.syntax is Syntax.ZUGFERD1
    assert invoice.notes == ("Lieferung vom 3. März",)
    assert [line.id for line in invoice.lines] == ["1"]
    assert invoice.seller.name == "Müller GmbH"
    assert invoice.seller.vat_id == "DE123456789"
    assert invoice.despatch_advice_reference == "LS-5"


def test_files_inside_the_xml_are_listed() -> None:
    assert [(a.name, a.size) for a in read(CII, "x.xml").attachments] == [("rib.txt", 3)]
    assert [(a.name, a.size) for a in read(UBL, "x.xml").attachments] == [("bon.txt", 3)]


def test_an_impossible_date_is_null_and_said() -> None:
    reading = read(CII.replace(b"20260414", b"20260431"), "x.xml")

    assert invoice_of(reading).due_date is None
    (remark,) = reading.remarks
    assert (remark.code, remark.field, remark.stated) == ("ING-VALUE-01", "due_date", "20260431")


def test_a_number_with_a_comma_is_null_and_said() -> None:
    reading = read(CII.replace(b">1200.00<", b">1200,00<"), "x.xml")

    assert invoice_of(reading).totals.payable is None
    assert [(r.code, r.field) for r in reading.remarks] == [("ING-VALUE-02", "totals.payable")]


def test_tax_in_another_currency_is_not_the_tax_total() -> None:
    only_sek = UBL.replace(
        b'<cbc:TaxAmount currencyID="EUR">2.48', b'<cbc:TaxAmount currencyID="SEK">2.48'
    )

    assert invoice_of(read(only_sek, "x.xml")).totals.tax is None


def test_evidence_holds_where_prefixes_are_declared_late() -> None:
    moved = UBL.replace(b" " + PLACEHOLDER, b"").replace(b"<cbc:", b"<cbc:", 1)
    late = moved.replace(b"<cbc:ID>AV-2026-3", b"<cbc:ID " + PLACEHOLDER + b">AV-2026-3")
    # Only this element and what repeats its declaration remain well-formed.
    for name in (b"CustomizationID", b"ProfileID"):
        late = late.replace(b"<cbc:" + name, b"<cbc:" + name + b" " + PLACEHOLDER)
    start, end = late.index(b"<cbc:IssueDate"), late.index(b"</CreditNote>")
    late = late[:start] + late[end:]

    reading = read(late, "x.xml")

    assert invoice_of(reading).number == "AV-2026-3"
    assert faults(late, reading) == []


def test_evidence_of_many_lines_points_at_each() -> None:
    line = UBL[UBL.index(b"<cac:CreditNoteLine>") : UBL.index(b"</CreditNote>")]
    long = UBL.replace(line, line * 300)

    reading = read(long, "x.xml")

    assert len(invoice_of(reading).lines) == 300
    assert faults(long, reading) == []


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)),
    st.sampled_from(["", "Z", "+02:00", "-11:00", "T23:59:59", "T00:00:00Z", "T23:30:00-05:00"]),
)
def test_no_suffix_ever_shifts_a_day(day: date, suffix: str) -> None:
    assert parse_day(day.isoformat() + suffix) == day


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
    )
)
def test_decimals_are_kept_as_stated(value: Decimal) -> None:
    stated = plain(value)
    data = CII.replace(b">1200.00<", f">{stated}<".encode())

    payable = invoice_of(read(data, "x.xml")).totals.payable

    assert payable is not None
    assert plain(payable) == stated
