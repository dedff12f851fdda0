"""What is proved of the proposals: that they keep to the open tiers, and that better evidence worsens none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tierengine.engines.arithmetic import thresholds
from tierengine.engines.form import Form, Rule, Test
from tierengine.engines.logic import FALSE, Term, all_of, any_of, at_least, implies, negate, same, variable
from tierengine.engines.lowering import judged, lower_proposals, rating, reached, speaks
from tierengine.engines.proof import Case, Scale
from tierengine.engines.solver import Model
from tierengine.lab.proofs.asking import Asked, Proof
from tierengine.lab.proofs.counterexamples import Counterexample, given, smallest
from tierengine.lab.proofs.direction import moved, sign_of
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import question
from tierengine.terms.level import LEVELS, rank

# -- the provisional tier is among the open ones -------------------------------------------------------------------


def provisional(asked: Asked) -> Proof:
    """Prove that no country gets another tier once open words are rated as the records leave room.

    A proposal is passed over where the records leave no room for its level. So it rates a word as some completion of
    the facts does, and if that rating changes no tier, the tier is one that the facts leave open.
    """
    says = (
        "Whatever level is proposed for a word that nobody has rated, if the records leave room for it, the tier that "
        "comes of it is among those that are open on the facts."
    )
    law = asked.law
    before, after = asked.case("before"), asked.case("after")
    solver = asked.solver_of(before.definitions, after.follows)
    if asked.find(solver, *_rated_along(law, before, after), _another_row(law, before, after)) is None:
        return asked.proved(says)
    return asked.refuted("A provisional tier is not among the open ones.", _stray(asked))


def _stray(asked: Asked) -> Counterexample:
    """The smallest country that gets another tier once a word is rated at the level that it has."""
    wrong = "A word is rated at the level that its criterion has without the rating, and the tier is another one."
    law = asked.law
    first, second = asked.case("first", partly=True), asked.case("second", partly=True)
    solver = asked.solver_of(first.definitions, second.follows)
    anew = [all_of((second.known[name], negate(_alike(first, second, name)))) for name in first.fields]
    model = smallest(
        solver, [anew, given(first)], *_rated_along(law, first, second), _another_row(law, first, second, partly=True)
    )
    if model is None:
        return Counterexample(says=wrong, countries=())
    rows = next(
        each for each in _pairs_of_rows(law) if model.holds(all_of((first.shown[each[0]], second.shown[each[1]])))
    )
    says = (f"`{rows[0]}` holds, and the word is not rated", f"`{rows[1]}` holds, and the word is rated")
    return asked.counterexample((first.read(model), second.read(model)), says, wrong)


def _alike(before: Case, after: Case, name: str) -> Term:
    return before.values[name].alike(after.values[name])


def _rated_along(law: Law, before: Case, after: Case) -> Iterator[Term]:
    """The second country is the first with some of its open words rated at the level that they have."""
    words = {
        judgement: criterion
        for judgement, criterion in law.judges.items()
        if judged(judgement) in before.fields and rating(judgement) in before.fields
    }
    for name in before.fields:
        word = name.split("/", maxsplit=1)[-1]
        yield same(before.known[name], after.known[name])
        if word not in words or name not in (judged(word), rating(word)):
            yield implies(before.known[name], _alike(before, after, name))
    for word, criterion in words.items():
        flag, rated = judged(word), rating(word)
        kept = all_of((_alike(before, after, flag), _alike(before, after, rated)))
        anew = [before.answers(flag, False), after.answers(flag, True), after.known[rated]]
        for rung in criterion.rules:
            name, scale = reached(criterion.id, rung.level), after.values[rated]
            there = scale.from_number(rank(rung.level))
            anew += [implies(there, before.shown[name]), implies(negate(there), before.refuted[name])]
        yield any_of((kept, all_of(anew)))


def _pairs_of_rows(law: Law) -> Iterator[tuple[str, str]]:
    yield from ((one.id, other.id) for one in law.tiers for other in law.tiers if one.id != other.id)


def _another_row(law: Law, before: Case, after: Case, *, partly: bool = False) -> Term:
    """The second country stands in another row of the tier table than the first."""
    if partly:
        return any_of(all_of((before.shown[one], after.shown[other])) for one, other in _pairs_of_rows(law))
    return any_of(negate(same(before.shown[row.id], after.shown[row.id])) for row in law.tiers)


# -- better evidence worsens no proposal ---------------------------------------------------------------------------


def proposals(asked: Asked) -> Proof:
    """Prove of each proposal that no better evidence makes another rule speak, and propose a worse level.

    What is known of an input is an interval. Better evidence moves neither of its ends the wrong way, so that a worse
    answer becomes unknown or better, and an unknown one becomes better.
    """
    directed = [c for c in asked.law.criteria if c.proposal is not None and sign_of(c)]
    found = [sentence for criterion in directed for sentence in _worsened(asked, criterion)]
    if not found:
        return asked.proved(
            f"None of the {len(directed)} proposals for a criterion with a direction is worsened by better evidence."
        )
    return asked.refuted("Better evidence worsens what is proposed.", *found)


def _worsened(asked: Asked, criterion: Criterion) -> Iterator[Counterexample]:
    proposing = _Proposing(asked.law, criterion)

    def ask() -> bool:
        solver = asked.solver_of(proposing.definitions)
        return asked.find(solver, proposing.worse(), of=criterion.id) is None

    if not (asked.prover.once(proposing.key, ask) if asked.by_parts else ask()):
        solver = asked.solver_of(proposing.definitions)
        model = smallest(solver, [proposing.proposed_before, proposing.differs], proposing.worse())
        assert model is not None
        yield proposing.counterexample(model)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of each input of a proposal: it lies between two ends."""

    low: Mapping[str, Scale]
    high: Mapping[str, Scale]


