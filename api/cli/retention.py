"""`meg retention`: how long documents are kept, legal holds, and elimination."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli import elimination
from api.cli.options import acting_user, data_option, json_option
from domain.records import Record


@click.group()
def retention() -> None:
    """Say how long documents are kept; set and release legal holds; eliminate.

    A hold is an event of the log with its author and reason, and on a store that locks it lies on
    the objects too. What has served its time is eliminated in three steps by two people: propose,
    visa, purge. Nothing is ever destroyed by itself.
    """


@retention.command("list")
@click.option("--held", is_flag=True, help="Only documents under a legal hold.")
@click.option("--due", is_flag=True, help="Only those that have served their time.")
@data_option
@json_option
def list_documents(data: Path | None, *, held: bool, due: bool, as_json: bool) -> None:
    """List documents with the last day on which they have to be kept."""
    from config.loader import load_settings
    from config.retaining import open_retention

    with open_retention(load_settings(data)) as retaining:
        until = retaining.today() if due else None
        for record in retaining.listed(held=held, due=until):
            _echo(record, as_json=as_json)


@retention.command()
@click.argument("document_id")
@click.option("--reason", required=True, help="Which case asks for it.")
@data_option
@json_option
def hold(document_id: str, reason: str, data: Path | None, *, as_json: bool) -> None:
    """Keep a document, whatever its age, until it is released."""
    from config.loader import load_settings
    from config.retaining import open_retention

    with open_retention(load_settings(data)) as retaining:
        _echo(retaining.hold(document_id, reason, acting_user()), as_json=as_json)


@retention.command()
@click.argument("document_id")
@click.option("--reason", required=True, help="Why it need not be held any longer.")
@data_option
@json_option
def release(document_id: str, reason: str, data: Path | None, *, as_json: bool) -> None:
    """Lift the legal hold on a document."""
    from config.loader import load_settings
    from config.retaining import open_retention

    with open_retention(load_settings(data)) as retaining:
        _echo(retaining.release(document_id, reason, acting_user()), as_json=as_json)


def _echo(record: Record, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    held = record["hold"]
    told = f"  held by {held['set_by']}: {held['reason']}" if held else ""
    click.echo(f"{record['document_id']}  until {record['keep_until']}  {record['file']}{told}")


for _command in elimination.COMMANDS:
    retention.add_command(_command)
