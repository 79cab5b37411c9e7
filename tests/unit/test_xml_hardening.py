import pytest
from lxml import etree

from domain.invoice import ReadFailure
from ingest.parsers.xml import MAX_BYTES, XmlDocument, parse_xml, visible_text


def parsed(data: bytes) -> XmlDocument:
    document = parse_xml(data)
    assert isinstance(document, XmlDocument)
    return document


def refused(data: bytes) -> ReadFailure:
    failure = parse_xml(data)
    assert isinstance(failure, ReadFailure)
    return failure


@pytest.mark.parametrize(
    "data",
    [
        "<a>é€</a>".encode(),
        b"\xef\xbb\xbf\xef\xbb\xbf" + "<a>é€</a>".encode(),
        b'\n  <?xml version="1.0"?>' + "<a>é€</a>".encode() + b"\n\x00\x00\x1a",
        '<?xml version="1.0" encoding="utf-16"?><a>é€</a>'.encode(),
        '<?xml version="1.0" encoding="utf-16"?><a>é€</a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="windows-1252"?><a>é€</a>'.encode("cp1252"),
        '<?xml version="1.0" encoding="ISO-8859-15"?><a>é€</a>'.encode("iso8859-15"),
    ],
)
def test_every_encoding_and_padding_gives_the_same_text(data: bytes) -> None:
    assert parsed(data).root.text == "é€"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf\xef\xbb\xbf<a>\xc3\xa9</a>",
        b'\n <?xml version="1.0"?><a>\xc3\xa9</a>',
        b"<a>\xc3\xa9</a>\n\x00\x00",
        b'<?xml version="1.0" encoding="utf-16"?><a>\xc3\xa9</a>',
    ],
)
def test_what_is_handed_on_is_well_formed_whatever_was_forgiven(data: bytes) -> None:
    document = parsed(data)

    assert document.forgiven
    assert etree.fromstring(document.payload_bytes(data)).text == "é"


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf<a/>\n", b" <a/>", b'<?xml version="1.0"?>\n<a/>\n', b"<a/>"]
)
def test_what_the_standard_allows_is_handed_on_unaltered(data: bytes) -> None:
    document = parsed(data)

    assert not document.forgiven
    assert document.payload_bytes(data) is data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<a>", "ING-XML-01"),
        (b"<a>\xff</a>", "ING-XML-01"),
        (b"<a/>junk", "ING-XML-01"),
        (b"", "ING-XML-01"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "ING-XML-03"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "ING-XML-03"),
        (b"<a>" * 300 + b"</a>" * 300, "ING-XML-03"),
        (b"<a " + b" ".join(b"a%d='x'" % n for n in range(90_000)) + b"/>", "ING-XML-03"),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", "ING-XML-02"),
    ],
)
def test_damage_and_attacks_are_refused_with_a_hint(data: bytes, code: str) -> None:
    failure = refused(data)

    assert failure.code == code
    assert failure.message
    assert failure.hint


def test_entities_in_utf16_are_refused_too() -> None:
    data = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16")

    assert refused(data).code == "ING-XML-03"


def test_exponential_entities_stop_early() -> None:
    levels = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    bomb = b'<!DOCTYPE a [<!ENTITY a0 "dosdosdos">' + levels + b']><a b="&a9;">&a9;</a>'

    assert refused(bomb).code == "ING-XML-03"


def test_a_doctype_without_entities_is_harmless() -> None:
    assert parsed(b"<!DOCTYPE a><a>x</a>").root.text == "x"


def test_an_embedded_file_over_ten_megabytes_passes() -> None:
    assert len(parsed(b"<a>" + b"QUJD" * 3_000_000 + b"</a>").root.text or "") == 12_000_000


def test_an_envelope_is_stepped_out_of() -> None:
    namespace = b"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    ubl = b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    data = (
        b'<s:StandardBusinessDocument xmlns:s="%s"><s:StandardBusinessDocumentHeader/>'
        b'<Invoice xmlns="%s"><ID>1</ID></Invoice></s:StandardBusinessDocument>'
    ) % (namespace, ubl)

    document = parsed(data)

    assert document.kind.value == "invoice"
    assert parsed(document.payload_bytes(data)).root.tag == document.payload.tag


def test_visible_text_leaves_out_codes_and_embedded_files() -> None:
    data = b"<a><b>EUR</b><c>Pommes vertes</c><d>" + b"QUJD" * 1000 + b"</d><e>urn:x:y</e></a>"

    assert visible_text(parsed(data)) == "Pommes vertes"
