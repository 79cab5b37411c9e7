"""What can go wrong in the archive, each with a permanent code and a next step."""

from __future__ import annotations

from datetime import datetime

from domain.errors import Error
from domain.identifiers import Digest


class ArchiveError(Error):
    """The archive did not do what was asked."""

    code = "ARC-00"


class KeyTaken(ArchiveError):
    """Other bytes are already stored under this key; nothing is ever overwritten."""

    code = "ARC-01"
    hint = (
        "Nothing was changed. Run `meg verify --all` to see which of the two is the recorded one."
    )

    def __init__(self, key: str) -> None:
        super().__init__(f"{key}: other bytes are already stored under this key")
        self.key = key


class ObjectChanged(ArchiveError):
    """The archived bytes no longer match the digest recorded for them."""

    code = "ARC-02"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."

    def __init__(self, key: str, recorded: Digest, found: Digest) -> None:
        super().__init__(f"{key}: recorded {recorded}, found {found}")
        self.key = key


class ObjectMissing(ArchiveError):
    """Nothing is stored under this key."""

    code = "ARC-03"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."

    def __init__(self, key: str) -> None:
        super().__init__(f"{key}: nothing is stored under this key")
        self.key = key


class BadKey(ArchiveError):
    """This key could lead out of the store, or is none."""

    code = "ARC-04"
    hint = "Keys are letters, digits, `.`, `_`, `-` and `/`; no part starts with a dot."

    def __init__(self, key: str) -> None:
        super().__init__(f"not a key: {key[:200]!r}")


class StoreFull(ArchiveError):
    """The disk or the quota of the store is full."""

    code = "ARC-05"
    hint = "Make room on the disk of the data folder; what was not taken in can be sent again."


class StoreForbidden(ArchiveError):
    """The store may not be read or written."""

    code = "ARC-06"
    hint = "Give the user running MEG the right to read and write the data folder."


class StoreFailed(ArchiveError):
    """The disk or the service under the store reported a fault."""

    code = "ARC-07"
    hint = "Look at the system's log for disk faults; what was not taken in can be sent again."


class ServiceFailed(StoreFailed):
    """The service at the address of the store answers, but not as an object store does."""

    # Told by the code of its parent, as ever; only what to do differs.
    hint = (
        "Is `archive.store` the address of the S3 server itself, not of its console or of a proxy? "
        "If so, its own log says more; what was not taken in can be sent again."
    )


class SourceChanged(ArchiveError):
    """A file changed, vanished or could not be read while it was being taken in."""

    code = "ARC-08"
    hint = "Send the file again once it is whole, readable, and nobody writes to it."

    def __init__(self, file: str, why: str = "changed while it was read") -> None:
        super().__init__(f"{file}: {why}")


class ManifestUnreadable(ArchiveError):
    """These bytes are no manifest as this program writes them."""

    code = "ARC-09"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."


class DocumentTaken(ArchiveError):
    """Another content was already received under this document id."""

    code = "ARC-10"
    hint = "Take the file in again under a new document id."

    def __init__(self, document_id: str, recorded: Digest, found: Digest) -> None:
        super().__init__(f"document {document_id} was received as {recorded}, not as {found}")
        self.document_id = document_id


class LogForked(ArchiveError):
    """Database and store disagree about what was signed; signing on would fork the log."""

    code = "ARC-11"
    hint = (
        "Nothing was signed. Was the database or the object folder restored from a backup, or does "
        "another database use this archive? Restore both to the same time, or rebuild the database "
        "with `meg rebuild`."
    )


class LogDamaged(ArchiveError):
    """A tile or entry bundle of the log is missing or does not add up."""

    code = "ARC-12"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."


class SignerChanged(ArchiveError):
    """The last checkpoint was not signed with the key at hand."""

    code = "ARC-13"
    hint = (
        "Put the folder `keys` back from its safe copy (docs/recovery.md); after `meg keys rotate` "
        "it must be a copy made since."
    )


