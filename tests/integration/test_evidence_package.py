"""Evidence packages: whole, they verify offline; changed anywhere, they do not."""

from __future__ import annotations

import ast
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli import cli
from archive.checkpoint import Signer
from archive.evidence.contents import verifier
from archive.evidence.package import PackageWriter
from archive.evidence.verify import ed25519_verifies, verify
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from tests.support import PROJECT

_NAMES = ("cii_every_field.xml", "ubl_every_field.xml")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two documents."""
    folder = tmp_path_factory.mktemp("evidence") / "data"
    with open_application(Settings(data=folder, limits=LimitSettings(readers=1))) as application:
        list(application.ingest([(n, PROJECT / "tests/data" / n) for n in _NAMES], "tests"))
    return folder


def _ids(data: Path) -> list[str]:
    with open_application(Settings(data=data)) as application:
        return application.chosen(None, 2026) + application.chosen(None, 2025)


def meg(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--data", str(data)])


@pytest.fixture(scope="module")
def package(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of one document."""
    target = tmp_path_factory.mktemp("package") / "one.zip"
    result = meg(data, "evidence", min(_ids(data)), "-o", str(target))
    assert result.exit_code == 0, result.output
    return target


def check(data: bytes, key: str | None = None) -> tuple[int, str]:
    told: list[str] = []
    code = verify(io.BytesIO(data), key, told.append)
    return code, "\n".join(told)


def members(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: dict[str, bytes], signer: Signer) -> bytes:
    """A package anew, consistent in itself, as a forger with a key of his own makes it."""
    target = io.BytesIO()
    writer = PackageWriter(target)
    for name, content in files.items():
        if name not in ("INDEX", "INDEX.note"):
            writer.add(name, content)
    writer.close(signer)
    return target.getvalue()


def test_a_package_is_verified_offline_by_the_program_in_it(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as opened:
        assert opened.testzip() is None
        opened.extract("verify.py", tmp_path)

    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(package)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "n'est altéré" in done.stdout
    assert "NOT VERIFIED the key itself" in done.stdout


def _verified(program: Path, package: Path, key: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(package), "--key", key],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_key_is_given_as_text_or_file_and_another_is_not_taken_for_damage(
    data: Path, package: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(package) as opened:
        opened.extract("verify.py", tmp_path)
    program, own = tmp_path / "verify.py", data / "keys/log.vkey"

    assert _verified(program, package, str(own))[0] == 0
    assert _verified(program, package, own.read_text(encoding="utf-8"))[0] == 0
    code, told = _verified(program, package, "ab" * 32)
    assert code == 1
    assert "n'est pas signé avec votre clé" in told
    assert "N'EST PAS intact" not in told
    code, told = _verified(program, package, "zzz")
    assert code == 2
    assert "--key" in told


def test_the_key_is_compared_with_the_one_given(data: Path, package: Path) -> None:
    key = (data / "keys/log.vkey").read_text(encoding="utf-8").strip()

    assert check(package.read_bytes(), key)[0] == 0
    assert check(package.read_bytes(), "0" * 64)[0] == 1
    told = check(package.read_bytes(), key)[1]
    assert "the key itself" not in told


def test_the_verifier_needs_nothing_but_python_3_8() -> None:
    tree = ast.parse(verifier().decode(), feature_version=(3, 8))

    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def _flips(content: bytes) -> list[int]:
    """Every byte of the zip's own structures, and of the files' contents each 97th."""
    start: int
    start = struct.unpack("<I", content[-6:-2])[0]
    places = set(range(start, len(content)))
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        for info in opened.infolist():
            header = 30 + len(info.filename)
            places |= set(range(info.header_offset, info.header_offset + header))
            if info.file_size < 600:
                first = info.header_offset + header
                places |= set(range(first, first + info.file_size))
    return sorted(places | set(range(0, len(content), 97)))


def test_each_flipped_byte_is_found(package: Path) -> None:
    content = package.read_bytes()

    unseen = []
    for place in _flips(content):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        if check(bytes(changed))[0] == 0:
            unseen.append(place)

    assert unseen == []


@pytest.mark.slow
def test_every_single_flipped_byte_is_found(package: Path) -> None:
    content = package.read_bytes()

    unseen = []
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x20
        if check(bytes(changed))[0] == 0:
            unseen.append(place)

    assert unseen == []


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content + b"\0",
        lambda content: b"\0" + content,
        lambda content: content[:-1],
        lambda content: content[:0],
        lambda content: content[:40],
    ],
)
def test_bytes_around_it_or_missing_are_found(package: Path, change: Any) -> None:
    assert check(change(package.read_bytes()))[0] == 1


def _forger(data: Path) -> Signer:
    key = (data / "keys/log.vkey").read_text(encoding="utf-8")
    return Signer(key.partition("+")[0], Ed25519PrivateKey.generate())


def test_a_changed_report_cannot_be_signed_again(data: Path, package: Path) -> None:
    files = members(package)
    name = next(n for n in files if n.endswith("/report.html"))
    files[name] = files[name].replace(b"SHA-256", b"SHA-257")

    code, told = check(packed(files, _forger(data)))

    assert code == 1
    assert "INDEX is not signed" in told


def test_a_package_of_another_key_is_told_by_the_key_given(data: Path, package: Path) -> None:
    files = members(package)
    forger = _forger(data)
    history = json.loads(files["keys/history.json"])
    history["keys"][0]["verifier_key"] = forger.verifier.verifier_key
    files["keys/history.json"] = _canonical(history)

    code, told = check(packed(files, forger))

    assert code == 1  # the checkpoint still bears the log's signature
    assert "no signed checkpoint" in told


