"""What may be paid and what it is paid from, as the document's page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from api.web.formats import Formats
from api.web.texts import Texts
from domain.match import Step as StepKind
from domain.money import ZERO, parse_decimal, plain

Record = Mapping[str, Any]

_SETTLED = frozenset({"approved", "on_hold", "refused", "replaced"})
_KEPT_BY_CONTRACT = (StepKind.RETENTION, StepKind.ADVANCE)
_GIVEN_BACK = frozenset({"refused", "replaced"})
"""States in which an invoice draws on nothing, and nothing has to be paid by a day."""


class Figures(NamedTuple):
    """What may be paid now and what is held, as exact decimals."""

    payable: str
    held: str


class Step(NamedTuple):
    """A step of the waterfall in words; `end` is what is asked or what is payable."""

    text: str
    amount: str
    end: bool


class Waterfall(NamedTuple):
    """The steps under a title that says whether they are what holds or what was proposed."""

    title: str
    steps: Sequence[Step]


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


def figures(record: Record) -> Figures | None:
    """What may be paid as things stand: a person's decision goes over the engine's.

    Who approves lets go of what was held for its discrepancies, not of the contract's retention.
    """
    decision = record.get("decision")
    if not decision:
        return None
    payable, held = parse_decimal(decision["payable_now"]), parse_decimal(decision["held"])
    status = record["status"]
    if payable is None or held is None or status not in _SETTLED:
        return Figures(decision["payable_now"], decision["held"])
    if status != "approved":
        return Figures("0.00", plain(payable + held))
    kept = -sum((_taken_off(decision, step) for step in _KEPT_BY_CONTRACT), ZERO)
    return Figures(plain(payable + held - kept), plain(kept) if kept else "0.00")


def _taken_off(decision: Record, name: str) -> Decimal:
    steps = decision.get("waterfall") or ()
    return next((parse_decimal(s["amount"]) or ZERO for s in steps if s["step"] == name), ZERO)


def waterfall(texts: Texts, formats: Formats, record: Record) -> Waterfall | None:
    """From what is asked to what may be paid; None where nothing is taken off.

    Where a person decided otherwise it is told as the proposal it was, with the decision last.
    """
    decision, decided = record.get("decision") or {}, figures(record)
    steps = decision.get("waterfall") or ()
    currency = (record.get("invoice") or {}).get("currency")
    ends = {"asked", "payable"}
    if decided is None or all(step["step"] in ends for step in steps):
        return None
    overruled = parse_decimal(decided.payable) != parse_decimal(decision["payable_now"])
    names = {"payable": "waterfall.proposed"} if overruled else {}
    told = [
        Step(
            texts(names.get(step["step"], f"waterfall.{step['step']}")),
            formats.money(step["amount"], currency),
            step["step"] in ends,
        )
        for step in steps
    ]
    if not overruled:
        return Waterfall(texts("waterfall.title"), told)
    last = Step(texts("waterfall.decided"), formats.money(decided.payable, currency), end=True)
    return Waterfall(texts("waterfall.title_proposed"), [*told, last])


def chain(texts: Texts, formats: Formats, record: Record) -> list[Draw]:
    """Contract, order, commitment and credits that the invoice draws on.

    What was refused or replaced draws on nothing: it gave back what it would have taken.
    """
    links = (record.get("decision") or {}).get("chain") or ()
    currency = (record.get("invoice") or {}).get("currency")
    if gives_back(record):
        links = [_given_back(link) for link in links]
    return [_draw(texts, formats, link, currency) for link in links]


def gives_back(record: Record) -> bool:
    """Whether the invoice draws on nothing any more, and need not be paid."""
    return record["status"] in _GIVEN_BACK


def _given_back(link: Record) -> Record:
    this, left = parse_decimal(link["this"]), parse_decimal(link["left"])
    if this is None or left is None:
        return link
    return {**link, "this": "0.00", "left": plain(left + this)}


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
    if not today or gives_back(record):
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
    currency = (record.get("invoice") or {}).get("currency")
    indemnity = formats.money(today["indemnity"], currency)
    if today["owed_for_lateness"] is None:
        return texts("document.rate_unknown", indemnity=indemnity)
    amount = formats.money(today["owed_for_lateness"], currency)
    return texts("document.owed", amount=amount, indemnity=indemnity)
