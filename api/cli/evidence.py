"""`meg evidence`: what an auditor gets, and can verify without trusting the server."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import click

from api.cli.options import acting_user, data_option, json_option, opened


@click.command()
@click.argument("document_ids", nargs=-1, metavar="[ID]...")
@click.option("--query", metavar="QUERY", help="Documents that a search finds.")
@click.option("--year", type=click.IntRange(1900, 9999), help="Documents issued in this year.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE.zip",
    help="The package.",
)
@data_option
@json_option
def evidence(
    document_ids: tuple[str, ...],
    query: str | None,
    year: int | None,
    output: Path,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Make an evidence package of documents: by id, by a search, of a year.

    A zip with originals, manifests, proofs, timestamps, a report in French, and verify.py, which
    checks all of it offline. That it was made is an event of each document.
    """
    if bool(document_ids) == (query is not None or year is not None):
        raise click.UsageError("say which documents: ids, or --query and --year")
    aside = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        with opened(data) as application, aside.open("x+b") as file:
            ids = [application.meant(text) for text in document_ids]
            chosen = ids or application.chosen(query, year)
            record = application.write_evidence(chosen, file, acting_user())
            file.flush()
            os.fsync(file.fileno())
        replaced = output.exists() and output.stat().st_size > 0
        aside.replace(output)
    except OSError as problem:
        raise click.FileError(str(output), problem.strerror or str(problem)) from problem
    finally:
        aside.unlink(missing_ok=True)
    if replaced:
        click.echo(f"{output}: the file that was there was replaced", err=True)
    if as_json:
        click.echo(json.dumps({"file": str(output), **record}))
        return
    click.echo(f"{output}: {record['documents']} documents, {record['size'] >> 10} KB")
    click.echo(f"  package digest  {record['index_sha256']}")
    click.echo(f"  the log's key   {record['key']}")
    click.echo("  Give the key to the auditor by another way than the package.")
