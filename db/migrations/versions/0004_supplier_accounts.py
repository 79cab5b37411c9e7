"""Accounts under four eyes, interruptions, corrected invoices, orders by their lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db import metadata as types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of accounts, interruptions and replacements."""
    op.create_table(
        "supplier_accounts",
        sa.Column("supplier_id", sa.String(length=255), nullable=False),
        sa.Column("iban", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", sa.String(length=255), nullable=False),
        sa.Column("proposed_at", types.Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=255), nullable=True),
        sa.Column("decided_at", types.Instant(), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("supplier_id", "iban", name=op.f("pk_supplier_accounts")),
    )
    op.create_table(
        "order_line_keys",
        sa.Column("supplier_id", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("order_id", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint(
            "supplier_id", "key", "order_id", name=op.f("pk_order_line_keys")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "interruptions",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("notified_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_interruptions")),
    )
    op.create_table(
        "replacements",
        sa.Column("replaced_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("status_before", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("replaced_id", "document_id", name=op.f("pk_replacements")),
    )
    op.create_index(op.f("ix_replacements_document_id"), "replacements", ["document_id"])
    op.create_index(
        op.f("ix_billed_documents_contract_id_type_code"), "billed_documents", ["contract_id", "type_code"]
    )
