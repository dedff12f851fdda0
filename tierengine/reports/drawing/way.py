"""What a drawing shows: the records, findings and conclusions on which each tier rests, taken from the trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment, Passage, Step
from tierengine.reasoning.trace import spoken
from tierengine.reports.answer import rated, walk
from tierengine.reports.bars import bar_of
from tierengine.reports.outline import quoted
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES

Kind = Literal["record", "finding", "standard", "conclusion", "tier"]

_MOST_ALIKE = 2
"""Open findings that stand below the same ones are drawn as one box if there are more of them; standards never are."""
_MOST_IN_COLUMN = 7
_SEVERAL = "findings "
"""How the id of a box begins that stands for several findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box: a record, a finding, a minimum standard, a conclusion or a tier."""

    id: str
    kind: Kind
    name: str
    mark: str
    says: str
    outcome: Outcome | None = None
    """Nothing for a record, which has none."""
    passage: Passage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The boxes, in the order in which the trace has them, and the arrows: from what is rested on to what rests."""

    nodes: tuple[Node, ...]
    arrows: tuple[tuple[str, str], ...]
    main: frozenset[str]
    """The nodes on which the recommended tier rests, and the tier itself."""
    left_out: tuple[str, ...] = ()
    """What is not drawn, a sentence for each sort."""

    def node(self, name: str) -> Node:
        """Return the node with an id."""
        return next(node for node in self.nodes if node.id == name)

    def columns(self) -> tuple[tuple[Node, ...], ...]:
        """Return the nodes in columns, evidence first and tiers last; each arrow leads to a later column."""
        depth = self._depths()
        records = 1 + max((depth[node.id] for node in self.nodes if node.kind != "record"), default=0)
        placed = {node.id: records if node.kind == "record" else depth[node.id] for node in self.nodes}
        last = max(placed.values(), default=0)
        found = tuple(tuple(node for node in self.nodes if placed[node.id] == at) for at in range(last, -1, -1))
        return tuple(column for column in found if column)

    def _depths(self) -> dict[str, int]:
        """How many arrows at most lie between a node and a tier."""
        depth = dict.fromkeys((node.id for node in self.nodes), 0)
        for _ in self.nodes:
            before = dict(depth)
            for source, target in self.arrows:
                depth[source] = max(depth[source], depth[target] + 1)
            if depth == before:
                break
        return depth


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the text twin: a sentence, and what stands below it."""

    text: str
    below: tuple[Branch, ...] = ()


def way(assessment: Assessment, law: Law) -> Way:
    """Return the way from evidence to tier: of each tier what settles it, or what keeps it open; no more than fits."""
    return _fitted(_Grower(assessment, law).whole())


def whole_way(assessment: Assessment, law: Law) -> Way:
    """Return the way with every record, however many there are; only open findings that are alike are drawn as one."""
    return _grouped(_Grower(assessment, law).whole())


def twin(drawn: Way) -> tuple[Branch, ...]:
    """Return the same as a nested list: each tier, below it what it rests on, down to the records."""
    seen: set[str] = set()
    tiers = tuple(_branch(drawn, node, seen) for node in drawn.nodes if node.kind == "tier")
    return (*tiers, *(Branch(sentence) for sentence in drawn.left_out))


def _branch(drawn: Way, node: Node, seen: set[str]) -> Branch:
    sources = [drawn.node(source) for source, target in drawn.arrows if target == node.id]
    if node.passage is not None:
        return Branch(quoted(node.passage))
    says = node_words(node)
    if node.id in seen and sources:
        return Branch(f"{says} (as above)")
    seen.add(node.id)
    return Branch(says, tuple(_branch(drawn, source, seen) for source in sources))


def node_words(node: Node) -> str:
    """Return a box in words: what it stands for, its code behind it, and what became of it."""
    if not node.says:
        return f"{node.name}: {node.mark}"
    if node.id.startswith(_SEVERAL):
        return f"{node.name}, {node.mark} [{node.says}]"
    if node.kind == "conclusion" and node.outcome is not None:
        return spoken(node.name, node.says, node.outcome)
    return f"{node.says[:1].upper()}{node.says[1:]} [{node.name}]: {node.mark}"


# -- from the trace --------------------------------------------------------------------------------------------


class _Grower:
    """Follows the decisive steps from the tiers down to the records, and meets each node once."""

    def __init__(self, assessment: Assessment, law: Law) -> None:
        self._assessment, self._law = assessment, law
        self._unfolded = {step.id: step for step in reversed(tuple(walk(assessment.trace))) if step.children}
        self._rated = rated(assessment)
        self._rows = {row.id: row for row in law.tiers}
        self._entries = {entry.id for entry in law.conditional()} | law.criteria_by_id.keys()
        self._nodes: dict[str, Node] = {}
        self._arrows: dict[tuple[str, str], None] = {}
        self._followed: set[str] = set()
        self._unanswered: dict[str, set[str]] = {}

    def whole(self) -> Way:
        """Return everything that is decisive."""
        steps = [step for step in self._assessment.trace.children if step.id in self._rows and self._wanted(step)]
        for step in steps:
            self._nodes[step.id] = self._tier(step)
        for step in steps:
            self._follow(step, step.id)
        nodes = tuple(self._with_unanswered(node) for node in self._nodes.values())
        arrows = tuple(self._arrows)
        return Way(nodes=nodes, arrows=arrows, main=_leading_to(self._goal(), arrows))

    def _goal(self) -> list[str]:
        """The recommended tier, where there is one."""
        recommended = self._assessment.recommendation
        if recommended.tier is None and not recommended.settled:
            return []
        return [name for name, row in self._rows.items() if row.tier == recommended.tier and name in self._nodes]

    def _wanted(self, step: Step) -> bool:
        """Every tier; that a country is on no list only where it may be so."""
        return self._rows[step.id].tier is not None or step.outcome is not Outcome.NOT_MET

    def _tier(self, step: Step) -> Node:
        tier = self._rows[step.id].tier
        recommended = self._assessment.recommendation
        mark = {Outcome.MET: "reached", Outcome.NOT_MET: "excluded", Outcome.UNDETERMINED: "open"}[step.outcome]
        if tier is not None and tier == recommended.tier:
            mark = "recommended" if recommended.settled else f"recommended; {mark}"
        name = "No list" if tier is None else NAMES[tier]
        return Node(id=step.id, kind="tier", name=name, mark=mark, says="", outcome=step.outcome)

    def _follow(self, step: Step, target: str) -> None:
        """Draw what a step rests on, with an arrow to the node to which the step belongs."""
        if step.id in self._followed:
            return
        self._followed.add(step.id)
        for child in self._unfolded.get(step.id, step).children:
            if not child.decisive:
                continue
            entry = child.id.split("/", maxsplit=1)[0]
            if entry not in self._entries:
                self._input(child, target)
                continue
            if entry != target:
                self._meet(entry, child)
                self._arrows[entry, target] = None
            self._follow(child, entry)

    def _input(self, step: Step, target: str) -> None:
        if not step.evidence:
            self._unanswered.setdefault(target, set()).add(step.id)
        for passage in step.evidence:
            name = f"record {passage.record}"
            node = Node(id=name, kind="record", name=passage.record, mark=passage.at, says="", passage=passage)
            self._nodes.setdefault(name, node)
            self._arrows[name, target] = None

    def _meet(self, entry: str, step: Step) -> None:
        if entry in self._nodes:
            return
        criterion = self._law.criteria_by_id.get(entry)
        found = self._rated.get(entry)
        outcome = step.outcome if found is None else found.outcome
        holds = {Outcome.MET: "holds", Outcome.NOT_MET: "does not hold", Outcome.UNDETERMINED: "open"}
        self._nodes[entry] = Node(
            id=entry,
            kind="conclusion" if criterion is None else "standard" if criterion.part == "standard" else "finding",
            name=entry,
            mark=holds[outcome] if criterion is None or found is None else bar_of(found).words,
            says=step.says if criterion is None else criterion.title,
            outcome=outcome,
        )

    def _with_unanswered(self, node: Node) -> Node:
        count = len(self._unanswered.get(node.id, ()))
        if not count or node.outcome is not Outcome.UNDETERMINED:
            return node
        return replace(node, mark=f"{node.mark}; {count} unanswered")


def _leading_to(goal: Iterable[str], arrows: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The nodes from which arrows lead to some nodes, and these."""
    sources: dict[str, list[str]] = {}
    for source, target in arrows:
        sources.setdefault(target, []).append(source)
    found: set[str] = set()
    waiting = list(goal)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sources.get(name, [])
    return frozenset(found)


