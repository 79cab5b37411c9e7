"""The policy a verdict is made under: tolerances, severities, and who they hold for.

Defaults are those of CONTRACT §5. An override holds for an entity, a contract, a supplier or a
family of contracts; the narrower one wins: contract over supplier over entity over family.
Differences inside a tolerance are recorded in the match, not raised; both price limits must hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from domain.identifiers import Digest
from domain.match import Code, Severity
from domain.money import plain
from domain.records import canonical


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far a document may stray before somebody has to look."""

    price_percent: Decimal = Decimal(1)
    price_amount: Decimal = Decimal("5.00")  # for the whole line
    quantity: Decimal = Decimal(0)
    line_arithmetic: Decimal = Decimal("0.02")
    document_arithmetic: Decimal = Decimal("0.05")
    ceiling: Decimal = Decimal("0.05")  # orders by amount, contracts, commitments, credits
    confidence: Decimal = Decimal("0.4")  # of a value read from a page
    duplicate_days: Decimal = Decimal(10)
    deadline_days: Decimal = Decimal(5)


SCOPES: Final = ("family", "entity", "supplier", "contract")
"""What an override can hold for, the widest first."""


@dataclass(frozen=True, slots=True)
class Override:
    """Tolerances that hold for one entity, contract, supplier or family."""

    scope: str  # one of SCOPES
    id: str
    tolerance: str  # a field of Tolerances
    value: Decimal


@dataclass(frozen=True, slots=True)
class SeverityOverride:
    """Another severity than the code's default."""

    code: Code
    severity: Severity


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a verdict depends on that is ours to choose."""

    tolerances: Tolerances = field(default_factory=Tolerances)
    overrides: tuple[Override, ...] = ()
    severities: tuple[SeverityOverride, ...] = ()
    language: str = "fr"

    @property
    def version(self) -> str:
        """The digest of the policy's canonical form: the same policy has the same version."""
        return _version(self)

    def tolerances_for(
        self,
        *,
        family: str | None = None,
        entity: str | None = None,
        supplier: str | None = None,
        contract: str | None = None,
    ) -> Tolerances:
        """The tolerances that hold for this invoice, the narrowest override last."""
        if not self.overrides:
            return self.tolerances
        values = {"family": family, "entity": entity, "supplier": supplier, "contract": contract}
        chosen = {
            override.tolerance: override.value
            for scope in SCOPES
            for override in self.overrides
            if override.scope == scope and override.id == values[scope]
        }
        return replace(self.tolerances, **chosen)

    def severity_of(self, code: Code) -> Severity | None:
        """The severity the policy sets, if it sets one."""
        return next((s.severity for s in self.severities if s.code is code), None)


_TOLERANCE_NAMES: Final = tuple(f.name for f in fields(Tolerances))


@lru_cache(maxsize=64)
def _version(policy: Policy) -> str:
    record = {
        "tolerances": {name: plain(getattr(policy.tolerances, name)) for name in _TOLERANCE_NAMES},
        "overrides": [[o.scope, o.id, o.tolerance, plain(o.value)] for o in policy.overrides],
        "severities": [[s.code.value, s.severity.value] for s in policy.severities],
        "language": policy.language,
    }
    return Digest.of(canonical(record)).hex[:16]
