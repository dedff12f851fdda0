"""Measures the engines, the whole way to an answer, and the loading of the rulebook: `make bench`.

Everything is measured in one run and in rounds, one engine after the other (A B C, A B C, ...), so that a
machine that slows down slows all of them. Every engine gives a full trace: each settled proposition, and the
rules that fired. Before the clock starts, all engines must find the same on every record.

The rival is zen-engine. Each stratum becomes one decision table with a row for each rule, and the tables are
asked one after the other by a driver like that of the engine of record: it counts, passes on, and settles.
Rows are written in two ways: with a cell for each field, as tables are meant, and with one expression for the
whole row, which zen reads faster, but of which its trace names the rule without the values it looked at. Of the
other choices the fastest that was found is taken: tables from a static loader, which are compiled once, no
empty cells, and in the record only the fields that the table asks for.
"""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from tierengine import schemas
from tierengine.engines import arithmetic
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.durable import DurableEngine
from tierengine.engines.form import Bounds, Engine, Evaluation, Facts, Field, Form, Rule, Stratum, Test, Value
from tierengine.engines.lowering import lower
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.assess import Assessor

try:
    import zen
except ImportError:
    sys.exit(
        "The rival, zen-engine, is not installed, and is needed for the comparison.\n"
        "To install it and measure, run: make bench"
    )

ROOT = Path(__file__).resolve().parent.parent
DOSSIER = ROOT / "seeds" / "guatemala-2007" / "dossier.yaml"
SEED = 2007
RECORDS = 300
UNKNOWN = (0.05, 0.2, 0.5, 0.8)
"""How likely an input is unknown; each record draws one of these."""
ROUNDS = 20
SLOW_ROUNDS = 9
PROCESSES = 5


# --- the rival ------------------------------------------------------------------------------------------------------


class ZenEngine:
    """Reads one form with zen-engine, one decision table for each stratum, with trace.

    With `cells`, a row has a cell for each field that its rule looks at; without, one expression for them all.
    """

    def __init__(self, form: Form, *, cells: bool = True) -> None:
        self._form = form
        self._cells = cells
        self._names: dict[str, str] = {}
        self._rules = {rule.id: rule for stratum in form.strata for rule in stratum.rules}
        self._fields = [
            sorted({test.field for rule in stratum.rules for test in rule.tests}) for stratum in form.strata
        ]
        tables = {
            str(number): self._decision(stratum, fields)
            for number, (stratum, fields) in enumerate(zip(form.strata, self._fields, strict=True))
        }
        self._zen = zen.ZenEngine({"loader": {"type": "static", "content": tables}})

    def evaluate(self, facts: Facts) -> Evaluation:
        """Return what follows from the facts."""
        known = dict(facts)
        for comparison in self._form.comparisons:
            answer = arithmetic.compare(known, comparison)
            if answer is not None:
                known[comparison.id] = answer
        settled: dict[str, bool] = {}
        fired: list[str] = []
        for number, stratum in enumerate(self._form.strata):
            for tally in stratum.tallies:
                known[f"{tally.id}.holds"], known[f"{tally.id}.fails"] = arithmetic.tally(known, tally)
            found = self._ask(number, known)
            fired += (rule.id for rule in found)
            heads = _settle(found)
            settled |= heads
            known |= heads
        return Evaluation(settled, tuple(sorted(fired)))

    def _ask(self, number: int, known: Facts) -> list[Rule]:
        record = {self._names[name]: known[name] for name in self._fields[number] if name in known}
        answer: Any = self._zen.evaluate(str(number), record, {"trace": True})
        return [self._rules[row["rule"]] for row in answer["result"]]

    def _decision(self, stratum: Stratum, fields: list[str]) -> dict[str, Any]:
        """A stratum as zen reads it: a graph from the record through one table to the answer."""
        table = {
            "hitPolicy": "collect",
            "inputs": self._columns(fields),
            "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
            "rules": [self._row(rule) for rule in stratum.rules],
        }
        kinds: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("record", "inputNode", {}),
            ("table", "decisionTableNode", table),
            ("answer", "outputNode", {}),
        )
        return {
            "nodes": [
                {"id": name, "name": name, "type": kind, "content": content, "position": {"x": 0, "y": 0}}
                for name, kind, content in kinds
            ],
            "edges": [
                {"id": f"{left}-{right}", "type": "edge", "sourceId": left, "targetId": right}
                for left, right in (("record", "table"), ("table", "answer"))
            ],
        }

    def _columns(self, fields: list[str]) -> list[dict[str, str]]:
        if not self._cells:
            return [{"id": "when", "name": "when"}]
        return [{"id": self._name(name), "name": name, "field": self._name(name)} for name in fields]

    def _row(self, rule: Rule) -> dict[str, str]:
        parts: dict[str, list[str]] = {}
        for test in rule.tests:
            name = self._name(test.field)
            column, subject = (name, "$") if self._cells else ("when", name)
            parts.setdefault(column, []).append(_expression(subject, test))
        row = {column: " and ".join(dict.fromkeys(tests)) for column, tests in parts.items()}
        return {"_id": rule.id, "rule": _text(rule.id), **row}

    def _name(self, name: str) -> str:
        """A name without the slashes and dots that zen would read as something else."""
        return self._names.setdefault(name, f"f{len(self._names)}")


