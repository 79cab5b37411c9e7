"""The `meg` command: one module a command, loaded only when it is called.

Results go to stdout, everything else to stderr. Exit codes (CONTRACT §2): 0 done; 1 done, with
findings to look at; 2 wrong usage; 3 configuration; 4 a needed service is down; 70 a bug.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from api.errors import EXIT_BUG, exit_code
from domain.errors import Error

_COMMANDS = {
    "parse": ("api.cli.parse:parse", "Read invoices without storing anything."),
    "validate": ("api.cli.validate:validate", "Run the official rule sets on invoices."),
    "import": ("api.cli.import_:import_command", "Bring in orders, suppliers, contracts, budget."),
    "ingest": ("api.cli.ingest:ingest", "Take files in now: archive, read, match, index."),
    "watch": ("api.cli.watch:watch", "Tend the drop folder, for ever."),
    "run": ("api.cli.run:run", "Everything in one process: drop folder, workers, web page."),
    "search": ("api.cli.search:search", "Find documents by their text and fields."),
    "show": ("api.cli.show:show", "Show all that is known of a document."),
    "resolve": ("api.cli.resolve:resolve", "Decide about a document, correct it, link it."),
    "corrections": ("api.cli.corrections:corrections", "What was learned from corrections."),
    "account": ("api.cli.account:account", "Accounts in quarantine, under four eyes."),
    "replay": ("api.cli.replay:replay", "Make past verdicts again from their kept inputs."),
    "policy": ("api.cli.policy:policy", "Explain or check tolerances and severities."),
    "verify": ("api.cli.verify:verify", "Check stored bytes, ledger, proofs and checkpoints."),
    "evidence": ("api.cli.evidence:evidence", "Make an evidence package that auditors verify."),
    "proof": ("api.cli.proof:proof", "Prove where events stand in the signed log."),
    "keys": ("api.cli.keys:keys", "The keys that sign the log; change to a new one."),
    "archive": ("api.cli.archive:archive", "Copy the archive, check a copy, repair from one."),
    "retention": ("api.cli.retention:retention", "How long documents are kept; legal holds."),
    "access": ("api.cli.access:access", "Who read, searched or exported what."),
    "scrub": ("api.cli.scrub:scrub", "Read stored objects and hash them anew."),
    "reindex": ("api.cli.reindex:reindex", "Build the search index again."),
    "rebuild": ("api.cli.rebuild:rebuild", "Derive database and index from the archive alone."),
    "demo": ("api.cli.demo:demo", "Load a small French sample and show what became of it."),
    "doctor": ("api.cli.doctor:doctor", "Check configuration, folders and versions."),
}

_INTERRUPTED = 130


class _Commands(click.Group):
    """Finds a command's module when it is asked for, so that each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Commands in the order of a document's life."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="meg", prog_name="meg")
def cli() -> None:
    """MEG, the invoice control room.

    Try it: `meg demo` loads a sample, `meg run` serves the page and tends the drop folder.
    State is kept in ./var unless --data or MEG_DATA says otherwise.
    """


def report(error: Error) -> None:
    """Tell a person what went wrong and what to do next, on stderr."""
    click.echo(f"meg: {error.code}: {error.message}", err=True)
    if error.hint:
        click.echo(f"     {error.hint}", err=True)


def main() -> NoReturn:
    """Run the command line and leave with CONTRACT's exit codes."""
    try:
        # Click hands back the code of `ctx.exit` and `Exit` instead of raising it.
        code = int(cli.main(standalone_mode=False) or 0)
    except click.Abort:
        click.echo("meg: interrupted", err=True)
        code = _INTERRUPTED
    except click.ClickException as problem:
        problem.show()
        code = problem.exit_code
    except BrokenPipeError:
        # The reader of our output went away (`meg … | head`): nothing is left to tell anyone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Error as error:
        report(error)
        code = exit_code(error)
    except Exception as bug:  # noqa: BLE001 - the edge: a bug has an exit code of its own
        code = _report_bug(bug)
    sys.exit(code)


def _report_bug(bug: Exception) -> int:
    import traceback

    traceback.print_exception(bug)
    click.echo("meg: MEG-70: this is a bug in MEG, nothing acknowledged was lost.", err=True)
    click.echo("     Please report it with the lines above.", err=True)
    return EXIT_BUG
