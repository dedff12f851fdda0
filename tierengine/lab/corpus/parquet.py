"""A corpus in Parquet, a file or a folder of files: one row for each case, one column for each input.

    id            text: what the case is called
    as_of         date, optional: the day whose law decides; else the latest law
    placed        text, optional: where the report placed the case: 1, 2, 2WL, 3 or SC
    INDICATOR     a truth, a whole number from 0 on, or a word of its list
    INDICATOR.at_least, INDICATOR.at_most
                  the bounds of a count whose own cell is empty; either may be empty
    rating/WORD   a person's rating of an open word: 0 not met, 1 partly met, 2 largely met, 3 met
    judged/WORD   a truth, optional: whether a person rated the open word; else whether there is a rating
    last_report   where the last report placed the country
    limit         how its years on the watch list bind the report

An empty cell is not known. A column that is left out is known of no case. The files of a folder have the same columns.
A column of whole numbers that its file declares to have no empty cell says by -1 what is not known; in such a column a
truth is 1 or 0. So written, a corpus is read in a third of the time.

A file is read some row groups at a time, so that a corpus may be larger than memory. Whether an id stands twice is
looked up in a corpus that is read in one part; of a larger one that would take more memory than all else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tierengine import canonical
from tierengine.engines.columns import Column, Columns, Greatest, Numbers, Truths, all_of, pack, some_of, unpack
from tierengine.engines.ends import may_be_bounded
from tierengine.engines.form import Field, Form
from tierengine.engines.lowering import judged, rating
from tierengine.engines.safety import LARGEST
from tierengine.errors import EvidenceError, Problem
from tierengine.lab.corpus import arrow
from tierengine.lab.corpus.arrow import Cells
from tierengine.law.rulebook import Rulebook
from tierengine.terms.tier import Placement

Rows = NDArray[np.intp]
"""Places of cases in a corpus, from 0 on."""

AT_ONCE = 1 << 18
"""Rows that are read at once, if their row groups are no larger."""

MOST_ROWS = 1 << 22
"""Rows of a row group, which is read as a whole; past it memory would not stay small."""

SOME = 3
"""How many columns are named by which two files differ."""

_NO_ROWS: Rows = np.empty(0, np.intp)
_OF_A_CASE = ("id", "as_of", "placed")
_HOLDS = {"truth": "true or false", "count": "whole numbers", "choice": "text"}
_JUDGED, _RATING = judged(""), rating("")


@dataclass(frozen=True, slots=True)
class RowGroups:
    """Row groups of a file that stand one after the other: what is read at once."""

    path: Path
    groups: tuple[int, ...]
    first: int
    """How many rows of the file stand before them."""
    rows: int
    footer: str
    """The digest of the file's footer, by which another machine sees that it reads the same file."""
    asked: date | None
    """The date whose law decides every case, if one was asked for."""
    changed: int
    """When the file was last changed, in nanoseconds."""
    whole: bool
    """Whether they are all of the corpus."""

    @property
    def state(self) -> str:
        """What distinguishes them from any others, and from themselves once the file is changed."""
        return f"{self.path.absolute()} {self.groups} {self.footer} {self.changed} {self.asked}"

    def corpus(self) -> ParquetCorpus:
        """Return the cases. Raise `EvidenceError` with everything that is wrong with ids, days and placements."""
        with _reading(self.path):
            if _footer(self.path) != self.footer:
                problem = Problem(
                    where=str(self.path),
                    what="it is not the file that it was at the beginning, or another machine has another one there",
                    cure="leave the corpus alone while it is read, and give every machine the same files",
                )
                raise EvidenceError([problem])
            corpus = ParquetCorpus(self)
        problems = list(_misfilled(corpus))
        if problems:
            raise EvidenceError(problems)
        return corpus


