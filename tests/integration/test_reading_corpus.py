"""Every real document of the developers' corpus: what it is, what it says, and where."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.invoice import Invoice
from domain.records import invoice_record
from ingest.reader import open_document, read_opened
from tests.evidence_check import faults
from tests.support import shared_folder

INVOICES = {
    "cii_xml",
    "ubl_invoice",
    "ubl_creditnote",
    "zugferd1_xml",
    "facturx_pdf",
    "zugferd1_pdf",
}
KINDS = {
    "cdar_xml": "status_message",
    "orderx_pdf": "order",
    "orderx_xml": "order",
    "ubl_order": "order",
    "ubl_order_cancellation": "order",
    "ubl_order_change": "order",
    "ubl_order_response": "order",
    "ubl_despatch_advice": "despatch_advice",
    "ubl_receipt_advice": "receipt_advice",
    "ubl_other": "other",
    "other_xml": "other",
    "malformed_xml": "other",
    "pdf_bad_xml": "other",
}
TEXTS = {
    "number": "number",
    "type_code": "type_code",
    "issue_date": "issue_date",
    "due_date": "due_date",
    "currency": "currency",
    "buyer_reference": "buyer_reference",
    "purchase_order_ref": "order_reference",
    "contract_ref": "contract_reference",
    "iban": "payee_iban",
}
TOTALS = {
    "line_total": "lines",
    "tax_basis_total": "tax_exclusive",
    "tax_total": "tax",
    "grand_total": "tax_inclusive",
    "payable": "payable",
}


def rows(kinds: set[str]) -> list[tuple[Path, dict[str, Any]]]:
    corpus = shared_folder() / "corpus"
    with (corpus / "manifest.jsonl").open(encoding="utf-8") as manifest:
        found = [json.loads(line) for line in manifest]
    return [(corpus / row["path"], row) for row in found if row["kind"] in kinds]


def differences(truth: dict[str, Any], invoice: Invoice) -> list[str]:
    record = invoice_record(invoice)
    found = []
    for theirs, ours in TEXTS.items():
        want, have = truth[theirs], record[ours]
        if " ".join((want or "").split()) != " ".join((have or "").split()):
            found.append(f"{ours}: {have!r}, not {want!r}")
    for theirs, ours in TOTALS.items():
        want, have = truth[theirs], record["totals"][ours]
        if (want and Decimal(want)) != (have and Decimal(have)):
            found.append(f"totals.{ours}: {have!r}, not {want!r}")
    billed = [line for line in truth["lines"] if not line["text_only"]]
    names = [" ".join((line["name"] or "").split()) for line in billed]
    if names != [" ".join((line.name or "").split()) for line in invoice.lines]:
        found.append("lines")
    return found


@pytest.mark.shared
def test_every_value_of_every_invoice_has_true_evidence() -> None:
    wrong: dict[str, list[str]] = {}
    checked = 0
    for path, _ in rows(INVOICES):
        data = path.read_bytes()
        opened = open_document(data, path.name)
        assert opened.document is not None
        reading = read_opened(data, opened, pages=False)
        checked += len(reading.evidence)
        found = faults(opened.xml or b"", reading)
        if found:
            wrong[path.name] = found

    assert wrong == {}
    assert checked > 10_000


@pytest.mark.shared
def test_headers_totals_and_lines_are_what_the_corpus_says() -> None:
    wrong: dict[str, list[str]] = {}
    for path, row in rows(INVOICES):
        data = path.read_bytes()
        reading = read_opened(data, open_document(data, path.name), pages=False)
        assert reading.invoice is not None
        found = differences(row["gt"], reading.invoice)
        if found:
            wrong[path.name] = found

    assert wrong == {}


@pytest.mark.shared
def test_other_documents_are_told_apart() -> None:
    wrong = {}
    for path, row in rows(set(KINDS)):
        data = path.read_bytes()
        reading = read_opened(data, open_document(data, path.name), pages=False)
        if reading.kind.value != KINDS[row["kind"]] or reading.invoice is not None:
            wrong[path.name] = reading.kind.value

    assert wrong == {}
