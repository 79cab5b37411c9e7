"""The narrow view of a store that the verifier needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol, runtime_checkable

from archive.errors import ObjectMissing
from archive.fsck.findings import Finding
from domain.errors import Error


class Reader(Protocol):
    """Lists keys and opens them; any object store will do, and so will a read-only copy."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key starting with the prefix, in any order."""
        ...

    def stream(self, key: str) -> BinaryIO:
        """An object opened for reading; raises ObjectMissing."""
        ...


@runtime_checkable
class Versioned(Protocol):
    """A store that keeps what was laid over an object."""

    def overlays(self, prefix: str) -> Iterator[tuple[str, str, bool]]:
        """What lies over the objects under a prefix: key, what it is, whether it is harmless."""
        ...


def overlays(reader: Reader, prefix: str) -> Iterator[tuple[Finding, bool]]:
    """What was laid over objects; true marks a problem, false mere information."""
    if isinstance(reader, Versioned):
        for key, what, harmless in reader.overlays(prefix):
            yield (
                Finding("VERSION_REPEATED" if harmless else "VERSION_ADDED", key, what),
                not harmless,
            )


def read(reader: Reader, key: str, missing: str, problems: list[Finding]) -> bytes | None:
    """All bytes of a small object; None, and a problem with the code `missing`, without them."""
    try:
        with reader.stream(key) as file:
            return file.read()
    except ObjectMissing:
        problems.append(Finding(missing, key, "is not in the store"))
    except (Error, OSError) as problem:
        problems.append(Finding("UNREADABLE", key, str(problem)))
    return None
