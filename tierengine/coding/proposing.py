"""From a sentence to proposed records: indicator, kind, value, unit, date and actor, as far as it gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tierengine.coding.actors import actor
from tierengine.coding.figures import Figure, figures, leading_up
from tierengine.coding.manner import Manner, denied_by_a_verb, denied_of_one, manner
from tierengine.coding.reader import Lead, Reader, Reading
from tierengine.coding.sentences import Sentence
from tierengine.coding.times import PREVIOUS, Time, times, year_before
from tierengine.evidence.dossier import ProposedRecord
from tierengine.law.entries import LAST_YEAR, Indicator
from tierengine.law.rulebook import Law
from tierengine.terms.bounds import Measured, WrittenBounds
from tierengine.terms.interval import Days
from tierengine.terms.wording import Spoken, words

_BEFORE_FIGURE = re.compile(
    r"(?:compared (?:with|to)|in comparison (?:with|to)|up from|down from|versus|as opposed to"
    r"|(?<!more )(?<!less )(?<!fewer )than"
    r"|(?:increase|decrease|rise|drop|decline) from)"
    r"\s+(?:only |just |the |a total of |approximately |about |at least |more than |some )*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\s+(?:only |just |about |approximately |at least |more than )*$", re.IGNORECASE)
_TO = re.compile(r"^[^.;]{0,60}?\bto\s+(?:only |just |about |approximately |at least |more than )*$", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_NEAR = 60
"""Characters within which the year stands to which a figure belongs."""
_NO_DATE = "the sentence gives no date"
_UNREPORTED = "It is said not to be reported, and not that it was not done."
_PART = "It is part of what the sentence denies as a whole."
_OF_PERIOD = "The sentence gives no date; its source is said to report on the period."


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known before a sentence is read: the law, the period, the government, and of what the source reports."""

    reader: Reader
    law: Law
    period: Days
    government: str
    covers_period: bool
    """Whether the source reports on the period, so that what has no date there is of the period."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence while it is read."""

    text: str
    spoken: tuple[Spoken, ...]
    figures: tuple[Figure, ...]
    earlier: dict[int, Days]
    """The figures, by where they begin, that are of an earlier year, with its days."""
    times: tuple[Time, ...]


Proposals = tuple[ProposedRecord, ...]


def proposals(sentence: Sentence, setting: Setting) -> Iterator[Proposals]:
    """Yield for each thing that a sentence says at most three records, the likeliest first."""
    line = _read(sentence.text, setting)
    readings = setting.reader.readings(line.spoken)
    taken: set[int] = set()
    said: set[tuple[str, str, str]] = set()
    for number, thing in enumerate(readings):
        reach = _reach(line, readings, number)
        figure = _figure(line, thing, reach, taken)
        if figure is not None:
            taken.add(figure.start)
        found = tuple(_of_thing(line, thing, figure, setting))
        kept = tuple(record for record in _distinct(found) if _key(record) not in said)
        if kept and _key(found[0]) not in said:
            said |= {_key(kept[0])}
            yield kept[:3]
            yield from _of_last_year(line, readings, number, taken, setting)
            yield from _denied_as_well(line, thing, kept[0], setting)


def _of_thing(line: _Line, thing: Reading, figure: Figure | None, setting: Setting) -> Iterator[ProposedRecord]:
    """The records for a thing, by each of its leads. Where its cue gives none, what is merely alike gives none."""
    found = False
    for lead in thing.leads:
        if lead.cue is not None or found or thing.leads[0].cue is None:
            for record in _records(line, lead, figure, setting):
                found = True
                yield record


def _key(record: ProposedRecord) -> tuple[str, str, str]:
    """What a record says: two that say the same of one sentence are one."""
    return record.measures, str(record.value), record.kind


def _distinct(found: Sequence[ProposedRecord]) -> Iterator[ProposedRecord]:
    seen: set[tuple[str, str, str]] = set()
    for record in found:
        if _key(record) not in seen:
            seen.add(_key(record))
            yield record


def _read(text: str, setting: Setting) -> _Line:
    plain = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    found, known, spoken = figures(plain), times(plain, setting.period), words(plain)
    return _Line(text, spoken, found, dict(_earlier(text, found, known, setting.period)), known)


