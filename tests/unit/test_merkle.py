"""RFC 6962 hashing against published vectors, an independent library, and its own laws.

The vectors are those of the Certificate Transparency reference code (`merkletree` test data),
which RFC 6962 and RFC 9162 implementations share.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from archive.fsck import tree as second_reading
from archive.merkle import (
    EMPTY_ROOT,
    Nodes,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    root_from_inclusion,
    subtree_root,
    tree_root,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_OF_FIRST_IN_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
PROOF_FROM_SIX_TO_EIGHT = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

entries = st.lists(st.binary(max_size=40), min_size=1, max_size=300)


def nodes_over(leaves: Sequence[bytes]) -> Nodes:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    return lambda height, index: subtree_root(hashes[index << height : (index + 1) << height])


def root_over(leaves: Sequence[bytes]) -> bytes:
    return tree_root(nodes_over(leaves), len(leaves))


def test_roots_are_the_published_ones() -> None:
    assert [root_over(LEAVES[: n + 1]).hex() for n in range(8)] == ROOTS


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert tree_root(nodes_over([]), 0) == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")


def test_an_inclusion_proof_is_the_published_one() -> None:
    path = inclusion_proof(nodes_over(LEAVES), 0, 8)

    assert [h.hex() for h in path] == PATH_OF_FIRST_IN_EIGHT


def test_a_consistency_proof_is_the_published_one() -> None:
    path = consistency_proof(nodes_over(LEAVES), 6, 8)

    assert [h.hex() for h in path] == PROOF_FROM_SIX_TO_EIGHT


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100, 255, 256, 257])
def test_agrees_with_an_independent_library(size: int) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    leaves = [f"leaf {i}".encode() for i in range(size)]
    for leaf in leaves:
        oracle.append_entry(leaf)

    assert root_over(leaves) == oracle.get_root(size)
    assert root_over(leaves[: size // 2 + 1]) == oracle.get_root(size // 2 + 1)
    for index in {0, size // 2, size - 1}:
        theirs = set(oracle.prove_inclusion(index + 1, size).path)
        ours = inclusion_proof(nodes_over(leaves), index, size)
        assert theirs == {leaf_hash(leaves[index]), *ours}


@given(entries, st.data())
def test_every_leaf_has_a_proof_that_leads_to_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))

    path = inclusion_proof(nodes_over(leaves), index, len(leaves))

    found = root_from_inclusion(index, len(leaves), leaf_hash(leaves[index]), path)
    assert found == root_over(leaves)


@given(entries, st.data())
def test_no_proof_leads_to_the_root_from_anything_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(nodes_over(leaves), index, size)
    root, leaf = root_over(leaves), leaf_hash(leaves[index])

    assert root_from_inclusion(index, size, leaf_hash(leaves[index] + b"!"), path) != root
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        other = [*path[:place], leaf_hash(path[place]), *path[place + 1 :]]
        assert root_from_inclusion(index, size, leaf, other) != root
        with pytest.raises(ValueError, match="too short"):
            root_from_inclusion(index, size, leaf, path[:-1])
    with pytest.raises(ValueError, match="too long"):
        root_from_inclusion(index, size, leaf, [*path, root])


@given(entries, st.data())
def test_every_tree_is_consistent_with_each_of_its_beginnings(
    leaves: list[bytes], data: st.DataObject
) -> None:
    second = len(leaves)
    first = data.draw(st.integers(1, second))

    path = consistency_proof(nodes_over(leaves), first, second)

    assert is_consistent(first, root_over(leaves[:first]), second, root_over(leaves), path)


@given(entries, st.data())
def test_a_rewritten_past_is_never_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    second = len(leaves)
    first = data.draw(st.integers(1, second))
    changed = data.draw(st.integers(0, first - 1))
    forged = [*leaves[:changed], leaves[changed] + b"!", *leaves[changed + 1 :]]

    path = consistency_proof(nodes_over(forged), first, second)

    old_root = root_over(leaves[:first])
    assert not is_consistent(first, old_root, second, root_over(forged), path)


@given(entries, st.data())
def test_a_tampered_consistency_proof_is_refused(leaves: list[bytes], data: st.DataObject) -> None:
    second = len(leaves)
    first = data.draw(st.integers(1, second))
    path = consistency_proof(nodes_over(leaves), first, second)
    roots = root_over(leaves[:first]), root_over(leaves)

    assert not is_consistent(first, roots[0], second, roots[1], [*path, roots[0]])
    if path:
        assert not is_consistent(first, roots[0], second, roots[1], path[:-1])
        place = data.draw(st.integers(0, len(path) - 1))
        other = [*path[:place], leaf_hash(path[place]), *path[place + 1 :]]
        assert not is_consistent(first, roots[0], second, roots[1], other)


@given(entries)
def test_the_verifier_hashes_the_same_tree_from_its_own_code(leaves: list[bytes]) -> None:
    hashes = [second_reading.leaf(leaf) for leaf in leaves]

    assert second_reading.root_of(second_reading.peaks_of(hashes)) == root_over(leaves)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (8, 8)])
def test_refuses_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(nodes_over(LEAVES), index, size)
    with pytest.raises(ValueError, match="not in a tree"):
        root_from_inclusion(index, size, EMPTY_ROOT, [])


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3)])
def test_refuses_a_proof_between_impossible_sizes(first: int, second: int) -> None:
    with pytest.raises(ValueError, match="no proof"):
        consistency_proof(nodes_over(LEAVES), first, second)
    assert not is_consistent(first, EMPTY_ROOT, second, EMPTY_ROOT, [EMPTY_ROOT])
