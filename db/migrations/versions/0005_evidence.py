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
    _create_eliminations()


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


def _create_eliminations() -> None:
    op.create_table(
        "eliminations",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("regime", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", types.Instant(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("visa_at", types.Instant(), nullable=True),
        sa.Column("visa_by", sa.Text(), nullable=True),
        sa.Column("visa_reference", sa.Text(), nullable=True),
        sa.Column("visa_file", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_eliminations")),
    )
    op.create_table(
        "elimination_documents",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", "document_id", name=op.f("pk_elimination_documents")),
    )
    op.create_index(
        op.f("ix_elimination_documents_document_id"), "elimination_documents", ["document_id"]
    )
    op.create_table(
        "condemned",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_condemned")),
    )
