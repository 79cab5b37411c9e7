"""Whether the address of the web page is free, and if not, whether MEG itself answers there."""

from __future__ import annotations

import http.client
import os
import socket
from contextlib import suppress

_SECONDS = 2.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to knock instead
_OWN_ANSWERS = (b"ok\n", b'{"type":"urn:meg:')


def open_port(host: str, port: int) -> socket.socket:
    """Listen to an address.

    Raises:
        OSError: it is in use, not of this machine, or not ours to use.
    """
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def why_taken(host: str, port: int) -> str | None:
    """Why an address cannot be listened to; None when it can."""
    try:
        open_port(host, port).close()
    except OSError as problem:
        return os.strerror(problem.errno) if problem.errno else str(problem)
    return None


def meg_answers(host: str, port: int) -> bool:
    """Whether a MEG serves its page at an address."""
    bare = host.strip("[]")
    asked = http.client.HTTPConnection(_EVERYWHERE.get(bare, bare), port, timeout=_SECONDS)
    with suppress(OSError, http.client.HTTPException):
        asked.request("GET", "/healthz")
        return asked.getresponse().read(64).startswith(_OWN_ANSWERS)
    return False
