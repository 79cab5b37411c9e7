"""No bytes whatever make the reader raise: they become a reading or a failure with a reason."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.records import canonical, reading_record
from ingest.reader import read

DATA = Path(__file__).parent.parent / "data"
SEEDS = [path.read_bytes() for path in sorted(DATA.glob("*_*.xml"))[:6]]
OPENINGS = st.sampled_from(
    [b"", b"<", b"<?xml", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe<\x00", b"From: a\nTo: b\n"]
)


def check(data: bytes) -> None:
    reading = read(data, "any")

    assert canonical(reading_record(reading))
    if reading.error is not None:
        assert reading.error.code.startswith("ING-")
        assert reading.error.hint
    else:
        assert reading.kind


@settings(deadline=None)
@given(OPENINGS, st.binary(max_size=400))
def test_random_bytes_are_read_or_refused(opening: bytes, rest: bytes) -> None:
    check(opening + rest)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_damaged_invoices_are_read_or_refused(seed: bytes, choices: st.DataObject) -> None:
    start = choices.draw(st.integers(0, len(seed)))
    length = choices.draw(st.integers(0, 200))
    patch = choices.draw(st.binary(max_size=60))

    check(seed[:start] + patch + seed[start + length :])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SEEDS), st.text(max_size=40), st.integers(0, 200))
def test_any_text_in_any_element_is_read_or_refused(seed: bytes, text: str, position: int) -> None:
    parts = seed.split(b">")
    place = position % (len(parts) - 1)
    inside = text.replace("<", "").replace("&", "").encode("utf-8", "ignore")
    parts[place + 1] = inside + parts[place + 1]

    check(b">".join(parts))
