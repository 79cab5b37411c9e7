"""What passes between the XSLT processor and the rest: documents out, reports in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from ingest.parsers.xml import Element

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_PREFIXES: Final = {
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "rsm:",
    "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100": "rsm:",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100": "ram:",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128": "ram:",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100": "udt:",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128": "udt:",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:100": "qdt:",
    "urn:un:unece:uncefact:data:standard:QualifiedDataType:128": "qdt:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext:",
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2": "ubl:",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2": "cn:",
}
_STEP: Final = re.compile(r"\*:([^\[/]+)\[namespace-uri\(\)\s*=\s*'([^']*)'\](\[\d+\])?")


@dataclass(frozen=True, slots=True)
class Broken:
    """An assertion that did not hold, as the stylesheet reports it."""

    rule: str | None
    flag: str | None
    text: str
    location: str | None


def serialised(root: Element) -> str:
    """The document as the processor takes it: its elements alone, no declaration, no DTD."""
    text: str = etree.tostring(root, encoding="unicode", with_tail=False)
    return text


def broken_assertions(report: str) -> list[Broken]:
    """The assertions that failed and the reports that succeeded, in the order of an SVRL report."""
    root = etree.fromstring(report.encode())
    return [
        Broken(
            element.get("id"),
            element.get("flag") or element.get("role"),
            _wording(element.find(f"{_SVRL}text")),
            readable(element.get("location")),
        )
        for element in root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    ]


def readable(location: str | None) -> str | None:
    """A location with the customary prefixes instead of namespace conditions."""
    if not location:
        return None
    return _STEP.sub(_prefixed, location)


def location_of(element: Element) -> str:
    """Where an element stands, written as `readable` writes it."""
    steps = []
    for step in (element, *element.iterancestors()):
        namespace, _, name = str(step.tag)[1:].rpartition("}")
        place = 1 + sum(1 for _ in step.itersiblings(str(step.tag), preceding=True))
        steps.append(f"{_PREFIXES.get(namespace, '*:')}{name}[{place}]")
    return "/" + "/".join(reversed(steps))


def _prefixed(step: re.Match[str]) -> str:
    prefix = _PREFIXES.get(step[2])
    return step[0] if prefix is None else f"{prefix}{step[1]}{step[3] or ''}"


def _wording(text: Element | None) -> str:
    return "" if text is None else " ".join("".join(map(str, text.itertext())).split())
