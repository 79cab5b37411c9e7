import struct
import zlib
from pathlib import Path

import pikepdf
import pytest

from ingest.parsers.inflate import TooLarge, inflate
from ingest.parsers.pdf_bombs import LIMIT, is_hostile
from ingest.reader import read
from tests.pdf_maker import deflated_zeros, in_name_tree, with_raw_stream

XML = (Path(__file__).parent.parent / "data" / "cii_every_field.xml").read_bytes()
ZEROS = deflated_zeros(2 * LIMIT)
FLATE = pikepdf.Name.FlateDecode
TWICE = pikepdf.Array([FLATE, FLATE])


def object_stream(raw: bytes, filters: bytes) -> bytes:
    """A PDF whose catalogue lies in this object stream."""
    first = len(b"%PDF-1.5\n")
    body = b"%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter "
    body += filters + b"/Length %d>>stream\n" % len(raw) + raw + b"\nendstream endobj\n"
    rows = [(0, 0, 65535), (1, first, 0), (2, 1, 0), (1, len(body), 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    end = b"%d\n%%%%EOF\n" % len(body)
    body += b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 2]/Root 2 0 R/Filter/FlateDecode/Length "
    return body + b"%d>>stream\n" % len(table) + table + b"\nendstream endobj\nstartxref\n" + end


@pytest.mark.parametrize(
    "data",
    [
        with_raw_stream(ZEROS, FLATE, as_page=True, xml=XML),
        with_raw_stream(ZEROS, FLATE, as_page=False, xml=XML),
        with_raw_stream(zlib.compress(ZEROS), TWICE, as_page=False, xml=XML),
        object_stream(ZEROS, b"/FlateDecode"),
        object_stream(ZEROS, b"/Fl#61teDecode"),
        object_stream(zlib.compress(ZEROS), b"[/FlateDecode/FlateDecode]"),
        object_stream(zlib.compress(ZEROS), b"[/ASCIIHexDecode/FlateDecode/FlateDecode]"),
    ],
    ids=["page", "embedded", "embedded twice", "objects", "escaped", "objects twice", "hex"],
)
def test_a_stream_that_fills_the_memory_is_seen_beforehand(data: bytes) -> None:
    assert is_hostile(data)


def test_an_ordinary_file_passes() -> None:
    assert not is_hostile(in_name_tree("factur-x.xml", XML * 1000))


def test_many_streams_that_never_end_are_refused_before_any_library_searches_them() -> None:
    data = b"%PDF-1.7\n" + b"1 0 obj<</Length 9>>stream\nendobj\n" * 40_000

    failure = read(data, "x.pdf").error

    assert failure is not None
    assert failure.code == "ING-PDF-04"


def test_many_streams_with_their_ends_pass_though_no_length_is_given() -> None:
    stream = b"<</Length 9 0 R>>stream\n" + zlib.compress(XML) + b"\nendstream\nendobj\n"

    assert not is_hostile(b"%PDF-1.7\n" + b"".join(b"%d 0 obj" % i + stream for i in range(2000)))


def test_layers_hidden_behind_a_false_stream_mark_are_counted() -> None:
    hidden = b"1 0 obj\n<</Filter[/FlateDecode/FlateDecode]/Note(stream\n)/Length "
    bomb = zlib.compress(ZEROS)

    assert is_hostile(hidden + b"%d>>stream\n" % len(bomb) + bomb + b"\nendstream endobj\n")


def test_an_invoice_beside_a_bomb_is_still_read() -> None:
    reading = read(with_raw_stream(ZEROS, FLATE, as_page=True, xml=XML), "x.pdf")

    assert reading.invoice is not None
    assert reading.invoice.number == "FA-2026-0815"
    assert "ING-PDF-04" in [remark.code for remark in reading.remarks]


def test_a_bomb_in_place_of_the_invoice_is_a_failure() -> None:
    reading = read(with_raw_stream(ZEROS, FLATE, as_page=False, xml=XML), "x.pdf")

    assert reading.error is not None
    assert reading.error.code == "ING-PDF-04"


def test_inflating_stops_at_the_limit() -> None:
    with pytest.raises(TooLarge):
        inflate(ZEROS, 1 << 20)


def test_inflating_keeps_what_precedes_damage() -> None:
    whole = zlib.compress(XML)

    assert XML.startswith(inflate(whole[:-30], 1 << 20))
    assert inflate(whole[:-4] + b"xxxx", 1 << 20) == XML
