"""The mentions that a French invoice must carry (C. com. L441-9)."""

from __future__ import annotations

from tests.sample.model import Bill

LATE_FEE = "En cas de retard de paiement, indemnité forfaitaire pour frais de recouvrement : 40 €."
LATE_RATE = "Intérêts moratoires au taux directeur de la BCE majoré de huit points."
DISCOUNT = "Pas d'escompte pour paiement anticipé."


def mentions(bill: Bill) -> list[tuple[str, str]]:
    """Subject code and text of each note."""
    if bill.seller.country != "FR":
        return [("AAI", bill.note)] if bill.note else []
    notes = [("PMT", LATE_FEE), ("PMD", LATE_RATE), ("AAB", DISCOUNT)]
    return [*notes, ("AAI", bill.note)] if bill.note else notes
