"""Reads a sentence: which indicators it may answer, by cues and by likeness of words, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from tierengine.coding.actors import names_somebody
from tierengine.law.cues import weight
from tierengine.law.entries import Criterion, Cue, Indicator
from tierengine.law.rulebook import Law, Rulebook
from tierengine.terms.wording import Phrase, Spoken, listed, phrase, words

FEW = 2
"""Letters by which cues are looked up."""

MOST = 3
"""Proposals for one thing that is said."""

LIKE, VERY_LIKE = 9.0, 16.0
"""How alike, by BM25, a sentence and a question must be: beside a cue, and where no cue stands in the sentence."""

_COMMON = frozenset(
    listed(
        "the a an of to in on for and or by with from that which who is are was were be been has have had "
        "did do does it its their they this as at not no any all such than how many much there other also "
        "into under government country trafficking traffic persons person period"
    )
)
"""Words that stand in nearly every question, and show nothing of which one is meant."""


@dataclass(frozen=True, slots=True)
class Lead:
    """That a sentence leads to an indicator: by which cue, if by one, and by which of its words, the head first."""

    indicator: Indicator
    cue: Cue | None
    places: tuple[int, ...]
    weight: float
    of_part: bool = False
    """Whether its words reach across `including`, so that it speaks of a part of what is said."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a sentence says, and the indicators that may ask for it, the likeliest first."""

    leads: tuple[Lead, ...]

    @property
    def head(self) -> int:
        """The place of the word that says it."""
        return self.leads[0].places[0]


class Reader:
    """Leads from sentences to the indicators of the law of a day. It draws no conclusion, and knows no chance."""

    def __init__(self, rulebook: Rulebook, law: Law) -> None:
        self._indicators = tuple(each for each in law.indicators if each.counts_kind is None)
        self._neutral = tuple(each for each in self._indicators if each.sign >= 0)
        self._order = {indicator.id: number for number, indicator in enumerate(self._indicators)}
        self._cues: tuple[tuple[Indicator, Cue, Phrase], ...] = tuple(
            (indicator, cue, phrase(cue.phrase))
            for indicator in self._indicators
            for cue in rulebook.cues.get(indicator.id, ())
        )
        self._heads: dict[str, list[int]] = {}
        self._anywhere: set[int] = set()
        for number, (_, _, asked) in enumerate(self._cues):
            self._keep_head(number, asked)
        self._texts = {
            indicator.id: _text(criterion, indicator, rulebook.cues.get(indicator.id, ()))
            for criterion in law.criteria
            for indicator in criterion.indicators
        }

        self._words = {name: frozenset(text) for name, text in self._texts.items()}

    @cached_property
    def parts(self) -> dict[str, frozenset[str]]:
        """Indicator of a whole to the indicators of its parts, which are denied with it."""
        return {
            indicator.id: frozenset(name for other, cue, _ in self._cues if other is indicator for name in cue.denies)
            for indicator in self._indicators
        }

    def _keep_head(self, number: int, asked: Phrase) -> None:
        """Look a cue up by the first letters of the words that lead it, where there are so many letters."""
        lead = asked.rows[0][0]
        heads = (*lead.whole, *lead.beginnings)
        if lead.number or any(len(word) < FEW for word in heads):
            self._anywhere.add(number)
        for few in {word[:FEW] for word in heads}:
            self._heads.setdefault(few, []).append(number)

    def readings(self, spoken: Sequence[Spoken]) -> tuple[Reading, ...]:
        """Return what a sentence may answer, in the order of its words: by its cues, or if it has none by likeness."""
        alike = dict(self._alike(spoken))
        found: list[_Group] = []
        for lead in sorted(self._led(spoken), key=lambda lead: self._rank(lead, alike)):
            group = next((each for each in found if each.is_about(lead)), None)
            if group is None:
                found.append(_Group([lead], set(lead.places)))
            else:
                group.take(lead)
        if not found:
            close = [lead for lead in self._close(spoken, alike) if lead.weight >= LIKE and _can_be(lead, spoken)]
            return (Reading(tuple(close[:MOST])),) if close and close[0].weight >= VERY_LIKE else ()
        return tuple(
            Reading((*group.leads, *self._others(spoken, alike, group.leads))[:MOST])
            for group in sorted(found, key=lambda group: group.leads[0].places[0])
        )

    def _others(self, spoken: Sequence[Spoken], alike: dict[str, float], group: Sequence[Lead]) -> Iterator[Lead]:
        known = {lead.indicator.id for lead in group}
        for lead in self._close(spoken, alike):
            if lead.indicator.id not in known and lead.weight >= LIKE:
                yield lead

    def _rank(self, lead: Lead, alike: dict[str, float]) -> tuple[float, int, float, int, bool]:
        spread = max(lead.places) - min(lead.places)
        plain = lead.cue is None or lead.cue.value is None  # `little progress` says more than `progress`
        return (-lead.weight, spread, -alike.get(lead.indicator.id, 0.0), self._order[lead.indicator.id], plain)

    def _led(self, spoken: Sequence[Spoken]) -> Iterator[Lead]:
        near = {number for word in spoken for number in self._heads.get(word.text[:FEW], ())}
        for number in sorted(near | self._anywhere):
            indicator, cue, asked = self._cues[number]
            for places in asked.places(spoken):
                yield Lead(indicator, cue, places, weight(indicator, asked), _names_a_part(spoken, places))

    def _close(self, spoken: Sequence[Spoken], alike: dict[str, float]) -> list[Lead]:
        """The indicators whose question, scale and cues have most words in common with a sentence.

        What counts against a government is proposed only where a cue says it, and never since words are alike.
        """
        ranked = sorted(self._neutral, key=lambda each: (-alike.get(each.id, 0.0), self._order[each.id]))
        leads = []
        for indicator in ranked[: MOST + 2]:
            common = self._words[indicator.id]
            places = tuple(at for at, word in enumerate(spoken) if _stem(word.text) in common)
            if places:
                leads.append(Lead(indicator, None, places, alike.get(indicator.id, 0.0)))
        return leads

    def _alike(self, spoken: Sequence[Spoken]) -> Iterator[tuple[str, float]]:
        scores = self._index.get_scores(stems(word.text for word in spoken))
        yield from zip((each.id for each in self._indicators), map(float, scores), strict=True)

    @cached_property
    def _index(self) -> Any:
        from rank_bm25 import BM25Okapi  # noqa: PLC0415  # loaded when a sentence is read, and not with every verb

        return BM25Okapi([self._texts[indicator.id] for indicator in self._indicators])


