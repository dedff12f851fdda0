"""Which answers the rules of coherence derive from which, and where an answer is derived from itself.

A rule derives each answer that it says must follow (all of them) from each answer that alone sets it off (any of
them). A rule that needs several answers at once, or leaves a choice, derives nothing from one. Two rules in a circle
say of two questions that they are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations, product

from tierengine.law.conditions import Condition
from tierengine.law.entries import Coherence
from tierengine.terms.level import LEVELS, rank


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with the answers that it may still have: at least so much, at most so much, one word, or not it."""

    asked: str
    how: str
    much: int | str


Derived = tuple[tuple[Answer, Answer], ...]
"""Pairs of an answer and one that follows from it alone."""


def derived(rule: Coherence) -> Derived:
    """Return what a rule derives from a single answer, save from how many there are of something."""
    first = _alone(rule.when, "any") if rule.when is not None else ()
    return tuple(product(first, _alone(rule.then, "all")))


def circles(rules: tuple[Coherence, ...], derives: Callable[[Coherence], Derived]) -> Iterator[tuple[Coherence, ...]]:
    """Yield each circle of rules that derive an answer from itself, with the rules in the order of deriving.

    `derives` is `derived`, or what keeps its answers where many laws share a rule.
    """
    steps = _steps(rules, derives)
    by_id = {rule.id: rule for rule in rules}
    seen: set[frozenset[str]] = set()
    for start in steps:
        way = _way_back(start, steps)
        if way and frozenset(way) not in seen:
            seen.add(frozenset(way))
            yield tuple(by_id[name] for name in dict.fromkeys(way))


_Steps = Mapping[Answer, dict[Answer, str]]
"""Answer to the answers that follow from it, each with the rule; an empty name where nothing but logic is needed."""


def _steps(rules: tuple[Coherence, ...], derives: Callable[[Coherence], Derived]) -> _Steps:
    found: dict[Answer, dict[Answer, str]] = {}

    def follows(first: Answer, second: Answer, rule: str) -> None:
        found.setdefault(first, {}).setdefault(second, rule)
        found.setdefault(second, {})

    for rule in rules:
        for first, second in derives(rule):
            follows(first, second, rule.id)
    numbers = {1} | {int(answer.much) for answer in found if answer.how == "at least"}
    for rule in rules:
        then = rule.then
        if rule.when is None and then.no_more_than is not None:
            for number in numbers:
                more, least = f"indicator {then.name}", f"indicator {then.no_more_than}"
                follows(Answer(more, "at least", number), Answer(least, "at least", number), rule.id)
    alike: dict[tuple[str, str], list[Answer]] = {}
    for answer in found:
        alike.setdefault((answer.asked, answer.how), []).append(answer)
    for first, second in (pair for answers in alike.values() for pair in permutations(answers, 2)):
        if _stronger(first, second):
            follows(first, second, "")
    return found


def _stronger(first: Answer, second: Answer) -> bool:
    if first.how == "at least":
        return int(first.much) > int(second.much)
    return first.how == "at most" and int(first.much) < int(second.much)


def _alone(condition: Condition, operator: str) -> Iterator[Answer]:
    """The single answers of a condition that is one, or that joins several by one operator."""
    if condition.operator == operator:
        for part in condition.parts:
            yield from _alone(part, operator)
    else:
        answer = _single(condition, holds=True)
        if answer is not None:
            yield answer


def _single(condition: Condition, *, holds: bool) -> Answer | None:
    if condition.not_ is not None:
        return _single(condition.not_, holds=not holds)
    if condition.parts or condition.no_more_than is not None:
        return None
    operator = condition.operator
    name = f"{operator} {condition.name}"
    if condition.at_most is not None:
        return _from(name, int(condition.at_most) + 1, holds=not holds)
    if operator in ("finding", "judgement"):
        level = next(level for level in LEVELS if level == (condition.at_least or "met"))
        return _from(name, rank(level), holds=holds)
    if condition.at_least is not None:
        return _from(name, int(condition.at_least), holds=holds)
    return _word(name, condition.is_ or "true", holds=holds)


def _from(name: str, number: int, *, holds: bool) -> Answer:
    """At least a number, or not so much."""
    return Answer(name, "at least", number) if holds else Answer(name, "at most", number - 1)


def _word(name: str, word: str, *, holds: bool) -> Answer:
    """A word, or not it; of the two words of a truth, the other."""
    if word in ("true", "false"):
        return Answer(name, "is", str((word == "true") == holds).lower())
    return Answer(name, "is" if holds else "is not", word)


def _way_back(start: Answer, steps: _Steps) -> list[str]:
    """The rules on the shortest way from an answer back to itself; none if there is no way."""
    waiting: list[tuple[Answer, tuple[str, ...]]] = [(start, ())]
    seen: set[Answer] = set()
    while waiting:
        answer, way = waiting.pop(0)
        for following, rule in steps[answer].items():
            longer = (*way, rule) if rule else way
            if following == start:
                return list(longer)
            if following not in seen:
                seen.add(following)
                waiting.append((following, longer))
    return []
