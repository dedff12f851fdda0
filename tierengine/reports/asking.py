"""What to ask, as a list that goes to a post: the questions that settle the tier, and what each answer would do."""

from __future__ import annotations

from collections.abc import Iterator

from tierengine.lab.questions.settle import CollectionPlan
from tierengine.reasoning.assessment import HingeOutcome
from tierengine.reports.answer import each_way, sentence
from tierengine.reports.outline import Line, Section, any_tier_names, filled
from tierengine.reports.report import Report

MOST = 30
"""How many questions a list to a post holds at most; those that narrow the tiers most come first."""


def asking_report(plan: CollectionPlan) -> Report:
    """Return a collection plan as a report: the questions in the order in which they help, and data to request."""
    subject, day = plan.subject, plan.law.as_of
    sections = filled(
        Section("What to find out", tuple(_questions(plan)), ("Question", "", "What would follow")),
        Section("Data to request", tuple(_data(plan)), ("Criterion", "", "What the statute presumes without them")),
    )
    return Report(
        heading=f"{subject.name} ({subject.country}): what to ask, law in force on {day}",
        subject=subject.name,
        as_of=day,
        lead=sections,
        body=(),
        drawn=None,
        exhibits=(),
    )


def _questions(plan: CollectionPlan) -> Iterator[Line]:
    for each in plan.narrowing[:MOST]:
        outcomes = tuple(HingeOutcome(answer=branch.answer, tiers=branch.tiers) for branch in each.branches)
        cited = (each.question.citation,) if each.question.citation else ()
        yield Line(each.question.id, "", sentence(each_way(outcomes)), cited, title=each.question.asks)
    left = len(plan.narrowing) - MOST
    if left > 0:
        yield Line(f"{left} more", "", f"Only the {MOST} that narrow the tiers most are listed.")
    if not plan.narrowing:
        yield Line("Nothing", "", f"{any_tier_names(plan.open_tiers)} is settled on the facts; no fact can change it.")


def _data(plan: CollectionPlan) -> Iterator[Line]:
    for each in plan.presumptions:
        data = tuple(f"Ask for: {question.asks}" for question in each.data)
        yield Line(each.criterion, "", each.says, (*data, each.citation), title=each.title)
