"""The theorems: what must hold of every version of the law, each with the country that breaks it if one does.

Most are proved part by part; a part that fails alone is decided in the whole law.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Form, Rule, Test
from tierengine.engines.logic import Term, all_of, any_of, implies, negate, same
from tierengine.engines.lowering import LAST_REPORT, LIMIT, lower_criterion, reached
from tierengine.engines.proof import Case
from tierengine.engines.solver import Model
from tierengine.lab.proofs.asking import Asked, Fall, Pair, Proof, Relation
from tierengine.lab.proofs.counterexamples import Counterexample, country, given, sayable, smallest
from tierengine.lab.proofs.direction import (
    moved,
    no_worse,
    sign_of,
    signs,
    steps_down,
    truth_of,
    worse_levels,
    worse_tier,
)
from tierengine.lab.proofs.parts import at_liberty, part_of, propositions
from tierengine.lab.proofs.proposing import proposals, provisional
from tierengine.lab.proofs.search import never
from tierengine.lab.proofs.years import unbound_years
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.reasoning.words import leaf_name, plain, question
from tierengine.terms.tier import NAMES

# -- both rails --------------------------------------------------------------------------------------------------


def _unsettled(case: Case) -> Term:
    """Some proposition of a partly known case both holds and fails, or does neither."""
    return any_of(same(case.shown[name], case.refuted[name]) for name in case.shown)


def _sound(asked: Asked, part: Form) -> bool:
    """Whether a part keeps what it settled as more is learned, and settles everything once all is known."""

    def ask() -> bool:
        before, after = (Case(part, name, partly=True, beside=(part,)) for name in ("before", "after"))
        solver = asked.solver(before, after)
        if solver.find(*_more_known(before, after), _changes(before, after)) is not None:
            return False
        return solver.find(*before.known.values(), _unsettled(before)) is None

    return asked.prover.once(part, ask)


def _rails(asked: Asked) -> Proof:
    heads = tuple(propositions(asked.form))
    says = f"Each of the {len(heads)} propositions holds or fails, and never both, once every answer is given."
    if asked.by_parts and all(_sound(asked, part_of(asked.form, {head})) for head in heads):
        return asked.proved(says)
    case = Case(asked.form, "country", partly=True)
    solver = asked.solver(case)
    model = asked.find(solver, *case.known.values(), _unsettled(case))
    if model is None:
        return asked.proved(says)
    both = any_of(all_of((case.shown[head], case.refuted[head])) for head in heads)
    model = solver.find(*case.known.values(), both) or model
    head = next(head for head in heads if model.holds(case.shown[head]) is model.holds(case.refuted[head]))
    if model.holds(case.shown[head]):
        wrong = f"One country is said to be and not to be `{head}`."
        found = asked.one_country(
            lambda each: all_of((each.shown[head], each.refuted[head])), wrong, f"`{head}` holds and fails"
        )
        return asked.refuted(wrong, found)
    wrong = f"Of one country whose answers are all given it stays open whether it is `{head}`."
    shown = country(asked.law, case.read(model), f"`{head}` is open")
    return asked.refuted(wrong, Counterexample(says=wrong, countries=(shown,)))


def _side(case: Case, head: str, holds: bool) -> Term:
    return case.shown[head] if holds else case.refuted[head]


# -- one tier ----------------------------------------------------------------------------------------------------


def _one_tier(asked: Asked) -> Proof:
    rows = [row.id for row in asked.law.tiers]
    case = asked.whole_case
    solver = asked.solver(case)
    model = asked.find(solver, any_of((_none_of(case, rows), _two_of(case, rows))))
    if model is None:
        return asked.proved("Every country whose answers are all given has exactly one row of the tier table.")
    found = []
    if solver.find(_two_of(case, rows)) is not None:
        wrong = "One country has two rows of the tier table at once."
        found.append(asked.one_country(lambda c: _two_of(c, rows), wrong, "two rows of the tier table hold"))
    if solver.find(_none_of(case, rows)) is not None:
        wrong = "One country has no row of the tier table."
        found.append(asked.one_country(lambda c: _none_of(c, rows), wrong, "no row of the tier table holds"))
    return asked.refuted("The tier table does not place every country once.", *found)


def _none_of(case: Case, rows: list[str]) -> Term:
    return all_of(case.refuted[row] for row in rows)


def _two_of(case: Case, rows: list[str]) -> Term:
    pairs = ((first, second) for number, second in enumerate(rows) for first in rows[:number])
    return any_of(all_of((case.shown[first], case.shown[second])) for first, second in pairs)


# -- no dead rule ------------------------------------------------------------------------------------------------


def _no_dead_rule(asked: Asked) -> Proof:
    rules = {rule.id: rule for stratum in asked.form.strata for rule in stratum.rules}
    case = Case(at_liberty(asked.form))
    fires = {name: case.fires(rule.tests) for name, rule in rules.items()}
    dead = never(case, fires, asked.prover.limit, _evaluated(case) if asked.prover.certificates is not None else None)
    if not dead:
        return asked.proved(f"Each of the {len(rules)} rules can speak.")
    return asked.refuted(
        f"{len(dead)} of {len(rules)} rules can never speak: each asks for what cannot be together.",
        *(_dead(asked, case, rules[name]) for name in dead),
    )


def _evaluated(case: Case) -> Callable[[Model], Collection[str]]:
    """What says which rules the generated evaluator lets speak in a case, so that nobody need trust the solver."""
    engine = CompiledEngine(case.form)
    return lambda model: engine.evaluate(case.read(model)).fired


def _dead(asked: Asked, case: Case, rule: Rule) -> Counterexample:
    """Which tests of a rule cannot all be true."""
    solver = asked.solver(case)
    asked.find(solver, case.fires(rule.tests), of=rule.id)
    clash = solver.clash({str(number): case.holds(test) for number, test in enumerate(rule.tests)})
    tests = " and ".join(_asks(asked.law, rule.tests[int(number)]) for number in clash)
    return Counterexample(says=f"Rule {rule.id} never speaks, since no country has this: {tests}.", countries=())


def _asks(law: Law, test: Test) -> str:
    """What a test asks, in words."""
    asked = {"==": "is", "!=": "is not", ">=": "is at least", "<=": "is at most", "<": "is below", ">": "is above"}
    if isinstance(test.value, bool):
        return f"`{leaf_name(test.field)}` {'holds' if test.value else 'fails'}"
    says = question(law, test.field) if test.field in (LAST_REPORT, LIMIT) else f"`{leaf_name(test.field)}`"
    return f"{says} {asked[test.op]} {plain(test.value)}"


# -- direction ---------------------------------------------------------------------------------------------------


def _contracts(asked: Asked) -> Proof:
    law = asked.law
    broken = [criterion for criterion in law.criteria if sign_of(criterion) and not _keeps_contract(asked, criterion)]
    if not broken:
        count = sum(1 for criterion in law.criteria if sign_of(criterion))
        return asked.proved(
            f"None of the {count} criteria with a direction gets a worse level by a better answer, rating or finding."
        )
    found = [_broken_contract(asked, criterion) for criterion in broken]
    return asked.refuted("A better answer leads to a worse level: a direction is declared that does not hold.", *found)


def _keeps_contract(asked: Asked, criterion: Criterion) -> bool:
    """Whether better answers never move a criterion against its direction; one without a direction, not at all."""
    form = lower_criterion(asked.law, criterion)
    directed = signs(asked.law, form)
    key = (form, tuple(directed.items()), sign_of(criterion))

    def ask() -> bool:
        before, after = Case(form, "before", beside=(form,)), Case(form, "after", beside=(form,))
        broken = worse_levels(criterion, before, after)
        solver = asked.solver(before, after)
        return asked.find(solver, *no_worse(before, after, directed), broken, of=criterion.id) is None

    return (asked.prover.once(key, ask) if asked.by_parts else ask()) or not _breaks_in_whole(asked, criterion)


def _breaks_in_whole(asked: Asked, criterion: Criterion) -> bool:
    """Whether a contract that fails for the criterion alone also fails for a country."""
    before, after = asked.case("before"), asked.case("after")
    terms = [*_own_no_worse(asked.law, criterion)(before, after), worse_levels(criterion, before, after)]
    return asked.find(asked.solver(before, after), *terms, of=f"{criterion.id} in the whole") is not None


def _own_no_worse(law: Law, criterion: Criterion) -> Relation:
    """What a criterion itself looks at is no worse: its answers, its rating, and the findings that it asks for."""
    directed = signs(law, lower_criterion(law, criterion))

    def relation(before: Case, after: Case) -> list[Term]:
        inputs = {name: sign for name, sign in directed.items() if name in before.values}
        below = [
            moved(truth_of(before.shown[name]), truth_of(after.shown[name]), sign)
            for name, sign in directed.items()
            if name in before.shown
        ]
        return [*no_worse(before, after, inputs), *below]

    return relation


def _broken_contract(asked: Asked, criterion: Criterion) -> Counterexample:
    up = sign_of(criterion) > 0
    good, bad = ("can reach", "stays below") if up else ("can stay below", "reaches")

    def falls(pair: Pair) -> list[Fall]:
        found = []
        for rung in criterion.rules:
            name, level = reached(criterion.id, rung.level), f"`{rung.level}`"
            gone = all_of((_side(pair.before, name, up), _side(pair.second, name, not up)))
            found.append(Fall(gone, (f"{criterion.id} {good} {level}", f"{criterion.id} {bad} {level}")))
            come = all_of((_side(pair.first, name, up), _side(pair.after, name, not up)))
            found.append(Fall(come, (f"{criterion.id} {good} {level}", f"{criterion.id} may be worse than that")))
        return found

    wrong = f"{criterion.id} {criterion.direction}, and a better answer makes it worse."
    return asked.two_countries(_own_no_worse(asked.law, criterion), falls, wrong)


def _direction(asked: Asked) -> Proof:
    """By its parts: each criterion keeps its contract, and the tiers follow the findings. Else in the whole."""
    law, form = asked.law, asked.form
    says = "No country falls to a worse tier by a better answer or rating."
    if asked.by_parts and _by_parts(asked):
        return asked.proved(says)
    directed = signs(law, form)
    before, after = asked.case("before"), asked.case("after")
    solver = asked.solver(before, after)
    if asked.find(solver, *no_worse(before, after, directed), worse_tier(law, before, after)) is None:
        return asked.proved(says)
    wrong = "A better answer leads to a worse tier."
    found = asked.two_countries(
        lambda first, second: no_worse(first, second, directed), lambda pair: _falls(law, pair), wrong
    )
    return asked.refuted(f"{wrong} A direction is declared that does not hold.", found)


def _falls(law: Law, pair: Pair) -> list[Fall]:
    """A tier that could be reached is lost, or a worse one than before can come."""
    found = []
    names = {row.id: "no list" if row.tier is None else NAMES[row.tier] for row in law.tiers}
    for row, as_good, worse in steps_down(law):
        lost = all_of((pair.before.shown[row], *(pair.second.refuted[other] for other in as_good)))
        found.append(Fall(lost, (f"{names[row]} can be reached", f"{names[row]} and whatever is as good are excluded")))
        safe = all_of((pair.first.shown[row], any_of(pair.after.shown[other] for other in worse)))
        found.append(Fall(safe, (f"{names[row]} is settled", f"a worse tier than {names[row]} can be reached")))
    return found


def _by_parts(asked: Asked) -> bool:
    """Whether the tiers follow from contracts of the criteria alone."""
    law = asked.law
    conclusions = {entry.id for entry in law.conditional()}
    top = part_of(asked.form, conclusions)
    directed = signs(law, top)

    def ask() -> bool:
        before, after = Case(top, "before", beside=(top,)), Case(top, "after", beside=(top,))
        worse = worse_tier(law, before, after)
        return asked.solver(before, after).find(*no_worse(before, after, directed), worse) is None

    key = (top, tuple(directed.items()), tuple((row.id, row.tier) for row in law.tiers))
    return asked.prover.once(key, ask) and all(
        _keeps_contract(asked, criterion) and not _rests_on(asked, criterion, conclusions) for criterion in law.criteria
    )


def _rests_on(asked: Asked, criterion: Criterion, conclusions: set[str]) -> bool:
    return not conclusions.isdisjoint(field.id for field in lower_criterion(asked.law, criterion).inputs)


# -- years on the watch list -------------------------------------------------------------------------------------


def _watch_list(asked: Asked) -> Proof:
    law = asked.law
    downgrade = law.downgrades[0]
    listed = [row.id for row in law.tiers if row.tier == "2WL"]
    waivers = [reached(each.id, each.met_from) for each in law.criteria if each.part == "waiver"]
    over = ("3", *(("not WL",) if law.relistings else ()))

    def stays(case: Case) -> Term:
        full = all_of((case.answers(LIMIT, "waiver or 3"), *(case.refuted[name] for name in waivers)))
        bound = any_of((full, *(case.answers(LIMIT, word) for word in over)))
        return all_of((bound, any_of(case.shown[row] for row in listed)))

    case = asked.whole_case
    if LIMIT in case.fields and asked.find(asked.solver(case), stays(case)) is None:
        return asked.proved(
            f"No country whose {downgrade.years} years on the watch list are full stays there without a waiver, and "
            "none for which there is no waiver any more stays there at all."
        )
    wrong = f"A country stays on the watch list after {downgrade.years} full years, and nothing keeps it there."
    if LIMIT not in case.fields:
        return asked.refuted(f"{wrong} The tier table never asks how its years bind it.")
    return asked.refuted(wrong, asked.one_country(stays, wrong, "it is on the Tier 2 Watch List"))


def _years(asked: Asked) -> Proof:
    downgrade = asked.law.downgrades[0]
    unbound = unbound_years(asked.law)
    if not unbound:
        return asked.proved(
            f"A run of {downgrade.years} years on the watch list or more always binds the next report, and one of "
            f"{downgrade.years + downgrade.waiver_years} or more cannot be waived, whatever came before it."
        )
    found = (Counterexample(says=f"{years}.", countries=()) for years in unbound)
    return asked.refuted("A run on the watch list is full and does not bind the next report as it must.", *found)


# -- unknowns ----------------------------------------------------------------------------------------------------


def _more_known(before: Case, after: Case) -> list[Term]:
    """Every answer that is known before is known after, and the same."""
    return [
        implies(known, all_of((after.known[name], before.values[name].alike(after.values[name]))))
        for name, known in before.known.items()
    ]


def _changes(before: Case, after: Case) -> Term:
    """Something was settled before, and is not settled so after."""
    sides = ((before.shown, after.shown), (before.refuted, after.refuted))
    return any_of(all_of((one[name], negate(other[name]))) for one, other in sides for name in one)


def _unknowns(asked: Asked) -> Proof:
    says = (
        "What is settled from some answers stays settled, the same way, whatever else is learned: unknown answers only "
        "widen the tiers that are open."
    )
    if asked.by_parts and all(_sound(asked, part_of(asked.form, {head})) for head in propositions(asked.form)):
        return asked.proved(says)
    before, after = asked.case("before", partly=True), asked.case("after", partly=True)
    solver = asked.solver(before, after)
    terms = [*_more_known(before, after), _changes(before, after)]
    if asked.find(solver, *terms) is None:
        return asked.proved(says)
    # Whether a word was judged is known from the start, and the same in both.
    solver.add(*sayable(asked.law, before), *_judged_alike(before, after))
    model = smallest(solver, [given(before), given(after)], *terms)
    wrong = "To learn one more answer changes what was settled."
    if model is None:
        return asked.refuted(wrong)
    words = ("something is settled", "it is settled no more, or otherwise")
    return asked.refuted(wrong, asked.counterexample((before.read(model), after.read(model)), words, wrong))


def _judged_alike(before: Case, after: Case) -> list[Term]:
    flags = [name for name in before.known if name.startswith("judged/")]
    return [all_of((after.known[name], after.values[name].alike(before.values[name]))) for name in flags]


THEOREMS: dict[str, Callable[[Asked], Proof]] = {
    "rails": _rails,
    "one-tier": _one_tier,
    "no-dead-rule": _no_dead_rule,
    "contracts": _contracts,
    "direction": _direction,
    "watch-list": _watch_list,
    "years": _years,
    "unknowns": _unknowns,
    "provisional": provisional,
    "proposals": proposals,
}
"""Every theorem by its name, in the order in which they are printed."""

OF_YEARS = ("watch-list", "years")
"""Theorems about the automatic downgrade, asked only where one is in force."""
