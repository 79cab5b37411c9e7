"""What is kept in the archive for a rebuild."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of changes that go to the archive."""
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
