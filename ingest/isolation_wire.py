"""Messages between the pool and its children: a pickle, then the files that belong to it.

Each part is preceded by its length. Files go beside the pickle, so that they are not copied.

A child reads hostile documents and may be taken over by one, so what it answers is unpickled with
a closed list of classes: values of the domain, decimals and dates, nothing that can act.
"""

from __future__ import annotations

import io
import pickle
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, Final

from domain.invoice import ReadFailure
from domain.lesson import NOTHING_ASKED, Asked
from ingest.examine import Examination
from ingest.recognition.options import RecognitionOptions
from ingest.signatures.options import TrustOptions

_LENGTH: Final = struct.Struct("!Q")
_LONGEST_ANSWER: Final = 256 << 20
_MOST_PARTS: Final = 5000
_CLASSES: Final = {
    "decimal": {"Decimal"},
    "datetime": {"date"},
    "domain.evidence": {"CorrectionMark", "Evidence", "PageBox"},
    "domain.lesson": {"Anchor", "Located", "Piece", "Stands"},
    "domain.invoice": {
        "AllowanceCharge",
        "Attachment",
        "DocumentKind",
        "Invoice",
        "InvoiceLine",
        "PageDifference",
        "PrecedingInvoice",
        "ReadFailure",
        "ReadRemark",
        "Reading",
        "Syntax",
        "Totals",
        "VatBreakdown",
    },
    "domain.message": {
        "DeliveredItem",
        "DeliveryMessage",
        "DocumentStatus",
        "OrderAct",
        "OrderMessage",
        "OrderedItem",
        "StatusMessage",
        "StatusReason",
    },
    "domain.party": {"Party"},
    "domain.signature": {
        "Changes",
        "Coverage",
        "Indication",
        "Revocation",
        "SeenTimestamp",
        "SignatureCheck",
        "SignatureProblem",
        "Signer",
    },
    "domain.validation": {
        "Finding",
        "FindingSeverity",
        "RuleSetResult",
        "RuleSetStatus",
        "Validation",
    },
    "ingest.containers": {"Opened"},
    "ingest.examine": {"Examination"},
    "ingest.isolation_wire": {"Answer"},
    "ingest.recognition.options": {"Derived"},
    "ingest.member": {"Member"},
    "builtins": {"dict"},
}


@dataclass(frozen=True, slots=True)
class Job:
    """One file to examine; `source` is its bytes or the path where they are.

    With `recognition` its pictures are read, with `trust` its signatures are checked, and nothing
    else is done.
    """

    source: bytes | str
    name: str
    pages: bool = True
    validate: bool = True
    recognition: RecognitionOptions | None = None
    take_out: bool = True
    values: bool = True
    asked: Asked = NOTHING_ASKED
    trust: TrustOptions | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child made of a job; `leaving` when it ends after this one."""

    examination: Examination | None
    failure: ReadFailure | None = None
    leaving: bool = False
    trace: str | None = None


class ConnectionLost(Exception):
    """The other side is gone."""


def send(connection: socket.socket, message: Job | Answer, deadline: float | None = None) -> None:
    """Send one message; waits for the other side to take it, until the deadline."""
    files: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=files.append)
    parts: list[bytes | memoryview] = [body, *(file.raw() for file in files)]
    _until(connection, deadline)
    connection.sendall(_LENGTH.pack(len(parts)))
    for part in parts:
        connection.sendall(_LENGTH.pack(len(part)))
        connection.sendall(part)


def receive_job(connection: socket.socket) -> Job | None:
    """The next job, None when the pool closed the connection; jobs come from a trusted side."""
    try:
        body, _ = _receive(connection, None, None)
    except (ConnectionLost, OSError):
        return None
    job: Job = pickle.loads(body)  # noqa: S301
    return job


def receive_answer(connection: socket.socket, deadline: float) -> Answer:
    """The answer to a job.

    Raises:
        ConnectionLost: the child ended without answering, or answered what no child of ours would.
        TimeoutError: the deadline passed.
    """
    body, files = _receive(connection, deadline, _LONGEST_ANSWER)
    try:
        answer = _Unpickler(io.BytesIO(body), buffers=files).load()
    except Exception as error:  # a forged or broken answer fails in any way it likes
        raise ConnectionLost(str(error)) from error
    if not isinstance(answer, Answer):
        raise ConnectionLost("no answer")
    return answer


class _Unpickler(pickle.Unpickler):
    """Builds values of the closed list only."""

    def find_class(self, module: str, name: str) -> Any:
        if name not in _CLASSES.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module, name)


def _until(connection: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        connection.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)


def _receive(
    connection: socket.socket, deadline: float | None, longest: int | None
) -> tuple[bytes, list[bytes]]:
    """A message and the files that travel beside it."""
    count = _number(connection, deadline)
    if not 1 <= count <= _MOST_PARTS:
        raise ConnectionLost("no message")
    parts: list[bytes] = []
    left = longest
    for _ in range(count):
        length = _number(connection, deadline)
        if left is not None:
            left -= length
            if left < 0:
                raise ConnectionLost("answer too long")
        parts.append(_exactly(connection, length, deadline))
    return parts[0], parts[1:]


def _number(connection: socket.socket, deadline: float | None) -> int:
    (number,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, deadline))
    return int(number)


def _exactly(connection: socket.socket, length: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        _until(connection, deadline)
        part = connection.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise ConnectionLost("connection closed")
        parts += part
    return bytes(parts)
