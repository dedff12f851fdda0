"""The rating sheet: the open words that decide, with what speaks for and against each, and the tier that follows.

The facts are taken as they are; what nobody has answered stays open. A rating on the sheet is a person's, and stands
whatever the records propose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from tierengine.engines.lowering import rating
from tierengine.errors import Problem, UsageError
from tierengine.evidence.dossier import Casefile
from tierengine.evidence.records import Evidence, Rating
from tierengine.evidence.remainder import remainder
from tierengine.lab.questions.inquiry import Inquiry
from tierengine.lab.questions.settle import settling_answers
from tierengine.law.entries import Criterion, Indicator
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.admission import Admitted, admit
from tierengine.reasoning.assess import Assessor, law_of
from tierengine.reasoning.assessment import Assessment, Hinge, LawUsed, Passage, Proposed, Status, Subject
from tierengine.reasoning.provisional import levels_of
from tierengine.reasoning.trace import passage_of
from tierengine.reasoning.words import leaf_name
from tierengine.terms.level import LEVELS, Level, rank
from tierengine.terms.tier import Tier

MOST_IN_TABLE = 5
"""Words of the table at most, so that it stays a small one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Something that speaks for a rating or against it: a record, or a finding on which the word looks."""

    says: str
    passage: Passage | None
    """The record; nothing for a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """An open word that a person must rate: what is asked, what each level means, and what there is to weigh."""

    word: str
    """The name under which a dossier answers it."""
    asks: str
    rubric: dict[Level, str]
    """What each level means, from the lowest."""
    criterion: str
    title: str
    citation: str
    for_met: tuple[Weighed, ...]
    """What speaks for the highest level."""
    against_met: tuple[Weighed, ...]
    beside: tuple[Weighed, ...]
    """What bears on it and speaks for neither."""
    proposed: Proposed | None
    """What the rules propose; it is no finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The smallest sets of open words of which some ratings settle one tier, given the facts."""

    tier: Tier | None
    """`None` for a country that is on no list."""
    sets: tuple[tuple[str, ...], ...]
    """The sets, each of names of open words."""
    whole: bool
    """False where there are more sets of this size than are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """Ratings of some words that decide, and the tiers that are then left, whatever the others of these words are.

    The words that do not decide are as the rules propose them, where they do.
    """

    ratings: dict[str, Level]
    """Levels, by the name of the open word."""
    tiers: tuple[Tier | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingSheet:
    """What a person must judge, and what follows from it."""

    subject: Subject
    law: LawUsed
    tier: Tier | None
    """What is recommended without these ratings."""
    status: Status
    open_tiers: tuple[Tier | None, ...]
    """Open on the facts, ratings as the records leave room; `None` for a country that is on no list."""
    open_to_a_person: tuple[Tier, ...]
    """The tiers that are open to a person who may rate freely; that a country is on no list is no tier, and `table`
    and `closing` name it."""
    closing: tuple[Closing, ...]
    """For each tier that ratings alone can settle, by how few they do."""
    titles: dict[str, str]
    """The title of the criterion of each open word in `closing`."""
    words: tuple[Word, ...]
    """The words that decide: those on which the recommendation hangs, or without one those of the smallest sets."""
    table: tuple[Rated, ...]
    """Every way to rate the words that decide, each row as short as can be; what contradicts itself is left out."""


def rate(casefile: Casefile, rulebook: Rulebook, as_of: date | None = None) -> RatingSheet:
    """Return the rating sheet of a dossier under the law in force on a date (its own, if none is given).

    Raise what `assess` raises, and `UndecidedError` if the solver gives up.
    """
    assessor = Assessor(law_of(casefile, rulebook, as_of))
    return sheet_of(casefile, assessor, assessor.assess(casefile))


def sheet_of(casefile: Casefile, assessor: Assessor, assessment: Assessment) -> RatingSheet:
    """Return the rating sheet that goes with an assessment by the same assessor."""
    law, recommended = assessor.law, assessment.recommendation
    admitted = admit(casefile, law)
    inquiry = Inquiry(law, admitted.facts)
    closing = tuple(_closing(inquiry))
    words = _deciding(closing, assessment)
    writer = _Writer(law, admitted, assessment)
    levels = {word: tuple(levels_of(law.judges[word])) for word in words}
    return RatingSheet(
        subject=assessment.subject,
        law=assessment.law,
        tier=recommended.tier,
        status=recommended.status,
        open_tiers=tuple(row.tier for row in inquiry.open_rows()),
        open_to_a_person=recommended.open_to_a_person,
        closing=closing,
        titles={word: law.judges[word].title for each in closing for words in each.sets for word in words},
        words=tuple(writer.word(name) for name in words),
        table=tuple(_rows(_left(casefile, assessor, levels), levels)),
    )


def open_word(casefile: Casefile, assessor: Assessor, assessment: Assessment, name: str) -> Word:
    """Return one open word with what there is to weigh, whether it decides or not; the answer is the assessor's own.

    Raise `UsageError` if the law of the date has no such word.
    """
    if name not in assessor.law.judges:
        cure = f"write one of: {', '.join(sorted(assessor.law.judges))}"
        raise UsageError([Problem(where="word", what=f"`{name}` is no open word of this law", cure=cure)])
    return _Writer(assessor.law, admit(casefile, assessor.law), assessment).word(name)


def choices(casefile: Casefile, assessor: Assessor, name: str) -> dict[Level, tuple[Tier | None, ...]]:
    """Return each level that an open word can be rated at, and the tiers that are left then, the others as proposed.

    None is left where the rating would contradict the records or another rating. A rating that the dossier holds of
    this word is passed over.
    """
    unrated = remainder(casefile, lambda item: not (isinstance(item, Rating) and item.measures == name))
    rows = {level: assessor.once_rated(unrated, {name: level}) for level in levels_of(assessor.law.judges[name])}
    return {level: tuple(row.tier for row in found) for level, found in rows.items()}


# -- the words that decide -----------------------------------------------------------------------------------------


def _closing(inquiry: Inquiry) -> Iterator[Closing]:
    """The smallest sets of words that settle each tier which ratings alone can settle, the fewest words first."""
    words = {rating(name) for name in inquiry.unrated} & set(inquiry.unknown)
    if len(inquiry.open_rows()) == 1 or not words:
        return
    found = []
    for row in inquiry.law.tiers:
        listed = settling_answers(inquiry, row.id, words)
        if listed.found:
            sets = tuple(tuple(leaf_name(name) for name in answers) for answers in listed.found)
            found.append(Closing(tier=row.tier, sets=sets, whole=listed.whole))
    yield from sorted(found, key=lambda each: len(each.sets[0]))


def _deciding(closing: tuple[Closing, ...], assessment: Assessment) -> tuple[str, ...]:
    """The words on which the recommendation hangs; where there is none, those of one smallest set of each tier."""
    hinges = [hinge for hinge in assessment.hinges if hinge.word is not None]
    if assessment.recommendation.status != "open":
        # What leads to another tier comes before what leads to none.
        return tuple(each.word for each in sorted(hinges, key=_to_no_list) if each.word)[:MOST_IN_TABLE]
    chosen: list[str] = []
    for each in closing:
        best = min(each.sets, key=lambda words: sum(word not in chosen for word in words))
        chosen += [word for word in best if word not in chosen]
    return tuple(chosen[:MOST_IN_TABLE])


def _to_no_list(hinge: Hinge) -> bool:
    return any(None in outcome.tiers for outcome in hinge.outcomes)


# -- the table -----------------------------------------------------------------------------------------------------

_Chosen = tuple[Level, ...]
_Left = dict[_Chosen, tuple[Tier | None, ...]]


def _left(casefile: Casefile, assessor: Assessor, levels: Mapping[str, tuple[Level, ...]]) -> _Left:
    """Every way to rate the words, and the tiers that it leaves."""
    found: _Left = {}
    for chosen in product(*levels.values()) if levels else ():
        rows = assessor.once_rated(casefile, dict(zip(levels, chosen, strict=True)))
        found[chosen] = tuple(row.tier for row in rows)
    return found


def _rows(left: _Left, levels: Mapping[str, tuple[Level, ...]]) -> Iterator[Rated]:
    """The table, in which a word does not stand where no rating of it makes a difference any more."""
    possible = {chosen: tiers for chosen, tiers in left.items() if tiers}
    yield from _branch(possible, list(levels), list(levels), {})


def _branch(left: _Left, names: list[str], waiting: list[str], so_far: dict[str, Level]) -> Iterator[Rated]:
    if len(set(left.values())) <= 1 or not waiting:
        yield from (Rated(ratings=so_far, tiers=tiers) for tiers in list(left.values())[:1] if so_far)
        return
    name = min(waiting, key=lambda each: _mixed(left, names.index(each)))
    place, rest = names.index(name), [other for other in waiting if other != name]
    for level in sorted({chosen[place] for chosen in left}, key=rank):
        under = {chosen: tiers for chosen, tiers in left.items() if chosen[place] == level}
        yield from _branch(under, names, rest, {**so_far, name: level})


def _mixed(left: _Left, place: int) -> int:
    """How many levels of a word leave more than one outcome: a word that decides by itself is asked first."""
    groups: dict[Level, set[tuple[Tier | None, ...]]] = {}
    for chosen, tiers in left.items():
        groups.setdefault(chosen[place], set()).add(tiers)
    return sum(len(outcomes) > 1 for outcomes in groups.values()) + (len(groups) < 2) * len(left)


# -- what there is to weigh ----------------------------------------------------------------------------------------


class _Writer:
    """Writes what speaks for a rating and against it."""

    def __init__(self, law: Law, admitted: Admitted, assessment: Assessment) -> None:
        self._law = law
        self._admitted = admitted
        answers = (*assessment.standards, *assessment.criteria, *assessment.considered)
        self._spans: dict[str, tuple[Level, Level]] = {each.id: (each.shown, each.possible) for each in answers}
        self._spans |= {each.route: (each.shown, each.possible) for each in assessment.watch_list}
        self._proposed = {each.word: each for each in assessment.recommendation.rests_on}

    def word(self, name: str) -> Word:
        """Return an open word with what there is to weigh."""
        criterion = self._law.judges[name]
        judgement = criterion.judgement
        assert judgement is not None
        sides: dict[int, list[Weighed]] = {1: [], -1: [], 0: []}
        for side, weighed in (*self._records(criterion), *self._findings(criterion)):
            sides[side].append(weighed)
        return Word(
            word=name,
            asks=judgement.question,
            rubric={level: judgement.rubric[level] for level in LEVELS if level in judgement.rubric},
            criterion=criterion.id,
            title=criterion.title,
            citation=str(criterion.citation),
            for_met=tuple(sides[1]),
            against_met=tuple(sides[-1]),
            beside=tuple(sides[0]),
            proposed=self._proposed.get(name),
        )

    def _records(self, criterion: Criterion) -> Iterator[tuple[int, Weighed]]:
        """The records that count on what the criterion asks, each with the side that it speaks for."""
        way = -1 if criterion.direction == "counts against the government" else 1
        asked = {part.indicator for rung in criterion.rules for part in rung.when.walk() if part.indicator is not None}
        for indicator in self._law.indicators:
            if indicator.id in asked or indicator in criterion.indicators:
                for record in self._admitted.records.get(indicator.id, ()):
                    yield way * _side(indicator, record), Weighed(says=indicator.asks, passage=passage_of(record))
                if indicator.when_silent is not None and indicator.id not in self._admitted.records:
                    side = 1 if indicator.when_silent.reads_as == indicator.better else -1
                    for silence in self._admitted.silences.get(indicator.id, ()):
                        yield way * side, Weighed(says=indicator.asks, passage=passage_of(silence))

    def _findings(self, criterion: Criterion) -> Iterator[tuple[int, Weighed]]:
        """The findings that the criterion asks for, by what is shown of them and still possible."""
        asked = [part.finding for rung in criterion.rules for part in rung.when.walk() if part.finding is not None]
        for name in dict.fromkeys(asked):
            if name not in self._spans:
                continue
            low, high = self._spans[name]
            helps = self._law.criterion(name).direction != "counts against the government"
            side = 1 if low != "not met" else -1 if high == "not met" else 0
            level = low if low == high else f"shown: {low}, possible: {high}"
            title = self._law.criterion(name).title
            yield (side if helps else -side), Weighed(says=f"{title} ({level}) [{name}]", passage=None)


def _side(indicator: Indicator, record: Evidence) -> int:
    """Whether a record speaks for the government (1), against it (-1), or neither way."""
    if indicator.better == "neither" or isinstance(record.value, str) is False:
        return 0
    if indicator.type == "truth":
        return 1 if str(record.value) == indicator.better else -1
    some = str(record.value) not in ("0", "false")
    return 1 if some == (indicator.better == "more") else -1
