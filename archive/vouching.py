"""Events that the log's key vouches for at the moment they are recorded.

The log says that an event stood in the database when it was sealed, not who wrote it there: what
somebody puts into the database by hand is signed by the next command that seals. Events that lead
to destruction (a proposal, a visa, the release of a hold, the start of a purge) therefore carry a
signature of their own in their payload, made by the command that records them:

    meg.local/main recorded event
    sha256 <of the event's canonical JSON without its salt and this signature>

It binds kind, subject, time, actor and all that the event says. Values in, values out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from archive.checkpoint import Signer
from archive.errors import NoteUnreadable
from archive.key_history import KeyHistory
from archive.manifest import Event
from domain.records import canonical

VOUCHED: Final = "vouched"
"""Where the signature stands in a payload."""


def vouched(event: Event, signer: Signer) -> Event:
    """The event with the signature of this key in its payload."""
    line = signer.signature_line(_text(event, signer.name))
    return replace(event, payload={**event.payload, VOUCHED: line})


def is_vouched(event: Event, position: int, history: KeyHistory) -> bool:
    """Whether a key of the log recorded this event, one that was not void at its place by then."""
    line = event.payload.get(VOUCHED)
    if not isinstance(line, str):
        return False
    for key in history.keys:
        note = f"{_text(event, key.verifier.name)}\n{line}".encode()
        try:
            if key.verifier.has_signed(note) and not key.is_void(position + 1):
                return True
        except NoteUnreadable:
            return False
    return False


def _text(event: Event, name: str) -> str:
    payload: Mapping[str, Any] = {k: v for k, v in event.payload.items() if k != VOUCHED}
    said = replace(event, payload=payload).record()
    del said["salt"]
    return f"{name} recorded event\nsha256 {hashlib.sha256(canonical(said)).hexdigest()}\n"
