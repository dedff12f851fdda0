"""The header of a telegram: routing, date-time group, addressees, classification, tags, subject, references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tierengine.evidence.sources.plain import is_page_line, without_links
from tierengine.evidence.sources.telegram_archive import Archived, Known, archived
from tierengine.evidence.sources.telegram_references import (
    Own,
    Reference,
    References,
    begins_item,
    century,
    names_cable,
    references,
    without_remark,
)

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
MARKING = re.compile(
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
_RULED = re.compile(r"^[-=_*~. ]{3,}$")
_NUMBERED = re.compile(r"^\W{0,3}1{1,2}\s?[.)]\s*(?:\(|[A-Z])")
"""The first paragraph, into which a subject may run."""

_KEY = (
    r"(?:(?P<address>(?:FM|TO|INFO)(?=\s|$))|(?P<order>E\.?\s?O\.?\s+\d+\s?:)"
    r"|(?P<tags>TAGS?\s?:|TAGS?(?=\s+[A-Z]{2,4}\b))"
    r"|(?P<subject>SUBJ(?:ECT)?\s?:|SUBJECT(?=\s+[A-Z]))"
    r"|(?P<references>REF(?:TEL|ERENCE)?(?:S|\(S\))?\s?:"
    r"|REFS?(?=\s+\(?[A-Z][.)]\s|\s+(?:\d{2,4}\s)?[A-Z][A-Z ]{2,30}\s\d)))"
)
_KEYED = re.compile(rf"^{_KEY}\s*(?P<rest>.*)$")
_SMALL = re.compile(
    r"^(?:(?P<tags>tags?)|(?P<subject>subj(?:ect)?)|(?P<references>ref(?:tel|erence)?(?:s|\(s\))?))\s?:", re.IGNORECASE
)
"""The same keys in small letters, which need the colon: without it they are words."""
_INNER = re.compile(r"(?<!\s)\s+(?=(?:TAGS?|SUBJ(?:ECT)?|REF(?:TEL)?S?)\s?:)")
_LONGEST_SUBJECT = 4
"""Lines."""
_TAG = re.compile(r"[A-Z]{2,5}(?:\s*\([^()]{1,60}\))?", re.IGNORECASE)
_ALL_TAGS = re.compile(rf"(?:{_TAG.pattern}[\s,;]*)+|[A-Z ,]{{1,40}}\)[\s,;]*(?:{_TAG.pattern}[\s,;]*)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the first paragraph. Absent parts are `None` or empty."""

    channel: str | None = None
    """The line of the channel, such as `VZCZCXYZ0000`."""
    routes: str | None = None
    """The line of precedence and routes, such as `RR RUEHWEB`."""
    serial: int | None = None
    """The number after `#` in the DE line."""
    sent: str | None = None
    """Day of the year and time of the DE line, as written: `3131621`."""
    security: str | None = None
    """The line of transmission security, which begins with ZNR."""
    dtg: datetime | None = None
    """The date-time group, in UTC."""
    dtg_raw: str | None = None
    """The line of the date-time group, as written."""
    sender: str | None = None
    """Who sent it, after FM."""
    to: tuple[str, ...] = ()
    """To whom it is addressed, a line each."""
    info: tuple[str, ...] = ()
    """Who has it for information, a line each."""
    marking: str | None = None
    """The marking of the caption, such as `UNCLAS`."""
    post: str | None = None
    """The post that sent it, as the line of the marking names it."""
    number: int | None = None
    """The number that the post gave it."""
    section: tuple[int, int] | None = None
    """Which section it is, and of how many."""
    captions: tuple[str, ...] = ()
    """The lines of captions, such as `SIPDIS`."""
    attention: tuple[str, ...] = ()
    """The lines that say for whom it is."""
    executive_order: str | None = None
    """What stands after the number of the Executive Order on classification, such as `N/A`."""
    tags: tuple[str, ...] = ()
    """The tags, such as `KTIP`."""
    subject: str | None = None
    """The subject, in one line."""
    references: tuple[Reference, ...] = ()
    others: tuple[str, ...] = ()
    """What is referred to and is no cable: e-mails, press items, messages known by their date and time alone."""
    archive: Archived | None = None
    """What the page of an archive says of the cable, above its own lines."""
    warnings: tuple[str, ...] = ()

    @property
    def id(self) -> str | None:
        """The archive's id, such as `07GUATEMALA2213`: year, post without spaces, number without zeros."""
        if self.post is None or self.number is None or self.dtg is None:
            return self.archive.id if self.archive is not None else None
        return _id(self.dtg.year, self.post, self.number)


