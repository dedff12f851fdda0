"""A document before any format decides how it looks: sentences with their grounds, blanks, what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

WRITE = "WRITE: "
"""What a blank begins with: a person replaces it and the brackets around it."""
RECORDS = "Records"
"""The heading of the list of records."""
MADE_FROM = "Made from"
"""The heading of the list by which the checker finds what a document was made from."""
MADE_FROM_NAMES = ("Document", "Dossier", "Year before", "Law", "Templates", "Ledger", "Release", "Program")
"""What that list names."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, or a few that go together, and the names of the records, clauses and entries on which it stands."""

    text: str
    grounds: tuple[str, ...] = ()

    @property
    def marked(self) -> str:
        """The words with their grounds behind them, as they stand in the document."""
        return f"{self.text} [{'; '.join(self.grounds)}]" if self.grounds else self.text


@dataclass(frozen=True, slots=True)
class Blank:
    """What a person must still write."""

    says: str
    label: str = ""

    @property
    def marked(self) -> str:
        """The blank as it stands in the document."""
        return f"{self.label}: [{WRITE}{self.says}]" if self.label else f"[{WRITE}{self.says}]"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences and blanks that stand together, perhaps as one item of a list."""

    pieces: tuple[Said | Blank, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document: its heading, the provision that requires it if one does, and its paragraphs."""

    id: str
    heading: str
    required_by: str | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def pieces(self) -> Iterator[Said | Blank]:
        """Every sentence and blank, in order."""
        for paragraph in self.paragraphs:
            yield from paragraph.pieces

    @property
    def lacks(self) -> str | None:
        """Why the part is not whole; nothing where it says something and leaves no blank."""
        blanks = [piece for piece in self.pieces if isinstance(piece, Blank)]
        if blanks:
            return f"{_counted(len(blanks), 'blank')} must be filled"
        return None if any(isinstance(piece, Said) for piece in self.pieces) else "nothing on record stands in it"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a sentence cites by its name: the place, and the words there."""

    name: str
    at: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document as it was drafted."""

    kind: str
    day: date
    """The day whose law decides."""
    title: str
    purpose: str
    marking: str
    notes: tuple[Said, ...]
    """What it says of itself at its head: what it lacks, and what of it is released."""
    sections: tuple[Section, ...]
    exhibits: tuple[Exhibit, ...]
    made_from: tuple[tuple[str, str], ...]
    """What it was made from, each by its name."""

    @property
    def lacking(self) -> tuple[Section, ...]:
        """The parts that a provision requires and that are not whole."""
        return tuple(each for each in self.sections if each.required_by is not None and each.lacks is not None)
