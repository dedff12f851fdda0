"""What a released document says of itself, before it tells the reasons that are released."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.law.rulebook import Law
from tierengine.reasoning.release import Released, Statement
from tierengine.reports.outline import Line, Section
from tierengine.reports.report import Report, report
from tierengine.terms.tier import NAMES


def release_section(told: Statement) -> Section:
    """Return the section that opens a released document."""
    name = "No tier" if told.tier is None else NAMES[told.tier]
    firmly = ", provisionally, on what the rules propose" if told.status == "provisional" else ""
    line = Line(name, f"recommended on the whole dossier{firmly}", _entails(told), tuple(_below(told)))
    return Section(f"Release: {told.release}", (line,), answer=True)


def released_report(released: Released, law: Law) -> Report:
    """Return the report on what is released: how much that is comes first, then its reasons.

    An earlier placement is set beside the recommendation only where the released part gives the same one.
    """
    earlier = released.placements if released.statement.entailed else ()
    return report(released.assessment, law, earlier=earlier, opening=(release_section(released.statement),))


def _entails(told: Statement) -> str:
    if told.whole:
        return "Nothing is withheld."
    if told.entailed:
        return "The reasons released here alone entail it."
    rests = f"of the {told.findings} findings that it rests on, {told.not_shown} are undetermined here"
    return f"The reasons released here alone do not entail it: {rests}."


def _below(told: Statement) -> Iterator[str]:
    if not told.whole:
        counted = f"{told.withheld} of {told.items} records, silences, requests and ratings"
        yield f"Withheld: {counted}, all notes, and what is known of their sources."
        yield "What follows tells the released reasons alone; a tier named there is what they give by themselves."
    yield f"Marking of this document: {told.handling}"
    yield f"Rule: {told.authority}"
