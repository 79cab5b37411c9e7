"""RFC 6962 §2.1 hashing once more, written for reading a log from left to right."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def full(hashes: Sequence[bytes]) -> bytes:
    """The hash of a full subtree over these; their number is a power of two."""
    if len(hashes) == 1:
        return hashes[0]
    half = len(hashes) // 2
    return _node(full(hashes[:half]), full(hashes[half:]))


def peaks_of(hashes: Sequence[bytes]) -> list[bytes]:
    """The full subtrees, largest first, that a row of leaves falls into."""
    found: list[bytes] = []
    start = 0
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) & 1 << bit:
            found.append(full(hashes[start : start + (1 << bit)]))
            start += 1 << bit
    return found


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root over full subtrees of falling size."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = _node(peak, root)
    return root


class Peaks:
    """The full subtrees over everything pushed so far."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def push(self, value: bytes) -> None:
        """Add the next subtree; all that are pushed have one size."""
        height = 0
        while self._peaks and self._peaks[-1][0] == height:
            value = _node(self._peaks.pop()[1], value)
            height += 1
        self._peaks.append((height, value))

    def copy(self) -> Peaks:
        """The same peaks, to try something on."""
        other = Peaks()
        other._peaks = list(self._peaks)
        return other

    def root_with(self, row: Sequence[bytes]) -> bytes:
        """The root when this row of leaves, too short for a subtree, follows."""
        return root_of([value for _, value in self._peaks] + peaks_of(row))


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
