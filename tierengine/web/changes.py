"""Changes of a dossier: one at a time, none lost, and each can be undone by the person who made it."""

from __future__ import annotations

from tierengine.web.answers import Answers
from tierengine.web.shelf import Shelf


class Changes:
    """Writes what people decide into the files of dossiers."""

    def __init__(self, shelf: Shelf, answers: Answers) -> None:
        self._shelf = shelf
        self._answers = answers
