"""Timestamps, holds, eliminations, accesses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db import metadata as types

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
    _create_accesses()


def _create_accesses() -> None:
    op.create_table(
        "accesses",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_accesses")),
        sa.UniqueConstraint("salt", name=op.f("uq_accesses_salt")),
    )
    op.create_index("ix_accesses_at", "accesses", ["at"])
    op.create_index("ix_accesses_document_id", "accesses", ["document_id"])
    op.create_index("ix_accesses_batch", "accesses", ["batch"])
