"""Looks at configuration, folders, engines and versions, and says what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from archive.errors import ArchiveError, LockNotEnforced
from archive.scrub import found_damaged
from archive.scrub import last as last_scrub
from config.accesses import Accesses
from config.application import Application
from config.assembly import open_application, trust_options
from config.folder import is_tended, prepare_folder
from config.listening import meg_answers, why_taken
from config.object_store import ARCHIVE, is_s3, located, probe, s3_options
from config.scrubbing import open_scrubbing
from config.settings import Settings
from config.verified import last_verified
from db.engine import Database
from domain.errors import Error
from ingest.dropfolder import DropFolder, DropOptions
from ingest.recognition.waiting import version, what_is_missing
from ingest.signatures.options import TrustOptions

_TIMESTAMP_OLD = timedelta(days=2)
_UNRECORDED_SINCE = timedelta(days=7)
_LOW_DISK_BYTES = 2 << 30
_SCRUB_OLD = timedelta(days=3)
_NAMED = 3
_OF_THIS_MACHINE = frozenset({"localhost", "::1", "[::1]"})
_VERSIONS = (
    "meg",
    "lxml",
    "factur-x",
    "saxonche",
    "pypdf",
    "pikepdf",
    "pypdfium2",
    "pyhanko",
    "signxml",
    "tantivy",
    "minio",
)


class Health(StrEnum):
    """What a check found."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, what was found, and what to do if it is not good."""

    name: str
    health: Health
    found: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Check everything; a part that is broken does not keep the others from being checked."""
    yield _guarded("data folder", lambda: _data_folder(settings))
    yield _guarded("disk space", lambda: _disk(settings))
    yield _guarded("drop folder", lambda: _drop_folder(settings))
    yield _guarded("web page", lambda: _web(settings))
    yield _guarded("object store", lambda: _object_store(settings))
    yield from _engines(settings)
    yield _guarded("signature roots", lambda: _signature_roots(settings))
    yield _guarded("text recognition", lambda: _ocr(settings))
    yield Check("versions", Health.GOOD, ", ".join(_versions()))


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Error as error:
        return Check(name, Health.BAD, f"{error.code}: {error.message}", error.hint)
    except OSError as problem:
        return Check(name, Health.BAD, str(problem), "Check the path and its rights.")


def _data_folder(settings: Settings) -> Check:
    prepare_folder(settings.data)
    return Check("data folder", Health.GOOD, str(settings.data.resolve()))


def _disk(settings: Settings) -> Check:
    """The fullest of the disks that taking a document in writes to."""
    store = located(settings, ARCHIVE)
    folders = [settings.data, settings.drop_folder, *([] if is_s3(store) else [Path(store)])]
    free, folder = min((shutil.disk_usage(f).free, f) for f in folders if f.exists())
    found = f"{free >> 20} MB free"
    # A file of the largest size has to fit twice: where it is received, and where it is kept.
    needed = 2 * settings.limits.file_megabytes
    if free < needed << 20:
        advice = (
            f"Make room on the disk of {folder}: without {needed} MB documents are refused "
            "(ARC-05, ING-30). `meg run` goes on by itself then; repeat a refused `meg ingest`."
        )
        return Check("disk space", Health.BAD, f"{found}, intake needs {needed} MB", advice)
    if free < _LOW_DISK_BYTES:
        advice = f"Make room on the disk of {folder}: intake stops on a full disk."
        return Check("disk space", Health.WARNING, found, advice)
    return Check("disk space", Health.GOOD, found)


def _drop_folder(settings: Settings) -> Check:
    folder = settings.drop_folder
    folder.mkdir(parents=True, exist_ok=True)
    DropFolder(folder, DropOptions()).open()
    return Check("drop folder", Health.GOOD, str(folder.resolve()))


def _web(settings: Settings) -> Check:
    web = settings.web
    found = f"{web.host}, port {web.port}"
    here = web.host in _OF_THIS_MACHINE or web.host.startswith("127.")
    if not here and not web.allow_remote:
        advice = (
            "`meg run` refuses it: set `web.allow_remote = true`, only behind a proxy that has "
            "a login, or `web.host` to 127.0.0.1."
        )
        return Check("web page", Health.BAD, f"{found}: reachable from other machines", advice)
    if (why := why_taken(web.host, web.port)) is not None:
        if not (is_tended(settings.data) and meg_answers(web.host, web.port)):
            advice = (
                "`meg run` cannot serve the page there (API-09): stop the other program, or "
                "choose another port (`web.port`, or MEG_WEB_PORT)."
            )
            # A warning: another MEG may well have it, and this one be used by commands alone.
            return Check("web page", Health.WARNING, f"{found}: {why}", advice)
        found += ", served by `meg run`"
    if here:
        return Check("web page", Health.GOOD, found)
    advice = "No login exists yet: keep it behind a proxy that has one."
    return Check("web page", Health.WARNING, f"{found}: reachable from other machines", advice)


def _object_store(settings: Settings) -> Check:
    name = located(settings, ARCHIVE)
    if not is_s3(name):
        return Check("object store", Health.GOOD, name)
    options = s3_options(settings, name)
    if options.lock_mode is None:
        advice = 'Say `archive.object_lock = "required"` for whatever has to be kept.'
        return Check("object store", Health.WARNING, f"{options.address}, not locked", advice)
    report = probe(settings, options)
    if not report.enforced:
        found = f"{options.address} does not keep Object Lock: {report.broken}"
        health = Health.BAD if settings.archive.object_lock == "required" else Health.WARNING
        return Check("object store", health, found, LockNotEnforced.hint)
    found = f"{options.address}, {options.lock_mode} lock: {len(report.checks)} rules kept"
    if not report.may_delete:
        found += "; this account may delete nothing, so its refusals may not be the lock's"
    if report.may_bypass:
        advice = "This account may lift the lock: give MEG one without BypassGovernanceRetention."
        return Check("object store", Health.WARNING, found, advice)
    return Check("object store", Health.GOOD, found)


def _engines(settings: Settings) -> Iterator[Check]:
    try:
        with open_application(settings) as application:
            statuses = application.counts()
            total = sum(statuses.values())
            found = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
            yield Check("database", Health.GOOD, found or "no documents yet")
            yield _guarded("search index", lambda: _index(application.indexed(), statuses))
            yield _guarded("ledger", lambda: _ledger(*application.log_sizes()))
            yield _guarded("timestamps", lambda: _timestamps(settings, application))
            yield _guarded("fixity", lambda: _fixity(settings, application.database, total))
            yield _guarded("verification", lambda: _verification(settings))
            yield _guarded("accesses", lambda: _accesses(application.access_record))
    except Error as error:
        name = "archive" if isinstance(error, ArchiveError) else "database"
        yield Check(name, Health.BAD, f"{error.code}: {error.message}", error.hint)


def _index(indexed: int, statuses: dict[str, int]) -> Check:
    total = sum(statuses.values())
    found = f"{indexed} of {total} documents"
    if indexed < total:
        advice = "The worker of `meg run` catches up; `meg reindex` builds the index again."
        return Check("search index", Health.WARNING, found, advice)
    return Check("search index", Health.GOOD, found)


def _fixity(settings: Settings, database: Database, documents: int) -> Check:
    with database.reading() as connection:
        report, known = last_scrub(connection), found_damaged(connection)
    if known:
        with open_scrubbing(settings) as scrubbing:
            damaged = scrubbing.still_damaged(known)
        if damaged:
            keys = [problem["key"] for problem in damaged]
            since = min(problem["found_at"] for problem in known if problem["key"] in keys)
            found = f"{len(damaged)} damaged, found since {since:%Y-%m-%d}"
            return Check(
                "fixity", Health.BAD, found, f"meg archive repair {' '.join(keys[:_NAMED])}"
            )
    advice = "`meg run` does it once a day; `meg scrub` does it now."
    if report is None or not report.objects:
        if not documents:
            return Check("fixity", Health.GOOD, "no documents yet, nothing to check")
        return Check("fixity", Health.WARNING, "never scrubbed", advice)
    how = "all" if report.full else "a sample of"
    whole = "all whole" if not report.problems else "what was damaged is whole again"
    found = f"{how} {report.objects} objects on {report.started_at:%Y-%m-%d}: {whole}"
    if datetime.now(UTC) - report.started_at > _SCRUB_OLD:
        return Check("fixity", Health.WARNING, found, advice)
    return Check("fixity", Health.GOOD, found)


def _verification(settings: Settings) -> Check:
    """What `meg verify` found last; problems stand until a check of everything finds none."""
    name, outcome = "verification", last_verified(settings.data)
    if outcome is None:
        return Check(name, Health.GOOD, "none yet", "`meg verify --all` checks everything kept.")
    found = f"{outcome.problems or 'no'} problems on {outcome.at:%Y-%m-%d %H:%M}Z"
    if not outcome.problems:
        return Check(name, Health.GOOD, found)
    advice = (
        "Mend what `meg verify --all` names (`meg archive repair KEY`, docs/recovery.md), then "
        "run it again."
    )
    return Check(name, Health.BAD, f"{found}: {', '.join(outcome.codes)}", advice)


def _accesses(record: Accesses) -> Check:
    waiting, unrecorded = record.health(datetime.now(UTC) - _UNRECORDED_SINCE)
    found = f"{waiting.count} wait to be sealed"
    if unrecorded:
        found = f"{unrecorded} went unrecorded within {_UNRECORDED_SINCE.days} days; {found}"
        advice = "`meg access list --what unrecorded` says when; the log of `meg run` says why."
        return Check("accesses", Health.WARNING, found, advice)
    return Check("accesses", Health.GOOD, found)


def _ledger(recorded: int, sealed: int) -> Check:
    found = f"{sealed} of {recorded} events under a signed checkpoint"
    if sealed < recorded:
        return Check("ledger", Health.WARNING, found, "The worker of `meg run` seals them.")
    return Check("ledger", Health.GOOD, found)


def _timestamps(settings: Settings, application: Application) -> Check:
    name = "timestamps"
    if not settings.timestamp.url:
        advice = (
            "Say `timestamp.url` and `timestamp.root`: a time that auditors need not take yours."
        )
        return Check(name, Health.GOOD, "none: no authority is set", advice)
    last = application.timestamps.last()
    _, sealed = application.log_sizes()
    found = "none yet" if last is None else f"log of size {last.size} at {last.at:%Y-%m-%d %H:%M}Z"
    if settings.timestamp.root is None:
        advice = "Say `timestamp.root`: who signed the timestamps is not checked without it."
        return Check(name, Health.WARNING, found, advice)
    is_old = last is None or datetime.now(UTC) - last.at > _TIMESTAMP_OLD
    if sealed > (0 if last is None else last.size) and is_old:
        advice = (
            "`meg run` asks once a day; its log says why not. `meg archive timestamp` asks now."
        )
        return Check(name, Health.WARNING, found, advice)
    return Check(name, Health.GOOD, found)


def _signature_roots(settings: Settings) -> Check:
    name, trust = "signature roots", trust_options(settings)
    if trust == TrustOptions():
        advice = (
            "Say `signatures.roots` or `signatures.trusted_list`: without, signatures on received "
            "documents are checked for integrity, and their signers are not verified."
        )
        return Check(name, Health.GOOD, "none: no trusted authorities are set", advice)
    from ingest.signatures.trust import load_roots, root_names  # slow to load

    roots = load_roots(trust)
    names = root_names(roots)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    found = f"{len(names)} authorities: {'; '.join(names[:_NAMED])}{more}"
    if roots.revocations:
        found += f"; {len(roots.revocations)} revocation lists"
    if roots.unusable:
        return Check(name, Health.WARNING, found, f"Mend or remove {'; '.join(roots.unusable)}")
    if not names:
        return Check(name, Health.WARNING, found, "Put root certificates there, PEM or DER.")
    return Check(name, Health.GOOD, found)


def _ocr(settings: Settings) -> Check:
    languages = settings.recognition.languages
    missing = what_is_missing(languages)
    if missing is not None:
        found = f"not ready, scans wait ({missing.code})"
        return Check("text recognition", Health.WARNING, found, missing.hint)
    found = f"Tesseract {version()}: {', '.join(languages)}"
    return Check("text recognition", Health.GOOD, found)


def _versions() -> Iterator[str]:
    yield f"Python {sys.version.split()[0]}"
    for name in _VERSIONS:
        yield f"{name} {metadata.version(name)}"
