"""What the readers of orders, advices and status messages share: steps through XML, parties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.party import Party
from ingest.parsers.trace import Trace, content, groups, only
from ingest.parsers.xml import Element


def down(element: Element | None, path: str) -> Element | None:
    """The element at the end of a path of local names."""
    for name in path.split("/"):
        element = only(element, name)
    return element


@dataclass(frozen=True, slots=True)
class Place:
    """An element and the field path of what is read in it."""

    trace: Trace
    element: Element | None
    path: str

    def text(self, field: str, *steps: str) -> str | None:
        """The first text found along these paths."""
        for step in steps:
            found = self.trace.text(f"{self.path}.{field}", down(self.element, step))
            if found is not None:
                return found
        return None

    def number(self, field: str, step: str) -> Decimal | None:
        """The decimal at this path."""
        return self.trace.number(f"{self.path}.{field}", down(self.element, step))

    def day(self, field: str, *steps: str) -> date | None:
        """The first calendar day found along these paths."""
        for step in steps:
            element = down(self.element, step)
            if content(element) is not None:
                return self.trace.day(f"{self.path}.{field}", element)
        return None

    def unit(self, field: str, step: str) -> str | None:
        """The unit of the quantity at this path."""
        return self.trace.attribute(f"{self.path}.{field}", down(self.element, step), "unitCode")

    def at(self, step: str) -> Place:
        """Further down, under the same field path."""
        return Place(self.trace, down(self.element, step), self.path)

    def inside(self, field: str, step: str) -> Place:
        """The place of what is read further down."""
        return Place(self.trace, down(self.element, step), f"{self.path}.{field}")

    def each(self, field: str, name: str) -> Iterator[Place]:
        """Every child of one name, as the items of a list."""
        for position, element in enumerate(groups(self.element).get(name, [])):
            yield Place(self.trace, element, f"{self.path}.{field}[{position}]")

    def texts(self, name: str, below: str | None = None) -> tuple[str, ...]:
        """The texts of all children of one name, or of what is below them."""
        found = groups(self.element).get(name, [])
        texts = (content(down(each, below) if below else each) for each in found)
        return tuple(text for text in texts if text)


def cefact_party(place: Place) -> Party:
    """A party of a UN/CEFACT message."""
    element = place.element
    legal = down(element, "SpecifiedLegalOrganization/ID")
    tax = {
        (identifier.get("schemeID") or ""): content(identifier)
        for registration in groups(element).get("SpecifiedTaxRegistration", [])
        if (identifier := only(registration, "ID")) is not None
    }
    return Party(
        name=place.text("name", "Name", "SpecifiedLegalOrganization/TradingBusinessName"),
        legal_id=place.text("legal_id", "SpecifiedLegalOrganization/ID"),
        legal_id_scheme=None if legal is None else legal.get("schemeID"),
        vat_id=tax.get("VA"),
        country=content(down(element, "PostalTradeAddress/CountryID")),
        identifiers=(*place.texts("GlobalID"), *place.texts("ID")),
        electronic_address=content(down(element, "URIUniversalCommunication/URIID")),
    )


def ubl_party(place: Place) -> Party:
    """A party of a UBL document."""
    element = place.element
    legal = down(element, "PartyLegalEntity/CompanyID")
    endpoint = only(element, "EndpointID")
    return Party(
        name=place.text("name", "PartyLegalEntity/RegistrationName", "PartyName/Name"),
        legal_id=place.text("legal_id", "PartyLegalEntity/CompanyID"),
        legal_id_scheme=None if legal is None else legal.get("schemeID"),
        vat_id=content(down(element, "PartyTaxScheme/CompanyID")),
        country=content(down(element, "PostalAddress/Country/IdentificationCode")),
        trading_name=content(down(element, "PartyName/Name")),
        identifiers=place.texts("PartyIdentification", "ID"),
        electronic_address=content(endpoint),
    )