def _expression(subject: str, test: Test) -> str:
    """A test as zen writes it; an absent field is null to zen, and of null no test may be true."""
    plain = f"{subject} {test.op} {_text(test.value)}"
    return plain if test.op == "==" else f"{subject} != null and {plain}"


def _text(value: Value) -> str:
    """A constant as zen writes it; it does not read the escapes that JSON has for letters beyond ASCII."""
    return json.dumps(value, ensure_ascii=False)


def _settle(fired: list[Rule]) -> dict[str, bool]:
    settled = {rule.head: rule.holds for rule in fired}
    contradicted = sorted({rule.head for rule in fired if settled[rule.head] != rule.holds})
    if contradicted:
        sys.exit(f"zen-engine finds that these both hold and fail: {', '.join(contradicted)}")
    return settled


# --- the records ----------------------------------------------------------------------------------------------------


def random_records(form: Form, number: int, seed: int) -> list[dict[str, Value]]:
    """Return random facts over the inputs of a form; counts fall on both sides of every threshold."""
    rng = random.Random(seed)
    pools = constants(form)
    return [dict(_random_facts(form, pools, rng)) for _ in range(number)]


def _random_facts(form: Form, pools: dict[str, list[int]], rng: random.Random) -> Iterator[tuple[str, Value]]:
    unknown = rng.choice(UNKNOWN)
    rated = {
        name.id.removeprefix("judged/"): rng.random() >= unknown
        for name in form.inputs
        if name.id.startswith("judged/")
    }
    for item in form.inputs:
        kind, _, name = item.id.partition("/")
        if kind == "judged":
            yield item.id, rated[name]
        elif kind == "rating":
            if rated.get(name, True):
                yield item.id, rng.randint(0, 3)
        elif rng.random() >= unknown:
            yield item.id, _random_value(item, pools, rng)


def _random_value(item: Field, pools: dict[str, list[int]], rng: random.Random) -> Value:
    if item.type == "truth":
        return rng.random() < 0.5
    return rng.choice(item.choices) if item.type == "choice" else rng.choice(pools[item.id])


def constants(form: Form) -> dict[str, list[int]]:
    """Return, for each count, the numbers to draw from: at, just below and just above what it is compared with."""
    tests = [test for stratum in form.strata for rule in stratum.rules for test in rule.tests]
    tests += [test for stratum in form.strata for tally in stratum.tallies for pair in tally.members for test in pair]
    pools: dict[str, set[int]] = {item.id: {0, 1, 2} for item in form.inputs if item.type == "count"}
    for test in tests:
        if test.field in pools and isinstance(test.value, int):
            pools[test.field] |= {max(0, test.value + step) for step in (-1, 0, 1)}
    return {name: sorted(numbers) for name, numbers in pools.items()}


def dossier_facts(casefile: Casefile, law: Law, form: Form) -> dict[str, Value | Bounds]:
    """Return the facts of a dossier that a form asks for."""
    inputs = {item.id for item in (*form.inputs, *form.answerable())}
    return {name: value for name, value in admit(casefile, law).facts.items() if name in inputs}


# --- agreement before speed -----------------------------------------------------------------------------------------


def check_agreement(engines: dict[str, Engine], records: Sequence[Facts]) -> set[str]:
    """Return the rules that fired on some record. Leave with an error if the engines differ on any."""
    ever: set[str] = set()
    for number, facts in enumerate(records):
        found = {name: engine.evaluate(facts) for name, engine in engines.items()}
        first, expected = next(iter(found.items()))
        for name, evaluation in found.items():
            if evaluation != expected:
                sys.exit(_difference(number, facts, (first, expected), (name, evaluation)))
        ever.update(expected.fired)
    return ever


def _difference(number: int, facts: Facts, one: tuple[str, Evaluation], other: tuple[str, Evaluation]) -> str:
    lines = [f"The engines differ on record {number}: {json.dumps(dict(facts), ensure_ascii=False)}"]
    for (name, mine), (_, theirs) in ((one, other), (other, one)):
        rules = sorted(set(mine.fired) - set(theirs.fired))
        heads = sorted(set(mine.settled.items()) - set(theirs.settled.items()))
        lines.append(f"  only {name}: rules {rules}, settled {heads}")
    return "\n".join(lines)


