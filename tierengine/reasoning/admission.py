"""Deciding which records count, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tierengine.engines.arithmetic import added, met
from tierengine.engines.form import Bounds, Value
from tierengine.engines.lowering import LAST_ON_FILE, LAST_REPORT, LIMIT, judged, last_rated, rating, read_value
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import (
    LAST_YEAR_RECORD,
    Casefile,
    Dossier,
    EarlierPlacement,
    Request,
    Silent,
)
from tierengine.evidence.origins import origins_of
from tierengine.evidence.records import Evidence, Rating, dated
from tierengine.evidence.remainder import source_of
from tierengine.law.entries import LAST_YEAR, Admission, CarriedItem, Indicator
from tierengine.law.rulebook import Law
from tierengine.reasoning import years
from tierengine.reasoning.coherence import Coherent, Followed, filled_in, rests_on
from tierengine.reasoning.history import Standing, standing_under
from tierengine.terms.bounds import WrittenBounds
from tierengine.terms.level import rank
from tierengine.terms.scalars import truth, whole
from tierengine.terms.tier import TIERS, Placement


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that does not count, and the rule that says so."""

    record: Evidence | Rating | Silent
    rule: Admission
    counted: str | None = None
    """The record that counts for the same origin, where this one repeats it."""
    why: str | None = None
    """What more there is to say, such as by how many days two figures differ."""

    @property
    def measures(self) -> str:
        """The indicator or judgement that it would have answered."""
        return self.record.indicator if isinstance(self.record, Silent) else self.record.measures


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the dossier answers: a value for each answered input, and the records behind it."""

    facts: Mapping[str, Value | Bounds]
    """Indicator to its value, or for a count perhaps to its bounds. What compares two numbers is there only where it is
    answered otherwise than by them."""
    records: Mapping[str, tuple[Evidence, ...]]
    """Indicator to the records that answer it, sorted by id."""
    ratings: Mapping[str, Rating]
    """Judgement to the person's rating of it."""
    silences: Mapping[str, tuple[Silent, ...]]
    requests: Mapping[str, tuple[Request, ...]]
    """Indicator to the logged requests for data that answer it."""
    placement: EarlierPlacement | None
    """Where the last report placed the country."""
    placements: tuple[EarlierPlacement, ...]
    """Where earlier reports placed it, by year."""
    report: int
    """The year of the next report."""
    standing: Standing
    """How the years on the watch list bind it."""
    set_aside: tuple[SetAside, ...]
    """Sorted by the id of the record."""
    origins: Mapping[str, str]
    """Record of fact to its origin: the record or report whose statement it repeats, or itself."""
    overtaken: Mapping[str, str]
    """Indicator that silence or a mere statement would deny, to the comparison of two numbers that says otherwise."""
    follows: Mapping[str, Followed] = field(default_factory=dict)
    """Input to the answer that nobody gave and that follows from others; it stands among the facts."""

    @property
    def given(self) -> dict[str, Value | Bounds]:
        """The facts without what follows from them."""
        return {name: value for name, value in self.facts.items() if name not in self.follows}


def admit(casefile: Casefile, law: Law) -> Admitted:
    """Return what the records of a dossier answer under the law.

    Raise `EvidenceError` with every record that answers no known indicator, answers it in another type or unit,
    presents somebody else's act as the government's, or contradicts another, and every rule of coherence that fails.
    """
    of_last_year = years.by_year(casefile, law)
    casefile = of_last_year.casefile
    _refuse(_unfit(casefile, law))
    statements = _by_origin(casefile, law)
    _refuse(_repeated_otherwise(casefile, statements))
    sifted = _sift(casefile, law, {repeat.id: first.id for first, *others in statements for repeat in others})
    _refuse(_more_than_a_year(casefile, law, sifted.records))
    silences, unheard = _silences(casefile, law)
    _refuse(_contradictions(casefile, law, sifted.records, silences))
    placements = tuple(sorted(casefile.dossier.earlier_placements, key=lambda placement: placement.year))
    report = casefile.dossier.last_report.year + 1
    stood = standing_under({placement.year: placement.tier for placement in placements}, report, law)
    requests, asked = _requested(casefile, law)
    _refuse(_requests_contradicted(casefile, law, sifted.records, asked))
    answers = _Answers(law, casefile, sifted.records, silences, of_last_year.moved)
    _refuse(answers.contradictions())
    facts = (
        asked
        | answers.facts
        | dict(_rated(law, sifted.ratings))
        | dict(_last_rated(casefile, law))
        | dict(_placed(casefile, stood))
    )
    follows = Coherent.of(law).follows(facts)
    admitted = Admitted(
        facts=filled_in(facts, follows),
        records=sifted.records,
        ratings=sifted.ratings,
        silences=silences,
        requests=requests,
        placement=casefile.last_placement,
        placements=placements,
        report=report,
        standing=stood,
        set_aside=tuple(sorted((*sifted.aside, *unheard), key=lambda item: item.record.id)),
        origins=origins_of(casefile.dossier.records) | {record.id: record.id for record in sifted.of_last_dossier},
        overtaken=answers.overtaken,
        follows=follows,
    )
    _refuse(_incoherent(casefile, law, admitted))
    return admitted


