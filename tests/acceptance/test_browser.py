"""The pages in a real browser: live, by keyboard, without JavaScript, for everybody."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from api.rest import examples
from api.serve import ServeOptions, build
from tests.browser import chromium, served
from tests.web_fake import FakeApplication

pytestmark = pytest.mark.browser

_SAMPLE = Path(str(resources.files("api"))) / "sample"
_WIDE: ViewportSize = {"width": 1280, "height": 860}
_NARROW: ViewportSize = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def application() -> FakeApplication:
    stocked = FakeApplication()
    for number in ("FA-1", "FA-2", "FA-3"):
        stocked.add(invoice=examples.INVOICE | {"number": number})
    return stocked


@pytest.fixture
def address(application: FakeApplication) -> Iterator[str]:
    with served(build(application, application, ServeOptions())) as found:
        yield found


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: blocked by the policy, errors in scripts."""
    return []


@pytest.fixture
def page(browser: Browser, address: str, complaints: list[str]) -> Iterator[Page]:
    with browser.new_context(base_url=address, viewport=_WIDE, locale="fr-FR") as context:
        opened = context.new_page()
        opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        opened.on("pageerror", lambda problem: complaints.append(str(problem)))
        yield opened
        assert complaints == []


def _pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 500))
    canvas.drawString(50, 450, "Facture FA-4")
    canvas.save()
    return out.getvalue()


def test_a_document_that_arrives_shows_up_by_itself(
    page: Page, application: FakeApplication
) -> None:
    page.goto("/")
    expect(page.locator("tr[data-id]")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="FA-2")).to_be_focused()

    application.add(invoice=examples.INVOICE | {"number": "FA-9"}, status="approved")

    expect(page.locator("tr[data-id]").first).to_contain_text("FA-9")
    expect(page.locator("#news")).to_have_text("Un nouveau document.")
    expect(page.get_by_role("link", name="FA-2")).to_be_focused()
    expect(page.locator(".chip.approved")).to_contain_text("1")


def test_a_verdict_that_changes_is_seen_where_it_stands(
    page: Page, application: FakeApplication
) -> None:
    page.goto("/")

    application.resolve(application.records[0]["document_id"], "approve", "Vu.", "test")

    expect(page.locator("tr[data-id]").last).to_contain_text("Approuvée")
    expect(page.locator("#news")).to_have_text("La liste a changé.")


def test_a_document_page_shows_image_boxes_and_verdict(
    page: Page, application: FakeApplication
) -> None:
    where = {"page": 1, "bbox": [50, 40, 130, 55]}
    evidence = {"number": {"from": "pdf_text", "where": where, "confidence": 0.98}}
    record = application.add(_pdf(), evidence=evidence)
    page.goto(f"/documents/{record['document_id']}")

    image = page.get_by_role("img", name="Image de la page 1")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('.drawn img').naturalWidth === 800")
    drawn, box = image.bounding_box(), page.locator("#at-number").bounding_box()
    assert drawn is not None
    assert box is not None
    assert (box["x"] - drawn["x"]) / drawn["width"] == pytest.approx(50 / 400, abs=0.01)
    assert (box["y"] - drawn["y"]) / drawn["height"] == pytest.approx(40 / 500, abs=0.01)
    expect(page.get_by_role("heading", name="Un écart")).to_be_visible()
    expect(page.locator(".difference")).to_contain_text("En trop, par unité")

    page.get_by_role("heading", name="Ce qui a été lu").click()
    page.locator("a[data-box=at-number]").hover()
    expect(page.locator("#at-number")).to_have_class("pointed")


def test_a_document_in_progress_opens_again_when_it_is_done(
    page: Page, application: FakeApplication
) -> None:
    record = application.add(status="received", decision=None, discrepancies=[])
    page.goto(f"/documents/{record['document_id']}")
    expect(page.locator("h1 .state")).to_have_text("En cours")

    record |= {"status": "approved", "decision": examples.DOCUMENT["decision"]}
    application.changes += 1

    expect(page.locator("h1 .state")).to_have_text("Approuvée")


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="FA-2")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("FA-2")
    page.keyboard.press("/")
    page.keyboard.type("ramette j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=ramette\+j$"))
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/upload$"))
    page.keyboard.press("?")
    expect(page.locator("#keys dl")).to_be_visible()


def test_a_decision_takes_a_reason_and_a_button(page: Page, application: FakeApplication) -> None:
    page.goto(f"/documents/{application.records[0]['document_id']}")
    page.get_by_role("button", name="Refuser").click()
    assert application.resolved == []

    page.get_by_label("Motif").fill("Prix non convenu.")
    page.get_by_role("button", name="Refuser").click()

    expect(page.locator("h1 .state")).to_have_text("Refusée")
    assert application.resolved[0][1:] == ("refuse", "Prix non convenu.", "web")


