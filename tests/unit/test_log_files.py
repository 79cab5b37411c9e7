"""Tiles, entry bundles and the growing edge, against C2SP tlog-tiles and the whole tree."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.edge import Edge
from archive.fsck import layout
from archive.merkle import leaf_hash, subtree_root, tree_root
from archive.tiles import (
    bundle_path,
    pack_bundle,
    tile_path,
    tile_width,
    unpack_bundle,
    unpack_tile,
)


def entry(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def root_of(count: int) -> bytes:
    hashes = [leaf_hash(entry(i)) for i in range(count)]
    return tree_root(
        lambda height, index: subtree_root(hashes[index << height : (index + 1) << height]), count
    )


def grown(steps: Sequence[int]) -> tuple[Edge, dict[str, bytes]]:
    """An edge that grew by these numbers of entries, loaded anew at each step, and its files."""
    files: dict[str, bytes] = {}
    size = 0
    edge = Edge(0, [], [])
    for step in steps:
        edge = Edge.load(size, files.__getitem__)
        files |= dict(edge.append([entry(i) for i in range(size, size + step)]))
        files |= dict(edge.open_files())
        size += step
    return edge, files


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (67, 256, "tile/0/067"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1000, 8, "tile/0/x001/000.p/8"),
    ],
)
def test_paths_are_those_of_the_specification(number: int, width: int, path: str) -> None:
    assert tile_path(0, number, width) == path
    assert bundle_path(number, width) == path.replace("tile/0", "tile/entries")


@given(st.integers(0, 10**12), st.integers(1, 256), st.integers(0, 5))
def test_the_verifier_spells_and_reads_paths_alike(number: int, width: int, level: int) -> None:
    assert layout.path_of(level, number, width) == tile_path(level, number, width)
    assert layout.path_of(layout.ENTRIES, number, width) == bundle_path(number, width)

    found = layout.listing([tile_path(level, number, width), bundle_path(number, width)])

    assert found.tiles == {(level, number): {width}, (layout.ENTRIES, number): {width}}
    assert not found.unknown


STRANGERS = [
    *("tile/0/1", "tile/0/x000/001", "tile/0/000.p/256", "tile/0/000.p/08", "tile/0/0000"),
    *("checkpoint/01", "checkpoint/-1", "checkpoint/", "notes.txt", "tile/00/000"),
]


@pytest.mark.parametrize("path", STRANGERS)
def test_the_verifier_knows_what_has_no_business_in_a_log(path: str) -> None:
    assert layout.listing([path]).unknown == [path]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    assert unpack_bundle(pack_bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_refuses_a_bundle_that_is_cut_off(data: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        unpack_bundle(data)


@pytest.mark.parametrize("data", [b"", b"x" * 31, b"x" * 33])
def test_refuses_a_tile_that_is_not_whole_hashes(data: bytes) -> None:
    with pytest.raises(ValueError, match="no tile"):
        unpack_tile(data)


def test_tile_widths_follow_from_the_size() -> None:
    size = 70_000  # the example of the specification: 273 full tiles and one of 112

    assert tile_width(0, 272, size) == 256
    assert tile_width(0, 273, size) == 112
    assert tile_width(0, 274, size) == 0
    assert tile_width(1, 0, size) == 256
    assert tile_width(1, 1, size) == 17
    assert tile_width(2, 0, size) == 1


def test_a_log_of_70000_entries_has_the_files_of_the_specification() -> None:
    _, files = grown([70_000])

    names = set(files)
    assert len([n for n in names if n.startswith("tile/entries/")]) == 274
    assert len([n for n in names if n.startswith("tile/0/")]) == 274
    assert {n for n in names if n.startswith(("tile/1/", "tile/2/"))} == {
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    }
    assert "tile/0/273.p/112" in names


@pytest.mark.parametrize("count", [1, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 66000])
def test_the_edge_has_the_root_of_the_whole_tree(count: int) -> None:
    edge, _ = grown([count])

    assert edge.root() == root_of(count)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=6))
def test_growing_in_steps_gives_the_same_root_and_full_files(steps: list[int]) -> None:
    edge, files = grown(steps)
    at_once, expected = grown([sum(steps)])

    assert edge.root() == at_once.root()
    assert {n: files[n] for n in expected} == expected


def test_loading_refuses_a_bundle_that_is_not_its_tiles() -> None:
    _, files = grown([300])
    files["tile/entries/001.p/44"] = pack_bundle([entry(0)] * 44)

    with pytest.raises(ValueError, match="does not hash"):
        Edge.load(300, files.__getitem__)


def test_loading_refuses_a_tile_of_another_width() -> None:
    _, files = grown([300])
    files["tile/1/000.p/1"] *= 2

    with pytest.raises(ValueError, match="holds 2"):
        Edge.load(300, files.__getitem__)
