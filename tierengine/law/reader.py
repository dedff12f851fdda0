"""Reads `criteria/` and `rules/` into a rulebook, checked as a whole, or from its cache by digest."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tierengine import canonical, yamlfile
from tierengine.errors import Problem, RulebookError
from tierengine.law.cache import keep, kept
from tierengine.law.entries import Criterion, RuleFile
from tierengine.law.rulebook import Rulebook
from tierengine.law.section import Section
from tierengine.law.stored import restored, stored
from tierengine.yamlfile import Document

if TYPE_CHECKING:
    from tierengine.law.linter import Placed

_SECTIONS = tuple(RuleFile.model_fields)

TEMPLATES = "rules/documents"
"""Where the templates of documents lie in the folder of the law. They decide no tier and have a digest of their own."""


def read_rulebook(folder: Path, cache: Path | None = None) -> Rulebook:
    """Read the rulebook that lies in `folder` (its `criteria/` and `rules/`).

    With `cache`, a folder, a rulebook that was once found sound is taken from there by the digest of its
    bytes; a damaged or foreign file in the cache is passed over and written anew. Raise `RulebookError` with
    every problem of every file.
    """
    return rulebook_of(rulebook_files(folder), cache)


def rulebook_of(files: tuple[RulebookFile, ...], cache: Path | None = None) -> Rulebook:
    """Read a rulebook from the bytes of its files, sorted by name; as `read_rulebook`."""
    rulebook, ill_placed = _kept_or_read(files, cache)
    if ill_placed:
        raise RulebookError(ill_placed)
    return rulebook


def read_drafted(folder: Path, cache: Path | None) -> Rulebook:
    """Read the rulebook of a draft, as `read_draft`, without the places of its entries; or take it from `cache`.

    What the cache holds was found sound as a whole, its tier table too.
    """
    return _kept_or_read(rulebook_files(folder), cache)[0]


def _kept_or_read(files: tuple[RulebookFile, ...], cache: Path | None) -> tuple[Rulebook, tuple[Problem, ...]]:
    """Return a rulebook, and the cases that its tier table places nowhere or twice; a sound one is kept."""
    digest = rulebook_digest(files)
    key = _cache_key(digest) if cache is not None else ""
    if cache is not None and (found := kept(cache, key)) is not None:
        return restored(found), ()
    draft = _draft(files, digest)
    if cache is not None and not draft.ill_placed:
        keep(cache, key, stored(draft.rulebook))
    return draft.rulebook, draft.ill_placed


@dataclass(frozen=True, slots=True)
class Draft:
    """A rulebook as it was read, with the place of each entry; its tier table may still be unsound."""

    rulebook: Rulebook
    placed: tuple[Placed, ...]
    ill_placed: tuple[Problem, ...]
    """Cases that the tier table places nowhere or twice."""


def read_draft(folder: Path) -> Draft:
    """Read a rulebook of which all is sound, except perhaps that the tier table does not place every case once.

    It is for those who work on it and is used for no assessment. Raise `RulebookError` as `read_rulebook` does for
    everything else.
    """
    files = rulebook_files(folder)
    return _draft(files, rulebook_digest(files))


@dataclass(frozen=True, slots=True)
class RulebookFile:
    """One file of a rulebook: its name relative to the folder, with `/`, and its bytes."""

    name: str
    raw: bytes


def draft_of(files: tuple[RulebookFile, ...]) -> Draft:
    """Read a rulebook that is worked on from the bytes of its files, sorted by name; as `read_draft`."""
    return _draft(files, rulebook_digest(files))


def rulebook_files(folder: Path) -> tuple[RulebookFile, ...]:
    """Return every YAML file of the rulebook, sorted by name. Raise `RulebookError` if a folder is missing."""
    missing = [room for room in ("criteria", "rules") if not (folder / room).is_dir()]
    if missing:
        raise RulebookError(
            [
                Problem(
                    where=f"{folder}/{room}",
                    what="there is no such folder",
                    cure="name a folder that holds `criteria` and `rules`",
                )
                for room in missing
            ]
        )
    paths = [*sorted((folder / "criteria").glob("*/*.yaml")), *sorted((folder / "rules").glob("*.yaml"))]
    read = {str(path) for path in paths}
    stray = [path for room in ("criteria", "rules") for path in _written_below(folder / room) if str(path) not in read]
    if stray:
        raise RulebookError(
            [
                Problem(
                    where=path.relative_to(folder).as_posix(),
                    what="this file would not be read",
                    cure="put a criterion at criteria/ID/DATE.yaml and a rule file at rules/NAME.yaml",
                )
                for path in sorted(stray)
            ]
        )
    return tuple(_open(path, path.relative_to(folder).as_posix()) for path in paths)


def _written_below(room: Path) -> Iterator[Path]:
    """Yield all that has the name of a YAML file in a room, however deep; templates of documents left aside."""
    for place, folders, files in os.walk(room):
        found = (Path(place, name) for name in (*folders, *files) if name.endswith((".yml", ".yaml")))
        yield from (path for path in found if path.parent != room.parent / TEMPLATES)


def _open(path: Path, name: str) -> RulebookFile:
    try:
        return RulebookFile(name, path.read_bytes())
    except OSError as error:
        problem = Problem(
            where=f"{name}:1:1", what=f"cannot be opened: {error.strerror}", cure="make the file readable, or remove it"
        )
        raise RulebookError([problem]) from None


def rulebook_manifest(files: tuple[RulebookFile, ...]) -> bytes:
    """Return the names of a rulebook's files and the digest of each, as canonical JSON."""
    return canonical.encode({file.name: canonical.digest(file.raw) for file in files})


