from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database, DatabaseDamaged
from db.migrate import migrate
from domain.errors import Error


def _damaged(tmp_path: Path, keep: int) -> Path:
    path = tmp_path / "meg.db"
    database = Database(f"sqlite:///{path}")
    migrate(database, tmp_path)
    database.close()  # the last connection brings the write-ahead log home
    data = path.read_bytes()
    path.write_bytes(data[:keep] + b"\xff" * (len(data) - keep))
    return path


def _use(database: Database, folder: Path) -> None:
    migrate(database, folder)
    with database.reading() as connection:
        connection.execute(text("SELECT count(*) FROM documents")).all()


@pytest.mark.parametrize("keep", [0, 100, 4096])
def test_a_damaged_file_is_said_with_what_to_do(tmp_path: Path, keep: int) -> None:
    path = _damaged(tmp_path, keep)
    database = Database(f"sqlite:///{path}")

    with pytest.raises(Error) as caught:
        _use(database, tmp_path)

    database.close()
    assert isinstance(caught.value, DatabaseDamaged)
    assert caught.value.code == "DB-03"
    assert "backup" in caught.value.hint
