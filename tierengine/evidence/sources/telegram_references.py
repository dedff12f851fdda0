"""The references of a telegram: which cables it names, and what it names that is no cable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LETTER = r"\(?(?:[1I](?=[A-Z][.)])|¶\s?(?=[A-Z][.)]))?(?P<{name}>[A-Za-z])[.)](?=\s|[A-Z0-9(\[]|$)"
_MARK = re.compile(
    rf"(?<![\w'&/.-]){_LETTER.format(name='letter')}\s*(?:{_LETTER.format(name='again')}\s*)?", re.IGNORECASE
)
"""The letter before a reference, which some copies give twice: `A.`, `(a)`, `1B.` with its pilcrow, `B. B)`."""

_NEXT = re.compile(r"(?:(?<!\s)\s+)?(?:;\s*|,\s*(?=(?:'?\d{2,4}\s+)?[A-Za-z][A-Za-z' -]{1,40}\s\d))")
"""What stands between two references under one letter; a run of blanks is looked at from its beginning alone."""

_CABLE = re.compile(
    r"(?:'?(?P<year>\d{4}|\d{2})\s*)?(?P<post>[A-Z][A-Z'-]{0,19}(?:\.? [A-Z][A-Z'-]{0,19}){0,3}?)\s*"
    r"(?P<number>\d{1,8})\b(?P<rest>.{0,400})"
)
_LATER = re.compile(r"(?:AND|&|,)\s*(?P<number>\d{1,8})\b(?P<rest>.{0,400})")
_ENDS = re.compile(
    r"\s*[\s,;.)\]]*(?:\(.{0,60}\)|(?:AND|AS WELL AS) PREVIOUS.*|ET AL\.?|NOTAL|AND REFTELS?.*)?[\s,;.]*"
)
"""What may follow a number without being part of another message: `(NOTAL)`, `and previous`."""

_NO_POST = re.compile(
    r"\b(?:E-?MAILS?|DTG|IIR|TD|OSC|FBIS|CALL|TELCON|LETTER|LTR|MEMO|MEMORANDUM|FAX|NOTES?|REPORTS?|POINTS|PAPER|PRESS"
    r"|NONPAPER|DATED?|PARAS?|PARAGRAPHS?|SECTION|PART|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER"
    r"|OCTOBER|NOVEMBER|DECEMBER|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC|THE|OF THE|ON|SEE)\b"
)
_MONTH_NEXT = re.compile(r"(?<!\s)\s*(?:[/\d:-]|(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*\b)")
_REMARK = re.compile(
    r"(?<![\s(])[\s(]*\b(?:SENSITIVE BUT UNCLASSIFIED|(?:THIS|ENTIRE) (?:IS|CABLE|MESSAGE|TELEGRAM|TEXT)"
    r"|PLEASE (?:HANDLE|PROTECT)"
    r"|NOT FOR (?:INTERNET )?DISTRIBUTION|HANDLE ACCORDINGLY)\b.*",
    re.IGNORECASE | re.DOTALL,
)
"""A remark on handling behind the list."""

_NONE = re.compile(r"(?:NONE|N/?A|NIL)?[\s.]*", re.IGNORECASE)
_NAMES = {"SECSTATE": "STATE"}
"""The Department is called by two names, and its cables are the same."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A cable that is referred to; the letter is `None` where the list gives none, and the year is worked out."""

    letter: str | None
    """The letter that it has in the list."""
    year: int | None
    """The year in which it was sent."""
    post: str
    """The post that sent it."""
    number: int
    """The number that the post gave it."""
    raw: str
    """The reference as written."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a cable says of itself, by which the year of a reference is worked out."""

    year: int | None
    post: str | None
    number: int | None

    def year_of(self, written: str | None, post: str, number: int) -> int | None:
        """The year of a reference: as written, else the cable's own, or the one before if its number is yet to come."""
        if written is not None:
            return century(int(written))
        later = self.number is not None and post == self.post and number > self.number
        return self.year - later if self.year is not None else None


@dataclass(frozen=True, slots=True)
class References:
    """The cables that are named, each once; what else is named, as it stands; and what is doubtful."""

    cables: tuple[Reference, ...] = ()
    others: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def century(year: int) -> int:
    """A year of two digits in full: the oldest cables in the archives are of the 1970s."""
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def names_cable(line: str) -> bool:
    """Whether a line begins with the letter of a reference, or with a cable."""
    text = line.strip()
    mark = _MARK.match(text)
    found = _CABLE.match(text[mark.end() :] if mark else text)
    return bool(found and not _NO_POST.search(found["post"]))


def begins_item(line: str) -> bool:
    """Whether a line begins with the letter of a reference."""
    return _MARK.match(line.strip()) is not None


def without_remark(line: str) -> str:
    """A line of references without a remark on handling at its end."""
    return _REMARK.sub("", line)


def references(lines: list[str], own: Own) -> References:
    """Read the lines of a list of references."""
    text = without_remark(" ".join(line for line in lines if line)).strip(" ;,")
    cables: dict[tuple[int | None, str, int], Reference] = {}
    others: dict[str, None] = {}
    for letter, shown, item in _items(text):
        read = list(_cables(letter, shown, item.upper(), own))
        for cable in read:
            cables.setdefault((cable.year, cable.post, cable.number), cable)
        if not read and not _NONE.fullmatch(item):
            others.setdefault(item, None)
    unread = bool(others) and not cables and not any(re.search(r"\d", other) for other in others)
    warnings = (f"the references cannot be read: {text}",) if unread else ()
    return References(tuple(cables.values()), tuple(others), warnings)


def _items(text: str) -> Iterator[tuple[str | None, str, str]]:
    """The letter, the words as shown, and the words without the letter, of each item of the list."""
    marks = list(_MARK.finditer(text))
    if not marks or marks[0].start():
        yield from _split(None, "", text[: marks[0].start()] if marks else text)
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        end = following.start() if following else len(text)
        yield from _split(mark["letter"].upper(), mark[0], text[mark.end() : end])


def _split(letter: str | None, mark: str, text: str) -> Iterator[tuple[str | None, str, str]]:
    for place, piece in enumerate(_NEXT.split(text)):
        item = piece.strip(" ;,")
        if item:
            yield letter, (mark + item if place == 0 else item).strip(), item


def _cables(letter: str | None, shown: str, item: str, own: Own) -> Iterator[Reference]:
    """The cables of one item; none, unless all of it can be read."""
    found = _CABLE.match(item.removeprefix("AND ").removeprefix("& "))
    if found is None or _NO_POST.search(found["post"]) or _MONTH_NEXT.match(found["rest"]):
        return
    post = found["post"].strip().replace(".", "")
    post = _NAMES.get(post, post)
    numbers, rest = [int(found["number"])], found["rest"]
    while following := _LATER.match(rest.lstrip()):
        if _MONTH_NEXT.match(following["rest"]):
            break
        numbers.append(int(following["number"]))
        rest = following["rest"]
    if not _ENDS.fullmatch(rest):
        if _NO_POST.search(rest):
            return
        other = _CABLE.match(rest.lstrip(" ,.;").removeprefix("AND "))
        if other is not None:
            yield from (_made(letter, shown, found["year"], post, number, own) for number in numbers)
            yield from _cables(None, rest.lstrip(" ,.;"), rest.lstrip(" ,.;").removeprefix("AND "), own)
            return
    yield from (_made(letter, shown, found["year"], post, number, own) for number in numbers)


def _made(letter: str | None, shown: str, year: str | None, post: str, number: int, own: Own) -> Reference:
    return Reference(letter, own.year_of(year, post, number), post, number, shown)
