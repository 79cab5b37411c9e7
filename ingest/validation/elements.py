"""Which business term an element of a document holds, by the names on its path.

Rules and schemas speak of elements, accountants of business terms. A row names the elements that
must stand on the path in that order, the last of them being the element itself; the first row that
fits decides.
"""

from __future__ import annotations

import re
from typing import Final

_CII: Final = """
BT-24 GuidelineSpecifiedDocumentContextParameter ID
BT-23 BusinessProcessSpecifiedDocumentContextParameter ID
BT-21 IncludedNote SubjectCode
BT-22 IncludedNote Content
BT-122 AdditionalReferencedDocument IssuerAssignedID
BT-123 AdditionalReferencedDocument Name
BT-125 AdditionalReferencedDocument AttachmentBinaryObject
BT-126 AssociatedDocumentLineDocument LineID
BT-157 SpecifiedTradeProduct GlobalID
BT-155 SpecifiedTradeProduct SellerAssignedID
BT-156 SpecifiedTradeProduct BuyerAssignedID
BT-153 SpecifiedTradeProduct Name
BT-154 SpecifiedTradeProduct Description
BT-158 DesignatedProductClassification ClassCode
BT-160 ApplicableProductCharacteristic Description
BT-161 ApplicableProductCharacteristic Value
BT-159 OriginTradeCountry ID
BT-132 IncludedSupplyChainTradeLineItem BuyerOrderReferencedDocument LineID
BT-148 GrossPriceProductTradePrice ChargeAmount
BT-147 GrossPriceProductTradePrice ActualAmount
BT-146 NetPriceProductTradePrice ChargeAmount
BT-149 NetPriceProductTradePrice BasisQuantity
BT-129 BilledQuantity
BT-131 SpecifiedTradeSettlementLineMonetarySummation LineTotalAmount
BT-134 IncludedSupplyChainTradeLineItem BillingSpecifiedPeriod StartDateTime
BT-135 IncludedSupplyChainTradeLineItem BillingSpecifiedPeriod EndDateTime
BT-151 IncludedSupplyChainTradeLineItem ApplicableTradeTax CategoryCode
BT-152 IncludedSupplyChainTradeLineItem ApplicableTradeTax RateApplicablePercent
BT-136 IncludedSupplyChainTradeLineItem SpecifiedTradeAllowanceCharge ActualAmount
BG-25 IncludedSupplyChainTradeLineItem
BT-10 BuyerReference
BT-31 SellerTradeParty SpecifiedTaxRegistration ID
BT-30 SellerTradeParty SpecifiedLegalOrganization ID
BT-28 SellerTradeParty TradingBusinessName
BT-34 SellerTradeParty URIUniversalCommunication URIID
BT-40 SellerTradeParty CountryID
BT-38 SellerTradeParty PostcodeCode
BT-37 SellerTradeParty CityName
BT-35 SellerTradeParty LineOne
BG-5 SellerTradeParty PostalTradeAddress
BG-6 SellerTradeParty DefinedTradeContact
BT-29 SellerTradeParty GlobalID
BT-29 SellerTradeParty ID
BT-27 SellerTradeParty Name
BG-4 SellerTradeParty
BT-48 BuyerTradeParty SpecifiedTaxRegistration ID
BT-47 BuyerTradeParty SpecifiedLegalOrganization ID
BT-45 BuyerTradeParty TradingBusinessName
BT-49 BuyerTradeParty URIUniversalCommunication URIID
BT-55 BuyerTradeParty CountryID
BT-53 BuyerTradeParty PostcodeCode
BT-52 BuyerTradeParty CityName
BT-50 BuyerTradeParty LineOne
BG-8 BuyerTradeParty PostalTradeAddress
BG-9 BuyerTradeParty DefinedTradeContact
BT-46 BuyerTradeParty GlobalID
BT-46 BuyerTradeParty ID
BT-44 BuyerTradeParty Name
BG-7 BuyerTradeParty
BT-63 SellerTaxRepresentativeTradeParty SpecifiedTaxRegistration ID
BT-69 SellerTaxRepresentativeTradeParty CountryID
BT-62 SellerTaxRepresentativeTradeParty Name
BG-11 SellerTaxRepresentativeTradeParty
BT-14 SellerOrderReferencedDocument IssuerAssignedID
BT-13 BuyerOrderReferencedDocument IssuerAssignedID
BT-12 ContractReferencedDocument IssuerAssignedID
BT-11 SpecifiedProcuringProject ID
BT-80 ShipToTradeParty CountryID
BT-71 ShipToTradeParty ID
BT-71 ShipToTradeParty GlobalID
BT-70 ShipToTradeParty Name
BG-15 ShipToTradeParty PostalTradeAddress
BT-72 ActualDeliverySupplyChainEvent DateTimeString
BT-72 ActualDeliverySupplyChainEvent
BT-16 DespatchAdviceReferencedDocument IssuerAssignedID
BT-15 ReceivingAdviceReferencedDocument IssuerAssignedID
BG-13 ApplicableHeaderTradeDelivery
BT-83 PaymentReference
BT-6 TaxCurrencyCode
BT-5 InvoiceCurrencyCode
BT-60 PayeeTradeParty ID
BT-60 PayeeTradeParty GlobalID
BT-59 PayeeTradeParty Name
BG-10 PayeeTradeParty
BT-81 SpecifiedTradeSettlementPaymentMeans TypeCode
BT-84 PayeePartyCreditorFinancialAccount IBANID
BT-84 PayeePartyCreditorFinancialAccount ProprietaryID
BG-17 PayeePartyCreditorFinancialAccount
BT-86 PayeeSpecifiedCreditorFinancialInstitution BICID
BG-16 SpecifiedTradeSettlementPaymentMeans
BT-117 ApplicableTradeTax CalculatedAmount
BT-116 ApplicableTradeTax BasisAmount
BT-118 ApplicableTradeTax CategoryCode
BT-119 ApplicableTradeTax RateApplicablePercent
BT-120 ApplicableTradeTax ExemptionReason
BT-121 ApplicableTradeTax ExemptionReasonCode
BT-8 ApplicableTradeTax DueDateTypeCode
BT-7 ApplicableTradeTax TaxPointDate
BG-23 ApplicableTradeTax
BT-73 BillingSpecifiedPeriod StartDateTime
BT-74 BillingSpecifiedPeriod EndDateTime
BG-14 BillingSpecifiedPeriod
BT-9 SpecifiedTradePaymentTerms DateTimeString
BT-9 SpecifiedTradePaymentTerms DueDateDateTime
BT-20 SpecifiedTradePaymentTerms Description
BT-20 SpecifiedTradePaymentTerms
BG-20 SpecifiedTradeAllowanceCharge
BT-106 SpecifiedTradeSettlementHeaderMonetarySummation LineTotalAmount
BT-108 ChargeTotalAmount
BT-107 AllowanceTotalAmount
BT-109 TaxBasisTotalAmount
BT-110 TaxTotalAmount
BT-114 RoundingAmount
BT-112 GrandTotalAmount
BT-113 TotalPrepaidAmount
BT-115 DuePayableAmount
BG-22 SpecifiedTradeSettlementHeaderMonetarySummation
BT-26 InvoiceReferencedDocument DateTimeString
BT-25 InvoiceReferencedDocument IssuerAssignedID
BG-3 InvoiceReferencedDocument
BT-19 ReceivableSpecifiedTradeAccountingAccount ID
BT-2 IssueDateTime DateTimeString
BT-2 ExchangedDocument IssueDateTime
BT-1 ExchangedDocument ID
BT-3 ExchangedDocument TypeCode
"""
_UBL: Final = """
BT-24 CustomizationID
BT-23 ProfileID
BT-126 InvoiceLine ID
BT-126 CreditNoteLine ID
BT-131 InvoiceLine LineExtensionAmount
BT-131 CreditNoteLine LineExtensionAmount
BT-129 InvoicedQuantity
BT-129 CreditedQuantity
BT-132 OrderLineReference LineID
BT-155 SellersItemIdentification ID
BT-156 BuyersItemIdentification ID
BT-157 StandardItemIdentification ID
BT-158 CommodityClassification ItemClassificationCode
BT-151 ClassifiedTaxCategory ID
BT-152 ClassifiedTaxCategory Percent
BT-160 AdditionalItemProperty Name
BT-161 AdditionalItemProperty Value
BT-153 Item Name
BT-154 Item Description
BT-148 Price AllowanceCharge BaseAmount
BT-147 Price AllowanceCharge Amount
BT-146 Price PriceAmount
BT-149 Price BaseQuantity
BG-27 InvoiceLine AllowanceCharge
BG-25 InvoiceLine
BG-25 CreditNoteLine
BT-3 InvoiceTypeCode
BT-3 CreditNoteTypeCode
BT-5 DocumentCurrencyCode
BT-6 TaxCurrencyCode
BT-7 TaxPointDate
BT-10 BuyerReference
BT-19 AccountingCost
BT-13 OrderReference ID
BT-14 OrderReference SalesOrderID
BT-26 BillingReference IssueDate
BT-25 BillingReference ID
BG-3 BillingReference
BT-16 DespatchDocumentReference ID
BT-15 ReceiptDocumentReference ID
BT-17 OriginatorDocumentReference ID
BT-12 ContractDocumentReference ID
BT-11 ProjectReference ID
BT-125 Attachment EmbeddedDocumentBinaryObject
BT-122 AdditionalDocumentReference ID
BT-34 AccountingSupplierParty EndpointID
BT-31 AccountingSupplierParty PartyTaxScheme CompanyID
BT-30 AccountingSupplierParty PartyLegalEntity CompanyID
BT-27 AccountingSupplierParty RegistrationName
BT-28 AccountingSupplierParty PartyName Name
BT-29 AccountingSupplierParty PartyIdentification ID
BT-40 AccountingSupplierParty IdentificationCode
BG-5 AccountingSupplierParty PostalAddress
BG-6 AccountingSupplierParty Contact
BG-4 AccountingSupplierParty
BT-49 AccountingCustomerParty EndpointID
BT-48 AccountingCustomerParty PartyTaxScheme CompanyID
BT-47 AccountingCustomerParty PartyLegalEntity CompanyID
BT-44 AccountingCustomerParty RegistrationName
BT-45 AccountingCustomerParty PartyName Name
BT-46 AccountingCustomerParty PartyIdentification ID
BT-55 AccountingCustomerParty IdentificationCode
BG-8 AccountingCustomerParty PostalAddress
BG-9 AccountingCustomerParty Contact
BG-7 AccountingCustomerParty
BT-59 PayeeParty Name
BG-10 PayeeParty
BG-11 TaxRepresentativeParty
BT-72 ActualDeliveryDate
BT-80 DeliveryLocation IdentificationCode
BT-71 DeliveryLocation ID
BG-13 Delivery
BT-73 InvoicePeriod StartDate
BT-74 InvoicePeriod EndDate
BT-8 InvoicePeriod DescriptionCode
BG-14 InvoicePeriod
BT-86 FinancialInstitutionBranch ID
BT-84 PayeeFinancialAccount ID
BT-81 PaymentMeansCode
BT-83 PaymentID
BG-16 PaymentMeans
BT-20 PaymentTerms Note
BT-20 PaymentTerms
BT-117 TaxSubtotal TaxAmount
BT-116 TaxableAmount
BT-118 TaxSubtotal TaxCategory ID
BT-119 TaxSubtotal TaxCategory Percent
BT-120 TaxExemptionReason
BT-121 TaxExemptionReasonCode
BG-23 TaxSubtotal
BT-110 TaxTotal TaxAmount
BG-20 AllowanceCharge
BT-106 LegalMonetaryTotal LineExtensionAmount
BT-109 TaxExclusiveAmount
BT-112 TaxInclusiveAmount
BT-107 AllowanceTotalAmount
BT-108 ChargeTotalAmount
BT-113 PrepaidAmount
BT-114 PayableRoundingAmount
BT-115 PayableAmount
BG-22 LegalMonetaryTotal
BT-2 IssueDate
BT-9 DueDate
BT-22 Note
BT-1 Invoice ID
BT-1 CreditNote ID
"""
_ROWS: Final = tuple(
    (row.split()[0], tuple(row.split()[1:])) for row in (_CII + _UBL).splitlines() if row
)
_STEP: Final = re.compile(r"(?:[\w.-]+:)?([\w.-]+|\*)(?:\[[^\]]*\])*$")


def term_of(path: str) -> str | None:
    """The business term of the element at the end of an XPath."""
    names = [m[1] for step in path.split("/") if (m := _STEP.match(step))]
    return term_of_names(names)


def term_of_names(names: list[str]) -> str | None:
    """The business term of an element, by the local names on its path."""
    if not names:
        return None
    for term, wanted in _ROWS:
        if wanted[-1] == names[-1] and _in_order(wanted[:-1], names[:-1]):
            return term
    return None


def _in_order(wanted: tuple[str, ...], names: list[str]) -> bool:
    rest = iter(names)
    return all(name in rest for name in wanted)
