"""`meg replay`: make past verdicts again from their kept inputs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.options import data_option, json_option, opened
from api.errors import EXIT_FINDINGS


@click.command()
@click.argument("document_ids", nargs=-1, required=True, metavar="ID...")
@data_option
@json_option
def replay(document_ids: tuple[str, ...], data: Path | None, *, as_json: bool) -> None:
    """Judge documents again from the inputs kept with their verdicts, and compare.

    Nothing is changed. Exit code 1 when a verdict could not be reproduced exactly.
    """
    differing = False
    with opened(data) as application:
        for document_id in document_ids:
            record = application.replay(application.meant(document_id))
            differing = differing or not record["same"]
            if as_json:
                click.echo(json.dumps(record, ensure_ascii=False))
            else:
                told = "the same verdict" if record["same"] else "ANOTHER VERDICT"
                outcome = record["verdict"]["decision"]["outcome"]
                before = f", {len(record['past'])} earlier" if record["past"] else ""
                click.echo(
                    f"{document_id}  {told}: {outcome}, policy {record['policy_version']}{before}"
                )
    if differing:
        raise click.exceptions.Exit(EXIT_FINDINGS)
