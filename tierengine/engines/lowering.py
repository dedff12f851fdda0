"""From the law in force on a date to the intermediate form.

Every condition is put on two rails, one for "it holds" and one for "it fails", and each rail is written as
conjunctions; each conjunction becomes one rule. Negation therefore never reaches an engine, and the order
of evaluation follows from which proposition looks at which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from types import MappingProxyType

from tierengine.engines.arithmetic import exact
from tierengine.engines.form import (
    Bounds,
    Comparison,
    Field,
    Form,
    Operator,
    Rule,
    Stratum,
    Tally,
    Test,
    Unanswered,
    Value,
)
from tierengine.errors import Problem, RulebookError
from tierengine.law.conditions import LEVEL_WORDS, Condition
from tierengine.law.entries import LAST_YEAR, Coherence, Conclusion, Criterion, Indicator, Route, TierRow
from tierengine.law.rulebook import Law
from tierengine.terms.bounds import Measured, WrittenBounds
from tierengine.terms.level import Level, rank

WIDEST = 32
"""Conjunctions that one rail of one proposition may need; past it the part should get a name of its own."""

Conjunction = tuple[Test, ...]

Conditional = Criterion | Conclusion | TierRow | Route
"""The entries that settle propositions."""

_Lowered = Conditional | Coherence

_SLUGS: dict[str, str] = {"partly met": "partly", "largely met": "largely", "met": "met"}
OPPOSITE: Mapping[Operator, Operator] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
"""The test that is true of a number just where another one is not."""


def reached(criterion: str, level: str = "met") -> str:
    """Return the name of the proposition that a criterion reaches a level."""
    return f"{criterion}/{_SLUGS[level]}"


def proposed(criterion: str, level: str) -> str:
    """Return the name of the proposition that the indicators alone propose a level."""
    return f"{criterion}/{_SLUGS[level]}/proposed"


def presumed(criterion: str) -> str:
    """Return the name of the proposition that the statutory presumption of a criterion applies."""
    return f"{criterion}/presumed"


def judged(judgement: str) -> str:
    """Return the name of the input that says whether a person has rated the open word."""
    return f"judged/{judgement}"


def rating(judgement: str) -> str:
    """Return the name of the input that holds the person's rating, 0 (not met) to 3 (met)."""
    return f"rating/{judgement}"


def exceeds(left: str, right: str) -> str:
    """Return the name of the comparison that says whether one count is above another."""
    return f"{left}/exceeds/{right}"


def last_rated(judgement: str) -> str:
    """Return the name of the input that holds a rating given for the last report, 0 (not met) to 3 (met)."""
    return f"last_rating/{judgement}"


def speaks(criterion: str, number: int) -> str:
    """Return the name of the proposition that the condition of a rule of a proposal holds; the first rule is 1."""
    return f"{criterion}/proposal/{number}"


LAST_REPORT = "last_report"
"""The input that says where the last report placed the country."""

LAST_ON_FILE = "last_on_file"
"""Where the latest report on file that ranked the country placed it, if the last one did not; proposals only."""

LIMIT = "limit"
"""The input that says how the years on the watch list bind the report."""


Watched = Mapping[str, Condition]
"""Conditions that become propositions of their own, under the names given; nothing rests on them."""


def lower(law: Law, watched: Watched = MappingProxyType({}), given: Collection[str] = ()) -> Form:
    """Return the form of the law in force on a date. Raise `RulebookError` for a cycle or an unwieldy condition.

    `given` names entries whose answer is given instead of worked out: their rules are left out, and what other entries
    ask of them becomes an input.
    """
    entries = [entry for entry in (*law.criteria, *law.conditional()) if entry.id not in given]
    if watched or given:
        return _lowered(law, (*entries, *law.coherence), watched)
    kept = law.kept.get("form")
    if not isinstance(kept, Form):
        kept = law.kept["form"] = _lowered(law, (*entries, *law.coherence), watched)
    return kept


def lower_entry(
    law: Law, entry: Conditional, watched: Watched = MappingProxyType({}), coherence: Iterable[Coherence] = ()
) -> Form:
    """Return the form of one entry alone, or with some rules of coherence: what they ask of others becomes an input."""
    return _lowered(law, (entry, *coherence), watched)


def lower_coherence(law: Law, rules: Iterable[Coherence]) -> Form:
    """Return the form of some rules of coherence alone: the findings and conclusions they ask for become inputs."""
    return _lowered(law, rules, MappingProxyType({}))


def lower_criterion(law: Law, criterion: Criterion) -> Form:
    """Return the form of one criterion alone.

    Examples of a criterion are evaluated with it, so that they do not depend on the rest of the rulebook.
    """
    return lower_entry(law, criterion)