def _earlier(text: str, found: Sequence[Figure], known: Sequence[Time], period: Days) -> Iterator[tuple[int, Days]]:
    """The figures that are those of a year before the period, and the days of that year."""
    for number, figure in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        end = following.start if following is not None else len(text)
        after = text[figure.end : min(end, figure.end + _NEAR)]
        day = next((each for each in known if figure.end <= each.start < min(end, figure.end + _NEAR)), None)
        goes_to = following is not None and _TO.match(text[figure.end : following.start]) is not None
        before = leading_up(text, figure.start)
        compared = _BEFORE_FIGURE.search(before) is not None
        risen = _FROM.search(before) is not None and (goes_to or PREVIOUS.search(after) is not None)
        if day is not None and day.days.last < period.first and (compared or risen or len(found) > 1):
            yield figure.start, day.days
        elif compared or risen or PREVIOUS.search(after):
            yield figure.start, year_before(period)


# -- which figure belongs to what -------------------------------------------------------------------------------


def _reach(line: _Line, readings: Sequence[Reading], number: int) -> tuple[int, int]:
    """The characters between the thing said before this one and that after it."""
    before = line.spoken[readings[number - 1].head].end if number else 0
    after = line.spoken[readings[number + 1].head].start if number + 1 < len(readings) else len(line.text)
    return before, after


def _figure(line: _Line, thing: Reading, reach: tuple[int, int], taken: set[int]) -> Figure | None:
    """The figure of a thing: just before its head, else after it, else further before it; none of another year."""
    head = line.spoken[thing.head]
    free = [
        figure
        for figure in line.figures
        if figure.start not in taken and figure.start not in line.earlier and reach[0] <= figure.start < reach[1]
    ]
    before = [figure for figure in free if figure.end <= head.start]
    after = [figure for figure in free if figure.start >= head.end]
    if before and _words_between(line.text[before[-1].end : head.start]) <= 4:
        return before[-1]
    if after and _words_between(line.text[head.end : after[0].start]) <= 8:
        return after[0]
    return before[-1] if before and _words_between(line.text[before[-1].end : head.start]) <= 8 else None


def _words_between(text: str) -> int:
    return len(words(text)) + 3 * text.count(",")


# -- records ----------------------------------------------------------------------------------------------------


def _records(line: _Line, lead: Lead, figure: Figure | None, setting: Setting) -> Iterator[ProposedRecord]:
    indicator = lead.indicator
    said = manner(line.text, line.spoken, lead.places)
    if indicator.sign <= 0 and said == "denied" and denied_by_a_verb(line.text, line.spoken, lead.places):
        said = "said"  # what the government did not do against it does not deny it
    if indicator.type == "count" and said == "denied" and denied_of_one(line.spoken, lead.places):
        said = "limited"  # that it was not done with one, or for it, does not say that it was never done
    done_by = actor(line.text, line.spoken, lead.places, setting.government)
    common: dict[str, Any] = {
        "measures": indicator.id,
        "actor": done_by,
        "because": _because(line, lead),
        **_when(line, lead, indicator, setting),
    }
    if said == "not reported":
        yield ProposedRecord(kind="silence", **common | {"note": _UNREPORTED})
    value = _value(lead, said, figure)
    if value is None:
        return
    unit = indicator.unit if indicator.type == "count" else None
    kind = _kind(line, indicator, said)
    yield ProposedRecord(kind=kind, value=value, unit=unit, **common)


def _because(line: _Line, lead: Lead) -> str:
    return ", ".join(line.text[line.spoken[at].start : line.spoken[at].end] for at in sorted(lead.places))


def _value(lead: Lead, said: Manner, figure: Figure | None) -> Any:
    """The value as a record writes it; nothing where the sentence gives none."""
    indicator, denied = lead.indicator, said in ("denied", "not reported", "limited")
    if indicator.type == "count":
        return _count(indicator, said, figure)
    value = lead.cue.value if lead.cue is not None and lead.cue.value is not None else "true"
    if not denied or indicator.type == "choice":
        return value if indicator.type == "truth" or value in indicator.choices else None
    if value in LAST_YEAR:
        return "false" if LAST_YEAR[value] else None
    return "false" if value == "true" else None  # what denies a denial is left to a person


