"""A document as its page shows it: verdict, differences, links, lines, values and their places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from typing import Any, NamedTuple
from urllib.parse import urlencode

from api.web.findings_view import in_plain_words
from api.web.formats import DASH, Formats, Kind, Language
from api.web.page_view import anchor_of
from api.web.texts import Texts
from api.web.value_wording import Label, label_text, labels_of
from api.web.wording import SIGNATURE_BROKEN, advice_for, title_of
from domain.match import ChainKind, Code, Discrepancy, Severity
from domain.money import parse_decimal, plain, round_to_cents
from domain.signature import SIGNATURE_CODES
from matching.texts import message

Record = Mapping[str, Any]

_DOUBTFUL = 0.6
_DIGITS = 120  # two numbers of the longest kind, multiplied
# Which value of a discrepancy is the number of another invoice.
_OTHER_INVOICE = {
    "DUPLICATE_INVOICE": "expected",
    "DUPLICATE_SUSPECTED": "expected",
    "CREDIT_ABOVE_INVOICE": "field",
}
_JUDGED_AGAIN = frozenset({"correct", "link", "tell_apart"})
_STANDING = frozenset({"refused", "disputed", "on_hold"})
_BY_PEOPLE = frozenset({"resolved", "account"})
_ORDER = [severity.value for severity in Severity]
_VALUES: tuple[tuple[str, str, Kind], ...] = (
    ("number", "invoice.number", "text"),
    ("issue_date", "invoice.issue_date", "date"),
    ("due_date", "invoice.due_date", "date"),
    ("seller.name", "invoice.seller", "text"),
    ("buyer.name", "invoice.buyer", "text"),
    ("order_reference", "invoice.order_reference", "text"),
    ("contract_reference", "invoice.contract_reference", "text"),
    ("buyer_reference", "invoice.buyer_reference", "text"),
    ("payee_iban", "invoice.payee_iban", "iban"),
    ("totals.tax_exclusive", "totals.tax_exclusive", "money"),
    ("totals.tax", "totals.tax", "money"),
    ("totals.tax_inclusive", "totals.tax_inclusive", "money"),
    ("totals.payable", "totals.payable", "money"),
)


class Named(NamedTuple):
    """A value with what it is called; `role` is expected, found or delta."""

    role: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One discrepancy in words."""

    severity: str
    title: str
    place: str | None
    line: str | None
    values: Sequence[Named]
    delta: str | None
    message: str | None
    advice: str
    again: str | None
    code: str
    reason_code: str | None
    other_href: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """The decision of a person that stands beside the engine's verdict."""

    status: str
    what: str
    who: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """The order line that an invoice line answers, with that order line's own amount."""

    order_id: str
    order_line: str
    quantity: str
    amount: str
    ordered: Record | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """An invoice line, what answers it, and what is wrong with it."""

    label: str
    anchor: str
    line: Record
    allocations: Sequence[Allocation]
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value, where it was read and how sure the reader was."""

    text: str
    value: str
    origin: str
    where: str | None
    sure: str | None
    box: str | None
    doubtful: bool = False


def _currency(record: Record) -> str | None:
    invoice = record.get("invoice")
    return invoice["currency"] if invoice else None


def differences(texts: Texts, formats: Formats, record: Record) -> list[Difference]:
    """The discrepancies, the weightiest first."""
    items = sorted(
        record.get("discrepancies") or (), key=lambda item: _ORDER.index(item["severity"])
    )
    told = (in_plain_words(texts, record, item) for item in items)
    return [_difference(texts, formats, item, record) for item in told]


def _uncertain(texts: Texts, formats: Formats, item: Record, record: Record) -> Difference:
    """Which values of a page are missing or unsure, how sure they are, and what is asked."""
    missing = str(item["found"] or "").split(", ")
    evidence = record.get("evidence") or {}
    named = []
    for path in str(item["field"]).split(", "):
        confidence = (evidence.get(path) or {}).get("confidence")
        shown = texts("uncertain.not_read")
        if path not in missing and confidence is not None:
            percent = formats.percent(str(round(100 * confidence)))
            shown = texts("values.sure", percent=percent)
        named.append(Named("found", texts.get(f"field.{path}", path), shown))
    threshold = parse_decimal(str(item["expected"]))
    asked = None if threshold is None else formats.percent(plain(threshold * 100))
    return Difference(
        severity=item["severity"],
        title=title_of(item["code"], texts.language),
        place=None,
        line=item["invoice_line"],
        values=named,
        delta=None,
        message=None if asked is None else texts("uncertain.asked", percent=asked),
        advice=advice_for(item["code"], texts.language),
        again=None,
        code=item["code"],
        reason_code=item["reason_code"],
        other_href=None,
    )


def _difference(texts: Texts, formats: Formats, item: Record, record: Record) -> Difference:
    labels = labels_of(item["code"], _about(record, item))
    named: list[Named] = []

    def name(role: str, label: Label) -> str | None:
        value = item[role]
        if value is None:
            return None
        shown = formats.value(value, label.kind, _currency(record))
        named.append(Named(role, label_text(label, texts.language), shown))
        return shown

    if item["code"] == Code.EXTRACTION_UNCERTAIN:
        return _uncertain(texts, formats, item, record)

    name("expected", labels.expected)
    name("found", labels.found)
    delta = name("delta", labels.delta)
    # Two numbers with their names say it all; words and lists need the sentence.
    told = len(named) > 1 and labels.found.kind != "text"
    again = _corrected_in_vain(record, item)
    words = SIGNATURE_BROKEN if _is_about_signature(item) else item["code"]
    return Difference(
        severity=item["severity"],
        title=title_of(words, texts.language),
        place=_place(texts, item),
        line=item["invoice_line"],
        values=named,
        delta=delta,
        message=None if told else sentence(item, texts.language),
        advice=texts("wrong.corrected") if again else advice_for(words, texts.language),
        again=again,
        code=item["code"],
        reason_code=item["reason_code"],
        other_href=_other_href(item),
    )


def _corrected_in_vain(record: Record, item: Record) -> str | None:
    """The field that a person corrected, where the amounts do not add up with it."""
    if item["code"] != Code.TOTALS_INCONSISTENT:
        return None
    evidence = record.get("evidence") or {}
    corrected = [path for path, seen in evidence.items() if seen.get("corrected")]
    lines = (record.get("invoice") or {}).get("lines") or ()
    labels = [line["id"] or str(place) for place, line in enumerate(lines, 1)]
    where: tuple[str, ...] = ("totals.", "lines[")
    if item["invoice_line"] in labels:
        where = (f"lines[{labels.index(item['invoice_line'])}].",)
    return next((path for path in corrected if path.startswith(where)), None)


def _about(record: Record, item: Record) -> str | None:
    """A field of page and XML; or net or gross, one of which the chain tells."""
    if item["code"] == Code.PDF_XML_DIFFER:
        return str(item["field"]).partition(",")[0].partition(".")[0]
    if item["code"] != Code.COMMITMENT_EXCEEDED:
        return None
    for link in (record.get("decision") or {}).get("chain") or ():
        if link["kind"] == ChainKind.COMMITMENT and link["id"] == item["field"]:
            gross = link["basis"] == "gross" and link["ceiling"] == item["expected"]
            return "gross" if gross else "net"
    return None


def _is_about_signature(item: Record) -> bool:
    """Whether the first of the broken rules says that a signature does not hold."""
    about = str(item["field"]).startswith(SIGNATURE_CODES)
    return about and bool(item["code"] == Code.INVALID_DOCUMENT)


def sentence(item: Record, language: Language) -> str:
    """A stored discrepancy in the reader's language."""
    if item["code"] not in Code.__members__:
        return str(item["message"])
    names = ("invoice_line", "order_id", "order_line", "field", "expected", "found", "delta")
    values = {name: item.get(name) for name in names}
    return message(Discrepancy(Code(item["code"]), item["message"], **values), language)


