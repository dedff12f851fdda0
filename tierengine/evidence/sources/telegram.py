"""Telegrams: header, numbered paragraphs and signature of a cable, in the shapes in which copies are observed.

Every paragraph keeps its place in the bytes as given. Marks are read against the number that is expected next,
and nothing is renumbered in silence. What a cable says steers nothing here: its words are only text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.handling import Handling
from tierengine.evidence.sources.anchors import Anchor
from tierengine.evidence.sources.guard import refuse_classified, seen_lines
from tierengine.evidence.sources.opened import LeftOut
from tierengine.evidence.sources.plain import Hidden, Line, PlainText, SourceText, is_page_line
from tierengine.evidence.sources.telegram_header import Header, is_header_line, read_header
from tierengine.evidence.sources.telegram_sections import Sections, blanked, section_of, sections

_LINKED = re.compile(r"^\s*\[(?:1|I|l|¶)\]\(#\)\s*(?P<number>\d{1,3})\s?\.\s*")
"""`[1](#)4.` is 4: the link stands where the archive put a pilcrow."""
_PILCROW = re.compile(r"^\s*¶\s*(?P<number>\d{1,3})\s?\.\s*")
_SCANNED = re.compile(r"^\s*(?:1{1,2}|[IJl])[._ ]\s?(?P<number>\d{1,3})\s*\.\s+")
"""`1.3.`, `11_1 .` and `J.2 .` are 3, 1 and 2: a scanned pilcrow before the number."""
_BARE = re.compile(r"^\s*(?P<number>\d{1,4})\s?\.\s*(?=[^\d\s]|\s|$)")
_SIGNATURE = re.compile(r"^(?!(?:BEGIN|END|Begin|End)\b)[A-Z][\w'.-]*(?: [A-Z][\w'.-]*){0,2}$")
_TRAILER = re.compile(r"^(?:BT|NNNN|#\d{4}|UNCLAS\b.*|SIPDIS|Advertisement)\s*$")

_SENSITIVE = re.compile(
    r"\((?:SBU|FOUO)(?:\s*/+\s*(?:NF|NOFORN))?\)|\bSENSITIVE\b|\bSBU\b|\bOFFICIAL USE ONLY\b|\bFOUO\b"
)
_NO_FOREIGN = re.compile(r"/\s*(?:NF|NOFORN)\b|^\s*NOFORN\b")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph; number 0 is text before the first mark.

    `mark` is the mark as shown. `start` and `end` are byte offsets into the source as given, without the mark.
    """

    number: int
    """Its number, as its mark gives it."""
    mark: str
    """The mark that stands before it, such as `1. (SBU)`."""
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Telegram:
    """One cable. What a copy lacks is `None` or empty in the header, and noted among the warnings."""

    id: str
    header: Header
    paragraphs: tuple[Paragraph, ...]
    embedded: str
    """Text from a second paragraph 1 on: an enclosure with a numbering of its own, not the post's reporting."""
    signature: str | None
    """Who signed it, as written below the last paragraph."""
    handling: Handling
    """The strictest handling that any marking of it asks for; `unknown` where there is none."""
    no_foreign: bool
    """Whether some part is marked not to be given to foreign governments (NF, NOFORN)."""
    warnings: tuple[str, ...]
    raw: bytes
    left_out: tuple[LeftOut, ...] = ()
    hidden: Hidden = ()
    """The heads of its later sections, which stand in the midst of the text."""

    def locator(self, number: int) -> str:
        """Return the locator of a paragraph, such as `07GUATEMALA2213 ¶4`."""
        return f"{self.id} ¶{number}"

    def paragraph(self, locator: str) -> Paragraph | None:
        """Return the paragraph at a locator, or nothing if there is none."""
        return next((p for p in self.paragraphs if self.locator(p.number) == locator), None)

    def passage(self, locator: str, quote: str, anchor: Anchor | None = None) -> tuple[int, int] | None:
        """Return the byte offsets of the first and past the last character of a quote in a paragraph, or nothing.

        What typesetting does to words is no difference; all else is. The anchor says which, of words that stand twice.
        """
        text = self._plain(locator)
        return None if text is None else text.find(quote, anchor)

    def around(self, locator: str, quote: str, anchor: Anchor | None = None) -> tuple[str, str] | None:
        """Return some words before and after a quote."""
        text = self._plain(locator)
        return None if text is None else text.around(quote, anchor)

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield locator and text of each paragraph."""
        for paragraph in self.paragraphs:
            yield self.locator(paragraph.number), paragraph.text

    def handled(self, handling: Handling) -> Telegram:
        """Return the same cable with the handling that somebody declared."""
        return replace(self, handling=handling)

    @property
    def by_bytes(self) -> bool:
        """Positions are those of the file."""
        return True

    @property
    def text(self) -> str:
        """The paragraphs, a line end between two."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def sent(self) -> str | None:
        """The date-time group, or when the archive says that the cable was made."""
        if self.header.dtg is not None:
            return self.header.dtg.isoformat()
        return self.header.archive.created if self.header.archive is not None else None

    @property
    def day(self) -> date | None:
        """The day of its date-time group."""
        return self.header.dtg.date() if self.header.dtg is not None else None

    @property
    def author(self) -> str | None:
        """Who sent it."""
        return self.header.sender

    def _plain(self, locator: str) -> PlainText | None:
        paragraph = self.paragraph(locator)
        return None if paragraph is None else PlainText.of(self.raw, paragraph.start, paragraph.end, self.hidden)


