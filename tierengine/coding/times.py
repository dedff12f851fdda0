"""When a sentence says that something was: a day, some days, the reporting period, the year before."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from tierengine.terms.interval import Days

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
_MONTH = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December)"
_LATER = _MONTH.replace("<month>", "<until>")
_FULL = re.compile(rf"\b{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?,? (?P<year>(?:19|20)\d\d)\b")
_EUROPEAN = re.compile(rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)? {_MONTH},? (?P<year>(?:19|20)\d\d)\b")
_DAY = re.compile(
    rf"\b[Oo]n {_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)?\b|\b[Oo]n (?P<day2>\d\d?) {_MONTH.replace('month', 'month2')}\b"
)
_SPAN = re.compile(
    rf"\b{_MONTH}(?: (?P<year>(?:19|20)\d\d))? (?:to|through|until|-|\u2013) {_LATER},? (?P<last>(?:19|20)\d\d)\b"
)
_OF_YEAR = re.compile(rf"\b{_MONTH},? (?P<year>(?:19|20)\d\d)\b")
_IN_MONTH = re.compile(rf"\b[Ii]n {_MONTH}\b")
_YEARS = re.compile(
    r"\b(?:[Ii]n|[Dd]uring|[Ff]rom|[Bb]etween|[Ff]or) (?P<year>(?:19|20)\d\d)\s?[-\u2013/]\s?"
    r"(?P<last>(?:19|20)\d\d|\d\d)\b"
)
_IN_YEAR = re.compile(
    r"\b(?:[Ii]n|[Dd]uring|[Tt]hroughout|calendar year|fiscal year|(?:half|end|beginning|months|quarter) of)"
    r" (?P<year>(?:19|20)\d\d)\b"
)
_PERIOD = re.compile(
    r"\b(?:during|in|over|throughout|within) (?:the|this) (?:current |past )?"
    r"(?:reporting period|rating period|reporting year|period under review)\b"
    r"|\bthis (?:year|reporting period)\b|\bover the (?:past|last) year\b|\bduring the (?:past )?year\b",
    re.IGNORECASE,
)
PREVIOUS = re.compile(
    r"\b(?:the )?(?:previous|prior|preceding|last) (?:reporting |rating )?(?:year|period)s?\b"
    r"|\b(?:the )?year before\b|\bthe year prior\b|\bprevious year's\b",
    re.IGNORECASE,
)
"""Words for the year before the period."""


@dataclass(frozen=True, slots=True)
class Time:
    """A day or some days, and the words that name them."""

    days: Days
    words: str
    start: int


def times(text: str, period: Days) -> tuple[Time, ...]:
    """Return the times that a sentence names, in its order; a day or month without a year is that of the period."""
    found: list[Time] = []
    for shape in (_FULL, _EUROPEAN, _SPAN, _OF_YEAR, _DAY, _IN_MONTH, _YEARS, _IN_YEAR, _PERIOD):
        for match in shape.finditer(text):
            if not any(each.start < match.end() and match.start() < each.start + len(each.words) for each in found):
                days = _days(shape, match, period)
                if days is not None:
                    found.append(Time(days, match[0], match.start()))
    return tuple(sorted(found, key=lambda each: each.start))


def year_before(period: Days) -> Days:
    """Return the same days of the year before."""
    return Days(first=_a_year_earlier(period.first), last=_a_year_earlier(period.last))


def _a_year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _days(shape: re.Pattern[str], match: re.Match[str], period: Days) -> Days | None:
    parts = match.groupdict()
    if shape is _PERIOD:
        return period
    if shape in (_IN_YEAR, _YEARS):
        return _years(parts)
    month = _MONTHS[str(parts.get("month") or parts.get("month2")).lower()]
    day = parts.get("day") or parts.get("day2")
    if shape is _SPAN:
        last = int(parts["last"])
        until = _MONTHS[parts["until"].lower()]
        first = int(parts["year"]) if parts["year"] else last - (month > until)
        return _between(date(first, month, 1), _end_of_month(last, until))
    year = int(parts["year"]) if parts.get("year") else _year_of(month, period)
    if day is None:
        return Days(first=date(year, month, 1), last=_end_of_month(year, month))
    try:
        found = date(year, month, int(day))
    except ValueError:
        return None
    return Days(first=found, last=found)


def _years(parts: dict[str, str | None]) -> Days | None:
    first = int(str(parts["year"]))
    last = parts.get("last")
    if last is None:
        return Days(first=date(first, 1, 1), last=date(first, 12, 31))
    until = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    return _between(date(first, 1, 1), date(until, 12, 31))


def _between(first: date, last: date) -> Days | None:
    return Days(first=first, last=last) if first <= last else None


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _year_of(month: int, period: Days) -> int:
    """The year of the period in which a month lies; where it lies in none, that of its end."""
    for year in range(period.first.year, period.last.year + 1):
        if date(year, month, 1) <= period.last and _end_of_month(year, month) >= period.first:
            return year
    return (period.last - timedelta(days=1)).year
