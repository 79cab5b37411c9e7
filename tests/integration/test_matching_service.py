"""Judging against a database: what counts as billed, and what no longer does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.metadata import METADATA
from domain.invoice import DocumentKind, Invoice, PrecedingInvoice, Reading, Syntax
from domain.match import Verdict
from domain.party import Party
from domain.records import canonical, verdict_record
from matching.ledger_tables import BALANCES, CONSUMPTION
from matching.loading import load_case
from matching.reference_upsert import upsert
from matching.service import (
    DocumentToMatch,
    NotJudged,
    is_replaced,
    judge,
    replay,
    set_status,
)
from matching.tolerances import Policy
from tests.matching_case import ARTICLES, DAY, IBAN, ORDER, codes, invoice, invoice_line


def reference_rows() -> dict[str, list[dict[str, Any]]]:
    """The clean case of the unit tests as reference data."""
    lines = [
        {
            "order_id": ORDER,
            "line_id": str(10 * i),
            "item_id": item,
            "description": text,
            "quantity": Decimal(quantity),
            "unit": unit,
            "unit_price": Decimal(price),
            "vat_rate": Decimal(20),
        }
        for i, (item, text, quantity, unit, price) in enumerate(ARTICLES, 1)
    ]
    return {
        "entities": [
            {"entity_id": "E1", "name": "Marsanne", "siren": "286953617", "kind": "local"}
        ],
        "suppliers": [{"supplier_id": "F1", "name": "CRR", "siren": "789004645", "ibans": [IBAN]}],
        "budget_lines": [{"budget_line_id": "B1", "credits_open": Decimal(900000)}],
        "commitments": [
            {
                "commitment_id": "ENG1",
                "budget_line_id": "B1",
                "supplier_id": "F1",
                "amount_net": Decimal(9000),
                "amount_gross": Decimal(10800),
            }
        ],
        "orders": [
            {
                "order_id": ORDER,
                "entity_id": "E1",
                "supplier_id": "F1",
                "commitment_id": "ENG1",
                "order_date": date(2026, 2, 1),
                "status": "open",
            }
        ],
        "order_lines": lines,
        "receipts": [
            {
                "receipt_id": f"R{line['line_id']}",
                "order_id": ORDER,
                "line_id": line["line_id"],
                "quantity": line["quantity"],
            }
            for line in lines
        ],
    }


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], name="database"
)
def _database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    on_server = request.param == "postgresql"
    in_file = f"sqlite:///{tmp_path / 'meg.db'}"
    made = Database(request.getfixturevalue("postgresql_url") if on_server else in_file)
    METADATA.create_all(made.engine)
    with made.transaction() as connection:
        for name, rows in reference_rows().items():
            upsert(connection, name, rows)
    yield made
    made.close()


def take(database: Database, document_id: str, document: Invoice) -> Verdict:
    """Judge an invoice as the pipeline does."""
    kind = DocumentKind.CREDIT_NOTE if document.is_credit_note else DocumentKind.INVOICE
    reading = Reading(kind, Syntax.CII, document)
    with database.transaction() as connection:
        return judge(connection, DocumentToMatch(document_id, reading), Policy(), DAY)


def some(number: str, quantity: str = "4", **more: Any) -> Invoice:
    """An invoice for a part of the first order line."""
    line = invoice_line("1", "COM-60", "Compteur d'eau DN60", quantity, "C62", "318.00")
    return invoice((line,), number=number, **more)


def balances(database: Database) -> dict[tuple[str, str, str], tuple[Decimal, Decimal, Decimal]]:
    """Every balance that is not nothing."""
    with database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(BALANCES))]
    return {row[:3]: row[3:] for row in rows if any(row[3:])}


def test_deliveries_add_up_until_the_order_is_used(database: Database) -> None:
    found = [codes(take(database, f"d{i}", some(f"F{i}", str(3 + i)))) for i in range(3)]

    assert found[:2] == [[], []]
    assert found[2] == []
    over = take(database, "d3", some("F3", "1"))
    assert codes(over) == [("QUANTITY_ABOVE_ORDERED", "1"), ("QUANTITY_ABOVE_RECEIVED", "1")]


@pytest.mark.parametrize("day", [date.min, date.max])
def test_dates_at_the_ends_of_the_calendar_are_judged(database: Database, day: date) -> None:
    verdict = take(database, "d", some("F1", issue_date=day, delivery_date=day))

    assert verdict.payment.deadline is not None


def test_the_last_euro_of_a_commitment_is_given_once(database: Database) -> None:
    take(database, "d1", invoice(number="F1"))

    second = take(database, "d2", some("F2", "12"))

    assert ("COMMITMENT_EXCEEDED", None) in codes(second)


def test_judging_again_replaces_what_was_taken(database: Database) -> None:
    first = take(database, "d1", some("F1"))
    before = balances(database)

    again = take(database, "d1", some("F1"))

    assert balances(database) == before
    assert canonical(verdict_record(again)) == canonical(verdict_record(first))


def test_a_refused_document_counts_no_more_until_it_is_released(database: Database) -> None:
    take(database, "d1", some("F1", "12"))
    whole = balances(database)

    with database.transaction() as connection:
        set_status(connection, "d1", "refused")
    assert balances(database) == {}
    assert codes(take(database, "d2", some("F2", "12"))) == []

    with database.transaction() as connection:
        set_status(connection, "d2", "refused")
        set_status(connection, "d1", "approved")
    assert balances(database) == whole


def test_a_duplicate_takes_nothing(database: Database) -> None:
    take(database, "d1", some("F-0001"))
    before = balances(database)

    second = take(database, "d2", some("F0001", "5"))
    with database.transaction() as connection:
        set_status(connection, "d2", "approved")

    assert codes(second) == [("DUPLICATE_INVOICE", None)]
    assert balances(database) == before


def test_a_refused_invoice_may_be_sent_again(database: Database) -> None:
    take(database, "d1", some("F1"))
    with database.transaction() as connection:
        set_status(connection, "d1", "refused")

    assert codes(take(database, "d2", some("F1"))) == []


def test_a_credit_frees_what_it_credits_and_two_may_not_exceed_it(database: Database) -> None:
    take(database, "d1", some("F1", "12"))
    named = {"type_code": "381", "preceding_invoices": (PrecedingInvoice("F1"),)}

    first = take(database, "d2", some("A1", "7", **named, order_reference=None))
    again = take(database, "d3", some("F2", "7"))
    second = take(database, "d4", some("A2", "6", **named, order_reference=None))

    assert codes(first) == []
    assert first.match is not None
    assert first.match.orders == (ORDER,)
    assert codes(again) == []
    assert codes(second) == [("CREDIT_ABOVE_INVOICE", None)]


def test_balances_are_the_sums_of_what_counts(database: Database) -> None:
    for i in range(4):
        take(database, f"d{i}", some(f"F{i}", str(i + 1)))
    with database.transaction() as connection:
        set_status(connection, "d2", "refused")
        rows = connection.execute(select(CONSUMPTION).where(CONSUMPTION.c.document_id != "d2"))
        sums: dict[tuple[str, str, str], list[Decimal]] = {}
        for row in rows:
            total = sums.setdefault(tuple(row[1:4]), [Decimal(0)] * 3)
            total[:] = [a + b for a, b in zip(total, row[4:], strict=True)]

    assert balances(database) == {key: tuple(total) for key, total in sums.items()}


def test_a_verdict_is_replayed_from_what_was_kept(database: Database) -> None:
    take(database, "d0", some("F0"))
    verdict = take(database, "d1", some("F1", "11"))
    take(database, "d2", some("F2"))

    with database.reading() as connection:
        replayed = replay(connection, "d1", verdict.inputs_digest)

    assert replayed.same_inputs
    assert canonical(verdict_record(replayed.verdict)) == canonical(verdict_record(verdict))


def test_nothing_is_replayed_that_was_not_judged(database: Database) -> None:
    with database.reading() as connection, pytest.raises(NotJudged):
        replay(connection, "nobody", "0" * 64)


def test_an_unknown_seller_repeats_itself_too(database: Database) -> None:
    seller = replace(some("F1").seller, name="Inconnue", legal_id="111111118")
    take(database, "d1", some("F1", seller=seller))

    assert codes(take(database, "d2", some("F1", seller=seller))) == [("DUPLICATE_INVOICE", None)]


def test_a_factor_s_account_loads_no_one_but_the_seller(database: Database) -> None:
    clients = [
        {"supplier_id": f"C{n}", "name": f"Client {n}", "siren": f"{n:09}", "ibans": [IBAN]}
        for n in range(30)
    ]
    with database.transaction() as connection:
        upsert(connection, "suppliers", clients)
        policy = Policy()
        known = Reading(DocumentKind.INVOICE, Syntax.CII, some("F1"))
        stranger = replace(some("F2"), seller=Party(name="Personne"))
        unknown = Reading(DocumentKind.INVOICE, Syntax.PDF_TEXT, stranger)
        for document_id, reading, loaded in (("d1", known, ["F1"]), ("d2", unknown, [])):
            document = DocumentToMatch(document_id, reading)
            found, _ = load_case(connection, document, policy, DAY)
            assert [supplier.supplier_id for supplier in found.suppliers] == loaded


def test_a_supplier_is_found_by_name_without_its_legal_form(database: Database) -> None:
    with database.transaction() as connection:
        upsert(connection, "suppliers", [{"supplier_id": "F9", "name": "Vannerie Leduc SARL"}])
        document = replace(some("F1"), seller=Party(name="VANNERIE LEDUC"))
        reading = Reading(DocumentKind.INVOICE, Syntax.CII, document)
        found, _ = load_case(connection, DocumentToMatch("d1", reading), Policy(), DAY)

    assert [supplier.supplier_id for supplier in found.suppliers] == ["F9"]


def test_what_a_document_names_is_found_among_many_orders(database: Database) -> None:
    many = [
        {"order_id": f"BC {n:05}/25", "supplier_id": "F1", "status": "open"} for n in range(2000)
    ]
    with database.transaction() as connection:
        upsert(connection, "orders", many)

    near = take(database, "d1", some("F1", order_reference="BC 04296/26"))

    assert near.match is not None
    assert near.match.orders == (ORDER,)


def test_documents_judged_at_once_never_overdraw_an_order(database: Database) -> None:
    def judged(number: int) -> bool:
        found = codes(take(database, f"d{number}", some(f"F{number}", "4")))
        return ("QUANTITY_ABOVE_ORDERED", "1") not in found

    with ThreadPoolExecutor(4) as pool:
        fitting = list(pool.map(judged, range(8)))

    assert sum(fitting) == 3
    assert balances(database)["line", ORDER, "10"][0] == Decimal(32)


def corrected(number: str, first: str, quantity: str = "4") -> Invoice:
    """A corrected invoice that replaces another."""
    return some(number, quantity, type_code="384", preceding_invoices=(PrecedingInvoice(first),))


def test_a_corrected_invoice_takes_the_place_of_the_first(database: Database) -> None:
    take(database, "d1", some("F1", "12"))

    verdict = take(database, "d2", corrected("F2", "F1", "11"))

    assert codes(verdict) == [("DUPLICATE_SUSPECTED", None)]  # the first was approved
    assert verdict.match is not None
    assert "remplace la facture F1" in verdict.match.explanation
    assert balances(database)["line", ORDER, "10"][0] == 11


def test_a_corrected_invoice_may_ask_too_much_all_the_same(database: Database) -> None:
    take(database, "d1", some("F1", "12"))

    verdict = take(database, "d2", corrected("F2", "F1", "13"))

    assert ("QUANTITY_ABOVE_ORDERED", "1") in codes(verdict)


def test_refusing_a_corrected_invoice_brings_the_first_back(database: Database) -> None:
    take(database, "d1", some("F1", "5"))
    take(database, "d2", corrected("F2", "F1", "4"))

    with database.transaction() as connection:
        set_status(connection, "d2", "refused")
        replaced = is_replaced(connection, "d1")

    assert not replaced
    assert balances(database)["line", ORDER, "10"][0] == 5


def test_judging_a_corrected_invoice_again_changes_nothing(database: Database) -> None:
    take(database, "d1", some("F1", "5"))
    first = take(database, "d2", corrected("F2", "F1", "4"))
    before = balances(database)

    again = take(database, "d2", corrected("F2", "F1", "4"))

    assert verdict_record(again) == verdict_record(first)
    assert balances(database) == before


def test_an_advance_is_recovered_once_and_counts_once(database: Database) -> None:
    with database.transaction() as connection:
        upsert(
            connection,
            "contracts",
            [
                {
                    "contract_id": "M1",
                    "lot": "",
                    "entity_id": "E1",
                    "supplier_id": "F1",
                    "amount_max": Decimal(3816),
                }
            ],
        )
    about = {"order_reference": None, "contract_reference": "M1"}
    share = invoice_line("1", None, "Avance", "1", "C62", "763.20")
    take(database, "d0", invoice((share,), number="AV1", type_code="386", **about))

    days = [date(2026, month, 1) for month in (2, 3, 4, 5)]
    paid = [
        take(database, f"d{i}", some(f"F{i}", "3", issue_date=day, **about))
        for i, day in enumerate(days, 1)
    ]

    assert [codes(verdict) for verdict in paid] == [[], [], [], []]
    recovered = [-sum(s.amount for s in v.decision.waterfall if s.step == "advance") for v in paid]
    assert recovered == [0, 0, Decimal("610.56"), Decimal("305.28")]  # 75 %, then all of 915.84


def test_a_corrected_invoice_of_one_in_review_passes(database: Database) -> None:
    take(database, "d1", some("F1", "13"))

    assert codes(take(database, "d2", corrected("F2", "F1", "11"))) == []


def test_an_invoice_is_corrected_once(database: Database) -> None:
    take(database, "d1", some("F1", "13"))
    take(database, "d2", corrected("F2", "F1", "4"))

    again = take(database, "d3", corrected("F3", "F1", "5"))
    first = take(database, "d4", some("F1", "6"))

    assert ("DUPLICATE_SUSPECTED", None) in codes(again)
    assert codes(first) == [("DUPLICATE_INVOICE", None)]


def test_a_corrected_invoice_whose_first_never_came_is_looked_at(database: Database) -> None:
    assert codes(take(database, "d2", corrected("F2", "F1", "4"))) == [
        ("CREDITED_INVOICE_UNKNOWN", None)
    ]
