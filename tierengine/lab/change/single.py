"""Every single change of the law: a threshold, word, date, number or citation is another, or something is gone.

A change is made to what stands in the YAML of one entry, as read, and never to a file. What people read and no rule
asks for (questions, reasons, scales, names) is left as it is; so are the examples, on which the changes are tried.

Source: mutation analysis (DeMillo, Lipton and Sayward, 1978), with the slips of those who keep a rulebook as operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from tierengine.law.entries import Kind as RecordKind
from tierengine.law.entries import Situation
from tierengine.law.linter import Placed
from tierengine.terms.citation import Authority
from tierengine.terms.level import CERTAINTIES, LEVELS
from tierengine.terms.tier import Limit, Placement
from tierengine.yamlfile import Path_

Kind = Literal[
    "threshold",
    "all or any",
    "condition",
    "level",
    "answer",
    "order",
    "date",
    "direction",
    "citation",
    "number",
    "word",
    "list",
    "entry",
    "cue",
]
"""In which way a change differs from the law: what kind of slip it is."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One single change: the entry, where in it, and what stands there then."""

    item: Placed
    kind: Kind
    path: Path_
    """Where in the entry; empty where the whole entry is gone."""
    values: Any
    """The values of the entry with the change made, as its YAML would be read; `None` if the entry is gone."""
    says: str
    """The change in words."""

    @property
    def where(self) -> str:
        """Return `file:line:column` of what is changed."""
        return self.item.document.where(*self.item.path, *self.path)

    @property
    def fields(self) -> frozenset[str]:
        """The key of the entry that differs, and with it the key of the indicator if it is one's."""
        keys = {str(step) for step in self.path[:1]}
        if self.path[:1] == ("indicators",) and len(self.path) > 2:
            keys.add(f"indicators.{self.path[2]}")
        return frozenset(keys)

    @property
    def cites(self) -> bool:
        """Whether only what is cited differs, on which no answer turns."""
        return self.kind == "citation" or (bool(self.path) and self.fields <= _CITED)


def changes_of(item: Placed) -> Iterator[Changed]:
    """Yield every single change of an entry, in the order of its file."""
    values = item.document.part(*item.path).values
    for kind, path, new, says in _walk(values, (), item.section):
        yield Changed(item, kind, path, _with(values, path, new), says)
    if item.section in _MAY_GO:
        yield Changed(item, "entry", (), None, f"`{item.entry.id}` is gone")


_Step = tuple[Kind, Path_, Any, str]
"""The kind of a change, where it is made, what stands there then (`_GONE`: nothing), and the change in words."""

_GONE = object()

_MAY_GO = ("admissions", "advice", "routes", "coherence", "clocks", "carryings", "progress", "years_compared")
"""Sections in which a whole rule may be missing by a slip; without any other entry the law is no whole."""

_READ_BY_PEOPLE = frozenset(
    (
        "id",
        "title",
        "question",
        "asks",
        "says",
        "why",
        "because",
        "too_thin",
        "reads",
        "clause",
        "scale",
        "rubric",
        "unit",
        "name",
        "source",
        "phrase",
        "stands_for",
        "not_encoded",
        "examples",
        "words",
        "cases",
        "section",
    )
)
"""Keys under which stands what people read and no rule asks for."""

_CITED = frozenset(("citation", "change", "struck", "renumbered", "interpretations", "cited", "sections"))
"""Keys under which stands what an entry cites, and how it is read."""

