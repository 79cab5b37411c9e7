"""Orders and receipts that arrived as documents; open invoices to be matched again."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what ties reference data to the document it came from."""
