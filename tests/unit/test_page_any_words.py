"""Whatever stands on a page, reading it ends, without an exception."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.parsers.pages.assembly import read_invoice
from ingest.parsers.pages.labels import LabelledPage
from ingest.parsers.pages.lines import lay_out
from ingest.parsers.pages.numbers import Mark, plain_number
from ingest.parsers.pages.words import PageWords, Word

_PIECES = (
    "FACTURE n° F-12 Date : 12/03/2026 Total HT TTC TVA 20 % 1 234,56 € 100,00 20,00 120,00 "
    "Qté PU Montant Désignation Réf. A-1 Commande BC-7 IBAN FR14 2004 1010 0505 SIRET "
    "73282932000074 Client Vendeur 71260 Verzé rue - : | # ( ) 123.456 789 0 -3 remise : Net à "
    "payer Pos Menge Preis"
).split()

_LENGTH = st.floats(min_value=-50, max_value=900, allow_nan=False)
_WORDS = st.builds(
    lambda text, left, top, width, height: Word(text, left, top, left + width, top + height),
    st.one_of(st.sampled_from(_PIECES), st.text(min_size=1, max_size=12)),
    _LENGTH,
    _LENGTH,
    st.floats(min_value=0, max_value=120),
    st.floats(min_value=0, max_value=30),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_WORDS, max_size=90))
def test_any_words_are_read_to_the_end(words: list[Word]) -> None:
    page = LabelledPage(lay_out(PageWords(1, 595, 842, tuple(words))))

    reading = read_invoice([page, page])

    assert all(0 <= e.confidence <= 1 for e in reading.evidence.values())


def test_words_without_extent_do_not_send_the_reader_in_circles() -> None:
    words = [Word(text, 0.0, 0.0, 0.0, 0.0) for text in ("Total", "HT", "12,00", "TVA", "2,00")]
    page = LabelledPage(lay_out(PageWords(1, 595, 842, tuple(words))))

    assert read_invoice([page]).invoice is None


@pytest.mark.parametrize("body", ["123.456 789", "1.2.3,4,5", "1,234.567 890"])
def test_marks_that_make_no_number_give_none(body: str) -> None:
    assert plain_number(body, Mark.COMMA) is None
