"""Arrow's columns as those of the engine: truths as planes, without going through each, and numbers as they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tierengine.engines.columns import Numbers, Plane, Truths, all_of, pack, unpack
from tierengine.engines.form import Field
from tierengine.engines.safety import LARGEST

NOT_KNOWN = -1
"""What stands for an empty cell in a column of whole numbers that has none."""

_NO_ROWS: NDArray[np.intp] = np.empty(0, np.intp)


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


def is_text(type_: pa.DataType) -> bool:
    """Say whether a column holds text, plain or by dictionary."""
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


@dataclass(frozen=True)
class Cells:
    """A column of a file as it lies in memory."""

    array: pa.Array
    never_empty: bool
    """Whether a number says what is not known, for want of empty cells."""

    @cached_property
    def known(self) -> Plane:
        """Where the column is filled. Arrow keeps that as a plane, or not at all if it is filled everywhere."""
        if self.never_empty:
            return pack(self.values != NOT_KNOWN)
        everyone = all_of(len(self.array))
        if pa.types.is_null(self.array.type):
            return np.zeros_like(everyone)
        buffer = self.array.buffers()[0]
        return everyone if buffer is None else _bits(buffer, self.array) & everyone

    @cached_property
    def values(self) -> NDArray[np.integer]:
        """The numbers of the column, each in as few bytes as they need: less memory, and compared sooner.

        Anything stands where the column is not filled.
        """
        values = _values(self.array)
        if values.dtype == np.int8:
            return values
        lowest, highest = (int(values.min()), int(values.max())) if values.size else (0, 0)
        wide = (each for each in _WIDTHS if np.iinfo(each).min <= lowest and highest <= np.iinfo(each).max)
        return values.astype(next(wide))

    def emptied(self) -> pa.Array:
        """Return the column with empty cells where it is not known."""
        if not self.never_empty:
            return self.array
        buffers = [pa.py_buffer(self.known), pa.py_buffer(_values(self.array))]
        return pa.Array.from_buffers(self.array.type, len(self.array), buffers)


_WIDTHS = (np.int8, np.int16, np.int32, np.int64, np.uint64)


def _values(array: pa.Array) -> NDArray[np.integer]:
    """The numbers of a column as they lie in memory."""
    values = np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype())
    return values[array.offset : array.offset + len(array)]


def _bits(buffer: pa.Buffer, array: pa.Array) -> Plane:
    """The bits of a buffer that belong to an array, without copying where it begins with a whole byte."""
    bits = np.frombuffer(buffer, np.uint8)
    first, length = array.offset, len(array)
    if first % 8:
        loose = np.unpackbits(bits, count=first + length, bitorder="little")[first:]
        return pack(loose.view(np.bool_))
    return bits[first // 8 : first // 8 + -(-length // 8)]


def truths(cells: Cells) -> Truths:
    """Return a column of truths as planes; of numbers, 1 is true and 0 is not."""
    if cells.never_empty:
        return Truths(pack(cells.values == 1), pack(cells.values == 0))
    shown = _bits(cells.array.buffers()[1], cells.array) & cells.known
    return Truths(shown, cells.known ^ shown)


def untrue(cells: Cells) -> NDArray[np.intp]:
    """Return the rows of a column of truths with a number that stands for none."""
    values = cells.values if cells.never_empty else _NO_ROWS
    if not values.size or (values.min() >= NOT_KNOWN and values.max() <= 1):
        return _NO_ROWS  # as mostly, which is sooner seen than each row is looked at
    return np.flatnonzero((values < NOT_KNOWN) | (values > 1))


def numbers(cells: Cells) -> Numbers:
    """Return the numbers of a column, and where there is one."""
    return Numbers(cells.values, cells.known)


def unusable(field: Field, cells: Cells, numbers: Numbers) -> NDArray[np.intp]:
    """Return the rows with a number that an input may not hold, or with a word that is not in its list."""
    values = numbers.values
    if not values.size:
        return _NO_ROWS
    lowest, highest = int(values.min()), int(values.max())
    if cells.never_empty and lowest == NOT_KNOWN:
        lowest = 0  # the least that a number can then be
    if _within(field, lowest, highest):
        return _NO_ROWS
    if field.type == "choice":
        fine = values >= 0
    else:
        fine = _among(values, field.numbers) if field.numbers else (values >= 0) & (values <= LARGEST)
    return _rows(numbers.known & ~pack(fine), values.size)


def _rows(plane: Plane, count: int) -> NDArray[np.intp]:
    """The rows on which a plane is set; mostly there are none, which is sooner seen than each is looked at."""
    return np.flatnonzero(unpack(plane, count)) if plane.any() else _NO_ROWS


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


def places(field: Field, cells: Cells) -> Numbers:
    """Return the place of each word in the list of the input; -1 if it is not there."""
    array = cells.array if pa.types.is_dictionary(cells.array.type) else cells.array.dictionary_encode()
    listed = {word: place for place, word in enumerate(field.choices)}
    words = np.array([*(listed.get(word, -1) for word in array.dictionary.to_pylist()), 0], np.int16)
    # An empty cell may point at anything, also past the last word.
    return Numbers(words.take(_values(array.indices), mode="clip"), cells.known)
