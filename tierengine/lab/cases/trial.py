"""Running cases: what the law makes of each, what that rests on, and where it is not what was expected."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tierengine.engines.arithmetic import compare
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Facts, Form
from tierengine.engines.lowering import LAST_ON_FILE, LAST_REPORT, reached
from tierengine.lab.cases.asked import NOTHING, PlacedAsked
from tierengine.lab.cases.asked import answer as answer_of
from tierengine.lab.cases.given import whole_facts
from tierengine.lab.cases.suite import UNRANKED, PlacedCase, named
from tierengine.law.entries import Given
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.advice import Placed, advised_on
from tierengine.reasoning.assess import Assessor
from tierengine.reasoning.assessment import Status
from tierengine.reasoning.coherence import Coherent
from tierengine.reasoning.hinges import Rows, hinges
from tierengine.reasoning.open_tiers import OpenTiers
from tierengine.reasoning.provisional import ProvisionalReading
from tierengine.reasoning.trace import Narrator, level_range
from tierengine.reasoning.words import sentence
from tierengine.terms.level import LEVELS
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import TIERS, Tier

Part = Literal["tier", "open", "status", "provisional", "hinges", "reasons", "not_because", "findings", "asked"]
"""The parts of what a case expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that did not come out as expected."""

    where: str
    of: Part
    """The part of what the case expects."""
    expected: str
    """What was expected."""
    found: str
    """What came out."""
    because: tuple[str, ...]
    """The ids on which what was found rests, the outermost first."""
    answers: tuple[str, ...]
    """The answers behind them, in sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a case; it passed if nothing failed."""

    name: str
    where: str
    as_of: str
    sketch: str | None
    """The country or question in plain sentences, as the case tells it."""
    failures: tuple[Failure, ...]


class Trials:
    """Runs cases; what is made for the law of a date is kept, since many cases share it."""

    def __init__(self) -> None:
        self._forms: dict[tuple[str, frozenset[str]], Laid] = {}

    def answer(self, placed: PlacedCase) -> Answer:
        """Return what the law makes of a case."""
        given, law = placed.case.given, placed.law
        if given is None:
            assert placed.casefile is not None
            laid = self._laid(law, frozenset())
            recommended = Assessor(law, CompiledEngine, certified=False).assess(placed.casefile).recommendation
            tier = recommended.tier or (UNRANKED if recommended.settled else None)
            return Answer(laid, admit(placed.casefile, law).facts, law, recommended=tier)
        return self._of_facts(law, given, placed.facts if placed.facts is not None else whole_facts(law, given))

    def of_given(self, law: Law, given: Given) -> Answer:
        """Return what the law makes of single answers."""
        return self._of_facts(law, given, whole_facts(law, given))

    def _of_facts(self, law: Law, given: Given, facts: Facts) -> Answer:
        return Answer(self._laid(law, frozenset((*given.findings, *given.conclusions))), facts, law)

    def run(self, placed: PlacedCase) -> Result:
        """Return how a case fares."""
        return judge(placed, self.answer(placed))

    def _laid(self, law: Law, given: frozenset[str]) -> Laid:
        key = (law.versions, given)
        if key not in self._forms:
            self._forms[key] = Laid(law, given)
        return self._forms[key]


class Laid:
    """The law with some answers given, laid out for an engine."""

    def __init__(self, law: Law, given: frozenset[str]) -> None:
        self.law = law
        self.given = given
        coherent = Coherent.of(law, given)
        self.form: Form = coherent.form
        self.engine = coherent.engine
        self.inputs = {field.id for field in (*self.form.inputs, *self.form.answerable())}
        self.compared = {comparison.id: comparison for comparison in self.form.comparisons}

    @cached_property
    def narrator(self) -> Narrator:
        """Says what in the form rests on what."""
        return Narrator(self.law, self.form)

    @cached_property
    def open_tiers(self) -> OpenTiers:
        """What knows the rows of the tier table that are open."""
        return OpenTiers(self.law, self.form, self.engine)

    @cached_property
    def provisional(self) -> ProvisionalReading:
        """What reads the facts provisionally."""
        return ProvisionalReading(self.open_tiers)


class Answer:
    """What the law makes of the facts of one country."""

    def __init__(self, laid: Laid, facts: Facts, law: Law, recommended: str | None = None) -> None:
        self.law = law
        self.given = laid.given
        self._laid = laid
        self._recommended = recommended
        self._facts = facts
        self.facts = {name: value for name, value in facts.items() if name in laid.inputs}
        evaluation = laid.engine.evaluate(self.facts)
        self.settled: dict[str, bool] = evaluation.settled
        self._fired = set(evaluation.fired)
        compared = {item.id: compare(self.facts, item) for item in laid.form.comparisons}
        worked_out = {name: value for name, value in compared.items() if value is not None}
        self.known: Facts = {**facts, **worked_out, **self.settled}
        """Every answer, comparison and proposition that is known, with its value."""
        self._stated = {name: value for name, value in self.known.items() if isinstance(value, bool)}

    @cached_property
    def open_rows(self) -> dict[str, str]:
        """The rows of the tier table that some completion reaches: their ids, and their tiers as a case names them."""
        rows = {row.id: row.tier or UNRANKED for row in self.law.tiers}
        holding = [row for row in rows if row in self._laid.given and self.facts.get(row) is True]
        found = holding or [row.id for row in self._laid.open_tiers.open(self.facts)]
        return {row: rows[row] for row in found}

    @cached_property
    def _likely(self) -> Rows:
        """The rows that are left provisionally; those that are open where the facts settle the tier."""
        if len(self.open_rows) == 1:
            return tuple(row for row in self.law.tiers if row.id in self.open_rows)
        return self._laid.provisional.read(self._facts).left

    @property
    def provisional(self) -> str | None:
        """The tier that the facts settle or that is recommended provisionally, as a case names it."""
        return None if self.status == "open" else self._advised[0] or UNRANKED

    @property
    def status(self) -> Status:
        """How firm the recommendation of an annual report would be."""
        return self._advised[1]

    @cached_property
    def _advised(self) -> tuple[Tier | None, Status]:
        """The tier that would be recommended in an annual report, if any, and how firmly."""
        possible = tuple(row for row in self.law.tiers if row.id in self.open_rows)
        present, latest = (self._placed(name) for name in (LAST_REPORT, LAST_ON_FILE))
        found = advised_on(self.law, "annual", Placed(present, present or latest), possible, self._likely)
        if found is None:
            return None, "settled" if len(possible) == 1 else "open"
        return found.tier, found.status

    def _placed(self, name: str) -> Tier | None:
        """The rank that an answer about a placement gives, if it gives one."""
        return next((tier for tier in TIERS if tier == self._facts.get(name)), None)

    @cached_property
    def open_to_a_person(self) -> tuple[str, ...]:
        """The rows that are open to a person who may rate freely, as a case names them."""
        if any(row in self._laid.given for row in self.open_rows):
            return tuple(self.open_rows.values())
        return tuple(row.tier or UNRANKED for row in self._laid.open_tiers.open_to_a_person(self._facts))

    @cached_property
    def hinges(self) -> tuple[str, ...]:
        """The open words that nobody has rated and of which some rating alone leads elsewhere."""
        found = hinges(self.law, self._facts, self._laid.provisional)
        return tuple(hinge.word for hinge in found if hinge.word is not None)

    @property
    def tier(self) -> str | None:
        """What is recommended; of single answers, the settled tier."""
        if self._recommended is not None or len(self.open_rows) != 1:
            return self._recommended
        return next(iter(self.open_rows.values()))

    def outcome(self, proposition: str) -> Outcome:
        """Return what became of a proposition."""
        return Outcome.of(self._stated.get(proposition))

    def found(self, name: str) -> tuple[Outcome, str]:
        """Return the outcome of a criterion, conclusion or step, and its words: of a criterion also the level."""
        criterion = self.law.criteria_by_id.get(name)
        if criterion is None:
            outcome = self.outcome(name)
            return outcome, outcome.value
        outcome = Outcome.of(self._stated.get(reached(name, criterion.met_from)))
        low, high = level_range(self._stated, criterion)
        levels = LEVELS[low] if low == high else f"between {LEVELS[low]} and {LEVELS[high]}"
        return outcome, outcome.value if outcome.value == levels else f"{outcome.value} ({levels})"

    def level(self, name: str) -> str | None:
        """Return the level of a criterion if it is settled."""
        low, high = level_range(self._stated, self.law.criterion(name))
        return LEVELS[low] if low == high else None

    def rests_on(self, *propositions: str) -> tuple[str, ...]:
        """Return the inputs and propositions on which some propositions rest, with these, the outermost first.

        A settled one rests on every rule that settles it, also where the trace names only the first; an open one on
        what keeps it open.
        """
        found = dict.fromkeys(propositions)
        waiting = list(propositions)
        while waiting:
            fields = [field for field in self._decides(waiting.pop(0)) if field not in found]
            found |= dict.fromkeys(fields)
            waiting += dict.fromkeys(fields)
        return tuple(found)

    def _decides(self, proposition: str) -> Iterator[str]:
        rules = self._laid.narrator.rules.get(proposition, ())
        if proposition in self._laid.compared:
            comparison = self._laid.compared[proposition]
            yield from (comparison.left, comparison.right)
        elif proposition not in self.settled:
            asked = self._laid.narrator.asks.get(proposition, ())
            yield from (test.field for test in asked if test.field not in self.known)
        for rule in rules:
            if rule.id in self._fired:
                yield from (test.field for test in self._laid.narrator.single_tests(rule))

    def rules_of(self, propositions: Collection[str]) -> set[str]:
        """Return the rules that settled some propositions."""
        return {rule.id for name in propositions for rule in self._laid.narrator.rules.get(name, ())} & self._fired

    def sentences(self, fields: Collection[str]) -> Iterator[str]:
        """Put the inputs among some fields into sentences, those known first."""
        inputs = [field for field in fields if field in self._laid.inputs and not field.startswith("judged/")]
        for field in sorted(inputs, key=lambda field: field not in self.known):
            yield self._sentence(field)

    def _sentence(self, field: str) -> str:
        entry = field.split("/", maxsplit=1)[0]
        if entry in self.given:
            return f"Given: `{entry}` is {self.found(entry)[1]}."
        if field in self.known:
            return sentence(self.law, field, self.known[field])
        return f"{self._laid.narrator.open_question(field)} {self._laid.narrator.unanswered_words(field)}"


def judge_asked(placed: PlacedAsked) -> Result:
    """Return how what the law answers stands to what a short case expects."""
    asked, found = placed.asked, answer_of(placed.asked, placed.law)
    failures = (
        Failure(
            where=placed.where("expect", name),
            of="asked",
            expected=f"{name}: {word}",
            found=f"{name}: {found.get(name, NOTHING)}",
            because=(asked.subject,),
            answers=tuple(f"{part}: {said}" for part, said in found.items()),
        )
        for name, word in asked.expect.items()
        if found.get(name) != word
    )
    return Result(name=asked.name, where=placed.where(), as_of=str(asked.as_of), sketch=None, failures=tuple(failures))


def judge(placed: PlacedCase, answer: Answer) -> Result:
    """Return how an answer stands to what the case expects."""
    return Result(
        name=placed.case.name,
        where=placed.where(),
        as_of=str(placed.case.as_of),
        sketch=placed.case.sketch,
        failures=tuple(_Judge(placed, answer).failures()),
    )


class _Judge:
    """Compares an answer with what its case expects."""

    def __init__(self, placed: PlacedCase, answer: Answer) -> None:
        self._placed = placed
        self._expected = placed.case.expect
        self._answer = answer

    def failures(self) -> Iterator[Failure]:
        """Yield everything that is not as expected."""
        yield from self._rows()
        if self._expected.reasons or self._expected.not_because:
            yield from self._reasons()
        for name, word in self._expected.findings.items():
            yield from self._finding(name, word)

    def _rows(self) -> Iterator[Failure]:
        expected, answer = self._expected, self._answer
        if expected.tier is not None and answer.tier != expected.tier:
            found = answer.tier or f"none; open: {_listed(answer.open_rows.values())}"
            yield self._failure("tier", expected.tier, found, *answer.open_rows)
        if expected.open is not None and set(expected.open) != set(answer.open_rows.values()):
            found = _listed(answer.open_rows.values())
            yield self._failure("open", _listed(expected.open), found, *answer.open_rows)
        if expected.status is not None and answer.status != expected.status:
            yield self._failure("status", expected.status, answer.status, *answer.open_rows)
        if expected.provisional is not None and answer.provisional != expected.provisional:
            found = answer.provisional or "no single tier"
            yield self._failure("provisional", expected.provisional, found, *answer.open_rows)
        if expected.hinges is not None and set(expected.hinges) != set(answer.hinges):
            yield self._failure("hinges", _listed(expected.hinges), _listed(answer.hinges), *answer.open_rows)

    def _reasons(self) -> Iterator[Failure]:
        rows = self._answer.open_rows
        fields = self._answer.rests_on(*rows)
        rests = {*named(fields), *self._answer.rules_of(fields)}
        for place, name in enumerate(self._expected.reasons):
            if name not in rests:
                yield self._failure("reasons", name, "it decides nothing", *rows, at=place)
        for place, name in enumerate(self._expected.not_because):
            if name in rests:
                yield self._failure("not_because", f"not {name}", "it decides", *rows, at=place)

    def _finding(self, name: str, word: str) -> Iterator[Failure]:
        outcome, words = self._answer.found(name)
        if word != (self._answer.level(name) if word in ("partly met", "largely met") else outcome.value):
            criterion = self._answer.law.criteria_by_id.get(name)
            root = name if criterion is None else reached(name, criterion.met_from)
            yield self._failure("findings", f"{name} {word}", f"{name} {words}", root, at=name)

    def _failure(self, of: Part, expected: str, found: str, *roots: str, at: str | int | None = None) -> Failure:
        fields = self._answer.rests_on(*roots)
        return Failure(
            where=self._placed.where("expect", of, *(() if at is None else (at,))),
            of=of,
            expected=expected,
            found=found,
            because=tuple(dict.fromkeys(_step(field) for field in fields if not field.startswith("judged/"))),
            answers=tuple(dict.fromkeys(self._answer.sentences(fields))),
        )


def _step(field: str) -> str:
    """The shortest name that says which entry or input a field belongs to."""
    return tuple(named((field,)))[-1]


def _listed(rows: Collection[str]) -> str:
    return ", ".join(rows) or "none"
