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
