"""Purges followed in a copy: what the archive destroyed lawfully is destroyed there too.

A copy never destroys anything because the archive lacks it: that may be damage. It destroys what a
purge names that stands, with its end, in the signed log.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.errors import NeverDestroys, ObjectLocked
from archive.fsck import Finding, LogCheck
from archive.fsck.documents import Documents
from archive.fsck.purges import found_in_files
from archive.store import ErasingStore, ObjectStore


def follow_purges(
    source: ObjectStore, target: ObjectStore, tenant: str, verifier_key: str
) -> tuple[int, list[Finding]]:
    """Destroy in the target what was purged in the source; how many files, and what stays.

    Raises:
        NeverDestroys: the target cannot, and there is something to destroy.
    """
    found = [key for key in _purged(source, tenant, verifier_key) if target.exists(key)]
    if found and not isinstance(target, ErasingStore):
        raise NeverDestroys(type(target).__name__)
    destroyed, locked = 0, []
    for key in found:
        try:
            if isinstance(target, ErasingStore):
                target.destroy(key)
            destroyed += 1
        except ObjectLocked as problem:
            locked.append(Finding("OBJECT_LOCKED", key, problem.message))
    return destroyed, locked


def _purged(source: ObjectStore, tenant: str, verifier_key: str) -> Iterator[str]:
    """Keys that purges destroyed and that nothing living needs."""
    versions = Documents(source, tenant).manifest_keys()
    suspects = {document_id: v for document_id, v in versions.items() if min(v) > 1}
    if not suspects:
        return
    log = LogCheck(source, f"{tenant}/log", verifier_key).run()
    for document_id, found in sorted(suspects.items()):
        purge = found_in_files(source, tenant, document_id, found, log.places)
        if log.problems or purge is None or not purge.done:
            continue
        keys = [f"{tenant}/m/{document_id}/v{version}.json" for version in purge.fact.manifests]
        keys += [f"{tenant}/s/d/{document_id}/v{version}" for version in purge.fact.manifests]
        keys += [f"{tenant}/o/sha256/{d[:2]}/{d[2:4]}/{d}" for d in sorted(purge.fact.objects)]
        yield from (key for key in keys if not source.exists(key))
