from __future__ import annotations

import io
import time
import zipfile
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.containers import ContainerLimits, open_email, open_zip
from ingest.member import Member


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_files_come_out_of_a_zip_in_their_order() -> None:
    opened = open_zip(_zip({"b/two.xml": b"<b/>", "a/one.xml": b"<a/>"}))

    assert [(m.name, m.data) for m in opened.members] == [
        ("two.xml", b"<b/>"),
        ("one.xml", b"<a/>"),
    ]
    assert opened.failure is None


def test_names_inside_a_zip_are_labels_not_paths() -> None:
    opened = open_zip(_zip({"../../etc/passwd": b"x", "C:\\tmp\\f.xml": b"y", "a\nb.xml": b"z"}))

    assert [m.name for m in opened.members] == ["passwd", "f.xml", "a_b.xml"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    opened = open_zip(_zip({"bomb.xml": b"\0" * (40 << 20)}))

    assert opened.members == ()
    assert opened.failure is not None
    assert opened.failure.code == "ING-22"


def test_too_many_files_are_refused() -> None:
    opened = open_zip(_zip({f"{n}.xml": b"x" for n in range(4)}), ContainerLimits(members=3))

    assert opened.failure is not None
    assert opened.failure.code == "ING-22"


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(_zip({"liar.xml": b"0123456789" * 400}))
    # The uncompressed size stands in the local header and in the central directory.
    true_size = (4000).to_bytes(4, "little")
    lie = (10).to_bytes(4, "little")
    while (at := data.find(true_size)) >= 0:
        data[at : at + 4] = lie

    opened = open_zip(bytes(data))

    assert opened.members == ()
    assert opened.failure is not None


def test_an_encrypted_zip_says_what_to_ask() -> None:
    data = bytearray(_zip({"secret.xml": b"x" * 50}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1

    opened = open_zip(bytes(data))

    assert opened.failure is not None
    assert opened.failure.code == "ING-20"
    assert "password" in opened.failure.hint


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_zip_reader(tail: bytes) -> None:
    whole = _zip({"a.xml": b"<a/>"})

    for data in (b"PK\x03\x04" + tail, whole[: len(tail)], whole + tail):
        opened = open_zip(data)
        assert opened.failure is not None or opened.members is not None


def _message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "facturation@fournisseur.example", "mairie@commune.example"
    message["Subject"] = "Votre facture"
    message.set_content("Bonjour, veuillez trouver notre facture.")
    message.add_attachment(
        b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="facture n° 12.pdf"
    )
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    return message


def test_documents_come_out_of_a_message_and_the_rest_is_listed() -> None:
    opened = open_email(_message().as_bytes())

    assert [(m.name, m.data) for m in opened.members] == [("facture n° 12.pdf", b"%PDF-1.7 x")]
    assert opened.left_inside == ("text/plain", "logo.png")


def test_attachments_of_a_forwarded_message_come_out() -> None:
    outer = EmailMessage()
    outer["Subject"] = "Tr: facture"
    outer.set_content("Pour info")
    outer.add_attachment(_message())

    opened = open_email(outer.as_bytes())

    assert [m.name for m in opened.members] == ["facture n° 12.pdf"]


def test_a_signed_envelope_attached_comes_out() -> None:
    message = EmailMessage()
    message["Subject"] = "Fattura"
    message.set_content("In allegato la fattura.")
    message.add_attachment(
        b"envelope", maintype="application", subtype="pkcs7-mime", filename="fattura.xml.p7m"
    )

    opened = open_email(message.as_bytes())

    assert opened.members == (Member("fattura.xml.p7m", b"envelope"),)


def test_a_document_attached_under_a_wrong_type_comes_out() -> None:
    message = EmailMessage()
    message.set_content("x")
    message.add_attachment(
        b"<Invoice/>", maintype="application", subtype="octet-stream", filename="F12.XML"
    )

    opened = open_email(message.as_bytes())

    assert [m.name for m in opened.members] == ["F12.XML"]


@given(st.binary(max_size=600))
def test_no_bytes_crash_the_mail_reader(data: bytes) -> None:
    opened = open_email(b"From: a@b\nSubject: x\nContent-Type: " + data)

    assert opened.failure is None or opened.members == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_whose_packing_has_no_bound_is_refused_unread(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("bomb.xml", b"\0" * (40 << 20))
    packed = bytearray(buffer.getvalue())
    declared = packed.rindex(b"PK\x01\x02") + 24
    packed[declared : declared + 4] = (100).to_bytes(4, "little")

    failure = open_zip(bytes(packed)).failure

    assert failure is not None
    assert failure.code == "ING-26"


_MAIL = b"From: a@b.example\r\nTo: c@d.example\r\n"


def _one_in_another(depth: int) -> bytes:
    return _MAIL + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    )


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            _MAIL
            + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + b"--b\r\nContent-Type: application/pdf\r\n\r\nx\r\n" * 100_000,
            "ING-27",
        ),
        (
            _MAIL + b'Content-Type: application/pdf; name="' + b"=?utf-8?q?a?=" * 20_000 + b'"\r\n',
            "ING-27",
        ),
        (_MAIL + b"Content-Type: application/pdf; " + b"a=b; " * 100_000 + b"\r\n\r\nx", "ING-27"),
        (_one_in_another(3000), "ING-27"),
        (_one_in_another(100) + b"a\r\n" * 1_000_000, "ING-27"),
        ((_MAIL + b"Content-Type: message/rfc822\r\n\r\n") * 3000, "ING-23"),
        (_MAIL + b"Content-Type: " + b"(" * 5000 + b"\r\n\r\nx", "ING-23"),
    ],
    ids=["parts", "encoded words", "parameters", "nested", "compared", "forwarded", "comments"],
)
def test_a_message_made_to_keep_its_reader_busy_is_refused_at_once(
    message: bytes, code: str
) -> None:
    started = time.process_time()

    failure = open_email(message).failure

    assert failure is not None
    assert failure.code == code
    assert time.process_time() - started < 5
