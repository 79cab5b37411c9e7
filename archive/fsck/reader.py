"""The narrow view of a store that the verifier needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

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
