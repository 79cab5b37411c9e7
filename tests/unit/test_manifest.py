from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ManifestUnreadable
from archive.fsck.manifests import read_manifest
from archive.manifest import (
    Event,
    Manifest,
    StoredObject,
    instant,
    manifest_key,
    object_key,
    parse_manifest,
    received_event,
    received_object,
    writable,
)
from domain.identifiers import Digest

AT = datetime(2026, 11, 21, 12, 30, 0, 123456, tzinfo=UTC)
DOCUMENT = "019aa5b0-0000-7000-8000-000000000001"
OBJECT = StoredObject("main/o/sha256/ab/cd/x", "ab" * 32, "cd" * 64, 1234)
EVENT = Event("decided", DOCUMENT, AT, "meg", {"outcome": "approve", "net": "5200.00"}, "00" * 16)
MANIFEST = Manifest(DOCUMENT, 2, (EVENT, replace(EVENT, type="matched", salt="01" * 16)))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner)
    ),
    max_leaves=8,
)


def received(name: str = "facture.pdf") -> Manifest:
    event = received_event(
        DOCUMENT,
        AT,
        "meg",
        OBJECT,
        name=name,
        source="inbox",
        retain_until=None,
        salt="02" * 16,
    )
    return Manifest(DOCUMENT, 1, (event,))


def test_reads_back_what_it_wrote() -> None:
    assert parse_manifest(MANIFEST.to_bytes()) == MANIFEST
    assert received_object(parse_manifest(received().to_bytes())) == OBJECT


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), json_values))
def test_reads_back_any_payload(payload: dict[str, object]) -> None:
    manifest = Manifest(DOCUMENT, 2, (replace(EVENT, payload=payload),))

    assert parse_manifest(manifest.to_bytes()) == manifest


def test_the_entry_commits_to_every_field_of_the_event() -> None:
    changes: list[Event] = [
        replace(EVENT, type="refused"),
        replace(EVENT, document_id="another"),
        replace(EVENT, at=AT + timedelta(microseconds=1)),
        replace(EVENT, actor="somebody"),
        replace(EVENT, payload={"outcome": "block", "net": "5200.00"}),
        replace(EVENT, salt="ff" * 16),
    ]

    assert len({EVENT.entry(), *(changed.entry() for changed in changes)}) == 7


def test_the_entry_is_the_hash_of_the_canonical_event() -> None:
    text = (
        '{"actor":"meg","at":"2026-11-21T12:30:00.123456Z","document_id":"' + DOCUMENT + '",'
        '"payload":{"net":"5200.00","outcome":"approve"},"salt":"' + "00" * 16 + '",'
        '"type":"decided"}'
    )

    assert EVENT.entry() == hashlib.sha256(text.encode()).digest()


def test_an_instant_has_one_spelling() -> None:
    paris = AT.astimezone(timezone(timedelta(hours=1)))

    assert instant(paris) == instant(AT) == "2026-11-21T12:30:00.123456Z"
    assert instant(AT.replace(microsecond=0)) == "2026-11-21T12:30:00.000000Z"
    with pytest.raises(ValueError, match="naive"):
        instant(AT.replace(tzinfo=None))


def test_a_file_name_that_is_no_text_is_spelled_out() -> None:
    name = b"facture-\xe9.pdf".decode("utf-8", "surrogateescape")

    manifest = received(name)

    assert parse_manifest(manifest.to_bytes()).events[0].payload["name"] == writable(name)
    assert writable(name) == "facture-\\udce9.pdf"


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record.pop("schema"),
        lambda record: record.update(extra=1),
        lambda record: record.update(schema="meg-manifest/2"),
        lambda record: record["events"][0].pop("salt"),
        lambda record: record["events"][0].update(note="added"),
        lambda record: record.update(events="none"),
        lambda record: record["events"][0].update(at="yesterday"),
    ],
)
def test_both_readers_refuse_what_this_program_did_not_write(change: object) -> None:
    record = json.loads(MANIFEST.to_bytes())
    assert callable(change)
    change(record)
    data = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    with pytest.raises(ManifestUnreadable):
        parse_manifest(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        MANIFEST.to_bytes() + b"\n",
        MANIFEST.to_bytes().replace(b":", b": ", 1),
        json.dumps(json.loads(MANIFEST.to_bytes())).encode(),
    ],
)
def test_refuses_anything_but_the_canonical_form(data: bytes) -> None:
    with pytest.raises(ManifestUnreadable):
        parse_manifest(data)
    with pytest.raises(ValueError, match=r".*"):
        read_manifest(data, DOCUMENT, 2)


def test_the_verifier_finds_the_same_entries_by_its_own_code() -> None:
    found = read_manifest(MANIFEST.to_bytes(), DOCUMENT, 2)

    assert [e.entry for e in found.events] == [e.entry() for e in MANIFEST.events]


def test_the_verifier_refuses_a_manifest_under_another_name() -> None:
    for document_id, version in ((DOCUMENT, 3), ("another", 2)):
        with pytest.raises(ValueError, match="another document"):
            read_manifest(MANIFEST.to_bytes(), document_id, version)


@pytest.mark.parametrize("payload", [{}, {"object": {}}, {"object": {"key": "x"}}, {"object": 3}])
def test_refuses_a_received_event_without_an_object(payload: dict[str, object]) -> None:
    manifest = Manifest(DOCUMENT, 1, (replace(EVENT, type="received", payload=payload),))

    with pytest.raises(ManifestUnreadable):
        received_object(manifest)
    with pytest.raises(ValueError, match="which object"):
        read_manifest(manifest.to_bytes(), DOCUMENT, 1)


def test_a_manifest_without_a_received_event_names_no_object() -> None:
    with pytest.raises(ManifestUnreadable, match="no received event"):
        received_object(MANIFEST)


def test_keys_say_what_they_hold() -> None:
    digest = Digest.of(b"x")

    assert (
        object_key("main", digest) == f"main/o/sha256/{digest.hex[:2]}/{digest.hex[2:4]}/{digest}"
    )
    assert manifest_key("main", DOCUMENT, 3) == f"main/m/{DOCUMENT}/v3.json"
