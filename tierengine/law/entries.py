"""The entries of the rulebook, as policy staff write them in `criteria/` and `rules/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, cached_property
from operator import is_not
from typing import Annotated, Any, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from tierengine.law.conditions import Condition
from tierengine.terms.bounds import Measured
from tierengine.terms.citation import Citation
from tierengine.terms.interval import InForce
from tierengine.terms.level import LEVELS, Certainty, Level, rank
from tierengine.terms.scalars import Day, Id, Model, Text, Truth, Whole, Word
from tierengine.terms.tier import WrittenTier
from tierengine.terms.wording import phrase

Kind = Literal["action", "statistic", "law", "commitment", "statement"]

Part = Literal["scope", "standard", "factor", "efforts", "watch list", "waiver"]
"""Where a criterion stands in the statute: who is covered, the four standards, the factors of standard 4,
the considerations of significant efforts, the grounds of the special watch list, the waiver of the downgrade."""


class Interpretation(Model):
    """What was read into open words, on whose authority, and why."""

    id: Id
    reads: Text
    """What is read into the words."""
    authority: Citation
    why: Text


class NotEncoded(Model):
    """A part of the provision that no rule expresses, and why."""

    clause: Text
    """The part of the provision."""
    why: Text


class Compared(Model):
    """What an indicator is worked out from: whether the first number is greater than the second.

    A record answers it directly where the numbers do not decide it.
    """

    greater: Id
    """The count that is the greater, where it is true."""
    than: Id
    """The count with which it is compared."""


LAST_YEAR: Mapping[str, bool] = {
    "more than last year": True,
    "as many as last year": False,
    "fewer than last year": False,
}
"""How a record says without a number how the count of the period stands to that of the year before, and whether it is
the greater."""


class Silence(Model):
    """The answer the provision itself gives when a source was read for an indicator and says nothing."""

    reads_as: Word
    """The answer that is read into the silence."""
    citation: Citation
    why: Text
    drafted: Truth = False
    """Whether a draft proposes it, of a source that reports on the period and leads nowhere to the indicator."""


class Cue(Model):
    """A phrase of the field that leads a reader from a sentence to an indicator."""

    phrase: Text
    """Words as `tierengine.terms.wording` reads them, such as `convict* + trafficker*|offender*`."""
    stands_for: Text
    """A plain sentence, made up, of the kind for which it stands: it must lead from there to its indicator."""
    value: Word | None = None
    """What the phrase says where nothing denies it; else true, or the number that stands beside it."""
    denies: tuple[Id, ...] = ()
    """What is denied as well where the phrase is: indicators that are parts of the whole of which it speaks."""

    @model_validator(mode="after")
    def _readable(self) -> Cue:
        phrase(self.phrase)
        return self


_BETTER = {"truth": ("true", "false", "neither"), "count": ("more", "fewer", "neither"), "choice": ("neither",)}
"""Which answers of a type may be the better ones."""


class Indicator(Model):
    """A measurable thing that a criterion looks at."""

    id: Id
    asks: Text
    cues: tuple[Cue, ...] = ()
    """Phrases that lead to it. They are of the language and not of the law, so those of one version serve all."""
    type: Literal["truth", "count", "choice"]
    """What answers it: true or false, a number, or one of its words."""
    unit: Text | None = None
    choices: tuple[Text, ...] = ()
    """The words, of which one answers it."""
    better: Annotated[
        Literal["more", "fewer", "true", "false", "neither"],
        WithJsonSchema({"enum": ["more", "fewer", True, False, "neither"]}),
    ]
    """Which answer helps the government."""
    effort: Truth = True
    """Whether it measures what the government did, so that only the government's own acts may answer it."""
    kinds: tuple[Kind, ...] = ("action", "statistic", "law")
    """The kinds of record that may answer it; another kind is set aside with its reason."""
    combine: Literal["same", "sum"] = "same"
    """Several records: they must agree, or they are added up."""
    compared: Compared | None = None
    counts_kind: Kind | None = None
    """Instead of being answered, it counts the admitted records of this kind."""
    when_silent: Silence | None = None
    looks_back: Truth = False
    """It asks for the state of an earlier year, so that a record dated before the reporting period may answer it."""
    last_year_of: Id | None = None
    """It is the figure of the year before for this indicator, whose records of that year answer it."""
    denied_with: tuple[Id, ...] = ()
    """A no to one of these is a no to it, where neither a record nor two numbers answer it."""
    shown_by: tuple[Id, ...] = ()
    """A record that says yes to one of these and lies in the reporting period is a yes to it."""
    stated: Word | None = None
    """The answer that a mere statement may give: who says that nothing was done says no less than who is silent."""
    lasting: Truth = False
    """A yes speaks of acts that cannot be undone: nothing the government does in the period turns it into a no."""
    with_the_report: Truth = False
    """It asks for what is decided when the report is made, so that a record dated after the period may answer it."""
    background: Truth = False
    """No rule asks for it: it is shown to the person who judges, and may answer a deficiency of the last report."""

    @property
    def sign(self) -> int:
        """Which way helps the government: 1 where more or true does, -1 where fewer or false does, 0 where neither."""
        return {"more": 1, "true": 1, "fewer": -1, "false": -1, "neither": 0}[self.better]

    @model_validator(mode="after")
    def _whole(self) -> Indicator:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("`choices` goes with `type: choice`; list the words, or change the type")
        if self.type == "count" and self.unit is None:
            raise ValueError("a count needs its `unit`; write what is counted, such as cases or persons")
        if self.combine == "sum" and self.type != "count":
            raise ValueError("`combine: sum` goes with `type: count`; remove it")
        if self.better not in _BETTER[self.type]:
            words = " or ".join(_BETTER[self.type])
            raise ValueError(f"a {self.type} is not better when `{self.better}`; write {words}")
        if self.last_year_of is not None and not (self.type == "count" and self.looks_back):
            raise ValueError("`last_year_of` goes with `type: count` and `looks_back: true`; add them, or remove it")
        if self.lasting and self.better != "false":
            raise ValueError("`lasting` goes with `better: false`; remove it")
        return self

    def takes(self, kind: str, value: object) -> bool:
        """Say whether a record of a kind with a value may answer it."""
        return kind in self.kinds or (kind == "statement" and self.stated is not None and value == self.stated)

    def refuses(self, doer: str) -> bool:
        """Say whether what somebody did is no answer, since only the government's own acts are."""
        return self.effort and doer != "government"

    def dated(self, dated: str) -> str:
        """Return how a record lies in time for this indicator, if its days lie so to the reporting period."""
        if dated in ("outside the period", "undated"):
            if self.looks_back:
                return "in the earlier year asked for"
            if self.with_the_report:
                return "with the report"
        return dated