def _refuse(problems: Iterator[Problem]) -> None:
    """Raise `EvidenceError` if there is a problem."""
    found = list(problems)
    if found:
        raise EvidenceError(found)


@dataclass(frozen=True, slots=True)
class _Sifted:
    """The records that count, by what they answer, and those that are set aside."""

    records: dict[str, tuple[Evidence, ...]]
    ratings: dict[str, Rating]
    aside: list[SetAside]
    of_last_dossier: tuple[Evidence, ...]


def _sift(casefile: Casefile, law: Law, repeats: Mapping[str, str]) -> _Sifted:
    """Say of each record whether it counts, and for what."""
    admitted: dict[str, list[Evidence]] = {}
    ratings: dict[str, Rating] = {}
    aside: list[SetAside] = []
    for record in sorted(casefile.dossier.records, key=lambda record: record.id):
        rule = law.sets_aside(_attributes(record, casefile, law) | _repeating(record, repeats))
        if rule is not None:
            aside.append(SetAside(record, rule, repeats.get(record.id)))
        elif isinstance(record, Rating):
            ratings[record.measures] = record
        else:
            admitted.setdefault(record.measures, []).append(record)
    last = tuple(_of_last_dossier(casefile, law))
    for record in last:
        admitted.setdefault(record.measures, []).append(record)
    for indicator in law.indicators:
        if indicator.counts_kind is not None:
            admitted[indicator.id] = _of_kind(casefile, law, indicator.counts_kind, repeats)
        if indicator.shown_by:
            new = (record for name in indicator.shown_by for record in admitted.get(name, ()))
            admitted.setdefault(indicator.id, []).extend(r for r in new if _is_new(r, casefile, law))
    aside += _unlike(casefile, law, admitted)
    return _Sifted({name: tuple(found) for name, found in admitted.items() if found}, ratings, aside, last)


def _of_last_dossier(casefile: Casefile, law: Law) -> Iterator[Evidence]:
    """The figures that count in the dossier of the last report, each under the indicator that asks for last year's."""
    if casefile.last is None:
        return
    admitted = admit(_counts_alone(casefile.last, law), law)
    for name, last_year in law.last_year.items():
        for record in admitted.records.get(name, ()):
            yield record.model_copy(update={"measures": last_year.id, "id": LAST_YEAR_RECORD + record.id})


def _counts_alone(casefile: Casefile, law: Law) -> Casefile:
    """The last dossier with nothing but what it says of the counts that are compared, each with its own origin."""
    found = [record for record in casefile.dossier.records if isinstance(record, Evidence)]
    origins = origins_of(found)
    records = tuple(
        record.model_copy(update={"origin": origins[record.id]}) for record in found if record.measures in law.last_year
    )
    rest: dict[str, Any] = dict.fromkeys(("silences", "requests", "deficiencies", "earlier_placements"), ())
    changes = rest | {"records": records, "post_recommendation": None}
    return replace(casefile, dossier=casefile.dossier.model_copy(update=changes), last=None)


def _is_new(record: Evidence, casefile: Casefile, law: Law) -> bool:
    """Whether a record says yes, and all its days lie in the reporting period."""
    return record.value == "true" and dated(record, casefile.dossier.period, law.as_of) == "in the period"


def _unlike(casefile: Casefile, law: Law, admitted: dict[str, list[Evidence]]) -> Iterator[SetAside]:
    """Take out and yield the figures of the year before that are of another length than those of the year."""
    for name, last_year in law.last_year.items():
        then = admitted.get(last_year.id, [])
        why = years.unlike(law, casefile, admitted.get(name, ()), then)
        if why is None:
            continue
        kept = []
        for record in then:
            rule = law.sets_aside(_attributes(record, casefile, law) | {"figure": "of another length"})
            if rule is None:
                kept.append(record)
            else:
                yield SetAside(record, rule, why=why)
        admitted[last_year.id] = kept