def read_telegram(raw: bytes, name: str) -> Telegram:
    """Read a telegram from the bytes of its copy; `name` is used in messages only.

    Raise `ClassifiedError` if any sign of classification stands in it, and `EvidenceError` if it is empty, no text,
    or no telegram.
    """
    if problem := _no_text(raw, name):
        raise EvidenceError([problem])
    given = SourceText.of(raw).lines()
    refuse_classified(seen_lines(given), name)
    parts = sections(given)
    lines = blanked(given, parts.lines())
    body = _Body(raw, lines, parts.hidden(given))
    header = read_header([line.text for line in given[: body.first]])
    warnings = [*header.warnings, *parts.warnings(), *body.warnings]
    if not body.marks:
        raise EvidenceError([_no_telegram(name, header)])
    paragraphs = tuple(body.paragraphs())
    handling, no_foreign = _handling(header, paragraphs, warnings)
    if header.id is None:
        warnings.append("the copy lacks what its id is made of; it is called after its file")
    elif header.dtg is None or header.number is None or header.post is None:
        warnings.append("the cable's own lines lack its id; it is taken from the page of the archive")
    return Telegram(
        id=header.id or re.sub(r"\W+", "-", name),
        header=header,
        paragraphs=paragraphs,
        embedded=body.embedded,
        signature=body.signature,
        handling=handling,
        no_foreign=no_foreign,
        warnings=tuple(warnings),
        raw=raw,
        left_out=tuple(_left_out(given, body, parts)),
        hidden=parts.hidden(given),
    )


