"""Corrections and links on a whole application: judged at once, learned, forgotten, replayed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from config.application import Application
from domain.errors import Error
from domain.records import Record
from ingest import repository
from ingest.repository import PersonLinks
from ingest.resolution import SecondApproverNeeded
from matching.ledger_tables import BALANCES, CONSUMPTION
from matching.reference_upsert import upsert
from tests.acceptance.invoices import cii_invoice
from tests.odd_layout import BUYER, SELLER, SIREN, Item, odd_invoice

ONE: tuple[Item, ...] = (("Porte en chêne", "6", "2", "210.00"),)


@pytest.fixture(autouse=True)
def _reference(application: Application) -> None:
    orders = ("BC 2026-31", "BC 2026-32")
    lines = [
        {
            "order_id": order,
            "line_id": "1",
            "description": "Porte en chêne",
            "quantity": Decimal(10),
            "unit": "C62",
            "unit_price": Decimal("210.00"),
            "vat_rate": Decimal(20),
        }
        for order in orders
    ] + [
        {
            "order_id": order,
            "line_id": "2",
            "description": "Paumelle",
            "quantity": Decimal(100),
            "unit": "C62",
            "unit_price": Decimal("2.50"),
            "vat_rate": Decimal(20),
        }
        for order in orders
    ]
    rows: dict[str, list[Record]] = {
        "entities": [{"entity_id": "E1", "name": BUYER, "kind": "company"}],
        "suppliers": [{"supplier_id": "F1", "name": SELLER, "siren": SIREN}],
        "contracts": [{"contract_id": "M-7", "lot": "", "supplier_id": "F1"}],
        "orders": [
            {"order_id": o, "entity_id": "E1", "supplier_id": "F1", "status": "open"}
            for o in orders
        ],
        "order_lines": lines,
        "receipts": [
            {
                "receipt_id": f"R{n}",
                "order_id": line["order_id"],
                "line_id": line["line_id"],
                "quantity": line["quantity"],
            }
            for n, line in enumerate(lines)
        ],
    }
    with application.database.transaction() as connection:
        for name, data in rows.items():
            upsert(connection, name, data)


def take(application: Application, data: bytes, name: str = "f.pdf") -> Record:
    (record,) = application.ingest([(name, data)], "test")
    return record


def correct(application: Application, document_id: str, **fields: str) -> Record:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    return application.correct(document_id, named, "lu sur la page", "anne")


def balances(application: Application) -> dict[tuple[str, str, str], Decimal]:
    """What is billed on each order line; and the sum of what the documents took is the same."""
    with application.database.reading() as connection:
        kept = {
            (r.kind, r.id, r.part): r.quantity
            for r in connection.execute(select(BALANCES))
            if r.kind == "line" and r.quantity
        }
        taken: dict[tuple[str, str, str], Decimal] = {}
        for row in connection.execute(select(CONSUMPTION).where(CONSUMPTION.c.kind == "line")):
            key = (row.kind, row.id, row.part)
            taken[key] = taken.get(key, Decimal(0)) + row.quantity
    assert kept == taken
    return kept


def fine(application: Application) -> bool:
    return all(record.get("ok", True) for record in application.verify(None))


def test_misread_corrected_learned_and_forgotten(application: Application) -> None:
    first = take(application, odd_invoice("VY/26/0117"))
    assert (first["status"], first["invoice"]["number"]) == ("blocked", None)

    fields = {"number": "VY/26/0117", "column:quantity": "Sortis"}
    corrected = application.correct(first["document_id"], fields, "lu sur la page", "anne")

    assert corrected["status"] == "approved"
    assert corrected["evidence"]["number"]["from"] == "corrected"
    assert corrected["evidence"]["number"]["corrected"]["by"] == "anne"
    assert [line["quantity"] for line in corrected["invoice"]["lines"]] == ["3", "30"]

    second = take(application, odd_invoice("VY/26/0932", ONE, day="02/04/2026"))
    assert second["status"] == "approved"
    assert second["invoice"]["number"] == "VY/26/0932"
    assert [line["quantity"] for line in second["invoice"]["lines"]] == ["2"]
    learned = second["evidence"]["number"]
    mark = corrected["evidence"]["number"]["corrected"]
    assert learned["from"] == "pdf_text"
    assert learned["learned"] == mark
    assert learned["confidence"] < 1
    listed = {c["field"]: c for c in application.corrections()}
    assert {f: c["applied_to"] for f, c in listed.items()} == {"number": 1, "column:quantity": 1}
    assert "learned" in [e["type"] for e in application.show(second["document_id"])["history"]]

    for correction in application.corrections():
        application.forget(correction["correction_id"], "ancien logiciel", "luc")

    third = take(application, odd_invoice("VY/26/1001", ONE, day="05/05/2026"))
    assert (third["status"], third["invoice"]["number"]) == ("blocked", None)
    assert [line["quantity"] for line in third["invoice"]["lines"]] == ["6"]
    assert application.corrections() == []
    assert {c["forgotten_by"] for c in application.corrections(forgotten=True)} == {"luc"}
    history = application.show(first["document_id"])["history"]
    assert [e["type"] for e in history][-2:] == ["forgotten", "forgotten"]
    assert fine(application)


def test_the_first_reading_and_verdict_are_kept_and_every_verdict_replays(
    application: Application,
) -> None:
    first = take(application, odd_invoice("VY/26/0117"))
    document_id = first["document_id"]

    correct(application, document_id, number="VY/26/0117")
    correct(application, document_id, **{"column:quantity": "Sortis"})

    with application.database.reading() as connection:
        past = repository.past_results(connection, document_id)
    assert past[0]["reading"]["invoice"] == first["invoice"]
    assert past[0]["reading"]["evidence"] == first["evidence"]
    assert past[0]["verdict"]["decision"] == first["decision"]
    replayed = application.replay(document_id)
    assert replayed["same"]
    assert [(v["same"], v["outcome"]) for v in replayed["past"]] == [(True, "block")] * 2
    assert fine(application)


def test_a_correction_is_an_event_with_author_reason_and_both_values(
    application: Application,
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))["document_id"]

    correct(application, document_id, number="VY/26/0117", due_date="11/04/2026")

    (event,) = [e for e in application.show(document_id)["history"] if e["type"] == "resolved"]
    assert (event["actor"], event["payload"]["action"]) == ("anne", "correct")
    assert event["payload"]["reason"] == "lu sur la page"
    said = {f["field"]: f for f in event["payload"]["fields"]}
    assert (said["number"]["before"], said["number"]["after"]) == (None, "VY/26/0117")
    assert said["number"]["learned"]
    assert said["due_date"]["after"] == "2026-04-11"
    assert not said["due_date"]["learned"]  # it stands nowhere on the page


def test_what_was_taken_is_replaced(application: Application) -> None:
    record = take(application, odd_invoice("VY/26/0117"))
    assert balances(application) == {
        ("line", "BC 2026-31", "1"): Decimal(4),
        ("line", "BC 2026-31", "2"): Decimal(40),
    }

    correct(application, record["document_id"], **{"column:quantity": "Sortis"})
    assert balances(application) == {
        ("line", "BC 2026-31", "1"): Decimal(3),
        ("line", "BC 2026-31", "2"): Decimal(30),
    }

    application.link(record["document_id"], PersonLinks(("BC 2026-32",)), "bon de février", "anne")
    assert balances(application) == {
        ("line", "BC 2026-32", "1"): Decimal(3),
        ("line", "BC 2026-32", "2"): Decimal(30),
    }
    assert fine(application)


def test_a_link_holds_when_the_document_is_corrected_afterwards(application: Application) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))["document_id"]
    linked = application.link(document_id, PersonLinks(("BC 2026-32",)), "bon de février", "anne")
    assert linked["match"]["orders"] == ["BC 2026-32"]

    corrected = correct(application, document_id, number="VY/26/0117")

    assert corrected["match"]["orders"] == ["BC 2026-32"]
    assert application.replay(document_id)["same"]


def test_a_contract_can_be_linked_instead_of_an_order(application: Application) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))["document_id"]

    linked = application.link(document_id, PersonLinks(contract_id="M-7"), "hors commande", "anne")

    assert (linked["match"]["orders"], linked["match"]["contract"]) == ([], "M-7")
    assert balances(application) == {}
    assert application.replay(document_id)["same"]


@pytest.mark.parametrize(
    "links",
    [
        PersonLinks(),
        PersonLinks(("NOWHERE",)),
        PersonLinks(("\ud800",)),  # half a character, as JSON can write it
        PersonLinks(contract_id="M-7", lot="9"),
    ],
)
def test_what_does_not_exist_cannot_be_linked(application: Application, links: PersonLinks) -> None:
    first = take(application, odd_invoice("VY/26/0117"))

    with pytest.raises(Error) as problem:
        application.link(first["document_id"], links, "essai", "anne")

    assert problem.value.code == "ING-77"
    assert str(problem.value).encode()
    assert application.show(first["document_id"])["match"] == first["match"]


def test_later_open_invoices_are_judged_again_after_it(application: Application) -> None:
    many: tuple[Item, ...] = (("Porte en chêne", "9", "7", "210.00"),)
    few: tuple[Item, ...] = (("Porte en chêne", "3", "3", "210.00"),)
    first = take(application, odd_invoice("VY/26/0117", many), "a.pdf")
    second = take(application, odd_invoice("VY/26/0118", few), "b.pdf")
    over = "QUANTITY_ABOVE_ORDERED"
    assert over in [d["code"] for d in second["discrepancies"]]

    corrected = correct(application, first["document_id"], **{"column:quantity": "Sortis"})

    # Nine ordered, seven billed: with three more the order of ten is used up, not passed.
    assert over not in [d["code"] for d in corrected["discrepancies"]]
    again = application.show(second["document_id"])
    assert over not in [d["code"] for d in again["discrepancies"]]
    assert balances(application) == {("line", "BC 2026-31", "1"): Decimal(10)}
    assert fine(application)


def test_the_words_of_an_xml_are_not_corrected(application: Application) -> None:
    document_id = take(application, cii_invoice(1), "f.xml")["document_id"]

    with pytest.raises(Error) as problem:
        correct(application, document_id, number="F-2")

    assert problem.value.code == "ING-73"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "ING-71"),
        ({"colour": "blue"}, "ING-71"),
        ({"lines[9].quantity": "1"}, "ING-71"),
        ({"column:colour": "Bleu"}, "ING-71"),
        ({"issue_date": "yesterday"}, "ING-72"),
        ({"totals.tax": "much"}, "ING-72"),
        ({"column:quantity": " "}, "ING-72"),
        ({"column:quantity": "Kilos"}, "ING-74"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_changes(
    application: Application, fields: dict[str, str], code: str
) -> None:
    first = take(application, odd_invoice("VY/26/0117"))

    with pytest.raises(Error) as problem:
        application.correct(first["document_id"], fields, "essai", "anne")

    assert problem.value.code == code
    shown = application.show(first["document_id"])
    assert shown["invoice"] == first["invoice"]
    assert [e["type"] for e in shown["history"]][-1] == "decided"


def test_cells_and_sums_are_corrected_one_by_one_and_what_follows_is_computed(
    application: Application,
) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))["document_id"]

    fields = {"lines[0].quantity": "3", "lines[1].quantity": "30,0", "seller.name": "Val d'Yèvre"}
    record = application.correct(document_id, fields, "bon de livraison", "anne")

    assert [line["quantity"] for line in record["invoice"]["lines"]] == ["3", "30.0"]
    assert record["invoice"]["seller"]["name"] == "Val d'Yèvre"
    assert not [d for d in record["discrepancies"] if d["code"] == "TOTALS_INCONSISTENT"]
    record = application.correct(
        document_id, {"totals.tax_inclusive": "850", "totals.tax": "145"}, "essai", "anne"
    )
    assert record["invoice"]["totals"]["payable"] == "850"
    assert record["invoice"]["vat_breakdown"][0]["tax"] == "145"


def test_a_document_of_another_supplier_learns_nothing(application: Application) -> None:
    first = take(application, odd_invoice("VY/26/0117"))
    correct(application, first["document_id"], number="VY/26/0117")

    other = odd_invoice("LO/26/0932", ONE, seller="Serrurerie Lozet SAS", siren="404833048")
    record = take(application, other)

    assert record["invoice"]["number"] is None
    assert application.corrections()[0]["applied_to"] == 0


def test_the_newer_of_two_corrections_holds(application: Application) -> None:
    first = take(application, odd_invoice("VY/26/0117"))
    correct(application, first["document_id"], number="12/03/2026")
    correct(application, first["document_id"], number="VY/26/0117")

    record = take(application, odd_invoice("VY/26/0932", ONE))

    assert record["invoice"]["number"] == "VY/26/0932"


def test_orders_to_link_come_the_likeliest_first(application: Application) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))["document_id"]

    found = application.choices(document_id)

    assert [c["order_id"] for c in found] == ["BC 2026-31", "BC 2026-32"]
    assert [c["quoted"] for c in found] == [True, False]
    assert found[0]["score"] > 0.5


def test_what_can_be_pointed_at_are_amounts_dates_and_words(application: Application) -> None:
    document_id = take(application, odd_invoice("VY/26/0117"))["document_id"]

    texts = {piece.text for piece in application.pieces(document_id)}

    assert {"VY/26/0117", "12/03/2026", "846,00", "Sortis"} <= texts


def test_who_makes_the_seller_an_unknown_one_does_not_approve_alone(
    application: Application,
) -> None:
    first = take(application, odd_invoice("VY/26/0117"))["document_id"]
    fields = {"seller.name": "Personne SARL", "seller.legal_id": "", "seller.vat_id": ""}
    shown = application.correct(first, fields, "lu sur la page", "anne")
    assert "SUPPLIER_UNKNOWN" in [d["code"] for d in shown["discrepancies"]]

    with pytest.raises(SecondApproverNeeded):
        application.resolve(first, "approve", "Bon", "anne")
    application.resolve(first, "approve", "Vérifié avec le service", "luc")

    assert application.show(first)["status"] == "approved"
