"""Applications on real engines: SQLite always, PostgreSQL where a server is given."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from config.application import Application
from config.assembly import open_application
from config.settings import DropSettings, LimitSettings, Settings

_SERVER = "MEG_TEST_POSTGRESQL"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A fresh database on the PostgreSQL server of the developers' machine or of CI."""
    server = os.environ.get(_SERVER)
    if not server:
        if os.environ.get("CI"):
            pytest.fail(f"{_SERVER} is not set: CI needs a PostgreSQL server")
        pytest.skip(f"needs a PostgreSQL server in {_SERVER}")
    name = f"meg_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], name="settings"
)
def _settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    return Settings(
        data=tmp_path / "data",
        database=url,
        drop=DropSettings(settle_seconds=0.05, poll_seconds=0.05),
        limits=LimitSettings(file_megabytes=1, readers=1),
    )


@pytest.fixture
def application(settings: Settings) -> Iterator[Application]:
    """A whole application on a data folder of its own."""
    with open_application(settings) as opened:
        yield opened
