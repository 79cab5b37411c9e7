from __future__ import annotations

import base64
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.checkpoint import Checkpoint, Signer, Verifier, read_checkpoint
from archive.errors import KeyFileUnreadable, NoteUnreadable
from archive.fsck.notes import read_note
from archive.keys import load_or_create_signer, load_verifier

# The example of the signed note format in the documentation of golang.org/x/mod/sumdb/note.
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
).encode()

ROOT = bytes(range(32))
SIGNER = Signer("meg.local/main", Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
NOTE = SIGNER.sign(Checkpoint("meg.local/main", 70_000, ROOT))


def test_believes_a_note_signed_by_another_program() -> None:
    assert Verifier.from_verifier_key(EXAMPLE_KEY).has_signed(EXAMPLE_NOTE)


def test_does_not_believe_a_changed_note() -> None:
    verifier = Verifier.from_verifier_key(EXAMPLE_KEY)

    assert not verifier.has_signed(EXAMPLE_NOTE.replace(b"answer", b"Answer"))


def test_a_checkpoint_is_a_note_of_three_lines_and_a_signature() -> None:
    lines = NOTE.decode().split("\n")

    assert lines[:4] == ["meg.local/main", "70000", base64.b64encode(ROOT).decode(), ""]
    assert lines[4].startswith("— meg.local/main ")
    assert lines[5:] == [""]


def test_reads_back_what_it_signed() -> None:
    assert read_checkpoint(NOTE) == Checkpoint("meg.local/main", 70_000, ROOT)
    assert SIGNER.verifier.has_signed(NOTE)


def test_signing_twice_gives_the_same_note() -> None:
    assert SIGNER.sign(read_checkpoint(NOTE)) == NOTE


def test_a_verifier_key_survives_being_written_down() -> None:
    text = SIGNER.verifier.verifier_key

    assert Verifier.from_verifier_key(text) == SIGNER.verifier


@pytest.mark.parametrize(
    "text",
    ["", "name", "a+b", EXAMPLE_KEY.replace("c74f20a3", "c74f20a4"), EXAMPLE_KEY[:-4], "a+b+c"],
)
def test_refuses_what_is_no_verifier_key(text: str) -> None:
    with pytest.raises(NoteUnreadable):
        Verifier.from_verifier_key(text)


def test_another_name_or_key_has_not_signed() -> None:
    other = Signer("meg.local/main", Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    renamed = Verifier("meg.local/other", SIGNER.verifier.public)

    assert not other.verifier.has_signed(NOTE)
    assert not renamed.has_signed(NOTE)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"text only\n",
        b"text\n\nno signature\n",
        "text\n\n— name not-base64!\n".encode(),
        b"\xff\xfe\n\n",
        NOTE.replace(b"70000", b"070000"),
        NOTE.replace(b"70000", b"-70000"),
        NOTE.replace(b"\n\n", b"\nanother line\n\n"),
        NOTE.removesuffix(b"\n"),
    ],
)
def test_refuses_what_is_no_checkpoint(note: bytes) -> None:
    with pytest.raises(NoteUnreadable):
        read_checkpoint(note)


def test_every_changed_byte_of_a_checkpoint_is_noticed_by_both_readers() -> None:
    key = SIGNER.verifier.verifier_key
    for place in range(len(NOTE)):
        changed = NOTE[:place] + bytes([NOTE[place] ^ 1]) + NOTE[place + 1 :]

        found = read_note(changed, key)

        assert found is None or not found.signed
        with suppress(NoteUnreadable):
            assert not SIGNER.verifier.has_signed(changed)


def test_the_verifier_reads_the_same_checkpoint() -> None:
    found = read_note(NOTE, SIGNER.verifier.verifier_key)

    assert found is not None
    assert (found.size, found.root, found.signed) == (70_000, ROOT, True)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.pem"

    made = load_or_create_signer(path, "meg.local/main")
    again = load_or_create_signer(path, "meg.local/main")

    assert made.verifier == again.verifier == load_verifier(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(p.name for p in path.parent.iterdir()) == ["log.pem", "log.vkey"]


@pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_refuses_a_damaged_key_file_instead_of_making_a_new_key(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "log.pem"
    path.write_bytes(content)

    with pytest.raises(KeyFileUnreadable):
        load_or_create_signer(path, "meg.local/main")

    assert path.read_bytes() == content


def test_says_when_the_public_key_is_gone(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnreadable, match="vkey"):
        load_verifier(tmp_path / "log.pem")
