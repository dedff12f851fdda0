"""A collection plan, told for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from tierengine.lab.questions.settle import CollectionPlan, DataPresumption, Narrowing, Question, Settling
from tierengine.reports.outline import any_tier_names
from tierengine.reports.text import print_wrapped

SHOWN = 20
"""How many sets of questions the text lists; JSON has them all."""


def print_plan(plan: CollectionPlan, console: Console) -> None:
    """Print what settles the tier, how far each question narrows it, what is pointless and what is presumed."""
    subject = plan.subject
    title = f"{subject.name} ({subject.country}): what would settle the tier, law in force on {plan.law.as_of}"
    console.print(Text(title, style="bold"))
    if len(plan.open_tiers) == 1:
        print_wrapped(f"Settled: {any_tier_names(plan.open_tiers)}. No answer can change it.", console, 2)
    else:
        print_wrapped(f"Open: {any_tier_names(plan.open_tiers)}.", console, 2)
        _print_sets(plan, console)
        _print_narrowing(plan, console)
    _head(f"Pointless questions: {len(plan.pointless) or 'none'}", console)
    if plan.pointless:
        print_wrapped("Whatever the other answers are, no answer to one of these changes the tier.", console, 2)
        _print_questions(plan.pointless, console)
    for each in plan.presumptions:
        _print_presumption(each, console)


def _head(title: str, console: Console) -> None:
    console.print(Text(f"\n{title.upper()}", style="bold"))


def _print_questions(questions: Iterable[Question], console: Console) -> None:
    for each in questions:
        print_wrapped(f"- {each.asks} [{each.id}]", console, 2, hang=2)


def _print_sets(plan: CollectionPlan, console: Console) -> None:
    _head("The fewest questions that can settle it", console)
    for each in plan.settling:
        _print_settling(each, console)
    _head(f"To settle it whatever the answers are: {_counted(len(plan.whatever), 'question')}", console)
    print_wrapped(
        "They are those of the next heading. For each there is a case in which it alone decides, so none can be left"
        " out; and no other question ever changes the tier.",
        console,
        2,
    )


def _print_settling(told: Settling, console: Console) -> None:
    sets = ("" if told.whole else "more than ") + _counted(len(told.sets), "set")
    size = _counted(told.size, "question")
    console.print(Text(f"  {any_tier_names((told.tier,))}: {size} at least, in {sets}", style="bold"))
    which = "Answers" if len(told.sets) == 1 else "Answers to the first set"
    print_wrapped(f"{which} that settle it, whatever the rest is:", console, 6)
    for sentence in told.sets[0].answers:
        print_wrapped(f"- {sentence}", console, 6, hang=2)
    if len(told.sets) > 1:
        print_wrapped("The sets, those with the questions that narrow most first:", console, 6)
    for number, each in enumerate(told.sets[:SHOWN] if len(told.sets) > 1 else (), 1):
        print_wrapped(f"{number}. {', '.join(each.questions)}", console, 6, hang=3)
    if len(told.sets) > SHOWN:
        print_wrapped(f"... and {len(told.sets) - SHOWN} more, which --format json lists.", console, 6)


def _print_narrowing(plan: CollectionPlan, console: Console) -> None:
    useful = [each for each in plan.narrowing if any(len(b.tiers) < len(plan.open_tiers) for b in each.branches)]
    _head("How far each question narrows it by itself", console)
    for number, each in enumerate(useful, 1):
        _print_question(number, each, console)
    rest = [each.question.id for each in plan.narrowing if each not in useful]
    if rest:
        others = _counted(len(rest), "more question narrows", "more questions narrow")
        print_wrapped(f"{others} nothing alone, and count only together with other answers:", console, 2)
        print_wrapped(", ".join(rest), console, 2)


def _print_question(number: int, told: Narrowing, console: Console) -> None:
    asked = told.question
    source = f" ({asked.criterion}, {asked.citation})" if asked.criterion else ""
    print_wrapped(f"{number}. {asked.asks} [{asked.id}]{source}", console, 2, hang=3)
    print_wrapped(f"Open afterwards: {told.worst} at worst, {told.average:.3g} on average.", console, 5)
    for branch in told.branches:
        print_wrapped(f"- {branch.answer}: {any_tier_names(branch.tiers)}.", console, 5, hang=2)


def _print_presumption(told: DataPresumption, console: Console) -> None:
    _head(f"Presumed if data are not provided: {told.criterion}", console)
    print_wrapped(f"{told.title}: not met is presumed if {told.says} ({told.citation}).", console, 2)
    bears = "can change the tier" if told.bears else "cannot change the tier"
    print_wrapped(f"The presumption {bears}. Questions for data that start it if they go unanswered:", console, 2)
    _print_questions(told.data, console)
    if told.needs:
        print_wrapped("It also turns on:", console, 2)
        _print_questions(told.needs, console)


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
