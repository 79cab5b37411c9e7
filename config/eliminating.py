"""Eliminations as command line, pages and programs ask for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from config.loader import ConfigurationError
from config.settings import Settings
from db.engine import DatabaseUnavailable
from domain.records import Record
from ingest.elimination.case import Place
from ingest.elimination.eligibility import KEEP_WITH, Eligibility
from ingest.elimination.errors import PurgeUnfinished
from ingest.elimination.handed_in import remove_copies
from ingest.elimination.proposing import Proposing
from ingest.elimination.purging import Purging
from ingest.retention import Terms


class Eliminations:
    """Proposals, visas, purges."""

    def __init__(
        self,
        place: Place,
        proposing: Proposing,
        purging: Purging,
        rewrite_index: Callable[[], object],
        drop_folder: Path,
    ) -> None:
        self.archive = place.archive
        self.proposing = proposing
        self._database = place.database
        self._purging = purging
        self._rewrite_index = rewrite_index
        self._drop_folder = drop_folder

    def purge(self, number: int, actor: str) -> Record:
        """Destroy what the visa covers, and what is left of it in index, database and folders.

        Asked again after it was done, it does the last part again: nothing else is left to do.

        Raises:
            EliminationUnknown, EliminationRefused, VisaDoubted: nothing was destroyed.
            PurgeUnfinished: only the file of the database is still to be written anew; ask again.
            Error: it stopped midway; ask again, it goes on.
        """
        certificate = self._purging.run(number, actor)
        made = self.proposing.load(number)["certificates"]
        destroyed = [d for one in made for d in one["documents"]]
        if not destroyed:
            return certificate
        gone = {d["sha256"]: d["size"] for d in destroyed if d["sha256"] in d["destroyed"]}
        remove_copies(self._drop_folder, gone)
        # What an engine deletes it only marks: both are written anew without it.
        self._rewrite_index()
        try:
            self._database.compact()
        except DatabaseUnavailable as problem:
            raise PurgeUnfinished(number, len(destroyed), problem.message) from problem
        return certificate


def eligibility(settings: Settings) -> Eligibility:
    """Which documents may go, by the settings; raises ConfigurationError."""
    kept_with = settings.retention.keep_with
    if kept_with not in KEEP_WITH:
        text = f"retention.keep_with: {kept_with!r} is none of {', '.join(KEEP_WITH)}"
        raise ConfigurationError(text)
    return Eligibility(terms(settings), kept_with, ZoneInfo(settings.timezone))


def terms(settings: Settings) -> Terms:
    """How long documents are kept, by the settings."""
    return Terms(settings.retention.voucher_years, settings.retention.other_years)
