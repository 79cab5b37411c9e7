"""Invoices of one supplier's own template, whose words no reader was told about.

The number stands under `Pièce comptable`, the quantity billed under `Sortis` beside the quantity
ordered, and the date after `Bourges, ce jour`. Made for tests of what is learned from corrections;
the supplier, its numbers and the goods are invented.
"""

from __future__ import annotations

from decimal import Decimal

from domain.money import plain
from tests.page_maker import Cell, right
from tests.printed_maker import drawn

SELLER = "Menuiserie du Val d'Yèvre SARL"
SIREN = "732829320"
BUYER = "Commune de Verzé"

Item = tuple[str, str, str, str]
"""Name, quantity ordered, quantity billed, unit price."""

ITEMS: tuple[Item, ...] = (("Porte en chêne", "4", "3", "210.00"), ("Paumelle", "40", "30", "2.50"))


def _french(value: Decimal) -> str:
    return f"{value:.2f}".replace(".", ",")


def sums(items: tuple[Item, ...]) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross."""
    net = sum((Decimal(q) * Decimal(p) for _, _, q, p in items), Decimal(0))
    tax = (net * Decimal("0.2")).quantize(Decimal("0.01"))
    return net, tax, net + tax


def odd_rows(
    number: str,
    items: tuple[Item, ...] = ITEMS,
    *,
    day: str = "12/03/2026",
    seller: str = SELLER,
    siren: str = SIREN,
    order: str = "BC 2026-31",
) -> list[list[Cell]]:
    """One invoice of the template."""
    net, tax, gross = sums(items)
    lines: list[list[Cell]] = [
        [
            (40, name),
            right(300, ordered),
            right(370, billed),
            right(450, _french(Decimal(price))),
            right(550, _french(Decimal(billed) * Decimal(price))),
        ]
        for name, ordered, billed, price in items
    ]
    return [
        [(40, seller)],
        [(40, "3 quai des Gabariers"), (380, "Facture")],
        [(40, "18000 Bourges")],
        [(40, f"SIREN {siren}"), (380, "Pièce comptable")],
        [(380, number)],
        [(40, "Facturé à"), (380, f"Date : {day}")],
        [(40, BUYER), (380, f"Bon de commande : {order}")],
        [(40, "1 place de la Mairie")],
        [(40, "71260 Verzé")],
        [],
        [
            (40, "Désignation"),
            right(300, "Quantité"),
            right(370, "Sortis"),
            right(450, "PU HT"),
            right(550, "Montant HT"),
        ],
        *lines,
        [],
        [right(450, "Total HT"), right(550, _french(net))],
        [right(450, "TVA 20 %"), right(550, _french(tax))],
        [right(450, "Total TTC"), right(550, _french(gross))],
        [],
        [(40, "Atelier ouvert du lundi au vendredi, visites sur rendez-vous")],
        [(40, "Capital de 12000 euros, tribunal de commerce de Bourges")],
    ]


def odd_invoice(number: str, items: tuple[Item, ...] = ITEMS, **more: str) -> bytes:
    """One invoice of the template as a PDF."""
    return drawn(odd_rows(number, items, **more))


def written_sums(items: tuple[Item, ...]) -> tuple[str, ...]:
    """Net, VAT and gross as CONTRACT writes them."""
    return tuple(plain(value) for value in sums(items))
