"""The dossiers of a folder, as their files stand now: what is edited beside the desk appears in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from tierengine import canonical, yamlfile
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, dossier_in
from tierengine.evidence.unfilled import without_blanks
from tierengine.yamlfile import Document

_DOSSIER = re.compile(rb"^government:", re.MULTILINE)
_COUNTRY = re.compile(r"[A-Z]{2}")
_YEAR = re.compile(r"([12][0-9]{3})-[0-9]{2}-[0-9]{2}")

_State = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of each file that a dossier was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A dossier of the folder: where it lies, its address, and what could be read of it."""

    path: Path
    name: str
    """Its file, from the folder of the desk."""
    country: str
    """ISO 3166-1 alpha-2."""
    edition: str
    """The year of the report, as in `2008`, with `-interim` for an interim assessment."""
    raw: bytes
    version: str
    """The digest of its file as it stands."""
    casefile: Casefile | None
    """Nothing where it cannot be used."""
    problems: tuple[Problem, ...]
    """Why it cannot be used."""
    withheld: bool = False
    """Whether something of it is withheld from who asks, who is not cleared for it."""

    @property
    def address(self) -> str:
        """The address of its pages."""
        return f"/c/{self.country}/{self.edition}"

    @property
    def title(self) -> str:
        """Its country, by its name where that could be read."""
        return self.casefile.dossier.government.name if self.casefile else self.country


class Shelf:
    """The dossiers of a folder and of the folders within it, each read anew when one of its files changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = RLock()
        self._read: dict[Path, tuple[_State, Kept]] = {}
        self._others: dict[Path, tuple[int, int]] = {}
        """YAML files that are no dossiers, by their time of change and size."""

    def all(self) -> tuple[Kept, ...]:
        """Return every dossier, by country and edition."""
        with self._lock:
            found = [kept for path in self._files() if (kept := self._at(path)) is not None]
        return tuple(sorted(found, key=lambda kept: (kept.title, kept.edition, kept.name)))

    def find(self, country: str, edition: str) -> Kept | None:
        """Return the dossier of an address; of several the one whose file comes first; nothing if there is none."""
        with self._lock:
            for path, (_, known) in self._read.items():
                if (known.country, known.edition) == (country, edition):
                    kept = self._at(path)
                    if kept is not None and (kept.country, kept.edition) == (country, edition):
                        return self._first(kept)
            return next((kept for kept in self.all() if (kept.country, kept.edition) == (country, edition)), None)

    def version(self, kept: Kept) -> str | None:
        """Return the digest of a dossier's file as it stands now; nothing if it is gone."""
        with self._lock:
            now = self._at(kept.path)
        return now.version if now is not None else None

    def same_address(self, dossiers: Iterable[Kept]) -> tuple[tuple[Kept, ...], ...]:
        """Return the dossiers that claim one address: only the first of each can be opened."""
        by_address: dict[str, list[Kept]] = {}
        for each in dossiers:
            by_address.setdefault(each.address, []).append(each)
        return tuple(tuple(group) for group in by_address.values() if len(group) > 1)

    def _files(self) -> list[Path]:
        """The YAML files of the folder, without those that are being written or kept by other programs."""
        found = sorted(self.folder.rglob("*.y*ml"))
        return [path for path in found if not any(part.startswith(".") for part in path.relative_to(self.folder).parts)]

    def _first(self, kept: Kept) -> Kept:
        rivals = [known for _, known in self._read.values() if known.address == kept.address]
        return min(rivals, key=lambda each: each.name) if len(rivals) > 1 else kept

    def _at(self, path: Path) -> Kept | None:
        """The dossier in a file, from memory while none of its files has changed; nothing if it is none."""
        known = self._read.get(path)
        if known is not None and _unchanged(known[0]):
            return known[1]
        try:
            state = path.stat()
            if self._others.get(path) == (state.st_mtime_ns, state.st_size):
                return None
            raw = path.read_bytes()
        except OSError:
            self._read.pop(path, None)
            return None
        if not _DOSSIER.search(raw):
            self._others[path] = (state.st_mtime_ns, state.st_size)
            self._read.pop(path, None)
            return None
        kept, beside = _kept(path, self.folder, raw, known[1] if known else None)
        self._read[path] = (_state(path, beside), kept)
        return kept


def _unchanged(state: _State) -> bool:
    return all(_one(Path(name)) == (name, *rest) for name, *rest in state)


def _state(path: Path, beside: Iterable[str]) -> _State:
    return tuple(_one(each) for each in (path, *(path.parent / name for name in sorted(beside))))


def _one(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


def _kept(path: Path, folder: Path, raw: bytes, before: Kept | None) -> tuple[Kept, tuple[str, ...]]:
    """A dossier, and the files beside it that it was read from."""
    problems: list[Problem] = []
    document = yamlfile.load(raw, path.name, problems)
    casefile: Casefile | None = None
    if document is not None and not problems:
        try:
            casefile = dossier_in(without_blanks(document), path.parent)
        except EvidenceError as error:
            problems += error.problems
    country, edition = _address(document) or ((before.country, before.edition) if before else ("XX", path.stem))
    kept = Kept(
        path=path,
        name=path.relative_to(folder).as_posix(),
        country=country,
        edition=edition,
        raw=raw,
        version=canonical.digest(raw),
        casefile=casefile,
        problems=tuple(problems),
    )
    return kept, tuple(casefile.files) if casefile is not None else _named(document)


def _address(document: Document | None) -> tuple[str, str] | None:
    """Country and edition of a dossier, which may be unsound otherwise."""
    values = document.values if document is not None and isinstance(document.values, dict) else {}
    government = values.get("government")
    country = str(government.get("country")) if isinstance(government, dict) else ""
    year = _YEAR.fullmatch(str(values.get("as_of", "")))
    if not _COUNTRY.fullmatch(country) or year is None:
        return None
    return country, year[1] + ("-interim" if values.get("product") == "interim" else "")


def _named(document: Document | None) -> tuple[str, ...]:
    """The files that an unsound dossier names: once one of them changes, it is read again."""
    values = document.values if document is not None and isinstance(document.values, dict) else {}
    sources = values.get("sources")
    named = [each.get("file") for each in sources if isinstance(each, dict)] if isinstance(sources, tuple) else []
    return tuple(each for each in (*named, values.get("last_dossier")) if isinstance(each, str) and "\0" not in each)
