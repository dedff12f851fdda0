"""Random dossiers on telegrams with different markings; every text in them can be told from all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from tests.reasoning.dossiers import casefile, rating, record
from tierengine.evidence.dossier import Casefile
from tierengine.evidence.handling import Mark
from tierengine.evidence.sources.opened import Opened
from tierengine.evidence.sources.telegram import Telegram, read_telegram

MARKINGS = ("UNCLAS {0}\n\nSIPDIS", "UNCLAS {0}\n\nSENSITIVE", "UNCLAS {0}\n\nNOFORN", "SIPDIS")
"""Plain, sensitive, not for foreign governments, and without any marking."""

MARKS = (
    Mark("unclassified"),
    Mark("sensitive but unclassified"),
    Mark("unclassified", no_foreign=True),
    Mark("unknown"),
)
"""How the telegrams with these markings are to be handled."""

_HANDLINGS = (None, None, None, "unclassified", "sensitive but unclassified", "unknown")
_KINDS: dict[str, tuple[str, str, str | None]] = {
    "victims": ("statistic", "100", "persons"),
    "forbidden": ("law", "true", None),
    "punished": ("statistic", "3", "persons"),
    "shelter": ("action", "true", None),
    "increase": ("statistic", "true", None),
    "reports": ("statistic", "2", "reports"),
    "promise": ("commitment", "true", None),
}


@dataclass(frozen=True)
class Piece:
    """One item of a dossier: what it is, from which telegram, how it is marked, and the salt of all its words."""

    what: str
    source: int
    handling: str | None
    salt: str = "one"
    value: str | None = None
    rests_on: int | None = None
    origin: int | None = None


def pieces() -> st.SearchStrategy[list[Piece]]:
    """Items of which no two contradict each other."""
    facts = st.builds(
        Piece,
        what=st.sampled_from(sorted(_KINDS)),
        source=st.integers(0, 3),
        handling=st.sampled_from(_HANDLINGS),
        origin=st.none() | st.integers(0, 11),
    )
    promises = st.lists(st.builds(Piece, what=st.just("promise"), source=st.integers(0, 3), handling=st.none()))
    silences = st.builds(Piece, what=st.just("silence"), source=st.integers(0, 3), handling=st.sampled_from(_HANDLINGS))
    others = st.builds(
        Piece,
        what=st.sampled_from(("deficiency", "request")),
        source=st.integers(0, 3),
        handling=st.sampled_from(_HANDLINGS),
    )
    unused = st.builds(Piece, what=st.just("not evidence"), source=st.integers(0, 3), handling=st.none())
    post = st.builds(Piece, what=st.just("post"), source=st.integers(0, 3), handling=st.sampled_from(_HANDLINGS))
    ratings = st.builds(
        Piece,
        what=st.just("rating"),
        source=st.just(0),
        handling=st.sampled_from(_HANDLINGS),
        value=st.sampled_from(("met", "not met")),
        rests_on=st.none() | st.integers(0, 11),
    )
    return st.builds(
        lambda *parts: [piece for part in parts for piece in part],
        st.lists(facts, max_size=12),
        promises,
        st.lists(silences, max_size=2),
        st.lists(others, max_size=2),
        st.lists(unused, max_size=1),
        st.lists(post, max_size=1),
        st.lists(ratings, max_size=1),
    )


def word(piece: Piece, place: int, what: str) -> str:
    """A word that stands nowhere else."""
    return what[0] + sha256(f"{piece.salt}/{place}/{what}".encode()).hexdigest()[:12]


def identity(piece: Piece, place: int) -> str:
    """The id of the item at a place."""
    return word(piece, place, "id")


def quote(piece: Piece, place: int) -> str:
    """The words from which an item is coded."""
    return f"The post saw {word(piece, place, 'quote')} in {word(piece, place, 'number')} places."


def made(written: list[Piece]) -> Casefile:
    """The casefile of some items, on telegrams that hold their words."""
    telegrams = dict(_telegram(written, number) for number in sorted({piece.source for piece in written}))
    ids = {piece.source: telegrams[f"cable{piece.source}"].id for piece in written}
    found: dict[str, list[dict[str, Any]]] = {}
    for place, piece in enumerate(written):
        section, item = _item(written, place, ids[piece.source])
        spoken = [each for each in found.get("records", ()) if each["measures"] == "increase"]
        if section == "silences" and any(each["at"].startswith(ids[piece.source] + " ") for each in spoken):
            continue  # a source cannot be silent on what it answers
        found.setdefault(section, []).append(item)
    records = found.pop("records", [])
    post = found.pop("post", [None])[0]
    sources = tuple(
        {"id": telegram.id, "format": "telegram", "file": f"{name}.txt", "digest": digest(telegram)}
        for name, telegram in telegrams.items()
    )
    sections = {name: tuple(items) for name, items in found.items()}
    empty = casefile(*records, sources=sources, post_recommendation=post, **sections)
    return Casefile.of(empty.dossier, empty.document, {telegram.id: telegram for telegram in telegrams.values()})


def digest(telegram: Opened) -> str:
    """The digest of a telegram's bytes."""
    return f"sha256:{sha256(telegram.raw).hexdigest()}"


