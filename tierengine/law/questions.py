"""Every question that the law of a day asks: what answers it, in which words and of which kinds of record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from tierengine.law.entries import LAST_YEAR, Compared, Criterion, Indicator, Judgement, Kind, Silence
from tierengine.law.rulebook import Law
from tierengine.terms.level import LEVELS, Level
from tierengine.terms.scalars import Model

About = Literal["the reporting period", "an earlier year", "the report itself"]
"""Of which time an answer speaks: a record of an earlier year counts only where that is asked."""


class Question(Model):
    """One question, as `tierengine questions` prints it: an indicator, or an open word that a person rates."""

    criterion: str
    title: str
    citation: str
    """The provision of the criterion under its numbers of the day."""
    id: str
    """How a record (`measures`) or a rating (`word`) names it."""
    asks: str
    type: Literal["truth", "count", "choice", "rating"]
    """What answers it: a truth, a count, one of some words, or a person's rating."""
    values: tuple[str, ...]
    """The words that may answer it; a count has none but those that compare it with last year."""
    unit: str | None = None
    """What a count counts."""
    kinds: tuple[Kind, ...] = ()
    """The kinds of record that may answer it; none where a person rates, or where records are counted."""
    better: Literal["more", "fewer", "true", "false", "neither"] | None = None
    """Which answer helps the government; a rating helps as its criterion does."""
    about: About = "the reporting period"
    """Of what it asks."""
    government_only: bool = False
    """Only what the government itself did answers it."""
    added_up: bool = False
    """Several records are added up; otherwise they must agree."""
    lasting: bool = False
    """A yes speaks of acts that cannot be undone."""
    stated: str | None = None
    """The answer that a mere statement may give too."""
    when_silent: Silence | None = None
    """The answer that the provision gives to a source that was read for it and says nothing."""
    compared: Compared | None = None
    """The two counts that it compares."""
    last_year_of: str | None = None
    """The question whose figure of the year before it asks for."""
    denied_with: tuple[str, ...] = ()
    """A no to one of these is a no to it, where nothing else answers it."""
    shown_by: tuple[str, ...] = ()
    """A yes to one of these in the reporting period is a yes to it."""
    counts_kind: Kind | None = None
    """The kind of record that it counts, instead of being answered."""
    decides: bool
    """Some rule asks for it; else it is shown to the person who rates, and a proposal may look at it."""
    open_words: tuple[str, ...] = ()
    """The words of the statute that a rating is about."""
    rubric: dict[Level, str] = Field(default_factory=dict)
    """What each level of a rating means, from the lowest."""


class QuestionTable(Model):
    """Every question of the law of a day, criterion by criterion as the statute counts."""

    as_of: date
    rulebook: str = Field(description="the digest of the rulebook")
    questions: tuple[Question, ...]


def questions(law: Law) -> QuestionTable:
    """Return every question of a law: of each criterion its open word first, then its indicators as written."""
    asked = law.asked()
    asked |= {name for each in law.indicators if each.id in asked for name in (*each.shown_by, *each.denied_with)}
    found = tuple(question for criterion in law.criteria for question in _of_criterion(criterion, law, asked))
    return QuestionTable(as_of=law.as_of, rulebook=law.digest, questions=found)


def _of_criterion(criterion: Criterion, law: Law, asked: set[str]) -> Iterator[Question]:
    if criterion.judgement is not None:
        yield _rating(criterion, criterion.judgement, asked)
    for indicator in criterion.indicators:
        yield _question(criterion, indicator, law, asked)


def _rating(criterion: Criterion, judgement: Judgement, asked: set[str]) -> Question:
    levels = [level for level in LEVELS if level in judgement.rubric]
    return Question(
        criterion=criterion.id,
        title=criterion.title,
        citation=str(criterion.citation),
        id=judgement.id,
        asks=judgement.question,
        type="rating",
        values=tuple(levels),
        decides=judgement.id in asked,
        open_words=judgement.words,
        rubric={level: judgement.rubric[level] for level in levels},
    )


def _question(criterion: Criterion, indicator: Indicator, law: Law, asked: set[str]) -> Question:
    return Question(
        criterion=criterion.id,
        title=criterion.title,
        citation=str(criterion.citation),
        id=indicator.id,
        asks=indicator.asks,
        type=indicator.type,
        values=_values(indicator, law),
        unit=indicator.unit,
        kinds=() if indicator.counts_kind is not None else indicator.kinds,
        better=indicator.better,
        about=_about(indicator),
        government_only=indicator.effort,
        added_up=indicator.combine == "sum",
        lasting=indicator.lasting,
        stated=indicator.stated,
        when_silent=indicator.when_silent,
        compared=indicator.compared,
        last_year_of=indicator.last_year_of,
        denied_with=indicator.denied_with,
        shown_by=indicator.shown_by,
        counts_kind=indicator.counts_kind,
        decides=indicator.id in asked,
    )


def _values(indicator: Indicator, law: Law) -> tuple[str, ...]:
    """The words that a record may give; how a count stands to last year's is said of the comparison of the two."""
    words = {"truth": ("true", "false"), "choice": indicator.choices}.get(indicator.type, ())
    return (*words, *LAST_YEAR) if law.of_two_years(indicator) else words


def _about(indicator: Indicator) -> About:
    if indicator.looks_back:
        return "an earlier year"
    return "the report itself" if indicator.with_the_report else "the reporting period"