def _place(casefile: Casefile, record: Evidence | Rating, key: str) -> str:
    """Where a key of a record stands, in this dossier or the last one."""
    name = record.id.removeprefix(LAST_YEAR_RECORD)
    if name != record.id and casefile.last is not None:
        casefile = casefile.last
    number = next(n for n, other in enumerate(casefile.dossier.records) if other.id == name)
    return casefile.document.where("records", number, key)


def _and(records: Iterable[Evidence], casefile: Casefile) -> str:
    """Name records with their places and values."""
    return ", ".join(f"`{record.id}` ({_place(casefile, record, 'value')}) with {record.value}" for record in records)


# -- what cannot be used ---------------------------------------------------------------------------------------


def _unfit(casefile: Casefile, law: Law) -> Iterator[Problem]:
    for record in casefile.dossier.records:
        if _asked_on_another_date(record.measures, law) and law.sets_aside(_attributes(record, casefile, law)):
            continue
        complaint = (
            _misrated(record, law) if isinstance(record, Rating) else _mismeasured(record, law, casefile.dossier)
        )
        if complaint is not None:
            key, what, cure = complaint
            yield Problem(where=_place(casefile, record, key), what=what, cure=cure)
    post = casefile.dossier.post_recommendation
    tiers = [row.tier for row in law.tiers if row.tier is not None]
    if post is not None and post.tier not in tiers:
        yield Problem(
            where=casefile.document.where("post_recommendation", "tier"),
            what=f"the law of {law.as_of} knows no tier {post.tier}",
            cure=f"write one of: {', '.join(tiers)}, or ask for the law of another date",
        )
    yield from _before_their_time(casefile, law)
    yield from _another_period(casefile, law)
    yield from _carried_otherwise(casefile, law)
    for number, question in enumerate(casefile.dossier.questions or ()):
        for name in sorted(set(question.answered_by) - law.of_other_dates - law.known()):
            where = casefile.document.where("questions", number, "answered_by")
            yield Problem(where=where, what=f"no criterion of any date knows `{name}`", cure=_KNOWN)
    for section, key in (("silences", "indicator"), ("deficiencies", "answered_by")):
        for number, item in enumerate(getattr(casefile.dossier, section)):
            asked = (item.indicator,) if section == "silences" else item.answered_by
            for name in asked:
                if name not in law.indicators_by_id and not _asked_on_another_date(name, law):
                    yield Problem(
                        where=casefile.document.where(section, number, key),
                        what=f"no criterion in force on {law.as_of} knows the indicator `{name}`",
                        cure=_KNOWN,
                    )


def _carried_otherwise(casefile: Casefile, law: Law) -> Iterator[Problem]:
    """Records that are carried over from an earlier report by no rule, or for longer than their rule carries them."""
    report = casefile.dossier.last_report.year + 1
    for record in casefile.dossier.records:
        carried = record.carried if isinstance(record, Evidence) else None
        if carried is None or _asked_on_another_date(record.measures, law):
            continue
        assert isinstance(record, Evidence)
        past = report - int(carried.shown)
        item = CarriedItem(kind=record.kind, indicator=record.measures, value=str(record.value), reports=past)
        rule = next((rule for rule in law.carryings if rule.id == carried.by), None)
        if rule is None or rule.becomes != "a standing record" or not rule.carries(item):
            yield Problem(
                where=_place(casefile, record, "carried"),
                what=f"no rule carries `{record.id}`, last shown for the report of {carried.shown}, to that of {report}"
                f" as `{carried.by}` is said to",
                cure="code it anew from a source of the period, or take the record out",
            )


def _asked_on_another_date(name: str, law: Law) -> bool:
    """Whether the law of another date asks for an indicator or judgement, and this one does not."""
    return name in law.of_other_dates and name not in law.indicators_by_id and name not in law.judges


def _before_their_time(casefile: Casefile, law: Law) -> Iterator[Problem]:
    """Earlier placements on a tier that did not exist when the report of their year was due."""
    since = _since(law)
    for number, placement in enumerate(casefile.dossier.earlier_placements):
        if placement.tier not in known_in(law, placement.year):
            yield Problem(
                where=casefile.document.where("earlier_placements", number, "tier"),
                what=f"there was no tier {placement.tier} in the report of {placement.year}",
                cure=f"correct the tier or the year; the tier is known since {since.get(placement.tier)}",
            )


