"""Measures the questions about a dossier: open tiers, what settles it, the way up, sufficient reasons.

Run by itself: `python benchmarks/lab_questions.py`. Each question is asked anew in every round, one after the other,
so that a machine that slows down slows all of them. The clock runs from the moment at which the country's case is
built; building it is measured apart. Finding the fewest is measured apart from listing every choice as small.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns

from tierengine.engines.lowering import lower
from tierengine.engines.proof import Case, lowest
from tierengine.engines.solver import Solver
from tierengine.evidence.dossier import Casefile, read_dossier
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.path import PathSearch
from tierengine.lab.questions.reasons import Findings
from tierengine.lab.questions.settle import Differences, narrowings, settle, settling_answers
from tierengine.lab.questions.smallest import Listed
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import admit
from tierengine.terms.tier import Tier

ROOT = Path(__file__).resolve().parent.parent
UNKNOWN = 20
"""How many inputs are unknown in the made-up case of the open tiers."""
SEED = 2007
ROUNDS = 30
GOAL_MS = 100


@dataclass(frozen=True)
class Asked:
    """A question: how to prepare it, outside the clock, and what to measure."""

    name: str
    goal: bool
    """Whether it has a goal, `GOAL_MS`."""
    prepare: Callable[[], Callable[[], object]]


def questions(rulebook: Rulebook) -> Iterator[Asked]:
    """Yield the questions, on the real dossier, the invented ones and a made-up case."""
    guatemala, varonia = _inquiry(rulebook, "guatemala-2007"), _inquiry(rulebook, "invented-2011")
    random_case = _random_case(guatemala().law)
    yield Asked("building the case", False, lambda: lambda: guatemala().solver)
    yield Asked(f"open tiers, {UNKNOWN} unknown", True, lambda: _open_tiers(random_case()))
    yield Asked(f"open tiers, {len(guatemala().unknown)} unknown", True, lambda: _open_tiers(guatemala()))
    targets: tuple[tuple[str, Callable[[], Inquiry], Tier], ...] = (
        ("Guatemala to Tier 2", guatemala, "2"),
        ("Guatemala to Tier 1", guatemala, "1"),
        ("Varonia to Tier 1", varonia, "1"),
    )
    for name, country, target in targets:
        yield Asked(f"path, {name}: the fewest", True, lambda c=country, t=target: _first_path(c(), t))  # type: ignore[misc]
        yield Asked(f"path, {name}: every one", False, lambda c=country, t=target: _all_paths(c(), t))  # type: ignore[misc]
    yield Asked("reasons, Varonia in Tier 3: the smallest", True, lambda: _reasons(varonia(), "TIER-3", holds=True))
    yield Asked("reasons, Varonia not in Tier 2: the smallest", True, lambda: _reasons(varonia(), "TIER-2"))
    yield Asked(
        "settle, Guatemala: what matters",
        False,
        lambda: _asking(guatemala(), lambda asked: Differences(asked).deciding()),
    )
    yield Asked("settle, Guatemala: how far each narrows", False, lambda: _narrowing(guatemala()))
    yield Asked("settle, Guatemala: sets for every tier", False, lambda: _settling(guatemala()))
    yield Asked("settle, Guatemala: as a whole, asked again", False, lambda: _settle(rulebook, "guatemala-2007"))


def _read(dossier: str) -> Casefile:
    return read_dossier(ROOT / "seeds" / dossier / "dossier.yaml")


def _inquiry(rulebook: Rulebook, dossier: str) -> Callable[[], Inquiry]:
    casefile = _read(dossier)
    law = rulebook.on(casefile.dossier.as_of)
    facts = admit(casefile, law).facts
    return lambda: Inquiry(law, facts)


def _settle(rulebook: Rulebook, dossier: str) -> Callable[[], object]:
    """The whole plan, from the loaded dossier; the case is kept from when it was asked before."""
    casefile = _read(dossier)
    settle(casefile, rulebook)
    return lambda: settle(casefile, rulebook)


def _random_case(law: Law) -> Callable[[], Inquiry]:
    """A country whose answers go together, without the first random ones that leave several tiers open."""
    chance, case = random.Random(SEED), Case(lower(law))
    country = lowest(Solver(case.definitions), case, case.fields)
    assert country is not None
    answered = [name for name in country if not name.startswith("judged/")]
    while True:
        facts = {name: country[name] for name in answered}
        for name in chance.sample(answered, UNKNOWN):
            del facts[name]
        facts |= {f"judged/{name}": f"rating/{name}" in facts for name in law.judges}
        if len(Inquiry(law, facts).open_rows()) > 1:
            return lambda: Inquiry(law, facts)


def _built(inquiry: Inquiry) -> Inquiry:
    assert inquiry.solver.find() is not None
    return inquiry


def _asking(inquiry: Inquiry, ask: Callable[[Inquiry], object]) -> Callable[[], object]:
    _built(inquiry)
    return lambda: ask(inquiry)


def _open_tiers(inquiry: Inquiry) -> Callable[[], object]:
    return _asking(inquiry, Inquiry.open_rows)


def _first_path(inquiry: Inquiry, target: Tier) -> Callable[[], object]:
    search = PathSearch(_built(inquiry), target)
    return lambda: next(search.shortest())


def _all_paths(inquiry: Inquiry, target: Tier) -> Callable[[], object]:
    search = PathSearch(_built(inquiry), target)
    return lambda: list(search.ways(Listed.of(search.shortest()).found))


def _reasons(inquiry: Inquiry, row: str, *, holds: bool = False) -> Callable[[], object]:
    findings = Findings(_built(inquiry))
    return lambda: next(findings.entailing(row, holds))


def _narrowing(inquiry: Inquiry) -> Callable[[], object]:
    decisive = Differences(_built(inquiry)).deciding()
    return lambda: list(narrowings(inquiry, decisive))


def _settling(inquiry: Inquiry) -> Callable[[], object]:
    rows = _built(inquiry).open_rows()
    return lambda: [settling_answers(inquiry, row.id) for row in rows]


def measure(asked: list[Asked], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Return the milliseconds of each question in each round."""
    taken: dict[str, list[float]] = {each.name: [] for each in asked}
    for _ in range(rounds):
        for each in asked:
            run = each.prepare()
            started = perf_counter_ns()
            run()
            taken[each.name].append((perf_counter_ns() - started) / 1e6)
    return taken


def main() -> None:
    """Measure and print: the median, the slowest of twenty, and whether the goal is reached."""
    asked = list(questions(read_rulebook(ROOT)))
    taken = measure(asked)
    print(f"{'question':<50} {'median ms':>10} {'p95 ms':>10}  goal {GOAL_MS} ms")
    for each in asked:
        times = taken[each.name]
        median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        verdict = ("reached" if median < GOAL_MS else "missed") if each.goal else ""
        print(f"{each.name:<50} {median:>10.1f} {slow:>10.1f}  {verdict}")


if __name__ == "__main__":
    main()
