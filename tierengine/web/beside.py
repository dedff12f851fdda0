"""Files that lie beside a dossier and that it does not name: sources that came in, and nobody took in yet."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from tierengine.evidence.sources.reading import LARGEST, may_be_source
from tierengine.web.shelf import Kept

_OURS = b"tierengine"
"""Every report and document that the program writes says so."""


class Beside:
    """Looks for such files; of each it is found out once whether the program wrote it itself."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ours: dict[Path, tuple[int, int, bool]] = {}
        """Files by their time of change and size, and whether the program wrote them."""

    def of(self, dossiers: Iterable[Kept]) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the files beside each dossier, by the name of the dossier; only where there are any.

        Beside one that cannot be used nobody knows which files it names, so that none is named.
        """
        every = tuple(dossiers)
        named = {each.path for each in every}
        for each in every:
            if each.casefile is not None:
                named |= {(each.path.parent / name).resolve() for name in each.casefile.files}
        unsound = {each.path.parent for each in every if each.casefile is None}
        found = {}
        for each in every:
            if each.path.parent not in unsound and (names := tuple(self._in(each.path.parent, named))):
                found[each.name] = names
        return found

    def _in(self, folder: Path, named: set[Path]) -> Iterable[str]:
        for path in sorted(folder.iterdir()):
            if may_be_source(path.name) and path.is_file() and path.resolve() not in named and not self._is_ours(path):
                yield path.name

    def _is_ours(self, path: Path) -> bool:
        try:
            state = path.stat()
            with self._lock:
                known = self._ours.get(path)
            if known is not None and known[:2] == (state.st_mtime_ns, state.st_size):
                return known[2]
            ours = state.st_size <= LARGEST and _says_so(path)
        except OSError:
            return True  # it went away while it was looked at
        with self._lock:
            self._ours[path] = (state.st_mtime_ns, state.st_size, ours)
        return ours


def _says_so(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return _OURS in path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            about = archive.getinfo("docProps/core.xml")
            return about.file_size < 100_000 and _OURS in archive.read(about)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False
