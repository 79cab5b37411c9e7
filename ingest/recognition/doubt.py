"""How far a value that was recognised can be believed, and what is left out for doubt.

A digit that was misread makes a value that looks as good as the right one, so a value needs more
than its place: an identifier its check digits, a total another total or the lines that bear it out,
a quantity and a price each other. What has neither and was not read clearly is left out. Nothing is
repaired.

The confidence of a value is the page reader's own times that of the least sure word in its place.
How far that holds is measured by `benchmarks/bench_scans.py` and told in `docs/reading.md`;
`tests/integration/test_scan_corpus.py` keeps it so.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from typing import Final

from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren, siret

from domain.evidence import Evidence, PageBox
from domain.invoice import Invoice, InvoiceLine, Totals
from domain.party import Party
from ingest.parsers.pages.assembly import PageReading
from ingest.parsers.pages.words import Word
from ingest.recognition.pages import RecognisedPages

_CLOSE: Final = Decimal("0.02")
_HALF_A_CENT: Final = Decimal("0.005")
_CLEAR: Final = 0.8
_UNPROVEN_CLEAR: Final = 0.65
_UNPROVEN: Final = 0.5
_AMOUNTS: Final = ("lines", "tax_exclusive", "tax", "tax_inclusive", "payable", "prepaid")
_SIREN_DIGITS: Final = 9
_SIRET_DIGITS: Final = 14


def doubted(
    found: PageReading, recognised: RecognisedPages
) -> tuple[Invoice | None, dict[str, Evidence]]:
    """The invoice with what cannot be believed left out, and evidence believed as it deserves."""
    evidence = {
        path: _weighed(item, recognised.confidences) for path, item in found.evidence.items()
    }
    invoice = found.invoice
    if invoice is None:
        return None, evidence
    if not _is_proven(invoice):
        invoice = replace(invoice, totals=_clear_totals(invoice.totals, evidence))
    accounts = tuple(number for number in invoice.payee_ibans if iban.is_valid(number))
    invoice = replace(
        invoice,
        payee_ibans=accounts,
        payee_iban=accounts[0] if accounts else None,
        seller=_checked(invoice.seller, "seller", evidence),
        buyer=_checked(invoice.buyer, "buyer", evidence),
        lines=_clear_lines(invoice, evidence),
    )
    return invoice, {path: item for path, item in evidence.items() if _stands(invoice, path)}


def _weighed(item: Evidence, seen: Mapping[int, Mapping[Word, float]]) -> Evidence:
    where = item.where
    if not isinstance(where, PageBox) or where.page not in seen:
        return item
    sure = _sureness(where, seen[where.page])
    origin = "ocr" if item.origin == "pdf_text" else item.origin
    return replace(item, origin=origin, confidence=round(item.confidence * sure, 2))


def _sureness(box: PageBox, words: Mapping[Word, float]) -> float:
    """How sure the least sure word in a box is."""
    inside = [
        sure
        for word, sure in words.items()
        if box.left <= (word.left + word.right) / 2 <= box.right
        and box.top <= word.middle <= box.bottom
    ]
    return min(inside, default=_UNPROVEN)


def _is_proven(invoice: Invoice) -> bool:
    """Whether the amounts bear each other out: net and VAT make gross, or the lines make net."""
    totals = invoice.totals
    net, tax, gross = totals.tax_exclusive, totals.tax, totals.tax_inclusive
    if net is not None and tax is not None and gross is not None and tax != 0:
        return abs(net + tax - gross) <= _CLOSE
    amounts = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    if net is None or not amounts or len(amounts) < len(invoice.lines):
        return False
    shifted = (totals.charges or Decimal(0)) - (totals.allowances or Decimal(0))
    return abs(sum(amounts, shifted) - net) <= _CLOSE and gross in {net, None}


def _clear_totals(totals: Totals, evidence: dict[str, Evidence]) -> Totals:
    """Totals that nothing proves: those read clearly are kept, believed by half, no others."""
    left_out: dict[str, None] = {}
    for name in _AMOUNTS:
        path = f"totals.{name}"
        seen = evidence.get(path)
        if seen is None:
            continue
        if seen.confidence < _CLEAR:
            left_out[name] = None
        else:
            evidence[path] = replace(seen, confidence=min(seen.confidence, _UNPROVEN))
    return replace(totals, **left_out)


def _clear_lines(invoice: Invoice, evidence: dict[str, Evidence]) -> tuple[InvoiceLine, ...]:
    """The lines, without quantities and prices that disprove each other, and unproven rates."""
    rates = {row.rate for row in invoice.vat_breakdown}
    return tuple(
        _clear_line(line, rates, evidence, f"lines[{index}]")
        for index, line in enumerate(invoice.lines)
    )


def _clear_line(
    line: InvoiceLine,
    rates: AbstractSet[Decimal | None],
    evidence: dict[str, Evidence],
    path: str,
) -> InvoiceLine:
    kept = line
    if not _multiplies(line):
        kept = replace(kept, quantity=None, net_price=None)
    seen = evidence.get(f"{path}.vat_rate")
    if line.vat_rate not in rates and seen is not None and seen.confidence < _CLEAR:
        kept = replace(kept, vat_rate=None)
    for name in ("quantity", "net_price", "vat_rate"):
        if getattr(kept, name) is None:
            evidence.pop(f"{path}.{name}", None)
    return kept


def _multiplies(line: InvoiceLine) -> bool:
    """Whether quantity and price make the amount, which a price without a quantity must be."""
    quantity, price, amount = line.quantity, line.net_price, line.net_amount
    if line.allowances_charges:
        return True
    if quantity is None:
        return price is None or price == amount
    if price is None or amount is None:
        return True
    product = quantity * price / (line.price_base_quantity or Decimal(1))
    slack = max(_CLOSE, abs(quantity) * _HALF_A_CENT)
    return abs(abs(product) - abs(amount)) <= slack


def _checked(party: Party, side: str, evidence: dict[str, Evidence]) -> Party:
    """A party without numbers whose check digits fail, unless they were read clearly."""
    legal = party.legal_id
    french = party.legal_id_scheme in {"0002", "0009"}
    misread = legal is not None and french and not _is_french(legal)
    if misread and _is_unclear(evidence, f"{side}.legal_id"):
        party = replace(party, legal_id=None, legal_id_scheme=None)
    misread = party.vat_id is not None and not vat.is_valid(party.vat_id)
    if misread and _is_unclear(evidence, f"{side}.vat_id"):
        party = replace(party, vat_id=None)
    return party


def _is_unclear(evidence: dict[str, Evidence], path: str) -> bool:
    """Whether an unproven number is to be left out; one that stays is believed by half."""
    seen = evidence.get(path)
    if seen is None or seen.confidence < _UNPROVEN_CLEAR:
        return True
    evidence[path] = replace(seen, confidence=min(seen.confidence, _UNPROVEN))
    return False


def _is_french(number: str) -> bool:
    digits = "".join(c for c in number if c.isdigit())
    if len(digits) == _SIRET_DIGITS:
        return bool(siret.is_valid(digits))
    return len(digits) == _SIREN_DIGITS and bool(siren.is_valid(digits))


def _stands(invoice: Invoice, path: str) -> bool:
    """Whether the value that a piece of evidence is about was kept."""
    group, _, name = path.rpartition(".")
    holder = {
        "": invoice,
        "totals": invoice.totals,
        "seller": invoice.seller,
        "buyer": invoice.buyer,
    }.get(group)
    return holder is None or getattr(holder, name, "") is not None
