"""The invented commune and its invented suppliers."""

from __future__ import annotations

from tests.sample.model import Firm
from tests.sample.numbers import french_iban, french_vat, german_iban, german_vat, siren, siret

_COMMUNE = siren("21990142")
COMMUNE = Firm(
    key="COM",
    name="Commune de Montbrelle-sur-Aizance",
    street="3 place de l'Hôtel-de-Ville",
    postcode="99140",
    town="Montbrelle-sur-Aizance",
    siren=_COMMUNE,
    siret=siret(_COMMUNE, 1),
    vat_id=french_vat(_COMMUNE),
)


def _french(
    key: str, eight_digits: str, site: int, bank: int, account: int, **facts: str | tuple[str, ...]
) -> Firm:
    number = siren(eight_digits)
    return Firm(
        key=key,
        siren=number,
        siret=siret(number, site),
        vat_id=french_vat(number),
        iban=french_iban(bank, 101, account),
        **facts,  # type: ignore[arg-type]
    )


PAPER = _french(
    "F001",
    "78431260",
    2,
    99991,
    12_345_601,
    name="Papeterie des Quatre Chemins SARL",
    aliases=("Papeterie des Quatre Chemins", "Quatre Chemins"),
    street="18 rue des Tanneurs",
    postcode="99100",
    town="Verzenay-le-Château",
    email="factures@quatrechemins.example",
    phone="09 70 00 00 11",
    legal="SARL au capital de 30 000 €",
    colour="#8a3324",
    mark="sheets",
)
POWER = _french(
    "F002",
    "83120577",
    1,
    99992,
    40_220_017,
    name="Énergies du Val d'Aizance",
    aliases=("EVA",),
    street="2 quai de l'Écluse",
    postcode="99140",
    town="Montbrelle-sur-Aizance",
    email="collectivites@energies-aizance.example",
    phone="09 70 00 00 12",
    legal="Société d'économie mixte locale au capital de 1 200 000 €",
    colour="#2e7d32",
    mark="bolt",
)
ROADS = _french(
    "F003",
    "39877104",
    3,
    99993,
    7_710_455,
    name="Travaux Publics Cormery SAS",
    aliases=("TP Cormery", "Cormery"),
    street="ZA de la Plaine, 7 rue du Gravier",
    postcode="99220",
    town="Cormery-les-Bois",
    email="comptabilite@tpcormery.example",
    phone="09 70 00 00 13",
    legal="SAS au capital de 250 000 €",
    colour="#b35c00",
    mark="road",
)
GARDENS = _french(
    "F004",
    "51206683",
    1,
    99994,
    55_010_902,
    name="Atelier paysager Vertefeuille",
    aliases=("Vertefeuille",),
    street="Chemin des Pépinières",
    postcode="99260",
    town="Saint-Ambreuil",
    email="contact@vertefeuille.example",
    phone="09 70 00 00 14",
    legal="SCOP SARL à capital variable",
    colour="#33691e",
    mark="leaf",
)
MEALS = _french(
    "F005",
    "44590217",
    4,
    99995,
    80_140_006,
    name="Maison Garrigue Restauration SAS",
    aliases=("Maison Garrigue", "Garrigue Restauration"),
    street="12 avenue du Marché-Gare",
    postcode="99000",
    town="Aizance",
    email="facturation@maisongarrigue.example",
    phone="09 70 00 00 15",
    legal="SAS au capital de 80 000 €",
    colour="#6a1b4d",
    mark="plate",
)
COMPUTERS = _french(
    "F006",
    "82044931",
    1,
    99996,
    31_313_131,
    name="Lys Informatique SARL",
    aliases=("Lys Informatique et Fils", "Lys Info"),
    street="5 rue du Beffroi",
    postcode="99000",
    town="Aizance",
    email="compta@lys-informatique.example",
    phone="09 70 00 00 16",
    legal="SARL au capital de 15 000 €",
    colour="#1f4e79",
    mark="grid",
)
BRUSHES = Firm(
    key="F007",
    name="Kommunaltechnik Brennwald GmbH",
    aliases=("Brennwald",),
    street="Industriestraße 27",
    postcode="79999",
    town="Brennwald",
    siren="",
    siret="",
    vat_id=german_vat("29911073"),
    iban=german_iban(99_999_001, 4_410_026),
    country="DE",
    email="rechnung@brennwald.example",
    phone="+49 7000 000017",
    legal="Geschäftsführerin: A. Brennwald",
    colour="#37474f",
    mark="circle",
)

SUPPLIERS = (PAPER, POWER, ROADS, GARDENS, MEALS, COMPUTERS, BRUSHES)
