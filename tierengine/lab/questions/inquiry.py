"""One country under the law of a date, ready to be asked about; and the answers that its open questions may have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from types import MappingProxyType
from typing import TypeVar, cast

from tierengine.engines.arithmetic import thresholds
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Facts, Form, Value
from tierengine.engines.logic import Term
from tierengine.engines.lowering import judged, lower, rating
from tierengine.engines.proof import Case
from tierengine.engines.solver import Model, Solver
from tierengine.lab.questions.nearby import Nearby, OtherAnswers, bearing
from tierengine.law.entries import TierRow
from tierengine.law.rulebook import Law
from tierengine.reasoning.coherence import Followed, rests_on
from tierengine.reasoning.open_tiers import answered, known
from tierengine.reasoning.words import in_order, leaf_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers to one question that no rule can tell apart: the first of them and, for a count, the last."""

    value: Value
    last: int | None = None
    """The last number of the range; nothing where it has no end, or where the answer is no count."""


class Inquiry:
    """What is known of a country, with the readings of the law that questions about it are put to.

    A question is an input that is not known: a fact that nobody has answered, or a rating that nobody has given. A
    completion answers every fact, and rates each word that nobody has rated as the records leave room. A rating that is
    given in answer to a question is a person's: it stands whatever the records propose.
    """

    def __init__(
        self, law: Law, facts: Mapping[str, Value | Bounds], follows: Mapping[str, Followed] = MappingProxyType({})
    ) -> None:
        """Take the facts of a country; `follows` says which of them nobody gave, and what they were read from."""
        self.law = law
        self.givers = {name: rests_on(follows, name) for name in follows}
        """For each answer that nobody gave, the given answers from which it follows."""
        self.form: Form = lower(law)
        self.fields = {field.id: field for field in self.form.inputs}
        compared = {comparison.id for comparison in self.form.comparisons}
        self.facts = {name: value for name, value in facts.items() if name in self.fields or name in compared}
        self.engine = CompiledEngine(self.form)
        asked = [name for name in in_order(law) if name in self.fields and not known(self.facts, name)]
        possible = self._possible(asked)
        decided = {name for name, places in possible.items() if len(places) < min(2, self.whole.values[name].places)}
        self.facts |= {
            name: self._answer_at(name, possible[name]) for name in decided if not name.startswith("rating/")
        }
        self.unknown = tuple(name for name in asked if name not in decided)
        """The open questions, in the order of the statute; what follows from other answers is not asked."""
        self.bound = tuple(name for name in asked if name in decided and name.startswith("rating/"))
        """The open words that nobody has rated and that the records let a person rate in one way only."""

    @cached_property
    def _kept(self) -> dict[object, object]:
        return {}

    def once(self, kind: Callable[[Inquiry], T]) -> T:
        """Return what a class makes of this country; it is kept with it, since each row is asked about."""
        if kind not in self._kept:
            self._kept[kind] = kind(self)
        return cast(T, self._kept[kind])

    @cached_property
    def unrated(self) -> tuple[str, ...]:
        """The open words that nobody has rated."""
        return tuple(name for name in self.law.judges if self.facts.get(judged(name)) is False)

    @cached_property
    def fixed(self) -> dict[str, Value | Bounds]:
        """The facts, without saying of any word that nobody rates it."""
        flags = {judged(name) for name in self.unrated}
        return {name: value for name, value in self.facts.items() if name not in flags}

    @cached_property
    def bounded(self) -> frozenset[str]:
        """The counts that are known only within bounds."""
        return frozenset(name for name, value in self.facts.items() if isinstance(value, Bounds))

    def case(self, name: str = "case", *, partly: bool = False, cases: int = 1) -> Case:
        """Return the country with its answers left open; its numbers are cut where the facts or a rule cut them.

        Where the numbers of several cases are compared with one another, each is made with how many they are.
        """
        return Case.of(self.form, name, partly=partly, facts=self.facts, cases=cases)

    @cached_property
    def whole(self) -> Case:
        """The country with its open questions left open."""
        return self.case()

    @cached_property
    def solver(self) -> Solver:
        """A solver that knows what every case obeys."""
        return self.whole.solver()

    def given(self, answers: Mapping[str, Value] = MappingProxyType({})) -> tuple[Term, ...]:
        """Return the terms of the facts once some answers are written into the dossier."""
        return self.whole.gives(answered(self.form, self.facts, answers))

    def find(self, *terms: Term, answers: Mapping[str, Value] = MappingProxyType({})) -> Model | None:
        """Return a completion of the facts and some answers, of which some terms hold; nothing if there is none."""
        solver, given = self.written(answers)
        return solver.find(*given, *terms)

    def written(self, answers: Mapping[str, Value]) -> tuple[Solver, tuple[Term, ...]]:
        """Return a solver, with what it has to suppose for some answers to be written into the dossier.

        It knows the facts for good, unless an answer bears on how they are read.
        """
        if not self.stands_alone(answers):
            return self.solver, self.given(answers)
        judging = (rated if question in answers else unrated for question, rated, unrated in self._words)
        return self._of_facts, (*judging, *(self.whole.answers(name, value) for name, value in answers.items()))

    @cached_property
    def _words(self) -> tuple[tuple[str, Term, Term], ...]:
        """The question about each word that nobody has rated, and the terms that it is rated and that it is not."""
        flags = {rating(name): judged(name) for name in self.unrated}
        says = self.whole.answers
        return tuple((name, says(flag, value=True), says(flag, value=False)) for name, flag in flags.items())

    @cached_property
    def _of_facts(self) -> Solver:
        """A solver that knows what every case obeys, and the facts."""
        solver = self.whole.solver()
        solver.add(*self.whole.gives(self.fixed))
        return solver

    def stands_alone(self, answers: Collection[str]) -> bool:
        """Whether answers to some questions leave every other input as it is read without them.

        Two numbers that are compared outrank what was answered about them without numbers; other answers may show or
        deny one.
        """
        together = frozenset(answers)
        return self._entangled.isdisjoint(together) and not any(each <= together for each in self._outranking)

    @cached_property
    def _entangled(self) -> frozenset[str]:
        """The inputs of which one answer may bear on another."""
        followed = ((each.id, *each.shown_by, *each.denied_with) for each in self.form.unanswered)
        return frozenset(chain(*followed, self.fixed))

    @cached_property
    def _outranking(self) -> tuple[frozenset[str], ...]:
        """What is not known of each two numbers that are compared, and of how they compare."""
        known = {*self.fixed, *(each.id for each in self.form.unanswered)}
        compared = (frozenset((each.id, each.left, each.right)) - known for each in self.form.comparisons)
        return tuple(each for each in compared if each)

    def _possible(self, fields: Sequence[str]) -> dict[str, list[int]]:
        """The places of the answers to questions that the facts leave; an open word is then rated by a person."""
        ratings = [name for name in fields if name.startswith("rating/")]
        seen = self._seen(fields)
        found = self._left([name for name in fields if name not in ratings], self.facts, seen)
        for name in ratings:
            found |= self._left([name], {**self.facts, judged(leaf_name(name)): True}, seen)
        return found

    def _seen(self, fields: Collection[str]) -> set[tuple[str, Value]]:
        """Answers to questions that are seen to be possible beside those of one completion."""
        model = self.solver.find(*self.whole.gives(self.facts))
        if model is None:
            return set()
        near = self._other_answers(fields).near(self.whole.read(model), [row.id for row in self.law.tiers])
        return {(each.question, each.answer) for each in near}

    def _left(self, fields: Collection[str], facts: Facts, seen: Collection[tuple[str, Value]]) -> dict[str, list[int]]:
        """The places of the answers to questions that were seen, and of those that some completion of facts gives."""
        scales = {name: self.whole.values[name] for name in fields}
        may_be = {
            (name, place): (name, scale.answers[place]) in seen
            for name, scale in scales.items()
            for place in range(scale.places)
        }
        asked = [each for each, found in may_be.items() if not found]
        if asked:
            with self.solver.supposing(*self.whole.gives(facts)):
                terms = [scales[name].at(place) for name, place in asked]
                may_be |= zip(asked, self.solver.which(terms), strict=True)
        return {name: [place for place in range(scale.places) if may_be[name, place]] for name, scale in scales.items()}

    def _answer_at(self, field: str, places: list[int]) -> Value | Bounds:
        """The one answer that is left; for a count, the bounds that no rule distinguishes."""
        answer = self.answers(field)[places[0]]
        return answer.value if self.fields[field].type != "count" else Bounds(int(answer.value), answer.last)

    @cached_property
    def witnesses(self) -> dict[str, dict[str, Value]]:
        """Each row of the tier table that some completion reaches, with one that does."""
        models = ((row.id, self.find(self.whole.shown[row.id])) for row in self.law.tiers)
        return {row: self.whole.read(model) for row, model in models if model is not None}

    def open_rows(self) -> tuple[TierRow, ...]:
        """Return the rows that some completion reaches, in the order of the table."""
        return tuple(row for row in self.law.tiers if row.id in self.witnesses)

    @cached_property
    def nearby(self) -> tuple[tuple[str, Nearby], ...]:
        """Much of what another answer to one question leads to, each with the row of the witness that it is near."""
        others, rows = self._other_answers(self.unknown), [row.id for row in self.law.tiers]
        return tuple((row, each) for row, witness in self.witnesses.items() for each in others.near(witness, rows))

    def _other_answers(self, names: Iterable[str]) -> OtherAnswers:
        """Answers to some questions that go along with the facts as far as the rules of coherence let them."""
        bound = bearing(self.form) | {name for name, value in self.facts.items() if isinstance(value, Bounds)}
        free = (name for name in names if name not in bound)
        return OtherAnswers(self.form, ((name, each.value) for name in free for each in self.answers(name)))

    @cached_property
    def _reached(self) -> dict[tuple[str, Value], set[str]]:
        """Rows that an answer to a question was seen to reach."""
        found: dict[tuple[str, Value], set[str]] = {}
        for _, each in self.nearby:
            found.setdefault((each.question, each.answer), set()).update(each.rows)
        return found

    def stay_open(self, answers: Mapping[str, Value]) -> tuple[TierRow, ...]:
        """Return the rows that stay open on the facts once some answers are written; none if they contradict them."""
        return self._stay_open(answers, set())

    def _stay_open(self, answers: Mapping[str, Value], reached: set[str]) -> tuple[TierRow, ...]:
        """The rows that stay open, some of which are known to be reached."""
        asked = {row.id: self.whole.shown[row.id] for row in self.law.tiers if row.id not in reached}
        solver, given = self.written(answers)
        with solver.supposing(*given):
            found = reached.union(compress(asked, solver.which([*asked.values()])))
        return tuple(row for row in self.law.tiers if row.id in found)

    def left_open(self, fields: Collection[str]) -> dict[str, list[tuple[TierRow, ...]]]:
        """Return for each open question what `stay_open` does of each answer to it, in their order."""
        alone = [name for name in fields if self.stands_alone([name]) and not name.startswith("rating/")]
        left = self._left_open(alone)
        for name in (name for name in fields if name not in left):
            answers = [each.value for each in self.answers(name)]
            left[name] = [self._stay_open({name: each}, self._reached.get((name, each), set())) for each in answers]
        return {name: left[name] for name in fields}

    def _left_open(self, alone: Collection[str]) -> dict[str, list[tuple[TierRow, ...]]]:
        """The same of questions that stand alone: a case that is found answers many, so they are asked together."""
        answers = [(name, each.value) for name in alone for each in self.answers(name)]
        reached = {answer: set(self._reached.get(answer, ())) for answer in answers}
        solver, given = self.written({})
        with solver.supposing(*given):
            for row in self.law.tiers:
                asked = {answer: self.whole.answers(*answer) for answer in answers if row.id not in reached[answer]}
                for answer in compress(asked, solver.which([*asked.values()], self.whole.shown[row.id])):
                    reached[answer].add(row.id)
        left: dict[str, list[tuple[TierRow, ...]]] = {name: [] for name in alone}
        for name, value in answers:
            left[name].append(tuple(row for row in self.law.tiers if row.id in reached[name, value]))
        return left

    # -- the answers there are ------------------------------------------------------------------------------------

    def answers(self, field: str) -> tuple[Answer, ...]:
        """Return answers to an open question, one of each sort that some rule, or another answer, can tell apart."""
        scale = self.whole.values[field]
        answers = scale.answers[: scale.places]
        if self.fields[field].type != "count" or self.fields[field].numbers:
            return tuple(Answer(value, int(value) if self.fields[field].numbers else None) for value in answers)
        ends = [int(value) - 1 for value in answers[1:]]
        return tuple(Answer(value, last) for value, last in zip(answers, (*ends, None), strict=True))

    def range_of(self, field: str, number: int) -> Answer:
        """Return the answers to an open question among which a number lies."""
        return next(each for each in self.answers(field) if each.last is None or number <= each.last)

    def linked(self, field: str, known: Facts) -> frozenset[str]:
        """Return a count and the unknown counts that are compared with it, directly or through one another."""
        found, before = {field}, set[str]()
        while found != before:
            before = set(found)
            for pair in self._compared:
                if pair & found:
                    found |= pair - known.keys()
        return frozenset(found)

    def boundaries(self, field: str, known: Facts) -> frozenset[int]:
        """Return the numbers at which a count begins to mean something else."""
        linked = self.linked(field, known)
        found = {number for name in linked for number in self._thresholds.get(name, ())}
        for pair in self._compared:
            if pair & linked:
                beside = (known[name] for name in (pair - {field}) & known.keys())
                found |= {number + step for each in beside for number in _ends(each) for step in (0, 1)}
        return frozenset(found)

    @cached_property
    def _compared(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset((each.left, each.right)) for each in self.form.comparisons)

    @cached_property
    def _thresholds(self) -> dict[str, frozenset[int]]:
        return thresholds(self.form)


def _ends(number: Value | Bounds) -> tuple[int, ...]:
    """A number, or the ends of what is known of it."""
    if isinstance(number, Bounds):
        return (number.at_least,) if number.at_most is None else (number.at_least, number.at_most)
    return (int(number),)
