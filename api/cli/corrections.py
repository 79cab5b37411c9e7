"""`meg corrections`: what was learned from corrections, and forgetting it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.options import acting_user, data_option, json_option, opened
from domain.records import Record


@click.group()
def corrections() -> None:
    """Show what was learned from corrections, or forget it.

    A value or a column that was corrected on one document is looked for in the same place on the
    next document of that supplier's layout, until it is forgotten.
    """


@corrections.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was forgotten.")
@data_option
@json_option
def list_command(data: Path | None, *, everything: bool, as_json: bool) -> None:
    """List what was learned, the newest first."""
    with opened(data) as application:
        for record in application.corrections(forgotten=everything):
            click.echo(json.dumps(record, ensure_ascii=False) if as_json else _line(record))


@corrections.command()
@click.argument("correction_id")
@click.option("--reason", default="", help="Why; it goes into the ledger.")
@data_option
@json_option
def forget(correction_id: str, reason: str, data: Path | None, *, as_json: bool) -> None:
    """Apply a correction no longer to documents read from now on."""
    with opened(data) as application:
        record = application.forget(correction_id, reason, acting_user())
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else _line(record))


def _line(record: Record) -> str:
    found = f" by {record['label']!r}" if record["label"] else ""
    forgotten = ", FORGOTTEN" if record["forgotten_at"] else ""
    return (
        f"{record['correction_id']}  {record['supplier'] or '?'}: {record['field']}{found}, "
        f"applied to {record['applied_to']} document(s), learned {record['at'][:10]} "
        f"from {record['by']}{forgotten}"
    )
