"""`meg search` and `meg reindex` as they are called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from search.backends.tantivy_index import TantivyIndex
from search.errors import IndexDamaged, IndexMissing
from tests.acceptance.invoices import cii_invoice


def meg(*arguments: str) -> Result:
    """Call a command; errors of the application pass through, as they do to `main`."""
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searched")
    inbox = tmp_path_factory.mktemp("inbox")
    for number in range(1, 4):
        (inbox / f"facture-{number}.xml").write_bytes(cii_invoice(number))
    (inbox / "illisible.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    assert meg("ingest", str(inbox), "--data", str(folder), "--json").exit_code == 0
    return folder


def search(data: Path, *arguments: str) -> dict[str, Any]:
    result = meg("search", *arguments, "--json", "--data", str(data))
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 1
    found: dict[str, Any] = json.loads(lines[0])
    return found


def test_ingested_documents_are_found(data: Path) -> None:
    found = search(data, "papier", "--facets")

    assert found["total"] == 3
    assert set(found) == {"total", "took_ms", "facets", "hits"}
    assert {hit["number"] for hit in found["hits"]} == {f"F-2026-0000{n}" for n in (1, 2, 3)}
    assert all("<mark>papier</mark>" in hit["snippets"][0] for hit in found["hits"])
    assert found["facets"]["supplier"] == [{"value": "Papeterie des Halles SARL", "count": 3}]


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        (("number:F-2026-2",), 1),
        (("supplier:papeterie NOT number:F-2026-00001",), 2),
        (("", "--from", "2026-11", "--to", "2026-11-02"), 3),
        (("", "--to", "2025"), 0),
        (("", "--min", "9,60", "--max", "9.60"), 1),
        (("", "--supplier", "halles"), 3),
        (("", "--status", "unreadable"), 1),
        (("illisible",), 1),
        (("date:2026-11-02 amount:..10",), 1),
        (("zzz",), 0),
    ],
)
def test_options_and_fields_narrow_a_search(
    data: Path, arguments: tuple[str, ...], total: int
) -> None:
    assert search(data, *arguments)["total"] == total


def test_pages_and_order_can_be_asked_for(data: Path) -> None:
    found = search(data, "papier", "--sort", "largest", "--limit", "1", "--offset", "1")

    assert [hit["gross"] for hit in found["hits"]] == ["14.40"]


def test_people_read_a_line_a_document_and_its_excerpts(data: Path) -> None:
    result = meg("search", "number:F-2026-2 papier", "--facets", "--data", str(data))

    head, *rest = result.stdout.splitlines()
    assert head.startswith("F-2026-00002  Papeterie des Halles SARL  2026-11-02  14.40 EUR  ")
    assert any("Ramette de papier A4" in line for line in rest)
    assert "<mark>" not in result.stdout
    assert "1 found" in result.stderr


def test_nothing_found_is_no_failure(data: Path) -> None:
    assert meg("search", "zzz", "--data", str(data)).exit_code == 0


def test_bad_query_shows_its_place_and_leaves_with_2(data: Path) -> None:
    result = meg("search", "papier foo:bar", "--data", str(data), "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "meg: SRC-01: There is no field «foo:»."
    assert lines[1:3] == ["     papier foo:bar", "            ^^^^"]
    assert "supplier" in lines[3]


def test_bad_filter_leaves_with_2(data: Path) -> None:
    assert meg("search", "", "--from", "yesterday", "--data", str(data)).exit_code == 2


def test_search_before_anything_was_indexed_says_so(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        meg("search", "papier", "--data", str(tmp_path))


def test_reindex_brings_back_a_lost_index(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    before = search(copy, "papier OR illisible")["hits"]
    shutil.rmtree(copy / "index")

    result = meg("reindex", "--json", "--data", str(copy))

    assert json.loads(result.stdout)["documents"] == 4
    after = search(copy, "papier OR illisible")["hits"]
    assert {hit["document_id"]: hit for hit in after} == {hit["document_id"]: hit for hit in before}
    TantivyIndex(copy / "index").check()


def test_reindex_mends_a_damaged_index(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    for path in (copy / "index").rglob("*.term"):
        path.unlink()
    with pytest.raises(IndexDamaged):
        meg("search", "papier", "--data", str(copy))

    assert meg("reindex", "--data", str(copy)).exit_code == 0

    assert search(copy, "papier")["total"] == 3


def test_the_help_keeps_the_table_of_the_query_language() -> None:
    shown = meg("search", "--help").stdout

    assert '         "phrases"       "taux d\'intérêt légal"\n' in shown
