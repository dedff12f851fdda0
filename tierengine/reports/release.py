"""What a released document says of itself, before it gives the reasons that are released."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.law.rulebook import Law
from tierengine.reasoning.release import Released, Statement
from tierengine.reports.outline import Line, Section
from tierengine.reports.report import Report, report
from tierengine.terms.tier import NAMES


def release_section(statement: Statement) -> Section:
    """Return the section that opens a released document."""
    name = "No tier" if statement.tier is None else NAMES[statement.tier]
    firmly = ", provisionally, on what the rules propose" if statement.status == "provisional" else ""
    line = Line(name, f"recommended on the whole dossier{firmly}", _entails(statement), tuple(_below(statement)))
    return Section(f"Release: {statement.release}", (line,), answer=True)


def released_report(released: Released, law: Law) -> Report:
    """Return the report on what is released: how much that is comes first, then its reasons.

    An earlier placement is set beside the recommendation only where the released part gives the same one.
    """
    earlier = released.placements if released.statement.entailed else ()
    return report(released.assessment, law, earlier=earlier, opening=(release_section(released.statement),))


def _entails(statement: Statement) -> str:
    if statement.whole:
        return "Nothing is withheld."
    if statement.entailed:
        return "The reasons released here alone entail it."
    rests = f"of the {statement.findings} findings that it rests on, {statement.not_shown} are undetermined here"
    return f"The reasons released here alone do not entail it: {rests}."


def _below(statement: Statement) -> Iterator[str]:
    if not statement.whole:
        counted = f"{statement.withheld} of {statement.items} records, silences, requests and ratings"
        yield f"Withheld: {counted}, all notes, and what is known of their sources."
        yield "What follows gives the released reasons alone; a tier named there is what they give by themselves."
    yield f"Marking of this document: {statement.handling}"
    yield f"Rule: {statement.authority}"