def stems(texts: Iterable[str]) -> list[str]:
    """Return words without their endings, and without those that stand everywhere."""
    return [_stem(text) for text in texts if text not in _COMMON and not text[0].isdigit()]


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    found: str = _stemmer().stemWord(word)
    return found


@cache
def _stemmer() -> Any:
    import snowballstemmer  # noqa: PLC0415  # as above

    return snowballstemmer.stemmer("english")


def _text(criterion: Criterion, indicator: Indicator, cues: Iterable[Cue]) -> list[str]:
    """The words of a question, of the name and the scale of its criterion, and of what its cues stand for."""
    scale = " ".join(text for text in criterion.scale.values())
    own = f"{indicator.asks} {indicator.id.replace('_', ' ')} " + " ".join(cue.stands_for for cue in cues)
    return stems(word.text for word in words(f"{own} {own} {criterion.title} {scale}"))


def _names_a_part(spoken: Sequence[Spoken], places: Sequence[int]) -> bool:
    """Whether some words reach across `including`: `convicted no offenders, including officials` says two things."""
    return any(word.text == "including" for word in spoken[min(places) : max(places)])


def _can_be(lead: Lead, spoken: Sequence[Spoken]) -> bool:
    """Whether a sentence that is only like a question can answer it: an effort needs somebody who makes it."""
    return not lead.indicator.effort or names_somebody(spoken)


@dataclass(slots=True)
class _Group:
    """The leads to one thing that a sentence says, the likeliest first."""

    leads: list[Lead]
    places: set[int]
    """The words that lead to its first indicator, by whichever of its cues."""

    def is_about(self, lead: Lead) -> bool:
        """Whether a lead is to this thing too: by one head, by words that are all of its own, or by its indicator."""
        first = self.leads[0]
        if first.places[0] == lead.places[0]:
            return first.of_part == lead.of_part
        if set(lead.places) <= self.places:
            return True
        if first.indicator is lead.indicator and set(first.places) & set(lead.places):
            return True
        return lead.places[0] in first.places and len(lead.places) < len(first.places)

    def take(self, lead: Lead) -> None:
        """Take a lead: one more indicator, or more words that lead to the first."""
        if lead.indicator is self.leads[0].indicator:
            self.places |= set(lead.places)
        if all(lead.indicator.id != other.indicator.id for other in self.leads):
            self.leads.append(lead)
