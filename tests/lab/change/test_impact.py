"""What a change does: the census against the engines case by case, and the command as a user types it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from tests.conftest import ROOT, SMALL, Ran
from tests.engines.test_columns import random_records
from tests.lab import edits
from tests.lab.change.test_change import REAL, VALUES
from tests.lab.edits import Edit, corpus_table, edited, parquet
from tierengine.engines import columns
from tierengine.engines.columns import Column
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Evaluation, Form
from tierengine.engines.lowering import lower
from tierengine.engines.solver import Limit
from tierengine.errors import UsageError
from tierengine.lab.change import census
from tierengine.lab.change.census import Census, CensusJob, Move, put_together
from tierengine.lab.change.impact import Question, impact
from tierengine.lab.change.sides import Side, forms_of, side_by_side
from tierengine.lab.corpus.cases import parts_of
from tierengine.lab.corpus.work import ALONE, answers
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook
from tierengine.terms.outcome import Outcome


def small_records(number: int, seed: int) -> list[dict[str, Any]]:
    """Random facts of the small rulebook, with and without gaps."""
    chance = random.Random(seed)
    records = []
    for _ in range(number):
        known = chance.choice((0.5, 0.9, 1.0))
        facts = {name: chance.choice(values) for name, values in VALUES.items() if chance.random() < known}
        records.append(facts | {"judged/significance": facts.get("judged/significance", False)})
    return records


def counted(old: Rulebook, new: Rulebook, path: Path) -> Census:
    """The census of a Parquet file."""
    found = side_by_side(old, new)
    job = CensusJob((old, new), found, listed=False)
    return put_together(answers(job, parts_of(path, forms_of(found)), ALONE, "counting"))


class OneByOne:
    """The generated evaluators of both sides of a pairing."""

    def __init__(self, sides: tuple[Side, Side]) -> None:
        self._sides = sides
        self._engines = [CompiledEngine(side.form) for side in sides]

    def found(self, facts: dict[str, Any]) -> tuple[Evaluation, Evaluation]:
        """What each finds."""
        old, new = (engine.evaluate(facts) for engine in self._engines)
        return old, new

    def tiers(self, facts: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The tiers that each leaves open."""
        old, new = (
            tuple(tier for row, tier in side.rows.items() if found.settled.get(row) is not False)
            for side, found in zip(self._sides, self.found(facts), strict=True)
        )
        return old, new

    def check(self, move: Move, facts: dict[str, Any]) -> None:
        """The reasons of a move are findings that come out otherwise, while what they rest on does not."""
        old, new = self.found(facts)
        assert move.reasons
        for reason in move.reasons:
            outcomes = Outcome.of(old.settled.get(reason.finding)), Outcome.of(new.settled.get(reason.finding))
            assert outcomes == (reason.before, reason.after)
            assert reason.before is not reason.after
            heads = ({rule.id: rule.head for s in side.form.strata for rule in s.rules} for side in self._sides)
            for said, fired, of in zip(
                (reason.fired_before, reason.fired_after), (old.fired, new.fired), heads, strict=True
            ):
                assert set(said) == {rule for rule in fired if of[rule] == reason.finding}
            for below in looked_at(self._sides[1].form, reason.finding):
                assert old.settled.get(below) == new.settled.get(below)


def looked_at(form: Form, head: str) -> set[str]:
    """The fields that the rules of a proposition look at."""
    return {test.field for s in form.strata for rule in s.rules if rule.head == head for test in rule.tests}