class _Proposing:
    """The proposal of one criterion, for a country and for the same on better evidence."""

    def __init__(self, law: Law, criterion: Criterion) -> None:
        assert criterion.proposal is not None
        self._law = law
        self._criterion = criterion
        self._rules = criterion.proposal.rules
        self._form = lower_proposals(law, (criterion,))
        self._heads: dict[str, list[Rule]] = {}
        for stratum in self._form.strata:
            for rule in stratum.rules:
                self._heads.setdefault(rule.head, []).append(rule)
        self._tallies = {
            tally.id + end: tuple(member[side] for member in tally.members)
            for stratum in self._form.strata
            for tally in stratum.tallies
            for side, end in enumerate((".holds", ".fails"))
        }
        self._places = _places(law, self._form)
        self._signs = _signs(law)
        self._before, self._after = self._known("before"), self._known("after")

    @property
    def key(self) -> object:
        """All that the question looks at, so that laws that share it are asked once."""
        levels = tuple(rule.level for rule in self._rules)
        return self._form, levels, self._criterion.sign, tuple(self._signs.get(name, 0) for name in self._places)

    @property
    def definitions(self) -> tuple[Term, ...]:
        """The second country is known by better evidence than the first."""
        return tuple(self._defined())

    @property
    def proposed_before(self) -> list[Term]:
        """A term for each input of which something is known on the first evidence."""
        return [negate(self._unknown(self._before, name)) for name in self._places]

    @property
    def differs(self) -> list[Term]:
        """A term for each input that is otherwise where the evidence is better."""
        ends = ((self._before.low, self._after.low), (self._before.high, self._after.high))
        return [negate(all_of(one[name].alike(other[name]) for one, other in ends)) for name in self._places]

    def worse(self) -> Term:
        """Return the term that a rule speaks first, and then another that proposes a worse level."""
        before, after = self._first(self._before), self._first(self._after)
        sign = self._criterion.sign
        return any_of(
            all_of((before[one], after[other]))
            for one, first in enumerate(self._rules)
            for other, second in enumerate(self._rules)
            if sign * (rank(second.level) - rank(first.level)) < 0
        )

    def counterexample(self, model: Model) -> Counterexample:
        """Return what a found pair of countries shows."""
        one, other = (
            next(number for number, term in enumerate(self._first(known)) if model.holds(term))
            for known in (self._before, self._after)
        )
        lines = [
            f"{self._asks(name)} First: {self._answer(self._before, name, model)}. "
            f"Then: {self._answer(self._after, name, model)}."
            for name, moved_ in zip(self._places, self.differs, strict=True)
            if model.holds(moved_)
        ]
        kept = [
            f"{self._asks(name)} {self._answer(self._before, name, model)}."
            for name, some, moved_ in zip(self._places, self.proposed_before, self.differs, strict=True)
            if model.holds(some) and not model.holds(moved_)
        ]
        first, second = self._rules[one], self._rules[other]
        says = (
            f"{self._criterion.id}: rule {one + 1} of the proposal proposes {first.level} ({first.says}), and once the "
            f"evidence is better rule {other + 1} proposes {second.level} ({second.says})."
        )
        return Counterexample(says=" ".join((says, *lines, *kept)), countries=())

    # -- what is known --------------------------------------------------------------------------------------------

    def _known(self, when: str) -> _Known:
        def ends(end: str) -> dict[str, Scale]:
            return {
                name: Scale(places, [variable(f"{when}:{end}:{name}>={place}") for place in places[1:]])
                for name, places in self._places.items()
            }

        return _Known(ends("low"), ends("high"))

    def _defined(self) -> Iterator[Term]:
        for known in (self._before, self._after):
            for name in self._places:
                for scale in (known.low[name], known.high[name]):
                    rises = scale.rises[1:]
                    yield from (implies(high, low) for low, high in pairwise(rises))
                yield known.low[name].no_higher_than(known.high[name])
        for name in self._places:
            sign = self._signs.get(name, 0)
            yield moved(self._before.low[name], self._after.low[name], sign)
            yield moved(self._before.high[name], self._after.high[name], sign)

    def _unknown(self, known: _Known, name: str) -> Term:
        low, high = known.low[name], known.high[name]
        return all_of((low.at(0), high.at(high.places - 1)))

    # -- which rule speaks ----------------------------------------------------------------------------------------

    def _first(self, known: _Known) -> list[Term]:
        """For each rule, the term that it is the first whose condition is known to hold."""
        hold = [
            any_of(self._all(known, rule.tests) for rule in self._heads.get(speaks(self._criterion.id, number), ()))
            for number in range(1, len(self._rules) + 1)
        ]
        return [all_of((term, *(negate(earlier) for earlier in hold[:place]))) for place, term in enumerate(hold)]

    def _all(self, known: _Known, tests: tuple[Test, ...]) -> Term:
        return all_of([self._sure(known, test) for test in tests])

    def _sure(self, known: _Known, test: Test) -> Term:
        """The term that a test is true of everything between the two ends."""
        if test.field in self._tallies:
            return at_least(int(test.value), [self._sure(known, each) for each in self._tallies[test.field]])
        name, low, high = _asked_of(self._law, test)
        if name not in self._places:
            return FALSE
        if isinstance(low, str):
            place = self._places[name].index(low)
            within = all_of((known.low[name].at_least(place), known.high[name].at_most(place)))
            beside = any_of(
                (known.high[name].at_most(place - 1) if place else FALSE, known.low[name].at_least(place + 1))
            )
            return within if test.op == "==" else beside
        above = known.low[name].from_number(low) if low is not None else None
        below = negate(known.high[name].from_number(high + 1)) if high is not None else None
        return all_of(term for term in (above, below) if term is not None)

    # -- words ----------------------------------------------------------------------------------------------------

    def _asks(self, name: str) -> str:
        criterion = self._law.criteria_by_id.get(name)
        return f"{name}: {criterion.question}" if criterion is not None else question(self._law, name)

    def _answer(self, known: _Known, name: str, model: Model) -> str:
        places = self._places[name]
        low, high = known.low[name].lies_at(model), known.high[name].lies_at(model)
        if (low, high) == (0, len(places) - 1):
            return "not known"
        words: list[str]
        if name in self._law.criteria_by_id or name.startswith("last_rating/"):
            words = [LEVELS[int(place)] for place in places]
        elif name in self._law.indicators_by_id and self._law.indicator(name).type == "truth":
            words = ["no", "yes"]
        else:
            words = [str(place) for place in places]
        return words[low] if low == high else f"between {words[low]} and {words[high]}"


