"""How a criterion is scored, as a ladder: each level a rung, with the condition of its rule in words."""

from __future__ import annotations

from dataclasses import dataclass

from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.level import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Words:
    """A condition in words: a sentence, and the parts that stand under it."""

    says: str
    parts: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level of a scale: what it means, and by which rule it is reached."""

    level: Level
    means: str
    counts_as_met: bool
    rule: str | None
    """The rule in a sentence; the lowest level has none: it is what is left."""
    when: Words | None


def ladder(criterion: Criterion, law: Law) -> tuple[Step, ...]:
    """Return the levels of a criterion, the highest first, each with its rule."""
    rules = {rung.level: rung for rung in criterion.rules}
    met = LEVELS.index(criterion.met_from)
    return tuple(
        Step(
            level=level,
            means=criterion.scale[level],
            counts_as_met=LEVELS.index(level) >= met,
            rule=rules[level].says if level in rules else None,
            when=in_words(rules[level].when, law) if level in rules else None,
        )
        for level in reversed(LEVELS)
        if level in criterion.scale
    )


def in_words(condition: Condition, law: Law) -> Words:
    """Return a condition in words, with the questions of the law in the place of their names."""
    heads = {"all": "All of these:", "any": "At least one of these:", "not": "Not this:"}
    if condition.some is not None:
        heads["some"] = f"At least {condition.some.at_least} of these:"
    if condition.operator in heads:
        return Words(heads[condition.operator], tuple(in_words(part, law) for part in condition.parts))
    return Words(_one(condition, law))


def _one(condition: Condition, law: Law) -> str:
    if condition.finding is not None:
        found = law.criteria_by_id.get(condition.finding)
        return f"{found.title if found else condition.finding}: {_from(condition.at_least or 'met')}"
    if condition.conclusion is not None:
        found_too = law.conclusions_by_id.get(condition.conclusion)
        return found_too.says if found_too else condition.conclusion
    if condition.judgement is not None:
        return f"{_asked_of_a_person(condition.judgement, law)} A person rates it {_from(str(condition.at_least))}."
    if condition.last_rating is not None:
        asked = _asked_of_a_person(condition.last_rating, law)
        return f"{asked} For the last report it was rated {_from(str(condition.at_least))}."
    return f"{_question(condition, law)} {_bound(condition)}"


def _from(level: str) -> str:
    return level if level == "met" else f"{level} or better"


def _asked_of_a_person(name: str, law: Law) -> str:
    judge = law.judges.get(name)
    return judge.judgement.question if judge is not None and judge.judgement is not None else name.replace("_", " ")


def _question(condition: Condition, law: Law) -> str:
    if condition.placement is not None:
        return "The placement in the last report:"
    found = next((each for each in law.indicators if each.id == condition.indicator), None)
    return found.asks if found is not None else f"{condition.name.replace('_', ' ')}:"


def _bound(condition: Condition) -> str:
    if condition.no_more_than is not None:
        return f"No more than: {condition.no_more_than.replace('_', ' ')}."
    if condition.is_ is not None:
        return {"true": "Yes.", "false": "No."}.get(
            str(condition.is_), f"{condition.is_}.".replace("2WL", "2 Watch List")
        )
    if condition.at_least is not None:
        return f"At least {condition.at_least}."
    return f"At most {condition.at_most}."
