"""The tables that say where an XML invoice states its fields, and the walk over them."""

from __future__ import annotations

from lxml import etree

from ingest.parsers.field_table import Table, each, gather, number, quantity, text, texts
from ingest.parsers.trace import Trace


def _found(xml: str, table: Table) -> dict[str, object]:
    return gather(Trace(), table, "", etree.fromstring(xml)).finished()


def test_the_first_element_that_says_anything_counts() -> None:
    table = Table({"ID": text("id")})

    assert _found("<a><ID> </ID><ID>2</ID><ID>3</ID></a>", table) == {"id": "2"}


def test_of_repeated_groups_the_first_counts_unless_all_are_asked_for() -> None:
    xml = "<a><g><x>1</x></g><g><x>2</x><y>3</y></g></a>"

    assert _found(xml, Table({"g/x": text("x"), "g/y": text("y")})) == {"x": "1"}
    assert _found(xml, Table({"g*/x": texts("x"), "g*/y": text("y")})) == {
        "x": ("1", "2"),
        "y": "3",
    }


def test_asking_for_all_groups_asks_for_the_groups_inside_too() -> None:
    xml = "<a><g><h><x>1</x></h></g><g><h><x>2</x></h></g></a>"

    assert _found(xml, Table({"g*/h/x": texts("x")})) == {"x": ("1", "2")}


def test_elements_are_told_by_local_name_in_any_namespace() -> None:
    table = Table({"g/x": number("x")})

    for namespace in ("urn:1", "urn:2"):
        assert str(_found(f"<a xmlns='{namespace}'><g><x>1.50</x></g></a>", table)["x"]) == "1.50"


def test_evidence_is_kept_under_the_path_of_the_record() -> None:
    trace, inner = Trace(), Table({"q": quantity("quantity", "unit")})
    table = Table({"line": each("lines", lambda t, at, e: dict(gather(t, inner, at, e)))})

    gather(trace, table, "", etree.fromstring("<a><line/><line><q unitCode='C62'>1</q></line></a>"))

    assert [path for path, _ in trace.seen] == ["lines[1].quantity", "lines[1].unit"]
