"""Proposals: what they look at, in which order they speak, and what is unsound in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tierengine.errors import Problem
from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion, Entry, Judgement, Proposal
from tierengine.law.linter import Placed, Vocabulary, all_below, asked_by, complaint_of, complaints
from tierengine.law.rulebook import Law, Rulebook
from tierengine.law.section import of_each
from tierengine.yamlfile import Path_

_ALLOWED = "ask for an indicator, a `finding`, `placement: last_report` or `last_rating`"


def stages(law: Law) -> tuple[tuple[Criterion, ...], ...]:
    """Return the criteria that carry a proposal, in groups: each looks only at findings that rest on groups before it.

    The findings of a group are worked out before the next is asked.
    """
    waiting = _waits_for(law, _rests_on, _looked_at)
    found: list[tuple[Criterion, ...]] = []
    while waiting:
        ready = [name for name, others in waiting.items() if not others & waiting.keys()]
        assert ready, "the linter has proved that there is no circle"
        found.append(tuple(law.criterion(name) for name in ready))
        for name in ready:
            del waiting[name]
    return tuple(found)


def _waits_for(
    law: Law, rests_on: Callable[[Entry], frozenset[str]], looks_at: Callable[[Entry], frozenset[str]]
) -> dict[str, frozenset[str]]:
    """Criterion with a proposal to the criteria whose proposals must be known first."""
    below = {entry.id: rests_on(entry) for entry in (*law.criteria, *law.conditional())}
    proposing = {criterion.id: criterion for criterion in law.criteria if criterion.proposal is not None}
    found: dict[str, frozenset[str]] = {}
    for name, criterion in proposing.items():
        found[name] = frozenset(all_below(looks_at(criterion), below) & proposing.keys())
    return found


def _rests_on(entry: Entry) -> frozenset[str]:
    """The findings and conclusions for which an entry asks."""
    return _asked(asked_by(entry))


def _looked_at(entry: Entry) -> frozenset[str]:
    """The findings at which the proposal of a criterion looks."""
    proposal = entry.proposal if isinstance(entry, Criterion) else None
    return _asked(each for rule in proposal.rules for each in rule.when.walk()) if proposal else frozenset()


def _asked(found: Iterable[Condition]) -> frozenset[str]:
    return frozenset(condition.name for condition in found if condition.finding or condition.conclusion)


def asked_in(criterion: Criterion) -> Iterator[tuple[Path_, Condition]]:
    """Yield the condition of each rule of a criterion's proposal, with its path in the criterion."""
    if criterion.proposal is not None:
        for number, rule in enumerate(criterion.proposal.rules):
            yield ("proposal", "rules", number, "when"), rule.when


# -- what is unsound -------------------------------------------------------------------------------------------------


