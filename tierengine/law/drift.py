"""Where words and numbers drift apart: a rule asks for five years, and what it says to people is still four.

Looked for is a number in words or digits that stands right before the unit of a count on which the entry turns, such as
`four years`, and that no condition on a count of that unit asks for. Of the entries of rules/history.yaml, `says` must
name each number that it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tierengine.errors import Problem
from tierengine.law.conditions import Condition
from tierengine.law.entries import Criterion, Downgrade, Relisting
from tierengine.law.linter import Placed
from tierengine.yamlfile import Path_

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

NUMBERS: Mapping[str, int] = {word: number for number, word in enumerate(_WORDS)} | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
    "a hundred": 100,
}
"""The numbers that are written out."""

_NUMBER = r"(?P<number>[0-9]+|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"


def lint_drift(placed: list[Placed]) -> Iterator[Problem]:
    """Yield each number that an entry names to people and no longer asks for."""
    for item in placed:
        if isinstance(item.entry, Criterion):
            yield from _of_criterion(item, item.entry)
        elif isinstance(item.entry, Downgrade | Relisting):
            yield from _of_years(item, item.entry)


def _of_criterion(item: Placed, criterion: Criterion) -> Iterator[Problem]:
    units = {each.id: each.unit for each in criterion.indicators if each.unit is not None}
    for path, text, spoken_of in _texts(criterion):
        for unit, numbers in _asked(spoken_of, units).items():
            for number, words in numbers_in(text, unit):
                if number not in numbers:
                    listed = " or ".join(str(each) for each in sorted(numbers))
                    yield item.problem(
                        f"this says `{words}`, and the rule asks for {listed} {unit}",
                        "correct the words or the rule, whichever is wrong",
                        *path,
                    )


def numbers_in(text: str, unit: str) -> Iterator[tuple[int, str]]:
    """Yield each number that a text names of a unit, and the words in which it does."""
    single = re.escape(unit.removesuffix("s"))
    for match in re.finditer(rf"\b{_NUMBER} (?:or more |or fewer )?{single}s?\b", text, re.IGNORECASE):
        word = match["number"].lower()
        yield (int(word) if word.isdigit() else NUMBERS[word]), match.group()


def _asked(conditions: Iterable[Condition], units: Mapping[str, str]) -> dict[str, set[int]]:
    """Each unit of which the conditions ask for a number of two or more, with the numbers that may then be said.

    `at_most: 3` may be said as no more than three or as below four.
    """
    found: dict[str, set[int]] = {}
    for condition in (inner for each in conditions for inner in each.walk()):
        unit = units.get(condition.indicator or "")
        if unit is not None and condition.at_least is not None and condition.at_least.isdigit():
            found.setdefault(unit, set()).add(int(condition.at_least))
        if unit is not None and condition.at_most is not None and condition.at_most.isdigit():
            found.setdefault(unit, set()).update((int(condition.at_most), int(condition.at_most) + 1))
    return {unit: numbers for unit, numbers in found.items() if max(numbers) > 1}


_Text = tuple[Path_, str, tuple[Condition, ...]]
"""Where a text stands, the text, and the conditions of which it speaks."""


def _texts(criterion: Criterion) -> Iterator[_Text]:
    """What the criterion says to people of its rules: of one rule, or of all."""
    ladder = tuple(rung.when for rung in criterion.rules)
    proposal = criterion.proposal
    proposed = () if proposal is None else tuple(rule.when for rule in proposal.rules)
    for number, rung in enumerate(criterion.rules):
        yield ("rules", number, "says"), rung.says, (rung.when,)
    yield from ((("scale", level), text, ladder) for level, text in criterion.scale.items())
    if criterion.judgement is not None:
        yield from (
            (("judgement", "rubric", level), text, ladder) for level, text in criterion.judgement.rubric.items()
        )
    for number, reading in enumerate(criterion.interpretations):
        yield ("interpretations", number, "reads"), reading.reads, ladder + proposed
    if proposal is not None:
        yield ("proposal", "why"), proposal.why, proposed
        for number, rule in enumerate(proposal.rules):
            yield ("proposal", "rules", number, "says"), rule.says, (rule.when,)


def _of_years(item: Placed, entry: Downgrade | Relisting) -> Iterator[Problem]:
    """`says` names each number of years that the entry has."""
    numbers = {"years": entry.years} | ({"waiver_years": entry.waiver_years} if isinstance(entry, Downgrade) else {})
    for name, number in numbers.items():
        if number not in _numbers(entry.says):
            yield item.problem(
                f"`{name}` is {number}, and `says` does not name it: {entry.says}",
                "correct the number or the words, whichever is wrong",
                name,
            )
    for number in sorted(set(_numbers(entry.says)) - set(numbers.values())):
        yield item.problem(
            f"`says` names {number}, and neither number of `{entry.id}` is that",
            "correct the number or the words, whichever is wrong",
            "says",
        )
    if isinstance(entry, Downgrade):
        yield from _first_report(item, entry)


def _first_report(item: Placed, entry: Downgrade) -> Iterator[Problem]:
    """Some reading names the first report that counts."""
    if not any(str(entry.counted_from) in reading.reads for reading in entry.interpretations):
        yield item.problem(
            f"`counted_from` is {entry.counted_from}, and no interpretation names that report",
            "correct the number, or say under `interpretations` why counting begins there",
            "counted_from",
        )


def _numbers(text: str) -> Iterable[int]:
    words = re.findall(rf"(?<!tier )\b{_NUMBER}\b", text.lower())
    return [int(word) if word.isdigit() else NUMBERS[word] for word in words if word != "no"]
