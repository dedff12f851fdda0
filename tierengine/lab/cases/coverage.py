"""Coverage: which rules and single conditions some case took, and which edges have a case on both sides.

A rule or condition is taken if it holds in some case, and not taken if it fails in some case; where it is open in a
case it is neither. An edge is where a condition begins to hold: a number, a level, a number greater than another; it
is covered if one case lies just on it and one just beside it. A rule belongs to the law of every date on which its
entry is in force, and is covered there by the cases of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tierengine.engines.arithmetic import compare, holds
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.form import Bounds, Comparison, Facts, Value
from tierengine.engines.lowering import Conditional, lower_criterion, shown_by
from tierengine.lab.cases.edges import Edge, edge_of
from tierengine.lab.cases.examples import example_facts
from tierengine.lab.cases.trial import Answer
from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion, Entry
from tierengine.law.linter import Placed, conditions
from tierengine.law.rulebook import Law, Rulebook
from tierengine.terms.outcome import Outcome
from tierengine.yamlfile import Path_


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two sides of an edge, each with the first case that lies there."""

    on: str
    """The last answer that meets the condition, in words."""
    on_in: str | None
    """The first case that has it."""
    beside: str
    """The answer just beside it that does not, in words."""
    beside_in: str | None
    """The first case that has that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A rule, or a single condition inside one, and the first cases in which it holds and fails."""

    entry: str
    """The id of the entry."""
    in_force_from: date
    rule: str
    """Which rule of the entry: a level, the presumption, or the whole condition."""
    path: Path_
    """Where it stands in the entry: the keys and numbers that lead to it."""
    where: str
    whole: bool
    """Whether it is the rule itself."""
    single: bool
    """Whether it is a single condition, with no other inside."""
    asks: str
    holds_in: str | None
    """The first case in which it holds."""
    fails_in: str | None
    """The first case in which it fails."""
    edge: Sides | None

    @property
    def missing(self) -> tuple[str, ...]:
        """What no case shows, in words."""
        lacks = [] if self.holds_in else ["it never holds"]
        lacks += [] if self.fails_in else ["it never fails"]
        if self.edge is not None:
            lacks += [] if self.edge.on_in else [f"no case has {self.edge.on}"]
            lacks += [] if self.edge.beside_in else [f"no case has {self.edge.beside}"]
        return tuple(lacks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of the law of a date is covered."""

    law_from: date
    """The first day of the law."""
    rules: int
    """How many rules it has."""
    rules_taken: int
    """Of them, those that hold in some case."""
    rules_not_taken: int
    """Of them, those that fail in some case."""
    conditions: int
    """How many single conditions it has."""
    conditions_taken: int
    """Of them, those that hold in some case."""
    conditions_not_taken: int
    """Of them, those that fail in some case."""
    edges: int
    """How many edges it has: the last answer that meets a condition, and the one beside it that does not."""
    edges_on: int
    """Of them, those with a case on the edge."""
    edges_beside: int
    """Of them, those with a case just beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the cases and examples cover of a rulebook."""

    cases: int
    examples: int
    """How many examples of the rulebook were run beside the cases."""
    laws: tuple[Share, ...]
    covered: tuple[Covered, ...]

    @property
    def missing(self) -> tuple[Covered, ...]:
        """The rules and conditions of which something is not covered."""
        return tuple(each for each in self.covered if each.missing)


def reading(law: Law, condition: Condition) -> Callable[[Facts], Outcome]:
    """Return the function from what is known of a country to the outcome of a condition."""
    if not condition.parts:
        test = shown_by(law, condition)
        return lambda known: Outcome.of(holds(test, known) if test.field in known else None)
    parts = [reading(law, part) for part in condition.parts]
    if condition.operator == "not":
        return lambda known: ~parts[0](known)
    return lambda known: _enough(condition.needed, [part(known) for part in parts])


def _enough(needed: int, outcomes: list[Outcome]) -> Outcome:
    """Whether so many are met: all of them and any of them are the special cases."""
    if outcomes.count(Outcome.MET) >= needed:
        return Outcome.MET
    return Outcome.NOT_MET if len(outcomes) - outcomes.count(Outcome.NOT_MET) < needed else Outcome.UNDETERMINED


Key = tuple[str, date, Path_]
"""The entry, its first day in force, and the path of a condition in it."""

Kind = Literal["holds", "fails", "on", "beside"]


@dataclass(frozen=True, slots=True)
class Node:
    """A condition under the law of a date, ready to be read."""

    key: Key
    read: Callable[[Facts], Outcome]
    edge: Edge | None

    def seen(self, known: Facts) -> Iterator[Kind]:
        """What a case shows of the condition."""
        outcome = self.read(known)
        if outcome is not Outcome.UNDETERMINED:
            yield "holds" if outcome is Outcome.MET else "fails"
        if self.edge is not None and self.edge.on.holds(known):
            yield "on"
        if self.edge is not None and self.edge.beside.holds(known):
            yield "beside"


class Book:
    """Keeps, for every rule and single condition of a rulebook, the first case of each kind."""

    def __init__(self, rulebook: Rulebook, places: Iterable[Placed]) -> None:
        self.laws = tuple(rulebook.whole_laws())
        self._rulebook = rulebook
        self._places = {(item.entry.id, item.entry.in_force.from_): item for item in places}
        self._of = {law.as_of: {e.id: list(_nodes(law, e)) for e in _entries(law)} for law in self.laws}
        self._first: dict[tuple[Key, Kind], str] = {}
        self._cases = 0
        self._examples = 0

    def coverage(self) -> Coverage:
        """Return what was seen so far."""
        covered = {node.key: self.covered(node) for _, node in self.nodes()}
        laws = tuple(_share(law, covered) for law in self.laws)
        return Coverage(cases=self._cases, examples=self._examples, laws=laws, covered=tuple(covered.values()))

    def see(self, case: str, answer: Answer) -> None:
        """Note what a case shows of the entries whose answer was not given to it."""
        self._cases += 1
        since = max(law.as_of for law in self.laws if law.as_of <= answer.law.as_of)
        for entry, nodes in self._of[since].items():
            if entry not in answer.given:
                self._note(case, nodes, answer.known)

    def see_examples(self) -> None:
        """Note what the examples show of their own criteria."""
        for criterion in self._rulebook.criteria:
            law = next((law for law in self.laws if criterion.in_force.holds(law.as_of)), None)
            if law is None:
                continue
            engine = CompiledEngine(lower_criterion(law, criterion))
            for number, example in enumerate(criterion.examples, 1):
                facts = example_facts(law, criterion, example)
                known = known_of(law, facts, engine.evaluate(facts).settled)
                self._note(f"{criterion.id}, example {number}", self._of[law.as_of][criterion.id], known)
            self._examples += len(criterion.examples)

    def _note(self, case: str, nodes: list[Node], known: Facts) -> None:
        for node in nodes:
            for kind in node.seen(known):
                self._first.setdefault((node.key, kind), case)

    def nodes(self) -> Iterator[tuple[Law, Node]]:
        """Yield every rule and single condition with the first law in which it stands, in the order of the law."""
        found: set[Key] = set()
        for law in self.laws:
            for nodes in self._of[law.as_of].values():
                for node in nodes:
                    if node.key not in found:
                        found.add(node.key)
                        yield law, node

    def covered(self, node: Node) -> Covered:
        """Return what was seen so far of a rule or condition."""
        entry, since, path = node.key
        item = self._places[entry, since]
        condition = dict(conditions(item.entry))[path]
        return Covered(
            entry=entry,
            in_force_from=since,
            rule=_rule_name(item.entry, path),
            path=path,
            where=item.document.where(*item.path, *path),
            whole=_is_whole(path),
            single=not condition.parts,
            asks=in_words(condition),
            holds_in=self._first.get((node.key, "holds")),
            fails_in=self._first.get((node.key, "fails")),
            edge=None if node.edge is None else self._sides(node.key, node.edge),
        )

    def _sides(self, key: Key, edge: Edge) -> Sides:
        return Sides(
            on=edge.on.words,
            on_in=self._first.get((key, "on")),
            beside=edge.beside.words,
            beside_in=self._first.get((key, "beside")),
        )


def _entries(law: Law) -> tuple[Conditional, ...]:
    return (*law.criteria, *law.conditional())


def _nodes(law: Law, entry: Conditional) -> Iterator[Node]:
    for path, condition in conditions(entry):
        if _is_whole(path) or not condition.parts:
            key = (entry.id, entry.in_force.from_, path)
            yield Node(key, reading(law, condition), None if condition.parts else edge_of(law, condition))


def known_of(law: Law, facts: Facts, settled: Facts) -> dict[str, Value | Bounds]:
    """Return everything known of a country: its answers, the comparisons between them, and what was settled."""
    comparisons = [
        Comparison(id=indicator.id, left=indicator.compared.greater, right=indicator.compared.than)
        for indicator in law.indicators
        if indicator.compared is not None
    ]
    compared = {each.id: compare(facts, each) for each in comparisons}
    return {**facts, **{name: value for name, value in compared.items() if value is not None}, **settled}


def _is_whole(path: Path_) -> bool:
    """Whether a path ends at a rule itself and not inside it."""
    return path[-1] == "when"


def _rule_name(entry: Entry, path: Path_) -> str:
    """Which rule of an entry a path leads into."""
    if path[0] == "rules" and isinstance(entry, Criterion):
        return entry.rules[int(path[1])].level
    return "presumption" if path[0] == "presumption" else "when"


def in_words(condition: Condition) -> str:
    """Return a condition in one line, in the words of the rulebook."""
    if condition.parts:
        parts = ", ".join(in_words(part) for part in condition.parts)
        if condition.operator == "not":
            return f"not {parts}"
        name = f"{condition.some.at_least} of" if condition.some is not None else condition.operator
        return f"{name} ({parts})"
    bound = {"is": condition.is_, "at least": condition.at_least, "at most": condition.at_most}
    return " ".join([condition.name, *(f"{word} {value}" for word, value in bound.items() if value is not None)])


def _share(law: Law, found: Mapping[Key, Covered]) -> Share:
    entries = {(entry.id, entry.in_force.from_) for entry in _entries(law)}
    mine = [each for each in found.values() if (each.entry, each.in_force_from) in entries]
    rules = [each for each in mine if each.whole]
    singles = [each for each in mine if each.single]
    edges = [each.edge for each in mine if each.edge is not None]
    return Share(
        law_from=law.as_of,
        rules=len(rules),
        rules_taken=sum(each.holds_in is not None for each in rules),
        rules_not_taken=sum(each.fails_in is not None for each in rules),
        conditions=len(singles),
        conditions_taken=sum(each.holds_in is not None for each in singles),
        conditions_not_taken=sum(each.fails_in is not None for each in singles),
        edges=len(edges),
        edges_on=sum(edge.on_in is not None for edge in edges),
        edges_beside=sum(edge.beside_in is not None for edge in edges),
    )