def salted(written: list[Piece], places: set[int], salt: str) -> list[Piece]:
    """The same items, with other words in some of them."""
    return [replace(piece, salt=salt) if place in places else piece for place, piece in enumerate(written)]


def secrets(written: list[Piece], place: int) -> Iterator[str]:
    """Every word that identifies an item, beside its value."""
    for what in ("id", "quote", "number", "note", "author", "says"):
        yield word(written[place], place, what)


def _telegram(written: list[Piece], number: int) -> tuple[str, Telegram]:
    coded = ((place, piece) for place, piece in enumerate(written) if piece.what not in ("rating", "silence"))
    lines = [f"¶{place + 1}. {quote(piece, place)}" for place, piece in coded if piece.source == number]
    if not lines:
        lines = ["¶1. Nothing."]
    marking = MARKINGS[number].format(f"NOWHERE 00001{number}")
    raw = f"FM AMEMBASSY NOWHERE\nR 01120{number}Z APR 07\n\n{marking}\n\nSUBJECT: TIP\n\n" + "\n\n".join(lines) + "\n"
    return f"cable{number}", read_telegram(raw.encode(), f"cable{number}")


def _item(written: list[Piece], place: int, source: str) -> tuple[str, dict[str, Any]]:  # noqa: PLR0911
    """The section in which an item stands, and how YAML would hold it."""
    piece = written[place]
    name, note = identity(piece, place), word(piece, place, "note")
    at = {"at": f"{source} ¶{place + 1}", "quote": quote(piece, place)}
    mark = {"handling": piece.handling} if piece.handling else {}
    if piece.what == "silence":
        silent = {"indicator": "increase", "source": source, "read": "all of it", "date": "2007-04-01"}
        return "silences", {"id": name, "author": word(piece, place, "author"), "note": note} | silent | mark
    if piece.what == "deficiency":
        says = {"says": word(piece, place, "says"), "answered_by": ("shelter",)}
        return "deficiencies", {"id": name} | says | at | mark
    if piece.what == "not evidence":
        return "not_evidence", at | {"why": note}
    if piece.what == "request":
        asked = {"criterion": "SCOPE", "date": "2007-01-01", "asks": note, "answer": "given", "capacity_note": note}
        return "requests", {"id": name} | asked | at | mark
    if piece.what == "post":
        return "post", {"asks": word(piece, place, "says"), "tier": "2"} | at | mark
    if piece.what == "rating":
        basis = {} if piece.rests_on is None else {"rests_on": tuple(_records(written)[piece.rests_on :][:1])}
        values: dict[str, Any] = {"author": word(piece, place, "author"), "reasons": note}
        return "records", rating(str(piece.value), id=name, **values) | basis | mark
    kind, value, unit = _KINDS[piece.what]
    measures = "shelter" if piece.what == "promise" else piece.what
    earlier = _records(written[:place])
    origin = {"origin": earlier[piece.origin % len(earlier)]} if piece.origin is not None and earlier else {}
    more: dict[str, Any] = {"id": name, "kind": kind, "note": note} | at
    made = record(measures, value, **more) | ({"unit": unit} if unit else {})
    return "records", made | origin | mark


def _records(written: list[Piece]) -> list[str]:
    return [identity(piece, place) for place, piece in enumerate(written) if piece.what in _KINDS]
