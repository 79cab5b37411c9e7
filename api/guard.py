"""What every request passes before anything answers it, and what every answer carries.

1. The host name must be one of ours: a page elsewhere cannot reach this server by pointing a name
   of its own at it (DNS rebinding).
2. A request that changes something must come from our own page, or from no page at all (a script):
   browsers state where a request comes from in `Sec-Fetch-Site` and `Origin`.
3. A body above the limit is refused, whether its length was announced or not.
4. Answers carry a content security policy without inline script or style, forbid framing and
   sniffing, and are not cached unless they say so themselves.

Logins and roles are deliberately not here yet; the server therefore listens on the local address
unless it is told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLarge, ForeignForm, HostNotOurs
from domain.errors import Error

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OUR_OWN = frozenset({"same-origin", "none"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not `no-referrer`: a browser would then send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class GuardOptions:
    """Which hosts are ours and how large a body may be."""

    allowed_hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")
    body_bytes: int = 100_000_000


class Guard:
    """The outermost layer of the web application."""

    def __init__(
        self,
        app: ASGIApp,
        options: GuardOptions,
        refuse: Callable[[Request, Exception], Response],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._hosts = frozenset(name.lower() for name in options.allowed_hosts)
        self._limit = options.body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what must be refused; pass on the rest and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _complete(send)
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, _CountedBody(receive, self._limit), sending)
        else:
            await self._refuse(Request(scope), refusal)(scope, receive, sending)

    def _refusal(self, scope: Scope) -> Error | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            return HostNotOurs(host)
        if scope["method"] not in _SAFE_METHODS:
            origin = _foreign_origin(headers, host)
            if origin is not None:
                return ForeignForm(origin)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._limit:
            return BodyTooLarge(self._limit)
        return None


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    name, separator, port = host.lower().rpartition(":")
    return name if separator and port.isdigit() else host.lower()


def _foreign_origin(headers: Headers, host: str) -> str | None:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return None if site in _OUR_OWN else headers.get("origin", site)
    origin = headers.get("origin")
    # No Origin at all: no browser's form, but a script, which cannot be lured.
    if origin is None or _netloc_of(origin) == host.lower():
        return None
    return origin


def _netloc_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # no address at all
        return None


class BodyOverflow(HTTPException):
    """More came than is allowed; the framework lets only its own kind of error through."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.error = BodyTooLarge(limit)


class _CountedBody:
    """Passes a request's body on and counts it."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyOverflow(self._limit)
        return message


def _complete(send: Send) -> Send:
    """Add to an answer the headers that every answer carries."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
