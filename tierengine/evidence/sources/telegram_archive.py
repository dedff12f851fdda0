"""What the page of an archive says of a cable above the cable's own lines: its id, and when it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tierengine.evidence.sources.telegram_references import century

_ID = re.compile(
    r"(?<![A-Za-z0-9])(?P<year>(?:19|20)?\d{2})(?P<post>[A-Z]{3,30})(?P<number>\d{1,8})(?:_[a-z])?(?![A-Za-z0-9])"
)
_LABEL = re.compile(r"\b(?:reference|viewing|canonical|cable|message|identifier|id)\b", re.IGNORECASE)
_DATE = re.compile(r"\b((?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?:[ T](\d{2}:\d{2}))?")


@dataclass(frozen=True, slots=True)
class Archived:
    """A cable as an archive files it: its id, the year in it, and the day on which it was made, if the page says so."""

    id: str
    year: int
    """The year in the id."""
    created: str | None
    """The day, perhaps with the time, on which the page says that it was made."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the cable's own lines say of it; nothing where they lack it."""

    year: int | None
    post: str | None
    number: int | None

    def fits(self, year: int, post: str, number: int) -> bool:
        """Whether an id agrees with all that is known."""
        own = re.sub("[^A-Z]", "", self.post) if self.post is not None else post
        return (self.year in (None, year)) and own == post and self.number in (None, number)


def archived(lines: list[str], known: Known, warnings: list[str]) -> Archived | None:
    """Return what an archive's page says of a cable above its first key; nothing if it names none, or several."""
    found = list(dict.fromkeys(_ids(lines)))
    labelled = list(dict.fromkeys(_ids([line for line in lines if _LABEL.search(line)])))
    fitting = [each for each in found if known.fits(*each)]
    if found and not fitting:
        warnings.append("the id on the archive's page is not that of the cable's own lines, which count")
    if len(fitting) > 1:
        fitting = [each for each in labelled if known.fits(*each)]
        if len(fitting) != 1:
            warnings.append("the archive's page names several cables, so that its id is not taken from there")
    if len(fitting) != 1:
        return None
    year, post, number = fitting[0]
    dates = [date for line in lines for date in _DATE.finditer(line)]
    created = next((" ".join(filter(None, date.groups())) for date in dates if int(date[1][:4]) == year), None)
    return Archived(f"{year % 100:02d}{post}{number}", year, created)


def _ids(lines: list[str]) -> Iterator[tuple[int, str, int]]:
    for line in lines:
        for found in _ID.finditer(line):
            yield century(int(found["year"])), found["post"], int(found["number"])
