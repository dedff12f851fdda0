"""Parts of the law that make no difference in any case: dead and shadowed conditions, levels that nothing stops at.

A part of a condition is dead if nothing makes it true (in `all`: false). It is shadowed if it never decides, because
its siblings always say the same already. That coherence says the same is no fault: the law says both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierengine.engines.logic import Term, all_of, exactly
from tierengine.engines.lowering import lower, presumed, proposed, reached
from tierengine.engines.proof import Case
from tierengine.engines.solver import Limit
from tierengine.errors import Problem
from tierengine.lab.proofs.parts import at_liberty
from tierengine.lab.proofs.search import never
from tierengine.law.conditions import Condition
from tierengine.law.entries import Conclusion, Criterion, Route, TierRow
from tierengine.law.linter import Placed, conditions
from tierengine.law.reader import Draft
from tierengine.law.rulebook import Law
from tierengine.yamlfile import Path_


def idle(draft: Draft, limit: Limit) -> Iterator[Problem]:
    """Yield each part that makes no difference under any version of the law in which its entry is in force.

    Raise `UndecidedError` if the solver gives up.
    """
    never_decides = _unseen(draft, [watch for item in draft.placed for watch in _watches(item)], limit)
    dead = {watch.place for watch in _unseen(draft, [_can(each) for each in never_decides], limit)}
    for watch in never_decides:
        says = watch.dead if watch.place in dead else watch.shadowed
        yield watch.item.problem(*says, *watch.path)


_Complaint = tuple[str, str]
"""What is wrong, and the cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """Something that is to happen in some case, and what is reported if it never does."""

    item: Placed
    path: Path_
    holds: tuple[str, ...] = ()
    """Propositions that hold then."""
    fails: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    number: int = 0
    """So many of the counted propositions hold then."""
    can: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """What holds and what fails if the part is not even dead."""
    dead: _Complaint
    shadowed: _Complaint

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.item.document.where(*self.item.path, *self.path)

    def term(self, case: Case) -> Term:
        """The term that it happens in a case."""
        shown, refuted = (case.shown[name] for name in self.holds), (case.refuted[name] for name in self.fails)
        return all_of((*shown, *refuted, exactly(self.number, [case.shown[name] for name in self.counted])))


def _can(watch: _Watch) -> _Watch:
    """The watch for whether a part that never decides is even dead."""
    holds, fails = watch.can
    return _Watch(
        item=watch.item, path=watch.path, holds=holds, fails=fails, can=watch.can, dead=watch.dead, shadowed=watch.dead
    )


# -- what is watched ---------------------------------------------------------------------------------------------


def _watches(item: Placed) -> Iterator[_Watch]:
    for path, condition in conditions(item.entry):
        yield from _parts(item, path, condition)
    if isinstance(item.entry, Criterion):
        yield from _levels(item, item.entry)
    elif isinstance(item.entry, Conclusion | TierRow | Route):
        yield from _both_ways(item, ("when",), item.entry.id)


def _parts(item: Placed, path: Path_, condition: Condition) -> Iterator[_Watch]:
    """Each part of a condition is to decide in some case, all its siblings being as they must be for that."""
    under: Path_ = {"all": ("all",), "any": ("any",), "some": ("some", "of")}.get(condition.operator, ())
    paths = [(*path, *under, number) for number in range(len(condition.parts))] if under else []
    for place in paths:
        name = _name(item, place)
        siblings = tuple(_name(item, other) for other in paths if other != place)
        if condition.operator == "any":
            complaint = ("this part is always covered by its siblings", "remove it; the others say the same")
            dead = ("this part never holds", "remove it, or ask for what can be")
            yield _Watch(
                item=item, path=place, holds=(name,), fails=siblings, can=((name,), ()), dead=dead, shadowed=complaint
            )
        elif condition.operator == "all":
            complaint = ("this part is always implied by its siblings", "remove it; the others say the same")
            dead = ("this part never fails", "remove it, or ask for what can fail")
            yield _Watch(
                item=item, path=place, holds=siblings, fails=(name,), can=((), (name,)), dead=dead, shadowed=complaint
            )
        elif condition.some is not None:
            complaint = ("this part never decides whether enough hold", "remove it, or ask for another number")
            dead = ("this part never holds", "remove it, or ask for what can be")
            needed = condition.some.at_least - 1
            yield _Watch(
                item=item,
                path=place,
                holds=(name,),
                counted=siblings,
                number=needed,
                can=((name,), ()),
                dead=dead,
                shadowed=complaint,
            )


def _levels(item: Placed, criterion: Criterion) -> Iterator[_Watch]:
    """The rules are to stop at each level of the scale in some case."""
    plain = criterion.judgement is None and criterion.presumption is None
    names = [(reached if plain else proposed)(criterion.id, rung.level) for rung in criterion.rules]
    levels = ["not met", *(rung.level for rung in criterion.rules)]
    for number, level in enumerate(levels):
        complaint = (
            f"the level `{level}` is unreachable: the rules never stop at it",
            "change this rule or the one for the next level, or remove the level from the scale",
        )
        yield _Watch(
            item=item,
            path=("rules", max(0, number - 1)),
            holds=tuple(names[:number]),
            fails=tuple(names[number : number + 1]),
            dead=complaint,
            shadowed=complaint,
        )
    if criterion.presumption is not None:
        yield from _both_ways(item, ("presumption", "when"), presumed(criterion.id))


def _both_ways(item: Placed, path: Path_, name: str) -> Iterator[_Watch]:
    for holds, fails, word in (((name,), (), "holds"), ((), (name,), "fails")):
        complaint = (f"this condition never {word}", "change it so that it can, or remove the entry")
        yield _Watch(item=item, path=path, holds=holds, fails=fails, dead=complaint, shadowed=complaint)


# -- looking -----------------------------------------------------------------------------------------------------


def _unseen(draft: Draft, watches: list[_Watch], limit: Limit) -> list[_Watch]:
    """What happens under no version of the law; of an entry that never stands in a whole law, nothing is known."""
    waiting = dict(enumerate(watches))
    asked: set[int] = set()
    for law in reversed(tuple(draft.rulebook.whole_laws())):
        now = {number: watch for number, watch in waiting.items() if watch.item.entry.in_force.holds(law.as_of)}
        asked |= now.keys()
        for number in now.keys() - _never(law, now, limit):
            del waiting[number]
    return [watch for number, watch in waiting.items() if number in asked]


def _never(law: Law, watches: dict[int, _Watch], limit: Limit) -> set[int]:
    """What never happens under a law."""
    if not watches:
        return set()
    case = Case(at_liberty(lower(law, dict(_named(watch.item for watch in watches.values())))))
    return set(never(case, {number: watch.term(case) for number, watch in watches.items()}, limit))


def _named(items: Iterable[Placed]) -> Iterator[tuple[str, Condition]]:
    """Every part of the entries under a name of its own."""
    for item in {id(item): item for item in items}.values():
        for path, condition in conditions(item.entry):
            yield _name(item, path), condition


def _name(item: Placed, path: Path_) -> str:
    return f"{item.entry.id} {'.'.join(map(str, path))}"
