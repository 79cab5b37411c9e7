"""The reports of a package in an accountant's French: decisions, days, columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]

from archive.evidence.event_words import came_by, told
from archive.evidence.pdf_report import _widths
from archive.evidence.story import Facts, Grid, HappenedEvent, Paragraph, story
from archive.manifest import Event

_AT = datetime(2026, 3, 14, 8, 0, tzinfo=UTC)
_RECEIVED = {
    "name": "f.xml",
    "source": "drop folder",
    "object": {"size": 12, "sha256": "ab"},
    "retain_until": None,
}


def _event(kind: str, **payload: Any) -> Event:
    return Event(kind, "D1", _AT, "comptable", payload, "00" * 16)


def _told(*decisions: dict[str, str]) -> list[str]:
    events = [_event("received", **_RECEIVED), *(_event("resolved", **d) for d in decisions)]
    happened = tuple(HappenedEvent(n, 1, event) for n, event in enumerate(events))
    facts = Facts("D1", happened, None, 9, _AT, "auditeur", "2036-12-31")
    blocks, _ = story(facts, ZoneInfo("Europe/Paris"))
    told_in = [block.text for block in blocks if isinstance(block, Paragraph)]
    grids = [block for block in blocks if isinstance(block, Grid)]
    return told_in + [" | ".join(row) for grid in grids for row in grid.rows]


def test_the_day_until_which_it_is_kept_and_the_way_it_came_are_told() -> None:
    lines = _told()

    assert "Conservé jusqu'au | 31/12/2036" in lines
    assert any(line.endswith("par le dossier surveillé") for line in lines)
    assert came_by("inside a.zip") == "inside a.zip"


def test_what_a_person_decided_is_told_in_french_words() -> None:
    decided = _event("resolved", action="approve", before="blocked", after="approved", reason="Vu")

    assert told(decided) == "action : approuvée ; avant : bloquée ; après : approuvée ; motif : Vu"


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ((), None),
        (({"action": "approve", "after": "approved"},), "qui prévaut : approuvée"),
        (({"action": "refuse", "after": "refused"},), "qui prévaut : refusée"),
        (({"action": "hold", "after": "on_hold"},), "qui prévaut : en attente"),
        (
            (
                {"action": "hold", "after": "on_hold"},
                {"action": "release", "after": "blocked"},
            ),
            None,
        ),
        (
            (
                {"action": "refuse", "after": "refused"},
                {"action": "correct", "after": "refused"},
            ),
            "qui prévaut : refusée",
        ),
    ],
)
def test_the_last_decision_stands_over_what_the_control_proposed(
    decisions: tuple[dict[str, str], ...], said: str | None
) -> None:
    lines = [line for line in _told(*decisions) if "qui prévaut" in line]

    assert [said in line for line in lines if said] == [True] * bool(said)
    assert bool(lines) == bool(said)


def test_no_heading_is_broken_inside_a_word() -> None:
    heads = ("Écart", "Gravité", "Constat", "Attendu", "Trouvé")
    grid = Grid(heads, (("PRICE_ABOVE_ORDER", "bloquant", "x" * 900, "15,90", "16,90"),))

    widths = _widths(grid, 511)

    needed = [stringWidth(head, "Helvetica", 7.5) + 12 for head in heads]
    assert all(width >= need for width, need in zip(widths, needed, strict=True))
    assert abs(sum(widths) - 511) < 1
