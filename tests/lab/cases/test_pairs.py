"""Pairs of countries, against a search through every pair there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.strategies import laws
from tierengine.engines.form import Facts
from tierengine.engines.lowering import Conditional
from tierengine.lab.cases.coverage import known_of, reading
from tierengine.lab.cases.edges import edge_of
from tierengine.lab.cases.given import facts_of
from tierengine.lab.cases.pairs import Pairs
from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion, Given
from tierengine.law.linter import conditions
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import rank_of
from tierengine.terms.outcome import Outcome, all_of
from tierengine.yamlfile import Path_

MOST = 60_000
"""Pairs that the search may have to look at."""

ANSWERED = (Outcome.MET, Outcome.NOT_MET)
Rank = tuple[int, int, int]
"""How good a pair is: by its cause, by what comes out otherwise, by its number of answers; less is better."""


class Exhaustive:
    """Looks at every pair of countries for a condition of an entry; made from the law's conditions alone."""

    def __init__(self, law: Law, entry: Conditional, path: Path_) -> None:
        self.law, self.entry, self.path = law, entry, path
        self.condition = dict(conditions(entry))[path]
        self.edge = None if self.condition.parts else edge_of(law, self.condition)
        self._here = reading(law, self.condition)
        self._forced = reading(law, self._rule(Condition(conclusion="forced")))
        self._rule_read = reading(law, self._rule(None))

    def _rule(self, instead: Condition | None) -> Condition:
        """The condition that the rule's proposition stands for, with one inside it replaced."""

        def put(path: Path_, condition: Condition) -> Condition:
            return (
                condition
                if instead is None or path != self.path[: len(path)]
                else _replaced(condition, self.path[len(path) :], instead)
            )

        if not isinstance(self.entry, Criterion):
            return put(("when",), self.entry.when)
        if self.path[0] == "presumption":
            assert self.entry.presumption is not None
            return put(("presumption", "when"), self.entry.presumption.when)
        rungs = self.entry.rules[: int(self.path[1]) + 1]
        return Condition(all=tuple(put(("rules", number, "when"), rung.when) for number, rung in enumerate(rungs)))

    def finding(self, known: Facts) -> Outcome:
        """What the rule bears on, worked out by hand."""
        entry = self.entry
        if not isinstance(entry, Criterion):
            return self._rule_read(known)
        level = entry.met_from if self.path[0] == "presumption" else entry.rules[int(self.path[1])].level
        found = all_of(reading(self.law, rung.when)(known) for rung in entry.rungs_below(level))
        if entry.judgement is not None and known[f"judged/{entry.judgement.id}"]:
            ladder = ("not met", "partly met", "largely met", "met")
            found = Outcome.of(rank_of(known[f"rating/{entry.judgement.id}"]) >= ladder.index(level))
        if entry.presumption is not None:
            found &= ~reading(self.law, entry.presumption.when)(known)
        return found

    def rank(self, on: Given, beside: Given) -> Rank | None:
        """How good two countries are as a pair for the condition; nothing if they are none."""
        facts = [dict(facts_of(self.law, each, self.law.judges)) for each in (on, beside)]
        here, there = (known_of(self.law, each, {}) for each in facts)
        if not self._lie(here, there):
            return None
        outcomes = self._rule_read(here), self._rule_read(there)
        if outcomes[0] is outcomes[1]:
            return None
        causes = [
            self._forced({**here, "forced": False}) is not outcomes[0],
            self._forced({**there, "forced": True}) is not outcomes[1],
        ]
        if not any(causes):
            return None
        findings = self.finding(here), self.finding(there)
        wanted = [
            findings[0] is not findings[1] and set(findings) == set(ANSWERED),
            findings[0] is not findings[1],
            set(outcomes) == set(ANSWERED),
            True,
        ]
        return (0 if all(causes) else 1), wanted.index(True), _size(on)

    def _lie(self, here: Facts, there: Facts) -> bool:
        if self.edge is not None:
            return self.edge.on.holds(here) and self.edge.beside.holds(there)
        return self._here(here) is Outcome.MET and self._here(there) is Outcome.NOT_MET

    def best(self) -> Rank | None:
        """The rank of the best of all pairs."""
        choices = dict(_choices(self.law, self.entry))
        assume(prod(map(len, choices.values())) * sum(map(len, choices.values())) < MOST)
        countries = [dict(zip(choices, each, strict=True)) for each in product(*choices.values())]
        ranks = (
            self.rank(_as_given(on), _as_given(on | {name: other}))
            for on in countries
            for name, answers in choices.items()
            for other in answers
            if None not in (on[name], other) and other != on[name] and _sound(on) and _sound(on | {name: other})
        )
        return min((rank for rank in ranks if rank is not None), default=None)


