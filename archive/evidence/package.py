"""The zip of an evidence package, written in the one way its verifier accepts.

Members are stored, not compressed, with fixed times, rights and flags and nothing optional, so that
names, sizes and contents determine every byte. INDEX names each file with its size and SHA-256; a
note over the SHA-256 of INDEX, signed with the log's key, closes the package. Memory does not grow
with the files, only with their number.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from archive.checkpoint import Signer
from archive.errors import PackageTooLarge

FORMAT = "meg-evidence/1"

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_UTF8 = 0x0800
_FIRST_OF_JANUARY_1980 = 0x0021
_VERSION = 20
_MADE_ON_UNIX = 0x0314
_RIGHTS = 0o100644 << 16
_MOST_FILES = 0xFFFF - 1
_MOST_BYTES = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the package."""

    name: str
    offset: int
    size: int
    crc: int
    sha256: str


class PackageWriter:
    """Writes a package to a file opened for writing that can be sought in."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._members: list[Member] = []
        self._names: set[str] = set()

    def add(self, name: str, content: bytes | Iterable[bytes]) -> Member:
        """Add a file.

        Raises:
            PackageTooLarge: a zip without extensions holds no more.
        """
        if not _NAME.fullmatch(name) or name in self._names:
            raise ValueError(f"no name for a file of a package: {name!r}")
        offset = self._file.tell()
        self._file.write(self._local(name, 0, 0))
        crc, size, digest = 0, 0, hashlib.sha256()
        for chunk in (content,) if isinstance(content, bytes) else content:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            digest.update(chunk)
            self._file.write(chunk)
            if self._file.tell() > _MOST_BYTES or len(self._members) >= _MOST_FILES:
                raise PackageTooLarge(len(self._members))
        end = self._file.tell()
        self._file.seek(offset)
        self._file.write(self._local(name, crc, size))
        self._file.seek(end)
        member = Member(name, offset, size, crc, digest.hexdigest())
        self._members.append(member)
        self._names.add(name)
        return member

    def close(self, signer: Signer) -> str:
        """Add INDEX and its signature and finish the zip; gives the SHA-256 of INDEX."""
        lines = [f"{m.sha256} {m.size} {m.name}\n" for m in self._members]
        digest = self.add("INDEX", "".join([FORMAT, "\n", *lines]).encode()).sha256
        text = f"{signer.name} evidence package\nsha256 {digest}\n"
        self.add("INDEX.note", signer.sign_text(text))
        start = self._file.tell()
        for member in self._members:
            self._file.write(_central(member))
        count, size = len(self._members), self._file.tell() - start
        if start + size > _MOST_BYTES:
            raise PackageTooLarge(count)
        self._file.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0))
        self._file.flush()
        return digest

    @staticmethod
    def _local(name: str, crc: int, size: int) -> bytes:
        raw = name.encode()
        return (
            _LOCAL.pack(
                b"PK\x03\x04",
                _VERSION,
                _UTF8,
                0,
                0,
                _FIRST_OF_JANUARY_1980,
                crc,
                size,
                size,
                len(raw),
                0,
            )
            + raw
        )


def _central(member: Member) -> bytes:
    raw = member.name.encode()
    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            _MADE_ON_UNIX,
            _VERSION,
            _UTF8,
            0,
            0,
            _FIRST_OF_JANUARY_1980,
            member.crc,
            member.size,
            member.size,
            len(raw),
            0,
            0,
            0,
            0,
            _RIGHTS,
            member.offset,
        )
        + raw
    )
