"""The header of a telegram: routing, date-time group, addressees, classification, tags, subject, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tierengine.evidence.sources.plain import without_links

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_CHANNEL = re.compile(r"^VZCZC\w{2,}\s*$")
_PRECEDENCE = re.compile(r"^(RR|PP|OO|ZZ)\s+[A-Z]")
_DE = re.compile(r"^DE\s+(?P<code>\w+)\s+#(?P<serial>\d+)(?:/(?P<section>\d+))?\s+(?P<day>\d{3})(?P<time>\d{4})")
_SECURITY = re.compile(r"^ZNR\b.*$")
_DTG = re.compile(
    r"^(?P<precedence>[RPOZ])\s+(?P<day>\d{2})(?P<hour>\d{2})(?P<minute>\d{2})Z\s+"
    r"(?P<month>[A-Z]{3})\s+(?P<year>\d{2})\b"
)
_DTG_SHAPE = re.compile(r"^[RPOZ]\s+\S+Z\s+\S+\s+\d{2,4}\b")
_MARKING = re.compile(
    r"^(?P<marking>UNCLAS(?:SIFIED)?(?:\s*/+\s*(?:FOR OFFICIAL USE ONLY|FOUO|SBU))?)"
    r"(?:\s+SECTION\s+(?P<section>\d+)\s+OF\s+(?P<sections>\d+))?"
    r"(?:\s+(?P<post>[A-Z][A-Z '.-]{0,40}?)\s+(?P<number>\d{1,8}))?\s*$"
)
_CAPTION = re.compile(
    r"^(?:SIPDIS|SENSITIVE|SBU|NOFORN|NF|CORRECTED COPY.*|C O R R E C T E D.*|NOT FOR INTERNET DISTRIBUTION)\s*$"
)
_ATTENTION = re.compile(
    r"^(?:(?:STATE|DEPT|DEPARTMENT|STATE DEPARTMENT|G/TIP)\s+(?:FOR|PASS|PLEASE)\b|FOR\s+[A-Z]+/|[A-Z/]+ PLEASE PASS\b)"
)
_KEYED = re.compile(r"^(?P<key>(?:FM|TO|INFO)(?=\s|$)|E\.?\s?O\.?\s+\d+:|TAGS?:|SUBJECT:|SUBJ:|REFS?:)\s*(?P<rest>.*)$")
_REFERENCE = re.compile(
    r"(?<![A-Z'-])(?:\(?(?:[1I¶](?=[A-Z][.)]))?(?P<letter>[A-Z])[.)]\s*)?(?:\(?[A-Z][.)]\s*)?"
    r"(?:(?P<year>\d{4}|\d{2})\s+)?"
    r"(?P<post>[A-Z][A-Z'-]{0,19}(?: [A-Z][A-Z'-]{0,19}){0,3}?) (?P<number>\d{1,8})\b(?:\s+\(NOTAL\))?"
)
"""Every repetition is bounded, so that no text takes long to read."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A cable that is referred to; the letter is `None` where the list gives none, and the year is worked out."""

    letter: str | None
    year: int | None
    post: str
    number: int
    raw: str


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the first paragraph. Absent parts are `None` or empty."""

    channel: str | None = None
    routes: str | None = None
    serial: int | None = None
    sent: str | None = None
    """Day of the year and time of the DE line, as written: `3131621`."""
    security: str | None = None
    dtg: datetime | None = None
    """The date-time group, in UTC."""
    dtg_raw: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    marking: str | None = None
    post: str | None = None
    number: int | None = None
    section: tuple[int, int] | None = None
    captions: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    executive_order: str | None = None
    tags: tuple[str, ...] = ()
    subject: str | None = None
    references: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def id(self) -> str | None:
        """The archive's id, such as `07GUATEMALA2213`: year, post without spaces, number without zeros."""
        if self.post is None or self.number is None or self.dtg is None:
            return None
        return f"{self.dtg.year % 100:02d}{re.sub('[^A-Z]', '', self.post)}{self.number}"


def read_header(lines: list[str]) -> Header:
    """Return what the lines above the first paragraph say; what cannot be read is warned about, never guessed."""
    found = _Found()
    for line in lines:
        found.take(" ".join(without_links(line).split()))
    return found.header()


def is_header_line(line: str) -> bool:
    """Whether a line begins a part of the header that stands below the addressees."""
    match = _KEYED.match(without_links(line).strip())
    return match is not None and _KEYS[match["key"][:2]] in ("executive_order", "tags", "subject", "references")


