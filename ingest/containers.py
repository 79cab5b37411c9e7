"""What is inside a zip archive or an e-mail message, taken out within bounds.

Names inside are labels only, never paths: a member called `../../etc/passwd` becomes `passwd`.
What is left inside (signatures, pictures, text bodies) is listed, so that nothing is silent.
"""

from __future__ import annotations

import email
import email.policy
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from domain.invoice import ReadFailure

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """What one container may hold."""

    members: int = 500
    total_bytes: int = 200 * MEGABYTE
    member_bytes: int = 100 * MEGABYTE
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One file taken out of a container."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """What a container held: files to take in, files left inside, and why it could not be read."""

    members: tuple[Member, ...] = ()
    left_inside: tuple[str, ...] = ()
    failure: ReadFailure | None = field(default=None)


def _refused(code: str, message: str, hint: str) -> Opened:
    return Opened(failure=ReadFailure(code, message, hint))


def open_zip(data: bytes, limits: ContainerLimits = ContainerLimits()) -> Opened:
    """Take the files out of a zip archive; all of them or none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            refusal = _zip_refusal(entries, limits)
            if refusal is not None:
                return refusal
            return Opened(tuple(_zip_members(archive, entries, limits)))
    except _TooLarge as problem:
        return _too_large(str(problem))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as problem:
        return _refused(
            "ING-21",
            f"the zip archive is damaged: {problem}",
            "Ask the sender for the archive again, or for its files one by one.",
        )
    except Exception as problem:  # noqa: BLE001 - zlib, lzma and bz2 raise their own kinds
        return _refused(
            "ING-21",
            f"the zip archive cannot be unpacked: {problem}",
            "Ask the sender for the files one by one.",
        )


class _TooLarge(Exception):
    """A member unpacked to more than it declared or than is allowed."""


def _too_large(message: str) -> Opened:
    return _refused(
        "ING-22",
        message,
        "Ask the sender for smaller archives; the bounds are set under `limits`.",
    )


def _zip_refusal(entries: list[zipfile.ZipInfo], limits: ContainerLimits) -> Opened | None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        return _refused(
            "ING-20",
            "the zip archive is protected by a password",
            "Ask the sender for the files without a password.",
        )
    if len(entries) > limits.members:
        return _too_large(f"{len(entries)} files in one archive; {limits.members} are allowed")
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        return _too_large(f"the archive would unpack to {total} bytes")
    for entry in entries:
        if entry.file_size > limits.ratio * max(entry.compress_size, 1024):
            return _too_large(f"{entry.filename!r} is packed suspiciously tightly")
    return None


def _zip_members(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: ContainerLimits
) -> Iterator[Member]:
    for entry in entries:
        # The declared size may lie: never read more than one byte beyond what is allowed.
        allowed = min(entry.file_size, limits.member_bytes)
        with archive.open(entry) as stream:
            data = stream.read(allowed + 1)
        if len(data) > allowed:
            raise _TooLarge(f"{entry.filename!r} unpacks to more than {allowed} bytes")
        yield Member(_label(entry.filename), data)


def open_email(data: bytes, limits: ContainerLimits = ContainerLimits()) -> Opened:
    """Take the attachments out of an e-mail message (RFC 5322, MIME), forwarded ones included."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    members: list[Member] = []
    left: list[str] = []
    try:
        for part in message.walk():
            if part.is_multipart():
                continue
            file_name = part.get_filename()
            label = _label(file_name) if file_name else part.get_content_type()
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            if _is_enclosure(part) and content:
                members.append(Member(label, content))
            else:
                left.append(label)
            if len(members) > limits.members:
                return _too_large(f"more than {limits.members} attachments in one message")
    except (ValueError, LookupError, AttributeError, TypeError, IndexError) as problem:
        # The standard library's parser stumbles over some malformed headers.
        return _refused(
            "ING-23",
            f"the e-mail message is malformed: {problem}",
            "Open it in a mail program and save its attachments into the drop folder.",
        )
    return Opened(tuple(members), tuple(left))


_DOCUMENT_TYPES = {
    "application/pdf",
    "application/xml",
    "text/xml",
    "application/zip",
    "application/x-zip-compressed",
}
_DOCUMENT_ENDINGS = (".pdf", ".xml", ".zip")


def _is_enclosure(part: EmailMessage) -> bool:
    # Pictures of signatures and message bodies stay inside; documents come out, however labelled.
    name = (part.get_filename() or "").lower()
    return part.get_content_type() in _DOCUMENT_TYPES or name.endswith(_DOCUMENT_ENDINGS)


def _label(name: str) -> str:
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    printable = "".join(c if c.isprintable() else "_" for c in last).strip()
    return printable[:200] or "unnamed"
