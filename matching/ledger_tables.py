"""The tables of what was billed: documents, what each took, balances, credits, kept inputs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from db.metadata import METADATA, ExactDecimal, Instant, Json

BILLED_DOCUMENTS: Final = Table(
    "billed_documents",
    METADATA,
    Column("document_id", String(64), primary_key=True),
    Column("supplier_key", String(255), nullable=False),
    Column("number", String(255), nullable=False),
    Column("number_key", String(255), nullable=False),
    Column("issue_date", Date),
    Column("type_code", String(16)),
    Column("net", ExactDecimal, nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    Column("gross_cents", BigInteger, nullable=False),  # for look-ups by amount
    Column("period_start", Date),
    Column("period_end", Date),
    Column("ibans", Json, nullable=False),
    Column("contract_id", String(255)),
    Column("lot", String(255)),
    Column("commitment_id", String(255)),
    Column("status", String(32), nullable=False),
    Column("counts", Boolean, nullable=False),
    Index(None, "supplier_key", "number_key"),
    Index(None, "supplier_key", "gross_cents", "issue_date"),
    Index(None, "contract_id", "type_code"),
)
"""Every judged invoice; those that count are billed: no duplicates, nothing refused."""

CONSUMPTION: Final = Table(
    "consumption",
    METADATA,
    Column("document_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("id", String(255), nullable=False),
    Column("part", String(255), nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("net", ExactDecimal, nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    PrimaryKeyConstraint("document_id", "kind", "id", "part"),
    Index(None, "kind", "id", "document_id"),
    sqlite_with_rowid=False,
)
"""What each document adds to the balances."""

BALANCES: Final = Table(
    "balances",
    METADATA,
    Column("kind", String(16), nullable=False),
    Column("id", String(255), nullable=False),
    Column("part", String(255), nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("net", ExactDecimal, nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    PrimaryKeyConstraint("kind", "id", "part"),
    sqlite_with_rowid=False,
)
"""The sums of what counts in `consumption`."""

CREDITS: Final = Table(
    "credits",
    METADATA,
    Column("credited_id", String(64), nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("gross", ExactDecimal, nullable=False),
    PrimaryKeyConstraint("credited_id", "document_id"),
    Index(None, "document_id"),
    sqlite_with_rowid=False,
)
"""Which credit note credits which invoice, with the part of its gross."""

REPLACEMENTS: Final = Table(
    "replacements",
    METADATA,
    Column("replaced_id", String(64), nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("status_before", String(32), nullable=False),
    PrimaryKeyConstraint("replaced_id", "document_id"),
    Index(None, "document_id"),
)
"""Which corrected invoice (384) replaces which, so that a refusal brings the first one back."""

SUPPLIER_ACCOUNTS: Final = Table(
    "supplier_accounts",
    METADATA,
    Column("supplier_id", String(255), nullable=False),
    Column("iban", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("proposed_by", String(255), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", String(255)),
    Column("decided_at", Instant),
    Column("decided_reason", Text),
    PrimaryKeyConstraint("supplier_id", "iban"),
)
"""Accounts that came in on invoices and that two people have to vouch for."""

INTERRUPTIONS: Final = Table(
    "interruptions",
    METADATA,
    Column("document_id", String(64), primary_key=True),
    Column("notified_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("completed_on", Date),
)
"""When the payment delay of an invoice was interrupted, which may be done once (CCP R2192-27)."""

VERDICT_INPUTS: Final = Table(
    "verdict_inputs",
    METADATA,
    Column("document_id", String(64), nullable=False),
    Column("inputs_digest", String(64), nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("judged_on", Date, nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    PrimaryKeyConstraint("document_id", "inputs_digest"),
)
"""The compressed case of every verdict, so that it can be replayed."""

SOUGHT: Final = Table(
    "sought",
    METADATA,
    Column("kind", String(16), nullable=False),
    Column("value", String(255), nullable=False),
    Column("document_id", String(64), nullable=False),
    PrimaryKeyConstraint("kind", "value", "document_id"),
    Index(None, "document_id"),
    sqlite_with_rowid=False,
)
"""What a document that was not approved looked for: references it quotes, names of its seller.

When such a thing turns up in the reference data, the document is judged again.
"""
