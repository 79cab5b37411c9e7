"""The key that signs the log: one file, made at the first start, readable by its owner only.

Beside it stands its public half as a verifier key, to be handed to auditors by another way than the
archive itself. It follows from the key, so it is written again where it is lost. The files of a
rotation are those of `archive.rotation`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from archive import repository
from archive.checkpoint import Signer, Verifier
from archive.errors import KeyFileUnreadable, LogForked, SignerChanged
from archive.key_history import KeyHistory, stored_statements
from archive.repository import CheckpointRow
from archive.store import ObjectStore
from archive.stores.durable import fsync_folder
from archive.stores.key_file import read_private, write_new
from db.engine import Database


def load_or_create_signer(path: Path, origin: str) -> Signer:
    """The log's signer; its key is made, durably and with rights 0600, when the file is absent.

    Raises:
        KeyFileUnreadable: the file holds no Ed25519 key, or cannot be read or made.
    """
    with key_file(path):
        if not path.exists():
            create_key(path)
        signer = load_key(path, origin)
        keep_public_half(path, signer.verifier)
        return signer


def load_log_signer(path: Path, origin: str, database: Database, store: ObjectStore) -> Signer:
    """The log's signer, at the start of the program; a new key only for a log never signed before.

    Raises:
        SignerChanged: the log was signed before, with a key that is not at hand.
        LogForked: the store has a log, or a rotation, that the database does not know of.
        KeyFileUnreadable: see `load_or_create_signer`.
    """
    tenant = origin.rpartition("/")[2]
    with database.reading() as connection:
        last = repository.last_checkpoint(connection)
        statements = repository.rotations(connection)
    if last is None and not statements:
        checkpoint = next(iter(store.keys(f"{tenant}/log/checkpoint/")), None)
        if checkpoint is not None and path.exists():
            raise LogForked(f"the store has {checkpoint}, the database knows of no log at all")
        signed_before = checkpoint is not None
    else:
        signed_before = True
    if signed_before and not path.exists():
        raise SignerChanged(f"{path} is missing, but the log was signed before")
    signer = load_or_create_signer(path, origin)
    try:
        _see_that_it_signs_now(path, signer.verifier, statements, last)
    except SignerChanged:
        stored = stored_statements(store, tenant)
        if len(stored) > len(statements) and KeyHistory.read(stored, signer.verifier):
            text = f"the archive has rotated its key {len(stored)} times, the database knows of"
            raise LogForked(f"{text} {len(statements)}") from None
        raise
    return signer


def load_verifier(path: Path) -> Verifier:
    """The public key written beside the key file at `path`; raises KeyFileUnreadable."""
    public = public_path(path)
    try:
        return Verifier.from_verifier_key(public.read_text(encoding="utf-8"))
    except OSError as problem:
        raise KeyFileUnreadable(f"{public}: {problem.strerror}") from problem


def load_key(path: Path, origin: str) -> Signer:
    """The signer whose key is in this file; raises KeyFileUnreadable, OSError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
    )

    pem = read_private(path)
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise KeyFileUnreadable(f"{path}: not a private key in PEM form") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileUnreadable(f"{path}: not an Ed25519 key")
    return Signer(origin, key)


def create_key(path: Path) -> None:
    """Make a key, durably, with rights 0600, unless the file is there."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    # Of two processes at their first start one key wins, and both go on to read it.
    write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)


def keep_public_half(path: Path, verifier: Verifier) -> None:
    """See that the public half beside a key file is that of its key."""
    public, line = public_path(path), f"{verifier.verifier_key}\n".encode()
    with suppress(FileNotFoundError):
        if public.read_bytes() == line:
            return
    aside = public.with_name(f".{public.name}.{secrets.token_hex(8)}")
    write_new(aside, line, 0o644)
    aside.replace(public)
    fsync_folder(public.parent)


def public_path(path: Path) -> Path:
    """Where the public half of a key stands."""
    return path.with_suffix(".vkey")


def _see_that_it_signs_now(
    path: Path, verifier: Verifier, statements: Sequence[str], last: CheckpointRow | None
) -> None:
    history = KeyHistory.read(statements, verifier)
    now = history.current
    if verifier != now.verifier:
        raise SignerChanged(
            f"{path} is a former key: {now.verifier.key_id.hex()} signs from size {now.start} on"
        )
    if last is not None and not history.signed(last.note.encode(), last.size):
        raise SignerChanged(f"{path} is not the key that signed checkpoint {last.size}")


@contextmanager
def key_file(path: Path) -> Iterator[None]:
    """Turn what the system says of a key file into KeyFileUnreadable."""
    try:
        yield
    except OSError as problem:
        raise KeyFileUnreadable(f"{path}: {problem.strerror}") from problem
