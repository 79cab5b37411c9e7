"""The language switch: a choice kept in a cookie, good for a year."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from api.web.formats import Language
from api.web.page import LANGUAGE_COOKIE

router = APIRouter(include_in_schema=False)

_YEAR = 365 * 24 * 3600


@router.post("/language")
def choose_language(
    language: Annotated[Language, Form()],
    back: Annotated[str, Form(max_length=4000)] = "/",
) -> RedirectResponse:
    """Remember the language and go back to the page the reader came from."""
    response = RedirectResponse(local_path(back), 303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict")
    return response


def local_path(address: str) -> str:
    """An address on this server, else home: what begins with two slashes leaves it."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"
