"""Purchases made up by chance: reference data, an invoice in a supplier's own words, its faults.

A world is one order and the invoice for it, among other orders of the same supplier. What is wrong
with the invoice was put there on purpose, so that the codes and lines to be found are known. Every
world follows from its number alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from domain.invoice import AllowanceCharge, Invoice, InvoiceLine, Totals, VatBreakdown
from domain.money import ZERO, round_to_cents
from domain.party import Party

Rows = dict[str, list[dict[str, Any]]]
Found = tuple[str, str | None]

CATALOGUE: Final = tuple(
    tuple(part.strip() for part in row.split("|"))
    for row in """
PAP-A4 | Papier blanc A4 80 g, ramette de 500 feuilles | C62 | 3.42 | 20
PAP-A3 | Papier blanc A3 80 g, ramette de 500 feuilles | C62 | 7.10 | 20
TON-N | Cartouche de toner noir haute capacité 4520 | C62 | 68.90 | 20
TON-C | Cartouche de toner cyan haute capacité 4520 | C62 | 84.30 | 20
TON-M | Cartouche de toner magenta haute capacité 4520 | C62 | 84.30 | 20
GNT-S | Gants nitrile non poudrés taille S | C62 | 6.15 | 5.5
GNT-M | Gants nitrile non poudrés taille M | C62 | 6.15 | 5.5
GNT-L | Gants nitrile non poudrés taille L | C62 | 6.45 | 5.5
TUB-110 | Tube PVC évacuation diamètre 110 longueur 4 m | MTR | 5.80 | 20
TUB-125 | Tube PVC évacuation diamètre 125 longueur 4 m | MTR | 7.95 | 20
VAN-80 | Vanne à opercule fonte DN 80 | C62 | 146.00 | 20
VAN-100 | Vanne à opercule fonte DN 100 | C62 | 188.50 | 20
ENR-010 | Enrobé à chaud 0/10 fourni et mis en œuvre | TNE | 92.40 | 20
SEL-DEN | Sel de déneigement en vrac | TNE | 88.00 | 20
CHL-GAZ | Chlore gazeux en bouteille consignée | KGM | 2.95 | 20
FAR-T55 | Farine de blé type 55 sac | KGM | 0.61 | 5.5
POM-GOL | Pommes golden catégorie 1 | KGM | 1.48 | 5.5
LAI-UHT | Lait demi-écrémé UHT | LTR | 0.94 | 5.5
FIO-ORD | Fioul domestique ordinaire livré | LTR | 1.12 | 20
MOD-ELEC | Dépannage électrique main d'œuvre | HUR | 46.00 | 20
MOD-PLOM | Dépannage plomberie main d'œuvre | HUR | 44.00 | 20
NET-BUR | Nettoyage des bureaux, prestation mensuelle | MON | 1240.00 | 20
GAR-NUIT | Gardiennage de nuit avec chien | HUR | 27.80 | 20
FOR-SST | Formation sauveteur secouriste du travail | DAY | 780.00 | 0
REP-ADU | Repas adulte cantine scolaire | C62 | 4.86 | 5.5
REP-ENF | Repas enfant cantine scolaire | C62 | 3.92 | 5.5
LOC-NAC | Location de nacelle articulée 16 m | DAY | 215.00 | 20
ORD-14 | Ordinateur portable 14 pouces 16 Go 512 Go | C62 | 812.00 | 20
ECR-27 | Écran 27 pouces QHD pied réglable | C62 | 214.50 | 20
CLV-FR | Ensemble clavier et souris filaires azerty | C62 | 24.90 | 20
OND-15 | Onduleur 1500 VA en ligne | C62 | 388.00 | 20
PEI-MUR | Peinture acrylique mate blanche intérieur | LTR | 8.75 | 10
BET-25 | Béton prêt à l'emploi C25/30 toupie | MTQ | 118.00 | 20
GRA-020 | Grave non traitée 0/20 rendue chantier | TNE | 14.20 | 20
CAB-RJ | Cordon réseau RJ45 catégorie 6 longueur 3 m | C62 | 3.85 | 20
""".strip().splitlines()
)
FREIGHT: Final = (
    "Frais de port", "Participation aux frais de transport", "Éco-contribution",
    "Forfait livraison", "Frais de gestion",
)  # fmt: skip
SAME_UNIT: Final = {
    "C62": ("C62", "H87", "EA", "PCE", "XPP"),
    "KGM": ("KGM", "kg"),
    "TNE": ("TNE", "t"),
    "LTR": ("LTR", "l"),
    "HUR": ("HUR", "h", "heure"),
    "MTR": ("MTR", "m"),
    "DAY": ("DAY", "jour"),
    "MON": ("MON", "mois"),
    "MTQ": ("MTQ", "m3"),
}
CONVERTED: Final = {
    "KGM": ("GRM", Decimal(1000)),
    "TNE": ("KGM", Decimal(1000)),
    "LTR": ("MLT", Decimal(1000)),
    "HUR": ("MIN", Decimal(60)),
    "MTR": ("CMT", Decimal(100)),
    "MTQ": ("LTR", Decimal(1000)),
    "C62": ("DZN", Decimal(1) / 12),
}
FOREIGN_UNIT: Final = {
    "C62": "KGM", "KGM": "LTR", "TNE": "MTQ", "LTR": "KGM", "HUR": "KMT", "MTR": "KGM",
    "DAY": "KMT", "MON": "KGM", "MTQ": "TNE",
}  # fmt: skip
DAY: Final = date(2026, 5, 18)


@dataclass
class Bought:
    """An order line in the making."""

    line_id: str
    item: str | None
    text: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    received: Decimal | None = None


@dataclass
class Billed:
    """An invoice line in the making; `of` is the order line it bills."""

    of: Bought | None
    item: str | None
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: Decimal
    base: Decimal | None = None
    off: Decimal = ZERO
    order_line: str | None = None
    description: str | None = None
    amount: Decimal | None = None  # what is stated, where it is not quantity times price
    faults: list[str] = field(default_factory=list)

    @property
    def net(self) -> Decimal:
        """The line amount."""
        if self.amount is not None:
            return self.amount
        return round_to_cents(self.quantity * self.price / (self.base or 1)) - self.off


@dataclass
class World:
    """One purchase: rows to import, the invoice, and what must be found in it."""

    number: int
    chance: random.Random
    order_id: str
    bought: list[Bought]
    billed: list[Billed]
    supplier: dict[str, Any]
    entity: dict[str, Any]
    others: list[list[Bought]] = field(default_factory=list)
    status: str = "open"
    reference: dict[str, Any] = field(default_factory=dict)
    iban: str = ""
    allowance: Decimal = ZERO
    charge: Decimal = ZERO
    commitment_net: Decimal | None = None
    faults: list[str] = field(default_factory=list)
    noises: list[str] = field(default_factory=list)

    def label(self, billed: Billed) -> str:
        """The number of an invoice line."""
        return str(self.billed.index(billed) + 1)

    @property
    def expected(self) -> list[Found]:
        """Every code to be found, with its line."""
        at_lines = [(code, self.label(b)) for b in self.billed for code in b.faults]
        return sorted([*((code, None) for code in self.faults), *at_lines], key=str)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Which invoice line answers which order line."""
        return sorted((self.label(b), b.of.line_id) for b in self.billed if b.of is not None)

    def rows(self) -> Rows:
        """The reference data."""
        key = f"W{self.number}"
        net = sum((round_to_cents(b.quantity * b.price) for b in self.bought), ZERO)
        orders = [self._order(self.order_id, f"ENG-{key}", self.status)]
        lines = [_row(self.order_id, b) for b in self.bought]
        receipts = [_receipt(self.order_id, b) for b in self.bought if b.received is not None]
        for i, other in enumerate(self.others):
            order_id = f"CD-{luhn(f'8{self.number}{i}')}"
            orders.append(self._order(order_id, f"ENG-{key}", "open"))
            lines.extend(_row(order_id, b) for b in other)
            receipts.extend(_receipt(order_id, b) for b in other)
        ceiling = self.commitment_net if self.commitment_net is not None else net * 4 + 50_000
        return {
            "entities": [self.entity],
            "suppliers": [self.supplier],
            "budget_lines": [{"budget_line_id": f"BUD-{key}", "credits_open": Decimal(10**9)}],
            "commitments": [
                {
                    "commitment_id": f"ENG-{key}",
                    "budget_line_id": f"BUD-{key}",
                    "supplier_id": self.supplier["supplier_id"],
                    "amount_net": ceiling,
                    "amount_gross": None,
                }
            ],
            "orders": orders,
            "order_lines": lines,
            "receipts": receipts,
        }

    def _order(self, order_id: str, commitment: str, status: str) -> dict[str, Any]:
        return {
            "order_id": order_id,
            "entity_id": self.entity["entity_id"],
            "supplier_id": self.supplier["supplier_id"],
            "commitment_id": commitment,
            "order_date": date(2026, 3, 2),
            "status": status,
        }

    def invoice(self) -> Invoice:
        """The invoice."""
        lines = tuple(_line(self.label(b), b) for b in self.billed)
        parts: dict[Decimal, Decimal] = {}
        for b in self.billed:
            parts[b.rate] = parts.get(b.rate, ZERO) + b.net
        first = next(iter(parts))
        parts[first] += self.charge - self.allowance
        breakdown = tuple(
            VatBreakdown("S" if rate else "Z", rate, base, round_to_cents(base * rate / 100))
            for rate, base in parts.items()
        )
        tax = sum((part.tax or ZERO for part in breakdown), ZERO)
        sums = sum((b.net for b in self.billed), ZERO)
        net = sums + self.charge - self.allowance
        extras = []
        if self.allowance:
            extras.append(
                AllowanceCharge(
                    is_charge=False, amount=self.allowance, reason="Remise de fin d'année"
                )
            )
        if self.charge:
            extras.append(
                AllowanceCharge(is_charge=True, amount=self.charge, reason="Frais de port")
            )
        values: dict[str, Any] = {
            "number": f"FA-{self.number:05d}",
            "type_code": "380",
            "issue_date": DAY,
            "currency": "EUR",
            "seller": Party(
                name=self.supplier["name"], legal_id=self.supplier["siren"], legal_id_scheme="0002"
            ),
            "buyer": Party(name=self.entity["name"], legal_id=self.entity["siren"]),
            "payee_iban": self.iban or self.supplier["ibans"][0],
            "totals": Totals(
                lines=sums,
                allowances=self.allowance or None,
                charges=self.charge or None,
                tax_exclusive=net,
                tax=tax,
                tax_inclusive=net + tax,
                payable=net + tax,
            ),
            "vat_breakdown": breakdown,
            "allowances_charges": tuple(extras),
            "lines": lines,
        }
        return Invoice(**{**values, **self.reference})


