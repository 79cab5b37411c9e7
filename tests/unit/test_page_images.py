"""Page images: drawn elsewhere, within limits, remembered only in memory."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from api.errors import PageNotDrawn
from api.page_images import PageImages, PageSize
from api.page_render import _scale
from api.rest import examples
from tests.web_fake import FakeApplication, client_for


def _bytes(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _never() -> bytes:
    raise AssertionError("what is remembered needs no bytes")


def _pdf(*sizes: tuple[float, float], colour: tuple[float, float, float] = (0, 0, 0)) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for number, size in enumerate(sizes, 1):
        canvas.setPageSize(size)
        canvas.setFillColorRGB(*colour)
        canvas.drawString(20, 20, f"page {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_page_is_drawn_at_twice_its_points() -> None:
    pages = PageImages()
    data = _bytes(_pdf((200, 100), (100, 300)))

    assert pages.sizes("d", data) == (PageSize(200, 100), PageSize(100, 300))
    assert Image.open(io.BytesIO(pages.image("d", data, 1))).size == (400, 200)
    assert Image.open(io.BytesIO(pages.image("d", data, 2))).size == (200, 600)


def test_black_on_white_travels_without_colour() -> None:
    pages = PageImages()

    grey = Image.open(io.BytesIO(pages.image("g", _bytes(_pdf((200, 100))), 1)))
    red = Image.open(io.BytesIO(pages.image("r", _bytes(_pdf((200, 100), colour=(1, 0, 0))), 1)))

    assert (grey.mode, red.mode) == ("L", "RGB")


def test_a_page_drawn_once_is_remembered() -> None:
    pages = PageImages()
    data = _bytes(_pdf((200, 100)))
    first = pages.image("d", data, 1)

    assert pages.image("d", _never, 1) == first
    assert pages.sizes("d", _never) == (PageSize(200, 100),)


def test_a_page_that_failed_is_not_tried_again_for_a_while() -> None:
    pages = PageImages()
    with pytest.raises(PageNotDrawn, match="cannot be opened") as first:
        pages.sizes("d", _bytes(b"%PDF-1.7 broken"))

    with pytest.raises(PageNotDrawn) as second:
        pages.image("d", _never, 1)

    assert second.value.message == first.value.message


def test_memory_is_bounded() -> None:
    pages = PageImages(cache_bytes=1)
    data = _bytes(_pdf((200, 100)))
    pages.sizes("d", data)

    assert pages._held == 0
    with pytest.raises(PageNotDrawn):
        pages.image("d", data, 1)


@pytest.mark.parametrize(
    "data",
    [b"", b"<?xml version='1.0'?><Invoice/>", b"%PDF-1.7", b"%PDF-1.7\n" + b"\xff" * 1000],
)
def test_what_is_no_pdf_has_no_page(data: bytes) -> None:
    with pytest.raises(PageNotDrawn):
        PageImages().sizes("d", _bytes(data))


def test_junk_before_the_header_is_forgiven() -> None:
    assert PageImages().sizes("d", _bytes(b"\r\nmail junk\r\n" * 500 + _pdf((200, 100))))


def test_a_page_that_does_not_exist_is_not_drawn() -> None:
    with pytest.raises(PageNotDrawn, match="Page 2"):
        PageImages().image("d", _bytes(_pdf((200, 100))), 2)


def test_a_child_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(PageNotDrawn, match="too long"):
        PageImages(seconds=0.001).image("d", _bytes(_pdf((200, 100))), 1)


@pytest.mark.parametrize("size", [(14400.0, 14400.0), (14400.0, 1.0), (0.0, 0.0), (1e9, 1e9)])
def test_no_page_size_asks_for_more_than_a_screen(size: tuple[float, float]) -> None:
    scale = _scale(*size)

    assert size[0] * scale <= 2400.5
    assert size[0] * scale * size[1] * scale <= 6_000_001


def test_the_image_of_a_document_is_served() -> None:
    application = FakeApplication()
    document_id = application.add(_pdf((200, 100)))["document_id"]

    answer = client_for(application).get(f"/api/v1/documents/{document_id}/pages/1.png")

    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"].startswith("private")
    assert Image.open(io.BytesIO(answer.content)).size == (400, 200)


def test_a_document_without_pages_says_so() -> None:
    application = FakeApplication()
    document_id = application.add()["document_id"]

    answer = client_for(application).get(f"/api/v1/documents/{document_id}/pages/1.png")

    assert answer.status_code == 422
    assert answer.json()["code"] == "API-07"


def test_a_document_page_shows_its_pages_with_the_places_read() -> None:
    application = FakeApplication()
    evidence = {
        "totals.payable": {
            "from": "pdf_text",
            "where": {"page": 1, "bbox": [10, 20, 60, 30]},
            "confidence": 0.97,
        }
    }
    document_id = application.add(_pdf((200, 100)), evidence=evidence)["document_id"]

    page = client_for(application).get(f"/documents/{document_id}").text

    assert f"/api/v1/documents/{document_id}/pages/1.png" in page
    assert 'viewBox="0 0 200.0 100.0"' in page
    assert '<rect id="at-totals-payable" x="10.0" y="20.0" width="50.0" height="10.0"' in page
    assert 'href="#at-totals-payable"' in page
    assert "97\u00a0% sûr" in page


def test_the_place_of_a_discrepancy_is_drawn_as_wrong() -> None:
    application = FakeApplication()
    evidence = {
        path: {"from": "pdf_text", "where": {"page": 1, "bbox": [10, 20, 60, 30]}, "confidence": 1}
        for path in ("number", "lines[0].net_price", "payee_iban")
    }
    items = [
        examples.DOCUMENT["discrepancies"][0],
        examples.DOCUMENT["discrepancies"][0]
        | {"code": "IBAN_UNKNOWN", "field": "payee_iban", "invoice_line": None},
    ]
    record = application.add(_pdf((200, 100)), evidence=evidence, discrepancies=items)

    page = client_for(application).get(f"/documents/{record['document_id']}").text

    boxes = re.findall(r'<rect id="([^"]+)"[^>]*?(class="wrong")?>', page)
    assert boxes == [
        ("at-number", ""),
        ("at-lines-0-net-price", 'class="wrong"'),
        ("at-payee-iban", 'class="wrong"'),
    ]
