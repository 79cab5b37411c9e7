"""Error class to HTTP status, problem details (RFC 9457) and exit code: the only place.

The table is keyed by the permanent code an error class carries, so that nothing has to be imported
to look one up: the command line starts quickly. A class whose code is not in the table is answered
as its nearest parent is; every package's root (`XXX-00`) falls back to its row in `_BY_PREFIX`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar, NamedTuple

from domain.errors import Error

PROBLEM_MEDIA_TYPE = "application/problem+json"

EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_CONFIGURATION = 3
EXIT_SERVICE_DOWN = 4
EXIT_BUG = 70

UNEXPECTED_CODE = "MEG-70"
_UNEXPECTED_MESSAGE = "Something unexpected happened; nothing acknowledged was lost."
_UNEXPECTED_HINT = "Try again; if it happens again, report it with the time it happened."


class Answer(NamedTuple):
    """How one kind of error is answered on the web and on the command line."""

    status: int
    exit_code: int


_NOT_FOUND = Answer(404, EXIT_FINDINGS)
_CONFLICT = Answer(409, EXIT_FINDINGS)
_WRONG = Answer(422, EXIT_USAGE)
_BAD_REQUEST = Answer(400, EXIT_USAGE)
_MISCONFIGURED = Answer(500, EXIT_CONFIGURATION)
_DOWN = Answer(503, EXIT_SERVICE_DOWN)
_DAMAGED = Answer(500, EXIT_FINDINGS)
_BUG = Answer(500, EXIT_BUG)

_BY_CODE: dict[str, Answer] = {
    "ING-01": _NOT_FOUND,  # no document has this id
    "ING-02": _CONFLICT,  # more than one document could be meant
    "ING-03": _NOT_FOUND,  # nothing was derived from this document
    "ING-50": _CONFLICT,  # this cannot be decided about this document
    "ING-78": _CONFLICT,  # the account was read well
    "ING-53": _CONFLICT,  # the account is in quarantine
    "ING-54": _CONFLICT,  # what it took was taken meanwhile
    "ING-55": _CONFLICT,  # another person must approve it
    "ING-57": _CONFLICT,  # more happened than the person saw
    "ING-56": _CONFLICT,  # no duplicate any more, but it has other findings
    "MAT-20": _CONFLICT,  # this cannot be decided about an account
    "MAT-21": _CONFLICT,  # the same person cannot vouch twice
    "ING-51": _CONFLICT,  # no verdict of it could be made anew
    "ING-73": _CONFLICT,  # what it says cannot be corrected
    "ING-75": _NOT_FOUND,  # no correction has this id
    "ING-76": _CONFLICT,  # it was judged anew meanwhile
    "ING-95": _NOT_FOUND,  # no elimination has this number
    "ING-96": _CONFLICT,  # this elimination cannot go on
    "ING-97": _DAMAGED,  # what it rests on is not in the signed log
    "ING-98": _CONFLICT,  # nobody signed its proposal or visa yet
    "ING-99": _DOWN,  # destroyed, but the database file is still to be written anew
    "ARC-05": _DOWN,  # the store is full
    "ARC-06": _DOWN,  # the store may not be read or written
    "ARC-07": _DOWN,  # the disk or service under the store failed
    "ARC-16": _CONFLICT,  # it is not under a checkpoint yet
    "ARC-17": _NOT_FOUND,  # no document has this id
    "ARC-22": _MISCONFIGURED,  # the bucket is missing
    "ARC-23": _MISCONFIGURED,  # the store does not keep its lock
    "ARC-26": _MISCONFIGURED,  # the bucket keeps no versions
    "ARC-27": _MISCONFIGURED,  # the bucket knows no lock
    "ARC-28": _MISCONFIGURED,  # the address of the store
    "ARC-50": _WRONG,  # more than one package holds
    "ARC-51": _NOT_FOUND,  # nothing to make a package of
    "ARC-52": _NOT_FOUND,  # never signed at this size
    "ARC-70": _CONFLICT,  # the store still locks it
    "ARC-71": _MISCONFIGURED,  # this store destroys nothing
    "ARC-72": Answer(410, EXIT_FINDINGS),  # it was lawfully destroyed
    "ARC-53": _DOWN,  # the timestamp authority is away
    "ARC-60": _DOWN,  # who asks could not be recorded
    "SRC-10": _DOWN,  # the index cannot answer, is missing, damaged or outdated
    "SRC-14": _DOWN,  # the index is being written
    "SRC-15": _DOWN,  # the index could not be written
    "SRC-16": _DOWN,  # a rebuilt index is incomplete
    "API-01": Answer(421, EXIT_FINDINGS),  # the host name asked for is not ours
    "API-02": Answer(403, EXIT_FINDINGS),  # a form of another site
    "API-03": Answer(413, EXIT_FINDINGS),  # body too large
    "API-04": _WRONG,  # wrong parameters
    "API-05": Answer(404, EXIT_FINDINGS),  # no such page
    "API-06": Answer(500, EXIT_CONFIGURATION),  # listening elsewhere was not allowed
    "API-07": Answer(422, EXIT_FINDINGS),  # this page cannot be drawn
    "API-08": _DOWN,  # too many pages being drawn, or too many readers waiting
    "API-09": Answer(500, EXIT_CONFIGURATION),  # the address cannot be listened to
}

_BY_PREFIX: dict[str, Answer] = {
    "CFG": _MISCONFIGURED,
    "DB": _DOWN,
    "SRC": _BAD_REQUEST,
    "IMP": _WRONG,
    "ARC": _DAMAGED,
    "ING": _WRONG,
    "MAT": _WRONG,
    "VAL": _DOWN,
    "API": _BAD_REQUEST,
}


class ApiError(Error):
    """A request cannot be answered as it was made."""

    code: ClassVar[str] = "API-00"
    hint: ClassVar[str] = "See /api/v1/openapi.json for what can be asked."


class HostNotOurs(ApiError):
    """The request names a host that this server does not answer for (DNS rebinding)."""

    code = "API-01"
    hint = "Use http://127.0.0.1 or http://localhost, or add the name to `web.allowed_hosts`."

    def __init__(self, host: str) -> None:
        super().__init__(f"This server does not answer for the host {host!r}.")


class ForeignForm(ApiError):
    """A page of another site tried to change something here (cross-site request forgery)."""

    code = "API-02"
    hint = "Send the form from MEG's own page."

    def __init__(self, origin: str) -> None:
        super().__init__(f"A request that changes something came from {origin!r}.")


class BodyTooLarge(ApiError):
    """The body of a request is larger than this server takes."""

    code = "API-03"
    hint = "Send fewer files at once, or put them into the drop folder, which has no such limit."

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request is larger than {limit // 1_000_000} MB.")


class WrongParameters(ApiError):
    """A parameter is missing or has a value that is not allowed."""

    code = "API-04"


class NoSuchPage(ApiError):
    """Nothing is found at this address."""

    code = "API-05"
    hint = "Start from the home page, or see /api/v1/openapi.json."


class ListeningRefused(ApiError):
    """The server was asked to listen to other machines without that being allowed."""

    code = "API-06"
    hint = "No login exists yet. Set `web.allow_remote = true` only behind a proxy that has one."

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} can be reached from other machines.")


class AddressTaken(ApiError):
    """The address to listen to is in use, or not ours to use."""

    code = "API-09"
    hint = "Stop the other program, or choose another port (`web.port`, or MEG_WEB_PORT)."

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host}, port {port}, cannot be listened to: {why}.")


class PageNotDrawn(ApiError):
    """A page of a document cannot be drawn as an image."""

    code = "API-07"
    hint = "Download the original and open it with a program that you trust."


class TooBusy(ApiError):
    """The server is answering as many requests of this kind as it can."""

    code = "API-08"
    hint = "Try again in a few seconds."


def answer(error: BaseException) -> Answer:
    """Find how an error is answered: by its code, a parent's, its package's, else as a bug."""
    codes = [c.__dict__["code"] for c in type(error).__mro__ if "code" in c.__dict__]
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    for code in codes:
        prefix = code.partition("-")[0]
        if prefix in _BY_PREFIX:
            return _BY_PREFIX[prefix]
    return _BUG


def exit_code(error: BaseException) -> int:
    """The exit code for an error that stopped a command (CONTRACT §2)."""
    return answer(error).exit_code


def problem_details(error: BaseException, instance: str | None = None) -> dict[str, Any]:
    """Describe an error as RFC 9457 problem details with `code`, `message` and `hint`.

    An error that nobody foresaw is described without its text, which may hold a document's words.
    """
    status = answer(error).status
    code, message, hint = UNEXPECTED_CODE, _UNEXPECTED_MESSAGE, _UNEXPECTED_HINT
    if isinstance(error, Error):
        code, message, hint = error.code, error.message, error.hint
    return {
        "type": f"urn:meg:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "instance": instance,
        "code": code,
        "message": message,
        "hint": hint,
        **_extensions(error),
    }


def _extensions(error: BaseException) -> dict[str, Any]:
    # A bad query says where it went wrong (CONTRACT §6); other errors have no such place.
    position = getattr(error, "position", None)
    return {"position": position} if isinstance(position, int) else {}
