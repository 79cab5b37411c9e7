"""Copies of an archive: making one, and taking single objects back from one.

A copy is made in this order, so that what it holds explains itself although the archive goes on
growing: the checkpoints to be copied are noted; tiles and entry bundles; what is kept for a
rebuild; manifests; objects, each hashed against its name; the noted checkpoints. What the target
has already is not copied again, so a copy that was interrupted goes on, and one made earlier is
brought up to date. The independent verifier then reads the whole target.

What was purged in the source is then destroyed in the target (`archive.replica_purges`).

What is taken back is compared first with what was recorded of it: an object with its name, a
manifest with the database, a file of the log with the signatures over the replica's log, what was
kept for a rebuild with its signature.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive.checkpoint import Verifier
from archive.erasure import ELIMINATION
from archive.errors import (
    KeptUnreadable,
    ObjectKeyDestroyed,
    ObjectMissing,
    ObjectUndecipherable,
    ReplicaDamaged,
    SignerChanged,
    WasPurged,
)
from archive.fsck import DocumentReport, Finding, LogCheck, LogReport, Reader, check_files
from archive.kept import unpack
from archive.key_history import KeyHistory, stored_statements
from archive.manifest import KEYS_DOCUMENT
from archive.replica_purges import follow_purges
from archive.store import LockingStore, ObjectStore, Put, Source
from domain.identifiers import Digest
from domain.records import Record

_CHUNK = 1 << 20
_IN_MEMORY = 4 << 20
_AT_ONCE = 32
_BYTES_AT_ONCE = 32 << 20
_OBJECT = re.compile(r"[^/]+/o/sha256/../../([0-9a-f]{64})")
_MANIFEST = re.compile(r"[^/]+/m/([^/]+)/v([1-9]\d*)\.json")

# The digest that the database recorded of this version of a document's manifest, if any.
RecordedDigest = Callable[[str, int], str | None]


@dataclass(slots=True)
class CopyReport:
    """What a copy came to."""

    copied: int = 0
    present: int = 0
    size: int = 0
    destroyed: int = 0
    passed_over: int = 0  # nobody can read them: their keys were destroyed
    damaged: list[Finding] = field(default_factory=list)


class Copying:
    """Copies one tenant's archive from a store to another."""

    def __init__(
        self, source: ObjectStore, target: ObjectStore, tenant: str, verifier_key: str | None = None
    ) -> None:
        """Copy; with the log's key, purges of the source are followed in the target too."""
        self._source = source
        self._target = target
        self._tenant = tenant
        self._key = verifier_key
        self._report = CopyReport()

    def run(self) -> CopyReport:
        """Copy what the target lacks; damaged objects of the source are left out and named."""
        log = f"{self._tenant}/log/"
        checkpoints = [key for key in self._source.keys(log) if "/tile/" not in key]
        self._copy(self._source.keys(f"{log}tile/"))
        self._copy(self._source.keys(f"{self._tenant}/s/"))
        self._copy(self._source.keys(f"{self._tenant}/m/"))
        self._copy(self._source.keys(f"{self._tenant}/o/"))
        self._copy(iter(checkpoints))
        if self._key is not None:
            destroyed, locked = follow_purges(self._source, self._target, self._tenant, self._key)
            self._report.destroyed = destroyed
            self._report.damaged += locked
        return self._report

    def _copy(self, keys: Iterator[str]) -> None:
        with ExitStack() as files:
            puts: list[Put] = []
            held = 0
            for key in keys:
                if self._target.exists(key):
                    self._report.present += 1
                    continue
                size = self._source.size(key)
                if puts and (held + size > _BYTES_AT_ONCE or len(puts) == _AT_ONCE):
                    self._target.put_many(puts)
                    files.close()
                    puts, held = [], 0
                try:
                    content, digest = files.enter_context(fetched(self._source, key))
                except ObjectKeyDestroyed:
                    self._report.passed_over += 1
                    continue
                except ObjectUndecipherable as problem:
                    self._report.damaged.append(Finding("UNREADABLE", key, problem.message))
                    continue
                if (match := _OBJECT.fullmatch(key)) and match[1] != digest.hex:
                    text = f"has the SHA-256 {digest}, it was not copied"
                    self._report.damaged.append(Finding("OBJECT_CHANGED", key, text))
                    continue
                puts.append(Put(key, content, digest, retain_until=self._locked_until(key)))
                held += size
                self._report.copied += 1
                self._report.size += size
            self._target.put_many(puts)

    def _locked_until(self, key: str) -> datetime | None:
        return self._source.locked_until(key) if isinstance(self._source, LockingStore) else None


