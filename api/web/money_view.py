"""What may be paid and what it is paid from, as the document's page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from api.web.formats import Formats
from api.web.texts import Texts

Record = Mapping[str, Any]


class Step(NamedTuple):
    """A step of the waterfall in words; `end` is what is asked or what is payable."""

    text: str
    amount: str
    end: bool


class Draw(NamedTuple):
    """A ceiling with what was billed before, what this invoice takes and what is left."""

    what: str
    basis: str
    ceiling: str
    before: str
    this: str
    left: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when to pay, how that stands today, and what lateness costs."""

    day: str
    left: str
    late: bool
    owed: str | None


def waterfall(texts: Texts, formats: Formats, record: Record) -> list[Step]:
    """From what is asked to what may be paid; empty where nothing is taken off."""
    steps = (record.get("decision") or {}).get("waterfall") or ()
    currency = (record.get("invoice") or {}).get("currency")
    ends = {"asked", "payable"}
    if all(step["step"] in ends for step in steps):
        return []
    return [
        Step(
            texts(f"waterfall.{step['step']}"),
            formats.money(step["amount"], currency),
            step["step"] in ends,
        )
        for step in steps
    ]


def chain(texts: Texts, formats: Formats, record: Record) -> list[Draw]:
    """Contract, order, commitment and credits that the invoice draws on."""
    links = (record.get("decision") or {}).get("chain") or ()
    currency = (record.get("invoice") or {}).get("currency")
    return [_draw(texts, formats, link, currency) for link in links]


def _draw(texts: Texts, formats: Formats, link: Record, currency: str | None) -> Draw:
    def money(key: str) -> str:
        return formats.money(link[key], currency)

    return Draw(
        _named(texts, link),
        texts(f"chain.{link['basis']}"),
        money("ceiling"),
        money("before"),
        money("this"),
        money("left"),
        link["left"].startswith("-"),
    )


def _named(texts: Texts, link: Record) -> str:
    name = f"{texts('chain.' + link['kind'])} {link['id']}"
    return f"{name}, {texts('links.lot', lot=link['lot'])}" if link["lot"] else name


def deadline(texts: Texts, formats: Formats, record: Record) -> Deadline | None:
    """The payment deadline as it stands today, not as it stood when the document was judged."""
    today = record.get("payment_today")
    if not today:
        return None
    if today["deadline"] is None:
        since = formats.day(today["interruption"]["notified_on"])
        return Deadline(texts("document.interrupted"), since, late=False, owed=None)
    days = today["days_left"]
    one = {1: "document.one_day_left", 0: "document.today", -1: "document.one_day_late"}
    key = one.get(days) or ("document.days_left" if days > 0 else "document.days_late")
    return Deadline(
        formats.day(today["deadline"]),
        texts(key, count=abs(days)),
        days < 0,
        _owed(texts, formats, record) if days < 0 else None,
    )


def _owed(texts: Texts, formats: Formats, record: Record) -> str:
    today = record["payment_today"]
    if today["owed_for_lateness"] is None:
        return texts("document.rate_unknown")
    currency = (record.get("invoice") or {}).get("currency")
    return texts(
        "document.owed",
        amount=formats.money(today["owed_for_lateness"], currency),
        indemnity=formats.money(today["indemnity"], currency),
    )
