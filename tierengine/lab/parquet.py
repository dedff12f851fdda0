"""A corpus in a Parquet file: one row for each case, one column for each input.

    id            text: what the case is called
    as_of         date, optional: the day whose law decides; else the latest law
    placed        text, optional: where the report placed the case: 1, 2, 2WL, 3 or SC
    INDICATOR     a truth, a whole number from 0 on, or a word of its list
    rating/WORD   a person's rating of an open word: 0 not met, 1 partly met, 2 largely met, 3 met
    judged/WORD   a truth, optional: whether a person rated the open word; else whether there is a rating
    last_report   where the last report placed the country
    limit         how its years on the watch list bind the report

An empty cell is not known. A column that is left out is known of no case.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tierengine.engines.columns import Column, Columns, Numbers, Plane, Truths, all_of, pack, unpack
from tierengine.engines.form import Facts, Field, Form
from tierengine.engines.lowering import judged, rating
from tierengine.engines.safety import LARGEST
from tierengine.errors import EvidenceError, Problem
from tierengine.law.rulebook import Rulebook
from tierengine.terms.tier import Placement

Rows = NDArray[np.intp]
"""Places of cases in a corpus, from 0 on."""

_OF_A_CASE = ("id", "as_of", "placed")
_HOLDS = {"truth": "true or false", "count": "whole numbers", "choice": "text"}
_JUDGED, _RATING = judged(""), rating("")


def read_parquet(path: Path, forms: Iterable[Form], asked: date | None = None) -> ParquetCorpus:
    """Read a corpus whose columns are inputs of some of the forms; with a date, its law decides every case.

    Raise `EvidenceError` with everything that is wrong with the file, its columns, ids, days and placements.
    """
    known: dict[str, Field] = {field.id: field for form in forms for field in form.inputs}
    with _reading(path):
        schema = pq.read_schema(path)
    problems = list(_misnamed(path.name, schema, known))
    if not problems:
        problems = list(_mistyped(path.name, schema, known))
    if problems:
        raise EvidenceError(problems)
    words = [name for name in schema.names if _is_text(schema.field(name).type) and name != "id"]
    # Through one file, not a data set: it gives each row group in one piece, and takes no column from the path.
    with _reading(path):
        table = pq.ParquetFile(path, read_dictionary=words, memory_map=True).read()
    problems = list(_misfilled(path.name, table))
    if problems:
        raise EvidenceError(problems)
    return ParquetCorpus(path.name, table, asked)


def corpus_table(form: Form, names: Sequence[str], records: Sequence[Facts]) -> pa.Table:
    """Return the facts of many cases as the table of a corpus, ready to be written with `pyarrow.parquet`."""
    columns: dict[str, Any] = {"id": pa.array(names, pa.string())}
    for field in form.inputs:
        values = [facts.get(field.id) for facts in records]
        columns[field.id] = pa.array(values, _written(field))
    return pa.table(columns)


def _written(field: Field) -> pa.DataType:
    if field.type == "choice":
        return pa.string()
    return pa.bool_() if field.type == "truth" else pa.int8() if field.numbers else pa.int64()


class ParquetCorpus:
    """The rows of a Parquet file."""

    def __init__(self, name: str, table: pa.Table, asked: date | None) -> None:
        self._name = name
        self._table = table
        self._asked = asked

    @property
    def days(self) -> NDArray[np.datetime64]:
        """The day of each row; not a time where it has none."""
        if self._asked is not None or "as_of" not in self._table.column_names:
            return np.full(self._table.num_rows, self._asked or "NaT", "datetime64[D]")
        days: NDArray[np.datetime64] = self._table["as_of"].to_numpy().astype("datetime64[D]")
        return days

    @property
    def placed(self) -> Sequence[Placement | None]:
        """Where the report placed each row."""
        if "placed" not in self._table.column_names:
            return [None] * self._table.num_rows
        placed: list[Placement | None] = self._table["placed"].to_pylist()
        return placed

    def names(self, rows: Rows) -> list[str]:
        """Return the ids of cases."""
        names: list[str] = self._table["id"].take(pa.array(rows)).to_pylist()
        return names

    def where(self, row: int) -> str:
        """Return where a case stands, for a problem with its day."""
        return _cell(self._name, "as_of", row)

    def part(self, rows: Rows) -> ParquetPart:
        """Return some of the cases."""
        whole = rows.size == self._table.num_rows
        return ParquetPart(self._name, self._table if whole else self._table.take(pa.array(rows)), rows)


class ParquetPart:
    """Some rows. Two rulebooks mostly ask for the same, so that each column is made once for each kind of input."""

    def __init__(self, name: str, table: pa.Table, rows: Rows) -> None:
        self._name = name
        self._table = table
        self._rows = rows
        self._made: dict[Field, tuple[Column | None, tuple[Problem, ...]]] = {}

    def columns(self, _rulebook: Rulebook, form: Form, problems: list[Problem], /) -> Columns:
        """Return the rows as the inputs of a form; what cannot be used is added to the problems, once."""
        found: dict[str, Column] = {}
        for field in form.inputs:
            if field not in self._made:
                wrong: list[Problem] = []
                column = self._column(field, wrong)
                self._made[field] = column, tuple(wrong)
                problems += wrong
            made = self._made[field][0]
            if made is not None:
                found[field.id] = made
        return found

    def _column(self, field: Field, problems: list[Problem]) -> Column | None:
        if field.id not in self._table.column_names:
            return self._judged(field.id) if field.id.startswith(_JUDGED) else None
        array = self._array(field.id)
        if pa.types.is_null(array.type):
            return None
        if not _fits(field, array.type):
            problems.append(_wrong_type(self._name, field, array.type))
            return None
        if field.type == "truth":
            return _truths(array)
        numbers = _places(field, array) if field.type == "choice" else _numbers(array)
        bad = _unusable_places(numbers) if field.type == "choice" else _unusable_numbers(field, numbers)
        if bad.size:
            problems.append(self._unusable(field, array, bad))
            return None
        return numbers

    def _judged(self, name: str) -> Column:
        """A person has rated an open word where there is a rating."""
        everyone = all_of(self._table.num_rows)
        rated = _RATING + name.removeprefix(_JUDGED)
        known = _known(self._array(rated)) if rated in self._table.column_names else np.zeros_like(everyone)
        return Truths(known, everyone ^ known)

    def _array(self, name: str) -> pa.Array:
        found = self._table[name].combine_chunks()
        return found.dictionary_encode() if _is_text(found.type) and not pa.types.is_dictionary(found.type) else found

    def _unusable(self, field: Field, array: pa.Array, bad: NDArray[np.intp]) -> Problem:
        allowed = ", ".join(map(str, field.choices or field.numbers)) or f"a whole number from 0 to {LARGEST}"
        more = f", and {bad.size - 1} more rows hold such values" if bad.size > 1 else ""
        return Problem(
            where=_cell(self._name, field.id, int(self._rows[bad[0]])),
            what=f"it holds `{array[int(bad[0])].as_py()}`{more}",
            cure=f"write {'one of: ' * bool(field.choices or field.numbers)}{allowed}, or leave the cell empty",
        )


# -- the file ---------------------------------------------------------------------------------------------------


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        number = getattr(error, "errno", None)
        what = f"cannot be opened: {os.strerror(number)}" if number else "it is not a Parquet file, or a damaged one"
        problem = Problem(
            where=str(path), what=what, cure="name a Parquet file, or a folder with a dossier.yaml for each case"
        )
        raise EvidenceError([problem]) from None


def _misnamed(file: str, schema: pa.Schema, known: Mapping[str, Field]) -> Iterator[Problem]:
    """Columns that no input has, columns that stand twice, and the missing `id`."""
    names = list(schema.names)
    if "id" not in names:
        yield Problem(where=file, what="it has no column `id`", cure="add one that names each case")
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Problem(where=_column_of(file, name), what="it stands twice", cure="keep one")
        if name not in known and name not in _OF_A_CASE:
            near = get_close_matches(name, [*known, *_OF_A_CASE], 1)
            yield Problem(
                where=_column_of(file, name),
                what="no input of the law has this name, on any date",
                cure=f"did you mean `{near[0]}`? Else leave it out" if near else "correct the name, or leave it out",
            )


def _mistyped(file: str, schema: pa.Schema, known: Mapping[str, Field]) -> Iterator[Problem]:
    for name in schema.names:
        type_ = schema.field(name).type
        if name == "as_of":
            fits, holds = pa.types.is_date(type_) or pa.types.is_null(type_), "dates"
        elif name in _OF_A_CASE:
            fits, holds = _is_text(type_) or (name == "placed" and pa.types.is_null(type_)), "text"
        else:
            fits, holds = pa.types.is_null(type_) or _fits(known[name], type_), _HOLDS[known[name].type]
        if not fits:
            yield Problem(where=_column_of(file, name), what=f"it holds `{type_}`", cure=f"let it hold {holds}")


def _misfilled(file: str, table: pa.Table) -> Iterator[Problem]:
    """No row at all, ids that are missing or stand twice, and placements that no report makes."""
    if not table.num_rows:
        yield Problem(where=file, what="it has no row", cure="name a file with a row for each case")
        return
    names = table["id"]
    if names.null_count:
        row = pc.index(pc.is_null(names), True).as_py()
        yield Problem(where=_cell(file, "id", row), what="the case has no id", cure="give every case its own")
    elif len(pc.unique(names)) < table.num_rows:
        counted = names.value_counts()
        twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
        yield Problem(
            where=_column_of(file, "id"),
            what=f"{len(twice)} ids stand more than once, such as `{twice[0].as_py()}`",
            cure="give every case its own",
        )
    if "placed" in table.column_names and not pa.types.is_null(table["placed"].type):
        placed = table["placed"].combine_chunks()
        wrong = pc.and_(pc.is_valid(placed), pc.invert(pc.is_in(placed, pa.array(get_args(Placement)))))
        row = pc.index(wrong, True).as_py()
        if row >= 0:
            yield Problem(
                where=_cell(file, "placed", row),
                what=f"`{placed[row].as_py()}` is no placement",
                cure=f"write one of: {', '.join(get_args(Placement))}, or leave the cell empty",
            )


def _wrong_type(file: str, field: Field, type_: pa.DataType) -> Problem:
    return Problem(
        where=_column_of(file, field.id), what=f"it holds `{type_}`", cure=f"let it hold {_HOLDS[field.type]}"
    )


def _column_of(file: str, name: str) -> str:
    return f"{file}, column `{name}`"


def _cell(file: str, column: str, row: int) -> str:
    return f"{file}, column `{column}`, row {row + 1}"


# -- one column -------------------------------------------------------------------------------------------------


def _fits(field: Field, type_: pa.DataType) -> bool:
    if field.type == "truth":
        return bool(pa.types.is_boolean(type_))
    return bool(pa.types.is_integer(type_)) if field.type == "count" else _is_text(type_)


def _is_text(type_: pa.DataType) -> bool:
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


def _known(array: pa.Array) -> Plane:
    """Where a column is filled. Arrow keeps that as a plane, or not at all if it is filled everywhere."""
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


def _truths(array: pa.Array) -> Truths:
    known = _known(array)
    shown = _bits(array.buffers()[1], array) & known
    return Truths(shown, known ^ shown)


def _values(array: pa.Array) -> NDArray[np.integer]:
    """The numbers of a column as they lie in memory; anything stands where the column is not filled."""
    values = np.frombuffer(array.buffers()[1], array.type.to_pandas_dtype())
    return values[array.offset : array.offset + len(array)]


def _numbers(array: pa.Array) -> Numbers:
    """The numbers of a column, each in as few bytes as they need: less memory, and compared sooner."""
    found = pc.min_max(array).as_py()
    lowest, highest = found["min"] or 0, found["max"] or 0
    fits = (each for each in _WIDTHS if np.iinfo(each).min <= lowest and highest <= np.iinfo(each).max)
    return Numbers(_values(array).astype(next(fits), casting="unsafe"), _known(array))


_WIDTHS = (np.int8, np.int16, np.int32, np.int64, np.uint64)


def _unusable_numbers(field: Field, numbers: Numbers) -> NDArray[np.intp]:
    """The rows with a number that the input may not hold."""
    values = numbers.values
    fine = np.isin(values, field.numbers) if field.numbers else (values >= 0) & (values <= LARGEST)
    return np.flatnonzero(unpack(numbers.known & ~pack(fine), values.size))


def _places(field: Field, array: pa.Array) -> Numbers:
    """The place of each word in the list of the input; -1 if it is not there."""
    places = {word: place for place, word in enumerate(field.choices)}
    words = np.array([places.get(word, -1) for word in array.dictionary.to_pylist()] + [0], np.int16)
    codes = words[array.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)]
    return Numbers(codes, _known(array))


def _unusable_places(numbers: Numbers) -> NDArray[np.intp]:
    """The rows with a word that is not in the list of the input."""
    return np.flatnonzero(unpack(numbers.known & pack(numbers.values < 0), numbers.values.size))
