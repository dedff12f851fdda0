"""A collection plan, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from tierengine.lab.questions.settle import CollectionPlan, DataPresumption, Narrowing, Question, Settling
from tierengine.reports.alternatives import Groups, in_two
from tierengine.reports.outline import any_tier_names
from tierengine.reports.text import print_wrapped
from tierengine.terms.tier import Tier

SHOWN = 20
"""How many sets of questions the text lists one by one; JSON has them all."""


def print_plan(plan: CollectionPlan, console: Console, *, pointless: bool = False) -> None:
    """Print what settles the tier, how far each question narrows it and what is presumed; pointless ones if asked."""
    subject = plan.subject
    title = f"{subject.name} ({subject.country}): what would settle the tier, law in force on {plan.law.as_of}"
    console.print(Text(title, style="bold"))
    if len(plan.open_tiers) == 1:
        print_wrapped(
            f"Settled on the facts: {any_tier_names(plan.open_tiers)}. No further fact can change it, nor a rating that"
            " the records leave room for.",
            console,
            2,
        )
    else:
        print_wrapped(f"Open: {any_tier_names(plan.open_tiers)}.", console, 2)
        _print_sets(plan, console)
        _print_narrowing(plan, console)
    _print_pointless(plan, console, listed=pointless)
    for each in plan.presumptions:
        _print_presumption(each, console)


def _print_pointless(plan: CollectionPlan, console: Console, *, listed: bool) -> None:
    if not plan.pointless:
        return
    count = len(plan.pointless)
    _head(f"Pointless: {_counted(count, 'question')}", console)
    words = "No answer to it changes" if count == 1 else "No answer to one of them changes"
    cure = "" if listed else f" --pointless lists {'it' if count == 1 else 'them'}."
    print_wrapped(f"{words} the tier, whatever the other answers are.{cure}", console, 2)
    if listed:
        _print_questions(plan.pointless, console)


def _head(title: str, console: Console) -> None:
    console.print(Text(f"\n{title.upper()}", style="bold"))


def _print_questions(questions: Iterable[Question], console: Console) -> None:
    for each in questions:
        print_wrapped(f"- {each.asks} [{each.id}]", console, 2, hang=2)


def _print_sets(plan: CollectionPlan, console: Console) -> None:
    _head("The fewest questions that can settle it", console)
    shown: dict[tuple[Groups, ...], Tier | None] = {}
    for each in plan.settling:
        _print_settling(each, plan, shown, console)
    _head(f"To settle it whatever the answers are: {_counted(len(plan.whatever), 'question')}", console)
    print_wrapped(
        "They are those of the next heading. For each of them there is a case in which it alone decides, so none can be"
        " left out. Once they are answered, no other changes the tier.",
        console,
        2,
    )


def _print_settling(
    each: Settling, plan: CollectionPlan, shown: dict[tuple[Groups, ...], Tier | None], console: Console
) -> None:
    size = _counted(each.size, "answer")
    console.print(Text(f"  {any_tier_names((each.tier,))}: {size} can settle it", style="bold"))
    print_wrapped("For example these, whatever the rest is:", console, 6)
    for sentence in each.sets[0].answers:
        print_wrapped(f"- {sentence}", console, 6, hang=2)
    if len(each.sets) == 1:
        return
    choices = in_two([found.questions for found in each.sets]) if each.whole else None
    if choices is None:
        _print_one_by_one(each, console)
    elif choices in shown:
        print_wrapped(f"The choice of questions is the same as for {any_tier_names((shown[choices],))}.", console, 6)
    else:
        shown[choices] = each.tier
        asks = {named.question.id: named.question.asks for named in plan.narrowing}
        for number, groups in enumerate(choices):
            _print_choice("or it takes" if number else "It takes", groups, asks, console)


def _print_one_by_one(settling: Settling, console: Console) -> None:
    count = _counted(len(settling.sets), "set")
    more = "" if settling.whole else "more than "
    print_wrapped(f"There are {more}{count} of questions that can, those that narrow most first:", console, 6)
    for number, each in enumerate(settling.sets[:SHOWN], 1):
        print_wrapped(f"{number}. {', '.join(each.questions)}", console, 6, hang=3)
    if len(settling.sets) > SHOWN:
        print_wrapped(f"... and {len(settling.sets) - SHOWN} more, which --format json lists.", console, 6)


def _print_choice(opening: str, groups: Groups, asks: Mapping[str, str], console: Console) -> None:
    """Print one question from each group; what is no choice comes first."""
    ordered = sorted(groups, key=lambda group: len(group) > 1)
    print_wrapped(f"{opening} {_choice(ordered)}:", console, 6)
    alone = tuple(name for group in ordered if len(group) == 1 for name in group)
    for group in ((alone,) if alone else ()) + tuple(group for group in ordered if len(group) > 1):
        only = f"these {number_word(len(alone))}:" if len(alone) > 1 else "this one:"
        print_wrapped(only if group is alone else f"one of these {number_word(len(group))}:", console, 8)
        for name in group:
            print_wrapped(f"- {asks[name]} [{name}]" if name in asks else f"- [{name}]", console, 10, hang=2)


def _choice(groups: Sequence[Sequence[str]]) -> str:
    """Name the choice: these two, one of these seven and one of these three."""
    alone = sum(len(group) == 1 for group in groups)
    named = [f"these {number_word(alone)}" if alone > 1 else "this one"] if alone else []
    *most, last = named + [f"one of these {number_word(len(group))}" for group in groups if len(group) > 1]
    return f"{', '.join(most)} and {last}" if most else last


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number_word(number: int) -> str:
    """Return a small number as a word."""
    return _WORDS[number] if number < len(_WORDS) else str(number)


def _print_narrowing(plan: CollectionPlan, console: Console) -> None:
    useful = [each for each in plan.narrowing if any(len(b.tiers) < len(plan.open_tiers) for b in each.branches)]
    _head("How far each question narrows it by itself", console)
    for number, each in enumerate(useful, 1):
        _print_question(number, each, console)
    rest = [each.question.id for each in plan.narrowing if each not in useful]
    if rest:
        others = _counted(len(rest), "more question narrows", "more questions narrow")
        print_wrapped(
            f"{others} nothing alone. Each can decide once others are answered. --format json lists them.", console, 2
        )


def _print_question(number: int, narrowing: Narrowing, console: Console) -> None:
    asked = narrowing.question
    source = f" (for {asked.criterion}, {asked.citation})" if asked.criterion else ""
    print_wrapped(f"{number}. {asked.asks} [{asked.id}]{source}", console, 2, hang=3)
    for branch in narrowing.branches:
        print_wrapped(f"- {branch.answer}: this leaves {any_tier_names(branch.tiers)}.", console, 5, hang=2)


def _print_presumption(presumption: DataPresumption, console: Console) -> None:
    _head(f"If data are not provided: {presumption.title} [{presumption.criterion}]", console)
    print_wrapped(f"The statute presumes failure if {presumption.says} ({presumption.citation}).", console, 2)
    if not presumption.bears:
        print_wrapped("That presumption cannot change the tier.", console, 2)
        return
    print_wrapped("That presumption can change the tier. These are the data:", console, 2)
    _print_questions(presumption.data, console)
    if presumption.needs:
        print_wrapped("Whether it is drawn turns on these as well:", console, 2)
        _print_questions(presumption.needs, console)


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
