"""What the invented commune contracted, committed and ordered, and what it received."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.sample.model import Contract, Line, Order
from tests.sample.story_parties import (
    BRUSHES,
    COMPUTERS,
    GARDENS,
    MEALS,
    PAPER,
    POWER,
    ROADS,
)

ROADWORKS = "2025-VRD-014"
CATERING = "2024-RS-007"


def line(
    number: int, item: str, name: str, quantity: str, unit: str, price: str, rate: str = "20"
) -> Line:
    """One line, from plain text."""
    return Line(str(number), item, name, Decimal(quantity), unit, Decimal(price), Decimal(rate))


CONTRACTS = (
    Contract(
        ROADWORKS,
        "1",
        "Entretien de la voirie communale",
        "Marché",
        "Procédure adaptée",
        ROADS,
        Decimal("90000.00"),
        date(2025, 7, 1),
        date(2026, 6, 30),
        cpv="45233141",
        prices=(
            line(1, "ENR-BB06", "Enrobé BBSG 0/10, épaisseur 6 cm", "1", "MTK", "15.90"),
            line(2, "BOR-T2", "Bordure béton T2 posée", "1", "MTR", "27.30"),
            line(3, "REG-NIV", "Mise à niveau de regard", "1", "C62", "145.00"),
            line(4, "MAR-BLA", "Marquage routier, bande blanche", "1", "MTR", "2.40"),
            line(5, "PAN-B14", "Panneau B14 fourni et posé", "1", "C62", "182.00"),
        ),
    ),
    Contract(
        ROADWORKS,
        "2",
        "Entretien des espaces verts",
        "Marché",
        "Procédure adaptée",
        GARDENS,
        Decimal("45000.00"),
        date(2025, 7, 1),
        date(2026, 8, 31),
        cpv="77310000",
        prices=(
            line(1, "TON-RAM", "Tonte avec ramassage", "1", "MTK", "0.09"),
            line(2, "TAI-HAI", "Taille de haie, deux faces", "1", "MTR", "3.60"),
            line(3, "DES-MAN", "Désherbage manuel de massif", "1", "MTK", "0.85"),
        ),
    ),
    Contract(
        CATERING,
        "",
        "Repas scolaires livrés en liaison froide",
        "Accord-cadre à bons de commande",
        "Procédure adaptée",
        MEALS,
        Decimal("160000.00"),
        date(2024, 9, 1),
        date(2025, 8, 31),
        renewals="3x12",
        cpv="55524000",
        prices=(
            line(1, "REP-ELE", "Repas élémentaire", "1", "C62", "3.42", "5.5"),
            line(2, "REP-MAT", "Repas maternelle", "1", "C62", "3.18", "5.5"),
            line(3, "PIQ-NIQ", "Pique-nique de sortie scolaire", "1", "C62", "3.95", "5.5"),
        ),
    ),
)

BUDGET_LINES = (
    ("2026-F-011-6064", "F", "011", "6064", "020", "Fournitures administratives", "18000.00"),
    ("2026-F-011-60612", "F", "011", "60612", "512", "Énergie, électricité", "95000.00"),
    ("2026-F-011-615231", "F", "011", "615231", "845", "Entretien de la voirie", "140000.00"),
    ("2026-F-011-61521", "F", "011", "61521", "511", "Entretien de terrains", "60000.00"),
    ("2026-F-011-6042", "F", "011", "6042", "281", "Restauration scolaire", "120000.00"),
    ("2026-F-011-61551", "F", "011", "61551", "845", "Matériel roulant", "9000.00"),
    ("2026-F-011-6156", "F", "011", "6156", "020", "Maintenance", "12000.00"),
    ("2026-I-21-21838", "I", "21", "21838", "020", "Matériel informatique", "35000.00"),
)

ORDERS = (
    Order(
        "BC2026-0102",
        POWER,
        "EJ2026-0102",
        date(2026, 1, 12),
        service="BATIMENTS",
        ceiling=Decimal("14400.00"),
        budget_line="2026-F-011-60612",
    ),
    Order(
        "BC2026-0098",
        COMPUTERS,
        "EJ2026-0098",
        date(2026, 1, 8),
        (line(1, "LOG-SAUV", "Licence de sauvegarde, un an", "1", "C62", "480.00"),),
        (Decimal(1),),
        date(2026, 1, 20),
        "M. Okeke",
        "INFORMATIQUE",
        status="closed",
        budget_line="2026-F-011-6156",
    ),
    Order(
        "BC2026-0114",
        PAPER,
        "EJ2026-0114",
        date(2026, 9, 14),
        (
            line(
                1, "PAP-A4-80", "Papier recyclé A4 80 g, carton de 5 ramettes", "24", "XCT", "21.90"
            ),
            line(2, "CLA-LEV-80", "Classeur à levier, dos 80 mm", "60", "C62", "1.95"),
            line(3, "STY-BLEU", "Stylo bille bleu, boîte de 50", "8", "XBX", "14.40"),
            line(4, "ENV-C5-F", "Enveloppe C5 à fenêtre, boîte de 500", "6", "XBX", "18.75"),
        ),
        (Decimal(24), Decimal(60), Decimal(8), Decimal(6)),
        date(2026, 9, 24),
        "Mme Vasseur",
        "SECRETARIAT",
        budget_line="2026-F-011-6064",
    ),
    Order(
        "BC2026-0121",
        COMPUTERS,
        "EJ2026-0121",
        date(2026, 9, 22),
        (
            line(
                1,
                "PC-14-I5",
                "Ordinateur portable 14 pouces, 16 Go, SSD 512 Go",
                "3",
                "C62",
                "812.00",
            ),
            line(2, "ECR-27-Q", "Écran 27 pouces QHD à pied réglable", "4", "C62", "214.50"),
            line(3, "DOCK-USBC", "Station d'accueil USB-C 100 W", "4", "C62", "129.00"),
        ),
        (Decimal(3), Decimal(4), Decimal(4)),
        date(2026, 10, 6),
        "M. Okeke",
        "INFORMATIQUE",
        budget_line="2026-I-21-21838",
    ),
    Order(
        "BC2026-0127",
        MEALS,
        "EJ2026-0127",
        date(2026, 8, 28),
        (
            line(1, "REP-ELE", "Repas élémentaire", "2150", "C62", "3.42", "5.5"),
            line(2, "REP-MAT", "Repas maternelle", "940", "C62", "3.18", "5.5"),
            line(3, "PIQ-NIQ", "Pique-nique de sortie scolaire", "45", "C62", "3.95", "5.5"),
        ),
        (Decimal(2086), Decimal(940), Decimal(45)),
        date(2026, 9, 30),
        "Mme Bruneau",
        "SCOLAIRE",
        CATERING,
        budget_line="2026-F-011-6042",
    ),
    Order(
        "BC2026-0130",
        ROADS,
        "EJ2026-0130",
        date(2026, 9, 3),
        (
            line(1, "ENR-BB06", "Enrobé BBSG 0/10, épaisseur 6 cm", "320", "MTK", "15.90"),
            line(2, "BOR-T2", "Bordure béton T2 posée", "85", "MTR", "27.30"),
            line(3, "REG-NIV", "Mise à niveau de regard", "6", "C62", "145.00"),
        ),
        (Decimal(320), Decimal(85), Decimal(6)),
        date(2026, 10, 9),
        "M. Delcourt",
        "TECHNIQUE",
        ROADWORKS,
        "1",
        ceiling=Decimal("9000.00"),
        budget_line="2026-F-011-615231",
    ),
    Order(
        "BC2026-0133",
        GARDENS,
        "EJ2026-0133",
        date(2026, 8, 24),
        (
            line(1, "TON-RAM", "Tonte avec ramassage", "18500", "MTK", "0.09"),
            line(2, "TAI-HAI", "Taille de haie, deux faces", "420", "MTR", "3.60"),
            line(3, "DES-MAN", "Désherbage manuel de massif", "1200", "MTK", "0.85"),
        ),
        (Decimal(18500), Decimal(420), Decimal(1200)),
        date(2026, 9, 18),
        "M. Delcourt",
        "TECHNIQUE",
        ROADWORKS,
        "2",
        budget_line="2026-F-011-61521",
    ),
    Order(
        "BC2026-0138",
        PAPER,
        "EJ2026-0138",
        date(2026, 10, 1),
        (
            line(1, "CAH-96", "Cahier 24 x 32 cm, 96 pages, grands carreaux", "350", "C62", "1.12"),
            line(2, "CRA-HB12", "Crayons graphite HB, boîte de 12", "40", "XBX", "3.60"),
            line(3, "GOU-1L", "Gouache scolaire, flacon de 1 litre", "24", "C62", "6.85"),
        ),
        (Decimal(350), Decimal(40), Decimal(24)),
        date(2026, 10, 12),
        "Mme Bruneau",
        "SCOLAIRE",
        budget_line="2026-F-011-6064",
    ),
    Order(
        "BC2026-0140",
        COMPUTERS,
        "EJ2026-0140",
        date(2026, 10, 5),
        (
            line(
                1, "MNT-TRIM", "Maintenance préventive, forfait trimestriel", "1", "C62", "640.00"
            ),
            line(2, "INT-SITE", "Intervention sur site", "6", "HUR", "68.00"),
        ),
        (Decimal(1), Decimal(6)),
        date(2026, 10, 30),
        "M. Okeke",
        "INFORMATIQUE",
        budget_line="2026-F-011-6156",
    ),
    Order(
        "BC2026-0142",
        ROADS,
        "EJ2026-0142",
        date(2026, 10, 7),
        (
            line(1, "MAR-BLA", "Marquage routier, bande blanche", "150", "MTR", "2.40"),
            line(2, "PAN-B14", "Panneau B14 fourni et posé", "4", "C62", "182.00"),
        ),
        (Decimal(150), Decimal(4)),
        date(2026, 10, 23),
        "M. Delcourt",
        "TECHNIQUE",
        ROADWORKS,
        "1",
        budget_line="2026-F-011-615231",
    ),
    Order(
        "BC2026-0145",
        MEALS,
        "EJ2026-0145",
        date(2026, 9, 29),
        (
            line(1, "REP-ELE", "Repas élémentaire", "2020", "C62", "3.42", "5.5"),
            line(2, "REP-MAT", "Repas maternelle", "905", "C62", "3.18", "5.5"),
        ),
        (Decimal(2020), Decimal(905)),
        date(2026, 10, 30),
        "Mme Bruneau",
        "SCOLAIRE",
        CATERING,
        budget_line="2026-F-011-6042",
    ),
    Order(
        "BC2026-0149",
        BRUSHES,
        "EJ2026-0149",
        date(2026, 10, 13),
        (
            line(1, "RB-480", "Balai latéral rond, diamètre 480 mm", "4", "C62", "96.50"),
            line(2, "WB-1200", "Balai rouleau, largeur 1200 mm", "2", "C62", "248.00"),
        ),
        (Decimal(4), Decimal(2)),
        date(2026, 11, 3),
        "M. Delcourt",
        "TECHNIQUE",
        budget_line="2026-F-011-61551",
    ),
    Order(
        "BC2026-0151",
        GARDENS,
        "EJ2026-0151",
        date(2026, 11, 2),
        (
            line(
                1,
                "ARB-TIL",
                "Tilleul à petites feuilles 16/18, fourni et planté",
                "8",
                "C62",
                "215.00",
            ),
            line(2, "VIV-TAP", "Vivaces tapissantes en godet", "140", "C62", "2.30"),
        ),
        (Decimal(5), None),
        date(2026, 11, 16),
        "M. Delcourt",
        "TECHNIQUE",
        budget_line="2026-F-011-61521",
    ),
)

ORDER = {order.id: order for order in ORDERS}