def test_files_dragged_onto_any_page_are_taken_in(page: Page, application: FakeApplication) -> None:
    page.goto("/")

    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["<Invoice/>"], "glisse.xml"));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
        }"""
    )

    expect(page).to_have_url(re.compile("/documents/"))
    assert application.originals[application.records[-1]["document_id"]][0] == "glisse.xml"


def test_the_list_says_when_the_server_is_gone(
    browser: Browser, application: FakeApplication
) -> None:
    with served(build(application, application, ServeOptions())) as address:
        page = browser.new_page(base_url=address, locale="fr-FR")
        page.goto("/")
        expect(page.locator(".live")).to_have_text("À jour en direct")

    expect(page.locator(".live")).to_have_text("Connexion perdue, nouvel essai…")
    page.close()


def test_all_of_it_works_without_javascript(
    browser: Browser, address: str, application: FakeApplication
) -> None:
    with browser.new_context(
        base_url=address, java_script_enabled=False, locale="fr-FR"
    ) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="Bloquée").click()
        page.get_by_role("link", name="FA-3").click()
        page.get_by_label("Motif").fill("Vu avec le service.")
        page.get_by_role("button", name="Approuver").click()
        expect(page.locator("h1 .state")).to_have_text("Approuvée")
        page.get_by_role("searchbox").fill("ramette")
        page.get_by_role("searchbox").press("Enter")
        expect(page.locator(".hits li")).to_have_count(1)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Search")
        expect(page.locator(".hits li")).to_have_count(1)
        page.get_by_role("link", name="Upload").click()
        page.get_by_label("Files to upload").set_input_files(
            {"name": "a.xml", "mimeType": "application/xml", "buffer": b"<Invoice/>"}
        )
        page.get_by_role("button", name="Upload", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("FA-2026-0417")
    assert len(application.records) == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [_WIDE, _NARROW], ids=["wide", "narrow"])
def test_nothing_stands_in_anybodys_way(
    browser: Browser, address: str, application: FakeApplication, scheme: Any, size: Any
) -> None:
    where = {"page": 1, "bbox": [50, 40, 130, 55]}
    evidence = {"number": {"from": "pdf_text", "where": where, "confidence": 0.98}}
    drawn = application.add(_pdf(), evidence=evidence)["document_id"]
    laid_out = application.records[0]["document_id"]
    for status in ("approved", "in_review", "duplicate", "unreadable", "received", "on_hold"):
        application.add(status=status)
    paths = ["/", f"/documents/{drawn}", f"/documents/{laid_out}", "/search", "/search?q=ramette"]
    paths += ["/search?q=(ramette", "/upload", "/nowhere", "/?status=refused"]
    with browser.new_context(
        base_url=address, viewport=size, color_scheme=scheme, locale="fr-FR"
    ) as context:
        page = context.new_page()
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path}: scrolls sideways by {wide} px"


def test_amounts_and_names_stand_whole_on_a_phone(
    browser: Browser, address: str, application: FakeApplication
) -> None:
    document_id = application.records[0]["document_id"]
    seen = {"number": 1, "at": "2026-11-22T07:00:00+00:00", "who": "comptable", "what": "read"}
    seen |= {"channel": "web", "client": "127.0.0.1", "document_id": document_id}
    application.accessed.append(seen | {"detail": {}, "batch": None})
    with browser.new_context(base_url=address, viewport=_NARROW, locale="fr-FR") as context:
        page = context.new_page()
        for path in (f"/documents/{document_id}", "/accesses"):
            page.goto(path)
            cells = page.locator(".chain th, .chain td, .lines td, .items td, .cards td")
            boxes = cells.evaluate_all("cells => cells.map(c => c.getBoundingClientRect().right)")
            assert boxes
            assert max(boxes) <= _NARROW["width"], path
        words = page.locator(".brief bdi")
        heights = words.evaluate_all("words => words.map(w => w.getClientRects().length)")
        assert set(heights) == {1}


def test_a_file_dropped_into_the_folder_shows_up_by_itself(
    browser: Browser, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"MEG_WEB_PORT": str(port), "MEG_LIMITS_READERS": "1", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "api.cli", "run", "--data", str(tmp_path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as running:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            page = browser.new_page(base_url=address, locale="fr-FR")
            page.goto("/")
            expect(page.locator(".empty")).to_be_visible()

            name = "01_papeterie_FA-26-0918.xml"
            (tmp_path / "inbox" / name).write_bytes((_SAMPLE / "inbox" / name).read_bytes())

            row = page.locator("tr[data-id]")
            expect(row).to_contain_text("FA-26-0918", timeout=60_000)
            row.get_by_role("link").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("FA-26-0918")
            page.close()
        finally:
            running.send_signal(signal.SIGINT)
    assert running.returncode in {0, 130}


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not start within a minute")
