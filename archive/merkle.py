"""The Merkle tree of RFC 6962 §2.1 (kept by RFC 9162 §2.1): hashes, proofs, their verification.

Nodes are named by level and index: node (0, i) is the hash of leaf i, node (h, k) covers the
leaves k * 2**h to (k + 1) * 2**h. Only full subtrees are nodes; what hangs at the right edge of an
uneven tree is computed from them. Pure: nodes come through a function, from tiles or a list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Nodes = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """MTH of one leaf: H(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """MTH of two subtrees: H(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: Sequence[bytes]) -> list[bytes]:
    """The same for many."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def row_above(row: Sequence[bytes]) -> list[bytes]:
    """The nodes over each two of a row; one that is left over at its end has none yet."""
    sha256 = hashlib.sha256
    return [sha256(b"\x01" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]


def levels_above(row: Sequence[bytes]) -> list[list[bytes]]:
    """This row and every row of full nodes above it."""
    rows = [list(row)]
    while len(rows[-1]) > 1:
        rows.append(row_above(rows[-1]))
    return rows


def subtree_root(row: Sequence[bytes]) -> bytes:
    """The root over these hashes, all of one level; their number is a power of two."""
    while len(row) > 1:
        row = row_above(row)
    return row[0]


def range_root(nodes: Nodes, start: int, end: int) -> bytes:
    """MTH(D[start:end]), where start is a multiple of the largest power of two below end - start.

    That holds for every range the recursive definition of RFC 6962 produces.
    """
    parts: list[bytes] = []
    while start < end:
        height = (end - start).bit_length() - 1
        parts.append(nodes(height, start >> height))
        start += 1 << height
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root


def tree_root(nodes: Nodes, size: int) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return range_root(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): the hashes that lead from a leaf to the root, leaf's end first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(range_root(nodes, split, end))
            end = split
        else:
            path.append(range_root(nodes, start, split))
            start = split
    return path[::-1]


def consistency_proof(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """PROOF(first, D[second]): the hashes that show the second tree extends the first."""
    if not 0 < first <= second:
        raise ValueError(f"no proof from a tree of {first} to one of {second}")
    path: list[bytes] = []
    start, end, target = 0, second, first
    whole = True
    while target != end:
        split = start + _split(end - start)
        if target <= split:
            path.append(range_root(nodes, split, end))
            end = split
        else:
            path.append(range_root(nodes, start, split))
            start = split
            whole = False
    if not whole:
        path.append(range_root(nodes, start, end))
    return path[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root this proof leads to (RFC 9162 §2.1.3.2); compare it with a signed one.

    Raises:
        ValueError: the proof has the wrong length for this leaf and size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ValueError("proof too long")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        node >>= 1
        last >>= 1
    if last:
        raise ValueError("proof too short")
    return root


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether this proof shows the second tree to extend the first (RFC 9162 §2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    hashes = list(path)
    if first & (first - 1) == 0:
        hashes.insert(0, first_root)
    node, last = first - 1, second - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """The largest power of two smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)
