"""Measures how soon an answer is there, and how that grows: `make bench`.

Four tables. How long a command takes, as a multiple of `python -c pass` in the same round. How long the parts of an
answer take in one process, beside the goals. How a question to the solver grows over 10 to 100 open questions, beside
z3, which answers the same ones. And how everything grows over rulebooks of 1, 2 and 4 times today's size, made by
copying criteria under new names.

All times are of the processor, so that another program on the machine disturbs them little; each is the least of
several rounds.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import process_time

import z3

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the reading by z3 is that of the tests

from tests.engines.z3_reading import Z3Case, found  # noqa: E402
from tierengine import schemas  # noqa: E402
from tierengine.engines.compiled import CompiledEngine  # noqa: E402
from tierengine.engines.durable import DurableEngine  # noqa: E402
from tierengine.engines.form import Facts, Form, Value  # noqa: E402
from tierengine.engines.lowering import lower  # noqa: E402
from tierengine.engines.proof import Case, lowest  # noqa: E402
from tierengine.engines.solver import Solver  # noqa: E402
from tierengine.evidence.dossier import read_dossier  # noqa: E402
from tierengine.lab.questions.path import path  # noqa: E402
from tierengine.lab.questions.settle import settle  # noqa: E402
from tierengine.law.entries import Criterion  # noqa: E402
from tierengine.law.reader import read_rulebook  # noqa: E402
from tierengine.law.rulebook import Law, Rulebook  # noqa: E402
from tierengine.reasoning.assess import Assessor, law_of  # noqa: E402
from tierengine.reasoning.hinges import worth_asking  # noqa: E402
from tierengine.reasoning.open_tiers import OpenTiers  # noqa: E402

DOSSIER = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"
PLACEMENTS = ROOT / "tests" / "data" / "tier_history.csv"
DAY = date(2007, 11, 9)
ROUNDS = 5
COMMANDS: tuple[tuple[str, float | None], ...] = (
    ("--help", 8),
    (f"assess {DOSSIER}", 25),
    (f"settle {DOSSIER}", None),
    (f"path {DOSSIER} --to 1", None),
    (f"history {PLACEMENTS}", None),
    ("lint", None),
    ("prove", None),
    ("test", None),
)
"""Commands, and at most how many times as long as `python -c pass` each is to take."""
OPEN = (10, 25, 50, 75, 100)
SIZES = (1, 2, 4)


@dataclass(frozen=True)
class Measured:
    """How long something took, in milliseconds, and how long it is to take at most."""

    name: str
    took: float
    goal: float | None = None


def least(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the milliseconds that some work takes, the least of several rounds."""
    times = []
    for _ in range(rounds):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times) * 1000


def print_measured(title: str, rows: Sequence[Measured], unit: str) -> None:
    """Print one table, each row with its goal if it has one."""
    print(f"\n{title}")
    for row in rows:
        goal = "" if row.goal is None else f"   goal {row.goal:g}: {'reached' if row.took <= row.goal else 'missed'}"
        print(f"  {row.name:<52}{row.took:>9.1f} {unit}{goal}", flush=True)


# -- the command ------------------------------------------------------------------------------------------------------


def of_commands(cache: Path) -> Iterator[Measured]:
    """Yield how many times as long as `python -c pass` each command takes, with what it keeps kept already."""
    bare = _spent([sys.executable, "-c", "pass"], cache)
    for command, goal in COMMANDS:
        words = [sys.executable, "-m", "tierengine.cli", *command.split()]
        _spent(words, cache, rounds=1)
        name = command.replace(str(DOSSIER), "Guatemala")
        yield Measured(name, _spent(words, cache, rounds=3) / bare, goal)


def _spent(words: Sequence[str], cache: Path, rounds: int = ROUNDS) -> float:
    """The seconds of the processor that a command takes."""
    # A user's Python keeps what it compiled, so the one that is measured must too.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"TIERENGINE_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    times = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)  # noqa: S603 - our own
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


# -- in one process ---------------------------------------------------------------------------------------------------


def in_process(rulebook: Rulebook, cache: Path) -> Iterator[Measured]:
    """Yield how long the parts of an answer take once everything is loaded."""
    casefile = read_dossier(DOSSIER)
    law = law_of(casefile, rulebook)
    read_rulebook(ROOT, cache)
    yield Measured("rulebook, cold", least(lambda: read_rulebook(ROOT), rounds=2), 120)
    yield Measured("rulebook, kept", least(lambda: read_rulebook(ROOT, cache)), 8)
    yield Measured("the same, with the law of one date", least(lambda: read_rulebook(ROOT, cache).on(DAY)))
    yield Measured("the same, with every entry of every date", least(lambda: read_rulebook(ROOT, cache).entries()))
    yield Measured("dossier of Guatemala", least(lambda: read_dossier(DOSSIER)))
    plain, whole = Assessor(law, certified=False), Assessor(law)
    yield Measured("assessed, to JSON", least(lambda: schemas.to_json(plain.assess(casefile))), 1.5)
    yield Measured("the same with witnesses and what it hangs on", least(lambda: whole.assess(casefile)), 6)
    yield Measured("settle Guatemala", least(lambda: settle(casefile, rulebook), rounds=2), 60)
    yield Measured("path to Tier 1", least(lambda: path(casefile, rulebook, "1"), rounds=2), 60)


