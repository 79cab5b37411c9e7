"""`meg import`: reference data from files and folders."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import data_option
from api.errors import EXIT_FINDINGS

if TYPE_CHECKING:
    from ingest.reference.report import ImportReport, Problem

_MOST_SHOWN = 50


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--partial", is_flag=True, help="Keep the good rows of a file that has bad ones.")
@data_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, then the totals.")
def import_command(
    paths: tuple[Path, ...], data: Path | None, *, partial: bool, as_json: bool
) -> None:
    """Bring in reference data: orders, suppliers, contracts, budget.

    PATHS are CSV, XLSX or JSON files, or folders of them; a folder's files are recognised by their
    names (orders, commandes, suppliers, fournisseurs, …). Importing twice changes nothing.
    """
    # Loaded here: the database layer is slow to import and `--help` needs none of it.
    from config.assembly import open_archive
    from config.database import open_database
    from config.loader import load_settings
    from ingest.reference.service import import_paths

    settings = load_settings(data)
    with open_database(settings) as database:
        report = import_paths(paths, database, partial=partial)
        with open_archive(settings) as archive:
            archive.seal(database)  # what was imported is kept for a rebuild
    if report.concerns_invoices:
        from config.assembly import open_application  # opens archive and index, seldom needed

        with open_application(settings) as application:
            changed = application.judge_again()
        click.echo(f"{changed} open invoices came out otherwise, judged again", err=True)
    if as_json:
        for record in report.records():
            click.echo(json.dumps(record, ensure_ascii=False))
    else:
        _print(report)
    found = any(file.tables for file in report.files)
    if report.complete and not found:
        where = ", ".join(map(str, paths))
        click.echo(f"{where}: nothing to import was found", err=True)
        click.echo("     Name files, or the folder they are in.", err=True)
    if not (report.complete and found):
        sys.exit(EXIT_FINDINGS)  # not ctx.exit: its code is lost outside standalone mode


def _print(report: ImportReport) -> None:
    """Results on stdout, what is wrong on stderr."""
    for file in report.files:
        for table in file.tables:
            click.echo(
                f"{table.table:16} {table.rows:>9} rows {table.inserted:>9} new "
                f"{table.changed:>9} changed {table.unchanged:>9} unchanged "
                f"{table.refused:>7} refused  {file.file}"
            )
        for problem in file.problems[:_MOST_SHOWN]:
            _print_problem(problem, file.file)
        if len(file.problems) > _MOST_SHOWN:
            left = len(file.problems) - _MOST_SHOWN
            click.echo(f"{file.file}: {left} more problems; --json lists them all", err=True)
        if file.status == "refused":
            click.echo(
                f"{file.file}: refused, nothing of it was kept "
                "(correct it, or keep its good rows with --partial)",
                err=True,
            )
    for problem in report.warnings:
        _print_problem(problem, "reference data")


def _print_problem(problem: Problem, file: str) -> None:
    grade = "error" if problem.is_error else "warning"
    place = f"{file}: {problem.place}" if problem.place else file
    click.echo(f"{place}: {grade} {problem.code}: {problem.message}", err=True)
