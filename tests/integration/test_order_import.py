"""Orders as documents: Order-X and UBL, read into the same tables as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Database
from db.metadata import METADATA
from ingest.reference.report import FileReport, FileStatus, ProblemCode
from ingest.reference.service import import_paths
from matching.reference import load_orders
from tests.support import shared_folder

_ORDER_X = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:SCRDMCCBDACIOMessageStructure
 xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128">
 <rsm:ExchangedDocument>
  <ram:ID>BC 2026/77</ram:ID><ram:TypeCode>{type}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="203">202603180930</udt:DateTimeString>
  </ram:IssueDateTime><ram:PurposeCode>{purpose}</ram:PurposeCode>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>
    <ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:Name>Lot de vis</ram:Name></ram:SpecifiedTradeProduct>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1.1</ram:LineID>
   </ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:SellerAssignedID>VIS-6</ram:SellerAssignedID>
    <ram:Name>Vis de 6</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
    <ram:ChargeAmount>12.50</ram:ChargeAmount>
    <ram:BasisQuantity unitCode="C62">100</ram:BasisQuantity>
   </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery>
    <ram:RequestedQuantity unitCode="C62">4000</ram:RequestedQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>
    <ram:RateApplicablePercent>20</ram:RateApplicablePercent>
   </ram:ApplicableTradeTax></ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:BuyerReference>TECHNIQUE</ram:BuyerReference>
   <ram:SellerTradeParty><ram:Name>Boulonnerie Delorme</ram:Name>
    <ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">42765112000060</ram:ID>
    </ram:SpecifiedLegalOrganization></ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:Name>Ville de Test</ram:Name></ram:BuyerTradeParty>
   <ram:ContractReferencedDocument><ram:IssuerAssignedID>m 2026-3</ram:IssuerAssignedID>
   </ram:ContractReferencedDocument>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:SCRDMCCBDACIOMessageStructure>"""

_UBL = """<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>BC77</cbc:ID><cbc:IssueDate>2026-03-18</cbc:IssueDate>
 <cac:SellerSupplierParty><cac:Party><cac:PartyLegalEntity>
  <cbc:RegistrationName>Boulonnerie Delorme</cbc:RegistrationName>
 </cac:PartyLegalEntity></cac:Party></cac:SellerSupplierParty>
 <cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>
  <cbc:Quantity unitCode="KGM">2.50</cbc:Quantity>
  <cac:Price><cbc:PriceAmount currencyID="EUR">10.00</cbc:PriceAmount></cac:Price>
  <cac:Item><cbc:Name>Clous</cbc:Name></cac:Item>
 </cac:LineItem></cac:OrderLine></Order>"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    _write(tmp_path, "suppliers.csv", "supplier_id;name;siren\nF1;Boulonnerie Delorme;427651120\n")
    _write(tmp_path, "entities.csv", "entity_id;name\nE1;VILLE de test\n")
    _write(tmp_path, "contracts.csv", "contract_id;lot\nM-2026-03;\n")
    import_paths([tmp_path], database)
    yield database
    database.close()


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def _order_x(folder: Path, document_type: str = "220", purpose: str = "9") -> Path:
    text = _ORDER_X.replace("{type}", document_type).replace("{purpose}", purpose)
    return _write(folder, "order-x.xml", text)


def _import(path: Path, database: Database) -> FileReport:
    return import_paths([path], database).files[0]


def test_an_order_x_becomes_an_order_with_its_lines(tmp_path: Path, database: Database) -> None:
    report = _import(_order_x(tmp_path), database)
    again = _import(_order_x(tmp_path), database)

    assert [(t.table, t.inserted) for t in report.tables] == [("orders", 1), ("order_lines", 1)]
    assert [(t.inserted, t.changed) for t in again.tables] == [(0, 0), (0, 0)]
    with database.reading() as connection:
        order = load_orders(connection, ["BC 2026/77"])["BC 2026/77"]
    assert (order.supplier_id, order.entity_id, order.contract_id) == ("F1", "E1", "M-2026-03")
    assert (order.order_date, order.service_code) == (date(2026, 3, 18), "TECHNIQUE")
    (line,) = order.lines
    assert (line.line_id, line.item_id, line.unit) == ("1.1", "VIS-6", "C62")
    assert (line.quantity, line.unit_price) == (Decimal(4000), Decimal("0.125"))


def test_an_order_known_under_another_spelling_is_that_order(
    tmp_path: Path, database: Database
) -> None:
    text = "order_id;commitment_id;status\n2026-077;EJ1;closed\n"
    _import(_write(tmp_path, "orders.csv", text), database)

    report = _import(_order_x(tmp_path), database)

    assert [(t.inserted, t.changed) for t in report.tables] == [(0, 1), (1, 0)]
    with database.reading() as connection:
        order = load_orders(connection, ["2026-077"])["2026-077"]
    assert (order.commitment_id, order.status.value) == ("EJ1", "closed")
    assert len(order.lines) == 1


def test_a_cancellation_cancels(tmp_path: Path, database: Database) -> None:
    _import(_order_x(tmp_path, purpose="1"), database)

    with database.reading() as connection:
        assert load_orders(connection, ["BC 2026/77"])["BC 2026/77"].status.value == "cancelled"


def test_a_ubl_order_finds_its_supplier_by_name(tmp_path: Path, database: Database) -> None:
    report = _import(_write(tmp_path, "bc77.xml", _UBL), database)

    assert [p.code for p in report.problems] == [ProblemCode.REFERENCE_UNKNOWN]
    with database.reading() as connection:
        order = load_orders(connection, ["BC77"])["BC77"]
    assert order.supplier_id == "F1"
    assert (order.lines[0].quantity, order.lines[0].unit) == (Decimal("2.50"), "KGM")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("response.xml", _ORDER_X.replace("{type}", "231")),
        ("other.xml", "<a/>"),
        ("broken.xml", "<Order"),
        ("nameless.xml", _UBL.replace("<cbc:ID>BC77</cbc:ID>", "")),
        ("twice.xml", _UBL.replace("</Order>", _UBL[_UBL.find("<cac:OrderLine>") :])),
        ("no.pdf", "%PDF-1.4 nothing"),
    ],
)
def test_what_is_no_order_is_refused_and_said(
    tmp_path: Path, database: Database, name: str, text: str
) -> None:
    report = _import(_write(tmp_path, name, text), database)

    assert report.status is FileStatus.REFUSED
    assert len(report.problems) == 1


@pytest.mark.shared
def test_every_order_of_the_corpus_is_read_or_refused_for_a_reason(database: Database) -> None:
    files = sorted(shared_folder().glob("corpus/files/*order*/*"))
    reports = import_paths(files, database).files

    assert len(reports) > 40
    taken = [report for report in reports if report.status is FileStatus.IMPORTED]
    assert len(taken) >= 15
    assert all(len(report.tables) == 2 for report in taken)
    assert all(report.problems for report in reports if report not in taken)
