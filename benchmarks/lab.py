"""Measures the policy lab: many records, the impact of a change, proofs, and questions about a dossier: `make bench`.

All rivals get the same rules and the same records, of which they say which rules fire and what each proposition comes
to; before the clock starts, all must say the same of every record. Each runs on one core, of which the processor
time is taken, and in rounds, one after the other (A B C, A B C, ...), so that a machine that slows down slows all of
them.

polars: an expression for each rule, stratum after stratum, in which null is not known. OpenFisca: a variable with a
formula for each rule and two for each proposition; it knows no missing value, so that every input is two variables,
one of which says whether the other is known, and the inputs are set before the clock starts.
"""

from __future__ import annotations

import argparse
import gc
import io
import multiprocessing
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # read when polars is imported

import lab_questions
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from engine import UNKNOWN, constants, print_form
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from tierengine.engines.arithmetic import OPERATORS
from tierengine.engines.columns import (
    Column,
    ColumnEngine,
    Columns,
    Evaluations,
    Numbers,
    Truths,
    all_of,
    pack,
    unpack,
)
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Engine, Evaluation, Facts, Form, Rule, Test, Value
from tierengine.engines.lowering import lower
from tierengine.lab.change.impact import Question, impact
from tierengine.law.reader import read_rulebook
from tierengine.reports.impact import print_impact

try:
    import polars as pl
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit, period
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable
except ImportError:
    sys.exit(
        "The rivals, polars and openfisca-core, are not installed, and are needed for the comparison.\n"
        "To install them and measure, run: make bench"
    )

YEAR = period("2019")
ROOT = Path(__file__).resolve().parent.parent
SEED = 2019
RECORDS = 200_000
MILLION = 1_000_000
CHUNK = 5_000
UNKNOWN_IN_CORPUS = (0.1,)
"""How likely an input of the measured corpus is unknown: low enough that many cases have a tier that can move."""
COUNTS_IN_CORPUS = range(120)
ROUNDS = 7
TIMES = 3
"""How often each engine of many records runs in a row; what it costs to begin is no part of a rate."""
EDITED = ROOT / "criteria" / "WL-iii-I" / "2019-01-08.yaml"
"""A criterion with a threshold; in the measured impact it begins at half of it."""


# --- the records ----------------------------------------------------------------------------------------------------


def random_columns(
    form: Form, count: int, seed: int, unknowns: Sequence[float] = UNKNOWN, counts: Sequence[int] = ()
) -> Columns:
    """Return random records as columns, like those of `engine.py`: each draws how likely an input is unknown.

    Counts are drawn from those given, or fall on both sides of every threshold.
    """
    chance = np.random.default_rng(seed)
    unknown = chance.choice(unknowns, count)
    pools = constants(form)
    everyone = all_of(count)
    rated = {each.id: pack(chance.random(count) >= unknown) for each in form.inputs if each.id.startswith("judged/")}
    columns: dict[str, Column] = {}
    for each in form.inputs:
        if each.id in rated:
            columns[each.id] = Truths(rated[each.id], everyone ^ rated[each.id])
            continue
        known = rated.get(each.id.replace("rating/", "judged/", 1), pack(chance.random(count) >= unknown))
        if each.type == "truth":
            shown = pack(chance.random(count) < 0.5) & known
            columns[each.id] = Truths(shown, known ^ shown)
        else:
            pool = each.numbers or (range(len(each.choices)) if each.choices else counts or pools[each.id])
            width = np.int32 if each.id in pools and not each.numbers else np.int8  # as a corpus keeps them
            columns[each.id] = Numbers(chance.choice(np.array(pool, width), count), known)
    return columns


