"""`meg rebuild`: the database and the index derived again from the archive alone."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from api.cli.options import data_option, json_option


@click.command()
@click.option("--replace", is_flag=True, help="Throw away what the database holds.")
@data_option
@json_option
def rebuild(data: Path | None, *, replace: bool, as_json: bool) -> None:
    """Derive the database from the archive alone, then build the search index.

    Journal, readings, verdicts, decisions, corrections, links, accounts, balances and reference
    data come back as they stood when the log was last sealed. Afterwards run `meg verify --all`.
    Needs the archive and the public key (keys/log.vkey).
    """
    from config.loader import load_settings
    from config.rebuilding import rebuild_all

    started = time.perf_counter()
    done: dict[str, int] = {}

    def tick(what: str, count: int) -> None:
        done[what] = done.get(what, 0) + count
        if sys.stderr.isatty():
            told = ", ".join(f"{number} {name}" for name, number in done.items())
            click.echo(f"\r{told}", err=True, nl=False)

    rebuilt = rebuild_all(load_settings(data), tick, replace=replace)
    if sys.stderr.isatty():
        click.echo("", err=True)
    record = {
        "documents": rebuilt.documents,
        "processed_anew": rebuilt.anew,
        "reference_changes": rebuilt.changes,
        "log": {"size": rebuilt.log.size, "not_sealed": rebuilt.log.unsigned},
        "manifests": rebuilt.log.manifests,
        "indexed": done.get("indexed", 0),
        "seconds": round(time.perf_counter() - started, 3),
    }
    if as_json:
        click.echo(json.dumps(record))
        return
    click.echo(
        f"{rebuilt.documents} documents, a log of {rebuilt.log.size} events and {rebuilt.changes} "
        f"changes of the reference data, rebuilt in {record['seconds']:.1f} s."
    )
    if rebuilt.log.unsigned:
        click.echo(f"{rebuilt.log.unsigned} events were not sealed yet; they will be.")
    if rebuilt.anew:
        click.echo(
            f"{rebuilt.anew} documents were archived before their rows were kept: `meg run` reads "
            "and judges them anew."
        )
    click.echo("Now check it: `meg verify --all`.")
