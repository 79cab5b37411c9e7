"""What the choice of rule sets depends on, read off a parsed document.

Works on documents that break every rule: each fact is looked for alone and is absent when it
cannot be had. Who is French is told by the country of the address, and by the identifiers only
where no country is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ingest.parsers.trace import content, parse_day
from ingest.parsers.xml import Element

_FRENCH_COUNTRIES: Final = frozenset({"FR", "GP", "MQ", "RE"})
"""France and the overseas departments where its VAT law applies."""

_FRENCH_SCHEMES: Final = frozenset({"0002", "0009", "0225"})
"""SIRENE, SIRET and the French electronic address, in ISO 6523."""


class Standard(StrEnum):
    """What a document is, as far as rule sets go."""

    CII = "CII"
    UBL_INVOICE = "UBL Invoice"
    UBL_CREDIT_NOTE = "UBL CreditNote"
    ZUGFERD1 = "ZUGFeRD 1"
    ORDERX = "Order-X"
    CDAR = "CDAR"
    UBL_OTHER = "other UBL"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides which rule sets apply."""

    standard: Standard
    guideline: str | None  # BT-24
    issue_date: date | None  # BT-2
    seller_is_french: bool
    buyer_is_french: bool


_STANDARDS: Final = {
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": (
        Standard.CII
    ),
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": Standard.UBL_INVOICE,
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": (
        Standard.UBL_CREDIT_NOTE
    ),
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": Standard.ZUGFERD1,
    "{urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100}SCRDMCCBDACIOMessageStructure": (
        Standard.ORDERX
    ),
    "{urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100}"
    "CrossDomainAcknowledgementAndResponse": Standard.CDAR,
}
_UBL: Final = "{urn:oasis:names:specification:ubl:schema:xsd:"

_UBL_PARTY: Final = "{*}Accounting%sParty/{*}Party"
_CII_PARTY: Final = (
    "{*}SupplyChainTradeTransaction/{*}ApplicableHeaderTradeAgreement/{*}%sTradeParty"
)


def facts_of(root: Element) -> Facts:
    """Read the facts off the root element of the business document."""
    unknown = Standard.UBL_OTHER if str(root.tag).startswith(_UBL) else Standard.OTHER
    standard = _STANDARDS.get(str(root.tag), unknown)
    if standard in {Standard.UBL_INVOICE, Standard.UBL_CREDIT_NOTE, Standard.UBL_OTHER}:
        return Facts(
            standard,
            content(root.find("{*}CustomizationID")),
            _day(content(root.find("{*}IssueDate"))),
            _ubl_is_french(root.find(_UBL_PARTY % "Supplier")),
            _ubl_is_french(root.find(_UBL_PARTY % "Customer")),
        )
    guideline = "{*}GuidelineSpecifiedDocumentContextParameter/{*}ID"
    context = root.find("{*}SpecifiedExchangedDocumentContext")
    if context is None:
        context = root.find("{*}ExchangedDocumentContext")
    issued = root.find("{*}ExchangedDocument/{*}IssueDateTime/{*}DateTimeString")
    return Facts(
        standard,
        None if context is None else content(context.find(guideline)),
        _day(content(issued)),
        _cii_is_french(root.find(_CII_PARTY % "Seller")),
        _cii_is_french(root.find(_CII_PARTY % "Buyer")),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else parse_day(text)


def _ubl_is_french(party: Element | None) -> bool:
    if party is None:
        return False
    return _is_french(
        content(party.find("{*}PostalAddress/{*}Country/{*}IdentificationCode")),
        (
            *party.iterfind("{*}PartyTaxScheme/{*}CompanyID"),
            *party.iterfind("{*}PartyLegalEntity/{*}CompanyID"),
            *party.iterfind("{*}PartyIdentification/{*}ID"),
            *party.iterfind("{*}EndpointID"),
        ),
    )


def _cii_is_french(party: Element | None) -> bool:
    if party is None:
        return False
    return _is_french(
        content(party.find("{*}PostalTradeAddress/{*}CountryID")),
        (
            *party.iterfind("{*}SpecifiedTaxRegistration/{*}ID"),
            *party.iterfind("{*}SpecifiedLegalOrganization/{*}ID"),
            *party.iterfind("{*}GlobalID"),
            *party.iterfind("{*}URIUniversalCommunication/{*}URIID"),
        ),
    )


def _is_french(country: str | None, identifiers: tuple[Element, ...]) -> bool:
    if country is not None:
        return country.upper() in _FRENCH_COUNTRIES
    return any(_french_marks(identifiers))


def _french_marks(identifiers: tuple[Element, ...]) -> Iterator[bool]:
    for identifier in identifiers:
        value = content(identifier)
        if value is not None:
            scheme = identifier.get("schemeID")
            yield scheme in _FRENCH_SCHEMES or (
                scheme in {"VA", None} and value.upper().startswith("FR") and value[-9:].isdigit()
            )
