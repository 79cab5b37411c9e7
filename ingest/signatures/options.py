"""What signatures are trusted from, as the settings say it; loads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrustOptions:
    """A folder of root certificates and a trusted list, as files; without, nobody is trusted."""

    roots: Path | None = None
    trusted_list: Path | None = None
