"""A whole report, before any format decides how it looks: the sections, the drawing, and the evidence by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tierengine.evidence.dossier import EarlierPlacement
from tierengine.law.rulebook import Law
from tierengine.reasoning.assessment import Assessment, Passage, Recommended, Step
from tierengine.reasoning.compare import Comparison
from tierengine.reports.answer import Coded
from tierengine.reports.change import change_lines
from tierengine.reports.drawing.way import Way, way
from tierengine.reports.outline import Line, Section, annexes, filled, heading, memorandum, tail
from tierengine.terms.tier import NAMES, Placement, Tier

WAY = "From evidence to tier"
"""The title of the drawing."""
TWIN = "From evidence to tier, in words"
"""The title of the list that says the same as the drawing."""
MEMORANDUM = "Memorandum"
ANNEXES = "Annexes"
"""The titles of the two parts."""
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
    """What a report says: the memorandum, the rating sheet, and the annexes, the first of which is the drawing."""

    heading: str
    subject: str
    as_of: date
    lead: tuple[Section, ...]
    """The memorandum."""
    sheet: tuple[Section, ...] = ()
    """The rating sheet, where one is asked for: what a person has to rate."""
    body: tuple[Section, ...]
    """The annexes beside the drawing and the evidence."""
    drawn: Way | None
    exhibits: tuple[Exhibit, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, in order; a use counts them so."""
        return (*self.lead, *self.sheet, *self.body)

    @property
    def numbered_lead(self) -> tuple[tuple[int, Section], ...]:
        """The sections of the memorandum and of the rating sheet, each with its number."""
        return tuple(enumerate((*self.lead, *self.sheet), start=1))

    @property
    def numbered_body(self) -> tuple[tuple[int, Section], ...]:
        """The annexes, each with its number."""
        return tuple(enumerate(self.body, start=1 + len(self.lead) + len(self.sheet)))

    def number(self, passage: Passage) -> int:
        """Return the number under which a passage is cited."""
        return next(exhibit.number for exhibit in self.exhibits if exhibit.passage == passage)


def brief(assessment: Assessment, coded: Coded | None = None) -> Report:
    """Return the report on an assessment alone, without a drawing, interpretations or a change."""
    return _report(assessment, memorandum(assessment, coded), (*annexes(assessment), *tail(assessment)), None)


def report(
    assessment: Assessment,
    law: Law,
    change: Comparison | None = None,
    earlier: Iterable[EarlierPlacement] = (),
    extra: tuple[Section, ...] = (),
    opening: tuple[Section, ...] = (),
    sheet: tuple[Section, ...] = (),
    coded: Coded | None = None,
    annex: tuple[Section, ...] = (),
) -> Report:
    """Return the whole report on an assessment made under a law.

    With `change`, the change is split into its causes; without it, the recommendation is set beside the last of the
    earlier placements. The opening sections stand before everything, the extra ones right after the recommendation, the
    rating sheet after the memorandum, and `annex` before the other annexes. `coded` is how far the
    dossier is coded, where that may be said.
    """
    first, *others = memorandum(assessment, coded)
    return _report(
        assessment,
        (*opening, first, *extra, *others),
        (
            *annex,
            *_changed(change),
            *_placed(assessment, change, tuple(earlier)),
            *annexes(assessment),
            *_law_sections(assessment, law),
            *tail(assessment),
        ),
        way(assessment, law),
        sheet,
    )


def _report(
    assessment: Assessment,
    first: tuple[Section, ...],
    then: tuple[Section, ...],
    drawn: Way | None,
    sheet: tuple[Section, ...] = (),
) -> Report:
    return Report(
        heading=heading(assessment),
        subject=assessment.subject.name,
        as_of=assessment.law.as_of,
        lead=first,
        sheet=sheet,
        body=then,
        drawn=drawn,
        exhibits=exhibits((*first, *sheet, *then)),
    )


