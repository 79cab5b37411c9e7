"""A file that came inside another: out of an archive, a message, a PDF or an XML invoice."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Member:
    """One file taken out of another; its name is a label, no path."""

    name: str
    data: bytes

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the bytes out of band where that is asked for: they are not copied then."""
        return Member, (self.name, pickle.PickleBuffer(self.data))
