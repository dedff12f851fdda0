"""Measures what an answer is worth to its reader: how long it is, what it leaves open, what it hangs on: `make bench`.

Three parts. The seeds: how many lines each verb prints at width 100, as the command does. The seeds and the cases of
`tests/`: how many tiers are open, on the facts and to a person who rates freely, how many ratings alone lead elsewhere,
and how many get a recommendation. Made-up dossiers over the law of every date: how many of those with five admitted
records of effort or more and a last placement get a recommendation, and why the others do not. The goals stand beside.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the made-up dossiers are those of the tests

from tests.ledger.random_dossiers import Written, casefile, draw_dossier  # noqa: E402
from tierengine.engines.compiled import CompiledEngine  # noqa: E402
from tierengine.errors import TierEngineError  # noqa: E402
from tierengine.evidence.dossier import Casefile, read_dossier  # noqa: E402
from tierengine.lab.cases.suite import read_suite  # noqa: E402
from tierengine.lab.cases.trial import Trials  # noqa: E402
from tierengine.law.reader import read_rulebook  # noqa: E402
from tierengine.law.rulebook import Law, Rulebook  # noqa: E402
from tierengine.reasoning.admission import admit  # noqa: E402
from tierengine.reasoning.assess import Assessor, law_of  # noqa: E402
from tierengine.reasoning.assessment import Assessment  # noqa: E402

SEEDS = ("guatemala-2007", "invented-2011", "invented-2013", "invented-2019")
WIDTH = 100
VERBS: tuple[tuple[tuple[str, ...], int | None], ...] = (
    (("assess",), 45),
    (("assess", "--full"), None),
    (("explain", "--decisive"), 30),
    (("explain",), None),
    (("settle",), None),
    (("path", "--to", "1"), None),
    (("reasons",), None),
    (("check",), None),
)
"""Verbs with their options, and at most how many lines each is to print."""
PATIENCE = 60
"""Seconds after which a verb is too slow."""
DONE = (0, 1, 4)
"""Exit codes of a verb that answered; `check` says with 1 what is to be corrected."""
DRAWN = 1000
DRAWN_RECORDS = 10
ENOUGH = 5
"""Records of effort with which a dossier is to get a recommendation."""
MOST_HINGES = 3
"""How many ratings an answer is to hang on, in the median."""


@dataclass(frozen=True)
class Measured:
    """What one answer leaves open, and what it hangs on."""

    name: str
    open: int
    to_a_person: int
    hinges: int
    status: str


# -- lines ------------------------------------------------------------------------------------------------------------


def print_lines() -> None:
    """Print how many lines each verb prints for each seed."""
    print(f"{'lines at width ' + str(WIDTH):<24}" + "".join(f"{seed:>16}" for seed in SEEDS) + f"{'goal':>10}")
    for verb, goal in VERBS:
        counts = [_lines(verb, seed) for seed in SEEDS]
        reached = goal is not None and all(count is not None and count <= goal for count in counts)
        met = "" if goal is None else f"{goal:>6} {_verdict(reached)}"
        cells = ("too slow" if count is None else str(count) for count in counts)
        print(f"{' '.join(verb):<24}" + "".join(f"{cell:>16}" for cell in cells) + f"  {met}", flush=True)


def _lines(verb: Sequence[str], seed: str) -> int | None:
    """The lines that the command prints; nothing if it takes longer than anybody waits."""
    words = [verb[0], f"seeds/{seed}/dossier.yaml", *verb[1:]]
    try:
        ran = subprocess.run(  # noqa: S603 (a command of our own)
            [sys.executable, "-m", "tierengine.cli", *words],
            cwd=ROOT,
            env=os.environ | {"COLUMNS": str(WIDTH)},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return None
    if ran.returncode not in DONE:
        print(f"  tierengine {' '.join(words)} ends with {ran.returncode}: {ran.stderr.strip()}")
    return len(ran.stdout.splitlines())


def _verdict(reached: bool) -> str:
    return "reached" if reached else "missed"


# -- the seeds and the cases ------------------------------------------------------------------------------------------


def of_seeds(rulebook: Rulebook) -> Iterator[Measured]:
    """Yield what is measured of each seed."""
    for seed in SEEDS:
        found = _assess(read_dossier(ROOT / "seeds" / seed / "dossier.yaml"), rulebook)
        yield Measured(
            seed,
            len(found.recommendation.open_tiers),
            len(found.recommendation.open_to_a_person),
            len(found.hinges),
            found.recommendation.status,
        )


def _assess(dossier: Casefile, rulebook: Rulebook) -> Assessment:
    return Assessor(law_of(dossier, rulebook), CompiledEngine).assess(dossier)


def of_cases(rulebook: Rulebook, folder: Path) -> Iterator[tuple[str, Measured]]:
    """Yield what is measured of each case that gives single answers, with the file in which it stands."""
    trials = Trials()
    for placed in read_suite(folder, rulebook).cases:
        if placed.case.given is not None:
            answer = trials.answer(placed)
            counts = len(answer.open_rows), len(answer.open_to_a_person), len(answer.hinges)
            yield Path(placed.document.name).stem, Measured(placed.case.name, *counts, answer.status)


def print_measured(title: str, measured: Sequence[Measured], goal: int | None = None) -> None:
    """Print one row: sizes in the median and at most, and the share with a recommendation."""
    cells = [
        f"{statistics.median(numbers):>8.1f} {max(numbers):>4}"
        for numbers in (
            [each.open for each in measured],
            [each.to_a_person for each in measured],
            [each.hinges for each in measured],
        )
    ]
    share = sum(each.status != "open" for each in measured) / len(measured)
    goals = []
    if goal is not None:
        goals.append(f"hinges <= {goal}: {_verdict(statistics.median(each.hinges for each in measured) <= goal)}")
        goals.append(f"share 100%: {_verdict(share == 1)}")
    print(f"{title:<28} {len(measured):>6}{''.join(cells)} {share:>9.0%}  {'; '.join(goals)}")


# -- made-up dossiers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unsaid:
    """A made-up dossier without a recommendation: the tiers that the proposals leave, and the words that stay open."""

    tiers: tuple[str, ...]
    words: tuple[str, ...]


def of_made_up(rulebook: Rulebook) -> tuple[Counter[str], list[Unsaid]]:
    """Return how many made-up dossiers with enough records end in each status, and those that end open."""
    statuses: Counter[str] = Counter()
    seen: set[str] = set()
    unsaid: list[Unsaid] = []
    laws = tuple(rulebook.whole_laws())
    assessors = {law.as_of: Assessor(law, CompiledEngine, certified=False) for law in laws}

    @settings(
        max_examples=DRAWN,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), law=st.sampled_from(laws))
    def draw(data: st.DataObject, law: Law) -> None:
        made = casefile(_usable(draw_dossier(data.draw, rulebook, law, DRAWN_RECORDS), law))
        if repr(made.dossier) in seen or not _enough(made, law):
            return
        seen.add(repr(made.dossier))
        try:
            found = assessors[law.as_of].assess(made)
        except TierEngineError:
            statuses["refused"] += 1
            return
        statuses[found.recommendation.status] += 1
        if found.recommendation.status == "open":
            unsaid.append(_unsaid(assessors[law.as_of], made))

    draw()
    return statuses, unsaid


def _usable(written: Written, law: Law) -> Written:
    """A made-up dossier as an office would hand it in: annual, and its records of the period and of known sources."""
    year = law.as_of.year
    known = {each.id: each for each in law.indicators}
    repeats = {each["id"] for each in written["records"] if each["id"].startswith("repeat-")}
    records = [each for each in written["records"] if each["id"] not in repeats]
    for record in records:
        if record["measures"] in known and known[record["measures"]].last_year_of is None:
            record.pop("period", None)
            record.pop("undated", None)
            kind = known[record["measures"]].kinds[0]
            record |= {"kind": kind, "date": f"{year}-02-03", "reliability": "B", "credibility": "2"}
    records = [each for each in records if each["kind"] == "judgement" or each["measures"] in known]
    placements = written["earlier_placements"] or ({"year": str(year - 1), "tier": "2", "source": "made up"},)
    return written | {"product": "annual", "records": tuple(records), "earlier_placements": placements}


def _enough(made: Casefile, law: Law) -> bool:
    """Whether a dossier has a last placement and enough admitted records of effort; one that is refused has not."""
    try:
        admitted = admit(made, law)
    except TierEngineError:
        return False
    efforts = (records for name, records in admitted.records.items() if law.indicator(name).effort)
    return admitted.placement is not None and sum(map(len, efforts)) >= ENOUGH


def _unsaid(assessor: Assessor, made: Casefile) -> Unsaid:
    reading = assessor.read_provisionally(made)
    words = (name for name, criterion in assessor.law.judges.items() if name not in reading.proposals)
    rated = {record.measures for record in made.dossier.records if record.kind == "judgement"}
    near = [name for name in words if name not in rated and assessor.law.judges[name].part != "factor"]
    return Unsaid(tuple(row.tier or "unranked" for row in reading.rows), tuple(near))


def print_made_up(statuses: Counter[str], unsaid: Iterable[Unsaid]) -> None:
    """Print the share with a recommendation, and the commonest reasons of those without."""
    counted = sum(statuses.values()) - statuses["refused"]
    share = 1 - statuses["open"] / counted if counted else 0
    counts = ", ".join(f"{number} {status}" for status, number in statuses.most_common())
    print(f"of {counted} with {ENOUGH} records of effort or more and a last placement: {counts}")
    print(f"share with a recommendation: {share:.1%}   goal 100%: {_verdict(share == 1)}")
    reasons = Counter((each.tiers, each.words) for each in unsaid)
    for (tiers, words), number in reasons.most_common(6):
        left, silent = ", ".join(tiers) or "nothing", ", ".join(words) or "no word"
        print(f"  {number:>4}: the proposals leave {left}, and propose nothing for {silent}")


def main() -> None:
    """Measure and print."""
    rulebook = read_rulebook(ROOT)
    print_lines()
    print()
    print(f"{'median and most of':<28} {'number':>6}{'open':>13}{'to a person':>13}{'hinges':>13} {'answered':>9}")
    seeds = list(of_seeds(rulebook))
    print_measured("the seeds", seeds)
    by_file: dict[str, list[Measured]] = {}
    for file, each in of_cases(rulebook, ROOT / "tests" / "cases"):
        by_file.setdefault(file, []).append(each)
    for file, found in by_file.items():
        print_measured(f"cases: {file}", found)
    # The other cases answer a few questions of a country each, and leave the rest open on purpose.
    print_measured("seeds and country-years", [*seeds, *by_file["country_years"]], MOST_HINGES)
    print()
    print_made_up(*of_made_up(rulebook))


if __name__ == "__main__":
    main()
