"""Eliminations as command line, pages and programs ask for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        """Destroy what one visa covers; see `purge_all`."""
        return self.purge_all([number], actor)[0]

    def purge_all(
        self, numbers: Sequence[int], actor: str, tell: Callable[[Record], object] = lambda _: None
    ) -> list[Record]:
        """Destroy what these visas cover, and what is left of it in index, database and folders.

        Index and database are written anew once for all of them, which costs by their size and not
        by what was destroyed. Asked again after it was done, it does that part again.
        Each certificate is told at once: what is refused afterwards takes nothing back.

        Raises:
            EliminationUnknown, EliminationRefused, VisaDoubted: of this one and those after it
                nothing was destroyed; those before are done.
            PurgeUnfinished: only the file of the database is still to be written anew; ask again.
            Error: it stopped midway; ask again, it goes on.
        """
        certificates: list[Record] = []
        try:
            for number in numbers:
                certificates.append(self._purging.run(number, actor))
                tell(certificates[-1])
        finally:
            self._leave_nothing(numbers[: len(certificates)])
        return certificates

    def _leave_nothing(self, numbers: Sequence[int]) -> None:
        """Take what was destroyed out of drop folder, index and database file too."""
        made = [c for number in numbers for c in self.proposing.load(number)["certificates"]]
        destroyed = [d for one in made for d in one["documents"]]
        if not destroyed:
            return
        gone = {d["sha256"]: d["size"] for d in destroyed if d["sha256"] in d["destroyed"]}
        remove_copies(self._drop_folder, gone)
        # What an engine deletes it only marks: both are written anew without it.
        self._rewrite_index()
        try:
            self._database.compact()
        except DatabaseUnavailable as problem:
            raise PurgeUnfinished(numbers, len(destroyed), problem.message) from problem


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
