"""Invoices, corrected ones and credit notes in every order of arrival and decision.

Nothing is paid twice unseen, nothing gets lost, and the balances are what the documents that count
took.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from db.engine import Database
from db.metadata import METADATA
from domain.invoice import DocumentKind, Invoice, PrecedingInvoice, Reading, Syntax
from domain.match import Verdict
from matching.ledger_tables import BALANCES, BILLED_DOCUMENTS, CONSUMPTION, REPLACEMENTS
from matching.reference_upsert import upsert
from matching.service import DocumentToMatch, judge, set_status
from matching.tolerances import Policy
from tests.matching_case import DAY, codes, invoice, invoice_line
from tests.matching_case import IBAN as ACCOUNT

NUMBERS = tuple(f"F{n}" for n in range(6))
STATUSES = ("approved", "refused", "in_review", "on_hold", "disputed")
SUSPECT = ("DUPLICATE_SUSPECTED", None)


def books() -> Database:
    """A supplier with one amount-only order that has room for everything."""
    database = Database("sqlite://")
    METADATA.create_all(database.engine)
    rows: dict[str, list[dict[str, Any]]] = {
        "entities": [{"entity_id": "E1", "name": "M", "siren": "286953617", "kind": "company"}],
        "suppliers": [
            {"supplier_id": "F1", "name": "CRR", "siren": "789004645", "ibans": [ACCOUNT]}
        ],
        "commitments": [
            {"commitment_id": "ENG1", "supplier_id": "F1", "amount_net": Decimal(10**7)}
        ],
        "orders": [
            {
                "order_id": "BC 04295/26",
                "entity_id": "E1",
                "supplier_id": "F1",
                "commitment_id": "ENG1",
                "status": "open",
            }
        ],
    }
    with database.transaction() as connection:
        for name, data in rows.items():
            upsert(connection, name, data)
    return database


def bill(number: str, amount: int, **more: Any) -> Invoice:
    """A bill on the order; every amount is another total."""
    line = invoice_line("1", None, "Travaux", "1", "C62", f"{amount}.00")
    return invoice((line,), number=number, **more)


def take(database: Database, document_id: str, document: Invoice) -> Verdict:
    """Judge a document."""
    kind = DocumentKind.CREDIT_NOTE if document.is_credit_note else DocumentKind.INVOICE
    reading = Reading(kind, Syntax.CII, document)
    with database.transaction() as connection:
        return judge(connection, DocumentToMatch(document_id, reading), Policy(), DAY)


def decided(database: Database, document_id: str, status: str) -> None:
    """Say what became of a document."""
    with database.transaction() as connection:
        set_status(connection, document_id, status)


def corrects(number: str, first: str, amount: int, **more: Any) -> Invoice:
    """A corrected invoice."""
    named = (PrecedingInvoice(first, more.pop("of", None)),)
    return bill(number, amount, type_code="384", preceding_invoices=named, **more)


def test_an_invoice_that_comes_after_what_corrects_it_is_suspect() -> None:
    database = books()

    first = codes(take(database, "d1", corrects("F2", "F1", 90)))
    late = take(database, "d2", bill("F1", 100))
    decided(database, "d1", "refused")
    alone = take(database, "d2", bill("F1", 100))

    assert first == [("CREDITED_INVOICE_UNKNOWN", None)]
    assert codes(late) == [SUSPECT]
    (said,) = late.discrepancies
    assert said.expected == "F2"
    assert "rectificative F2" in said.message
    assert codes(alone) == []


def test_an_invoice_of_a_later_day_is_not_what_was_corrected() -> None:
    database = books()
    take(database, "d1", corrects("F2", "F1", 90, issue_date=date(2026, 1, 5)))

    assert codes(take(database, "d2", bill("F1", 100))) == []


def test_an_invoice_credited_in_part_is_not_corrected_unseen() -> None:
    database = books()
    take(database, "d1", bill("F1", 100))
    named = (PrecedingInvoice("F1"),)
    take(database, "d2", bill("A1", 10, type_code="381", preceding_invoices=named))

    assert codes(take(database, "d3", corrects("F2", "F1", 95))) == [SUSPECT]


def test_an_invoice_credited_in_full_is_billed_anew() -> None:
    database = books()
    take(database, "d1", bill("F1", 100))
    named = (PrecedingInvoice("F1"),)
    take(database, "d2", bill("A1", 100, type_code="381", preceding_invoices=named))

    assert codes(take(database, "d3", corrects("F2", "F1", 95))) == []


def test_a_number_of_another_year_is_not_replaced() -> None:
    database = books()
    take(database, "d1", bill("F1", 100, issue_date=date(2025, 3, 1)))
    take(database, "d2", bill("F1", 200, issue_date=date(2026, 3, 1)))

    take(database, "d3", corrects("F2", "F1", 195, of=date(2026, 3, 1)))
    with database.reading() as connection:
        replaced = connection.execute(select(REPLACEMENTS.c.replaced_id)).scalars().all()

    assert replaced == ["d2"]


def test_a_corrected_invoice_is_suspect_for_one_reason_only() -> None:
    database = books()
    take(database, "d1", bill("F1", 100))
    take(database, "d2", corrects("F2", "F1", 90))

    assert codes(take(database, "d3", corrects("F3", "F1", 90))) == [SUSPECT]


class Payables(RuleBasedStateMachine):
    """Documents of one supplier come in and are decided about, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.database = books()
        self.documents: dict[str, Invoice] = {}
        self.suspect: set[str] = set()
        self.duplicates: set[str] = set()
        self.turns: dict[str, int] = {}  # when each was judged last

    def teardown(self) -> None:
        self.database.close()

    def judged(self, document_id: str, document: Invoice) -> None:
        verdict = take(self.database, document_id, document)
        self.documents[document_id] = document
        self.turns[document_id] = max(self.turns.values(), default=0) + 1
        found = {code for code, _ in codes(verdict)}
        self.suspect.discard(document_id)
        if found & {"DUPLICATE_SUSPECTED", "CREDITED_INVOICE_UNKNOWN"}:
            self.suspect.add(document_id)
        self.duplicates.discard(document_id)
        if "DUPLICATE_INVOICE" in found:
            self.duplicates.add(document_id)

    def arrives(self, document: Invoice) -> None:
        self.judged(f"d{len(self.documents):03}", document)

    @initialize(number=st.sampled_from(NUMBERS))
    def starts(self, number: str) -> None:
        self.arrives(bill(number, 1000))

    @rule(number=st.sampled_from(NUMBERS))
    def invoice(self, number: str) -> None:
        self.arrives(bill(number, 1000 + len(self.documents)))

    @rule(number=st.sampled_from(NUMBERS), first=st.sampled_from(NUMBERS))
    def correction(self, number: str, first: str) -> None:
        self.arrives(corrects(number, first, 2000 + len(self.documents)))

    @rule(first=st.sampled_from(NUMBERS), part=st.sampled_from([100, 1000]))
    def credit(self, first: str, part: int) -> None:
        named = (PrecedingInvoice(first),)
        number = f"A{len(self.documents)}"
        self.arrives(bill(number, part, type_code="381", preceding_invoices=named))

    @rule(which=st.integers(0, 30), status=st.sampled_from(STATUSES))
    def decision(self, which: int, status: str) -> None:
        document_id = sorted(self.documents)[which % len(self.documents)]
        before = self.status_of(document_id)
        if before in {"replaced", "duplicate"}:
            return
        if before == "refused" and status != "refused":
            # As the application does: judged anew before it counts again.
            self.judged(document_id, self.documents[document_id])
            if document_id in self.duplicates:
                return
        decided(self.database, document_id, status)

    @rule(which=st.integers(0, 30))
    def judged_again(self, which: int) -> None:
        document_id = sorted(self.documents)[which % len(self.documents)]
        status = self.status_of(document_id)
        if status != "replaced":
            self.judged(document_id, self.documents[document_id])
            if status != "duplicate" and document_id not in self.duplicates:
                decided(self.database, document_id, status)

    def status_of(self, document_id: str) -> str:
        return str(self.rows()[document_id].status)

    def rows(self) -> dict[str, Any]:
        with self.database.reading() as connection:
            rows = connection.execute(select(BILLED_DOCUMENTS)).all()
        return {row.document_id: row for row in rows}

    @invariant()
    def balances_are_what_counts_took(self) -> None:
        counting = {i for i, row in self.rows().items() if row.counts}
        taken: defaultdict[Any, Decimal] = defaultdict(Decimal)
        with self.database.reading() as connection:
            for row in connection.execute(select(CONSUMPTION)):
                if row.document_id in counting:
                    taken[row.kind, row.id, row.part] += row.gross
            kept = {(r.kind, r.id, r.part): r.gross for r in connection.execute(select(BALANCES))}
        assert {k: v for k, v in kept.items() if v} == {k: v for k, v in taken.items() if v}

    @invariant()
    def only_refused_replaced_and_repeated_ones_do_not_count(self) -> None:
        for row in self.rows().values():
            assert row.counts == (row.status not in {"refused", "replaced", "duplicate"})

    @invariant()
    def what_is_replaced_is_replaced_by_one_that_stands(self) -> None:
        rows = self.rows()
        with self.database.reading() as connection:
            pairs = connection.execute(select(REPLACEMENTS)).all()
        for document_id, row in rows.items():
            if row.status == "replaced":
                by = [rows[p.document_id].status for p in pairs if p.replaced_id == document_id]
                assert any(status != "refused" for status in by), document_id

    @invariant()
    def nothing_is_paid_twice_unseen(self) -> None:
        rows = self.rows()
        for document_id, row in rows.items():
            document = self.documents[document_id]
            if not row.counts or not document.is_corrected:
                continue
            named = document.preceding_invoices[0].number
            for other_id, other in rows.items():
                same = other.number == named and not self.documents[other_id].is_credit_note
                if other_id == document_id or not same or not other.counts:
                    continue
                last = max(document_id, other_id, key=self.turns.__getitem__)
                assert last in self.suspect or self.credited(other_id)

    def credited(self, document_id: str) -> bool:
        """Whether an invoice was credited at all: that is a matter of amounts."""
        number = self.documents[document_id].number
        return any(
            d.is_credit_note and d.preceding_invoices[0].number == number
            for d in self.documents.values()
        )

    @invariant()
    def each_number_counts_once(self) -> None:
        counting = [
            self.documents[i].number
            for i, row in self.rows().items()
            if row.counts and not self.documents[i].is_credit_note
        ]
        assert len(counting) == len(set(counting))


TestPayables = Payables.TestCase
TestPayables.settings = settings(
    max_examples=30,
    stateful_step_count=18,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_the_order_of_arrival_does_not_change_what_is_billed() -> None:
    named = (PrecedingInvoice("F1"),)
    documents = (
        bill("F1", 100),
        bill("F2", 70),
        bill("F3", 40, type_code="386"),
        bill("A1", 30, type_code="381", preceding_invoices=named),
    )
    billed = []
    for order in permutations(documents):
        database = books()
        for turn, document in enumerate(order):
            take(database, f"d{turn}", document)
        with database.reading() as connection:
            rows = connection.execute(select(BALANCES.c.kind, BALANCES.c.id, BALANCES.c.net))
            billed.append(sorted(tuple(row) for row in rows))
        database.close()

    assert billed[0] == [
        ("commitment", "ENG1", Decimal("180.00")),
        ("order", "BC 04295/26", Decimal("180.00")),
    ]
    assert all(each == billed[0] for each in billed)
