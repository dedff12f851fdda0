"""The verb that goes through what is proposed, in the terminal or with lines that are piped in."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from tierengine.cli.app import app
from tierengine.cli.options import DossierFile, RulebookFolder, a_console, day_given, rulebook_in, write_file
from tierengine.coding.accepting import Marks
from tierengine.coding.deciding import Coder, Deciding
from tierengine.coding.undoing import Steps
from tierengine.errors import EvidenceError, Problem, UsageError
from tierengine.evidence.dossier import Casefile, Proposed, ProposedRecord, read_dossier
from tierengine.law.rulebook import Law
from tierengine.reasoning.assess import law_of
from tierengine.reports.text import print_wrapped

_KEYS = """\
  Enter, a, 1  accept the first            2 or 3   accept the second or third
  c            change the first, then accept
  r            refuse them, with a reason  n        it is no evidence, with a reason
  s            the source is silent on it  l        leave it for later
  u            undo the last decision      q        stop; all that was decided is saved"""
_MARK = re.compile(r"([A-F])([1-6])")


@app.command()
def code(
    dossier: DossierFile,
    author: Annotated[str | None, typer.Option("--author", metavar="NAME", help="who decides")] = None,
    on: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="the day of the decisions, if not today")
    ] = None,
    rulebook: RulebookFolder = None,
) -> None:
    """Go through what is proposed: accept, change or refuse each; every step is saved at once."""
    casefile = read_dossier(dossier)
    law = law_of(casefile, rulebook_in(rulebook))
    day = day_given(on, "--date") if on else datetime.now(UTC).date()
    sitting = _Sitting(dossier, Deciding(casefile, law), law, author, day)
    sitting.go_through()
    sitting.print_what_is_left()


class _StopError(Exception):
    """The person stops, or nothing more is piped in."""


class _Sitting:
    """One sitting of a person with a dossier: what is shown, and what was asked."""

    def __init__(self, path: Path, deciding: Deciding, law: Law, author: str | None, day: Any) -> None:
        self._path = path
        self._deciding = deciding
        self._law = law
        self._author = author
        self._day = day
        self._steps = Steps(path)
        self._console: Console = a_console()
        self._place = 0  # how many of those that wait were left for later
        self._answers: dict[str, Callable[[Proposed, str], None]] = {
            "a": self._accept,
            "1": self._accept,
            "2": self._accept,
            "3": self._accept,
            "c": self._change,
            "r": self._refuse,
            "n": self._no_evidence,
            "s": self._silence,
            "u": self._undo_last,
            "l": self._later,
        }

    def go_through(self) -> None:
        """Ask for each proposal what becomes of it, until all are decided or the person stops."""
        try:
            while self._place < len(self._waiting):
                self._ask(self._waiting[self._place])
        except _StopError:
            return

    def print_what_is_left(self) -> None:
        """Print how many proposals wait still."""
        left = len(self._waiting)
        waiting = "1 proposal to be decided" if left == 1 else f"{left} proposals to be decided"
        self._console.print(f"{self._path.name}: {waiting}" if left else "Everything is decided.")

    @property
    def _waiting(self) -> tuple[Proposed, ...]:
        return self._deciding.casefile.undecided

    def _ask(self, item: Proposed) -> None:
        self._show(item)
        key = self._asked("What is it? (? for the keys)").lower() or "a"
        if key == "q":
            raise _StopError
        answer = self._answers.get(key)
        if answer is None:
            self._console.print(_KEYS)
            return
        try:
            answer(item, key)
        except EvidenceError as error:
            for problem in error.problems:
                self._say(f"not taken: {problem.what}", style="yellow")
                self._say(f"    {problem.cure}")

    # -- what is shown and asked --------------------------------------------------------------------------------

    def _show(self, item: Proposed) -> None:
        self._console.print(Text(f"\n{item.at}  ({len(self._waiting)} to be decided)", style="bold"))
        self._say(item.words)
        for number, record in enumerate(item.records, start=1):
            self._say(f"{number}  {_in_words(record)}", hang=3)
            indicator = self._law.indicators_by_id.get(record.measures)
            asks = indicator.asks if indicator is not None else "the law of this date does not ask for it"
            self._say(f"   {asks} [{record.because}]", style="dim", hang=3)

    def _say(self, text: str, *, style: str = "", hang: int = 0) -> None:
        print_wrapped(text, self._console, 0, hang=hang, style=style)

    def _asked(self, question: str, known: str | None = None) -> str:
        """What the person answers; what is known where they answer nothing."""
        shown = f"{question} [{known}]: " if known is not None else f"{question}: "
        try:
            answer = input(shown).strip()
        except EOFError:
            raise _StopError from None
        if not sys.stdin.isatty():
            self._console.print()
        return answer or (known or "")

    def _reason(self, question: str) -> str | None:
        reason = self._asked(question)
        if not reason:
            self._say("not taken: a reason is needed", style="yellow")
        return reason or None

    # -- what is decided ----------------------------------------------------------------------------------------

    def _accept(self, item: Proposed, key: str) -> None:
        number = int(key) if key.isdigit() else 1
        if number > len(item.records):
            self._say(f"not taken: there is no proposal {number}", style="yellow")
            return
        self._take(item, item.records[number - 1])

    def _take(self, item: Proposed, record: ProposedRecord) -> None:
        if record.kind == "silence":
            self._keep(self._deciding.silent(item, record, self._coder()))
            return
        marks = self._marks(item)
        if marks is not None:
            self._keep(self._deciding.accepted(item, record, marks))

    def _change(self, item: Proposed, _key: str) -> None:
        first = item.records[0]
        values = first.model_dump(mode="json", by_alias=True, exclude_none=True)
        changed: dict[str, Any] = {"because": first.because, "note": first.note}
        for key in ("measures", "kind", "value", "unit"):
            known = _written(values.get(key, ""))
            changed[key] = self._asked(f"  {key}", known) or None
        changed |= _time(self._asked("  date, or first and last day, or why none is given", _when(first)))
        doer = self._asked("  actor", first.actor.is_)
        name = self._asked("  name of the actor", first.actor.name)
        changed |= {"actor": {"is": doer, "name": name}, "value": _value(changed["value"])}
        try:
            record = ProposedRecord.model_validate({key: value for key, value in changed.items() if value is not None})
        except ValidationError as error:
            problems = (_problem(dict(detail)) for detail in error.errors(include_url=False))
            raise EvidenceError(problems) from None
        self._take(item, record)

    def _refuse(self, item: Proposed, _key: str) -> None:
        reason = self._reason("Why are they refused?")
        if reason is not None:
            self._keep(self._deciding.refused(item, reason))

    def _no_evidence(self, item: Proposed, _key: str) -> None:
        reason = self._reason("Why is it no evidence?")
        if reason is not None:
            self._keep(self._deciding.no_evidence(item, reason))

    def _silence(self, item: Proposed, _key: str) -> None:
        first = item.records[0]
        name = self._asked("On which indicator is the source silent?", first.measures)
        record = first.model_copy(update={"measures": name, "kind": "silence", "value": None, "unit": None})
        self._keep(self._deciding.silent(item, record, self._coder()))

    def _later(self, _item: Proposed, _key: str) -> None:
        self._place += 1

    def _undo_last(self, _item: Proposed, _key: str) -> None:
        known = {each.id for each in self._waiting}
        before = self._deciding.read(self._steps.last(self._deciding.casefile.document.raw))
        self._write(before)
        self._steps.drop(before.document.raw)
        anew = (place for place, each in enumerate(self._waiting) if each.id not in known)
        self._place = next(anew, self._place)
        self._say("undone", style="dim")

    def _keep(self, changed: Casefile) -> None:
        """Write a decision: first how it is undone, so that there is none that cannot be."""
        before = self._deciding.casefile.document.raw
        try:
            self._steps.keep(before, changed.document.raw)
        except OSError as error:
            what = f"what can be undone cannot be kept beside it: {error.strerror}"
            cure = "put the dossier in a folder in which you may write"
            raise UsageError([Problem(where=str(self._path), what=what, cure=cure)]) from None
        self._write(changed)
        self._say("saved", style="dim")

    def _write(self, changed: Casefile) -> None:
        """Write the dossier. Raise `UsageError` if somebody else changed the file, or it cannot be written."""
        if self._path.read_bytes() != self._deciding.casefile.document.raw:
            problem = Problem(
                where=str(self._path),
                what="the file was changed by somebody else since this sitting began",
                cure="begin again: what was decided before is in it, unless it was undone there",
            )
            raise UsageError([problem])
        write_file(self._path, changed.document.raw)
        self._deciding = Deciding(changed, self._law)

    def _coder(self) -> Coder:
        while not self._author:
            self._author = self._asked("Your name")
        return Coder(self._author, self._day)

    def _marks(self, item: Proposed) -> Marks | None:
        known = self._deciding.marks_of(item)
        if known is not None:
            return known
        source = item.at.split(" ", maxsplit=1)[0]
        written = self._asked(f"How sure are {source} (A to F) and what it says (1 to 6)? Such as B2")
        found = _MARK.fullmatch(written.upper())
        if found is None:
            self._say(f"not taken: `{written}` is no mark; write a letter A to F and a number 1 to 6", style="yellow")
            return None
        return Marks.model_validate({"reliability": found[1], "credibility": found[2]})


def _in_words(record: ProposedRecord) -> str:
    """A proposed record in one line."""
    if record.kind == "silence":
        return f"{record.measures}: the source is silent on it ({_when(record)})"
    unit = f" {record.unit}" if record.unit else ""
    return f"{record.measures} = {record.value}{unit} ({record.kind}; {_when(record)}; {record.actor.is_})"


def _when(record: ProposedRecord) -> str:
    if record.date is not None:
        return str(record.date)
    return f"{record.period.first} to {record.period.last}" if record.period is not None else str(record.undated)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _time(written: str) -> dict[str, Any]:
    """What a person wrote of the time: a day, two days, or why none is given."""
    days = written.replace(" to ", " ").split()
    if all(_DAY.fullmatch(day) for day in days) and len(days) in (1, 2):
        return {"date": days[0]} if len(days) == 1 else {"period": {"first": days[0], "last": days[1]}}
    return {"undated": written}


_BOUNDS = re.compile(r"(?:at least (?P<least>\d+))?(?: and )?(?:at most (?P<most>\d+))?")


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{word.replace('_', ' ')} {number}" for word, number in value.items())
    return str(value)


def _value(written: str | None) -> Any:
    """A value as it is written on one line: a word, a number, or bounds such as `at least 20`."""
    found = _BOUNDS.fullmatch(written or "")
    if not written or found is None or not any(found.groups()):
        return written
    return {f"at_{word}": number for word, number in found.groupdict().items() if number is not None}


def _problem(detail: dict[str, Any]) -> Problem:
    """A mistake in what was written, in few words."""
    where = ".".join(str(part) for part in detail["loc"] if part not in ("word", "bounds")) or "the record"
    expected = detail.get("ctx", {}).get("expected")
    what, _, cure = str(detail.get("ctx", {}).get("error", detail["msg"])).partition("; ")
    return Problem(
        where=where, what=f"`{where}`: {what}", cure=cure or (f"write {expected}" if expected else "correct it")
    )
