"""Public keys that wait to be enrolled: each made in a person's browser, and announced by them under their name."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Lock

from tierengine.ledger.entries import Person
from tierengine.ledger.keys import plain_name
from tierengine.wholefile import write_whole

_MOST = 500
"""Keys that wait at most; the oldest are let go of, and can be announced anew."""


class Announced:
    """The keys that wait, in a file, so that none is lost when the desk is started anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def all(self) -> tuple[Person, ...]:
        """Return who announced a key, in the order in which they did."""
        if not self._path.exists():
            return ()
        return tuple(Person.model_validate(each) for each in json.loads(self._path.read_bytes()))

    def named(self, name: str) -> Person | None:
        """Return who announced a key under a name."""
        plain = plain_name(name)
        return next((each for each in self.all() if plain_name(each.name) == plain), None)

    def add(self, person: Person) -> None:
        """Keep a key; one that the same person announced before goes."""
        with self._lock:
            others = [each for each in self.all() if plain_name(each.name) != plain_name(person.name)]
            values = [each.model_dump() for each in (*others, person)][-_MOST:]
            write_whole(self._path, json.dumps(values, ensure_ascii=False, indent=1).encode())
