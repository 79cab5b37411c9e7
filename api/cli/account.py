"""`meg account`: supplier accounts in quarantine, under four eyes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import acting_user, data_option, json_option, opened
from domain.records import Record

if TYPE_CHECKING:
    from config.application import Application

_STATES = {
    "waiting": ("attend une première personne", "waits for a first person"),
    "proposed": ("attend une deuxième personne", "waits for a second person"),
    "validated": ("validé", "validated"),
    "rejected": ("rejeté", "rejected"),
}


@click.group()
def account() -> None:
    """Vouch for or reject the account that a blocked invoice asks to be paid to.

    Two different people have to vouch, each by other means than the invoice itself. Who speaks is
    the user of this system who runs the command.
    """


@account.command()
@click.argument("document_id")
@click.option("--reason", required=True, help="How the account was checked.")
@data_option
@json_option
def vouch(document_id: str, reason: str, data: Path | None, *, as_json: bool) -> None:
    """Vouch for the account of a document; a second person's word validates it."""
    _say(document_id, "vouch", reason, data, as_json=as_json)


@account.command()
@click.argument("document_id")
@click.option("--reason", required=True, help="Why the account is not the supplier's.")
@data_option
@json_option
def reject(document_id: str, reason: str, data: Path | None, *, as_json: bool) -> None:
    """Reject the account of a document; one person is enough."""
    _say(document_id, "reject", reason, data, as_json=as_json)


@account.command("list")
@data_option
@json_option
def list_accounts(data: Path | None, *, as_json: bool) -> None:
    """List the accounts that wait for a first opinion, then those vouched for or rejected."""
    with opened(data) as application:
        for record in application.accounts():
            _print(record, application, as_json=as_json)


def _say(document_id: str, action: str, reason: str, data: Path | None, *, as_json: bool) -> None:
    with opened(data) as application:
        document_id = application.meant(document_id)
        record = application.say_of_account(document_id, action, reason, acting_user())
        _print(record, application, as_json=as_json)


def _print(record: Record, application: Application, *, as_json: bool) -> None:
    from config.policy import load_policy

    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
    else:
        click.echo(_line(record, load_policy(application.settings).language))


def _line(record: Record, language: str) -> str:
    people = ", ".join(who for who in (record["proposed_by"], record["decided_by"]) if who)
    state = _STATES[record["state"]][0 if language == "fr" else 1]
    # Who has nobody yet is named by the document that a first person vouches on.
    told = people or f"meg account vouch {record['document_id']}"
    return f"{record['supplier_id']}  {record['iban']}  {state}  ({told})"
