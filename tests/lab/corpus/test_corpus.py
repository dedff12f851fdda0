"""A corpus from Parquet or from dossiers: what goes in comes out, and everything that is wrong is reported at once."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, SMALL, Ran
from tests.engines.test_columns import random_records
from tests.lab.edits import corpus_table, parquet
from tierengine.engines.columns import ColumnEngine, facts_of
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Form
from tierengine.engines.lowering import lower
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.corpus.cases import Dossiers, divide, parts_of
from tierengine.lab.corpus.parquet import ParquetCorpus, row_groups
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.admission import admit


def form_of(rulebook: Rulebook) -> Form:
    """The form of the latest law."""
    return lower(rulebook.latest())


def read_parquet(path: Path, forms: list[Form], asked: date | None = None) -> ParquetCorpus:
    """The cases of a small file, which is read at once."""
    (part,) = row_groups(path, forms, asked)
    return part.corpus()


def read_back(path: Path, rulebook: Rulebook, rows: list[int]) -> list[dict[str, Any]]:
    """The facts that some rows of a file give."""
    form, problems = form_of(rulebook), []  # type: ignore[var-annotated]
    columns = read_parquet(path, [form]).part(np.array(rows)).columns(rulebook, form, problems)
    assert not problems
    return [facts_of(form, columns, place) for place in range(len(rows))]


@pytest.mark.parametrize("row_group", [1000, 37, 8])
def test_facts_that_are_written_are_read_back(row_group: int, rulebook: Rulebook, tmp_path: Path) -> None:
    """All of them, in one piece or in several, and any selection of rows."""
    form = form_of(rulebook)
    records = random_records(form, 100, 1)
    path = tmp_path / "corpus.parquet"
    pq.write_table(corpus_table(form, [f"c{n}" for n in range(100)], records), path, row_group_size=row_group)
    assert read_back(path, rulebook, list(range(100))) == records
    some = random.Random(2).sample(range(100), 41)
    assert read_back(path, rulebook, some) == [records[row] for row in some]
    assert read_parquet(path, [form]).names(np.array([3, 99])) == ["c3", "c99"]


@pytest.mark.parametrize("type_", [pa.int16(), pa.int64()], ids=str)
def test_columns_without_empty_cells_give_the_same_facts(type_: pa.DataType, small: Rulebook, tmp_path: Path) -> None:
    """-1 is not known, and truths are 1 and 0; so too the bounds of a count, and whether a word was judged."""
    form = form_of(small)
    records = random_records(form, 100, 3)
    table = without_empty_cells(corpus_table(form, [f"c{n}" for n in range(100)], records), type_)
    assert {"victims.at_most", "judged/significance"} <= {each.name for each in table.schema if not each.nullable}
    pq.write_table(table, tmp_path / "c.parquet", row_group_size=37)
    assert read_back(tmp_path / "c.parquet", small, list(range(100))) == records
    pq.write_table(table.drop(["judged/significance"]), tmp_path / "d.parquet")
    judged = [facts["judged/significance"] for facts in read_back(tmp_path / "d.parquet", small, list(range(100)))]
    assert judged == ["rating/significance" in facts for facts in records]


def without_empty_cells(table: pa.Table, type_: pa.DataType) -> pa.Table:
    """The same with every truth and number written so that no cell is empty."""
    for place, field in enumerate(table.schema):
        if pa.types.is_boolean(field.type) or pa.types.is_integer(field.type):
            column = table[field.name].cast(type_).fill_null(-1)
            table = table.set_column(place, pa.field(field.name, type_, nullable=False), column)
    return table


def test_what_is_found_in_columns_of_a_file_is_what_the_engines_find(rulebook: Rulebook, tmp_path: Path) -> None:
    """From the file to the rules that fired."""
    form = form_of(rulebook)
    records = random_records(form, 50, 9)
    pq.write_table(corpus_table(form, [str(n) for n in range(50)], records), tmp_path / "c.parquet")
    columns = read_parquet(tmp_path / "c.parquet", [form]).part(np.arange(50)).columns(rulebook, form, [])
    found, engine = ColumnEngine(form).evaluate(columns, 50), CompiledEngine(form)
    assert [found.of(n) for n in range(50)] == [engine.evaluate(facts) for facts in records]


def test_bounds_of_a_count(small: Rulebook, tmp_path: Path) -> None:
    """Two columns beside that of the count; one that is left out has no bound, and a single number is that number."""
    columns = {
        "id": ["a", "b", "c", "d"],
        "victims": [7, None, None, None],
        "victims.at_least": [None, 20, 5, None],
        "victims.at_most": [None, None, 5, 3],
    }
    read = read_back(parquet(tmp_path / "c.parquet", columns), small, [0, 1, 2, 3])
    assert [facts.get("victims") for facts in read] == [7, Bounds(20), 5, Bounds(0, 3)]
    del columns["victims"]
    read = read_back(parquet(tmp_path / "d.parquet", columns), small, [0, 1])
    assert [facts.get("victims") for facts in read] == [None, Bounds(20)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"victims": [7], "victims.at_least": [5]}, "its number and its bounds do not go together"),
        ({"victims.at_least": [7], "victims.at_most": [5]}, "its number and its bounds do not go together"),
        ({"victims.at_least": [-1]}, "it holds `-1`"),
        ({"victims.at_least": ["many"]}, "it holds `string`"),
        ({"victims.at_last": [1]}, "did you mean `victims.at_least`?"),
    ],
)
def test_bounds_that_cannot_be(
    columns: dict[str, Any], expected: str, tierengine: Callable[..., Ran], tmp_path: Path
) -> None:
    """A number beside its bounds, bounds of no number, and what is no number."""
    path = parquet(tmp_path / "c.parquet", {"id": ["a"]} | columns)
    ran = tierengine("audit", "fragile", path, "--rulebook", SMALL)
    assert (ran.code, ran.out) == (1, "")
    assert expected in ran.err


INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
TEXTS = [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]


@pytest.mark.parametrize("type_", INTEGERS, ids=str)
def test_numbers_of_every_width(type_: pa.DataType, small: Rulebook, tmp_path: Path) -> None:
    """A whole number is the same in however many bytes it is written."""
    path = parquet(tmp_path / "c.parquet", {"id": ["a", "b", "c"], "victims": pa.array([0, None, 127], type_)})
    read = read_back(path, small, [0, 1, 2])
    assert [facts.get("victims") for facts in read] == [0, None, 127]


@pytest.mark.parametrize("type_", TEXTS, ids=str)
def test_words_however_they_are_kept(type_: pa.DataType, small: Rulebook, tmp_path: Path) -> None:
    """Plain, long or by dictionary."""
    path = parquet(tmp_path / "c.parquet", {"id": ["a", "b", "c"], "last_report": pa.array(["2WL", None, "1"], type_)})
    assert [facts.get("last_report") for facts in read_back(path, small, [0, 1, 2])] == ["2WL", None, "1"]


def test_a_word_is_judged_where_it_is_rated(small: Rulebook, tmp_path: Path) -> None:
    """Unless a column says otherwise, a person rated what has a rating."""
    path = parquet(tmp_path / "c.parquet", {"id": ["a", "b"], "rating/significance": [3, None]})
    assert read_back(path, small, [0, 1]) == [
        {"judged/significance": True, "rating/significance": 3},
        {"judged/significance": False},
    ]
    path = parquet(tmp_path / "d.parquet", {"id": ["a"], "rating/significance": [3], "judged/significance": [False]})
    assert read_back(path, small, [0]) == [{"judged/significance": False, "rating/significance": 3}]


def test_a_column_in_which_nothing_is_written_is_not_known(small: Rulebook, tmp_path: Path) -> None:
    """Whatever its type would be."""
    nothing = pa.nulls(2)
    columns = {
        "id": ["a", "b"],
        "victims": nothing,
        "forbidden": nothing,
        "last_report": nothing,
        "as_of": nothing,
        "placed": nothing,
        "rating/significance": nothing,
    }
    path = parquet(tmp_path / "c.parquet", columns)
    assert read_back(path, small, [0, 1]) == [{"judged/significance": False}] * 2
    assert read_parquet(path, [form_of(small)]).reports(np.array([0, 1])) == [None, None]


def test_cases_are_divided_by_the_law_of_their_day(small: Rulebook, tmp_path: Path) -> None:
    """On its first day a law decides; a case without a day falls under the last; an asked date decides for all."""
    days = [date(2005, 1, 1), date(2004, 12, 31), None, date(2001, 1, 1), date(2030, 1, 1)]
    path = parquet(tmp_path / "c.parquet", {"id": list("abcde"), "as_of": pa.array(days, pa.date32())})
    starts = [date(2001, 1, 1), date(2003, 1, 1), date(2005, 1, 1)]

    def divided(asked: date | None) -> dict[int, list[int]]:
        corpus = read_parquet(path, [form_of(small)], asked)
        return {number: rows.tolist() for number, rows in divide(corpus, starts)}

    assert divided(None) == {0: [3], 1: [1], 2: [0, 2, 4]}
    assert divided(date(2004, 1, 1)) == {1: [0, 1, 2, 3, 4]}
    with pytest.raises(EvidenceError, match="no law is encoded for 2004-12-31, and none for 1 more"):
        list(divide(read_parquet(path, [form_of(small)]), [date(2005, 1, 1)]))


def test_a_column_that_two_laws_ask_is_cut_once(rulebook: Rulebook, tmp_path: Path) -> None:
    """The rows of a column are the same object under both, so that nothing is gone through for each of them."""
    forms = [form_of(rulebook), lower(rulebook.on(date(2007, 11, 9)))]
    path = tmp_path / "c.parquet"
    pq.write_table(corpus_table(forms[0], list("abc"), random_records(forms[0], 3, 1)), path)
    part = read_parquet(path, forms).part(np.array([0, 2]))
    one, other = (part.columns(rulebook, form, []) for form in forms)
    both = {field.id for field in forms[0].inputs if field in forms[1].inputs} & one.keys()
    assert len(both) > 50
    assert all(one[name] is other[name] for name in both)


def test_dossiers_give_the_facts_of_an_assessment(rulebook: Rulebook) -> None:
    """Each under the law of its own day, or all under that of the date that is asked for."""
    paths = sorted((ROOT / "seeds").rglob("dossier.yaml"))
    for asked in (None, date(2019, 6, 1)):
        corpus = parts_of(ROOT / "seeds", [], asked)[0].corpus()
        assert corpus.names(np.arange(len(paths))) == [
            path.parent.relative_to(ROOT / "seeds").as_posix() for path in paths
        ]
        for row, path in enumerate(paths):
            casefile = read_dossier(path)
            law = rulebook.on(asked or casefile.dossier.as_of)
            form, problems = lower(law), []  # type: ignore[var-annotated]
            columns = corpus.part(np.array([row])).columns(rulebook, form, problems)
            inputs = {field.id for field in (*form.inputs, *form.answerable())}
            facts = {name: value for name, value in admit(casefile, law).facts.items() if name in inputs}
            assert (facts_of(form, columns, 0), problems) == (facts, [])


# -- what cannot be used ----------------------------------------------------------------------------------------

GOOD: dict[str, Any] = {"id": ["a", "b"], "victims": [1, 200], "forbidden": [True, None]}

BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no id": ({"victims": [1]}, ["c.parquet: it has no column `id`"]),
    "a misspelt column": (
        {"id": ["a"], "victim": [1], "nonsense_altogether": [1]},
        [
            "column `victim`: no input of the law has this name, on any date\n    did you mean `victims`?",
            "column `nonsense_altogether`: no input",
        ],
    ),
    "wrong types": (
        {
            "id": [1],
            "victims": ["many"],
            "forbidden": [1],
            "last_report": [2],
            "as_of": ["2007"],
            "placed": [2],
            "punished": [1.5],
        },
        [
            "column `id`: it holds `int64`\n    let it hold text",
            "column `victims`: it holds `string`\n    let it hold whole numbers",
            "column `forbidden`: it holds `int64`\n    let it hold true or false",
            "column `last_report`: it holds `int64`\n    let it hold text",
            "column `as_of`: it holds `string`\n    let it hold dates",
            "column `placed`: it holds `int64`\n    let it hold text",
            "column `punished`: it holds `double`\n    let it hold whole numbers",
        ],
    ),
    "no row": ({"id": pa.array([], pa.string())}, ["c.parquet: it has no row"]),
    "a case without id": ({"id": ["a", None, "c"]}, ["column `id`, row 2: the case has no id"]),
    "an id that stands twice": ({"id": ["a", "b", "b", "a"]}, ["column `id`: 2 ids stand more than once, such as `a`"]),
    "a placement that no report makes": (
        {"id": ["a", "b"], "placed": ["2", "4"]},
        ["column `placed`, row 2: `4` is no placement\n    write one of: 1, 2, 2WL, 3, SC"],
    ),
    "values that an input may not hold": (
        {
            "id": ["a", "b", "c"],
            "victims": [5, -1, -2],
            "punished": pa.array([None, None, 2**53 + 1], pa.uint64()),
            "last_report": ["1", "first", None],
            "rating/significance": [0, 3, 2],
        },
        [
            "column `victims`, row 2: it holds `-1`, and 1 more rows hold such values\n    write a whole number from 0",
            "column `punished`, row 3: it holds `9007199254740993`",
            "column `last_report`, row 2: it holds `first`\n    write one of: 1, 2, 2WL, 3, SC, or leave",
            "column `rating/significance`, row 3: it holds `2`\n    write one of: 0, 3, or leave",
        ],
    ),
    "a day before the law": (
        {"id": ["a", "b"], "as_of": [date(2007, 1, 1), date(1999, 1, 1)]},
        ["column `as_of`, row 2: no law is encoded for 1999-01-01\n    give it a date from 2000-10-28 on"],
    ),
}


def test_what_a_column_without_empty_cells_may_not_hold(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """A number that is no truth, or less than -1, is refused, with how that is written which is not known."""
    table = pa.table({"id": ["a", "b", "c"], "forbidden": [1, 2, -1], "victims": [-2, -1, 7]})
    path = tmp_path / "c.parquet"
    pq.write_table(without_empty_cells(table, pa.int16()), path)
    ran = asked("impact", path, tierengine)
    assert (ran.code, ran.out) == (1, "")
    assert "`forbidden`, row 2: it holds `2`\n    write one of: 0, 1, or -1 where it is not known" in ran.err
    assert "`victims`, row 1: it holds `-2`\n    write a whole number from 0 to" in ran.err
    assert ran.err.count("\n    ") == 2


@pytest.mark.parametrize("verb", ["impact", "like-cases"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file(name: str, verb: str, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Everything that is wrong is reported with file, column and row, and nothing is printed."""
    columns, expected = BAD[name]
    ran = asked(verb, parquet(tmp_path / "c.parquet", columns), tierengine)
    assert (ran.code, ran.out) == (1, "")
    for words in expected:
        assert words in ran.err
    assert ran.err.count("\n    ") == len(expected)


