"""The table of legal holds."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, String, Table, Text

from db.metadata import METADATA, Instant

LEGAL_HOLDS: Final = Table(
    "legal_holds",
    METADATA,
    Column("document_id", String(36), primary_key=True),
    Column("set_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Documents that are kept whatever their age, with who says so and why."""
