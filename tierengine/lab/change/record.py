"""The record of a run that stands beside the cases: of each entry what noticed its changes, and what that rests on.

While that stands, the changes of the entry need not be looked at again. A verdict rests on the entry, on what it names
as that is declared elsewhere, on the rules of coherence that speak of nothing else, and on the cases that noticed
something. Of the rules that are tried in order, it rests on all of the section. It does not rest on cues, of which no
change moves an answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tierengine.errors import Problem, UsageError
from tierengine.lab.change.noticed import Examiner, Verdict, digest_of
from tierengine.law.entries import Coherence, Criterion
from tierengine.law.linter import Placed
from tierengine.terms.scalars import Model
from tierengine.wholefile import write_whole


class Held(Model):
    """What became of the changes of one entry."""

    rests_on: str
    """A digest of everything in the rulebook on which it rests."""
    cases: tuple[str, ...] = ()
    """Digests of the cases that noticed some of them."""
    counted: dict[str, int]
    """How many were noticed by what, or became what."""


Record = Mapping[str, Held]
"""The entries of a rulebook, each with what became of its changes."""

_RECORD = TypeAdapter(dict[str, Held])


def read_record(path: Path) -> Record:
    """Return a record; an empty one if there is no such file. Raise `UsageError` if it cannot be read."""
    try:
        return _RECORD.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        what = f"the record cannot be read: {str(error).splitlines()[0]}"
        cure = "take the file away; the run then looks at everything, and writes it anew"
        raise UsageError([Problem(where=str(path), what=what, cure=cure)]) from None


def write_record(path: Path, record: Record) -> None:
    """Write a record, one line for each entry. Raise `UsageError` if it cannot be written."""
    lines = (f"{json.dumps(name)}: {json.dumps(record[name].model_dump(mode='json'))}" for name in sorted(record))
    try:
        write_whole(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())
    except OSError as error:
        what = f"the record cannot be written there: {error.strerror}"
        cure = "name a file in a folder that exists and in which you may write"
        raise UsageError([Problem(where=str(path), what=what, cure=cure)]) from None


@dataclass(frozen=True)
class Standing:
    """What the entries of a rulebook rest on now, against which a record is held."""

    examiner: Examiner

    def still_held(self, record: Record) -> frozenset[str]:
        """Return the entries of which a record still holds."""
        there = {each for digests in self.examiner.cases_by_name.values() for each in digests}
        return frozenset(
            name
            for name, rests_on in self._rests_on.items()
            if name in record and record[name].rests_on == rests_on and there.issuperset(record[name].cases)
        )

    def recorded(self, verdicts: Iterable[Verdict], record: Record) -> Record:
        """Return a record with what became of the changes of each entry that it did not hold any more."""
        held = self.still_held(record)
        found: dict[str, list[Verdict]] = {}
        for verdict in verdicts:
            found.setdefault(name_of(self.examiner.changes[verdict.number].item), []).append(verdict)
        return {
            name: record[name] if name in held else self._held(rests_on, found.get(name, []))
            for name, rests_on in self._rests_on.items()
        }

    def _held(self, rests_on: str, verdicts: list[Verdict]) -> Held:
        named = {each.because for each in verdicts if each.by == "case"}
        cases = {digest for name in named for digest in self.examiner.cases_by_name[name]}
        counted = Counter(each.by or each.became for each in verdicts)
        return Held(rests_on=rests_on, cases=tuple(sorted(cases)), counted=dict(sorted(counted.items())))

    @cached_property
    def _rests_on(self) -> dict[str, str]:
        """Each entry with a digest of everything on which it rests."""
        placed = self.examiner.base.draft.placed
        declared = _declared(placed)
        ordered: dict[str, list[Any]] = {}
        for item in placed:
            ordered.setdefault(item.section, []).append(_values(item))
        bearing = [(item.entry.asked, item) for item in placed if isinstance(item.entry, Coherence)]
        found = {}
        for item in placed:
            mine = set(_words(_values(item)))
            rests = [_values(item), [declared[name] for name in sorted(mine & declared.keys())]]
            rests += [_values(rule) for asked, rule in bearing if asked <= mine]
            rests += [] if item.section in _APART else ordered[item.section]
            found[name_of(item)] = digest_of(rests)
        return found


_APART = ("criteria", "coherence", "clauses", "acts", "open_words")
"""Sections in which no entry is tried before or after another."""


def name_of(item: Placed) -> str:
    """Return the name of an entry in a record: its file, and in that its id and first day."""
    return f"{item.document.name} {item.entry.id} {item.entry.in_force.from_}"


def _values(item: Placed) -> Any:
    return _without_cues(item.document.part(*item.path).values)


def _without_cues(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {key: _without_cues(inner) for key, inner in values.items() if key != "cues"}
    return [_without_cues(inner) for inner in values] if isinstance(values, tuple) else values


def _declared(placed: Iterable[Placed]) -> dict[str, list[Any]]:
    """Each name that an entry may ask for, with what is declared of it in all versions."""
    found: dict[str, list[Any]] = {}
    for item in placed:
        entry = item.entry
        if isinstance(entry, Criterion):
            levels = [list(entry.scale), entry.met_from, str(entry.in_force)]
            found.setdefault(entry.id, []).append(levels)
            for indicator, values in zip(entry.indicators, _values(item).get("indicators", ()), strict=True):
                found.setdefault(indicator.id, []).append(values)
            if entry.judgement is not None:
                found.setdefault(entry.judgement.id, []).append(list(entry.judgement.rubric))
    return found


def _words(values: Any) -> Iterator[str]:
    """Every word that stands in some values."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for key, inner in values.items():
            yield key
            yield from _words(inner)
    elif isinstance(values, tuple | list):
        for inner in values:
            yield from _words(inner)
