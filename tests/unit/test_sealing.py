"""Sealed objects: what comes back, and what is refused."""

from __future__ import annotations

import hashlib
import io

import pytest

from archive.errors import ObjectUndecipherable
from archive.stores.sealing import (
    HEADER,
    MAGIC,
    PIECE,
    Unsealed,
    is_sealed,
    plain_size,
    seal,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
NAME = "main/o/sha256/ab/cd/abcd"
_SEALED_PIECE = PIECE + 16
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5]


def plain(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def sealed(data: bytes, key: bytes = KEY, name: str = NAME) -> bytes:
    return b"".join(seal(key, name, io.BytesIO(data), hashlib.sha256(data).digest()))


def unsealed(data: bytes, key: bytes = KEY, name: str = NAME) -> bytes:
    file = io.BytesIO(data)
    assert file.read(len(MAGIC)) == MAGIC
    return io.BufferedReader(Unsealed(key, name, file)).read()


@pytest.mark.parametrize("size", SIZES)
def test_gives_back_what_was_sealed(size: int) -> None:
    data = sealed(plain(size))

    assert is_sealed(data)
    assert unsealed(data) == plain(size)
    assert plain_size(len(data)) == size


def test_the_same_bytes_are_sealed_alike_and_others_share_nothing() -> None:
    assert sealed(plain(100)) == sealed(plain(100))
    one, other = sealed(b"a" * 100), sealed(b"a" * 99 + b"b")
    assert one[HEADER : HEADER + 90] != other[HEADER : HEADER + 90]


def test_nothing_of_the_plain_bytes_is_seen() -> None:
    assert b"0123456789abcdef" not in sealed(plain(PIECE * 2))


@pytest.mark.parametrize("place", [HEADER - 1, HEADER, HEADER + PIECE, HEADER + _SEALED_PIECE, -1])
def test_a_changed_byte_is_refused(place: int) -> None:
    data = bytearray(sealed(plain(2 * PIECE)))
    data[place] ^= 1

    with pytest.raises(ObjectUndecipherable):
        unsealed(bytes(data))


@pytest.mark.parametrize(
    "size",
    [HEADER, HEADER + 1, HEADER + _SEALED_PIECE, HEADER + 2 * _SEALED_PIECE, -1],
)
def test_what_was_cut_off_is_refused(size: int) -> None:
    with pytest.raises(ObjectUndecipherable):
        unsealed(sealed(plain(3 * PIECE))[:size])


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(ObjectUndecipherable):
        unsealed(sealed(plain(PIECE)) + b"more")


def test_pieces_cannot_be_exchanged() -> None:
    data = sealed(plain(3 * PIECE))
    pieces = [data[at : at + _SEALED_PIECE] for at in range(HEADER, len(data), _SEALED_PIECE)]

    with pytest.raises(ObjectUndecipherable):
        unsealed(data[:HEADER] + pieces[1] + pieces[0] + pieces[2])


def test_another_key_or_name_does_not_open_it() -> None:
    with pytest.raises(ObjectUndecipherable):
        unsealed(sealed(b"secret"), key=OTHER_KEY)
    with pytest.raises(ObjectUndecipherable):
        unsealed(sealed(b"secret"), name=NAME + "0")
