"""The whole archive on S3: tampering there is found, and MEG works on it as on a folder."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from minio.commonconfig import ENABLED
from minio.deleteobjects import DeleteObject
from minio.versioningconfig import VersioningConfig

from api.cli import cli
from api.errors import exit_code
from archive.access import Visitor
from archive.errors import LockNotEnforced, LogForked
from archive.replica import check_copy
from archive.stores.minio_reader import MinioReader
from archive.stores.minio_store import MinioStore
from archive.verification import Verification
from config.archive_copies import copy_archive
from config.assembly import open_application
from config.doctor import Check, Health, examine
from config.object_store import open_store
from config.searching import rebuild_search
from config.settings import ArchiveSettings, LimitSettings, Settings
from tests.archive_case import ArchiveCase, open_case
from tests.s3_server import (
    ARCHIVIST,
    AUDITOR,
    admin,
    allow_reading,
    new_bucket,
    new_store,
    options,
)
from tests.support import PROJECT

pytestmark = pytest.mark.s3


@pytest.fixture
def case(tmp_path: Path) -> Iterator[ArchiveCase]:
    opened = open_case(tmp_path / "case", store=new_store())
    opened.decide(opened.receive(opened.incoming(3)))
    opened.seal()
    yield opened
    opened.store.close()
    opened.database.close()


def bucket_of(case: ArchiveCase) -> str:
    assert isinstance(case.store, MinioStore)
    return case.store.options.address.bucket


def put_over(case: ArchiveCase, key: str, content: bytes) -> None:
    admin().put_object(bucket_of(case), key, io.BytesIO(content), len(content))


def remove_for_good(case: ArchiveCase, key: str) -> None:
    assert isinstance(case.store, MinioStore)
    targets = [DeleteObject(key, version.version_id) for version in case.store.versions(key)]
    errors = admin().remove_objects(bucket_of(case), targets, bypass_governance_mode=True)
    assert list(errors) == []


def test_an_untouched_archive_is_fine(case: ArchiveCase) -> None:
    documents, summary = case.verify()

    assert summary["ok"]
    assert summary["information"] == []
    assert [d["ok"] for d in documents] == [True] * 3


@pytest.mark.parametrize("prefix", ["main/o/", "main/m/", "main/log/tile/", "main/log/checkpoint/"])
@pytest.mark.parametrize("marker", [True, False])
def test_what_is_laid_over_a_file_is_found_and_harms_nothing(
    case: ArchiveCase, prefix: str, *, marker: bool
) -> None:
    key = min(case.store.keys(prefix))
    if marker:
        admin().remove_object(bucket_of(case), key)
    else:
        put_over(case, key, b"something else")

    documents, summary = case.verify()

    assert [(p["code"], p["key"]) for p in summary["problems"]] == [("VERSION_ADDED", key)]
    assert all(d["ok"] for d in documents)
    assert not summary["ok"]


def test_what_is_laid_over_one_document_is_found_when_it_alone_is_checked(
    case: ArchiveCase,
) -> None:
    documents, _ = case.verify()
    document_id = documents[0]["document_id"]
    key = f"main/m/{document_id}/v1.json"
    put_over(case, key, b"{}")

    [record] = case.verification().records([document_id])

    assert [(p["code"], p["key"]) for p in record["problems"]] == [("VERSION_ADDED", key)]


def test_the_same_bytes_put_twice_are_no_problem(case: ArchiveCase) -> None:
    key = min(case.store.keys("main/o/"))
    put_over(case, key, case.store.read(key))

    _, summary = case.verify()

    assert summary["ok"]
    assert [i["code"] for i in summary["information"]] == ["VERSION_REPEATED"]


def test_a_replaced_first_version_is_found(case: ArchiveCase) -> None:
    key = min(case.store.keys("main/o/"))
    remove_for_good(case, key)
    put_over(case, key, b"forged")

    assert case.problems() == [("OBJECT_CHANGED", key)]


def test_an_object_removed_for_good_is_found(case: ArchiveCase) -> None:
    key = min(case.store.keys("main/o/"))
    remove_for_good(case, key)

    assert case.problems() == [("OBJECT_MISSING", key)]


def test_a_version_put_before_ours_stops_the_sealer(case: ArchiveCase) -> None:
    put_over(case, "main/log/checkpoint/10", b"an older version than ours would be")
    case.receive(case.incoming(1))

    with pytest.raises(LogForked):
        case.seal()


def test_reading_rights_are_enough_to_verify(case: ArchiveCase) -> None:
    allow_reading(bucket_of(case))
    auditor = MinioReader(options(bucket_of(case), AUDITOR))
    key = case.signer.verifier.verifier_key

    *documents, summary = Verification(case.database, auditor, key).records(None)
    *_, alone = check_copy(auditor, "main", key)

    assert summary["ok"]
    assert len(documents) == 3
    assert alone["ok"]
    assert alone["documents"] == 3


def settings_for(folder: Path, bucket: str, store: str = "", lock: str = "required") -> Settings:
    kept = ArchiveSettings(
        store=store or str(options(bucket).address),
        access_key=ARCHIVIST.access_key,
        secret_key=ARCHIVIST.secret_key,
        object_lock=lock,
    )
    return Settings(data=folder, archive=kept, limits=LimitSettings(readers=1))


SAMPLE = PROJECT / "tests/data/cii_every_field.xml"


def test_everything_works_on_s3_as_on_a_folder(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", new_bucket())

    with open_application(settings) as application:
        [record] = application.ingest([("a.xml", SAMPLE)], "tests")
        [again] = application.ingest([("b.xml", SAMPLE.read_bytes())], "tests")
        shown = application.show(record["document_id"])
        name, data = application.original(record["document_id"])
        *_, summary = application.verify(None)
    count = rebuild_search(settings)

    assert record["status"] != "failed"
    assert again["status"] == "duplicate"
    assert next(h["type"] for h in shown["history"]) == "received"
    assert (name, data) == ("a.xml", SAMPLE.read_bytes())
    assert summary["ok"], summary
    assert summary["log"]["pending_events"] == 0
    assert count == 2
    assert not (tmp_path / "data/objects").exists()


def test_a_store_that_keeps_no_lock_is_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", new_bucket(lock=False))

    with (
        pytest.raises(LockNotEnforced, match="keeps versions: off"),
        open_store(settings),
    ):
        pass


def test_a_store_that_keeps_no_lock_serves_with_a_warning_where_that_is_allowed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bucket = new_bucket(lock=False)
    admin().set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    settings = settings_for(tmp_path / "data", bucket, lock="preferred")

    with caplog.at_level(logging.WARNING), open_store(settings) as store:
        store.put_new("main/a", b"1")

    assert "does not keep Object Lock" in caplog.text


def test_a_lock_is_tried_at_the_first_start_and_again_after_a_day(tmp_path: Path) -> None:
    bucket = new_bucket()
    settings = settings_for(tmp_path, bucket)
    record = tmp_path / "object-lock.json"

    def probes() -> int:
        listed = admin().list_objects(
            bucket, prefix="meg-lock-probe/", recursive=True, include_version=True
        )
        return len({str(item.object_name).split("/")[1] for item in listed})

    for _ in range(2):
        with open_store(settings):
            assert probes() == 1
    [kept] = json.loads(record.read_text()).values()
    assert kept["enforced"]
    assert len(kept["checks"]) == 12
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    record.write_text(record.read_text().replace(kept["at"], yesterday))
    with open_store(settings):
        assert probes() == 2


def checks(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(settings)}


def test_the_doctor_tries_the_lock_and_names_what_is_wrong(tmp_path: Path) -> None:
    good = checks(settings_for(tmp_path / "good", new_bucket()))["object store"]
    bad = checks(settings_for(tmp_path / "bad", new_bucket(lock=False)))
    silent = replace(options("abc").address, endpoint="127.0.0.1:1")
    gone = checks(settings_for(tmp_path / "gone", "abc", store=str(silent)))

    assert good.health is Health.WARNING  # the owner of a bucket may lift governance
    assert "12 rules kept" in good.found
    assert "BypassGovernanceRetention" in good.advice
    assert bad["object store"].health is Health.BAD
    assert "a put takes its retention along: InvalidRequest" in bad["object store"].found
    assert bad["archive"].found.startswith("ARC-23")
    assert gone["object store"].found.startswith("ARC-20")


def test_moving_to_s3_keeps_everything(tmp_path: Path) -> None:
    on_s3 = settings_for(tmp_path / "data", new_bucket())
    in_folder = replace(on_s3, archive=ArchiveSettings())
    with open_application(in_folder) as application:
        list(application.ingest([("a.xml", SAMPLE)], "tests"))
    copy_archive(on_s3, str(tmp_path / "data/objects"), "archive", Visitor("tests", "program"))

    with open_application(on_s3) as application:
        list(application.ingest([("b.xml", SAMPLE.read_bytes() + b"\n")], "tests"))
        *documents, summary = application.verify(None)

    assert summary["ok"], summary
    assert len(documents) == 2


def test_a_store_that_is_down_ends_a_command_with_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEG_ARCHIVE_STORE", "s3+http://127.0.0.1:1/abc")
    monkeypatch.setenv("MEG_ARCHIVE_ACCESS_KEY", "a")
    monkeypatch.setenv("MEG_ARCHIVE_SECRET_KEY", "b")

    result = CliRunner().invoke(cli, ["verify", "--all", "--data", str(tmp_path)])

    assert result.exception is not None
    assert exit_code(result.exception) == 4


def test_sealing_nothing_new_asks_nothing_of_the_store(
    case: ArchiveCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = case.seal()

    def asked(*_: object) -> None:
        raise AssertionError("the store was asked")

    for name in ("_list", "_open", "put_many"):
        monkeypatch.setattr(MinioStore, name, asked)

    assert case.seal() == size
