"""The trace as a tree: whole, only what decided, only what is open, or why a tier is not reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.text import Text
from rich.tree import Tree

from tierengine.reasoning.assessment import Step
from tierengine.reports.outline import quoted
from tierengine.terms.outcome import Outcome

_SIGNS = {Outcome.MET: ("yes", "green"), Outcome.NOT_MET: ("no", "red"), Outcome.UNDETERMINED: ("open", "yellow")}


def tree_of(step: Step, keep: Callable[[Step], bool]) -> Tree:
    """Return the tree of a step, without the steps (and all below them) that `keep` turns away."""
    tree = Tree(_label(step))
    _grow(tree, step.children, keep)
    return tree


def why_not(trace: Step, row: str) -> Tree:
    """Return what a tier's row of the tier table rests on: what excludes it, or what keeps it open."""
    unfolded = {step.id: step for step in walk(trace) if step.children}
    step = unfolded[row]
    said = {
        Outcome.MET: "This tier is reached. It rests on:",
        Outcome.NOT_MET: "This tier is excluded. Against it stands:",
        Outcome.UNDETERMINED: "This tier is open. Not settled is:",
    }
    tree = Tree(Text(f"It is for a country of which this holds: {step.says}. {said[step.outcome]}", style="bold"))
    _grow_reasons(tree, step, unfolded, set())
    return tree


def _grow_reasons(tree: Tree, step: Step, unfolded: dict[str, Step], told: set[str]) -> None:
    for child in step.children:
        if child.decisive and child.id not in told:
            told.add(child.id)
            whole = unfolded.get(child.id, child)
            _grow_reasons(tree.add(_label(whole)), whole, unfolded, told)


def everything(_step: Step) -> bool:
    """Keep every step."""
    return True


def decisive(step: Step) -> bool:
    """Keep what the step above rests on."""
    return step.decisive


def is_open(step: Step) -> bool:
    """Keep what is undetermined."""
    return step.outcome is Outcome.UNDETERMINED


def walk(step: Step) -> Iterator[Step]:
    """Yield a step and every step below it."""
    yield step
    for child in step.children:
        yield from walk(child)


def _grow(tree: Tree, steps: tuple[Step, ...], keep: Callable[[Step], bool]) -> None:
    for step in steps:
        if keep(step):
            _grow(tree.add(_label(step)), step.children, keep)


def _label(step: Step) -> Text:
    sign, colour = _SIGNS[step.outcome]
    label = Text.assemble((f"[{sign}] ", colour), (step.id, "bold"), f"  {step.says}")
    if step.citation:
        label.append(f"  ({step.citation})", style="dim")
    for passage in step.evidence:
        label.append(f"\n    {quoted(passage)}", style="dim")
    return label
