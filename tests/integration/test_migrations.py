"""A migrated database is what the declared tables say, on SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

# Each of these declares its tables when it is imported.
import archive.repository
import archive.scrub  # noqa: F401
import ingest.repository  # noqa: F401
import matching.reference
import matching.repository  # noqa: F401
from config.assembly import now
from config.settings import Settings
from db.engine import Database
from db.metadata import METADATA
from db.migrate import HEAD, SchemaTooNew, migrate
from db.outbox import OUTBOX


@pytest.fixture
def database(settings: Settings) -> Database:
    settings.data.mkdir(parents=True)
    return Database(settings.database_url)


def test_migrations_lead_to_the_declared_tables(database: Database, settings: Settings) -> None:
    migrate(database, settings.data)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.close()


def test_migrating_twice_changes_nothing(database: Database, settings: Settings) -> None:
    migrate(database, settings.data)
    with database.transaction() as connection:
        connection.execute(OUTBOX.insert().values(task="index", key="a", due=now(), attempts=0))

    migrate(database, settings.data)

    with database.reading() as connection:
        assert [row.key for row in connection.execute(OUTBOX.select())] == ["a"]
    database.close()


def test_a_later_schema_is_refused(database: Database, settings: Settings) -> None:
    migrate(database, settings.data)
    with database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaTooNew):
        migrate(database, settings.data)
    database.close()


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    folder = Path(__file__).parents[2] / "db" / "migrations"
    config.set_main_option("script_location", str(folder))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
