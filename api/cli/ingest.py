"""`meg ingest`: take files in now."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from api.cli.options import data_option, json_option, opened, progress
from domain.records import Record

EXIT_NOT_ALL_STORED = 1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@data_option
@json_option
def ingest(paths: tuple[Path, ...], data: Path | None, *, as_json: bool) -> None:
    """Take files and folders in: archive, read, validate, match, index.

    Files of a folder are taken in order of name. Exit code 0 when every file is durably stored,
    whatever was in it; 1 when one could not be read from its place.
    """
    problems: list[str] = []
    files = list(_files(paths, problems))
    with opened(data) as application, progress(len(files), "ingest") as advance:
        for record in application.ingest(_readable(files, problems), "command line"):
            click.echo(json.dumps(record, ensure_ascii=False) if as_json else line_of(record))
            if record["parent_id"] is None:
                advance()
    for problem in problems:
        click.echo(f"meg: ING-40: {problem}", err=True)
    if problems:
        click.echo("     Not taken in: check path and rights, then repeat the command.", err=True)
        raise click.exceptions.Exit(EXIT_NOT_ALL_STORED)


def line_of(record: Record) -> str:
    """One line for a person: what became of a document, and why."""
    invoice = record["invoice"] or {}
    totals = invoice.get("totals") or {}
    amount = totals.get("tax_inclusive")
    told = record.get("order") or record.get("delivery") or record.get("status_message") or {}
    facts = [
        invoice.get("number") or told.get("number"),
        ((invoice or told).get("seller") or {}).get("name"),
        f"{amount} {invoice.get('currency') or ''}".strip() if amount else None,
    ]
    reasons = [d["code"] for d in record["discrepancies"] if d["severity"] != "info"]
    booked = record.get("booked") or {}
    if booked:
        reasons = [f"{booked['act']} {booked['outcome']}", *(r["code"] for r in booked["reasons"])]
    if record["error"]:
        reasons.append(f"{record['error']['code']} {record['error']['message']}")
    if record["duplicate_of"]:
        reasons.append(f"same bytes as {record['duplicate_of']}")
    shown = f"{record['status']:<12} {record['file']}"
    known = "  ".join(fact for fact in facts if fact)
    return "  ".join(part for part in (shown, known, ", ".join(reasons)) if part)


def _files(paths: Iterable[Path], problems: list[str]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from _inside(path, problems)
        elif path.exists():
            yield path
        else:
            problems.append(f"{path}: no such file")


def _inside(folder: Path, problems: list[str]) -> Iterator[Path]:
    def refused(problem: OSError) -> None:
        problems.append(f"{problem.filename}: {problem.strerror}")

    found: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=refused):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(root, name) for name in names if not name.startswith("."))
    # Links inside a folder could point anywhere: only a path named by the user is followed.
    yield from sorted(path for path in found if path.is_file() and not path.is_symlink())


def _readable(files: Iterable[Path], problems: list[str]) -> Iterator[tuple[str, bytes | Path]]:
    from ingest.pipeline import HELD_IN_MEMORY

    for path in files:
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                problems.append(f"{path}: not a regular file")
            elif facts.st_size <= HELD_IN_MEMORY:
                yield str(path), path.read_bytes()
            else:
                path.open("rb").close()
                yield str(path), path
        except OSError as problem:
            problems.append(f"{path}: {problem.strerror}")
