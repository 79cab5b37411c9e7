"""`meg show`: all that is known of a document."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.ingest import line_of
from api.cli.options import data_option, json_option, opened
from domain.records import Record
from ingest.received_texts import sentence


@click.command()
@click.argument("document_id")
@data_option
@json_option
def show(document_id: str, data: Path | None, *, as_json: bool) -> None:
    """Show a document: invoice, match, discrepancies, decision, history."""
    with opened(data) as application:
        record = application.show(document_id)
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else _page(record))


def _page(record: Record) -> str:
    lines = [line_of(record), ""]
    decision, match = record["decision"], record["match"]
    if match and match["explanation"]:
        lines.append(match["explanation"])
    for item in record["discrepancies"]:
        where = f" line {item['invoice_line']}" if item["invoice_line"] else ""
        lines.append(f"  {item['severity']:<6} {item['code']}{where}: {item['message']}")
    reasons = (record.get("booked") or {}).get("reasons", ())
    lines += [f"  {reason['code']}: {sentence(reason, 'en')}" for reason in reasons]
    if decision:
        lines += ["", decision["explanation"]]
    if record["parent_id"]:
        lines.append(f"Came in {record['parent_id']}")
    if record["contains"]:
        lines += ["Contains, each on its own:", *(f"  {child}" for child in record["contains"])]
    else:
        lines += _carried(record)
    lines += ["", "History", *(_happened(event) for event in record["history"])]
    lines += [f"Archived as {record['archive']['key']}, SHA-256 {record['sha256']}"]
    return "\n".join(lines)


def _carried(record: Record) -> list[str]:
    """The files inside a PDF or an XML, archived apart."""
    carried = record["attachments"]
    if not carried:
        return []
    return ["", "Carries", *(f"  {a['name']} ({a['size']} bytes)  {a['sha256']}" for a in carried)]


def _happened(event: Record) -> str:
    line = f"  {event['at']}  {event['type']:<10} {event['actor']}  (ledger {event['position']})"
    if event["type"] == "judged_again":
        told = event["payload"]
        return f"{line}\n      because of {_cause(told['cause'])}: {told['before']} before"
    if event["type"] == "status_told":
        told = event["payload"]
        return f"{line}\n      {told['status_code']} {told['status'] or ''}".rstrip()
    if event["type"] != "resolved":
        return line
    decided = event["payload"]
    change = f"{decided['action']}, {decided['before']} to {decided['after']}"
    return f"{line}\n      {change}: {decided['reason']}"


def _cause(cause: Record) -> str:
    about = cause.get("file") or cause.get("number") or ", ".join(cause.get("documents", ()))
    return " ".join(part for part in (cause.get("kind"), about) if part)
