"""The questions that no rule reads: they are asked on every date of their criterion, and move no finding."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT, read_once
from tests.strategies import Value
from tierengine.engines.compiled import CompiledEngine
from tierengine.engines.lowering import lower
from tierengine.law.entries import Indicator
from tierengine.law.rulebook import Law

BOOK = read_once(ROOT)
LAWS = tuple(BOOK.whole_laws())
SUBJECTS = {
    "F-PROTECT": ["victims_identified", "victims_referred", "vulnerable_groups_screened", "victims_compensated"],
    "F-PREVENT": ["national_action_plan_adopted", "national_action_plan_funded", "recruitment_fees_banned"],
    "F-PROSECUTE": ["enforcement_officials_trained", "trafficking_handled_as_lesser_matter", "enforcement_level"],
    "F-COOPERATE": ["palermo_protocol_ratified"],
    "MS4": ["overall_effort_level"],
}
"""What reports speak of most often, and the criterion whose words it bears on."""


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.as_of))
def test_they_are_asked_in_every_version_of_their_criterion(law: Law) -> None:
    """An Act that amends a criterion takes no question away that its words still bear on."""
    for criterion, names in SUBJECTS.items():
        assert set(names) <= {indicator.id for indicator in law.criterion(criterion).indicators}


def _answers(indicator: Indicator) -> tuple[Value, ...]:
    """The least and the most that may be answered."""
    if indicator.type == "choice":
        return indicator.choices[0], indicator.choices[-1]
    return (0, 1000) if indicator.type == "count" else (False, True)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.as_of))
def test_no_answer_to_them_moves_anything_that_is_found(law: Law) -> None:
    """All at their least or at their most, what is found is what is found without them, of much known and of little.

    A few are bound to other answers by a rule of coherence; they are left aside.
    """
    engine = CompiledEngine(lower(law))
    asked = [indicator for indicator in law.indicators if indicator.compared is None and indicator.counts_kind is None]
    bound = {name for rule in law.coherence for name in rule.asked}
    background = [indicator for indicator in asked if indicator.background and indicator.id not in bound]
    others = {each.id: _answers(each)[1] for each in asked if not each.background}
    for known in ({}, others):
        alone = engine.evaluate(known)
        for side in (0, 1):
            beside = known | {indicator.id: _answers(indicator)[side] for indicator in background}
            assert engine.evaluate(beside) == alone
    assert len(background) > 50