def row_groups(path: Path, forms: Iterable[Form], asked: date | None = None) -> tuple[RowGroups, ...]:
    """Return the parts of a Parquet file or of a folder of such files, whose columns are inputs of some of the forms.

    With a date, its law decides every case. Raise `EvidenceError` with everything that is wrong with the files and
    their columns.
    """
    known: dict[str, Field] = {field.id: field for form in forms for field in _fields(form)}
    known |= {end: Field(id=end, type="count") for field in known.values() for end in _ends(field)}
    paths = parquet_files(path) if path.is_dir() else [path]
    found: list[RowGroups] = []
    problems: list[Problem] = []
    columns: frozenset[str] = frozenset()
    for each in paths:
        try:
            with _reading(each):
                metadata, footer, changed = pq.read_metadata(each), _footer(each), each.stat().st_mtime_ns
                schema = metadata.schema.to_arrow_schema()
        except EvidenceError as error:
            problems += error.problems
            continue
        problems += list(_misnamed(each.name, schema, known)) or list(_mistyped(each.name, schema, known))
        columns = columns or frozenset(schema.names)
        problems += _differing(each.name, paths[0].name, frozenset(schema.names), columns)
        problems += _too_large(each, metadata)
        found += _bundles(RowGroups(each, (), 0, 0, footer, asked, changed, whole=False), metadata)
    if not problems and not sum(part.rows for part in found):
        problems.append(Problem(where=path.name, what="it has no row", cure="name a file with a row for each case"))
    if problems:
        raise EvidenceError(problems)
    found = [part for part in found if part.rows]
    return tuple(replace(part, whole=len(found) == 1) for part in found)


def parquet_files(folder: Path) -> list[Path]:
    """Return the Parquet files below a folder, in the order of their names."""
    return sorted(folder.rglob("*.parquet"))


@lru_cache(maxsize=8)
def _metadata(path: Path, _footer: str) -> pq.FileMetaData:
    """What the footer of a file holds, read once for all its parts: of a large file it is large."""
    return pq.read_metadata(path)


def _footer(path: Path) -> str:
    """The digest of the size of a file and of its footer, which holds the place and the content of every page."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 8, 0))
        length = int.from_bytes(file.read(4), "little")
        file.seek(max(size - 8 - length, 0))
        return canonical.digest(size.to_bytes(8, "little") + file.read())


def _bundles(of: RowGroups, metadata: pq.FileMetaData) -> Iterator[RowGroups]:
    """Yield the row groups of a file, small ones together."""
    first, rows = 0, 0
    groups: list[int] = []
    for number in range(metadata.num_row_groups):
        more = metadata.row_group(number).num_rows
        if groups and rows + more > AT_ONCE:
            yield replace(of, groups=tuple(groups), first=first, rows=rows)
            first, rows, groups = first + rows, 0, []
        rows += more
        groups.append(number)
    yield replace(of, groups=tuple(groups), first=first, rows=rows)


def _differing(file: str, first: str, names: frozenset[str], expected: frozenset[str]) -> Iterator[Problem]:
    """Yield how the columns of a file are not those of the first."""
    for what, which in (("lacks", expected - names), ("alone has", names - expected)):
        if which:
            listed = ", ".join(f"`{name}`" for name in sorted(which)[:SOME])
            more = f" and {len(which) - SOME} more" if len(which) > SOME else ""
            yield Problem(
                where=file,
                what=f"its columns differ from those of {first}: it {what} {listed}{more}",
                cure="give every file of the folder the same columns; one of which nothing is known may be empty",
            )


def _too_large(path: Path, metadata: pq.FileMetaData) -> Iterator[Problem]:
    """Yield the row groups that would not fit into memory."""
    for number in range(metadata.num_row_groups):
        rows = metadata.row_group(number).num_rows
        if rows > MOST_ROWS:
            yield Problem(
                where=f"{path.name}, row group {number + 1}",
                what=f"it has {rows:,} rows, and one is read as a whole",
                cure=f"write the file in row groups of {AT_ONCE:,} rows; more than {MOST_ROWS:,} are not read",
            )


def _fields(form: Form) -> tuple[Field, ...]:
    """The inputs of a form, and the comparisons that may be answered directly."""
    return *form.inputs, *form.answerable()


def _ends(field: Field) -> tuple[str, ...]:
    """The columns that hold the bounds of a count."""
    return (f"{field.id}.at_least", f"{field.id}.at_most") if may_be_bounded(field) else ()


@dataclass(frozen=True, slots=True)
class _Made:
    """A column as an input takes it, and the rows that hold something else; no column if nothing is known of it."""

    column: Column | None
    unusable: Rows
    problem: Problem | None = None
    """What is wrong with the column as a whole."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A column of whole numbers as it stands in the file, and what is wrong with it."""

    numbers: Numbers
    problem: Problem | None = None


