"""What admission refuses, and what it lets count: each as it comes out, in `tests/golden`.

`refusals.txt` holds each refusal as a user reads it, at the very key that is wrong. There a place is written as the
way to the key (`records/1/value`), so that a line that was counted wrongly shows. `admitted.txt` holds what dossiers
answer, and what does not count and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from tests.conftest import ROOT, Golden, read_once
from tests.reasoning import dossiers
from tests.reasoning.dossiers import rating
from tierengine import yamlfile
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import Casefile, Dossier
from tierengine.law.conditions import Condition
from tierengine.law.entries import Admission, Coherence, Indicator
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit

BOOK = read_once(ROOT)
LAW = BOOK.on(date(2013, 6, 19))
Written = dict[str, Any]
Case = Callable[[], Casefile]

AT = {"at": "07NOWHERE12 ¶1", "quote": "made up"}
YEAR = {"first": "2012-04-01", "last": "2013-03-31"}
BEFORE = {"first": "2011-04-01", "last": "2012-03-31"}


def said(indicator: str, value: str, number: int = 0, **changes: Any) -> Written:
    """A statement of one day of the period."""
    return dossiers.record(indicator, value, number, **{"date": "2012-05-05"} | changes)


def figure(indicator: str, value: str, number: int = 0, **changes: Any) -> Written:
    """A figure of the period, in persons."""
    made = said(indicator, value, number, kind="statistic", unit="persons", period=YEAR) | changes
    return {key: word for key, word in made.items() if key != "date"}


def undated(record: Written) -> Written:
    """The same of a passage that gives no day."""
    return {key: word for key, word in record.items() if key != "date"} | {"undated": "no day is given"}


def silence(name: str, indicator: str, **changes: Any) -> Written:
    """That a source says nothing."""
    # What is named in a place stands second or later, as the first key has the place of the whole.
    made = {"source": "07NOWHERE12", "indicator": indicator, "id": name, "read": "all", "author": "A. Officer"}
    return made | {"date": "2013-05-01", "note": "nothing is said"} | changes


def asked(name: str, criterion: str, answer: str = "given") -> Written:
    """A request for data that was answered."""
    made = {"asks": "data", "criterion": criterion, "id": name, "date": "2013-01-10", "answer": answer, **AT}
    return made | {"answer_date": "2013-02-01", "capacity_note": "they keep a register"}


def question(name: str, *answered_by: str) -> Written:
    """What an earlier report left to ask."""
    made = {"id": name, "asks": "what?", "says": "it was left open", "shown": "2012", "by": "CARRY-QUESTION"}
    return made | {"answered_by": list(answered_by)}


def placed(year: int, tier: str) -> Written:
    """An earlier placement."""
    return {"year": year, "tier": tier, "source": "the report"}


def on_file(*records: Written, last: Casefile | None = None, name: str = "made-up.yaml", **changes: Any) -> Casefile:
    """A casefile of the report of 2013 that was read from a file, so that its parts have places."""
    values = {
        "id": "nowhere-2013",
        "government": {"country": "XX", "name": "Nowhere"},
        "product": "annual",
        "as_of": "2013-06-19",
        "period": YEAR,
        "last_report": "2012-06-19",
        "sources": [],
        "records": list(records),
    }
    text = yaml.safe_dump(json.loads(json.dumps(values | changes)), sort_keys=False, allow_unicode=True)
    document = yamlfile.load(text.encode(), name, [])
    assert document is not None
    return Casefile.of(Dossier.model_validate(document.values), document, {}, last)


def last_year(*records: Written, **more: Any) -> Casefile:
    """The dossier of the last report."""
    changes = more | {"id": "nowhere-2012", "as_of": "2012-06-19", "period": BEFORE, "last_report": "2011-06-19"}
    return on_file(*records, name="earlier.yaml", **changes)


def refused(casefile: Casefile, law: Law) -> list[str]:
    """What is said of a casefile, each place as the way to it."""
    try:
        admit(casefile, law)
    except EvidenceError as error:
        ways = {place: "/".join(map(str, way)) for way, place in sorted(casefile.document.marks.items(), key=str)}
        return [
            re.sub(r"made-up\.yaml:(\d+):(\d+)", lambda found: ways[int(found[1]), int(found[2])], str(problem))
            for problem in error.problems
        ]
    return []


SHELTER = said("victim_shelter_opened", "true")
CASES: dict[str, Case] = {
    "a question that no criterion of any date knows": lambda: on_file(
        questions=[
            question("q0", "victims_identified"),
            question("q1", "nothing_such", "victims_identified", "nothing_else"),
        ]
    ),
    "silence on what nobody asks": lambda: on_file(
        silences=[silence("s0", "victims_identified"), silence("s1", "nothing_such")]
    ),
    "a deficiency of what nobody asks": lambda: on_file(
        deficiencies=[{"id": "d0", "says": "x", "answered_by": ["victims_identified", "nothing_such"], **AT}]
    ),
    "a judgement that nobody asks": lambda: on_file(rating("met", measures="nothing_such")),
    "a level that is not in the rubric": lambda: on_file(
        SHELTER, rating("partly met", measures="standards_applicable")
    ),
    "rated twice": lambda: on_file(
        rating("met", 0, measures="significant_efforts"),
        rating("met", 1, measures="stringent_punishment"),
        rating("not met", 2, measures="significant_efforts"),
    ),
    "an indicator that nobody asks": lambda: on_file(SHELTER, said("nothing_such", "true")),
    "worked out from others": lambda: on_file(said("commitments_recorded", "3", kind="statistic")),
    "not the government": lambda: on_file(
        said("victim_shelter_opened", "true", actor={"is": "international organisation", "name": "An Organisation"})
    ),
    "no truth": lambda: on_file(said("victim_shelter_opened", "strong")),
    "no truth, and nothing of two years": lambda: on_file(said("more_convictions", "perhaps", kind="statistic")),
    "a truth against last year": lambda: on_file(said("victim_shelter_opened", "more than last year")),
    "none of the choices": lambda: on_file(said("overall_effort_level", "some", kind="statement")),
    "bounds of a choice": lambda: on_file(
        said("overall_effort_level", "", kind="statement") | {"value": {"at_least": 2}}
    ),
    "no count": lambda: on_file(
        figure("victims_identified", "-1"), figure("victims_referred", "0"), figure("trafficking_convictions", "many")
    ),
    "another unit": lambda: on_file(figure("victims_identified", "7", unit="cases")),
    "asked on another date only, before what nobody asks": lambda: on_file(
        said("civil_society_consulted", "true"), said("nothing_such", "true")
    ),
    "before the period": lambda: on_file(
        said("victim_shelter_opened", "true", 0, date="2012-03-31"),
        said("victim_shelter_opened", "true", 1, date="2012-04-01"),
        figure("victims_identified", "7", period={"first": "2011-01-01", "last": "2011-12-31"}),
        figure("victims_identified", "8", 1, period={"first": "2009-01-01", "last": "2009-12-31"}),
    ),
    "a law may be older": lambda: on_file(said("trafficking_criminalised", "true", kind="law", date="2003-01-01")),
    "a tier before there was one": lambda: on_file(
        earlier_placements=[placed(2012, "2"), placed(2003, "2WL"), placed(2000, "SC"), placed(2001, "SC")]
    ),
    "carried by no rule": lambda: on_file(
        SHELTER, said("victim_shelter_opened", "true", 1, carried={"shown": "2012", "by": "CARRY-NOTHING"})
    ),
    "carried for too long": lambda: on_file(
        said(
            "trafficking_criminalised",
            "true",
            kind="law",
            date="2003-01-01",
            carried={"shown": "1990", "by": "CARRY-LAW"},
        )
    ),
    "carried by a rule that does not carry it": lambda: on_file(
        said("victim_shelter_opened", "true", carried={"shown": "2012", "by": "CARRY-LAW"})
    ),
    "one statement with another value": lambda: on_file(
        SHELTER, said("victim_shelter_opened", "false", 1, origin="victim_shelter_opened-0")
    ),
    "one statement of another day": lambda: on_file(
        SHELTER, said("victim_shelter_opened", "true", 1, origin="victim_shelter_opened-0", date="2012-06-06")
    ),
    "one figure of another time": lambda: on_file(
        figure("victims_identified", "7", period={"first": "2012-04-01", "last": "2012-09-30"}),
        figure(
            "victims_identified",
            "7",
            1,
            origin="victims_identified-0",
            period={"first": "2012-10-01", "last": "2013-03-31"},
        ),
    ),
    "figures of two years in one": lambda: on_file(
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions", "7", 1, period={"first": "2012-01-01", "last": "2012-06-30"}),
        figure("trafficking_convictions", "7", 2, period={"first": "2013-02-01", "last": "2013-06-10"}),
    ),
    "two records contradict": lambda: on_file(
        SHELTER, said("victim_shelter_opened", "true", 1), said("victim_shelter_opened", "false", 2)
    ),
    "a source is silent and speaks": lambda: on_file(
        said("victim_services_provided", "true"),
        SHELTER,
        silences=[silence("s0", "victim_shelter_opened", covers=YEAR)],
    ),
    "the log of requests says otherwise": lambda: on_file(
        said("victim_services_provided", "true"),
        said("enforcement_data_provided", "true", 0),
        requests=[asked("r0", "F-PROSECUTE", "not given"), asked("r1", "F-NOTHING")],
    ),
    "the log of requests says it was given": lambda: on_file(
        said("enforcement_data_provided", "false", 0), requests=[asked("r0", "F-PROSECUTE")]
    ),
    "two figures of last year": lambda: on_file(
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions", "7", 1, period=BEFORE),
        figure("trafficking_convictions_last_year", "8", 2, period=BEFORE),
    ),
    "the last dossier has another figure": lambda: on_file(
        SHELTER,
        figure("trafficking_convictions_last_year", "8", 1, period=BEFORE),
        last=last_year(
            figure("victims_identified", "3", period=BEFORE), figure("trafficking_convictions", "7", period=BEFORE)
        ),
    ),
    "the numbers say otherwise": lambda: on_file(
        said("more_convictions", "true", kind="statistic"),
        figure("trafficking_convictions", "7"),
        figure("trafficking_convictions", "9", 1, period=BEFORE),
    ),
    "the numbers show what is denied": lambda: on_file(
        said("increase_in_enforcement", "false", kind="statistic"),
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions", "7", 1, period=BEFORE),
    ),
    "more than a number that is not known": lambda: on_file(
        said("more_convictions", "true", kind="statistic"), figure("trafficking_convictions", "0")
    ),
    "two records break a rule of coherence": lambda: on_file(
        said("victim_services_provided", "false"), SHELTER, earlier_placements=[placed(2012, "2")]
    ),
    "one record breaks a rule of coherence": lambda: on_file(
        SHELTER, figure("noncitizen_victims_percent", "101", unit="percent")
    ),
    "a rating and a record break a rule of coherence": lambda: on_file(
        rating("met", 0, measures="significant_efforts"),
        said("trafficking_criminalised", "false", kind="law"),
        rating("met", 1, measures="stringent_punishment"),
    ),
    "a request and a record break a rule of coherence": lambda: on_file(
        said("enforcement_data_requested", "false"), requests=[asked("r0", "F-PROSECUTE")]
    ),
    "data are given that nobody can obtain": lambda: on_file(
        SHELTER,
        said("capacity_to_obtain_enforcement_data", "false", kind="statement"),
        requests=[asked("r0", "F-PROSECUTE") | {"date": "2013-06-20"}, asked("r1", "F-PROSECUTE")],
    ),
    "a sound repeat before another value": lambda: on_file(
        SHELTER,
        said("victim_shelter_opened", "true", 1, origin="victim_shelter_opened-0"),
        said("victim_shelter_opened", "false", 2, origin="victim_shelter_opened-0"),
    ),
    "ratings break two rules of coherence in the same lines, and another rule": lambda: on_file(
        rating("met", 0, measures="serious_and_sustained_efforts"),
        rating("not met", 1, measures="significant_efforts"),
        said("downgrade_waived", "true"),
        earlier_placements=[placed(2011, "2"), placed(2012, "2")],
    ),
    "a record answers what a request does, and breaks a rule of coherence": lambda: on_file(
        said("enforcement_data_provided", "true"),
        said("capacity_to_obtain_enforcement_data", "false", kind="statement"),
        requests=[asked("r0", "F-PROSECUTE")],
    ),
    "a source is silent on something else than it speaks of": lambda: on_file(
        SHELTER,
        silences=[
            silence("s0", "victims_identified", covers=YEAR),
            silence("s1", "increase_in_enforcement", covers=YEAR),
            silence("s2", "other_increase", covers=YEAR),
        ],
        requests=[asked("r0", "F-PROSECUTE", "partly given")],
    ),
    "the years and a record break a rule of coherence": lambda: on_file(
        SHELTER,
        said("downgrade_waived", "true"),
        earlier_placements=[placed(2011, "2"), placed(2012, "2")],
    ),
}
OTHER = BOOK.on(date(2003, 6, 11))


def admitting(*rules: Admission) -> Law:
    """The law with other rules of admission; they change nothing of what is worked out from a law and kept with it."""
    law = replace(LAW, admissions=rules)
    law.kept.update(LAW.kept)
    return law


def without(name: str) -> Law:
    """The law without a rule of admission."""
    return admitting(*(rule for rule in LAW.admissions if rule.id != name))


def demanding(rule: str, **then: str) -> Law:
    """The law with one rule of coherence, which demands something else."""
    (found,) = (each for each in LAW.coherence if each.id == rule)
    fields = {name: getattr(found, name) for name in Coherence.model_fields}
    made = Coherence.model_construct(**fields | {"then": Condition.model_validate(then)})
    return replace(LAW, coherence=(made,))


OF_OTHER_LAWS: dict[str, tuple[Case, Law]] = {
    "a tier that the date does not know": (
        lambda: on_file(post_recommendation={"tier": "2WL", "asks": "x", **AT}),
        OTHER,
    ),
    "another period than the statute's": (
        lambda: on_file(
            as_of="2020-06-25", period={"first": "2019-01-01", "last": "2020-03-30"}, last_report="2019-06-20"
        ),
        BOOK.on(date(2020, 6, 25)),
    ),
    "a figure of last year in another unit, which no rule sets aside": (
        lambda: on_file(figure("trafficking_convictions_last_year", "7", period=BEFORE, unit="cases")),
        without("ADM-UNLIKE-UNIT"),
    ),
    "silences and a rating break a rule of coherence": (
        lambda: on_file(
            rating("met", measures="appreciable_progress"),
            silences=[
                silence("s0", "other_increase", covers=YEAR),
                silence("s1", "increase_in_enforcement", covers=YEAR),
                silence("s2", "increase_in_enforcement", covers=YEAR),
            ],
        ),
        demanding("COH-RATED-PROGRESS", indicator="increase_in_enforcement", **{"is": "true"}),
    ),
    "the last placement and a record break a rule of coherence": (
        lambda: on_file(
            said("downgrade_waived", "true"),
            earlier_placements=[placed(2012, "2"), placed(2011, "3"), placed(2010, "2")],
        ),
        demanding("COH-WAIVED-WHERE-DUE", placement="last_report", **{"is": "3"}),
    ),
}


def counted(casefile: Casefile, law: Law) -> list[str]:
    """What a casefile answers, and what of it does not count, by which rule."""
    found = admit(casefile, law)
    behind = (found.records, found.silences, found.requests)
    answers = [
        f"{name}: {value}, by {', '.join(each.id for kind in behind for each in kind.get(name, ())) or 'the dossier'}"
        for name, value in sorted(found.given.items())
        if not name.startswith("judged/")
    ]
    heard = [
        f"silent on {name}: {', '.join(each.id for each in said)}" for name, said in sorted(found.silences.items())
    ]
    aside = [
        f"set aside {each.record.id} ({each.measures}): {each.rule.id}"
        + (f", as {each.counted} counts" if each.counted else "")
        + (f"; {each.why}" if each.why else "")
        for each in found.set_aside
    ]
    origins = [f"{name} goes back to {origin}" for name, origin in found.origins.items() if name != origin]
    last = f"{found.placement.tier} in {found.placement.year}" if found.placement else "nothing"
    years = [f"{each.tier} in {each.year}" for each in found.placements]
    return [
        *([f"before the report of {found.report}: {', '.join(years)}; in the last: {last}"] if years else []),
        *answers,
        *heard,
        *aside,
        *origins,
        *(f"{name} is overtaken by {by}" for name, by in found.overtaken.items()),
    ]


CARRIED = {"shown": "2012", "by": "CARRY-LAW"}
REPEAT = {"origin": "victim_shelter_opened-0"}
COUNTED: dict[str, Case] = {
    "figures are added up, and bounds met": lambda: on_file(
        figure("victims_identified", "7"),
        figure("victims_identified", "5", 1),
        figure("victims_in_country", "") | {"value": {"at_least": 20}},
        figure("victims_in_country", "", 1) | {"value": {"at_most": 90}},
    ),
    "what happened after the question": lambda: on_file(
        said("victim_shelter_opened", "true", 0, date="2013-06-19"),
        said("victim_shelter_opened", "true", 1, date="2013-06-20"),
    ),
    "what happened after the period": lambda: on_file(
        said("victim_shelter_opened", "true", 0, date="2013-03-31"),
        said("victim_shelter_opened", "true", 1, date="2013-04-01"),
    ),
    "promises and statements": lambda: on_file(
        said("victim_shelter_opened", "true", 0, kind="commitment"),
        said("victim_shelter_opened", "true", 1, kind="statement"),
        said("victim_shelter_opened", "true", 2, kind="law"),
        said("victim_shelter_opened", "true", 3, kind="commitment", reliability="E"),
        said("victim_shelter_opened", "true", 4, kind="commitment", origin="victim_shelter_opened-0"),
        said("victim_shelter_opened", "true", 5, kind="statement", origin="victim_shelter_opened-1"),
        said("civil_society_consulted", "true", 6, kind="commitment"),
    ),
    "sources of little worth": lambda: on_file(
        said("victim_shelter_opened", "true", 0, reliability="D", credibility="4"),
        said("victim_shelter_opened", "true", 1, reliability="E"),
        said("victim_shelter_opened", "true", 2, credibility="5"),
    ),
    "the surest of one origin counts": lambda: on_file(
        SHELTER,
        said("victim_shelter_opened", "true", 1, **REPEAT),
        said("victim_shelter_opened", "true", 2, **REPEAT, reliability="A"),
        said("victim_services_provided", "true", 3, **REPEAT),
    ),
    "silences of the period and before it": lambda: on_file(
        silences=[
            silence("s0", "increase_in_enforcement", covers={"first": "2011-04-01", "last": "2012-04-01"}),
            silence("s1", "increase_in_enforcement", covers={"first": "2011-04-01", "last": "2012-03-31"}),
            silence("s2", "other_increase"),
            silence("s3", "increase_in_enforcement", covers=YEAR),
            silence("s4", "victim_shelter_opened", covers=YEAR),
        ]
    ),
    "silence beside an answer": lambda: on_file(
        said("increase_in_enforcement", "true", kind="statistic", at="07ELSEWHERE1 ¶1"),
        silences=[silence("s0", "increase_in_enforcement", covers=YEAR)],
    ),
    "requests until the day of the question": lambda: on_file(
        requests=[
            asked("r0", "F-PROSECUTE") | {"answer_date": "2013-06-19"},
            asked("r1", "F-PROSECUTE", "not given") | {"answer_date": "2013-06-20"},
            asked("r2", "F-PROSECUTE", "not given") | {"date": "2013-06-20", "answer_date": "2013-06-20"},
        ]
    ),
    "a request on the day of the question": lambda: on_file(
        requests=[asked("r0", "F-PROSECUTE") | {"date": "2013-06-19", "answer_date": "2013-06-20"}]
    ),
    "requests with several answers": lambda: on_file(
        requests=[asked("r0", "F-PROSECUTE"), asked("r1", "F-PROSECUTE", "not given")]
    ),
    "a request of which a part was given": lambda: on_file(requests=[asked("r0", "F-PROSECUTE", "partly given")]),
    "numbers overtake a silence": lambda: on_file(
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions", "7", 1, period=BEFORE),
        silences=[silence("s0", "increase_in_enforcement", covers=YEAR)],
    ),
    "numbers do not overtake what a record shows": lambda: on_file(
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions", "7", 1, period=BEFORE),
        said("increase_in_enforcement", "true", kind="statistic"),
    ),
    "numbers that show nothing leave what a record denies": lambda: on_file(
        figure("trafficking_convictions", "7"),
        figure("trafficking_convictions", "7", 1, period=BEFORE),
        said("increase_in_enforcement", "false", kind="statistic"),
    ),
    "numbers of another unit or length are not compared": lambda: on_file(
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions_last_year", "7", 1, period=BEFORE, unit="cases"),
        figure("victims_identified", "9"),
        figure("victims_identified", "7", 1, period={"first": "2011-09-01", "last": "2012-03-31"}),
    ),
    "the last dossier answers with its figures and ratings alone": lambda: on_file(
        figure("trafficking_convictions", "9"),
        last=last_year(
            figure("trafficking_convictions", "7", period=BEFORE),
            figure("trafficking_convictions", "7", 1, period=BEFORE, origin="trafficking_convictions-0"),
            said("victim_shelter_opened", "true", date="2011-05-05"),
            rating("met", 0, measures="significant_efforts"),
            rating("met", 1, measures="government_policy_or_pattern"),
            silences=[silence("s0", "trafficking_convictions", covers=BEFORE)],
            requests=[asked("r0", "F-NOTHING")],
            deficiencies=[{"id": "d0", "says": "x", "answered_by": ["nothing_such"], **AT}],
            earlier_placements=[placed(2000, "2WL")],
            post_recommendation={"tier": "2WL", "asks": "x", **AT},
        ),
    ),
    "ratings and the years": lambda: on_file(
        rating("met", measures="significant_efforts"),
        earlier_placements=[placed(2012, "2WL"), placed(2011, "2WL"), placed(2010, "2")],
    ),
    "a year without a placement": lambda: on_file(earlier_placements=[placed(2010, "2"), placed(2009, "SC")]),
    "what is carried over, until something is said of it": lambda: on_file(
        said("trafficking_criminalised", "true", 0, kind="law", date="2003-01-01", carried=CARRIED),
        said("victim_call_centre", "true", 0, carried=CARRIED | {"by": "CARRY-INSTITUTION"}, date="2011-05-05"),
        said("victim_call_centre", "true", 1),
    ),
    "what is carried over, and nothing that counts is said of it": lambda: on_file(
        said("victim_call_centre", "true", 0, carried=CARRIED | {"by": "CARRY-INSTITUTION"}, date="2011-05-05"),
        said("victim_call_centre", "true", 1, reliability="E"),
    ),
    "new in the period": lambda: on_file(
        SHELTER,
        said("trafficking_law_reform_enacted", "false", kind="law"),
        said("special_trafficking_unit_established", "true", date="2013-04-01"),
    ),
    "a comparison that is stated": lambda: on_file(said("more_convictions", "as many as last year", kind="statistic")),
    "asked on another date only": lambda: on_file(
        said("civil_society_consulted", "true", carried=CARRIED),
        rating("met", measures="government_policy_or_pattern"),
        silences=[silence("s0", "restitution_obtained", covers=YEAR)],
        deficiencies=[{"id": "d0", "says": "x", "answered_by": ["restitution_obtained"], **AT}],
        questions=[question("q0", "restitution_obtained")],
    ),
    "a statement that denies, as a silence would": lambda: on_file(
        said("increase_in_enforcement", "false", 0, kind="statement"),
        said("other_increase", "true", 1, kind="statement"),
    ),
    "a word of the indicator's list": lambda: on_file(said("overall_effort_level", "weak", kind="statement")),
    "figures of half a year are compared with each other": lambda: on_file(
        figure("trafficking_convictions", "9", period={"first": "2012-04-01", "last": "2012-09-30"}),
        figure("trafficking_convictions", "7", 1, period={"first": "2011-04-01", "last": "2011-09-30"}),
    ),
    "nothing but its counts is taken from the last dossier, each with the origin that it has there": lambda: on_file(
        last=last_year(
            figure("trafficking_convictions", "7", 0, period=BEFORE, origin="a report"),
            figure("trafficking_convictions", "7", 1, period=BEFORE, origin="nothing_such-0"),
            figure("victims_identified", "3", 0, period=BEFORE),
            figure("victims_identified", "3", 1, period=BEFORE, origin="victims_identified-0"),
            figure("victims_identified", "3", 2, period=BEFORE),
            said("nothing_such", "true", date="2011-05-05", origin="a report"),
            # Of its own last year it says otherwise than the dossier before it.
            figure("victims_identified", "9", 3, period={"first": "2010-04-01", "last": "2011-03-31"}),
            last=on_file(
                figure("victims_identified", "8", period={"first": "2010-04-01", "last": "2011-03-31"}),
                as_of="2011-06-19",
                period={"first": "2010-04-01", "last": "2011-03-31"},
                last_report="2010-06-19",
            ),
        ),
    ),
}
WORDS = {
    "kind": ("action", "statistic", "law", "commitment", "statement", "silence", "judgement"),
    "reliability": ("A", "B"),
    "credibility": ("2", "3"),
    "dated": (
        *("in the period", "partly in the period", "outside the period", "after the question", "undated", "carried"),
        *("of the period", "before the period", "in the earlier year asked for", "with the report"),
    ),
    "indicator": ("takes this kind", "takes another kind", "not asked on this date"),
    "origin": ("counted already",),
    "figure": ("of another unit", "of another length"),
    "carried": ("told anew",),
}
"""Every word that a rule of admission may look at, of some attributes not all."""


def looking_at(attribute: Any, word: str) -> Law:
    """The law with a rule before all others that takes what has one word."""
    rule = LAW.admissions[0].model_copy(update={"id": "NEW", "sets_aside": {attribute: (word,)}})
    return admitting(rule, *LAW.admissions)


def of_every_kind() -> Casefile:
    """A casefile in which each word is true of something."""
    return on_file(
        said("victim_shelter_opened", "true", 0),
        said("victim_shelter_opened", "true", 1, kind="commitment"),
        said("victim_shelter_opened", "true", 2, kind="statement", date="2013-04-01"),
        said("victim_shelter_opened", "true", 3, origin="victim_shelter_opened-0"),
        figure("trafficking_convictions", "9"),
        figure("trafficking_convictions_last_year", "7", 1, period=BEFORE, unit="cases"),
        figure("victims_identified", "9", period={"first": "2012-01-01", "last": "2012-12-31"}, reliability="A"),
        figure("victims_identified", "7", 1, period={"first": "2011-09-01", "last": "2012-03-31"}, credibility="3"),
        undated(said("victim_services_provided", "true")),
        undated(said("downgrade_waived", "false")),
        said("civil_society_consulted", "true", date="2013-06-20"),
        said("victim_call_centre", "true", 0, carried=CARRIED | {"by": "CARRY-INSTITUTION"}, date="2011-05-05"),
        said("victim_call_centre", "true", 1),
        said("trafficking_criminalised", "true", kind="law", date="2003-01-01"),
        rating("met", measures="significant_efforts"),
        silences=[
            silence("s0", "increase_in_enforcement", covers=YEAR),
            silence("s1", "increase_in_enforcement", covers=BEFORE),
            silence("s2", "increase_in_enforcement"),
        ],
    )


def reading(name: str, word: str) -> Law:
    """The law that reads a silence on an indicator as another word."""

    def other(each: Indicator) -> Indicator:
        if each.id != name or each.when_silent is None:
            return each
        return each.model_copy(update={"when_silent": each.when_silent.model_copy(update={"reads_as": word})})

    return replace(
        LAW,
        criteria=tuple(c.model_copy(update={"indicators": tuple(map(other, c.indicators))}) for c in LAW.criteria),
    )


def taken(word: str, casefile: Casefile, law: Law) -> str:
    """What of a casefile a law takes by its first rule, and how many commitments it leaves."""
    found = admit(casefile, law)
    names = [each.record.id for each in found.set_aside if each.rule is law.admissions[0]]
    return f"{word}: {', '.join(names) or 'nothing'}; commitments left: {found.facts.get('commitments_recorded', 0)}"


COUNTED_BY_OTHER_LAWS: dict[str, tuple[Case, Law]] = {
    "figures of another length, which no rule sets aside": (
        lambda: on_file(
            figure("victims_identified", "9"),
            figure("victims_identified", "7", 1, period={"first": "2011-09-01", "last": "2012-03-31"}),
        ),
        without("ADM-UNLIKE-LENGTH"),
    ),
    "a silence that is read as a yes": (
        lambda: on_file(silences=[silence("s0", "other_increase", covers=YEAR)]),
        reading("other_increase", "true"),
    ),
    "the last dossier asks for a tier that the date does not know": (
        lambda: on_file(
            last=last_year(
                figure("victims_identified", "7", period=BEFORE),
                post_recommendation={"tier": "2WL", "asks": "x", **AT},
            )
        ),
        OTHER,
    ),
}


def test_each_refusal(golden: Golden) -> None:
    """What is said, the key at which it stands, and the cure; nothing of what is sound beside it."""
    found = {name: refused(case(), LAW) for name, case in CASES.items()}
    found |= {name: refused(case(), law) for name, (case, law) in OF_OTHER_LAWS.items()}
    golden(found, "refusals.txt")


def test_what_counts(golden: Golden) -> None:
    """What each dossier answers, with what is behind it, and what does not count."""
    found = {name: counted(case(), LAW) for name, case in COUNTED.items()}
    found |= {name: counted(case(), law) for name, (case, law) in COUNTED_BY_OTHER_LAWS.items()}
    everything = of_every_kind()
    asked = {f"{name} {word}": looking_at(name, word) for name, words in WORDS.items() for word in words}
    found["what a rule on one word sets aside"] = [taken(word, everything, law) for word, law in asked.items()]
    golden(found, "admitted.txt")