@pytest.mark.parametrize(
    "made",
    [
        (edits.MORE_PUNISHED,),
        (edits.FEWER_PROMISES, edits.STRICTER_SCOPE),
        (edits.MORE_PUNISHED, edits.MORE_PROMISES, edits.NO_SHELTER),
        (edits.WRITTEN_OTHERWISE,),
        (edits.UNREACHED,),
    ],
    ids=lambda made: " and ".join(edit[2][:40] for edit in made),
)
def test_the_census_is_what_the_engines_say_case_by_case(
    made: tuple[Edit, ...], small: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who moves, from where to where, and by which findings and rules."""
    monkeypatch.setattr(census, "NAMED", 3000)
    records = small_records(3000, 4)
    names = [f"c{number}" for number in range(len(records))]
    new = read_rulebook(edited(tmp_path / "new", *made))
    (pairing,) = side_by_side(small, new)
    sides = pairing.both()
    assert sides is not None
    pq.write_table(corpus_table(sides[0].form, names, records), tmp_path / "c.parquet", row_group_size=999)
    found, engines = counted(small, new, tmp_path / "c.parquet"), OneByOne(sides)
    expected = {
        name: tiers for name, facts in zip(names, records, strict=True) if len(set(tiers := engines.tiers(facts))) > 1
    }
    assert {case: (move.before, move.after) for move in found.moves for case in move.cases} == expected
    assert (found.cases, found.moved) == (3000, len(expected))
    assert len(found.moves) == len({(m.before, m.after, m.reasons) for m in found.moves})
    assert [len(m.cases) for m in found.moves] == sorted((len(m.cases) for m in found.moves), reverse=True)
    for move in found.moves:
        for case in move.cases:
            engines.check(move, records[int(case[1:])])


def test_a_column_that_both_laws_ask_is_gone_through_once(
    small: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find out why cases move, where the two laws ask the same."""
    gone_through: list[Column] = []

    def some_of(column: Column, records: NDArray[np.intp]) -> Column:
        gone_through.append(column)
        return columns.some_of(column, records)

    monkeypatch.setattr(census, "some_of", some_of)
    new = read_rulebook(edited(tmp_path / "new", edits.FEWER_PROMISES))
    form = lower(small.latest())
    pq.write_table(corpus_table(form, [f"c{n}" for n in range(300)], small_records(300, 4)), tmp_path / "c.parquet")
    assert counted(small, new, tmp_path / "c.parquet").moved
    assert len(gone_through) == len({id(column) for column in gone_through}) == len(form.inputs)


def test_a_real_edit_moves_the_cases_of_its_days(rulebook: Rulebook, tmp_path: Path) -> None:
    """Cases of every year of the law, of which only those since 2019 can move."""
    new = read_rulebook(edited(tmp_path / "new", REAL, of=ROOT))
    found = side_by_side(rulebook, new)
    days = [pairing.first for pairing in found]
    table = None
    records: list[dict[str, Any]] = []
    for number, pairing in enumerate(found):
        assert pairing.old is not None
        some = random_records(pairing.old.form, 400, number)
        records += [
            facts
            | {"victims_in_country": 70, "victims_last_year": 70, "rating/victims_very_significant_or_increasing": 3}
            for facts in some
        ]
    forms = [side.form for pairing in found for side in (pairing.old,) if side is not None]
    fields = {field.id: field for form in forms for field in form.inputs}
    compared = {each.id: each for form in forms for each in form.comparisons}
    form = Form(inputs=tuple(fields.values()), comparisons=tuple(compared.values()), strata=())
    table = corpus_table(form, [str(number) for number in range(len(records))], records)
    table = table.append_column("as_of", pa.array([day for day in days for _ in range(400)], pa.date32()))
    pq.write_table(table, tmp_path / "c.parquet")
    moves = counted(rulebook, new, tmp_path / "c.parquet")
    moved = {int(case): move for move in moves.moves for case in move.cases}
    expected = {}
    for number, pairing in enumerate(found):
        sides = pairing.both()
        assert sides is not None
        engines = OneByOne(sides)
        for row in range(number * 400, number * 400 + 400):
            before, after = engines.tiers(records[row])
            if before != after:
                expected[row] = (before, after)
                engines.check(moved[row], records[row])
                assert moved[row].since == pairing.first
    assert {row: (move.before, move.after) for row, move in moved.items()} == expected
    assert expected
    assert min(expected) >= 400 * days.index(date(2019, 1, 8))


ADMISSION = "rules/admission.yaml"


@pytest.mark.parametrize(
    ("edit", "moved"),
    [
        ((ADMISSION, "because: it happened after", "because: indeed it happened after"), 0),
        ((ADMISSION, "sets_aside: {dated: [after the question]}", "sets_aside: {kind: [action, law, statistic]}"), 8),
    ],
    ids=["in other words", "much less is admitted"],
)
def test_dossiers_move_by_what_is_admitted(edit: Edit, moved: int, rulebook: Rulebook, tmp_path: Path) -> None:
    """A rule of admission takes records away, and what they settled, or kept open, moves; the rules are the same."""
    new = read_rulebook(edited(tmp_path / "new", edit, of=ROOT))
    moves = impact(rulebook, new, Question(corpus=ROOT / "seeds"))
    assert {(stretch.verdict, stretch.same_rules) for stretch in moves.stretches} == {("equal", True)}
    assert moves.census is not None
    assert (moves.census.cases, moves.census.moved) == (9, moved)
    for move in moves.census.moves:
        assert set(move.before) < set(move.after)


# -- the command ------------------------------------------------------------------------------------------------

CASES: dict[str, list[Any]] = {
    "id": ["moves", "stays", "open", "out"],
    "victims": [200, 200, 200, 1],
    "forbidden": [True, True, True, True],
    "punished": [1, 5, 1, 1],
    "shelter": [True, True, None, True],
    "rating/significance": [3, 3, None, 0],
    "increase": [True, True, True, True],
    "promises": [0, 0, 0, 0],
}


def test_the_report_in_words(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Direction, witness and census, in sentences."""
    corpus = parquet(tmp_path / "cases.parquet", CASES)
    ran = tierengine("impact", SMALL, edited(tmp_path / "new", edits.MORE_PUNISHED), "--corpus", corpus)
    assert (ran.code, ran.err) == (0, "")
    printed = " ".join(ran.out.split())
    for words in (
        "Law from 2000-10-28 until further notice: stricter",
        "some countries get a worse tier, and none gets a better one",
        "Tier 1 under the old rules",
        "- How many traffickers were punished? 1 person. [punished]",
        "no country of which less is known shows it",
        "2 of 4 cases move",
        "1 Tier 1 -> Tier 2",
        "1 Tier 1 -> open: Tier 2, Tier 3",
        "- STANDARD/met: met (rule STANDARD/met+1) -> not met (rule STANDARD/met-2)",
        "(22 USC 7106(a)(1); TVPA section 108(a)(1))",
        "cases: moves",
    ):
        assert words in printed


def test_the_report_as_json(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Everything is in it, each case by its id."""
    corpus = parquet(tmp_path / "cases.parquet", CASES)
    new = edited(tmp_path / "new", edits.MORE_PUNISHED)
    ran = tierengine("impact", SMALL, new, "--corpus", corpus, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    assert answer["new"] == read_rulebook(new).digest
    (stretch,) = answer["stretches"]
    assert (stretch["verdict"], stretch["gave_up"], stretch["countries"][0]["smallest"]) == ("stricter", None, True)
    moves = {case: (move["before"], move["after"]) for move in answer["census"]["moves"] for case in move["cases"]}
    assert moves == {"moves": (["1"], ["2"]), "open": (["1"], ["2", "3"])}
    reason = answer["census"]["moves"][0]["reasons"][0]
    assert (reason["finding"], reason["fired_before"]) == ("STANDARD/met", ["STANDARD/met+1"])


def test_long_lists_say_how_many_more(
    tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text names the first ids of a group, JSON more of them with their number, and the file all."""
    monkeypatch.setattr(census, "NAMED", 20)
    many: dict[str, list[Any]] = {name: values[:1] * 25 for name, values in CASES.items()}
    many["id"] = [f"case {number}" for number in range(25)]
    corpus = parquet(tmp_path / "cases.parquet", many)
    new = edited(tmp_path / "new", edits.MORE_PUNISHED)
    printed = " ".join(tierengine("impact", SMALL, new, "--corpus", corpus).out.split())
    assert "case 9, and 15 more" in printed
    assert "case 10" not in printed
    out = tmp_path / "moved.parquet"
    ran = tierengine("impact", SMALL, new, "--corpus", corpus, "--format", "json", "--moved", out)
    (move,) = json.loads(ran.out)["census"]["moves"]
    assert (move["number"], len(move["cases"])) == (25, 20)
    assert pq.read_table(out)["id"].to_pylist() == many["id"]


def test_the_cases_that_move_as_parquet(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """A row for each of them, beside the report."""
    corpus = parquet(tmp_path / "cases.parquet", CASES)
    new, out = edited(tmp_path / "new", edits.MORE_PUNISHED), tmp_path / "moved.parquet"
    ran = tierengine("impact", SMALL, new, "--corpus", corpus, "--moved", out)
    assert (ran.code, ran.err) == (0, "")
    assert "2 of 4 cases" in " ".join(ran.out.split())  # a long path of the file breaks the line
    rows = {row.pop("id"): row for row in pq.read_table(out).to_pylist()}
    law = {"since": date(2000, 10, 28), "before": ["1"], "findings": ["STANDARD/met"]}
    assert rows == {"moves": law | {"after": ["2"]}, "open": law | {"after": ["2", "3"]}}
    assert tierengine("impact", SMALL, SMALL, "--corpus", corpus, "--moved", out).code == 0
    assert pq.read_table(out).num_rows == 0


def test_where_the_cases_that_move_cannot_go(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Without cases, and into a folder that is not there."""
    ran = tierengine("impact", SMALL, SMALL, "--moved", tmp_path / "moved.parquet")
    assert (ran.code, ran.out) == (2, "")
    assert "--moved: there are no cases that could move" in ran.err
    corpus = parquet(tmp_path / "cases.parquet", CASES)
    ran = tierengine("impact", SMALL, SMALL, "--corpus", corpus, "--moved", tmp_path / "nowhere" / "moved.parquet")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be written: No such file or directory" in ran.err


def test_long_work_shows_how_far_it_is_on_a_terminal_only(
    tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, so that the report can go elsewhere."""
    corpus = parquet(tmp_path / "cases.parquet", CASES)
    words = ("impact", SMALL, edited(tmp_path / "new", edits.MORE_PUNISHED), "--corpus", corpus, "--seconds", 60)
    quiet = tierengine(*words)
    assert quiet.err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shown = tierengine(*words)
    assert "proving the direction" in shown.err
    assert shown.out == quiet.out
    assert "counting the cases that move" in tierengine("impact", ROOT, ROOT, "--corpus", ROOT / "seeds").err


def test_what_is_not_decided_ends_with_3(
    tmp_path: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said in the report that nothing is proved, and how long was tried."""
    monkeypatch.setattr("tierengine.engines.solver.PATIENCE", Limit(steps=1))
    ran = tierengine("impact", SMALL, edited(tmp_path / "new", edits.MORE_PUNISHED))
    assert ran.code == 3
    printed = " ".join(ran.out.split())
    assert "not decided" in printed
    assert "Nothing is proved either way" in printed
    assert "it did not decide within 1 steps" in printed
    assert "Proved" not in printed


def test_rulebooks_of_different_vocabularies(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """The same name for another kind of answer."""
    ground = "criteria/GROUND/2000-10-28.yaml"
    count = "type: count, unit: commitments, better: neither,\n     effort: false, counts_kind: commitment"
    other = edited(
        tmp_path / "new",
        (ground, count, "type: truth, better: neither, effort: false"),
        (ground, "promises, at_least: 9", "promises, is: true"),
        (ground, "promises: 0", "promises: false"),
    )
    ran = tierengine("impact", SMALL, other)
    assert (ran.code, ran.out) == (2, "")
    message = "different vocabularies: `promises` is a whole number in the one and true or false in the other"
    assert message in ran.err


def test_tier_tables_without_a_tier_in_common(small: Rulebook) -> None:
    """Nothing could be compared."""
    old, new = (
        small.with_section("tiers", rows).with_section("routes", ()) for rows in (small.tiers[:2], small.tiers[3:])
    )
    with pytest.raises(UsageError, match="no tier stands in both tier tables"):
        side_by_side(old, new)


def test_what_is_neither_folder_nor_revision(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """A place that does not exist, and a folder without a rulebook."""
    ran = tierengine("impact", SMALL, tmp_path / "nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert "nowhere`: it is neither a folder nor a git revision that can be read" in ran.err
    ran = tierengine("impact", tmp_path, SMALL)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("there is no such folder") == 2


def test_an_unsound_rulebook_is_named(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Every problem under the place at which the rulebook lies."""
    bad = edited(
        tmp_path / "bad",
        (
            "criteria/SCOPE/2000-10-28.yaml",
            "{indicator: victims, at_least: 100}",
            "{indicator: victimz, at_least: 100}",
        ),
    )
    ran = tierengine("impact", SMALL, bad)
    assert (ran.code, ran.out) == (3, "")
    assert f"{bad}: criteria/SCOPE/2000-10-28.yaml:" in ran.err


def test_a_date_without_law(tierengine: Callable[..., Ran]) -> None:
    """Before the first version of either rulebook."""
    ran = tierengine("impact", SMALL, SMALL, "--as-of", "1999-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert "--as-of: no law is encoded for 1999-01-01\n    ask for a date from 2000-10-28 on" in ran.err


def test_a_date_limits_the_report_to_its_law(tmp_path: Path, tierengine: Callable[..., Ran]) -> None:
    """Only the version of the date is shown."""
    new = edited(tmp_path / "new", REAL, of=ROOT)
    ran = tierengine("impact", ROOT, new, "--as-of", "2015-01-01", "--format", "json")
    assert [stretch["verdict"] for stretch in json.loads(ran.out)["stretches"]] == ["equal"]


# -- git --------------------------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, without what the machine is set to."""
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two states of the small rulebook, and a change that is not committed."""
    folder = tmp_path / "repository"
    edited(folder)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "the first state")
    git(folder, "tag", "first")
    name, before, after = edits.MORE_PUNISHED
    path = folder / name
    path.write_text(path.read_text().replace(before, after))
    git(folder, "commit", "--quiet", "-am", "more must be punished")
    path.write_text("not even YAML: [")
    return folder


def test_revisions_are_read_without_touching_the_work_tree(
    repository: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By tag, relative name and digest, from a folder inside the repository, past a spoiled work tree."""
    monkeypatch.chdir(repository / "rules")
    before = git(repository, "status", "--porcelain")
    for old, new in (("first", "main"), ("HEAD~1", "HEAD"), (git(repository, "rev-parse", "first"), "main")):
        ran = tierengine("impact", old, new)
        assert (ran.code, ran.err) == (0, "")
        assert "until further notice: stricter" in ran.out
    ran = tierengine("impact", SMALL, "first")
    assert "The rules are the same." in ran.out
    assert git(repository, "status", "--porcelain") == before


@pytest.mark.parametrize("revision", ["nothing", "HEAD~9", "--output=x", "main:rules"])
def test_revisions_that_are_none(
    revision: str, repository: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is named, and nothing is printed."""
    monkeypatch.chdir(repository)
    ran = tierengine("impact", "first", "--", revision)
    assert (ran.code, ran.out) == (2, "")
    assert f"`{revision}`: it is neither a folder nor a git revision that can be read" in ran.err


def test_a_revision_without_a_rulebook(
    repository: Path, tierengine: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folders that are missing are named."""
    monkeypatch.chdir(repository)
    shutil.rmtree(repository / "criteria")
    git(repository, "commit", "--quiet", "-am", "no criteria")
    ran = tierengine("impact", "first", "HEAD")
    assert (ran.code, ran.out) == (2, "")
    assert "criteria" in ran.err
