"""A finished document held against what it stands on: every sentence, figure, promise and part of it.

A sentence that stands as it was drafted holds. One that a person changed or wrote must carry a mark of its own, and is
held against the records in it (`claims.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from tierengine.documents.claims import JUDGEMENT, NUMBER, WORD, Claims, hits
from tierengine.documents.draft import WRITE, Blank, Draft, Said, Section
from tierengine.documents.finished import Finished, Headed, Line, alike
from tierengine.documents.marks import Chunk, chunks_of, sentences_of, short
from tierengine.documents.matter import ANSWER, Matter
from tierengine.documents.paper import cut
from tierengine.errors import Problem

_LONGEST_FORM = 20
"""How many words a line may have that a person fills in."""
_HEAD = Section("head", "", None, ())
"""What stands above the first heading; nothing is drafted there but the notes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: faults of what is said, what is still missing, and what a person answers for."""

    holding: int
    """How many sentences hold."""
    faults: tuple[Problem, ...]
    missing: tuple[Problem, ...]
    blanks: tuple[Problem, ...]
    """What is still blank where no provision requires it."""
    own: tuple[str, ...]
    """The sentences that are in a person's own words and in which nothing is at fault."""


def check(finished: Finished, draft: Draft, matter: Matter) -> Checked:
    """Return what is wrong with a finished document, held against one drafted now from the same dossier."""
    checker = _Checker(cut(finished, draft, matter) if finished.flowing else finished, draft, matter)
    checker.run()
    return Checked(
        checker.holding, tuple(checker.faults), tuple(checker.missing), tuple(checker.blanks), tuple(checker.own)
    )