def _own(data: Path) -> Signer:
    from archive.keys import load_or_create_signer

    return load_or_create_signer(data / "keys/log.key", "meg.local/main")


def _canonical(record: Any) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("end", "old", "new", "told"),
    [
        ("manifests/v1.json", b'"actor":"meg"', b'"actor":"gem"', "does not stand in the signed"),
        ("manifests/v1.json", b'"version":1', b'"version": 1', "no manifest in canonical form"),
        ("original.xml", b"<", b"[", "not the bytes recorded"),
        ("proofs/v1-1.tlog-proof", b"index ", b"index 1", "log"),
        ("log/checkpoint", b"meg.local", b"meg.lokal", "no signed checkpoint"),
    ],
)
def test_even_the_keys_holder_cannot_change_what_the_log_committed_to(
    data: Path, package: Path, end: str, old: bytes, new: bytes, told: str
) -> None:
    files = members(package)
    name = next(n for n in files if n.endswith(end))
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)

    code, found = check(packed(files, _own(data)))

    assert code == 1
    assert told in found
    assert name.partition("manifests")[0] in found


@pytest.mark.parametrize("end", ["original.xml", "manifests/v2.json", "proofs/v2-1.tlog-proof"])
def test_a_file_left_out_is_missed(data: Path, package: Path, end: str) -> None:
    files = {n: c for n, c in members(package).items() if not n.endswith(end)}

    assert check(packed(files, _own(data)))[0] == 1


def test_a_file_put_in_is_found(data: Path, package: Path) -> None:
    for name in ("more.txt", "documents/x/manifests/v1.json", "log/timestamps/9.tsq"):
        code, _ = check(packed(members(package) | {name: b"{}"}, _own(data)))

        assert code == 1, name


def test_the_export_is_an_event_with_the_digest_of_the_package(data: Path, tmp_path: Path) -> None:
    document_id = sorted(path.name for path in (data / "objects/main/m").iterdir())[1]

    result = meg(data, "evidence", document_id, "-o", str(tmp_path / "a.zip"), "--json")

    record = json.loads(result.stdout)
    shown = json.loads(meg(data, "show", document_id, "--json").stdout)
    event = shown["history"][-1]
    assert event["type"] == "exported"
    assert event["payload"]["index_sha256"] == record["index_sha256"]
    assert record["index_sha256"] in check((tmp_path / "a.zip").read_bytes())[1]
    assert meg(data, "verify", "--all").exit_code == 0
    again = meg(data, "evidence", document_id, "-o", str(tmp_path / "b.zip"))
    assert again.exit_code == 0
    report = members(tmp_path / "b.zip")[f"documents/{document_id}/report.html"].decode()
    assert record["index_sha256"] in report
    assert re.search(r"Conservé jusqu&#x27;au</td><td>31/12/20\d\d</td>", report)


def test_a_year_or_a_search_chooses_documents(data: Path, tmp_path: Path) -> None:
    ids = _ids(data)
    target = tmp_path / "year.zip"
    [number] = {
        json.loads(meg(data, "show", i, "--json").stdout)["invoice"]["number"] for i in ids[:1]
    }

    found = meg(data, "evidence", "--query", f'number:"{number}"', "-o", str(target), "--json")

    assert json.loads(found.stdout)["documents"] == 1
    assert check(target.read_bytes())[0] == 0


def test_a_package_that_is_replaced_is_named(data: Path, tmp_path: Path) -> None:
    target, document_id = tmp_path / "e.zip", _ids(data)[0]

    first = meg(data, "evidence", document_id, "-o", str(target))
    again = meg(data, "evidence", document_id, "-o", str(target))

    assert "replaced" not in first.stderr
    assert f"{target}: the file that was there was replaced" in again.stderr
    assert check(target.read_bytes())[0] == 0


def test_a_package_takes_the_place_of_an_empty_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "e.zip"
    target.touch()

    assert meg(data, "evidence", _ids(data)[0], "-o", str(target)).exit_code == 0


def test_nothing_found_and_unknown_ids_leave_no_file(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "none.zip"

    nothing = meg(data, "evidence", "--year", "1901", "-o", str(target))
    unknown = meg(data, "evidence", "nobody", "-o", str(target))

    assert getattr(nothing.exception, "code", None) == "ARC-51"
    assert getattr(unknown.exception, "code", None) == "ARC-17"
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_original_is_not_passed_on(data: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(data, copy)
    document_id = min(path.name for path in (copy / "objects/main/m").iterdir())
    manifest = json.loads((copy / f"objects/main/m/{document_id}/v1.json").read_bytes())
    path = copy / "objects" / manifest["events"][0]["payload"]["object"]["key"]
    path.chmod(0o600)
    path.write_bytes(b"something else")

    result = meg(copy, "evidence", document_id, "-o", str(tmp_path / "x.zip"))

    assert getattr(result.exception, "code", None) == "ARC-02"
    assert not (tmp_path / "x.zip").exists()


def test_our_ed25519_agrees_with_the_library() -> None:
    for seed in range(5):
        key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        public = key.public_key().public_bytes_raw()
        message = bytes(range(seed))
        signature = key.sign(message)

        assert ed25519_verifies(public, signature, message)
        assert not ed25519_verifies(public, signature, message + b"x")
        assert not ed25519_verifies(public, signature[:-1] + b"\xff", message)
        assert not ed25519_verifies(bytes(32), signature, message)
