"""What else names a provision: conditions, examples, cases, the ledger of the statute, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tierengine.lab.cases.suite import case_files
from tierengine.law.entries import Clause, Criterion, Entry
from tierengine.law.linter import Placed, conditions
from tierengine.law.reader import Draft


def naming(draft: Draft, provision: str, cases: Path) -> Iterator[tuple[str, str]]:
    """Yield each place that names a provision or what it declares, with what stands there."""
    mine = [item.entry for item in draft.placed if item.entry.id == provision]
    names = {provision}.union(*(_declared(entry) for entry in mine))
    for item in draft.placed:
        if item.entry.id != provision:
            yield from _in(item, names)
    for item in draft.placed:
        if item.entry.id == provision:
            yield item.document.where(*item.path), f"a version of it, in force since {item.entry.in_force.from_}"
            for move in item.entry.renumbered:
                says = f"its number since {move.from_}: {move.tvpa}"
                yield item.document.where(*item.path, "renumbered"), says
    yield from _cases(names, cases)


def _declared(entry: Entry) -> set[str]:
    if not isinstance(entry, Criterion):
        return set()
    judgement = {entry.judgement.id} if entry.judgement is not None else set()
    return {each.id for each in entry.indicators} | judgement | {each.id for each in entry.interpretations}


def _in(item: Placed, names: set[str]) -> Iterator[tuple[str, str]]:
    entry = item.entry
    if isinstance(entry, Clause):
        if found := sorted(names & set(entry.by)):
            yield item.document.where(*item.path, "by"), f"clause {entry.id} is expressed by {', '.join(found)}"
        return
    asked = {condition.name: path for path, condition in conditions(entry) if condition.name in names}
    for name, path in asked.items():
        yield item.document.where(*item.path, *path), f"{entry.id} asks for {name}"
    for number, example in enumerate(getattr(entry, "examples", ())):
        given = {*getattr(example, "indicators", ()), *getattr(example, "findings", ())}
        if not asked and given & names:
            yield item.document.where(*item.path, "examples", number), f"an example of {entry.id} gives it"


def _cases(names: set[str], path: Path) -> Iterator[tuple[str, str]]:
    """Each file of cases that speaks of it, with the number of lines that do."""
    word = re.compile(r"(?<![\w-])(" + "|".join(re.escape(name) for name in sorted(names)) + r")(?![\w-])")
    for file in case_files(path):
        lines = [n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if word.search(line)]
        if lines:
            name = file.relative_to(path) if path.is_dir() else file.name
            yield f"cases {name}:{lines[0]}", f"{len(lines)} line{'s' if len(lines) > 1 else ''} of cases speak of it"
