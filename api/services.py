"""What the handlers of one server share, and how they get at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.application import Application, Reader, Record
from api.changes import ChangeWatcher
from api.order_book import no_orders
from api.page_images import PageImages


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
    return services


Serving = Annotated[Services, Depends(_services)]
