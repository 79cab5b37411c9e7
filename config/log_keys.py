"""Puts together what lists and rotates the keys of the log, from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archive.checkpoint import Signer
from archive.keys import load_verifier
from archive.rotation import KeyPlace, load_key_records, rotate
from archive.service import Archive, Rotation
from config.assembly import key_place, load_signer, now
from config.database import open_database
from config.folder import tended
from config.object_store import open_store
from config.settings import Settings
from domain.records import Record
from ingest.kept import rows_of


@dataclass(frozen=True, slots=True)
class RotationAsked:
    """What becomes of the present key, and whether somebody else may hold it."""

    old_key: str
    actor: str
    compromised: str | None = None
    void_from: int | None = None


def list_keys(settings: Settings) -> list[Record]:
    """The keys of the log, oldest first; the private key is not needed."""
    with _place(settings) as place:
        return load_key_records(place, load_verifier(place.path))


def rotate_key(settings: Settings, asked: RotationAsked) -> list[Record]:
    """Have another key sign from now on; gives the keys, oldest first.

    Raises:
        AlreadyRunning: MEG runs on this data folder, and would go on signing with the present key.
        ArchiveError: nothing was changed; see `archive.rotation.rotate`.
    """
    with tended(settings.data), _place(settings) as place:
        signer = load_signer(settings, place.database, place.store)
        rotation = Rotation(now(), asked.actor, asked.old_key, asked.compromised, asked.void_from)
        rotate(place, _archive(settings, place, signer), rotation)
        signer = load_signer(settings, place.database, place.store)
        _archive(settings, place, signer).seal(place.database)
        return load_key_records(place, signer.verifier)


def _archive(settings: Settings, place: KeyPlace, signer: Signer) -> Archive:
    return Archive(place.store, signer, settings.tenant, rows_of)


@contextmanager
def _place(settings: Settings) -> Iterator[KeyPlace]:
    with open_database(settings) as database, open_store(settings) as store:
        yield key_place(settings, database, store)