# -- no more than fits -----------------------------------------------------------------------------------------


def _fitted(whole: Way) -> Way:
    """Draw open findings that are alike as one, then of each column only what matters most; say what is left out."""
    drawn = _grouped(whole)
    for at in range(len(drawn.columns()) - 1, -1, -1):
        columns = drawn.columns()
        if at < len(columns):
            drawn = _without(drawn, _surplus(columns[at], drawn.main))
    return drawn


def _grouped(whole: Way) -> Way:
    merged = {name: group.id for group, names in _alike(whole) for name in names}
    if not merged:
        return whole
    groups = {group.id: group for group, _ in _alike(whole)}
    nodes: dict[str, Node] = {}
    for node in whole.nodes:
        kept = groups.get(merged.get(node.id, ""), node)
        nodes.setdefault(kept.id, kept)
    arrows = {(merged.get(source, source), merged.get(target, target)): None for source, target in whole.arrows}
    main = frozenset(merged.get(name, name) for name in whole.main)
    return replace(whole, nodes=tuple(nodes.values()), arrows=tuple(arrows), main=main)


def _alike(whole: Way) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Each box that stands for several open findings, which lead to the same nodes, and their names."""
    targets: Mapping[str, list[str]] = {node.id: [] for node in whole.nodes}
    for source, target in whole.arrows:
        targets[source].append(target)
    families: dict[tuple[str, ...], list[str]] = {}
    for node in whole.nodes:
        if node.kind == "finding" and node.outcome is Outcome.UNDETERMINED:
            families.setdefault(tuple(targets[node.id]), []).append(node.id)
    for names in families.values():
        if len(names) > _MOST_ALIKE:
            says = ", ".join(names)
            title = f"{len(names)} findings"
            yield (
                Node(
                    id=f"{_SEVERAL}{says}",
                    kind="finding",
                    name=title,
                    mark="each open",
                    says=says,
                    outcome=Outcome.UNDETERMINED,
                ),
                tuple(names),
            )


def _surplus(column: tuple[Node, ...], main: frozenset[str]) -> tuple[Node, ...]:
    """What of a column is not drawn: first what is open, then what the recommended tier does not rest on."""
    order = sorted(
        (node for node in column if node.kind != "tier"),
        key=lambda node: (node.outcome is Outcome.UNDETERMINED, node.id not in main),
    )
    return tuple(order[_MOST_IN_COLUMN:])


def _without(drawn: Way, surplus: tuple[Node, ...]) -> Way:
    """Leave out some nodes, and all that only led to them."""
    if not surplus:
        return drawn
    gone = {node.id for node in surplus}
    while True:
        arrows = tuple((source, target) for source, target in drawn.arrows if not {source, target} & gone)
        leading = {source for source, _ in arrows}
        idle = {node.id for node in drawn.nodes if node.kind != "tier" and node.id not in leading | gone}
        if not idle:
            break
        gone |= idle
    removed = tuple(node for node in drawn.nodes if node.id in gone)
    kept = tuple(node for node in drawn.nodes if node.id not in gone)
    return replace(drawn, nodes=kept, arrows=arrows, left_out=(*drawn.left_out, *_in_words(removed)))


_PLURALS: tuple[tuple[Kind, str], ...] = (
    ("record", "records"),
    ("finding", "findings"),
    ("standard", "standards"),
    ("conclusion", "conclusions"),
)


def _in_words(removed: tuple[Node, ...]) -> Iterator[str]:
    for kind, plural in _PLURALS:
        names = [node.name if node.kind == "record" else node.id for node in removed if node.kind == kind]
        if names:
            counted = f"1 {kind}" if len(names) == 1 else f"{len(names)} {plural}"
            yield f"Left out of the drawing, and listed in the findings: {counted} ({', '.join(names)})."
