"""Takes the pictures of docs/images again: `python -m tests.screenshots`, needs Chromium.

They show the sample of `meg demo` as a reader of French sees it.
"""

from __future__ import annotations

import io
import tempfile
from importlib import resources
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from api.order_book import OrderBook
from api.serve import ServeOptions, build
from config.application import Application
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from tests.browser import chromium, served

_SAMPLE = Path(str(resources.files("api"))) / "sample"
_IMAGES = Path(__file__).parent.parent / "docs" / "images"
_COLOURS = 256
_DOCUMENT = "MG-260930-14"


def main() -> None:
    """Load the sample, look at it, keep two pictures."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), limits=LimitSettings(readers=1))
        with open_application(settings) as application:
            _load(application)
            app = build(application, application, ServeOptions(), OrderBook(application.database))
            with served(app) as address, chromium() as browser:
                page = browser.new_page(
                    base_url=address,
                    viewport={"width": 1280, "height": 820},
                    device_scale_factor=1.5,
                    locale="fr-FR",
                )
                page.goto("/")
                _keep(page, "inbox.png")
                page.get_by_role("link", name=_DOCUMENT).click()
                page.wait_for_load_state("networkidle")
                _keep(page, "document.png")
                page.close()


def _load(application: Application) -> None:
    application.import_reference([_SAMPLE / "reference"], partial=False)
    inbox = ((path.name, path) for path in sorted((_SAMPLE / "inbox").iterdir()))
    for record in application.ingest(inbox, "demo"):
        assert record["status"] != "failed", record["file"]


def _keep(page: Page, name: str) -> None:
    """A picture of few colours weighs a quarter and looks the same."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(_COLOURS, kmeans=1, dither=Image.Dither.NONE).save(
        _IMAGES / name, optimize=True
    )


if __name__ == "__main__":
    main()