def known_in(law: Law, year: int) -> tuple[Placement, ...]:
    """Return the placements that the report of a year could make, by the day on which the law has it due."""
    due = next((clock.calendar for clock in law.clocks if clock.report), None)
    # A year before the law may be none of the calendar.
    return tuple(t for t, day in _since(law).items() if due is None or (day.year <= year and day <= due.of(year)))


def _since(law: Law) -> dict[Placement, date]:
    """The first day of each placement; a special case is as old as the oldest tier."""
    since: dict[Placement, date] = {tier: law.tiers_since[tier] for tier in TIERS if tier in law.tiers_since}
    return since | {"SC": min(since.values())}


def _another_period(casefile: Casefile, law: Law) -> Iterator[Problem]:
    """Ends of the reporting period that are not those of the statute; asked of an annual report on its own date."""
    dossier = casefile.dossier
    if dossier.product != "annual" or dossier.as_of != law.as_of:
        return
    for clock in law.clocks:
        if clock.period is not None and clock.calendar is not None:
            day = clock.calendar.of(dossier.last_report.year + 1)
            if getattr(dossier.period, clock.period) != day:
                yield Problem(
                    where=casefile.document.where("period", clock.period),
                    what=f"the {clock.period} day of the reporting period is {day} by {clock.citation}",
                    cure=f"write `{clock.period}: {day}`; a figure of other months keeps its own dates",
                )


_Complaint = tuple[str, str, str] | None

_KNOWN = "name an indicator that `tierengine show CRITERION` lists, or list the passage under `not_evidence`"


def _misrated(record: Rating, law: Law) -> _Complaint:
    criterion = law.judges.get(record.measures)
    if criterion is None or criterion.judgement is None:
        return (
            "measures",
            f"no criterion in force on {law.as_of} asks for the judgement `{record.measures}`",
            "name a judgement that `tierengine show CRITERION` lists",
        )
    if record.rating not in criterion.judgement.rubric:
        return (
            "rating",
            f"`{record.measures}` is not rated `{record.rating}`",
            f"write one of: {', '.join(criterion.judgement.rubric)}",
        )
    return None


def _mismeasured(record: Evidence, law: Law, dossier: Dossier) -> _Complaint:
    indicator = law.indicators_by_id.get(record.measures)
    if indicator is None:
        return "measures", f"no criterion in force on {law.as_of} knows the indicator `{record.measures}`", _KNOWN
    if indicator.counts_kind is not None:
        return (
            "measures",
            f"`{indicator.id}` is worked out from other records and cannot be answered",
            "record what it is worked out from",
        )
    if indicator.refuses(record.actor.is_):
        return (
            "actor",
            f"`{indicator.id}` measures the government's own effort, and this was done by {record.actor.name}"
            f" ({record.actor.is_})",
            "list the passage under `not_evidence`; only the government's efforts count",
        )
    if not _answers_in_type(indicator, record.value, law):
        return "value", f"`{indicator.id}` is a {indicator.type}, and `{record.value}` is none", _wanted(indicator, law)
    if indicator.type == "count" and record.unit != indicator.unit and not _stated_unlike(record, indicator, law):
        return (
            "unit",
            f"`{indicator.id}` is counted in {indicator.unit}, and the record says `{record.unit}`",
            f"write `unit: {indicator.unit}`, and check that the value counts them",
        )
    return None if indicator.looks_back else _misdated(record, dossier)


def _misdated(record: Evidence, dossier: Dossier) -> _Complaint:
    """An act or figure of before the reporting period. A law may be older.

    What is decided with the report, such as a waiver, lies after the period; other acts of that time are set aside by
    the law.
    """
    days, period = record.days, dossier.period
    if record.kind == "law" or record.carried is not None or days is None or days.last >= period.first:
        return None
    return (
        "date" if record.date is not None else "period",
        f"`{record.id}` is dated {days}, outside the reporting period {period}",
        "move it to the dossier of its own period, or list the passage under `not_evidence`",
    )


def _stated_unlike(record: Evidence, indicator: Indicator, law: Law) -> bool:
    """Whether a figure of the year before is in another unit and is set aside for that, so that it need not fit."""
    return law.sets_aside(_figure(record, indicator)) is not None


