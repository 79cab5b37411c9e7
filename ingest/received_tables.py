"""What arrived besides invoices: how it was used, what came from it, what is announced or told."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from db.metadata import METADATA, ExactDecimal, Json

BOOKED: Final = Table(
    "booked",
    METADATA,
    Column("document_id", String(36), primary_key=True),
    Column("act", String(16), nullable=False),
    Column("number", Text),
    Column("order_id", String(255), index=True),
    Column("outcome", String(16), nullable=False, index=True),
    Column("reasons", Json, nullable=False),
)
"""How each order, advice or status message was used."""

ORIGINS: Final = Table(
    "origins",
    METADATA,
    Column("kind", String(16), nullable=False),
    Column("order_id", String(255), nullable=False),
    Column("line_id", String(255), nullable=False),
    Column("receipt_id", String(255), nullable=False),
    Column("document_id", String(36), nullable=False),
    PrimaryKeyConstraint("kind", "order_id", "line_id", "receipt_id"),
    sqlite_with_rowid=False,
)
"""Orders, lines and receipts that a document brought; what is not here is of the books."""

ANNOUNCED: Final = Table(
    "announced",
    METADATA,
    Column("document_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("order_id", String(255), nullable=False),
    Column("line_id", String(255), nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("unit", String(16)),
    Column("announced_for", String(10)),
    PrimaryKeyConstraint("document_id", "position"),
    Index(None, "order_id"),
)
"""Deliveries that a supplier announced: its claim, never a receipt."""

TOLD: Final = Table(
    "told",
    METADATA,
    Column("document_id", String(36), nullable=False),
    Column("position", Integer, nullable=False),
    Column("number_key", String(255), nullable=False),
    Column("status", Json, nullable=False),
    Column("invoice_id", String(36)),
    PrimaryKeyConstraint("document_id", "position"),
    Index(None, "number_key"),
)
"""Statuses that messages gave to invoices, and the invoice of ours where there is one."""
