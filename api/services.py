"""What the handlers of one server share, and how they get at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import Depends, Request

from api.application import Application, Reader, Record
from api.changes import ChangeWatcher
from api.order_book import no_orders
from api.page_images import PageImages
from archive.access import Visitor


@dataclass(frozen=True, slots=True)
class Services:
    """The application and what the web keeps beside it."""

    application: Application
    reader: Reader
    changes: ChangeWatcher
    orders: Callable[[Sequence[str]], Sequence[Record]] = no_orders
    pages: PageImages = field(default_factory=PageImages)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    visitor = visitor_of(request)
    return replace(services, application=services.application.seen_by(visitor))


def visitor_of(request: Request) -> Visitor:
    """Who asks, as far as is known without a login: a person at a page, or a program.

    What a page of ours fetches for itself (images, downloads) is its reader's doing.
    """
    from_page = request.headers.get("sec-fetch-site") == "same-origin"
    channel = "web" if from_page or not request.url.path.startswith("/api/") else "api"
    client = None if request.client is None else request.client.host
    return Visitor.named(channel, channel, client)


Serving = Annotated[Services, Depends(_services)]
