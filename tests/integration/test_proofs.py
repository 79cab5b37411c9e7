"""Proofs over the command line and the JSON interface, checked by the auditors' own program."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from api.serve import ServeOptions, build
from archive.evidence.verify import is_extension, read_proof, root_of_inclusion
from config.assembly import open_application
from config.settings import LimitSettings, Settings
from tests.support import PROJECT
from tests.web_fake import Client

_API = "/api/v1"
_NAMES = ("cii_every_field.xml", "ubl_every_field.xml", "zugferd1_text_line.xml")
_HELD = 130


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose log was signed several times and is longer than one tile."""
    data = tmp_path_factory.mktemp("proofs") / "data"
    with open_application(Settings(data=data, limits=LimitSettings(readers=1))) as application:
        for name in _NAMES:
            [record] = application.ingest([(name, PROJECT / "tests/data" / name)], "tests")
        for _ in range(_HELD):
            for action in ("hold", "release"):
                application.resolve(record["document_id"], action, "essai", "anne")
        list(application.ingest([("last.xml", b"<a/>")], "tests"))
    return data


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[Client]:
    """The JSON interface on that folder."""
    with open_application(Settings(data=data, limits=LimitSettings(readers=1))) as application:
        yield Client(build(application, application, ServeOptions()))


def meg(data: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["proof", *words, "--data", str(data)])


def records(result: Result) -> list[Any]:
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def documents(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "objects/main/m").iterdir())


def entries_of(data: Path, document_id: str) -> list[bytes]:
    """What the log must hold of each event, by the manifests alone."""
    folder = data / "objects/main/m" / document_id
    found = []
    for version in range(1, len(list(folder.iterdir())) + 1):
        for event in json.loads((folder / f"v{version}.json").read_bytes())["events"]:
            text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            found.append(hashlib.sha256(text.encode()).digest())
    return found


def signed_root(note: bytes | str) -> tuple[int, bytes]:
    lines = (note if isinstance(note, str) else note.decode()).split("\n")
    return int(lines[1]), base64.b64decode(lines[2])


def see_that_it_leads_to_the_root(tlog_proof: str, entry: bytes) -> int:
    index, path, note = read_proof(tlog_proof.encode())
    size, root = signed_root(note)
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    assert root_of_inclusion(index, size, leaf, path) == root
    if path:
        other = hashlib.sha256(b"\x00" + entry + b"!").digest()
        assert root_of_inclusion(index, size, other, path) != root
    return index


def test_every_event_of_every_document_is_proven(data: Path, client: Client) -> None:
    places = []
    for document_id in documents(data):
        told = records(meg(data, document_id, "--json"))
        entries = entries_of(data, document_id)
        assert [bytes.fromhex(record["entry"]) for record in told] == entries
        for record, entry in zip(told, entries, strict=True):
            place = see_that_it_leads_to_the_root(record["tlog_proof"], entry)
            assert place == record["position"]
            places.append(place)
        answer = client.get(f"{_API}/documents/{document_id}/proofs")
        assert answer.json() == {"proofs": told}

    assert len(places) > 256
    assert sorted(places) == list(range(len(places)))


def test_one_event_is_printed_as_a_tlog_proof(data: Path) -> None:
    document_id = documents(data)[1]
    told = records(meg(data, document_id, "--json"))

    first = meg(data, document_id)
    chosen = meg(data, document_id, "--event", str(told[-1]["position"]))

    assert first.stdout == told[0]["tlog_proof"]
    assert chosen.stdout == told[-1]["tlog_proof"]
    assert meg(data, document_id, "--event", "100000").exit_code == 2


def test_the_log_extends_every_size_it_was_signed_at(data: Path, client: Client) -> None:
    names = (data / "objects/main/log/checkpoint").iterdir()
    sizes = sorted(int(path.name) for path in names)
    for first in (sizes[0], sizes[1], sizes[len(sizes) // 2], sizes[-1]):
        [told] = records(meg(data, "--from", str(first)))

        size, root = signed_root(told["first"]["checkpoint"])
        last, last_root = signed_root(told["second"]["checkpoint"])
        path = [base64.b64decode(line) for line in told["path"]]
        assert (size, last) == (first, sizes[-1])
        assert is_extension(size, root, last, last_root, path)
        assert not is_extension(size, bytes(32), last, last_root, path)
        assert client.get(f"{_API}/log/consistency?first={first}").json() == told
        [between] = records(meg(data, "--from", str(sizes[0]), "--to", str(first)))
        assert between["second"]["size"] == first


def test_a_size_never_signed_and_a_document_unknown_are_told(data: Path, client: Client) -> None:
    refused = meg(data, "--from", "100000").exception
    assert getattr(refused, "code", None) == "ARC-52"
    last = max(int(path.name) for path in (data / "objects/main/log/checkpoint").iterdir())
    assert re.search(rf"signed (were|are) .*\b{last}$", str(refused))
    assert getattr(meg(data, "nobody").exception, "code", None) == "ARC-17"
    assert client.get(f"{_API}/log/consistency?first=100000").json()["code"] == "ARC-52"
    assert client.get(f"{_API}/documents/nobody/proofs").status_code == 404
    for words in ([], ["--from", "1", "--checkpoint"], [documents(data)[0], "--from", "1"]):
        assert meg(data, *words).exit_code == 2


def test_the_last_checkpoint_is_given_out_and_compared_later(data: Path, client: Client) -> None:
    note = meg(data, "--checkpoint").stdout

    answer = client.get(f"{_API}/log/checkpoint").json()
    compared = client.post(f"{_API}/log/checkpoint", json={"checkpoint": note}).json()
    foreign = client.post(f"{_API}/log/checkpoint", json={"checkpoint": "nothing"}).json()

    assert answer["checkpoint"] == note
    assert signed_root(note)[0] == answer["size"] == compared["log"]["size"]
    assert compared["ok"]
    assert not foreign["ok"]
    assert foreign["problems"][0]["code"] == "CHECKPOINT_UNREADABLE"


def test_the_keys_are_listed(data: Path, client: Client) -> None:
    [key] = client.get(f"{_API}/log/keys").json()["keys"]

    line = (data / "keys/log.vkey").read_text(encoding="utf-8").strip()
    assert (key["verifier_key"], key["status"], key["from"], key["to"]) == (
        line,
        "current",
        0,
        None,
    )
