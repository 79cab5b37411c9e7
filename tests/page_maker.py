"""Pages set by hand for tests: rows of text at given places, without any PDF."""

from __future__ import annotations

from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import PageRows, lay_out
from ingest.parsers.pages.words import PageWords, Word

CHARACTER = 5.0
HEIGHT = 10.0
LEADING = 14.0

Cell = tuple[float, str]


def words_at(left: float, top: float, text: str, size: float = HEIGHT) -> list[Word]:
    """The words of a text that begins at a place, five points a character."""
    width = CHARACTER * size / HEIGHT
    words: list[Word] = []
    for part in text.split(" "):
        if part:
            words.append(Word(part, left, top, left + width * len(part), top + size))
        left += width * (len(part) + 1) if part else width
    return words


def set_page(rows: list[list[Cell]], number: int = 1, first: float = 40.0) -> PageRows:
    """A page of rows; each row is a list of places and texts. An empty row leaves a gap."""
    words = [
        word
        for index, row in enumerate(rows)
        for left, text in row
        for word in words_at(left, first + index * LEADING, text)
    ]
    return lay_out(PageWords(number, 595.0, 842.0, tuple(words)))


def labelled_page(rows: list[list[Cell]], number: int = 1, first: float = 40.0) -> LabelledPage:
    """The same, with its labels found."""
    return LabelledPage(set_page(rows, number, first))


def right(edge: float, text: str) -> Cell:
    """A cell set flush right."""
    return edge - CHARACTER * len(text), text


def invoice_rows() -> list[list[Cell]]:
    """A small French invoice: letterhead, address, references, three items, totals."""
    return [
        [(40, "Papeterie Horizon SARL"), (400, "FACTURE")],
        [(40, "12 rue des Lices")],
        [(40, "49100 Angers"), (360, "N° de facture : F-2026-118")],
        [(40, "SIRET 73282932000074"), (360, "Date de facture : 12/03/2026")],
        [(40, "TVA intracommunautaire : FR44732829320"), (360, "Échéance : 11/04/2026")],
        [],
        [(40, "Facturé à"), (360, "Bon de commande : BC 04295/26")],
        [(40, "Commune de Verzé"), (360, "Marché n° : M2026-07")],
        [(40, "1 place de la Mairie")],
        [(40, "71260 Verzé")],
        [],
        [
            (40, "Réf."),
            (110, "Désignation"),
            right(330, "Qté"),
            (345, "Unité"),
            right(430, "PU HT"),
            right(480, "TVA"),
            right(550, "Montant HT"),
        ],
        [
            (40, "RAM-80"),
            (110, "Papier blanc A4, ramette de 500"),
            right(330, "160"),
            (345, "U"),
            right(430, "3,42"),
            right(480, "20 %"),
            right(550, "547,20"),
        ],
        [(110, "feuilles recyclées")],
        [
            (40, "CAH-96"),
            (110, "Cahier 96 pages"),
            right(330, "40"),
            (345, "U"),
            right(430, "1,10"),
            right(480, "5,5 %"),
            right(550, "44,00"),
        ],
        [],
        [right(430, "Total HT"), right(550, "591,20 €")],
        [right(430, "TVA 20 % sur 547,20"), right(550, "109,44 €")],
        [right(430, "TVA 5,5 % sur 44,00"), right(550, "2,42 €")],
        [right(430, "Total TTC"), right(550, "703,06 €")],
        [right(430, "Net à payer"), right(550, "703,06 €")],
        [],
        [(40, "Virement IBAN FR14 2004 1010 0505 0001 3M02 606")],
    ]
