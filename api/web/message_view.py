"""An order, an advice or a status message as its page shows it: what it says, how it was used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.formats import Formats
from api.web.texts import Texts
from ingest.received_texts import sentence

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One line of an order or advice, or one status of a message."""

    label: str
    name: str
    quantity: str
    amount: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a document that is no invoice says, and how it was used."""

    outcome: str | None
    used: str | None
    reasons: Sequence[str]
    facts: Sequence[tuple[str, str]]
    lines: Sequence[MessageLine]


def message(texts: Texts, formats: Formats, record: Record) -> Message | None:
    """The message of a document; None for an invoice and for what was not read."""
    trade = record.get("order") or record.get("delivery")
    told = record.get("status_message")
    if trade is None and told is None:
        return None
    booked = record.get("booked") or {}
    outcome = booked.get("outcome")
    return Message(
        outcome,
        texts(f"booked.{outcome}") if outcome else None,
        [sentence(reason, texts.language) for reason in booked.get("reasons") or ()],
        list(_facts(texts, formats, trade or told or {}, booked)),
        list(_statuses(told) if told else _lines(formats, trade or {})),
    )


def _facts(
    texts: Texts, formats: Formats, said: Record, booked: Record
) -> Iterator[tuple[str, str]]:
    named = {
        "message.number": said.get("number"),
        "message.order": booked.get("order_id") or said.get("order_reference"),
        "message.seller": (said.get("seller") or {}).get("name"),
        "message.buyer": (said.get("buyer") or {}).get("name"),
        "message.issuer": (said.get("issuer") or {}).get("name"),
        "message.certified_by": said.get("certified_by"),
    }
    for key, value in named.items():
        if value:
            yield texts(key), value
    for key, day in (("message.issued", "issue_date"), ("message.delivered", "delivery_date")):
        if said.get(day):
            yield texts(key), formats.day(said[day])


def _lines(formats: Formats, trade: Record) -> Iterator[MessageLine]:
    for position, line in enumerate(trade["lines"], start=1):
        quantity = line["quantity"]
        price = line.get("net_price")
        yield MessageLine(
            line["id"] or str(position),
            line["name"] or line.get("description") or "–",  # noqa: RUF001 - as in other tables
            "" if quantity is None else formats.quantity(quantity, line["unit"]),
            "" if price is None else formats.money(price, trade.get("currency")),
        )


def _statuses(told: Record) -> Iterator[MessageLine]:
    for status in told["statuses"]:
        reasons = [r["text"] or r["code"] or "" for r in status["reasons"]]
        label = " ".join(part for part in (status["status_code"], status["status"]) if part)
        yield MessageLine(status["number"] or "?", label, "", " ; ".join(filter(None, reasons)))