def records_of(form: Form, columns: Columns, count: int) -> Iterator[Facts]:
    """Yield the same records one by one, as the engines take them."""
    lists: list[list[Value | None]] = []
    for each in form.inputs:
        column = columns[each.id]
        if isinstance(column, Truths):
            shown, refuted = unpack(column.shown, count).tolist(), unpack(column.refuted, count).tolist()
            lists.append([True if a else False if b else None for a, b in zip(shown, refuted, strict=True)])
        else:
            known, words = unpack(column.known, count).tolist(), each.choices
            values = column.values.tolist()
            lists.append([(words[v] if words else v) if k else None for k, v in zip(known, values, strict=True)])
    names = [each.id for each in form.inputs]
    for values in zip(*lists, strict=True):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def values_of(column: Column, count: int) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a column as values and where they are known."""
    if isinstance(column, Truths):
        return unpack(column.shown, count), unpack(column.shown | column.refuted, count)
    return column.values, unpack(column.known, count)


def table_of(form: Form, columns: Columns, count: int) -> pa.Table:
    """Return the records as a corpus; whether a word was judged follows from its rating."""
    table: dict[str, Any] = {"id": pa.array([f"case-{number}" for number in range(count)])}
    for each in form.inputs:
        values, known = values_of(columns[each.id], count)
        if each.id.startswith("judged/"):
            continue
        if each.type == "choice":
            places = pa.array(values.astype(np.int8), mask=~known)
            table[each.id] = pa.DictionaryArray.from_arrays(places, pa.array(each.choices))
        else:
            type_ = pa.bool_() if each.type == "truth" else pa.int8() if each.numbers else pa.int64()
            table[each.id] = pa.array(values, mask=~known).cast(type_)
    return pa.table(table)


# --- the rivals -----------------------------------------------------------------------------------------------------

Ask = Callable[[str], Any]
"""Gives the values of another variable."""

Found = dict[str, NDArray[np.bool_]]
"""`rule`, `+proposition` and `-proposition` to a truth for each record."""


def of_columns(found: Evaluations) -> Found:
    """What the columns found, unpacked."""
    columns = {rule: unpack(found.fired[row], found.count) for rule, row in found.rules.items()}
    for head, row in found.heads.items():
        columns["+" + head] = unpack(found.shown[row], found.count)
        columns["-" + head] = unpack(found.refuted[row], found.count)
    return columns


class Polars:
    """One form as expressions on columns."""

    def __init__(self, form: Form, columns: Columns, count: int) -> None:
        self._form = form
        self._places = {each.id: list(each.choices) for each in form.inputs}
        self._heads = {rule.head for stratum in form.strata for rule in stratum.rules}
        frame = {}
        for name, column in columns.items():
            values, known = values_of(column, count)
            frame[name] = pl.Series(values).set(pl.Series(~known), None)
        self._frame = pl.DataFrame(frame)

    def run(self) -> Any:
        """Return a frame with a truth for each rule and each rail of each proposition."""
        return self.decide(self._frame.lazy()).collect()

    def decide(self, lazy: Any) -> Any:
        """Return a lazy frame of cases with the same, to be collected by any engine."""
        lazy = lazy.with_columns(
            (pl.col(each.left) > pl.col(each.right)).alias(each.id) for each in self._form.comparisons
        )
        for stratum in self._form.strata:
            counts = [
                pl.sum_horizontal(self._test(member[side]) for member in tally.members).alias(tally.id + end)
                for tally in stratum.tallies
                for end, side in ((".holds", 0), (".fails", 1))
            ]
            rules = [reduce(lambda a, b: a & b, map(self._test, rule.tests)).alias(rule.id) for rule in stratum.rules]
            rails = [
                pl.any_horizontal(fired).alias(("+" if holds else "-") + head)
                for (head, holds), fired in _rails(stratum.rules).items()
            ]
            lazy = lazy.with_columns(counts).with_columns(rules).with_columns(rails)
        return lazy

    def found(self) -> Found:
        """Return what was found, for the comparison."""
        frame = self.run()
        named = set(frame.columns) - set(self._frame.columns)
        return {name: frame[name].to_numpy() for name in named}

    def _test(self, test: Test) -> Any:
        if test.field in self._heads:
            return pl.col(("+" if test.value is True else "-") + test.field)
        value = self._places[test.field].index(test.value) if isinstance(test.value, str) else test.value
        compared: Any = OPERATORS[test.op](pl.col(test.field), value)
        return compared.fill_null(value=False)


def _rails(rules: Sequence[Rule]) -> dict[tuple[str, bool], list[str]]:
    """Each rail of each proposition of a stratum with its rules; a rail that no rule shows is left out."""
    rails: dict[tuple[str, bool], list[str]] = {}
    for rule in rules:
        rails.setdefault((rule.head, rule.holds), []).append(rule.id)
    return rails


class OpenFisca:
    """One form as variables with formulas."""

    def __init__(self, form: Form, columns: Columns, count: int) -> None:
        self._form = form
        self._count = count
        self._columns = columns
        self._places = {each.id: list(each.choices) for each in form.inputs}
        self._heads = {rule.head for stratum in form.strata for rule in stratum.rules}
        self._counts = {
            tally.id + end: [member[side] for member in tally.members]
            for stratum in form.strata
            for tally in stratum.tallies
            for end, side in ((".holds", 0), (".fails", 1))
        }
        self._names: dict[str, str] = {}
        self._person = build_entity(key="person", plural="persons", label="", is_person=True)
        self._system = TaxBenefitSystem([self._person])
        self._asked: list[str] = []
        self._declare()

    def prepare(self) -> Any:
        """Return a simulation with the inputs set, which remembers nothing of an earlier one."""
        simulation = SimulationBuilder().build_default_simulation(self._system, count=self._count)
        for name, column in self._columns.items():
            values, known = values_of(column, self._count)
            simulation.set_input(self._name(name), YEAR, values)
            simulation.set_input(self._name("known " + name), YEAR, known)
        return simulation

    def run(self, simulation: Any) -> Found:
        """Return a truth for each rule and each rail of each proposition."""
        return {name: simulation.calculate(self._name(name), YEAR) for name in self._asked}

    def found(self) -> Found:
        """Return what was found, for the comparison."""
        return self.run(self.prepare())

    def _declare(self) -> None:
        for each in self._form.inputs:
            self._variable(each.id, bool if each.type == "truth" else int)
            self._variable("known " + each.id, bool)
        for comparison in self._form.comparisons:
            sides = comparison.left, comparison.right
            self._variable(comparison.id, bool, partial(self._greater, *sides))
            self._variable("known " + comparison.id, bool, partial(self._all, tuple("known " + side for side in sides)))
        for name, tests in self._counts.items():
            self._variable(name, int, partial(self._number, tests))
        for stratum in self._form.strata:
            for rule in stratum.rules:
                self._variable(rule.id, bool, partial(self._fires, rule))
                self._asked.append(rule.id)
            for (head, holds), fired in _rails(stratum.rules).items():
                rail = ("+" if holds else "-") + head
                self._variable(rail, bool, partial(self._any, fired))
                self._asked.append(rail)

    def _greater(self, left: str, right: str, ask: Ask) -> Any:
        return ask(left) > ask(right)

    def _all(self, names: Sequence[str], ask: Ask) -> Any:
        return reduce(np.logical_and, map(ask, names))

    def _any(self, names: Sequence[str], ask: Ask) -> Any:
        return reduce(np.logical_or, map(ask, names))

    def _number(self, tests: Sequence[Test], ask: Ask) -> Any:
        return sum(self._test(ask, test).astype(np.int32) for test in tests)

    def _fires(self, rule: Rule, ask: Ask) -> Any:
        return reduce(np.logical_and, (self._test(ask, test) for test in rule.tests))

    def _variable(self, name: str, type_: type, formula: Callable[[Ask], Any] | None = None) -> None:
        written: dict[str, Any] = {"value_type": type_, "entity": self._person, "definition_period": DateUnit.YEAR}
        if formula is not None:
            asked = formula
            written["formula"] = lambda person, period: asked(lambda other: person(self._name(other), period))
        self._system.add_variable(type(self._name(name), (Variable,), written))

    def _test(self, ask: Ask, test: Test) -> Any:
        if test.field in self._heads:
            return ask(("+" if test.value is True else "-") + test.field)
        value = self._places[test.field].index(test.value) if isinstance(test.value, str) else test.value
        answer = OPERATORS[test.op](ask(test.field), value)
        return answer if test.field in self._counts else answer & ask("known " + test.field)

    def _name(self, name: str) -> str:
        return self._names.setdefault(name, f"v{len(self._names)}")


# --- agreement before speed -----------------------------------------------------------------------------------------


def check_rivals(expected: Found, rivals: Mapping[str, Callable[[], Found]]) -> None:
    """Leave with an error if a rival says otherwise of any record; a rail that it does not know never holds."""
    for rival, find in rivals.items():
        found = find()
        for name, truths in expected.items():
            theirs = found.get(name, np.zeros_like(truths))
            if not np.array_equal(theirs.astype(np.bool_), truths):
                sys.exit(f"{rival} differs on `{name}`, on record {int(np.flatnonzero(theirs != truths)[0])}")
        print(f"agreement: {rival} fires the same rules and settles the same on all {RECORDS:,} records")


class Checker:
    """Compares the columns with the two engines, record by record; made once in each process."""

    def __init__(self) -> None:
        self.form = latest_form()
        self.columns = ColumnEngine(self.form)
        self.engines: dict[str, Engine] = {
            "durable-rules": DurableEngine(self.form),
            "generated evaluator": CompiledEngine(self.form),
        }

    def check(self, seed: int) -> str | None:
        """Return how an engine differs on a chunk of records, or nothing."""
        columns = random_columns(self.form, CHUNK, seed)
        found = self.columns.evaluate(columns, CHUNK)
        for number, (facts, expected) in enumerate(
            zip(records_of(self.form, columns, CHUNK), self._evaluations(found), strict=True)
        ):
            for name, engine in self.engines.items():
                if engine.evaluate(facts) != expected:
                    return f"{name} differs from the columns on record {number} of seed {seed}: {dict(facts)}"
        return None

    def _evaluations(self, found: Evaluations) -> Iterator[Evaluation]:
        """Every record's evaluation; `Evaluations.of` gives one at a time, and is slower for all of them."""
        rules = sorted(found.rules)
        fired = _by_record(found.fired[[found.rules[rule] for rule in rules]], found.count)
        shown, refuted = _by_record(found.shown, found.count), _by_record(found.refuted, found.count)
        heads = list(found.heads)
        for record in range(found.count):
            settled = dict.fromkeys((heads[row] for row in np.flatnonzero(shown[record])), True)
            settled |= dict.fromkeys((heads[row] for row in np.flatnonzero(refuted[record])), False)
            yield Evaluation(settled, tuple(rules[row] for row in np.flatnonzero(fired[record])))