class KeysDiffer(ArchiveError):
    """The database knows other rotations of the log's key than the archive."""

    code = "ARC-18"
    hint = (
        "Run `meg verify --all`. Somebody changed the database, or it was restored from a backup: "
        "rebuild it with `meg rebuild`."
    )

    def __init__(self, recorded: int, stored: int) -> None:
        super().__init__(f"the database tells {recorded} rotations, the archive {stored} or others")


class NoteUnreadable(ArchiveError):
    """These bytes are no signed note, or no checkpoint."""

    code = "ARC-14"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."


class KeyFileUnreadable(ArchiveError):
    """The file is no Ed25519 key, or may not be read."""

    code = "ARC-15"
    hint = (
        "Give it its rights again (600, or 640 for a group), or put it back from its safe copy "
        "(docs/keys.md); do not make a new one."
    )


class NotSealed(ArchiveError):
    """The event is recorded, but no checkpoint covers it yet."""

    code = "ARC-16"
    hint = "Run `meg run` or take a document in: sealing follows; then ask again."

    def __init__(self, position: int, size: int) -> None:
        super().__init__(f"event {position} is not under a checkpoint yet (last size {size})")


class DocumentUnknown(ArchiveError):
    """No document is known under this id."""

    code = "ARC-17"
    hint = "Document ids are printed by `meg ingest` and `meg search`."

    def __init__(self, document_id: str) -> None:
        super().__init__(f"no document is known as {document_id[:200]}")


class StoreUnreachable(StoreFailed):
    """The service that keeps the objects does not answer."""

    code = "ARC-20"
    hint = (
        "Is it running, and is the address in `archive.store` right? Nothing was lost; try again."
    )


class AccessDenied(StoreForbidden):
    """The service that keeps the objects refused this account."""

    code = "ARC-21"
    hint = (
        "Check MEG_ARCHIVE_ACCESS_KEY and MEG_ARCHIVE_SECRET_KEY, and what the account may do in "
        "the bucket; docs/configuration.md lists the rights needed."
    )


class BucketMissing(ArchiveError):
    """There is no such bucket."""

    code = "ARC-22"
    hint = "Make it with versioning and Object Lock switched on; docs/object-stores.md says how."


class LockNotEnforced(ArchiveError):
    """The store did not keep what its Object Lock promises."""

    code = "ARC-23"
    hint = (
        "Use a bucket made with Object Lock, on a server that keeps it; `meg doctor` shows each "
        'answer. `archive.object_lock = "preferred"` goes on with a warning.'
    )


class ClockSkewed(StoreFailed):
    """The clocks of this machine and of the store differ too much."""

    code = "ARC-24"
    hint = "Set both clocks by NTP; evidence is worth little with a wrong one."


class TlsFailed(StoreFailed):
    """No trusted connection to the store can be made."""

    code = "ARC-25"
    hint = (
        "Is its certificate in date and made for this host? Say the authority in `archive.ca_file`."
    )


class VersioningOff(ArchiveError):
    """The bucket does not keep older versions: an overwrite would destroy evidence."""

    code = "ARC-26"
    hint = "Switch versioning on for the bucket; Object Lock needs it too."


class LockRefused(ArchiveError):
    """The bucket was made without Object Lock and takes no retention."""

    code = "ARC-27"
    hint = (
        "Make a bucket with Object Lock and copy the archive there with `meg archive copy`, or say "
        '`archive.object_lock = "off"`.'
    )


class ReplicaDamaged(ArchiveError):
    """The copy in the replica is not what was recorded either, or nothing says what was."""

    code = "ARC-29"
    hint = "Nothing was changed. Run `meg archive check replica`, or try another copy."


class KeptUnreadable(ArchiveError):
    """What was kept for a rebuild is damaged, or was not signed by us."""

    code = "ARC-40"
    hint = "Take it back from the replica (`meg archive repair KEY`), then rebuild again."


class ArchiveIncomplete(ArchiveError):
    """The log speaks of events that no manifest in the store holds."""

    code = "ARC-41"
    hint = "Run `meg archive check`, restore what it names from the replica, then rebuild again."


