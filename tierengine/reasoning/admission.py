"""Deciding which records count, and what they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tierengine.engines.form import Value
from tierengine.engines.lowering import LAST_REPORT, LIMIT, judged, rating, read_value
from tierengine.errors import EvidenceError, Problem
from tierengine.evidence.dossier import Casefile, Dossier, EarlierPlacement, Request, Silent
from tierengine.evidence.origins import origins_of
from tierengine.evidence.records import Evidence, Rating, dated
from tierengine.law.entries import Admission, Indicator
from tierengine.law.rulebook import Law
from tierengine.reasoning.coherence import Coherent, Followed, filled_in, rests_on
from tierengine.reasoning.history import Standing, standing_under
from tierengine.terms.level import rank
from tierengine.terms.scalars import truth, whole
from tierengine.terms.tier import TIERS, Placement


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that does not count, and the rule that says so."""

    record: Evidence | Rating
    rule: Admission
    counted: str | None = None
    """The record that counts for the same origin, where this one repeats it."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the dossier answers: a value for each answered input, and the records behind it."""

    facts: Mapping[str, Value]
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
    follows: Mapping[str, Followed] = field(default_factory=dict)
    """Input to the answer that nobody gave and that follows from others; it stands among the facts."""

    @property
    def given(self) -> dict[str, Value]:
        """The facts without what follows from them."""
        return {name: value for name, value in self.facts.items() if name not in self.follows}


def admit(casefile: Casefile, law: Law) -> Admitted:
    """Return what the records of a dossier answer under the law.

    Raise `EvidenceError` with every record that answers no known indicator, answers it in another type or unit,
    presents somebody else's act as the government's, or contradicts another, and every rule of coherence that fails.
    """
    problems = list(_unfit(casefile, law))
    if problems:
        raise EvidenceError(problems)
    told = _by_origin(casefile, law)
    problems = list(_repeated_otherwise(casefile, told))
    if problems:
        raise EvidenceError(problems)
    repeats = {repeat.id: first.id for first, *others in told for repeat in others}
    taken: dict[str, list[Evidence]] = {}
    ratings: dict[str, Rating] = {}
    aside: list[SetAside] = []
    for record in sorted(casefile.dossier.records, key=lambda record: record.id):
        rule = law.sets_aside(_attributes(record, casefile, law) | _repeating(record, repeats))
        if rule is not None:
            counted = repeats.get(record.id) if "origin" in rule.sets_aside else None
            aside.append(SetAside(record, rule, counted))
        elif isinstance(record, Rating):
            ratings[record.measures] = record
        else:
            taken.setdefault(record.measures, []).append(record)
    for indicator in law.indicators:
        if indicator.counts_kind is not None:
            taken[indicator.id] = _of_kind(casefile, law, indicator.counts_kind, repeats)
    records = {name: tuple(found) for name, found in taken.items() if found}
    silences = _silences(casefile)
    problems = list(_contradictions(casefile, law, records, silences))
    if problems:
        raise EvidenceError(problems)
    placements = tuple(sorted(casefile.dossier.earlier_placements, key=lambda placement: placement.year))
    report = casefile.dossier.last_report.year + 1
    stood = standing_under({placement.year: placement.tier for placement in placements}, report, law)
    requests, asked = _requested(casefile, law)
    problems = list(_requests_contradicted(casefile, law, records, asked))
    if problems:
        raise EvidenceError(problems)
    answered = dict(_answers(law, records, silences)) | dict(_placed(casefile, stood))
    facts: dict[str, Value] = asked | answered | dict(_rated(law, ratings))
    follows = Coherent.of(law).follows(facts)
    admitted = Admitted(
        filled_in(facts, follows),
        records,
        ratings,
        silences,
        requests,
        casefile.last_placement,
        placements,
        report,
        stood,
        tuple(aside),
        origins_of(casefile.dossier.records),
        follows,
    )
    problems = list(_incoherent(casefile, law, admitted))
    if problems:
        raise EvidenceError(problems)
    return admitted


def _place(casefile: Casefile, record: Evidence | Rating, key: str) -> str:
    number = next(n for n, other in enumerate(casefile.dossier.records) if other is record)
    return casefile.document.where("records", number, key)


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


def _asked_on_another_date(name: str, law: Law) -> bool:
    """Whether the law of another date asks for an indicator or judgement, and this one does not."""
    return name in law.of_other_dates and name not in law.indicators_by_id and name not in law.judges


def _before_their_time(casefile: Casefile, law: Law) -> Iterator[Problem]:
    """Earlier placements on a tier that did not exist when the report of their year was due."""
    first = min(law.tiers_since.values(), default=None)
    for number, placement in enumerate(casefile.dossier.earlier_placements):
        if placement.tier not in known_in(law, placement.year):
            since = first if placement.tier == "SC" else law.tiers_since.get(placement.tier)
            yield Problem(
                where=casefile.document.where("earlier_placements", number, "tier"),
                what=f"there was no tier {placement.tier} in the report of {placement.year}",
                cure=f"correct the tier or the year; the tier is known since {since}",
            )


