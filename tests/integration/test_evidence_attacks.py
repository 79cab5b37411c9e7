"""What an auditor who does not trust the house is told of packages that were tampered with.

Those of `CHEATS` are made by the house itself: everything is indexed and signed anew with the key
of the log. The others are made by somebody who has the package and no key.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli import cli
from archive.checkpoint import Checkpoint, Signer
from archive.evidence.package import PackageWriter
from archive.evidence.verify import verify
from archive.keys import load_or_create_signer
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from domain.records import canonical
from tests.support import PROJECT

Files = dict[str, bytes]
_NAMES = ("cii_every_field.xml", "ubl_every_field.xml")
_INDEXED: Final = ("INDEX", "INDEX.note")


class Case:
    """A house with two documents, an older package of the first and a newer one of both."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data=folder / "data", limits=LimitSettings(readers=1))
        with open_application(settings) as application:
            found = application.ingest([(n, PROJECT / "tests/data" / n) for n in _NAMES], "tests")
            self.ids = [record["document_id"] for record in found]
        self.old = self._package(folder, "old.zip", *self.ids[:1])
        self.both = self._package(folder, "both.zip", *self.ids)
        self.signer = load_or_create_signer(folder / "data/keys/log.key", "meg.local/main")
        self.key = self.signer.verifier.verifier_key

    def _package(self, folder: Path, name: str, *ids: str) -> bytes:
        command = ["evidence", *ids, "-o", str(folder / name), "--data", str(folder / "data")]
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 0, done.output
        return (folder / name).read_bytes()

    def of(self, document: int, name: str) -> str:
        """A file of one of the documents."""
        return f"documents/{self.ids[document]}/{name}"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case(tmp_path_factory.mktemp("attacks"))


def check(data: bytes, key: str | None = None) -> tuple[int, str]:
    told: list[str] = []
    code = verify(io.BytesIO(data), key, told.append)
    return code, "\n".join(told)


def members(package: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: Files, signer: Signer) -> bytes:
    """A package of these files, indexed and signed."""
    target = io.BytesIO()
    writer = PackageWriter(target)
    for name, content in files.items():
        if name not in _INDEXED:
            writer.add(name, content)
    writer.close(signer)
    return target.getvalue()


