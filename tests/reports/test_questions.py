"""The table of every question that the law of a day asks, in each format and as a user types it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from tests.conftest import ROOT, SMALL, Ran, read_once
from tierengine import schemas
from tierengine.law.entries import Kind
from tierengine.law.questions import Question, QuestionTable, questions
from tierengine.law.rulebook import Law
from tierengine.reports.questions import COLUMNS, SEPARATOR, questions_csv, questions_markdown, questions_text, row
from tierengine.reports.workbook import questions_workbook

BOOK = read_once(ROOT)
LAWS = tuple(BOOK.whole_laws())
Run = Callable[..., Ran]


def rows_of(text: str) -> list[tuple[str, ...]]:
    """The rows of a CSV file, its head first."""
    return [tuple(cells) for cells in csv.reader(StringIO(text, newline=""))]


def cells_of(raw: bytes) -> list[tuple[str, ...]]:
    """The rows of the first sheet of a workbook, an empty cell as an empty text."""
    sheet = load_workbook(BytesIO(raw)).worksheets[0]
    return [tuple("" if cell is None else str(cell) for cell in cells) for cells in sheet.iter_rows(values_only=True)]


of_each_date = pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.as_of))


@of_each_date
def test_every_question_of_a_day_stands_once_in_every_format(law: Law) -> None:
    """Of each date: all indicators and open words and no other, and the same cells in CSV and in the workbook."""
    table = questions(law)
    asked = {indicator.id for indicator in law.indicators} | set(law.judges)
    assert sorted(question.id for question in table.questions) == sorted(asked)
    expected = [COLUMNS, *map(row, table.questions)]
    assert rows_of(questions_csv(table)) == expected
    assert cells_of(questions_workbook(table)) == expected
    text, markdown = " ".join(questions_text(table).split()), questions_markdown(table)
    for question in table.questions:
        assert f"{question.id}: {question.asks}" in text
        assert f"| {question.id} |".replace("_", r"\_") in markdown


@of_each_date
def test_what_the_table_says_is_what_a_record_may_say(law: Law) -> None:
    """The kinds and words of a row are those that the question takes; a unit stands beside each count and no other."""
    for question in questions(law).questions:
        words = set(row(question)[COLUMNS.index("values")].split(SEPARATOR))
        if question.type == "rating":
            assert words == set(question.rubric)
            assert question.open_words
            continue
        indicator = law.indicator(question.id)
        taken = {kind for kind in get_args(Kind) if indicator.takes(kind, None)}
        assert set(question.kinds) == (taken if indicator.counts_kind is None else set())
        assert (question.unit is not None) == (question.type == "count")
        assert words >= set({"truth": ("true", "false"), "choice": indicator.choices}.get(indicator.type, ()))


def one(table: QuestionTable, name: str) -> Question:
    """The question with an id."""
    return next(question for question in table.questions if question.id == name)


def test_what_coders_need_to_know_stands_beside_the_question() -> None:
    """Silence with its provision of that day, comparisons, what may be said without a number, and who may answer."""
    early, late = questions(BOOK.on(date(2007, 11, 9))), questions(BOOK.on(date(2020, 6, 25)))
    silent = one(early, "increase_in_enforcement").when_silent
    assert silent is not None
    assert silent.citation.usc == "22 USC 7107(b)(3)(A)(iii)(II)"
    moved = one(late, "increase_in_enforcement").when_silent
    assert moved is not None
    assert moved.citation.usc == "22 USC 7107(b)(2)(A)(iii)(II)"
    more = one(late, "more_victims_identified")
    assert "fewer than last year" in more.values
    assert "yes if victims_identified is greater than victims_identified_last_year" in row(more)[15]
    assert one(late, "victims_identified_last_year").about == "an earlier year"
    assert one(late, "victims_identified").government_only
    assert not one(late, "officials_complicit").government_only
    assert not one(late, "national_action_plan_adopted").decides
    assert one(late, "victims_identified").decides
    assert one(late, "trafficking_law_reform_enacted").decides  # it shows that something is new
    assert "sponsorship_binds_workers" in {question.id for question in early.questions}


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_the_same_on_the_screen_and_in_a_file(form: str, tierengine: Run, tmp_path: Path) -> None:
    """What is printed is what `--output` writes, byte for byte."""
    printed = tierengine("questions", "--as-of", "2007-11-09", "--format", form)
    assert (printed.code, printed.err) == (0, "")
    assert "vigour_of_enforcement" in printed.out.replace("\\", "")
    written = tierengine("questions", "--as-of", "2007-11-09", "--format", form, "--output", tmp_path / "file")
    assert (written.code, written.out, written.err) == (0, "", "")
    assert (tmp_path / "file").read_bytes() == printed.out.encode()


def test_a_workbook_as_typed(tierengine: Run, tmp_path: Path) -> None:
    """A workbook has its table, the day and the digest; made twice, it has the same bytes."""
    path, again = tmp_path / "questions.xlsx", tmp_path / "again.xlsx"
    for each in (path, again):
        assert tierengine("questions", "--as-of", "2013-06-19", "--format", "xlsx", "--output", each).code == 0
    assert path.read_bytes() == again.read_bytes()
    book = load_workbook(path)
    assert book.sheetnames == ["Questions", "Law"]
    assert [cell.value for cell in book["Law"]["B"]][:2] == ["2013-06-19", BOOK.digest]
    assert book["Questions"].auto_filter.ref == book["Questions"].dimensions


def test_json_fits_its_schema(tierengine: Run) -> None:
    """The JSON of the table is what its exported schema describes, and reads back as the same table."""
    schema = json.loads(tierengine("schema", "questions").out)
    Draft202012Validator.check_schema(schema)
    printed = tierengine("questions", "--as-of", "2020-06-25", "--format", "json").out
    assert not list(Draft202012Validator(schema).iter_errors(json.loads(printed)))
    assert QuestionTable.model_validate_json(printed) == questions(BOOK.on(date(2020, 6, 25)))
    assert schema == schemas.schema(schemas.Subject.questions)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(printed) | {"colour": "red"}))


def test_no_text_is_taken_for_a_formula_or_obeyed() -> None:
    """Words of policy staff stay words, in a cell that begins with `=` and where they would steer a terminal."""
    hostile = Question(
        criterion="X",
        title="=1+1",
        citation="=cmd|' /C calc'!A0",
        id="x",
        asks="a \x1b[31mred\x07 | *b*",
        type="truth",
        values=("true", "false"),
        decides=False,
    )
    table = QuestionTable(as_of=date(2020, 1, 1), rulebook="sha256:0", questions=(hostile,))
    sheet = load_workbook(BytesIO(questions_workbook(table))).worksheets[0]
    assert [cell.data_type for cell in sheet[2] if cell.value] == ["s"] * len([c for c in sheet[2] if c.value])
    assert sheet["B2"].value == "=1+1"
    for text in (questions_text(table), questions_markdown(table), questions_csv(table), str(sheet["E2"].value)):
        assert "\x1b" not in text
        assert "\x07" not in text
    assert r"\| \*b\*" in questions_markdown(table)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "--as-of"),
        (("--as-of", "2007-13-01"), 2, "2007-13-01"),
        (("--as-of", "yesterday"), 2, "yesterday"),
        (("--as-of", "2000-10-27"), 3, "from 2000-10-28"),
        (("--as-of", "2007-11-09", "--format", "pdf"), 2, "pdf"),
        (("--as-of", "2007-11-09", "--format", "xlsx"), 2, "name one with --output"),
        (("--as-of", "2007-11-09", "--output", "/no/such/folder/file"), 2, "a folder that exists"),
        (("--as-of", "2007-11-09", "--rulebook", "/no/such/folder"), 3, "/no/such/folder"),
    ],
)
def test_what_cannot_be_listed(words: tuple[str, ...], code: int, message: str, tierengine: Run) -> None:
    """A bad day, format, place or rulebook: one clear problem, and nothing printed."""
    ran = tierengine("questions", *words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_rulebook_that_does_not_read(tierengine: Run, tmp_path: Path) -> None:
    """A rulebook of which a file is broken is reported by line, and the file asked for is not written."""
    for room in ("criteria", "rules"):
        shutil.copytree(SMALL / room, tmp_path / "law" / room)
    files = sorted((tmp_path / "law" / "criteria").glob("*/*.yaml"))
    broken = next(path for path in files if "type: truth" in path.read_text(encoding="utf-8"))
    broken.write_text(broken.read_text(encoding="utf-8").replace("type: truth", "type: truht", 1), encoding="utf-8")
    out = tmp_path / "out.csv"
    ran = tierengine(
        "questions", "--as-of", "2007-06-12", "--rulebook", tmp_path / "law", "--format", "csv", "--output", out
    )
    assert ran.code == 3
    assert f"{broken.parent.name}/{broken.name}:" in ran.err
    assert not out.exists()


def test_another_rulebook(tierengine: Run) -> None:
    """The questions of a rulebook that is named, and not of the project's."""
    ran = tierengine("questions", "--as-of", "2007-06-12", "--rulebook", SMALL, "--format", "csv")
    found = {cells[3] for cells in rows_of(ran.out)[1:]}
    law = read_once(SMALL).on(date(2007, 6, 12))
    assert found == {indicator.id for indicator in law.indicators} | set(law.judges)
