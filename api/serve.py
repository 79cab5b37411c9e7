"""Builds the web application and runs it.

Nothing listens beyond this machine unless it is told to: no login exists yet.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.application import Application, Reader, Record, WithDatabase
from api.changes import ChangeWatcher
from api.errors import AddressTaken, ListeningRefused
from api.guard import Guard, GuardOptions
from api.order_book import OrderBook, no_orders
from api.rest import (
    accesses,
    corrections,
    documents,
    eliminations,
    operations,
    proofs,
    reading,
    searching,
)
from api.rest.openapi import describe
from api.rest.problems import details_of, problem_response
from api.services import Services
from api.web import language
from api.web.consultations import consultations_router
from api.web.correcting import correcting_router
from api.web.document import document_router
from api.web.eliminating import elimination_router
from api.web.inbox import inbox_router
from api.web.page import STATIC, PageOptions, Pages, StaticForever
from api.web.searching import search_router
from api.web.uploading import upload_router
from config.listening import open_port
from domain.errors import Error

_API = "/api/v1"
_FOR_MACHINES = ("/api/", "/healthz", "/readyz", "/metrics")
_GRACE_SECONDS = 5
_PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where to listen, whom to answer, how much to take."""

    host: str = "127.0.0.1"
    port: int = 8642
    allowed_hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")
    allow_remote: bool = False
    upload_bytes: int = 100_000_000
    zone: ZoneInfo = _PARIS

    @property
    def remote(self) -> bool:
        """Whether other machines can reach it."""
        if self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return True


def build(
    application: Application,
    reader: Reader,
    options: ServeOptions,
    orders: Callable[[Sequence[str]], Sequence[Record]] = no_orders,
) -> WebApplication:
    """Put together pages, JSON interface and guard."""
    pages = Pages(PageOptions(options.zone, options.remote))
    services = Services(application, reader, ChangeWatcher(application.change_token), orders)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=f"{_API}/openapi.json")
    app.state.services = services
    for part in (
        documents,
        corrections,
        reading,
        searching,
        proofs,
        accesses,
        eliminations,
        operations,
    ):
        app.include_router(part.router, prefix=_API)
    app.include_router(operations.root)
    for router in (
        inbox_router,
        document_router,
        search_router,
        upload_router,
        correcting_router,
        consultations_router,
    ):
        app.include_router(router(pages))
    app.include_router(elimination_router(pages))
    app.include_router(language.router)
    app.mount("/static", StaticForever(directory=STATIC))
    _answer_errors(app, pages)
    _describe(app)
    return WebApplication(app, services, pages, options)


class WebApplication:
    """The guarded application; keeps a hand on what must be told when the server stops."""

    def __init__(
        self, app: FastAPI, services: Services, pages: Pages, options: ServeOptions
    ) -> None:
        guard = GuardOptions(options.allowed_hosts, options.upload_bytes)
        self.changes = services.changes
        self._guarded = Guard(app, guard, lambda request, error: _answer(pages, request, error))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        await self._guarded(scope, receive, send)


def _answer_errors(app: FastAPI, pages: Pages) -> None:
    async def handler(request: Request, problem: Exception) -> Response:
        return _answer(pages, request, problem)

    for kind in (Error, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, handler)


def _answer(pages: Pages, request: Request, problem: Exception) -> Response:
    """Programs get problem details, people a page."""
    accepted = request.headers.get("accept", "")
    if request.url.path.startswith(_FOR_MACHINES) or "text/html" not in accepted:
        return problem_response(request, problem)
    details = details_of(request, problem)
    return pages.render(request, "error.html", status=details["status"], problem=details)


def _describe(app: FastAPI) -> None:
    described: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not described:
            described.update(describe(app, _version()))
        return described

    app.openapi = openapi  # type: ignore[method-assign]


def _version() -> str:
    try:
        return version("meg")
    except PackageNotFoundError:
        return "0"


class _Uvicorn(uvicorn.Server):
    """Sends those who wait for changes home before it stops."""

    def __init__(self, config: uvicorn.Config, changes: ChangeWatcher) -> None:
        super().__init__(config)
        self._changes = changes

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until it is told to stop: on these sockets, else where it is configured to.

        Raises:
            AddressTaken: no socket was given, and the address is in use or not ours.
        """
        if sockets is not None:
            super().run(sockets)
            return
        with listening(self.config.host, self.config.port) as place:
            super().run([place])

    async def shutdown(self, *args: Any, **kwargs: Any) -> None:
        """Stop."""
        self._changes.close()
        await super().shutdown(*args, **kwargs)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens: who connects from now on is answered once the server runs.

    Raises:
        AddressTaken: the address is in use, or not ours.
    """
    try:
        return open_port(host, port)
    except OSError as problem:
        why = os.strerror(problem.errno) if problem.errno else str(problem)
        raise AddressTaken(host, port, why) from problem


def server(application: WithDatabase, reader: Reader, options: ServeOptions) -> uvicorn.Server:
    """A server that is ready to run on what is `listening`; it blocks until it is told to stop.

    Raises:
        ListeningRefused: other machines could reach it, and that was not allowed.
    """
    if options.remote and not options.allow_remote:
        raise ListeningRefused(options.host)
    app = build(application, reader, options, OrderBook(application.database))
    config = uvicorn.Config(
        app,
        host=options.host.strip("[]"),
        port=options.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        lifespan="off",
    )
    return _Uvicorn(config, app.changes)
