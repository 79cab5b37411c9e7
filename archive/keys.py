"""The key that signs the log: one file, made at the first start, readable by its owner only.

Beside it stands its public half as a verifier key, to be handed to auditors by another way than the
archive itself.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from archive import repository
from archive.checkpoint import Signer, Verifier
from archive.errors import KeyFileUnreadable, SignerChanged
from archive.store import ObjectStore
from archive.stores.durable import fsync_folder, make_durable_folder
from db.engine import Database

# Rights that nobody but the owner may have; the owner's group may read, as secret stores set it.
_TOO_OPEN = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO


def load_or_create_signer(path: Path, origin: str) -> Signer:
    """The log's signer; its key is made, durably and with rights 0600, when the file is absent.

    Raises:
        KeyFileUnreadable: the file holds no Ed25519 key, or cannot be read or made.
    """
    try:
        if not path.exists():
            _create(path, origin)
        return _load(path, origin)
    except OSError as problem:
        raise KeyFileUnreadable(f"{path}: {problem.strerror}") from problem


def load_log_signer(path: Path, origin: str, database: Database, store: ObjectStore) -> Signer:
    """The log's signer, at the start of the program; a new key only for a log never signed before.

    Raises:
        SignerChanged: the log was signed before, with a key that is not at hand.
        KeyFileUnreadable: see `load_or_create_signer`.
    """
    with database.reading() as connection:
        last = repository.last_checkpoint(connection)
    if not path.exists():
        folder = f"{origin.rpartition('/')[2]}/log/checkpoint/"
        if last is not None or next(iter(store.keys(folder)), None) is not None:
            raise SignerChanged(f"{path} is missing, but the log was signed before")
    signer = load_or_create_signer(path, origin)
    if last is not None and not signer.verifier.has_signed(last.note.encode()):
        raise SignerChanged(f"{path} is not the key that signed checkpoint {last.size}")
    return signer


def load_verifier(path: Path) -> Verifier:
    """The public key written beside the key file at `path`; raises KeyFileUnreadable."""
    public = _public_path(path)
    try:
        return Verifier.from_verifier_key(public.read_text(encoding="utf-8"))
    except OSError as problem:
        raise KeyFileUnreadable(f"{public}: {problem.strerror}") from problem


def _load(path: Path, origin: str) -> Signer:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
    )

    mode = path.stat().st_mode
    if mode & _TOO_OPEN:
        raise KeyFileUnreadable(f"{path}: others may read or change it; say `chmod 600 {path}`")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise KeyFileUnreadable(f"{path}: not a private key in PEM form") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileUnreadable(f"{path}: not an Ed25519 key")
    return Signer(origin, key)


def _create(path: Path, origin: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    make_durable_folder(path.parent, 0o700)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # Of two processes at their first start one key wins, and both go on to read it.
    if _write_new(path, pem, 0o600):
        vkey = Signer(origin, key).verifier.verifier_key + "\n"
        _write_new(_public_path(path), vkey.encode(), 0o644)


def _write_new(path: Path, data: bytes, mode: int) -> bool:
    """Write a file durably unless it is there already; say whether it was written."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        try:
            os.link(aside, path)
        except FileExistsError:
            return False
        fsync_folder(path.parent)
        return True
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()


def _public_path(path: Path) -> Path:
    return path.with_suffix(".vkey")
