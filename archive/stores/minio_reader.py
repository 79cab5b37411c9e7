"""Objects in a bucket of any S3, read; nothing here writes: an account that may only read will do.

An object is the first version that was put under its key. What is laid over it later, another
version or a delete marker, never counts and hides nothing: it is told by `overlays`, and
`meg verify` reports it. The server's own order of versions says which was first. Rights needed:
ListBucketVersions and GetObjectVersion.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

import urllib3
from urllib3.exceptions import HTTPError

from archive.errors import BadKey, ObjectMissing
from archive.stores.minio_client import connect, translated
from archive.stores.s3_address import S3Options

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LONGEST_KEY = 512
_CHUNK = 1 << 20


class Version(NamedTuple):
    """One version of an object, or a delete marker, as the server lists it."""

    key: str
    version_id: str
    size: int
    etag: str
    is_marker: bool
    stored_at: str


class MinioReader:
    """Reads a bucket of an S3 server; satisfies the verifier's Reader."""

    def __init__(self, options: S3Options) -> None:
        """Prepare to read; the server is first asked when something is wanted."""
        self.options = options
        self._address = options.address
        self._bucket = options.address.bucket
        self._client, self._transport = connect(options)

    def read(self, key: str) -> bytes:
        """All bytes of an object."""
        with self.stream(key) as file:
            return file.read()

    def stream(self, key: str) -> BinaryIO:
        """An object opened for reading; little of it is in memory at a time."""
        return self._open(self._found(key))

    def exists(self, key: str) -> bool:
        """Whether an object is stored under this key."""
        return self._first(key) is not None

    def size(self, key: str) -> int:
        """The number of bytes of an object."""
        return self._found(key).size

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key starting with the prefix; also where a delete marker lies over the object."""
        last = ""
        for version in self._list(prefix):
            if not version.is_marker and version.key != last:
                last = version.key
                yield last

    def versions(self, key: str) -> list[Version]:
        """Every version and delete marker of a key, newest first, markers last."""
        return [version for version in self._list(checked(key)) if version.key == key]

    def overlays(self, prefix: str) -> Iterator[tuple[str, str, bool]]:
        """What lies over objects: the key, what it is, and whether it changes nothing.

        The same bytes twice come from two writers at once, or from a request sent again.
        """
        above: list[Version] = []
        for version in self._list(prefix):
            if version.is_marker:
                yield version.key, f"a delete marker of {version.stored_at} lies over it", False
                continue
            if above and above[-1].key != version.key:
                yield from _laid_over(above)
                above = []
            above.append(version)
        yield from _laid_over(above)

    def close(self) -> None:
        """Close the connections; a later request would open others."""
        self._transport.clear()

    def _first(self, key: str) -> Version | None:
        """The version that counts."""
        found = None
        for version in self._list(checked(key)):
            if version.key != key:
                break
            # Newest first: the last one listed was there before all others.
            found = version if not version.is_marker else found
        return found

    def _found(self, key: str) -> Version:
        version = self._first(key)
        if version is None:
            raise ObjectMissing(key)
        return version

    def _open(self, version: Version) -> BinaryIO:
        with translated(self._address, version.key):
            response = self._client.get_object(
                self._bucket, version.key, version_id=version.version_id
            )
        return cast("BinaryIO", io.BufferedReader(_Body(self, response, version.key), _CHUNK))

    def _list(self, prefix: str) -> Iterator[Version]:
        with translated(self._address, prefix or self._bucket):
            for item in self._client.list_objects(
                self._bucket, prefix=prefix, recursive=True, include_version=True
            ):
                yield Version(
                    item.object_name or "",
                    item.version_id or "null",
                    item.size or 0,
                    item.etag or "",
                    bool(item.is_delete_marker),
                    "" if item.last_modified is None else item.last_modified.isoformat(),
                )


class _Body(io.RawIOBase):
    """The body of an answer as a file, its faults in the archive's words."""

    def __init__(self, reader: MinioReader, response: urllib3.BaseHTTPResponse, key: str) -> None:
        super().__init__()
        self._address = reader.options.address
        self._response = response
        self._key = key
        self._ended = False

    def readable(self) -> bool:
        """Yes, and nothing else."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read some bytes; 0 at the end."""
        view = memoryview(buffer).cast("B")
        with translated(self._address, self._key):
            data = self._response.read(len(view))
        view[: len(data)] = data
        self._ended = self._ended or not data
        return len(data)

    def close(self) -> None:
        """Give the connection back."""
        if not self.closed:
            # What was not read to its end leaves a connection that serves no other request.
            with suppress(HTTPError):
                if not self._ended:
                    self._response.close()
                self._response.release_conn()
        super().close()


def checked(key: str) -> str:
    """The key itself; raises BadKey when it could be none."""
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise BadKey(key)
    return key


def _laid_over(versions: list[Version]) -> Iterator[tuple[str, str, bool]]:
    """What stands above the first version of one key."""
    for version in versions[:-1]:
        first = versions[-1]
        same = (version.size, version.etag) == (first.size, first.etag)
        what = "the same bytes again" if same else f"another version of {version.size} bytes"
        yield version.key, f"{what}, stored {version.stored_at}, over the first", same
