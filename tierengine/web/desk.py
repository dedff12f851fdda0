"""The desk itself: the folder of dossiers, the law, the answers made of them, and the changes made to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from tierengine.errors import EvidenceError, NotInForceError, Problem
from tierengine.evidence.handling import EVERYTHING, Mark
from tierengine.law.rulebook import Rulebook
from tierengine.reasoning.release import shown_part, shown_whole
from tierengine.web.announced import Announced
from tierengine.web.answers import Answers
from tierengine.web.beside import Beside
from tierengine.web.book import Book
from tierengine.web.changes import Changes
from tierengine.web.lawbook import Lawbook
from tierengine.web.onrecord import OnRecord
from tierengine.web.remembered import Remembered
from tierengine.web.shelf import Kept, Shelf
from tierengine.web.work import Works


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every page works on."""

    shelf: Shelf
    lawbook: Lawbook
    answers: Answers
    changes: Changes
    book: Book
    """The ledger, and the keys on this machine."""
    works: Works = field(default_factory=Works)
    """Long work on the law."""
    beside: Beside = field(default_factory=Beside)
    """The files that lie beside dossiers."""
    cases: Path | None = None
    """Other cases than its own dossiers over which the census of a change of law is taken: Parquet, or a folder."""
    onrecord: OnRecord = field(init=False)
    """What the ledger says in short."""

    def __post_init__(self) -> None:
        """Look at the ledger of the book."""
        object.__setattr__(self, "onrecord", OnRecord(self.book))

    @property
    def folder(self) -> Path:
        """The folder of the dossiers."""
        return self.shelf.folder

    @property
    def rulebook(self) -> Rulebook:
        """The law as its files stand. Raise `RulebookError` if it is unsound."""
        return self.lawbook.rulebook

    def shown(self, kept: Kept, cleared: Mark) -> Kept:
        """Return a dossier as it is shown to whom a mark is shown: without what bears a stricter one.

        Of one that cannot be used nobody knows what it holds: the others are shown that alone.
        """
        if cleared == EVERYTHING:
            return kept
        casefile = kept.casefile
        if casefile is None:
            return replace(kept, raw=b"", problems=(_unread(kept.name),), withheld=True)
        if shown_whole(casefile, cleared):
            return kept
        try:
            law = self.answers.law(casefile)
            part = self.answers.kept(
                "shown", casefile, lambda: shown_part(casefile, law, cleared), kept.version, str(cleared)
            )
        except (EvidenceError, NotInForceError):
            return replace(kept, raw=b"", casefile=None, problems=(_unread(kept.name),), withheld=True)
        return replace(kept, raw=b"", casefile=part, withheld=True)

    def all_shown(self, cleared: Mark) -> tuple[Kept, ...]:
        """Return every dossier of the folder, as it is shown to whom a mark is shown."""
        return tuple(self.shown(each, cleared) for each in self.shelf.all())

    def whole_cases(self, cleared: Mark) -> frozenset[str] | None:
        """Return the cases that are shown as a whole to whom a mark is shown; nothing if all are, also past ones."""
        if cleared == EVERYTHING:
            return None
        shown, hidden = set[str](), set[str]()
        for each in self.all_shown(cleared):
            if each.casefile is not None:
                (hidden if each.withheld else shown).add(each.casefile.dossier.id)
        return frozenset(shown - hidden)


def _unread(name: str) -> Problem:
    what = "cannot be used as it stands; what is wrong is shown to those who are cleared for every mark"
    return Problem(where=name, what=what, cure="ask somebody who is")


def open_desk(
    folder: Path,
    law: Path,
    *,
    cache: Path | None,
    ledger: str | None = None,
    keys: Path,
    announced: Announced | None = None,
    cases: Path | None = None,
) -> Desk:
    """Return a desk over a folder of dossiers, with the law in another one; its own ledger lies in the folder.

    With `announced`, people sign in their browsers, and their public keys wait there to be enrolled.
    """
    shelf, lawbook = Shelf(folder), Lawbook(law, cache)
    answers = Answers(lawbook, Remembered(cache, folder))
    place = ledger or str(folder / "ledger.sqlite")
    book = Book(place, keys, announced=announced)
    return Desk(shelf=shelf, lawbook=lawbook, answers=answers, changes=Changes(shelf, answers), book=book, cases=cases)
