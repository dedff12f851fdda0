"""What is sought in a list, by its address, and the list as a file with exactly what the page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Response

from tierengine.reports.listing import Form, Listing, listing_file
from tierengine.web.downloads import download

Words = Annotated[str, Query(max_length=200)]
"""Words that are sought: each of them must stand somewhere in what is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A field in which one of several is chosen: its name, its label, what is chosen, and the words of each."""

    name: str
    label: str
    chosen: str
    words: tuple[tuple[str, str], ...]
    """Value and words of each choice; an empty value is all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a list is narrowed to."""

    at: str
    """The address of the page."""
    file: str
    """The address of the list as a file, without its ending."""
    q: str
    shown: int
    """How many are left."""
    of: str
    """Of how many, in words: `12 dossiers`."""
    choices: tuple[Choice, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    """What else stands in the address, and stays."""

    @property
    def narrowed(self) -> bool:
        """Whether anything is sought."""
        return bool(self.q) or any(each.chosen for each in self.choices)

    @property
    def query(self) -> str:
        """What follows the address of a file, so that it holds what the page shows."""
        words = {"q": self.q} | {each.name: each.chosen for each in self.choices} | dict(self.kept)
        given = {name: value for name, value in words.items() if value}
        return f"?{urlencode(given)}" if given else ""


def has(words: str, *texts: str | None) -> bool:
    """Say whether every word that is sought stands in some texts, whatever the letter case."""
    whole = " ".join(each for each in texts if each).casefold()
    return all(word in whole for word in words.casefold().split())


def choice(name: str, label: str, chosen: str, words: Iterable[tuple[str, str]], every: str) -> Choice:
    """Return a field for one of several; what is none of them chooses all."""
    found = (("", every), *words)
    known = {value for value, _ in found}
    return Choice(name=name, label=label, chosen=chosen if chosen in known else "", words=found)


def as_file(listing: Listing, form: Form, name: str, day: date | None = None) -> Response:
    """Return a list as a file to take away."""
    return download(listing_file(listing, form, day or datetime.now(UTC).date()), f"{name}.{form}")