def lint_proposals(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Yield every problem with the proposals of a rulebook that can be seen without running them."""
    vocabulary = Vocabulary.of(rulebook)
    for item in placed:
        yield from lint_proposal(rulebook, item, vocabulary)
    yield from _circles(rulebook, placed)


def lint_proposal(rulebook: Rulebook, item: Placed, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield the problems of one proposal, save that it may ask for what waits for it."""
    criterion = item.entry
    if isinstance(criterion, Criterion) and criterion.proposal is not None:
        if criterion.judgement is None:
            yield item.problem(
                "a proposal is made, and there is no open word that it could fill",
                "remove the proposal, or leave the open word to a person under `judgement`",
                "proposal",
            )
            return
        yield from _levels(item, criterion.proposal, criterion.judgement)
        yield from _looks_at(item, criterion, vocabulary)
        yield from _examples(item, criterion.proposal, vocabulary)
        yield from _dates(item, criterion, rulebook, vocabulary)


def _levels(item: Placed, proposal: Proposal, judgement: Judgement) -> Iterator[Problem]:
    """Levels that the rubric does not describe."""
    named = [(("rules", number, "level"), rule.level) for number, rule in enumerate(proposal.rules)]
    expected = [(("examples", number, "expect"), each.expect) for number, each in enumerate(proposal.examples)]
    known: list[str] = list(judgement.rubric)
    for path, level in (*named, *expected):
        if level not in known and level != "open":
            yield item.problem(
                f"the rubric of `{judgement.id}` has no level `{level}`",
                f"write one of: {', '.join(known)}",
                "proposal",
                *path,
            )


def _looks_at(item: Placed, criterion: Criterion, vocabulary: Vocabulary) -> Iterator[Problem]:
    for path, outermost in asked_in(criterion):
        for condition in outermost.walk():
            complaint = _complaint_of(condition, vocabulary)
            if complaint is not None:
                yield item.problem(*complaint, *path, *outermost.path_to(condition))


def _complaint_of(condition: Condition, vocabulary: Vocabulary) -> tuple[str, str] | None:
    if condition.judgement is not None:
        return (
            f"a proposal looks at the rating `{condition.judgement}`, which it is to stand in for",
            f"{_ALLOWED}; a rating of this year outranks every proposal",
        )
    if condition.conclusion is not None or condition.placement == "limit":
        return f"a proposal does not look at `{condition.name}`", _ALLOWED
    return complaint_of(condition, vocabulary)


def _examples(item: Placed, proposal: Proposal, vocabulary: Vocabulary) -> Iterator[Problem]:
    if all(example.expect != "open" for example in proposal.examples):
        yield item.problem(
            "no example of the proposal expects `open`",
            "add one in which too little is known for any rule to speak",
            "proposal",
            "examples",
        )
    for number, example in enumerate(proposal.examples):
        for key, complaint in complaints(example, vocabulary):
            yield item.problem(*complaint, "proposal", "examples", number, *key)
        if example.judgements:
            yield item.problem(
                "an example of a proposal gives a rating of this year, at which no proposal looks",
                "give a rating of the last report under `last_ratings`, or remove it",
                *("proposal", "examples", number, "judgements"),
            )


def _dates(item: Placed, criterion: Criterion, rulebook: Rulebook, ever: Vocabulary) -> Iterator[Problem]:
    """Names that are in force at some time, and not as long as the proposal that looks at them."""
    days = [day for day in rulebook.boundaries() if criterion.in_force.holds(day)]
    laws = {day: Vocabulary.of_law(rulebook.select(day)) for day in days}
    for path, outermost in asked_in(criterion):
        for condition in outermost.walk():
            lacking = next((day for day, law in laws.items() if not _named(condition, law)), None)
            if lacking is not None and _named(condition, ever):
                yield item.problem(
                    f"on {lacking} there is no `{condition.name}`, at which this proposal looks",
                    "look at what is in force as long as the criterion, or give the criterion a version of its own",
                    *path,
                    *outermost.path_to(condition),
                )


def _named(condition: Condition, vocabulary: Vocabulary) -> bool:
    """Whether what a condition asks for is known to a vocabulary; true if it asks for nothing that could be."""
    if condition.indicator is not None:
        return condition.indicator in vocabulary.indicators
    if condition.finding is not None:
        return condition.finding in vocabulary.findings
    return condition.last_rating is None or condition.last_rating in vocabulary.judgements


def _circles(rulebook: Rulebook, placed: list[Placed]) -> Iterator[Problem]:
    """Proposals that wait for each other, each reported once, on the first day on which they do."""
    seen: set[str] = set()
    rests_on, looks_at = of_each(_rests_on), of_each(_looked_at)
    criteria = [item for item in placed if item.section == "criteria"]
    for day in rulebook.boundaries():
        waits = _waits_for(rulebook.select(day), rests_on, looks_at)
        for item in criteria:
            name = item.entry.id
            if name not in waits or name in seen or not item.entry.in_force.holds(day):
                continue
            circle = _way(name, name, waits)
            if circle:
                seen.update(circle)
                yield item.problem(
                    "these proposals wait for each other in a circle: "
                    + " -> ".join(f"`{each}`" for each in (name, *circle)),
                    "let one of them look at indicators instead of a finding",
                    "proposal",
                )


def _way(start: str, end: str, waits: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The shortest way from one proposal to another along what it waits for, without its start; empty if none."""
    ways: list[tuple[str, ...]] = [(name,) for name in sorted(waits.get(start, ()))]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, name) for name in sorted(waits.get(way[-1], ()))]
    return ()