def _figure(record: Evidence, indicator: Indicator) -> dict[str, str]:
    """What a rule of admission may see of a figure of the year before that is in another unit."""
    other = indicator.last_year_of is not None and record.unit != indicator.unit
    return {"figure": "of another unit"} if other else {}


def _wanted(indicator: Indicator, law: Law) -> str:
    """What an answer to an indicator looks like."""
    words = ("true", "false") if indicator.type == "truth" else indicator.choices
    if law.of_two_years(indicator):
        words = (*LAST_YEAR, *words)
    if words:
        return "write " + " or ".join(f"`{word}`" for word in words)
    return "write a whole number, 0 or more, or bounds such as `{at_least: 20}`"


def _answers_in_type(indicator: Indicator, word: str | WrittenBounds, law: Law) -> bool:
    if isinstance(word, WrittenBounds):
        return indicator.type == "count"
    if indicator.type == "choice":
        return word in indicator.choices
    if word in LAST_YEAR:
        return law.of_two_years(indicator)
    try:
        return bool(whole(word) >= 0) if indicator.type == "count" else truth(word) in (True, False)
    except ValueError:
        return False


# -- what is set aside -----------------------------------------------------------------------------------------


def _attributes(record: Evidence | Rating, casefile: Casefile, law: Law) -> dict[str, str]:
    """What a rule of admission may look at."""
    when = {"kind": record.kind, "dated": dated(record, casefile.dossier.period, law.as_of)}
    if _asked_on_another_date(record.measures, law):
        return when | {"indicator": "not asked on this date"}
    if isinstance(record, Rating):
        return when
    indicator = law.indicator(record.measures)
    takes = indicator.takes(record.kind, record.value)
    if record.carried is not None and _recorded_anew(record, casefile, law):
        when["carried"] = "told anew"
    return when | {
        "dated": indicator.dated(when["dated"]),
        "reliability": record.reliability,
        "credibility": record.credibility,
        "indicator": "takes this kind" if takes else "takes another kind",
        **_figure(record, indicator),
    }


def _recorded_anew(record: Evidence, casefile: Casefile, law: Law) -> bool:
    """Whether a record of this dossier that counts answers what a carried one answers."""
    others = (r for r in casefile.dossier.records if isinstance(r, Evidence) and r.measures == record.measures)
    return any(r.carried is None and law.sets_aside(_attributes(r, casefile, law)) is None for r in others)


def _of_kind(casefile: Casefile, law: Law, kind: str, repeats: Mapping[str, str]) -> list[Evidence]:
    """Records of a kind for an indicator that counts them, whatever kind their own takes."""
    found = []
    for record in sorted(casefile.dossier.records, key=lambda record: record.id):
        if isinstance(record, Evidence) and record.kind == kind:
            attributes = _counted_by_kind(_attributes(record, casefile, law))
            if law.sets_aside(attributes | _repeating(record, repeats)) is None:
                found.append(record)
    return found


def _counted_by_kind(attributes: dict[str, str]) -> dict[str, str]:
    return attributes | ({"indicator": "takes this kind"} if "reliability" in attributes else {})


# -- what has one origin ---------------------------------------------------------------------------------------


def _by_origin(casefile: Casefile, law: Law) -> list[list[Evidence]]:
    """The records that count and hold one statement of one origin, the surest first; of equals, the first by its id."""
    records = [record for record in casefile.dossier.records if isinstance(record, Evidence)]
    if not any(record.origin for record in records):
        return []
    origins = origins_of(records)
    counted_kinds = {indicator.counts_kind for indicator in law.indicators}
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for record in sorted(records, key=lambda record: (record.mark, record.id)):
        attributes = _attributes(record, casefile, law)
        by_kind = record.kind in counted_kinds and law.sets_aside(_counted_by_kind(attributes)) is None
        if by_kind or law.sets_aside(attributes) is None:
            found.setdefault((origins[record.id], record.measures, record.kind), []).append(record)
    return list(found.values())


def _repeating(record: Evidence | Rating, repeats: Mapping[str, str]) -> dict[str, str]:
    return {"origin": "counted already"} if record.id in repeats else {}


