"""`meg proof`: where events stand in the signed log, and that the log only grew."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.options import data_option, json_option, opened


@click.command()
@click.argument("document_id", required=False, metavar="[ID]")
@click.option("--event", type=int, help="The event at this place of the log (default: the first).")
@click.option("--from", "first", type=int, metavar="SIZE", help="A size the log was signed at.")
@click.option("--checkpoint", is_flag=True, help="The last checkpoint, to be kept elsewhere.")
@click.option("--to", "second", type=int, metavar="SIZE", help="A later one (default: the last).")
@data_option
@json_option
def proof(
    document_id: str | None,
    event: int | None,
    first: int | None,
    second: int | None,
    data: Path | None,
    *,
    checkpoint: bool,
    as_json: bool,
) -> None:
    """Prove that a document's event stands in the signed log (C2SP tlog-proof).

    With --from, prove instead that the log extends what was signed at that size (RFC 6962). With
    --json a document's proofs come for all its events, one object each. With --checkpoint, print
    what is signed now: kept elsewhere, `meg verify --checkpoint` compares the log with it later.
    """
    if [document_id is not None, first is not None, checkpoint].count(True) != 1:
        raise click.UsageError("say a document, --from and a size, or --checkpoint")
    with opened(data) as application:
        if checkpoint:
            record = application.checkpoint()
            click.echo(json.dumps(record) if as_json else record["checkpoint"], nl=as_json)
            return
        if first is not None:
            click.echo(json.dumps(application.consistency(first, second)))
            return
        records = application.proofs(application.meant(document_id or ""))
    if as_json:
        for record in records:
            click.echo(json.dumps(record))
        return
    chosen = [r for r in records if event is None or r["position"] == event]
    if not chosen:
        raise click.UsageError(f"the document has no event at {event}")
    click.echo(chosen[0]["tlog_proof"], nl=False)
