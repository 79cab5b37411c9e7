"""Mutated files of every kind, through the reader in a guarded child: no crash, no bug, no excess.

The mutations are of our own making and drawn from a seeded generator: every run reads the same
files. `MEG_FUZZ_FILES` sets how many, for a long run by hand.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.isolation import ExaminerPool
from tests.mutated_pdfs import GOOD, LINEAR, PACKED, PLAIN

DATA = Path(__file__).parent.parent / "data"
SAMPLE = Path(__file__).parent.parent.parent / "api" / "sample" / "inbox"
MOST_BYTES = 500 << 20
FILES = int(os.environ.get("MEG_FUZZ_FILES", "400"))
BUGS = frozenset({"ING-ISO-01", "ING-ISO-02", "ING-ISO-03", "ING-ISO-04"})
_TOKENS = (
    b"<", b">", b"&", b"]]>", b"<!--", b"<![CDATA[", b"<?", b'"', b"\x00", b"\xff\xfe",
    b"obj", b"endobj", b"stream\n", b"endstream", b"/Length 99999", b"/Kids [1 0 R]", b"/Filter",
    b"<<", b">>", b"[" * 50, b"(" * 50, b"startxref", b"PK\x03\x04", b"--b\r\n", b"=?utf-8?q?",
    b"-1", b"9" * 400, b"1e9999", b"NaN", b"0000-00-00", b"\xed\xa0\x80", "\u202e".encode(), b"\r",
)  # fmt: skip


def _container() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("f.xml", (DATA / "ubl_every_field.xml").read_bytes())
    return buffer.getvalue()


def _message() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Facture"
    message.set_content("Bonjour")
    message.add_attachment(GOOD, maintype="application", subtype="pdf", filename="f.pdf")
    return message.as_bytes()


def _seeds() -> list[bytes]:
    files = [*sorted(DATA.glob("*.xml")), *sorted(SAMPLE.iterdir())]
    return [p.read_bytes() for p in files] + [GOOD, PACKED, PLAIN, LINEAR, _container(), _message()]


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.choice((1, 20, 500, 100_000))]


def _repeat(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    piece = bytes(data[start : start + chance.choice((1, 10, 200, 4000))])
    data[start:start] = piece * chance.choice((2, 50, 1000))


def _token(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 4, 20))):
        at = chance.randrange(len(data) + 1)
        data[at:at] = chance.choice(_TOKENS)


def _number(data: bytearray, chance: random.Random) -> None:
    """Another number where a digit stands."""
    places = [n for n in range(len(data)) if 0x30 <= data[n] <= 0x39]
    if places:
        at = chance.choice(places)
        data[at : at + 1] = chance.choice((b"0", b"-1", b"4294967296", b"9" * 30, b"1.5e3", b""))


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip, _cut, _repeat, _token, _number,
)  # fmt: skip


def mutated(seeds: list[bytes], number: int) -> bytes:
    """The file of this number."""
    chance = random.Random(number)  # noqa: S311 - the same files each time is what is wanted
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 5))):
        chance.choice(MUTATIONS)(data, chance)
        if not data:
            break
    return bytes(data[: 8 << 20])


def _children() -> list[int]:
    """The processes that this one started and that are alive."""
    threads = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def _peak(child: int) -> int:
    """The most memory that a process held, in bytes."""
    status = Path(f"/proc/{child}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


@pytest.mark.slow
def test_no_mutated_file_brings_a_reader_down() -> None:
    seeds = _seeds()
    fell: dict[int, str] = {}

    with ExaminerPool(1, validate=False) as pool:
        files = ((mutated(seeds, number), "f") for number in range(FILES))
        for number, examination in enumerate(pool.examine_all(files)):
            reading = examination.reading
            codes = {r.code for r in reading.remarks}
            codes |= {reading.error.code} if reading.error is not None else set()
            if codes & BUGS:
                fell[number] = str(reading.error or reading.remarks)
        # Those of this pool alone: other tests of the run had larger children.
        peaks = [_peak(child) for child in _children()]

    assert fell == {}
    assert peaks
    assert max(peaks) < MOST_BYTES
