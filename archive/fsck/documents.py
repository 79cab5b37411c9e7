"""Documents: their manifests, the events in them, and the object they describe."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import islice

from archive.fsck.accesses import check_batch
from archive.fsck.facts import DocumentFacts, EventFact, ManifestFact
from archive.fsck.findings import Finding
from archive.fsck.hashing import Hashing
from archive.fsck.log_keys import KEYS_DOCUMENT
from archive.fsck.manifests import ObjectFact, ReadManifest, read_manifest
from archive.fsck.purges import Purge, believed, differences, found_in_files, left_over
from archive.fsck.reader import Reader, overlays, read

_MANIFEST = re.compile(r"([^/]+)/v([1-9]\d*)\.json")
_OBJECT = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")
_DIGEST = re.compile(r"[0-9a-f]{64}")

_KEYS_AT_ONCE = 256

PASSED, FAILED, PENDING = "passed", "failed", "pending"

# The newest manifest version of each of these documents that is known.
KnownVersions = Callable[[Collection[str]], Mapping[str, int]]

# Whether an event's entry stands at its place in the signed log; a finding when it does not.
LogLookup = Callable[[EventFact], Finding | None]


@dataclass(slots=True)
class DocumentReport:
    """What was checked of one document and what came of it."""

    document_id: str
    checks: dict[str, str] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; what is not sealed yet is not wrong."""
        return not self.problems


