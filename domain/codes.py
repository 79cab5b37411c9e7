"""Code lists of EN 16931 that decisions depend on (UNTDID 1001 document types, UNTDID 5305)."""

from __future__ import annotations

from typing import Final

CREDIT_NOTE_TYPES: Final = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)
"""UNTDID 1001 codes that reduce what is owed (EN 16931 code list, "credit note" half; BR-FR-04)."""

CORRECTED_INVOICE_TYPES: Final = frozenset({"384", "471", "472", "473"})
"""UNTDID 1001 codes of a corrected invoice, which replaces the one it names."""

PREPAYMENT_TYPES: Final = frozenset({"386", "500", "503"})
"""UNTDID 1001 codes of deposit invoices (and of the credit note that undoes one)."""

REVERSE_OR_EXPORT_CATEGORIES: Final = frozenset({"AE", "K", "G"})
"""VAT categories under which the seller states no VAT although the order foresees a rate."""
