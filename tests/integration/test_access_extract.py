"""Who read a document, in its evidence package: proved, and nothing of other documents."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.access import Visitor
from archive.checkpoint import Signer
from archive.evidence.package import PackageWriter
from archive.evidence.verify import verify
from config.application import Application
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from domain.records import Record, canonical

ALICE = Visitor("alice", "web", "192.0.2.7")
BOB = Visitor("bob", "api")


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    settings = Settings(data=tmp_path / "data", limits=LimitSettings(readers=1))
    with open_application(settings) as opened:
        yield opened


@pytest.fixture
def documents(application: Application) -> list[str]:
    """Two documents that were read; the second by Bob alone."""
    files = [("one.txt", b"no invoice"), ("two.txt", b"no invoice either")]
    first, second = (r["document_id"] for r in application.ingest(files, "tests"))
    application.seen_by(ALICE).show(first)
    application.seen_by(BOB).original(second)
    application.seen_by(ALICE).search("a query that is nobody else's business")
    return [first, second]


@pytest.fixture
def members(application: Application, documents: list[str]) -> dict[str, bytes]:
    """The package of the first document, file by file."""
    file = io.BytesIO()
    application.seen_by(ALICE).write_evidence([documents[0]], file, "alice")
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def verified(application: Application, files: dict[str, bytes]) -> tuple[int, str]:
    """What the auditor's program says of these files, packed and signed anew by ourselves."""
    signer: Signer = application._archive.signer
    target, told = io.BytesIO(), list[str]()
    writer = PackageWriter(target)
    for name, content in files.items():
        if name not in {"INDEX", "INDEX.note"}:
            writer.add(name, content)
    writer.close(signer)
    return verify(target, None, told.append), "\n".join(told)


def test_the_package_tells_who_read_its_document(
    application: Application, members: dict[str, bytes], documents: list[str]
) -> None:
    code, told = verified(application, members)

    assert code == 0, told
    assert f"{documents[0]}: 2 accesses stand in the log" in told
    report = members[f"documents/{documents[0]}/report.html"].decode()
    assert "6. Consultations" in report
    assert "192.0.2.7" in report


def test_nothing_is_told_of_other_documents(
    members: dict[str, bytes], documents: list[str]
) -> None:
    for name, content in members.items():
        for secret in (documents[1], "two.txt", "bob", "nobody else"):
            assert secret.encode() not in content, name


def _renamed(record: Record) -> None:
    record["accesses"][0]["access"]["who"] = "carol"


def _moved(record: Record) -> None:
    record["accesses"][0]["place"] += 1


def _doubled(record: Record) -> None:
    record["accesses"].append(record["accesses"][-1])


def _recounted(record: Record) -> None:
    record["event"]["payload"]["count"] += 1


def _led_elsewhere(record: Record) -> None:
    record["accesses"][0]["path"][0] = base64.b64encode(bytes(32)).decode()


def _of_another_document(record: Record) -> None:
    record["accesses"][0]["access"]["document_id"] = "another"


@pytest.mark.parametrize(
    "change", [_renamed, _moved, _doubled, _recounted, _led_elsewhere, _of_another_document]
)
def test_an_access_changed_by_who_holds_the_key_is_found(
    application: Application, members: dict[str, bytes], change: Callable[[Record], None]
) -> None:
    [name] = [name for name in members if "/accesses/" in name and name.endswith(".json")]
    record = json.loads(members[name])
    change(record)

    code, told = verified(application, members | {name: canonical(record)})

    assert code == 1
    assert "/accesses/" in told


def test_an_extract_without_its_proof_is_found(
    application: Application, members: dict[str, bytes]
) -> None:
    kept = {n: data for n, data in members.items() if "/accesses/" not in n or ".json" in n}

    code, told = verified(application, kept)

    assert (code, "/accesses/" in told) == (1, True)
