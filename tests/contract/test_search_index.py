"""What every index engine promises (search/index.py), checked on each of them.

A further engine joins by a line in `ENGINES`. Where hits are concerned the brute-force index is
the oracle: the same documents and the same query must give the same hits on the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.backends.tantivy_index import TantivyIndex
from search.document import Entry, SearchDocument, entry_of
from search.errors import IndexIncomplete, IndexMissing
from search.index import Request, SearchIndex, Sort
from search.plan import plan
from search.query import parse
from search.snippets import SECTION
from tests.contract.brute_force_index import BruteForceIndex


def _tantivy(folder: Path) -> SearchIndex:
    return TantivyIndex(folder / "index")


def _brute_force(folder: Path) -> SearchIndex:
    del folder
    return BruteForceIndex()


ENGINES: dict[str, Callable[[Path], SearchIndex]] = {
    "brute_force": _brute_force,
    "tantivy": _tantivy,
}


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SearchIndex:
    make: Callable[[Path], SearchIndex] = request.param
    made = make(tmp_path)
    made.create()
    return made


def entry(position: int, text: str = "", **changes: Any) -> Entry:
    fields: dict[str, Any] = {
        "document_id": f"{position:08x}-0000-7000-8000-000000000000",
        "sha256": f"{position:064x}",
        "status": "approved",
        "text": text,
    }
    return entry_of(SearchDocument(**{**fields, **changes}))


def write(index: SearchIndex, *entries: Entry, watermark: str | None = None) -> None:
    with index.writing() as writer:
        writer.index(entries)
        writer.commit(watermark)


def found(index: SearchIndex, query: str, **how: Any) -> list[str]:
    request = Request(plan(parse(query)).condition, **{"limit": 100, **how})
    result = index.search(request)
    assert result.total >= len(result.hits)
    return [hit.document_id[:8].lstrip("0") or "0" for hit in result.hits]


def test_missing_index_is_an_error(tmp_path: Path) -> None:
    for make in ENGINES.values():
        index = make(tmp_path / "nothing here")
        with pytest.raises(IndexMissing):
            found(index, "facture")
        with pytest.raises(IndexMissing), index.writing():
            pass


def test_create_leaves_what_is_there(index: SearchIndex) -> None:
    write(index, entry(1, "facture"))

    index.create()

    assert found(index, "facture") == ["1"]
    index.check()


def test_entry_takes_the_place_of_the_former_one(index: SearchIndex) -> None:
    write(index, entry(1, "ancien"), entry(2, "ancien"))
    write(index, entry(1, "nouveau"), entry(1, "dernier"))

    assert found(index, "ancien") == ["2"]
    assert found(index, "nouveau") == []
    assert found(index, "dernier") == ["1"]
    assert index.count() == 2


def test_deleted_document_is_gone(index: SearchIndex) -> None:
    write(index, entry(1, "facture"), entry(2, "facture"))

    with index.writing() as writer:
        writer.delete([entry(1).document_id, "never indexed"])
        writer.commit()

    assert found(index, "facture") == ["2"]
    assert index.count() == 1


def test_nothing_is_seen_before_commit_or_kept_without(index: SearchIndex) -> None:
    with index.writing() as writer:
        writer.index([entry(1, "facture")])
        assert found(index, "facture") == []

    assert found(index, "facture") == []
    assert index.count() == 0


def test_failure_while_writing_drops_only_what_was_not_committed(index: SearchIndex) -> None:
    def fail_half_way() -> None:
        with index.writing() as writer:
            writer.index([entry(1, "facture")])
            writer.commit()
            writer.index([entry(2, "facture")])
            raise KeyError("power")

    with pytest.raises(KeyError):
        fail_half_way()

    assert found(index, "facture") == ["1"]
    write(index, entry(3, "facture"))
    assert sorted(found(index, "facture")) == ["1", "3"]


def test_watermark_is_kept_until_the_next_one(index: SearchIndex) -> None:
    assert index.watermark() is None
    write(index, entry(1), watermark="event 12")
    write(index, entry(2))

    assert index.watermark() == "event 12"


def test_rebuild_replaces_everything_at_one_stroke(index: SearchIndex) -> None:
    write(index, entry(1, "facture"), entry(2, "facture"), watermark="old")

    with index.rebuilding() as rebuild:
        rebuild.index([entry(3, "facture")])
        assert sorted(found(index, "facture")) == ["1", "2"]
        assert rebuild.publish(expected=1, watermark="new") == 1

    assert found(index, "facture") == ["3"]
    assert index.watermark() == "new"


def test_incomplete_rebuild_leaves_the_old_index(index: SearchIndex) -> None:
    write(index, entry(1, "facture"))

    with index.rebuilding() as rebuild:
        rebuild.index([entry(2, "facture")])
        with pytest.raises(IndexIncomplete):
            rebuild.publish(expected=2)

    assert found(index, "facture") == ["1"]


def test_abandoned_rebuild_leaves_the_old_index(index: SearchIndex) -> None:
    write(index, entry(1, "facture"))

    with index.rebuilding() as rebuild:
        rebuild.index([entry(2, "facture")])

    assert found(index, "facture") == ["1"]


def test_rebuild_makes_an_index_where_there_is_none(tmp_path: Path) -> None:
    for make in ENGINES.values():
        index = make(tmp_path / "new")
        with index.rebuilding() as rebuild:
            rebuild.index([entry(1, "facture")])
            rebuild.publish(expected=1)
        assert found(index, "facture") == ["1"]


def test_hits_come_in_the_order_asked_for(index: SearchIndex) -> None:
    write(
        index,
        entry(1, issue_date=date(2026, 1, 5), gross=Decimal("-20.5")),
        entry(2, issue_date=date(2026, 3, 5), gross=Decimal(100)),
        entry(3, issue_date=date(2026, 3, 5), gross=Decimal("99.99")),
        entry(4),
    )

    assert found(index, "", sort=Sort.NEWEST) == ["3", "2", "1", "4"]
    assert found(index, "", sort=Sort.OLDEST) == ["4", "1", "2", "3"]
    assert found(index, "", sort=Sort.LARGEST) == ["2", "3", "1", "4"]
    assert found(index, "", sort=Sort.SMALLEST) == ["4", "1", "3", "2"]


def test_best_hit_comes_first(index: SearchIndex) -> None:
    if isinstance(index, BruteForceIndex):
        return  # it knows no relevance; the promise is the engines'
    filler = "lorem ipsum dolor sit amet " * 20
    write(index, entry(1, filler + "chauffage"), entry(2, "chauffage chauffage"), entry(3, filler))

    assert found(index, "chauffage") == ["2", "1"]


def test_pages_neither_repeat_nor_lose_a_hit(index: SearchIndex) -> None:
    write(index, *(entry(n, "facture", issue_date=date(2026, 1, 1 + n % 3)) for n in range(23)))

    for sort in Sort:
        pages = [found(index, "facture", sort=sort, limit=5, offset=at) for at in range(0, 25, 5)]
        assert sorted(i for page in pages for i in page) == sorted(f"{n:x}" for n in range(23))


def test_no_hits_asked_for_still_counts(index: SearchIndex) -> None:
    write(index, entry(1, "facture"))

    result = index.search(Request(plan(parse("facture")).condition, limit=0))

    assert (result.total, result.hits) == (1, ())


def test_facets_count_what_was_found(index: SearchIndex) -> None:
    write(
        index,
        entry(1, "gaz", supplier="Engie", status="blocked", codes=("IBAN_UNKNOWN", "ORDER_CLOSED")),
        entry(2, "gaz", supplier="Engie", codes=("IBAN_UNKNOWN",), issue_date=date(2025, 2, 1)),
        entry(3, "gaz", supplier="Antargaz", issue_date=date(2026, 2, 1)),
        entry(4, "eau", supplier="Veolia"),
    )

    result = index.search(Request(plan(parse("gaz")).condition, facet_values=2))

    assert result.facets == {
        "supplier": (("Engie", 2), ("Antargaz", 1)),
        "status": (("approved", 2), ("blocked", 1)),
        "year": (("2025", 1), ("2026", 1)),
        "code": (("IBAN_UNKNOWN", 2), ("ORDER_CLOSED", 1)),
    }


def test_what_a_hit_shows_is_what_was_indexed(index: SearchIndex) -> None:
    text = "Ligne 1 : été <b> \u20ac\nLigne 2"
    write(index, entry(1, text, number="F-1", gross=Decimal("10.00")))

    hit = index.search(Request(plan(parse("")).condition)).hits[0]

    assert hit.quotable == f"{text}{SECTION}F-1"
    assert (hit.card["number"], hit.card["gross"]) == ("F-1", "10.00")


def test_no_document_is_too_odd_to_be_indexed(index: SearchIndex) -> None:
    odd = [
        entry(
            1, "x\udce9 \x00 \x1f \ufffe \U0010ffff aiguille", file="f\udce9.pdf", supplier="\udce9"
        ),
        entry(2, "aiguille", number="1/2" * 5000, supplier="S" * 100_000, currency="\udce9"),
        entry(3, "aiguille " + "a1/" * 200_000 + " fin", gross=Decimal("1E+30")),
        entry(4, "aiguille", gross=Decimal("-0.0000001"), issue_date=date(1, 1, 1)),
        entry(5, "aiguille", issue_date=date(9999, 12, 31), ibans=("", "!"), orders=("", "-")),
    ]

    write(index, *odd)

    assert sorted(found(index, "aiguille")) == ["1", "2", "3", "4", "5"]
    assert index.search(Request(plan(parse("")).condition, facet_values=9)).total == 5


WORDS = [
    *"facture factures facturation l'eau d\u2019intérêt interets légal legale A4 BC2026-05158 "
    "BC2026-05159 05158 1234,50 1.234,50 12/03/2026 2026-03-12 sous-traitance S.A.S. Dupont "
    "DUPOND dupontel œuvre oeuvres prud'hommes ramette ramettes".split(),
    "1 234,50",
    "12 mars 2026",
    "FR76 1820 6000 1234 5678 9012 345",
]
FIELDS = [
    *"supplier:dupont supplier:dupon* supplier:dupint~ status:blocked code:price* "
    "code:PRICE_ABOVE_ORDER number:fac-3 number:FAC* order:bc-2026-5158 order:2026* "
    "amount:..0 amount:-50..50,5 amount:100.. amount:12.34 date:2026-03..2026-06 "
    "date:..2026-04 date:2026 date:28/05/2026 received:2026-12 buyer:x".split(),
    'supplier:"eau d\'azur"',
    "supplier:(dupont OR eau)",
    "*",
]
SUPPLIERS = ("Dupont & Fils", "Dupond SARL", "Électricité de l'Ouest", "Eau d'Azur", None)

documents = st.builds(
    lambda position, words, supplier, status, code, month, cents: entry(
        position,
        " ".join(words),
        supplier=supplier,
        status=status,
        codes=(code,) if code else (),
        issue_date=date(2026, month, 28) if month else None,
        received_at=datetime(2026, 12, 1, tzinfo=UTC),
        gross=None if cents is None else Decimal(cents) / 100,
        number=f"FAC-{position}",
        orders=("BC2026-05158",) if position % 3 == 0 else (),
    ),
    st.integers(0, 30),
    st.lists(st.sampled_from(WORDS), max_size=8),
    st.sampled_from(SUPPLIERS),
    st.sampled_from(["approved", "blocked", "in_review"]),
    st.sampled_from(["PRICE_ABOVE_ORDER", "PRICE_BELOW_ORDER", ""]),
    st.integers(0, 12),
    st.one_of(st.none(), st.integers(-20_000, 20_000)),
)

simple = st.one_of(
    st.sampled_from(WORDS).map(lambda w: f'"{w}"' if " " in w else w),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda w: f'"{" ".join(w)}"'),
    st.sampled_from("fact* inter* bc2026* 2026* 12* s* dupon* œuv* sous-trait*".split()),
    st.sampled_from("factur~ dupomt~ dupont~1 ramete~2 interte~ bc202605157~ eau~".split()),
    st.sampled_from(FIELDS),
)
queries = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda q: f"{q[0]} {q[1]}"),
        st.tuples(inner, inner).map(lambda q: f"({q[0]} OR {q[1]})"),
        inner.map(lambda q: f"NOT ({q})"),
    ),
    max_leaves=5,
)


@pytest.fixture(
    params=[make for name, make in ENGINES.items() if name != "brute_force"],
    ids=[name for name in ENGINES if name != "brute_force"],
)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], SearchIndex]:
    make: Callable[[Path], SearchIndex] = request.param
    return lambda: make(tmp_path_factory.mktemp("engine"))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    entries=st.lists(documents, max_size=25),
    asked=st.lists(queries, min_size=1, max_size=30),
)
def test_engine_finds_what_looking_at_every_entry_finds(
    engine: Callable[[], SearchIndex], entries: list[Entry], asked: list[str]
) -> None:
    oracle, tried = BruteForceIndex(), engine()
    for index in (oracle, tried):
        index.create()
        half = len(entries) // 2
        write(index, *entries[:half])
        write(index, *entries[half:])

    for query in asked:
        request = Request(plan(parse(query)).condition, limit=100, facet_values=50)
        expected, given_back = oracle.search(request), tried.search(request)
        assert {h.document_id for h in given_back.hits} == {h.document_id for h in expected.hits}
        assert given_back.total == expected.total
        assert given_back.facets == expected.facets
        for sort in (Sort.NEWEST, Sort.OLDEST):
            assert found(tried, query, sort=sort) == found(oracle, query, sort=sort)