def lower_proposals(law: Law, criteria: Iterable[Criterion] | None = None) -> Form:
    """Return the form of the proposals of a law, or of some criteria: whether each of their rules may speak.

    Findings, placements and ratings of the last report are inputs. A rule that is not known to hold is not made to
    fail: it is silent.
    """
    rules = [
        replace(_of_condition(law, speaks(criterion.id, number), rule.when), refutes=())
        for criterion in (law.criteria if criteria is None else criteria)
        if criterion.proposal is not None
        for number, rule in enumerate(criterion.proposal.rules, 1)
    ]
    return _assemble(law, rules)


def shown_by(law: Law, condition: Condition) -> Test:
    """Return the one test that shows a single condition: of an indicator, judgement, finding, conclusion, placement."""
    ((test,),) = _Rails(law, "").of(condition, True)
    return test


@dataclass(frozen=True)
class _Proposition:
    """A proposition with the conjunctions that show it, those that refute it, and the tallies they look at."""

    id: str
    shows: tuple[Conjunction, ...]
    refutes: tuple[Conjunction, ...]
    tallies: tuple[Tally, ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    @cached_property
    def looks_at(self) -> frozenset[str]:
        direct = {test.field for conjunction in self.shows + self.refutes for test in conjunction}
        counted = {test.field for tally in self.tallies for member in tally.members for test in member}
        return frozenset(direct | counted)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(
            Rule(id=f"{self.id}{sign}{number}", head=self.id, holds=holds, tests=tests)
            for sign, holds, rail in (("+", True, self.shows), ("-", False, self.refutes))
            for number, tests in enumerate(rail, 1)
        )


def _lowered(law: Law, entries: Iterable[_Lowered], watched: Watched) -> Form:
    entries = tuple(entries)
    found = [item for entry in entries for item in _kept(law, entry)]
    coherence = tuple(entry.id for entry in entries if isinstance(entry, Coherence))
    return _assemble(law, found + [_of_condition(law, name, each) for name, each in watched.items()], coherence)


def _kept(law: Law, entry: _Lowered) -> tuple[_Proposition, ...]:
    """The propositions of an entry; those of a law's own entries are kept with it, since many forms share them."""
    name = f"lowered {entry.id}"
    kept = law.kept.get(name)
    if not isinstance(kept, _LoweredEntry) or kept.entry is not entry:
        kept = _LoweredEntry(entry, tuple(_of_entry(law, entry)))
        law.kept[name] = kept
    return kept.propositions


@dataclass(frozen=True, slots=True)
class _LoweredEntry:
    """An entry with its propositions."""

    entry: _Lowered
    propositions: tuple[_Proposition, ...]


def _of_entry(law: Law, entry: _Lowered) -> Iterator[_Proposition]:
    if isinstance(entry, Criterion):
        yield from _of_criterion(law, entry)
    elif isinstance(entry, Coherence):
        yield _of_condition(law, entry.id, entry.must)
    else:
        yield _of_condition(law, entry.id, entry.when)


def _of_criterion(law: Law, criterion: Criterion) -> Iterator[_Proposition]:
    """The ladder of a criterion; a rating and a presumption stand above what the indicators propose."""
    plain = criterion.judgement is None and criterion.presumption is None
    for rung in criterion.rules:
        # Of conditions that were checked, so not checked again.
        below = Condition.model_construct(
            all_=tuple(lower_rung.when for lower_rung in criterion.rungs_below(rung.level))
        )
        name = reached(criterion.id, rung.level) if plain else proposed(criterion.id, rung.level)
        yield _of_condition(law, name, below)
    if criterion.presumption is not None:
        yield _of_condition(law, presumed(criterion.id), criterion.presumption.when)
    if not plain:
        for rung in criterion.rules:
            yield _reached(criterion, rung.level)


def _reached(criterion: Criterion, level: Level) -> _Proposition:
    name = proposed(criterion.id, level)
    shows, refutes = [_tests((name, "==", True))], [_tests((name, "==", False))]
    if criterion.judgement is not None:
        judge, rate = judged(criterion.judgement.id), rating(criterion.judgement.id)
        shows = [_tests((judge, "==", False)) + shows[0], _tests((judge, "==", True), (rate, ">=", rank(level)))]
        refutes = [_tests((judge, "==", False)) + refutes[0], _tests((judge, "==", True), (rate, "<", rank(level)))]
    if criterion.presumption is not None:
        shows = [_tests((presumed(criterion.id), "==", False)) + conjunction for conjunction in shows]
        refutes = [*refutes, _tests((presumed(criterion.id), "==", True))]
    return _Proposition(reached(criterion.id, level), tuple(shows), tuple(refutes))


def _tests(*comparisons: tuple[str, str, Value]) -> Conjunction:
    return tuple(_test(*comparison) for comparison in comparisons)


@lru_cache(maxsize=4096, typed=True)
def _test(field: str, op: str, value: Value) -> Test:
    """One test; made once, since many conditions ask the same."""
    return Test.model_validate({"field": field, "op": op, "value": value})


def _of_condition(law: Law, name: str, condition: Condition) -> _Proposition:
    rails = _Rails(law, name)
    shows, refutes = rails.of(condition, True), rails.of(condition, False)
    for rail in (shows, refutes):
        if len(rail) > WIDEST:
            raise RulebookError(
                [
                    Problem(
                        where=f"`{name}`",
                        what=f"the condition needs {len(rail)} cases to write out, more than {WIDEST}",
                        cure="give a part of it a name of its own under `conclusions`, and ask for that",
                    )
                ]
            )
    return _Proposition(name, shows, refutes, tuple(rails.tallies.values()), tuple(rails.comparisons.values()))


class _Rails:
    """Writes a condition as conjunctions, and names the tallies it needs on the way."""

    def __init__(self, law: Law, name: str) -> None:
        self._law = law
        self._name = name
        self.tallies: dict[Condition, Tally] = {}
        self.comparisons: dict[str, Comparison] = {}

    def of(self, condition: Condition, holds: bool) -> tuple[Conjunction, ...]:
        """The cases in which the condition holds (or fails), none of them contained in another."""
        operator = condition.operator
        if operator == "not":
            return self.of(condition.parts[0], not holds)
        if operator in ("all", "any"):
            rails = [self.of(part, holds) for part in condition.parts]
            return _absorb(_joined(rails) if (operator == "all") == holds else (c for rail in rails for c in rail))
        if operator == "some":
            return (self._counted(condition, holds),)
        return self._atom(condition, holds)

    def _counted(self, condition: Condition, holds: bool) -> Conjunction:
        assert condition.some is not None
        if condition not in self.tallies:
            self.tallies[condition] = Tally(
                id=f"{self._name}/some{len(self.tallies) + 1}",
                members=tuple((self._single(part, True), self._single(part, False)) for part in condition.some.of),
            )
        name, needed, of = self.tallies[condition].id, condition.some.at_least, len(condition.some.of)
        return _tests((f"{name}.holds", ">=", needed)) if holds else _tests((f"{name}.fails", ">=", of - needed + 1))

    def _single(self, part: Condition, holds: bool) -> Test:
        rail = self.of(part, holds)
        if len(rail) != 1 or len(rail[0]) != 1:
            raise RulebookError(
                [
                    Problem(
                        where=f"`{self._name}`",
                        what="`some` counts a condition that is made of several",
                        cure="give that condition a name of its own under `conclusions`, and list it under `of`",
                    )
                ]
            )
        return rail[0][0]

    def _atom(self, condition: Condition, holds: bool) -> tuple[Conjunction, ...]:
        field, op, value = self._comparison(condition)
        if isinstance(value, bool):
            return (_tests((field, "==", value == holds)),)
        return (_tests((field, op if holds else OPPOSITE[op], value)),)

    def _comparison(self, condition: Condition) -> tuple[str, Operator, Value]:
        """The one test that shows an atom."""
        if condition.finding is not None:
            criterion = self._law.criterion(condition.finding)
            return reached(criterion.id, condition.at_least or criterion.met_from), "==", True
        if condition.conclusion is not None:
            return condition.conclusion, "==", True
        if condition.judgement is not None:
            return rating(condition.judgement), ">=", rank(_level(condition.at_least))
        if condition.last_rating is not None:
            return last_rated(condition.last_rating), ">=", rank(_level(condition.at_least))
        if condition.placement is not None:
            return condition.placement, "==", str(condition.is_)
        return self._of_indicator(self._law.indicator(condition.name), condition)

    def _of_indicator(self, indicator: Indicator, condition: Condition) -> tuple[str, Operator, Value]:
        if condition.no_more_than is not None:
            name = exceeds(indicator.id, condition.no_more_than)
            self.comparisons[name] = Comparison(id=name, left=indicator.id, right=condition.no_more_than)
            return name, "==", False
        if condition.at_least is not None:
            return indicator.id, ">=", int(condition.at_least)
        if condition.at_most is not None:
            return indicator.id, "<=", int(condition.at_most)
        return indicator.id, "==", read_word(indicator, str(condition.is_))


def read_word(indicator: Indicator, word: str) -> Value:
    """Return a word as the value its indicator declares: true or false, a whole number, or a word of its list.

    Of two numbers that are compared, a word may say how they stand to each other.
    """
    if indicator.type == "truth":
        return LAST_YEAR.get(word, word == "true")
    return int(word) if indicator.type == "count" else word


def read_value(indicator: Indicator, written: Measured) -> Value | Bounds:
    """Return what is written as the value its indicator declares, or as the bounds of a count."""
    if isinstance(written, WrittenBounds):
        return exact(Bounds(written.least, written.at_most))
    return read_word(indicator, written)


def _level(word: str | None) -> Level:
    return next(level for level in LEVEL_WORDS if level == word)


def _joined(rails: list[tuple[Conjunction, ...]]) -> Iterator[Conjunction]:
    """Every way to take one case of each rail."""
    for combination in product(*rails):
        yield tuple(dict.fromkeys(test for conjunction in combination for test in conjunction))


def _absorb(cases: Iterable[Conjunction]) -> tuple[Conjunction, ...]:
    """Drop cases that cannot occur and those that a shorter case already covers; keep the order written."""
    kept: list[Conjunction] = []
    sets: list[frozenset[Test]] = []
    for case in sorted((case for case in cases if not _impossible(case)), key=len):
        tests = frozenset(case)
        if not any(smaller <= tests for smaller in sets):
            kept.append(case)
            sets.append(tests)
    return tuple(kept)


def _impossible(case: Conjunction) -> bool:
    """Whether the case asks one truth to be both true and false."""
    truths = {(test.field, test.value) for test in case if test.op == "==" and isinstance(test.value, bool)}
    return len({field for field, _ in truths}) < len(truths)


def _assemble(law: Law, propositions: list[_Proposition], coherence: tuple[str, ...] = ()) -> Form:
    settled = {proposition.id for proposition in propositions}
    counted = {f"{tally.id}{end}" for p in propositions for tally in p.tallies for end in (".holds", ".fails")}
    asked = {field for proposition in propositions for field in proposition.looks_at} - settled - counted
    comparisons = tuple(
        Comparison(id=indicator.id, left=indicator.compared.greater, right=indicator.compared.than)
        for indicator in law.indicators
        if indicator.compared is not None and indicator.id in asked
    )
    comparisons += tuple({each.id: each for item in propositions for each in item.comparisons}.values())
    asked |= {side for comparison in comparisons for side in (comparison.left, comparison.right)}
    asked -= {comparison.id for comparison in comparisons}
    return Form(
        inputs=tuple(_field(law, name) for name in sorted(asked)),
        comparisons=comparisons,
        strata=tuple(_strata(propositions)),
        coherence=coherence,
        unanswered=tuple(_unanswered(law, asked | {each.id for each in comparisons})),
    )


def _unanswered(law: Law, asked: set[str]) -> Iterator[Unanswered]:
    """What the inputs are taken to be that follow from others where nobody answers them."""
    for indicator in law.indicators:
        if indicator.id in asked and (indicator.shown_by or indicator.denied_with):
            shown = tuple(name for name in indicator.shown_by if name in asked)
            denied = tuple(name for name in indicator.denied_with if name in asked)
            yield Unanswered(id=indicator.id, shown_by=shown, denied_with=denied)


def _field(law: Law, name: str) -> Field:
    if name in law.PLACEMENTS:
        return Field(id=name, type="choice", choices=law.PLACEMENTS[name])
    if name.startswith(("rating/", "last_rating/")):
        judgement = law.judges[name.split("/")[1]].judgement
        ranks = sorted(rank(level) for level in judgement.rubric) if judgement is not None else ()
        return Field(id=name, type="count", numbers=tuple(ranks))
    indicator = law.indicators_by_id.get(name)
    if indicator is None:  # a judged flag, or the finding of another criterion given in an example
        return Field(id=name, type="truth")
    return Field(id=name, type=indicator.type, choices=indicator.choices)


def _strata(propositions: list[_Proposition]) -> Iterator[Stratum]:
    """Order propositions so that each looks only at what is settled below it."""
    waiting = {proposition.id: proposition for proposition in propositions}
    while waiting:
        ready = [item for item in waiting.values() if item.looks_at.isdisjoint(waiting)]
        if not ready:
            raise RulebookError(
                [
                    Problem(
                        where=f"`{min(waiting)}`",
                        what="these ask for each other in a circle: " + ", ".join(sorted(waiting)),
                        cure="remove one of the references, so that each rests on what is decided before it",
                    )
                ]
            )
        for item in ready:
            del waiting[item.id]
        yield Stratum(
            tallies=tuple(tally for item in ready for tally in item.tallies),
            rules=tuple(rule for item in ready for rule in item.rules),
        )
