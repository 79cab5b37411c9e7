"""`meg search`: find documents by their text and fields (CONTRACT §6)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from api.cli.options import at_the_terminal, data_option, json_option

_EXIT_USAGE = 2
_MARKED = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)
_SORTS = ("relevance", "newest", "oldest", "largest", "smallest")

# The backspace keeps click from filling the lines.
_LANGUAGE = """\b
QUERY  words           chauffage bâtiment
       "phrases"       "taux d'intérêt légal"
       pref*  fuzzy~   factur*  dupond~
       AND OR NOT ( )  (gaz OR électricité) NOT avoir
       fields          supplier: number: order: contract: siren: iban: status: code:
       ranges          amount:1000..5000  date:2026-01..2026-06
"""


@click.command(epilog=_LANGUAGE)
@click.argument("query")
@click.option("--from", "date_from", metavar="DATE", help="Issued from: 2026, 2026-03, 2026-03-15.")
@click.option("--to", "date_to", metavar="DATE", help="Issued until, that day, month or year too.")
@click.option("--supplier", metavar="NAME", help="Words of the supplier's name.")
@click.option("--status", metavar="STATUS", help="approved, in_review, blocked, duplicate…")
@click.option("--min", "amount_min", metavar="AMOUNT", help="Gross amount from.")
@click.option("--max", "amount_max", metavar="AMOUNT", help="Gross amount up to.")
@click.option("--facets", is_flag=True, help="Count suppliers, statuses, years and codes as well.")
@click.option("--sort", type=click.Choice(_SORTS), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(0, 1000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0, 100_000), default=0, help="Hits to pass over.")
@data_option
@json_option
def search(
    query: str,
    facets: bool,  # noqa: FBT001 - a flag of the command line
    sort: str,
    limit: int,
    offset: int,
    data: Path | None,
    as_json: bool,  # noqa: FBT001
    **narrowed: str | None,
) -> None:
    """Find documents.

    Exit code 0 also where nothing is found; 2 for a query that cannot be understood.
    """
    from config.loader import load_settings
    from config.searching import open_search, record_search
    from search.errors import BadQuery
    from search.index import Sort
    from search.service import Filters

    settings = load_settings(data)
    service = open_search(settings)
    try:
        found = service.search(
            query, Filters(**narrowed), sort=Sort(sort), limit=limit, offset=offset
        )
    except BadQuery as mistake:
        click.echo(f"meg: {mistake.code}: {mistake.message}", err=True)
        for line in mistake.caret.split("\n"):
            click.echo(f"     {line}", err=True)
        click.echo(f"     {mistake.hint}", err=True)
        raise click.exceptions.Exit(_EXIT_USAGE) from None
    record_search(settings, at_the_terminal(), query, found["total"], narrowed)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    _print(found, offset, facets=facets)


def _print(found: Mapping[str, Any], offset: int, *, facets: bool) -> None:
    for hit in found["hits"]:
        amount = f"{hit['gross']} {hit['currency'] or ''}".strip() if hit["gross"] else "-"
        head = click.style(hit["number"] or hit["file"] or "-", bold=True)
        parts = [head, hit["supplier"] or "-", hit["issue_date"] or "-", amount, hit["status"]]
        click.echo("  ".join(parts))
        for snippet in hit["snippets"]:
            click.echo(f"    {_highlighted(snippet)}")
        click.echo(f"    {click.style(hit['document_id'], dim=True)}")
    shown = len(found["hits"])
    span = f", shown {offset + 1} to {offset + shown}" if shown < found["total"] and shown else ""
    click.echo(f"{found['total']} found in {found['took_ms']:.0f} ms{span}", err=True)
    if facets:
        for name, values in found["facets"].items():
            counted = ", ".join(f"{value['value']} {value['count']}" for value in values)
            click.echo(f"{name}: {counted or '-'}")


def _highlighted(snippet: str) -> str:
    parts = _MARKED.split(snippet)
    for index, part in enumerate(parts):
        text = html.unescape(part)
        parts[index] = click.style(text, fg="yellow", bold=True) if index % 2 else text
    return "".join(parts)
