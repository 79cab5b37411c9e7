"""Names of files and columns: what they are taken for."""

from __future__ import annotations

import pytest

from ingest.reference.columns import Form, fold_name, table_forms, table_named
from ingest.reference.header import guess_table, read_header
from matching.reference import REFERENCE_TABLES


def test_the_tables_have_exactly_the_columns_of_the_contract() -> None:
    for name, form in table_forms().items():
        table = REFERENCE_TABLES[name]
        assert set(form.columns) == {c.name for c in table.columns} - {"extra", "change"}
        assert set(form.keys) == {c.name for c in table.primary_key}
    assert list(table_forms()) == list(REFERENCE_TABLES)


def test_no_column_name_is_given_to_two_columns_at_the_same_rank() -> None:
    for form in table_forms().values():
        own = [fold_name(column) for column in form.columns]
        assert len(set(own)) == len(own)
        assert form.columns[form.keys[0]] is Form.TEXT


@pytest.mark.parametrize(
    "title",
    ["N° de commande", "numero_commande", "No. Commande", "NUMÉRO DE COMMANDE", "Nº commande"],
)
def test_spellings_of_one_name_are_one(title: str) -> None:
    assert fold_name(title) == fold_name("n° de commande")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("fournisseurs", "suppliers"),
        ("Commandes 2026", "orders"),
        ("lignes_commande", "order_lines"),
        ("LIGNES DE COMMANDES", "order_lines"),
        ("Marchés", "contracts"),
        ("réceptions_2026-03", "receipts"),
        ("01 order_lines", "order_lines"),
        ("bons-de-commande", "orders"),
        ("budget_lines", "budget_lines"),
        ("Bordereau des prix unitaires", "contract_prices"),
        ("engagements", "commitments"),
        ("avenants", "amendments"),
        ("entités", "entities"),
        ("commandes_fournisseurs", None),
        ("Feuil1", None),
        ("divers", None),
    ],
)
def test_recognises_tables_by_name(name: str, table: str | None) -> None:
    assert table_named(name) == table


@pytest.mark.parametrize("table", REFERENCE_TABLES)
def test_recognises_each_table_by_its_own_columns(table: str) -> None:
    header = guess_table(list(table_forms()[table].columns))

    assert header is not None
    assert header.table.name == table


@pytest.mark.parametrize(
    ("table", "titles", "names"),
    [
        (
            "orders",
            ["n° de commande", "Fournisseur", "Date", "État"],
            ("order_id", "supplier_id", "order_date", "status"),
        ),
        (
            "order_lines",
            ["Commande", "Ligne", "Désignation", "Qté", "Unité", "PU HT", "TVA"],
            ("order_id", "line_id", "description", "quantity", "unit", "unit_price", "vat_rate"),
        ),
        (
            "commitments",
            ["N° EJ", "Exercice", "Montant HT", "Montant TTC"],
            ("commitment_id", "fiscal_year", "amount_net", "amount_gross"),
        ),
        ("suppliers", ["Fournisseur", "Raison sociale"], ("supplier_id", "name")),
        ("suppliers", ["Code fournisseur", "Fournisseur", "RIB"], ("supplier_id", "name", "ibans")),
        ("orders", ["order_id", "n° de commande"], ("order_id", "n° de commande")),
    ],
)
def test_gives_french_columns_their_name(
    table: str, titles: list[str], names: tuple[str, ...]
) -> None:
    assert read_header(titles, table_forms()[table]).names == names


def test_says_which_columns_might_have_been_meant() -> None:
    header = read_header(["numro commande", "statut"], table_forms()["orders"])

    assert header.missing == ("order_id",)
    assert header.guesses("order_id") == ("numro commande",)


def test_words_in_prose_are_no_header() -> None:
    prose = "All is invented: the town, its\nsuppliers, their people, bills. SIREN, SIRET, accounts"

    assert guess_table(prose.replace("its\n", "").split(",")) is None


def test_a_label_that_no_column_takes_is_not_missed() -> None:
    titles = ("budget_line_id", "Libellé", "Commentaires", "crédits_ouvert_N-1")

    header = read_header(titles, table_forms()["budget_lines"])

    assert header.unused == ("crédits_ouvert_N-1",)