# --- the clock ------------------------------------------------------------------------------------------------------


@dataclass
class Task:
    """Something to be measured: a call, made once for each item in each round."""

    name: str
    call: Callable[[Any], object]
    items: Sequence[Any]
    rounds: list[float] = field(default_factory=list)
    """The mean of each round, in microseconds a call."""
    singles: list[int] = field(default_factory=list)
    """Every call, in nanoseconds."""

    def run(self) -> None:
        """Measure one round."""
        call, clock = self.call, perf_counter_ns
        times: list[int] = []
        for item in self.items:
            start = clock()
            call(item)
            times.append(clock() - start)
        self.singles += times
        self.rounds.append(statistics.fmean(times) / 1000)

    @property
    def median(self) -> float:
        """The median of the rounds, in microseconds a call."""
        return statistics.median(self.rounds)

    @property
    def p99(self) -> float | None:
        """What 99 of 100 single calls stay under, in microseconds; nothing if there were too few calls."""
        return statistics.quantiles(self.singles, n=100)[98] / 1000 if len(self.singles) >= 300 else None


def measure(tasks: Sequence[Task], rounds: int) -> None:
    """Run the tasks in turn, round after round; one round before them warms up and is not counted."""
    for task in tasks:
        for item in task.items:
            task.call(item)
    for _ in range(rounds):
        for task in tasks:
            task.run()


def table(title: str, tasks: Sequence[Task], unit: str) -> None:
    """Print what was measured, in `µs` or `ms`."""
    scale = 1000.0 if unit == "ms" else 1.0
    heads = "".join(f"{word:>10}" for word in ("median", "min", "max", "p99"))
    print(f"\n{title}\n  {unit + ' a call':<46}{heads}{'rounds':>8}{'calls':>8}")
    for task in tasks:
        numbers = (task.median, min(task.rounds), max(task.rounds), task.p99)
        cells = "".join(f"{'-':>10}" if number is None else f"{number / scale:>10.2f}" for number in numbers)
        print(f"  {task.name:<46}{cells}{len(task.rounds):>8}{len(task.singles):>8}")


# --- what is measured -----------------------------------------------------------------------------------------------


def engine_tasks(engines: dict[str, Engine], records: Sequence[Facts], facts: Facts) -> list[Task]:
    """Return the determinations: each engine on the random records, and on the dossier's facts alone."""
    tasks = [Task(f"{name}, random records", engine.evaluate, records) for name, engine in engines.items()]
    return tasks + [Task(f"{name}, Guatemala", engine.evaluate, [facts] * 50) for name, engine in engines.items()]


def assess_tasks(law: Law, casefile: Casefile) -> list[Task]:
    """Return the whole way from a loaded dossier to JSON text, and the loading of the dossier with its cable."""
    plain, certified = Assessor(law, certified=False), Assessor(law)
    return [
        Task(
            "assess to JSON, open tiers exact, Guatemala", lambda c: schemas.to_json(plain.assess(c)), [casefile] * 50
        ),
        Task(
            "the same, each open tier with its witness", lambda c: schemas.to_json(certified.assess(c)), [casefile] * 5
        ),
        Task("the dossier read and checked before it", read_dossier, [DOSSIER] * 5),
    ]


def setup_tasks(law: Law, form: Form, cache: Path) -> list[Task]:
    """Return the loading of the rulebook and the setting up of the engines, in this process."""

    def close_at_once(one: Form) -> None:
        DurableEngine(one).close()

    return [
        Task("rulebook read and checked, no cache", read_rulebook, [ROOT]),
        Task("rulebook from its cache", lambda folder: read_rulebook(folder, cache=cache), [ROOT]),
        Task("lower to the form", lower, [law]),
        Task("generate and compile the evaluator", CompiledEngine, [form]),
        Task("register with durable-rules (and give back)", close_at_once, [form]),
        Task("make the tables of zen-engine (cells)", ZenEngine, [form]),
    ]


_CHILD = """
import sys, time
started = time.perf_counter_ns()
from pathlib import Path
from tierengine.law.reader import read_rulebook
imported = time.perf_counter_ns()
read_rulebook(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
print(imported - started, time.perf_counter_ns() - imported)
"""