def joined(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the sections of one cable that were given as several files as one text, in their order.

    A file that says no section keeps its place.
    """
    ordered = sorted(parts, key=lambda part: section_of(part[1])) if all(section_of(raw) for _, raw in parts) else parts
    return b"\n".join(raw if raw.endswith(b"\n") else raw + b"\n" for _, raw in ordered)


def _left_out(lines: tuple[Line, ...], body: _Body, parts: Sections) -> Iterator[LeftOut]:
    """What is no paragraph: the header, the heads of later sections, page lines, and what follows the report."""
    heads = parts.lines()
    kinds = dict.fromkeys(range(body.first), "header")
    kinds |= {at: "page line" for at, line in enumerate(lines) if at >= body.first and is_page_line(line.text)}
    kinds |= dict.fromkeys(range(body.last, len(lines)), "after the report") | dict.fromkeys(heads, "head of a section")
    spoken = ((at, kind) for at, kind in sorted(kinds.items()) if lines[at].text.strip())
    for kind, group in groupby(spoken, key=lambda each: each[1]):
        numbers = [at for at, _ in group]
        text = "\n".join(lines[at].text.strip() for at in numbers)
        yield LeftOut(kind, f"line {numbers[0] + 1}", text)


def _handling(header: Header, paragraphs: tuple[Paragraph, ...], warnings: list[str]) -> tuple[Handling, bool]:
    """The strictest handling that any marking asks for; marks that the caption does not bear out are reported."""
    captions = (header.marking or "", *header.captions)
    marks = tuple(paragraph.text[:12] for paragraph in paragraphs)
    no_foreign = any(_NO_FOREIGN.search(words) for words in (*captions, *marks))
    captioned = any(_SENSITIVE.search(words) for words in captions)
    marked = any(_SENSITIVE.match(words) for words in marks)
    if marked and not captioned:
        warnings.append("paragraphs are marked SBU and the caption is not; the whole is handled as SBU")
    if captioned or marked:
        return "sensitive but unclassified", no_foreign
    return ("unclassified" if header.marking else "unknown"), no_foreign


def _no_text(raw: bytes, name: str) -> Problem | None:
    if not raw.strip():
        return Problem(where=f"{name}:1:1", what="the file is empty", cure="name the file that holds the telegram")
    if raw.startswith(b"%PDF") or b"\0" in raw:
        return Problem(
            where=f"{name}:1:1",
            what="this is no plain text",
            cure="save the telegram's text as a text file, or write the format that this is",
        )
    return None


def _no_telegram(name: str, header: Header) -> Problem:
    lacking = [
        part
        for part, found in (
            ("message number", header.number),
            ("date-time group", header.dtg_raw),
            ("subject", header.subject),
        )
        if found is None
    ]
    what = "no numbered paragraph" + (f", no {', no '.join(lacking)}" if lacking else "")
    return Problem(
        where=f"{name}:1:1",
        what=f"not a whole telegram: {what}",
        cure="give the telegram with its header and its numbered paragraphs, or write `format: text`",
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    """A paragraph mark: the line it stands on, the number it was read as, its text, and the byte after it."""

    line: int
    number: int
    shown: str
    after: int


class _Body:
    """Finds the marks below the header, then the signature and whatever follows the report."""

    def __init__(self, raw: bytes, lines: tuple[Line, ...], hidden: Hidden) -> None:
        self._raw = raw
        self._hidden = hidden
        self._lines = lines
        self.warnings: list[str] = []
        self.marks: list[_Mark] = []
        self._prefixed: bool | None = None
        self._embedded_at: int | None = None
        self._wrapped = self._find_wrapped()
        begin = self._below_header()
        self._prefixed = None
        self._find_marks(begin)
        self.first = self._above(begin)
        self.last, self.signature = self._ending()

    def _below_header(self) -> int:
        """The line past the header. Once a paragraph 1 is met below a header line, header words are only words."""
        begin = 0
        for number, line in enumerate(self._lines):
            if is_header_line(line.text):
                begin = number + 1
            elif begin and self._mark(number) is not None:
                break
        return begin

    # -- marks --------------------------------------------------------------------------------------------------

    def _find_marks(self, begin: int) -> None:
        for number in range(begin, len(self._lines)):
            mark = self._mark(number)
            if mark is None:
                continue
            if self.marks and mark.number == 1:
                self._embedded_at = number
                self.warnings.append(f"line {number + 1}: a second paragraph 1; what follows is not the post's report")
                return
            if mark.number != self._expected:
                self.warnings.append(
                    f"line {number + 1}: paragraph {mark.number} follows paragraph {self._expected - 1}"
                )
            self.marks.append(mark)

    @property
    def _expected(self) -> int:
        return self.marks[-1].number + 1 if self.marks else 1

    def _mark(self, number: int) -> _Mark | None:
        """The mark at the start of a line, if one stands there that fits the numbering."""
        line = self._lines[number]
        for shape in (_LINKED, _PILCROW):
            if found := shape.match(line.text):
                return self._made(number, int(found["number"]), found)
        found = _SCANNED.match(line.text)
        if found and int(found["number"]) == self._expected:
            return self._made(number, self._expected, found)
        found = _BARE.match(line.text)
        if found and (read := self._bare(number, found["number"])) is not None:
            return self._made(number, read, found)
        return None

    def _bare(self, number: int, digits: str) -> int | None:
        """Read a bare number: as it stands, or with a leading 1 that was a pilcrow, as the document does it."""
        plain, prefixed = int(digits), int(digits[1:]) if digits[0] == "1" and len(digits) > 1 else None
        if number in self._wrapped:
            return None
        begins = self._begins(number)
        if self._prefixed is not True and plain == self._expected:
            self._prefixed = False if self.marks or plain == 1 else self._prefixed
            return plain
        if prefixed == self._expected and (self._prefixed is not False or begins):
            self._prefixed = True if self._prefixed is None else self._prefixed
            return prefixed
        read = prefixed if self._prefixed else plain
        if read == 1 and self._below_blank(number):
            return read  # an enclosure: its heading is no whole sentence
        return read if begins and read is not None and self._expected - 1 <= read < 100 else None

    def _below_blank(self, number: int) -> bool:
        return number == 0 or not self._lines[number - 1].text.strip()

    def _begins(self, number: int) -> bool:
        """Whether a line stands below a blank one, and below a whole sentence if it is not the first mark."""
        if not self._below_blank(number):
            return False
        above = next((line.text.strip() for line in reversed(self._lines[:number]) if line.text.strip()), "")
        return not self.marks or above.endswith((".", "!", "?", ":", '"', "\N{RIGHT DOUBLE QUOTATION MARK}", ")"))

    def _find_wrapped(self) -> set[int]:
        """Lines that go on with a number in a sentence, while the same mark stands below a blank line further on."""
        after_blank: dict[str, int] = {}
        wrapped: set[int] = set()
        for number in range(len(self._lines) - 1, 0, -1):
            found = _BARE.match(self._lines[number].text)
            if found is None:
                continue
            above = self._lines[number - 1].text.strip()
            if not above:
                after_blank[found["number"]] = number
            elif above[-1] not in ".!?:" and found["number"] in after_blank:
                wrapped.add(number)
        return wrapped

    def _made(self, number: int, read: int, found: re.Match[str]) -> _Mark:
        line = self._lines[number]
        offset = SourceText.of(self._raw[line.start : line.end]).offsets[found.end()]
        return _Mark(number, read, found[0].strip(), line.start + offset)

    # -- around the marks ---------------------------------------------------------------------------------------

    def _above(self, begin: int) -> int:
        """The first line below the header: of the text before paragraph 1, or paragraph 1 itself."""
        if not self.marks:
            return len(self._lines)
        line = begin
        while line < self.marks[0].line and self._lines[line].text.strip():
            line += 1
        preamble = [n for n in range(line, self.marks[0].line) if _prose(self._lines[n].text)]
        return preamble[0] if preamble else self.marks[0].line

    def _ending(self) -> tuple[int, str | None]:
        """The line past the last paragraph, and the signature if one stands there."""
        if not self.marks:
            return len(self._lines), None
        last = self._embedded_at if self._embedded_at is not None else len(self._lines)
        while last > self.marks[-1].line + 1 and self._is_trailer(last - 1):
            last -= 1
        words = self._lines[last - 1].text.strip()
        before = self._lines[last - 2].text.strip() if last >= 2 else ""
        signed = last - 1 > self.marks[-1].line and _SIGNATURE.match(words) and not words.endswith(".")
        if signed and (not before or before[-1] in '.?!"”)'):
            return last - 1, words
        return last, None

    def _is_trailer(self, number: int) -> bool:
        text = self._lines[number].text.strip()
        return not text or _TRAILER.match(text) is not None

    @property
    def embedded(self) -> str:
        """The text from a second paragraph 1 on."""
        if self._embedded_at is None:
            return ""
        return PlainText.of(self._raw, self._lines[self._embedded_at].start, len(self._raw), self._hidden).characters

    # -- paragraphs ---------------------------------------------------------------------------------------------

    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs in order, with the text before the first as paragraph 0."""
        starts = [(mark.number, mark.shown, mark.after, mark.line) for mark in self.marks]
        if self.first < self.marks[0].line:
            starts.insert(0, (0, "", self._lines[self.first].start, self.first))
        ends = [line for *_, line in starts[1:]] + [self.last]
        return [
            self._paragraph(number, shown, after, end)
            for (number, shown, after, _), end in zip(starts, ends, strict=True)
        ]

    def _paragraph(self, number: int, mark: str, start: int, past: int) -> Paragraph:
        text = PlainText.of(self._raw, start, max(start, self._lines[past - 1].end), self._hidden)
        if not text.spans:
            return Paragraph(number, mark, "", start, start)
        return Paragraph(number, mark, text.characters, text.spans[0][0], text.spans[-1][1])


def _prose(line: str) -> bool:
    """Whether a line above paragraph 1 is a sentence or heading of the body, and no dash line or caption."""
    return bool(re.search(r"[a-z]{2}", line))


__all__ = ["Paragraph", "Telegram", "joined", "read_telegram"]