def read_header(lines: list[str]) -> Header:
    """Return what the lines above the first paragraph say; what cannot be read is warned about, never guessed."""
    found, above = _Found(), True
    archive: list[str] = []
    for line in lines:
        shown = " ".join(without_links(line).split())
        keyed = _key(shown)
        above = above and keyed is None
        if above:
            archive.append(shown)
        for part in _INNER.split(shown) if keyed else [shown]:
            found.take(part)
    return found.header(archive)


def head_length(lines: Iterable[str]) -> int:
    """Return how many lines at the beginning are of a header: captions, addresses, keys and what goes on with them."""
    found, taken = _Found(), 0
    for line in lines:
        if not all(found.take(part) for part in (_INNER.split(line) if _key(line) else [line])):
            break
        taken += 1
    return taken


def is_header_line(line: str) -> bool:
    """Whether a line begins a part of the header that stands below the addressees."""
    key = _key(" ".join(without_links(line).split()))
    return key is not None and key[0] in ("order", "tags", "subject", "references")


def _key(line: str) -> tuple[str, str] | None:
    """The part that a line begins, and the rest of the line; nothing if it begins none."""
    keyed = _KEYED.match(line)
    if keyed is None:
        small = _SMALL.match(line)
        return (str(small.lastgroup), line[small.end() :].strip()) if small else None
    name = str(next(name for name in ("address", "order", "tags", "subject", "references") if keyed[name] is not None))
    return (keyed["address"].casefold() if name == "address" else name), keyed["rest"]


class _Found:
    """The parts of a header as they are met, line by line."""

    def __init__(self) -> None:
        self._keyed: dict[str, list[list[str]]] = {}
        """Each part as often as it stands: a header block that stands twice gives it twice."""
        self._open: str | None = None
        self._single: dict[str, str] = {}
        self._captions: list[str] = []
        self._attention: list[str] = []
        self._marking: re.Match[str] | None = None

    def take(self, line: str) -> bool:
        """Take a line; return whether it is part of a header."""
        if is_page_line(line):
            return True
        keyed = _key(line)
        if keyed:
            self._open = keyed[0]
            self._keyed.setdefault(self._open, []).append([keyed[1]])
        elif not line:
            # References and tags may hold blank lines; everything else ends there.
            if self._open in ("references", "tags"):
                self._keyed[self._open][-1].append("")
            else:
                self._open = None
        elif self._plain(line):
            return True
        elif self._open == "attention":
            self._attention[-1] += " " + line
        elif self._open is not None:
            return self._more(self._open, line)
        else:
            return False
        return True

    def _more(self, key: str, line: str) -> bool:
        """Take a line that goes on with an open part, unless it is none of it; then the part ends."""
        part = self._keyed[key][-1]
        goes_on = {"subject": _goes_on_subject, "tags": _goes_on_tags, "references": _goes_on_references}.get(key)
        if goes_on is None or goes_on(part, line):
            part.append(line)
            return True
        self._open = None
        return False

    def _plain(self, line: str) -> bool:
        """Take a line that is known by its own shape."""
        for name, shape in _SHAPES.items():
            if shape.match(line):
                self._single.setdefault(name, line)
                self._open = None
                return True
        marking = MARKING.match(line)
        if marking and self._marking is not None and self._open in ("subject", "references", "tags"):
            return True  # it stands at the head of the next page, in the middle of the part
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

    def header(self, above: list[str]) -> Header:
        """Return what was met; `above` are the lines above the first key, where an archive says what the cable is."""
        warnings: list[str] = []
        de = _DE.match(self._single.get("de", ""))
        dtg = _date_time(self._single.get("dtg"), warnings)
        marking = self._marking
        number = int(marking["number"]) if marking and marking["number"] else None
        section = (int(marking["section"]), int(marking["sections"])) if marking and marking["section"] else None
        _cross_check(de, dtg, number, warnings)
        if marking is None:
            warnings.append("no classification line; the handling is unknown, ask a person")
        post = marking["post"] if marking else None
        archive = archived(above, Known(dtg.year if dtg else None, post, number), warnings)
        year = dtg.year if dtg else archive.year if archive else None
        read = self._references(Own(year, post, number))
        warnings += read.warnings
        return Header(
            channel=self._single.get("channel"),
            routes=self._single.get("routes"),
            serial=int(de["serial"]) if de else None,
            sent=de["day"] + de["time"] if de else None,
            security=self._single.get("security"),
            dtg=dtg,
            dtg_raw=self._single.get("dtg"),
            sender=self._joined("fm"),
            to=tuple(self._lines("to")),
            info=tuple(self._lines("info")),
            marking=marking["marking"] if marking else None,
            post=post,
            number=number,
            section=section,
            captions=tuple(self._captions),
            attention=tuple(self._attention),
            executive_order=self._joined("order"),
            tags=tuple(self._tags()),
            subject=self._subject(),
            references=read.cables,
            others=read.others,
            archive=archive,
            warnings=tuple(warnings),
        )

    def _lines(self, key: str) -> Iterator[str]:
        """The lines of a part, of its first block that says something."""
        blocks = ([line for line in block if line] for block in self._keyed.get(key, []))
        yield from next(filter(None, blocks), [])

    def _joined(self, key: str) -> str | None:
        return " ".join(self._lines(key)) or None

    def _subject(self) -> str | None:
        """The subject as it first stands; as it stands again, if that goes on where the first breaks off."""
        found = [" ".join(line for line in block if line) for block in self._keyed.get("subject", [])]
        first = next(filter(None, found), None)
        longer = (each for each in found if first and len(each) > len(first) and _same_start(each, first))
        return next(longer, first)

    def _tags(self) -> list[str]:
        """The tags of all blocks, each once."""
        text = " ".join(line for block in self._keyed.get("tags", []) for line in block)
        found = re.findall(r"[^\s,;()]+(?:\s*\([^()]*\)?)?", text.upper())
        return list(dict.fromkeys(" ".join(tag.split()) for tag in found))

    def _references(self, own: Own) -> References:
        """The references of all blocks, each once."""
        read = [references(block, own) for block in self._keyed.get("references", [])]
        cables = {(each.year, each.post, each.number): each for block in reversed(read) for each in block.cables}
        order = dict.fromkeys((each.year, each.post, each.number) for block in read for each in block.cables)
        return References(
            tuple(cables[key] for key in order),
            tuple(dict.fromkeys(other for block in read for other in block.others)),
            tuple(dict.fromkeys(warning for block in read for warning in block.warnings)),
        )


