"""`meg archive`: copies of the archive: making, checking, and repairing from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import BinaryIO, Final

import click

from api.cli.options import at_the_terminal, data_option, json_option, opened
from api.errors import EXIT_FINDINGS
from domain.records import Record

_MOST_BYTES: Final = 1 << 16


@click.group()
def archive() -> None:
    """Copy the archive to another place, check a copy, repair from one.

    A place is `archive` (the one in use), `replica` (the one that the settings name), a folder, or
    s3+https://host/bucket.
    """


@archive.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@data_option
@json_option
def copy(source: str, target: str, data: Path | None, *, as_json: bool) -> None:
    """Copy what FROM has and TO lacks, then check all of TO.

    Goes on where it was interrupted; again later it brings TO up to date. Exit code 1 when anything
    in TO is not what was signed, or anything in FROM was damaged and left out.
    """
    from config.archive_copies import check_place, copy_archive
    from config.loader import load_settings

    settings = load_settings(data)
    report = copy_archive(settings, source, target, at_the_terminal())
    *documents, check = check_place(settings, target, None)
    record: Record = {
        "from": source,
        "to": target,
        "ok": check["ok"] and not report.damaged,
        "copied": report.copied,
        "present": report.present,
        "destroyed": report.destroyed,
        "passed_over": report.passed_over,
        "bytes": report.size,
        "damaged": [{"code": f.code, "key": f.key, "message": f.message} for f in report.damaged],
        "check": check,
    }
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
    else:
        click.echo(
            f"{report.copied} files copied, {report.size >> 10} KB; {report.present} were there"
        )
        if report.destroyed:
            click.echo(f"{report.destroyed} files destroyed that were purged in {source}")
        if report.passed_over:
            click.echo(f"{report.passed_over} files left behind: their keys were destroyed")
        _echo_problems(record["damaged"])
        _echo_check([*documents, check])
    if not record["ok"]:
        raise click.exceptions.Exit(EXIT_FINDINGS)


@archive.command()
@click.argument("place", default="archive", metavar="[PLACE]")
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The log's public key (default: the .vkey file in the data folder).",
)
@click.option(
    "--checkpoint",
    "kept",
    type=click.File("rb"),
    multiple=True,
    help="A checkpoint that was kept elsewhere: whether the log only grew since.",
)
@data_option
@json_option
def check(
    place: str,
    key_file: Path | None,
    kept: tuple[BinaryIO, ...],
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Check an archive by its files alone: no database, no right to write."""
    from config.archive_copies import check_place
    from config.loader import load_settings

    notes = {file.name: file.read(_MOST_BYTES) for file in kept}
    records = list(check_place(load_settings(data), place, key_file, notes))
    if as_json:
        for record in records:
            click.echo(json.dumps(record, ensure_ascii=False))
    else:
        _echo_check(records)
    if not records[-1]["ok"]:
        raise click.exceptions.Exit(EXIT_FINDINGS)


@archive.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--from", "replica", default="replica", help="Where the right bytes are.")
@data_option
@json_option
def repair(keys: tuple[str, ...], replica: str, data: Path | None, *, as_json: bool) -> None:
    """Take damaged or missing files back from a replica, as `meg verify` names them.

    Each is compared with what was recorded of it before anything is changed. A folder store keeps
    the damaged one in its folder `.damaged`.
    """
    from config.archive_copies import open_repair
    from config.loader import load_settings

    with open_repair(load_settings(data), replica) as work:
        for key in keys:
            restored = work.restore(key)
            if as_json:
                click.echo(json.dumps({"key": key, "restored": restored}))
            else:
                click.echo(f"{'restored  ' if restored else 'was whole '} {key}")


@archive.command()
@data_option
@json_option
def timestamp(data: Path | None, *, as_json: bool) -> None:
    """Have the log's last checkpoint timestamped now, unless it is.

    `meg run` and `meg watch` do it by themselves once a day.
    """
    with opened(data) as application:
        stamped = application.timestamps.stamp_now()
    if as_json:
        record = None if stamped is None else {"size": stamped.size, "at": stamped.at.isoformat()}
        click.echo(json.dumps({"stamped": record}))
    elif stamped is None:
        click.echo("nothing new to stamp")
    else:
        click.echo(f"log of size {stamped.size} stamped at {stamped.at.isoformat()}")


def _echo_check(records: list[Record]) -> None:
    *documents, summary = records
    for record in documents:
        click.echo(f"BAD  {record['document_id']}")
        _echo_problems(record["problems"])
    log = summary["log"]
    verdict = "Everything is as it was signed" if summary["ok"] else "Problems found"
    click.echo(
        f"{verdict}: {summary['documents']} documents, log of {log['size']} events under "
        f"{log['checkpoints']} checkpoints, root {log['root']}"
    )
    _echo_problems(summary["problems"])


def _echo_problems(problems: list[Record]) -> None:
    for item in problems:
        click.echo(f"  {item['code']} {item['key']}: {item['message']}")
