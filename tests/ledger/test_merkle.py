"""The Merkle tree against a version of RFC 6962 that hashes whole lists of leaves."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from tierengine.ledger import merkle

VECTORS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The leaves with which logs of certificates are tested, in hexadecimal."""

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

leaves = st.lists(st.binary(max_size=3), min_size=1, max_size=40)


class Tree:
    """A tree that grows leaf by leaf and keeps its complete subtrees."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        for size, raw in enumerate(leaves):
            for level, index, found in merkle.completed(size, merkle.leaf_hash(raw), self.node):
                self.nodes[level, index] = found

    def node(self, level: int, index: int) -> bytes:
        """Give a complete subtree."""
        return self.nodes[level, index]


def plain(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if len(leaves) == 0:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + plain(leaves[:k]) + plain(leaves[k:])).digest()


def test_the_roots_are_those_of_other_logs() -> None:
    """The eight roots that implementations of RFC 6962 are tested with."""
    raw = [bytes.fromhex(each) for each in VECTORS]
    tree = Tree(raw)
    assert [merkle.root(size, tree.node).hex() for size in range(1, 9)] == ROOTS
    assert merkle.root(0, tree.node) == merkle.EMPTY


@given(leaves)
def test_the_root_of_every_size(raw: list[bytes]) -> None:
    """A grown tree has the root of each of its sizes."""
    tree = Tree(raw)
    for size in range(len(raw) + 1):
        assert merkle.root(size, tree.node) == plain(raw[:size])


@given(leaves, st.data())
def test_inclusion(raw: list[bytes], data: st.DataObject) -> None:
    """Every leaf is proved, and neither another leaf, place, size, root nor a changed proof is taken."""
    tree = Tree(raw)
    size = data.draw(st.integers(1, len(raw)))
    index = data.draw(st.integers(0, size - 1))
    top, leaf = plain(raw[:size]), merkle.leaf_hash(raw[index])
    proof = merkle.inclusion(index, size, tree.node)
    assert merkle.includes(proof, index, size, leaf, top)
    assert not merkle.includes(proof, index, size, merkle.leaf_hash(b"other"), top)
    assert not merkle.includes((*proof, leaf), index, size, leaf, top)
    assert not merkle.includes(proof, index, size, leaf, leaf if size > 1 else b"\x00" * 32)
    assert not merkle.includes(proof, size, size, leaf, top)
    for place in range(len(proof)):
        changed = (*proof[:place], bytes(32), *proof[place + 1 :])
        assert not merkle.includes(changed, index, size, leaf, top)
        assert not merkle.includes(proof[:place] + proof[place + 1 :], index, size, leaf, top)


@given(leaves, st.data())
def test_consistency(raw: list[bytes], data: st.DataObject) -> None:
    """Every earlier tree is proved to be the beginning, and a tree with another beginning is not."""
    tree = Tree(raw)
    size = data.draw(st.integers(0, len(raw)))
    old = data.draw(st.integers(0, size))
    before, after = plain(raw[:old]), plain(raw[:size])
    proof = merkle.consistency(old, size, tree.node)
    assert merkle.extends(proof, old, before, size, after)
    if old:
        assert not merkle.extends(proof, old, bytes(32), size, after)
        assert not merkle.extends(proof, old, before, size, bytes(32))
    assert not merkle.extends((*proof, bytes(32)), old, before, size, after)
    assert not merkle.extends(proof, size + 1, before, size, after)
    for place in range(len(proof)):
        changed = (*proof[:place], bytes(32), *proof[place + 1 :])
        assert not merkle.extends(changed, old, before, size, after)