def exhibits(sections: tuple[Section, ...]) -> tuple[Exhibit, ...]:
    """Return every passage once, in the order in which the sections first use it."""
    uses: dict[Passage, list[Use]] = {}
    for at, section in enumerate(sections, start=1):
        for number, line in enumerate(section.lines, start=1):
            for passage in line.evidence:
                uses.setdefault(passage, []).append(Use(at, number, line.name))
    numbered = enumerate(uses.items(), start=1)
    return tuple(Exhibit(number=number, passage=passage, uses=tuple(found)) for number, (passage, found) in numbered)


# -- the sections beside the outline ---------------------------------------------------------------------------


def _changed(change: Comparison | None) -> tuple[Section, ...]:
    if change is None:
        return ()
    return filled(Section("Why the answer changed", tuple(change_lines(change)), ("Cause", "Effect", "How")))


def _placed(
    assessment: Assessment, change: Comparison | None, earlier: tuple[EarlierPlacement, ...]
) -> tuple[Section, ...]:
    """The last placement beside the recommendation, unless the change is explained by its causes."""
    if change is not None:
        return ()
    placed = tuple(_earlier(assessment.recommendation, earlier))
    return filled(Section("Earlier placement", placed, ("Report", "Placement", "What follows")))


def _earlier(recommended: Recommended, placements: tuple[EarlierPlacement, ...]) -> Iterator[Line]:
    last, *others = sorted(placements, key=lambda each: -each.year) or (None,)
    if last is not None:
        relation = _relation(last.tier, recommended.tier)
        yield Line(str(last.year), _placement(last.tier), relation, (f"Source: {last.source}.",))
    if others:
        sources = ", ".join(dict.fromkeys(each.source for each in others))
        each_year = "; ".join(f"{each.year}: {_placement(each.tier)}" for each in others)
        yield Line("Before that", "", f"{each_year}.", (f"Source: {sources}.",))


def _relation(before: Placement, now: Tier | None) -> str:
    if now is None:
        relation = "No tier is recommended now."
    elif before == now:
        relation = "The recommendation leaves the country there."
    else:
        relation = f"The recommendation moves the country from {_placement(before)} to {NAMES[now]}."
    return relation


def _placement(tier: Placement) -> str:
    return "a special case, on no list" if tier == "SC" else NAMES[tier]


def _law_sections(assessment: Assessment, law: Law) -> tuple[Section, ...]:
    """The readings of the law: first those on which the answer rests, then the others, then what is not encoded."""
    carried, relied = frozenset(assessment.interpretations), _relied_on(assessment)
    heads = ("Interpretation", "Authority", "What is read, and why")
    readings = tuple(_interpretations(law, carried))
    return filled(
        Section("Interpretations relied on", tuple(line for entry, line in readings if entry in relied), heads),
        Section("Other interpretations", tuple(line for entry, line in readings if entry not in relied), heads),
        Section("Not encoded", tuple(_not_encoded(law)), ("Provision", "", "What no rule expresses, and why")),
    )


def _relied_on(assessment: Assessment) -> frozenset[str]:
    """The entries of the law on which the answer rests: of its decisive steps, and of the records set aside."""
    steps = {step.id.partition("/")[0] for step in _decisive(assessment.trace)}
    return frozenset(steps | {assessment.recommendation.rule} | {each.rule for each in assessment.set_aside})


def _decisive(step: Step) -> Iterator[Step]:
    for child in step.children:
        if child.decisive:
            yield child
            yield from _decisive(child)


def _interpretations(law: Law, carried: frozenset[str]) -> Iterator[tuple[str, Line]]:
    for entry in law.entries():
        for reading in entry.interpretations:
            name = f"{entry.id}/{reading.id}"
            if name in carried:
                below = (f"Why: {reading.why}", f"On the authority of: {reading.authority}")
                yield entry.id, Line(name, reading.authority.authority, reading.reads, below)


def _not_encoded(law: Law) -> Iterator[Line]:
    for entry in law.entries():
        for item in entry.not_encoded:
            yield Line(entry.id, "", item.clause, (f"Why: {item.why}",))
