"""`meg verify`: whether what is kept is what was received, and the log what was signed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from api.cli.options import data_option, json_option, opened, progress
from domain.records import Record

EXIT_FINDINGS = 1


@click.command()
@click.argument("document_ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every document, and the whole log.")
@data_option
@json_option
def verify(
    document_ids: tuple[str, ...], data: Path | None, *, everything: bool, as_json: bool
) -> None:
    """Check stored bytes, manifests, the log and its signatures, and what the database says.

    Reads and hashes everything anew; changes nothing. Exit code 0 when all is well, 1 when
    something is not: each problem names the file and what broke.
    """
    if everything == bool(document_ids):
        raise click.UsageError("say which documents to check, or --all")
    fine = True
    with opened(data) as application:
        total = sum(application.counts().values()) if everything else len(document_ids)
        with progress(total, "verify") as advance:
            for record in application.verify(None if everything else document_ids):
                fine = fine and record["ok"]
                if as_json:
                    click.echo(json.dumps(record, ensure_ascii=False))
                elif not everything or "summary" in record or not record["ok"]:
                    # Of everything, a person wants to see what is wrong.
                    click.echo(_text(record))
                advance()
    if not fine:
        raise click.exceptions.Exit(EXIT_FINDINGS)


def _text(record: Record) -> str:
    lines = [_summary(record) if "summary" in record else _document(record)]
    lines += [f"  {item['code']} {item['key']}: {item['message']}" for item in record["problems"]]
    return "\n".join(lines)


def _document(record: Record) -> str:
    checks = ", ".join(f"{item['check']} {item['status']}" for item in record["checks"])
    return f"{'ok  ' if record['ok'] else 'BAD '} {record['document_id']}  {checks}"


def _summary(record: Record) -> str:
    log = record["log"]
    pending = log["pending_events"]
    facts = [
        f"{record['documents']} documents, {record['documents_with_problems']} with problems",
        f"log of {log['size']} events under {log['checkpoints']} checkpoints, root {log['root']}",
    ]
    if log["timestamps"]:
        facts.append(f"{log['timestamps']} timestamps")
    accesses = record["accesses"]
    if accesses["batches"] or accesses["not_sealed"]:
        told = f"{accesses['batches']} batches of accesses, {accesses['not_sealed']} not sealed yet"
        facts.append(told)
    if pending:
        facts.append(f"{pending} events not sealed yet")
    if record["information"]:
        facts.append(f"{len(record['information'])} files left over by a crash or in the making")
    verdict = "Everything is as it was recorded" if record["ok"] else "Problems found"
    return f"{verdict}: {'; '.join(facts)}"
