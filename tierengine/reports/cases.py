"""Cases in words for people: what became of them, what they cover, and the cases that are suggested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierengine.lab.cases.coverage import Coverage, Covered
from tierengine.lab.cases.suggest import Suggestion
from tierengine.lab.cases.suite import Case
from tierengine.lab.cases.trial import Failure, Result
from tierengine.reports.text import print_wrapped

MOST = 12
"""Answers that are shown of one failure; the JSON holds them all."""

_ASKED = (
    "The generated evaluator alone was asked; `tierengine assess DOSSIER` asks the engine of record beside it, and"
    " refuses where the two disagree."
)
"""Two engines for each case would take a third longer than one."""

_FAILED = {
    "tier": "tier {expected} is expected, and the answer is {found}",
    "open": "exactly these are expected to be open: {expected}; open are: {found}",
    "status": "the answer is expected to be {expected}, and is {found}",
    "provisional": "tier {expected} is expected provisionally, and the proposals leave {found}",
    "hinges": "the answer is expected to hang on exactly these ratings: {expected}; it hangs on: {found}",
    "reasons": "{expected} is expected among the reasons; {found}",
    "not_because": "{expected} is expected; {found}",
    "findings": "{expected} is expected; {found} is found",
    "asked": "{expected} is expected; {found} is what the law answers",
}


def print_results(results: Sequence[Result], console: Console) -> None:
    """Print each case that failed, with what decided instead, and how many passed."""
    failed = [result for result in results if result.failures]
    for result in failed:
        console.print(Text.assemble(("not as expected", "red"), f"  {result.where}  ", (result.name, "bold")))
        if result.sketch is not None:
            print_wrapped(result.sketch, console, 4, style="dim")
        for failure in result.failures:
            _print_failure(failure, console)
        console.print()
    files = len({result.where.split(":")[0] for result in results})
    counted = f"{_number(len(results), 'case')} in {_number(files, 'file')}"
    if failed:
        console.print(f"{counted}: {len(failed)} not as expected")
    else:
        console.print(f"{counted}: each as expected, and for the reasons expected")
    print_wrapped(_ASKED, console, 0)


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _print_failure(failure: Failure, console: Console) -> None:
    says = _FAILED[failure.of].format(expected=failure.expected, found=failure.found)
    print_wrapped(f"{failure.where}: {says}", console, 4)
    print_wrapped(f"What decided: {', '.join(failure.because)}.", console, 6)
    for sentence in failure.answers[:MOST]:
        print_wrapped(f"- {sentence}", console, 6, hang=2, style="dim")
    if len(failure.answers) > MOST:
        print_wrapped(f"and {len(failure.answers) - MOST} more; --format json names them all", console, 6, style="dim")


def print_coverage(coverage: Coverage, console: Console) -> None:
    """Print how much of the law of each date is covered, and what is missing."""
    table = Table(box=None, pad_edge=False)
    heads = ("law from", "rules", "taken", "not taken", "conditions", "taken", "not taken", "edges", "on", "beside")
    for head in heads:
        table.add_column(head, justify="left" if head == "law from" else "right")
    for law in coverage.laws:
        table.add_row(
            str(law.law_from),
            *(str(number) for number in (law.rules, law.rules_taken, law.rules_not_taken)),
            *(str(number) for number in (law.conditions, law.conditions_taken, law.conditions_not_taken)),
            *(str(number) for number in (law.edges, law.edges_on, law.edges_beside)),
        )
    console.print(table)
    missing = coverage.missing
    console.print()
    counted = f"{_number(coverage.cases, 'case')} and {_number(coverage.examples, 'example')}"
    if not missing:
        console.print(
            f"{counted}: every rule and condition is taken and not taken, every edge has a case on both sides"
        )
        return
    console.print(f"{counted}; of {len(missing)} rules and conditions something is missing:")
    for each in missing:
        print_wrapped(_lacking(each), console, 2, hang=4)


def _lacking(covered: Covered) -> str:
    return f"{covered.where}: {covered.entry}, {covered.rule}: {covered.asks}: {'; '.join(covered.missing)}"


def as_yaml(suggestions: Sequence[Suggestion]) -> str:
    """Write suggested cases as a file of cases, and what no case can show as comments in it."""
    pairs = [(each.covered, each.pair) for each in suggestions if each.pair is not None]
    lines = [] if pairs else ["# no case is missing"]
    dead = (each.covered for each in suggestions if each.pair is None)
    lines += (f"# no case can show it, for it changes nothing: {_lacking(each)}" for each in dead)
    if pairs:
        lines.append("cases:")
    for covered, pair in pairs:
        lines.append(f"  # {covered.where}: {covered.asks}")
        for case in pair:
            lines += (f"  {line}" for line in _case(case))
    return "\n".join(lines) + "\n"


class _Folded(str):
    """A text that is written over several lines."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes folded texts as such."""


_Dumper.add_representer(_Folded, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">"))


def _case(case: Case) -> Iterator[str]:
    written = case.model_dump(by_alias=True, exclude_defaults=True)
    written["sketch"] = _Folded(case.sketch)
    text = yaml.dump(
        [plain(written)], Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=108
    )
    for line in text.splitlines():
        yield f"{line}  # check: written from what the rules say today" if line == "  expect:" else line


def plain(value: Any) -> Any:
    """Return a value as YAML is to hold it: truths and numbers without quotes, as a person would write them."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdigit() else value
