"""What the labels of business documents announce."""

from __future__ import annotations

from enum import StrEnum


class Concept(StrEnum):
    """What a label announces."""

    NUMBER = "number"
    ISSUE_DATE = "issue date"
    DUE_DATE = "due date"
    DELIVERY_DATE = "delivery date"
    PERIOD = "period"
    PERIOD_START = "period start"
    PERIOD_END = "period end"
    ORDER = "order"
    SALES_ORDER = "sales order"
    CONTRACT = "contract"
    BUYER_REFERENCE = "buyer reference"
    DESPATCH = "despatch advice"
    RECEIPT = "receiving advice"
    PRECEDING = "preceding invoice"
    PROJECT = "project"
    TENDER = "tender"
    CURRENCY = "currency"
    SELLER = "seller"
    BUYER = "buyer"
    OTHER_PARTY = "other party"
    IBAN = "iban"
    VAT_ID = "vat id"
    SIRET = "siret"
    SIREN = "siren"
    TAX_NUMBER = "tax number"
    NOISE = "noise"