def _repeated_otherwise(casefile: Casefile, groups: list[list[Evidence]]) -> Iterator[Problem]:
    """Repeats of one statement with another value, or of other days; only a person can say what was stated."""
    for first, *others in groups:
        for record in others:
            if record.value != first.value:
                key, said = "value", f"says {record.value}, and `{first.id}` says {first.value}"
            elif first.days is not None and record.days is not None and not record.days.overlaps(first.days):
                key = "date" if record.date is not None else "period"
                said = f"speaks of {record.days}, and `{first.id}` of {first.days}"
            else:
                continue
            yield Problem(
                where=_place(casefile, record, key),
                what=f"`{record.id}` and `{first.id}` have one origin, and `{record.id}` {said}",
                cure="keep the one that gives the origin's words and list the other under `not_evidence`; "
                "if they are two statements, give each an origin of its own, such as the page of the report",
            )


# -- what was requested -----------------------------------------------------------------------------------------


_Requests = dict[str, tuple[Request, ...]]


def _requested(casefile: Casefile, law: Law) -> tuple[_Requests, dict[str, Value]]:
    """The requests behind each indicator of a presumption, and what they answer: a part given answers nothing."""
    behind: _Requests = {}
    answers: dict[str, Value] = {}
    for request in sorted(casefile.dossier.requests, key=lambda request: request.id):
        criterion = law.criteria_by_id.get(request.criterion)
        log = criterion.presumption.requests if criterion is not None and criterion.presumption is not None else None
        if log is None or request.date > law.as_of:
            continue
        answered = request.answer_date is None or request.answer_date <= law.as_of
        for name in (log.requested, log.provided) if answered else (log.requested,):
            behind[name] = (*behind.get(name, ()), request)
        answers[log.requested] = True
    for criterion in law.criteria:
        log = criterion.presumption.requests if criterion.presumption is not None else None
        given = {request.answer for request in behind.get(log.provided, ())} if log is not None else set()
        if log is not None and len(given) == 1 and given != {"partly given"}:
            answers[log.provided] = given == {"given"}
    return behind, answers


def _requests_contradicted(
    casefile: Casefile, law: Law, records: Mapping[str, tuple[Evidence, ...]], asked: Mapping[str, Value]
) -> Iterator[Problem]:
    """Records that answer otherwise than the log of requests, and requests for data of no criterion."""
    for name, value in asked.items():
        for record in records.get(name, ()):
            if (record.value == "true") != value:
                yield Problem(
                    where=_place(casefile, record, "value"),
                    what=f"`{record.id}` answers `{name}` with {record.value}, and the log of requests says otherwise",
                    cure="correct the record or the request; the log is enough by itself",
                )
    for number, request in enumerate(casefile.dossier.requests):
        if request.criterion not in law.criteria_by_id:
            yield Problem(
                where=casefile.document.where("requests", number, "criterion"),
                what=f"no criterion is called `{request.criterion}`",
                cure=f"write one of: {', '.join(sorted(law.criteria_by_id))}",
            )


# -- what cannot all be so --------------------------------------------------------------------------------------


def _incoherent(casefile: Casefile, law: Law, admitted: Admitted) -> Iterator[Problem]:
    """The rules of coherence that fail, each with the lines that cannot all be right; no lines are given twice."""
    seen: set[frozenset[str]] = set()
    for found in Coherent.of(law).contradictions(admitted.facts):
        fields = dict.fromkeys(given for name in found.inputs for given in rests_on(admitted.follows, name))
        lines = dict(line for name in fields for line in _lines(casefile, admitted, name))
        if frozenset(lines.values()) in seen:
            continue
        seen.add(frozenset(lines.values()))
        (first, where), *others = lines.items()
        also = "".join(f" and `{name}` ({place})" for name, place in others)
        verb = "contradict each other" if others else "cannot be so"
        yield Problem(
            where=where,
            what=f"`{first}`{also} {verb}: {found.rule.says} ({found.rule.id})",
            cure=f"correct what the sources support least. {found.rule.because}",
        )


def _lines(casefile: Casefile, admitted: Admitted, name: str) -> Iterator[tuple[str, str]]:
    """The names and places of what answers an input in the dossier."""
    where = casefile.document.where
    for record in admitted.records.get(name, ()):
        yield record.id, _place(casefile, record, "value")
    for measures, rated in admitted.ratings.items():
        if name == rating(measures):
            yield rated.id, _place(casefile, rated, "rating")
    for section in ("silences", "requests"):
        answering = {item.id for item in getattr(admitted, section).get(name, ())}
        for number, item in enumerate(getattr(casefile.dossier, section)):
            if item.id in answering and not admitted.records.get(name):
                yield item.id, where(section, number, "id")
    for number, placement in enumerate(casefile.dossier.earlier_placements):
        if name == LIMIT or (name == LAST_REPORT and placement is admitted.placement):
            yield f"placement of {placement.year}", where("earlier_placements", number, "tier")


