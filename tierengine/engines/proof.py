"""A reading of the form as terms of logic: questions about every case at once, answered exactly by a solver.

A `Case` is one country whose answers are not fixed. Numbers are cut where a rule, or another number that is compared
with them, can tell them apart; what lies between two cuts is one answer (order encoding). A solver looks for a case of
which something holds; where it finds none there is none, and where it gives up it says so and nothing is concluded.

Sources: Crawford and Baker, Experimental results on the application of satisfiability algorithms to scheduling problems
(AAAI 1994), for the order encoding.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

from tierengine.engines.arithmetic import OPERATORS, decide, thresholds
from tierengine.engines.form import Bounds, Comparison, Facts, Field, Form, Stratum, Test, Unanswered, Value
from tierengine.engines.logic import (
    FALSE,
    TRUE,
    Term,
    all_of,
    any_of,
    at_least,
    exactly,
    implies,
    negate,
    same,
    variable,
)
from tierengine.engines.lowering import LAST_REPORT, LIMIT
from tierengine.engines.solver import PATIENCE, Limit, Model, Solver, Start

Cuts = Mapping[str, Collection[int]]
"""For counts, numbers at which a new answer begins, beside those at which some rule says so."""

_KEPT = 16
"""Cases that are kept with a form at a time; past it, the one that was made first goes."""


class Scale:
    """The answers to one question in their order, and a term for each that the answer is so high or higher."""

    __slots__ = ("_at", "_at_most", "answers", "places", "rises")

    def __init__(self, answers: Sequence[Value], rises: Sequence[Term], room: int = 0) -> None:
        self.places = len(answers) - room
        """How many of the answers can be given; those behind them are room above."""
        self.answers = tuple(answers)
        """False and true, the words in the order listed, or for a count the first number of each stretch."""
        self.rises = (TRUE, *rises)
        """At each place, the term that the answer is at this place or higher."""
        self._at: dict[int, Term] = {}
        self._at_most: dict[int, Term] = {}

    def place(self, value: Value) -> int | None:
        """Return the place of an answer; nothing for a word that is none."""
        if isinstance(value, str) or isinstance(self.answers[0], bool):
            return self.answers.index(value) if value in self.answers else None
        return max(0, bisect_right([int(answer) for answer in self.answers[: self.places]], int(value)) - 1)

    def at_least(self, place: int) -> Term:
        """Return the term that the answer is at a place or higher."""
        return self.rises[place] if place < len(self.rises) else FALSE

    def from_number(self, number: int) -> Term:
        """Return the term that a count is a number at which an answer begins, or higher."""
        if number > int(self.answers[-1]):
            return FALSE
        return self.at_least(next(place for place, answer in enumerate(self.answers) if int(answer) >= number))

    def at_most(self, place: int) -> Term:
        """Return the term that the answer is at a place or lower."""
        if place not in self._at_most:
            self._at_most[place] = negate(self.at_least(place + 1))
        return self._at_most[place]

    def at(self, place: int) -> Term:
        """Return the term that the answer is at a place."""
        if place not in self._at:
            self._at[place] = all_of((self.at_least(place), self.at_most(place)))
        return self._at[place]

    def sides(self, place: int) -> tuple[Term, ...]:
        """Return the terms that the answer is no lower than a place and no higher, without one that always holds."""
        return tuple(side for side in (self.at_least(place), self.at_most(place)) if side is not TRUE)

    def lies_at(self, model: Model) -> int:
        """Return the place of the answer in a case that was found."""
        for place in range(1, len(self.rises)):
            if not model.holds(self.rises[place]):  # what lies above is not reached either
                return place - 1
        return len(self.rises) - 1

    def no_higher_than(self, other: Scale) -> Term:
        """Return the term that the answer is no higher than another of the same scale."""
        assert self.answers == other.answers, "two answers are compared on one scale; cut both at the same numbers"
        return all_of(implies(mine, theirs) for mine, theirs in zip(self.rises, other.rises, strict=True))

    def alike(self, other: Scale) -> Term:
        """Return the term that the answer is the same as another of the same scale."""
        return all_of((self.no_higher_than(other), other.no_higher_than(self)))


class Case:
    """One country with its answers left open: a scale for each input, and two rails for each proposition.

    A whole case answers every input, so that a proposition that is not shown is refuted. With `partly`, each input
    may also be unknown, and a proposition may be neither shown nor refuted. Every case obeys the rules of coherence.

    `facts` are those of the country that will be asked about: they cut the numbers, and bounds and comparisons without
    figures count in a partly known case although the number itself is not known. `beside` are the forms of other cases
    with whose numbers those of this one are compared: each of them is made with the others beside it.
    """

    def __init__(
        self,
        form: Form,
        name: str = "case",
        *,
        partly: bool = False,
        facts: Facts = MappingProxyType({}),
        cuts: Cuts = MappingProxyType({}),
        beside: tuple[Form, ...] = (),
    ) -> None:
        self.form = form
        self.fields: dict[str, Field] = {field.id: field for field in form.inputs}
        self.known: dict[str, Term] = {
            field: variable(f"{name}:known:{field}") if partly else TRUE for field in self.fields
        }
        self.shown: dict[str, Term] = {}
        self.refuted: dict[str, Term] = {}
        self._name = name
        self._partly = partly
        self._facts = facts
        self._compared: dict[str, tuple[Comparison, Term]] = {}
        self._tallied: dict[str, tuple[Term, ...]] = {}
        self._tests: dict[tuple[str, str, type, Value], Term] = {}
        self._answered: dict[tuple[str, type, Value], Term] = {}
        self._not_shown: dict[str, Term] = {}
        self._within_bounds: dict[tuple[str, Bounds], Term] = {}
        self._shown_by: dict[tuple[str, str], Term] = {}
        self._denied_by: dict[tuple[str, ...], Term] = {}
        answers = _answers((form, *beside), (known_numbers(form, facts), cuts))
        room = {name: _near(len(group), 1)[1] for group in linked(form, *beside) for name in group}
        self.values: dict[str, Scale] = {
            field: self._scale(field, answers[field], room.get(field, 0)) for field in self.fields
        }
        self.follows: tuple[Term, ...] = tuple(self._defined())
        """The answers that each input may have, and what follows from them by the rules."""
        self.coherence: dict[str, Term] = dict(self._coherence())
        """Each rule of coherence, with the term that it is not broken."""
        self._starts: dict[tuple[tuple[Term, ...], ...], Start] = {}

    @staticmethod
    def of(
        form: Form,
        name: str = "case",
        *,
        partly: bool = False,
        facts: Facts = MappingProxyType({}),
        cuts: Cuts = MappingProxyType({}),
        cases: int = 1,
    ) -> Case:
        """Return a case, the one of so many whose numbers are compared with one another.

        It is kept with the form, since countries whose numbers are cut alike share it.
        """
        kept = form.kept.setdefault("cases", {})
        assert isinstance(kept, dict)
        counts = {field.id for field in form.inputs if field.type == "count"}
        stated = (counts | {each.id for each in form.comparisons}) & facts.keys()
        key = (
            *(name, partly, cases, frozenset((each, facts[each]) for each in stated)),
            tuple((each, tuple(numbers)) for each, numbers in cuts.items()),
        )
        if key not in kept:
            if len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[key] = Case(form, name, partly=partly, facts=facts, cuts=cuts, beside=(form,) * (cases - 1))
        case = kept[key]
        assert isinstance(case, Case)
        return case

    def solver(self, *definitions: tuple[Term, ...], limit: Limit = PATIENCE) -> Solver:
        """Return a new solver that knows some definitions, or what every case obeys; they are written once."""
        definitions = definitions or (self.definitions,)
        if definitions not in self._starts:
            self._starts[definitions] = Start(*definitions)
        return Solver(limit=limit, start=self._starts[definitions])

    @cached_property
    def definitions(self) -> tuple[Term, ...]:
        """What every case obeys: what follows from its answers, and every rule of coherence."""
        return (*self.follows, *self.coherence.values())

    # -- asking ---------------------------------------------------------------------------------------------------

    def holds(self, test: Test) -> Term:
        """Return the term that a test is known to be true."""
        key = (test.field, test.op, type(test.value), test.value)
        if key not in self._tests:
            self._tests[key] = self._holds(test)
        return self._tests[key]

    def _holds(self, test: Test) -> Term:
        if test.field in self.shown:
            return self.shown[test.field] if test.value is True else self.refuted[test.field]
        if test.field in self._tallied:
            return _counts(test, self._tallied[test.field])
        if test.field in self._compared:
            return self._compares(*self._compared[test.field], truth=test.value is (test.op == "=="))
        bounds = self._facts.get(test.field)
        if isinstance(bounds, Bounds) and _sure(test, bounds):
            return TRUE
        return all_of((self.known[test.field], self._passes(test)))

    def _compares(self, comparison: Comparison, greater: Term, *, truth: bool) -> Term:
        """The term that a comparison is known to come out so: by both numbers, by bounds, or as it was stated."""
        side = greater if truth else negate(greater)
        if not self._partly:
            return side
        left, right = comparison.left, comparison.right
        both = all_of((self.known[left], self.known[right]))
        if self._facts.get(comparison.id) is truth:
            return any_of((negate(both), side))  # two numbers outrank what was stated without them
        ways = [all_of((both, side))]
        (low, high), (least, most) = self._span(left), self._span(right)
        if truth:
            ways += [self._below(right, low)] if low is not None else []
            ways += [self._above(left, most + 1)] if most is not None else []
            ways += [TRUE] if low is not None and most is not None and low > most else []
        else:
            ways += [self._above(right, high)] if high is not None else []
            ways += [self._below(left, least + 1)] if least is not None else []
            ways += [TRUE] if high is not None and least is not None and high <= least else []
        return any_of(ways)

    def _span(self, field: str) -> tuple[int | None, int | None]:
        """The bounds within which a count lies, where it is known by them alone."""
        bounds = self._facts.get(field)
        return (bounds.at_least, bounds.at_most) if isinstance(bounds, Bounds) else (None, None)

    def _below(self, field: str, number: int) -> Term:
        """The term that a count is known to be lower than a number."""
        return all_of((self.known[field], negate(self.values[field].from_number(number))))

    def _above(self, field: str, number: int) -> Term:
        """The term that a count is known to be a number or more."""
        return all_of((self.known[field], self.values[field].from_number(number)))

    def _passes(self, test: Test) -> Term:
        scale, value = self.values[test.field], test.value
        if test.op in ("==", "!="):
            place = scale.place(value)
            equal = FALSE if place is None else scale.at(place)
            return equal if test.op == "==" else negate(equal)
        number = int(value) + (1 if test.op in (">", "<=") else 0)
        reached = self.values[test.field].from_number(number)
        return reached if test.op in (">=", ">") else negate(reached)

    def answers(self, field: str, value: Value) -> Term:
        """Return the term that an input is known and has a value, or one that no rule can tell from it."""
        key = (field, type(value), value)
        if key not in self._answered:
            self._answered[key] = self._answer(field, value)
        return self._answered[key]

    def _answer(self, field: str, value: Value) -> Term:
        if field in self._compared:
            _, greater = self._compared[field]
            return greater if value is True else negate(greater)
        place = self.values[field].place(value)
        return FALSE if place is None else all_of((self.known[field], self.values[field].at(place)))

    def gives(self, facts: Facts) -> tuple[Term, ...]:
        """Return the terms that the inputs have these values; inputs that the form does not ask for are passed over.

        Bounds narrow an input and do not make it known. What nobody answered and others show or deny is as they say. A
        comparison that two known numbers decide is theirs to answer, as in the engines.
        """
        given = {field: value for field, value in facts.items() if field in self.fields or field in self._compared}
        decided = set(_decided(self.form, given))
        shown = [term for each in self.form.unanswered for term in self._shown(each, given)]
        taken = [each for each in self.form.unanswered if each.id not in decided and _taken(each, given)]
        for name in decided | {each.id for each in taken}:
            given.pop(name, None)
        return (
            *(
                self._within(field, value) if isinstance(value, Bounds) else self.answers(field, value)
                for field, value in given.items()
            ),
            *shown,
            *(term for each in taken for term in self._denied(each, given)),
        )

    def _shown(self, each: Unanswered, given: Facts) -> Iterator[Term]:
        """An input is true if what shows it turns out to be; what is known already has shown what it can."""
        yield from (self._shows(each.id, name) for name in each.shown_by if name not in given)

    def _shows(self, shown: str, by: str) -> Term:
        key = (shown, by)
        if key not in self._shown_by:
            self._shown_by[key] = implies(self.answers(by, value=True), self.answers(shown, value=True))
        return self._shown_by[key]

    def _denied(self, taken: Unanswered, given: Facts) -> Iterator[Term]:
        """An input that nobody answered is false if what denies it is, and nothing shows it."""
        key = (taken.id, *(name for name in taken.shown_by if name not in given))
        if taken.denied_with and key not in self._denied_by:
            says, *shows = (self.answers(name, value=True) for name in key)
            denies = [self.answers(name, value=False) for name in taken.denied_with]
            self._denied_by[key] = any_of((negate(any_of(denies)), *shows, negate(says)))
        if taken.denied_with:
            yield self._denied_by[key]

    def _within(self, field: str, bounds: Bounds) -> Term:
        key = (field, bounds)
        if key not in self._within_bounds:
            scale = self.values[field]
            low = scale.place(bounds.at_least) or 0
            high = len(scale.answers) if bounds.at_most is None else scale.place(bounds.at_most) or 0
            self._within_bounds[key] = all_of((scale.at_least(low), scale.at_most(high)))
        return self._within_bounds[key]

    def rank(self, field: str, value: Value) -> int:
        """Return how high an answer is among those that can be told apart."""
        return self.values[field].place(value) or 0

    def at_most(self, field: str, rank: int) -> Term:
        """Return the term that an input is no higher than a rank."""
        return self.values[field].at_most(rank)

    def not_shown(self, name: str) -> Term:
        """Return the term that a proposition is not shown."""
        if name not in self._not_shown:
            self._not_shown[name] = negate(self.shown[name])
        return self._not_shown[name]

    def fires(self, tests: Iterable[Test]) -> Term:
        """Return the term that every test of a rule is known to be true."""
        return all_of([self.holds(test) for test in tests])

    def read(self, model: Model) -> dict[str, Value]:
        """Return the answers that a found case gives: every input, or those known in it."""
        return {field: self.value(model, field) for field in self.fields if model.holds(self.known[field])}

    def value(self, model: Model, name: str) -> Value:
        """Return the answer that a found case gives to one input."""
        scale = self.values[name]
        return scale.answers[scale.lies_at(model)]

    # -- defining -------------------------------------------------------------------------------------------------

    def _scale(self, field: str, answers: Sequence[Value], room: int) -> Scale:
        rises = [variable(f"{self._name}:{field}>={answer}") for answer in answers[1:]]
        return Scale(answers, rises, room)

    def _defined(self) -> Iterator[Term]:
        yield from (term for scale in self.values.values() for term in _climbs(scale))
        for comparison in self.form.comparisons:
            greater = variable(f"{self._name}:{comparison.id}")
            self._compared[comparison.id] = comparison, greater
            yield from _greater(greater, self.values[comparison.left], self.values[comparison.right])
        for stratum in self.form.strata:
            yield from self._define(stratum)

    def _coherence(self) -> Iterator[tuple[str, Term]]:
        yield from ((name, negate(self.refuted[name])) for name in self.form.coherence)
        if LIMIT in self.fields and LAST_REPORT in self.fields:
            # Only years on the Tier 2 Watch List that reach up to the last report bind the next one.
            free = self.values[LIMIT].at(self.rank(LIMIT, "none"))
            there = self.values[LAST_REPORT].at(self.rank(LAST_REPORT, "2WL"))
            yield LIMIT, any_of((negate(self.known[LIMIT]), negate(self.known[LAST_REPORT]), free, there))

    def _define(self, stratum: Stratum) -> Iterator[Term]:
        for tally in stratum.tallies:
            for end, side in ((".holds", 0), (".fails", 1)):
                self._tallied[tally.id + end] = tuple(self.holds(member[side]) for member in tally.members)
        # No rule looks at another of its stratum, so all are written before any is named.
        fired: dict[str, tuple[list[Term], list[Term]]] = {}
        for rule in stratum.rules:
            fired.setdefault(rule.head, ([], []))[0 if rule.holds else 1].append(self.fires(rule.tests))
        for head, (showing, refuting) in fired.items():
            self.shown[head] = variable(f"{self._name}:{head}")
            yield same(self.shown[head], any_of(showing))
            self.refuted[head] = variable(f"{self._name}:not:{head}") if self._partly else negate(self.shown[head])
            if self._partly:
                yield same(self.refuted[head], any_of(refuting))


def lowest(solver: Solver, case: Case, fields: Iterable[str]) -> dict[str, Value] | None:
    """Return the found case in which the first field is as low as can be, then the second, and so on.

    It is the same whatever was asked before. Nothing is returned if there is no case.
    """
    with solver.supposing():
        model = solver.find()
        if model is None:
            return None
        found: dict[str, Value] = {}
        for field in fields:
            scale = case.values[field]
            place = scale.lies_at(model)
            while place > 0:
                lower = solver.find(scale.at_most(place - 1))
                if lower is None:
                    break
                model, place = lower, scale.lies_at(lower)
            solver.suppose(scale.at(place))
            found[field] = scale.answers[place]
        return found


def _counts(test: Test, terms: Sequence[Term]) -> Term:
    """The term that as many terms hold as a test of a tally asks."""
    number = int(test.value)
    if test.op in ("==", "!="):
        equal = exactly(number, terms)
        return equal if test.op == "==" else negate(equal)
    reached = at_least(number + (1 if test.op in (">", "<=") else 0), terms)
    return reached if test.op in (">=", ">") else negate(reached)


def _decided(form: Form, given: Facts) -> Iterator[str]:
    """Yield the comparisons that two known numbers decide."""
    for each in form.comparisons:
        if decide(given.get(each.left), given.get(each.right)) is not None:
            yield each.id


def _taken(each: Unanswered, given: Facts) -> bool:
    """Whether nobody answered an input, or its answer is the one that others give it."""
    if each.id not in given:
        return True
    return given[each.id] is False and any(given.get(name) is False for name in each.denied_with)


def _climbs(scale: Scale) -> Iterator[Term]:
    """What is so high is higher than what lies below."""
    for lower, higher in pairwise(scale.rises[1:]):
        yield implies(higher, lower)


def _greater(greater: Term, left: Scale, right: Scale) -> Iterator[Term]:
    """What it means that one number is greater than another of the same scale."""
    top = len(left.answers) - 1
    for place in range(top + 1):
        yield implies(greater, implies(right.at_least(place), left.at_least(place + 1)))
        yield any_of((greater, negate(left.at_least(place)), right.at_least(place)))


# -- what hangs together -------------------------------------------------------------------------------------------


def together(form: Form, unknown: Collection[str]) -> Iterator[frozenset[str]]:
    """Yield the unknown inputs that bind one another, directly or through others.

    A rule of coherence binds what it asks for. So does what stands for an answer that nobody gave: a no to what covers
    a comparison holds for the two numbers that are compared. Rules that look at findings are left out: they bind nearly
    everything.
    """
    inputs = {field.id for field in form.inputs}
    bound = (group for group in (*_asked_of(form), *taken_together(form)) if group <= inputs)
    yield from joined(({LIMIT, LAST_REPORT} & inputs, *(group.intersection(unknown) for group in bound)))


def taken_together(form: Form) -> Iterator[set[str]]:
    """Yield for each input that others answer, where nobody does, the inputs of both."""
    for each in form.unanswered:
        yield _sides(form, (each.id, *each.shown_by, *each.denied_with))


def joined(groups: Iterable[Collection[str]]) -> list[frozenset[str]]:
    """Return the groups, those that share a member made one."""
    found: list[frozenset[str]] = []
    for group in groups:
        touched = [other for other in found if not other.isdisjoint(group)]
        found = [other for other in found if other.isdisjoint(group)] + [frozenset(group).union(*touched)]
    return found


def _asked_of(form: Form) -> Iterator[set[str]]:
    """Yield for each rule of coherence the inputs at which its tests look."""
    asked: dict[str, set[str]] = {name: set() for name in form.coherence}
    for rule in (rule for stratum in form.strata for rule in stratum.rules):
        if rule.head in asked:
            asked[rule.head].update(test.field for test in rule.tests)
    yield from (_sides(form, fields) for fields in asked.values())


def _sides(form: Form, names: Iterable[str]) -> set[str]:
    """Some names, with the two numbers in place of what compares them."""
    pairs = {each.id: {each.left, each.right} for each in form.comparisons}
    return set().union(*(pairs.get(name, {name}) for name in names))


def asked_by_rules(form: Form) -> dict[str, frozenset[str]]:
    """Return for each rule of coherence the inputs that it asks for, directly or through findings."""
    below = inputs_below(form)
    return {name: frozenset(below[name]) for name in form.coherence}


def inputs_below(form: Form) -> dict[str, set[str]]:
    """Return for each comparison, tally and proposition the inputs on which it rests, directly or through findings."""
    below: dict[str, set[str]] = {each.id: {each.left, each.right} for each in form.comparisons}
    for stratum in form.strata:
        for tally in stratum.tallies:
            counted = {test.field for member in tally.members for test in member}
            below |= dict.fromkeys((tally.id + ".holds", tally.id + ".fails"), _inputs_of(counted, below))
        asked: dict[str, set[str]] = {}
        for rule in stratum.rules:
            asked.setdefault(rule.head, set()).update(_inputs_of((test.field for test in rule.tests), below))
        below |= asked
    return below


def _inputs_of(fields: Iterable[str], below: Mapping[str, set[str]]) -> set[str]:
    return {each for field in fields for each in below.get(field, (field,))}


def rules_on_findings(form: Form) -> frozenset[str]:
    """Return the rules of coherence that look at findings, and not at answers alone."""
    rules = [rule for stratum in form.strata for rule in stratum.rules]
    heads = {rule.head for rule in rules}
    asked = (rule for rule in rules if rule.head in form.coherence)
    return frozenset(rule.head for rule in asked if any(test.field in heads for test in rule.tests))


# -- where numbers are cut -----------------------------------------------------------------------------------------


def linked(*forms: Form) -> Iterator[frozenset[str]]:
    """Yield the counts that are compared with one another, directly or through others; each that is not, alone."""
    counts = dict.fromkeys(field.id for form in forms for field in form.inputs if field.type == "count")
    listed = {field.id for form in forms for field in form.inputs if field.numbers}
    waiting = dict.fromkeys(name for name in counts if name not in listed)
    pairs = ({each.left, each.right} & waiting.keys() for form in forms for each in form.comparisons)
    yield from joined((*({name} for name in waiting), *pairs))


def _sure(test: Test, bounds: Bounds) -> bool:
    """Whether a test is true of every number within bounds."""
    number = int(test.value)
    if test.op in (">=", ">"):
        return OPERATORS[test.op](bounds.at_least, number)
    return test.op in ("<=", "<") and bounds.at_most is not None and OPERATORS[test.op](bounds.at_most, number)


def known_numbers(form: Form, facts: Facts) -> dict[str, tuple[int, ...]]:
    """Return where the known counts of a country are cut so that each number known is told from its neighbours."""
    counts = {field.id for field in form.inputs if field.type == "count" and not field.numbers}
    return {field: _ends(value) for field, value in facts.items() if field in counts}


def _ends(value: Value | Bounds) -> tuple[int, ...]:
    if isinstance(value, Bounds):
        return (value.at_least, *(() if value.at_most is None else (value.at_most + 1,)))
    return int(value), int(value) + 1


def _answers(forms: Sequence[Form], cuts: Iterable[Cuts]) -> dict[str, tuple[Value, ...]]:
    """The answers to each input of the forms that can be told apart.

    Of n counts that are compared with one another, in one case or in several, n numbers in each stretch have room for
    any order of them. Where some are given and others are then looked for, the 2^(n-1) numbers nearest to either end of
    a stretch are enough: two orders of at least 2^n - 1 elements cannot be told apart by n of them (Ehrenfeucht and
    Fraisse). The last stretch has no end; its last numbers are room above whatever is given, and are no answers.
    """
    found: dict[str, tuple[Value, ...]] = {}
    for field in (field for form in forms for field in form.inputs):
        if field.type == "truth":
            found[field.id] = (False, True)
        elif field.type == "choice":
            found[field.id] = field.choices
        elif field.numbers:
            found[field.id] = field.numbers
    begins = (*map(thresholds, forms), *cuts)
    for group in linked(*forms):
        bounds = sorted({0}.union(*(each.get(name, ()) for each in begins for name in group)))
        low, high = _near(len(group), len(forms))
        numbers: list[Value] = []
        for first, following in pairwise((*bounds, bounds[-1] + low + high)):
            wide = following - first > low + high
            numbers += (
                (*range(first, first + low), *range(following - high, following)) if wide else range(first, following)
            )
        found |= dict.fromkeys(group, tuple(numbers))
    return found


def _near(counts: int, cases: int) -> tuple[int, int]:
    """How many numbers are told apart at the beginning and at the end of a stretch, by how many counts are linked."""
    half = 1 << (counts - 1)
    return (1 if counts == 1 else max(half, counts * cases)), half - 1
