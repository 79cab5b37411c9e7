"""The fields of a tantivy index, and an index entry as a tantivy document.

Texts come as our own tokens joined by blanks, and are split at blanks only. Sort keys hold the
value and, below it, part of the document id, so that equal values keep one order.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Final

from tantivy import Document, Schema, SchemaBuilder, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from search.document import Entry
from search.index import FACETS
from search.words import FORMS, WHOLES

TOKENIZER: Final = "our_tokens"

TEXT_FIELDS: Final = ("body", "supplier", "buyer")
EXACT_FIELDS: Final = (
    "id",
    "sha256",
    "number",
    "order",
    "contract",
    "commitment",
    "siren",
    "iban",
    "status",
    "kind",
    "currency",
    "code",
    "supplier_name",
)
NUMBER_FIELDS: Final = ("gross", "issued", "received")
FACET: Final = "facet_"
BY_DATE: Final = "by_date"
BY_AMOUNT: Final = "by_amount"

_TIE_BITS_BY_DATE = 48
_TIE_BITS_BY_AMOUNT = 20
_AMOUNT_TIE = (1 << _TIE_BITS_BY_AMOUNT) - 1
_AMOUNT_BITS = 44
_MICROS_IN_A_CENT = 10_000
_HEX_DIGITS_OF_TIME = 12


def build_schema() -> Schema:
    """The schema of our index."""
    builder = SchemaBuilder()
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENIZER, index_option="position")
        for kind in (FORMS, WHOLES):
            builder.add_text_field(name + kind, tokenizer_name=TOKENIZER, index_option="basic")
    for name in EXACT_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(FACET + name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in NUMBER_FIELDS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_unsigned_field(BY_DATE, fast=True)
    builder.add_unsigned_field(BY_AMOUNT, fast=True)
    builder.add_bytes_field("card", stored=True)
    builder.add_bytes_field("quotable", stored=True)
    return builder.build()


def blank_splitter() -> TextAnalyzer:
    """Splits at blanks and does nothing else: the analysing is done."""
    return TextAnalyzerBuilder(Tokenizer.whitespace()).build()


def to_document(entry: Entry) -> Document:
    """An index entry as tantivy takes it."""
    document = Document()
    for name, tokens in entry.texts.items():
        document.add_text(name, tokens)
    for name, terms in entry.terms.items():
        for term in terms:
            document.add_text(name, term)
    for name, values in entry.facets.items():
        for value in values:
            document.add_text(FACET + name, value)
    for name, number in entry.numbers.items():
        document.add_integer(name, number)
    tie = _tie(entry.document_id)
    document.add_unsigned(BY_DATE, _days(entry) << _TIE_BITS_BY_DATE | tie)
    document.add_unsigned(BY_AMOUNT, _cents(entry) << _TIE_BITS_BY_AMOUNT | tie & _AMOUNT_TIE)
    document.add_bytes("card", json.dumps(dict(entry.card), ensure_ascii=False).encode())
    document.add_bytes("quotable", entry.quotable.encode("utf-8", "replace"))
    return document


def _tie(document_id: str) -> int:
    # The first 48 bits of a UUID version 7 are its time: the last received comes last.
    digits = document_id.replace("-", "")[:_HEX_DIGITS_OF_TIME]
    try:
        return int(digits, 16)
    except ValueError:
        return int(hashlib.sha256(document_id.encode()).hexdigest()[:_HEX_DIGITS_OF_TIME], 16)


def _days(entry: Entry) -> int:
    issued = entry.numbers.get("issued")
    if issued is None:
        return 0
    day = date(issued // 10_000, issued // 100 % 100, issued % 100)
    return max(1, min(2**16 - 1, day.toordinal() - date(1900, 1, 1).toordinal()))


def _cents(entry: Entry) -> int:
    gross = entry.numbers.get("gross")
    if gross is None:
        return 0
    middle = 1 << (_AMOUNT_BITS - 1)
    return max(1, min(2 * middle - 1, gross // _MICROS_IN_A_CENT + middle))
