"""The days of a year as an iCalendar file (RFC 5545): those that the statute counts, and each document that is owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from tierengine.documents.year import Year


def year_calendar(year: Year) -> bytes:
    """Return the days of a year as a calendar; equal years give equal bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//tierengine//days of a report//EN")
    calendar.add("version", "2.0")
    for event in _events(year):
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found


def _events(year: Year) -> Iterator[Event]:
    for day in year.days:
        yield _event(year, day.id, day.day, day.says, day.citation)
    for country in year.countries:
        for each in country.owed:
            state = each.found or "not written"
            yield _event(year, f"{each.kind}-{country.code}", each.day, f"{each.kind}: {country.name}", state)


def _event(year: Year, name: str, day: date, says: str, more: str) -> Event:
    event = Event()
    event.add("uid", f"{year.year}-{name}@tierengine")
    event.add("dtstamp", datetime(year.report.year, year.report.month, year.report.day, tzinfo=UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", says)
    event.add("description", more)
    event.add("transp", "TRANSPARENT")
    return event
