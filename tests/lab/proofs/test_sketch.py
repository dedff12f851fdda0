"""Countries sketched from their answers: what is written is what is read."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SMALL, read_once
from tests.strategies import Draw, inputs_of
from tierengine.engines.form import Bounds, Value
from tierengine.errors import EvidenceError
from tierengine.evidence.dossier import read_dossier
from tierengine.lab.proofs.sketch import placements, sketch
from tierengine.law.rulebook import Law
from tierengine.reasoning.admission import admit
from tierengine.reasoning.coherence import Coherent, filled_in, rests_on

BOOK = read_once(ROOT)
LAWS = [BOOK.select(day + timedelta(days=0 if day == date(2019, 1, 8) else 200)) for day in BOOK.boundaries()]
SMALL_LAW = read_once(SMALL).select(date(2007, 6, 1))


def _read(law: Law, facts: dict[str, Value]) -> dict[str, Value | Bounds]:
    """What a sketch of the facts is read to, without what merely follows from it."""
    with tempfile.TemporaryDirectory() as folder:
        casefile = read_dossier(sketch(law, facts, "a property").write(Path(folder)))
    along = _answered_along(law)
    return {name: value for name, value in admit(casefile, law).given.items() if name not in along}


def _answered_along(law: Law) -> frozenset[str]:
    """The questions that answers to others answer as well: `tests/reasoning/test_two_years.py` holds those."""
    return frozenset(each.id for each in law.indicators if each.shown_by or each.denied_with)


def _no_to_numbers(law: Law, name: str, value: Value) -> bool:
    """Whether an answer denies what two numbers may show; a dossier that says both is refused."""
    return value is False and any(name in each.denied_with for each in law.indicators)


@st.composite
def _sayable(draw: Draw, law: Law) -> dict[str, Value]:
    """Some answers that a dossier can give: counted records are one or more, and placements have a history."""
    facts: dict[str, Value] = {}
    for name, values in inputs_of(law).items():
        counted = name in law.indicators_by_id and law.indicator(name).counts_kind is not None
        if name not in {*law.PLACEMENTS, *_answered_along(law)} and draw(st.booleans()):
            facts[name] = draw(st.integers(1, 4) if counted else values)
    facts = {name: value for name, value in facts.items() if not _no_to_numbers(law, name, value)}
    placed = draw(st.sampled_from([answers for _, answers in placements(law)]))
    return _coherent(law, facts, placed)


def _coherent(law: Law, answers: dict[str, Value], placed: dict[str, Value]) -> dict[str, Value]:
    """The answers without the last one of each contradiction, until there is none; a dossier with one is refused."""
    answers = dict(answers)
    while True:
        facts = answers | {f"judged/{name}": f"rating/{name}" in answers for name in law.judges} | placed
        follows = Coherent.of(law).follows(facts)
        found = list(Coherent.of(law).contradictions(filled_in(facts, follows)))
        if not found:
            return facts
        for each in found:
            given = dict.fromkeys(given for name in each.inputs for given in rests_on(follows, name))
            in_conflict = [name for name in given if name not in placed and not name.startswith("judged/")]
            if all(name in answers for name in in_conflict):
                del answers[in_conflict[-1]]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.as_of))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_sketch_is_read_to_the_answers_it_was_made_from(law: Law, data: st.DataObject) -> None:
    """Every answer comes back, and no other, under every version of the law."""
    facts = data.draw(_sayable(law))
    assert _read(law, facts) == facts


@settings(max_examples=30, deadline=None)
@given(facts=_sayable(SMALL_LAW))
def test_also_under_the_small_rulebook(facts: dict[str, Value]) -> None:
    """The rulebook of the tests has counted records and no clocks."""
    assert _read(SMALL_LAW, facts) == facts


def test_the_histories_reach_every_limit() -> None:
    """Placements can be found for each way in which the years bind, under the law of today."""
    law = LAWS[-1]
    assert {answers.get("limit") for _, answers in placements(law)} == {None, *law.PLACEMENTS["limit"]}


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"promises": 0}, "`promises`"),
        ({"limit": "3", "last_report": "2WL"}, "`limit`"),
        ({"colour": "red"}, "`colour`"),
    ],
)
def test_what_no_dossier_can_say_is_named(facts: dict[str, Value], message: str) -> None:
    """Nothing is written in its place, and everything is reported at once."""
    with pytest.raises(EvidenceError, match="no dossier can say this") as caught:
        sketch(SMALL_LAW, facts | {"unheard_of": True}, "x")
    assert {problem.where for problem in caught.value.problems} == {message, "`unheard_of`"}


def test_it_is_marked_as_invented(tmp_path: Path) -> None:
    """Both files say so in plain words, and each answer has its sentence."""
    path = sketch(SMALL_LAW, {"shelter": True, "punished": 2}, "a shelter").write(tmp_path)
    cable = (tmp_path / "cable.txt").read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8").startswith("# INVENTED: a shelter\n")
    assert "This telegram is invented, as is the country." in cable
    assert "Did the government open a shelter? Yes." in cable
    assert "How many traffickers were punished? 2 persons." in cable