_LISTS = frozenset(("kinds", "choices", "product", "denied_with", "shown_by", "by", "values", "indicators", "denies"))
"""Keys under which stands a list of words of which one may be missing."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "better": ("more", "fewer", "true", "false", "neither"),
    "direction": ("favours the government", "counts against the government", "neither"),
    "combine": ("same", "sum"),
    "treatment": ("encoded", "left to a judgement", "not encoded", "out of scope"),
    "situation": get_args(Situation),
    "recommend": (
        "the settled tier",
        "the present placement",
        "the provisional tier",
        "the latest placement",
        "no tier",
    ),
    "becomes": ("a standing record", "a question", "a figure of last year"),
    "takes": ("record", "rating", "deficiency", "question"),
    "part": ("scope", "standard", "factor", "efforts", "watch list", "waiver"),
    "period": ("first", "last"),
    "counts_kind": get_args(RecordKind),
    "type": ("truth", "count", "choice"),
    "year": ("before", "of the report", "after"),
    "authority": get_args(Authority),
}
"""Keys with a closed list of words: the next of the list takes the place of the one that stands there."""

_NUMBERS = frozenset(
    (
        "years",
        "waiver_years",
        "counted_from",
        "days_after",
        "days_apart",
        "month",
        "day",
        "reports",
        "at_least",
        "at_most",
    )
)
_DATES = frozenset(("from", "until"))
_DIRECTIONS = frozenset(("better", "direction", "lasting"))
_PLACEMENTS: Mapping[str, tuple[str, ...]] = {"last_report": get_args(Placement), "limit": get_args(Limit)}


def _walk(values: Any, path: Path_, section: str) -> Iterator[_Step]:
    """Every change of a value and of what lies in it."""
    for key, value in values.items() if isinstance(values, Mapping) else ():
        here = (*path, key)
        if key in _TAKEN_AS_A_WHOLE and isinstance(value, Mapping | tuple):
            yield from _TAKEN_AS_A_WHOLE[key](value, here)
        elif key not in _READ_BY_PEOPLE:
            yield from _gone(key, value, path)
            yield from _at(key, value, values, path)
            if isinstance(value, tuple):
                yield from _each(value, here, section)
            else:
                yield from _walk(value, here, section)


def _gone(key: str, value: Any, path: Path_) -> Iterator[_Step]:
    """What stands under a key is gone as a whole."""
    if key == "not":
        yield "condition", path, value, "`not` is gone"
    elif key == "presumption":
        yield "condition", (*path, key), _GONE, "the presumption is gone"
    elif key in ("when_silent", "since", "calendar"):
        yield "entry", (*path, key), _GONE, f"`{key}` is gone"


def _at(key: str, value: Any, beside: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    """The changes of what stands under one key."""
    here = (*path, key)
    if key in ("all", "any"):
        yield from _joined(key, beside, path)
    elif key == "rules" and path == ("proposal",):
        yield from _order(value, here)
    elif isinstance(value, tuple):
        yield from _listed(key, value, here)
    elif isinstance(value, str):
        yield from _scalar(key, value, here, beside)


def _each(values: Any, path: Path_, section: str) -> Iterator[_Step]:
    for number, part in enumerate(values):
        yield from _walk(part, (*path, number), section)


# -- conditions ----------------------------------------------------------------------------------------------------


def _joined(key: str, values: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    """`all` is `any`, or the other way; and each part is gone."""
    other = "any" if key == "all" else "all"
    parts = values[key]
    if len(parts) > 1:
        yield "all or any", path, {other: parts}, f"`{key}` is `{other}`"
        for number in range(len(parts)):
            left = tuple(part for place, part in enumerate(parts) if place != number)
            yield "condition", path, {key: left}, f"{_condition(parts[number])} is gone"


def _condition(values: Any) -> str:
    """Name a condition by what it asks."""
    if not isinstance(values, Mapping):
        return f"`{values}`"
    for key in ("indicator", "judgement", "finding", "conclusion", "placement", "last_rating"):
        if key in values:
            return "`" + " ".join(f"{name}: {word}" for name, word in values.items()) + "`"
    return f"the part with `{next(iter(values), '')}`"


def _order(rules: Any, path: Path_) -> Iterator[_Step]:
    """Two neighbours change places, where the first that holds speaks."""
    for number in range(len(rules) - 1):
        swapped = (*rules[:number], rules[number + 1], rules[number], *rules[number + 2 :])
        yield "order", path, swapped, f"rules {number + 1} and {number + 2} have changed places"
    for number in range(len(rules) if len(rules) > 1 else 0):
        left = tuple(rule for place, rule in enumerate(rules) if place != number)
        yield "condition", path, left, f"rule {number + 1} of the proposal is gone"


# -- lists ---------------------------------------------------------------------------------------------------------


def _listed(key: str, words: tuple[Any, ...], path: Path_) -> Iterator[_Step]:
    if key not in _LISTS or not all(isinstance(word, str) for word in words):
        return
    for number, word in enumerate(words):
        left = tuple(other for place, other in enumerate(words) if place != number)
        yield "list", path, left or _GONE, f"`{word}` is gone from `{key}`"


def _attributes(values: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    """What a rule of admission looks at: an attribute is gone, or one of its words."""
    for key, words in values.items():
        left = {name: found for name, found in values.items() if name != key}
        if left:
            yield "list", path, left, f"`{key}` is gone from `sets_aside`"
        for number, word in enumerate(words if len(words) > 1 else ()):
            fewer = tuple(other for place, other in enumerate(words) if place != number)
            yield "list", (*path, key), fewer, f"`{word}` is gone from `{key}`"


def _marks(values: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    """A pair of Admiralty marks has the next certainty."""
    for level, marks in values.items():
        other = _beside(CERTAINTIES, level)[0]
        for mark in marks:
            moved = {
                name: tuple(
                    each for each in (*found, *((mark,) if name == other else ())) if name != level or each != mark
                )
                for name, found in values.items()
            }
            yield "level", path, moved, f"`{mark}` is of {other} certainty, and not of {level}"


def _cues(values: Any, path: Path_) -> Iterator[_Step]:
    for number, cue in enumerate(values):
        left = tuple(other for place, other in enumerate(values) if place != number)
        phrase = cue.get("phrase", "") if isinstance(cue, Mapping) else ""
        yield "cue", path, left or _GONE, f"the cue `{phrase}` is gone"
        for key in ("value", "denies"):
            if isinstance(cue, Mapping) and key in cue:
                yield "cue", (*path, number, key), _GONE, f"`{key}` of the cue `{phrase}` is gone"


# -- single values -------------------------------------------------------------------------------------------------


def _scalar(key: str, word: str, path: Path_, beside: Mapping[str, Any]) -> Iterator[_Step]:
    others: list[tuple[Kind, Any]] = []
    if key in _DATES:
        others = [("date", other) for other in _days(word)]
    elif key in ("at_least", "at_most", "level", "met_from") and word in LEVELS:
        others = [("level", other) for other in _beside(LEVELS, word)]
    elif key in _NUMBERS and re.fullmatch(r"[0-9]+", word):
        kind: Kind = "threshold" if key in ("at_least", "at_most") else "number"
        others = [(kind, str(number)) for number in (int(word) + 1, int(word) - 1) if number >= 0]
    elif key == "is" and "placement" in beside:
        others = [("answer", each) for each in _PLACEMENTS.get(str(beside["placement"]), ()) if each != word]
    elif word in ("true", "false"):
        others = _of_a_truth(key, word)
    elif word in _WORDS.get(key, ()):
        words = _WORDS[key]
        others = [("direction" if key in _DIRECTIONS else "word", words[(words.index(word) + 1) % len(words)])]
    elif key in ("tvpa", "usc", "public_law", "act"):
        yield from _citation({key: word}, path[:-1])
    for kind, other in others:
        yield kind, path, other, f"`{key}: {word}` is {'gone' if other is _GONE else f'`{key}: {other}`'}"


def _of_a_truth(key: str, word: str) -> list[tuple[Kind, Any]]:
    """The other truth; of a mark that is set, it is gone."""
    other = "false" if word == "true" else "true"
    if key in ("is", "reads_as", "stated"):
        return [("answer", other)]
    return [("direction", other)] if key in _DIRECTIONS else [("word", other), ("word", _GONE)]


def _beside(scale: tuple[str, ...], word: str) -> list[str]:
    """The neighbours of a word on a scale, the next first."""
    place = scale.index(word)
    return [scale[near] for near in (place + 1, place - 1) if 0 <= near < len(scale)]


def _days(word: str) -> Iterator[str]:
    """A day later, and a year earlier."""
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return
    yield from (str(other) for other in (day + timedelta(days=1), day - timedelta(days=365)))


# -- citations -----------------------------------------------------------------------------------------------------


def _citation(values: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    """One of the numbers of a citation is another, or ends a step earlier."""
    for key, word in values.items():
        others: tuple[str, ...] = ()
        if key in ("tvpa", "usc"):
            others = (_next_clause(word), re.sub(r"\([^()]*\)$", "", word))
        elif key in ("public_law", "act"):
            others = (_another_act(word), _next_clause(word))
        elif key == "authority":
            others = ("policy" if word == "statute" else "statute",)
        for other in dict.fromkeys(others):
            if other != word:
                yield "citation", (*path, key), other, f"`{key}: {word}` is `{key}: {other}`"


def _each_citation(values: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    for name, citation in values.items():
        yield from _citation(citation, (*path, name))


def _amendment(values: Mapping[str, Any], path: Path_) -> Iterator[_Step]:
    yield from _citation({"act": values.get("act", "")}, path)


def _next_clause(word: str) -> str:
    """The same provision with another last number or letter."""
    found = list(re.finditer(r"\(([0-9]+|[A-Za-z]+)\)|(?<=section )([0-9]+)", word))
    if not found:
        return word
    last = found[-1]
    old = last.group(1) or last.group(2)
    new = str(int(old) + 1) if old.isdigit() else chr(ord(old[0]) + 1) + old[1:] if old not in _ROMAN else _ROMAN[old]
    return word[: last.start()] + last.group().replace(old, new) + word[last.end() :]


_ROMAN = {"i": "ii", "ii": "iii", "iii": "iv", "iv": "v", "v": "iv", "I": "II", "II": "III", "III": "I"}


def _another_act(word: str) -> str:
    """The same section of another Act that changed this law."""
    found = re.search(r"P\.L\. ([0-9]+-[0-9]+)", word)
    if found is None:
        return word
    other = "109-164" if found.group(1) != "109-164" else "110-457"
    return word[: found.start(1)] + other + word[found.end(1) :]


_TAKEN_AS_A_WHOLE: Mapping[str, Callable[[Any, Path_], Iterator[_Step]]] = {
    "change": _amendment,
    "struck": _amendment,
    "citation": _citation,
    "authority": _citation,
    "cited": _each_citation,
    "cues": _cues,
    "levels": _marks,
    "sets_aside": _attributes,
}
"""Keys under which stands something that is changed in ways of its own."""


# -- making the change ---------------------------------------------------------------------------------------------


def _with(values: Any, path: Path_, new: Any) -> Any:
    """A nested value with the part at a path replaced, or taken out."""
    if not path:
        return new
    step, *rest = path
    if isinstance(values, tuple):
        return tuple(_with(part, tuple(rest), new) if number == step else part for number, part in enumerate(values))
    if not rest and new is _GONE:
        return {key: part for key, part in values.items() if key != step}
    return {key: _with(part, tuple(rest), new) if key == step else part for key, part in values.items()}
