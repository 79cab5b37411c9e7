"""The policy a verdict is made under: tolerances, severities, and who they hold for.

Defaults are those of CONTRACT §5. An override holds for an entity, a kind of entity, a contract, a
supplier or a family of contracts; the narrower one wins: contract over supplier over entity over
kind over family. Differences inside a tolerance are recorded in the match, not raised; both price
limits must hold, of the two quantity limits the wider one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    price_below_percent: Decimal | None = None  # None: as price_percent
    price_below_amount: Decimal | None = None  # None: as price_amount
    quantity: Decimal = Decimal(0)
    quantity_percent: Decimal = Decimal(0)  # of what was ordered or received
    line_arithmetic: Decimal = Decimal("0.02")
    document_arithmetic: Decimal = Decimal("0.05")
    ceiling: Decimal = Decimal("0.05")  # orders by amount, contracts, commitments, credits
    confidence: Decimal = Decimal("0.4")  # of a value read from a page
    duplicate_days: Decimal = Decimal(10)
    deadline_days: Decimal = Decimal(5)

    def quantity_above(self, limit: Decimal) -> Decimal:
        """By how much a quantity may pass this limit: the wider of the two tolerances."""
        if not self.quantity_percent:
            return self.quantity
        return max(self.quantity, self.quantity_percent * abs(limit) / 100)

    def price_limits(self, *, above: bool) -> tuple[Decimal, Decimal]:
        """Percentage and amount for the line that a price may stray, above or below."""
        if above:
            return self.price_percent, self.price_amount
        percent, amount = self.price_below_percent, self.price_below_amount
        return (
            self.price_percent if percent is None else percent,
            self.price_amount if amount is None else amount,
        )


SCOPES: Final = ("family", "kind", "entity", "supplier", "contract")
"""What an override can hold for, the widest first."""


@dataclass(frozen=True, slots=True)
class Override:
    """A tolerance that holds for one entity, kind of entity, contract, supplier or family."""

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
        kind: str | None = None,
        entity: str | None = None,
        supplier: str | None = None,
        contract: str | None = None,
    ) -> Tolerances:
        """The tolerances that hold for this invoice, the narrowest override last."""
        if not self.overrides:
            return self.tolerances
        about = {
            "family": family,
            "kind": kind,
            "entity": entity,
            "supplier": supplier,
            "contract": contract,
        }
        chosen = {o.tolerance: o.value for o in self.overrides_for(about)}
        return replace(self.tolerances, **chosen)

    def overrides_for(self, about: Mapping[str, str | None]) -> Iterator[Override]:
        """The overrides that hold for these ids by scope; the narrowest comes last."""
        for scope in SCOPES:
            for override in self.overrides:
                if override.scope == scope and override.id == about.get(scope):
                    yield override

    def severity_of(self, code: Code) -> Severity | None:
        """The severity the policy sets, if it sets one."""
        return next((s.severity for s in self.severities if s.code is code), None)


TOLERANCE_NAMES: Final = tuple(f.name for f in fields(Tolerances))
_ADDED: Final = frozenset({"price_below_percent", "price_below_amount", "quantity_percent"})
"""Left out of the version while at their default: policies written before keep their version."""


@lru_cache(maxsize=64)
def _version(policy: Policy) -> str:
    record = {
        "tolerances": dict(_versioned(policy.tolerances)),
        "overrides": [[o.scope, o.id, o.tolerance, plain(o.value)] for o in policy.overrides],
        "severities": [[s.code.value, s.severity.value] for s in policy.severities],
        "language": policy.language,
    }
    return Digest.of(canonical(record)).hex[:16]


def _versioned(tolerances: Tolerances) -> Iterator[tuple[str, str]]:
    for tolerance in fields(Tolerances):
        value = getattr(tolerances, tolerance.name)
        if tolerance.name not in _ADDED or value != tolerance.default:
            yield tolerance.name, plain(value)
