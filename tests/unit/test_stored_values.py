"""What was written in CONTRACT's JSON form comes back as the same values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.evidence import CorrectionMark, Evidence, PageBox
from domain.invoice import (
    Attachment,
    DocumentKind,
    Invoice,
    InvoiceLine,
    PageDifference,
    ReadFailure,
    Reading,
    ReadRemark,
    Syntax,
    Totals,
)
from domain.message import (
    DeliveredItem,
    DeliveryMessage,
    DocumentStatus,
    OrderAct,
    OrderedItem,
    OrderMessage,
    StatusMessage,
    StatusReason,
)
from domain.party import Party
from domain.records import canonical, reading_record, validation_record
from domain.stored import reading_from, validation_from
from domain.validation import Finding, FindingSeverity, RuleSetResult, RuleSetStatus, Validation
from ingest.reader import read

DATA = Path(__file__).parents[1] / "data"

MARK = CorrectionMark("c1", "2026-03-02T10:00:00Z", "anne")
PAGE = Reading(
    DocumentKind.INVOICE,
    Syntax.PDF_TEXT,
    Invoice(
        number="F-1",
        issue_date=date(2026, 3, 2),
        totals=Totals(payable=Decimal("12.50")),
        lines=(InvoiceLine(name="Papier", quantity=Decimal("2.50")),),
    ),
    {
        "number": Evidence("pdf_text", PageBox(1, 10.5, 20.0, 60.0, 31.0), 0.95),
        "totals.payable": Evidence("computed", None, 0.9),
        "issue_date": Evidence("xml", "/a/b", 1.0, PageBox(2, 1.0, 2.0, 3.0, 4.0)),
        "due_date": Evidence("corrected", None, 1.0, correction=MARK),
        "currency": Evidence("pdf_text", PageBox(1, 1.0, 2.0, 3.0, 4.0), 0.9, correction=MARK),
    },
    attachments=(Attachment("a.pdf", "0" * 64, 3, "annex"),),
    text="Facture F-1",
    remarks=(ReadRemark("X", "f", "s", "m"),),
    page_differences=(PageDifference("number", "1", "2", PageBox(1, 1.0, 2.0, 3.0, 4.0)),),
)
REFUSED = Reading(DocumentKind.OTHER, error=ReadFailure("ING-1", "no", "try"), text="x")


@pytest.mark.parametrize(
    "reading",
    [
        PAGE,
        REFUSED,
        read((DATA / "cii_every_field.xml").read_bytes(), "a.xml"),
        read((DATA / "ubl_every_field.xml").read_bytes(), "b.xml"),
    ],
    ids=["page", "refused", "cii", "ubl"],
)
def test_a_reading_comes_back_as_it_was_written(reading: Reading) -> None:
    kept = json.loads(json.dumps(reading_record(reading)))

    assert reading_from(kept, reading.text) == reading


def test_evidence_says_whether_a_value_was_corrected_or_learned() -> None:
    evidence = reading_record(PAGE)["evidence"]
    mark = {"correction_id": "c1", "at": "2026-03-02T10:00:00Z", "by": "anne"}

    assert evidence["due_date"]["from"] == "corrected"
    assert evidence["due_date"]["corrected"] == mark
    assert evidence["currency"]["from"] == "pdf_text"
    assert evidence["currency"]["learned"] == mark
    assert set(evidence["number"]) == {"from", "where", "confidence"}


def test_a_validation_comes_back_as_it_was_written() -> None:
    validation = Validation(
        None,
        (RuleSetResult("BR-FR", "1.2", RuleSetStatus.SKIPPED, "no engine"),),
        (
            Finding("BR-01", FindingSeverity.FATAL, "must", "/Invoice", "EN16931"),
            Finding(
                "BR-02",
                FindingSeverity.WARNING,
                "must",
                None,
                "EN16931",
                "Le numéro manque.",
                "The number is missing.",
                ("BT-1",),
                PageBox(1, 1.0, 2.0, 3.0, 4.0),
            ),
        ),
    )

    assert validation_from(json.loads(json.dumps(validation_record(validation)))) == validation


def test_messages_come_back_as_they_were() -> None:
    seller = Party(name="Vannes du Rhône", identifiers=("0009:12345678900011",))
    item = OrderedItem(id="1", quantity=Decimal("12.50"), unit="C62", net_price=Decimal("4.00"))
    order = OrderMessage(OrderAct.CHANGE, "BC-1", issue_date=date(2026, 3, 2), seller=seller)
    delivered = DeliveredItem(id="1", quantity=Decimal(3), rejected=Decimal(1))
    told = DocumentStatus("F-1", status_code="205", reasons=(StatusReason(code="CMD_ERR"),))
    reading = Reading(
        DocumentKind.ORDER,
        order=replace(order, lines=(item,), notes=("urgent",)),
        delivery=DeliveryMessage("BL-1", lines=(delivered,), certified_by="A. Martin"),
        status_message=StatusMessage("CDV-1", statuses=(told,)),
    )

    back = reading_from(json.loads(canonical(reading_record(reading))))

    assert (back.order, back.delivery) == (reading.order, reading.delivery)
    assert back.status_message == reading.status_message
