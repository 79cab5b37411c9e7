"""The rotations of the log's key, as database and archive both tell them.

Whoever can write to the database could take a rotation out of it, with the compromise it speaks of;
what is said of the log's keys to auditors has to agree with the manifests of `log-keys`.
"""

from __future__ import annotations

from sqlalchemy import Connection

from archive import repository
from archive.checkpoint import Verifier
from archive.errors import KeysDiffer
from archive.key_history import KeyHistory, statement_in, stored_statements
from archive.manifest import KEYS_DOCUMENT, parse_manifest
from archive.store import ObjectStore


def known_history(
    connection: Connection, store: ObjectStore, tenant: str, own: Verifier
) -> KeyHistory:
    """The history of the log's keys, of which `own` is one.

    Raises:
        KeysDiffer: the database knows other rotations than the archive.
        SignerChanged: see `KeyHistory.read`.
    """
    recorded = repository.rotations(connection)
    stored = stored_statements(store, tenant)
    # A crash may have come between the event of a rotation and its manifest in the store.
    rows = repository.manifests_of(connection, KEYS_DOCUMENT)[len(stored) :]
    unwritten = [statement_in(parse_manifest(row.body).events[0]) for row in rows if row.body]
    if recorded != [*stored, *unwritten]:
        raise KeysDiffer(len(recorded), len(stored))
    return KeyHistory.read(recorded, own)
