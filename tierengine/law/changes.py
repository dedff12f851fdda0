"""What changed in the law between two dates, and by which Act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Literal

from tierengine.law.entries import Coherence, Entry
from tierengine.law.rulebook import Law, Rulebook
from tierengine.terms.scalars import Model

How = Literal["added", "struck", "amended", "renumbered"]


class Change(Model):
    """One change of one provision."""

    id: str
    how: How
    """What the Act did to it."""
    day: date
    act: str
    says: str
    provision: str
    """The provision as it is cited after the change; for one that was struck, before it."""


def changes(rulebook: Rulebook, first: date, second: date) -> tuple[Change, ...]:
    """Return what was added, struck, amended and renumbered after the first date up to the second, day by day.

    Raise `NotInForceError` if no law is encoded for either date.
    """
    return _between(rulebook.entries(), rulebook, first, second)


def all_changes(rulebook: Rulebook, first: date, second: date) -> tuple[Change, ...]:
    """Return the changes, and those of clauses that stand on the ledger of the statute and that nothing encodes."""
    silent = tuple(clause for clause in rulebook.clauses if not clause.by)
    return _between((*rulebook.entries(), *silent), rulebook, first, second)


def _between(entries: tuple[Entry, ...], rulebook: Rulebook, first: date, second: date) -> tuple[Change, ...]:
    rulebook.on(first)
    rulebook.on(second)
    found = [change for entry in entries if not isinstance(entry, Coherence) for change in _of(entry, rulebook)]
    found += _of_coherence(rulebook)
    return tuple(sorted((c for c in found if first < c.day <= second), key=lambda c: (c.day, _ORDER.index(c.how))))


_ORDER: tuple[How, ...] = ("struck", "added", "amended", "renumbered")


def _of(entry: Entry, rulebook: Rulebook) -> Iterator[Change]:
    """The changes that one version of a provision began, went through, and ended with."""
    begin, until = entry.in_force.from_, entry.in_force.until
    if entry.change is not None:
        act, says = entry.change.act, entry.change.says
        yield _change(entry, "amended", begin, act, says)
    elif begin > min(other.in_force.from_ for other in rulebook.entries()):
        act = entry.citation.public_law or str(entry.citation)
        yield _change(entry, "added", begin, act, named(entry))
    for move in entry.renumbered:
        before = entry.numbered_on(date.fromordinal(move.from_.toordinal() - 1)).citation
        yield _change(entry, "renumbered", move.from_, move.act, f"{before.usc} becomes {move.usc}")
    if entry.struck is not None and until is not None:
        yield _change(entry, "struck", until, entry.struck.act, entry.struck.says)


def _change(entry: Entry, how: How, day: date, act: str, says: str) -> Change:
    on = day if how != "struck" else date.fromordinal(day.toordinal() - 1)
    return Change(id=entry.id, how=how, day=day, act=act, says=says, provision=str(entry.numbered_on(on).citation))


def _of_coherence(rulebook: Rulebook) -> Iterator[Change]:
    """The rules of coherence that begin or end to apply, with the Act that let a question of theirs come or go."""
    for before, after in pairwise(rulebook.select(day) for day in rulebook.boundaries()):
        old, new = ({rule.id: rule for rule in law.coherence} for law in (before, after))
        for name in sorted(new.keys() - old.keys()):
            brought = _act(set(new[name].asked) - before.known(), after, after)
            act = brought or _amending(new[name], after) or str(new[name].citation)
            yield _change(new[name], "added", after.as_of, act, new[name].says)
        for name in sorted(old.keys() - new.keys()):
            gone = sorted(old[name].asked - after.known())
            act = _act(set(gone), before, after) or str(old[name].citation)
            says = f"a question of it is no longer asked: {', '.join(gone)}" if gone else named(old[name])
            yield _change(old[name], "struck", after.as_of, act, says)


def _act(names: set[str], asking: Law, after: Law) -> str | None:
    """The Act by which some questions came into the law or went out of it."""
    for criterion in asking.criteria:
        own = {indicator.id for indicator in criterion.indicators} | {criterion.id}
        own |= {criterion.judgement.id} if criterion.judgement is not None else set()
        if names & own:
            following = after.criteria_by_id.get(criterion.id)
            made = following.change if following is not None else criterion.struck
            return made.act if made is not None else criterion.citation.public_law
    return None


def _amending(rule: Coherence, after: Law) -> str | None:
    """The Act that amended, on a day, a finding to which a rule of that day leads."""
    found = (after.criteria_by_id.get(each.finding) for each in rule.then.walk() if each.finding is not None)
    made = (each.change for each in found if each is not None and each.in_force.from_ == after.as_of)
    return next((change.act for change in made if change is not None), None)


def named(entry: Entry) -> str:
    """What an entry is about, in its own words."""
    words = [getattr(entry, name, None) for name in ("title", "says", "because", "asks")]
    words += [word["met"] for word in words if isinstance(word, Mapping)]
    return next((word for word in words if isinstance(word, str)), entry.id)