def known_in(law: Law, year: int) -> tuple[Placement, ...]:
    """Return the placements that the report of a year could make, by the day on which the law has it due."""
    due = next((clock.calendar for clock in law.clocks if clock.report and clock.calendar is not None), None)
    first = min(law.tiers_since.values(), default=date.min)
    since: dict[Placement, date] = {tier: law.tiers_since.get(tier, date.min) for tier in TIERS} | {"SC": first}
    return tuple(t for t, day in since.items() if due is None or (day.year <= year and day <= due.of(year)))


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
    if indicator.compared is not None or indicator.counts_kind is not None:
        return (
            "measures",
            f"`{indicator.id}` is worked out from other records and cannot be answered",
            "record what it is worked out from",
        )
    if indicator.effort and record.actor.is_ != "government":
        return (
            "actor",
            f"`{indicator.id}` measures the government's own effort, and this was done by {record.actor.name}"
            f" ({record.actor.is_})",
            "list the passage under `not_evidence`; only the government's efforts count",
        )
    if not _answers_in_type(indicator, record.value):
        words = {"truth": "`true` or `false`", "count": "a whole number, 0 or more"}.get(
            indicator.type, ", ".join(indicator.choices)
        )
        return "value", f"`{indicator.id}` is a {indicator.type}, and `{record.value}` is none", f"write {words}"
    if indicator.type == "count" and record.unit != indicator.unit:
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
    if record.kind == "law" or days is None or days.last >= period.first:
        return None
    return (
        "date" if record.date is not None else "period",
        f"`{record.id}` is dated {days}, outside the reporting period {period}",
        "move it to the dossier of its own period, or list the passage under `not_evidence`",
    )


def _answers_in_type(indicator: Indicator, word: str) -> bool:
    if indicator.type == "choice":
        return word in indicator.choices
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
    takes = record.kind in indicator.kinds
    if indicator.looks_back and when["dated"] in ("outside the period", "undated"):
        when["dated"] = "in the earlier year asked for"
    if indicator.with_the_report and when["dated"] in ("outside the period", "undated"):
        when["dated"] = "with the report"
    return when | {
        "reliability": record.reliability,
        "credibility": record.credibility,
        "indicator": "takes this kind" if takes else "takes another kind",
    }


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
    """The records that count and tell one statement of one origin, the surest first; of equals, the first by its id."""
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


def _repeated_otherwise(casefile: Casefile, told: list[list[Evidence]]) -> Iterator[Problem]:
    """Repeats of one statement with another value, or of other days; only a person can say what was stated."""
    for first, *others in told:
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
    """The rules of coherence that fail, each with the lines that cannot all be right; no lines are told twice."""
    seen: set[frozenset[str]] = set()
    for found in Coherent.of(law).contradictions(admitted.facts):
        fields = dict.fromkeys(given for name in found.inputs for given in rests_on(admitted.follows, name))
        told = dict(line for name in fields for line in _lines(casefile, admitted, name))
        if frozenset(told.values()) in seen:
            continue
        seen.add(frozenset(told.values()))
        (first, where), *others = told.items()
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
    rated = admitted.ratings.get(name.removeprefix("rating/")) if name.startswith("rating/") else None
    if rated is not None:
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


def _silences(casefile: Casefile) -> dict[str, tuple[Silent, ...]]:
    found: dict[str, tuple[Silent, ...]] = {}
    for silence in sorted(casefile.dossier.silences, key=lambda silence: silence.id):
        found[silence.indicator] = (*found.get(silence.indicator, ()), silence)
    return found


def _answers(
    law: Law, records: Mapping[str, tuple[Evidence, ...]], silences: Mapping[str, tuple[Silent, ...]]
) -> Iterator[tuple[str, Value]]:
    """A value for every indicator that records answer, or for which the provision itself reads a silence."""
    for indicator in law.indicators:
        found = records.get(indicator.id, ())
        if found and indicator.counts_kind is not None:
            yield indicator.id, len(found)
        elif found and indicator.combine == "sum":
            yield indicator.id, sum(int(record.value) for record in found)
        elif found:
            yield indicator.id, read_value(indicator, found[0].value)
        elif indicator.when_silent is not None and indicator.id in silences:
            yield indicator.id, read_value(indicator, indicator.when_silent.reads_as)


def _rated(law: Law, ratings: Mapping[str, Rating]) -> Iterator[tuple[str, Value]]:
    for name in law.judges:
        yield judged(name), name in ratings
        if name in ratings:
            yield rating(name), rank(ratings[name].rating)


def _placed(casefile: Casefile, stood: Standing) -> Iterator[tuple[str, Value]]:
    if casefile.last_placement is not None:
        yield LAST_REPORT, casefile.last_placement.tier
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
        if indicator.combine == "same" and indicator.counts_kind is None:
            for record in found[1:]:
                if record.value != found[0].value:
                    yield Problem(
                        where=_place(casefile, record, "value"),
                        what=f"`{record.id}` answers `{name}` with {record.value}, "
                        f"and `{found[0].id}` with {found[0].value}",
                        cure="keep the one that the better source supports, and list the other under `not_evidence`",
                    )
        spoken = {record.at.split(" ")[0] for record in found}
        for silence in silences.get(name, ()):
            if silence.source in spoken:
                yield Problem(
                    where=_place(casefile, found[0], "measures"),
                    what=f"`{found[0].id}` answers `{name}` from {silence.source}, "
                    f"which `{silence.id}` calls silent on it",
                    cure="remove the silence, or the record",
                )
    yield from _rated_twice(casefile)


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
