"""Invented invoices with their truth, in three languages, for sheets that were never seen before.

Every sample is drawn from a seed. Companies, people and towns are invented or public; SIREN, SIRET,
VAT numbers and IBAN have right check digits and belong to nobody. The truth is kept under the
names that the corpus's scorer uses.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

_CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Rounded half up, as invoices are."""
    return value.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Firm:
    """A company with what its letterhead prints."""

    name: str
    street: str
    town: str
    country: str
    siren: str = ""
    siret: str = ""
    vat: str = ""
    iban: str = ""
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True)
class Item:
    """A line: what, how many, at what price, less what discount, at what VAT rate."""

    name: str
    detail: str
    code: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """Net amount."""
        return cents(self.quantity * self.price * (100 - self.discount) / 100)


@dataclass(frozen=True)
class Sample:
    """An invoice to be printed."""

    language: str
    seller: Firm
    buyer: Firm
    number: str
    issued: date
    due: date
    items: tuple[Item, ...]
    order: str = ""
    contract: str = ""
    service: str = ""
    despatch: str = ""
    currency: str = "EUR"
    prepaid: Decimal = Decimal(0)
    credit: bool = False
    preceding: str = ""
    exempt: str = ""
    factor_iban: str = ""
    carriage: Decimal = Decimal(0)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """Net total."""
        return sum((x.amount for x in self.items), Decimal(0)) + self.carriage

    @property
    def rates(self) -> dict[Decimal, Decimal]:
        """Taxable amount by rate; carriage goes with the highest."""
        bases: dict[Decimal, Decimal] = {}
        for item in self.items:
            bases[item.rate] = bases.get(item.rate, Decimal(0)) + item.amount
        bases[max(bases)] += self.carriage
        return bases

    @property
    def tax(self) -> Decimal:
        """VAT of all rates."""
        return sum((cents(b * r / 100) for r, b in self.rates.items()), Decimal(0))

    @property
    def gross(self) -> Decimal:
        """Gross total."""
        return self.net + self.tax

    @property
    def payable(self) -> Decimal:
        """What is left to pay."""
        return self.gross - self.prepaid


def _siren(rng: random.Random) -> str:
    digits = f"{rng.randint(30000000, 94999999)}"
    return digits + luhn.calc_check_digit(digits)


def _french_ids(rng: random.Random) -> tuple[str, str, str]:
    siren = _siren(rng)
    nic = f"{rng.randint(1, 40):04d}"
    siret = siren + nic + luhn.calc_check_digit(siren + nic)
    key = (12 + 3 * (int(siren) % 97)) % 97
    return siren, siret, f"FR{key:02d}{siren}"


def iban_of(country: str, account: str) -> str:
    """An account number with its check digits."""
    return country + mod_97_10.calc_check_digits(account + country) + account


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def french_account(rng: random.Random) -> str:
    """A French account with both its keys right."""
    bank, desk, account = _digits(rng, 5), _digits(rng, 5), _digits(rng, 11)
    rest = (89 * int(bank) + 15 * int(desk) + 3 * int(account)) % 97
    return iban_of("FR", f"{bank}{desk}{account}{97 - rest:02d}")


