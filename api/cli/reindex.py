"""`meg reindex`: build the search index again, beside the one in use."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from api.cli.options import data_option, json_option


@click.command()
@data_option
@json_option
def reindex(data: Path | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Build the search index again from the journal.

    The index in use answers until the new one is complete. Documents taken in meanwhile are
    indexed right after.
    """
    from config.loader import load_settings
    from config.searching import rebuild_search

    started = time.perf_counter()
    done = 0

    def tick(count: int) -> None:
        nonlocal done
        done += count
        click.echo(f"\r{done} documents", err=True, nl=False)

    watched = sys.stderr.isatty()
    held = rebuild_search(load_settings(data), tick if watched else None)
    seconds = round(time.perf_counter() - started, 3)
    if watched:
        click.echo("", err=True)
    if as_json:
        click.echo(json.dumps({"documents": held, "seconds": seconds}))
    else:
        click.echo(f"The index holds {held} documents, built in {seconds:.1f} s.")