class Judgement(Model):
    """The open words of a provision, left to a person: what is asked, and what each rating means."""

    id: Id
    words: tuple[Text, ...]
    """The open words, as the provision has them."""
    question: Text
    rubric: dict[Level, Text]
    """What each level means."""


class Rung(Model):
    """A rule that proposes a level. The level is reached if this and every lower rung hold."""

    level: Level
    when: Condition
    says: Text

    @model_validator(mode="after")
    def _not_the_lowest(self) -> Rung:
        if self.level == "not met":
            raise ValueError(
                "`not met` needs no rule; it is the level below the lowest rule, write the rule for the level above"
            )
        return self


class RequestLog(Model):
    """The indicators that a logged request for data answers."""

    requested: Id
    """The indicator that asks whether data were requested."""
    provided: Id
    """The indicator that asks whether they were provided."""


class Presumption(Model):
    """An outcome that the statute assigns: if the condition holds, the criterion is not met."""

    requests: RequestLog | None = None
    """Where the presumption turns on requests for data, what the log of requests answers."""

    when: Condition
    says: Text
    citation: Citation


class Given(Model):
    """What is known of a country, in single answers; findings and conclusions may be given instead of worked out."""

    indicators: dict[Id, Measured] = Field(default_factory=dict)
    judgements: dict[Id, Level] = Field(default_factory=dict)
    findings: dict[Id, Level] = Field(default_factory=dict)
    conclusions: dict[Id, Truth] = Field(default_factory=dict)
    last_report: Word | None = None
    last_ratings: dict[Id, Level] = Field(default_factory=dict)
    """How a person rated open words for the last report; only a proposal asks for it."""
    limit: Word | None = None


