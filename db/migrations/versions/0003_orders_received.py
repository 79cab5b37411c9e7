"""Orders and receipts that arrived as documents; open invoices to be matched again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