@dataclass
class _Checker:
    finished: Finished
    draft: Draft
    matter: Matter
    holding: int = 0
    faults: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    blanks: list[Problem] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    @cached_property
    def _claims(self) -> Claims:
        return Claims(self.matter, self.draft)

    # -- the whole --------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Look at the head, then at each part, then at what the statute requires, and at the list of records."""
        head, *parts = self.finished.body
        self._head(head)
        for part in parts:
            section = self._section(part.heading)
            if section is None:
                what = f"no part of this document is headed \u201c{part.heading}\u201d"
                known = ", ".join(f"\u201c{each.heading}\u201d" for each in self.draft.sections)
                self._fault(part.where, what, f"use one of its headings: {known}")
            for line in part.lines:
                self._line(line, section)
        for section in self.draft.sections:
            if section.required_by is not None:
                self._required(section, [part for part in parts if alike(part.heading) == alike(section.heading)])
        self._records()

    def _fault(self, where: str, what: str, cure: str) -> None:
        self.faults.append(Problem(where=where, what=what, cure=cure))

    def _section(self, heading: str) -> Section | None:
        return next((each for each in self.draft.sections if alike(each.heading) == alike(heading)), None)

    def _head(self, head: Headed) -> None:
        if alike(head.heading) != alike(self.draft.title):
            self._fault(head.where, "the title is not as it was drafted", f"write: {self.draft.title}")
        lines = [alike(line.text) for line in head.lines]
        margins = [alike(each) for each in self.finished.margins]
        marking = alike(self.draft.marking)
        page = re.compile(rf"{re.escape(marking)}( (Page )?\d*\s?(of|/)\s?\d*)?")
        if marking not in lines or not all(page.fullmatch(each) for each in margins):
            what = f"the marking {self.draft.marking} is lost, or something stands beside it"
            cure = "put it alone on a line under the title, and at the head and foot of the pages"
            self._fault(head.where, what, cure)
        known = {marking, alike(self.draft.purpose), *(alike(note.marked) for note in self.draft.notes)}
        for line in head.lines:
            if alike(line.text) not in known:
                self._line(line, _HEAD)

    def _required(self, section: Section, found: list[Headed]) -> None:
        """That a part which a provision requires is there, has no blank, and still says all that was drafted."""
        where, name = self.finished.name, f"\u201c{section.heading}\u201d, which {section.required_by} requires"
        lines = [line for part in found for line in part.lines]
        if not lines:
            self.missing.append(
                Problem(where=where, what=f"{name}, is missing", cure="put the part back, or draft anew")
            )
            return
        chunks = [chunk for line in lines for chunk in chunks_of(line.text)]
        for chunk in chunks:
            if chunk.blank is not None:
                self.missing.append(Problem(where=where, what=f"{name}, has a blank", cure=f"write {chunk.blank}"))
        said = {alike(chunk.text) for chunk in chunks}
        own = [chunk for chunk in chunks if chunk.text and alike(chunk.text) not in self._claims.drafted]
        cited = {name for chunk in own for name in chunk.names}
        for piece in section.pieces:
            if isinstance(piece, Said) and alike(piece.text) not in said and not set(piece.grounds) <= cited:
                lost = [each for each in piece.grounds if each not in cited and self._is_record(each)]
                says = f"speaks of {', '.join(f'[{each}]' for each in lost)}"
                what = f"{name}, no longer " + (says if lost else f"says \u201c{short(piece.text)}\u201d")
                self.missing.append(Problem(where=where, what=what, cure=f"put back: {piece.marked}"))
        self._passed_over(section, name, chunks, len(own))

    def _is_record(self, name: str) -> bool:
        return name in self.matter.passages and name != ANSWER

    def _passed_over(self, section: Section, name: str, chunks: list[Chunk], own: int) -> None:
        """That each blank of a part is still there, or a sentence of somebody's own in its place."""
        asked = [piece.says for piece in section.pieces if isinstance(piece, Blank) and not piece.label]
        left = {alike(chunk.blank) for chunk in chunks if chunk.blank is not None}
        gone = [says for says in asked if alike(says) not in left]
        for says in gone[own:]:
            what = f"{name}, passes over what was to be written"
            self.missing.append(Problem(where=self.finished.name, what=what, cure=f"write {says}"))

    def _records(self) -> None:
        """That the list of records says what the dossier says, and lists whatever is cited."""
        listed = {alike(line.text): line for line in self.finished.records}
        expected = {
            name: f"{name}: {each.at}. {each.words}" for name in self._cited() if (each := self.matter.exhibit(name))
        }
        whole = {
            alike(f"{name}: {each.at}. {each.words}")
            for name in self.matter.passages
            if (each := self.matter.exhibit(name))
        }
        for words, line in listed.items():
            if words not in whole:
                name = line.text.partition(": ")[0]
                cure = f"write: {expected[name]}" if name in expected else "delete the line"
                self._fault(line.where, "the list of records does not say what the dossier says", cure)
        for name, words in expected.items():
            if alike(words) not in listed:
                self._fault(self.finished.name, f"[{name}] is cited and not listed under the records", f"add: {words}")

    def _cited(self) -> list[str]:
        parts = [line for part in self.finished.body for line in part.lines]
        names = (name for line in parts for chunk in chunks_of(line.text) for name in chunk.names)
        return list(dict.fromkeys(names))

    # -- a paragraph ------------------------------------------------------------------------------------------------

    def _line(self, line: Line, section: Section | None) -> None:
        if section is not None and self._form(line, section):
            return
        for chunk in chunks_of(line.text):
            if chunk.blank is not None:
                self._blank(chunk.blank, line.where, section)
            if chunk.blank is not None and not chunk.text:
                continue
            self._chunk(chunk, line.where, section)

    def _form(self, line: Line, section: Section) -> bool:
        """Whether a line is one that a person fills in and that states nothing, such as the addressee."""
        for piece in section.pieces:
            if isinstance(piece, Blank) and piece.label and line.text.startswith(f"{piece.label}: "):
                words = line.text.removeprefix(f"{piece.label}: ")
                if WRITE in words:
                    self._blank(piece.says, line.where, section)
                    return True
                undated = re.sub(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b", "", words)
                if (
                    len(words.split()) > _LONGEST_FORM
                    or NUMBER.search(undated)
                    or hits(alike(words).lower(), (*self.matter.templates.words.progress, "who", "which"))
                ):
                    what = f"what stands behind \u201c{piece.label}\u201d states something"
                    self._fault(line.where, what, "write no more than was asked for, and the statement with its record")
                return True
        return False

    def _blank(self, says: str, where: str, section: Section | None) -> None:
        if section is None or section.required_by is None:
            self.blanks.append(Problem(where=where, what="a blank is not filled", cure=f"write {says}"))

    def _chunk(self, chunk: Chunk, where: str, section: Section | None) -> None:
        text, names = alike(chunk.text), frozenset(chunk.names)
        if not WORD.search(text.lower()):
            if chunk.names:
                self._fault(
                    where, f"[{'; '.join(chunk.names)}] stands behind no words", "delete it, or put the words back"
                )
            return
        as_drafted = self._claims.drafted.get(text)
        if as_drafted is not None and any(names == each for each in as_drafted):
            self.holding += 1
            self._in_place(text, where, section)
            return
        if as_drafted is not None:
            stood = next(iter(as_drafted))
            what = (
                f"\u201c{short(chunk.text)}\u201d has lost its record"
                if names < stood or not names
                else (f"\u201c{short(chunk.text)}\u201d cites another record than the one on which it was drafted")
            )
            self._fault(where, what, f"put back behind it: [{'; '.join(sorted(stood))}]")
            return
        self._changed(chunk, where, section)

    def _in_place(self, text: str, where: str, section: Section | None) -> None:
        """That a drafted sentence stands under a heading of its own: the heading is part of what it says."""
        under = [
            each.heading
            for each in self.draft.sections
            if any(isinstance(piece, Said) and alike(piece.text) == text for piece in each.pieces)
        ]
        if section is not None and under and section.heading not in under:
            what = f"\u201c{short(text)}\u201d stands under another heading than it was drafted under"
            self._fault(where, what, f"move it back under \u201c{under[0]}\u201d")

    def _changed(self, chunk: Chunk, where: str, section: Section | None) -> None:
        """Sentences that do not stand as they were drafted."""
        judged = [name for name in chunk.names if name.startswith(JUDGEMENT)]
        known = {
            alike(sentence)
            for text, grounds in self._claims.drafted.items()
            if frozenset(chunk.names) in grounds
            for sentence in sentences_of(text)
        }
        *before, last = sentences_of(chunk.text) or [chunk.text]
        for sentence in before:
            if alike(sentence) in known:
                continue
            if judged:
                self._own(sentence, chunk, where, section)
            else:
                what = f"\u201c{short(sentence)}\u201d has no record of its own"
                self._fault(where, what, "set behind it the name of its record in square brackets, or delete it")
        if alike(last) not in known:
            self._own(last, chunk, where, section)

    def _own(self, sentence: str, chunk: Chunk, where: str, section: Section | None) -> None:
        asked = section is not None and any(isinstance(piece, Blank) and not piece.label for piece in section.pieces)
        faults = list(self._claims.faults(sentence, chunk.names, asked=asked))
        for what, cure in faults:
            self._fault(where, f"\u201c{short(sentence)}\u201d {what}", cure)
        if not faults:
            self.holding += 1
            self.own.append(f"{sentence} [{'; '.join(chunk.names)}]")
