"""What is kept in the archive for a rebuild; results of scrubs; legal holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db import metadata as types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of changes that go to the archive, of scrubs and of legal holds."""
    op.create_table(
        "kept_changes",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("written", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_kept_changes")),
    )
    op.create_index(
        "ix_kept_changes_pending",
        "kept_changes",
        ["number"],
        sqlite_where=sa.text("written = 0"),
        postgresql_where=sa.text("written = false"),
    )
    op.create_table(
        "scrubs",
        sa.Column("started_at", types.Instant(), nullable=False),
        sa.Column("finished_at", types.Instant(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("started_at", name=op.f("pk_scrubs")),
    )
    op.create_table(
        "legal_holds",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_legal_holds")),
    )