class ParquetCorpus:
    """The rows of some row groups. A column is read when first asked for, and kept as planes or narrow numbers."""

    def __init__(self, part: RowGroups) -> None:
        self.whole = part.whole
        self.file = part.path.name
        self._part = part
        self._metadata = _metadata(part.path, part.footer)
        self._schema = schema = self._metadata.schema.to_arrow_schema()
        self._names = set(schema.names)
        self._words = [name for name in schema.names if arrow.is_text(schema.field(name).type) and name != "id"]
        self._count = part.rows
        self._opened = threading.local()
        self._held: dict[str, Cells] = {}
        self._made: dict[Field, _Made] = {}
        self.days: NDArray[np.datetime64] = np.full(self._count, part.asked or "NaT", "datetime64[D]")
        if part.asked is None and "as_of" in self._names:
            self.days = self.array("as_of").to_numpy(zero_copy_only=False).astype("datetime64[D]")

    @cached_property
    def placed(self) -> pa.Array:
        """Where the report placed each row, as text; empty where it is not known."""
        return self.array("placed") if "placed" in self._names else pa.nulls(self._count, pa.string())

    def reports(self, rows: Rows) -> list[Placement | None]:
        """Return where a report placed cases, if that is known."""
        reports: list[Placement | None] = self.placed.take(pa.array(rows)).to_pylist()
        return reports

    def names(self, rows: Rows) -> list[str]:
        """Return the ids of cases."""
        names: list[str] = self.ids.take(pa.array(rows)).to_pylist()
        return names

    @cached_property
    def ids(self) -> pa.Array:
        """The column `id`."""
        return self.array("id")

    @property
    def unnamed(self) -> int:
        """How many cases have no id: as the footer says, if it does, so that the ids need not be read for it."""
        place = self._metadata.schema.to_arrow_schema().names.index("id")
        chunks = (self._metadata.row_group(group).column(place).statistics for group in self._part.groups)
        counts = [None if found is None or not found.has_null_count else found.null_count for found in chunks]
        return sum(n for n in counts if n is not None) if None not in counts else int(self.ids.null_count)

    def where(self, row: int) -> str:
        """Return where a case stands, for a problem with its day."""
        return self.cell("as_of", row)

    def cell(self, column: str, row: int) -> str:
        """Return where a cell stands, the row counted from the beginning of the file."""
        return f"{_column_of(self.file, column)}, row {self._part.first + row + 1}"

    def part(self, rows: Rows) -> ParquetPart:
        """Return some of the cases."""
        return ParquetPart(self, rows)

    def array(self, name: str) -> pa.Array:
        """Return a column of the file, empty where it is not known. Raise `EvidenceError` if it cannot be read."""
        return self.cells(name).emptied()

    def cells(self, name: str) -> Cells:
        """Return a column as it stands in the file. Raise `EvidenceError` if it cannot be read."""
        held = self._held.pop(name, None)
        if held is not None:
            return held
        # One file, and not a data set: no column comes from its path, and each row group is read in one piece.
        with _reading(self._part.path):
            read = self._file.read_row_groups(self._part.groups, columns=[name], use_threads=False)
            column = read[name]
            array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        return Cells(array, arrow.never_empty(self._schema.field(name)))

    @property
    def _file(self) -> pq.ParquetFile:
        """The file, opened once in each thread, since a reader is not made for several."""
        file: pq.ParquetFile | None = getattr(self._opened, "file", None)
        if file is None:
            given = {"metadata": self._metadata, "read_dictionary": self._words}
            file = self._opened.file = pq.ParquetFile(self._part.path, **given)
        return file

    def made(self, fields: Sequence[Field]) -> list[_Made]:
        """Return columns as inputs take them. Those not asked for before are unpacked, on all processors if need be."""
        missing = [field for field in fields if field not in self._made]
        if self.whole:
            with ThreadPoolExecutor() as pool:
                self._made |= zip(missing, pool.map(self._make, missing), strict=True)
        else:  # the processors are busy with other parts
            self._made |= ((field, self._make(field)) for field in missing)
        return [self._made[field] for field in fields]

    def unusable(self, field: Field, rows: Rows) -> Problem:
        """Return the problem that rows hold what an input may not."""
        listed = field.choices or field.numbers or ((0, 1) if field.type == "truth" else ())
        allowed = ", ".join(map(str, listed)) or f"a whole number from 0 to {LARGEST}"
        more = f", and {rows.size - 1} more rows hold such values" if rows.size > 1 else ""
        filled = arrow.never_empty(self._schema.field(field.id))
        unknown = f"or {arrow.NOT_KNOWN} where it is not known" if filled else "or leave the cell empty"
        return Problem(
            where=self.cell(field.id, int(rows[0])),
            what=f"it holds `{self.array(field.id)[int(rows[0])].as_py()}`{more}",
            cure=f"write {'one of: ' * bool(listed)}{allowed}, {unknown}",
        )

    def _make(self, field: Field) -> _Made:
        if self._names.intersection(_ends(field)):
            return self._bounded(field)
        if field.id not in self._names:
            return _Made(self._judged(field.id) if field.id.startswith(_JUDGED) else None, _NO_ROWS)
        cells = self.cells(field.id)
        if pa.types.is_null(cells.array.type):
            return _Made(None, _NO_ROWS)
        if not arrow.fits(field, self._schema.field(field.id)):
            return _Made(None, _NO_ROWS, _wrong_type(self.file, field.id, cells.array.type, _HOLDS[field.type]))
        if field.type == "truth":
            return _Made(arrow.truths(cells), arrow.untrue(cells))
        numbers = arrow.places(field, cells) if field.type == "choice" else arrow.numbers(cells)
        return _Made(numbers, arrow.unusable(field, cells, numbers))

    def _bounded(self, field: Field) -> _Made:
        """A count of which some rows hold bounds: the least and the greatest number of each row."""
        made = [self._count_column(name) for name in (field.id, *_ends(field))]
        wrong = [each.problem for each in made if each.problem is not None]
        if wrong:
            return _Made(None, _NO_ROWS, wrong[0])
        exact, least, most = (each.numbers for each in made)
        known = [unpack(numbers.known, self._count) for numbers in (exact, least, most)]
        low = np.where(known[0], exact.values, np.where(known[1], least.values, 0))
        high = np.where(known[0], exact.values, most.values)
        ended = known[0] | known[2]
        clash = np.flatnonzero((known[0] & (known[1] | known[2])) | (ended & (low > high)))
        if clash.size:
            problem = Problem(
                where=self.cell(field.id, int(clash[0])),
                what="its number and its bounds do not go together",
                cure="leave the number or the bounds of a row empty, and let `at_least` be no more than `at_most`",
            )
            return _Made(None, _NO_ROWS, problem)
        column = Numbers(low, pack(known[0] | known[1] | known[2]), Greatest(high, pack(ended)))
        return _Made(column, _NO_ROWS)

    def _count_column(self, name: str) -> _Counted:
        """A column of whole numbers; known of no row where there is none."""
        field = Field(id=name, type="count")
        cells = self.cells(name) if name in self._names else Cells(pa.nulls(self._count), never_empty=False)
        if pa.types.is_null(cells.array.type):
            return _Counted(Numbers(np.zeros(self._count, np.int64), cells.known))
        numbers = arrow.numbers(cells)
        rows = arrow.unusable(field, cells, numbers)
        problem = self.unusable(field, rows) if rows.size else None
        return _Counted(replace(numbers, values=numbers.values.astype(np.int64)), problem)

    def _judged(self, name: str) -> Column:
        """A person has rated an open word where there is a rating."""
        everyone = all_of(self._count)
        rated = _RATING + name.removeprefix(_JUDGED)
        if rated not in self._names:
            return Truths(np.zeros_like(everyone), everyone)
        cells = self._held[rated] = self.cells(rated)  # the rating itself is asked for soon
        return Truths(cells.known, everyone ^ cells.known)


