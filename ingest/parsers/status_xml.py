"""Life-cycle messages: CDAR (UN/CEFACT D22B, XP Z12-012) and UBL ApplicationResponse."""

from __future__ import annotations

from domain.message import DocumentStatus, StatusMessage, StatusReason
from ingest.parsers.messages import Place, cefact_party, ubl_party
from ingest.parsers.trace import Trace, local_name
from ingest.parsers.xml import Element


def parse_status(root: Element, trace: Trace) -> StatusMessage | None:
    """Read a status message; None where the root element is none."""
    place = Place(trace, root, "status_message")
    match local_name(root):
        case "CrossDomainAcknowledgementAndResponse":
            return _cdar(place)
        case "ApplicationResponse":
            return _ubl(place)
        case _:
            return None


def _cdar(root: Place) -> StatusMessage:
    head = root.at("ExchangedDocument")
    statuses = (
        _cdar_status(Place(root.trace, status.element, f"{root.path}.statuses[{position}]"))
        for position, status in enumerate(
            status
            for answer in root.each("", "AcknowledgementDocument")
            for status in answer.each("", "ReferenceReferencedDocument")
        )
    )
    return StatusMessage(
        number=head.text("number", "ID"),
        issue_date=head.day("issue_date", "IssueDateTime/DateTimeString"),
        issuer=cefact_party(head.inside("issuer", "IssuerTradeParty")),
        recipient=cefact_party(head.inside("recipient", "RecipientTradeParty")),
        statuses=tuple(statuses),
    )


def _cdar_status(place: Place) -> DocumentStatus:
    return DocumentStatus(
        number=place.text("number", "IssuerAssignedID"),
        type_code=place.text("type_code", "TypeCode"),
        issue_date=place.day("issue_date", "FormattedIssueDateTime/DateTimeString"),
        issuer_id=place.text("issuer_id", "IssuerTradeParty/GlobalID", "IssuerTradeParty/ID"),
        status_code=place.text("status_code", "ProcessConditionCode", "StatusCode"),
        status=place.text("status", "ProcessCondition"),
        reasons=tuple(
            StatusReason(
                reason.text("code", "ReasonCode"),
                reason.text("text", "Reason"),
                reason.text("action", "RequestedAction", "RequestedActionCode"),
            )
            for reason in place.each("reasons", "SpecifiedDocumentStatus")
        ),
    )


def _ubl(root: Place) -> StatusMessage:
    return StatusMessage(
        number=root.text("number", "ID"),
        issue_date=root.day("issue_date", "IssueDate"),
        issuer=ubl_party(root.inside("issuer", "SenderParty")),
        recipient=ubl_party(root.inside("recipient", "ReceiverParty")),
        statuses=tuple(_ubl_status(each) for each in root.each("statuses", "DocumentResponse")),
    )


def _ubl_status(place: Place) -> DocumentStatus:
    response = place.at("Response")
    return DocumentStatus(
        number=place.text("number", "DocumentReference/ID"),
        type_code=place.text("type_code", "DocumentReference/DocumentTypeCode"),
        issue_date=place.day("issue_date", "DocumentReference/IssueDate"),
        issuer_id=place.text(
            "issuer_id",
            "IssuerParty/PartyLegalEntity/CompanyID",
            "IssuerParty/PartyIdentification/ID",
        ),
        status_code=response.text("status_code", "ResponseCode"),
        status=response.text("status", "Description"),
        reasons=tuple(
            StatusReason(
                reason.text("code", "StatusReasonCode"),
                reason.text("text", "StatusReason"),
                None,
            )
            for reason in response.each("reasons", "Status")
        ),
    )
