"""Single changes of the law in words for people: how many were noticed by what, and which nothing notices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierengine.lab.change.mutation import Mutation
from tierengine.lab.change.noticed import Verdict
from tierengine.reports.cases import plain
from tierengine.reports.text import print_wrapped

_COLUMNS = ("lint", "example", "case", "proof", "equivalent", "survives", "undecided")
MOST = 20
"""Changes of one sort that are printed; the JSON holds them all."""


def print_mutation(mutation: Mutation, console: Console) -> None:
    """Print the table of what noticed the changes, and each change that moves an answer and that nothing notices."""
    table = Table(box=None, pad_edge=False)
    table.add_column("change")
    for head in (*_COLUMNS, "in all"):
        table.add_column(head, justify="right")
    counted = mutation.counted()
    for kind, counts in sorted(counted.items()):
        table.add_row(kind, *(str(counts.get(name, "")) for name in _COLUMNS), str(sum(counts.values())))
    sums = [sum(counts.get(name, 0) for counts in counted.values()) for name in _COLUMNS]
    table.add_row("in all", *(str(each) for each in sums), str(len(mutation.verdicts)), style="bold")
    console.print(table)
    _print_survivors(mutation.moving(), console)
    _print_undecided(mutation.undecided(), console)
    for moves in ("what is drafted", "what is cited or listed"):
        others = [each for each in mutation.verdicts if each.became == "survives" and each.moves == moves]
        if others:
            console.print(f"{len(others)} more are noticed by nothing and move no answer, only {moves}.")
    console.print(_last(mutation))


def _last(mutation: Mutation) -> str:
    moving, undecided = len(mutation.moving()), len(mutation.undecided())
    looked = f"{len(mutation.verdicts)} of {mutation.changes} single changes of the law were looked at"
    if mutation.held:
        looked = f"{looked}, and of {mutation.held} the record holds"
    if moving or undecided:
        return f"{looked}: {moving} move an answer and nothing notices them, {undecided} are undecided."
    return f"{looked}: each that moves an answer is noticed."


def _print_survivors(found: tuple[Verdict, ...], console: Console) -> None:
    for each in found[:MOST]:
        console.print(Text.assemble(("nothing notices", "red"), f"  {each.where}  ", (each.says, "bold")))
        print_wrapped(each.because, console, 4)
    if len(found) > MOST:
        console.print(f"and {len(found) - MOST} more; --format json names them all")


def _print_undecided(found: tuple[Verdict, ...], console: Console) -> None:
    for each in found[:MOST]:
        console.print(Text.assemble(("undecided", "yellow"), f"  {each.where}  ", (each.says, "bold")))
        print_wrapped(each.because, console, 4)
    if len(found) > MOST:
        console.print(f"and {len(found) - MOST} more; --format json names them all")


def cases_of(verdicts: Iterable[Verdict]) -> str:
    """Return the cases that would notice some changes, as a file of cases; one for those that it notices together."""
    cases: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    for each in verdicts:
        for key, into in (("case", cases), ("asked", asked)):
            found = (each.case or {}).get(key)
            if found is not None:
                same = repr({name: value for name, value in found.items() if name not in ("name", "expect")})
                kept = into.setdefault(same, found | {"expect": {}})
                kept["expect"] = _both(kept["expect"], found["expect"])
    values = ({"cases": _named(cases.values())} if cases else {}) | ({"asked": _named(asked.values())} if asked else {})
    return _HEAD + yaml.dump(values, sort_keys=False, allow_unicode=True, width=118, default_flow_style=None)


_HEAD = (
    "# Cases that notice single changes of the law, by `tierengine mutate --suggest` from what the law says today.\n"
    "# Each is worth a look: what the law says today may be what it should not say.\n"
)


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What two cases of one country expect together."""
    if "findings" in other:
        return {"findings": one.get("findings", {}) | other["findings"]}
    return one | other


def _named(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cases under names of their own."""
    seen: dict[str, int] = {}
    values = []
    for each in found:
        seen[each["name"]] = seen.get(each["name"], 0) + 1
        number = seen[each["name"]]
        name = each["name"] if number == 1 else f"{each['name']} ({number})"
        values.append(plain(each) | {"name": name, "as_of": date.fromisoformat(each["as_of"])})
    return values