def process_tasks(cache: Path) -> list[Task]:
    """Measure the first reading in fresh processes, without cache and with it, in turn, and the imports before it."""
    cold, kept = (Task(f"first reading in a new process, {how}", print, []) for how in ("no cache", "from cache"))
    imports = Task("imports before it", print, [])
    for _ in range(PROCESSES):
        for task, arguments in ((cold, []), (kept, [str(cache)])):
            command = [sys.executable, "-c", _CHILD, str(ROOT), *arguments]
            ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
            for measured, word in zip((imports, task), ran.stdout.split(), strict=True):
                measured.singles.append(int(word))
                measured.rounds.append(int(word) / 1000)
    return [cold, kept, imports]


# --- what is printed ------------------------------------------------------------------------------------------------


def print_machine() -> None:
    """Print what the figures were taken on."""
    print(
        f"Python {platform.python_version()} ({platform.python_implementation()}), {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} CPUs; durable-rules {version('durable-rules')}, "
        f"zen-engine {version('zen-engine')}"
    )


def print_form(form: Form) -> None:
    """Print how large the form is."""
    rules = [rule for stratum in form.strata for rule in stratum.rules]
    tallies = sum(len(stratum.tallies) for stratum in form.strata)
    heads = {rule.head for rule in rules}
    print(
        f"form: {len(rules)} rules on {len(heads)} propositions in {len(form.strata)} strata, {tallies} tallies; "
        f"{len(form.inputs)} inputs, {len(form.comparisons)} comparisons"
    )


def print_agreement(form: Form, engines: dict[str, Engine], records: Sequence[Facts], fired: set[str]) -> None:
    """Print on how much the engines agreed."""
    rules = sum(len(stratum.rules) for stratum in form.strata)
    known = statistics.fmean(len(facts) for facts in records) / len(form.inputs)
    often = statistics.fmean(len(engines["generated evaluator"].evaluate(facts).fired) for facts in records)
    print(
        f"records: {len(records)} ({len(records) - 1} random, seed {SEED}, and Guatemala), {known:.0%} of the inputs "
        f"known, {often:.0f} rules fire on average; {len(fired)} of {rules} rules fire on some record"
    )
    print(f"agreement: {', '.join(engines)} fire the same rules and settle the same on all {len(records)} records")


def print_goals(tasks: Sequence[Task]) -> None:
    """Print each goal with its figure."""
    medians = {task.name: task.median for task in tasks}
    goals = (
        ("assess to JSON, open tiers exact, Guatemala", 1500, "µs"),
        ("the same, each open tier with its witness", 6000, "µs"),
        ("generated evaluator, random records", 30, "µs"),
        ("generated evaluator, Guatemala", 30, "µs"),
        ("rulebook read and checked, no cache", 120_000, "ms"),
        ("first reading in a new process, no cache", 120_000, "ms"),
        ("rulebook from its cache", 8_000, "ms"),
        ("first reading in a new process, from cache", 8_000, "ms"),
    )
    print("\ngoals (medians)")
    for name, goal, unit in goals:
        scale = 1000 if unit == "ms" else 1
        verdict = "reached" if medians[name] < goal else "not reached"
        print(f"  {name:<46}{medians[name] / scale:>10.2f} {unit}  goal: under {goal / scale:.0f} {unit:<4}{verdict}")


def print_ratios(engines: dict[str, Engine], tasks: Sequence[Task]) -> None:
    """Print how the engines stand to the generated evaluator."""
    medians = {task.name: task.median for task in tasks}
    print("\nhow many times the generated evaluator's time (medians)")
    for name in engines:
        ratios = [
            f"{medians[f'{name}, {kind}'] / medians[f'generated evaluator, {kind}']:.1f} on {kind}"
            for kind in ("random records", "Guatemala")
        ]
        print(f"  {name:<24}{', '.join(ratios)}")


def main() -> None:
    """Check that the engines agree, measure, and print."""
    casefile = read_dossier(DOSSIER)
    law = read_rulebook(ROOT).on(casefile.dossier.as_of)
    form = lower(law)
    facts = dossier_facts(casefile, law, form)
    records: list[Facts] = [*random_records(form, RECORDS, SEED), facts]
    engines: dict[str, Engine] = {
        "generated evaluator": CompiledEngine(form),
        "durable-rules": DurableEngine(form),
        "zen-engine (cells)": ZenEngine(form),
        "zen-engine (rows)": ZenEngine(form, cells=False),
    }
    print_machine()
    print_form(form)
    print_agreement(form, engines, records, check_agreement(engines, records))

    determinations = [*engine_tasks(engines, records, facts), *assess_tasks(law, casefile)]
    measure(determinations, ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        setups = setup_tasks(law, form, Path(folder))
        measure(setups, SLOW_ROUNDS)
        setups += process_tasks(Path(folder))

    table("a determination, with full trace", determinations, "µs")
    table("loading and setting up", setups, "ms")
    print_ratios(engines, determinations)
    print_goals([*determinations, *setups])


if __name__ == "__main__":
    main()
