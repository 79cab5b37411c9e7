"""What a French and a German invoice call things, and how they write numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.money import plain
from tests.sample.model import Bill

_BLANK = "\u00a0"


@dataclass(frozen=True)
class Words:
    """The labels on a page."""

    invoice: str
    credit: str
    number: str
    issued: str
    due: str
    buyer: str
    vat_id: str
    order: str
    contract: str
    service: str
    delivered: str
    credited: str
    item: str
    name: str
    quantity: str
    unit: str
    price: str
    rate: str
    net: str
    total_net: str
    gross: str
    credit_gross: str
    vat: str
    payment: str
    terms: str
    terms_text: str
    holder: str
    page: str
    day_form: str
    thousands: str

    def title(self, bill: Bill) -> str:
        """Invoice or credit note."""
        return self.credit if bill.is_credit else self.invoice

    def day(self, day: date) -> str:
        """A date."""
        return day.strftime(self.day_form)

    def amount(self, value: Decimal) -> str:
        """An amount with two decimals and thousands apart."""
        text = f"{value:,.2f}"
        return text.replace(",", ";").replace(".", ",").replace(";", self.thousands)

    def number_of(self, value: Decimal) -> str:
        """A quantity or price, every digit kept."""
        whole, point, decimals = plain(value).partition(".")
        grouped = f"{int(whole):,}".replace(",", self.thousands)
        return f"{grouped},{decimals}" if point else grouped

    def total_gross(self, bill: Bill) -> str:
        """What is to be paid."""
        return self.credit_gross if bill.is_credit else self.gross

    def vat_at(self, rate: Decimal, base: Decimal) -> str:
        """VAT at a rate, and on what."""
        return self.vat.format(rate=plain(rate).replace(".", ","), base=self.amount(base))


WORDS = {
    "fr": Words(
        invoice="Facture",
        credit="Avoir",
        number="Facture n°",
        issued="Date",
        due="Échéance",
        buyer="Facturé à",
        vat_id="N° TVA",
        order="Bon de commande",
        contract="Marché n°",
        service="Code service",
        delivered="Date de livraison",
        credited="Facture d'origine",
        item="Référence",
        name="Désignation",
        quantity="Quantité",
        unit="Unité",
        price="P.U. HT",
        rate="TVA",
        net="Montant HT",
        total_net="Total HT",
        gross="Total TTC",
        credit_gross="Total TTC à votre crédit",
        vat="TVA {rate} % sur {base}",
        payment="Règlement",
        terms="Conditions",
        terms_text="Virement à 30 jours",
        holder="Titulaire",
        page="Page 1/1",
        day_form="%d/%m/%Y",
        thousands=_BLANK,
    ),
    "de": Words(
        invoice="Rechnung",
        credit="Gutschrift",
        number="Rechnungsnummer",
        issued="Rechnungsdatum",
        due="Fällig am",
        buyer="Rechnungsempfänger",
        vat_id="USt-IdNr.",
        order="Ihre Bestellung",
        contract="Vertrag",
        service="Leitweg",
        delivered="Lieferdatum",
        credited="Zu Rechnung",
        item="Artikel",
        name="Bezeichnung",
        quantity="Menge",
        unit="Einh.",
        price="Einzelpreis",
        rate="USt",
        net="Gesamtpreis",
        total_net="Nettobetrag",
        gross="Rechnungsbetrag",
        credit_gross="Gutschriftbetrag",
        vat="USt {rate} % auf {base}",
        payment="Zahlung",
        terms="Zahlungsziel",
        terms_text="30 Tage netto",
        holder="Kontoinhaber",
        page="Seite 1/1",
        day_form="%d.%m.%Y",
        thousands=".",
    ),
}
