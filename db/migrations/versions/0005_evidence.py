"""Timestamps, holds, eliminations, accesses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of evidence work."""
    op.create_table(
        "key_rotations",
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("start", name=op.f("pk_key_rotations")),
    )
