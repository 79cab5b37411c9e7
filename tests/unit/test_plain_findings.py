"""Every finding in plain words, with the business terms it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from domain.business_terms import NAMES, terms_in
from domain.records import validation_record
from domain.validation import Finding, FindingSeverity, Validation
from ingest.validation.artefacts import Sheet, path_of
from ingest.validation.elements import term_of
from ingest.validation.plain import in_plain_words

_ASSERT = re.compile(r"<svrl:failed-assert.*?</svrl:failed-assert>", re.DOTALL)
_LAST_RESORT = "le texte officiel dit laquelle"


def _finding(rule: str, message: str = "", location: str | None = None) -> Finding:
    return in_plain_words(Finding(rule, FindingSeverity.FATAL, message, location, "rules"))


def _published(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for found in _ASSERT.findall(path_of(sheet).read_text(encoding="utf-8")):
        rule = re.search(r'name="id">([^<]*)<', found)
        text = re.search(r"<svrl:text>(.*?)</svrl:text>", found, re.DOTALL)
        if rule and text:
            yield rule[1], " ".join(re.sub(r"<[^>]*>", "x", text[1]).split())


@pytest.mark.parametrize("sheet", [Sheet.EN16931_UBL, Sheet.FACTURX_EN16931, Sheet.CTC_FR_CII])
def test_every_business_rule_has_a_sentence_of_its_own(sheet: Sheet) -> None:
    business = [(r, t) for r, t in _published(sheet) if re.match(r"BR-(?:\d|[A-Z]+-\d)", r)]
    told = {rule: _finding(rule, text) for rule, text in business}

    assert len(told) > 100
    assert not [rule for rule, f in told.items() if _LAST_RESORT in (f.plain_fr or "")]
    assert not [rule for rule, f in told.items() if not f.plain_en]


@pytest.mark.parametrize("sheet", [Sheet.BR_FR_CII, Sheet.BR_FR_UBL])
def test_every_french_rule_has_a_sentence_in_both_languages(sheet: Sheet) -> None:
    told = {rule: _finding(rule, text) for rule, text in _published(sheet)}

    assert len(told) > 50
    assert not [rule for rule, f in told.items() if "official text" in (f.plain_en or "")]


@pytest.mark.parametrize(
    ("rule", "message", "french", "terms"),
    [
        ("BR-CO-15", "", "Le total TTC n'est pas le total HT plus la TVA (BT-112).", ("BT-112",)),
        ("BR-Z-05", "(BT-151) (BT-152)", "Une ligne à taux zéro (Z) doit avoir un taux nul.", None),
        ("BR-FXEXT-E-08rev", "(BG-23)", "La base exonérée (E) n'est pas la somme", ("BT-116",)),
        ("FX-SCH-A-000062", "[BR-32]-Each allowance (BT-95).", "Une remise au pied", ("BT-95",)),
        ("BR-DEC-12", "decimals for (BT-109) is 2.", "Total HT (BT-109) a plus", ("BT-109",)),
        ("BR-FR-03_BT-2", "BR-FR-03/BT-2 : …", "Une date n'existe pas", ("BT-2",)),
    ],
)
def test_rules_are_told_in_plain_french(
    rule: str, message: str, french: str, terms: tuple[str, ...] | None
) -> None:
    finding = _finding(rule, message)

    assert (finding.plain_fr or "").startswith(french)
    assert terms is None or finding.business_terms == terms


def test_factur_x_speaks_of_elements_and_we_of_business_terms() -> None:
    location = "/rsm:CrossIndustryInvoice[1]/ram:SellerTradeParty[1]/ram:PostalTradeAddress[1]"

    finding = _finding("unnamed", "Element 'ram:X' must occur exactly 1 times.", location)

    assert finding.business_terms == ("BG-5",)
    assert finding.plain_fr == "Adresse du vendeur (BG-5) manque ou figure trop souvent."


CBC = "{urn:cbc}"


@pytest.mark.parametrize(
    ("message", "location", "french", "term"),
    [
        (
            f"Element '{CBC}IssueDate': '2026-02-31' is not a valid value of the atomic type.",
            "/ubl:Invoice[1]/cbc:IssueDate[1]",
            "Date de facture (BT-2) : la valeur « 2026-02-31 » n'est pas permise à cet endroit.",
            "BT-2",
        ),
        (
            f"Element '{CBC}PayableAmount': The attribute 'currencyID' is required but missing.",
            "/ubl:Invoice[1]/cac:LegalMonetaryTotal[1]/cbc:PayableAmount[1]",
            "Net à payer (BT-115) : l'attribut « currencyID » manque.",
            "BT-115",
        ),
        (
            f"Element 'Total': Missing child element(s). Expected is ( {CBC}PayableAmount ).",
            "/ubl:Invoice[1]/cac:Total[1]",
            "L'élément « Total » est incomplet ; il manque : Net à payer (BT-115).",
            "BT-115",
        ),
        (
            "Element '{u}Odd': This element is not expected. Expected is one of ( {u}A, {u}B ).",
            "/ubl:Invoice[1]/cac:Odd[1]",
            (
                "L'élément « Odd » : le format n'admet pas cet élément à cet endroit ; "
                "il attend « A », « B »."
            ),
            None,
        ),
    ],
)
def test_structure_is_told_by_business_terms(
    message: str, location: str, french: str, term: str | None
) -> None:
    finding = _finding("XSD", message, location)

    assert finding.plain_fr == french
    assert finding.business_terms == (() if term is None else (term,))


@pytest.mark.parametrize(
    ("path", "term"),
    [
        ("/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID", "BT-1"),
        ("/a:X[1]/ram:SellerTradeParty[1]/ram:SpecifiedTaxRegistration[2]/ram:ID[1]", "BT-31"),
        ("/ubl:Invoice[1]/cac:TaxTotal[1]/cbc:TaxAmount[1]", "BT-110"),
        ("/ubl:Invoice[1]/cac:TaxTotal[1]/cac:TaxSubtotal[1]/cbc:TaxAmount[1]", "BT-117"),
        ("/ubl:Invoice[1]/cac:Nothing[1]", None),
        ("", None),
    ],
)
def test_elements_have_their_business_term(path: str, term: str | None) -> None:
    assert term_of(path) == term


def test_terms_of_extensions_are_not_taken_for_terms_of_the_standard() -> None:
    assert terms_in("(BT-X-8), (EXT-FR-FE-163) and BT-131, BT-131") == ("BT-131",)


def test_record_names_the_terms_in_both_languages() -> None:
    record = validation_record(Validation(valid=False, findings=(_finding("BR-CO-15"),)))

    assert record["findings"][0]["business_terms"] == [
        {"id": "BT-112", **NAMES["BT-112"]._asdict()}
    ]
    assert record["findings"][0]["plain"]["en"].startswith("The total with VAT")
