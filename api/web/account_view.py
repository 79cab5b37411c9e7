"""The account in quarantine on a document's page: what was said so far, and what two people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.web.formats import Formats
from api.web.texts import Texts
from domain.match import Code
from ingest.accounts import WAITING
from matching.accounts import AccountState


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Where an account stands, what people said of it, and the command that takes it further."""

    state: str
    said: tuple[tuple[str, str], ...]
    command: str | None


def quarantined(record: Mapping[str, Any]) -> bool:
    """Whether an account that the verdict did not know is not validated meanwhile."""
    account = record.get("account") or {}
    codes = [item["code"] for item in record.get("discrepancies") or ()]
    return Code.IBAN_UNKNOWN in codes and account.get("state") != AccountState.VALIDATED.value


def quarantine(texts: Texts, formats: Formats, record: Mapping[str, Any]) -> Quarantine | None:
    """What the card of an unknown account shows; None where nothing is known of it."""
    account = record.get("account")
    if not account:
        return None
    said = []
    if account["proposed_by"] and account["proposed_at"] != account["decided_at"]:
        said.append(_said(texts, formats, "proposed", account, account["reason"]))
    if account["decided_by"]:
        key = account["state"]
        said.append(_said(texts, formats, key, account, account["decided_reason"]))
    state = account["state"]
    open_still = state in {WAITING, AccountState.PROPOSED.value}
    command = f'meg account vouch {record["document_id"]} --reason "…"' if open_still else None
    return Quarantine(texts(f"account.{state}"), tuple(said), command)


def _said(
    texts: Texts, formats: Formats, key: str, account: Mapping[str, Any], reason: str
) -> tuple[str, str]:
    """Who said what and when, then why."""
    role = "proposed" if key == "proposed" else "decided"
    day = formats.moment(account[f"{role}_at"])
    return texts(f"account.said.{key}", who=account[f"{role}_by"], day=day), reason