_FR_SELLERS = (
    ("Menuiserie Le Goff SARL", "ZA de Kerbiquet, 14 rue des Compagnons", "29370 Elliant"),
    ("ABC Fournitures Médicales", "112 bis boulevard Jean Jaurès", "92110 Clichy"),
    ("Transports Bourdin & Fils", "Route de Sablé - BP 47", "72300 Parcé-sur-Sarthe"),
    ("SAS HydroTech Environnement", "3 allée des Saules, Bâtiment C2", "69800 Saint-Priest"),
    ("EURL Imprimerie du Vieux Pont", "27 quai de la Fontaine", "30900 Nîmes"),
    ("Claire Delmas Conseil", "8 impasse des Tilleuls", "31500 Toulouse"),
    ("Nordelec SA", "Parc d'activités des 4 Vents", "59650 Villeneuve d'Ascq"),
    ("Les Jardins de l'Aulne", "Lieu-dit Penhoat", "29590 Lopérec"),
    ("Groupe Sécurial Protection", "45 avenue du 8 Mai 1945", "38130 Échirolles"),
    ("Boulangerie Martin", "2 place du Général de Gaulle", "61000 Alençon"),
)
_FR_BUYERS = (
    ("Commune de Saint-Brévin", "Place Henri Basle", "44250 Saint-Brévin-les-Pins"),
    ("Centre Hospitalier de Kermeur", "5 rue du Docteur Laennec", "29600 Morlaix"),
    ("Ville de Montrouge", "43 avenue de la République", "92120 Montrouge"),
    ("SDIS des Deux-Rives", "ZI Nord, 100 rue de la Gare", "79000 Niort"),
    ("Département du Val-Clair", "1 place de la Préfecture", "86000 Poitiers"),
    ("Lycée Jean Moulin", "12 rue de Bretagne", "35000 Rennes"),
    ("Communauté d'agglomération du Pays d'Auge", "Hôtel d'agglomération", "14100 Lisieux"),
)
_DE_SELLERS = (
    ("Bürobedarf Nordhoff GmbH", "Industriestraße 47", "28199 Bremen"),
    ("Müller & Söhne Haustechnik", "Am Bahnhof 3a", "73728 Esslingen"),
    ("Kanzlei Dr. Petersen", "Königsallee 92", "40212 Düsseldorf"),
    ("Gartenbau Lindner e.K.", "Feldweg 8", "04249 Leipzig"),
    ("Softwarehaus Brenner AG", "Technologiepark 21", "33100 Paderborn"),
)
_DE_BUYERS = (
    ("Stadtwerke Hohenfels GmbH", "Rathausplatz 1", "92366 Hohenfels"),
    ("Gemeinde Oberau", "Schmiedeweg 10", "82496 Oberau"),
    ("Universitätsklinikum Westfalen", "Albert-Schweitzer-Campus 1", "48149 Münster"),
)
_EN_SELLERS = (
    ("Harper & Lowe Ltd", "Unit 4, Maple Business Park", "Reading RG2 0TD"),
    ("Brightwave Consulting LLC", "1600 Pearl Street, Suite 210", "Boulder, CO 80302"),
    ("Northgate Medical Supplies", "77 Canal Street", "Manchester M1 3HF"),
    ("Acorn Print Works", "18 Mill Lane", "Norwich NR3 1QS"),
    ("Datalayer Systems Inc.", "500 Howard Street, Floor 3", "San Francisco, CA 94105"),
)
_EN_BUYERS = (
    ("Westbury Borough Council", "Civic Centre, High Street", "Westbury BA13 3BY"),
    ("St. Mary's Hospital Trust", "Praed Street", "London W2 1NY"),
    ("City of Fairview", "200 Main Street", "Fairview, OR 97024"),
)
_ITEMS = {
    "fr": (
        ("Papier A4 80 g blanc, ramette de 500 feuilles", "Certifié FSC", "PAP-A480", "U"),
        ("Gants nitrile non poudrés taille M", "Boîte de 100", "GN100M", "boîte"),
        ("Maintenance préventive chaudière", "Visite annuelle du 12/02/2026", "MP01", "forfait"),
        ("Transport scolaire circuit n° 14", "Semaine 7", "TS-14", "jour"),
        ("Location nacelle 16 m", "Du 02/02/2026 au 13/02/2026", "LOC16", "jour"),
        ("Main d'œuvre électricien", "", "MO2", "h"),
        ("Gasoil non routier", "Livraison cuve 2", "GNR", "L"),
        ("Repas cantine scolaire", "Menus 4 composantes", "R4C", "U"),
        ("Cartouche toner HP 83A noir", "Rendement 1 500 pages", "CF283A", "pce"),
        ("Fourniture et pose d'une fenêtre PVC 2 vantaux", "Dim. 1250 x 1400", "FEN2V", "U"),
    ),
    "de": (
        ("Kopierpapier A4 80 g", "Karton mit 5 Paketen", "KP-480", "Stk"),
        ("Wartung Heizungsanlage", "Gebäude 3", "WH3", "Std"),
        ("Druckerpatrone schwarz", "Reichweite 1.500 Seiten", "DP-83", "Stück"),
        ("Beratungsleistung Projekt Alpha", "", "BL1", "Std."),
        ("Winterdienst Parkplatz Nord", "Januar 2026", "WD-01", "Psch"),
        ("Schrauben M8x40 verzinkt", "Packung zu 100", "SM840", "Pkg"),
    ),
    "en": (
        ("A4 copier paper 80gsm", "Box of 5 reams", "CP-480", "box"),
        ("Annual software maintenance", "Licence no. 4471-B", "SWM", "year"),
        ("Consulting services", "Phase 2 workshops", "CONS2", "hrs"),
        ("Nitrile examination gloves, size L", "", "NG-L", "pack"),
        ("Brochure printing, 4 colour", "A5, 32 pages", "BP32", "pcs"),
        ("On-site installation", "", "INST", "day"),
    ),
}
_RATES = {"fr": ("20", "10", "5.5"), "de": ("19", "7"), "en": ("20", "5")}
_PICKED = {"fr": (_FR_SELLERS, _FR_BUYERS), "de": (_DE_SELLERS, _DE_BUYERS)}


