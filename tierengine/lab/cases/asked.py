"""Short cases of the rules that decide before and after the criteria: one question, and what the law of a day answers.

asked:
  - name: a promise supports nothing any more
    as_of: 2019-06-20
    record: {kind: commitment, dated: in the period}     which rule of admission takes a record with these attributes
    expect: {set_aside_by: ADM-COMMITMENT}
  - years: {2009: 2WL, 2010: 2WL}   report: 2011          how the years on the watch list bind a report
    report: 2021                                          which days the statute counts for a report
    advice: {product: annual, situations: [settled]}      what is recommended
    item: {kind: law, indicator: ID}                      what of a dossier is carried into the next
    figures: {this_year: 365, last_year: 334}             whether figures of so many days are compared
    last_report: 2018-06-28                               the first day from which a step counts as progress
    reads: ID                                             what an indicator takes, or what a criterion is
    proposes: ID   given: {...}                           which level is proposed for an open word that nobody has rated
    holds: ID   given: {...}                              whether a rule of coherence holds of single answers

What is not written under `expect` may come out either way. With `also_on: [DATE, ...]` the law of other dates is asked
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from tierengine import yamlfile
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.lowering import lower_coherence
from tierengine.errors import NotInForceError, Problem
from tierengine.lab.cases.given import facts_of, unfit
from tierengine.law.entries import CarriedItem, Coherence, Criterion, Given, Indicator, Kind, Situation
from tierengine.law.linter import unknown
from tierengine.law.rulebook import Law, Rulebook
from tierengine.reasoning.advice import first_advice
from tierengine.reasoning.clocks import clocks_of, report_day
from tierengine.reasoning.history import Reading, standing_under
from tierengine.reasoning.progress import counts_from
from tierengine.reasoning.proposals import Proposer
from tierengine.terms.scalars import Day, Model, Text, Whole, Word
from tierengine.terms.tier import WrittenPlacement
from tierengine.yamlfile import Document

NOTHING = "nothing"
"""What is said where no rule speaks."""

Attribute = Literal["kind", "reliability", "credibility", "dated", "indicator", "origin", "figure", "carried"]
"""What a rule of admission may look at."""


class AdviceAsked(Model):
    """For what is advice asked: the product, and every situation in which the country is."""

    product: Literal["annual", "interim"]
    situations: Annotated[tuple[Situation, ...], Field(min_length=1)]
    """Every situation in which the country is."""


class Figures(Model):
    """Of how many days the figures of two years are."""

    this_year: Whole
    """Days of which the figure of the period is."""
    last_year: Whole
    """Days of which that of the year before is."""


class Asked(Model):
    """One question to a rule of procedure, with what must be answered."""

    name: Text
    as_of: Day
    """The date whose law answers."""
    also_on: tuple[Day, ...] = ()
    """Other dates whose law answers the same."""
    sketch: Text | None = None
    """What is asked in plain sentences, for the reader."""
    record: dict[Attribute, Word] | None = None
    years: dict[Text, WrittenPlacement] | None = None
    """Where each report placed the country, by its year."""
    reading: Reading = "state"
    """With `years`: which of the two readings counts them."""
    report: Whole | None = None
    """The year of the report."""
    advice: AdviceAsked | None = None
    item: CarriedItem | None = None
    figures: Figures | None = None
    last_report: Day | None = None
    reads: Text | None = None
    """The id of the indicator or criterion that is read."""
    proposes: Text | None = None
    """The open word for which a level is proposed."""
    holds: Text | None = None
    """The id of the rule of coherence."""
    given: Given | None = None
    """With `proposes` and `holds`: what is known of the country."""
    expect: Annotated[dict[Text, Word], Field(min_length=1)]

    @property
    def subject(self) -> str:
        """What is asked of: the key of the question."""
        return next(key for key in SUBJECTS if getattr(self, key) is not None)

    @model_validator(mode="after")
    def _one_question(self) -> Asked:
        found = [key for key in SUBJECTS if getattr(self, key) is not None and key != "report"]
        if self.years is not None and self.report is None:
            raise ValueError("`years` are asked for a report; add the year of the `report`")
        if (self.given is None) == (self.proposes is not None or self.holds is not None):
            raise ValueError("`given` goes with `proposes` and `holds`, and with nothing else; add it, or remove it")
        if len(found) > 1 or not (found or self.report is not None):
            raise ValueError(f"one question is asked at a time; write one of: {', '.join(SUBJECTS)}")
        return self


SUBJECTS = (
    *("record", "years", "advice", "item", "figures", "last_report", "reads", "proposes", "holds"),
    "report",
)
"""The keys of the questions; `report` alone asks for its days, and with `years` how they bind it."""


@dataclass(frozen=True, slots=True)
class PlacedAsked:
    """A question that can be put: where it stands, and the law of its date."""

    asked: Asked
    document: Document
    number: int
    law: Law

    def where(self, *path: str | int) -> str:
        """Return `file:line:column` of a part of the question, or of the question itself."""
        return self.document.where("asked", self.number, *path)


def answer(asked: Asked, law: Law) -> dict[str, str]:
    """Return what the law answers, each part by its name."""
    return dict(_ANSWERS[asked.subject](asked, law))


def asked_in(document: Document, rulebook: Rulebook, problems: list[Problem]) -> Iterator[PlacedAsked]:
    """Yield the sound short cases of a file; add what is wrong with the others to the problems."""
    values = document.values
    listed = isinstance(values, dict) and isinstance(values.get("asked"), tuple)
    for number, part in enumerate(document.parts("asked") if listed else ()):
        asked = yamlfile.check(part, Asked, problems)
        if asked is None:
            continue
        for day in (asked.as_of, *asked.also_on):
            on_the_day = asked.model_copy(update={"as_of": day})
            placed = _placed(on_the_day, document, number, rulebook, problems)
            if placed is not None:
                yield placed


def _placed(
    asked: Asked, document: Document, number: int, rulebook: Rulebook, problems: list[Problem]
) -> PlacedAsked | None:
    try:
        placed = PlacedAsked(asked, document, number, rulebook.on(asked.as_of))
    except NotInForceError as error:
        problems += [
            Problem(where=document.where("asked", number, "as_of"), what=each.what, cure=each.cure)
            for each in error.problems
        ]
        return None
    for path, (what, cure) in _complaints(placed):
        problems.append(Problem(where=placed.where(*path), what=what, cure=cure))
    return placed


def _complaints(placed: PlacedAsked) -> Iterator[tuple[tuple[str | int, ...], tuple[str, str]]]:
    """What cannot be asked of the law of the day, or is no part of its answer."""
    asked, law = placed.asked, placed.law
    if asked.reads is not None and asked.reads not in (*law.indicators_by_id, *law.criteria_by_id):
        yield ("reads",), unknown("indicator or criterion", asked.reads, (*law.indicators_by_id, *law.criteria_by_id))
        return
    for key, known_names in (("proposes", law.judges), ("holds", {rule.id: rule for rule in law.coherence})):
        name = getattr(asked, key)
        if name is not None and name not in known_names:
            yield (key,), unknown("open word" if key == "proposes" else "rule of coherence", name, known_names)
            return
    if asked.given is not None and (unusable := list(unfit(asked.given, law))):
        yield from ((("given", *path), complaint) for path, complaint in unusable)
        return
    wrong = [year for year in asked.years or () if not (year.isdigit() and len(year) == 4)]
    if wrong:
        yield ("years", wrong[0]), (f"`{wrong[0]}` is no year", "write four digits, such as 2009")
        return
    known = answer(asked, law)
    for name in asked.expect:
        if name not in known:
            yield ("expect", name), unknown("part of the answer", name, known)


# -- what the law answers ------------------------------------------------------------------------------------------


_Parts = Iterator[tuple[str, str]]


def _record(asked: Asked, law: Law) -> _Parts:
    assert asked.record is not None
    rule = law.sets_aside({str(name): word for name, word in asked.record.items()})
    yield "set_aside_by", NOTHING if rule is None else rule.id
    mark = asked.record.get("reliability", "") + asked.record.get("credibility", "")
    if rule is None and mark:
        marks = {each: level for table in law.certainties for level, listed in table.levels.items() for each in listed}
        yield "certainty", marks.get(mark, NOTHING)


def _years(asked: Asked, law: Law) -> _Parts:
    assert asked.years is not None
    assert asked.report is not None
    stood = standing_under({int(year): tier for year, tier in asked.years.items()}, asked.report, law, asked.reading)
    for name in ("run", "waivers_used", "cap", "limit"):
        found = getattr(stood, name)
        yield name, "unknown" if found is None else str(found)


def _report(asked: Asked, law: Law) -> _Parts:
    assert asked.report is not None
    yield from ((due.id, str(due.day)) for due in clocks_of(law, asked.report, report_day(law, asked.report)))
    for clock in law.clocks:
        if clock.period is not None:
            yield f"the {clock.period} day of the period", clock.id
        if clock.report:
            yield "the report", clock.id


def _advice(asked: Asked, law: Law) -> _Parts:
    assert asked.advice is not None
    found = first_advice(law, asked.advice.product, frozenset(asked.advice.situations))
    yield "by", found.id if found is not None else NOTHING
    yield "recommend", found.recommend if found is not None else NOTHING


def _item(asked: Asked, law: Law) -> _Parts:
    assert asked.item is not None
    rule = next((each for each in law.carryings if each.carries(asked.item)), None)
    yield "carried_by", NOTHING if rule is None else rule.id
    yield "becomes", NOTHING if rule is None else rule.becomes


def _figures(asked: Asked, law: Law) -> _Parts:
    assert asked.figures is not None
    policy = next(iter(law.years_compared), None)
    compared = policy is None or policy.compares(asked.figures.this_year, asked.figures.last_year)
    yield "compared", _word(compared)


def _last_report(asked: Asked, law: Law) -> _Parts:
    assert asked.last_report is not None
    found = law.progress[0] if law.progress else None
    yield "counts_from", NOTHING if found is None else str(counts_from(found, asked.last_report))


def _reads(asked: Asked, law: Law) -> _Parts:
    assert asked.reads is not None
    indicator = law.indicators_by_id.get(asked.reads)
    if indicator is not None:
        yield from _of_indicator(indicator)
    else:
        yield from _of_criterion(law.criterion(asked.reads))


def _of_indicator(indicator: Indicator) -> _Parts:
    """How an indicator is answered: by which records, of what time, and what follows from others."""
    yield "type", ", ".join((indicator.type, *indicator.choices))
    yield "records", ", ".join(kind for kind in get_args(Kind) if indicator.takes(kind, None)) or NOTHING
    yield "acts of others", "refused" if indicator.refuses("other government") else "count"
    several = "must agree" if indicator.combine == "same" else "are added up"
    yield (
        "several records",
        several if indicator.counts_kind is None else f"of kind {indicator.counts_kind} are counted",
    )
    yield "a mere statement", indicator.stated or NOTHING
    yield "a silence", indicator.when_silent.reads_as if indicator.when_silent is not None else NOTHING
    yield "a record of before", indicator.dated("outside the period")
    yield "better", indicator.better
    yield "undone", "cannot be" if indicator.lasting else "can be"
    yield "asked", "by no rule" if indicator.background else "by a rule"
    compared = indicator.compared
    yield "compares", NOTHING if compared is None else f"{compared.greater} > {compared.than}"
    yield "last year of", indicator.last_year_of or NOTHING
    yield "denied with", ", ".join(indicator.denied_with) or NOTHING
    yield "shown by", ", ".join(indicator.shown_by) or NOTHING


def _of_criterion(criterion: Criterion) -> _Parts:
    """What a criterion is, and from where on it is met."""
    yield "part", criterion.part
    yield "direction", criterion.direction
    yield "met from", criterion.met_from
    yield "levels", ", ".join(criterion.scale)
    yield "judgement", criterion.judgement.id if criterion.judgement is not None else NOTHING


def _proposes(asked: Asked, law: Law) -> _Parts:
    """The level that the first rule proposes whose condition is known to hold; nothing where none speaks."""
    assert asked.proposes is not None
    assert asked.given is not None
    criterion = law.judges[asked.proposes]
    spoken = _proposer(law, criterion).spoken((criterion,), dict(facts_of(law, asked.given, ())), {})
    found = spoken.get(asked.proposes)
    yield "level", NOTHING if found is None else found.rule.level


def _proposer(law: Law, criterion: Criterion) -> Proposer:
    """What knows the proposal of one criterion; it is kept with the law, since many cases ask for it."""
    name = f"proposer of {criterion.id}"
    if name not in law.kept:
        law.kept[name] = Proposer(law, CompiledEngine, (criterion,))
    kept = law.kept[name]
    assert isinstance(kept, Proposer)
    return kept


def _holds(asked: Asked, law: Law) -> _Parts:
    """Whether a rule of coherence holds of what is given, or is contradicted, or stays open."""
    assert asked.holds is not None
    assert asked.given is not None
    rules = [rule for rule in law.coherence if rule.id == asked.holds]
    if not rules:
        yield "found", "no such rule"
        return
    settled = _engine(law, rules[0]).settled(dict(facts_of(law, asked.given, ()))).get(asked.holds)
    yield "found", "open" if settled is None else "coherent" if settled else "contradiction"


def _engine(law: Law, rule: Coherence) -> CompiledEngine:
    """What evaluates one rule of coherence; it is kept with the law, since many cases ask for it."""
    name = f"engine of {rule.id}"
    if name not in law.kept:
        law.kept[name] = CompiledEngine(lower_coherence(law, (rule,)))
    kept = law.kept[name]
    assert isinstance(kept, CompiledEngine)
    return kept


def _word(holds: bool) -> str:
    return "true" if holds else "false"


_ANSWERS: dict[str, Callable[[Asked, Law], _Parts]] = {
    "record": _record,
    "years": _years,
    "report": _report,
    "advice": _advice,
    "item": _item,
    "figures": _figures,
    "last_report": _last_report,
    "reads": _reads,
    "proposes": _proposes,
    "holds": _holds,
}