def _other_href(item: Record) -> str | None:
    """The search for the other invoice that a discrepancy is about."""
    number = item[_OTHER_INVOICE[item["code"]]] if item["code"] in _OTHER_INVOICE else None
    if not number:
        return None
    quoted = str(number).replace('"', " ")
    return "/search?" + urlencode({"q": f'number:"{quoted}"'})


def _field(texts: Texts, path: str) -> str:
    return texts.get(f"field.{path}", texts.get(f"invoice.{path}", path))


def _place(texts: Texts, item: Record) -> str | None:
    parts = []
    fields = f"{item['field']}"
    if fields.startswith("totals.") or item["code"] == Code.PDF_XML_DIFFER:
        parts.append(", ".join(_field(texts, f) for f in fields.split(", ")))
    if item["invoice_line"] is not None:
        parts.append(texts("wrong.line", line=item["invoice_line"]))
    if item["order_id"] is not None and item["order_line"] is not None:
        parts.append(texts("wrong.order_line", order=item["order_id"], line=item["order_line"]))
    elif item["order_id"] is not None:
        parts.append(texts("wrong.order", order=item["order_id"]))
    return " · ".join(parts) or None


def lines(
    formats: Formats,
    record: Record,
    told: Sequence[Difference],
    order_lines: Sequence[Record] = (),
) -> list[LineRow]:
    """Each invoice line with the order lines that answer it."""
    invoice = record.get("invoice")
    if not invoice:
        return []
    match = record.get("match") or {"lines": ()}
    ordered = {(o["order_id"], o["line_id"]): o for o in order_lines}
    found = []
    for position, line in enumerate(invoice["lines"], 1):
        label = line["id"] or str(position)
        allocations = []
        for m in match["lines"]:
            if m["invoice_line"] != label:
                continue
            answered = ordered.get((m["order_id"], m["order_line"]))
            amount = _ordered_amount(answered) or m["net_amount"]
            allocations.append(
                Allocation(
                    m["order_id"],
                    m["order_line"],
                    formats.quantity(m["quantity"]),
                    formats.money(amount, invoice["currency"]),
                    answered,
                )
            )
        wrong = [d for d in told if d.line == label]
        found.append(LineRow(label, f"line-{position}", line, allocations, wrong))
    return found


