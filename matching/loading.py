"""Loads the case of one document: candidates and ledger by indexed look-ups only.

The number of queries and of rows does not grow with the number of orders: references and numbers
are looked up by their normalised form, a wrong character by every form it could stand for, and of
a supplier's open orders only the newest are compared by content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select

from db.prepared import Prepared
from db.sets import among, texts
from domain.commitment import Commitment
from domain.contract import Contract
from domain.invoice import Invoice, Reading, Syntax
from domain.order import Order, OrderStatus
from domain.party import Entity, Supplier
from domain.validation import FindingSeverity, Validation
from matching import accounts, locks, order_keys, reference, repository
from matching.billing import document_gross
from matching.candidates import (
    Quoted,
    Weight,
    lots_quoted,
    one_wrong_character,
    quoted_references,
)
from matching.case import (
    REPLACED,
    Balance,
    Case,
    EarlierDocument,
    FatalFinding,
    ReadConfidence,
)
from matching.numbers import number_key
from matching.parties import (
    account_keys,
    entity_of,
    identifiers,
    name_key,
    seller_keys,
    supplier_of,
)
from matching.preceding import named_invoices, preceding_of
from matching.rules.document import NEEDED_FIELDS
from matching.tolerances import Policy

_MOST_BY_CONTENT: Final = 60
_MOST_OF_ONE: Final = 40
_MOST_ENTITIES: Final = 20
_MOST_OF_ACCOUNT: Final = 20
_LONGEST_TYPO: Final = 24
_MOST_TYPOS: Final = 6
_PAGES: Final = frozenset({Syntax.PDF_TEXT, Syntax.PDF_OCR})

_newest = select(reference.ORDERS.c.order_id).order_by(
    reference.ORDERS.c.order_date.desc(), reference.ORDERS.c.order_id
)
_NEWEST_OPEN: Final = Prepared(
    _newest.where(
        reference.ORDERS.c.supplier_id == bindparam("supplier"),
        reference.ORDERS.c.status == bindparam("status"),
    ).limit(_MOST_BY_CONTENT)
)
_ON_COMMITMENTS: Final = Prepared(
    _newest.where(among(reference.ORDERS.c.commitment_id, "wanted")).limit(_MOST_OF_ONE)
)
_ON_CONTRACTS: Final = Prepared(
    _newest.where(among(reference.ORDERS.c.contract_id, "wanted")).limit(_MOST_OF_ONE)
)
_COMMITMENTS_UNDER: Final = Prepared(
    select(reference.COMMITMENTS.c.commitment_id)
    .where(among(reference.COMMITMENTS.c.contract_id, "wanted"))
    .order_by(reference.COMMITMENTS.c.commitment_id)
    .limit(_MOST_OF_ONE)
)


@dataclass(frozen=True, slots=True)
class DocumentToMatch:
    """A document that was read and validated, ready to be judged."""

    document_id: str
    reading: Reading
    validation: Validation | None = None
    linked_orders: tuple[str, ...] = ()  # by a person: nothing else is looked for
    linked_contract: str | None = None  # by a person, as the two below
    linked_lot: str | None = None
    linked_commitment: str | None = None
    told_apart: bool = False  # a person said that it is no duplicate of the first of its number


def load_case(
    connection: Connection, document: DocumentToMatch, policy: Policy, today: date
) -> tuple[Case, str]:
    """The case of a document, and the key its supplier is remembered under."""
    invoice = document.reading.invoice
    if invoice is None:
        raise ValueError(f"document {document.document_id} is no invoice")
    return _Loader(connection, document, invoice, policy, today).load()


class _Loader:
    """Loads one case, step by step."""

    def __init__(
        self,
        connection: Connection,
        document: DocumentToMatch,
        invoice: Invoice,
        policy: Policy,
        today: date,
    ) -> None:
        self.connection = connection
        self.document = document
        self.invoice = invoice
        self.policy = policy
        self.today = today
        self.is_page = document.reading.syntax in _PAGES

    def load(self) -> tuple[Case, str]:
        suppliers = self._suppliers()
        supplier = supplier_of(self.invoice, suppliers, read_from_page=self.is_page)
        supplier_key = supplier.supplier_id if supplier else _stranger(self.invoice)
        locks.lock_supplier(self.connection, supplier_key)
        named = self._credited_documents(supplier_key)
        quoted = quoted_references(self.invoice)
        keys = {q.normalised for q in quoted}
        of_lots = {contract for contract, _ in lots_quoted(quoted)}
        known = reference.find_references(self.connection, keys | of_lots)
        found = _by_kind(k for k in known if k.value in keys or k.kind == "contract")
        if self.invoice.is_credit_note:
            found["contract"].update(d.contract_id for d in named if d.contract_id)
            found["commitment"].update(d.commitment_id for d in named if d.commitment_id)
        if self.document.linked_contract:
            found["contract"].add(self.document.linked_contract)
        if self.document.linked_commitment:
            found["commitment"].add(self.document.linked_commitment)
        orders = self._orders(quoted, found, supplier, named)
        contracts = reference.load_contracts(
            self.connection,
            found["contract"] | {o.contract_id for o in orders.values() if o.contract_id},
        )
        commitments = self._commitments(found, orders, contracts)
        budget_lines = reference.load_budget_lines(
            self.connection, {c.budget_line_id for c in commitments if c.budget_line_id}
        )
        locks.lock_ceilings(
            self.connection,
            orders,
            {contract_id for contract_id, _ in contracts},
            {commitment.commitment_id for commitment in commitments},
            budget_lines,
        )
        balances = self._balances(orders.values(), contracts, commitments, budget_lines)
        replaced = self._replaced(named)
        corrected_by = self._corrected_by(supplier_key)
        if replaced:
            balances = repository.without(self.connection, balances, replaced)
        case = Case(
            invoice=self.invoice,
            policy=self.policy,
            today=self.today,
            syntax=self.document.reading.syntax,
            fatal=_fatal(self.document.validation),
            confidences=self._confidences(),
            page_differences=self.document.reading.page_differences,
            entities=self._entities(orders.values()),
            suppliers=(supplier,) if supplier else tuple(suppliers),
            orders=tuple(orders[k] for k in sorted(orders)),
            contracts=tuple(contracts[k] for k in sorted(contracts)),
            commitments=tuple(commitments),
            budget_lines=tuple(budget_lines[k] for k in sorted(budget_lines)),
            balances=balances,
            earlier=self._earlier((named, corrected_by), orders, contracts, balances, supplier_key),
            received_on=self.today,
            linked_orders=self.document.linked_orders,
            replaced=replaced,
            linked_contract=self.document.linked_contract,
            linked_lot=self.document.linked_lot,
            linked_commitment=self.document.linked_commitment,
            corrected_by=tuple(corrected_by),
            told_apart=self.document.told_apart,
        )
        return case, supplier_key

    def _suppliers(self) -> list[Supplier]:
        loaded = likely_suppliers(self.connection, self.invoice, read_from_page=self.is_page)
        return accounts.with_validated(self.connection, loaded)

    def _credited_documents(self, supplier_key: str) -> tuple[EarlierDocument, ...]:
        """The documents that a credit note refers to: it takes their orders."""
        keys = {number_key(p.number) for p in preceding_of(self.invoice)}
        if not keys:
            return ()
        ids = repository.find_by_number(self.connection, supplier_key, keys)
        return repository.load_earlier(self.connection, ids, supplier_key)

    def _replaced(self, named: tuple[EarlierDocument, ...]) -> tuple[str, ...]:
        """What a corrected invoice replaces; an invoice already credited is replaced no more."""
        if not self.invoice.is_corrected:
            return ()
        return tuple(
            document.document_id
            for document in named_invoices(self.invoice, named)
            if not document.credited and document.standing != REPLACED
        )

    def _corrected_by(self, supplier_key: str) -> list[str]:
        """What corrects this document although it came first."""
        number = self.invoice.number
        if not number or self.invoice.is_credit_note:
            return []
        return repository.find_correcting(self.connection, supplier_key, number_key(number))

    def _orders(
        self,
        quoted: tuple[Quoted, ...],
        found: dict[str, set[str]],
        supplier: Supplier | None,
        named: tuple[EarlierDocument, ...],
    ) -> dict[str, Order]:
        ids = found["order"] | {order_id for document in named for order_id in document.orders}
        ids.update(self.document.linked_orders)
        if not ids:
            ids |= self._ids(_ON_COMMITMENTS, found["commitment"])
            ids |= self._ids(_ON_CONTRACTS, found["contract"])
            ids |= self._one_off(quoted)
            ids |= self._open_orders(supplier)
        return reference.load_orders(self.connection, ids)

    def _one_off(self, quoted: Iterable[Quoted]) -> set[str]:
        near = [q for q in quoted if q.weight > Weight.TEXT and len(q.normalised) <= _LONGEST_TYPO]
        forms = {form for q in near[:_MOST_TYPOS] for form in one_wrong_character(q.normalised)}
        return _by_kind(reference.find_references(self.connection, forms))["order"]

    def _open_orders(self, supplier: Supplier | None) -> set[str]:
        """The open orders of the supplier that share lines with the invoice, or the newest."""
        if supplier is None:
            return set()
        alike = order_keys.orders_like(self.connection, supplier.supplier_id, self.invoice)
        if alike:
            return set(alike)
        values = {"supplier": supplier.supplier_id, "status": OrderStatus.OPEN.value}
        return {order_id for (order_id,) in _NEWEST_OPEN.rows(self.connection, values)}

    def _ids(self, query: Prepared, values: Collection[str]) -> set[str]:
        """The first column of what a query finds among these values."""
        if not values:
            return set()
        return {row[0] for row in query.rows(self.connection, {"wanted": texts(values)})}

    def _commitments(
        self,
        found: dict[str, set[str]],
        orders: dict[str, Order],
        contracts: dict[tuple[str, str], Contract],
    ) -> list[Commitment]:
        ids = found["commitment"] | {o.commitment_id for o in orders.values() if o.commitment_id}
        quoted_contracts = found["contract"] & {contract_id for contract_id, _ in contracts}
        if quoted_contracts and not found["order"]:
            ids |= self._ids(_COMMITMENTS_UNDER, quoted_contracts)
        loaded = reference.load_commitments(self.connection, ids)
        return [loaded[commitment_id] for commitment_id in sorted(loaded)]

    def _entities(self, orders: Iterable[Order]) -> tuple[Entity, ...]:
        """The entity addressed and those of the orders; some of the others when none is."""
        known = reference.load_entities(self.connection)
        addressed = entity_of(self.invoice, known.values(), read_from_page=self.is_page)
        wanted = {o.entity_id for o in orders if o.entity_id} | (
            {addressed.entity_id} if addressed else set()
        )
        chosen = [known[i] for i in sorted(known) if i in wanted]
        return tuple(chosen or [known[i] for i in sorted(known)][:_MOST_ENTITIES])

    def _balances(
        self,
        orders: Iterable[Order],
        contracts: Iterable[tuple[str, str]],
        commitments: Iterable[Commitment],
        budget_lines: Iterable[str],
    ) -> tuple[Balance, ...]:
        keys: set[repository.Key] = set()
        for order in orders:
            keys.add(("order", order.order_id, ""))
            keys.update(("line", line.order_id, line.line_id) for line in order.lines)
        keys.update(("contract", contract_id, lot) for contract_id, lot in contracts)
        keys.update(("commitment", c.commitment_id, "") for c in commitments)
        keys.update(("budget", budget_line_id, "") for budget_line_id in budget_lines)
        return repository.load_balances(self.connection, keys)

    def _earlier(
        self,
        known: tuple[tuple[EarlierDocument, ...], Collection[str]],
        orders: Collection[str],
        contracts: Iterable[tuple[str, str]],
        balances: tuple[Balance, ...],
        supplier_key: str,
    ) -> tuple[EarlierDocument, ...]:
        """Documents that this one may repeat, refer to, or follow on its orders."""
        named, corrected_by = known
        ids = {*self._alike(supplier_key), *corrected_by}
        billed = {b.id for b in balances if b.kind == "order"}.intersection(orders)
        if billed:
            deposits = bool(self.invoice.totals.prepaid)
            ids.update(repository.find_on_orders(self.connection, billed, deposits=deposits))
        ids.update(repository.find_advances(self.connection, {c for c, _ in contracts}))
        ids -= {document.document_id for document in named}
        loaded = repository.load_earlier(self.connection, ids, supplier_key)
        return tuple(sorted((*named, *loaded), key=lambda document: document.document_id))

    def _alike(self, supplier_key: str) -> list[str]:
        keys = {number_key(self.invoice.number)} if self.invoice.number else set()
        issued = self.invoice.issue_date
        if issued is None:
            return repository.find_by_number(self.connection, supplier_key, keys)
        days = timedelta(days=int(self.policy.tolerances.duplicate_days))
        gross = document_gross(self.invoice)
        # A document may be dated at either end of the calendar.
        period = (issued - min(days, issued - date.min), issued + min(days, date.max - issued))
        return repository.find_alike(self.connection, supplier_key, keys, gross, period)

    def _confidences(self) -> tuple[ReadConfidence, ...]:
        if not self.is_page:
            return ()
        evidence = self.document.reading.evidence
        return tuple(
            ReadConfidence(field, evidence[field].confidence)
            for field in NEEDED_FIELDS
            if field in evidence
        )


def likely_suppliers(
    connection: Connection, invoice: Invoice, *, read_from_page: bool
) -> list[Supplier]:
    """Those that the seller may be: by its numbers and names, else by the account.

    An account that many share, as a factor's is, tells nobody.
    """
    ids = _known_as(connection, seller_keys(invoice))
    loaded = reference.load_suppliers(connection, ids)
    if supplier_of(invoice, loaded.values(), read_from_page=read_from_page) is None:
        owners = _known_as(connection, account_keys(invoice))
        if len(owners) <= _MOST_OF_ACCOUNT:
            loaded = reference.load_suppliers(connection, ids | owners)
    return [loaded[supplier_id] for supplier_id in sorted(loaded)]


def _known_as(connection: Connection, keys: Collection[str]) -> set[str]:
    return {found.id for found in reference.find_supplier_keys(connection, keys)}


def _by_kind(found: Iterable[reference.FoundKey]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {"order": set(), "contract": set(), "commitment": set()}
    for key in found:
        kinds.setdefault(key.kind, set()).add(key.id)
    return kinds


def _fatal(validation: Validation | None) -> tuple[FatalFinding, ...]:
    if validation is None:
        return ()
    return tuple(
        FatalFinding(finding.rule, finding.message)
        for finding in validation.findings
        if finding.severity is FindingSeverity.FATAL
    )


def _stranger(invoice: Invoice) -> str:
    """The key of a seller who is in no file: its first number, else its name."""
    numbers = sorted(identifiers(invoice.seller))
    return f"?{numbers[0] if numbers else name_key(invoice.seller.name or '')}"