# -- what is answered ------------------------------------------------------------------------------------------


_Silences = dict[str, tuple[Silent, ...]]


def _silences(casefile: Casefile, law: Law) -> tuple[_Silences, list[SetAside]]:
    """The silences that count, by what they are silent on, and those that are set aside."""
    found: _Silences = {}
    aside: list[SetAside] = []
    for silence in sorted(casefile.dossier.silences, key=lambda silence: silence.id):
        rule = law.sets_aside({"kind": "silence", "dated": _heard(silence, casefile)})
        if rule is not None:
            aside.append(SetAside(silence, rule))
        else:
            found[silence.indicator] = (*found.get(silence.indicator, ()), silence)
    return found, aside


def _heard(silence: Silent, casefile: Casefile) -> str:
    """Say whether a source that is silent speaks of the reporting period: by what was read, else by its own day."""
    last = silence.covers.last if silence.covers is not None else _sent(casefile, silence)
    if last is None:
        return "undated"
    return "before the period" if last < casefile.dossier.period.first else "of the period"


def _sent(casefile: Casefile, silence: Silent) -> date | None:
    """The day of a source, if it bears one."""
    source = casefile.sources.get(silence.source)
    return source.day if source is not None else None


class _Answers:
    """What the records that count answer, and where they contradict what two numbers say."""

    def __init__(
        self,
        law: Law,
        casefile: Casefile,
        records: Mapping[str, tuple[Evidence, ...]],
        silences: _Silences,
        moved: frozenset[str],
    ) -> None:
        self._law = law
        self._casefile = casefile
        self._records = records
        self._silences = silences
        self._moved = moved
        self.facts: dict[str, Value | Bounds] = {}
        compared = [indicator for indicator in law.indicators if indicator.compared is not None]
        for indicator in (*(each for each in law.indicators if each.compared is None), *compared):
            value = self._recorded(indicator)
            # What compares two numbers is theirs to answer, where they do.
            if value is not None and years.decided(indicator, self.facts) is None:
                self.facts[indicator.id] = value
        self.overtaken = dict(self._overtaken())
        self.facts |= dict(self._silent())
        self.facts = {name: value for name, value in self.facts.items() if name not in self.overtaken}
        self.facts |= years.denied(law, self.facts)

    def _recorded(self, indicator: Indicator) -> Value | Bounds | None:
        """What the records that count answer; nothing where there are none, or they contradict each other."""
        found = self._records.get(indicator.id)
        if not found:
            return None
        if indicator.counts_kind is not None:
            return len(found)
        if indicator.last_year_of is not None:
            return years.figure(indicator, found, self._moved)
        values = [read_value(indicator, record.value) for record in found]
        if indicator.type == "count":
            return added(values) if indicator.combine == "sum" else met(values)
        return values[0]

    def _overtaken(self) -> Iterator[tuple[str, str]]:
        """What silence or a mere statement denies and a comparison of two numbers shows."""
        for indicator in self._law.indicators:
            shown = years.decided(indicator, self.facts) is True
            for name in indicator.denied_with if shown else ():
                records = self._records.get(name, ())
                if all(self._merely_stated(record) for record in records):
                    yield name, indicator.id

    def _merely_stated(self, record: Evidence) -> bool:
        """Whether a record counts only because it states what a silence would be read as."""
        return record.kind not in self._law.indicator(record.measures).kinds

    def _silent(self) -> Iterator[tuple[str, Value | Bounds]]:
        """A value for every other indicator for which the provision itself reads a silence."""
        for indicator in self._law.indicators:
            read = indicator.when_silent
            if read is not None and indicator.id in self._silences and indicator.id not in self._records:
                yield indicator.id, read_value(indicator, read.reads_as)

    def contradictions(self) -> Iterator[Problem]:
        """Yield the records that say otherwise than two numbers do, and figures of last year that differ."""
        for indicator in self._law.indicators:
            found = self._records.get(indicator.id)
            if indicator.last_year_of is not None and found and years.figure(indicator, found, self._moved) is None:
                yield Problem(
                    where=_place(self._casefile, found[0], "value"),
                    what=f"`{indicator.id}` is answered in several ways: {_and(found, self._casefile)}",
                    cure="keep one figure of the year before, or correct the dossier of the last report",
                )
            if indicator.compared is not None:
                yield from self._against_numbers(indicator)

    def _against_numbers(self, indicator: Indicator) -> Iterator[Problem]:
        """Records that say of two numbers what these do not, or that nothing grew where they show it.

        A number that is not known is none or more, so that nothing is more than last year where there is none.
        """
        assert indicator.compared is not None
        pair = (indicator.compared.greater, indicator.compared.than)
        if not any(name in self.facts for name in pair):
            return
        left, right = (self.facts.get(name, Bounds()) for name in pair)
        numbers = _and((record for name in pair for record in self._records.get(name, ())), self._casefile)
        shown = years.decided(indicator, self.facts) is True
        wrong = [r for r in self._records.get(indicator.id, ()) if not years.may_say(r.value, left, right)]
        for name in indicator.denied_with if shown else ():
            wrong += (r for r in self._records.get(name, ()) if r.value == "false" and not self._merely_stated(r))
        for record in wrong:
            yield Problem(
                where=_place(self._casefile, record, "value"),
                what=f"`{record.id}` answers `{record.measures}` with {record.value}, and the numbers say otherwise:"
                f" {numbers}",
                cure="correct the record or a number; figures of both years are enough by themselves",
            )


