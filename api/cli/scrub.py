"""`meg scrub`: stored objects read and hashed anew."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from api.cli.options import data_option, json_option
from api.errors import EXIT_FINDINGS


@click.command()
@click.option("--full", is_flag=True, help="All objects, not a random sample.")
@click.option("--objects", type=click.IntRange(min=1), help="The size of the sample.")
@click.option("--rate", type=click.FloatRange(min=0), help="MB a second at the most; 0: no bound.")
@data_option
@json_option
def scrub(
    data: Path | None, *, full: bool, objects: int | None, rate: float | None, as_json: bool
) -> None:
    """Read stored objects and hash them anew: a random sample, or all with --full.

    `meg run` does it once a day; `meg doctor` shows the last result. Exit code 1 when an object is
    damaged or missing: `meg archive repair KEY` takes it back from the replica.
    """
    from config.loader import load_settings
    from config.scrubbing import open_scrubbing, scrub_options

    settings = load_settings(data)
    options = scrub_options(settings, everything=full)
    if objects is not None and not full:
        options = replace(options, objects=objects)
    if rate is not None:
        options = replace(options, megabytes_per_second=rate)
    read = [0, 0]

    def tick(size: int) -> None:
        read[0] += 1
        read[1] += size
        if sys.stderr.isatty():
            click.echo(f"\r{read[0]} objects, {read[1] >> 20} MB", err=True, nl=False)

    with open_scrubbing(settings) as scrubbing:
        report = scrubbing.run(options, tick)
    if sys.stderr.isatty():
        click.echo("", err=True)
    if as_json:
        click.echo(json.dumps(report.record(), ensure_ascii=False))
    else:
        verdict = "all whole" if not report.problems else f"{len(report.problems)} damaged"
        click.echo(f"{report.objects} objects, {report.bytes >> 10} KB: {verdict}")
        for problem in report.problems:
            click.echo(f"  {problem['code']} {problem['key']}: {problem['message']}")
            click.echo(f"     meg archive repair {problem['key']}")
    if report.problems:
        raise click.exceptions.Exit(EXIT_FINDINGS)
