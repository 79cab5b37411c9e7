"""One page on its way to one reader: language, formats, template, headers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web.formats import Formats
from api.web.texts import Texts, preferred_language
from api.web.texts_access import ACCESS_TEXTS
from api.web.texts_correcting import CORRECTING_TEXTS
from api.web.texts_document import DOCUMENT_TEXTS
from api.web.texts_elimination import ELIMINATION_TEXTS
from api.web.texts_signature import SIGNATURE_TEXTS

_TEXTS = (
    DOCUMENT_TEXTS,
    CORRECTING_TEXTS,
    ACCESS_TEXTS,
    SIGNATURE_TEXTS,
    ELIMINATION_TEXTS,
)
LANGUAGE_COOKIE = "meg_language"
_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_YEAR = "public, max-age=31536000, immutable"


class _RecordEnvironment(Environment):
    """Reads records as CONTRACT means them: what is absent is null.

    A record written before a field existed must still have a page. Names that a template makes up
    itself stay errors.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`record.field`."""
        if isinstance(obj, Mapping):
            return obj.get(attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`record["field"]`."""
        if isinstance(obj, Mapping):
            return obj.get(argument)
        return super().getitem(obj, argument)


def _environment() -> Environment:
    return _RecordEnvironment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,  # every value of a document is hostile
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _static_version() -> str:
    """A short hash of all static files: their addresses change when they do."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class StaticForever(StaticFiles):
    """Static files whose address holds their version may be kept by the browser."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Serve a file with its lifetime."""
        response = super().file_response(*args, **kwargs)
        scope: Scope = args[2] if len(args) > 2 else kwargs["scope"]  # noqa: PLR2004
        if scope.get("query_string"):
            response.headers["cache-control"] = _YEAR
        return response


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What every page says about this server."""

    zone: ZoneInfo
    remote: bool = False


class Pages:
    """Renders templates for whoever asks."""

    def __init__(self, options: PageOptions) -> None:
        self._options = options
        self._environment = _environment()
        self._version = _static_version()

    def texts(self, request: Request) -> Texts:
        """The texts in the reader's language."""
        language = preferred_language(
            request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
        )
        return Texts(language, *_TEXTS)

    def formats(self, texts: Texts) -> Formats:
        """The formats that go with these texts."""
        return Formats(texts.language, self._options.zone)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of those who read."""
        return self._options.zone

    def render(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Answer with a page."""
        texts = self.texts(request)
        here = request.url.path
        if request.url.query:
            here += "?" + request.url.query
        html = self._environment.get_template(template).render(
            t=texts,
            f=self.formats(texts),
            here=here,
            path=request.url.path,
            remote=self._options.remote,
            static=self._version,
            **values,
        )
        headers = {"content-language": texts.language, "vary": "accept-language, cookie"}
        return HTMLResponse(html, status, headers)
