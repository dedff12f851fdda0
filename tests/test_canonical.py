"""One byte string per value: what Python's own writer does sooner is what the writer of RFC 8785 does."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tierengine import canonical

TEXTS = st.text() | st.text('\\"/\b\f\n\r\t\x00\x1f\x7f\u2028é\ue000😀')
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(TEXTS, inner),
)


@settings(max_examples=40, deadline=None)
@given(VALUES)
def test_a_value_has_the_bytes_of_rfc_8785(value: Any) -> None:
    """Whatever its keys and texts are made of."""
    assert canonical.encode(value) == rfc8785.dumps(value)


def test_keys_are_ordered_by_their_code_units() -> None:
    """An emoji is written by two units below the last letters of the first plane, and comes before them."""
    assert canonical.encode({"\ue000": 1, "😀": 2, "b": 3, "a": 4}) == '{"a":4,"b":3,"😀":2,"\ue000":1}'.encode()


@pytest.mark.parametrize("value", ["\ud800", 2**53, -(2**53), {1: 2}, {"a": [object()]}, float("nan")])
def test_what_has_no_canonical_bytes_is_refused(value: Any) -> None:
    """As the writer of RFC 8785 refuses it."""
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical.encode(value)


def test_floats_are_written_as_rfc_8785_asks() -> None:
    """Python writes them otherwise."""
    assert canonical.encode([1.0, 1e21, 0.000001]) == b"[1,1e+21,0.000001]"
