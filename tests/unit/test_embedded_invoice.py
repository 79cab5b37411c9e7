from pathlib import Path

import pikepdf
import pytest

from ingest.parsers.facturx_pdf import open_pdf
from ingest.parsers.pdf_salvage import salvaged_files
from ingest.reader import read
from tests.pdf_maker import blank, in_name_tree, saved, specification

XML = (Path(__file__).parent.parent / "data" / "cii_every_field.xml").read_bytes()
ORDER = (
    b'<o:SCRDMCCBDACIOMessageStructure xmlns:o="urn:un:unece:uncefact:data:'
    b'SCRDMCCBDACIOMessageStructure:100"><o:ID>BC-2026-0042</o:ID></o:SCRDMCCBDACIOMessageStructure>'
)
GOOD = in_name_tree("factur-x.xml", XML)


def associated() -> bytes:
    pdf = blank()
    pdf.Root.AF = pikepdf.Array([specification(pdf, "a.xml", XML)])
    return saved(pdf)


def annotated() -> bytes:
    pdf = blank()
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.FileAttachment,
        FS=specification(pdf, "a.xml", XML),
        Rect=[0, 0, 1, 1],
    )
    pdf.pages[0].Annots = pikepdf.Array([annotation])
    return saved(pdf)


def nested_and_looping() -> bytes:
    pdf = blank()
    names = pikepdf.Array(["a.xml", specification(pdf, "a.xml", XML)])
    leaf = pdf.make_indirect(pikepdf.Dictionary(Names=names))
    middle = pdf.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array([leaf])))
    middle.Kids.append(middle)
    top = pikepdf.Dictionary(Kids=pikepdf.Array([middle]))
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=top)
    return saved(pdf)


def listed_nowhere() -> bytes:
    pdf = blank()
    pdf.Root.Elsewhere = specification(pdf, "a.xml", XML)
    return saved(pdf)


def wrong_startxref() -> bytes:
    return GOOD[: GOOD.rindex(b"startxref")] + b"startxref\n99999999\n%%EOF\n"


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        in_name_tree("factur-x.xml", XML, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        in_name_tree("factur-x.xml", XML, encryption=pikepdf.Encryption(owner="o", user="")),
        associated(),
        annotated(),
        nested_and_looping(),
        listed_nowhere(),
        b"\x00junk\r\n" * 400 + GOOD,
        GOOD + b"\n<html>" * 500,
        GOOD[:-200],
        wrong_startxref(),
        GOOD[9:],
    ],
    ids=[
        "plain",
        "object streams",
        "empty password",
        "associated",
        "annotation",
        "nested tree with a loop",
        "listed nowhere",
        "junk before",
        "junk after",
        "cut tail",
        "wrong startxref",
        "no header",
    ],
)
def test_the_invoice_is_found_wherever_it_is(data: bytes) -> None:
    opened = open_pdf(data)

    assert opened.failure is None
    assert opened.xml == XML


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ZUGFeRD-invoice.xml", "ZUGFeRD-invoice.xml"),
        ("FACTUR-X.XML", "FACTUR-X.XML"),
        ("/factur-x.xml", "factur-x.xml"),
        ("facture.xml\x00", "facture.xml"),
        ("../../etc/data.bin", "data.bin"),
    ],
)
def test_the_invoice_is_found_under_any_name(name: str, shown: str) -> None:
    opened = open_pdf(in_name_tree(name, XML))

    assert opened.xml == XML
    assert [a.name for a in opened.attachments][:1] == [shown]


def test_a_cut_file_gives_what_its_streams_hold() -> None:
    pdf = blank()
    pdf.Root.AF = pikepdf.Array([specification(pdf, "factur-x.xml", XML)])
    whole = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    (file,) = salvaged_files(whole[: whole.rindex(b"endstream") - 20])

    assert file.data == XML


def test_nothing_is_salvaged_from_within_a_salvaged_stream() -> None:
    files = salvaged_files(b"%PDF-1.7\n" + b"stream\n<Invoice>" * 4000)

    assert len(files) == 1


def test_a_password_is_asked_for() -> None:
    locked = in_name_tree("a.xml", XML, encryption=pikepdf.Encryption(owner="o", user="u"))

    failure = open_pdf(locked).failure

    assert failure is not None
    assert failure.code == "ING-PDF-03"
    assert "password" in failure.hint


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing\n", b"%PDF-", b"%PDF-1.4\n" + b"\x00" * 500])
def test_damage_beyond_repair_is_said(data: bytes) -> None:
    failure = open_pdf(data).failure

    assert failure is not None
    assert failure.code == "ING-PDF-02"


def test_a_broken_invoice_xml_is_not_passed_over() -> None:
    reading = read(in_name_tree("factur-x.xml", XML[:-40]), "x.pdf")

    assert reading.error is not None
    assert reading.error.code == "ING-XML-01"
    assert "factur-x.xml" in reading.error.message
    assert reading.invoice is None


def test_another_xml_beside_the_pages_is_not_taken_for_the_invoice() -> None:
    assert open_pdf(in_name_tree("metadata.xml", b"<metadata/>")).xml is None


def test_a_second_different_invoice_is_said() -> None:
    pdf = blank()
    other = XML.replace(b"1200.00", b"9200.00")
    names = ["factur-x.xml", specification(pdf, "factur-x.xml", XML)]
    names += ["other.xml", specification(pdf, "other.xml", other)]
    tree = pikepdf.Dictionary(Names=pikepdf.Array(names))
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree)

    opened = open_pdf(saved(pdf))

    assert opened.xml == XML
    assert [(r.code, r.stated) for r in opened.remarks] == [("ING-PDF-05", "other.xml")]


def test_an_order_in_a_pdf_is_an_order() -> None:
    reading = read(in_name_tree("order-x.xml", ORDER), "x.pdf")

    assert reading.kind.value == "order"
    assert reading.invoice is None
    assert "BC-2026-0042" in reading.text


def test_pages_that_cannot_be_held_against_the_xml_are_said() -> None:
    reading = read(in_name_tree("factur-x.xml", XML), "x.pdf")

    assert reading.invoice is not None
    assert "ING-PAGE-10" in [remark.code for remark in reading.remarks]
