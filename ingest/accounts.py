"""Accounts in quarantine: two people vouch for the account that an invoice asks to be paid to.

Each opinion is an event of the document's ledger. Once an account is valid, the open invoices of
its supplier are judged again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from archive.service import Happening
from db import outbox
from db.engine import Database
from domain.match import Code
from domain.records import Record
from ingest import repository
from ingest.judging import INDEX, Judging
from ingest.judging_together import REJUDGE
from matching import accounts
from matching.accounts import Account, AccountRefused, AccountState, Opinion
from matching.service import judge_alone

VOUCH: Final = "vouch"
REJECT: Final = "reject"
_SAY: Final = {VOUCH: accounts.vouch, REJECT: accounts.reject}
WAITING: Final = "waiting"  # nobody said anything of the account yet
_UNDECIDED: Final = frozenset({"in_review", "blocked", "on_hold", "disputed"})
_OPEN: Final = frozenset({"review", "block", "in_review", "blocked"})  # released: the latter two


class Accounts:
    """Records what people say of accounts in quarantine."""

    def __init__(self, database: Database, judging: Judging) -> None:
        self._database = database
        self._judging = judging

    def say(self, document_id: str, action: str, reason: str, actor: str) -> Record:
        """Vouch for the account of a document, or reject it; gives back how the account stands.

        Raises:
            DocumentUnknown: there is no such document.
            AccountRefused: it asks for no unknown account, the reason is missing, or the account
                was decided about.
            SecondPersonNeeded: the same person vouched already.
        """
        if not reason.strip():
            raise AccountRefused("an opinion on an account needs a reason: how it was checked")
        now = self._judging.clock()
        with self._database.transaction() as connection:
            judge_alone(connection)
            supplier_id, iban = self._quarantined(connection, document_id)
            opinion = Opinion(document_id, actor, reason, now)
            state = _SAY[action](connection, supplier_id, iban, opinion)
            payload = {"supplier": supplier_id, "iban": iban, "action": action, "reason": reason}
            happening = Happening("account", now, actor, payload | {"state": state.value})
            self._judging.archive.record(connection, document_id, [happening])
            outbox.ask(connection, INDEX, [document_id], now)
            if state is AccountState.VALIDATED:
                concerned = accounts.documents_of(connection, supplier_id, _OPEN)
                cause = {"kind": "account", "supplier": supplier_id}
                outbox.ask(connection, REJUDGE, concerned, now, cause)
            account = accounts.find(connection, supplier_id, iban)
        if account is None:
            raise TypeError(f"account of {document_id} was not kept")
        return account_record(account)

    def listed(self) -> list[Record]:
        """Accounts that wait for a first opinion, then those with one, the newest first."""
        with self._database.reading() as connection:
            told = [account_record(account) for account in accounts.accounts(connection)]
            return [*_waiting(connection), *told]

    def _quarantined(self, connection: Connection, document_id: str) -> tuple[str, str]:
        repository.load(connection, document_id)
        iban = unknown_account(repository.results(connection, document_id))
        supplier_id = accounts.supplier_of_document(connection, document_id)
        if iban is None or supplier_id is None:
            raise AccountRefused(f"document {document_id} asks for no unknown account")
        return supplier_id, iban


def standing(
    connection: Connection, document_id: str, result: Mapping[str, Any] | None
) -> Record | None:
    """What was said of the account that a document's verdict did not know; None without one."""
    iban = unknown_account(result)
    supplier_id = accounts.supplier_of_document(connection, document_id)
    if iban is None or supplier_id is None:
        return None
    account = accounts.find(connection, supplier_id, iban)
    if account is not None:
        return account_record(account)
    known = accounts.is_validated(connection, supplier_id, iban)  # by the supplier file, since
    state = AccountState.VALIDATED.value if known else WAITING
    return _unspoken(supplier_id, iban, state, document_id)


def _waiting(connection: Connection) -> list[Record]:
    """Each unknown account that nobody spoke of, with the first open document asking for it."""
    found: dict[tuple[str, str], Record] = {}
    for document_id in repository.with_code(connection, Code.IBAN_UNKNOWN, _UNDECIDED):
        account = standing(connection, document_id, repository.results(connection, document_id))
        if account is not None and account["state"] == WAITING:
            found.setdefault((account["supplier_id"], account["iban"]), account)
    return list(found.values())


def unknown_account(result: Mapping[str, Any] | None) -> str | None:
    """The account that the verdict of a document says nobody has validated."""
    verdict = (result or {}).get("verdict") or {}
    for item in verdict.get("discrepancies", ()):
        if item["code"] == Code.IBAN_UNKNOWN:
            return str(item["found"])
    return None


def _unspoken(supplier_id: str, iban: str, state: str, document_id: str) -> Record:
    """An account that nobody vouched for or rejected, as JSON."""
    names = ("proposed_by", "proposed_at", "reason", "decided_by", "decided_at", "decided_reason")
    account = {"supplier_id": supplier_id, "iban": iban, "state": state}
    return {**account, "document_id": document_id, **dict.fromkeys(names)}


def account_record(account: Account) -> Record:
    """An account with who vouched for it, as JSON."""
    return {
        "supplier_id": account.supplier_id,
        "iban": account.iban,
        "state": account.state.value,
        "document_id": account.document_id,
        "proposed_by": account.proposed_by,
        "proposed_at": account.proposed_at.isoformat(),
        "reason": account.reason,
        "decided_by": account.decided_by,
        "decided_at": account.decided_at.isoformat() if account.decided_at else None,
        "decided_reason": account.decided_reason,
    }
