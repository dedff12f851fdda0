"""Single changes of the law: each kind is made, and is noticed, proved harmless, or shown with the smallest country."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, Ran
from tests.lab.edits import edited
from tierengine.cli import mutate as cli_mutate
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.solver import Limit
from tierengine.errors import RulebookError
from tierengine.lab.change.changed import Base, Mutant, mutant
from tierengine.lab.change.distinguished import distinguished, entry_form
from tierengine.lab.change.mutation import Plan, changed_files, mutation
from tierengine.lab.change.single import changes_of
from tierengine.law.entries import Criterion
from tierengine.law.reader import read_draft, rulebook_files

CASES = (
    "cases:\n  - {name: a, as_of: 2007-06-12, given: {indicators: {victims: 5000}}, expect: {findings: {SCOPE: met}}}\n"
)
DRAFT = read_draft(ROOT)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of one's own, and a file of cases."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "cases.yaml"
    path.write_text(CASES, encoding="utf-8")
    return path


def test_every_kind_of_change_is_made() -> None:
    """Of the project's law each kind of slip is made, in every section that holds entries."""
    changes = [change for item in DRAFT.placed for change in changes_of(item)]
    kinds = {change.kind for change in changes}
    assert kinds == {
        *("threshold", "all or any", "condition", "level", "answer", "order", "date", "direction", "citation"),
        *("number", "word", "list", "entry", "cue"),
    }
    assert {change.item.section for change in changes} == {item.section for item in DRAFT.placed}
    assert all(change.values != change.item.document.part(*change.item.path).values for change in changes)
    assert len({(c.where, c.says, str(c.values)) for c in changes}) == len(changes)


def test_what_is_not_noticed_is_shown_with_a_case_that_notices_it(tierengine: Callable[..., Ran], kept: Path) -> None:
    """With hardly any case much survives, and exit code 3 says so; with the suggested cases nothing does."""
    suggested = kept.parent / "suggested.yaml"
    ran = tierengine("mutate", SMALL, "--cases", kept, "--suggest", suggested, "--format", "json")
    assert ran.code == 3
    answer = json.loads(ran.out)
    moving = [each for each in answer["verdicts"] if each["became"] == "survives" and each["moves"] == "an answer"]
    assert moving
    assert all(each["because"] for each in moving)
    kept.write_text(suggested.read_text(encoding="utf-8"), encoding="utf-8")
    assert tierengine("test", kept, "--rulebook", SMALL).code == 0
    again = tierengine("mutate", SMALL, "--cases", kept)
    assert again.code == 0, again.out
    assert "each that moves an answer is noticed" in again.out


def test_a_run_that_is_stopped_is_gone_on_with(kept: Path) -> None:
    """What was found before the stop is not looked at again, and the result is that of a run in one go."""
    plan = Plan(rulebook=SMALL, cases=kept, kept=kept.parent / "journal", workers=1)
    stops: list[int] = []

    def stop(done: int, _all: int) -> None:
        if done:
            stops.append(done)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mutation(plan, stop)
    seen: list[int] = []
    gone_on = mutation(plan, lambda done, _all: seen.append(done))
    assert seen[0] == stops[0] > 0
    whole = mutation(Plan(rulebook=SMALL, cases=kept, workers=1))
    assert json.dumps(gone_on.counted(), sort_keys=True) == json.dumps(whole.counted(), sort_keys=True)
    journal = next((kept.parent / "journal").glob("*.jsonl"))
    journal.write_text(journal.read_text(encoding="utf-8")[:-40], encoding="utf-8")  # broken off while it was written
    assert mutation(plan).counted() == whole.counted()


