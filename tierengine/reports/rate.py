"""The rating sheet, in words for people: what to judge, what speaks for and against, and the tier that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tierengine.lab.questions.rate import Closing, RatingSheet, Weighed, Word
from tierengine.reports.alternatives import factored
from tierengine.reports.answer import with_no_list
from tierengine.reports.outline import Line, Section, any_tier_names, filled
from tierengine.reports.report import Report, exhibits
from tierengine.reports.settle import number_word
from tierengine.terms.tier import Tier

_STATUS = {
    "settled": "It is settled on the facts. A person who rates the words below may still move it.",
    "provisional": "It is provisional: it rests on what the rules propose for open words that nobody has rated.",
    "open": "No tier is recommended yet: it hangs on the ratings below.",
}


def rating_report(sheet: RatingSheet) -> Report:
    """Return the rating sheet as a report of its own."""
    subject, day = sheet.subject, sheet.law.as_of
    sections = rating_sections(sheet)
    return Report(
        heading=f"{subject.name} ({subject.country}): what a person must judge, law in force on {day}",
        subject=subject.name,
        as_of=day,
        lead=sections,
        body=(),
        drawn=None,
        exhibits=exhibits(sections),
    )


def rating_sections(sheet: RatingSheet) -> tuple[Section, ...]:
    """Return the sections of a rating sheet: where it stands, the table, the words, the fewest ratings that settle."""
    return filled(
        Section("Rating sheet", tuple(_standing(sheet)), ("Tier", "Status", "What it rests on")),
        Section("The tier that follows", tuple(_table(sheet)), ("If", "Then", "")),
        Section("What to judge", tuple(map(_word, sheet.words)), ("Open word", "Proposed", "What to weigh")),
        Section("The fewest ratings that settle a tier", tuple(_fewest(sheet)), ("Tier", "", "By which ratings")),
    )


def _standing(sheet: RatingSheet) -> Iterator[Line]:
    facts = f"Open on the facts: {any_tier_names(sheet.open_tiers)}."
    person = f"Open to a person who may rate freely: {any_tier_names(_freely(sheet))}."
    name = "No tier" if sheet.tier is None else any_tier_names((sheet.tier,))
    yield Line(name, sheet.status, _STATUS[sheet.status], (facts, person))


def _freely(sheet: RatingSheet) -> tuple[Tier | None, ...]:
    """What is open to a person, with `None` for a country on no list where the facts or some ratings leave that."""
    rated = (tier for row in sheet.table for tier in row.tiers)
    alone = (each.tier for each in sheet.closing)
    return with_no_list(sheet.open_to_a_person, (*sheet.open_tiers, *rated, *alone))


def _table(sheet: RatingSheet) -> Iterator[Line]:
    titles = {word.word: word.title for word in sheet.words}
    for row in sheet.table:
        ratings = [f"{_quoted(titles[word])} is {level}" for word, level in row.ratings.items()]
        yield Line(f"If {_listed(ratings)}", any_tier_names(row.tiers), "")


def _quoted(title: str) -> str:
    return f"\u201c{title}\u201d"


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _word(word: Word) -> Line:
    rubric = (f"{level} means: {means}" for level, means in word.rubric.items())
    proposed = word.proposed
    because = f" The rules propose {proposed.level}: {proposed.says} ({proposed.authority})." if proposed else ""
    weighed = (
        *_weighed("Speaks for met", word.for_met),
        *_weighed("Speaks against met", word.against_met),
        *_weighed("Bears on it", word.beside),
    )
    passages = (each.passage for each in (*word.for_met, *word.against_met, *word.beside))
    return Line(
        word.word,
        f"proposed: {proposed.level}" if proposed else "not rated",
        f"{word.asks}{because}",
        (*rubric, *weighed, word.citation),
        tuple(each for each in passages if each is not None),
        word.title,
    )


def _weighed(head: str, sides: tuple[Weighed, ...]) -> Iterator[str]:
    for each in sides:
        where = f" ({each.passage.record})" if each.passage is not None else ""
        yield f"{head}: {each.says}{where}"


def _fewest(sheet: RatingSheet) -> Iterator[Line]:
    for each in sheet.closing:
        yield Line(any_tier_names((each.tier,)), "", _sets(each, sheet.titles))


def _sets(closing: Closing, titles: Mapping[str, str]) -> str:
    sets = [[f"{_quoted(titles[word])} [{word}]" for word in each] for each in closing.sets]
    groups = factored(sets) if closing.whole else None
    if groups is None:
        more = "" if closing.whole else " and more"
        return f"{len(sets)}{more} sets, such as: {_listed(sets[0])}."
    choices = [group[0] if len(group) == 1 else f"one of {', '.join(group)}" for group in groups]
    size = len(sets[0])
    return f"{number_word(size).capitalize()} rating{'s' if size > 1 else ''} can: {_listed(choices)}."
