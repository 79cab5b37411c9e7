"""Whether the visible page of a hybrid invoice says what its XML says.

People approve what they see, machines pay what the XML says: a page and an XML that disagree are a
sign of fraud. A false alarm is a defect too, so a difference is only stated when both halves are
certain: the page does not show the XML's value in its place, in no way of writing it, and states
another one there, read with confidence (accounts and registrations: by their check digits). A page
that simply does not show a value differs in nothing.

A value that stands on the page, but each time as something else (a due date, an earlier invoice, a
deposit), is not shown in its place: the page is then read as if there were no XML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from stdnum import iban as iban_numbers

from domain.evidence import PageBox
from domain.identifiers import compact
from domain.invoice import Invoice, PageDifference, Reading
from domain.money import plain
from ingest.page_seller import is_seller_doubtful, seller_differences
from ingest.page_values import PageIndex, Spot, confident_value, folded
from ingest.parsers.seen import SeenPage

_FEWEST_LETTERS: Final = 40
_CONFIDENT: Final = 0.8
_IBAN: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[0-9A-Z]){11,30}")
_ANNOUNCED: Final = re.compile(r"iban[^a-z0-9]{0,6}$")
_BEFORE: Final = 34
_ELSE: Final = {
    "issue_date": re.compile(
        r"echeance|due|payable|regle|avant le|limite|livr|deliver|liefer|fallig|faellig|commande"
        r"|order|bestell|devis|prece|contrat|marche|prestation"
    ),
    "number": re.compile(
        r"commande|order|bestell|prece|origin|annul|avoir sur|rectifi|remplace|livraison|devis"
        r"|contrat|marche|client|previous|earlier|urspr|bezug"
    ),
    "amount": re.compile(
        r"acompte|deja|prece|avance|deposit|prepaid|anzahlung|verse|plafond|engage|anterieur"
        r"|previous|earlier|marche|commande|initial"
    ),
}
"""What stands before a value that is printed as something else."""


def page_differences(
    invoice: Invoice,
    pages: Sequence[SeenPage],
    read_page: Callable[[], Reading],
    index: PageIndex | None = None,
) -> tuple[PageDifference, ...]:
    """What the page states otherwise than the XML.

    Args:
        invoice: the invoice of the XML.
        pages: what the pages show.
        read_page: reads the page as if there were no XML; called only when a value is missing.
        index: the values of the pages, where they are known already.
    """
    if not is_comparable("".join(page.text for page in pages)):
        return ()
    index = index or PageIndex(pages)
    hidden = dict(_hidden(invoice, index))
    doubtful = is_seller_doubtful(invoice, index)
    found = list(_accounts(invoice, pages))
    if hidden or doubtful:
        page = read_page()
        found.extend(_fields(hidden, page))
        if doubtful:
            found.extend(seller_differences(invoice, index, page, _CONFIDENT))
    return tuple(found)


def is_comparable(text: str) -> bool:
    """Whether the page shows words enough to be held against the XML (a picture does not)."""
    letters = (1 for character in text if character.isalnum())
    return sum(islice(letters, _FEWEST_LETTERS)) == _FEWEST_LETTERS


def _accounts(invoice: Invoice, pages: Sequence[SeenPage]) -> Iterator[PageDifference]:
    """Every account of the page is another than every account of the XML."""
    stated = {compact(number) for number in invoice.payee_ibans} - {""}
    text = compact("".join(page.text for page in pages))
    if not stated or any(number in text for number in stated):
        return
    for shown, place in _shown_accounts(pages, stated):
        yield PageDifference("payee_iban", shown, invoice.payee_iban or "", place)
        return


def _shown_accounts(
    pages: Sequence[SeenPage], stated: set[str]
) -> Iterator[tuple[str, PageBox | None]]:
    """Account numbers on the pages: those whose check digits hold, and those called IBAN."""
    called: list[tuple[str, PageBox | None]] = []
    for page in pages:
        for match in _IBAN.finditer(page.text):
            number = compact(match[0])
            length = _valid_length(number)
            is_called = _ANNOUNCED.search(folded(page.text[: match.start()])[-12:]) is not None
            alike = {len(s) for s in stated if s[:2] == number[:2]} if is_called else set()
            if length is not None:
                yield number[:length], page.box(match.start(), _end(match, length))
            elif any(len(number) >= size for size in alike):
                size = min(alike)
                called.append((number[:size], page.box(match.start(), _end(match, size))))
    yield from called


def _valid_length(number: str) -> int | None:
    """How much of a run of signs is an account number; words that follow it are cut off."""
    for length in range(len(number), 14, -1):
        if iban_numbers.is_valid(number[:length]):
            return length
    return None


def _end(match: re.Match[str], length: int) -> int:
    """Where the first signs of a match end, spaces not counted."""
    left = length
    for index, sign in enumerate(match[0]):
        left -= not sign.isspace()
        if left == 0:
            return match.start() + index + 1
    return match.end()


def _hidden(invoice: Invoice, pages: PageIndex) -> Iterator[tuple[str, str]]:
    """The values of the XML that the pages do not show in their place."""
    for name in ("tax_exclusive", "tax", "tax_inclusive", "payable"):
        amount: Decimal | None = getattr(invoice.totals, name)
        if amount and not _shows(pages.amount(amount), "amount", pages):
            yield f"totals.{name}", plain(amount)
    if invoice.number is not None and not _shows(pages.code(invoice.number), "number", pages):
        yield "number", invoice.number
    if invoice.issue_date is not None:
        # A month first is only believed where a date of the page can be read in no other way.
        found = pages.day(invoice.issue_date, month_first=pages.writes_month_first)
        if not _shows(found, "issue_date", pages):
            yield "issue_date", invoice.issue_date.isoformat()


def _shows(found: Sequence[Spot], kind: str, pages: PageIndex) -> bool:
    """Whether a value stands on the pages other than as something else."""
    return any(not _ELSE[kind].search(pages.before(spot, _BEFORE)) for spot in found)


def _fields(hidden: dict[str, str], page: Reading) -> Iterator[PageDifference]:
    """What the page surely states in place of the hidden values."""
    for field, stated in hidden.items():
        shown = confident_value(page, field, _CONFIDENT)
        if shown is not None and not _same(field, shown, stated):
            where = page.evidence[field].where
            place = where if isinstance(where, PageBox) else None
            yield PageDifference(field, shown, stated, place)


def _same(field: str, shown: str, stated: str) -> bool:
    if field.startswith("totals."):
        return abs(Decimal(shown)) == abs(Decimal(stated))
    if field == "issue_date":
        return shown == stated
    # A number printed without its series, or read with a word too many.
    short, long = sorted((shown, stated), key=len)
    parts = re.split(r"[^0-9a-z]+", folded(long))
    ends = ["".join(parts[i:]) for i in range(len(parts))] + [
        "".join(parts[: i + 1]) for i in range(len(parts))
    ]
    return compact(folded(short)).lower() in ends
