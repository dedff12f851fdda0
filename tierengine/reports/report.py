"""A whole report, before any format decides how it looks: the sections, the drawing, and the evidence by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tierengine.evidence.dossier import EarlierPlacement
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment, Passage
from tierengine.reasoning.compare import Comparison
from tierengine.reports.change import change_lines
from tierengine.reports.drawing.way import Way, way
from tierengine.reports.outline import Line, Section, body, heading, lead, tail, told
from tierengine.terms.outcome import Outcome
from tierengine.terms.tier import NAMES, Placement, Tier

WAY = "From evidence to tier"
"""The title of the drawing."""
TWIN = "From evidence to tier, in words"
"""The title of the list that says the same as the drawing."""
EVIDENCE = "Evidence"
"""The title of the list of evidence."""
PURPOSE = "Recommendation under the Trafficking Victims Protection Act. The engine recommends; a person determines."
"""What a report is, in its head and foot."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a passage is used: the section and the line of it, both counted from 1, and the line's name."""

    section: int
    line: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A passage under the number by which it is cited, and every line that rests on it."""

    number: int
    passage: Passage
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report says: what stands before the drawing, the drawing, and what stands after it."""

    heading: str
    subject: str
    as_of: date
    lead: tuple[Section, ...]
    body: tuple[Section, ...]
    drawn: Way | None
    exhibits: tuple[Exhibit, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, in order; a use counts them so."""
        return (*self.lead, *self.body)

    def number(self, passage: Passage) -> int:
        """Return the number under which a passage is cited."""
        return next(exhibit.number for exhibit in self.exhibits if exhibit.passage == passage)


def brief(assessment: Assessment) -> Report:
    """Return the report on an assessment alone, without a drawing, interpretations or a change."""
    return _report(assessment, lead(assessment), (*body(assessment), *tail(assessment)), None)


def report(
    assessment: Assessment,
    law: Law,
    change: Comparison | None = None,
    earlier: Iterable[EarlierPlacement] = (),
    extra: tuple[Section, ...] = (),
    opening: tuple[Section, ...] = (),
) -> Report:
    """Return the whole report on an assessment made under a law.

    With `change`, the change is split into its causes; without it, the recommendation is set beside the last of the
    earlier placements. The opening sections stand before everything, the extra ones right after the recommendation.
    """
    first, *others = lead(assessment)
    return _report(
        assessment,
        (*opening, first, *extra, *_context(assessment, change, tuple(earlier)), *others),
        (*body(assessment), *_law_sections(assessment, law), *tail(assessment)),
        way(assessment, law),
    )


def _report(assessment: Assessment, first: tuple[Section, ...], then: tuple[Section, ...], drawn: Way | None) -> Report:
    return Report(
        heading=heading(assessment),
        subject=assessment.subject.name,
        as_of=assessment.law.as_of,
        lead=first,
        body=then,
        drawn=drawn,
        exhibits=tuple(_exhibits((*first, *then))),
    )


def _exhibits(sections: tuple[Section, ...]) -> Iterator[Exhibit]:
    """Every passage once, in the order in which the sections first use it."""
    uses: dict[Passage, list[Use]] = {}
    for at, section in enumerate(sections, start=1):
        for number, line in enumerate(section.lines, start=1):
            for passage in line.evidence:
                uses.setdefault(passage, []).append(Use(at, number, line.name))
    for number, (passage, found) in enumerate(uses.items(), start=1):
        yield Exhibit(number=number, passage=passage, uses=tuple(found))


# -- the sections beside the outline ---------------------------------------------------------------------------


def _context(
    assessment: Assessment, change: Comparison | None, earlier: tuple[EarlierPlacement, ...]
) -> tuple[Section, ...]:
    glance = Section("At a glance", tuple(_glance(assessment)), ("Part", "Met", "Outcome by outcome"))
    if change is not None:
        return told(glance, Section("Why the answer changed", tuple(change_lines(change)), ("Cause", "Effect", "How")))
    placed = tuple(_earlier(assessment.recommendation.tier, earlier))
    return told(glance, Section("Earlier placement", placed, ("Report", "Placement", "What follows")))


def _glance(assessment: Assessment) -> Iterator[Line]:
    yield _counted("Minimum standards", [(each.id, each.outcome) for each in assessment.standards])
    yield _counted("Factors of standard 4", [(each.id, each.outcome) for each in assessment.criteria])
    if assessment.watch_list:
        yield _counted("Watch list, by route", [(each.route, each.outcome) for each in assessment.watch_list])


def _counted(name: str, answers: list[tuple[str, Outcome]]) -> Line:
    names = {outcome: [each for each, found in answers if found is outcome] for outcome in Outcome}
    told_so = [f"{outcome.value}: {', '.join(found)}" for outcome, found in names.items() if found]
    return Line(name, f"{len(names[Outcome.MET])} of {len(answers)}", f"{'; '.join(told_so)}.")


def _earlier(recommended: Tier | None, placements: tuple[EarlierPlacement, ...]) -> Iterator[Line]:
    last, *others = sorted(placements, key=lambda each: -each.year) or (None,)
    if last is not None:
        relation = _relation(last.tier, recommended)
        yield Line(str(last.year), _placement(last.tier), relation, (f"Source: {last.source}.",))
    if others:
        sources = ", ".join(dict.fromkeys(each.source for each in others))
        told_so = "; ".join(f"{each.year}: {_placement(each.tier)}" for each in others)
        yield Line("Before that", "", f"{told_so}.", (f"Source: {sources}.",))


def _relation(before: Placement, now: Tier | None) -> str:
    if now is None:
        relation = "No tier is recommended now."
    elif before == now:
        relation = "The recommendation leaves the country there."
    else:
        relation = f"The recommendation moves the country from {_placement(before)} to {NAMES[now]}."
    return f"{relation} No earlier dossier was given, so no change is split into its causes."


def _placement(tier: Placement) -> str:
    return "a special case, on no list" if tier == "SC" else NAMES[tier]


def _law_sections(assessment: Assessment, law: Law) -> tuple[Section, ...]:
    relied = frozenset(assessment.interpretations)
    heads = ("Interpretation", "Authority", "What is read, and why")
    return told(
        Section("Interpretations relied on", tuple(_interpretations(law, relied)), heads),
        Section("Not encoded", tuple(_not_encoded(law)), ("Provision", "", "What no rule expresses, and why")),
    )


def _interpretations(law: Law, relied: frozenset[str]) -> Iterator[Line]:
    for entry in law.entries():
        for reading in entry.interpretations:
            name = f"{entry.id}/{reading.id}"
            if name in relied:
                below = (f"Why: {reading.why}", f"On the authority of: {reading.authority}")
                yield Line(name, reading.authority.authority, reading.reads, below)


def _not_encoded(law: Law) -> Iterator[Line]:
    for entry in law.entries():
        for item in entry.not_encoded:
            yield Line(entry.id, "", item.clause, (f"Why: {item.why}",))