class Example(Given):
    """A small case with its expected answer; it runs as a test."""

    name: Text
    expect: Literal["met", "not met", "undetermined"]
    level: Level | None = None


class Reading(Model):
    """A rule of a proposal: the level that it proposes, where its condition is known to hold, and what it read."""

    level: Level
    when: Condition
    says: Text


class ProposalExample(Given):
    """A small case with the level that is proposed in it, or `open`; it runs as a test."""

    name: Text
    expect: Literal["not met", "partly met", "largely met", "met", "open"]


class Proposal(Model):
    """How an open word that nobody has rated is read for the time being: no finding, and outranked by any rating.

    The first rule whose condition is known to hold speaks. Where none does, the word stays open.
    """

    authority: Citation
    why: Text
    rules: Annotated[tuple[Reading, ...], Field(min_length=1)]
    too_thin: Text
    """What is said where no rule speaks."""
    examples: Annotated[tuple[ProposalExample, ...], Field(min_length=1)]


class Amendment(Model):
    """What an Act did to a provision."""

    act: Text
    """The Public Law and its section."""
    says: Text


class Renumbering(Model):
    """From a day on the provision stands under another number, and reads as before."""

    from_: Day = Field(alias="from")
    tvpa: Text
    usc: Text
    act: Text


class Entry(Model):
    """What every entry of the rulebook carries."""

    id: Id
    citation: Citation
    """The provision under the number that it has on the first day in force."""
    in_force: InForce
    change: Amendment | None = None
    """What made this version out of the one before it; needed on every version but the first."""
    struck: Amendment | None = None
    """What ended the provision, where no version follows."""
    renumbered: tuple[Renumbering, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    not_encoded: tuple[NotEncoded, ...] = ()

    def numbered_on(self, day: date) -> Self:
        """Return the entry with every citation of its own provision under the number of the day."""
        moves = [move for move in self.renumbered if move.from_ <= day]
        if not moves:
            return self
        latest = max(moves, key=lambda move: move.from_)
        old = self.citation

        def moved(citation: Citation) -> Citation:
            if not (citation.usc and old.usc and citation.usc.startswith(old.usc)):
                return citation
            usc = latest.usc + citation.usc.removeprefix(old.usc)
            tvpa = latest.tvpa + (citation.tvpa or "").removeprefix(old.tvpa or "")
            return citation.model_copy(update={"usc": usc, "tvpa": tvpa})

        copy: Self = _cited_anew(self, moved)
        return copy


@cache
def _may_cite(kind: type) -> bool:
    """Whether values of a type may hold a citation."""
    return issubclass(kind, Model) and not issubclass(kind, (Condition, Cue, Given, Judgement, Reading, Rung))


def _cited_anew(value: Any, moved: Callable[[Citation], Citation]) -> Any:
    """Return a value in which every citation, however deep, is replaced; itself, where none in it is."""
    kind: Any = type(value)
    if kind is Citation:
        return moved(value)
    if kind is tuple:
        items = tuple([_cited_anew(inner, moved) for inner in value])
        return items if any(map(is_not, items, value)) else value
    if kind is dict:
        changed = _changed(value, moved)
        return value | changed if changed else value
    if _may_cite(kind):
        changed = _changed({name: getattr(value, name) for name in kind.model_fields}, moved)
        return value.model_copy(update=changed) if changed else value
    return value


def _changed(values: Mapping[str, Any], moved: Callable[[Citation], Citation]) -> dict[str, Any]:
    """Those of some values in which a citation is replaced, each with what it becomes."""
    return {name: part for name, inner in values.items() if (part := _cited_anew(inner, moved)) is not inner}


class Criterion(Entry):
    """A question the statute asks, with its scale, its indicators and the rules that propose a level."""

    part: Part
    """The part of the law that it belongs to."""
    title: Text
    question: Text
    direction: Literal["favours the government", "counts against the government", "neither"]
    """Whether a higher level helps the government or stands against it."""
    scale: dict[Level, Text]
    """What each level means."""
    met_from: Level = "met"
    """The lowest level that counts as met."""
    judgement: Judgement | None = None
    indicators: tuple[Indicator, ...] = ()
    rules: tuple[Rung, ...]
    presumption: Presumption | None = None
    proposal: Proposal | None = None
    """How the open word of the judgement is read for the time being, where nobody has rated it."""
    examples: tuple[Example, ...]

    @model_validator(mode="after")
    def _coherent(self) -> Criterion:
        if {"met", "not met"} - set(self.scale):
            raise ValueError("the scale lacks an anchor; describe at least `met` and `not met`")
        if self.met_from not in self.scale or self.met_from == "not met":
            raise ValueError(
                "`met_from` is not a level of the scale above `not met`; name one that the scale describes"
            )
        ruled = [rung.level for rung in self.rules]
        if ruled != [level for level in LEVELS if level in ruled]:
            raise ValueError("the rules do not climb; write one rule for each level, from the lowest to the highest")
        if set(ruled) != set(self.scale) - {"not met"}:
            raise ValueError("each level of the scale above `not met` needs exactly one rule; add or remove one")
        if self.judgement is not None and set(self.judgement.rubric) != set(self.scale):
            raise ValueError(
                "the rubric and the scale differ; describe each level of the scale in the rubric, and no other"
            )
        return self

    @property
    def sign(self) -> int:
        """Which way a finding helps the government: 1 the better, -1 the worse the more it is met, 0 neither."""
        return {"favours the government": 1, "counts against the government": -1, "neither": 0}[self.direction]

    def rungs_below(self, level: Level) -> tuple[Rung, ...]:
        """The rules of all levels up to and including this one."""
        return tuple(rung for rung in self.rules if rank(rung.level) <= rank(level))


class Conclusion(Entry):
    """What several findings add up to."""

    says: Text
    when: Condition


class TierRow(Entry):
    """One row of the tier table: the tier, and the condition under which the country belongs there."""

    tier: WrittenTier | None = None
    """Absent for the row of countries that are not ranked."""
    says: Text
    when: Condition


class Route(Entry):
    """A way onto the special watch list by a change of list; the grounds of route iii are criteria."""

    says: Text
    when: Condition


class CoherenceExample(Given):
    """A small case that a rule of coherence lets pass or finds contradictory; it runs as a test."""

    name: Text
    expect: Literal["coherent", "contradiction"]


class Coherence(Entry):
    """What holds of every country, so that answers or ratings of which it fails contradict each other."""

    says: Text
    when: Condition | None = None
    """Left out: always."""
    then: Condition
    because: Text
    """Why it must be so, and what may honestly come apart and is therefore asked."""
    examples: tuple[CoherenceExample, ...]

    @cached_property
    def must(self) -> Condition:
        """The one condition that holds of every country."""
        if self.when is None:
            return self.then
        # Of conditions that were checked, so not checked again.
        return Condition.model_construct(any_=(Condition.model_construct(not_=self.when), self.then))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The names that it asks for, save placements."""
        return self.then.names if self.when is None else self.when.names | self.then.names


class Admission(Entry):
    """A rule that sets records aside: it takes every record of which all listed attributes match."""

    sets_aside: dict[
        Literal["kind", "reliability", "credibility", "dated", "indicator", "origin", "figure", "carried"],
        tuple[Word, ...],
    ]
    """What a record must be to be set aside: by attribute, the values of which it has one."""
    because: Text

    def takes(self, attributes: Mapping[str, str]) -> bool:
        """Say whether a record with these attributes is set aside."""
        return all(attributes.get(name) in words for name, words in self.sets_aside.items())

    @model_validator(mode="after")
    def _not_everything(self) -> Admission:
        if not self.sets_aside or not all(self.sets_aside.values()):
            raise ValueError(
                "`sets_aside` is empty and would take every record; list at least one attribute with its words"
            )
        return self


class CertaintyTable(Entry):
    """How far the sources carry: the certainty of a record by its two Admiralty marks."""

    levels: dict[Certainty, tuple[Text, ...]]
    """Certainty to marks, each a reliability letter and a credibility digit, such as `B2`."""


Situation = Literal["settled", "present placement open", "provisional", "latest placement proposed", "otherwise"]
"""In which situation a country is: one row of the tier table is open on the facts (settled); the row of the last
placement is open among others; the proposals leave one row (provisional), or several with that of the latest rank on
file among them (latest placement proposed); any but the first (otherwise)."""


class Advice(Entry):
    """What is recommended in a situation that the tier table leaves, tried in the order written."""

    product: tuple[Literal["annual", "interim"], ...]
    situation: Situation
    """The situation in which it speaks."""
    recommend: Literal[
        "the settled tier", "the present placement", "the provisional tier", "the latest placement", "no tier"
    ]
    """What is then recommended."""
    because: Text


class CalendarDay(Model):
    """A day of the calendar, in the year of the report or the one beside it."""

    month: Whole
    """The month, from 1."""
    day: Whole
    year: Literal["before", "of the report", "after"]
    """The year of the report, or the one before or after it."""

    @model_validator(mode="after")
    def _of_the_calendar(self) -> CalendarDay:
        try:
            self.of(2001)
        except ValueError:
            raise ValueError(
                f"no year has a day {self.day} of month {self.month}; write one of the calendar, such as 6 and 30"
            ) from None
        return self

    def of(self, report: int) -> date:
        """Return the day, for the report of a year."""
        return date(report + {"before": -1, "of the report": 0, "after": 1}[self.year], self.month, self.day)


class Progress(Entry):
    """How progress on a deficiency that the last report named is read from the records."""

    says: dict[Literal["met", "not met", "undetermined"], Text]
    since: CalendarDay | None = None
    """The first day on which a step counts, in or beside the year of the last report; else the day after it."""


class Downgrade(Entry):
    """The automatic downgrade: so many consecutive years on the watch list, and how many more a waiver may give."""

    says: Text
    years: Whole
    """How many consecutive years on the watch list lead to it."""
    counted_from: Whole
    """The first report that counts."""
    waiver_years: Whole
    """How many more years a waiver may give."""
    cited: dict[Literal["years", "counted_from", "waiver_years"], Citation] = Field(default_factory=dict)
    """Where each number comes from."""


class Relisting(Entry):
    """How many consecutive years a country may be on the watch list after an automatic downgrade."""

    says: Text
    years: Whole
    """How many they are."""
    cited: dict[Literal["years"], Citation] = Field(default_factory=dict)
    """Where the number comes from."""


class Clock(Entry):
    """A day that the statute counts: a day of the calendar, or so many days after the report."""

    says: Text
    calendar: CalendarDay | None = None
    days_after: Whole | None = None
    """How many days after the report."""
    period: Literal["first", "last"] | None = None
    """It is that day of the reporting period."""
    report: Truth = False
    """It is the day of the report itself, from which others are counted."""

    @model_validator(mode="after")
    def _one_way(self) -> Clock:
        if (self.calendar is None) == (self.days_after is None):
            raise ValueError("a clock counts in one way; write either `calendar` or `days_after`")
        if self.report and self.calendar is None:
            raise ValueError("the report is due on a day of the calendar; write `calendar`")
        return self


class Clause(Entry):
    """A clause of the statute, and what became of it."""

    asks: Text
    treatment: Literal["encoded", "left to a judgement", "not encoded", "out of scope"]
    """What became of it."""
    by: tuple[Text, ...] = ()
    """The entries, indicators, judgements or interpretations that express it."""
    cases: tuple[Text, ...] = ()
    """The names of cases of the project, each of which fails without the rules that express it."""
    why: Text | None = None

    @model_validator(mode="after")
    def _accounted_for(self) -> Clause:
        expressed = self.treatment in ("encoded", "left to a judgement")
        if expressed != bool(self.by):
            raise ValueError(
                "a clause that is encoded or left to a judgement names what does so under `by`, and no other does; "
                "add or remove `by`"
            )
        if not expressed and self.why is None:
            raise ValueError("a clause that nothing expresses says `why`; add the reason")
        if not expressed and self.cases:
            raise ValueError("no case fails for want of a clause that nothing expresses; remove `cases`")
        return self


class YearOnYear(Entry):
    """When the figures of two years may be set beside each other."""

    says: Text
    days_apart: Whole
    """By how many days the time of one figure may be longer than that of the other."""

    def compares(self, this: int, last: int) -> bool:
        """Say whether figures of so many days each may be set beside each other."""
        return abs(this - last) <= self.days_apart


Taken = Literal["record", "rating", "deficiency", "action", "question"]
"""What of a dossier may be carried into the next one."""

Becomes = Literal["a standing record", "a question", "a figure of last year"]


class CarriedItem(Model):
    """Something in a dossier of which a rule says whether it is carried, and for how many reports it was not shown."""

    takes: Taken = "record"
    """What of a dossier it is."""
    kind: Kind | None = None
    indicator: Id | None = None
    value: Word | None = None
    reports: Whole = 1
    """How many reports later than the one in whose dossier it was last shown."""


class CarryingExample(CarriedItem):
    """A small case that a rule of carrying takes or leaves; it runs as a test."""

    name: Text
    expect: Literal["taken", "left"]


class Carrying(Entry):
    """What of a dossier goes into that of the next report, as what, and for how long.

    The first rule that takes something rules. What no rule takes is left behind.
    """

    says: Text
    takes: Taken
    """What of a dossier it takes."""
    kinds: tuple[Kind, ...] = ()
    """Of records: those of these kinds; none listed, those of any."""
    indicators: tuple[Id, ...] = ()
    """Of records: those on these indicators; none listed, those on any."""
    values: tuple[Word, ...] = ()
    """Of records: those with one of these answers; none listed, those with any."""
    becomes: Becomes
    """What that becomes in the next dossier."""
    reports: Whole
    """For how many reports after the one in whose dossier it was last shown."""
    asks: Text | None = None
    """What is asked of it, where it becomes a question."""
    because: Text
    examples: tuple[CarryingExample, ...]

    def carries(self, item: CarriedItem) -> bool:
        """Say whether the rule takes something."""
        lists = ((self.kinds, item.kind), (self.indicators, item.indicator), (self.values, item.value))
        fits = all(not listed or given in listed for listed, given in lists)
        return self.takes == item.takes and 1 <= item.reports <= self.reports and fits

    @model_validator(mode="after")
    def _whole(self) -> Carrying:
        if (self.becomes == "a question" and self.takes != "question") != (self.asks is not None):
            raise ValueError(
                "`asks` goes with what becomes a question and was none; write what is asked, or remove `asks`"
            )
        if self.takes != "record" and (self.kinds or self.indicators or self.values or self.becomes != "a question"):
            raise ValueError(
                "only a record has a kind, an indicator and a value, and what else is carried is a question; "
                "remove `kinds`, `indicators` and `values`, and write `becomes: a question`"
            )
        if self.reports < 1:
            raise ValueError("what is carried for no report is not carried; write `reports: 1` or more")
        return self


class OpenWords(Entry):
    """Words of the statute that nothing measures: a criterion that asks for one leaves it to a person's judgement."""

    words: tuple[Text, ...]
    """The words."""


class ActSection(Model):
    """What one section of an Act did to the clauses that it touched, from a day on."""

    section: Text
    """The section of the Act, such as `section 107(a)`."""
    from_: Day = Field(alias="from")
    touches: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The clauses, each under every number that it has had since."""
    says: Text


class Act(Entry):
    """An Act that made or changed provisions; it decides nothing, and citations are held against it."""

    public_law: Text
    title: Text
    sections: Annotated[tuple[ActSection, ...], Field(min_length=1)]


class RuleFile(Model):
    """One file of `rules/`."""

    admissions: tuple[Admission, ...] = ()
    certainties: tuple[CertaintyTable, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    tiers: tuple[TierRow, ...] = ()
    routes: tuple[Route, ...] = ()
    advice: tuple[Advice, ...] = ()
    progress: tuple[Progress, ...] = ()
    downgrades: tuple[Downgrade, ...] = ()
    relistings: tuple[Relisting, ...] = ()
    clocks: tuple[Clock, ...] = ()
    clauses: tuple[Clause, ...] = ()
    years_compared: tuple[YearOnYear, ...] = ()
    open_words: tuple[OpenWords, ...] = ()
    carryings: tuple[Carrying, ...] = ()
    coherence: tuple[Coherence, ...] = ()
    acts: tuple[Act, ...] = ()
