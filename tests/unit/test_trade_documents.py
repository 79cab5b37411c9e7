"""Orders, advices and status messages are read with the place of every value."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from decimal import Decimal

import pytest

from domain.invoice import DocumentKind
from domain.message import OrderAct
from domain.records import reading_record
from ingest.isolation_wire import _CLASSES
from ingest.reader import read
from ingest.received_texts import ReasonCode, sentence
from tests.pdf_maker import in_name_tree
from tests.support import shared_folder
from tests.trade_documents import (
    advice,
    cdar,
    order_x,
    order_x_change,
    received,
    ubl_order_line,
    ubl_order_message,
    ubl_status,
)


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_order_x_is_read_from_xml_and_from_pdf(*, wrapped: bool) -> None:
    data = order_x("BC-1")
    reading = read(in_name_tree("order-x.xml", data) if wrapped else data, "o")

    assert reading.kind is DocumentKind.ORDER
    order = reading.order
    assert order is not None
    assert (order.act, order.number, order.seller.vat_id) == (
        OrderAct.ORDER,
        "BC-1",
        "FR83404833048",
    )
    (line,) = order.lines
    assert (line.quantity, line.unit, line.net_price) == (Decimal(10), "C62", Decimal("4.00"))
    where = reading.evidence["order.lines[0].quantity"].where
    assert isinstance(where, str)
    assert where.endswith("RequestedQuantity")


@pytest.mark.parametrize(
    ("data", "act"),
    [
        (order_x("BC-1", purpose="1"), OrderAct.CANCELLATION),
        (order_x("BC-1", type_code="231"), OrderAct.RESPONSE),
        (order_x_change("C-1", "BC-1"), OrderAct.CHANGE),
        (ubl_order_message("OrderChange", "C-1", "BC-1"), OrderAct.CHANGE),
        (ubl_order_message("OrderCancellation", "C-1", "BC-1"), OrderAct.CANCELLATION),
        (ubl_order_message("OrderResponse", "C-1", "BC-1"), OrderAct.RESPONSE),
        (ubl_order_message("OrderResponseSimple", "C-1", "BC-1"), OrderAct.RESPONSE),
    ],
)
def test_what_an_order_document_does_is_told(data: bytes, act: OrderAct) -> None:
    order = read(data, "o.xml").order

    assert order is not None
    assert order.act is act
    if order.type_code != "231" and act is not OrderAct.CANCELLATION:
        assert order.order_reference == "BC-1"


def test_a_receipt_advice_says_what_came_and_who_signed() -> None:
    reading = read(advice("ReceiptAdvice", "BL-1", "BC-1", received("10", "2")), "r.xml")

    delivery = reading.delivery
    assert delivery is not None
    assert (delivery.number, delivery.order_reference) == ("BL-1", "BC-1")
    assert delivery.certified_by == "Monique Roux"
    assert [(x.quantity, x.rejected) for x in delivery.lines] == [(Decimal(10), Decimal(2))]


def test_a_status_message_says_status_and_reason() -> None:
    for data, code, reason in (
        (cdar("F-1"), "207", "TX_TVA_ERR"),
        (ubl_status("F-1"), "RE", "PRI"),
    ):
        message = read(data, "s.xml").status_message
        assert message is not None
        (status,) = message.statuses
        assert (status.number, status.status_code) == ("F-1", code)
        assert [r.code for r in status.reasons] == [reason]


def test_a_wrong_number_is_a_remark_and_no_value() -> None:
    line = ubl_order_line("1", "beaucoup")
    reading = read(ubl_order_message("OrderChange", "C", "BC-1", line), "o.xml")

    assert reading.order is not None
    assert reading.order.lines[0].quantity is None
    assert [r.code for r in reading.remarks] == ["ING-VALUE-02"]


def test_what_is_read_travels_between_processes_and_to_json() -> None:
    for data in (order_x("BC-1"), advice("ReceiptAdvice", "B", "BC-1", received("1")), cdar("F")):
        reading = read(data, "x.xml")
        assert pickle.loads(pickle.dumps(reading)) == reading  # noqa: S301 - our own bytes
        record = reading_record(reading)
        assert json.loads(json.dumps(record)) == record
    assert {"OrderMessage", "DeliveryMessage", "StatusMessage"} <= _CLASSES["domain.message"]


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_is_told_in_both_languages(code: ReasonCode) -> None:
    reason = {"code": code.value, "place": "1", "expected": "a", "found": "b"}

    assert sentence(reason) != sentence(reason, "en")
    assert sentence(reason).endswith(".")


@pytest.mark.shared
def test_every_trade_document_of_the_corpus_says_something() -> None:
    corpus = shared_folder() / "corpus"
    read_by_kind: Counter[str] = Counter()
    numbered = 0
    for line in (corpus / "manifest.jsonl").read_text().splitlines():
        entry = json.loads(line)
        kind = entry["kind"]
        if not kind.startswith(("orderx", "ubl_order", "ubl_despatch", "ubl_receipt", "cdar")):
            continue
        reading = read((corpus / entry["path"]).read_bytes(), entry["path"])
        told = reading.order or reading.delivery or reading.status_message
        assert told is not None, entry["path"]
        read_by_kind[kind] += 1
        numbered += told.number is not None

    assert len(read_by_kind) >= len(("orderx", "order", "despatch", "receipt", "cdar"))
    # One order of the corpus was made without a number, on purpose.
    assert numbered >= sum(read_by_kind.values()) - 1


@pytest.mark.shared
def test_the_published_examples_are_read_as_what_they_are() -> None:
    data = shared_folder() / "data"
    acts = {
        path.name: reading.order.act.value
        for path in sorted((data / "ubl" / "exemples").glob("*Order*.xml"))
        if (reading := read(path.read_bytes(), path.name)).order is not None
    }
    statuses = [
        status.status_code
        for path in sorted((data / "cdar" / "exemples").glob("*.xml"))
        if (message := read(path.read_bytes(), path.name).status_message) is not None
        for status in message.statuses
    ]

    assert acts["OrderChange_Example.xml"] == "change"
    assert acts["OrderCancellation_Example.xml"] == "cancellation"
    assert acts["OrderResponse_Example.xml"] == "response"
    assert sorted({s for s in statuses if s}) == [
        "200", "202", "203", "204", "205", "207", "211", "212",
    ]  # fmt: skip