class ParquetPart:
    """Some rows of a file."""

    def __init__(self, corpus: ParquetCorpus, rows: Rows) -> None:
        self._corpus = corpus
        self._rows = rows
        self._cut: dict[int, Column] = {}

    def columns(self, _rulebook: Rulebook, form: Form, problems: list[Problem], /) -> Columns:
        """Return the rows as the inputs of a form; what cannot be used is added to the problems, once."""
        fields = _fields(form)
        made = list(zip(fields, self._corpus.made(fields), strict=True))
        for each, found in made:
            wrong = [found.problem] if found.problem is not None else []
            if found.unusable.size and (bad := np.intersect1d(found.unusable, self._rows)).size:
                wrong.append(self._corpus.unusable(each, bad))
            problems += (problem for problem in wrong if problem not in problems)
        return {each.id: self._of_rows(found.column) for each, found in made if found.column is not None}

    def _of_rows(self, column: Column) -> Column:
        """The rows of a column of the file; cut once, since the laws that are compared ask for most of them alike."""
        if self._rows.size == self._corpus.days.size:
            return column
        if id(column) not in self._cut:  # the file keeps its columns, so that no other takes its place
            self._cut[id(column)] = some_of(column, self._rows)
        return self._cut[id(column)]


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
            fits, holds = arrow.is_text(type_) or (name == "placed" and pa.types.is_null(type_)), "text"
        else:
            fits = pa.types.is_null(type_) or arrow.fits(known[name], schema.field(name))
            holds = _HOLDS[known[name].type]
        if not fits:
            yield _wrong_type(file, name, type_, holds)