def test_a_stop_at_the_keyboard_is_reported(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends the run with what to do next, and without a traceback."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_mutate, "mutation", interrupted)
    with pytest.raises(typer.Exit) as ended:
        cli_mutate.mutate(SMALL, cases=kept)
    assert ended.value.exit_code == 130
    assert "the same command goes on from there" in capsys.readouterr().err


def test_only_these_files(tierengine: Callable[..., Ran], kept: Path) -> None:
    """With --file, changes to other files are not made; a name that the rulebook does not have is refused."""
    ran = tierengine("mutate", SMALL, "--cases", kept, "--file", "criteria/SCOPE/2000-10-28.yaml", "--format", "json")
    files = {each["where"].split(":")[0] for each in json.loads(ran.out)["verdicts"]}
    assert files == {"criteria/SCOPE/2000-10-28.yaml"}
    ran = tierengine("mutate", SMALL, "--cases", kept, "--file", "rules/none.yaml")
    assert ran.code == 2
    assert "the rulebook has no file rules/none.yaml" in ran.err


def test_only_files_that_differ_are_looked_at(tierengine: Callable[..., Ran], kept: Path, tmp_path: Path) -> None:
    """With --since, changes to other files are not made."""
    edit = ("criteria/SCOPE/2000-10-28.yaml", "at_least: 100", "at_least: 101")
    folder = edited(tmp_path / "law", edit)
    assert changed_files(rulebook_files(folder), rulebook_files(SMALL)) == {edit[0]}
    ran = tierengine("mutate", folder, "--cases", kept, "--since", SMALL, "--format", "json")
    files = {each["where"].split(":")[0] for each in json.loads(ran.out)["verdicts"]}
    assert files == {edit[0]}


def test_a_rulebook_that_does_not_read(tierengine: Callable[..., Ran], kept: Path, tmp_path: Path) -> None:
    """It is reported like everywhere, with exit code 3."""
    folder = edited(tmp_path / "law", ("criteria/SCOPE/2000-10-28.yaml", "at_least: 100", "at_last: 100"))
    ran = tierengine("mutate", folder, "--cases", kept)
    assert ran.code == 3
    assert "criteria/SCOPE/2000-10-28.yaml" in ran.err


def test_a_solver_that_gives_up_is_undecided(kept: Path) -> None:
    """A change on which the solver gives up is reported as undecided, and never as harmless."""
    patient = mutation(Plan(rulebook=SMALL, cases=kept, workers=1))
    hasty = mutation(Plan(rulebook=SMALL, cases=kept, limit=Limit(steps=1), workers=1))
    harmless = {each.number for each in hasty.verdicts if each.became == "equivalent"}
    assert hasty.undecided()
    assert harmless <= {each.number for each in patient.verdicts if each.became == "equivalent"}


# -- from the inside ---------------------------------------------------------------------------------------------------

MUTANTS: list[Mutant] = [
    made
    for item in DRAFT.placed
    if isinstance(item.entry, Criterion)
    for change in changes_of(item)
    if change.path[:1] == ("rules",) and isinstance(made := mutant(Base(DRAFT), change), Mutant)
][::37]


def _of_type(field: Any) -> st.SearchStrategy[Any]:
    if field.type == "choice":
        return st.sampled_from(field.choices)
    if field.type == "truth":
        return st.booleans()
    return st.sampled_from(field.numbers) if field.numbers else st.integers(0, 6)


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_what_is_proved_harmless_is_harmless(data: st.DataObject) -> None:
    """Where the solver finds no country, none drawn by chance is answered otherwise; where it finds one, it is."""
    made = MUTANTS[data.draw(st.integers(0, len(MUTANTS) - 1))]
    law = made.base.law_of(made.original)
    assert law is not None
    assert made.entry is not None
    if next(made.quick_problems(), None) is not None:
        return
    laws = law, made.law(law)
    try:
        apart = distinguished(laws, (made.original, made.entry), Limit(seconds=60))
    except RulebookError:  # too unwieldy to be a rule; the linter refuses it
        return
    if apart is not None:
        assert apart.before != apart.after
        return
    forms = [entry_form(each, entry) for each, entry in zip(laws, (made.original, made.entry), strict=True)]
    assert forms[0] is not None
    assert forms[1] is not None
    fields = {field.id: _of_type(field) for form in forms if form is not None for field in form.inputs}
    facts = data.draw(st.fixed_dictionaries({}, optional=fields))
    rated = {name: True for name in fields if name.startswith("judged/") and name.replace("judged", "rating") in facts}
    facts = {**facts, **{name: name in rated for name in fields if name.startswith("judged/")}}
    for criterion in law.criteria:  # a finding is given as the levels that it reaches, and none without those below
        levels = [name for name in fields if name.startswith(f"{criterion.id}/")]
        for name in levels:
            facts.pop(name, None)
    found = [
        CompiledEngine(form).evaluate({n: v for n, v in facts.items() if n in {f.id for f in form.inputs}}).settled
        for form in forms
        if form is not None
    ]
    heads = [name for name in found[0] if name.startswith(f"{made.original.id}/") and not name.endswith("/proposed")]
    assert {name: found[0].get(name) for name in heads} == {name: found[1].get(name) for name in heads}


# -- the record of an earlier run --------------------------------------------------------------------------------------


def _looked_at(ran: Ran) -> int:
    found = re.search(r"(\d+) of \d+ single changes of the law were looked at", ran.out)
    assert found is not None, ran.out + ran.err
    return int(found[1])


def test_what_the_record_holds_is_not_looked_at_again(
    tierengine: Callable[..., Ran], kept: Path, tmp_path: Path
) -> None:
    """Nothing is while nothing changes; what reads otherwise is, and so is what a case noticed that is gone."""
    tierengine("mutate", SMALL, "--cases", kept, "--suggest", kept)
    record = kept.parent / "record.json"
    assert tierengine("mutate", SMALL, "--cases", kept, "--record", record).code == 0
    before = record.read_bytes()
    same = tierengine("mutate", SMALL, "--cases", kept, "--record", record)
    assert (same.code, _looked_at(same)) == (0, 0)
    assert 0 < _looked_at(tierengine("mutate", SMALL, "--cases", kept, "--record", record, "--sample", "9")) < 60
    folder = edited(tmp_path / "law", ("criteria/SCOPE/2000-10-28.yaml", "a hundred victims", "one hundred victims"))
    other = tmp_path / "other.json"
    other.write_bytes(before)
    found = tierengine("mutate", folder, "--cases", kept, "--record", other, "--format", "json")
    files = {each["where"].split(":")[0] for each in json.loads(found.out)["verdicts"]}
    assert "criteria/SCOPE/2000-10-28.yaml" in files
    assert "criteria/EFFORTS/2000-10-28.yaml" not in files
    kept.write_text(CASES, encoding="utf-8")
    ran = tierengine("mutate", SMALL, "--cases", kept, "--record", record)
    assert ran.code == 3
    assert "nothing notices" in ran.out
    assert record.read_bytes() == before


def test_a_record_that_cannot_be_read(tierengine: Callable[..., Ran], kept: Path) -> None:
    """It is refused, with what to do."""
    record = kept.parent / "record.json"
    record.write_text('{"SCOPE": 1}', encoding="utf-8")
    ran = tierengine("mutate", SMALL, "--cases", kept, "--record", record)
    assert ran.code == 2
    assert "record.json: the record cannot be read" in ran.err
    assert "take the file away" in ran.err
