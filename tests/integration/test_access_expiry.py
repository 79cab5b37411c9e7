"""What destroys accesses after their time destroys nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.access import SEALED
from archive.access_batches import live_batches
from archive.access_expiry import AccessExpiry
from archive.errors import BatchDoubted
from archive.manifest import object_key
from archive.service import Happening
from config.application import Application
from config.assembly import open_application
from config.loader import load_settings
from config.settings import Settings
from domain.identifiers import Digest
from tests.elimination_case import eliminate, invoices, shown, take_in, verified

NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", {"MEG_LIMITS_READERS": "1"})


def path_of(settings: Settings, sha256: str) -> Path:
    """Where an object lies."""
    return settings.data / "objects" / object_key("main", Digest(sha256))


def sealed_batch(settings: Settings) -> str:
    """Look at something and have that sealed; the id of the batch."""
    with open_application(settings) as application:
        application.search("facture")
        assert application.access_record.batches.seal_all() == 1
        application._pipeline.settle()
        with application.database.reading() as connection:
            (batch,) = live_batches(connection)
    return batch


def expired(application: Application) -> int:
    """Destroy what has served its time in three years."""
    ours, archive = application.access_record.expiry, application._archive

    def later() -> datetime:
        return NOW.replace(year=NOW.year + 3, day=1)

    store, claim = ours._store, ours._claim
    return AccessExpiry(application.database, archive, store, "main", later, claim).run()


def problems(settings: Settings) -> list[str]:
    """What a verification finds wrong."""
    return [p["code"] for record in verified(settings) for p in record["problems"]]


def test_a_document_with_the_bytes_of_a_batch_keeps_them(settings: Settings) -> None:
    batch = sealed_batch(settings)
    content = path_of(settings, batch).read_bytes()
    (document_id,) = take_in(settings, ("journal.json", content))

    with open_application(settings) as application:
        assert expired(application) == 0
        original = application.original(document_id)

    assert original == ("journal.json", content)
    assert problems(settings) == []


def test_a_batch_outlives_a_document_with_its_bytes_and_goes_in_its_own_time(
    settings: Settings,
) -> None:
    batch = sealed_batch(settings)
    (document_id,) = take_in(settings, ("journal.json", path_of(settings, batch).read_bytes()))

    certificate = eliminate(settings, document_id)

    assert certificate["documents"][0]["shared"] == [batch]
    assert path_of(settings, batch).exists()
    assert problems(settings) == []
    with open_application(settings) as application:
        assert expired(application) >= 1
    assert not path_of(settings, batch).exists()
    assert problems(settings) == []


def test_bytes_of_a_batch_that_come_after_its_time_are_a_document_like_any_other(
    settings: Settings,
) -> None:
    batch = sealed_batch(settings)
    content = path_of(settings, batch).read_bytes()
    with open_application(settings) as application:
        assert expired(application) == 1

    take_in(settings, ("journal.json", content))

    assert path_of(settings, batch).read_bytes() == content
    assert problems(settings) == []
    with open_application(settings) as application:
        assert expired(application) == 0
    assert path_of(settings, batch).exists()


@pytest.mark.parametrize("signed", [False, True])
def test_an_event_under_the_digest_of_an_invoice_destroys_no_invoice(
    settings: Settings, *, signed: bool
) -> None:
    (document_id,) = invoices(settings, 1)
    sha256 = shown(settings, document_id)["sha256"]
    with open_application(settings) as application:
        archive = application._archive
        payload = {"keep_until": NOW.date().isoformat(), "root": "", "count": 1}
        slipped_in = Happening(SEALED, NOW, "meg", payload)
        with application.database.transaction() as connection:
            archive.record_about(connection, sha256, [slipped_in])
        if signed:
            archive.seal(application.database)

        with pytest.raises(BatchDoubted):
            expired(application)

    assert path_of(settings, sha256).exists()


def test_a_doubtful_event_does_not_keep_the_other_batches(settings: Settings) -> None:
    (document_id,) = invoices(settings, 1)
    sha256 = shown(settings, document_id)["sha256"]
    with open_application(settings) as application:
        with application.database.transaction() as connection:
            happening = Happening(SEALED, NOW, "meg", {"keep_until": "2020-01-01"})
            application._archive.record_about(connection, sha256, [happening])
        assert application.access_record.batches.seal_all() == 1
        application._pipeline.settle()
        with application.database.reading() as connection:
            batch = next(b for b in live_batches(connection) if b != sha256)

        with pytest.raises(BatchDoubted):
            expired(application)

    assert not path_of(settings, batch).exists()
    assert path_of(settings, sha256).exists()
