"""The oracle, a slow reading of the rules: straight from the entries of the law, sharing nothing with any engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import inf

from tierengine.engines.form import Bounds
from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion, Indicator
from tierengine.law.rulebook import Law
from tierengine.terms.level import Level, rank
from tierengine.terms.outcome import Outcome

Value = bool | int | str
Facts = Mapping[str, Value | Bounds]

SLUGS: dict[Level, str] = {"partly met": "partly", "largely met": "largely", "met": "met"}


def conclude(law: Law, facts: Facts) -> dict[str, Outcome]:
    """Return the outcome of every proposition of the law."""
    found: dict[str, Outcome] = {}
    for criterion in law.criteria:
        for rung in criterion.rules:
            name = f"{criterion.id}/{SLUGS[rung.level]}"
            found[name] = _reached(law, facts, criterion, rung.level)
            if criterion.judgement is not None or criterion.presumption is not None:
                found[f"{name}/proposed"] = _proposed(law, facts, criterion, rung.level)
        if criterion.presumption is not None:
            found[f"{criterion.id}/presumed"] = _holds(law, facts, criterion.presumption.when)
    for entry in law.conditional():
        found[entry.id] = _concluded(law, facts, entry.id)
    for rule in law.coherence:
        found[rule.id] = _holds(law, facts, rule.must)
    return found


def coherent(law: Law, facts: Facts) -> bool:
    """Whether no rule of coherence fails."""
    return all(_holds(law, facts, rule.must) is not Outcome.NOT_MET for rule in law.coherence)


def _proposed(law: Law, facts: Facts, criterion: Criterion, level: Level) -> Outcome:
    rungs = [rung.when for rung in criterion.rules if rank(rung.level) <= rank(level)]
    return _enough(len(rungs), [_holds(law, facts, when) for when in rungs])


def _reached(law: Law, facts: Facts, criterion: Criterion, level: Level) -> Outcome:
    judgement, presumption = criterion.judgement, criterion.presumption
    name = f"{criterion.id}/{SLUGS[level]}"
    if name in facts:  # given instead of worked out
        return Outcome.of(bool(facts[name]))
    if judgement is not None and facts[f"judged/{judgement.id}"]:
        reached = _rated(facts, judgement.id, level)
    else:
        reached = _proposed(law, facts, criterion, level)
    if presumption is None:
        return reached
    return _enough(2, [~_holds(law, facts, presumption.when), reached])


def _rated(facts: Facts, judgement: str, level: Level) -> Outcome:
    rating = facts.get(f"rating/{judgement}")
    return Outcome.UNDETERMINED if rating is None else Outcome.of(_least(rating) >= rank(level))


def _holds(law: Law, facts: Facts, when: Condition) -> Outcome:
    if when.not_ is not None:
        return ~_holds(law, facts, when.not_)
    if not when.parts:
        return _single(law, facts, when)
    needed = when.some.at_least if when.some is not None else len(when.parts) if when.all_ is not None else 1
    return _enough(needed, [_holds(law, facts, part) for part in when.parts])


def _single(law: Law, facts: Facts, when: Condition) -> Outcome:
    if when.no_more_than is not None:
        return ~Outcome.of(_greater(facts.get(when.name), facts.get(when.no_more_than)))
    if when.indicator is not None:
        return _answered(when, _known(facts, law.indicator(when.indicator)))
    if when.judgement is not None:
        return _rated(facts, when.judgement, _level(when.at_least))
    if when.finding is not None:
        criterion = law.criterion(when.finding)
        return _reached(law, facts, criterion, _level(when.at_least) if when.at_least else criterion.met_from)
    if when.placement is not None:
        return _answered(when, facts.get(when.placement))
    return _concluded(law, facts, str(when.conclusion))


def _concluded(law: Law, facts: Facts, name: str) -> Outcome:
    if name in facts:  # given instead of worked out
        return Outcome.of(bool(facts[name]))
    return next(_holds(law, facts, entry.when) for entry in law.conditional() if entry.id == name)


def _enough(needed: int, outcomes: list[Outcome]) -> Outcome:
    """Whether at least so many are met; all of them and any of them are special cases."""
    if outcomes.count(Outcome.MET) >= needed:
        return Outcome.MET
    possible = len(outcomes) - outcomes.count(Outcome.NOT_MET)
    return Outcome.UNDETERMINED if possible >= needed else Outcome.NOT_MET


def _known(facts: Facts, indicator: Indicator) -> Value | Bounds | None:
    """The answer of an indicator; of two that are compared, by every number they may be, else as answered directly."""
    if indicator.compared is None:
        return facts.get(indicator.id)
    greater = _greater(facts.get(indicator.compared.greater), facts.get(indicator.compared.than))
    return facts.get(indicator.id) if greater is None else greater


def _greater(left: Value | Bounds | None, right: Value | Bounds | None) -> bool | None:
    """Whether one number is above another, whatever they are within their bounds."""
    if left is None or right is None:
        return None
    if _least(left) > _most(right):
        return True
    return False if _most(left) <= _least(right) else None


def _least(count: Value | Bounds) -> float:
    return count.at_least if isinstance(count, Bounds) else int(count)


def _most(count: Value | Bounds) -> float:
    if isinstance(count, Bounds):
        return inf if count.at_most is None else count.at_most
    return int(count)


def _answered(when: Condition, value: Value | Bounds | None) -> Outcome:
    if value is None:
        return Outcome.UNDETERMINED
    if when.at_least is not None:
        least, most = _least(value) >= int(when.at_least), _most(value) >= int(when.at_least)
    elif when.at_most is not None:
        least, most = _least(value) <= int(when.at_most), _most(value) <= int(when.at_most)
    else:
        return Outcome.of((str(value).lower() if isinstance(value, bool) else str(value)) == when.is_)
    return Outcome.of(least) if least == most else Outcome.UNDETERMINED


def _level(word: str | None) -> Level:
    return next(level for level in SLUGS if level == word)


def unknown_inputs(law: Law, facts: Facts) -> list[str]:
    """The inputs that the facts leave open; a judgement that nobody rated is named by its `rating/` field.

    A count with bounds is open, within them.
    """
    names = [indicator.id for indicator in law.indicators if indicator.compared is None]
    names += [f"rating/{judgement}" for judgement in law.judges]
    return [name for name in (*names, *law.PLACEMENTS) if name not in facts or isinstance(facts[name], Bounds)]


def complete(law: Law, facts: Facts, unknown: Iterable[str]) -> Iterator[dict[str, Value | Bounds]]:
    """Give the unknown inputs every combination of the values between which some rule makes a difference.

    A judgement may also stay as it is: rated by nobody.
    """
    names = list(unknown)
    for values in product(*(_values(law, facts, name) for name in names)):
        case = dict(facts)
        for name, value in zip(names, values, strict=True):
            if value is not None:
                case[name] = value
                if name.startswith("rating/"):
                    case[name.replace("rating/", "judged/", 1)] = True
        if coherent(law, case):
            yield case


def completions(law: Law, facts: Facts) -> Iterator[dict[str, Value | Bounds]]:
    """Give every unknown input each value between which some rule makes a difference.

    An unrated judgement gets a rank and stays unrated, so that the ladder of what the records propose is asked with it.
    """
    names = unknown_inputs(law, facts)
    values = ([value for value in _values(law, facts, name) if value is not None] for name in names)
    for chosen in product(*values):
        case = {**facts, **dict(zip(names, chosen, strict=True))}
        history = case["limit"] == "none" or case["last_report"] == "2WL"  # no history makes any other case
        if history and coherent(law, case):
            yield case


def open_tiers(law: Law, facts: Facts, unknown: Iterable[str] | None = None) -> set[str]:
    """The tier rows that some completion of the unknown inputs (of all, unless named) makes met."""
    names = unknown_inputs(law, facts) if unknown is None else list(unknown)
    return {
        row.id
        for case in complete(law, facts, names)
        for row in law.tiers
        if _holds(law, case, row.when) is Outcome.MET
    }


def _values(law: Law, facts: Facts, name: str) -> list[Value | None]:
    if name in law.PLACEMENTS:
        return list(law.PLACEMENTS[name])
    if name.startswith("rating/"):
        rubric = next(c.judgement.rubric for c in law.criteria if c.judgement and f"rating/{c.judgement.id}" == name)
        return [None, *sorted(rank(level) for level in rubric)]
    indicator = law.indicator(name)
    if indicator.type == "count":
        return list(_counts(law, facts, name))
    return [False, True] if indicator.type == "truth" else list(indicator.choices)


def _counts(law: Law, facts: Facts, name: str) -> list[int]:
    """So many counts on both sides of each boundary as there are counts compared with one another."""
    pairs = [{i.compared.greater, i.compared.than} for i in law.indicators if i.compared is not None]
    pairs += [{when.name, when.no_more_than} for when in _conditions(law) if when.no_more_than is not None]
    linked = {name}
    for _ in pairs:
        linked = linked.union(*(pair for pair in pairs if pair & linked))
    boundaries: set[int] = set()
    for when in _conditions(law):
        if when.indicator in linked and when.no_more_than is None:
            boundaries |= {int(when.at_least)} if when.at_least else {int(when.at_most or when.is_ or 0) + 1}
            boundaries |= {int(when.is_)} if when.is_ else set()
    for other in linked & set(facts):
        ends = {_least(facts[other]), _most(facts[other])} - {inf}
        boundaries |= {int(end) + step for end in ends for step in (0, 1)}
    reach = len(linked)
    numbers = {b + step for b in boundaries or {0} for step in range(-reach, reach)}
    within = facts.get(name)
    least, most = (0, inf) if within is None else (_least(within), _most(within))
    return sorted(number for number in numbers if least <= number <= most)


def _conditions(law: Law) -> list[Condition]:
    outermost = [rung.when for criterion in law.criteria for rung in criterion.rules]
    outermost += [criterion.presumption.when for criterion in law.criteria if criterion.presumption is not None]
    outermost += [entry.when for entry in law.conditional()]
    outermost += [rule.must for rule in law.coherence]
    return [inner for when in outermost for inner in when.walk()]