def _misfilled(corpus: ParquetCorpus) -> Iterator[Problem]:
    """Ids that are missing or stand twice, and placements that no report makes."""
    if corpus.unnamed:
        row = pc.index(pc.is_null(corpus.ids), True).as_py()
        yield Problem(where=corpus.cell("id", row), what="the case has no id", cure="give every case its own")
    elif corpus.whole and len(pc.unique(corpus.ids)) < len(corpus.ids):
        counted = corpus.ids.value_counts()
        twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
        yield Problem(
            where=_column_of(corpus.file, "id"),
            what=f"{len(twice)} ids stand more than once, such as `{twice[0].as_py()}`",
            cure="give every case its own",
        )
    words = set(pc.unique(corpus.placed).to_pylist()) - {None, *get_args(Placement)}
    for word in sorted(words):
        yield Problem(
            where=corpus.cell("placed", pc.index(corpus.placed.cast(pa.string()), word).as_py()),
            what=f"`{word}` is no placement",
            cure=f"write one of: {', '.join(get_args(Placement))}, or leave the cell empty",
        )


def _wrong_type(file: str, name: str, type_: pa.DataType, holds: str) -> Problem:
    return Problem(where=_column_of(file, name), what=f"it holds `{type_}`", cure=f"let it hold {holds}")


def _column_of(file: str, name: str) -> str:
    return f"{file}, column `{name}`"
