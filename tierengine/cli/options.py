"""What the verbs share: the options of the command line, and how a rulebook, a date and a console are had."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tierengine import canonical
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.sources.reading import refuse_too_large
from tierengine.law.reader import own_folder, read_rulebook
from tierengine.law.rulebook import Rulebook
from tierengine.terms.scalars import day
from tierengine.wholefile import write_whole


class PlainFormat(StrEnum):
    """How the other verbs print."""

    text = "text"
    json = "json"


class TierName(StrEnum):
    """A tier as it is written on the command line."""

    one = "1"
    two = "2"
    watch_list = "2WL"
    three = "3"


Form = Annotated[PlainFormat, typer.Option("--format", help="text or json")]


DossierFile = Annotated[Path, typer.Argument(metavar="DOSSIER", help="the dossier's YAML file")]


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="the date whose law decides, such as 2007-11-09")
]


DayOfLaw = Annotated[str, typer.Option("--as-of", metavar="DATE", help="the date, such as 2007-11-09")]


RulebookFolder = Annotated[
    Path | None,
    typer.Option(
        "--rulebook", metavar="FOLDER", envvar="TIERENGINE_RULEBOOK", help="the folder that holds criteria/ and rules/"
    ),
]


CorpusPath = Annotated[
    Path, typer.Argument(metavar="CORPUS", help="a folder of dossiers, or Parquet: a file or a folder")
]


DossiersFolder = Annotated[Path, typer.Argument(metavar="FOLDER", help="holds the dossiers, with their sources")]


CensusCases = Annotated[
    Path | None,
    typer.Option(
        "--corpus",
        metavar="PATH",
        exists=True,
        help="over what the census of a change of law is taken, if not the dossiers: a folder of dossiers, or Parquet",
    ),
]


DocumentFile = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="where it is written; its ending gives the format")
]


Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="WHERE",
        envvar="TIERENGINE_CLUSTER",
        help="do the work on Dask: local, local:N for N processes, or a scheduler such as tcp://host:8786",
    ),
]


DraftFolder = Annotated[Path | None, typer.Argument(metavar="FOLDER", help="holds criteria/ and rules/")]


KeysFolder = Annotated[
    Path | None,
    typer.Option("--keys", metavar="FOLDER", envvar="TIERENGINE_KEYS", help="the folder that holds your keys"),
]


def rulebook_in(folder: Path | None) -> Rulebook:
    """Return the rulebook of the folder that was named, from the cache if it was found sound before."""
    return read_rulebook(folder_of(folder), cache=cache_folder())


def folder_of(folder: Path | None) -> Path:
    """Return the folder that was named; else that of the project, or of an installed copy the law within it."""
    return own_folder() if folder is None else folder


def cache_folder() -> Path | None:
    """Return where rulebooks that were found sound are kept; nothing if TIERENGINE_CACHE says `off`.

    It names another folder otherwise. Without it, the folder is where the XDG Base Directory Specification has caches.
    """
    named = os.environ.get("TIERENGINE_CACHE", "")
    if named == "off":
        return None
    if named:
        return Path(named)
    root = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        return (root if root.is_absolute() else Path.home() / ".cache") / "tierengine"
    except RuntimeError:  # a user without a home
        return None


def keys_folder(folder: Path | None) -> Path:
    """Return the folder of keys that was named, or the user's own."""
    root = os.environ.get("XDG_CONFIG_HOME")
    return folder or (Path(root) if root else Path.home() / ".config") / "tierengine" / "keys"


def day_given(word: str, option: str = "--as-of") -> date:
    """Return the date that an option was given. Raise `UsageError` if it is none."""
    try:
        found: date = day(word)
    except ValueError as error:
        what, _, cure = str(error).partition("; ")
        raise UsageError([Problem(where=option, what=what, cure=cure)]) from None
    return found


def year_given(word: str, option: str) -> int:
    """Return the year that an option was given. Raise `UsageError` if it is none."""
    if len(word) == 4 and word.isascii() and word.isdigit() and "1900" <= word <= "9000":
        return int(word)
    what, cure = f"`{word}` is no year of a report", "write the year with four digits, such as 2007"
    raise UsageError([Problem(where=option, what=what, cure=cure)])


def a_console() -> Console:
    """Return a console; it wraps at 110 columns where it does not know better, so that files are alike everywhere."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def file_bytes(path: Path) -> bytes:
    """Return the bytes of a file. Raise `EvidenceError` if it cannot be opened, or is larger than what is read."""
    try:
        refuse_too_large(path.stat().st_size, path.name)
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(
            [
                Problem(
                    where=str(path),
                    what=f"cannot be opened: {error.strerror}",
                    cure="name a file that exists and may be read",
                )
            ]
        ) from None


def print_json(value: Any) -> None:
    """Print a value as JSON, two spaces deep."""
    sys.stdout.write(canonical.readable(value))


def write_file(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all: beside its place first, then into it. Raise `UsageError` if it cannot."""
    try:
        write_whole(path, content)
    except OSError as error:
        problem = Problem(
            where=f"--output {path}",
            what=f"the file cannot be written there: {error.strerror}",
            cure="name a file in a folder that exists and in which you may write",
        )
        raise UsageError([problem]) from None


def write_rulebook(folder: Path, files: Mapping[str, str]) -> None:
    """Write files of a rulebook, by their names in it; a new folder is made for a new criterion."""
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            problem = Problem(
                where=str(path.parent), what=f"cannot be made: {error.strerror}", cure="name a folder of yours"
            )
            raise UsageError([problem]) from None
        write_file(path, text.encode())
