"""The derived PDF: the pages as they were received, with the recognised words lying invisibly over.

Nothing that is seen changes, so a place on the original is the same place on the derived PDF.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import img2pdf  # type: ignore[import-untyped]
import pikepdf
from PIL import Image, ImageOps, ImageSequence

from ingest.parsers.pages.placement import Affine

_A4_LONG_SIDE_INCHES = 11.69
_FEWEST_DPI, _MOST_DPI = 90, 1300
_QUARTER = 90
MADE_WITH = {"pikepdf": pikepdf.__version__}


class NotAnImage(Exception):
    """The image file is damaged, too large or of a kind that is not read."""


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A page of invisible text, and the way from its points to those of the page as it is seen."""

    page: bytes
    place: Affine


def with_text(data: bytes, layers: Mapping[int, TextLayer]) -> bytes | None:
    """The PDF with these layers over its pages, the same bytes each time.

    None where qpdf cannot write what PDFium could draw.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for number, layer in layers.items():
                _lay_over(pdf, pdf.pages[number - 1], layer)
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
    except (pikepdf.PdfError, ValueError, IndexError):
        return None
    return out.getvalue()


def only_pages(data: bytes, numbers: tuple[int, ...]) -> bytes:
    """A PDF of these pages alone; the same bytes each time."""
    with pikepdf.open(io.BytesIO(data)) as pdf, pikepdf.new() as part:
        for number in numbers:
            part.pages.append(pdf.pages[number - 1])
        out = io.BytesIO()
        part.save(out, deterministic_id=True)
    return out.getvalue()


def _lay_over(pdf: pikepdf.Pdf, page: pikepdf.Page, layer: TextLayer) -> None:
    with pikepdf.open(io.BytesIO(layer.page)) as text:
        source = text.pages[0]
        height = float(source.mediabox[3])
        form = pdf.copy_foreign(source.as_form_xobject())
    name = page.add_resource(form, pikepdf.Name.XObject)
    flip = Affine(1, 0, 0, 0, -1, height)  # the layer counts upwards
    place = flip.then(layer.place).then(_to_user_space(page))
    matrix = " ".join(f"{n:.6f}" for n in (place.a, place.d, place.b, place.e, place.c, place.f))
    page.contents_add(pdf.make_stream(b"q"), prepend=True)
    page.contents_add(pdf.make_stream(f"Q q {matrix} cm {name} Do Q".encode()))


def _to_user_space(page: pikepdf.Page) -> Affine:
    """From the page as it is seen (origin top left) to the coordinates its content is drawn in."""
    left, bottom, right, top = (float(n) for n in page.cropbox)
    left, right, bottom, top = (
        min(left, right),
        max(left, right),
        min(bottom, top),
        max(bottom, top),
    )
    turns = int(page.obj.get("/Rotate", 0)) // _QUARTER % 4
    return (
        Affine(1, 0, left, 0, -1, top),
        Affine(0, 1, left, 1, 0, bottom),
        Affine(-1, 0, right, 0, 1, bottom),
        Affine(0, -1, right, -1, 0, top),
    )[turns]


def pdf_of_image(data: bytes, most_pages: int, most_pixels: int) -> bytes:
    """An image file as a PDF, a page a frame, its pixels unaltered where PDF can hold them.

    Raises:
        NotAnImage: it cannot be opened within the bounds.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            frames = min(int(getattr(image, "n_frames", 1)), most_pages)
            _refuse_huge(image, most_pixels)
            plain = frames == 1 and _is_plain(image)
            parts = [data] if plain else [_as_png(f) for f in _frames(image, frames)]
            layout = _layout(image)
        pdf: bytes = img2pdf.convert(
            parts, layout_fun=layout, rotation=img2pdf.Rotation.ifvalid, nodate=True
        )
    except NotAnImage:
        raise
    except MemoryError:
        raise
    except Exception as problem:  # hostile images raise anything
        raise NotAnImage(str(problem)) from problem
    return pdf


def _refuse_huge(image: Image.Image, most_pixels: int) -> None:
    if image.width * image.height > most_pixels:
        raise NotAnImage(f"{image.width} by {image.height} dots")


def _is_plain(image: Image.Image) -> bool:
    return image.format in {"JPEG", "PNG", "TIFF"} and image.mode in {"1", "L", "RGB", "CMYK"}


def _frames(image: Image.Image, most: int) -> list[Image.Image]:
    frames = zip(range(most), ImageSequence.Iterator(image), strict=False)
    return [ImageOps.exif_transpose(frame.copy()) for _, frame in frames]


def _as_png(frame: Image.Image) -> bytes:
    if frame.mode in {"RGBA", "LA", "PA"} or "transparency" in frame.info:
        frame = frame.convert("RGBA")
        white = Image.new("RGBA", frame.size, "white")
        frame = Image.alpha_composite(white, frame).convert("RGB")
    elif frame.mode not in {"1", "L", "RGB"}:
        frame = frame.convert("L" if frame.mode.startswith(("I", "F")) else "RGB")
    out = io.BytesIO()
    frame.save(out, "PNG", dpi=frame.info.get("dpi", (0, 0)))
    return out.getvalue()


def _layout(image: Image.Image) -> object:
    """The size of the pages: by the resolution the file states, else as if it were an A4 sheet."""
    stated = image.info.get("dpi", (0, 0))[0] or 0
    guessed = max(image.size) / _A4_LONG_SIDE_INCHES
    dpi = float(stated) if _FEWEST_DPI <= float(stated) <= _MOST_DPI else max(guessed, 1.0)
    return img2pdf.get_fixed_dpi_layout_fun((dpi, dpi))