def rulebook_digest(files: tuple[RulebookFile, ...]) -> str:
    """Return the digest of a rulebook, which is that of its manifest."""
    return canonical.digest(rulebook_manifest(files))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python look for no garbage meanwhile: nearly all that reading makes stays, and is many objects.

    It is left as it was found. Of several threads that read at once, the first to end lets Python look again.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@_uncollected()
def _draft(files: tuple[RulebookFile, ...], digest: str) -> Draft:
    # What was found sound before is not linted again, so most runs take none of these.
    from tierengine.law.cues import lint_cues  # noqa: PLC0415
    from tierengine.law.linter import lint, lint_tiers  # noqa: PLC0415
    from tierengine.law.proposals import lint_proposals  # noqa: PLC0415

    problems: list[Problem] = []
    placed: list[Placed] = []
    for file in files:
        document = yamlfile.load(file.raw, file.name, problems)
        if document is not None:
            placed += placed_in(document, problems)
    if problems:
        raise RulebookError(problems)
    rulebook = Rulebook.of(digest, _sections(placed))
    problems = [*lint(rulebook, placed), *lint_proposals(rulebook, placed), *lint_cues(placed)]
    if problems:
        raise RulebookError(problems)
    return Draft(rulebook, tuple(placed), tuple(lint_tiers(rulebook, placed)))


def placed_in(document: Document, problems: list[Problem]) -> list[Placed]:
    """Return the entries of one file, each with its place; add what cannot be read to the problems."""
    from tierengine.law.linter import Placed  # noqa: PLC0415

    if document.name.startswith("criteria/"):
        criterion = yamlfile.check(document, Criterion, problems)
        return [] if criterion is None else [Placed(criterion, "criteria", document, ())]
    rules = yamlfile.check(document, RuleFile, problems)
    if rules is None:
        return []
    return [
        Placed(entry, section, document, (section, number))
        for section in _SECTIONS
        for number, entry in enumerate(getattr(rules, section))
    ]


def _sections(placed: list[Placed]) -> dict[str, Section[Any]]:
    names = ("criteria", *_SECTIONS)
    return {name: Section.of(item.entry for item in placed if item.section == name) for name in names}


def own_folder() -> Path:
    """Return the folder that holds the law of the project, or of an installed copy the law within it."""
    package = Path(__file__).resolve().parents[1]
    within = package / "rulebook"
    return within if within.is_dir() else package.parent


def _cache_key(digest: str) -> str:
    """The rulebook and the code that found it sound: a changed check must look at the rulebook again."""
    package = Path(yamlfile.__file__).parent
    files = (package / "yamlfile.py", *package.glob("terms/*.py"), *package.glob("law/*.py"))
    code = {str(file.relative_to(package)): canonical.digest(file.read_bytes()) for file in files}
    return canonical.digest(canonical.encode({"rulebook": digest, "code": code})).removeprefix("sha256:")
