"""The sample's reference data as a French spreadsheet would save it: `;` and decimal comma."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from domain.money import plain
from tests.sample.model import Firm
from tests.sample.story_orders import BUDGET_LINES, CONTRACTS, ORDERS, ROADWORKS
from tests.sample.story_parties import COMMUNE, SUPPLIERS

Cell = str | Decimal | date | None
_ENTITY = "E01"
_YEAR = "2026"


def reference_files() -> dict[str, bytes]:
    """Name and content of each file."""
    return {
        "entites.csv": _csv(
            "code entité;nom;siren;siret;type",
            [(_ENTITY, COMMUNE.name, COMMUNE.siren, COMMUNE.siret, "commune")],
        ),
        "fournisseurs.csv": _csv(
            "code fournisseur;raison sociale;autres noms;siren;siret;n° TVA;iban;pays;courriel",
            [_supplier(firm) for firm in SUPPLIERS],
        ),
        "lignes_budgetaires.csv": _csv(
            "ligne budgétaire;entité;exercice;section;chapitre;nature;fonction;libellé;"
            "crédits ouverts",
            [
                (key, _ENTITY, _YEAR, section, chapter, nature, function, title, Decimal(credit))
                for key, section, chapter, nature, function, title, credit in BUDGET_LINES
            ],
        ),
        "marches.csv": _csv(
            "n° marché;lot;entité;objet;nature;procédure;titulaire;montant maximum;date de début;"
            "date de fin;reconductions;délai de paiement;révision;cpv",
            [
                (
                    *(c.id, c.lot, _ENTITY, c.title, c.nature, c.procedure, c.supplier.key),
                    *(c.maximum, c.start, c.end, c.renewals, "30", "none", c.cpv),
                )
                for c in CONTRACTS
            ],
        ),
        "bordereau_des_prix.csv": _csv(
            "n° marché;lot;code article;désignation;unité;prix unitaire HT;taux TVA",
            [
                (c.id, c.lot, p.item, p.name, p.unit, p.price, p.rate)
                for c in CONTRACTS
                for p in c.prices
            ],
        ),
        "avenants.csv": _csv(
            "n° marché;lot;n° avenant;date;montant;nouvelle date de fin",
            [(ROADWORKS, "1", "AV1", date(2026, 5, 18), Decimal("12000.00"), date(2027, 6, 30))],
        ),
        "engagements.csv": _csv(
            "n° engagement;entité;exercice;ligne budgétaire;n° marché;lot;fournisseur;"
            "montant HT;montant TTC",
            [
                (
                    *(o.commitment, _ENTITY, _YEAR, o.budget_line, o.contract, o.lot),
                    *(o.supplier.key, o.net, o.gross),
                )
                for o in ORDERS
            ],
        ),
        "commandes.csv": _csv(
            "n° de commande;entité;fournisseur;n° marché;lot;n° engagement;date de commande;"
            "code service;devise;statut",
            [
                (
                    *(o.id, _ENTITY, o.supplier.key, o.contract, o.lot, o.commitment, o.dated),
                    *(o.service, "EUR", {"open": "ouverte", "closed": "soldée"}[o.status]),
                )
                for o in ORDERS
            ],
        ),
        "lignes_commande.csv": _csv(
            "n° de commande;n° ligne;code article;désignation;quantité;unité;prix unitaire HT;"
            "taux TVA",
            [
                (o.id, n.id, n.item, n.name, n.quantity, n.unit, n.price, n.rate)
                for o in ORDERS
                for n in o.lines
            ],
        ),
        "receptions.csv": _csv(
            "n° service fait;n° de commande;n° ligne;quantité reçue;date de réception;certifié par",
            _receipts(),
        ),
    }


def _supplier(firm: Firm) -> tuple[Cell, ...]:
    aliases = "|".join(firm.aliases)
    return (
        *(firm.key, firm.name, aliases, firm.siren, firm.siret, firm.vat_id),
        *(firm.iban, firm.country, firm.email),
    )


def _receipts() -> Iterable[tuple[Cell, ...]]:
    number = 0
    for order in ORDERS:
        for line, quantity in zip(order.lines, order.received, strict=False):
            if quantity is None or order.received_on is None:
                continue
            number += 1
            day = order.received_on
            if line.id == "1" and quantity < line.quantity:
                # What comes short came in two deliveries.
                half = quantity // 2
                yield (f"SF2026-{number:04}", order.id, "1", half, day, order.received_by)
                number += 1
                quantity -= half  # noqa: PLW2901
                day += timedelta(days=1)
            key = f"SF2026-{number:04}"
            yield (key, order.id, line.id, quantity, day, order.received_by)


def _csv(header: str, rows: Iterable[tuple[Cell, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header.split(";"))
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return plain(cell).replace(".", ",")
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return cell or ""
