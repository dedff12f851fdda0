"""The law in `criteria/` and `rules/`, as its files stand now."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from time import monotonic

from tierengine.documents.templates import Templates, read_templates
from tierengine.law.reader import read_rulebook
from tierengine.law.rulebook import Rulebook

_PAUSE = 1.0
"""Seconds after which the files are looked at again."""


class Lawbook:
    """The rulebook of a folder, read anew when one of its files changed."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder = folder
        self.cache = cache
        """Where rulebooks that were found sound are kept."""
        self._lock = RLock()
        self._state: tuple[tuple[str, int, int], ...] = ()
        self._looked = -_PAUSE
        self._rulebook: Rulebook | None = None
        self._templates: Templates | None = None

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook as it stands. Raise `RulebookError` if it is unsound."""
        with self._lock:
            if self._rulebook is not None and monotonic() - self._looked < _PAUSE:
                return self._rulebook
            state = self._files()
            if self._rulebook is None or state != self._state:
                self._rulebook = read_rulebook(self.folder, cache=self.cache)
                self._state = state
                self._templates = None
            self._looked = monotonic()
            return self._rulebook

    def changed(self) -> None:
        """Look at the files again when they are next asked for: one of them was written."""
        with self._lock:
            self._looked = -_PAUSE

    @property
    def templates(self) -> Templates:
        """The templates of documents as they stand. Raise `RulebookError` if they, or the rulebook, are unsound."""
        with self._lock:
            _ = self.rulebook  # it looks at the files
            if self._templates is None:
                self._templates = read_templates(self.folder)
            return self._templates

    def _files(self) -> tuple[tuple[str, int, int], ...]:
        found = (path for part in ("criteria", "rules") for path in sorted((self.folder / part).rglob("*.yaml")))
        return tuple((str(path), (state := path.stat()).st_mtime_ns, state.st_size) for path in found)
