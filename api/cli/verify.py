"""`meg verify`: whether what is kept is what was received, and the log what was signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import BinaryIO

import click

from api.cli.options import data_option, json_option, opened, progress
from domain.records import Record

EXIT_FINDINGS = 1
_MOST_BYTES = 1 << 16


@click.command()
@click.argument("document_ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every document, and the whole log.")
@click.option(
    "--checkpoint",
    "kept",
    type=click.File("rb"),
    multiple=True,
    help="A checkpoint that was kept elsewhere: whether the log only grew since.",
)
@data_option
@json_option
def verify(
    document_ids: tuple[str, ...],
    kept: tuple[BinaryIO, ...],
    data: Path | None,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Check stored bytes, manifests, the log and its signatures, and what the database says.

    Reads and hashes everything anew; changes nothing. Exit code 0 when all is well, 1 when
    something is not: each problem names the file and what broke.
    """
    if (everything and document_ids) or not (everything or document_ids or kept):
        raise click.UsageError("say which documents to check, --all, or --checkpoint and a file")
    fine = True
    with opened(data) as application:
        for file in kept:
            record = {"file": file.name, **application.compare(file.read(_MOST_BYTES))}
            fine = fine and record["ok"]
            click.echo(json.dumps(record, ensure_ascii=False) if as_json else _compared(record))
        if not document_ids and not everything:
            return _end(fine)
        total = sum(application.counts().values()) if everything else len(document_ids)
        with progress(total, "verify") as advance:
            ids = [application.meant(text) for text in document_ids]
            for record in application.verify(None if everything else ids):
                fine = fine and record["ok"]
                if as_json:
                    click.echo(json.dumps(record, ensure_ascii=False))
                elif not everything or "summary" in record or not record["ok"]:
                    # Of everything, a person wants to see what is wrong.
                    click.echo(_text(record))
                advance()
    return _end(fine)


def _end(fine: bool) -> None:  # noqa: FBT001 - what a check came to
    if not fine:
        raise click.exceptions.Exit(EXIT_FINDINGS)


def _compared(record: Record) -> str:
    if record["ok"]:
        now, then = record["log"]["size"], record["checkpoint"]["size"]
        return f"ok   {record['file']}  the log of size {now} extends the one of size {then}"
    [problem] = record["problems"]
    return f"BAD  {record['file']}  {problem['code']}: {problem['message']}"


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