def _asked_of(law: Law, test: Test) -> tuple[str, int | str | None, int | None]:
    """The input of which a test asks, and between which numbers its answer must lie, or which word it is.

    Levels of a finding are told apart by their rank, and truths are 0 and 1.
    """
    name, value = test.field, test.value
    if isinstance(value, str):
        return name, value, None
    if isinstance(value, bool):
        criterion = law.criteria_by_id.get(name.split("/", maxsplit=1)[0])
        places = {reached(criterion.id, r.level): rank(r.level) for r in criterion.rules} if criterion else {}
        if name in places:
            assert criterion is not None
            name, place = criterion.id, places[name]
        else:
            place = 1
        return (name, place, None) if value is (test.op == "==") else (name, None, place - 1)
    least = value + (1 if test.op == ">" else 0) if test.op in (">=", ">") else None
    most = value - (1 if test.op == "<" else 0) if test.op in ("<=", "<") else None
    return name, least, most


def _places(law: Law, form: Form) -> dict[str, tuple[int | str, ...]]:
    """The answers to each input of a proposal that can be distinguished, in their order."""
    edges = thresholds(form)
    found: dict[str, tuple[int | str, ...]] = {}
    for field in (*form.inputs, *form.answerable()):
        criterion = law.criteria_by_id.get(field.id.split("/", maxsplit=1)[0])
        if criterion is not None and field.type == "truth":
            found[criterion.id] = (0, *(rank(rung.level) for rung in criterion.rules))
        elif field.type == "truth":
            found[field.id] = (0, 1)
        elif field.type == "choice":
            found[field.id] = field.choices
        else:
            found[field.id] = field.numbers or tuple(sorted({0, *edges.get(field.id, ())}))
    return found


def _signs(law: Law) -> dict[str, int]:
    """Which way each indicator and finding helps; placements and ratings of the last report help neither way."""
    return {each.id: each.sign for each in law.indicators} | {each.id: each.sign for each in law.criteria}