class Documents:
    """Checks documents one by one, then whatever no document explains."""

    def __init__(self, reader: Reader, tenant: str, threads: Executor | None = None) -> None:
        """Read through `reader` only, with the help of these threads where there are any."""
        self._reader = reader
        self._hashing = Hashing(reader, threads)
        self._tenant = tenant
        self._seen: set[bytes] = set()
        self._bad: dict[str, list[Finding]] = {}
        self._purged: dict[bytes, bool] = {}  # objects that purges name: whether they are done

    def check(self, facts: DocumentFacts, sealed: int, in_log: LogLookup) -> DocumentReport:
        """Check one document whose facts the database gave.

        Args:
            facts: what the database says of it.
            sealed: the size of the signed log: events at this position and above are pending.
            in_log: tells whether an event stands at its place in the log.
        """
        report = DocumentReport(facts.document_id)
        manifests: dict[int, ReadManifest] = {}
        if facts.document_id != KEYS_DOCUMENT:
            report.checks["object"] = PASSED
        report.checks["manifests"] = PASSED
        purge = believed(self._reader, self._tenant, facts, sealed, in_log)
        gone = {} if purge is None else purge.fact.manifests
        if purge is not None:
            self._check_purge(purge, report)
            folder = f"{self._tenant}/m/{facts.document_id}"
            report.problems.extend(differences(purge, facts, folder))
        for fact in _manifest_facts(facts, report):
            if fact.version in gone:
                continue
            found = self._check_manifest(facts, fact, report)
            if found is not None:
                manifests[fact.version] = found
        if purge is None and (facts.sha256 is not None or _was_received(facts, manifests)):
            self._check_object(facts, manifests.get(1), report)
        for manifest in manifests.values():
            for derived in manifest.derived:
                self._check_bytes(derived, report)
            self._check_enclosed(manifest, report)
            self._check_accesses(manifest, report)
        self._check_events(facts, manifests, sealed, in_log, report)
        return report

    def expect(self, some: Iterable[DocumentFacts]) -> None:
        """Start on the objects of documents that will be checked next."""
        digests = [facts.sha256 for facts in some if _DIGEST.fullmatch(facts.sha256 or "")]
        new = (d for d in digests if d and bytes.fromhex(d) not in self._seen)
        self._hashing.expect(self._object_key(digest) for digest in new)

    def check_without_facts(
        self, document_id: str, versions: Collection[int], places: dict[bytes, int]
    ) -> tuple[DocumentReport, set[int]]:
        """Check one document by the files alone; gives the places in the log it accounts for."""
        report = DocumentReport(document_id)
        report.checks |= {"object": PASSED, "manifests": PASSED, "log": PASSED}
        accounted: set[int] = set()
        first: ReadManifest | None = None
        purge = found_in_files(self._reader, self._tenant, document_id, set(versions), places)
        gone = {} if purge is None else purge.fact.manifests
        if purge is not None:
            self._check_purge(purge, report)
            named = [event for erased in gone.values() for event in erased.events]
            accounted.update(place for place, e in named if places.get(e.entry) == place)
        for version in range(1, max(versions) + 1):
            if version in gone:
                continue
            found = self._read_manifest(document_id, version, report)
            if found is None:
                continue
            first = found if version == 1 else first
            for derived in found.derived:
                self._check_bytes(derived, report)
            self._check_enclosed(found, report)
            self._check_accesses(found, report)
            known = [places[e.entry] for e in found.events if e.entry in places]
            accounted.update(known)
            if len(known) < len(found.events):
                # A crash, or a seal still to come; `leftovers` tells those from a changed file.
                report.checks["log"] = PENDING
        if first is not None and first.object is not None:
            self._check_bytes(first.object, report)
        return report, accounted

    def _check_purge(self, purge: Purge, report: DocumentReport) -> None:
        """Take note of what a purge explains, and see that what it destroyed is gone."""
        for sha256 in purge.fact.objects:
            self._purged[bytes.fromhex(sha256)] = purge.done
        report.checks["object"] = report.checks["manifests"] = purge.state
        found = list(left_over(self._reader, self._tenant, report.document_id, purge))
        if found:
            report.checks["manifests"] = FAILED
            report.problems.extend(found)

    def manifest_keys(self) -> dict[str, set[int]]:
        """The manifest versions in the store, by document."""
        found: dict[str, set[int]] = {}
        prefix = f"{self._tenant}/m/"
        for key in self._reader.keys(prefix):
            if match := _MANIFEST.fullmatch(key.removeprefix(prefix)):
                found.setdefault(match[1], set()).add(int(match[2]))
        return found

    def leftovers(self, known: KnownVersions) -> Iterator[tuple[Finding, bool]]:
        """What no checked document explains; true marks a problem, false mere information.

        Args:
            known: gives the newest manifest version the database has of each of some documents.
        """
        prefix = f"{self._tenant}/m/"
        keys = self._reader.keys(prefix)
        while some := list(islice(keys, _KEYS_AT_ONCE)):
            found = [(key, _MANIFEST.fullmatch(key.removeprefix(prefix))) for key in some]
            versions = known({match[1] for _, match in found if match is not None})
            for key, match in found:
                if match is None:
                    yield Finding("KEY_UNKNOWN", key, "is no manifest"), True
                elif int(match[2]) > versions.get(match[1], 0):
                    yield from self._orphan_manifest(key, match[1], int(match[2]))
        yield from self._other_objects()
        yield from overlays(self._reader, f"{self._tenant}/")

    def check_overlays(self, facts: DocumentFacts, report: DocumentReport) -> None:
        """See that nothing was laid over one document's object and manifests."""
        prefixes = [f"{self._tenant}/m/{facts.document_id}/"]
        if (sha256 := facts.sha256) is not None:
            prefixes.append(self._object_key(sha256))
        for prefix in prefixes:
            report.problems.extend(f for f, wrong in overlays(self._reader, prefix) if wrong)

    def _orphan_manifest(
        self, key: str, document_id: str, version: int
    ) -> Iterator[tuple[Finding, bool]]:
        report = DocumentReport(document_id)
        found = self._read_manifest(document_id, version, report)
        if found is not None and found.object is not None:
            self._seen.add(bytes.fromhex(found.object.sha256))
            self._check_bytes(found.object, report)
        for derived in () if found is None else found.derived:
            self._check_bytes(derived, report)
        text = "was never acknowledged: a crash came between writing and committing"
        yield Finding("ORPHAN_MANIFEST", key, text), False
        for problem in report.problems:
            # After a power cut the manifest may have outlived its object; nobody was told of it.
            yield problem, problem.code != "OBJECT_MISSING"

    def _other_objects(self) -> Iterator[tuple[Finding, bool]]:
        prefix = f"{self._tenant}/o/sha256/"
        for key in self._reader.keys(f"{self._tenant}/o/"):
            match = _OBJECT.fullmatch(key.removeprefix(prefix))
            if match is None:
                yield Finding("KEY_UNKNOWN", key, "is no object"), True
            elif bytes.fromhex(match[3]) not in self._seen:
                found = self._hashing.of(key)
                if isinstance(found, Finding):
                    yield found, True
                elif found[0] != match[3]:
                    yield Finding("OBJECT_CHANGED", key, f"has the SHA-256 {found[0]}"), True
                yield self._unnamed(key, self._purged.get(bytes.fromhex(match[3])))

    @staticmethod
    def _unnamed(key: str, purged: bool | None) -> tuple[Finding, bool]:  # noqa: FBT001
        """An object that no living document names, and whether that is wrong."""
        if purged is None:
            text = "is named by no document: a crash came before its document was committed"
            return Finding("ORPHAN_OBJECT", key, text), False
        if purged:
            text = "is still there; the log says it was purged"
            return Finding("NOT_DESTROYED", key, text), True
        text = "is being purged: `meg retention purge` goes on where it was"
        return Finding("PURGE_UNFINISHED", key, text), False

    def _check_manifest(
        self, facts: DocumentFacts, fact: ManifestFact, report: DocumentReport
    ) -> ReadManifest | None:
        if not fact.written:
            if report.checks["manifests"] == PASSED:
                report.checks["manifests"] = PENDING
            return None
        found = self._read_manifest(facts.document_id, fact.version, report)
        key = f"{self._tenant}/m/{facts.document_id}/v{fact.version}.json"
        recorded = [event.entry for event in facts.events if event.version == fact.version]
        if found is None or fact.sha256 in {"", found.sha256}:
            return found
        # The events are committed to the log: they tell whether the file or the row was changed.
        if [event.entry for event in found.events] == recorded:
            text = f"the database recorded SHA-256 {fact.sha256}, it is {found.sha256}"
            report.problems.append(Finding("DATABASE_DIFFERS", key, text))
            report.checks["manifests"] = FAILED
            return found
        text = f"has the SHA-256 {found.sha256}, recorded was {fact.sha256}"
        report.problems.append(Finding("MANIFEST_CHANGED", key, text))
        report.checks["manifests"] = FAILED
        return None

    def _read_manifest(
        self, document_id: str, version: int, report: DocumentReport
    ) -> ReadManifest | None:
        key = f"{self._tenant}/m/{document_id}/v{version}.json"
        data = read(self._reader, key, "MANIFEST_MISSING", report.problems)
        if data is not None:
            try:
                return read_manifest(data, document_id, version)
            except (ValueError, TypeError, KeyError) as problem:
                report.problems.append(Finding("MANIFEST_UNREADABLE", key, str(problem)))
        report.checks["manifests"] = FAILED
        return None

    def _check_object(
        self, facts: DocumentFacts, first: ReadManifest | None, report: DocumentReport
    ) -> None:
        stored = None if first is None else first.object
        if stored is not None:
            if facts.sha256 is not None and facts.sha256 != stored.sha256:
                text = f"the database says SHA-256 {facts.sha256}, the manifest {stored.sha256}"
                report.problems.append(Finding("DATABASE_DIFFERS", stored.key, text))
                report.checks["object"] = FAILED
            self._check_bytes(stored, report)
        elif facts.sha256 is not None:
            # The manifest is lost or changed; the database still says which bytes there were.
            sha256 = facts.sha256
            key = self._object_key(sha256)
            self._check_name(key, sha256, report)
        else:
            report.checks["object"] = FAILED

    def _check_name(self, key: str, sha256: str, report: DocumentReport) -> None:
        found = self._hashing.of(key)
        if isinstance(found, Finding):
            report.problems.append(found)
            report.checks["object"] = FAILED
        elif found[0] != sha256:
            text = f"has the SHA-256 {found[0]}"
            report.problems.append(Finding("OBJECT_CHANGED", key, text))
            report.checks["object"] = FAILED

    def _check_accesses(self, manifest: ReadManifest, report: DocumentReport) -> None:
        if manifest.batch is not None and (
            found := list(check_batch(self._reader, manifest.batch))
        ):
            report.problems.extend(found)
            report.checks["object"] = FAILED

    def _check_enclosed(self, manifest: ReadManifest, report: DocumentReport) -> None:
        for sha256 in sorted(manifest.enclosed):
            key = self._object_key(sha256)
            if bytes.fromhex(sha256) not in self._seen:
                self._seen.add(bytes.fromhex(sha256))
                self._check_name(key, sha256, report)
                if report.problems and report.problems[-1].key == key:
                    self._bad[key] = [report.problems[-1]]
            elif key in self._bad:
                report.problems.extend(self._bad[key])
                report.checks["object"] = FAILED

    def _check_bytes(self, stored: ObjectFact, report: DocumentReport) -> None:
        digest = stored.sha256
        key = self._object_key(digest)
        if bytes.fromhex(digest) not in self._seen:
            self._bad[key] = self._compare(key, stored)
            self._seen.add(bytes.fromhex(digest))
            if not self._bad[key]:
                del self._bad[key]
        problems = list(self._bad.get(key, []))
        if stored.key != key:
            problems.append(Finding("MANIFEST_CHANGED", stored.key, f"should be {key}"))
        if problems:
            report.problems.extend(problems)
            report.checks["object"] = FAILED

    def _compare(self, key: str, stored: ObjectFact) -> list[Finding]:
        found = self._hashing.of(key)
        if isinstance(found, Finding):
            return [found]
        wanted = (stored.sha256, stored.sha512, stored.size)
        names = ("SHA-256", "SHA-512", "size")
        text = "; ".join(
            f"{name} {is_now}, recorded {was}"
            for name, is_now, was in zip(names, found, wanted, strict=True)
            if is_now != was
        )
        return [Finding("OBJECT_CHANGED", key, text)] if text else []

    def _object_key(self, sha256: str) -> str:
        return f"{self._tenant}/o/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _check_events(
        self,
        facts: DocumentFacts,
        manifests: dict[int, ReadManifest],
        sealed: int,
        in_log: LogLookup,
        report: DocumentReport,
    ) -> None:
        problems: list[Finding] = []
        for version, manifest in manifests.items():
            recorded = [event for event in facts.events if event.version == version]
            problems += self._compare_events(facts.document_id, version, manifest, recorded)
        report.checks["log"] = PASSED
        for event in facts.events:
            if event.position >= sealed:
                report.checks["log"] = PENDING
            elif (finding := in_log(event)) is not None:
                problems.append(finding)
        if problems:
            report.checks["log"] = FAILED
            report.problems.extend(problems)

    def _compare_events(
        self, document_id: str, version: int, manifest: ReadManifest, recorded: Sequence[EventFact]
    ) -> Iterator[Finding]:
        key = f"{self._tenant}/m/{document_id}/v{version}.json"
        if len(manifest.events) != len(recorded):
            text = f"holds {len(manifest.events)} events, the database {len(recorded)}"
            yield Finding("DATABASE_DIFFERS", key, text)
        for ours, event in zip(manifest.events, recorded, strict=False):
            if (ours.type, ours.at, ours.entry) != (event.type, event.at, event.entry):
                text = f"the database has another event at position {event.position}"
                yield Finding("DATABASE_DIFFERS", key, text)


def _was_received(facts: DocumentFacts, manifests: dict[int, ReadManifest]) -> bool:
    """Whether there were bytes; an elimination has events and no object."""
    named = any(manifest.object is not None for manifest in manifests.values())
    return named or any(event.type == "received" for event in facts.events)


def _manifest_facts(facts: DocumentFacts, report: DocumentReport) -> list[ManifestFact]:
    """The manifests recorded, and those that only events speak of."""
    recorded = {fact.version: fact for fact in facts.manifests}
    for event in facts.events:
        if event.version not in recorded:
            recorded[event.version] = ManifestFact(event.version, "", written=True)
            text = f"the database has event {event.position} but no manifest {event.version}"
            report.problems.append(Finding("DATABASE_DIFFERS", facts.document_id, text))
            report.checks["manifests"] = FAILED
    return [recorded[version] for version in sorted(recorded)]