def plain_zip(files: list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """What any zip program makes of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            archive.writestr(info, content)
    return target.getvalue()


# --- The house cheats ----------


def swap(first: str, second: str) -> Callable[[Case, Files], None]:
    def change(case: Case, files: Files) -> None:
        one, two = case.of(0, first), case.of(1, second)
        files[one], files[two] = files[two], files[one]

    return change


def from_the_older_package(name: str) -> Callable[[Case, Files], None]:
    def change(case: Case, files: Files) -> None:
        path = name if name.startswith(("log", "keys")) else case.of(0, name)
        files[path] = members(case.old)[path]

    return change


def put(name: str, content: bytes = b"{}") -> Callable[[Case, Files], None]:
    def change(case: Case, files: Files) -> None:
        files[name.replace("FIRST", case.ids[0])] = content

    return change


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Case, Files], None]:
    def change(case: Case, files: Files) -> None:
        path = name.replace("FIRST", case.ids[0])
        assert old in files[path]
        files[path] = files[path].replace(old, new)

    return change


def other_tenants_checkpoint(case: Case, files: Files) -> None:
    lines = files["log/checkpoint"].decode().split("\n")
    other = Signer("meg.local/other", case.signer.key)
    root = base64.b64decode(lines[2])
    files["log/checkpoint"] = other.sign(Checkpoint(other.name, int(lines[1]), root))


def longer_checkpoint(case: Case, files: Files) -> None:
    note = case.signer.sign(Checkpoint(case.signer.name, 10**6, b"\x07" * 32))
    files["log/checkpoint"] = note


def key_twice(_: Case, files: Files) -> None:
    history = json.loads(files["keys/history.json"])
    history["keys"] *= 2
    files["keys/history.json"] = canonical(history)


def key_of_the_same_id(case: Case, files: Files) -> None:
    """A second key under the id of the first, as if it had been signed in."""
    history = json.loads(files["keys/history.json"])
    name, key_id, _ = case.key.split("+", 2)
    _, _, encoded = Signer(name, Ed25519PrivateKey.generate()).verifier.verifier_key.split("+", 2)
    forged = {"verifier_key": f"{name}+{key_id}+{encoded}", "from": 1, "statement": "x"}
    history["keys"].append(forged)
    files["keys/history.json"] = canonical(history)


def last_proof_twice(case: Case, files: Files) -> None:
    files[case.of(0, "proofs/v1-1.tlog-proof")] = files[case.of(0, "proofs/v2-1.tlog-proof")]


def manifest_far_away(case: Case, files: Files) -> None:
    files[case.of(0, "manifests/v99999999999.json")] = b"{}"


def stamped_by_nobody(_: Case, files: Files) -> None:
    listed: dict[str, Any] = {"size": 1, "previous": None, "consistency": []}
    files["log/timestamps.json"] = canonical({"schema": "meg-timestamps/1", "timestamps": [listed]})
    files["log/timestamps/1.tsr"] = b"\x30\x00"


CHEATS: dict[str, tuple[Callable[[Case, Files], None], str]] = {
    "manifests of two documents swapped": (
        swap("manifests/v1.json", "manifests/v1.json"),
        "of another document",
    ),
    "originals of two documents swapped": (
        swap("original.xml", "original.xml"),
        "not the bytes recorded",
    ),
    "proofs of two documents swapped": (
        swap("proofs/v1-1.tlog-proof", "proofs/v1-1.tlog-proof"),
        "does not stand in the signed log",
    ),
    "one proof for two events": (last_proof_twice, "does not stand in the signed log"),
    "a proof of an older package": (
        from_the_older_package("proofs/v1-1.tlog-proof"),
        "does not stand in the signed log",
    ),
    "the checkpoint of an older package": (
        from_the_older_package("log/checkpoint"),
        "does not stand in the signed log",
    ),
    "the checkpoint of another tenant": (other_tenants_checkpoint, "no signed checkpoint"),
    "a longer checkpoint than the log": (longer_checkpoint, "not a proof"),
    "a key listed twice": (key_twice, "keys changed"),
    "two keys of one id": (key_of_the_same_id, "keys changed"),
    "a file beside the documents": (put("documents/notes.txt"), "a file that nothing explains"),
    "a file in a document's folder": (put("documents/FIRST/x.txt"), "that nothing explains"),
    "an attachment that nobody carried": (
        put("documents/FIRST/attachments/" + "a" * 64 + ".pdf"),
        "that nothing explains",
    ),
    "a document of nothing": (put("documents/x/report.html"), "a manifest is missing"),
    "a timestamp that nothing names": (put("log/timestamps/3.tsr"), "that nothing explains"),
    "a timestamp that is none": (stamped_by_nobody, "log/timestamps/1"),
    "a manifest far away": (manifest_far_away, "a manifest is missing"),
    "a byte order mark": (
        replaced("documents/FIRST/manifests/v1.json", b'{"doc', b'\xef\xbb\xbf{"doc'),
        "no manifest in canonical form",
    ),
    "line ends of another system": (
        replaced("documents/FIRST/proofs/v1-1.tlog-proof", b"\n", b"\r\n"),
        "not a proof",
    ),
    "a key history with a byte order mark": (
        replaced("keys/history.json", b'{"keys"', b'\xef\xbb\xbf{"keys"'),
        "keys changed",
    ),
    "another purpose for the event": (
        replaced("documents/FIRST/manifests/v1.json", b'"received"', b'"exported"'),
        "does not stand in the signed log",
    ),
    "an earlier date": (
        replaced("documents/FIRST/manifests/v1.json", b'"at":"2', b'"at":"1'),
        "does not stand in the signed log",
    ),
}


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_the_house_itself_cannot_cheat(case: Case, name: str) -> None:
    change, told = CHEATS[name]
    files = members(case.both)
    change(case, files)

    code, said = check(packed(files, case.signer), case.key)

    assert code == 1, said
    assert told in said


def test_what_the_house_may_leave_out_or_word_is_named_as_not_verified(case: Case) -> None:
    files = members(case.both)
    report = case.of(0, "report.html")
    files[report] = b"<p>tout va bien</p>"
    none = {n: c for n, c in files.items() if not n.startswith("documents/")}

    worded, empty = check(packed(files, case.signer)), check(packed(none, case.signer))

    assert worded[0] == empty[0] == 0
    assert "NOT VERIFIED the reports" in worded[1]
    assert "not that it shows everything" in worded[1]
    assert "NOT VERIFIED there is no document in this" in empty[1]


# --- Others, without a key ----------


def symlink(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def strange_zips(files: Files) -> dict[str, list[tuple[str | zipfile.ZipInfo, bytes]]]:
    """Every file of a package, and one more or one otherwise."""
    same: list[tuple[str | zipfile.ZipInfo, bytes]] = list(files.items())
    return {
        "as any program zips it": same,
        "a name twice": [*same, ("INDEX", files["INDEX"])],
        "out of the folder": [*same, ("../../etc/cron.d/meg", b"x")],
        "out of the folder, inside a name": [*same, ("documents/../../x", b"x")],
        "an absolute name": [*same, ("/etc/passwd", b"x")],
        "a name of another system": [*same, ("C:\\x", b"x")],
        "a folder": [*same, ("documents/", b"")],
        "a link": [*same, (symlink("documents/link"), b"/etc/passwd")],
        "a name with an end of line": [*same, ("report.html\n", b"x")],
    }


@pytest.mark.parametrize("name", sorted(strange_zips({"INDEX": b""})))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_is_not_as_meg_writes_it_is_refused(case: Case, name: str) -> None:
    code, said = check(plain_zip(strange_zips(members(case.both))[name]))

    assert code == 1
    assert "in the zip" in said


def test_the_documents_of_two_packages_cannot_be_mixed(case: Case) -> None:
    mixed = members(case.old) | {
        n: c for n, c in members(case.both).items() if n.startswith(f"documents/{case.ids[1]}/")
    }
    index = members(case.both)

    unsigned = check(packed(mixed | {n: index[n] for n in _INDEXED}, forger()))
    by_the_house = check(packed(mixed, case.signer))

    assert unsigned[0] == by_the_house[0] == 1
    assert "INDEX is not signed" in unsigned[1]
    assert "does not stand in the signed log" in by_the_house[1]


def forger() -> Signer:
    return Signer("meg.local/main", Ed25519PrivateKey.generate())


def test_an_index_of_a_later_form_asks_for_a_later_program(case: Case) -> None:
    files = members(case.both)
    index = files.pop("INDEX").replace(b"meg-evidence/1", b"meg-evidence/2")
    note = files.pop("INDEX.note")
    target = io.BytesIO()
    writer = PackageWriter(target)
    for name, content in {**files, "INDEX": index, "INDEX.note": note}.items():
        writer.add(name, content)
    signed_end = packed(files, case.signer)
    assert check(signed_end)[0] == 0
    data = closed(writer, target)

    code, said = check(data)

    assert code == 1
    assert "take a later verify.py" in said


def closed(writer: PackageWriter, target: io.BytesIO) -> bytes:
    """The zip ended without another INDEX."""
    from archive.evidence import package

    start = target.tell()
    target.writelines(package._central(member) for member in writer._members)
    count, size = len(writer._members), target.tell() - start
    target.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, start, 0))
    return target.getvalue()


def test_a_date_after_the_timestamp_over_it_is_named() -> None:
    from archive.evidence.verify import Report, Stamp, _check_dates

    class Told:
        id = "d"
        events: Any = (
            (0, {"at": "2026-11-22T10:00:00.000000Z"}),
            (1, {"at": "2040-01-01T00:00:00.000000Z"}),
            (2, {"at": "2040-01-01T00:00:00.000000Z"}),
        )

    said: list[str] = []
    stamps = [Stamp(2, "20261122120000Z", None)]
    _check_dates(Told(), stamps, Report(said.append))  # type: ignore[arg-type]

    assert len(said) == 1
    assert "event 1 says that it is of 2040" in said[0]


def test_the_program_in_an_older_package_verifies_a_newer_one(case: Case, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes(members(case.old)["verify.py"])
    (tmp_path / "both.zip").write_bytes(case.both)

    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "both.zip", "--key", case.key],
        capture_output=True,
        cwd=tmp_path,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
