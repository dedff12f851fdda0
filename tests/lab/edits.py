"""Edited copies of a rulebook, and Parquet files made up for tests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import SMALL
from tierengine.engines.form import Bounds, Facts, Field, Form

Edit = tuple[str, str, str]
"""A file of the rulebook, what stands there, and what is to stand there instead."""

STRICTER_SCOPE: Edit = ("criteria/SCOPE/2000-10-28.yaml", "at_least: 100", "at_least: 101")
MORE_PUNISHED: Edit = ("criteria/STANDARD/2000-10-28.yaml", "punished, at_least: 1", "punished, at_least: 2")
FEWER_PROMISES: Edit = ("criteria/GROUND/2000-10-28.yaml", "promises, at_least: 9", "promises, at_least: 8")
MORE_PROMISES: Edit = ("criteria/GROUND/2000-10-28.yaml", "promises, at_least: 9", "promises, at_least: 10")
NO_SHELTER: Edit = (
    "criteria/EFFORTS/2000-10-28.yaml",
    "{all: [{indicator: shelter, is: true}, {judgement: significance, at_least: met}]}",
    "{judgement: significance, at_least: met}",
)
WRITTEN_OTHERWISE: Edit = (
    "criteria/GROUND/2000-10-28.yaml",
    "{any: [{indicator: increase, is: false}, {indicator: promises, at_least: 9}]}",
    "{not: {all: [{indicator: promises, at_most: 8}, {indicator: increase, is: true}]}}",
)
UNREACHED: Edit = (
    "criteria/GROUND/2000-10-28.yaml",
    "{indicator: promises, at_least: 9}",
    "{indicator: promises, at_least: 9}, {all: [{indicator: promises, at_least: 12}, {indicator: increase, is: true}]}",
)


def edited(folder: Path, *edits: Edit, of: Path = SMALL) -> Path:
    """Return a copy of a rulebook, in a folder, in which some words stand otherwise."""
    for room in ("criteria", "rules"):
        shutil.copytree(of / room, folder / room)
    for name, before, after in edits:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    return folder


def parquet(path: Path, columns: Mapping[str, Sequence[Any] | pa.Array]) -> Path:
    """Write a Parquet file and return it."""
    pq.write_table(pa.table(dict(columns)), path)
    return path


def corpus_table(form: Form, names: Sequence[str], records: Sequence[Facts]) -> pa.Table:
    """Return the facts of many cases as the table of a corpus."""
    columns: dict[str, Any] = {"id": pa.array(names, pa.string())}
    for field in (*form.inputs, *form.answerable()):
        values = [facts.get(field.id) for facts in records]
        exact = [None if isinstance(value, Bounds) else value for value in values]
        columns[field.id] = pa.array(exact, _written(field))
        if any(isinstance(value, Bounds) for value in values):
            for end in ("at_least", "at_most"):
                columns[f"{field.id}.{end}"] = pa.array([getattr(value, end, None) for value in values], pa.int64())
    return pa.table(columns)


def _written(field: Field) -> pa.DataType:
    if field.type == "choice":
        return pa.string()
    return pa.bool_() if field.type == "truth" else pa.int8() if field.numbers else pa.int64()
