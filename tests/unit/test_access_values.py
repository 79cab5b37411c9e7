"""Accesses as values: what is kept of strangers' words, what a batch commits to."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from archive.access import (
    Access,
    Batch,
    Visitor,
    What,
    detail_of,
    is_batch,
    parse_access,
    parse_batch,
)
from archive.access_batches import months_after
from archive.errors import AccessesUnreadable
from archive.fsck.accesses import BatchFact, entries_of, gives
from archive.manifest import StoredObject
from archive.merkle import leaf_hash, root_from_inclusion
from domain.identifiers import new_document_id

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ALICE = Visitor("alice", "web", "192.0.2.7")


def accesses(count: int) -> tuple[Access, ...]:
    return tuple(
        Access(START + timedelta(seconds=n), ALICE, What.OPENED, f"{n:032x}", f"document-{n % 3}")
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("facture d'eau", "facture d'eau"),
        ("12\u202f500\u00a0€", "12\u202f500\u00a0€"),
        ("\x1b[2J\x00\r\n", "\\x1b[2J\\x00\\r\\n"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(query: str, kept: str) -> None:
    detail = detail_of(query=query)

    assert detail["query"] == kept
    assert ("query_sha256" in detail) == (query != kept)


def test_a_huge_query_is_cut_and_its_digest_kept() -> None:
    query = "x" * 3_000_000

    detail = detail_of(query=query, hits=3, supplier=None)

    assert detail == {
        "query": "x" * 500,
        "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
        "query_length": 3_000_000,
        "hits": 3,
    }


def test_details_stay_short_however_much_is_spelled_out() -> None:
    assert len(detail_of(query="\U000e0001" * 500)["query"]) == 500


def test_filters_are_details_too() -> None:
    assert detail_of(filters={"supplier": "\x07", "min": 5}) == {
        "filters": detail_of(supplier="\x07") | {"min": 5}
    }


def test_the_name_of_a_visitor_is_printable_and_short() -> None:
    visitor = Visitor.named("\x1b[31mroot" + "x" * 200, "web", "not an address\n" * 50)

    assert visitor.who.startswith("\\x1b[31mroot")
    assert len(visitor.who) == 64
    assert visitor.client is not None
    assert visitor.client.isprintable()
    assert parse_access(Access(START, visitor, What.LISTED, "ab" * 16).record()).visitor == visitor
    spaced = Visitor.named("Anne\u00a0Dupont", "web")
    assert parse_access(Access(START, spaced, What.LISTED, "ab" * 16).record()).visitor == spaced
    assert len(visitor.client) == 64


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 100])
def test_each_access_is_proved_without_the_others(count: int) -> None:
    batch = Batch(accesses(count))

    paths = batch.paths(range(count))

    for place, (access, path) in enumerate(zip(batch.accesses, paths, strict=True)):
        leaf = leaf_hash(access.entry())
        assert root_from_inclusion(place, count, leaf, path) == batch.root()


def test_a_batch_reads_back_as_it_was_written() -> None:
    batch = Batch(accesses(5))

    assert parse_batch(batch.to_bytes()) == batch


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"schema":"meg-accesses/2","accesses":[]}', b"[" * 100_000, b"\xff"],
)
def test_what_is_no_batch_is_refused(data: bytes) -> None:
    with pytest.raises(AccessesUnreadable):
        parse_batch(data)


def test_a_batch_written_otherwise_is_refused() -> None:
    data = Batch(accesses(2)).to_bytes()

    with pytest.raises(AccessesUnreadable):
        parse_batch(json.dumps(json.loads(data)).encode())


def test_an_access_with_another_field_is_refused() -> None:
    with pytest.raises(ValueError, match="more"):
        parse_access(accesses(1)[0].record() | {"more": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "2026-11-22T09:00:00"},
        {"who": 5},
        {"who": "x" * 65},
        {"client": "\x00"},
        {"what": "eaten"},
        {"salt": "ab"},
        {"document_id": ["one"]},
        {"detail": "none"},
    ],
)
def test_a_damaged_access_is_refused(wrong: dict[str, object]) -> None:
    record = accesses(1)[0].record()

    with pytest.raises((ValueError, TypeError, AttributeError)):
        parse_access(record | wrong)


def test_the_event_of_a_batch_names_nobody() -> None:
    batch = Batch(accesses(4))
    digest = hashlib.sha256(batch.to_bytes()).hexdigest()
    stored = StoredObject(f"main/o/sha256/{digest}", digest, "00" * 64, 1)

    manifest = batch.manifest(stored, START, date(2027, 11, 30), "ab" * 16)

    text = manifest.to_bytes().decode()
    assert all(word not in text for word in ("alice", "192.0.2.7", "document-"))
    payload = manifest.events[0].payload
    assert (payload["count"], payload["root"]) == (4, batch.root().hex())
    assert is_batch(manifest.document_id)
    assert not is_batch(new_document_id(0))


def test_the_verifier_finds_the_same_root() -> None:
    batch = Batch(accesses(11))

    entries = entries_of(batch.to_bytes())

    assert entries == [access.entry() for access in batch.accesses]
    assert gives(BatchFact("key", batch.root().hex(), 11), entries)
    assert not gives(BatchFact("key", batch.root().hex(), 11), entries[:-1])
    assert not gives(BatchFact("key", batch.root().hex(), 11), entries[::-1])


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 36, date(2029, 12, 31)),
    ],
)
def test_months_are_kept_whole(day: date, months: int, last: date) -> None:
    assert months_after(day, months) == last
