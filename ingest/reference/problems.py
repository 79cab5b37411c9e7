"""Collects what is wrong with one file, within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingest.reference.report import Problem, ProblemCode

_MOST_KEPT = 1_000


@dataclass(slots=True)
class Problems:
    """The problems of one file; beyond a thousand they are only counted."""

    sheet: str | None = None
    errors: int = 0
    _kept: list[Problem] = field(default_factory=list)
    _left_out: int = 0

    def error(self, code: ProblemCode, message: str, **place: Any) -> None:
        """Note something that refuses its row or file."""
        self.errors += 1
        self._keep(Problem(code, message, sheet=self.sheet, **place))

    def warning(self, code: ProblemCode, message: str, **place: Any) -> None:
        """Note something worth a look that refuses nothing."""
        self._keep(Problem(code, message, is_error=False, sheet=self.sheet, **place))

    def _keep(self, problem: Problem) -> None:
        if len(self._kept) < _MOST_KEPT:
            self._kept.append(problem)
        else:
            self._left_out += 1

    def all(self) -> tuple[Problem, ...]:
        """Everything noted, in the order of the rows."""
        ordered = sorted(self._kept, key=lambda problem: (problem.sheet or "", problem.row or 0))
        if not self._left_out:
            return tuple(ordered)
        more = Problem(
            ProblemCode.MORE_PROBLEMS,
            f"{self._left_out} more problems are not listed",
            is_error=False,
        )
        return (*ordered, more)
