"""The robustness set: one good Factur-X PDF, damaged or disguised in every way met or feared.

Each case says what must come of it: the invoice, equal to that of the good file; or a code. All
are made from `tests/data/cii_every_field.xml` and a page drawn here; nothing of them is taken from
anywhere.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.pdf_maker import deflated_zeros, saved, specification
from tests.printed_maker import drawn

XML = (Path(__file__).parent / "data" / "cii_every_field.xml").read_bytes()
_PAGE = drawn(
    [
        [(50, "Fournitures Dubois SARL")],
        [(50, "Facture FA-2026-0815 du 15/03/2026")],
        [(50, "Merci de votre confiance. Conditions de paiement : trente jours.")],
        [(50, "Tout retard entraîne une indemnité forfaitaire de quarante euros.")],
    ]
)
INVOICE = "the invoice"
PRINTED = "the page"


@dataclass(frozen=True, slots=True)
class Case:
    """One file, and what must come of it: `INVOICE`, `PRINTED` or a code."""

    name: str
    make: Callable[[], bytes]
    expected: str = INVOICE
    remark: str | None = None
    heavy: bool = False


def page() -> pikepdf.Pdf:
    """The printed page, carrying nothing yet."""
    return pikepdf.open(io.BytesIO(_PAGE))


def listing(pdf: pikepdf.Pdf, *named: tuple[object, object]) -> pikepdf.Pdf:
    """List these specifications in the name tree, in place."""
    names = Array([part for pair in named for part in pair])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    return pdf


def carrying(*files: tuple[str, bytes], **options: object) -> bytes:
    """The printed page with these files in its name tree."""
    pdf = page()
    return saved(listing(pdf, *((n, specification(pdf, n, d)) for n, d in files)), **options)


GOOD = carrying(("factur-x.xml", XML), object_stream_mode=pikepdf.ObjectStreamMode.disable)
PLAIN = carrying(
    ("factur-x.xml", XML),
    object_stream_mode=pikepdf.ObjectStreamMode.disable,
    compress_streams=False,
    stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
)
PACKED = carrying(("factur-x.xml", XML), object_stream_mode=pikepdf.ObjectStreamMode.generate)
LINEAR = carrying(("factur-x.xml", XML), linearize=True)
_BOMB = deflated_zeros(256 << 20)
_JUNK = bytes(range(1, 256)) * 5000


def _xml_span(data: bytes) -> tuple[int, int]:
    """Where the deflated or plain XML lies in a file."""
    for found in re.finditer(rb"stream\r?\n", data):
        end = data.find(b"endstream", found.end())
        raw = data[found.end() : end]
        with suppress(zlib.error):
            raw = zlib.decompressobj().decompress(raw)
        if b"CrossIndustryInvoice" in raw:
            return found.end(), end
    raise AssertionError("no XML in the file")


def _startxref(value: bytes) -> bytes:
    return GOOD[: GOOD.rindex(b"startxref")] + b"startxref\n" + value + b"\n%%EOF\n"


def _table_replaced(pattern: bytes, by: bytes) -> bytes:
    start = GOOD.rindex(b"\nxref")
    return GOOD[:start] + re.sub(pattern, by, GOOD[start:])


def _cut_before_xml(data: bytes) -> bytes:
    return data[: _xml_span(data)[0]]


def _specified(change: Callable[[pikepdf.Pdf, pikepdf.Object], None]) -> bytes:
    """The invoice under a specification that is changed in place."""
    pdf = page()
    one = specification(pdf, "factur-x.xml", XML)
    change(pdf, one)
    return saved(listing(pdf, ("factur-x.xml", one)))


def _named(name: str) -> bytes:
    return carrying((name, XML))


def _only_wide_name(_: pikepdf.Pdf, one: pikepdf.Object) -> None:
    del one.F
    one.UF = pikepdf.String("facture-électronique-é€.xml")


def _only_stream_wide(_: pikepdf.Pdf, one: pikepdf.Object) -> None:
    one.EF = Dictionary(UF=one.EF.F)


def _no_names(_: pikepdf.Pdf, one: pikepdf.Object) -> None:
    del one.F, one.UF


def _no_types(_: pikepdf.Pdf, one: pikepdf.Object) -> None:
    del one.Type


def _associated(*, on_page: bool) -> bytes:
    pdf = page()
    holder = pdf.pages[0].obj if on_page else pdf.Root
    holder.AF = Array([specification(pdf, "factur-x.xml", XML)])
    return saved(pdf)


def _annotated() -> bytes:
    pdf = page()
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.FileAttachment,
        FS=specification(pdf, "f.xml", XML),
        Rect=[0, 0, 9, 9],
    )
    pdf.pages[0].Annots = Array([note])
    return saved(pdf)


def _tree(depth: int, *, loop: bool) -> bytes:
    pdf = page()
    leaf = Dictionary(Names=Array(["factur-x.xml", specification(pdf, "factur-x.xml", XML)]))
    node = pdf.make_indirect(leaf)
    for _ in range(depth):
        node = pdf.make_indirect(Dictionary(Kids=Array([node])))
    if loop:
        node.Kids.insert(0, node)
    pdf.Root.Names = Dictionary(EmbeddedFiles=node)
    return saved(pdf)


def _broad_tree(width: int) -> bytes:
    """The invoice behind so many other leaves."""
    pdf = page()
    other = specification(pdf, "conditions.txt", b"Conditions")
    kids = [pdf.make_indirect(Dictionary(Names=Array([f"a{n:05}", other]))) for n in range(width)]
    last = Dictionary(Names=Array(["z", specification(pdf, "factur-x.xml", XML)]))
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Kids=Array([*kids, last])))
    return saved(pdf)


def _page_loop() -> bytes:
    pdf = page()
    listing(pdf, ("factur-x.xml", specification(pdf, "factur-x.xml", XML)))
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)
    pdf.Root.Pages.Count = 99
    return saved(pdf)


def _encrypted(
    user: str, revision: Literal[2, 3, 4, 6], *, aes: bool = False, bare: bool = False
) -> bytes:
    options = pikepdf.Encryption(
        owner="owner", user=user, R=revision, aes=aes, metadata=aes and not bare
    )
    return carrying(("factur-x.xml", XML), encryption=options)


def _updated(change: bytes) -> bytes:
    """The good file with one more revision, in which the XML's object is replaced."""
    older = XML.replace(b"FA-2026-0815", b"FA-2026-0000")
    first = carrying(("factur-x.xml", older), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    start, _ = _xml_span(first)
    number = int(re.findall(rb"(\d+) 0 obj", first[:start])[-1])
    table = first.rindex(b"\nxref") + 1
    body = b"\n%d 0 obj\n<</Length %d>>\nstream\n" % (number, len(change)) + change
    body += b"\nendstream\nendobj\n"
    at = len(first) + 1
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", first[table:], re.DOTALL)
    assert trailer is not None
    body += b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    body += b"trailer <<" + trailer[1] + b"/Prev %d>>\n" % table
    return first + body + b"startxref\n%d\n%%%%EOF\n" % _table_place(first, body)


def _table_place(first: bytes, body: bytes) -> int:
    """Where the table of an added revision begins."""
    return len(first) + body.index(b"xref\n")


def _filtered(raw: bytes, filters: list[str], parameters: object = None) -> bytes:
    """The XML in a stream written raw, behind these filters."""

    def change(pdf: pikepdf.Pdf, one: pikepdf.Object) -> None:
        stream = pikepdf.Stream(pdf, b"")
        stream.write(raw, filter=Array([Name("/" + f) for f in filters]))
        if parameters is not None:
            stream.DecodeParms = parameters
        one.EF.F = stream

    pdf = page()
    one = specification(pdf, "factur-x.xml", XML)
    change(pdf, one)
    listing(pdf, ("factur-x.xml", one))
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def run_lengths(data: bytes) -> bytes:
    """RunLengthDecode's literal runs."""
    runs = [data[n : n + 128] for n in range(0, len(data), 128)]
    return b"".join(bytes([len(run) - 1]) + run for run in runs) + b"\x80"


def lzw(data: bytes) -> bytes:
    """LZWDecode without ever growing its table: a clear code before every 200 bytes."""
    bits = []
    for position, byte in enumerate(data):
        if position % 200 == 0:
            bits.append(f"{256:09b}")
        bits.append(f"{byte:09b}")
    text = "".join(bits) + f"{257:09b}"
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def ascii85(data: bytes) -> bytes:
    """ASCII85Decode."""
    return base64.a85encode(data) + b"~>"


def _predicted(data: bytes) -> bytes:
    """Deflated after PNG's filter 0, rows of eight bytes."""
    padded = data + b" " * (-len(data) % 8)
    rows = b"".join(b"\x00" + padded[n : n + 8] for n in range(0, len(padded), 8))
    return zlib.compress(rows)


def _length(value: bytes) -> bytes:
    """A wrong length at the XML's stream."""
    start, _ = _xml_span(GOOD)
    head, _, tail = GOOD[:start].rpartition(b"/Length ")
    return head + value + re.sub(rb"^\d+", b"", tail) + GOOD[start:]


def _line_ends(to: bytes) -> bytes:
    """A text file's line ends changed throughout; only uncompressed streams survive that."""
    return PLAIN.replace(b"\r\n", b"\n").replace(b"\n", to)


def _with_pages(count: int) -> bytes:
    pdf = page()
    for _ in range(count):
        pdf.add_blank_page(page_size=(595, 842))
    return saved(listing(pdf, ("factur-x.xml", specification(pdf, "factur-x.xml", XML))))


def _paged(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    pdf = page()
    change(pdf)
    return saved(listing(pdf, ("factur-x.xml", specification(pdf, "factur-x.xml", XML))))


def _no_contents(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0].obj["/Contents"]


def _no_pages(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids = Array([])
    pdf.Root.Pages.Count = 0


def _no_page_tree(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Pages


def _huge_box(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = Array([0, 0, 10**9, 10**9])


def _forms(pdf: pikepdf.Pdf) -> None:
    xfa = pdf.make_stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><x/></xdp:xdp>')
    pdf.Root.AcroForm = Dictionary(XFA=xfa, Fields=Array([]))


def _recursive(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(b"/A Do /A Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Resources = Dictionary(XObject=Dictionary(A=form))
    pdf.pages[0].Resources.XObject = Dictionary(A=form)
    pdf.pages[0].Contents = pdf.make_stream(b"/A Do")


def _branching(pdf: pikepdf.Pdf) -> None:
    """Each drawing draws the next one thirty times, twelve deep."""
    inner = pdf.make_stream(b"")
    inner.Type, inner.Subtype, inner.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    for _ in range(12):
        outer = pdf.make_stream(b"/A Do " * 30)
        outer.Type, outer.Subtype, outer.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        outer.Resources = Dictionary(XObject=Dictionary(A=inner))
        inner = outer
    pdf.pages[0].Resources.XObject = Dictionary(A=inner)
    pdf.pages[0].Contents = pdf.make_stream(b"/A Do")


def _bomb_page(pdf: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(pdf, b"")
    stream.write(_BOMB, filter=Name.FlateDecode)
    pdf.pages[0].Contents = stream


def _objects_deep() -> bytes:
    """An object nested so deep that a recursive parser falls over."""
    start = GOOD.rindex(b"\nxref")
    deep = b"\n900 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\n"
    return GOOD[:start] + deep + GOOD[start:]


def _two_invoices() -> bytes:
    other = XML.replace(b"FA-2026-0815", b"FA-2026-9999")
    return carrying(("annexe.xml", other), ("factur-x.xml", XML), ("bordereau.csv", b"a;b\n1;2\n"))


def _without(pattern: bytes) -> bytes:
    return re.sub(pattern, b"", GOOD)


def _repeated(count: int) -> bytes:
    """So many files glued behind one another; the last counts, as the standard has it."""
    return GOOD * count


def _truncations() -> Iterator[Case]:
    start, end = _xml_span(GOOD)
    for name, at in (
        ("at the last byte", len(GOOD) - 1),
        ("before %%EOF", GOOD.rindex(b"%%EOF")),
        ("before startxref", GOOD.rindex(b"startxref")),
        ("inside the trailer", GOOD.rindex(b"trailer") + 12),
        ("inside the table", GOOD.rindex(b"\nxref") + 60),
        ("before the table", GOOD.rindex(b"\nxref")),
        ("right behind the XML", end),
    ):
        yield Case(f"cut {name}", lambda at=at: GOOD[:at])  # type: ignore[misc]
    yield Case("cut inside the XML", lambda: GOOD[: (start + end) // 2], "ING-PDF-02")
    yield Case("cut before the XML", lambda: _cut_before_xml(GOOD), "ING-PDF-02")
    yield Case("cut after 20 bytes", lambda: GOOD[:20], "ING-PDF-02")
    yield Case("packed, tail cut", lambda: PACKED[:-120])
    yield Case("linearised, tail cut", lambda: LINEAR[:-300])


CASES: tuple[Case, ...] = (
    Case("untouched", lambda: GOOD),
    *_truncations(),
    Case("startxref wrong", lambda: _startxref(b"12345")),
    Case("startxref huge", lambda: _startxref(b"9" * 30)),
    Case("startxref negative", lambda: _startxref(b"-1")),
    Case("startxref zero", lambda: _startxref(b"0")),
    Case("startxref no number", lambda: _startxref(b"abc")),
    Case("1 KB of junk before", lambda: _JUNK[:1024] + GOOD),
    Case("100 KB of junk before", lambda: _JUNK[:102_400] + GOOD),
    Case("1 MB of junk before", lambda: _JUNK[:1_048_576] + GOOD),
    Case("1 MB of text before", lambda: b"Transmis par la passerelle.\n" * 37_450 + GOOD),
    Case("1 MB of zeros before", lambda: bytes(1 << 20) + GOOD),
    Case("a line of HTTP before", lambda: b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n" + GOOD),
    Case("markup before", lambda: b"<html><body>Chargement</body></html>\n" + GOOD),
    Case("1 KB of junk after", lambda: GOOD + _JUNK[:1024]),
    Case("1 MB of junk after", lambda: GOOD + _JUNK[:1_048_576]),
    Case("1 MB of zeros after", lambda: GOOD + bytes(1 << 20)),
    Case("junk at both ends, tail cut", lambda: _JUNK[:5000] + GOOD[:-90] + _JUNK[:5000]),
    Case("two files glued", lambda: _repeated(2)),
    Case("no header", lambda: GOOD[9:]),
    Case("header of no version", lambda: b"%PDF-9.x" + GOOD[8:]),
    Case("offsets all zero", lambda: _table_replaced(rb"\d{10} ", b"0000000000 ")),
    Case("offsets all too large", lambda: _table_replaced(rb"\d{10} ", b"0009999999 ")),
    Case("table is garbage", lambda: _table_replaced(rb"\d{10} \d{5} [nf]", b"zzzzzzzzzz zzzzz z")),
    Case("no table", lambda: re.sub(rb"\nxref.*?trailer", b"\ntrailer", GOOD, flags=re.DOTALL)),
    Case(
        "no trailer", lambda: re.sub(rb"trailer.*?startxref", b"startxref", GOOD, flags=re.DOTALL)
    ),
    Case("trailer without root", lambda: _without(rb"/Root \d+ 0 R")),
    Case("catalogue without type", lambda: _without(rb"/Type /Catalog|/Catalog /Type")),
    Case("no endobj anywhere", lambda: _without(rb"endobj\n")),
    Case("object streams", lambda: PACKED),
    Case("linearised", lambda: LINEAR),
    Case("nothing compressed", lambda: PLAIN),
    Case("revised", lambda: _updated(XML)),
    Case("revised, tail cut", lambda: _updated(XML)[:-30]),
    Case("associated with the document", lambda: _associated(on_page=False)),
    Case("associated with the page", lambda: _associated(on_page=True)),
    Case("attached by annotation", _annotated),
    Case("name tree of 3 floors", lambda: _tree(3, loop=False)),
    Case("name tree of 300 floors", lambda: _tree(300, loop=False)),
    Case("name tree with a loop", lambda: _tree(2, loop=True)),
    Case("name tree of 3000 leaves", lambda: _broad_tree(3000)),
    Case("name with a slash", lambda: _named("/factur-x.xml")),
    Case("name with a NUL", lambda: _named("factur-x.xml\x00")),
    Case("name in capitals", lambda: _named("FACTUR-X.XML")),
    Case("name of a Windows path", lambda: _named("C:\\Factures\\factur-x.xml")),
    Case("name without ending", lambda: _named("facture")),
    Case("name with another ending", lambda: _named("facture.txt")),
    Case("empty name", lambda: _named("")),
    Case("name of 10,000 letters", lambda: _named("f" * 10_000 + ".xml")),
    Case("name in UTF-16 only", lambda: _specified(_only_wide_name)),
    Case("stream under /UF only", lambda: _specified(_only_stream_wide)),
    Case("specification without names", lambda: _specified(_no_names)),
    Case("specification without type", lambda: _specified(_no_types)),
    Case(
        "several attachments",
        lambda: carrying(("bon.pdf", _PAGE), ("factur-x.xml", XML), ("vue.png", b"\x89PNG")),
    ),
    Case("two invoices", _two_invoices, remark="ING-PDF-05"),
    Case("the same invoice twice", lambda: carrying(("a.xml", XML), ("factur-x.xml", XML))),
    Case("RC4 40 bits, no password", lambda: _encrypted("", 2)),
    Case("RC4 128 bits, no password", lambda: _encrypted("", 3)),
    Case("AES 128, no password", lambda: _encrypted("", 4, aes=True)),
    Case(
        "AES 128, no password, metadata in clear",
        lambda: _encrypted("", 4, aes=True, bare=True),
    ),
    Case("AES 256, no password", lambda: _encrypted("", 6, aes=True)),
    Case("AES 256, no password, tail cut", lambda: _encrypted("", 6, aes=True)[:-10]),
    Case("AES 256 and junk before", lambda: _JUNK[:3000] + _encrypted("", 6, aes=True)),
    Case("RC4 with password", lambda: _encrypted("secret", 3), "ING-PDF-03"),
    Case("AES 128 with password", lambda: _encrypted("secret", 4, aes=True), "ING-PDF-03"),
    Case("AES 256 with password", lambda: _encrypted("secret", 6, aes=True), "ING-PDF-03"),
    Case(
        "deflated twice", lambda: _filtered(zlib.compress(zlib.compress(XML)), ["FlateDecode"] * 2)
    ),
    Case("hexadecimal", lambda: _filtered(binascii.hexlify(XML) + b">", ["ASCIIHexDecode"])),
    Case("ASCII 85", lambda: _filtered(ascii85(XML), ["ASCII85Decode"])),
    Case("run lengths", lambda: _filtered(run_lengths(XML), ["RunLengthDecode"])),
    Case("LZW", lambda: _filtered(lzw(XML), ["LZWDecode"])),
    Case(
        "ASCII 85 of deflated",
        lambda: _filtered(ascii85(zlib.compress(XML)), ["ASCII85Decode", "FlateDecode"]),
    ),
    Case(
        "hexadecimal of ASCII 85 of deflated",
        lambda: _filtered(
            binascii.hexlify(ascii85(zlib.compress(XML))) + b">",
            ["ASCIIHexDecode", "ASCII85Decode", "FlateDecode"],
        ),
    ),
    Case(
        "deflated behind a predictor",
        lambda: _filtered(
            _predicted(XML), ["FlateDecode"], Array([Dictionary(Predictor=15, Columns=8)])
        ),
    ),
    Case(
        "deflated, checksum wrong",
        lambda: _filtered(zlib.compress(XML)[:-4] + b"xxxx", ["FlateDecode"]),
    ),
    Case("deflated, checksum cut", lambda: _filtered(zlib.compress(XML)[:-4], ["FlateDecode"])),
    Case("unknown filter", lambda: _filtered(XML, ["NobodyDecode"])),
    Case("length too short", lambda: _length(b"10")),
    Case("length too long", lambda: _length(b"99999999")),
    Case("length zero", lambda: _length(b"0")),
    Case("length negative", lambda: _length(b"-5")),
    Case("length no number", lambda: _length(b"/x")),
    Case("length in an object that is none", lambda: _length(b"800 0 R")),
    Case("line ends CR only", lambda: _line_ends(b"\r")),
    Case("line ends CR LF", lambda: _line_ends(b"\r\n")),
    Case(
        "taken for text and written in UTF-8",
        lambda: GOOD.decode("latin-1").encode(),
        remark="ING-PDF-06",
    ),
    Case("sent in text mode", lambda: GOOD.replace(b"\n", b"\r\n"), remark="ING-PDF-06"),
    Case(
        "taken for text and damaged for good",
        lambda: GOOD.decode("utf-8", "replace").encode(),
        "ING-PDF-02",
    ),
    Case("page without contents", lambda: _paged(_no_contents)),
    Case("no page", lambda: _paged(_no_pages)),
    Case("no page tree", lambda: _paged(_no_page_tree)),
    Case("page tree with a loop", _page_loop),
    Case("form fields (XFA)", lambda: _paged(_forms)),
    Case("10,000 pages", lambda: _with_pages(10_000), heavy=True),
    Case("page of 350 km", lambda: _paged(_huge_box), heavy=True),
    Case("drawing that draws itself", lambda: _paged(_recursive), heavy=True),
    Case("drawings that multiply", lambda: _paged(_branching), heavy=True),
    Case("objects nested 200,000 deep", _objects_deep),
    Case("bomb as page", lambda: _paged(_bomb_page), remark="ING-PDF-04", heavy=True),
    Case(
        "bomb as invoice",
        lambda: _filtered(deflated_zeros(256 << 20), ["FlateDecode"]),
        "ING-PDF-04",
        heavy=True,
    ),
    Case("invoice XML broken", lambda: carrying(("factur-x.xml", XML[:-60])), "ING-XML-01"),
    Case("invoice XML empty", lambda: carrying(("factur-x.xml", b"")), "ING-XML-01"),
    Case("no attachment", lambda: saved(page()), PRINTED),
    Case("another XML only", lambda: carrying(("metadata.xml", b"<metadata/>")), PRINTED),
    Case("empty file", lambda: b"", "ING-FILE-01"),
    Case("zeros only", lambda: bytes(5000), "ING-FILE-01"),
    Case("header only", lambda: b"%PDF-1.7\n", "ING-PDF-02"),
)