def _by_record(planes: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.unpackbits(planes, axis=1, count=count, bitorder="little").T)


_checker: list[Checker] = []


def _begin() -> None:
    _checker.append(Checker())


def _check(seed: int) -> str | None:
    return _checker[0].check(seed)


def check_engines(records: int) -> None:
    """Compare the columns with the engine of record and the generated evaluator, on all processors."""
    started = perf_counter()
    seeds = range(SEED, SEED + -(-records // CHUNK))
    doing, console = f"comparing {records:,} records with both engines", Console(file=sys.stderr)
    with multiprocessing.get_context("spawn").Pool(initializer=_begin) as pool:
        answers = pool.imap_unordered(_check, seeds)
        for difference in track(answers, doing, len(seeds), console=console, disable=not sys.stderr.isatty()):
            if difference is not None:
                sys.exit(difference)
    print(
        f"agreement: columns, durable-rules and the generated evaluator fire the same rules and settle the same on "
        f"all {len(seeds) * CHUNK:,} random records ({perf_counter() - started:.0f} s)"
    )


# --- what is measured -----------------------------------------------------------------------------------------------


@dataclass
class Task:
    """Something to be measured, with what is made anew before each round and not counted."""

    name: str
    run: Callable[[Any], object]
    prepare: Callable[[], Any] = lambda: None
    clock: Callable[[], float] = perf_counter
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the rounds, in seconds."""
        return statistics.median(self.seconds)


def measure(tasks: Sequence[Task], rounds: int, times: int = 1) -> None:
    """Run the tasks in turn, round after round, so many times in a row; the first round warms up and is not counted."""
    for number in range(rounds + 1):
        for task in (each for each in tasks for _ in range(times)):
            prepared = task.prepare()
            gc.collect()
            start = task.clock()
            task.run(prepared)
            if number:
                task.seconds.append(task.clock() - start)


def measure_columns(form: Form) -> list[Task]:
    """Measure columns with fired rules beside the rivals, once all of them say the same; and what a census asks."""
    columns = random_columns(form, RECORDS, SEED)
    engine, tiers = ColumnEngine(form), [row.id for row in read_rulebook(ROOT).latest().tiers]
    rival, other = Polars(form, columns, RECORDS), OpenFisca(form, columns, RECORDS)
    check_rivals(of_columns(engine.evaluate(columns, RECORDS)), {"polars": rival.found, "openfisca-core": other.found})
    tasks = [
        Task("columns", lambda _: engine.evaluate(columns, RECORDS), clock=process_time),
        Task("polars", lambda _: rival.run(), clock=process_time),
        Task("openfisca-core", other.run, other.prepare, clock=process_time),
        Task("columns, tiers alone", lambda _: engine.settle(columns, RECORDS, tiers), clock=process_time),
    ]
    measure(tasks, ROUNDS, TIMES)
    print(f"\n{RECORDS:,} records with fired rules, processor time of one core (medians of {ROUNDS} rounds of {TIMES})")
    print(f"  {'':<20}{'ms':>10}{'min':>10}{'max':>10}{'million records/s':>20}{'times':>8}")
    for task in tasks:
        numbers = (task.median * 1e3, min(task.seconds) * 1e3, max(task.seconds) * 1e3)
        rate, times = RECORDS / task.median / 1e6, task.median / tasks[0].median
        print(f"  {task.name:<20}" + "".join(f"{n:>10.1f}" for n in numbers) + f"{rate:>20.2f}{times:>8.1f}")
    return tasks


def measure_memory(form: Form) -> None:
    """Print what a million records take: the columns that go in, the planes that come out, and the most on the way."""
    columns = random_columns(form, MILLION, SEED)
    given = sum(
        each.shown.nbytes + each.refuted.nbytes if isinstance(each, Truths) else each.values.nbytes + each.known.nbytes
        for each in columns.values()
    )
    engine = ColumnEngine(form)
    tracemalloc.start()
    found = engine.evaluate(columns, MILLION)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    planes = found.fired.nbytes + found.shown.nbytes + found.refuted.nbytes
    print(f"\nmemory for {MILLION:,} records, in megabytes")
    for name, size in (
        ("columns that go in", given),
        ("planes that come out", planes),
        ("most while evaluating, those planes included", most),
    ):
        print(f"  {name:<46}{size / 1e6:>10.1f}")


def changed_rulebook(folder: Path) -> Path:
    """Write the law with one other threshold into a folder, and return it."""
    for room in ("criteria", "rules"):
        shutil.copytree(ROOT / room, folder / room)
    path = folder / EDITED.relative_to(ROOT)
    path.write_text(path.read_text().replace("at_least: 100", "at_least: 50"))
    return folder


def measure_impact(form: Form, folder: Path) -> list[Task]:
    """Measure the impact of a changed threshold on a million records, from Parquet to the printed report."""
    corpus = folder / "corpus.parquet"
    records = random_columns(form, MILLION, SEED, UNKNOWN_IN_CORPUS, COUNTS_IN_CORPUS)
    pq.write_table(table_of(form, records, MILLION), corpus)
    changed = changed_rulebook(folder / "changed")
    old, new = read_rulebook(ROOT), read_rulebook(changed)

    def whole(asked: Question) -> str:
        text = io.StringIO()
        print_impact(impact(old, new, asked), Console(file=text, width=110))
        return text.getvalue()

    command = [sys.executable, "-m", "tierengine.cli", "impact", str(ROOT), str(changed), "--corpus", str(corpus)]
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    tasks = [
        Task("impact, from Parquet to report", lambda _: whole(Question(corpus=corpus))),
        Task("impact without a corpus: the proofs alone", lambda _: whole(Question())),
        Task(
            "the command, in a new process",
            lambda _: subprocess.run(command, check=True, capture_output=True, env=environment),  # noqa: S603 - ourselves
        ),
    ]
    moved = impact(old, new, Question(corpus=corpus)).census
    assert moved is not None
    measure(tasks, ROUNDS)
    print(
        f"\nimpact of one threshold on {MILLION:,} records ({corpus.stat().st_size / 1e6:.0f} MB, {moved.moved:,} move)"
    )
    print(f"  {'':<46}{'s':>10}{'min':>10}{'max':>10}")
    for task in tasks:
        numbers = (task.median, min(task.seconds), max(task.seconds))
        print(f"  {task.name:<46}" + "".join(f"{number:>10.2f}" for number in numbers))
    return tasks


def measure_proofs(folder: Path) -> Task:
    """Measure every proof about every version of the law, as a user runs it: a new process, the rulebook read."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "tierengine.cli", "prove"]
    whole = Task(
        "prove, every version, in a new process",
        lambda _: subprocess.run(command, check=True, capture_output=True, env=environment),  # noqa: S603 - ourselves
    )
    measure([whole], ROUNDS)
    print(f"\n{whole.name}: {whole.median:.2f} s ({min(whole.seconds):.2f} to {max(whole.seconds):.2f})")
    return whole


# --- what is printed ------------------------------------------------------------------------------------------------


def latest_form() -> Form:
    """Return the form of the latest law."""
    return lower(read_rulebook(ROOT).latest())


def print_machine() -> None:
    """Print what the figures were taken on."""
    print(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs; "
        + ", ".join(
            f"{name} {version(name)}" for name in ("numpy", "pyarrow", "polars", "openfisca-core", "python-sat")
        )
    )


def print_goals(columns: Sequence[Task], impacts: Sequence[Task], proofs: Task) -> None:
    """Print each goal with its figure."""
    rate, alone = (RECORDS / columns[place].median / 1e6 for place in (0, -1))
    seconds = impacts[0].median
    print("\ngoals (medians)")
    for name, figure, goal, reached in (
        ("columns, with fired rules", f"{rate:.1f} million records/s", "10 or more", rate >= 10),
        ("columns, tiers alone", f"{alone:.1f} million records/s", "25 or more", alone >= 25),
        (impacts[0].name, f"{seconds:.2f} s", "under 2 s", seconds < 2),
        (proofs.name, f"{proofs.median:.2f} s", "under 5 s", proofs.median < 5),
    ):
        print(f"  {name:<46}{figure:>26}  goal: {goal:<12}{'reached' if reached else 'not reached'}")


def main() -> None:
    """Check that all say the same, measure, and print."""
    parser = argparse.ArgumentParser(description="Measures the policy lab.")
    parser.add_argument(
        "--records", type=int, default=MILLION, help="records on which both engines are compared with the columns"
    )
    records = parser.parse_args().records
    form = latest_form()
    print_machine()
    print_form(form)
    columns = measure_columns(form)
    measure_memory(form)
    with tempfile.TemporaryDirectory() as folder:
        impacts = measure_impact(form, Path(folder))
        proofs = measure_proofs(Path(folder))
    print()
    lab_questions.main()
    print_goals(columns, impacts, proofs)
    check_engines(records)


if __name__ == "__main__":
    main()