def _count(indicator: Indicator, said: Manner, figure: Figure | None) -> Any:
    wanted = indicator.unit if indicator.unit in ("years", "percent", "US dollars") else "things"
    counted = figure is not None and figure.of == wanted
    if wanted != "things":
        if not counted or figure is None:
            return None
        return str(figure.most or figure.least) if wanted == "years" else _written(figure)
    if said in ("denied", "not reported"):
        return "0" if not counted else None
    if said == "limited" or (said == "aimed at" and not counted):
        return None
    return _written(figure) if counted and figure is not None else WrittenBounds(at_least=1)


def _written(figure: Figure) -> Measured:
    """A figure as a record writes it: exactly, or by its bounds."""
    if figure.least is not None and figure.least == figure.most:
        return str(figure.least)
    return WrittenBounds(at_least=figure.least, at_most=figure.most)


def _kind(line: _Line, indicator: Indicator, said: Manner) -> Any:
    if said == "promised":
        return "commitment"
    if said == "aimed at" or (said == "limited" and indicator.type != "choice"):
        return "statement"
    takes = indicator.kinds
    if indicator.type == "count" and "statistic" in takes and indicator.unit != "years":
        return "statistic"
    if takes == ("statistic",):
        compares = indicator.compared is not None or bool(line.earlier) or PREVIOUS.search(line.text) is not None
        return "statistic" if compares else "statement"
    return next((kind for kind in ("action", "statistic", "law") if kind in takes), "statement")


def _when(line: _Line, lead: Lead, indicator: Indicator, setting: Setting) -> dict[str, Any]:
    """The day or days of a thing, by the time that stands nearest in its sentence."""
    head = line.spoken[lead.places[0]].start
    comparing = {id(time) for time in line.times if _is_compared(line, time)}
    known = [time for time in line.times if id(time) not in comparing]
    if known:
        nearest = min(known, key=lambda time: (abs(time.start - head), time.start))
        days = nearest.days
        return {"date": days.first} if days.first == days.last else {"period": days}
    if indicator.looks_back:
        return {"period": year_before(setting.period)}
    if setting.covers_period:
        return {"period": setting.period, "note": _OF_PERIOD}
    return {"undated": _NO_DATE}


def _is_compared(line: _Line, time: Time) -> bool:
    """Whether a time is that of a figure of an earlier year."""
    return any(
        start < time.start < start + _NEAR and days == time.days for start, days in line.earlier.items()
    ) or bool(
        re.search(
            r"\b(?:since|compared (?:with|to)|than|under (?:its|the))\s+(?:in )?$",
            line.text[: time.start],
            re.IGNORECASE,
        )
    )


def _denied_as_well(line: _Line, thing: Reading, record: ProposedRecord, setting: Setting) -> Iterator[Proposals]:
    """The parts of a whole that a sentence denies, each as a thing of its own."""
    cue = thing.leads[0].cue
    if cue is None or record.value != "false" or record.measures != thing.leads[0].indicator.id:
        return
    for name in cue.denies:
        indicator = setting.law.indicators_by_id.get(name)
        if indicator is not None:
            kind = _kind(line, indicator, "denied")
            yield (record.model_copy(update={"measures": name, "kind": kind, "note": _PART}),)


# -- the year before --------------------------------------------------------------------------------------------


def _of_last_year(
    line: _Line, readings: Sequence[Reading], number: int, taken: set[int], setting: Setting
) -> Iterator[Proposals]:
    """The figure of the year before that a sentence sets beside that of the year, as a record of its own.

    It belongs to what was said last before it; only where nothing was, to what is said after it.
    """
    lead = readings[number].leads[0]
    asked = setting.law.last_year.get(lead.indicator.id)
    if asked is None:
        return
    comparing = [each.head for each in readings if each.leads[0].indicator.id in setting.law.last_year]
    starts = {head: line.spoken[head].start for head in comparing}
    for figure in line.figures:
        days = line.earlier.get(figure.start)
        owner = max((head for head in comparing if starts[head] < figure.start), default=min(comparing))
        if days is not None and figure.start not in taken and owner == readings[number].head:
            taken.add(figure.start)
            record = ProposedRecord(
                kind="statistic",
                measures=asked.id,
                value=_written(figure),
                unit=asked.unit,
                period=days,
                actor=actor(line.text, line.spoken, lead.places, setting.government),
                because=f"{_because(line, lead)}, {line.text[figure.start : figure.end]}",
            )
            yield (record,)
            return
