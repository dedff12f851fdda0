"""How a law is written as rules, word for word; what cannot be is refused, with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.engines.test_three_readings import law_around
from tests.strategies import CITATION, ENTRY
from tierengine.engines.form import Bounds, Form, Test
from tierengine.engines.lowering import (
    WIDEST,
    lower,
    lower_coherence,
    lower_criterion,
    lower_entry,
    lower_proposals,
    read_value,
    read_word,
    shown_by,
)
from tierengine.errors import Problem, RulebookError
from tierengine.law.conditions import Condition
from tierengine.law.entries import LAST_YEAR, Coherence, Criterion
from tierengine.law.rulebook import Law
from tierengine.terms.bounds import WrittenBounds

GOLDEN = ROOT / "tests" / "golden" / "form.txt"

YES, DRAFT = {"indicator": "C_0", "is": "true"}, {"indicator": "C_2", "is": "draft"}


def either(number: int) -> dict[str, Any]:
    """One of two numbers that no other condition asks for."""
    return {"any": ({"indicator": "C_1", "at_least": str(number)}, {"indicator": "C_4", "at_least": str(number)})}


def refusal(when: dict[str, Any]) -> tuple[Problem, ...]:
    """What is said of a condition that cannot be written as rules."""
    with pytest.raises(RulebookError) as refused:
        lower(law_around(when))
    return refused.value.problems


def test_a_condition_that_needs_too_many_cases() -> None:
    """Five times one of two are just as many cases as may be; six times are too many, to hold or to fail."""
    several = tuple(either(number) for number in range(1, 7))
    assert WIDEST == 2**5
    lower(law_around({"all": several[:5]}))
    cure = "give a part of it a name of its own under `conclusions`, and ask for that"
    what = "the condition needs 64 cases to write out, more than 32"
    assert refusal({"all": several}) == (Problem(where="`D/met`", what=what, cure=cure),)
    assert refusal({"not": {"all": several}}) == (Problem(where="`D/met`", what=what, cure=cure),)


def test_a_count_of_what_is_made_of_several() -> None:
    """Only single conditions are counted, whichever way one is made of several."""
    problem = Problem(
        where="`D/met`",
        what="`some` counts a condition that is made of several",
        cure="give that condition a name of its own under `conclusions`, and list it under `of`",
    )
    for part in ({"all": (YES, DRAFT)}, {"any": (YES, DRAFT)}, {"not": {"all": (YES, DRAFT)}}):
        assert refusal({"some": {"at_least": "1", "of": (YES, part)}}) == (problem,)


def test_entries_that_ask_for_each_other() -> None:
    """All that cannot be decided are named, also those that only rest on the circle."""
    problem = Problem(
        where="`D/met`",
        what="these ask for each other in a circle: D/met, E/met, E/presumed, asked, denied",
        cure="remove one of the references, so that each rests on what is decided before it",
    )
    assert refusal({"conclusion": "asked"}) == (problem,)


def ladder() -> Criterion:
    """A criterion of three levels that a person rates, for which a rule proposes one."""
    levels = ("partly met", "largely met", "met")
    anchors = dict.fromkeys(("not met", *levels), "so")
    proposed: tuple[dict[str, Any], ...] = (
        {"level": "met", "says": "so", "when": {"last_rating": "steps", "at_least": "largely met"}},
        {"level": "not met", "says": "so", "when": {"not": {"finding": "C"}}},
    )
    example = {"name": "so", "expect": "open"}
    return Criterion.model_validate(
        ENTRY
        | {
            "id": "L",
            "part": "factor",
            "title": "so",
            "question": "so",
            "direction": "favours the government",
            "scale": anchors,
            "met_from": "largely met",
            "indicators": ({"id": "L_0", "asks": "so", "type": "count", "unit": "so", "better": "more"},),
            "judgement": {"id": "steps", "words": ("so",), "question": "so", "rubric": anchors},
            "rules": tuple(
                {"level": level, "says": "so", "when": {"indicator": "L_0", "at_least": str(number)}}
                for number, level in enumerate(levels)
            ),
            "proposal": {
                "authority": CITATION,
                "why": "so",
                "rules": proposed,
                "too_thin": "so",
                "examples": (example,),
            },
            "examples": (),
        }
    )


def whole_law() -> Law:
    """A law in which every kind of condition is asked once at least."""
    counted = (YES, {"finding": "L"}, {"finding": "L", "at_least": "partly met"}, {"indicator": "C_1", "at_most": "4"})
    either = ({"some": {"at_least": "2", "of": counted}}, {"judgement": "weight", "at_least": "met"})
    there = ({"placement": "last_report", "is": "2WL"}, {"indicator": "C_3", "is": "false"}, {"not": DRAFT})
    law = law_around({"any": (*either, {"all": there}, {"conclusion": "so"})})
    first, *others = law.criteria
    yes, *more = first.indicators
    answered = yes.model_copy(update={"shown_by": ("C_3", "unasked"), "denied_with": ("C_4", "unasked")})
    first = first.model_copy(update={"indicators": (answered, *more)})
    rule = ENTRY | {"id": "COH", "says": "so", "because": "so", "when": YES, "examples": ()}
    coherence = Coherence.model_validate(rule | {"then": {"indicator": "L_0", "no_more_than": "C_1"}})
    return replace(law, criteria=(first, *others, ladder()), coherence=(coherence,))


def written(form: Form) -> Iterator[str]:
    """A form, a line for each of its parts."""
    yield from (f"input {each.id}: {each.type} {[*each.choices, *each.numbers]}" for each in form.inputs)
    yield from (f"compare {each.id}: {each.left} > {each.right}" for each in form.comparisons)
    for number, stratum in enumerate(form.strata, 1):
        yield f"stratum {number}"
        for tally in stratum.tallies:
            yield f"  count {tally.id}: {'; '.join(f'{_asks(one)} | {_asks(other)}' for one, other in tally.members)}"
        for rule in stratum.rules:
            yield f"  {rule.id}: {'' if rule.holds else 'not '}{rule.head} if {', '.join(map(_asks, rule.tests))}"
    yield from (f"coherent {name}" for name in form.coherence)
    yield from (f"unanswered {each.id}: {each.shown_by} {each.denied_with}" for each in form.unanswered)


def _asks(test: Test) -> str:
    return f"{test.field} {test.op} {test.value!r}"


def test_how_a_law_is_written(request: pytest.FixtureRequest) -> None:
    """A law whole and in parts; --reset-golden writes it anew."""
    law = whole_law()
    watched = {"seen": Condition.model_validate({"indicator": "C_2", "is": "enacted"})}
    forms = {
        "the whole law, and a condition that is watched": lower(law, watched),
        "the law of which most answers are given": lower(law, given=("C", "E", "so", "asked", "denied")),
        "a criterion alone": lower_criterion(law, law.criterion("L")),
        "a conclusion with a rule of coherence and what is watched": lower_entry(
            law, law.conclusions[0], watched, law.coherence
        ),
        "the rules of coherence alone": lower_coherence(law, law.coherence),
        "the proposals": lower_proposals(law),
        "no proposals": lower_proposals(law, law.criteria[:1]),
    }
    lines = [line for title, form in forms.items() for line in (f"# {title}", *written(form), "")]
    text = "\n".join(lines)
    if request.config.getoption("--reset-golden"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
    assert shown_by(law, Condition.model_validate(DRAFT)) == Test(field="C_2", op="==", value="draft")


def test_what_was_written_is_kept_with_the_law() -> None:
    """The whole form, and the rules of each entry, which other forms share; what is watched is in none of them."""
    law = whole_law()
    form = lower(law)
    assert lower(law) is form
    alone = lower_criterion(law, law.criterion("L"))
    kept = {id(rule) for stratum in form.strata for rule in stratum.rules}
    assert {id(rule) for stratum in alone.strata for rule in stratum.rules} <= kept
    assert lower(replace(law)) is not form
    assert lower(replace(law)) == form


def test_words_are_read_as_the_values_that_indicators_declare() -> None:
    """Truths, words of a list, whole numbers and bounds; two numbers that are compared may stand to each other so."""
    law = whole_law()
    truth, count, choice = (law.indicator(name) for name in ("C_0", "C_1", "C_2"))
    assert [read_word(truth, word) for word in ("true", "false", *LAST_YEAR)] == [True, False, *LAST_YEAR.values()]
    assert [read_word(count, "12"), read_word(choice, "none")] == [12, "none"]
    assert [type(read_word(each, word)) for each, word in ((truth, "true"), (count, "1"))] == [bool, int]
    bounds = [WrittenBounds(at_least=2, at_most=most) for most in (None, 4, 2)]
    assert [read_value(count, each) for each in bounds] == [Bounds(2), Bounds(2, 4), 2]
    assert read_value(count, "3") == 3
