"""`meg doctor`: is everything as it should be?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.options import data_option, json_option
from api.errors import EXIT_FINDINGS

_MARKS = {"good": "ok  ", "warning": "warn", "bad": "BAD "}


@click.command()
@data_option
@json_option
def doctor(data: Path | None, *, as_json: bool) -> None:
    """Check configuration, folders, engines and versions, and say what to do."""
    from config.doctor import Health, examine
    from config.loader import load_settings

    bad = False
    for check in examine(load_settings(data)):
        bad = bad or check.health is Health.BAD
        if as_json:
            record = {
                "check": check.name,
                "health": check.health.value,
                "found": check.found,
                "advice": check.advice or None,
            }
            click.echo(json.dumps(record, ensure_ascii=False))
            continue
        click.echo(f"{_MARKS[check.health.value]} {check.name}: {check.found}")
        if check.advice:
            click.echo(f"     {check.advice}")
    if bad:
        raise click.exceptions.Exit(EXIT_FINDINGS)
