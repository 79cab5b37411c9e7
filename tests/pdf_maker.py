"""PDFs with and without embedded invoices, made for tests."""

from __future__ import annotations

import io
import zlib

import pikepdf

BOMB_BYTES = 1 << 30


def blank() -> pikepdf.Pdf:
    """A PDF of one empty page."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    return pdf


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    """The bytes of a PDF."""
    target = io.BytesIO()
    pdf.save(target, **options)  # type: ignore[arg-type]
    return target.getvalue()


def specification(pdf: pikepdf.Pdf, name: str, data: bytes) -> pikepdf.Object:
    """A file specification with its embedded stream, not yet listed anywhere."""
    stream = pdf.make_stream(data)
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F=name, UF=name, EF=pikepdf.Dictionary(F=stream)
        )
    )


def in_name_tree(name: str, data: bytes, **options: object) -> bytes:
    """A PDF that lists one embedded file in the name tree."""
    pdf = blank()
    names = pikepdf.Array([name, specification(pdf, name, data)])
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
    return saved(pdf, **options)


def deflated_zeros(size: int = BOMB_BYTES) -> bytes:
    """So many bytes of zeros, deflated to a thousandth."""
    engine = zlib.compressobj(9)
    block = b"\x00" * (1 << 20)
    return b"".join([engine.compress(block) for _ in range(size >> 20)]) + engine.flush()


def with_raw_stream(
    raw: bytes, filters: pikepdf.Name | pikepdf.Array, *, as_page: bool, xml: bytes
) -> bytes:
    """A PDF whose page content or embedded file is this raw stream."""
    pdf = blank()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(raw, filter=filters)
    first = specification(pdf, "factur-x.xml", xml)
    if as_page:
        pdf.pages[0].Contents = stream
    else:
        first.EF.F = stream
    names = pikepdf.Array(["factur-x.xml", first])
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
