"""A finished document that came as a PDF, cut anew into its parts and sentences.

A PDF holds lines on pages and no paragraphs. What stands as it was drafted is known again, wherever a line breaks;
what does not is cut at its marks, and where the reader of sources sees that a paragraph begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tierengine.documents.draft import MADE_FROM, RECORDS, WRITE, Blank, Draft, Said
from tierengine.documents.finished import Finished, Headed, Line, alike
from tierengine.documents.matter import Matter

_BULLETS = {"\u2022", "\u2013", "-", "\u25aa", "\uf0b7"}
_LONGEST_HEADING = 4
"""Over how many lines a heading may go."""
_AFTER_LETTER = re.compile(r"(?<=[^\W\d_])-")
_MARK = re.compile(r"\[([^\[\]]*)\]")
_ENDED = re.compile(r"[.!?:;\])\"]$")


def cut(finished: Finished, draft: Draft, matter: Matter) -> Finished:
    """Return a document that came as a PDF as one that did not, known again by its draft."""
    lines = [line for part in finished.parts for line in part.lines if alike(part.heading) != alike(MADE_FROM)]
    title, rest = _title(lines, draft)
    headings = [section.heading for section in draft.sections] + [RECORDS, *finished.headings]
    pieces = [piece for section in draft.sections for piece in section.pieces]
    labels = tuple(f"{piece.label}:" for piece in pieces if isinstance(piece, Blank) and piece.label)
    grounds = {name for piece in pieces if isinstance(piece, Said) for name in piece.grounds}
    names = {_tight(name): name for name in (*matter.passages, *grounds)}
    head = _Known.of([draft.marking, draft.purpose, *(note.marked for note in draft.notes)])
    body = _Known.of((piece.marked for piece in pieces), labels, names)
    exhibits = filter(None, map(matter.exhibit, matter.passages))
    records = _Known.of(f"{each.name}: {each.at}. {each.words}" for each in exhibits)
    parts = []
    for number, part in enumerate(_parts(title, rest, headings)):
        known = head if number == 0 else records if alike(part.heading) == alike(RECORDS) else body
        parts.append(replace(part, lines=tuple(_cut(part.lines, known))))
    return replace(finished, parts=tuple(parts))


# -- headings -------------------------------------------------------------------------------------------------------


def _title(lines: Sequence[Line], draft: Draft) -> tuple[Line, Sequence[Line]]:
    """The title, over however many lines, and what follows it: what stands above the marking, where it was changed."""
    for many in range(1, min(_LONGEST_HEADING, len(lines)) + 1):
        if _tight(_joined(lines[:many])) == _tight(draft.title):
            return Line(lines[0].where, draft.title), lines[many:]
    marking = _tight(draft.marking)
    many = next((n for n, line in enumerate(lines[:_LONGEST_HEADING]) if _tight(line.text).startswith(marking)), 1)
    where = lines[0].where if lines else ""
    return Line(where, _joined(lines[:many])), lines[many:]


def _parts(title: Line, lines: Sequence[Line], headings: Iterable[str]) -> Iterator[Headed]:
    """The lines under each heading."""
    known = {_tight(heading): heading for heading in headings}
    where, heading, under, at = title.where, title.text, list[Line](), 0
    while at < len(lines):
        found = ((many, known.get(_tight(_joined(lines[at : at + many])))) for many in range(1, _LONGEST_HEADING + 1))
        many, name = next(((many, name) for many, name in found if name is not None), (1, None))
        if name is None:
            under.append(lines[at])
        else:
            yield Headed(where, heading, tuple(under))
            where, heading, under = lines[at].where, name, []
        at += many
    yield Headed(where, heading, tuple(under))


def _joined(lines: Iterable[Line]) -> str:
    return " ".join(line.text for line in lines)


def _tight(text: str) -> str:
    """Words as no line end can change them: without spaces, and without the hyphens that may break a word."""
    return "".join(map(_tight_word, alike(text).split()))


def _tight_word(word: str) -> str:
    return _AFTER_LETTER.sub("", word)


# -- lines ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """What was drafted, each by its tight words, the longest first; and what else can be known again."""

    pieces: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    """What stands before the words that a person fills in."""
    names: Mapping[str, str]
    """What a sentence may cite, by its tight words."""

    @classmethod
    def of(cls, pieces: Iterable[str], labels: tuple[str, ...] = (), names: Mapping[str, str] | None = None) -> _Known:
        pieces_by_text = {_tight(piece): piece for piece in pieces}
        return cls(tuple(sorted(pieces_by_text.items(), key=lambda each: -len(each[0]))), labels, names or {})

    def goes_on(self, words: str) -> bool:
        """Whether some words are the beginning of what was drafted."""
        return any(tight.startswith(words) for tight, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    where: str
    begins: bool
    """Whether the reader saw a paragraph begin here."""


@dataclass(frozen=True)
class _Text:
    """The words of a part, and all of them tight, with the place at which each begins."""

    words: tuple[_Word, ...]

    @cached_property
    def starts(self) -> dict[int, int]:
        """The place in the tight text at which each word begins; the last is its end."""
        at, found = 0, {}
        for number, word in enumerate(self.words):
            found[number] = at
            at += len(_tight_word(word.text))
        return {**found, len(self.words): at}

    @cached_property
    def ends(self) -> dict[int, int]:
        """The word that begins at each place of the tight text."""
        return {at: number for number, at in self.starts.items()}

    @cached_property
    def tight(self) -> str:
        """All words, tight."""
        return "".join(_tight_word(word.text) for word in self.words)


def _cut(lines: Iterable[Line], known: _Known) -> Iterator[Line]:
    """Cut lines of a page into what was drafted and what was not."""
    text = _Text(tuple(_words(lines)))
    at, own = 0, list[_Word]()
    while at < len(text.words):
        piece, after = _drafted(text, at, known)
        word = text.words[at]
        if own and (piece is not None or _begins(text, at, own, known)):
            yield _line(own, known)
            own = []
        if piece is not None:
            yield Line(word.where, piece)
            at = after
            continue
        if own or word.text not in _BULLETS:
            own.append(word)
        at += 1
        if own and word.text.rstrip(".;,").endswith("]"):
            yield _line(own, known)
            own = []
    if own:
        yield _line(own, known)


def _words(lines: Iterable[Line]) -> Iterator[_Word]:
    for line in lines:
        for number, word in enumerate(alike(line.text).split()):
            yield _Word(word, line.where, begins=number == 0)


def _drafted(text: _Text, at: int, known: _Known) -> tuple[str | None, int]:
    """What was drafted and stands there word for word, and the number of the word behind it."""
    start = text.starts[at]
    for tight, piece in known.pieces:
        if text.tight.startswith(tight, start) and start + len(tight) in text.ends:
            return piece, text.ends[start + len(tight)]
    return None, at


def _begins(text: _Text, at: int, own: Sequence[_Word], known: _Known) -> bool:
    """Whether a paragraph begins with a word, behind some that were not drafted."""
    word = text.words[at]
    if not word.begins:
        return False
    rest = " ".join(each.text for each in text.words[at : at + 4])
    if word.text in _BULLETS or any(rest.startswith(label) for label in known.labels):
        return True
    said = " ".join(each.text for each in own)
    in_a_mark = said.count("[") > said.count("]") or (word.text.startswith("[") and not rest.startswith(f"[{WRITE}"))
    return not in_a_mark and bool(_ENDED.search(said)) and not known.goes_on(_tight(said))


def _line(words: Sequence[_Word], known: _Known) -> Line:
    text = " ".join(word.text for word in words)
    return Line(words[0].where, _MARK.sub(lambda mark: f"[{'; '.join(_names(mark[1], known))}]", text))


def _names(mark: str, known: _Known) -> Iterator[str]:
    """The names in a mark, without the spaces that line ends left in them."""
    for each in mark.split(";"):
        name = each.strip()
        yield known.names.get(_tight(name), name.replace(") (", ")("))
