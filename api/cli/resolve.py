"""`meg resolve`: a person decides about a document."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.ingest import line_of
from api.cli.options import acting_user, data_option, json_option, opened

ACTIONS = ("approve", "refuse", "dispute", "hold", "release")


@click.command()
@click.argument("document_id")
@click.option("--action", type=click.Choice(ACTIONS), required=True)
@click.option("--reason", required=True, help="Why, in a sentence; it goes into the ledger.")
@data_option
@json_option
def resolve(
    document_id: str, action: str, reason: str, data: Path | None, *, as_json: bool
) -> None:
    """Decide about a document; the decision, its author and its reason are ledgered.

    A refused document no longer counts as billed; released puts a held one back to the engine's
    own outcome.
    """
    with opened(data) as application:
        record = application.resolve(document_id, action, reason, acting_user())
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else line_of(record))