def check_copy(
    store: Reader, tenant: str, verifier_key: str, kept: Mapping[str, bytes] | None = None
) -> Iterator[Record]:
    """Check an archive without its database: an object a document with problems, then a summary.

    `kept` are checkpoints that were kept elsewhere, by file name: the log must only have grown.
    """
    documents = wrong = 0
    for report in check_files(store, tenant, verifier_key, kept):
        if isinstance(report, DocumentReport):
            documents += not report.document_id.startswith((KEYS_DOCUMENT, ELIMINATION))
            wrong += not report.ok
            if not report.ok:
                yield {
                    "document_id": report.document_id,
                    "ok": False,
                    "problems": _records(report.problems),
                }
            continue
        if not documents and not report.size:
            text = "holds no archive of this tenant"
            report.problems.append(Finding("EMPTY", f"{tenant}/", text))
        yield {
            "summary": True,
            "ok": not wrong and not report.problems,
            "documents": documents,
            "documents_with_problems": wrong,
            "log": {
                "size": report.size,
                "root": report.root.hex(),
                "checkpoints": report.checkpoints,
            },
            "problems": _records(report.problems),
            "information": _records(report.information),
        }


class Repair:
    """Takes objects back from a replica."""

    def __init__(
        self,
        store: ObjectStore,
        replica: ObjectStore,
        tenant: str,
        verifier_key: str,
        recorded: RecordedDigest,
        purged: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Take objects back.

        Args:
            store: where they go.
            replica: where they come from.
            tenant: whose archive.
            verifier_key: the log's public key.
            recorded: tells the digest that was recorded of a manifest.
            purged: whether what lay under a key was lawfully destroyed.
        """
        self._purged = purged
        self._store = store
        self._replica = replica
        self._tenant = tenant
        self._folder = f"{tenant}/log"
        self._key = verifier_key
        self._recorded = recorded
        self._log: LogReport | None = None

    def restore(self, key: str) -> bool:
        """Put back the right bytes under a key; false when they are there already.

        Raises:
            ReplicaDamaged, ObjectMissing: the replica does not have them.
            StoreForbidden: a lock keeps the wrong bytes where they are.
            WasPurged: they were lawfully destroyed.
        """
        if self._purged(key):
            raise WasPurged(f"{key} was purged")
        with fetched(self._replica, key) as (content, found):
            self._see_that_it_is_right(key, found)
            if self._digest(key) == found:
                return False
            self._store.set_aside(key, found)
            self._store.put_new(key, content, found)
        return True

    def _digest(self, key: str) -> Digest | None:
        try:
            with fetched(self._store, key) as (_, found):
                return found
        except (ObjectMissing, ObjectUndecipherable):
            return None

    def _see_that_it_is_right(self, key: str, found: Digest) -> None:
        if match := _OBJECT.fullmatch(key):
            wanted: str | None = match[1]
        elif match := _MANIFEST.fullmatch(key):
            wanted = self._recorded(match[1], int(match[2]))
            if wanted is None:
                raise ReplicaDamaged(f"{key}: the database does not know this manifest")
        elif key.startswith(f"{self._tenant}/s/"):
            self._see_that_it_was_kept(key)
            return
        elif key.startswith(f"{self._folder}/"):
            self._see_that_it_is_signed(key)
            return
        else:
            raise ReplicaDamaged(f"{key}: is no file of an archive")
        if found.hex != wanted:
            raise ReplicaDamaged(f"{key}: the replica has {found}, recorded was {wanted}")

    def _see_that_it_was_kept(self, key: str) -> None:
        try:
            own = Verifier.from_verifier_key(self._key)
            history = KeyHistory.read(stored_statements(self._replica, self._tenant), own)
            unpack(history.verifiers, key, self._replica.read(key))
        except (KeptUnreadable, SignerChanged) as problem:
            raise ReplicaDamaged(problem.message) from problem

    def _see_that_it_is_signed(self, key: str) -> None:
        if self._log is None:
            self._log = LogCheck(self._replica, self._folder, self._key).run()
        wrong = [f for f in (*self._log.problems, *self._log.information) if f.key == key]
        if wrong:
            raise ReplicaDamaged(f"{key}: in the replica it {wrong[0].message}")


@contextmanager
def fetched(store: ObjectStore, key: str) -> Iterator[tuple[Source, Digest]]:
    """An object's bytes, in a file that goes away where they are many, and their digest."""
    digest = hashlib.sha256()
    with store.stream(key) as source, ExitStack() as stack:
        head = b""
        while len(head) < _IN_MEMORY and (chunk := source.read(_CHUNK)):
            head += chunk
            digest.update(chunk)
        if len(head) < _IN_MEMORY:
            yield head, Digest(digest.hexdigest())
            return
        file = stack.enter_context(tempfile.NamedTemporaryFile(prefix="meg-copy-"))
        file.write(head)
        while chunk := source.read(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
        file.flush()
        yield Path(file.name), Digest(digest.hexdigest())


def _records(findings: list[Finding]) -> list[Record]:
    return [{"code": f.code, "key": f.key, "message": f.message} for f in findings]
