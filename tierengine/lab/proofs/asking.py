"""Asking whether some country breaks a theorem: what the versions of the law share, and what an answer carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from tierengine.engines.form import Form, Value
from tierengine.engines.logic import Term, all_of, any_of, negate, same
from tierengine.engines.proof import Case
from tierengine.engines.solver import PATIENCE, Limit, Model, Solver
from tierengine.errors import UndecidedError
from tierengine.lab.proofs.certificates import Certificates
from tierengine.lab.proofs.counterexamples import (
    Counterexample,
    completes,
    country,
    cuts_of,
    differences,
    given,
    recorded,
    sayable,
    smallest,
)
from tierengine.lab.proofs.versions import Span, Version
from tierengine.law.rulebook import Law

RATED_ALONG = "A rating that goes along with the records is recorded where the records settle the level."
"""What is said of two countries of which a dossier records more than the answers in which they differ."""

Verdict = Literal["proved", "refuted", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One theorem about one version of the law, in a sentence, with the counterexamples of a refuted one."""

    theorem: str
    """The name of the theorem."""
    spans: tuple[Span, ...]
    verdict: Verdict
    """Whether it holds; `undecided` where the solver gave up."""
    says: str
    counterexamples: tuple[Counterexample, ...] = ()


@dataclass
class Prover:
    """How long to try, where to keep the questions, and what was proved already of parts that versions share."""

    limit: Limit = PATIENCE
    certificates: Certificates | None = None
    """Where to write each question with its proof; with it each is put whole, so that it stands alone."""
    proved: set[object] = field(default_factory=set)
    """What was proved, each by all that it rests on."""

    def once(self, key: object, ask: Callable[[], bool]) -> bool:
        """Say whether something was proved before, or is now."""
        if key in self.proved:  # a key may be a whole form, and to look for one takes time
            return True
        found = ask()
        if found:
            self.proved.add(key)
        return found


@dataclass(frozen=True, slots=True)
class Pair:
    """Two countries: what each answers, and a completion of each by what is left open."""

    first: Case
    second: Case
    before: Case
    after: Case


@dataclass(frozen=True, slots=True)
class Fall:
    """A way in which the second of a pair stands worse than the first, and what is then said of each."""

    term: Term
    says: tuple[str, str]


Relation = Callable[[Case, Case], list[Term]]


@dataclass(frozen=True)
class Asked:
    """One theorem that is asked of one version."""

    prover: Prover
    version: Version
    theorem: str
    whole_case: Case

    @property
    def law(self) -> Law:
        """The law of the version."""
        return self.version.law

    @property
    def form(self) -> Form:
        """The form of the version."""
        return self.version.form

    @property
    def by_parts(self) -> bool:
        """Whether it may be proved part by part; not if the question is to be kept."""
        return self.prover.certificates is None

    def solver(self, *cases: Case) -> Solver:
        """Return a solver of cases that tries as long as it may."""
        return self.solver_of(*(case.definitions for case in cases))

    def solver_of(self, *definitions: Iterable[Term]) -> Solver:
        """Return a solver of what holds of every country that is asked about."""
        return Solver(*definitions, limit=self.prover.limit)

    def case(self, name: str, *, partly: bool = False) -> Case:
        """Return a case whose numbers can be compared with those of another, and stated in a dossier."""
        return Case(self.form, name, partly=partly, cuts=cuts_of(self.law), beside=(self.form,))

    def find(self, solver: Solver, *terms: Term, of: str = "") -> Model | None:
        """Look for a case, and write the question with its answer if certificates are written."""
        found = solver.find(*terms)
        if self.prover.certificates is not None:
            name = "-".join(filter(None, (self.version.name, self.theorem, of.replace("/", "-").replace(" ", "-"))))
            spans = " and ".join(map(str, self.version.spans))
            asks = f"{' '.join(filter(None, (self.theorem, of)))}: can a country break it? The law in force {spans}"
            heading = (asks, f"rulebook {self.law.digest}")
            self.prover.certificates.write(name, solver.question(*terms), heading)
        return found

    # -- answers ------------------------------------------------------------------------------------------------

    def proved(self, says: str) -> Proof:
        """Return that the theorem holds."""
        return Proof(theorem=self.theorem, spans=self.version.spans, verdict="proved", says=says)

    def refuted(self, says: str, *counterexamples: Counterexample) -> Proof:
        """Return that the theorem does not hold."""
        return Proof(
            theorem=self.theorem,
            spans=self.version.spans,
            verdict="refuted",
            says=says,
            counterexamples=counterexamples,
        )

    def undecided(self, error: UndecidedError) -> Proof:
        """Return that the solver gave up."""
        says = f"Nothing is proved either way: {error.problems[0].what}."
        return Proof(theorem=self.theorem, spans=self.version.spans, verdict="undecided", says=says)

    # -- one country --------------------------------------------------------------------------------------------

    def one_country(self, breaks: Callable[[Case], Term], wrong: str, says: str) -> Counterexample:
        """Return the smallest country that breaks a theorem."""
        case, whole = self.case("country", partly=True), self.case("whole")
        for sayings in self._readings(case):
            solver = self.solver(case, whole)
            solver.add(*sayings, *completes(whole, case))
            model = smallest(solver, [given(case)], breaks(case))
            if model is not None:
                facts = recorded(self.law, self.form, case.read(model))
                return Counterexample(says=wrong, countries=(country(self.law, facts, says),))
        raise AssertionError(wrong)

    def _readings(self, *cases: Case) -> Iterator[list[Term]]:
        """What partly known cases may answer, tried in turn.

        First what a dossier says; then also ratings that go along with the records, which a dossier records as the
        level that comes of them; then, for want of both, every answer there is.
        """
        for rated in (True, False):
            yield [term for case in cases for term in sayable(self.law, case, rated=rated)]
        yield [known for case in cases for known in case.known.values()]

    # -- two countries ------------------------------------------------------------------------------------------

    def two_countries(self, relation: Relation, falls: Callable[[Pair], list[Fall]], wrong: str) -> Counterexample:
        """Return two countries of which the second answers better and stands worse, as alike and as small as can be.

        They answer the same questions. What they leave open is completed in both, and the relation holds between the
        completions.
        """
        first, second = self.case("first", partly=True), self.case("second", partly=True)
        pair = Pair(first, second, self.case("before"), self.case("after"))
        differ = [
            all_of((known, negate(first.values[name].alike(second.values[name]))))
            for name, known in first.known.items()
        ]
        fallen = falls(pair)
        for sayings in self._readings(first, second):
            solver = self.solver(first, second, pair.before, pair.after)
            solver.add(*sayings, *(same(known, second.known[name]) for name, known in first.known.items()))
            solver.add(*completes(pair.before, first), *completes(pair.after, second))
            solver.add(*relation(pair.before, pair.after))
            model = smallest(solver, [differ, given(first)], any_of(fall.term for fall in fallen))
            if model is not None:
                says = next(fall.says for fall in fallen if model.holds(fall.term))
                return self.counterexample((first.read(model), second.read(model)), says, wrong)
        raise AssertionError(wrong)

    def counterexample(
        self, facts: tuple[dict[str, Value], dict[str, Value]], says: tuple[str, str], wrong: str
    ) -> Counterexample:
        """Return two countries, with the answers in which they differ."""
        first, second = (recorded(self.law, self.form, each) for each in facts)
        countries = (country(self.law, first, says[0]), country(self.law, second, says[1]))
        along = [RATED_ALONG] if (first, second) != facts else []
        return Counterexample(says=" ".join((wrong, *differences(self.law, *facts), *along)), countries=countries)
