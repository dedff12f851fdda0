"""From a sentence to proposed records: indicator, kind, value, unit, days and actor."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierengine.coding import figures, proposing
from tierengine.coding.proposing import Setting, proposals
from tierengine.coding.reader import Reader
from tierengine.coding.sentences import Sentence
from tierengine.evidence.dossier import ProposedRecord
from tierengine.law.rulebook import Rulebook
from tierengine.terms.bounds import WrittenBounds
from tierengine.terms.interval import Days

PERIOD = Days(first=date(2014, 4, 1), last=date(2015, 3, 31))
BEFORE = Days(first=date(2013, 4, 1), last=date(2014, 3, 31))
SOME = WrittenBounds(at_least=1)


@pytest.fixture(scope="module")
def setting(rulebook: Rulebook) -> Setting:
    """The law of the report of 2015."""
    law = rulebook.on(date(2015, 6, 1))
    return Setting(Reader(rulebook, law), law, PERIOD, "Government of Tessaly", covers_period=False)


def _first(text: str, setting: Setting) -> list[ProposedRecord]:
    return [found[0] for found in proposals(Sentence("a \u00b61", text), setting)]


NO_INCREASE = [
    ("progress_over_last_assessment", "statement", "false"),
    ("increase_in_enforcement", "statement", "false"),
    ("increase_in_victim_assistance", "statement", "false"),
    ("decrease_in_official_complicity", "statement", "false"),
]
FIRST_CONVICTIONS = [
    ("more_convictions", "statistic", "more than last year"),
    ("trafficking_convictions", "statistic", SOME),
]
EXPECTED: list[tuple[str, list[tuple[str, str, Any]]]] = [
    ("The police investigated 14 trafficking cases.", [("trafficking_investigations", "statistic", "14")]),
    (
        "It prosecuted 12 defendants and convicted at least five traffickers.",
        [
            ("trafficking_prosecutions", "statistic", "12"),
            ("trafficking_convictions", "statistic", WrittenBounds(at_least=5)),
        ],
    ),
    ("Authorities obtained nine convictions in 2014.", [("trafficking_convictions", "statistic", "9")]),
    (
        "The government did not investigate or prosecute any trafficking cases.",
        [("trafficking_investigations", "statistic", "0"), ("trafficking_prosecutions", "statistic", "0")],
    ),
    ("The government did not report any convictions.", [("trafficking_convictions", "silence", None)]),
    ("Courts convicted traffickers.", [("trafficking_convictions", "statistic", SOME)]),
    ("In May 2014 the government opened a shelter for victims.", [("victim_shelter_opened", "action", "true")]),
    ("The government promised to open a shelter for victims.", [("victim_shelter_opened", "commitment", "true")]),
    ("The ministry ran no hotline.", [("victim_call_centre", "action", "false")]),
    (
        "The government carried out fewer prosecutions than in the previous year.",
        [("more_prosecutions", "statistic", "fewer than last year")],
    ),
    (
        "The courts convicted 12 traffickers, compared with nine in the previous year.",
        [("trafficking_convictions", "statistic", "12"), ("trafficking_convictions_last_year", "statistic", "9")],
    ),
    (
        "The police opened 16 investigations in 2014, down from 50 in 2013.",
        [
            ("trafficking_investigations", "statistic", "16"),
            ("trafficking_investigations_last_year", "statistic", "50"),
        ],
    ),
    (
        "The police prosecuted an increased number of cases.",
        [("more_prosecutions", "statistic", "more than last year")],
    ),
    (
        "The courts did not convict any offenders, including complicit officials.",
        [("complicit_officials_convicted", "statistic", "0"), ("trafficking_convictions", "statistic", "0")],
    ),
    ("A teacher was not prosecuted for forced begging.", []),
    ("The police did not refer the cases for prosecution.", []),
    ("It failed to show evidence of increased efforts in the area of prosecution.", NO_INCREASE),
    ("The first convictions came under the government's 2008 anti-trafficking law.", FIRST_CONVICTIONS),
    ("The penalties are lower than those for rape.", [("penalty_below_grave_crimes", "action", "true")]),
    (
        "Foreign women transit the country in search of work in neighboring countries.",
        [("trafficking_extent_described", "statistic", "true")],
    ),
    (
        "The ministry named dedicated prosecutors for trafficking.",
        [("special_courts_or_prosecutors", "action", "true")],
    ),
    (
        "The police investigated 27 cases, compared with 19 in 2013, and the courts convicted nine traffickers.",
        [
            ("trafficking_investigations", "statistic", "27"),
            ("trafficking_investigations_last_year", "statistic", "19"),
            ("trafficking_cases_processed", "statistic", SOME),
            ("trafficking_convictions", "statistic", "9"),
        ],
    ),
    (
        "Officials complicit in trafficking were not punished.",
        [("officials_involved_in_trafficking", "action", "true")],
    ),
    ("Fund the shelters.", [("victim_services_provided", "statement", "true")]),
    ("Courts convicted two complicit officials.", [("complicit_officials_convicted", "statistic", "2")]),
    ("The government did not address official complicity.", [("officials_involved_in_trafficking", "action", "true")]),
    (
        "The police detained and deported trafficking victims.",
        [("victims_penalised_for_direct_result", "action", "true")],
    ),
    ("The law does not prohibit all forms of trafficking.", [("law_falls_short", "law", "true")]),
    ("The law does not prohibit trafficking.", [("trafficking_criminalised", "law", "false")]),
    ("The police identified 34 victims.", [("victims_identified", "statistic", "34")]),
    (
        "The police identified 34 victims, an increase from 20 in the previous year.",
        [("victims_identified", "statistic", "34"), ("victims_identified_last_year", "statistic", "20")],
    ),
    (
        "The government did not identify or refer any victims.",
        [("victims_identified", "statistic", "0"), ("victims_referred", "statistic", "0")],
    ),
    ("The police relied on victims to identify themselves.", []),
    ("The police used no procedures to identify victims.", [("victim_identification_procedures", "action", "false")]),
    ("More victims were identified than in 2013.", [("more_victims_identified", "statistic", "more than last year")]),
    ("The police screened more than 7,000 workers.", [("persons_screened", "statistic", WrittenBounds(at_least=7001))]),
    ("The cabinet adopted a national action plan.", [("national_action_plan_adopted", "action", "true")]),
    ("The government did not allocate money for victims.", [("victim_protection_funded", "action", "false")]),
    ("The academy trained 90 prosecutors.", [("enforcement_officials_trained", "statistic", "90")]),
    ("The ministry trained 90 officers to identify victims.", [("victim_officials_trained", "statistic", "90")]),
    (
        "The police may have deported potential victims.",
        [("victims_detained_or_deported_unscreened", "action", "true")],
    ),
    ("The country is not a party to the Palermo Protocol.", [("palermo_protocol_ratified", "law", "false")]),
    ("The state made minimal efforts to protect victims.", [("protection_level", "statistic", "weak")]),
    (
        "The state did not make sufficient efforts to combat trafficking.",
        [("overall_effort_level", "statistic", "weak")],
    ),
    ("The courts lacked funding.", [("resources_described", "statistic", "true")]),
    ("Officials lacked understanding of the crime.", [("officials_know_trafficking", "action", "false")]),
    ("The code does not cover domestic workers.", [("domestic_workers_excluded", "law", "true")]),
    ("Police arrested 14 suspects.", [("trafficking_arrests", "statistic", "14")]),
    (
        "The police deported victims rather than providing them protection.",
        [("victims_penalised_for_direct_result", "action", "true"), ("victim_services_provided", "action", "false")],
    ),
    (
        "Victims were more often jailed than helped.",
        [("victims_penalised_for_direct_result", "action", "true")],
    ),
    (
        "Authorities continued to arrest, detain, and penalize many victims.",
        [("victims_penalised_for_direct_result", "action", "true")],
    ),
    (
        "The police participated in more international investigations.",
        [("cooperated_in_trafficking_case", "action", "true")],
    ),
    (
        "A lack of training among prosecutors delayed cases.",
        [
            ("anti_trafficking_means_lacking", "action", "true"),
            ("trafficking_cases_delayed_or_dropped", "action", "true"),
        ],
    ),
    ("The police participated in a training on trafficking.", [("enforcement_training_given", "action", "true")]),
    ("Officials facilitated the return of 12 victims.", [("foreign_victims_returned", "statistic", "12")]),
    ("Officers facilitated sex trafficking.", [("officials_involved_in_trafficking", "action", "true")]),
    ("Officials accepted the recommendations.", []),
    (
        "The government did not demonstrate overall increasing efforts.",
        [
            ("progress_over_last_assessment", "statement", "false"),
            ("increase_in_enforcement", "statement", "false"),
            ("increase_in_victim_assistance", "statement", "false"),
            ("decrease_in_official_complicity", "statement", "false"),
        ],
    ),
    (
        "It failed to provide evidence of increasing efforts over the previous year.",
        [
            ("progress_over_last_assessment", "statistic", "false"),
            ("increase_in_enforcement", "statistic", "false"),
            ("increase_in_victim_assistance", "statistic", "false"),
            ("decrease_in_official_complicity", "statistic", "false"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), EXPECTED, ids=[text for text, _ in EXPECTED])
def test_what_a_sentence_answers(text: str, expected: list[tuple[str, str, Any]], setting: Setting) -> None:
    """The first proposals are what a careful coder would write."""
    assert [(each.measures, each.kind, each.value) for each in _first(text, setting)] == expected


def test_the_days_of_two_years(setting: Setting) -> None:
    """A figure beside which a year stands is of that year; the previous year is the year before the period."""
    this, last = _first("The courts convicted 12 traffickers, compared with nine in the previous year.", setting)
    assert (this.undated is not None, last.period) == (True, BEFORE)
    _, last = _first("The police opened 16 investigations in 2014, down from 50 in 2013.", setting)
    assert last.period == Days(first=date(2013, 1, 1), last=date(2013, 12, 31))


def test_a_source_that_covers_the_period(setting: Setting) -> None:
    """What has no date is undated, unless the source is said to report on the period."""
    text = "The police investigated 14 trafficking cases."
    assert _first(text, setting)[0].undated is not None
    covering = Setting(setting.reader, setting.law, PERIOD, "Government of Tessaly", covers_period=True)
    assert _first(text, covering)[0].period == PERIOD


def test_who_did_it(setting: Setting) -> None:
    """The act of an organisation is proposed with it as the actor, and the government's with the government."""
    ngo, own = (
        _first(f"{who} provided shelter to victims.", setting)[0].actor.is_ for who in ("NGOs", "The government")
    )
    assert (ngo, own) == ("non-governmental organisation", "government")


