"""After an import PostgreSQL knows how much there is, and plans accordingly."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from config.assembly import open_application
from config.settings import LimitSettings, Settings
from tests.integration.reference_texts import write_reference


@pytest.mark.postgresql
def test_what_was_imported_has_been_counted(postgresql_url: str, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path / "data", database=postgresql_url, limits=LimitSettings(readers=1)
    )
    folder = tmp_path / "reference"
    folder.mkdir()
    write_reference(folder, "entities", "suppliers", "orders", "order_lines")

    with open_application(settings) as application:
        application.import_reference([folder], partial=False)
        with application.database.reading() as connection:
            query = text("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(:names)")
            names = ["orders", "order_lines", "reference_keys"]
            counted = {
                row.relname: row.reltuples for row in connection.execute(query, {"names": names})
            }

    assert set(counted) == set(names)
    assert all(count > 0 for count in counted.values())