def _rated(law: Law, ratings: Mapping[str, Rating]) -> Iterator[tuple[str, Value]]:
    for name in law.judges:
        yield judged(name), name in ratings
        if name in ratings:
            yield rating(name), rank(ratings[name].rating)


def _last_rated(casefile: Casefile, law: Law) -> Iterator[tuple[str, Value]]:
    """The ratings in the dossier of the last report, of the open words that the law of today still has."""
    for record in casefile.last.dossier.records if casefile.last is not None else ():
        if isinstance(record, Rating) and record.measures in law.judges:
            yield last_rated(record.measures), rank(record.rating)


def _placed(casefile: Casefile, stood: Standing) -> Iterator[tuple[str, Value]]:
    last, latest = casefile.last_placement, casefile.latest_placement
    if last is not None:
        yield LAST_REPORT, last.tier
    if latest is not None and latest != last:
        yield LAST_ON_FILE, latest.tier
    if stood.limit is not None:
        yield LIMIT, stood.limit


# -- what contradicts ------------------------------------------------------------------------------------------


def _contradictions(
    casefile: Casefile,
    law: Law,
    records: Mapping[str, tuple[Evidence, ...]],
    silences: Mapping[str, tuple[Silent, ...]],
) -> Iterator[Problem]:
    for name, found in records.items():
        indicator = law.indicator(name)
        if indicator.combine == "same" and indicator.counts_kind is None and indicator.last_year_of is None:
            for number, record in enumerate(found):
                other = next((each for each in found[:number] if years.contradict(indicator, record, each)), None)
                if other is not None:
                    yield Problem(
                        where=_place(casefile, record, "value"),
                        what=f"`{record.id}` answers `{name}` with {record.value}, "
                        f"and `{other.id}` ({_place(casefile, other, 'value')}) with {other.value}",
                        cure="keep the one that the better source supports, and list the other under `not_evidence`",
                    )
        spoken = {source_of(record) for record in found}
        for silence in silences.get(name, ()):
            if silence.source in spoken:
                yield Problem(
                    where=_place(casefile, found[0], "measures"),
                    what=f"`{found[0].id}` answers `{name}` from {silence.source}, "
                    f"which `{silence.id}` calls silent on it",
                    cure="remove the silence, or the record",
                )
    yield from _rated_twice(casefile)


def _more_than_a_year(casefile: Casefile, law: Law, records: Mapping[str, tuple[Evidence, ...]]) -> Iterator[Problem]:
    """Figures of two years that stand as one."""
    for figures, days in years.two_years_in_one(law, records):
        yield years.problem_of_two_years(figures, days, {r.id: _place(casefile, r, "period") for r in figures})


def _rated_twice(casefile: Casefile) -> Iterator[Problem]:
    rated: dict[str, Rating] = {}
    for record in casefile.dossier.records:
        if isinstance(record, Rating):
            other = rated.setdefault(record.measures, record)
            if other is not record:
                yield Problem(
                    where=_place(casefile, record, "measures"),
                    what=f"`{record.measures}` is rated twice, by `{other.id}` and `{record.id}`",
                    cure="keep one; a dossier holds the judgement that is to count",
                )