def _ordered_amount(order_line: Record | None) -> str | None:
    """What was ordered on a line, so that its row adds up; None where it has no price."""
    quantity = parse_decimal((order_line or {}).get("quantity") or "")
    price = parse_decimal((order_line or {}).get("unit_price") or "")
    if quantity is None or price is None:
        return None
    with localcontext(prec=_DIGITS):
        return plain(round_to_cents(quantity * price))


def _leaves_standing(payload: Record) -> bool:
    """Whether a correction or a link left the decision taken before it as it was."""
    return payload.get("action") in _JUDGED_AGAIN and payload.get("after") in _STANDING


def taken(texts: Texts, formats: Formats, record: Record) -> Taken | None:
    """The last decision of a person, unless it was given back to the engine."""
    decided = [
        e
        for e in record.get("history") or ()
        if e["type"] == "resolved" and not _leaves_standing(e.get("payload") or {})
    ]
    payload = (decided[-1].get("payload") or {}) if decided else {}
    if not payload or payload.get("action") in {"release", *_JUDGED_AGAIN}:
        return None
    return Taken(
        payload["after"],
        texts.get(f"status.{payload['after']}", payload["after"]),
        decided[-1]["actor"],
        formats.moment(decided[-1]["at"]),
        payload["reason"],
    )


def last_position(record: Record) -> int | None:
    """Where in the log the last event of a document stands."""
    return max((event.get("position", 0) for event in record.get("history") or ()), default=None)


def _value_at(invoice: Record, path: str) -> str | None:
    value: Any = invoice
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else None


def read_values(texts: Texts, formats: Formats, record: Record) -> list[ReadValue]:
    """The values that matter most, with the place each was read at."""
    invoice = record.get("invoice")
    if not invoice:
        return []
    evidence = record.get("evidence") or {}
    found = []
    for path, text, kind in _VALUES:
        value = _value_at(invoice, path)
        if value is None:
            continue
        shown = (
            formats.iban(value) if kind == "iban" else formats.value(value, kind, _currency(record))
        )
        if kind == "text":
            shown = value
        found.append(_read_value(texts, formats, texts(text), shown, path, evidence.get(path)))
    return found


def _read_value(
    texts: Texts, formats: Formats, text: str, shown: str, path: str, seen: Record | None
) -> ReadValue:
    if seen is None:
        return ReadValue(text, shown, DASH, None, None, None)
    where = seen["where"]
    mark, said = seen.get("corrected"), seen.get("learned")
    if mark is not None:
        box = anchor_of(path) if isinstance(where, Mapping) else None
        return ReadValue(text, shown, texts("values.corrected", who=mark["by"]), None, None, box)
    if isinstance(where, Mapping):
        origin = texts("values.page", page=where["page"])
        if said is not None:
            origin += " · " + texts("values.learned", who=said["by"])
        percent = formats.percent(str(round(100 * seen["confidence"])))
        sure = texts("values.sure", percent=percent)
        doubtful = seen["confidence"] < _DOUBTFUL
        return ReadValue(text, shown, origin, None, sure, anchor_of(path), doubtful)
    if seen.get("bbox"):  # read from the XML, and seen on the page as well
        origin = texts("values.xml_and_page", page=seen["page"])
        return ReadValue(text, shown, origin, where, None, anchor_of(path))
    origin = texts("values.computed" if seen["from"] == "computed" else "values.xml")
    return ReadValue(text, shown, origin, where, None, None)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a document's history."""

    what: str
    when: str
    who: str
    index: int | None
    detail: str | None
    reason: str | None = None


def history(texts: Texts, formats: Formats, record: Record) -> list[Happened]:
    """What happened to the document, with its places in the ledger."""
    return [
        Happened(
            _happened(texts, event),
            formats.moment(event["at"], seconds=True),
            event["actor"],
            event.get("position"),
            _pretty(event.get("payload")),
            (event.get("payload") or {}).get("reason") if event["type"] in _BY_PEOPLE else None,
        )
        for event in record.get("history") or ()
    ]


def _happened(texts: Texts, event: Record) -> str:
    what = texts.get(f"history.{event['type']}", event["type"])
    payload = (event.get("payload") or {}) if event["type"] == "resolved" else {}
    action = payload.get("action")
    if not action:
        return what
    taken_back = f"decide.{action}.{payload.get('before')}"
    return f"{what} · {texts.get(taken_back, texts.get(f'decide.{action}', action))}"


def _pretty(payload: Any) -> str | None:
    return json.dumps(payload, ensure_ascii=False, indent=2) if payload else None
