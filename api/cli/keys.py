"""`meg keys`: the keys that sign the log, and the change from one to the next."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.options import acting_user, at_the_terminal, data_option, json_option
from domain.records import Record

_OLD = {"archive": "archived", "destroy": "destroyed"}


@click.group()
def keys() -> None:
    """List the keys of the log, or have another one sign from now on."""


@keys.command("list")
@data_option
@json_option
def list_(data: Path | None, *, as_json: bool) -> None:
    """List the keys of the log, each with the sizes of the log that it signs."""
    from config.loader import load_settings
    from config.log_keys import list_keys

    _echo(list_keys(load_settings(data)), as_json=as_json)


@keys.command()
@click.option(
    "--old-key",
    type=click.Choice(list(_OLD)),
    required=True,
    help="Keep the present private key in keys/old, or overwrite it.",
)
@click.option(
    "--compromised",
    metavar="REASON",
    help="Somebody else may hold the present key: its signatures are worth nothing more.",
)
@click.option(
    "--from",
    "void_from",
    type=click.IntRange(min=1),
    metavar="SIZE",
    help="From this size of the log on (default: all it signed so far stays good).",
)
@data_option
@json_option
def rotate(
    old_key: str,
    compromised: str | None,
    void_from: int | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Have a new key sign the log from now on; stop `meg run` first.

    The present key signs once more, then signs the new one in, which is an event of the log. What
    it signed goes on being verified. Afterwards copy the folder keys/ to the safe, and give
    auditors the new public key (keys/log.vkey) by another way than the archive.
    """
    from config.loader import load_settings
    from config.log_keys import RotationAsked, rotate_key

    if void_from is not None and compromised is None:
        raise click.UsageError("--from goes with --compromised")
    if compromised is not None and not compromised.strip():
        raise click.UsageError("say the reason with --compromised")
    asked = RotationAsked(_OLD[old_key], acting_user(), compromised, void_from)
    settings = load_settings(data)
    _echo(rotate_key(settings, asked), as_json=as_json)
    if not as_json:
        click.echo(f"Copy {settings.data / 'keys'} to the safe now; the copy there is out of date.")
        click.echo("Give auditors the new key by another way than the archive.")


@keys.command()
@click.argument("folder", type=click.Path(path_type=Path))
@data_option
def copy(folder: Path, data: Path | None) -> None:
    """Copy every key into a new FOLDER for the safe, also while MEG works."""
    from archive.access import What
    from config.access_journal import note_access
    from config.encryption import copy_keys
    from config.loader import load_settings

    if folder.exists():
        raise click.UsageError(f"{folder} is there already: name a new folder")
    settings = load_settings(data)
    note_access(settings, at_the_terminal(), What.EXPORTED, source="keys", target=str(folder))
    for path in copy_keys(settings, folder):
        click.echo(path)


def _echo(records: list[Record], *, as_json: bool) -> None:
    from archive.access import printable

    for record in records:
        if as_json:
            click.echo(json.dumps(record, ensure_ascii=False))
            continue
        end = "now" if record["to"] is None else record["to"]
        click.echo(f"{record['status']:<11}  sizes {record['from']} to {end}")
        click.echo(f"  {record['verifier_key']}")
        click.echo(f"  SHA-256 {record['fingerprint']}")
        if record["until"] is not None:
            who = f"by {printable(record['rotated_by'])}, private key {record['private_key']}"
            click.echo(f"  until {record['until']}, {who}")
        if record["void_from"] is not None:
            void = (
                f"worth nothing from size {record['void_from']} on: {printable(record['reason'])}"
            )
            click.echo(f"  compromised; signatures {void}")
