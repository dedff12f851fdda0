"""A change of the answer and its causes, as the lines of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierengine.reasoning.assessment import Passage
from tierengine.reasoning.compare import Answer, Cause, CauseName, Comparison, Difference, Moved
from tierengine.reports.answer import sentence
from tierengine.reports.outline import Line
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES

CAUSE_TITLES: dict[CauseName, str] = {
    "law": "Changed law",
    "facts": "New facts",
    "certainty": "Changed certainty",
    "judgement": "Human judgement",
}


def answer(found: Answer) -> str:
    """Put an answer in one line."""
    tier = "no tier" if found.tier is None else NAMES[found.tier]
    if found.settled:
        return f"{tier}, settled"
    if found.contradicts:
        return "none, since these contradict each other"
    how = "provisional, on what the rules propose" if found.status == "provisional" else "not settled"
    return f"{tier}, {how}; tiers open on the facts: {', '.join(NAMES[each] for each in found.open_tiers) or 'none'}"


def why(comparison: Comparison) -> str:
    """Say which causes explain the change."""
    if not comparison.changed:
        return "The answer did not change."
    sets = [" and ".join(CAUSE_TITLES[name].lower() for name in each) for each in comparison.smallest]
    return f"The change is explained by {', or by '.join(sets)}."


def effect(cause: Cause) -> tuple[str, ...]:
    """Say what a cause did to the answer, and whether it is enough alone or needed."""
    step = "the answer stays the same"
    if cause.before != cause.after:
        step = f"the answer goes from {answer(cause.before)} to {answer(cause.after)}"
    return step, *(["enough alone"] if cause.suffices else []), *(["needed"] if cause.needed else [])


_WORDS = {Outcome.MET: "met", Outcome.NOT_MET: "not met", Outcome.UNDETERMINED: "open"}


def moved_words(moved: Moved, titles: Mapping[str, str] | None = None) -> str:
    """Say what became of a finding, by its title where one is given, and why."""
    title = (titles or {}).get(moved.id)
    name = moved.id if title is None else f"{title} [{moved.id}]"
    was, is_now = _WORDS[moved.before], _WORDS[moved.after]
    return f"{name}: {was} before, {is_now} now. {sentence(moved.reason)} ({moved.citation})"


def moves(cause: Cause) -> Iterator[str]:
    """Name each finding that a cause moved."""
    for moved in cause.moved:
        yield moved_words(moved)


def change_lines(comparison: Comparison) -> Iterator[Line]:
    """Yield the two answers, what explains the change, and each cause with what it moved and what differs."""
    yield Line("Before", str(comparison.before_date), answer(comparison.before))
    yield Line("After", str(comparison.after_date), answer(comparison.after))
    yield Line("Explanation", "changed" if comparison.changed else "unchanged", why(comparison))
    for cause in comparison.causes:
        name = CAUSE_TITLES[cause.id]
        if not cause.differences:
            yield Line(name, "none", "Nothing differs.")
            continue
        first, *rest = effect(cause)
        text = first[0].upper() + first[1:] + "."
        below = (*moves(cause), *(_in_words(each) for each in cause.differences))
        yield Line(name, "; ".join(rest) or "not needed", text, below, tuple(_quoted(cause)))


def _in_words(difference: Difference) -> str:
    place = f" [{difference.at}]" if difference.at else ""
    return f"{difference.how}: {difference.id}: {difference.says}{place}"


def _quoted(cause: Cause) -> Iterator[Passage]:
    for difference in cause.differences:
        if difference.quote:
            yield Passage(record=difference.id, at=difference.at, quote=difference.quote)
