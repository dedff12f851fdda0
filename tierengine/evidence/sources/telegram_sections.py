"""The sections of a long telegram: where the header of the next one stands in the middle of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tierengine.evidence.sources.plain import Hidden, Line, SourceText, is_page_line, without_links
from tierengine.evidence.sources.telegram_header import MARKING, head_length

_BEGINS = re.compile(r"^(?:VZCZC\w{2,}$|(?:RR|PP|OO|ZZ)\s+[A-Z]|DE\s+\w+\s+#\d|ZNR\b|[RPOZ]\s+\d{6}Z\s|BT$|NNNN$)")
"""How the lines of transmission above a section begin."""
_NUMBERED = re.compile(r"^\W{0,3}\d{1,3}\s?[.)]")
_FARTHEST = 80
"""Lines above a section's caption; sixty codes of routing fill nine of them."""


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections that were met, as number and of how many, and the lines that are heads of a later one."""

    met: tuple[int, ...] = ()
    of: int = 0
    heads: tuple[tuple[int, int], ...] = ()
    """The first line of each head, and the line past it."""
    cable: str = ""
    """What the caption calls the cable, its post and its number; empty where it does not say."""

    def lines(self) -> set[int]:
        """The numbers of all lines of heads."""
        return {line for first, past in self.heads for line in range(first, past)}

    def hidden(self, lines: Sequence[Line]) -> Hidden:
        """The bytes of the heads."""
        return tuple((lines[first].start, lines[past - 1].end) for first, past in self.heads)

    def warnings(self) -> list[str]:
        """Report which sections are not here, or stand in another order."""
        found = []
        missing = [number for number in range(1, self.of + 1) if number not in self.met]
        if len(self.met) == 1 and missing:
            found.append(f"this is section {self.met[0]} of {self.of}; the others are not here")
        elif missing:
            found.append(f"of {self.of} sections these are not here: {', '.join(map(str, missing))}")
        if list(self.met) != sorted(self.met):
            found.append(f"the sections stand in the order {', '.join(map(str, self.met))}")
        return found


def sections(lines: Sequence[Line]) -> Sections:
    """Find the sections of a cable: those of one message number, as the captions give them."""
    words = [" ".join(without_links(line.text).split()) for line in lines]
    captions = [(at, found) for at, text in enumerate(words) if (found := MARKING.match(text)) and found["section"]]
    if not captions:
        return Sections()
    _, first = captions[0]
    met, heads = [int(first["section"])], []
    for at, caption in captions[1:]:
        number = int(caption["section"])
        if _same(first, caption) and number not in met:
            met.append(number)
            heads.append((_above(words, at), at + 1 + _below(words[at + 1 :])))
    cable = f"{first['post']} {int(first['number'])} in {first['sections']}" if first["number"] else ""
    return Sections(tuple(met), int(first["sections"]), tuple(heads), cable)


def sections_of(raw: bytes) -> Sections:
    """Find the sections of a cable in the bytes of a file."""
    return sections(SourceText.of(raw).lines())


def section_of(raw: bytes) -> int:
    """Return which section a file begins with; 0 if it does not say."""
    met = sections_of(raw).met
    return met[0] if met else 0


def _same(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two captions are of one cable."""
    return one["post"] == other["post"] and int(one["number"] or 0) == int(other["number"] or 0)


def _above(words: list[str], at: int) -> int:
    """The line at which the transmission of a section begins, above its caption."""
    begin = at
    for line in range(at - 1, max(-1, at - _FARTHEST), -1):
        if re.search(r"[a-z]{2}", words[line]):
            break
        if _BEGINS.match(words[line]):
            begin = line
    return begin


def _below(words: list[str]) -> int:
    """How many lines below a caption are captions, addresses and keys, which every section repeats."""
    numbered = next((at for at, text in enumerate(words) if _NUMBERED.match(text)), len(words))
    return head_length(words[:numbered])


def blanked(lines: Sequence[Line], hidden: set[int]) -> tuple[Line, ...]:
    """The lines with those that are hidden, and page lines, as lines without words."""
    return tuple(
        Line("", line.start, line.start) if at in hidden or is_page_line(line.text) else line
        for at, line in enumerate(lines)
    )