def _firm(rng: random.Random, language: str, told: tuple[str, str, str]) -> Firm:
    name, street, town = told
    word = "".join(c for c in name.split()[-1].lower() if c.isascii() and c.isalpha()) or "contact"
    if language == "fr":
        siren, siret, vat = _french_ids(rng)
        phone = "0" + " ".join((str(rng.randint(1, 5)), *(_digits(rng, 2) for _ in range(4))))
        account = french_account(rng)
        mail = f"facturation@{word}.example"
        return Firm(name, street, town, "FR", siren, siret, vat, account, phone, mail)
    if language == "de":
        account = iban_of("DE", _digits(rng, 18))
        eight = _digits(rng, 8).replace("0", "1")
        vat = f"DE{eight}{_german_check(eight)}"
        return Firm(
            name, street, town, "DE", "", "", vat, account, "0421 5599-0", f"info@{word}.example"
        )
    account = iban_of("GB", "NWBK" + _digits(rng, 14))
    return Firm(name, street, town, "GB", "", "", _british_vat(rng), account, "+44 20 7946 0958")


def _german_check(digits: str) -> int:
    """ISO 7064 Mod 11, 10."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def _british_vat(rng: random.Random) -> str:
    seven = str(rng.randint(1000000, 9999999))
    total = sum(int(d) * w for d, w in zip(seven, range(8, 1, -1), strict=True))
    return f"GB{seven}{97 - total % 97:02d}"


def _items(rng: random.Random, language: str, count: int, rates: int) -> tuple[Item, ...]:
    chosen = [rng.choice(_ITEMS[language]) for _ in range(count)]
    out = []
    for index, (name, detail, code, unit) in enumerate(chosen):
        quantity = Decimal(rng.choice(("1", "2", "3", "12", "7.5", "160", "25", "1000", "4")))
        price = Decimal(rng.randint(150, 39999)) / 100
        rate = Decimal(_RATES[language][index % rates])
        out.append(Item(name, detail, code, unit, quantity, price, rate))
    return tuple(out)


_NUMBERS = (
    "FA2026-00{n}", "F26/{n}", "{n}", "2026-{n}", "FC0{n}", "26{n}", "FACT-2026-03-{n}",
    "INV-{n}", "RE-2026/{n}", "VF 26 {n}", "{n}/26", "FV{n}-A",
)  # fmt: skip
_ORDERS = ("BC 2026-{n}", "CF26-00{n}", "45000{n}", "P-26-{n}", "{n}", "4500{n}/1", "BDC{n}")


def sample(language: str, seed: int) -> Sample:
    """An invoice drawn from a seed."""
    rng = random.Random(f"{language}{seed}")  # noqa: S311  # samples, not secrets
    sellers, buyers = _PICKED.get(language, (_EN_SELLERS, _EN_BUYERS))
    issued = date(2026, 1, 4) + timedelta(days=rng.randint(0, 160))
    seller = _firm(rng, language, rng.choice(sellers))
    buyer = _firm(rng, language, rng.choice(buyers))
    rates = rng.choice((1, 1, 2, len(_RATES[language])))
    items = _items(rng, language, rng.choice((1, 2, 3, 3, 4, 6)), rates)
    if rng.random() < 0.25:
        items = tuple(replace(x, discount=Decimal(rng.choice((0, 5, 10)))) for x in items)
    number = rng.choice(_NUMBERS).format(n=rng.randint(1000, 9999))
    made = Sample(
        language, seller, buyer, number, issued, issued + timedelta(days=rng.choice((30, 14, 45))),
        items,
        currency="USD" if ", CO" in seller.town or ", CA" in seller.town else "EUR",
    )  # fmt: skip
    if language == "en" and made.currency != "USD":
        made = replace(made, currency=rng.choice(("GBP", "EUR")))
    return _varied(made, rng)


def _varied(made: Sample, rng: random.Random) -> Sample:
    """References and carriage: each now and then."""
    if rng.random() < 0.7:
        order = rng.choice(_ORDERS).format(n=rng.randint(10000, 99999))
        made = replace(made, order=order)
    if made.language == "fr":
        if rng.random() < 0.4:
            made = replace(made, service=rng.choice(("FINANCES", "SRV-0042", "D2310", "ST01")))
        if rng.random() < 0.3:
            made = replace(made, contract=rng.choice(("2025-M-014", "24S0031", "AC2025-07")))
        if rng.random() < 0.15:
            made = replace(made, factor_iban=french_account(rng))
    if rng.random() < 0.2:
        made = replace(made, despatch=f"BL-{rng.randint(1000, 9999)}")
    if rng.random() < 0.15:
        made = replace(made, carriage=Decimal("18.50"))
    return _of_a_kind(made, rng)


def _of_a_kind(made: Sample, rng: random.Random) -> Sample:
    """A credit note, an invoice with a prepayment, one without VAT, or an ordinary one."""
    kind = rng.random()
    if kind < 0.1:
        made = replace(made, credit=True, preceding="F-2025-0871")
    elif kind < 0.2:
        made = replace(made, prepaid=cents(made.gross * Decimal("0.3")))
    elif kind < 0.3 and made.language in {"fr", "de"}:
        items = tuple(replace(x, rate=Decimal(0)) for x in made.items)
        why = rng.choice(("franchise", "reverse"))
        seller = replace(made.seller, vat="") if why == "franchise" else made.seller
        made = replace(made, items=items, exempt=why, seller=seller)
    return made


def truth(made: Sample, shown: frozenset[str]) -> dict[str, object]:
    """What a reader must find, by the names of the corpus's scorer; only what is `shown`."""
    every: dict[str, object] = {
        "number": made.number,
        "issue_date": made.issued.isoformat(),
        "due_date": made.due.isoformat(),
        "currency": made.currency,
        "seller_name": made.seller.name,
        "seller_legal_id": made.seller.siret if "seller_siret" in shown else made.seller.siren,
        "seller_vat": made.seller.vat,
        "buyer_name": made.buyer.name,
        "buyer_legal_id": made.buyer.siret,
        "buyer_vat": made.buyer.vat,
        "buyer_reference": made.service,
        "purchase_order_ref": made.order,
        "contract_ref": made.contract,
        "despatch_advice_ref": made.despatch,
        "iban": made.factor_iban or made.seller.iban,
        "tax_basis_total": str(made.net),
        "tax_total": str(made.tax),
        "grand_total": str(made.gross),
        "prepaid": str(made.prepaid) if made.prepaid else "",
        "payable": str(made.payable),
    }
    kept = {k: v for k, v in every.items() if k in shown and v}
    kept["type_code"] = "381" if made.credit else "380"
    kept["lines"] = [
        {
            "name": x.name,
            "quantity": str(x.quantity),
            "net_price": str(x.price),
            "line_total": str(x.amount),
            **({"vat_rate": str(x.rate)} if "line_rate" in shown else {}),
        }
        for x in made.items
    ]
    return kept
