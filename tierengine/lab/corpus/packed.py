"""A corpus written so that it is read soonest: whole numbers without empty cells, in row groups of a good size.

Parquet keeps where cells are empty apart from what they hold, and a truth as one bit. Both take a reader several times
as long as a whole number that is always there, which is kept as a place in a short list of numbers. The file is no
larger.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tierengine.engines.form import Field
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.lab.change.sides import forms_of
from tierengine.lab.corpus import arrow
from tierengine.lab.corpus.arrow import Cells
from tierengine.lab.corpus.cases import Watch, unwatched
from tierengine.lab.corpus.groups import laws_of
from tierengine.lab.corpus.parquet import AT_ONCE, ParquetCorpus, RowGroups, parquet_files, row_groups
from tierengine.law.rulebook import Rulebook

_COMPRESSION = "lz4"
"""Read as soon as what is not compressed, and a little smaller than by Snappy."""


def write_packed(source: Path, target: Path, rulebook: Rulebook, watch: Watch = unwatched) -> int:
    """Write a Parquet file, or a folder of such files, as one file that is read soonest; return its number of cases.

    The target is there as a whole or not at all. Raise `EvidenceError` with everything that is wrong with the source,
    and `UsageError` if the target cannot be written.
    """
    if target.resolve().is_relative_to(source.resolve()):
        cure = "name a file elsewhere, so that no case is read twice"
        raise UsageError([Problem(where=str(target), what="it would be a part of the corpus itself", cure=cure)])
    if source.is_dir() and not parquet_files(source):
        cure = "name Parquet, a file or a folder; a folder of dossiers is read as it is"
        raise EvidenceError([Problem(where=str(source), what="there is no Parquet file in it or below it", cure=cure)])
    parts = row_groups(source, forms_of(laws_of(rulebook)))
    schema = _schema(parts)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with _writing(target), pq.ParquetWriter(partial, schema, compression=_COMPRESSION) as file:
            for part in watch(parts, "packing the cases"):
                file.write_table(_packed(part.corpus(), schema), row_group_size=AT_ONCE)
        with _writing(target):
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return sum(part.rows for part in parts)


def _schema(parts: Sequence[RowGroups]) -> pa.Schema:
    """The columns of the first file; a number is as wide as in the widest of all, so that each finds room."""
    found = [pq.read_schema(path) for path in dict.fromkeys(part.path for part in parts)]
    return pa.schema([_field([schema.field(column.name) for schema in found]) for column in found[0]])


def _field(columns: Sequence[pa.Field]) -> pa.Field:
    """One column of every file as it is written."""
    name = columns[0].name
    types = {column.type for column in columns if not pa.types.is_null(column.type)}
    if not types:
        return pa.field(name, pa.null())
    if all(pa.types.is_boolean(each) or each == pa.int8() for each in types):
        return pa.field(name, pa.int8(), nullable=False)
    if any(pa.types.is_integer(each) for each in types):
        return pa.field(name, pa.int64(), nullable=False)
    return pa.field(name, pa.date32() if any(pa.types.is_date(each) for each in types) else pa.string())


def _packed(corpus: ParquetCorpus, schema: pa.Schema) -> pa.Table:
    """The cases of a part as they are written. Raise `EvidenceError` with the numbers that cannot be."""
    read = {column.name: corpus.cells(column.name) for column in schema}
    problems = [problem for name, cells in read.items() for problem in _impossible(corpus, name, cells)]
    if problems:
        raise EvidenceError(problems)
    columns = [_filled(read[column.name].emptied().cast(column.type), column) for column in schema]
    return pa.table(columns, schema=schema)


def _filled(array: pa.Array, column: pa.Field) -> pa.Array:
    return array if column.nullable else array.fill_null(arrow.NOT_KNOWN)


def _impossible(corpus: ParquetCorpus, name: str, cells: Cells) -> Iterator[Problem]:
    """The numbers of a column that no input may hold: where no cell is empty, -1 would be taken for none."""
    if pa.types.is_integer(cells.array.type):
        field = Field(id=name, type="count")
        rows = arrow.unusable(field, cells, arrow.numbers(cells))
        if rows.size:
            yield corpus.unusable(field, rows)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"cannot be written: {os.strerror(error.errno) if error.errno else error}"
        problem = Problem(where=str(target), what=what, cure="name a file in a folder that may be written to")
        raise UsageError([problem]) from None
