"""What accountants corrected and linked, kept for the next document of the same layout."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db import metadata as types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of past results, links made by people, and corrections."""
    op.create_table(
        "past_results",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("judged_at", types.Instant(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("validation", sa.JSON(), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("document_id", "run", name=op.f("pk_past_results")),
    )
    op.create_table(
        "person_links",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("orders", sa.JSON(), nullable=False),
        sa.Column("contract_id", sa.String(length=255), nullable=True),
        sa.Column("lot", sa.String(length=255), nullable=True),
        sa.Column("commitment_id", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_person_links")),
    )
    op.create_table(
        "corrections",
        sa.Column("correction_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("supplier", sa.Text(), nullable=True),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("lesson", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("forgotten_at", types.Instant(), nullable=True),
        sa.Column("forgotten_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_corrections")),
    )
    op.create_index(
        op.f("ix_corrections_document_id"), "corrections", ["document_id"], unique=False
    )
    op.create_table(
        "correction_keys",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("correction_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("key", "correction_id", name=op.f("pk_correction_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "correction_uses",
        sa.Column("correction_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("used_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("correction_id", "document_id", name=op.f("pk_correction_uses")),
        sqlite_with_rowid=False,
    )
