"""One criterion, or rule of coherence or of carrying, in words for people: `tierengine show ID`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from tierengine.law.conditions import Condition
from tierengine.law.entries import Carrying, Coherence, Criterion, Entry, Proposal
from tierengine.reports.text import print_wrapped
from tierengine.terms.level import LEVELS


def print_criterion(criterion: Criterion, console: Console) -> None:
    """Print what a criterion asks, how it is scored, and what was read into it."""
    _print(f"{criterion.id}: {criterion.title}", _sections(criterion), console)


def print_coherence(rule: Coherence, console: Console) -> None:
    """Print what a rule of coherence says, why, and the cases on both sides of it."""
    _print(f"{rule.id}: {rule.says}", _of_coherence(rule), console)


def print_carrying(rule: Carrying, console: Console) -> None:
    """Print what a rule of carrying takes into the next dossier, as what, for how long, and why."""
    _print(f"{rule.id}: {rule.says}", _of_carrying(rule), console)


def _of_carrying(rule: Carrying) -> Iterator[tuple[str, list[str]]]:
    lists = (("of kind", rule.kinds), ("on", rule.indicators), ("answered with", rule.values))
    yield "It takes", [f"a {rule.takes}", *(f"{word} {' or '.join(listed)}" for word, listed in lists if listed)]
    asked = [f"asked: {rule.asks}"] if rule.asks else []
    yield "It becomes", [rule.becomes, *asked, f"for {rule.reports} reports after it was last shown, at most"]
    yield "Why", [rule.because]
    yield "Authority", list(_authority(rule))
    yield "Interpretations", [f"{i.id}: {i.reads} Why: {i.why} ({i.authority})" for i in rule.interpretations]
    yield "Examples", [f"{example.expect}: {example.name}" for example in rule.examples]


def _print(heading: str, sections: Iterable[tuple[str, list[str]]], console: Console) -> None:
    console.print(Text(heading, style="bold"))
    for title, lines in sections:
        if lines:
            console.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            depth = len(line) - len(line.lstrip())
            print_wrapped(line.lstrip(), console, 2 + depth, hang=2)


def _of_coherence(rule: Coherence) -> Iterator[tuple[str, list[str]]]:
    if rule.when is not None:
        yield "When", list(_in_words(rule.when, 0))
    yield "It must be so", list(_in_words(rule.then, 0))
    yield "Why, and what may come apart", [rule.because]
    yield "Authority", list(_authority(rule))
    yield "Examples", [f"{example.expect}: {example.name}" for example in rule.examples]


def _authority(entry: Entry) -> Iterator[str]:
    yield str(entry.citation)
    if entry.citation.public_law:
        yield entry.citation.public_law
    yield f"in force from {entry.in_force.from_} until {entry.in_force.until or 'further notice'}"


def _sections(criterion: Criterion) -> Iterator[tuple[str, list[str]]]:
    yield "Question", [criterion.question]
    yield "Provision", [*_authority(criterion), _DIRECTIONS[criterion.direction]]
    yield "Scale", [f"{level}: {criterion.scale[level]}" for level in reversed(LEVELS) if level in criterion.scale]
    yield (
        "Rules",
        [line for rung in criterion.rules for line in (f"{rung.level}: {rung.says}", *_in_words(rung.when, 1))],
    )
    if criterion.presumption is not None:
        yield (
            "Presumption",
            [
                criterion.presumption.says,
                *_in_words(criterion.presumption.when, 1),
                str(criterion.presumption.citation),
            ],
        )
    if criterion.judgement is not None:
        judgement = criterion.judgement
        yield (
            "Left to a person",
            [
                f"{judgement.id}: {judgement.question} (open words: {', '.join(judgement.words)})",
                *(f"  {level}: {judgement.rubric[level]}" for level in judgement.rubric),
            ],
        )
    yield from _proposed(criterion.proposal)
    yield "Indicators", [f"{i.id} ({i.type}{', ' + i.unit if i.unit else ''}): {i.asks}" for i in criterion.indicators]
    yield "Interpretations", [f"{i.id}: {i.reads} Why: {i.why} ({i.authority})" for i in criterion.interpretations]
    yield "Not encoded", [f"{item.clause}: {item.why}" for item in criterion.not_encoded]
    yield "Examples", [f"{example.expect}: {example.name}" for example in criterion.examples]


def _proposed(proposal: Proposal | None) -> Iterator[tuple[str, list[str]]]:
    """What is proposed while nobody has rated the open word: why, by which rules, and when it stays open."""
    if proposal is None:
        return
    yield "Proposed while nobody has rated it", [f"{proposal.why} ({proposal.authority})"]
    yield (
        "The first of these rules that is known to hold speaks",
        [
            line
            for number, rule in enumerate(proposal.rules, 1)
            for line in (f"{number}. {rule.level}: {rule.says}", *_in_words(rule.when, 2))
        ],
    )
    yield "Where none does, it stays open", [proposal.too_thin]
    yield "Examples of the proposal", [f"{example.expect}: {example.name}" for example in proposal.examples]


_DIRECTIONS = {
    "favours the government": "meeting it favours the government",
    "counts against the government": "meeting it counts against the government",
    "neither": "meeting it neither favours the government nor counts against it",
}


def _in_words(condition: Condition, depth: int) -> Iterator[str]:
    """A condition as indented lines in plain words."""
    indent = "  " * depth
    heads = {"all": "all of:", "any": "at least one of:", "not": "not:"}
    if condition.some is not None:
        heads["some"] = f"at least {condition.some.at_least} of:"
    if condition.operator in heads:
        yield f"{indent}{heads[condition.operator]}"
        for part in condition.parts:
            yield from _in_words(part, depth + 1)
    else:
        yield f"{indent}- {_atom(condition)}"


def _atom(condition: Condition) -> str:
    if condition.operator == "finding":
        return f"{condition.finding} is {condition.at_least + ' at least' if condition.at_least else 'met'}"
    if condition.operator == "conclusion":
        return f"{condition.conclusion} holds"
    if condition.operator == "judgement":
        return f"a person rates {condition.judgement} as {condition.at_least} or better"
    if condition.operator == "last_rating":
        return f"for the last report {condition.last_rating} was rated {condition.at_least} or better"
    if condition.no_more_than is not None:
        return f"{condition.name.replace('_', ' ')} is no more than {condition.no_more_than.replace('_', ' ')}"
    bound = (
        f"is {condition.is_}"
        if condition.is_
        else f"is at least {condition.at_least}"
        if condition.at_least
        else f"is at most {condition.at_most}"
    )
    return f"{condition.name.replace('_', ' ')} {bound}"
