"""Sheets of HTML for the invented invoices: heads, tables, totals as many programs set them.

A sheet is composed of parts: letterhead, field table, parties, item table, totals, footer. Each
comes in several makes and each label in several wordings, so that a number of a sheet gives a
layout of its own. The wordings are those of invoicing software, not those of our vocabulary.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape

from tests.invoice_samples import Item, Sample, cents, truth
from tests.invoice_wordings import HELD_OUT

_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "fr": {
        "title": ("FACTURE", "Facture", "FACTURE CLIENT", "Facture de vente", "F A C T U R E"),
        "credit": ("AVOIR", "Facture d'avoir", "Avoir"),
        "number": ("N° de facture", "Facture n°", "Numéro", "Facture N°", "N° facture",
                   "Numéro de facture", "Réf. facture", "N° pièce", "Numéro de pièce"),
        "issued": ("Date", "Date de facturation", "Date facture", "Date d'émission", "Émise le",
                   "Date pièce"),
        "due": ("Échéance", "Date d'échéance", "À régler avant le", "Date limite de paiement",
                "Échéance le", "Payable le", "Date de règlement"),
        "order": ("Votre commande", "N° de commande", "Bon de commande", "Réf. commande",
                  "N° engagement", "Commande client n°", "Vos références commande", "N° BC",
                  "Engagement juridique", "Numéro d'engagement"),
        "contract": ("Marché n°", "N° de marché", "Contrat", "Réf. marché", "Marché"),
        "service": ("Code service", "Service exécutant", "Code service Chorus"),
        "despatch": ("Bon de livraison", "N° BL", "BL n°"),
        "customer": ("Code client", "N° client", "Compte client"),
        "billed": ("Facturé à", "Client", "Adresse de facturation", "Destinataire", "Facturer à",
                   "Doit", "À l'attention de", "Adressée à", "CLIENT :"),
        "seller": ("Émetteur", "Fournisseur", "Vendeur", "Société"),
        "name": ("Désignation", "Description", "Libellé", "Article", "Désignation des prestations",
                 "Produit / Service", "Prestation", "Nature des prestations"),
        "code": ("Réf.", "Référence", "Code article", "Code", "Réf. article"),
        "quantity": ("Qté", "Quantité", "Qte", "Nb", "Nombre", "Qté facturée"),
        "unit": ("Unité", "U", "Un.", "Unité"),
        "price": ("PU HT", "P.U. HT", "Prix unitaire", "Prix unit. HT", "Prix U. HT", "P.U.",
                  "Prix unitaire HT", "PU H.T.", "Tarif HT", "PU € HT"),
        "discount": ("Remise", "Rem. %", "% Rem", "Remise %"),
        "rate": ("TVA", "Taux TVA", "% TVA", "Tx TVA", "T.V.A."),
        "amount": ("Total HT", "Montant HT", "Montant", "Total", "Prix total HT", "Mt HT",
                   "Montant H.T.", "Total H.T.", "Net HT"),
        "net": ("Total HT", "Montant total HT", "Total H.T.", "Sous-total HT", "Base HT",
                "Montant HT", "TOTAL HORS TAXES", "Total net HT", "Net HT"),
        "tax": ("TVA", "Total TVA", "Montant TVA", "T.V.A.", "Montant de la TVA", "TVA totale"),
        "gross": ("Total TTC", "Montant TTC", "Total T.T.C.", "TOTAL TTC", "Montant total TTC",
                  "Total facture TTC", "Total toutes taxes comprises"),
        "payable": ("Net à payer", "NET À PAYER", "Reste à payer", "Montant à payer", "Solde dû",
                    "Net à payer TTC", "À PAYER", "Total à payer", "Montant dû"),
        "prepaid": ("Acompte versé", "Acompte", "Déjà réglé", "Acompte reçu le 02/01/2026",
                    "Acomptes déduits", "Règlement reçu"),
        "carriage": ("Frais de port HT", "Frais de port", "Port HT", "Participation au transport"),
        "carried": ("À reporter", "Sous-total à reporter", "Total à reporter"),
        "preceding": ("Avoir sur facture n°", "Facture d'origine", "Annule la facture n°"),
        "rate_head": ("Taux", "Taux TVA", "%"),
        "base_head": ("Base HT", "Base", "Montant HT"),
        "tax_head": ("Montant TVA", "TVA", "Taxe"),
        "franchise": ("TVA non applicable, art. 293 B du CGI",),
        "reverse": ("Autoliquidation de la TVA - art. 283-2 nonies du CGI",),
        "factor": ("Pour être libératoire, votre paiement doit être effectué à FACTOR PLUS",),
    },
    "de": {
        "title": ("Rechnung", "RECHNUNG"),
        "credit": ("Gutschrift", "Rechnungskorrektur"),
        "number": ("Rechnungsnummer", "Rechnungs-Nr.", "Rechnung Nr.", "Rechnungsnr.", "Belegnr.",
                   "Beleg-Nr.", "Re.-Nr."),
        "issued": ("Datum", "Rechnungsdatum", "Belegdatum", "Rechnung vom"),
        "due": ("Fällig am", "Zahlbar bis", "Fälligkeitsdatum", "Fälligkeit", "Zahlungsziel"),
        "order": ("Bestellnummer", "Ihre Bestellung", "Bestell-Nr.", "Ihre Bestellnummer",
                  "Auftrag/Bestellung"),
        "contract": ("Vertragsnummer",),
        "service": ("Leitweg-ID",),
        "despatch": ("Lieferschein-Nr.", "Lieferschein"),
        "customer": ("Kundennummer", "Kunden-Nr.", "Kd.-Nr."),
        "billed": ("Rechnungsempfänger", "Rechnung an", "Kunde", "An", "Rechnungsadresse"),
        "seller": ("Rechnungssteller", "Lieferant", "Von"),
        "name": ("Bezeichnung", "Beschreibung", "Leistung", "Artikelbezeichnung", "Text",
                 "Artikel", "Bezeichnung der Leistung"),
        "code": ("Art.-Nr.", "Artikelnummer", "Artikel-Nr.", "Artikelnr."),
        "quantity": ("Menge", "Anzahl", "Anz."),
        "unit": ("Einheit", "ME", "Einh."),
        "price": ("Einzelpreis", "E-Preis", "Preis", "Einzelpreis (€)", "EP", "Preis/Einheit",
                  "Einzelpr. netto", "Stückpreis"),
        "discount": ("Rabatt", "Rabatt %", "Rab."),
        "rate": ("MwSt.", "USt. %", "MwSt", "USt", "Steuersatz"),
        "amount": ("Gesamtpreis", "Gesamt", "Betrag", "G-Preis", "Summe", "Gesamtpreis (€)",
                   "Nettobetrag", "GP"),
        "net": ("Nettobetrag", "Summe netto", "Zwischensumme (netto)", "Gesamt Netto",
                "Netto", "Nettosumme", "Gesamtbetrag netto", "Summe (netto)"),
        "tax": ("USt.", "MwSt.", "Umsatzsteuer", "Mehrwertsteuer", "zzgl. MwSt.", "zzgl. USt."),
        "gross": ("Gesamtbetrag", "Bruttobetrag", "Gesamtsumme", "Rechnungsbetrag", "Endbetrag",
                  "Gesamt Brutto", "Gesamtbetrag brutto", "Rechnungssumme"),
        "payable": ("Zahlbetrag", "Zu zahlen", "Offener Betrag", "Zu zahlender Betrag",
                    "Restbetrag"),
        "prepaid": ("Anzahlung", "abzgl. Anzahlung", "Bereits gezahlt", "Geleistete Anzahlung"),
        "carriage": ("Versandkosten", "Porto und Verpackung", "Fracht"),
        "carried": ("Übertrag", "Zwischensumme Übertrag"),
        "preceding": ("Zu Rechnung", "Ursprüngliche Rechnung"),
        "rate_head": ("Steuersatz", "MwSt. %"),
        "base_head": ("Netto", "Bemessungsgrundlage"),
        "tax_head": ("Steuerbetrag", "MwSt.-Betrag"),
        "franchise": ("Gemäß § 19 UStG wird keine Umsatzsteuer berechnet.",),
        "reverse": ("Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)",),
        "factor": ("",),
    },
    "en": {
        "title": ("INVOICE", "Invoice", "TAX INVOICE", "Tax Invoice"),
        "credit": ("CREDIT NOTE", "Credit Note"),
        "number": ("Invoice number", "Invoice No.", "Invoice #", "Invoice no", "Invoice ID",
                   "Number"),
        "issued": ("Date", "Invoice date", "Issue date", "Date of issue", "Issued", "Tax point"),
        "due": ("Due date", "Payment due", "Due", "Date due", "Payment due by", "Pay by"),
        "order": ("PO number", "Purchase order", "Your order no.", "PO #", "Order number",
                  "Customer PO", "P.O. No."),
        "contract": ("Contract no.",),
        "service": ("Buyer reference",),
        "despatch": ("Delivery note", "Delivery note no."),
        "customer": ("Customer ID", "Account no.", "Customer number"),
        "billed": ("Bill to", "Billed to", "Invoice to", "Customer", "BILL TO:", "Sold to",
                   "Invoice for"),
        "seller": ("From", "Supplier", "Seller"),
        "name": ("Description", "Item", "Item description", "Details", "Product", "Service",
                 "Description of services"),
        "code": ("Item code", "SKU", "Code", "Product code", "Part no."),
        "quantity": ("Qty", "Quantity", "Units", "Hours/Qty", "QTY"),
        "unit": ("Unit", "UoM", "U/M"),
        "price": ("Unit price", "Price", "Rate", "Unit cost", "Price each", "Unit Price (excl.)",
                  "Cost"),
        "discount": ("Discount", "Disc. %", "Disc"),
        "rate": ("VAT", "VAT %", "VAT rate", "Tax", "Tax rate"),
        "amount": ("Amount", "Total", "Line total", "Net amount", "Amount (excl. VAT)", "Subtotal",
                   "Net"),
        "net": ("Subtotal", "Sub-total", "Net total", "Total excl. VAT", "Total net", "Net amount",
                "Total (excl. VAT)", "Subtotal excluding VAT"),
        "tax": ("VAT", "Total VAT", "Tax", "Sales tax", "VAT amount", "VAT total"),
        "gross": ("Total", "Total incl. VAT", "Grand total", "Invoice total", "Total amount",
                  "TOTAL", "Gross total", "Total inc. VAT"),
        "payable": ("Amount due", "Balance due", "Total due", "Amount payable", "Balance",
                    "Amount due (on receipt)"),
        "prepaid": ("Deposit paid", "Amount paid", "Less deposit", "Payments received", "Paid"),
        "carriage": ("Carriage", "Delivery charge", "Shipping", "Postage & packing"),
        "carried": ("Carried forward", "Subtotal carried forward"),
        "preceding": ("Original invoice", "Credits invoice"),
        "rate_head": ("VAT rate", "Rate"),
        "base_head": ("Net", "Goods"),
        "tax_head": ("VAT", "VAT amount"),
        "franchise": ("",),
        "reverse": ("",),
        "factor": ("",),
    },
}  # fmt: skip
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}
_FONTS = ("DejaVu Sans", "Inter", "DejaVu Serif", "URW Bookman", "Liberation Sans", "Noto Sans")
_COLUMNS = ("code", "name", "unit", "quantity", "price", "discount", "rate", "amount")


@dataclass
class Sheet:
    """One way to print an invoice: habits and makes drawn from a number."""

    made: Sample
    seed: int
    held_out: bool = False
    shown: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"sheet{self.made.language}{self.seed}")  # noqa: S311
        stock = _WORDS[self.made.language]
        if self.held_out:
            stock = stock | HELD_OUT[self.made.language]
        self.words = {k: self.rng.choice(v) for k, v in stock.items()}
        self.numbers = self.rng.randrange(4)
        self.dates = self.rng.randrange(5)
        self.sign = self.rng.randrange(3)
        self.colon = self.rng.choice((" :", ":", " : ", ""))
        self.shown |= {"currency"} if self.sign < 2 else set()

    def word(self, key: str) -> str:
        """The label of this sheet, escaped."""
        return escape(self.words[key])

    def number(self, value: Decimal, places: int | None = 2) -> str:
        """A number in the habit of this sheet; the quantity as short as it can be."""
        text = f"{value:,.{places}f}" if places is not None else f"{value.normalize():,f}"
        english = self.made.language == "en"
        marks = {
            "fr": ("\u202f,", "\u00a0,", ",", " ,"),
            "de": (".,", ".,", ",", ".,"),
            "en": (",.", ",.", ".", ",."),
        }[self.made.language][self.numbers]
        group, mark = (marks[:-1], marks[-1])
        if english and group == "":
            return text.replace(",", "")
        return text.replace(",", "\0").replace(".", mark).replace("\0", group)

    def money(self, value: Decimal, *, plain: bool = False) -> str:
        """An amount, with the currency where this sheet prints it."""
        text = self.number(-value if self.made.credit and self.seed % 2 else value)
        if plain and self.sign:
            return text
        sign = {"EUR": "€", "USD": "$", "GBP": "£"}[self.made.currency]
        if self.sign == 2:
            return text
        if self.made.language == "en":
            return sign + text if self.sign == 0 else f"{self.made.currency} {text}"
        return f"{text} {sign}" if self.sign == 0 else f"{text} {self.made.currency}"

    def day(self, value: date) -> str:
        """A date in the habit of this sheet."""
        month = _MONTHS[self.made.language].split()[value.month - 1]
        language = self.made.language
        if self.dates == 0:
            return value.isoformat()
        if language == "de":
            return (
                f"{value:%d.%m.%Y}",
                f"{value.day}. {month} {value.year}",
                f"{value:%d.%m.%y}",
                f"{value:%d.%m.%Y}",
            )[self.dates - 1]
        if language == "fr":
            return (
                f"{value:%d/%m/%Y}",
                f"{value.day} {month} {value.year}",
                f"{value:%d/%m/%y}",
                f"{value:%d-%m-%Y}",
            )[self.dates - 1]
        if self.made.currency == "USD":
            return f"{month} {value.day}, {value.year}" if self.dates > 2 else f"{value:%m/%d/%Y}"
        return (
            f"{value:%d/%m/%Y}",
            f"{value.day} {month} {value.year}",
            f"{value.day} {month[:3]} {value.year}",
            f"{value:%d %b %Y}",
        )[self.dates - 1]

    def fields(self) -> list[tuple[str, str]]:
        """Labels and values of the head, in the order of this sheet."""
        made = self.made
        rows = [("number", made.number), ("issued", self.day(made.issued))]
        further = [
            ("due", self.day(made.due)),
            ("customer", f"C{self.rng.randint(100, 9999):05d}"),
        ]
        further += [
            (key, value)
            for key, value in (
                ("order", made.order),
                ("contract", made.contract if made.language == "fr" else ""),
                ("service", made.service),
                ("despatch", made.despatch),
                ("preceding", made.preceding),
            )
            if value
        ]
        self.rng.shuffle(further)
        names = {
            "issued": "issue_date", "due": "due_date", "order": "purchase_order_ref",
            "contract": "contract_ref", "service": "buyer_reference",
            "despatch": "despatch_advice_ref",
        }  # fmt: skip
        self.shown |= {names.get(key, key) for key, _ in (*rows, *further)}
        return [(self.word(key), escape(value)) for key, value in (*rows, *further)]


def _head_fields(sheet: Sheet) -> str:
    """The field table: in rows, in columns, in boxes, or run in after the title."""
    fields, colon = sheet.fields(), sheet.colon
    make = sheet.seed % 6
    if make == 0:
        rows = "".join(f"<div>{k}{colon or ' :'} {v}</div>" for k, v in fields)
        return f"<div>{rows}</div>"
    if make == 1:
        rows = "".join(f"<tr><td>{k}{colon}</td><td class='r n'>{v}</td></tr>" for k, v in fields)
        return f"<table class=f>{rows}</table>"
    if make == 2:
        keys = "".join(f"<th>{k}</th>" for k, _ in fields)
        values = "".join(f"<td class=n>{v}</td>" for _, v in fields)
        return f"<table class='f w g'><tr>{keys}</tr><tr>{values}</tr></table>"
    if make == 3:
        boxes = "".join(
            f"<div class=b><small>{k}</small><br><span class=n>{v}</span></div>" for k, v in fields
        )
        return f"<div class=x>{boxes}</div>"
    if make == 4:
        pairs = [fields[i : i + 2] for i in range(0, len(fields), 2)]
        rows = "".join(
            "<tr>"
            + "".join(f"<td><b>{k}{colon}</b></td><td class=n>{v}</td>" for k, v in pair)
            + "</tr>"
            for pair in pairs
        )
        return f"<table class='f w'>{rows}</table>"
    rows = "".join(
        f"<tr><td class=r>{k}{colon}</td><td class=n>{v}</td></tr>" for k, v in fields[2:]
    )
    return f"<table class=f>{rows}</table>"


def _title(sheet: Sheet) -> str:
    made = sheet.made
    words = sheet.word("credit" if made.credit else "title")
    if sheet.seed % 6 != 5:
        return f"<h1>{words}</h1>"
    joined = {"fr": "du", "de": "vom", "en": "of"}[made.language]
    sheet.shown |= {"number", "issue_date"}
    number = {"fr": "n°", "de": "Nr.", "en": "no."}[made.language]
    words = words.replace("F A C T U R E", "FACTURE")
    return f"<h1>{words} {number} {escape(made.number)} {joined} {sheet.day(made.issued)}</h1>"


def _seller(sheet: Sheet) -> str:
    firm, made = sheet.made.seller, sheet.made
    sheet.shown |= {"seller_name"}
    lines = [f"<b class=l>{escape(firm.name)}</b>", escape(firm.street), escape(firm.town)]
    if sheet.seed % 3 == 1:
        lines.insert(0, f"<small>{sheet.word('seller')}</small>")
    if sheet.seed % 4 < 3:
        key = {"fr": "Tél.", "de": "Telefon", "en": "Tel"}[made.language]
        lines.append(f"{key} {firm.phone} - {firm.mail}")
    if sheet.seed % 2:
        lines.extend(_ids(sheet))
    return "<br>".join(lines)


def _ids(sheet: Sheet) -> list[str]:
    """The registration of the seller."""
    firm, out = sheet.made.seller, []
    if firm.siret and sheet.seed % 5 != 4:
        spaced = f"{firm.siret[:3]} {firm.siret[3:6]} {firm.siret[6:9]} {firm.siret[9:]}"
        out.append(f"SIRET : {spaced if sheet.seed % 3 else firm.siret} - APE 4332A")
        sheet.shown |= {"seller_legal_id", "seller_siret"}
    elif firm.siren:
        siren = f"{firm.siren[:3]} {firm.siren[3:6]} {firm.siren[6:]}"
        out.append(f"SAS au capital de 15 000 € - RCS Rennes {siren}")
        sheet.shown |= {"seller_legal_id"}
    if firm.vat:
        key = {"fr": "N° TVA intracom. :", "de": "USt-IdNr.:", "en": "VAT Reg No:"}
        out.append(f"{key[sheet.made.language]} {firm.vat}")
        sheet.shown |= {"seller_vat"}
    return out


def _buyer(sheet: Sheet) -> str:
    firm = sheet.made.buyer
    sheet.shown |= {"buyer_name"}
    lines = [f"<b>{escape(firm.name)}</b>", escape(firm.street), escape(firm.town)]
    if sheet.seed % 4 != 3:
        lines.insert(0, f"<small>{sheet.word('billed')}</small>")
    if sheet.seed % 4 == 2:
        service = {"fr": "Service comptabilité", "de": "Buchhaltung", "en": "Accounts Payable"}
        lines.insert(2, service[sheet.made.language])
    if firm.siret and sheet.seed % 5 == 1:
        lines.append(f"SIRET {firm.siret}")
        sheet.shown |= {"buyer_legal_id"}
    return "<br>".join(lines)


def _columns(sheet: Sheet) -> list[str]:
    """Which columns the table has."""
    out = list(_COLUMNS)
    if not any(x.discount for x in sheet.made.items):
        out.remove("discount")
    if sheet.made.exempt or (sheet.seed % 3 == 0 and len(sheet.made.rates) == 1):
        out.remove("rate")
    else:
        sheet.shown |= {"line_rate"}
    if sheet.seed % 2:
        out.remove("code")
    if sheet.seed % 3 == 1:
        out.remove("unit")
    order = sheet.seed % 5
    if order == 1:  # quantity first
        out.remove("quantity")
        out.insert(0, "quantity")
    elif order == 2 and "rate" in out:  # rate before the price
        out.remove("rate")
        out.insert(out.index("price"), "rate")
    return out


def _cell(sheet: Sheet, column: str, item: Item) -> str:
    if column == "name":
        detail = f"<br><small>{escape(item.detail)}</small>" if item.detail else ""
        return f"<td>{escape(item.name)}{detail if sheet.seed % 2 == 0 else ''}</td>"
    texts = {
        "code": item.code,
        "unit": item.unit,
        "quantity": sheet.number(item.quantity, None if sheet.seed % 2 else 2),
        "price": sheet.money(item.price, plain=True).replace("-", ""),
        "discount": f"{sheet.number(item.discount, None)} %" if item.discount else "",
        "rate": f"{sheet.number(item.rate, 1 if sheet.seed % 3 else 2)} %",
        "amount": sheet.money(item.amount, plain=True),
    }
    side = " class=n" if column in {"code", "unit"} else " class='r n'"
    return f"<td{side}>{escape(texts[column])}</td>"


def _table(sheet: Sheet) -> str:
    columns = _columns(sheet)
    heads = "".join(
        f"<th{'' if c in {'code', 'name', 'unit'} else ' class=r'}>{sheet.word(c)}</th>"
        for c in columns
    )
    numbered = sheet.seed % 7 == 3
    rows = []
    for index, item in enumerate(sheet.made.items, 1):
        first = f"<td>{index}</td>" if numbered else ""
        rows.append(f"<tr>{first}{''.join(_cell(sheet, c, item) for c in columns)}</tr>")
        if sheet.seed % 8 == 6 and index == 2 and len(sheet.made.items) > 2:
            so_far = sum((x.amount for x in sheet.made.items[:2]), Decimal(0))
            rows.append(_carried(sheet, heads, len(columns) + numbered, so_far, numbered=numbered))
    rules = ("g", "h", "z", "")[sheet.seed % 4]
    return f"<table class='w i {rules}'><tr>{'<th>#</th>' if numbered else ''}{heads}</tr>" + (
        "".join(rows) + "</table>"
    )


def _carried(sheet: Sheet, heads: str, width: int, so_far: Decimal, *, numbered: bool) -> str:
    """The subtotal at the foot of a page, brought forward under a new head."""
    row = (
        f"<tr><td colspan={width - 1} class=r>{sheet.word('carried')}</td>"
        f"<td class=r>{escape(sheet.money(so_far))}</td></tr>"
    )
    rules = ("g", "h", "z", "")[sheet.seed % 4]
    head = f"<tr>{'<th>#</th>' if numbered else ''}{heads}</tr>"
    return f"{row}</table><p style='break-after:page'></p><table class='w i {rules}'>{head}"


def _sums(sheet: Sheet) -> list[tuple[str, str]]:
    made = sheet.made
    out = []
    if made.carriage:
        out.append((sheet.word("carriage"), sheet.money(made.carriage)))
    out.append((sheet.word("net"), sheet.money(made.net)))
    sheet.shown |= {"tax_basis_total"}
    if made.exempt != "franchise":
        sheet.shown |= {"tax_total", "grand_total"}
        if len(made.rates) > 1 or sheet.seed % 2:
            for rate, base in made.rates.items():
                label = f"{sheet.word('tax')} {sheet.number(rate, None if rate % 1 else 0)} %"
                out.append((label, sheet.money(cents(base * rate / 100))))
        else:
            out.append((sheet.word("tax"), sheet.money(made.tax)))
        out.append((sheet.word("gross"), sheet.money(made.gross)))
    if made.prepaid:
        sheet.shown |= {"prepaid"}
        out.append((sheet.word("prepaid"), sheet.money(made.prepaid)))
    if made.prepaid or sheet.seed % 3 or made.exempt == "franchise":
        sheet.shown |= {"payable"}
        out.append((sheet.word("payable"), sheet.money(made.payable)))
    return out


def _totals(sheet: Sheet) -> str:
    """Totals: right, boxed, across in one row, or with the VAT breakdown at their left."""
    rows = _sums(sheet)
    make = sheet.seed % 5
    if make == 3:
        keys = "".join(f"<th>{k}</th>" for k, _ in rows)
        values = "".join(f"<td class=n>{escape(v)}</td>" for _, v in rows)
        return f"<table class='w g t'><tr>{keys}</tr><tr>{values}</tr></table>"
    body = "".join(
        f"<tr><td>{k}{sheet.colon}</td><td class='r n'>{escape(v)}</td></tr>" for k, v in rows
    )
    sums = f"<table class='s {'g' if make == 1 else ''}'>{body}</table>"
    if make in {0, 2}:
        return f"<div class=e>{sums}</div>"
    return f"<div class=x><div>{_breakdown(sheet)}</div>{sums}</div>"


def _breakdown(sheet: Sheet) -> str:
    made = sheet.made
    if made.exempt:
        return ""
    rows = "".join(
        f"<tr><td>{sheet.number(rate, 2)} %</td><td class=r>{escape(sheet.money(base, plain=True))}"
        f"</td><td class=r>{escape(sheet.money(cents(base * rate / 100), plain=True))}</td></tr>"
        for rate, base in made.rates.items()
    )
    head = "".join(f"<th>{sheet.word(k)}</th>" for k in ("rate_head", "base_head", "tax_head"))
    return f"<table class='g b'><tr>{head}</tr>{rows}</table>"


def _payment(sheet: Sheet) -> str:
    made, out = sheet.made, []
    if made.exempt:
        out.append(sheet.word(made.exempt))
    spaced = " ".join(made.seller.iban[i : i + 4] for i in range(0, len(made.seller.iban), 4))
    bank = {"fr": "Règlement par virement", "de": "Bankverbindung", "en": "Bank details"}
    line = f"{bank[made.language]} : IBAN {spaced} - BIC AGRIFRPP882"
    if made.factor_iban:
        out.append(f"{sheet.word('factor')} : IBAN {made.factor_iban}")
    elif sheet.seed % 6 != 4:
        out.append(line)
        sheet.shown |= {"iban"}
    if made.language == "fr":
        out.append(
            "En cas de retard de paiement, une pénalité de 3 fois le taux d'intérêt légal sera "
            "exigible, ainsi qu'une indemnité forfaitaire de recouvrement de 40 €."
        )
    return "".join(f"<p>{x}</p>" for x in out)


def _footer(sheet: Sheet) -> str:
    if sheet.seed % 2:
        return ""
    firm = sheet.made.seller
    words = [f"{firm.name} - {firm.street} - {firm.town}", *_ids(sheet)]
    return f"<footer>{' - '.join(escape(w) for w in words)}</footer>"


_STYLE = """
@page {{ size: A4; margin: 15mm }}
body {{ font: {size}px '{font}', sans-serif; margin: 0 }}
h1 {{ font-size: {big}px; margin: 6px 0; text-align: {title} }}
small {{ font-size: .85em; color: #555 }} .l {{ font-size: 1.5em }}
table {{ border-collapse: collapse; margin: 8px 0 }} td, th {{ padding: {pad}px 6px;
vertical-align: top; text-align: left }} .r {{ text-align: right !important }} .w {{ width: 100% }}
.i {{ margin-top: 18px }} .g td, .g th {{ border: 1px solid #999 }}
.h tr {{ border-bottom: 1px solid #ccc }} .z tr:nth-child(even) {{ background: #eee }}
.x {{ display: flex; justify-content: space-between; gap: 12px; align-items: flex-start }}
.v {{ flex-direction: row-reverse }} .e {{ display: flex; justify-content: flex-end }}
.b {{ border: 1px solid #ccc; padding: 4px 8px }} .n {{ white-space: nowrap }} p {{ margin: 8px 0 }}
footer {{ position: fixed; bottom: 0; font-size: .75em; text-align: center; width: 100% }}
"""


def sheet_of(made: Sample, seed: int, *, held_out: bool = False) -> tuple[str, dict[str, object]]:
    """The HTML of an invoice set in the layout of a number, with what it shows."""
    sheet = Sheet(made, seed, held_out)
    rng = sheet.rng
    style = _STYLE.format(
        size=rng.choice((10, 11, 12, 13)), font=rng.choice(_FONTS), big=rng.choice((18, 24, 32)),
        title=rng.choice(("left", "right", "center")), pad=rng.choice((1, 3, 6)),
    )  # fmt: skip
    seller, buyer = f"<div>{_seller(sheet)}</div>", f"<div>{_buyer(sheet)}</div>"
    title, head = _title(sheet), _head_fields(sheet)
    make = seed % 7
    side = "x v" if seed % 2 else "x"
    if make in {0, 4}:
        top = f"<div class=x>{seller}<div>{title}{head}</div></div><div class=e>{buyer}</div>"
    elif make in {1, 5}:
        top = f"<div class='{side}'>{seller}{buyer}</div>{title}{head}"
    elif make == 2:
        top = f"{title}<div class='{side}'>{seller}{head}</div>{buyer}"
    elif make == 3:
        top = f"{seller}<div class=e>{buyer}</div>{title}{head}"
    else:
        top = f"{title}{head}<div class='{side}'>{seller}{buyer}</div>"
    body = top + _table(sheet) + _totals(sheet) + _payment(sheet) + _footer(sheet)
    html = f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{body}"
    return html, truth(made, frozenset(sheet.shown))
