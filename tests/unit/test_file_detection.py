import pytest

from domain.invoice import DocumentKind, Syntax
from ingest.detect import FileType, classify_root, file_type
from tests.pdf_maker import in_name_tree

XML = '<?xml version="1.0" encoding="utf-16"?><Invoice/>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", FileType.EMPTY),
        (b" \r\n\x00\x00", FileType.EMPTY),
        (b"%PDF-1.7\n", FileType.PDF),
        (b"junk\n" * 1000 + b"%PDF-1.4\n", FileType.PDF),
        (b"1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF", FileType.PDF),
        (b"<?xml version='1.0'?><a/>", FileType.XML),
        (b"\xef\xbb\xbf\n <a/>", FileType.XML),
        (XML.encode("utf-16"), FileType.XML),
        (XML.encode("utf-16-le"), FileType.XML),
        (XML.encode("utf-16-be"), FileType.XML),
        (XML.encode("utf-32"), FileType.XML),
        (b"<!DOCTYPE html><html></html>", FileType.HTML),
        (b"<title>Login</title>", FileType.HTML),
        (b"PK\x03\x04rest", FileType.ZIP),
        (b"PK\x03\x04" + b"\x00" * 26 + b"[Content_Types].xml", FileType.OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType.OFFICE),
        (b"\xff\xd8\xff\xe0", FileType.IMAGE),
        (b"\x89PNG\r\n\x1a\n", FileType.IMAGE),
        (b"From: a@b.fr\r\nSubject: Facture\r\n\r\nBonjour", FileType.EMAIL),
        (b"Bonjour,\nvoici la facture: 12\n", FileType.TEXT),
        (b"\x01\x02\x03\x04", FileType.UNKNOWN),
    ],
)
def test_file_type_is_told_by_content(data: bytes, expected: FileType) -> None:
    assert file_type(data) is expected


UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CEFACT = "urn:un:unece:uncefact:data:standard:"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (f"{{{UBL}Invoice-2}}Invoice", (DocumentKind.INVOICE, Syntax.UBL)),
        (f"{{{UBL}CreditNote-2}}CreditNote", (DocumentKind.CREDIT_NOTE, Syntax.UBL)),
        (f"{{{UBL}OrderResponse-2}}OrderResponse", (DocumentKind.ORDER, None)),
        (f"{{{UBL}DespatchAdvice-2}}DespatchAdvice", (DocumentKind.DESPATCH_ADVICE, None)),
        (f"{{{UBL}ReceiptAdvice-2}}ReceiptAdvice", (DocumentKind.RECEIPT_ADVICE, None)),
        (f"{{{UBL}Reminder-2}}Reminder", (DocumentKind.OTHER, None)),
        (f"{{{UBL}Invoice-2}}Order", None),
        (
            f"{{{CEFACT}CrossIndustryInvoice:100}}CrossIndustryInvoice",
            (DocumentKind.INVOICE, Syntax.CII),
        ),
        (
            f"{{{CEFACT}CrossDomainAcknowledgementAndResponse:100}}CrossDomainAcknowledgementAndResponse",
            (DocumentKind.STATUS_MESSAGE, None),
        ),
        (f"{{{CEFACT}CBFBUY:5}}Invoice", None),
        ("Invoice", None),
    ],
)
def test_root_element_tells_the_document(
    tag: str, expected: tuple[DocumentKind, Syntax | None] | None
) -> None:
    assert classify_root(tag) == expected


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), FileType.ARCHIVE),
        (b"Rar!\x1a\x07\x01\x00" + bytes(40), FileType.ARCHIVE),
        (b"\x1f\x8b\x08\x00" + bytes(40), FileType.ARCHIVE),
        (b"facture.pdf" + bytes(246) + b"ustar\x0000" + bytes(240), FileType.ARCHIVE),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(6000)
            + "__nameid_version1.0".encode("utf-16-le"),
            FileType.OUTLOOK,
        ),
        (b"<html><body>x</body></html>\n" + in_name_tree("a.xml", b"<a/>"), FileType.PDF),
    ],
)
def test_files_that_nobody_opens_are_still_named(data: bytes, kind: FileType) -> None:
    assert file_type(data) is kind
