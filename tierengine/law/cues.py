"""Lint of the cues: each must lead, from the sentence for which it stands, to its own indicator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tierengine.errors import Problem
from tierengine.law.entries import LAST_YEAR, Criterion, Cue, Indicator
from tierengine.law.linter import Placed, unknown
from tierengine.terms.wording import Phrase, Spoken, phrase, words


@dataclass(frozen=True, eq=False, slots=True)
class _Kept:
    """A cue with its indicator and its place in the rulebook, and what is read of it."""

    item: Placed
    indicator: Indicator
    cue: Cue
    path: tuple[str | int, ...]
    phrase: Phrase
    weight: int
    """How much it speaks for its indicator."""
    spoken: tuple[Spoken, ...]
    """The words of the sentence for which it stands."""
    heads: tuple[int, ...]
    """The places in that sentence at which its phrase stands."""

    @classmethod
    def of(cls, item: Placed, indicator: Indicator, cue: Cue, path: tuple[str | int, ...]) -> _Kept:
        """Return a cue that stands at a place, read."""
        asked, spoken = phrase(cue.phrase), words(cue.stands_for)
        heads = tuple(places[0] for places in asked.places(spoken))
        return cls(item, indicator, cue, path, asked, weight(indicator, asked), spoken, heads)

    def problem(self, what: str, cure: str, key: str = "phrase") -> Problem:
        """Return a problem with this cue."""
        return self.item.problem(what, cure, *self.path, key)

    @property
    def place(self) -> str:
        """File and line."""
        return self.item.document.where(*self.item.path, *self.path)


def weight(indicator: Indicator, asked: Phrase) -> int:
    """Return how much a phrase that stands in a sentence speaks for an indicator: by its words.

    Words that compare two years say more than what is compared, so that an indicator of that gets one more.
    """
    return asked.weight + (indicator.compared is not None)


def lint_cues(placed: list[Placed]) -> Iterator[Problem]:
    """Yield a problem for each cue that leads nowhere, is hidden by another, or leads elsewhere as well."""
    kept = [each for item in placed for each in _cues(item)]
    known = {i.id: i for item in placed if isinstance(item.entry, Criterion) for i in item.entry.indicators}
    for each in kept:
        yield from _alone(each)
        yield from _denying(each, known)
    siblings: dict[str, list[_Kept]] = {}
    for each in kept:
        siblings.setdefault(each.indicator.id, []).append(each)
    for each in kept:
        yield from _hidden(each, siblings[each.indicator.id])
    heads = _by_head(kept)
    for each in kept:
        yield from _led_elsewhere(each, heads)


def _hidden(each: _Kept, siblings: list[_Kept]) -> Iterator[Problem]:
    """That another cue of the same indicator stands wherever this one does."""
    before = siblings[: siblings.index(each)]
    shadow = next((other for other in siblings if other is not each and _hides(other, each, before)), None)
    if shadow is not None:
        yield each.problem(
            f"the cue `{each.cue.phrase}` is hidden by `{shadow.cue.phrase}` ({shadow.place}),"
            " which stands wherever it does",
            "remove it, or write what it adds; the cues of one version of a criterion serve all versions",
        )


def _led_elsewhere(each: _Kept, heads: Mapping[str, list[_Kept]]) -> Iterator[Problem]:
    """That the sentence of a cue leads as well to another indicator."""
    near = (other for head in each.heads for other in heads[each.spoken[head].text])
    rival = next((other for other in near if _rivals(other, each)), None)
    if rival is not None:
        yield each.problem(
            f"the sentence for which the cue stands leads as well to `{rival.indicator.id}`,"
            f" by `{rival.cue.phrase}` ({rival.place})",
            "add a word to the phrase by which the two can be told apart",
        )


_FEW = 2
"""Letters by which cues are looked up first."""


def _by_head(kept: list[_Kept]) -> dict[str, list[_Kept]]:
    """Each word at which some cue stands in its sentence, with the cues that it may lead."""
    alike: dict[str, list[_Kept]] = {}
    for each in kept:
        lead = each.phrase.rows[0][0]
        for few in {word[:_FEW] for word in (*lead.whole, *lead.beginnings)}:
            alike.setdefault(few, []).append(each)
    heads = {each.spoken[head].text: each.spoken[head] for each in kept for head in each.heads}
    return {
        text: [each for each in alike.get(text[:_FEW], ()) if each.phrase.rows[0][0].takes(head)]
        for text, head in heads.items()
    }


def _cues(item: Placed) -> Iterator[_Kept]:
    if isinstance(item.entry, Criterion):
        for number, indicator in enumerate(item.entry.indicators):
            for place, cue in enumerate(indicator.cues):
                yield _Kept.of(item, indicator, cue, ("indicators", number, "cues", place))


def _alone(each: _Kept) -> Iterator[Problem]:
    """A cue that is never used, and one that gives an answer that its indicator cannot have."""
    if not each.heads:
        yield each.problem(
            f"the cue `{each.cue.phrase}` is not used: it does not stand in its own sentence, `{each.cue.stands_for}`",
            "correct the phrase or the sentence",
        )
    if each.indicator.counts_kind is not None:
        yield each.problem(
            f"the cue is not used: `{each.indicator.id}` is worked out from other records",
            "remove the cue, or give it to the indicator of which those records speak",
        )
    if each.cue.value is not None and not _answers(each.indicator, each.cue.value):
        yield each.problem(
            f"`{each.indicator.id}` is a {each.indicator.type}, and the cue gives `{each.cue.value}`",
            "write an answer that it can have, or leave `value` out",
            "value",
        )
    if each.indicator.type == "choice" and each.cue.value is None:
        yield each.problem(
            "a cue of a choice does not say which", f"write `value`: {', '.join(each.indicator.choices)}"
        )


def _denying(each: _Kept, known: Mapping[str, Indicator]) -> Iterator[Problem]:
    """What a cue denies as well, and is no question of yes or no."""
    for name in each.cue.denies:
        if name not in known:
            yield each.problem(*unknown("indicator", name, known), "denies")
        elif known[name].type != "truth":
            yield each.problem(f"`{name}` is a {known[name].type}, and cannot be denied", "name truths", "denies")


def _answers(indicator: Indicator, value: str) -> bool:
    if indicator.type == "truth":
        words_of_two_years = LAST_YEAR if indicator.compared is not None else ()
        return value in ("true", "false", *words_of_two_years)
    return value.isdigit() if indicator.type == "count" else value in indicator.choices


def _hides(other: _Kept, each: _Kept, before: list[_Kept]) -> bool:
    """Whether one cue of an indicator stands wherever another does, and says the same; of equals, the first stays."""
    if other.cue.value != each.cue.value or not other.phrase.covers(each.phrase):
        return False
    return not each.phrase.covers(other.phrase) or other in before


def _rivals(other: _Kept, each: _Kept) -> bool:
    """Whether a sentence leads to another indicator of the same day by as many words, the head among them."""
    if other.indicator.id == each.indicator.id:
        return False
    if other.weight < each.weight:
        return False
    if not other.item.entry.in_force.overlaps(each.item.entry.in_force):
        return False
    return any(other.phrase.places_from(head, each.spoken) for head in each.heads)
