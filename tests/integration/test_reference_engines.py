"""Reference data on every database engine: the same counts, the same values."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from config.database import open_database
from config.settings import Settings
from ingest.reference.service import import_paths
from matching.reference import find_references, find_supplier_keys, load_contracts, load_orders
from tests.sample_maker import SAMPLE


def test_the_sample_imports_once_and_changes_once(settings: Settings, tmp_path: Path) -> None:
    changed = tmp_path / "fournisseurs.csv"
    text = (SAMPLE / "reference" / "fournisseurs.csv").read_text("utf-8-sig")
    changed.write_text(text.replace("Lys Info", "Lys I."), "utf-8")

    with open_database(settings) as database:
        first = import_paths([SAMPLE / "reference"], database).totals()
        again = import_paths([SAMPLE / "reference"], database).totals()
        third = import_paths([changed], database).totals()
        with database.reading() as connection:
            keys = find_supplier_keys(connection, ["lys i.", "lys info"])
            references = find_references(connection, ["2026121", "ej2026121"])
            orders = load_orders(connection, ["BC2026-0121"])
            contracts = load_contracts(connection, ["2025-VRD-014"])

    assert (first.inserted, first.changed, first.unchanged) == (first.rows, 0, 0)
    assert (again.inserted, again.changed, again.unchanged) == (0, 0, first.rows)
    assert (third.inserted, third.changed, third.unchanged) == (0, 1, third.rows - 1)
    assert [key.value for key in keys] == ["lys i."]
    assert {key.id for key in references} == {"BC2026-0121", "EJ2026-0121"}
    assert orders["BC2026-0121"].lines[0].unit_price == Decimal("812.00")
    assert len(contracts["2025-VRD-014", "1"].prices) == 5
    assert contracts["2025-VRD-014", "1"].amendments[0].amendment_id == "AV1"
