"""The keys of the keyboard, which the script obeys and the page of keys lists."""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """A key and what it does."""

    key: str
    does: str
    where: str


KEYS = (
    Key("J", "go to the next record or proposal", "a dossier"),
    Key("K", "go to the one before", "a dossier"),
    Key("J, K", "go to the next sentence, and to the one before", "why"),
    Key("A", "accept the first proposal for the sentence", "a dossier"),
    Key("E", "change what is proposed, then accept it", "a dossier"),
    Key("X", "refuse what is proposed: the place for the reason opens", "a dossier"),
    Key("D", "draft a record from the words that are selected", "a dossier"),
    Key("U", "undo your last change", "a dossier"),
    Key("W", "ask what if", "a dossier"),
    Key("?", "show this list", "everywhere"),
)
