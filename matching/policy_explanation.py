"""The policy in words: which limit holds for whom, and where that was said.

What a user reads here is what the engine applies: both ask `Policy` for the same overrides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.match import Code, Severity
from domain.money import plain
from matching.tolerances import TOLERANCE_NAMES, Policy, Tolerances

DEFAULT: Final = "default"
STATED: Final = "policy"

_WORDS: Final = {
    "price_percent": (
        "Prix unitaire au-dessus de la commande, en %",
        "Unit price above the order's, in %",
    ),
    "price_amount": (
        "Prix au-dessus, en euros pour la ligne (les deux limites doivent tenir)",
        "Price above, in euros for the line (both limits must hold)",
    ),
    "price_below_percent": (
        "Prix unitaire en dessous de la commande, en %",
        "Unit price below the order's, in %",
    ),
    "price_below_amount": (
        "Prix en dessous, en euros pour la ligne",
        "Price below, in euros for the line",
    ),
    "quantity": (
        "Quantité au-dessus du commandé ou du reçu, en unités",
        "Quantity above ordered or received, in units",
    ),
    "quantity_percent": (
        "Quantité au-dessus, en % (la plus large des deux limites tient)",
        "Quantity above, in % (the wider of the two limits holds)",
    ),
    "line_arithmetic": (
        "Calcul d'une ligne, en euros",
        "Arithmetic of a line, in euros",
    ),
    "document_arithmetic": (
        "Sommes du document, en euros",
        "Sums of the document, in euros",
    ),
    "ceiling": (
        "Plafonds : commande en montant, marché, engagement, crédits, en euros",
        "Ceilings: order by amount, contract, commitment, credits, in euros",
    ),
    "confidence": (
        "Confiance exigée d'une valeur lue sur une page (0 à 1)",
        "Confidence asked of a value read from a page (0 to 1)",
    ),
    "duplicate_days": (
        "Jours entre deux factures de même montant prises pour un doublon",
        "Days between two invoices of one amount taken for a duplicate",
    ),
    "deadline_days": (
        "Jours avant l'échéance où elle est dite proche",
        "Days before the deadline when it is said to be near",
    ),
}

_AS: Final = {"price_below_percent": "price_percent", "price_below_amount": "price_amount"}
"""What holds in place of a limit that was not stated (`Tolerances.price_limits`)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One tolerance that holds, in whose name, and in words."""

    tolerance: str
    value: Decimal
    said_by: str  # DEFAULT, STATED, or the override such as "contract M250041"
    french: str
    english: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A severity that is not the code's default."""

    code: Code
    default: Severity
    severity: Severity


def limits_explained(policy: Policy, about: Mapping[str, str | None]) -> list[Limit]:
    """Every tolerance that holds for these ids by scope, with where it was said."""
    narrowest = {o.tolerance: o for o in policy.overrides_for(about)}
    in_force, defaults = policy.tolerances_for(**about), Tolerances()
    explained = []
    for name in TOLERANCE_NAMES:
        stated = name if getattr(in_force, name) is not None else _AS[name]
        if stated in narrowest:
            said_by = f"{narrowest[stated].scope} {narrowest[stated].id}"
        else:
            changed = getattr(policy.tolerances, stated) != getattr(defaults, stated)
            said_by = STATED if changed else DEFAULT
        explained.append(Limit(name, getattr(in_force, stated), said_by, *_WORDS[name]))
    return explained


def weights_explained(policy: Policy) -> list[Weight]:
    """The codes whose severity the policy changes."""
    return [Weight(s.code, s.code.severity, s.severity) for s in policy.severities]


def limit_record(limit: Limit) -> dict[str, str]:
    """A limit as JSON."""
    return {
        "tolerance": limit.tolerance,
        "value": plain(limit.value),
        "said_by": limit.said_by,
        "fr": limit.french,
        "en": limit.english,
    }
