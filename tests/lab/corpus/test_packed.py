"""A corpus that is packed gives the same answer, of whatever types its columns were, and nothing false is packed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import SMALL, Ran
from tests.lab import edits
from tests.lab.change.test_impact import small_records
from tests.lab.corpus.test_parts import QUESTIONS, answer_of, folder_of, words
from tests.lab.edits import corpus_table, edited, parquet
from tierengine.engines.lowering import lower
from tierengine.lab.corpus import parquet as reader
from tierengine.law.rulebook import Rulebook

CASES = 200


@pytest.fixture
def table(small: Rulebook) -> pa.Table:
    """Random cases of the small rulebook."""
    return corpus_table(lower(small.latest()), [f"c{n}" for n in range(CASES)], small_records(CASES, 5))


def packed(corpus: Path, file: Path, tierengine: Callable[..., Ran]) -> Ran:
    """What the command said."""
    return tierengine("audit", "pack", corpus, file, "--rulebook", SMALL)


def test_a_packed_corpus_gives_the_same_answer(
    table: pa.Table, tmp_path: Path, own_cache: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder of several files to one, read in several parts, and packed a second time."""
    del own_cache
    folder = folder_of(tmp_path / "folder", table, [150, CASES - 150], 40)
    monkeypatch.setattr(reader, "AT_ONCE", 50)
    ran = packed(folder, tmp_path / "once.parquet", tierengine)
    assert (ran.code, ran.err) == (0, "")
    assert f"holds the {CASES} cases" in ran.out
    assert packed(tmp_path / "once.parquet", tmp_path / "twice.parquet", tierengine).code == 0
    changed = edited(tmp_path / "new", edits.FEWER_PROMISES, edits.STRICTER_SCOPE)
    for verb in QUESTIONS:
        expected = answer_of(tierengine(*words(verb, folder, changed)), folder)
        for name in ("once.parquet", "twice.parquet"):
            assert answer_of(tierengine(*words(verb, tmp_path / name, changed)), tmp_path / name) == expected
    assert sorted(path.name for path in tmp_path.glob("*parquet*")) == ["once.parquet", "twice.parquet"]


def test_columns_are_kept_as_what_they_are(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Truths and numbers without empty cells, days and words with them, and what is nowhere known as that."""
    columns: dict[str, Sequence[Any] | pa.Array] = {
        "id": ["a", "b"],
        "as_of": pa.array([date(2007, 1, 1), None], pa.date64()),
        "placed": pa.array(["2WL", None]).dictionary_encode(),
        "forbidden": [True, None],
        "victims": pa.array([None, 300], pa.uint16()),
        "last_report": pa.nulls(2),
        "rating/significance": pa.array([None, 3], pa.int8()),
    }
    assert packed(parquet(tmp_path / "c.parquet", columns), tmp_path / "d.parquet", tierengine).code == 0
    found = pq.read_table(tmp_path / "d.parquet")
    assert found.to_pydict() == {
        "id": ["a", "b"],
        "as_of": [date(2007, 1, 1), None],
        "placed": ["2WL", None],
        "forbidden": [1, -1],
        "victims": [-1, 300],
        "last_report": [None, None],
        "rating/significance": [-1, 3],
    }
    always = [column.name for column in found.schema if not column.nullable]
    assert always == ["forbidden", "victims", "rating/significance"]


def test_a_number_that_would_be_taken_for_none_is_not_packed(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """It is refused as by the other commands, and no file is left."""
    source = parquet(tmp_path / "c.parquet", {"id": ["a", "b"], "victims": [5, -1]})
    ran = packed(source, tmp_path / "d.parquet", tierengine)
    assert (ran.code, ran.out) == (1, "")
    assert "c.parquet, column `victims`, row 2: it holds `-1`\n    write a whole number from 0" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["c.parquet"]


def test_what_cannot_be_packed(table: pa.Table, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """In a folder that is not there, within the corpus, whose cases would then stand twice, or of no Parquet."""
    folder = folder_of(tmp_path / "folder", table, [CASES], CASES)
    ran = packed(folder, tmp_path / "nowhere" / "d.parquet", tierengine)
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be written: No such file or directory" in ran.err
    ran = packed(folder, folder / "d.parquet", tierengine)
    assert (ran.code, ran.out) == (2, "")
    assert "it would be a part of the corpus itself" in ran.err
    assert [path.name for path in folder.iterdir()] == ["part-0.parquet"]
    ran = packed(SMALL, tmp_path / "d.parquet", tierengine)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no Parquet file in it or below it" in ran.err