# -- growth over open questions ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grown:
    """What questions about a country with so many open questions take, in milliseconds."""

    open: int
    rows: float
    asking: float
    rival: float


def over_questions(law: Law) -> Iterator[Grown]:
    """Yield how long the open rows and the questions worth asking take; z3 looks for the open rows alone."""
    form = lower(law)
    facts = _a_whole_country(form)
    names = sorted(facts)
    random.Random(2007).shuffle(names)
    opened, mirror = OpenTiers(law, form), Z3Case(form)
    for number in OPEN:
        known = {name: facts[name] for name in names[number:]}
        rows = opened.open(known)
        assert {row.id for row in rows} == _by_z3(mirror, law, known), "both find the same rows open"
        yield Grown(
            number,
            rows=least(lambda known=known: OpenTiers(law, form).open(known)),  # type: ignore[misc]
            asking=least(lambda known=known, rows=rows: worth_asking(law, known, rows, opened)),  # type: ignore[misc]
            rival=least(lambda known=known: _by_z3(mirror, law, known), rounds=2),  # type: ignore[misc]
        )


def _a_whole_country(form: Form) -> dict[str, Value]:
    """A country whose answers are all given, and go together."""
    case = Case(form)
    found_case = lowest(Solver(case.definitions), case, case.fields)
    assert found_case is not None
    return found_case


def _by_z3(mirror: Z3Case, law: Law, facts: Facts) -> set[str]:
    """The open rows by z3."""
    given = tuple(mirror.gives(facts))
    return {row.id for row in law.tiers if found(*mirror.definitions, *given, mirror.shown[row.id])}


# -- growth over the rulebook -----------------------------------------------------------------------------------------


def grown(rulebook: Rulebook, times: int) -> Rulebook:
    """Return a rulebook with each criterion several times, each set of copies with names of its own.

    So a copy compares its figures with those of its own set. Were they compared with the first set's, one figure would
    be compared with as many others as there are sets, and the numbers that can be told apart double with each.
    """
    names = {name for each in rulebook.criteria for name in named_by(each)}
    copies = (copied(each, names, number) for number in range(2, times + 1) for each in rulebook.criteria)
    return rulebook.with_section("criteria", (*rulebook.criteria, *copies))


def named_by(criterion: Criterion) -> Iterator[str]:
    """Yield the names of a criterion, its indicators and its judgement."""
    yield from (criterion.id, *(each.id for each in criterion.indicators))
    if criterion.judgement is not None:
        yield criterion.judgement.id


def copied(criterion: Criterion, names: Collection[str], number: int) -> Criterion:
    """Return a criterion with other names for itself and for all else that is named."""
    text = json.dumps(criterion.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    for name in names:
        text = text.replace(f'"{name}"', f'"{name}-{number}"')
    return Criterion.model_validate_json(text)


def print_growth(rulebook: Rulebook) -> None:
    """Print how the parts of an answer grow with the rulebook."""
    casefile = read_dossier(DOSSIER)
    print(f"\n{'rulebook':<12}{'rules':>7}{'lowered':>10}{'generated':>11}{'registered':>12}{'assessed':>10}   ms")
    for times in SIZES:
        book = grown(rulebook, times)
        form = lower(book.on(DAY))
        rules = sum(len(stratum.rules) for stratum in form.strata)

        def fresh(form: Form = form) -> Form:
            return form.model_copy()  # nothing is kept with a copy

        lowering = least(lambda book=book: lower(replace(book).on(DAY)), rounds=2)  # type: ignore[misc]
        generated = least(lambda fresh=fresh: CompiledEngine(fresh()), rounds=2)  # type: ignore[misc]
        registered = least(lambda fresh=fresh: DurableEngine(fresh()).close(), rounds=2)  # type: ignore[misc]
        assessor = Assessor(book.on(DAY))
        assessed = least(lambda assessor=assessor: assessor.assess(casefile), rounds=3)  # type: ignore[misc]
        print(f"{times:>5} times {rules:>8}{lowering:>10.1f}{generated:>11.1f}{registered:>12.1f}{assessed:>10.1f}")


def main() -> None:
    """Measure and print."""
    rulebook = read_rulebook(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        print_measured("The command, as a multiple of `python -c pass`", list(of_commands(cache)), "times")
        print_measured("In one process", list(in_process(rulebook, cache)), "ms")
    law = rulebook.on(DAY)
    rival = f"z3 {z3.get_version_string()}: open rows"
    print(f"\n{'open questions':<16}{'open rows':>12}{'worth asking':>15}{rival:>24}   ms")
    for each in over_questions(law):
        print(f"{each.open:<16}{each.rows:>12.1f}{each.asking:>15.1f}{each.rival:>24.1f}", flush=True)
    print_growth(rulebook)


if __name__ == "__main__":
    main()
