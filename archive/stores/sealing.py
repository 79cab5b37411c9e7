"""How an object is encrypted: deterministic, in pieces, bound to its name.

    "meg-sealed/1", LF, SHA-256 of the plain bytes, piece, piece, ...

Each piece is 64 KiB of plain bytes under AES-256-GCM with its number as nonce and a mark on the
last one, so that pieces can neither be moved nor left out (Hoang et al., STREAM). The key of the
pieces is derived (HKDF, RFC 5869) from the object's key and the digest of its bytes: other bytes
never meet the same key, and the same bytes give the same sealed object, however often it is stored.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from archive.errors import ObjectUndecipherable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"meg-sealed/1\n"
HEADER: Final = len(MAGIC) + 32
PIECE: Final = 64 * 1024
_TAG: Final = 16


def is_sealed(head: bytes) -> bool:
    """Whether an object that starts like this was sealed."""
    return head.startswith(MAGIC)


def plain_size(size: int) -> int:
    """How many plain bytes a sealed object of this size holds."""
    body = size - HEADER
    return body - _TAG * -(-body // (PIECE + _TAG))


def seal(key: bytes, name: str, plain: BinaryIO, sha256: bytes) -> Iterator[bytes]:
    """The bytes of a sealed object, piece by piece, from plain bytes of this digest."""
    cipher, bound = _cipher(key, sha256), name.encode()
    yield MAGIC + sha256
    piece, number = _filled(plain, PIECE), 0
    while True:
        after = _filled(plain, PIECE)
        yield cipher.encrypt(_nonce(number, last=not after), piece, bound)
        if not after:
            return
        piece, number = after, number + 1


class Unsealed(io.RawIOBase):
    """A sealed object opened for reading its plain bytes.

    Raises:
        ObjectUndecipherable: at the piece that was changed, moved or cut off.
    """

    def __init__(self, key: bytes, name: str, sealed: BinaryIO) -> None:
        """Read on from after the header's first line; the caller's file is closed with this one."""
        super().__init__()
        self._sealed, self._name = sealed, name
        sha256 = _filled(sealed, HEADER - len(MAGIC))
        self._cipher = _cipher(key, sha256)
        self._number = 0
        self._next = _filled(sealed, PIECE + _TAG)
        self._left = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as one piece goes; 0 at the end."""
        while not self._left and not self._ended:
            self._open_piece()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        """Close the sealed object too."""
        if not self.closed:
            self._sealed.close()
        super().close()

    def _open_piece(self) -> None:
        from cryptography.exceptions import InvalidTag

        piece, self._next = self._next, _filled(self._sealed, PIECE + _TAG)
        self._ended = not self._next
        nonce = _nonce(self._number, last=self._ended)
        try:
            self._left = memoryview(self._cipher.decrypt(nonce, piece, self._name.encode()))
        except (InvalidTag, ValueError) as problem:
            raise ObjectUndecipherable(self._name) from problem
        self._number += 1


def _cipher(key: bytes, sha256: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt=None, info=MAGIC + sha256).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _filled(file: BinaryIO, size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end."""
    data = bytearray()
    while len(data) < size and (more := file.read(size - len(data))):
        data += more
    return bytes(data)
