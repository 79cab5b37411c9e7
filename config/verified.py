"""What `meg verify` found last, kept in the data folder: damage that was found stays in sight."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from domain.records import Record

_LOG = logging.getLogger(__name__)
_NAME = "verified.json"
_MOST_CODES = 5


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of a check: of everything, or of some documents with problems."""

    at: datetime
    problems: int
    codes: tuple[str, ...] = ()


def remembered(folder: Path, found: Iterator[Record], *, everything: bool) -> Iterator[Record]:
    """Hand on what a check finds, and keep its outcome.

    Some documents that are well say nothing of the others: they leave what was kept.
    """
    problems, codes, ended = 0, dict[str, None](), False
    try:
        for record in found:
            problems += max(len(record["problems"]), not record["ok"] and "summary" not in record)
            codes |= dict.fromkeys(item["code"] for item in record["problems"])
            ended = "summary" in record
            yield record
    finally:
        if problems or (everything and ended):
            _keep(folder, Verified(datetime.now(UTC), problems, tuple(codes)[:_MOST_CODES]))


def last_verified(folder: Path) -> Verified | None:
    """The outcome that was kept last; None where none was, or none that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((folder / _NAME).read_bytes())
        at = datetime.fromisoformat(kept["at"])
        return Verified(at, int(kept["problems"]), tuple(map(str, kept["codes"])))
    return None


def _keep(folder: Path, outcome: Verified) -> None:
    record = asdict(outcome) | {"at": outcome.at.isoformat()}
    aside = folder / f".{_NAME}.{secrets.token_hex(4)}"
    try:
        aside.write_text(json.dumps(record) + "\n", encoding="utf-8")
        aside.replace(folder / _NAME)
    except OSError as problem:
        # Who may only read, or has no room left, has the answer on the screen all the same.
        _LOG.warning("%s: not kept: %s", folder / _NAME, problem.strerror)
        with suppress(OSError):
            aside.unlink(missing_ok=True)
