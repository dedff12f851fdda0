"""The trace as a tree: whole, only what is open, why a tier is not reached, or the way from the tier to its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.text import Text
from rich.tree import Tree

from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment, Passage, Step
from tierengine.reasoning.trace import spoken
from tierengine.reports.answer import (
    each_way,
    fits,
    hinge_kind,
    other_proposals,
    proposals,
    recommended_name,
    row_name,
    row_tier,
    sentence,
    status_words,
    walk,
)
from tierengine.reports.drawing.way import Node, Way, node_words, whole_way
from tierengine.reports.outline import quoted
from tierengine.reports.printable import cut, printable
from tierengine.terms.outcome import Outcome

_COLOURS = {Outcome.MET: "green", Outcome.NOT_MET: "red", Outcome.UNDETERMINED: "yellow"}


def tree_of(step: Step, keep: Callable[[Step], bool]) -> Tree:
    """Return the tree of a step, without the steps (and all below them) that `keep` turns away."""
    tree = Tree(_label(step))
    _grow(tree, step.children, keep, set())
    return tree


_RULED = {
    Outcome.MET: "is reached, because:",
    Outcome.NOT_MET: "is excluded, because:",
    Outcome.UNDETERMINED: "is open. This is not settled:",
}
_UNRULED = _RULED | {
    Outcome.MET: f"is reached: {fits(Outcome.MET)}. This is open:",
    Outcome.NOT_MET: f"is excluded: {fits(Outcome.NOT_MET)}. This is open:",
}
"""What is said of a row that no rule decides."""


def why_not(trace: Step, row: str) -> Tree:
    """Return what a tier's row of the tier table rests on: what excludes it, or what keeps it open."""
    unfolded = {step.id: step for step in walk(trace) if step.children}
    step = unfolded[row]
    said = _UNRULED if step.rule is None else _RULED
    asks = step.says.partition(" (")[0]
    tree = Tree(Text.assemble(f"{row_name(step)} asks that {asks}. ", (f"It {said[step.outcome]}", "bold")))
    _grow_reasons(tree, step, unfolded, set())
    return tree


def _grow_reasons(tree: Tree, step: Step, unfolded: dict[str, Step], shown: set[str]) -> None:
    for child in step.children:
        if child.decisive and child.id not in shown:
            shown.add(child.id)
            whole = unfolded.get(child.id, child)
            _grow_reasons(tree.add(_label(whole)), whole, unfolded, shown)


def everything(_step: Step) -> bool:
    """Keep every step."""
    return True


def is_open(step: Step) -> bool:
    """Keep what is undetermined."""
    return step.outcome is Outcome.UNDETERMINED


def _grow(tree: Tree, steps: tuple[Step, ...], keep: Callable[[Step], bool], shown: set[str]) -> None:
    """Add steps with what is below them; within one finding the same answer is given once."""
    for step in steps:
        if not keep(step) or (not _is_finding(step) and step.says in shown):
            continue
        shown.add(step.says)
        own = step.id.endswith(("/proposed", "/presumed"))
        _grow(tree.add(_label(step)), step.children, keep, shown if own else set())


def _label(step: Step) -> Text:
    """A step as it is read: a finding with what became of it, an answer as it is, each with its code behind it."""
    label = Text(_words(step), style=_COLOURS[step.outcome] if _is_finding(step) else "")
    if step.citation:
        label.append(f"  ({step.citation})", style="dim")
    for passage in step.evidence:
        label.append(f"\n    {quoted(passage)}", style="dim")
    return label


def _words(step: Step) -> str:
    if step.id == "recommendation" or step.id.startswith("progress/"):
        return step.says
    if not _is_finding(step):
        return f"{step.says} [{step.id}]"
    if row_tier(step) is None:
        return spoken(step.id, step.says, step.outcome)
    how = {Outcome.MET: "reached", Outcome.NOT_MET: "excluded", Outcome.UNDETERMINED: "open"}[step.outcome]
    return f"{row_name(step)} is {how}. It asks that {step.says} [{step.id}]"


