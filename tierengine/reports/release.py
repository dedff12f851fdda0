"""What a released document says of itself, before it tells the reasons that are released."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.reasoning.release import Statement
from tierengine.reports.outline import Line, Section
from tierengine.terms.tier import NAMES


def release_section(told: Statement) -> Section:
    """Return the section that opens a released document."""
    name = "No tier" if told.tier is None else NAMES[told.tier]
    line = Line(name, "recommended on the whole dossier", _entails(told), tuple(_below(told)))
    return Section(f"Release: {told.release}", (line,))


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