def asked(verb: str, corpus: Path, tierengine: Callable[..., Ran]) -> Ran:
    """Ask one of the two verbs that read a corpus."""
    if verb == "impact":
        return tierengine("impact", SMALL, SMALL, "--corpus", corpus)
    return tierengine("audit", "like-cases", corpus, "--rulebook", SMALL)


@pytest.mark.parametrize("verb", ["impact", "like-cases"])
def test_a_good_file_is_good(verb: str, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """The file from which the bad ones differ can be used."""
    ran = asked(verb, parquet(tmp_path / "c.parquet", GOOD), tierengine)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("verb", ["impact", "like-cases"])
def test_no_corpus_at_all(verb: str, tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """A file that is no Parquet, an empty one, one that is not there, and a folder without a dossier."""
    (tmp_path / "text").write_text("country,tier\n")
    (tmp_path / "empty").write_text("")
    (tmp_path / "folder").mkdir()
    for name, expected in (
        ("text", "it is not a Parquet file"),
        ("empty", "it is not a Parquet file"),
        ("gone", "cannot be opened: No such file or directory"),
        ("folder", "there is no `dossier.yaml` in it or below it"),
    ):
        ran = asked(verb, tmp_path / name, tierengine)
        assert (ran.code, ran.out) == (1, "")
        assert expected in ran.err


def test_a_file_that_breaks_off(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Half of a Parquet file."""
    path = parquet(tmp_path / "c.parquet", GOOD)
    path.write_bytes(path.read_bytes()[:-20])
    ran = asked("impact", path, tierengine)
    assert (ran.code, ran.out) == (1, "")
    assert "it is not a Parquet file" in ran.err


def test_a_file_that_is_damaged_in_the_middle(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """The columns are listed as they should be, and cannot be unpacked."""
    path = parquet(tmp_path / "c.parquet", GOOD)
    raw = bytearray(path.read_bytes())
    raw[4:60] = b"\xff" * 56
    path.write_bytes(raw)
    ran = asked("impact", path, tierengine)
    assert (ran.code, ran.out) == (1, "")
    assert "or a damaged one" in ran.err


def test_bad_dossiers_are_all_reported(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Two dossiers that cannot be read, each named by its folder."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(SMALL.parent / "bad" / "dossier" / "anchor.yaml", tmp_path / name / "dossier.yaml")
    ran = tierengine("impact", SMALL, SMALL, "--corpus", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert "one/dossier.yaml:" in ran.err
    assert "two/dossier.yaml:" in ran.err


def test_records_that_a_law_cannot_use_are_reported(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """A dossier that is sound in itself, under a rulebook that does not know its indicators."""
    shutil.copytree(ROOT / "seeds" / "guatemala-2007", tmp_path / "guatemala")
    ran = tierengine("impact", SMALL, SMALL, "--corpus", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert "guatemala/dossier.yaml:" in ran.err
    assert "no criterion in force on 2007-11-09 knows the indicator" in ran.err


def test_a_corpus_is_read_by_what_it_is(small: Rulebook, tmp_path: Path) -> None:
    """A folder holds dossiers, and a file rows."""
    path = parquet(tmp_path / "c.parquet", GOOD)
    assert parts_of(path, [form_of(small)])[0].corpus().days.size == 2
    (dossiers,) = parts_of(ROOT / "seeds", [form_of(small)])
    assert isinstance(dossiers, Dossiers)
    seeds = len(list((ROOT / "seeds").rglob("dossier.yaml")))
    assert (dossiers.rows, dossiers.corpus().days.size) == (seeds, seeds)
