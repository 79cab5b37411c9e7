from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identifiers import (
    Digest,
    member_document_id,
    new_document_id,
    normalise_reference,
)


@pytest.mark.parametrize(
    "written",
    ["BC 04295/26", "bc-4295-26", "BC n° 04295 / 26", "Commande n° BC04295/26", "4295 26"],
)
def test_one_order_however_it_is_written(written: str) -> None:
    assert normalise_reference(written) == normalise_reference("BC 04295/26")


@pytest.mark.parametrize(("left", "right"), [("BC2026-0515", "BC2026-0516"), ("26-1", "26-10")])
def test_different_references_stay_different(left: str, right: str) -> None:
    assert normalise_reference(left) != normalise_reference(right)


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_reference(text)

    assert normalise_reference(once) == once


@given(st.integers(min_value=0, max_value=2**48 - 2))
def test_document_ids_are_version_7_and_sort_by_time(milliseconds: int) -> None:
    earlier, later = new_document_id(milliseconds), new_document_id(milliseconds + 1)

    assert uuid.UUID(earlier).version == 7
    assert uuid.UUID(earlier).variant == uuid.RFC_4122
    assert earlier < later


def test_a_member_has_the_same_id_at_every_opening() -> None:
    container = new_document_id(1_800_000_000_000)

    ids = [member_document_id(container, position) for position in range(3)]

    assert ids == [member_document_id(container, position) for position in range(3)]
    assert len({container, *ids}) == 4
    assert all(uuid.UUID(member).version == 7 for member in ids)


def test_a_digest_is_64_hexadecimal_digits() -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        Digest("ABC")

    assert str(Digest.of(b"")).startswith("e3b0c442")
