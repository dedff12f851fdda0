"""The desk itself: the folder of dossiers, the law, the answers made of them, and the changes made to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tierengine.law.rulebook import Rulebook
from tierengine.web.answers import Answers
from tierengine.web.book import Book
from tierengine.web.changes import Changes
from tierengine.web.lawbook import Lawbook
from tierengine.web.shelf import Shelf
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

    @property
    def folder(self) -> Path:
        """The folder of the dossiers."""
        return self.shelf.folder

    @property
    def rulebook(self) -> Rulebook:
        """The law as its files stand. Raise `RulebookError` if it is unsound."""
        return self.lawbook.rulebook


def open_desk(folder: Path, law: Path, *, cache: Path | None, ledger: str | None = None, keys: Path) -> Desk:
    """Return a desk over a folder of dossiers, with the law in another one; its own ledger lies in the folder."""
    shelf, lawbook = Shelf(folder), Lawbook(law, cache)
    answers = Answers(lawbook)
    place = ledger or str(folder / "ledger.sqlite")
    book = Book(place, keys)
    return Desk(shelf=shelf, lawbook=lawbook, answers=answers, changes=Changes(shelf, answers), book=book)
