"""The keys of the keyboard, which the script obeys and the page of keys lists."""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """A key and what it does."""

    key: str
    does: str
    where: str


KEYS = (
    Key("J", "go to the next record or proposal", "on a dossier"),
    Key("K", "go to the one before", "on a dossier"),
    Key("J, K", "go to the next sentence, and to the one before", "on the page Why"),
    Key("A", "accept the first proposal for the sentence; one without a mark opens to be changed", "on a dossier"),
    Key("E", "change what is proposed, then accept it", "on a dossier"),
    Key("X", "refuse what is proposed: the place for the reason opens", "on a dossier"),
    Key("D", "draft a record from the words that are selected", "on a dossier"),
    Key("U", "undo your last change", "on a dossier"),
    Key("W", "ask what if", "on a dossier"),
    Key("?", "show this list", "everywhere"),
)
