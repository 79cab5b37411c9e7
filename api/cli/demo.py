"""`meg demo`: a small French sample, taken in before your eyes."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import click

from api.cli.options import data_option, json_option, opened
from domain.errors import Error
from domain.records import Record

_STATUS_WIDTH = 12
_FILE_WIDTH = 40


class DataFolderInUse(Error):
    """The sample is not mixed with other books."""

    code = "CFG-04"
    hint = "Give the sample a data folder of its own with --data DIR."


@click.command()
@data_option
@click.option("--if-empty", is_flag=True, help="Do nothing where a data folder is in use already.")
@json_option
def demo(data: Path | None, *, if_empty: bool, as_json: bool) -> None:
    """Load a small French sample and show what became of it.

    An invented commune, its suppliers, orders and contracts, and fifteen pieces of mail: some of
    them are wrong in instructive ways. It wants an empty data folder: say one with --data.
    """
    sample = Path(str(resources.files("api"))) / "sample"
    with opened(data) as application:
        if if_empty and not application.is_empty():
            click.echo(f"The sample is not loaded: {application.settings.data} is in use.")
            return
        if not application.is_empty():
            raise DataFolderInUse(f"{application.settings.data} holds documents or orders already")
        totals = application.import_reference([sample / "reference"], partial=False).totals()
        click.echo(
            f"Reference data: {totals.inserted} rows new, {totals.changed} changed, "
            f"{totals.unchanged} unchanged.",
            err=as_json,
        )
        inbox = ((path.name, path) for path in sorted((sample / "inbox").iterdir()))
        for record in application.ingest(inbox, "demo"):
            click.echo(json.dumps(record, ensure_ascii=False) if as_json else _told(record))
        folder = application.settings.data
    # With --if-empty a script goes on by itself, as `make run` does.
    see = "" if if_empty else f" See it in your browser: meg run --data {folder}"
    click.echo(f"\nKept in {folder}.{see}", err=as_json)


def _told(record: Record) -> str:
    """One line a document: what became of it, and the first reasons."""
    inside = "  └ " if record["parent_id"] else ""
    name = f"{inside}{record['file']}"
    head = f"{record['status']:{_STATUS_WIDTH}} {name:{_FILE_WIDTH}}"
    reasons = [
        f"{d['code']}: {d['message']}" for d in record["discrepancies"] if d["severity"] != "info"
    ]
    if record["duplicate_of"]:
        reasons.append("the same bytes came before")
    invoice = record["invoice"]
    if invoice:
        total = (invoice["totals"] or {}).get("tax_inclusive")
        seller = (invoice["seller"] or {}).get("name")
        head += f" {total or '':>10} {invoice['currency'] or '':3}  {seller or ''}"
    indent = "\n" + " " * (_STATUS_WIDTH + 1)
    return indent.join([head.rstrip(), *reasons])
