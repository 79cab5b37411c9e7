"""Linking by a person: a document belongs to these orders, this contract or commitment."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.errors import Error
from ingest import repository
from ingest.judging_together import JudgingTogether
from ingest.rejudge import Occasion, judge_again
from ingest.repository import PersonLinks
from matching.reference import load_commitments, load_contracts, load_orders


class LinkUnknown(Error):
    """What a document was to be linked to does not exist, or nothing was named."""

    code = "ING-77"
    hint = "Name an order, a contract or a commitment that was imported, by its exact id."


def link(
    connection: Connection,
    together: JudgingTogether,
    document_id: str,
    links: PersonLinks,
    reason: str,
    actor: str,
) -> None:
    """Link a document, in place of what a person linked it to before, and judge it again.

    Raises:
        DocumentUnknown, NotJudgedAgain: there is no such invoice.
        LinkUnknown: one of the links exists nowhere.
    """
    _require(connection, links)
    repository.load(connection, document_id, for_update=True)
    repository.set_links(connection, document_id, links)
    payload = {
        "action": "link",
        "reason": reason,
        "orders": list(links.orders),
        "contract": links.contract_id,
        "lot": links.lot,
        "commitment": links.commitment_id,
    }
    judge_again(connection, together, document_id, Occasion("resolved", actor, payload))


def _require(connection: Connection, links: PersonLinks) -> None:
    unknown = [o for o in links.orders if o not in load_orders(connection, set(links.orders))]
    if links.contract_id:
        contracts = load_contracts(connection, {links.contract_id})
        if not any(not links.lot or lot == links.lot for _, lot in contracts):
            unknown.append(" ".join(filter(None, (links.contract_id, links.lot))))
    if links.commitment_id and not load_commitments(connection, {links.commitment_id}):
        unknown.append(links.commitment_id)
    if unknown:
        told = ", ".join(unknown).encode(errors="replace").decode()  # JSON lets half characters in
        raise LinkUnknown(f"unknown: {told}")
    if not (links.orders or links.contract_id or links.commitment_id):
        raise LinkUnknown("no order, contract or commitment was named")
