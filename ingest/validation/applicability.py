"""Which rule sets apply to which document: facts in, uses out, no I/O.

What is upheld:

- Structure (XSD) always decides. The level of the schema is the one the guideline (BT-24) names.
- A Factur-X document is decided by the rule set of its profile. Those stylesheets flag no rule as
  fatal, and the examples their publishers release break some of them; so where the profile also
  claims EN 16931 (BASIC, EN 16931), the European rules are listed beside it with their own weight.
- Any other document that claims EN 16931, or names no guideline at all, is decided by EN 16931.
- The French extension is decided by its own rule set.
- BR-FR applies between French parties. It is in force for invoices issued from 1 September 2026;
  what an older invoice breaks of it is a warning.
- A guideline whose rules are not at hand leaves the verdict open: skipped is never valid.
- EN 16931 is run for information on every other invoice, so that a supplier can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum, auto
from typing import Final

from ingest.validation.artefacts import LABELS, Label, Schema, Sheet
from ingest.validation.facts import Facts, Standard

BR_FR_IN_FORCE: Final = date(2026, 9, 1)

_EN16931: Final = "urn:cen.eu:en16931:2017"


class Weight(Enum):
    """What the findings of a rule set count for."""

    DECIDES = auto()  # a fatal one makes the document invalid; not to run leaves it open
    LISTED = auto()  # shown with their own weight, the verdict follows another rule set
    WARNS = auto()  # fatal ones are warnings
    INFORMS = auto()  # the document does not claim these rules


class Profile(StrEnum):
    """What the guideline of an invoice claims."""

    MINIMUM = "minimum"
    BASICWL = "basicwl"
    BASIC = "basic"
    EN16931 = "en16931"
    EXTENDED = "extended"
    CTC_FR = "extended-ctc-fr"
    DERIVED = "derived"  # a CIUS or an extension of EN 16931 with no rule set of its own here
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Structure:
    """A schema to check the document against."""

    schema: Schema

    @property
    def label(self) -> Label:
        """Name and version."""
        return LABELS[self.schema]


@dataclass(frozen=True, slots=True)
class Rules:
    """Stylesheets to run as one rule set."""

    sheet: Sheet
    weight: Weight
    why: str | None = None

    @property
    def label(self) -> Label:
        """Name and version."""
        return LABELS[self.sheet]


@dataclass(frozen=True, slots=True)
class CiiCore:
    """The EN 16931 rules for CII, gathered from the stylesheets that carry them."""

    weight: Weight
    why: str | None = None

    @property
    def label(self) -> Label:
        """Name and version."""
        return Label("EN 16931 (CII)", Sheet.CTC_FR_CII)


@dataclass(frozen=True, slots=True)
class Absent:
    """A rule set that is not run: because it is not meant, or because it is not at hand."""

    label: Label
    why: str
    applies: bool


@dataclass(frozen=True, slots=True)
class Components:
    """The shared components of UBL, for documents whose own schema is not at hand."""

    label: Label = LABELS[Schema.UBL_COMPONENTS]


Use = Structure | Components | Rules | CiiCore | Absent

_LEVELS: Final = {
    Profile.MINIMUM: (Schema.FACTURX_MINIMUM, Sheet.FACTURX_MINIMUM),
    Profile.BASICWL: (Schema.FACTURX_BASICWL, Sheet.FACTURX_BASICWL),
    Profile.BASIC: (Schema.FACTURX_BASIC, Sheet.FACTURX_BASIC),
    Profile.EN16931: (Schema.FACTURX_EN16931, Sheet.FACTURX_EN16931),
    Profile.EXTENDED: (Schema.FACTURX_EXTENDED, Sheet.FACTURX_EXTENDED),
    Profile.CTC_FR: (Schema.CII_D22B, Sheet.CTC_FR_CII),
}
_FACTURX_LEVELS: Final = frozenset(_LEVELS) - {Profile.CTC_FR}
_ORDER_LEVELS: Final = {
    "basic": (Schema.ORDERX_BASIC, Sheet.ORDERX_BASIC),
    "comfort": (Schema.ORDERX_COMFORT, Sheet.ORDERX_COMFORT),
    "extended": (Schema.ORDERX_EXTENDED, Sheet.ORDERX_EXTENDED),
}
_DERIVED: Final = {
    "xrechnung": "XRechnung",
    "peppol": "Peppol BIS Billing",
    "zugferd.de": "ZUGFeRD 2",
    "factur-x": "Factur-X",
    "cpro": "EN16931-CTC-FR",
}

_PROFILE_DECIDES: Final = (
    "listed with the weight EN 16931 gives them; the verdict follows the rule set of the Factur-X "
    "profile, which flags no rule as fatal"
)
_NOT_CLAIMED: Final = "the document does not claim conformity with EN 16931; for information"
_EXTENSION: Final = "the French extension replaces these rules; for information"
_CIUS_NOT_CHECKED: Final = (
    "not checked: no package ships the rules that it adds to EN 16931; the verdict is the one of "
    "EN 16931 alone"
)
_NOT_SHIPPED: Final = (
    "no package ships the schema of this kind of UBL document, nor its Peppol rules: only the "
    "components that all UBL documents share are checked"
)
_OLDER: Final = "not yet in force on the issue date: fatal rules count as warnings"


_RARE: Final[dict[Standard, tuple[Use, ...]]] = {
    Standard.ZUGFERD1: (
        Structure(Schema.ZUGFERD1),
        Absent(
            Label("ZUGFeRD", "1.0"),
            "no official rule set is published for it; only the structure is checked",
            applies=False,
        ),
    ),
    Standard.UBL_OTHER: (
        Components(),
        Absent(Label("XSD and rules of this UBL document", ""), _NOT_SHIPPED, applies=True),
    ),
    Standard.OTHER: (
        Absent(
            Label("official rules", ""),
            "there are no official rules here for this kind of document",
            applies=False,
        ),
    ),
}


def uses_for(facts: Facts) -> tuple[Use, ...]:
    """The rule sets for a document, in the order they are reported."""
    match facts.standard:
        case Standard.CII:
            return (*_cii(facts), _br_fr(facts, Sheet.BR_FR_CII))
        case Standard.UBL_INVOICE | Standard.UBL_CREDIT_NOTE:
            credit = facts.standard is Standard.UBL_CREDIT_NOTE
            schema = Schema.UBL_CREDIT_NOTE if credit else Schema.UBL_INVOICE
            return (Structure(schema), *_ubl(facts.guideline), _br_fr(facts, Sheet.BR_FR_UBL))
        case Standard.ORDERX:
            return _order(facts.guideline)
        case Standard.CDAR:
            return (Structure(Schema.CDAR), _life_cycle(facts.guideline))
        case Standard.ZUGFERD1 | Standard.UBL_OTHER | Standard.OTHER:
            return _RARE[facts.standard]


def profile_of(guideline: str | None) -> Profile:
    """What a guideline (BT-24) claims."""
    if guideline is None:
        return Profile.ABSENT
    folded = guideline.lower()
    if folded == _EN16931:
        return Profile.EN16931
    level = folded.rpartition(":")[2]
    if "urn.cpro.gouv.fr" in folded and level == Profile.CTC_FR:
        return Profile.CTC_FR
    if "factur-x.eu:1p0" in folded and level in _FACTURX_LEVELS:
        return Profile(level)
    if "zugferd.de:2p" in folded and level in {Profile.MINIMUM, Profile.BASICWL}:
        return Profile(level)  # the same profiles under their older name
    return Profile.DERIVED if folded.startswith(f"{_EN16931}#") else Profile.UNKNOWN


def _cii(facts: Facts) -> Iterator[Use]:
    profile = profile_of(facts.guideline)
    if profile in _LEVELS:
        schema, sheet = _LEVELS[profile]
        yield Structure(schema)
        yield Rules(sheet, Weight.DECIDES)
        yield _core_beside(profile)
        return
    guideline = facts.guideline or ""
    if profile is Profile.UNKNOWN:
        yield Structure(Schema.CII_D22B)
        yield CiiCore(Weight.INFORMS, _NOT_CLAIMED)
        yield _not_at_hand(guideline)
        return
    yield Structure(_schema_of(guideline))
    yield CiiCore(Weight.DECIDES)
    yield from _derived(guideline)


def _core_beside(profile: Profile) -> CiiCore:
    """EN 16931 beside the rule set of a profile."""
    if profile in {Profile.BASIC, Profile.EN16931}:
        return CiiCore(Weight.LISTED, _PROFILE_DECIDES)
    return CiiCore(Weight.INFORMS, _EXTENSION if profile is Profile.CTC_FR else _NOT_CLAIMED)


def _schema_of(guideline: str) -> Schema:
    """The schema of the level a guideline ends in; of the core for what is derived from it."""
    known = {name.value: schema for name, (schema, _) in _LEVELS.items()}
    return known.get(guideline.lower().rpartition(":")[2], Schema.FACTURX_EN16931)


def _ubl(guideline: str | None) -> Iterator[Use]:
    profile = profile_of(guideline)
    if profile is Profile.CTC_FR:
        yield Rules(Sheet.CTC_FR_UBL, Weight.DECIDES)
        yield Rules(Sheet.EN16931_UBL, Weight.INFORMS, _EXTENSION)
    elif guideline is not None and not guideline.lower().startswith(_EN16931):
        yield Rules(Sheet.EN16931_UBL, Weight.INFORMS, _NOT_CLAIMED)
        yield _not_at_hand(guideline)
    else:
        yield Rules(Sheet.EN16931_UBL, Weight.DECIDES)
        yield from _derived(guideline or "")


def _derived(guideline: str) -> Iterator[Absent]:
    """The narrower or wider rules a guideline names, which no artefact here carries."""
    folded = guideline.lower().partition("#")[2]
    for mark, name in _DERIVED.items():
        if mark in folded:
            yield Absent(Label(name, ""), _CIUS_NOT_CHECKED, applies=False)
            return


def _not_at_hand(guideline: str) -> Absent:
    why = f"the rules of the guideline {guideline!r} are not at hand"
    return Absent(Label("rules of the guideline", ""), why, applies=True)


def _br_fr(facts: Facts, sheet: Sheet) -> Use:
    label = LABELS[sheet]
    if not (facts.seller_is_french and facts.buyer_is_french):
        return Absent(label, "seller and buyer are not both French", applies=False)
    if profile_of(facts.guideline) is Profile.MINIMUM:
        return Absent(label, "the MINIMUM profile is no invoice in French law", applies=False)
    if facts.issue_date is not None and facts.issue_date < BR_FR_IN_FORCE:
        return Rules(sheet, Weight.WARNS, _OLDER)
    return Rules(sheet, Weight.DECIDES)


def _life_cycle(guideline: str | None) -> Use:
    """The French rules for life cycle messages, for those that claim them."""
    label = LABELS[Sheet.BR_FR_CDV]
    if "cpro.gouv.fr" in (guideline or "").lower():
        return Rules(Sheet.BR_FR_CDV, Weight.DECIDES)
    return Absent(label, "the message does not claim the French life cycle", applies=False)


def _order(guideline: str | None) -> tuple[Use, ...]:
    level = _ORDER_LEVELS.get((guideline or "").lower().rpartition(":")[2])
    if level is None:
        return (_not_at_hand(guideline or ""),)
    return (Structure(level[0]), Rules(level[1], Weight.DECIDES))
