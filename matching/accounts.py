"""Supplier accounts in quarantine: an account that an invoice brings is paid after four eyes only.

An account is valid when the supplier file says so, or when two different people vouched for it,
each by other means than the invoice itself (a call to a known number, a letter, a bank's
confirmation). Until then every invoice that asks for payment there is blocked (IBAN_UNKNOWN). One
person is enough to reject it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update
from stdnum import iban as iban_numbers

from db.prepared import Prepared
from db.sets import among, texts
from domain.errors import Error
from domain.identifiers import compact
from domain.party import Supplier
from matching.ledger_tables import BILLED_DOCUMENTS, SUPPLIER_ACCOUNTS
from matching.reference import load_suppliers

_STRANGER: Final = "?"
_VALIDATED: Final = Prepared(
    select(SUPPLIER_ACCOUNTS.c.supplier_id, SUPPLIER_ACCOUNTS.c.iban)
    .where(
        among(SUPPLIER_ACCOUNTS.c.supplier_id, "wanted"),
        SUPPLIER_ACCOUNTS.c.state == "validated",
    )
    .order_by(SUPPLIER_ACCOUNTS.c.iban)
)


class AccountState(StrEnum):
    """How far an account has come."""

    PROPOSED = "proposed"  # one person vouched for it
    VALIDATED = "validated"  # a second one did
    REJECTED = "rejected"


class AccountRefused(Error):
    """This cannot be decided about this account."""

    code = "MAT-20"
    hint = "Only an account in quarantine, of a known supplier, can be vouched for or rejected."


class SecondPersonNeeded(AccountRefused):
    """The same person vouched twice for an account."""

    code = "MAT-21"
    hint = "Have another person check the account by other means than the invoice, and vouch."


@dataclass(frozen=True, slots=True)
class Account:
    """An account that came in on an invoice, and who vouched for it."""

    supplier_id: str
    iban: str
    state: AccountState
    document_id: str
    proposed_by: str
    proposed_at: datetime
    reason: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    decided_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says of the account that a document asks to be paid to."""

    document_id: str
    actor: str
    reason: str
    at: datetime


def vouch(connection: Connection, supplier_id: str, iban: str, opinion: Opinion) -> AccountState:
    """Vouch for an account: the first person proposes it, a second one validates it.

    Raises:
        SecondPersonNeeded: the same person did already.
        AccountRefused: the account has wrong check digits, or was decided about.
    """
    known = find(connection, supplier_id, iban)
    if known is None:
        if not iban_numbers.is_valid(iban):
            raise AccountRefused(f"{iban} has wrong check digits")
        _propose(connection, supplier_id, iban, opinion, AccountState.PROPOSED)
        return AccountState.PROPOSED
    _refuse_decided(known)
    if known.proposed_by == opinion.actor:
        raise SecondPersonNeeded(f"{opinion.actor} vouched for this account already")
    return _decide(connection, known, AccountState.VALIDATED, opinion)


def reject(connection: Connection, supplier_id: str, iban: str, opinion: Opinion) -> AccountState:
    """Reject an account in quarantine.

    Raises:
        AccountRefused: it was decided about already.
    """
    known = find(connection, supplier_id, iban)
    if known is None:
        _propose(connection, supplier_id, iban, opinion, AccountState.REJECTED)
        return AccountState.REJECTED
    _refuse_decided(known)
    return _decide(connection, known, AccountState.REJECTED, opinion)


def find(connection: Connection, supplier_id: str, iban: str) -> Account | None:
    """What was said of an account, if anything."""
    table = SUPPLIER_ACCOUNTS
    query = select(table).where(table.c.supplier_id == supplier_id, table.c.iban == compact(iban))
    row = connection.execute(query).mappings().first()
    return None if row is None else _account(row)


def accounts(connection: Connection, state: AccountState | None = None) -> list[Account]:
    """Every account that was in quarantine, the newest first, or those in one state."""
    query = select(SUPPLIER_ACCOUNTS).order_by(SUPPLIER_ACCOUNTS.c.proposed_at.desc())
    if state is not None:
        query = query.where(SUPPLIER_ACCOUNTS.c.state == state.value)
    return [_account(row) for row in connection.execute(query).mappings()]


def with_validated(connection: Connection, suppliers: Iterable[Supplier]) -> list[Supplier]:
    """The suppliers with the accounts that two people vouched for beside those of the file."""
    known = list(suppliers)
    validated = _validated(connection, {s.supplier_id for s in known})
    return [
        replace(s, ibans=(*s.ibans, *validated[s.supplier_id])) if s.supplier_id in validated else s
        for s in known
    ]


def supplier_of_document(connection: Connection, document_id: str) -> str | None:
    """The known supplier that a judged document is of."""
    table = BILLED_DOCUMENTS
    query = select(table.c.supplier_key).where(table.c.document_id == document_id)
    key = connection.execute(query).scalar()
    return None if key is None or key.startswith(_STRANGER) else str(key)


def is_validated(connection: Connection, supplier_id: str, iban: str) -> bool:
    """Whether an account is in the supplier file, or two people vouched for it."""
    suppliers = load_suppliers(connection, [supplier_id]).values()
    return any(
        compact(iban) == compact(known)
        for supplier in with_validated(connection, suppliers)
        for known in supplier.ibans
    )


def documents_of(connection: Connection, supplier_id: str, statuses: Collection[str]) -> list[str]:
    """Judged documents of a supplier at one of these statuses, in the order of arrival."""
    table = BILLED_DOCUMENTS
    query = (
        select(table.c.document_id)
        .where(table.c.supplier_key == supplier_id, table.c.status.in_(sorted(statuses)))
        .order_by(table.c.document_id)
    )
    return list(connection.execute(query).scalars())


def _validated(connection: Connection, supplier_ids: Collection[str]) -> dict[str, list[str]]:
    if not supplier_ids:
        return {}
    found: dict[str, list[str]] = {}
    for supplier_id, iban in _VALIDATED.rows(connection, {"wanted": texts(supplier_ids)}):
        found.setdefault(supplier_id, []).append(iban)
    return found


def _refuse_decided(known: Account) -> None:
    if known.state is not AccountState.PROPOSED:
        raise AccountRefused(f"{known.iban} was {known.state.value} by {known.decided_by}")


def _propose(
    connection: Connection, supplier_id: str, iban: str, opinion: Opinion, state: AccountState
) -> None:
    values: dict[str, Any] = {
        "supplier_id": supplier_id,
        "iban": compact(iban),
        "state": state.value,
        "document_id": opinion.document_id,
        "proposed_by": opinion.actor,
        "proposed_at": opinion.at,
        "reason": opinion.reason,
    }
    if state is not AccountState.PROPOSED:
        values |= {"decided_by": opinion.actor, "decided_at": opinion.at}
        values |= {"decided_reason": opinion.reason}
    connection.execute(insert(SUPPLIER_ACCOUNTS), values)


def _decide(
    connection: Connection, known: Account, state: AccountState, opinion: Opinion
) -> AccountState:
    table = SUPPLIER_ACCOUNTS
    connection.execute(
        update(table)
        .where(table.c.supplier_id == known.supplier_id, table.c.iban == known.iban)
        .values(
            state=state.value,
            decided_by=opinion.actor,
            decided_at=opinion.at,
            decided_reason=opinion.reason,
        )
    )
    return state


def _account(row: RowMapping) -> Account:
    return Account(**{**row, "state": AccountState(row["state"])})