def _id(year: int, post: str, number: int) -> str:
    return f"{year % 100:02d}{re.sub('[^A-Z]', '', post)}{number}"


def _same_start(longer: str, shorter: str) -> bool:
    return longer.casefold().startswith(shorter.casefold())


def _goes_on_subject(part: list[str], line: str) -> bool:
    """Whether a line is still of the subject: no rule, no paragraph, and no sentence below a title in capitals."""
    if _RULED.match(line) or _NUMBERED.match(line) or len(part) >= _LONGEST_SUBJECT:
        return False
    capitals = not re.search(r"[a-z]{2}", " ".join(part))
    sentence = bool(re.search(r"[a-z]{2}.*\s[a-z]{2}", line))
    return not sentence if capitals else not (line[:1].isupper() and line.endswith("."))


def _goes_on_tags(part: list[str], line: str) -> bool:
    """Whether a line holds nothing but tags, or the end of a name in brackets."""
    return bool(_ALL_TAGS.fullmatch(line)) and (line == line.upper() or " ".join(part).islower())


def _goes_on_references(part: list[str], line: str) -> bool:
    """Whether a line is still of the list of references."""
    if _RULED.match(line) or _NUMBERED.match(line):
        return False
    if not without_remark(line).strip():
        return False
    listed = names_cable(line.upper()) or begins_item(line)
    prose = len(re.findall(r"\b[a-z]{2,}\b", line)) > 1 and not " ".join(part).islower()
    return listed or (bool(part[-1]) and not prose)


_SHAPES = {"channel": _CHANNEL, "routes": _PRECEDENCE, "de": _DE, "security": _SECURITY, "dtg": _DTG_SHAPE}


def _date_time(raw: str | None, warnings: list[str]) -> datetime | None:
    if raw is None:
        warnings.append("no date-time group")
        return None
    match = _DTG.match(raw)
    if match and match["month"] in _MONTHS:
        year = int(match["year"])
        try:
            return datetime(
                century(year),
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
    warnings: list[str],
) -> None:
    if de and number is not None and int(de["serial"]) != number % 10000:
        warnings.append(f"the serial of the DE line, {de['serial']}, does not belong to message number {number}")
    if de and dtg:
        later = _sent(de, dtg) - dtg
        if not timedelta(0) <= later <= timedelta(hours=48):
            warnings.append("the DE line and the date-time group are more than 48 hours apart, or in the wrong order")


def _sent(de: re.Match[str], dtg: datetime) -> datetime:
    """The time of the DE line: day of the year, hour and minute, in the year that brings it nearest to the group."""
    after = timedelta(days=int(de["day"]) - 1, hours=int(de["time"][:2]), minutes=int(de["time"][2:]))
    years = (datetime(dtg.year + step, 1, 1, tzinfo=UTC) + after for step in (-1, 0, 1))
    return min(years, key=lambda sent: abs(sent - dtg))
