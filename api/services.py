"""What the handlers of one server share, and how they get at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.application import Application, Reader
from api.changes import ChangeWatcher
from api.page_images import PageImages


@dataclass(frozen=True, slots=True)
class Services:
    """The application and what the web keeps beside it."""

    application: Application
    reader: Reader
    changes: ChangeWatcher
    pages: PageImages = field(default_factory=PageImages)
    remote: bool = False  # reachable from other machines


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Serving = Annotated[Services, Depends(_services)]