class _Found:
    """The parts of a header as they are met, line by line."""

    def __init__(self) -> None:
        self._keyed: dict[str, list[str]] = {}
        self._open: str | None = None
        self._single: dict[str, str] = {}
        self._captions: list[str] = []
        self._attention: list[str] = []
        self._marking: re.Match[str] | None = None

    def take(self, line: str) -> None:
        keyed = _KEYED.match(line)
        if keyed:
            self._open = _KEYS[keyed["key"][:2]]
            # A header block that stands twice is read once: the later one replaces the part.
            self._keyed[self._open] = [keyed["rest"]]
        elif not line:
            # References and tags may hold blank lines; everything else ends there.
            if self._open not in ("references", "tags"):
                self._open = None
        elif not self._plain(line) and self._open == "attention":
            self._attention[-1] += " " + line
        elif self._open is not None and self._open != "attention":
            self._keyed[self._open].append(line)

    def _plain(self, line: str) -> bool:
        """Take a line that is known by its own shape."""
        for name, shape in _SHAPES.items():
            if shape.match(line):
                self._single.setdefault(name, line)
                self._open = None
                return True
        marking = _MARKING.match(line)
        if marking:
            self._marking = self._marking or marking
        elif _CAPTION.match(line):
            self._captions.append(line)
        elif _ATTENTION.match(line):
            self._attention.append(line)
            self._open = "attention"
            return True
        else:
            return False
        self._open = None
        return True

    def header(self) -> Header:
        warnings: list[str] = []
        de = _DE.match(self._single.get("de", ""))
        dtg = _date_time(self._single.get("dtg"), warnings)
        marking = self._marking
        number = int(marking["number"]) if marking and marking["number"] else None
        section = (int(marking["section"]), int(marking["sections"])) if marking and marking["section"] else None
        _cross_check(de, dtg, number, section, warnings)
        if marking is None:
            warnings.append("no classification line; the handling is unknown, ask a person")
        return Header(
            channel=self._single.get("channel"),
            routes=self._single.get("routes"),
            serial=int(de["serial"]) if de else None,
            sent=de["day"] + de["time"] if de else None,
            security=self._single.get("security"),
            dtg=dtg,
            dtg_raw=self._single.get("dtg"),
            sender=self._joined("sender"),
            to=tuple(word for word in self._keyed.get("to", []) if word),
            info=tuple(word for word in self._keyed.get("info", []) if word),
            marking=marking["marking"] if marking else None,
            post=marking["post"] if marking else None,
            number=number,
            section=section,
            captions=tuple(self._captions),
            attention=tuple(self._attention),
            executive_order=self._joined("executive_order"),
            tags=tuple(re.split(r"[\s,]+", tags.strip(" ,"))) if (tags := self._joined("tags")) else (),
            subject=self._joined("subject"),
            references=tuple(_references(self._keyed.get("references", []), dtg, marking, warnings)),
            warnings=tuple(warnings),
        )

    def _joined(self, key: str) -> str | None:
        return " ".join(word for word in self._keyed.get(key, []) if word) or None


_SHAPES = {"channel": _CHANNEL, "routes": _PRECEDENCE, "de": _DE, "security": _SECURITY, "dtg": _DTG_SHAPE}
_KEYS = {
    "FM": "sender",
    "TO": "to",
    "IN": "info",
    "E.": "executive_order",
    "EO": "executive_order",
    "E ": "executive_order",
    "TA": "tags",
    "SU": "subject",
    "RE": "references",
}


def _date_time(raw: str | None, warnings: list[str]) -> datetime | None:
    if raw is None:
        warnings.append("no date-time group")
        return None
    match = _DTG.match(raw)
    if match and match["month"] in _MONTHS:
        year = int(match["year"])
        try:
            return datetime(
                _century(year),
                _MONTHS.index(match["month"]) + 1,
                int(match["day"]),
                int(match["hour"]),
                int(match["minute"]),
                tzinfo=UTC,
            )
        except ValueError:
            pass  # a day or hour that does not exist: kept raw, below
    warnings.append(f"the date-time group is not a date: {raw}")
    return None


def _cross_check(
    de: re.Match[str] | None,
    dtg: datetime | None,
    number: int | None,
    section: tuple[int, int] | None,
    warnings: list[str],
) -> None:
    if de and number is not None and int(de["serial"]) != number % 10000:
        warnings.append(f"the serial of the DE line, {de['serial']}, does not belong to message number {number}")
    if de and dtg:
        later = _sent(de, dtg) - dtg
        if not timedelta(0) <= later <= timedelta(hours=48):
            warnings.append("the DE line and the date-time group are more than 48 hours apart, or in the wrong order")
    if section is not None and section[1] > 1:
        warnings.append(f"this is section {section[0]} of {section[1]}; the others are not here")


def _sent(de: re.Match[str], dtg: datetime) -> datetime:
    """The time of the DE line: day of the year, hour and minute, in the year that brings it nearest to the group."""
    after = timedelta(days=int(de["day"]) - 1, hours=int(de["time"][:2]), minutes=int(de["time"][2:]))
    years = (datetime(dtg.year + step, 1, 1, tzinfo=UTC) + after for step in (-1, 0, 1))
    return min(years, key=lambda sent: abs(sent - dtg))


def _references(
    lines: list[str], dtg: datetime | None, marking: re.Match[str] | None, warnings: list[str]
) -> Iterator[Reference]:
    text = " ".join(line for line in lines if line)
    found = list(_REFERENCE.finditer(text))
    if text and text != "NONE" and not found:
        warnings.append(f"the references cannot be read: {text}")
    for match in found:
        post, number = match["post"].strip(), int(match["number"])
        own = int(marking["number"]) if marking and marking["post"] == post else None
        later = own is not None and number > own
        yield Reference(match["letter"], _year(match["year"], dtg, later), post, number, match[0].strip(" ;"))


def _year(written: str | None, dtg: datetime | None, later: bool) -> int | None:
    """The year of a reference: as written, else the cable's own, or the one before if its number is yet to come."""
    if written is not None:
        year = int(written)
        return year if year > 99 else _century(year)
    return dtg.year - later if dtg else None


def _century(year: int) -> int:
    """A year of two digits: the oldest cables in the archives are of the 1970s."""
    return year + (2000 if year < 70 else 1900)
