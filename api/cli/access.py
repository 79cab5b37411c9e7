"""`meg access`: who read, downloaded, searched or exported what."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from api.cli.options import data_option, json_option, opened
from domain.records import Record

_AT_ONCE = 500
_KINDS = (
    "opened pages downloaded searched listed evidence exported replayed verified proved accesses "
    "unrecorded"
).split()


@click.group()
def access() -> None:
    """Tell who read, downloaded, searched or exported what, by which way, and when.

    Accesses are sealed in batches that the signed log commits to; `meg verify --all` checks them.
    """


@access.command("list")
@click.option("--document", "document_id", metavar="ID", help="Only accesses to this document.")
@click.option("--who", metavar="NAME", help="Only those of this person.")
@click.option("--what", type=click.Choice(_KINDS), help="Only those of this kind.")
@click.option("--since", metavar="TIME", help="From 2026-11-22, or 2026-11-22T08:30, on.")
@click.option("--until", metavar="TIME", help="Until then; a day is meant whole.")
@click.option("--limit", type=click.IntRange(min=1), help="How many at the most (default: all).")
@data_option
@json_option
def list_accesses(
    document_id: str | None,
    who: str | None,
    what: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """List accesses, the newest first. Asking is an access too."""
    from archive.access_table import AccessFilter

    with opened(data) as application:
        zone = ZoneInfo(application.settings.timezone)
        wanted = AccessFilter(
            document_id, who, what, _instant(since, zone), _instant(until, zone, whole_day=True)
        )
        left, before = limit, None
        while left is None or left > 0:
            page = application.accesses(wanted, min(left or _AT_ONCE, _AT_ONCE), before)
            for record in page:
                click.echo(json.dumps(record, ensure_ascii=False) if as_json else _line(record))
            if not page:
                break
            before = page[-1]["number"]
            left = None if left is None else left - len(page)


def _instant(text: str | None, zone: ZoneInfo, *, whole_day: bool = False) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"{text!r} is no time; write 2026-11-22 or 2026-11-22T08:30"
        ) from None
    if whole_day and len(text) == len("2026-11-22"):
        at += timedelta(days=1)
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _line(record: Record) -> str:
    client = f" {record['client']}" if record["client"] else ""
    about = [record["document_id"] or ""]
    about += [f"{name}={value}" for name, value in record["detail"].items()]
    sealed = "sealed" if record["batch"] else "not sealed yet"
    return (
        f"{record['at']}  {record['what']:<10} {record['who']} ({record['channel']}{client})  "
        f"{' '.join(filter(None, about))}  {sealed}"
    )
