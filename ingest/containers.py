"""What is inside a zip archive or an e-mail message, taken out within bounds.

Names inside are labels only, never paths: a member called `../../etc/passwd` becomes `passwd`.
What is left inside (signatures, pictures, text bodies) is listed, so that nothing is silent.

The standard library reads both formats, and neither reader is made for strangers: what makes them
run for hours or fill the memory is looked for in the bytes first, and refused.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from domain.invoice import ReadFailure
from ingest.detect import FileType
from ingest.member import Member

MEGABYTE = 1 << 20

# zipfile inflates bzip2 and LZMA without a bound; invoices come stored or deflated.
_UNPACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_MOST_ENTRIES = 50_000  # their list alone is read before anything can be counted
_ENTRY = b"PK\x01\x02"
_ASIC = b"mimetypeapplication/vnd.etsi.asic-"
_ASIC_WITHIN = 128  # the standard has it first, stored, without an extra field

# The reader of e-mail compares every line with every boundary that is open, and takes the square
# of its length to read a header about content.
_MOST_PARTS = 5_000
_MOST_BOUNDARIES = 300
_MOST_COMPARISONS = 30_000_000
_LONGEST_HEADER = 8 << 10
_HEADERS_TOGETHER = 500_000_000  # squares of their lengths
_PART = re.compile(rb"[\r\n]--")
_BOUNDARY = re.compile(rb"boundary", re.IGNORECASE)
_HEADER = re.compile(
    rb"(?:\A|[\r\n])content-[a-z-]{1,40}[ \t]*:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """What one container may hold."""

    members: int = 500
    total_bytes: int = 200 * MEGABYTE
    member_bytes: int = 100 * MEGABYTE
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """What a container held: files to take in, files left inside, and why it could not be read."""

    members: tuple[Member, ...] = ()
    left_inside: tuple[str, ...] = ()
    failure: ReadFailure | None = field(default=None)
    signed: bool = False
    """Whether it is an ASiC container, whose signatures are left inside."""


def open_container(kind: FileType, data: bytes) -> Opened | None:
    """Take out what a container holds; None for a file that is none."""
    if kind is FileType.ZIP:
        return open_zip(data)
    return open_email(data) if kind is FileType.EMAIL else None


def _refused(code: str, message: str, hint: str) -> Opened:
    return Opened(failure=ReadFailure(code, message, hint))


def open_zip(data: bytes, limits: ContainerLimits = ContainerLimits()) -> Opened:
    """Take the files out of a zip archive; all of them or none."""
    if data.count(_ENTRY) > _MOST_ENTRIES:
        return _too_large(f"more than {_MOST_ENTRIES} files in one archive")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            refusal = _zip_refusal(entries, limits)
            if refusal is not None:
                return refusal
            left = [e for e in entries if _is_asic(data) and _is_of_asic(e.filename)]
            taken = [entry for entry in entries if entry not in left]
            return Opened(
                tuple(_zip_members(archive, taken, limits)),
                tuple(_label(entry.filename) for entry in left),
                signed=bool(left),
            )
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


def _is_asic(data: bytes) -> bool:
    """Whether a zip is an associated signature container (ETSI EN 319 162-1)."""
    return _ASIC in data[:_ASIC_WITHIN]


def _is_of_asic(name: str) -> bool:
    return name == "mimetype" or name.upper().startswith("META-INF/")


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
    if any(entry.compress_type not in _UNPACKED for entry in entries):
        return _refused(
            "ING-26",
            "the zip archive is packed in a way that is not read (neither stored nor deflated)",
            "Ask the sender for an ordinary zip archive, or for the files one by one.",
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
    excess = _email_excess(data)
    if excess is not None:
        return _refused(
            "ING-27",
            f"the e-mail message passes a safety limit: {excess}",
            "Open it in a mail program and save its attachments into the drop folder.",
        )
    members: list[Member] = []
    left: list[str] = []
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
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
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as problem:
        # The standard library's parser stumbles over some malformed headers, and over messages
        # packed hundreds deep into one another.
        return _refused(
            "ING-23",
            f"the e-mail message is malformed: {problem}",
            "Open it in a mail program and save its attachments into the drop folder.",
        )
    return Opened(tuple(members), tuple(left))


def _email_excess(data: bytes) -> str | None:
    """What in a message would keep its reader busy without end, if anything."""
    parts = sum(1 for _ in _PART.finditer(data))
    if parts > _MOST_PARTS:
        return f"{parts} parts"
    boundaries = sum(1 for _ in _BOUNDARY.finditer(data))
    lines = data.count(b"\n") + data.count(b"\r")
    if boundaries > _MOST_BOUNDARIES or boundaries * lines > _MOST_COMPARISONS:
        return f"{boundaries} boundaries over {lines} lines"
    together = 0
    for header in _HEADER.finditer(data):
        length = header.end() - header.start()
        together += length * length
        if length > _LONGEST_HEADER or together > _HEADERS_TOGETHER:
            return "headers about content that are too long"
    return None


_DOCUMENT_TYPES = {
    "application/pdf",
    "application/xml",
    "text/xml",
    "application/zip",
    "application/x-zip-compressed",
}
_DOCUMENT_ENDINGS = (".pdf", ".xml", ".zip", ".p7m", ".asice", ".asics")


def _is_enclosure(part: EmailMessage) -> bool:
    # Pictures of signatures and message bodies stay inside; documents come out, however labelled.
    name = (part.get_filename() or "").lower()
    return part.get_content_type() in _DOCUMENT_TYPES or name.endswith(_DOCUMENT_ENDINGS)


def _label(name: str) -> str:
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    printable = "".join(c if c.isprintable() else "_" for c in last).strip()
    return printable[:200] or "unnamed"