def test_what_a_cue_leads_to_can_be_accepted(rulebook: Rulebook, setting: Setting) -> None:
    """No cue of an effort of the government stands for a sentence in which somebody else makes it."""
    cues = [
        (indicator.id, cue.stands_for)
        for indicator in setting.law.indicators
        for cue in rulebook.cues.get(indicator.id, ())
        for first in _first(cue.stands_for, setting)
        if first.measures == indicator.id and indicator.effort and first.actor.is_ != "government"
    ]
    assert cues == []


@pytest.mark.parametrize(
    "text", ["The capital lies on a river.", "See https://example.org/trafficking-investigations.", "12"]
)
def test_sentences_that_answer_nothing(text: str, setting: Setting) -> None:
    """Of what bears on no question nothing is proposed, nor of an address."""
    assert _first(text, setting) == []


WORDS = [
    *(
        "the government",
        "police",
        "did not",
        "failed to",
        "convicted",
        "traffickers",
        "victims",
        "12",
        "in 2013",
        "and",
    ),
    *(
        "no",
        "NGOs",
        "compared with",
        "shelter",
        "opened",
        "plans to",
        "law",
        "prohibit",
        ",",
        "officials",
        "investigated",
    ),
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20))
def test_every_proposal_can_stand(setting: Setting, chosen: list[str]) -> None:
    """Whatever a sentence is made of: at most three for each thing, alike each time, and of the type that is asked."""
    sentence = Sentence("a \u00b61", " ".join(chosen))
    found = list(proposals(sentence, setting))
    assert found == list(proposals(sentence, setting))
    for thing in found:
        assert 1 <= len(thing) <= 3
        for record in thing:
            indicator = setting.law.indicator(record.measures)
            if record.kind != "silence" and indicator.type == "count":
                assert isinstance(record.value, WrittenBounds) or str(record.value).isdigit()
                assert record.unit == indicator.unit


_LEADING_UP = (
    (figures, "_DOLLARS_BEFORE"),
    (figures, "_NAMED_YEAR"),
    (proposing, "_BEFORE_FIGURE"),
    (proposing, "_FROM"),
)
"""The patterns that look at what stands before a number."""


class _Looking:
    """A pattern that counts the characters in which it is looked for."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self.characters = 0

    def search(self, text: str) -> re.Match[str] | None:
        """Look for it."""
        self.characters += len(text)
        return self._pattern.search(text)


def test_what_leads_up_to_a_number_is_looked_at_alone(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence of twice as many numbers takes twice the looking, and not four times as much."""
    looking = [_Looking(getattr(*each)) for each in _LEADING_UP]
    for each, looks in zip(_LEADING_UP, looking, strict=True):
        monkeypatch.setattr(*each, looks)

    def looked(count: int) -> int:
        before = sum(each.characters for each in looking)
        _first(f"The police investigated {'14 cases, 1995 ' * count}.", setting)
        return sum(each.characters for each in looking) - before

    few = looked(60)
    assert all(each.characters for each in looking)
    assert looked(120) < 2.5 * few
