"""The one frozen tree of settings; inner packages receive their own small part of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the web page listens, and under which host names it answers."""

    host: str = "127.0.0.1"
    port: int = 8642
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    allow_remote: bool = False  # no login exists yet: other machines only when said so


@dataclass(frozen=True, slots=True)
class DropSettings:
    """How the drop folder is tended."""

    folder: Path | None = None  # None: `inbox` in the data folder
    settle_seconds: float = 2.0  # a file must rest this long before it counts as whole
    confirm_received: bool = False  # orders and receipts that arrive wait for a person
    patience_seconds: float = 60.0  # how long a file that looks cut off is waited for
    poll_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where objects are kept, and how they are locked there."""

    store: str = ""  # empty: a folder in the data folder; else s3+https://host/bucket
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    ca_file: Path | None = None  # None: the system's authorities
    timeout_seconds: float = 30.0
    object_lock: str = "required"
    lock_mode: str = "governance"
    retention_years: int = 10
    encrypted: bool = False  # each object under a key of its own
    keyring: str = ""  # URL of the database with these keys; empty: keys/objects.db
    replica: str = ""  # a second store, of any kind
    replica_access_key: str = ""  # empty: the same account as for the store
    replica_secret_key: str = field(default="", repr=False)
    scrub_objects: int = 3_000  # read and hashed anew every day; 0: never by itself
    scrub_megabytes_per_second: float = 20.0


@dataclass(frozen=True, slots=True)
class TimestampSettings:
    """Who timestamps the log's checkpoints, once a day."""

    url: str = ""  # an RFC 3161 authority; empty: none
    root: Path | None = None  # its root certificates, PEM; without: signatures are not checked
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class SignatureSettings:
    """Whose signatures on received documents are trusted; nothing is ever fetched."""

    roots: Path | None = None  # a folder of root certificates and revocation lists
    trusted_list: Path | None = None  # a national trusted list (ETSI TS 119 612), as a file


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """Full years that documents are kept after the one in which they were received."""

    voucher_years: int = 10  # invoices, orders, advices, messages, and what could not be read
    other_years: int = 10
    keep_with: str = "contract"  # the last document of an order or contract keeps the others


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """How the record of who read what is sealed and kept."""

    keep_months: int = 12  # after the month in which a batch is sealed
    batch_records: int = 1_000  # sealed together once so many wait
    batch_minutes: int = 15  # or once one has waited so long


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """Bounds on what a single document may cost; all sizes in megabytes."""

    file_megabytes: int = 100  # larger files are archived but not read
    upload_megabytes: int = 100
    reader_memory_megabytes: int = 1500
    reader_seconds: int = 60
    readers: int = 0  # child processes that read documents; 0: one a core


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """How scanned pages are read."""

    languages: tuple[str, ...] = ("fra", "eng", "deu")  # Tesseract's names; all must be installed
    pages: int = 40  # of one document; further ones are kept and named, not read
    seconds: int = 540  # for one document


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user may set."""

    data: Path = Path("var")
    tenant: str = "main"
    database: str = ""  # empty: SQLite in the data folder
    timezone: str = "Europe/Paris"
    policy: Path | None = None  # None: `policy.toml` in the data folder, where there is one
    web: WebSettings = field(default_factory=WebSettings)
    archive: ArchiveSettings = field(default_factory=ArchiveSettings)
    timestamp: TimestampSettings = field(default_factory=TimestampSettings)
    signatures: SignatureSettings = field(default_factory=SignatureSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    drop: DropSettings = field(default_factory=DropSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)

    @property
    def database_url(self) -> str:
        """The database to use."""
        return self.database or f"sqlite:///{self.data / 'meg.db'}"

    @property
    def drop_folder(self) -> Path:
        """The folder that the mailroom drops files into."""
        return self.drop.folder or self.data / "inbox"
