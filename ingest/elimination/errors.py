"""What can go wrong with eliminations."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Error


class EliminationUnknown(Error):
    """No elimination has this number."""

    code = "ING-95"
    hint = "`meg retention proposals` lists them."


class EliminationRefused(Error):
    """This elimination cannot go on."""

    code = "ING-96"
    hint = "`meg retention proposals` says where each stands; docs/retention.md has the steps."


class VisaDoubted(Error):
    """What the database says of an elimination does not stand in the signed log."""

    code = "ING-97"
    hint = "Nothing was destroyed. Run `meg verify --all`: proposal or visa was changed or forged."


class PurgeUnfinished(Error):
    """The documents are destroyed; the file of the database still holds what was deleted in it."""

    code = "ING-99"
    hint = (
        "Run the same `meg retention purge` again when nothing reads the database (stop `meg run`, "
        "backups, reports): it then writes the file anew, and the certificate."
    )

    def __init__(self, numbers: Sequence[int], documents: int, why: str) -> None:
        which = ", ".join(map(str, numbers))
        super().__init__(
            f"elimination {which}: {documents} documents are destroyed in the archive, the file "
            f"of the database is still to be written anew: {why}"
        )


class VisaNotSealed(Error):
    """Nobody signed the proposal or the visa yet: the database alone speaks of it."""

    code = "ING-98"
    hint = (
        "Nothing was destroyed. If a command was interrupted, the next document taken in seals it:"
        " see `meg verify`, then run the purge again. If not, somebody wrote into the database."
    )
