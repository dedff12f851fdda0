"""The Merkle tree of the entries: roots, inclusion proofs and consistency proofs.

A tree is known by its complete subtrees alone: the node (level, index) covers the 2**level leaves from
index * 2**level on. A leaf is hashed behind a zero byte and a node behind a one, so that neither can pass for the
other. Every hash is 32 bytes of SHA-256.

Source: RFC 6962, section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Node = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree by its level and index."""


def leaf_hash(raw: bytes) -> bytes:
    """Return the hash of a leaf that holds these bytes."""
    return hashlib.sha256(b"\x00" + raw).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(size: int, leaf: bytes, node: Node) -> Iterator[tuple[int, int, bytes]]:
    """Yield level, index and hash of every subtree that one more leaf completes in a tree of some size."""
    level, index, found = 0, size, leaf
    yield level, index, found
    while index % 2:
        found = node_hash(node(level, index - 1), found)
        level, index = level + 1, index // 2
        yield level, index, found


def peaks(size: int) -> list[tuple[int, int]]:
    """Return level and index of the largest complete subtrees of a tree, from the right; together they are the tree."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]


def root(size: int, node: Node) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _subtree(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """Return the proof that leaf `index` is in the tree of the first `size` leaves: hashes from the leaf upwards."""
    return tuple(_path(index, 0, size, node))


def consistency(old: int, size: int, node: Node) -> tuple[bytes, ...]:
    """Return the proof that the tree of the first `old` leaves is the beginning of that of the first `size`."""
    return tuple(_grown(old, 0, size, node, whole=True)) if 0 < old < size else ()


def includes(proof: Sequence[bytes], index: int, size: int, leaf: bytes, top: bytes) -> bool:
    """Return whether a proof shows that a leaf's hash stands at `index` in the tree of that size and root."""
    if not 0 <= index < size:
        return False
    found, last, rest = leaf, size - 1, list(proof)
    while last:
        if not rest and not (index == last and index % 2 == 0):
            return False
        if index % 2:
            found = node_hash(rest.pop(0), found)
        elif index < last:
            found = node_hash(found, rest.pop(0))
        index, last = index // 2, last // 2
    return not rest and found == top


def extends(proof: Sequence[bytes], old: int, old_top: bytes, size: int, top: bytes) -> bool:
    """Return whether a proof shows that a tree of one size and root is the beginning of another."""
    if old == size:
        return not proof and old_top == top
    if old == 0:
        return not proof and old_top == EMPTY
    if old > size or not proof:
        return False
    rest, index, last = list(proof), old - 1, size - 1
    while index % 2:
        index, last = index // 2, last // 2
    first = second = rest.pop(0) if index else old_top
    while last:
        if index % 2 or index < last:
            if not rest:
                return False
            beside = rest.pop(0)
            if index % 2:
                first, second = node_hash(beside, first), node_hash(beside, second)
            else:
                second = node_hash(second, beside)
        index, last = index // 2, last // 2
    return not rest and first == old_top and second == top


def _subtree(first: int, last: int, node: Node) -> bytes:
    """The hash over the leaves from `first` until `last`."""
    width = last - first
    if width & (width - 1) == 0:
        return node(width.bit_length() - 1, first // width)
    middle = first + _split(width)
    return node_hash(_subtree(first, middle, node), _subtree(middle, last, node))


def _path(index: int, first: int, last: int, node: Node) -> Iterator[bytes]:
    if last - first == 1:
        return
    middle = first + _split(last - first)
    if index < middle:
        yield from _path(index, first, middle, node)
        yield _subtree(middle, last, node)
    else:
        yield from _path(index, middle, last, node)
        yield _subtree(first, middle, node)


def _grown(old: int, first: int, last: int, node: Node, *, whole: bool) -> Iterator[bytes]:
    """What an old tree, of the leaves before `old`, lacks of the subtree from `first` until `last`."""
    if old == last:
        if not whole:
            yield _subtree(first, last, node)
        return
    middle = first + _split(last - first)
    if old <= middle:
        yield from _grown(old, first, middle, node, whole=whole)
        yield _subtree(middle, last, node)
    else:
        yield from _grown(old, middle, last, node, whole=False)
        yield _subtree(first, middle, node)


def _split(width: int) -> int:
    """The largest power of two below a width of two leaves or more."""
    return 1 << (width - 1).bit_length() - 1