class BadStoreAddress(ArchiveError):
    """This is no address of an object store."""

    code = "ARC-28"
    hint = "Write a folder, or s3+https://host[:port]/bucket[?region=name]."

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")


class PackageTooLarge(ArchiveError):
    """More was asked for than one evidence package can hold."""

    code = "ARC-50"
    hint = "Ask for fewer documents at once: by id, or with a narrower --query."

    def __init__(self, files: int) -> None:
        super().__init__(f"an evidence package holds 4 GB and 65,534 files: full after {files}")


class NothingToProve(ArchiveError):
    """No document was found to make an evidence package of."""

    code = "ARC-51"
    hint = "Document ids are printed by `meg ingest` and `meg search`."


class NoSuchSize(ArchiveError):
    """The log was never signed at this size."""

    code = "ARC-52"
    hint = (
        "Every signed size stands under log/checkpoint; `meg proof --checkpoint` prints the last."
    )


class TimestampUnavailable(ArchiveError):
    """The timestamp authority did not answer."""

    code = "ARC-53"
    hint = "Nothing is lost: `meg run` asks again. Is `timestamp.url` right, and the network there?"


class TimestampRefused(ArchiveError):
    """This is not a timestamp of ours by an authority that is believed."""

    code = "ARC-54"
    hint = "Does `timestamp.root` hold the root certificate of the authority at `timestamp.url`?"


class AccessNotRecorded(ArchiveError):
    """Who asks could not be recorded; what was asked for is therefore not given."""

    code = "ARC-60"
    hint = (
        "Downloads, evidence packages and copies leave only with a record. Make room on the disk "
        "of the data folder, or give MEG the right to write its folder `accesses`, then ask again."
    )


class AccessesUnreadable(ArchiveError):
    """A batch of accesses is not what MEG wrote."""

    code = "ARC-61"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."


class BatchDoubted(ArchiveError):
    """What should have served its time is no batch of accesses that was sealed."""

    code = "ARC-62"
    hint = "It was not destroyed. Run `meg verify --all`: an event or an object was changed."


class ObjectLocked(ArchiveError):
    """The store still keeps an object: its lock runs on, or a legal hold lies on it."""

    code = "ARC-70"
    hint = (
        "Nothing of its document was destroyed. Wait until the lock ends; `meg retention list "
        "--held` shows legal holds. MEG never lifts a lock before its time."
    )

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key


class NeverDestroys(ArchiveError):
    """This store cannot destroy anything."""

    code = "ARC-71"
    hint = "Destroy what was purged by the means of that store; the certificate names every key."


class WasPurged(ArchiveError):
    """What is asked for was lawfully destroyed."""

    code = "ARC-72"
    hint = "`meg show` says when and under which visa; `meg evidence` gives the proof of it."


class ObjectKeyDestroyed(ArchiveError):
    """The object was encrypted, and its key was destroyed by an elimination."""

    code = "ARC-80"
    hint = "Nobody can read it any more; `meg show ID` says who destroyed it, and with which visa."

    def __init__(self, key: str, at: datetime | None) -> None:
        when = "" if at is None else f" on {at:%d/%m/%Y}"
        super().__init__(f"{key}: its key was destroyed{when}")
        self.key = key


class ObjectKeyLost(ArchiveError):
    """The object was encrypted, and its key is not on the keyring."""

    code = "ARC-81"
    hint = "Put the keyring back from its backup (docs/keys.md), then run `meg verify --all`."

    def __init__(self, key: str) -> None:
        super().__init__(f"{key}: its key is not on the keyring")
        self.key = key


class ObjectUndecipherable(ArchiveError):
    """The encrypted bytes were changed, cut or moved, or are under another key."""

    code = "ARC-82"
    hint = "Run `meg verify --all`, then `meg archive repair KEY` from the replica."

    def __init__(self, key: str) -> None:
        super().__init__(f"{key}: cannot be deciphered: it was changed, cut off or moved")
        self.key = key