def _row(order_id: str, b: Bought) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "line_id": b.line_id,
        "item_id": b.item,
        "description": b.text,
        "quantity": b.quantity,
        "unit": b.unit,
        "unit_price": b.price,
        "vat_rate": b.rate,
    }


def _receipt(order_id: str, b: Bought) -> dict[str, Any]:
    return {
        "receipt_id": f"SF-{order_id}-{b.line_id}",
        "order_id": order_id,
        "line_id": b.line_id,
        "quantity": b.received if b.received is not None else b.quantity,
    }


def _line(label: str, b: Billed) -> InvoiceLine:
    off = (AllowanceCharge(is_charge=False, amount=b.off, reason="Remise"),) if b.off else ()
    return InvoiceLine(
        id=label,
        name=b.name,
        description=b.description,
        seller_item_id=b.item,
        quantity=b.quantity,
        unit=b.unit,
        net_price=b.price,
        price_base_quantity=b.base,
        net_amount=b.net,
        vat_category="S" if b.rate else "Z",
        vat_rate=b.rate,
        order_line_reference=b.order_line,
        allowances_charges=off,
    )


def luhn(stem: str) -> str:
    """The number with its check digit."""
    total = 0
    for i, digit in enumerate(reversed(stem)):
        value = int(digit) * (2 if i % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{stem}{-total % 10}"


def iban(chance: random.Random) -> str:
    """A French account with right check digits."""
    account = "".join(chance.choice("0123456789") for _ in range(21))
    key = 97 - (89 * int(account[:5]) + 15 * int(account[5:10]) + 3 * int(account[10:])) % 97
    bban = f"{account}{key:02d}"
    return f"FR{98 - int(f'{bban}152700') % 97:02d}{bban}"


def world(number: int) -> World:
    """The world of this number."""
    chance = random.Random(number)  # noqa: S311 - the same world every time is what is wanted
    made = _clean(number, chance)
    for noise in chance.sample(NOISES, chance.choice((1, 2, 3, 4))):
        noise(made)
        made.noises.append(noise.__name__)
    for fault in chance.sample(FAULTS, chance.choice((0, 0, 1, 1, 2, 3))):
        fault(made)
    return made


def _clean(number: int, chance: random.Random) -> World:
    items = chance.sample(CATALOGUE, chance.choice((1, 2, 3, 4, 5, 8)))
    step = chance.choice((1, 10))
    bought = [_bought(str(i * step), item, chance) for i, item in enumerate(items, 1)]
    others = []
    for _ in range(chance.choice((0, 0, 1, 3))):
        mixed = chance.sample(CATALOGUE, chance.choice((1, 2, 3)))
        others.append([_bought(str(i), item, chance) for i, item in enumerate(mixed, 1)])
    key = f"{number:07d}"
    form = chance.choice(("BC{}", "2026{}", "CDE-{}/26", "45{}00", "26BC{}", "ENGT {}"))
    order_id = form.format(luhn(key))
    billed = [Billed(b, b.item, b.text, b.quantity, b.unit, b.price, b.rate) for b in bought]
    supplier = {
        "supplier_id": f"F{number}",
        "name": f"Établissements {_name(chance)} et Fils",
        "aliases": [],
        "siren": luhn(f"3{key}"),
        "ibans": [iban(chance)],
    }
    entity = {
        "entity_id": f"E{number}",
        "name": f"Commune de {_name(chance)}",
        "siren": luhn(f"2{key}"),
        "kind": "local",
    }
    return World(
        number, chance, order_id, bought, billed, supplier, entity, others,
        reference={"order_reference": order_id},
    )  # fmt: skip


def _bought(line_id: str, item: tuple[str, ...], chance: random.Random) -> Bought:
    quantity = Decimal(chance.choice((1, 2, 3, 5, 8, 12, 20, 36, 40, 75, 120, 250)))
    price = Decimal(item[3])
    if chance.random() < 0.5:
        price = max(Decimal("0.05"), round_to_cents(price * chance.randrange(80, 125) / 100))
    return Bought(line_id, item[0], item[1], quantity, item[2], price, Decimal(item[4]), quantity)


def _name(chance: random.Random) -> str:
    parts = ("bar", "vel", "tan", "mor", "lun", "gar", "sel", "cor", "din", "rou", "pel", "nav")
    return "".join(chance.sample(parts, 3)).capitalize()


# ---- what a supplier may do and nothing is wrong with it


def _shuffled(made: World) -> None:
    made.chance.shuffle(made.billed)


def _partial(made: World) -> None:
    for b in made.billed:
        if b.quantity > 1 and b.of is not None and b.unit == b.of.unit and not b.off:
            b.quantity = Decimal(made.chance.randrange(1, int(b.quantity) + 1))


def _some_lines(made: World) -> None:
    keep = made.chance.randrange(1, len(made.billed) + 1)
    made.billed = made.chance.sample(made.billed, keep)


def _no_ids(made: World) -> None:
    for b in made.billed:
        b.item = None


def _own_ids(made: World) -> None:
    for b in made.billed:
        b.item = f"{made.chance.randrange(10**5, 10**6)}"


def _order_without_ids(made: World) -> None:
    for bought in made.bought:
        bought.item = None


def _line_numbers(made: World) -> None:
    for b in made.billed:
        if b.of is not None:
            b.order_line = b.of.line_id


def _capitals(made: World) -> None:
    for b in made.billed:
        b.name = b.name.upper()


def _longer_words(made: World) -> None:
    for b in made.billed:
        b.name += made.chance.choice(
            (" livré selon demande", " - garantie 2 ans", ", colisage soigné", " (réf. usine)")
        )


def _description_apart(made: World) -> None:
    for b in made.billed:
        b.description = b.name
        b.name = " ".join(b.name.split()[:2])


def _accents_lost(made: World) -> None:
    plain = str.maketrans("éèêëàâîïôùûçÉÈÀœ", "eeeeaaiiouucEEAo")
    for b in made.billed:
        b.name = b.name.translate(plain)


def _words_swapped(made: World) -> None:
    for b in made.billed:
        words = b.name.split()
        made.chance.shuffle(words)
        b.name = " ".join(words)


def _unit_words(made: World) -> None:
    for b in made.billed:
        b.unit = made.chance.choice(SAME_UNIT.get(b.unit, (b.unit,)))


def _no_units(made: World) -> None:
    for b in made.billed:
        if b.of is not None and b.unit == b.of.unit:
            b.unit = ""


def _other_scale(made: World) -> None:
    for b in made.billed:
        if b.unit in CONVERTED and b.base is None and b.off == ZERO:
            unit, factor = CONVERTED[b.unit]
            quantity = b.quantity * factor
            if quantity == quantity.to_integral_value():
                total = round_to_cents(b.quantity * b.price)
                b.unit, b.quantity = unit, quantity
                b.price = b.price / factor if factor > 1 else round_to_cents(b.price / factor)
                b.price = round(b.price, 6)
                b.amount = None if b.net == total else round_to_cents(b.quantity * b.price)


def _base_quantity(made: World) -> None:
    for b in made.billed:
        if b.base is None and b.amount is None:
            b.base = Decimal(made.chance.choice((10, 100, 1000)))
            b.price *= b.base


def _catalogue_price_less_discount(made: World) -> None:
    for b in made.billed:
        if b.base is None and b.amount is None:
            higher = round_to_cents(b.price * Decimal("1.25"))
            b.off = round_to_cents(b.quantity * higher) - round_to_cents(b.quantity * b.price)
            b.price = higher


def _document_allowance(made: World) -> None:
    made.allowance = round_to_cents(sum((b.net for b in made.billed), ZERO) / 50)


def _cheaper(made: World) -> None:
    b = made.chance.choice(made.billed)
    if b.amount is None and not b.off:
        b.price = round(b.price * Decimal("0.97"), 4)


def _free_line(made: World) -> None:
    made.billed.append(
        Billed(None, None, "Échantillon offert", Decimal(1), "C62", ZERO, made.billed[0].rate)
    )


def _comment_reference(made: World) -> None:
    made.reference = {"notes": (f"Merci. Votre commande {made.order_id} du 2 mars.",)}


def _reference_elsewhere(made: World) -> None:
    name = made.chance.choice(("buyer_reference", "contract_reference", "project_reference"))
    made.reference = {name: made.order_id}


def _reference_dressed(made: World) -> None:
    form = made.chance.choice(("Bon de commande n° {}", "BC N°{}", "cde {}", "{} ", "N/ref: {}"))
    made.reference = {"order_reference": form.format(made.order_id.lower())}


def _commitment_quoted(made: World) -> None:
    made.reference = {"order_reference": f"ENG-W{made.number}"}
    made.others = []


def _alias(made: World) -> None:
    made.supplier["aliases"] = [made.supplier["name"]]
    made.supplier["name"] = f"Holding {_name(made.chance)}"


NOISES: Final[tuple[Callable[[World], None], ...]] = (
    _shuffled, _partial, _some_lines, _no_ids, _own_ids, _order_without_ids, _line_numbers,
    _capitals, _longer_words, _description_apart, _accents_lost, _words_swapped, _unit_words,
    _no_units, _other_scale, _base_quantity, _catalogue_price_less_discount, _document_allowance,
    _cheaper, _free_line, _comment_reference, _reference_elsewhere, _reference_dressed,
    _commitment_quoted,
)  # fmt: skip


# ---- what is wrong


def _target(made: World) -> Billed | None:
    free = [b for b in made.billed if b.of is not None and not b.faults]
    return made.chance.choice(free) if free else None


def _price_high(made: World) -> None:
    b = _target(made)
    if b is None or b.of is None or b.amount is not None or "_cheaper" in made.noises:
        return
    rise = Decimal(made.chance.choice(("1.03", "1.08", "1.15")))
    whole = b.net
    b.price = round(b.price * rise, 6) if not b.off else b.price
    if b.off:
        b.off -= round_to_cents(whole * (rise - 1))
        if b.off < 0:
            b.price = round(b.price * rise, 6)
            b.off = ZERO
    b.faults.append("PRICE_ABOVE_ORDER")


def _too_many(made: World) -> None:
    b = _target(made)
    if b is None or b.of is None or b.unit not in {b.of.unit, *SAME_UNIT.get(b.of.unit, ())}:
        return
    if b.amount is not None or b.off:
        return
    b.quantity = b.of.quantity + made.chance.choice((1, 2, 5))
    b.faults += ["QUANTITY_ABOVE_ORDERED", "QUANTITY_ABOVE_RECEIVED"]


def _not_all_received(made: World) -> None:
    b = _target(made)
    if b is None or b.of is None or b.quantity < 2 or b.unit not in SAME_UNIT.get(b.of.unit, ()):
        return
    b.of.received = b.quantity - 1
    b.faults.append("QUANTITY_ABOVE_RECEIVED")


def _not_received(made: World) -> None:
    b = _target(made)
    if b is not None and b.of is not None:
        b.of.received = None
        b.faults.append("RECEIPT_MISSING")


def _other_rate(made: World) -> None:
    b = _target(made)
    if b is not None:
        b.rate = Decimal(10) if b.rate == 20 else Decimal(20)
        b.faults.append("VAT_RATE_MISMATCH")


def _other_unit(made: World) -> None:
    b = _target(made)
    if b is None or b.of is None or b.unit not in SAME_UNIT.get(b.of.unit, ()):
        return
    b.unit = FOREIGN_UNIT[b.of.unit]
    b.faults.append("UNIT_MISMATCH")


def _freight(made: World) -> None:
    at = made.chance.randrange(len(made.billed) + 1)
    price = Decimal(made.chance.choice(("9.50", "18.00", "45.00")))
    line = Billed(None, None, made.chance.choice(FREIGHT), Decimal(1), "C62", price, Decimal(20))
    line.faults.append("LINE_NOT_ORDERED")
    made.billed.insert(at, line)


def _other_article(made: World) -> None:
    ordered = {b.text for b in made.bought}
    spare = [item for item in CATALOGUE if item[1] not in ordered]
    item = made.chance.choice(spare)
    with_ids = any(b.item for b in made.billed)
    line = Billed(
        None, item[0] if with_ids else None, item[1], Decimal(made.chance.choice((1, 4, 10))),
        item[2], Decimal(item[3]), Decimal(item[4]),
    )  # fmt: skip
    line.faults.append("LINE_NOT_ORDERED")
    made.billed.append(line)


def _freight_charge(made: World) -> None:
    made.charge = Decimal(made.chance.choice(("12.00", "30.00")))
    made.faults.append("AMOUNT_ABOVE_ORDER")


def _other_account(made: World) -> None:
    made.iban = iban(made.chance)
    made.faults.append("IBAN_UNKNOWN")


def _closed(made: World) -> None:
    quoted = {"order_reference", "notes"}.intersection(made.reference)
    if quoted and "ENG-W" not in str(made.reference):
        made.status = made.chance.choice(("closed", "cancelled"))
        made.faults.append("ORDER_CLOSED")


def _line_sum(made: World) -> None:
    b = _target(made)
    if b is not None and b.amount is None:
        b.amount = b.net + made.chance.choice((Decimal(1), Decimal("0.5"), Decimal(10)))
        b.faults.append("TOTALS_INCONSISTENT")


def _commitment_short(made: World) -> None:
    made.commitment_net = round_to_cents(sum((b.net for b in made.billed), ZERO) / 2)
    made.faults.append("COMMITMENT_EXCEEDED")


FAULTS: Final[tuple[Callable[[World], None], ...]] = (
    _price_high, _too_many, _not_all_received, _not_received, _other_rate, _other_unit, _freight,
    _other_article, _freight_charge, _other_account, _closed, _line_sum, _commitment_short,
)  # fmt: skip


def plain_world(number: int) -> World:
    """A world in which nothing is wrong and the supplier writes as the order does."""
    return _clean(number, random.Random(number))  # noqa: S311 - the same every time