def _sound(country: Mapping[tuple[str, str], Any]) -> bool:
    """Whether the years on the watch list bind a country only if the last report put it there."""
    last, limit = country.get(("", "last_report")), country.get(("", "limit"))
    return limit in (None, "none") or last in (None, "2WL")


def _replaced(condition: Condition, path: Path_, instead: Condition) -> Condition:
    """A condition with the one at a path inside it replaced."""
    if not path:
        return instead
    written: dict[str, Any] = condition.model_dump(by_alias=True, exclude_none=True)
    return Condition.model_validate(_put(written, path, instead.model_dump(by_alias=True, exclude_none=True)))


def _put(value: Any, path: Path_, new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, tuple):
        return tuple(_put(inner, path[1:], new) if place == path[0] else inner for place, inner in enumerate(value))
    return {**value, path[0]: _put(value[path[0]], path[1:], new)}


def _choices(law: Law, entry: Conditional) -> Iterator[tuple[tuple[str, str], list[Any]]]:
    """Every answer that an entry looks at, with the answers between which its rules make a difference, and none."""
    asked = [condition for _, condition in conditions(entry) if not condition.parts]
    names = {each.name for each in asked if each.indicator is not None}
    sides = [law.indicator(name).compared for name in names]
    names |= {side for each in sides if each is not None for side in (each.greater, each.than)}
    for name in sorted(names):
        indicator = law.indicator(name)
        if indicator.compared is None:
            bounds = {int(c.at_least or c.at_most or 0) for c in asked if c.name == name} | {0}
            counts = [str(n) for n in sorted({n + s for n in bounds for s in (-1, 0, 1, 2)}) if n >= 0]
            words = {"truth": ["true", "false"], "count": counts}.get(indicator.type, list(indicator.choices))
            yield ("indicators", name), [None, *words]
    judges = {each.judgement for each in asked if each.judgement is not None}
    if isinstance(entry, Criterion) and entry.judgement is not None:
        judges.add(entry.judgement.id)
    for name in sorted(judges):
        yield ("judgements", name), [None, *law.judges[name].scale]
    for name in sorted({each.finding for each in asked if each.finding is not None}):
        yield ("findings", name), [None, *law.criterion(name).scale]
    for name in sorted({each.conclusion for each in asked if each.conclusion is not None}):
        yield ("conclusions", name), [None, True, False]
    for name in sorted({each.placement for each in asked if each.placement is not None}):
        yield ("", name), [None, *law.PLACEMENTS[name]]


def _as_given(country: Mapping[tuple[str, str], Any]) -> Given:
    written: dict[str, Any] = {}
    for (section, name), answer in country.items():
        if answer is not None and section:
            written.setdefault(section, {})[name] = answer
        elif answer is not None:
            written[name] = answer
    return Given.model_validate(written)


def _size(given: Given) -> int:
    return sum(word is not None for word in _answers(given).values())


def _answers(given: Given) -> dict[tuple[str, str], Any]:
    sections = ("indicators", "judgements", "findings", "conclusions")
    found = {(section, name): word for section in sections for name, word in getattr(given, section).items()}
    return found | {("", name): getattr(given, name) for name in ("last_report", "limit")}


@st.composite
def _asked(draw: st.DrawFn) -> tuple[Law, Conditional, Path_]:
    law = draw(laws(most_criteria=3))
    entry = draw(st.sampled_from((*law.criteria, *law.conditional())))
    wholes_and_singles = [path for path, each in conditions(entry) if path[-1] == "when" or not each.parts]
    return law, entry, draw(st.sampled_from(wholes_and_singles))


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], deadline=None)
@given(_asked())
def test_a_pair_is_the_best_there_is(case: tuple[Law, Conditional, Path_]) -> None:
    """The solver finds a pair if and only if there is one, and none that is better in cause, outcome or size."""
    law, entry, path = case
    every = Exhaustive(law, entry, path)
    best = every.best()
    found = Pairs(law, entry).find(path)
    assert (found is None) == (best is None)
    if found is not None:
        assert every.rank(found.on, found.beside) == best
        on, beside = _answers(found.on), _answers(found.beside)
        assert on.keys() == beside.keys()
        assert [name for (_, name), word in on.items() if word != beside[_key(on, name)]] == [found.differs]


def _key(answers: Mapping[tuple[str, str], Any], name: str) -> tuple[str, str]:
    return next(key for key in answers if key[1] == name)