def _is_finding(step: Step) -> bool:
    """Whether a rule settles it; what a record answers directly is no finding, and speaks for itself."""
    return step.rule is not None or "/" in step.id or (step.citation is not None and not step.evidence)


# -- the way from the tier to the records --------------------------------------------------------------------------

_MOST_HINGES = 4
_GUIDE = 4
"""How far a line of a tree stands further in than the one above it."""


def decisive_tree(assessment: Assessment, law: Law, width: int) -> Tree:
    """Return the way from the tiers to the records and hinges: the recommended tier first, and each part once."""
    recommended = assessment.recommendation
    name, status = recommended_name(recommended), status_words(recommended)
    tree = Tree(Text.assemble((f"{name}, {status}: ", "bold"), sentence(recommended.reason.partition(": ")[2])))
    hinges = list(_hinges(assessment, law))
    most = len(hinges) if len(hinges) <= _MOST_HINGES else _MOST_HINGES - 1
    for words in hinges[:most]:
        tree.add(Text(cut(printable(words), width - _GUIDE)))
    if hinges[most:]:
        tree.add(Text(f"and on {len(hinges) - most} more, which `assess --full` shows"))
    _WayTree(whole_way(assessment, law), width).grow(tree)
    return tree


def _hinges(assessment: Assessment, law: Law) -> Iterator[str]:
    titles = {criterion.id: criterion.title for criterion in law.criteria}
    proposed = proposals(assessment)
    for hinge in assessment.hinges:
        proposal = proposed.get(hinge.word or "")
        ways = each_way(hinge.outcomes, proposal.level if proposal else None)
        title = f"\u201c{titles[hinge.criterion]}\u201d"
        about = f"of {title}" if hinge.question is None else f"on {title} [{hinge.question}]"
        yield f"It hangs on {hinge_kind(hinge)} {about}: {ways}"
    for each in other_proposals(assessment):
        yield f"It rests on a proposal for \u201c{titles[each.criterion]}\u201d, {each.level}: {each.says}"


class _WayTree:
    """Grows the boxes and arrows of a way as a tree in which each box has one place."""

    def __init__(self, drawn: Way, width: int) -> None:
        self._drawn, self._width = drawn, width
        self._drawn_before: set[str] = set()

    def grow(self, tree: Tree) -> None:
        """Add the tiers, the recommended one first, and below each what leads to it."""
        tiers = [node for node in self._drawn.nodes if node.kind == "tier"]
        for node in sorted(tiers, key=lambda node: not node.mark.startswith("recommended")):
            self._node(tree, node, 1)

    def _node(self, tree: Tree, node: Node, depth: int) -> None:
        """Add a box with what leads to it; what was drawn before is only named."""
        self._drawn_before.add(node.id)
        sources = [self._drawn.node(source) for source, target in self._drawn.arrows if target == node.id]
        before = [f"[{source.name}]" for source in sources if source.id in self._drawn_before]
        words = node_words(node) + (f"; also on {', '.join(before)}, shown before" if before else "")
        branch = tree.add(Text(printable(words), style=_COLOURS[node.outcome] if node.outcome is not None else ""))
        for source in sources:
            if source.id in self._drawn_before:
                continue
            if source.passage is None:
                self._node(branch, source, depth + 1)
            else:
                self._drawn_before.add(source.id)
                branch.add(Text(self._record(source.passage, depth + 1), style="dim"))

    def _record(self, passage: Passage, depth: int) -> str:
        """The words of a record in one line, its place and its code behind them."""
        words = f"\u201c{passage.quote}\u201d" if passage.quote else sentence(passage.note or "")
        room, behind = self._width - depth * _GUIDE, f" [{passage.record}, {passage.at}]"
        if len(words) + len(behind) > room and not passage.quote:
            behind = f" [{passage.record}]"
        return cut(printable(words), room - len(behind)) + printable(behind)
