"""`meg resolve`: a person decides about a document, corrects it, or links it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.ingest import line_of
from api.cli.options import acting_user, data_option, json_option, opened
from domain.records import Record

DECISIONS = ("approve", "refuse", "dispute", "hold", "release")


@click.command()
@click.argument("document_id")
@click.option("--action", type=click.Choice([*DECISIONS, "link", "correct"]), required=True)
@click.option("--reason", required=True, help="Why, in a sentence; it goes into the ledger.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=VALUE",
    help="correct: a value (`number=F-12`, `totals.tax=20,00`, `lines[0].quantity=3`; empty for "
    "none), or what a column holds by its heading (`column:quantity=Qté livrée`).",
)
@click.option("--order", "orders", multiple=True, metavar="ORDER_ID", help="link: to this order.")
@click.option("--contract", metavar="CONTRACT_ID", help="link: to this contract.")
@click.option("--lot", help="link: to this lot of the contract.")
@click.option("--commitment", metavar="COMMITMENT_ID", help="link: to this commitment.")
@data_option
@json_option
def resolve(
    document_id: str,
    action: str,
    reason: str,
    fields: tuple[str, ...],
    orders: tuple[str, ...],
    contract: str | None,
    lot: str | None,
    commitment: str | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Decide about a document; the decision, its author and its reason are ledgered.

    A refused document no longer counts as billed; released puts a held one back to the engine's
    own outcome. A document that is corrected or linked is judged again at once; what was read at
    first is kept. A correction is remembered and applied to the next document of that supplier's
    layout, see `meg corrections`.
    """
    links = (*orders, *filter(None, (contract, lot, commitment)))
    _refuse_strays(action, fields, links)
    actor = acting_user()
    with opened(data) as application:
        document_id = application.meant(document_id)
        record: Record
        if action == "correct":
            record = application.correct(document_id, _values(fields), reason, actor)
        elif action == "link":
            from ingest.repository import PersonLinks  # slow to load, not needed for the help

            chosen = PersonLinks(orders, contract, lot, commitment)
            record = application.link(document_id, chosen, reason, actor)
        else:
            record = application.resolve(document_id, action, reason, actor)
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else line_of(record))


def _refuse_strays(action: str, fields: tuple[str, ...], links: tuple[str, ...]) -> None:
    if bool(fields) != (action == "correct"):
        raise click.UsageError("--field goes with --action correct, and is needed there")
    if bool(links) != (action == "link"):
        raise click.UsageError(
            "--order, --contract, --lot, --commitment go with --action link, which needs one"
        )


def _values(fields: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in fields:
        field, equals, value = text.partition("=")
        if not equals or not field.strip():
            raise click.UsageError(f"--field {text!r}: write FIELD=VALUE")
        if field.strip() in values:
            raise click.UsageError(f"--field {field.strip()}: given twice")
        values[field.strip()] = value
    return values
