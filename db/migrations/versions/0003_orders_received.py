"""Orders and receipts that arrived as documents; open invoices to be matched again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db import metadata as types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REFERENCE_TABLES = (
    "entities",
    "suppliers",
    "budget_lines",
    "contracts",
    "contract_prices",
    "amendments",
    "commitments",
    "orders",
    "order_lines",
    "receipts",
)


def upgrade() -> None:
    """Mark which change wrote a row, why work is asked for, what documents looked for in vain."""
    for table in _REFERENCE_TABLES:
        op.add_column(table, sa.Column("change", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("cause", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "sought",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "document_id", name=op.f("pk_sought")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sought_document_id"), "sought", ["document_id"], unique=False)
    op.create_index("ix_documents_number", "documents", ["number"], unique=False)
    _received()


def _received() -> None:
    op.create_table(
        "booked",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("order_id", sa.String(length=255), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_booked")),
    )
    op.create_index(op.f("ix_booked_order_id"), "booked", ["order_id"], unique=False)
    op.create_index(op.f("ix_booked_outcome"), "booked", ["outcome"], unique=False)
    op.create_table(
        "origins",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("line_id", sa.String(length=255), nullable=False),
        sa.Column("receipt_id", sa.String(length=255), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "order_id", "line_id", "receipt_id", name=op.f("pk_origins")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "announced",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.Column("line_id", sa.String(length=255), nullable=False),
        sa.Column("quantity", types.ExactDecimal(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=True),
        sa.Column("announced_for", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_announced")),
    )
    op.create_index(op.f("ix_announced_order_id"), "announced", ["order_id"], unique=False)
    op.create_table(
        "told",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number_key", sa.String(length=255), nullable=False),
        sa.Column("status", sa.JSON(), nullable=False),
        sa.Column("invoice_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_told")),
    )
    op.create_index(op.f("ix_told_number_key"), "told", ["number_key"], unique=False)
