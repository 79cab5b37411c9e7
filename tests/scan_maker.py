"""Scans made from digital pages: drawn at a resolution, laid askew, turned, dirtied, compressed."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import img2pdf  # type: ignore[import-untyped]
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageChops, ImageFilter

_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_PAPER = 252
_SHADE = 180


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a sheet lay on the scanner, and what the scanner made of it."""

    dpi: int = 300
    skew: float = 0.0
    turned: int = 0
    noise: float = 0.0
    specks: float = 0.0
    blur: float = 0.0
    jpeg: int = 0
    bilevel: bool = False
    shaded: bool = False


def drawn(pdf: bytes, dpi: int) -> list[Image.Image]:
    """The pages of a PDF as grey images."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L") for page in document
        ]
    finally:
        document.close()


def scanned(page: Image.Image, sheet: Sheet, seed: int = 1) -> Image.Image:
    """One page as a scanner would give it."""
    image = page.point([round(v * _PAPER / 255) for v in range(256)])
    if sheet.shaded:
        image = _shaded(image)
    if sheet.skew:
        image = image.rotate(sheet.skew, Image.Resampling.BICUBIC, fillcolor=_PAPER)
    if sheet.turned:
        image = image.transpose(_TURNS[sheet.turned])
    if sheet.blur:
        image = image.filter(ImageFilter.GaussianBlur(sheet.blur))
    if sheet.noise:
        grain = Image.effect_noise(image.size, sheet.noise)
        image = ImageChops.add(image, grain, 1, -128)
    if sheet.specks:
        image = _specked(image, sheet.specks, seed)
    return image.point([0] * 160 + [255] * 96, "1") if sheet.bilevel else image


def _shaded(image: Image.Image) -> Image.Image:
    """Grey bands over a quarter of the page, as heads of tables and boxes of totals are printed."""
    shaded = image.copy()
    step = image.height // 12
    for top in range(step, image.height, 4 * step):
        box = (image.width // 20, top, image.width * 19 // 20, top + step)
        shaded.paste(image.crop(box).point([v * _SHADE // 255 for v in range(256)]), box)
    return shaded


def _specked(image: Image.Image, share: float, seed: int) -> Image.Image:
    """Dust: small dark and light specks."""
    dice = random.Random(seed)  # noqa: S311 - dust, no secret
    spotted = image.copy()
    for _ in range(int(share * image.width * image.height)):
        x, y = dice.randrange(image.width - 1), dice.randrange(image.height - 1)
        spotted.paste(dice.choice((0, 255)), (x, y, x + dice.choice((1, 2)), y + 1))
    return spotted


def encoded(image: Image.Image, sheet: Sheet, kind: str = "PNG") -> bytes:
    """A scanned page as the file of one image."""
    out = io.BytesIO()
    if sheet.jpeg:
        image.convert("L").save(out, "JPEG", quality=sheet.jpeg, dpi=(sheet.dpi, sheet.dpi))
    else:
        image.save(out, kind, dpi=(sheet.dpi, sheet.dpi))
    return out.getvalue()


def tiff(images: Sequence[Image.Image], dpi: int) -> bytes:
    """Several pages in one TIFF, as scanners of mailrooms make them."""
    out = io.BytesIO()
    first, *others = images
    first.save(out, "TIFF", save_all=True, append_images=others, dpi=(dpi, dpi))
    return out.getvalue()


def scan_of(pdf: bytes, sheet: Sheet) -> bytes:
    """The PDF a scanner would make of these pages."""
    pages = [
        encoded(scanned(page, sheet, seed), sheet)
        for seed, page in enumerate(drawn(pdf, sheet.dpi))
    ]
    made: bytes = img2pdf.convert(
        pages, layout_fun=img2pdf.get_fixed_dpi_layout_fun((sheet.dpi, sheet.dpi)), nodate=True
    )
    return made
