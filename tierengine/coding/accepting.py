"""What a proposal becomes once a person accepts it: a record, or a silence."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from tierengine.evidence.dossier import Proposed, ProposedRecord, Silent
from tierengine.evidence.records import Credibility, Evidence, Reliability
from tierengine.terms.interval import Days
from tierengine.terms.scalars import Model


class Marks(Model):
    """How sure a source and what it says are, on the Admiralty scales."""

    reliability: Reliability
    credibility: Credibility


def evidence(item: Proposed, record: ProposedRecord, marks: Marks, known: Container[str]) -> Evidence:
    """Return the record that a proposal becomes. Raise `ValueError` if it proposes a silence."""
    if record.kind == "silence" or record.value is None:
        raise ValueError("a silence is no record; take it as a silence")
    return Evidence(
        id=free_id(record.measures, known),
        kind=record.kind,
        measures=record.measures,
        value=record.value,
        unit=record.unit,
        date=record.date,
        period=record.period,
        undated=record.undated,
        actor=record.actor,
        at=item.at,
        quote=item.quote,
        anchor=item.anchor,
        reliability=marks.reliability,
        credibility=marks.credibility,
        note=record.note,
    )


def silence(item: Proposed, record: ProposedRecord, author: str, day: date, known: Container[str]) -> Silent:
    """Return the silence that a proposal becomes: that its source was read for the indicator and does not answer it."""
    covers = record.period or (Days(first=record.date, last=record.date) if record.date is not None else None)
    return Silent(
        id=free_id(f"nothing-on-{record.measures}", known),
        indicator=record.measures,
        source=item.at.split(" ", maxsplit=1)[0],
        read=item.at.partition(" ")[2],
        covers=covers,
        author=author,
        date=day,
        note=" ".join(part for part in (item.quote and f"{item.quote.rstrip('.')}.", record.note) if part)
        or record.because,
    )


def free_id(name: str, known: Container[str]) -> str:
    """Return an id made from the name of an indicator that nothing has yet: with a number from the second on."""
    stem = name.replace("_", "-")[:70].strip("-")
    if stem not in known:
        return stem
    return next(f"{stem}-{number}" for number in range(2, 10**6) if f"{stem}-{number}" not in known)
