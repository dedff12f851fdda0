"""Arrow's columns as those of the engine: truths as planes, without going through each, and numbers as they lie."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tierengine.engines.columns import Numbers, Plane, Truths, all_of, pack, unpack
from tierengine.engines.form import Field
from tierengine.engines.safety import LARGEST

NOT_KNOWN = -1
"""What stands for an empty cell in a column of whole numbers that has none."""


def fits(field: Field, column: pa.Field) -> bool:
    """Say whether a column of a file can be an input."""
    if field.type == "truth":
        return bool(pa.types.is_boolean(column.type)) or never_empty(column)
    return bool(pa.types.is_integer(column.type)) if field.type == "count" else is_text(column.type)


def never_empty(column: pa.Field) -> bool:
    """Say whether a column of whole numbers is declared to have no empty cell, so that it says not known by a number.

    Where cells are empty must be read from marks of their own, which takes several times as long as the numbers do.
    """
    return bool(pa.types.is_integer(column.type)) and not column.nullable


def emptied(array: pa.Array) -> pa.Array:
    """Return a column that has no empty cell with empty ones where it says that a number is not known."""
    values = _values(array)
    return pa.Array.from_buffers(
        array.type, len(array), [pa.py_buffer(pack(values != NOT_KNOWN)), pa.py_buffer(values)]
    )


def is_text(type_: pa.DataType) -> bool:
    """Say whether a column holds text, plain or by dictionary."""
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


def known(array: pa.Array) -> Plane:
    """Return where a column is filled. Arrow keeps that as a plane, or not at all if it is filled everywhere."""
    everyone = all_of(len(array))
    if pa.types.is_null(array.type):
        return np.zeros_like(everyone)
    buffer = array.buffers()[0]
    return everyone if buffer is None else _bits(buffer, array) & everyone


def _bits(buffer: pa.Buffer, array: pa.Array) -> Plane:
    """The bits of a buffer that belong to an array, without copying where it begins with a whole byte."""
    bits = np.frombuffer(buffer, np.uint8)
    first, length = array.offset, len(array)
    if first % 8:
        loose = np.unpackbits(bits, count=first + length, bitorder="little")[first:]
        return pack(loose.view(np.bool_))
    return bits[first // 8 : first // 8 + -(-length // 8)]


def truths(array: pa.Array) -> Truths:
    """Return a column of truths as planes; of numbers, 1 is true and 0 is not."""
    filled = known(array)
    if pa.types.is_integer(array.type):
        values = _values(array)
        return Truths(pack(values == 1) & filled, pack(values == 0) & filled)
    shown = _bits(array.buffers()[1], array) & filled
    return Truths(shown, filled ^ shown)


def _values(array: pa.Array) -> NDArray[np.integer]:
    """The numbers of a column as they lie in memory; anything stands where the column is not filled."""
    values = np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype())
    return values[array.offset : array.offset + len(array)]


def numbers(array: pa.Array) -> Numbers:
    """Return the numbers of a column, each in as few bytes as they need: less memory, and compared sooner."""
    if array.type == pa.int8():
        return Numbers(_values(array), known(array))
    values = _values(array)
    lowest, highest = (int(values.min()), int(values.max())) if values.size else (0, 0)
    wide = (each for each in _WIDTHS if np.iinfo(each).min <= lowest and highest <= np.iinfo(each).max)
    return Numbers(values.astype(next(wide)), known(array))


_WIDTHS = (np.int8, np.int16, np.int32, np.int64, np.uint64)


def untrue(array: pa.Array) -> NDArray[np.intp]:
    """Return the rows of a column of truths with a number that stands for none."""
    if pa.types.is_boolean(array.type):
        return np.empty(0, np.intp)
    found = truths(array)
    return _rows(known(array) ^ found.shown ^ found.refuted, len(array))


def unusable(field: Field, numbers: Numbers) -> NDArray[np.intp]:
    """Return the rows with a number that an input may not hold, or with a word that is not in its list."""
    values = numbers.values
    if not values.size or _within(field, int(values.min()), int(values.max())):
        return np.empty(0, np.intp)  # as mostly, which is sooner seen than each row is looked at
    if field.type == "choice":
        fine = values >= 0
    else:
        fine = _among(values, field.numbers) if field.numbers else (values >= 0) & (values <= LARGEST)
    return _rows(numbers.known & ~pack(fine), values.size)


def _rows(plane: Plane, count: int) -> NDArray[np.intp]:
    """The rows on which a plane is set; mostly there are none, which is sooner seen than each is looked at."""
    return np.flatnonzero(unpack(plane, count)) if plane.any() else np.empty(0, np.intp)


def _within(field: Field, lowest: int, highest: int) -> bool:
    """Whether an input may hold every number from one to another."""
    if field.type == "choice":
        return lowest >= 0
    if field.numbers:
        return highest - lowest < len(field.numbers) and set(range(lowest, highest + 1)) <= set(field.numbers)
    return lowest >= 0 and highest <= LARGEST


def _among(values: NDArray[np.integer], numbers: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where values are among a few numbers: each is compared with all values, which is sooner than a look-up."""
    fine = np.zeros(values.shape, np.bool_)
    for number in numbers:
        fine |= values == number
    return fine


def places(field: Field, array: pa.Array) -> Numbers:
    """Return the place of each word in the list of the input; -1 if it is not there."""
    array = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    listed = {word: place for place, word in enumerate(field.choices)}
    words = np.array([listed.get(word, -1) for word in array.dictionary.to_pylist()] + [0], np.int16)
    codes = words[array.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)]
    return Numbers(codes, known(array))
